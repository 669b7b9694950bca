"""What identities that release are allowed: roles that CI systems take on, and accounts that builds run as.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html, https://cloud.google.com/build/docs/cloud-build-service-account
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Annotated, Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import Binding, bindings
from assay.scanner.facts.iam import aws, google, google_raising, raising
from assay.scanner.facts.iam.accounts import account_in, account_named, by_account
from assay.scanner.facts.iam.google import BindingsAt, called, is_going
from assay.scanner.facts.iam.kinds import Permission
from assay.scanner.facts.messaging.parties import google_parties
from assay.scanner.facts.spelling import Another, Index, Link, Spelling
from assay.scanner.facts.statements import statements
from assay.scanner.facts.supply.web_identity import allowing, providers
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Text, Unknown, because
from assay.scanner.sources.values import Value, all_of

from .holdings import IdentityAt
from .kinds import Deployer, DeployGrant

_BUILDING = frozenset(f"{name}.amazonaws.com" for name in ("codebuild", "codepipeline", "codedeploy", "cloudformation"))
"""Services that build and release: a stack is made with the role that is given to CloudFormation."""


class DeployerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what an identity may do, and who becomes it."""

    identity: Annotated[Another, "grants"]
    """Of one `IdentityAt`."""
    providers: Annotated[Link | None, "grants"] = None
    """The identity providers that a trust policy may refer to."""


def deployer(view: View, at: DeployerAt) -> Deployer | None:
    """A role or a user. A role that AWS made for a service of its own is left out."""
    one: IdentityAt = at.identity.spelling[0]
    if aws.service_linked(view[one.permissions.path]).data is True:
        return None
    allowed = aws.permissions(view, one.permissions)
    raises = raising.escalation(view, one.permissions).raises
    deploys = _builds(view, at, one)
    limited = allowed.limited_by_boundary
    grants: list[DeployGrant | Unknown] = [
        *(_granted(entry, deploys, limited) for entry in _entries(allowed.permissions)),
        *(
            entry if isinstance(entry, Unknown) else DeployGrant(name=entry.name, wide=entry.open, deploys=deploys)
            for entry in _entries(raises)
        ),
    ]
    if deploys.unknown and not any(isinstance(grant, Unknown) or grant.wide.data is not False for grant in grants):
        deploys = Value(False, deploys.seen)  # whoever becomes it, it is allowed nothing that matters
        grants = [msgspec.structs.replace(grant, deploys=deploys) for grant in grants if not isinstance(grant, Unknown)]
    return Deployer(identity=allowed.identity, deploys=deploys, shared=view.says(False), grants=view.says(grants))


def _entries(value: Value[Any]) -> Iterable[Any]:
    return value.data if isinstance(value.data, list) else [value.unknown] if value.unknown else []


def _granted(entry: Permission | Unknown, deploys: Value[bool], limited: Value[bool]) -> DeployGrant | Unknown:
    if isinstance(entry, Unknown):
        return entry
    return DeployGrant(name=entry.name, wide=Value(all_of([entry.wildcard, limited.negate()]).data, entry.wildcard.seen), deploys=deploys)


def _builds(view: View, at: DeployerAt, one: IdentityAt) -> Value[bool]:
    """Whether a CI system becomes it, or a service that builds."""
    if not one.trust:
        return view.says(False)
    document = view[one.trust]
    entries = statements(document)
    written = allowing(entries)
    trusted = [provider for entry in written for provider in providers(view, at.providers, entry)]
    services = any(kind == "Service" and who in _BUILDING for entry in written for kind, who in entry.principals)
    if services or any(provider.is_ci for provider in trusted):
        return Value(True, document.seen)
    doubts = [*(entry for entry in entries if isinstance(entry, Unknown)), *(provider.doubt for provider in trusted if provider.doubt)]
    return Value(doubts[0] if doubts else False, document.seen)


class ReleasesAt(BindingsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the bindings of a project, and as which accounts builds run."""

    builders: Annotated[Index | None, "grants"] = None
    """Accounts of triggers (`of_triggers`)."""


def of_triggers(types: Mapping[str, str]) -> Index:
    """The accounts that builds of triggers run as. `types`: type of triggers to where one names its account."""

    def records(item: Item) -> Iterator[tuple[Hashable, tuple[Any, Item]]]:
        named = item.link(types[item.type])
        if not named.absent and named.data != "":
            account = account_in(named.data)
            yield spelled(account) or None, (account, item)

    return Index(tuple(types), records)


_LEGACY = lazy_re.pattern(r"serviceAccount:\d+@cloudbuild\.gserviceaccount\.com")
_OF_CLOUD_BUILD = "@cloudbuild.gserviceaccount.com"
"""The account that builds run as, unless a trigger names another: a text ends so whose project number is not known."""


def releases(view: View, at: ReleasesAt) -> Deployer | None:
    """What members of the bindings at one level are given; None for a project that is being deleted."""
    if is_going(view, at):
        return None
    title = view[at.title]
    grants = [entry for binding in bindings(view, at.bindings) for entry in _bound(view, at, binding)]
    name = title if isinstance(title.data, str) else called(view, at)
    return Deployer(identity=view.identity(name), deploys=view.says(False), shared=view.says(True), grants=view.says(grants))


def _bound(view: View, at: ReleasesAt, binding: Binding | Unknown) -> Iterator[DeployGrant | Unknown]:
    if isinstance(binding, Unknown):
        yield binding
        return
    permission, more = google.permission(view, at, binding), google_raising.above(view, at, binding)
    told = _deploys(view, at, binding.member)
    matters = permission.wildcard.data is not False or isinstance(more, Unknown) or (more is not None and more.open.data is not False)
    deploys: Value[bool] = Value(told if matters or not isinstance(told, Unknown) else False, binding.seen)
    who = google_parties(view, binding.member)
    yield DeployGrant(identity=who, name=permission.name, wide=permission.wildcard, deploys=deploys)
    if isinstance(more, Unknown):
        yield more
    elif more is not None and permission.wildcard.data is not True:
        yield DeployGrant(identity=who, name=more.name, wide=more.open, deploys=deploys)


def _deploys(view: View, at: ReleasesAt, member: Any) -> bool | Unknown:
    """Whether a member is the account of Cloud Build, or that of a trigger."""
    if isinstance(member, str) and _LEGACY.fullmatch(member):
        return True
    if at.builders:
        same = next((same for _, same in by_account(view, at.builders).of(account_named(member))), False)
        if same is not False:
            return same
    if isinstance(member, Text):
        end = member.parts[-1]
        if isinstance(end, str):
            return end.endswith(_OF_CLOUD_BUILD)
        return because(end) if isinstance(end, Unknown) else False
    return because(member) if isinstance(member, Unknown) else False
