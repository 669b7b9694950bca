"""Where what is asked of the provider's API is recorded."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Exemption(Part):
    """What is left out of the record, though it is on."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """A source of events of CloudTrail (`kms.amazonaws.com`), or a member whom audit logs of Google leave out."""


class ApiTrail(Resource, kw_only=True):
    """Who has a record of what is asked of the provider's API: a live account of AWS, a trail in code, a project of Google (in code also a
    folder or an organisation that has audit configurations)."""

    sort: Fact[str]
    """In words: `account`, `trail`, `project`, `folder`, `organisation`."""
    recorded: Fact[bool]
    """AWS: a trail of the account records all management events of all regions and can prove that its files are whole. Google: audit logs
    of all services hold administrative reads, reads and writes of data."""
    recorded_here: Fact[bool]
    """The same of this input alone, where what stands above (a folder, an organisation) may be declared elsewhere."""
    lacking: Fact[str]
    """In words, what is not so; of several trails, of the one that comes nearest."""
    exemptions: Fact[list[Exemption]]
    """What the record leaves out; of several trails that are complete, of the one that leaves out least."""


KINDS = (ApiTrail,)
