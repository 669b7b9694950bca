"""Buckets that the user interface is served from."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.analysis.access.kinds import Eraser
from assay.scanner.facts.messaging.kinds import RolesOf
from assay.scanner.facts.model import Fact, Naming, Part, Resource
from assay.scanner.override import override
from assay.scanner.sources.values import Value


class StaticFile(Part):
    """An object that code puts into the bucket."""

    known_by: ClassVar = ("key",)
    key: Fact[str]
    named_by_content: Fact[bool]
    """Its name has a hash in it, so that other content has another name: `app.4f9c1d2e.js`."""
    immutable: Fact[bool]
    """Browsers are told that it never changes: `Cache-Control: immutable`."""


class ArtifactBucket(Resource, kw_only=True):
    """A bucket, with all who may put something into it or delete something of it."""

    naming: ClassVar = {"aws": Naming(globally=True), "google": Naming(globally=True)}

    published: Fact[bool]
    """It is the origin of a CDN, or it is configured to serve a web site."""
    versioned: Fact[bool]
    """Overwritten and deleted objects are kept as versions."""
    writers: Fact[list[Eraser]]
    files: Fact[list[StaticFile]]
    """Those that code puts there; empty where releases do."""

    @override
    def give_roles(self, roles_of: RolesOf) -> None:
        super().give_roles(roles_of)
        for writer in self.writers.data if isinstance(self.writers.data, list) else ():
            if isinstance(writer, Eraser):
                writer.roles = Value(writer.identity.roles(roles_of), writer.name.seen)


KINDS = (ArtifactBucket,)
