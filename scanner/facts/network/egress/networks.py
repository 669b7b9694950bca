"""What the firewall rules and policies of a network of Google's let out. https://cloud.google.com/firewall/docs/firewalls"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from assay.scanner.facts.network.address_groups import openings_of_groups
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.rules import ALLOW, DENY, NEXT, OPEN, EgressRule, let_out, of_all, openings_to
from assay.scanner.facts.network.google import FirewallAt
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import filled, opening, protocol_name, spans
from assay.scanner.facts.spelling import Index, Link, Many, Place, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

_INSIDE = ("NON_INTERNET", "INTRA_VPC", "VPC_NETWORKS")
_TARGETS = ("targetServiceAccounts", "targetSecureTags", "targetSecureTag", "targetResources")
_ACTIONS = {"allow": ALLOW, "apply_security_profile_group": ALLOW, "deny": DENY, "goto_next": NEXT}


class EgressNetworkAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the firewall rules and policies of a network. The defaults are those of the REST API."""

    name: Place = "name"
    order: str = "networkFirewallPolicyEnforcementOrder"
    firewalls: Many
    """The firewall rules of a network, with these fields."""
    firewall: FirewallAt
    denied: str = "denied"
    destination_ranges: str = "destinationRanges"
    policies: Index | None = None
    """Network to the policies that say of themselves that they are associated with it."""
    associations: Referrer | None = None
    """What associates a policy with a network, …"""
    policy: Link | None = None
    """… which it names so."""
    rules: str = ""
    """Rules that are blocks of a policy, …"""
    separate: tuple[Many, ...] = ()
    """… and resources of their own."""
    field: Callable[[str], str] = str
    """What the input calls a field of a rule of a policy of the REST API."""
    groups: Index | None = None
    """Address group to its ranges (address_groups.py)."""
    subnets: Index
    """Network to its subnets, each with its addresses (`by_network`)."""


