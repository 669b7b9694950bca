"""ALB, CloudFront and API Gateway with WAF, in Terraform."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge import listeners, waf
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, any_of

_ASSOCIATIONS = ("aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association")


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
    attached = any_of([each.exists for each in found if each.items or each.more] or [Value(waf.NOT_ATTACHED_HERE, (item.location(),))])
    return EntryPoint(
        identity=identity(item, name=name, companions=found), internet_facing=facing, accepts_waf=accepts, waf_attached=attached
    )


@reads("aws_cloudfront_distribution")
def distribution(item: Item, stack: Stack) -> EntryPoint:
    return EntryPoint(
        identity=identity(item, name=item["comment"]),
        internet_facing=Value(True, (item.location(),)),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=item["web_acl_id"].is_set(),
    )


_WAF = waf.Names(
    rules="rule",
    name="name",
    acts=("action.block", "action.captcha", "action.challenge"),
    counted="override_action.count",
    managed="statement.managed_rule_group_statement",
    group="statement.rule_group_reference_statement",
    group_arn="statement.rule_group_reference_statement.arn",
)


@reads("aws_wafv2_web_acl", companions=("aws_wafv2_rule_group",))
def web_acl(item: Item, stack: Stack) -> WebFirewall:
    return WebFirewall(
        identity=identity(item, name=item["name"]),
        blocks_by_default=waf.has(item, "default_action.block"),
        rules=waf.rules(item, _WAF, stack),
    )


@reads("aws_waf_web_acl", "aws_wafregional_web_acl")
def classic_web_acl(item: Item, stack: Stack) -> WebFirewall:
    blocks, more = item.blocks("rules")
    older, other = item.blocks("rule")
    found: list[Any] = [waf.classic_rule(rule["rule_id"], rule["action.type"], rule["override_action.type"]) for rule in blocks + older]
    return WebFirewall(
        identity=identity(item, name=item["name"]),
        blocks_by_default=item["default_action.type"].default("").equals("BLOCK"),
        rules=Value(found + [each for each in (more, other) if each], (item.location(),)),
    )


LISTENERS = listeners.Names(
    listeners=("aws_lb_listener", "aws_alb_listener"),
    balancer="load_balancer_arn",
    rules=("aws_lb_listener_rule", "aws_alb_listener_rule"),
    listener="listener_arn",
    name="name",
    type="load_balancer_type",
    port="port",
    protocol="protocol",
    default_actions="default_action",
    actions="action",
    action_type="type",
    redirect_protocol="redirect.protocol",
    without_listener=listeners.NO_LISTENER,
)


@reads("aws_lb", "aws_alb", orphans=dict.fromkeys(LISTENERS.listeners, LISTENERS.balancer), companions=LISTENERS.rules)
def load_balancer(item: Item, stack: Stack) -> LoadBalancer:
    return listeners.load_balancer(item, stack, LISTENERS)
