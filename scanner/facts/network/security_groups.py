"""Security groups of AWS: what they let in, and what is in them."""

from __future__ import annotations

import enum
import functools
from collections.abc import Hashable
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.edge.classic import classic_balancer
from assay.scanner.facts.edge.listeners import load_balancer
from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Ingress, Opening
from assay.scanner.facts.network.prefix_lists import PrefixLists
from assay.scanner.facts.network.ranges import Span, limited, listed, on_known_ports, opening, protocol_name
from assay.scanner.facts.spelling import Another, Index, Many, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of


class Sort(enum.Enum):
    """What sort of thing is in a security group."""

    BALANCER = enum.auto()
    CLASSIC = enum.auto()
    """A classic load balancer."""
    CLASSIC_INTERFACE = enum.auto()
    """A network interface of a classic load balancer."""
    INTERFACE = enum.auto()
    """A network interface of a load balancer that is there itself."""
    OTHER = enum.auto()


class GroupMember(msgspec.Struct, frozen=True):
    """Something that is in a security group."""

    item: Item
    sort: Sort


class GroupRulesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the rules of a security group for one direction."""

    rules: Annotated[tuple[str | Many, ...], "openings", "openings_on_known_ports", "destinations"]
    """Blocks of the group, and resources of their own. The fields up to `prefix_lists` are of a rule, and name what sorts of rules have."""
    direction: str = ""
    """Where a rule says so that may be one for the other direction …"""
    way: str = "ingress"
    """… and what it says of this one. Resources that say nothing are for the one that their type is for."""
    protocol: Place = "IpProtocol"
    from_port: Place = "FromPort"
    to_port: Place = "ToPort"
    ranges: tuple[str, ...] = ("CidrIp", "CidrIpv6")
    sources: tuple[str, ...]
    """Groups, whose members are as good as inside."""
    prefix_lists: Annotated[PrefixLists, "openings", "openings_on_known_ports", "destinations"]


class SecurityGroupAt(GroupRulesAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a security group."""

    id: Annotated[str, "guards_load_balancer", "http_only_redirects"] = ""
    """By which members name it; its address where there is no such path."""
    members: Annotated[Index, "guards_load_balancer", "http_only_redirects"]
    """Group to `Member`; under None is why there may be more."""
    holders: Annotated[Index | None, "guards_load_balancer"] = None
    """Group to the items that have it in an attribute which is named for groups, though their types are not known to be members, with
    whether they only hand it on."""
    unused: tuple[str, str] = (
        "nothing in this code is in {address}; what will be is not known",
        "scan the code that uses it together with this, or the live account",
    )  # fmt: skip
    """Why it is not known what it guards where nothing is in it, and the way out."""
    balancer: Annotated[Another, "http_only_redirects"]
    """A `BalancerAt`."""
    classic: Annotated[Another, "http_only_redirects"]
    """A `ClassicBalancerAt`."""


def security_group(view: View, at: SecurityGroupAt) -> Ingress:
    """https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"""
    openings, more = group_openings(view, at)
    members = view.index(at.members)
    inside = members.get(view[at.id].data if at.id else view.item.address, [])
    others = _others(view, at, inside)
    guards = _guards(view, at, inside, others, next(iter(members.get(None, ())), None))
    return Ingress(
        identity=view.identity(view[at.name]),
        openings=view.says(openings + ([more] if more else [])),
        openings_on_known_ports=view.says(on_known_ports(openings)),
        guards_load_balancer=guards,
        reaches=Value(_in_words(guards, others), guards.seen),
        http_only_redirects=_only_redirect(view, at, inside),
    )


def group_openings(view: View, at: GroupRulesAt) -> tuple[list[Opening], Unknown | None]:
    """What the rules of a group let through in one direction, and why there may be more. Several kinds ask for it."""
    if view.doubt is not None:
        return _group_openings(view, at)
    answers: dict[Hashable, tuple[list[Opening], Unknown | None]] = view.items.answers
    return numbers.kept(answers, (view.item, view.names, _told_at(at)), lambda: _group_openings(view, at))


@functools.cache
def _told_at(at: GroupRulesAt) -> tuple[Any, ...]:
    """Where the rules of a direction are told: the same for the kinds of one input."""
    return GroupRulesAt, *(getattr(at, name) for name in msgspec.structs.asdict(at) if name in GroupRulesAt.__struct_fields__)


