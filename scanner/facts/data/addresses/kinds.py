"""Database servers and whether they stand at a public address."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class DatabaseServer(Resource, kw_only=True):
    """An instance of Cloud SQL. A public address of a database on AWS is one of the ways of its `DataCopy`."""

    naming: ClassVar = {"google": Naming(unique=False)}

    public_address: Fact[bool]
    """It has a public IPv4 address, whatever networks it admits there."""
    stands_outside: Fact[bool]
    """It only represents a server that runs elsewhere, from which Google's instances replicate."""


KINDS = (DatabaseServer,)