def by_network(network: str, stack: str, *types: str) -> Index:
    """Network to the sorts of addresses that its subnets have: `IPV4_ONLY`, `IPV4_IPV6`; not known under None."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield spelled(item.link(network).data) or None, item[stack]

    return Index(types, records)


def associated(*types: str) -> Index:
    """Network to the policies that have it among their associations."""

    def records(policy: Item) -> Iterator[tuple[Hashable, Any]]:
        for association in policy.blocks("associations")[0]:
            yield spelled(association.link("attachmentTarget").data) or None, policy

    return Index(types, records)


def network(view: View, at: EgressNetworkAt) -> Egress | None:
    """A network with the rules that are for egress. Of one that is declared elsewhere nothing is said but what rules here let out."""
    firewalls = view.referrers(at.firewalls)
    classic = [rule for firewall in firewalls.views if (rule := _classic(firewall, at)) is not None]
    if view.elsewhere and not classic:
        return None
    policies, more = ([], None) if view.elsewhere else _policies(view, at)
    written = [_written(policy, at) for policy in policies]
    first = view[at.order].default("AFTER_CLASSIC_FIREWALL").equals("BEFORE_CLASSIC_FIREWALL")
    tiers = [*written, classic] if first.data is True else [classic, *written]
    doubt = view.item.why if view.elsewhere else more or firewalls.more or (first.unknown if written else None)  # type: ignore[attr-defined]
    told: list[Any] = let_out(view, tiers, 4, doubt)
    of_ipv6 = _has_ipv6(view, at)
    further = let_out(view, tiers, 6, doubt) if of_ipv6.data is not False else []
    told += [of_ipv6.unknown] if further and of_ipv6.unknown else further
    told += [doubt] if view.elsewhere else []  # what else that network lets out, before what is denied here too
    told += [firewalls.more] if firewalls.more and _may_let_out(view, at) else []
    return Egress(
        identity=view.identity(view[at.name], *(policy.item for policy in policies)),
        destinations=view.says(told),
        filtered=view.says(False),
        hosts=view.says([]),
    )


def _may_let_out(view: View, at: EgressNetworkAt) -> bool:
    """Whether there may be firewall rules for egress of which it is not known that they are for this network."""
    possible = view.possible(at.firewalls)
    return not view.elsewhere and (not possible or any(_classic(firewall, at) for firewall in possible))


def _has_ipv6(view: View, at: EgressNetworkAt) -> Value[bool]:
    """Whether a subnet of the network has addresses of IPv6, which none has unless it says so.

    https://cloud.google.com/vpc/docs/subnets#ipv6-ranges
    """
    stacks = view.index(at.subnets).get(spelled_address(view), [])
    return any_of([view.says(False), *(stack.default("IPV4_ONLY").equals("IPV4_ONLY").negate() for stack in stacks)])


def spelled_address(view: View) -> str:
    """A network as `spelled` names what refers to it."""
    return view.item.address


def _classic(view: View, at: EgressNetworkAt) -> EgressRule | None:
    """A firewall rule for egress; None of one for ingress."""
    firewall = view.surely
    leaves = firewall["direction"].default("INGRESS").equals("EGRESS")
    if leaves.data is False:
        return None
    allowed, more = firewall.inner(at.firewall.allowed)
    denied, further = firewall.inner(at.denied)
    # Without ranges a rule is for all addresses: https://cloud.google.com/compute/docs/reference/rest/v1/firewalls (destinationRanges)
    ranges = firewall[at.destination_ranges].then(lambda data: None if data == [] else data).elements() or of_all(firewall)
    told = [span for block in allowed or denied for span in spans(protocol_name(block[at.firewall.protocol]), block["ports"])]
    if (more or further) and not told:  # the blocks that there may be are for any traffic
        told = spans(firewall.says("all"), firewall.says(None))
    narrowed = [filled(firewall[place]) for place in (*at.firewall.targets, at.firewall.source_ranges)]
    in_force = all_of([leaves, firewall["disabled"].default(False).truth().negate()])
    in_force = view.weighed(Value(more or further or in_force.data, in_force.seen), absence=False)
    return EgressRule(
        firewall["priority"].default(1000).number(),
        ALLOW if allowed else OPEN if more else DENY,
        openings_to(ranges, told),
        [],
        any_of(narrowed).negate(),
        in_force,
    )


def _policies(view: View, at: EgressNetworkAt) -> tuple[list[View], Unknown | None]:
    """The policies that are associated with a network, and why there may be more."""
    if at.policies is not None:
        records = view.index(at.policies)
        return [view.of(policy) for policy in records.get(spelled_address(view), [])], None
    if at.associations is None or at.policy is None:
        return [], None
    associations = view.referrers(at.associations)
    policies = [(association, association.target(at.policy)) for association in associations.views]
    missing = next((association for association, policy in policies if policy is None), None)
    reason = f"the policy that {missing.item.address} is for is declared elsewhere" if missing else ""
    why = Unknown(reason, "scan it together with this, or the live project", missing.location) if missing else associations.more
    return [policy for _, policy in policies if policy is not None], why


def _written(policy: View, at: EgressNetworkAt) -> list[EgressRule]:
    """The rules of a policy that are for egress."""
    rules, more = policy.inner(at.rules)
    separate = policy.referrers(*at.separate)
    told = [told for rule in rules + separate.views if (told := _of_policy(rule, at)) is not None]
    if more or separate.more:
        doubt: Value[bool] = Value(more or separate.more, (policy.location,))
        everything = openings_to(of_all(policy), spans(policy.says("all"), policy.says(None)))
        told.append(EgressRule(policy.says(0), OPEN, everything, [], policy.says(True), doubt))
    return told


def _of_policy(view: View, at: EgressNetworkAt) -> EgressRule | None:
    """A rule of a policy for egress; None of one for ingress."""
    rule = view.surely
    leaves = rule["direction"].default("INGRESS").equals("EGRESS")
    action = rule["action"].text()
    if leaves.data is False:
        return None
    layers, more = rule.inner(at.field("match.layer4Configs"), at.field("match.layer4Config"))
    traffic = [span for layer in layers for span in spans(protocol_name(layer[at.field("ipProtocol")]), layer["ports"])]
    openings = [opened for span in traffic for opened in _to(rule, span, at)]
    names = [name.then(lambda text: str(text).lower()) for name in rule[at.field("match.destFqdns")].elements()]
    hosts = [opening(name, span, name.unknown or False) for span in traffic for name in names]
    narrowed = [
        filled(rule[at.field(name)]) for name in ("targetServiceAccounts", "targetSecureTags", "targetSecureTag", "targetResources")
    ]
    narrowed += [filled(rule[at.field(f"match.{name}")]) for name in ("srcIpRanges", "srcSecureTags", "srcNetworks")]
    in_force = all_of([leaves, rule["disabled"].default(False).truth().negate(), rule.says(more or action.unknown or True)])
    sort = OPEN if action.unknown else _ACTIONS.get(str(action.data).lower(), ALLOW)
    return EgressRule(rule["priority"].number(), sort, openings, hosts, any_of(narrowed).negate(), view.weighed(in_force, absence=False))


def _to(rule: View, span: Any, at: EgressNetworkAt) -> list[Opening]:
    """What a rule of a policy names as destinations; without any, it matches all addresses."""

    def named(name: str) -> list[Value[Any]]:
        return rule[at.field(f"match.{name}")].then(lambda data: None if data == [] else data).elements()

    within = rule["|".join(at.field(f"match.{name}") for name in ("destNetworkContext", "destNetworkType", "destNetworkScope"))]
    openings = openings_to(named("destIpRanges"), [span])
    openings += [
        opening(Value(f"region {describe(code.data)}", code.seen), span, code.unknown or True) for code in named("destRegionCodes")
    ]
    openings += openings_of_groups(rule, at.groups, at.field("match.destAddressGroups"), span)
    for list_ in named("destThreatIntelligences"):
        why = Unknown(f"which addresses are in Google's list {describe(list_.data)}", "name the ranges in the rule", rule.location)
        openings.append(opening(Value(f"Google's list {describe(list_.data)}", list_.seen), span, why))
    openings = openings or ([] if named("destFqdns") or named("destAddressGroups") else openings_to(of_all(rule), [span]))
    if within.default("").equals(*_INSIDE).data is True:
        for opened in openings:
            opened.world, opened.inside = Value(False, within.seen), Value(True, within.seen)
    return openings
