"""Load balancers, CloudFront and API Gateway with WAF in the live account.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/, https://docs.aws.amazon.com/waf/latest/APIReference/. WAF Classic
is not read: AWS ended it on 30 September 2025 (https://docs.aws.amazon.com/waf/latest/developerguide/classic-waf-chapter.html).
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge import listeners, waf
from assay.scanner.facts.edge.kinds import EntryPoint, FirewallRule, LoadBalancer, WebFirewall
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value

_ATTACHED = "get_web_acl_for_resource.WebACL.ARN"
_NONE_ATTACHED = ("WAFNonexistentItemException",)
WEB_ACL_OF_BALANCER = Call(
    "wafv2",
    "GetWebACLForResource",
    (("ResourceArn", "LoadBalancerArn"),),
    absent=_NONE_ATTACHED,
    when=("Type", "application"),
    may_be_empty=True,
)
BALANCERS = listing(
    Listing(
        "elbv2.load_balancer",
        Call("elbv2", "DescribeLoadBalancers", page_size=400),
        entries="LoadBalancers",
        id="LoadBalancerArn",
        gone=("LoadBalancerNotFound", "LoadBalancerNotFoundException"),
        details=(WEB_ACL_OF_BALANCER,),
    )
)
LISTENERS = listing(
    Listing(
        "elbv2.listener",
        Call("elbv2", "DescribeListeners", (("LoadBalancerArn", "LoadBalancerArn"),), page_size=400),
        entries="Listeners",
        id="ListenerArn",
        parent=BALANCERS.type,
        known=(("LoadBalancerArn", "LoadBalancerArn"),),
        gone=("ListenerNotFound", "ListenerNotFoundException"),
    )
)
RULES = listing(
    Listing(
        "elbv2.rule",
        Call("elbv2", "DescribeRules", (("ListenerArn", "ListenerArn"),), page_size=400),
        entries="Rules",
        id="RuleArn",
        parent=LISTENERS.type,
        known=(("ListenerArn", "ListenerArn"),),
    )
)
LISTENER_NAMES = listeners.Names(
    listeners=(LISTENERS.type,),
    balancer="LoadBalancerArn",
    rules=(RULES.type,),
    listener="ListenerArn",
    name="LoadBalancerName",
    type="Type",
    port="Port",
    protocol="Protocol",
    default_actions="DefaultActions",
    actions="Actions",
    action_type="Type",
    redirect_protocol="RedirectConfig.Protocol",
)
LISTENER_NEEDS = (LISTENERS.type, RULES.type)


@reads(BALANCERS.type, needs={"waf_attached": (WEB_ACL_OF_BALANCER,)})
def load_balancer_entry(item: Item, stack: Stack) -> EntryPoint:
    return EntryPoint(
        identity=identity(item, name=item["LoadBalancerName"]),
        # The default: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
        internet_facing=item["Scheme"].default("internet-facing").equals("internet-facing"),
        accepts_waf=item["Type"].equals("application"),
        waf_attached=item[_ATTACHED].is_set(),
    )


@reads(BALANCERS.type, companions=LISTENER_NEEDS, needs={"listeners": LISTENER_NEEDS, "serves_https": (LISTENERS.type,)})
def load_balancer(item: Item, stack: Stack) -> LoadBalancer:
    return listeners.load_balancer(item, stack, LISTENER_NAMES)


# https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html
APIS = listing(
    Listing(
        "apigateway.rest_api",
        Call("apigateway", "GetRestApis", page_size=500, action="apigateway:GET", may_be_empty=True),
        entries="items",
        id="arn:{partition}:apigateway:{region}::/restapis/{id}",
    )
)
STAGES = listing(
    Listing(
        "apigateway.stage",
        Call("apigateway", "GetStages", (("restApiId", "id"),), action="apigateway:GET", may_be_empty=True),
        entries="item",
        id="arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{stageName}",
        parent=APIS.type,
        known=(("restApiId", "id"), ("endpointTypes", "endpointConfiguration.types")),
    )
)


@reads(STAGES.type)
def api_stage(item: Item, stack: Stack) -> EntryPoint:
    return EntryPoint(
        identity=identity(item, name=item["stageName"]),
        internet_facing=item["endpointTypes"].then(lambda types: "PRIVATE" not in (types or [])),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=item["webAclArn"].is_set(),
    )


DISTRIBUTIONS = listing(
    Listing(
        "cloudfront.distribution",
        Call("cloudfront", "ListDistributions"),
        entries="DistributionList.Items",
        id="ARN",
        everywhere=True,
    )
)


@reads(DISTRIBUTIONS.type)
def distribution(item: Item, stack: Stack) -> EntryPoint:
    return EntryPoint(
        identity=identity(item, name=item["Comment"]),
        internet_facing=Value(True, (item.location(),)),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=item["WebACLId"].is_set(),
    )


_NAMED = (("Name", "Name"), ("Id", "Id"))
_MARKER = ("NextMarker", "NextMarker")
_GONE = ("WAFNonexistentItemException",)
REGIONAL = Call("wafv2", "GetWebACL", (*_NAMED, ("Scope", "=REGIONAL")))
CLOUDFRONT = Call("wafv2", "GetWebACL", (*_NAMED, ("Scope", "=CLOUDFRONT")))
REGIONAL_GROUP = Call("wafv2", "GetRuleGroup", (*_NAMED, ("Scope", "=REGIONAL")))
CLOUDFRONT_GROUP = Call("wafv2", "GetRuleGroup", (*_NAMED, ("Scope", "=CLOUDFRONT")))


def _scoped(type_: str, operation: str, scope: str, entries: str, detail: Call) -> Listing:
    """A listing of WAFv2: regional ones, or those of CloudFront, which are in the global services' home."""
    call = Call("wafv2", operation, (("Scope", f"={scope}"),), marker=_MARKER)
    return listing(Listing(type_, call, entries, "ARN", everywhere=scope == "CLOUDFRONT", gone=_GONE, details=(detail,)))


