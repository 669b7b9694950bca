"""Policies and trust of AWS identities, whatever the input."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Annotated, Any

from assay.scanner.facts.iam.entitlements import PermissionsAt, Says, entitlements
from assay.scanner.facts.iam.kinds import Permission, PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import permissions_of
from assay.scanner.facts.iam.trust import Role, aws_trusts, ci_only
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value

_BY_AWS = ":iam::aws:policy/"


def permissions(view: View, at: PermissionsAt) -> PermissionSet:
    """What an identity, or a policy by itself, allows. Of an identity that is declared elsewhere, only what is here is judged."""
    has = entitlements(view, at)
    denials = has.denials
    return PermissionSet(
        identity=view.identity(called(view, at.name), *has.telling),
        permissions=view.says([*(entry for source in has.sources for entry in source.permissions(denials)), *has.doubts]),
        limited_by_boundary=_limited(has.boundary),
        service_linked=service_linked(view[at.path]),
    )


def called(view: View, name: Place) -> Value[Any]:
    """What an identity is called: one that is declared elsewhere by what names it here."""
    named = view.item.named if isinstance(view.item, Elsewhere) else None
    return Value(named) if isinstance(named, str) and named else view[name]


def _limited(boundary: tuple[Value[Any], Says] | None) -> Value[bool]:
    """Whether a permissions boundary without wildcards limits it."""
    if boundary is None:
        return Value(False)
    arn, says = boundary
    allowed = permissions_of(says) if isinstance(says, list) else [says.permission()]
    wild = [permission.wildcard.data if isinstance(permission, Permission) else permission for permission in allowed]
    doubt = next((data for data in wild if isinstance(data, Unknown)), None)
    return Value(False if True in wild else doubt or True, arn.seen)


def service_linked(path: Value[Any]) -> Value[bool]:
    """Whether a service of AWS made it. Nobody else can give a role such a path, so that one that is open is not taken for it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    """
    if path.unknown and not path.options:
        return Value(False, path.seen)
    return path.then(lambda text: isinstance(text, str) and text.startswith("/aws-service-role/"))


class PolicyAt(PermissionsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a policy by itself, or of an attachment of one, who has it."""

    owners: tuple[Link, ...] = ()
    """Lists of the identities that it is attached to, by reference or name."""
    identities: Index | None = None
    """Those that are here (see `identities`)."""
    users: tuple[Referrer, ...] = ()
    """Identities and attachments that name it."""
    counts: tuple[str, ...] = ()
    """Of a live policy, how often it is used."""


def unattached(view: View, at: PolicyAt) -> PermissionSet | None:
    """A policy, or an attachment of one, unless it is judged with every identity that has it. One of AWS's is judged only there."""
    return None if is_judged_here(view, at) else permissions(view, at)


def is_judged_here(view: View, at: PolicyAt) -> bool:
    """Whether a policy, or an attachment of one, is judged with every identity that has it."""
    if _BY_AWS in view.item.address or any(view[count].data for count in at.counts):
        return True
    here = [_is_here(view, at, link, owner.data) for link in at.owners for owner in view.link(link).elements()]
    used = any(view.referrers(user).items for user in at.users)
    return bool(here or used) and all(here)


class UnclaimedAt(PermissionsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a policy, or an attachment of one, for one identity that it names."""

    owner: Link


def unclaimed(view: View, at: UnclaimedAt) -> PermissionSet | None:
    """A policy for an identity that is not known, judged for what it is: somebody gets it.

    None where it is known, and where no identity is judged here: it is then read as one that is declared elsewhere.
    """
    return permissions(view, at) if is_unclaimed(view, at) else None


def is_unclaimed(view: View, at: UnclaimedAt) -> bool:
    """Whether the identity that a policy names is not known, and identities are judged here."""
    return view.link(at.owner).unknown is not None and any(view.items.own(type_) for type_ in at.owner.types)


def attached(view: View, at: PolicyAt) -> PermissionSet | None:
    """An attachment of a policy; None where its lists are empty: nobody gets it."""
    return unattached(view, at) if is_attached(view, at) else None


def is_attached(view: View, at: PolicyAt) -> bool:
    """Whether an attachment names somebody."""
    return any(view.link(owner).elements() for owner in at.owners)


def _is_here(view: View, at: PolicyAt, link: Link, owner: Any) -> bool:
    """Whether an identity is judged here: one of another stack is not, though joins may find it."""
    key = owner.address if isinstance(owner, Reference) else (link.types[0], str(owner)) if isinstance(owner, (str, Text)) else None
    known = view.index(at.identities).get(key, ()) if at.identities else ()
    return any(view.items.is_own(item) for item in known)


def identities(names: Mapping[str, str]) -> Index:
    """Identities by their address, and by type and name. `names`: type to the path of the name."""

    def records(item: Item) -> Iterator[tuple[Hashable, Item]]:
        name = item[names[item.type]].data
        yield item.address, item
        if isinstance(name, (str, Text)):
            yield (item.type, str(name)), item

    return Index(tuple(names), records)


class TrustAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may take on a role."""

    document: Annotated[Place, "trusts", "ci_only"]
    """The trust policy."""
    path: Annotated[Place, "service_linked"]
    providers: Annotated[Link | None, "trusts", "ci_only"] = None
    """The identity providers that the document may refer to, and where one has its URL."""
    pools: Annotated[Link | None, "trusts"] = None
    """The identity pools of Cognito that the document may refer to, and where one says whether it has guests."""
    identities: Annotated[Link | None, "trusts"] = None
    """What the document may refer to that may be of another account than the role."""


def trust(view: View, at: TrustAt) -> TrustPolicy:
    """Who may take on a role. A named role of another account is told from one of its own where the account is known."""
    document = view[at.document]
    role = Role(view, at.providers, at.identities, at.pools)
    return TrustPolicy(
        identity=view.identity(view[at.name]),
        trusts=Value(aws_trusts(document, role), document.seen),
        service_linked=service_linked(view[at.path]),
        ci_only=ci_only(document, role),
    )
