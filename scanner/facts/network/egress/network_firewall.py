"""AWS Network Firewall: whether what leaves a VPC passes one that lets only named hosts through.

https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.network.egress.kinds import Host
from assay.scanner.facts.network.ranges import elements, is_world, listed
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

# https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
_DROPS = ("aws:drop_strict", "aws:drop_established", "aws:drop_established_app_layer")


class FirewallsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the firewalls of a VPC, their policies and rule groups, and the routes that lead past them."""

    firewalls: Annotated[Index, "filtered"]
    """VPC to the firewalls in it (`by_vpc`)."""
    policy: Link
    """Of a firewall."""
    subnets: str
    """Of a firewall."""
    defaults: str
    """The default actions of a policy for connections, …"""
    stateless: str
    """… and for packets."""
    order: str
    """The order of evaluation of a policy."""
    references: str
    """Of a policy: blocks, …"""
    group: Link
    """… each with a rule group."""
    list_kind: str
    """Of a rule group with domain names: allowed or denied."""
    targets: str
    """The domain names of such a rule group."""
    rules: str
    """Of a rule group: rules as blocks, with …"""
    action: str
    target: str
    text: str
    """Of a rule group: rules as text."""
    tables: Annotated[Index, "filtered"]
    """VPC to its route tables (`by_vpc`)."""
    routes: Annotated[Index, "filtered"]
    """Route table to the items and blocks that lead to an internet gateway (`to_gateways`)."""
    associations: Annotated[Index, "filtered"]
    """Route table to what is associated with it."""


def by_vpc(path: str, *types: str) -> Index:
    """VPC to the items of some types in it; under None those of which that is not known."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield _key(item.link(path)), item

    return Index(types, records)


def to_gateways(table: str, gateway: str, destination: str, inline: dict[str, str], *types: str) -> Index:
    """Route table to routes of everything to an internet gateway. `inline`: types of tables to the path of routes that are their blocks."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        path = inline.get(item.type)
        blocks = [item] if path is None else item.blocks(path)[0]
        for route in blocks:
            target = route.link(gateway).data
            if _may_be_gateway(target) and _is_default(route, destination):
                yield (item.address if path is not None else _key(item.link(table))), item

    return Index((*types, *inline), records)


def _may_be_gateway(target: Any) -> bool:
    """Whether a route leads to an internet gateway, as far as its target is known."""
    if isinstance(target, Reference):
        return "internetgateway" in target.type.lower().replace("_", "")
    return isinstance(target, Unknown) or (isinstance(target, str) and target.startswith("igw-"))


def _is_default(route: Any, paths: str) -> bool:
    values = [route[path] for path in paths.split("|")]
    return any(value.data is not None and value.then(is_world).data is not False for value in values)


