"""Who may do what to what is kept."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.messaging.kinds import Parties, RolesOf
from assay.scanner.facts.model import Fact, Naming, Part, Resource
from assay.scanner.facts.steps import Step
from assay.scanner.override import override
from assay.scanner.sources.values import Value


class Eraser(Part, kw_only=True):
    """An identity that something lets delete or replace what a store keeps."""

    known_by: ClassVar = ("name",)
    identity: Parties = Parties()
    name: Fact[str]
    by: Fact[str]
    """What lets it, in words: the actions, or the role of a binding."""
    workload: Fact[bool]
    """Code runs as it: a role that services of AWS take on, a service account, anyone; as opposed to people and to releases."""
    deletes: Fact[bool]
    """It may delete or change what is there, or how long that is kept."""
    replaces: Fact[bool]
    """It may put something in the place of what is there, unless the application forbids that with each request."""
    roles: Fact[list[str]] = Value([])
    """What it is to the deployment, as the configuration says."""


class RecordStore(Resource, kw_only=True):
    """What records are kept in: a bucket, a table or a database of documents, with all who may erase from it."""

    # Buckets alone have names that are unique everywhere.
    naming: ClassVar = {
        "aws": Naming(globally=True, families=frozenset({"bucket"})),
        "google": Naming(globally=True, families=frozenset({"bucket"})),
    }

    lockable: Fact[bool]
    """It can be locked, so that nobody deletes before a day: buckets."""
    retention_days: Fact[float | None] = Value(None)
    """What it keeps of itself, in days; None where it keeps nothing of itself."""
    locked: Fact[bool] = Value(False)
    """Nobody can shorten or remove that."""
    weakness: Fact[str] = Value("")
    """Why it can be, as the provider names it."""
    deleted_after: Fact[float | None] = Value(None)
    """Days after which rules of the store delete what is in it; None where none does."""
    erasers: Fact[list[Eraser]]

    @override
    def give_roles(self, roles_of: RolesOf) -> None:
        super().give_roles(roles_of)
        for eraser in self.erasers.data if isinstance(self.erasers.data, list) else ():
            if isinstance(eraser, Eraser):
                eraser.roles = Value(eraser.identity.roles(roles_of), eraser.name.seen)


class SecretReader(Part, kw_only=True):
    """An identity that may read a secret, or become one that may."""

    known_by: ClassVar = ("name",)
    identity: Parties = Parties()
    name: Fact[str]
    steps: Fact[list[Step]]
    """The way: whom it becomes and how, or by which action it reads; the secret."""
    reads: Fact[bool]
    roles: Fact[list[str]] = Value([])
    """What it is to the deployment, as the configuration says."""


class ReadableSecret(Resource, kw_only=True):
    """A managed secret, with all who may read it."""

    of_whole_account: ClassVar[bool] = True

    readers: Fact[list[SecretReader]]

    @override
    def give_roles(self, roles_of: RolesOf) -> None:
        super().give_roles(roles_of)
        for reader in self.readers.data if isinstance(self.readers.data, list) else ():
            if isinstance(reader, SecretReader):
                reader.roles = Value(reader.identity.roles(roles_of), reader.name.seen)


class DeployGrant(Part, kw_only=True):
    """Something that an identity which releases is allowed."""

    known_by: ClassVar = ("name",)
    identity: Parties | None = None
    """Who has it, where a resource gives things to several; None where that is the resource."""
    name: Fact[str]
    wide: Fact[bool]
    """Every action of a service on every resource, a basic or administrator role, or a way to get more; and nothing bounds it."""
    deploys: Fact[bool]
    """Whoever has it is a CI system by what the input says of it."""
    roles: Fact[list[str]] = Value([])
    """What whoever has it is to the deployment, as the configuration says."""


class Deployer(Resource, kw_only=True):
    """An identity that may release, with what it is allowed; on Google, what the members of bindings on a project are."""

    deploys: Fact[bool]
    """A CI system becomes it, or a service that builds; False of what gives things to several, and of what is allowed nothing wide where it
    is not known who becomes it."""
    shared: Fact[bool]
    """It gives things to several identities: bindings on a project."""
    grants: Fact[list[DeployGrant]]

    @override
    def give_roles(self, roles_of: RolesOf) -> None:
        super().give_roles(roles_of)
        for grant in self.grants.data if isinstance(self.grants.data, list) else ():
            if isinstance(grant, DeployGrant):
                given = self.identity.roles if grant.identity is None else grant.identity.roles(roles_of)
                grant.roles = Value(given, grant.name.seen)


KINDS = (RecordStore, ReadableSecret, Deployer)
