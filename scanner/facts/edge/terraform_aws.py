"""ALB, CloudFront and API Gateway with WAF, in Terraform."""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, if_there, reads
from scanner.facts.edge.kinds import EntryPoint, FirewallRule, Listener, LoadBalancer, WebFirewall
from scanner.sources.interface import Item, Node
from scanner.sources.values import Reference, Unknown, Value, all_of, any_of, first_known

_ASSOCIATIONS = ("aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association")
_NOT_HERE = Unknown(
    "no web ACL association is in this code; another stack or Firewall Manager may attach one",
    "scan that stack together with this, or the live account",
)


@reads("aws_lb", "aws_alb", companions=_ASSOCIATIONS)
def load_balancer_entry(item: Item, stack: Stack) -> EntryPoint:
    kind = item["load_balancer_type"].default("application")
    return _regional_entry(item, stack, item["name"], item["internal"].default(False).truth().negate(), kind.equals("application"))


@reads("aws_api_gateway_stage", companions=_ASSOCIATIONS)
def api_stage(item: Item, stack: Stack) -> EntryPoint:
    api = item.link("rest_api_id").data
    owner = stack.at(api.address) if hasattr(api, "address") else None
    private = owner["endpoint_configuration.types"].then(lambda types: "PRIVATE" in (types or [])) if owner else Value(False)
    return _regional_entry(item, stack, item["stage_name"], private.negate(), Value(True))


def _regional_entry(item: Item, stack: Stack, name: Value[Any], facing: Value[Any], accepts: Value[Any]) -> EntryPoint:
    found = [stack.companions(item, type_, "resource_arn") for type_ in _ASSOCIATIONS]
    attached = any_of([each.exists for each in found if each.items or each.more] or [Value(_NOT_HERE, (item.location(),))])
    return EntryPoint(
        identity=identity(item, name=name, companions=found), internet_facing=facing, accepts_waf=accepts, waf_attached=attached
    )


@reads("aws_cloudfront_distribution")
def distribution(item: Item, stack: Stack) -> EntryPoint:
    return EntryPoint(
        identity=identity(item, name=item["comment"]),
        internet_facing=Value(True, (item.location(),)),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=item["web_acl_id"].known(),
    )


@reads("aws_wafv2_web_acl", companions=("aws_wafv2_rule_group",))
def web_acl(item: Item, stack: Stack) -> WebFirewall:
    rules, more = item.blocks("rule")
    found: list[Any] = [FirewallRule(name=rule["name"], enforced=_enforced(rule, stack)) for rule in rules]
    return WebFirewall(
        identity=identity(item, name=item["name"]),
        blocks_by_default=_has(item, "default_action.block"),
        rules=Value([*found, *([more] if more else [])], (item.location(),)),
    )


def _has(node: Node, path: str) -> Value[bool]:
    blocks, more = node.blocks(path)
    return Value(True if blocks else more or False, [block.location() for block in blocks] or [node.location()])


def _enforced(rule: Node, stack: Stack) -> Value[bool]:
    """`count` makes a rule, or with override_action a whole rule group, an observer.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
    """
    acts = any_of([_has(rule, f"action.{name}") for name in ("block", "captcha", "challenge")])
    group = any_of([_has(rule, "statement.managed_rule_group_statement"), _has(rule, "statement.rule_group_reference_statement")])
    counted = _has(rule, "override_action.count")
    if _has(rule, "statement.rule_group_reference_statement").data is True and counted.data is not True:
        return all_of([_group_enforces(rule, stack), counted.negate()])
    return any_of([acts, all_of([group, counted.negate()])])


def _group_enforces(rule: Node, stack: Stack) -> Value[bool]:
    """Whether a rule of the referenced group blocks anything."""
    arn = rule.link("statement.rule_group_reference_statement.arn").data
    group = stack.at(arn.address) if isinstance(arn, Reference) else None
    if group is None:
        reason = Unknown("what the rules of the referenced rule group do", "scan the rule group together with this, or the live account")
        return Value(reason, (rule.location(),))
    rules, more = group.blocks("rule")
    return any_of([*[_enforced(each, stack) for each in rules], *([Value(more)] if more else [])])


