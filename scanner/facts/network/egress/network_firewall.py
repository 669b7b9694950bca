"""AWS Network Firewall: whether what leaves a VPC passes one that lets only named hosts through.

https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.network.egress.kinds import Host
from assay.scanner.facts.network.ranges import filled, is_inside, is_world, listed
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of, first_known

# https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
_DROPS = ("aws:drop_strict", "aws:drop_established", "aws:drop_established_app_layer")


class FirewallsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the firewalls of a VPC, their policies and rule groups, and the routes that lead past them.

    The defaults are CloudFormation's names.
    """

    firewalls: Annotated[Index, "filtered"]
    """VPC to the firewalls in it (`by_vpc`)."""
    policy: Link
    """Of a firewall."""
    subnets: str = "SubnetMappings[].SubnetId"
    """Of a firewall."""
    defaults: str = "FirewallPolicy.StatefulDefaultActions"
    """The default actions of a policy for connections, …"""
    stateless: str = "FirewallPolicy.StatelessDefaultActions"
    """… and for packets."""
    order: str = "FirewallPolicy.StatefulEngineOptions.RuleOrder"
    """The order of evaluation of a policy."""
    references: str = "FirewallPolicy.StatefulRuleGroupReferences"
    """Of a policy: blocks for connections, …"""
    stateless_references: str = "FirewallPolicy.StatelessRuleGroupReferences"
    """… and for packets, which come first, …"""
    group: Link
    """… each with a rule group."""
    packet_actions: str = "RuleGroup.RulesSource.StatelessRulesAndCustomActions.StatelessRules[].RuleDefinition.Actions"
    """Of a rule group for packets: the actions of its rules (`ranges.listed`)."""
    list_kind: str = "RuleGroup.RulesSource.RulesSourceList.GeneratedRulesType"
    """Of a rule group with domain names: allowed or denied."""
    list_types: str = "RuleGroup.RulesSource.RulesSourceList.TargetTypes"
    """The protocols whose domain names such a rule group is for."""
    targets: str = "RuleGroup.RulesSource.RulesSourceList.Targets"
    """The domain names of such a rule group."""
    rules: str = "RuleGroup.RulesSource.StatefulRules"
    """Of a rule group: rules as blocks, with …"""
    action: str = "Action"
    target: str = "Header.Destination"
    text: str = "RuleGroup.RulesSource.RulesString"
    """Of a rule group: rules as text."""
    tables: Annotated[Index, "filtered"]
    """VPC to its route tables (`by_vpc`)."""
    routes: Annotated[Index, "filtered"]
    """Route table to the items and blocks that lead out of the VPC (`to_gateways`); of the main table, under its VPC."""
    associations: Annotated[Index, "filtered"]
    """Route table to what is associated with it."""


def by_vpc(path: str, *types: str) -> Index:
    """VPC to the items of some types in it; under None those of which that is not known. `path`: `a|b` for the first there."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield _key(first_known(*map(item.link, path.split("|")))), item

    return Index(types, records)


def to_gateways(table: str, gateway: str, destination: str, inline: dict[str, str], *types: str) -> Index:
    """Route table to routes of everything out of the VPC; under None those of which the table is not known.

    `gateway`: paths of what they lead to, apart from machines in the VPC. `inline`: types of tables to the path of routes that are
    their blocks.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        path = inline.get(item.type)
        blocks = [item] if path is None else item.blocks(path)[0]
        for route in blocks:
            targets = [route.link(path).data for path in gateway.split("|")]
            if any(map(_may_be_gateway, targets)) and _is_default(route, destination):
                yield (item.address if path is not None else _key(item.link(table))), item

    return Index((*types, *inline), records)


def _may_be_gateway(target: Any) -> bool:
    """Whether a route leads to a gateway to the internet or to other networks, as far as its target is known."""
    if isinstance(target, Reference):
        return target.type.lower().replace("_", "").endswith(_GATEWAYS)
    return isinstance(target, (Unknown, Text)) or (isinstance(target, str) and target.startswith(("igw-", "eigw-", "tgw-")))