def by_table(table: str, subnet: str, *types: str) -> Index:
    """Route table to the subnets that are associated with it."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if not item[subnet].absent:
            yield _key(item.link(table)), _key(item.link(subnet))

    return Index(types, records)


def _key(value: Value[Any]) -> str | None:
    """What a reference or a name stands for; None where it is not known."""
    if isinstance(value.data, Reference):
        return value.data.address
    return value.data if isinstance(value.data, str) else None


def filtered(view: View, vpc: Value[Any], at: FirewallsAt) -> Value[bool]:
    """Whether traffic of a VPC passes a firewall that drops what it does not let through by name.

    What leads to the internet past it, from another subnet than its own, makes that unknown of any one workload.
    """
    key = _key(vpc)
    firewalls = view.index(at.firewalls).get(key, []) if key else []
    if not firewalls:
        return view.says(vpc.unknown if vpc.unknown and view.index(at.firewalls) else False)
    inspecting = [_drops(view.of(firewall).surely, at) for firewall in firewalls]
    drops = any_of(inspecting)
    if drops.data is False:
        return drops
    own = {_key(subnet) for firewall in firewalls for subnet in listed(firewall, at.subnets, linked=True)}
    if None in own:
        reason = f"which subnets are those of {firewalls[0].address}"
        return Value(Unknown(reason, "scan the code, or the live account", firewalls[0].location()), drops.seen)
    past = [table for table in view.index(at.tables).get(key, []) if _leads_past(view, table, own, at)]
    if past:
        reason = f"whether traffic of {view.item.address} passes {firewalls[0].address}: {past[0].address} leads to the internet past it"
        return Value(Unknown(reason, "route what leaves the network through the firewall", past[0].location()), drops.seen)
    if not any(view.index(at.routes).get(table.address) for table in view.index(at.tables).get(key, [])):
        reason = f"whether traffic of {view.item.address} passes {firewalls[0].address}: the routes are not in this input"
        return Value(Unknown(reason, "scan it together with its routes, or the live account"), drops.seen)
    return drops


def hosts_behind(view: View, vpc: Value[Any], at: FirewallsAt) -> list[Host | Unknown]:
    """The hosts that the firewalls of a VPC let traffic through to by their names."""
    hosts: list[Host | Unknown] = []
    for firewall in view.index(at.firewalls).get(_key(vpc), []):
        policy = view.of(firewall).surely.target(at.policy)
        references, more = policy.surely.inner(at.references) if policy else ([], None)
        hosts += [more] if more else []
        for reference in references:
            if _is_allow_list(reference, at):
                group = reference.target(at.group)
                names = elements(group.surely[at.targets]) if group else []
                hosts += [Host(name=Value(_lower(name.data), name.seen)) for name in names]
    return hosts


def _lower(name: Any) -> Any:
    return name.lower() if isinstance(name, str) else Value(name).text().data


def _leads_past(view: View, table: Item, own: set[str | None], at: FirewallsAt) -> bool:
    """Whether a route table sends what leaves to an internet gateway from subnets that are not the firewall's."""
    if not view.index(at.routes).get(table.address):
        return False
    subnets = view.index(at.associations).get(table.address, [])
    return not subnets or any(subnet not in own for subnet in subnets)


def _drops(firewall: View, at: FirewallsAt) -> Value[bool]:
    """Whether a firewall drops what no rule lets through, and no rule lets through whatever it is."""
    policy = firewall.target(at.policy)
    if policy is None:
        return firewall.says(Unknown(f"the policy of {firewall.item.address} is not in this input", "scan it together with this"))
    policy = policy.surely
    strict = policy[at.order].equals("STRICT_ORDER")
    defaults = any_of([action.equals(*_DROPS) for action in elements(policy[at.defaults])] or [policy.says(False)])
    stateless = all_of([action.equals("aws:pass").negate() for action in elements(policy[at.stateless])] or [policy.says(False)])
    references, more = policy.inner(at.references)
    groups = [_group(reference, at) for reference in references] + ([policy.says(more)] if more else [])
    lists = [reference for reference in references if _is_allow_list(reference, at)]
    # Without strict order, a list of allowed domains drops the others of its protocols.
    return all_of([any_of([all_of([strict, defaults]), policy.says(bool(lists))]), stateless, *groups])


def _is_allow_list(reference: View, at: FirewallsAt) -> bool:
    group = reference.target(at.group)
    return group is not None and group.surely[at.list_kind].equals("ALLOWLIST").data is True


def _group(reference: View, at: FirewallsAt) -> Value[bool]:
    """Whether a rule group lets nothing through but what it names."""
    arn = reference.link(at.group)
    if isinstance(arn.data, str) and ":aws-managed:" in arn.data:
        return reference.says(True)  # those of AWS drop and alert
    group = reference.target(at.group)
    if group is None:
        return reference.says(Unknown(f"what the rule group {arn.data} lets through is not in this input", "scan it together with this"))
    group = group.surely
    rules, more = group.inner(at.rules)
    text = group[at.text]
    told = [_names_target(rule, at) for rule in rules] + ([group.says(more)] if more else [])
    if isinstance(text.data, str) and any(line.split()[0] == "pass" for line in text.data.splitlines() if line.strip()):
        reason = f"what the rules of {group.item.address} that are text let through"
        told.append(group.says(Unknown(reason, "name hosts in a list of domains")))
    elif not text.absent and not isinstance(text.data, str):
        told.append(group.says(text.text().unknown))
    return all_of(told) if told else group.says(True)


def _names_target(rule: View, at: FirewallsAt) -> Value[bool]:
    """A rule that passes traffic on is for some addresses, or denies."""
    passes = rule[at.action].equals("pass")
    wide = any_of([rule[at.target].equals("any"), rule[at.target].then(lambda cidr: is_world(cidr) if cidr != "ANY" else True)])
    return all_of([passes, wide]).negate()
