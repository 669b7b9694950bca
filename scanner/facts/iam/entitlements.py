"""What an identity of AWS has: its policies, attached or written in, and its permissions boundary."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec

from assay.scanner.facts.iam.kinds import Permission
from assay.scanner.facts.iam.permissions import Managed, managed_name, managed_policy, permissions_of
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, agreed

Part = str | Referrer
"""Blocks at a path, or items that name the resource."""
Document = Callable[[View], Value[Any]]
"""Gives the policy document of a part or a policy."""
ITSELF = ""
"""As a part: the resource itself."""

Says = list[Statement | Unknown] | Managed
"""The statements of a policy, or a policy that counts as one thing."""


def statements_of(says: Says) -> list[Statement | Unknown]:
    """The statements of a policy, whatever it counts as."""
    return says if isinstance(says, list) else says.written


class PolicyLink(Link, frozen=True, kw_only=True):
    """An attribute that names managed policies: one, or each of a list."""

    document: Document
    """The document of a policy that it names."""

    def allowed(self, view: View, arn: Value[Any]) -> tuple[Says, list[Item]]:
        """What the policy that an ARN names says, and the item that declares it. One of AWS's is read from its document if that is here."""
        policy = view.named(arn.data, self) if isinstance(arn.data, (Reference, str)) else None
        if isinstance(arn.data, Reference) and arn.data.address.startswith("arn:"):
            arn = Value(arn.data.address, arn.seen)  # an ARN is the address of a live resource
        if policy is not None and policy.item.type == "data.aws_iam_policy":
            arn, policy = _looked_up(policy.item, arn), None
        if policy is None:
            return (managed_policy(arn) if not arn.options else _one_of(arn)), []
        written, name = statements(self.document(policy.surely)), managed_name(arn)
        return (written if name is None else Managed(f"AWS-managed policy {name}", written, arn.seen)), [policy.item]


def _one_of(arn: Value[Any]) -> Managed:
    """One of several policies: what all of them amount to."""
    options = [managed_policy(Value(option, arn.seen)) for option in arn.options]
    wild = Value(agreed(arn.data, [option.permission().wildcard.data for option in options])).data
    written = options[0].written if wild is True else [] if wild is False else [wild]
    denying = [entry for option in options for entry in option.written if isinstance(entry, Statement) and entry.allows is False]
    written = [*written, *(msgspec.structs.replace(statement, allows=arn.data) for statement in denying)]
    return Managed(" or ".join(dict.fromkeys(option.name for option in options)), written, options[0].seen)


def _looked_up(source: Item, arn: Value[Any]) -> Value[Any]:
    """The ARN of a policy that a data source looks up by its ARN or its name."""
    by_name = source["name"].then(lambda name: f"arn:aws:iam::aws:policy/{name}" if isinstance(name, str) else name)
    return next((value for value in (source["arn"], by_name) if isinstance(value.data, str)), arn)


class PermissionsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what an identity, or a policy by itself, allows."""

    policies: Annotated[tuple[tuple[Part, Document | PolicyLink], ...], "permissions", "raises"]
    """The parts that tell of policies, with the document of such a part, or where it names managed policies."""
    boundary: Annotated[PolicyLink | None, "limited_by_boundary", "raises"] = None
    attached_boundary: Annotated[tuple[Index, PolicyLink] | None, "limited_by_boundary", "raises"] = None
    """Of an input in which a resource attaches boundaries: these by whom they are for (`bounding`), and where one names its policy."""
    path: Annotated[Place, "service_linked"] = ""
    managed: Annotated[Mapping[str, str], "raises"] = {}
    """Types of managed policies, to where one tells its name, by which ARNs name it."""


class Source:
    """A policy of an identity: its statements, or what one of AWS's amounts to, and the part of the identity that names or has it."""

    __slots__ = ("arn", "part", "policy", "says")

    def __init__(self, part: View, says: Says, arn: Any = None, policy: Item | None = None) -> None:
        """`arn`: what names it, as a raw value, and `policy` the item that declares it, of one that is attached."""
        self.part, self.says, self.arn, self.policy = part, says, arn, policy

    @property
    def written(self) -> list[Statement | Unknown]:
        """Its statements."""
        return statements_of(self.says)

    @property
    def denials(self) -> list[Statement]:
        """What it denies; an effect that is not known, and a policy that may not be there, may deny."""
        denying = [statement for statement in self.written if isinstance(statement, Statement) and statement.allows is not True]
        doubt = self.part.doubt
        return denying if doubt is None else [msgspec.structs.replace(statement, allows=doubt) for statement in denying]

    def permissions(self, denials: list[Statement]) -> list[Any]:
        """What it allows, as Permission or Unknown, less the denials of all policies of the identity."""
        allowed = permissions_of(self.says, denials) if isinstance(self.says, list) else [self.says.permission(denials)]
        return _weighed(self.part, allowed)


