"""What holds settings that whoever may describe it can read, and what code writes where a secret belongs."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class Setting(Part):
    """One setting, by its name. Its value is no fact, and in no message."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """`DB_PASSWORD`, `DB_PASSWORD of web`, `user data`."""
    what: Fact[str | None]
    """What secret it holds, in words: `a password`, `a token of GitHub`; None where none is seen."""
    plain: Fact[bool]
    """It holds a secret in plain text, where anyone who may read the code or describe the resource reads it."""


class Configured(Resource, kw_only=True):
    """What has settings: a task definition, a function, a service, a machine; or a value that code writes: the password of a database."""

    naming: ClassVar = {"aws": Naming(unique=False), "google": Naming(unique=False)}

    settings: Fact[list[Setting]]


KINDS = (Configured,)