_GATEWAYS = ("internetgateway", "transitgateway", "transitgatewayvpcattachment", "transitgatewayattachment")


def _is_default(route: Any, paths: str) -> bool:
    values = [route[path] for path in paths.split("|")]
    return any(value.data is not None and value.then(is_world).data is not False for value in values)


def by_table(table: str, subnet: str, *types: str, gateway: str = "") -> Index:
    """Route table to the subnets that are associated with it: None where that is not known, or it is for all without one.

    `gateway`: of an association for what comes in through one, which is for no subnet.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if not gateway or item[gateway].absent:
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
    known = view.index(at.firewalls)
    firewalls = known.get(key, []) if key else []
    if not firewalls:
        return view.says((vpc.unknown or _elsewhere(view, known.get(None, []))) if known else False)
    inspecting = [view.of(firewall).weighed(_drops(view.of(firewall).surely, at), absence=False) for firewall in firewalls]
    if any_of(inspecting).data is False:
        return any_of(inspecting)
    drops = all_of(inspecting)
    if drops.data is False:
        names = " or ".join(firewall.address for firewall in firewalls)
        reason = f"whether traffic of {view.item.address} passes {names}"
        return Value(Unknown(reason, "have each of them drop what it does not let through by name", firewalls[0].location()), drops.seen)
    own = {_key(subnet) for firewall in firewalls for subnet in listed(firewall, at.subnets, linked=True)}
    if None in own:
        reason = f"which subnets are those of {firewalls[0].address}"
        return Value(Unknown(reason, "scan the code, or the live account", firewalls[0].location()), drops.seen)
    tables, routes = view.index(at.tables), view.index(at.routes)
    past = [table for table in (*tables.get(key, []), *tables.get(None, [])) if _leads_past(view, table, own, at)]
    past += [*routes.get(key, []), *routes.get(None, [])]
    if past:
        reason = f"whether traffic of {view.item.address} passes {firewalls[0].address}: {past[0].address} may lead out past it"
        return Value(Unknown(reason, "route what leaves the network through the firewall", past[0].location()), drops.seen)
    if not any(routes.get(table.address) for table in tables.get(key, [])):
        reason = f"whether traffic of {view.item.address} passes {firewalls[0].address}: the routes are not in this input"
        return Value(Unknown(reason, "scan it together with its routes, or the live account"), drops.seen)
    return drops


def _elsewhere(view: View, firewalls: list[Item]) -> bool | Unknown:
    """False, unless there are firewalls of which it is not known in which network they are."""
    if not firewalls:
        return False
    reason = f"whether {firewalls[0].address} is in the network of {view.item.address}"
    return Unknown(reason, "scan the plan, or the live account", firewalls[0].location())


def hosts_behind(view: View, vpc: Value[Any], at: FirewallsAt) -> list[Host | Unknown]:
    """The hosts that the firewalls of a VPC let traffic through to by their names."""
    hosts: list[Host | Unknown] = []
    for firewall in view.index(at.firewalls).get(_key(vpc), []):
        policy = view.of(firewall).surely.target(at.policy)
        references, more = policy.surely.inner(at.references) if policy else ([], None)
        hosts += [more] if more else []
        for reference in references:
            group = reference.target(at.group)
            hosts += _hosts(group.surely, at) if group else []
    return hosts


def _hosts(group: View, at: FirewallsAt) -> Iterator[Host | Unknown]:
    """The hosts that a rule group lets traffic through to, and why there may be more."""
    allows = _allows(group, at)
    if allows.unknown:
        yield allows.unknown
    elif allows.data:
        yield from (Host(name=Value(_lower(name.data), name.seen)) for name in group[at.targets].elements())
    for rule in group.inner(at.rules)[0]:
        if all_of([rule[at.action].equals("pass"), rule[at.target].then(is_inside).negate()]).data is not False:
            reason = f"which hosts {group.item.address} lets traffic through to: a rule names addresses"
            yield Unknown(reason, "name the hosts in a list of domains", rule.location)


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
    defaults = all_of([strict, _any_is(policy[at.defaults], *_DROPS)])
    forwarded = all_of([filled(policy[at.stateless]), _any_is(policy[at.stateless], "aws:pass").negate()])
    references, more = policy.inner(at.references)
    packets, further = policy.inner(at.stateless_references)
    groups = [_group(reference, at) for reference in references] + [_forwards(reference, at) for reference in packets]
    groups += [policy.says(why) for why in (more, further) if why]
    lists = any_of([_drops_others(reference, strict, at) for reference in references])
    return all_of([any_of([defaults, lists]), forwarded, *groups])


def _any_is(actions: Value[Any], *names: str) -> Value[bool]:
    """Whether one of a list of actions has one of these names."""
    return actions.then(lambda data: any_of([Value.of(action).equals(*names) for action in data or ()]).data)


def _allows(group: View, at: FirewallsAt) -> Value[bool]:
    """Whether a rule group is a list of domain names that are let through."""
    kind = group[at.list_kind]
    if kind.absent and not group[at.targets].absent:
        reason = f"whether {group.item.address} lets through or denies what it lists"
        return group.says(Unknown(reason, "set whether it is an ALLOWLIST or a DENYLIST", group.location))
    return kind.equals("ALLOWLIST")


def _drops_others(reference: View, strict: Value[bool], at: FirewallsAt) -> Value[bool]:
    """Whether a rule group is a list of hosts for HTTPS that drops the others.

    So does a list of allowed domains for the protocols that it is for. Under strict order the default action is to drop them:
    https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
    """
    group = reference.target(at.group)
    if group is None:
        return reference.says(False if _is_of_aws(reference.link(at.group)) else _not_here(reference, at))
    reason = f"whether {group.item.address} drops what it does not list, since the order is strict"
    by_itself = strict.then(lambda is_so: Unknown(reason, "add a default action that drops", group.location) if is_so else True)
    return all_of([_allows(group.surely, at), _any_is(group.surely[at.list_types], "TLS_SNI"), by_itself])


def _forwards(reference: View, at: FirewallsAt) -> Value[bool]:
    """Whether a rule group for packets leaves those that it does not drop to the rules for connections."""
    group = reference.target(at.group)
    if group is None:
        return reference.says(_not_here(reference, at))
    if any_of([action.equals("aws:pass") for action in listed(group.surely.node, at.packet_actions)]).data is False:
        return reference.says(True)
    reason = f"which packets {group.item.address} lets past the rules that name hosts"
    return reference.says(Unknown(reason, "forward them to the rules for connections", group.location))


def _group(reference: View, at: FirewallsAt) -> Value[bool]:
    """Whether a rule group lets nothing through but what it names."""
    if _is_of_aws(reference.link(at.group)):
        return reference.says(True)  # those of AWS drop and alert
    group = reference.target(at.group)
    if group is None:
        return reference.says(_not_here(reference, at))
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


def _is_of_aws(arn: Value[Any]) -> bool:
    return isinstance(arn.data, str) and ":aws-managed:" in arn.data


def _not_here(reference: View, at: FirewallsAt) -> Unknown:
    reason = f"what the rule group {describe(reference.link(at.group).data)} lets through is not in this input"
    return Unknown(reason, "scan it together with this")


def _names_target(rule: View, at: FirewallsAt) -> Value[bool]:
    """A rule that passes traffic on is for some addresses, or denies."""
    passes = rule[at.action].equals("pass")
    wide = any_of([rule[at.target].equals("any"), rule[at.target].then(lambda cidr: is_world(cidr) if cidr != "ANY" else True)])
    return all_of([passes, wide]).negate()