def _group_openings(view: View, at: GroupRulesAt) -> tuple[list[Opening], Unknown | None]:
    separate = view.referrers(*(place for place in at.rules if isinstance(place, Many)))
    # Of a group that is declared elsewhere nothing is said but what those rules let through.
    own, more = ([], None) if view.elsewhere else view.inner(*(place for place in at.rules if isinstance(place, str)))
    openings = [(rule, _openings(rule, at)) for rule in (*own, *separate.views)]
    together(
        [opening for rule, told in openings if rule.doubt is None for opening in told],
        [(opening, rule.doubt) for rule, told in openings if rule.doubt is not None for opening in told],
    )
    return [opening for _, told in openings for opening in told], more or separate.more


def _in_words(guards: Value[bool], others: list[Item]) -> str:
    """What a group lets traffic in to."""
    if not others:
        return "load balancers alone" if guards.data is True else "whatever is in the group"
    named = list(dict.fromkeys(other.address for other in others))
    return ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")


_NAMED = 3


def _openings(view: View, at: GroupRulesAt) -> list[Opening]:
    """What one rule lets through: nothing where it is for the other direction."""
    rule = view.surely
    enters = rule[at.direction].default(at.way).equals(at.way)
    if enters.data is False:
        return []
    span = Span(protocol_name(rule[at.protocol]), rule[at.from_port].number(), rule[at.to_port].number())
    openings = [opening(source, span, versions=_versions(path)) for path in at.ranges for source in listed(rule.node, path)]
    for source in (source for path in at.sources for source in listed(rule.node, path, linked=True)):
        openings += [opening(Value(describe(source.data), source.seen), span, world=False)] if source.data else []
    openings += at.prefix_lists.openings(rule, span)
    for told in openings:
        limited(told, enters)
        # Harmless if it would be harmless.
        told.world, told.whole_network = (view.weighed(fact, absence=False) for fact in (told.world, told.whole_network))
        told.inside = view.weighed(told.inside, absence=True)
    return openings


def _versions(path: str) -> tuple[int, ...]:
    """Which addresses a range is of: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html"""
    return (6,) if "v6" in path.lower() else (4,)


def _others(view: View, at: SecurityGroupAt, members: list[GroupMember]) -> list[Item]:
    """What is in a group that is no load balancer, whether or not its type is known to be a member."""
    holders = view.index(at.holders).get(view.item.address, []) if at.holders else []
    return [member.item for member in members if member.sort is Sort.OTHER] or [holder for holder, hands_on in holders if not hands_on]


def _guards(view: View, at: SecurityGroupAt, members: list[GroupMember], others: list[Item], more: Unknown | None) -> Value[bool]:
    """Whether everything that is in the group is a load balancer; without anything in it, that is not known."""
    if others:
        return Value(False, tuple(dict.fromkeys(other.location() for other in others)))
    if more or not members:
        reason, way = at.unused
        name = view[at.name].data
        return view.says(more or Unknown(reason.format(address=view.item.address, name=name), way))
    handed = [holder for holder, _ in (view.index(at.holders).get(view.item.address, []) if at.holders else [])]
    if handed:
        why = Unknown(f"{handed[0].address} hands the group on", "scan what is made of it, or the live account")
        return Value(why, tuple(dict.fromkeys(holder.location() for holder in handed)))
    return Value(True, tuple(dict.fromkeys(member.item.location() for member in members)))


_CLASSIC = Unknown(
    "a classic load balancer is in the group, which cannot redirect: whether it listens on port 80 was not read", "audit again"
)


def _only_redirect(view: View, at: SecurityGroupAt, members: list[GroupMember]) -> Value[bool]:
    """Whether the load balancers in the group redirect whatever reaches them without TLS."""
    balancers = [load_balancer(view.of(member.item).surely, at.balancer.spelling) for member in members if member.sort is Sort.BALANCER]
    classic = [classic_balancer(view.of(member.item).surely, at.classic.spelling) for member in members if member.sort is Sort.CLASSIC]
    listeners: list[Any] = [listener for balancer in balancers + classic for listener in balancer.listeners.data]
    listeners += [_CLASSIC] if not classic and any(member.sort is Sort.CLASSIC_INTERFACE for member in members) else []
    return all_of(
        [
            Value(listener) if isinstance(listener, Unknown) else any_of([listener.encrypted, listener.only_redirects])
            for listener in listeners
        ]
    )
