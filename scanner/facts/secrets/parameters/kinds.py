"""Parameters of a configuration store, which whoever reads the configuration of a deployment reads."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.facts.secrets.settings.kinds import Setting


class ConfigParameter(Resource, kw_only=True):
    """An entry of a configuration store: a parameter of Parameter Store, a version of a parameter of Parameter Manager."""

    naming: ClassVar = {"google": Naming(unique=False)}

    secure: Fact[bool]
    """It is kept as a secret: a SecureString, which only whoever may use its key reads."""
    values: Fact[list[Setting]]
    """What it holds, by its value and by its name."""


KINDS = (ConfigParameter,)