@reads("aws_waf_web_acl", "aws_wafregional_web_acl")
def classic_web_acl(item: Item, stack: Stack) -> WebFirewall:
    blocks, more = item.blocks("rules")
    older, other = item.blocks("rule")
    found: list[Any] = []
    for rule in blocks + older:
        action = first_known(rule["action.type"], rule["override_action.type"])
        enforced = action.equals("BLOCK", "NONE") if rule["action.type"].absent else action.equals("BLOCK")
        found.append(FirewallRule(name=rule["rule_id"].then(str), enforced=enforced))
    return WebFirewall(
        identity=identity(item, name=item["name"]),
        blocks_by_default=item["default_action.type"].default("").equals("BLOCK"),
        rules=Value(found + [each for each in (more, other) if each], (item.location(),)),
    )


_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_NO_LISTENER = Unknown(
    "no listener of it is in this code", "scan the code that declares its listeners together with this, or the live account"
)


@reads("aws_lb", "aws_alb", orphans=dict.fromkeys(_LISTENERS, "load_balancer_arn"), companions=_RULES)
def load_balancer(item: Item, stack: Stack) -> LoadBalancer:
    held = [stack.companions(item, type_, "load_balancer_arn") for type_ in _LISTENERS]
    pairs = [pair for group in held for pair in group.pairs]
    listeners: list[Any] = [_listener(each, node, stack) for each, node in pairs]
    doubts = [group.more for group in held if group.more]
    if not listeners and not doubts:
        doubts = [_NO_LISTENER]
    encrypted = [if_there(listener.encrypted, node, False) for listener, (_, node) in zip(listeners, pairs, strict=True)]
    return LoadBalancer(
        identity=identity(item, name=item["name"], companions=held),
        http=item["load_balancer_type"].default("application").equals("application")
        if item["load_balancer_type"].unknown is None
        else _by_protocol(listeners),
        listeners=Value(listeners + doubts, (item.location(),)),
        serves_https=any_of([*encrypted, *[Value(doubt, (item.location(),)) for doubt in doubts]]),
    )


def _by_protocol(listeners: list[Any]) -> Value[bool]:
    """A load balancer that is declared elsewhere is an application load balancer where its listeners speak HTTP."""
    return any_of([each.protocol.default("HTTP").equals("HTTP", "HTTPS") for each in listeners])


def _listener(item: Item, node: Node, stack: Stack) -> Listener:
    # An ALB listener without a protocol is refused by AWS: taken for HTTP.
    protocol = item["protocol"].then(lambda name: name.upper() if isinstance(name, str) else name)
    actions, more = item.blocks("default_action")
    harmless = [_redirects(action) for action in actions] + ([Value(more, (item.location(),))] if more else [])
    for type_ in _RULES:
        rules = stack.companions(item, type_, "listener_arn")
        harmless += [Value(rules.more, (item.location(),))] if rules.more else []
        for rule in rules.nodes:
            inner, unknown = rule.blocks("action")
            harmless += [_redirects(action) for action in inner] + ([Value(unknown, (rule.location(),))] if unknown else [])
    return Listener(
        name=Value(item.address, (item.location(),)),
        port=item["port"].text(),
        protocol=protocol,
        encrypted=protocol.default("HTTP").equals("HTTPS", "TLS"),
        # One that may not exist does no harm if it does not.
        only_redirects=if_there(all_of(harmless) if harmless else Value(False, (item.location(),)), node, True),
    )


def _redirects(action: Node) -> Value[bool]:
    """Whether an action of an HTTP listener lets no request through in the clear. `#{protocol}`, the default, keeps HTTP."""
    kind = action["type"]
    target = action["redirect.protocol"].default("#{protocol}")
    return any_of([kind.equals("fixed-response"), all_of([kind.equals("redirect"), target.equals("HTTPS")])])