class Entitlements(NamedTuple):
    """All that says what an identity may do."""

    sources: list[Source]
    boundary: tuple[Value[Any], Says] | None
    """The ARN of its permissions boundary, and what that says."""
    doubts: list[Unknown]
    """Why it may have more policies than these."""
    telling: list[Item]
    """The items that tell of them."""

    @property
    def denials(self) -> list[Statement]:
        """What all of it denies."""
        bounding = [] if self.boundary is None else statements_of(self.boundary[1])
        denying = [entry for entry in bounding if isinstance(entry, Statement) and entry.allows is not True]
        return [denial for source in self.sources for denial in source.denials] + denying


def entitlements(view: View, at: PermissionsAt) -> Entitlements:
    """The policies of an identity, or a policy by itself. Of an identity that is declared elsewhere, only what is here.

    Several kinds ask the same of an identity: it is read once, by the names that policies may give it as text.
    """
    if view.names != at.names:
        view = View(view.item, view.items, view.declared, at.names, node=view.node, doubt=view.doubt)
    if view.doubt is not None or view.elsewhere:
        return _entitlements(view, at)
    made: Entitlements = numbers.kept(view.items.answers, ("iam.entitlements", view.item, at), lambda: _entitlements(view, at))
    return made


def _entitlements(view: View, at: PermissionsAt) -> Entitlements:
    sources: list[Source] = []
    doubts: list[Unknown] = []
    telling: list[Item] = []
    for place, told in at.policies:
        parts, more = _parts(view, place)
        telling += [part.item for part in parts]
        parts += view.possible(place) if isinstance(place, Referrer) else []
        for part in parts:
            if isinstance(told, PolicyLink):
                for arn in part.link(told).elements():
                    says, declared = told.allowed(view, arn)
                    sources.append(Source(part, says, arn.raw, declared[0] if declared else None))
                    telling += declared
            else:
                sources.append(Source(part, statements(told(part.surely)), None, part.item))
        doubts += [more] if more else []
    boundary = _boundary(view, at.boundary) if at.attached_boundary is None else _attached_boundary(view, at.name, *at.attached_boundary)
    return Entitlements(sources, boundary, doubts, telling)


def _parts(view: View, place: Part) -> tuple[list[View], Unknown | None]:
    """The parts at a place, and why there may be more."""
    if isinstance(place, Referrer):
        return view.referrers(place).views, None
    if view.elsewhere:
        return [], None
    return ([view], None) if place == ITSELF else view.inner(place)


def _weighed(part: View, allowed: list[Any]) -> list[Any]:
    """Permissions by a part that may not exist, or be of another identity: harmless if they would be harmless."""
    for permission in allowed:
        if isinstance(permission, Permission):
            permission.wildcard = part.weighed(permission.wildcard, absence=False)
    return allowed


def _boundary(view: View, link: PolicyLink | None) -> tuple[Value[Any], Says] | None:
    """The permissions boundary of an identity. Of one that is declared elsewhere, none is known."""
    if link is None or view.elsewhere or (arn := view.link(link)).absent:
        return None
    return arn, [arn.unknown] if arn.unknown else link.allowed(view, arn)[0]


def bounding(type_: str, owner: str) -> Index:
    """The resources that attach boundaries by whom they are for, which the attribute `owner` names; under None where that is open."""

    def records(item: Item) -> Iterator[tuple[Hashable, Item]]:
        yield spelled(item.link(owner).data) or None, item

    return Index((type_,), records)


def _attached_boundary(view: View, owner: Place, attached: Index, link: PolicyLink) -> tuple[Value[Any], Says] | None:
    """The boundary that another resource attaches to what this one names as its owner."""
    index, name = view.index(attached), spelled(view.link(owner).data) if isinstance(owner, str) else ""
    for item in index.get(name, ()) if name else ():
        part = view.of(item)
        arn = part.surely.link(link)
        if part.doubt or arn.absent:
            reason = f"what the boundary of {item.address} allows: it is named, and not by its ARN"
            arn = part.says(part.doubt or Unknown(reason, "scan the live account", item.location()))
        return arn, [arn.unknown] if arn.unknown else link.allowed(view, arn)[0]
    for item in index.get(None, ()):
        why = Unknown(f"whether {item.address} is for {name or view.item.address}", "scan the plan", item.location())
        return view.says(why), [why]
    return None