ACLS = _scoped("wafv2.web_acl", "ListWebACLs", "REGIONAL", "WebACLs", REGIONAL)
CLOUDFRONT_ACLS = _scoped("wafv2.cloudfront_web_acl", "ListWebACLs", "CLOUDFRONT", "WebACLs", CLOUDFRONT)
GROUPS = _scoped("wafv2.rule_group", "ListRuleGroups", "REGIONAL", "RuleGroups", REGIONAL_GROUP)
CLOUDFRONT_GROUPS = _scoped("wafv2.cloudfront_rule_group", "ListRuleGroups", "CLOUDFRONT", "RuleGroups", CLOUDFRONT_GROUP)
_WAF = waf.Names(
    rules="get_web_acl.WebACL.Rules",
    name="Name",
    acts=("Action.Block", "Action.Captcha", "Action.Challenge"),
    counted="OverrideAction.Count",
    managed="Statement.ManagedRuleGroupStatement",
    group="Statement.RuleGroupReferenceStatement",
    group_arn="Statement.RuleGroupReferenceStatement.ARN",
    group_rules="get_rule_group.RuleGroup.Rules",
)
_BY_FIREWALL_MANAGER = ("PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")
_RULE_NEEDS = {"blocks_by_default": (REGIONAL,), "rules": (REGIONAL, GROUPS.type, (GROUPS.type, REGIONAL_GROUP))}
_CLOUDFRONT_NEEDS = {
    "blocks_by_default": (CLOUDFRONT,),
    "rules": (CLOUDFRONT, CLOUDFRONT_GROUPS.type, (CLOUDFRONT_GROUPS.type, CLOUDFRONT_GROUP)),
}


@reads(ACLS.type, companions=(GROUPS.type,), needs=_RULE_NEEDS)
def web_acl(item: Item, stack: Stack) -> WebFirewall:
    return _web_firewall(item, stack)


@reads(CLOUDFRONT_ACLS.type, companions=(CLOUDFRONT_GROUPS.type,), needs=_CLOUDFRONT_NEEDS)
def cloudfront_web_acl(item: Item, stack: Stack) -> WebFirewall:
    return _web_firewall(item, stack)


def _web_firewall(item: Item, stack: Stack) -> WebFirewall:
    rules = waf.rules(item, _WAF, stack)
    return WebFirewall(
        identity=identity(item, name=item["Name"]),
        blocks_by_default=waf.has(item, "get_web_acl.WebACL.DefaultAction.Block"),
        rules=Value([*rules.data, *_by_firewall_manager(item)], rules.seen),
    )


def _by_firewall_manager(item: Item) -> list[Any]:
    """Rule groups that Firewall Manager puts before and after the ACL's own rules."""
    found: list[Any] = []
    for name in _BY_FIREWALL_MANAGER:
        groups, more = item.blocks(f"get_web_acl.WebACL.{name}")
        found += [FirewallRule(name=each["Name"], enforced=waf.has(each, "OverrideAction.Count").negate()) for each in groups]
        found += [more] if more else []
    return found
