"""ALB, CloudFront and API Gateway with WAF, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webaclassociation.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Companions, Stack, identity, reads
from assay.scanner.facts.edge import listeners, waf
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.sources.interface import Item
from assay.scanner.sources.nodes import Doubtful
from assay.scanner.sources.values import Reference, Text, Unknown, Value, any_of, references_in

_ASSOCIATIONS = ("AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation")


@reads("AWS::ElasticLoadBalancingV2::LoadBalancer", companions=_ASSOCIATIONS)
def load_balancer_entry(item: Item, stack: Stack) -> EntryPoint:
    # internet-facing and application by default: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    facing = item["Scheme"].default("internet-facing").equals("internet-facing")
    return _regional_entry(item, stack, item["Name"], facing, item["Type"].default("application").equals("application"))


@reads("AWS::ApiGateway::Stage", companions=(*_ASSOCIATIONS, "AWS::ApiGateway::RestApi"))
def api_stage(item: Item, stack: Stack) -> EntryPoint:
    return _regional_entry(item, stack, item["StageName"], _private(item, stack).negate(), Value(True))


@reads("AWS::ApiGateway::Deployment", companions=(*_ASSOCIATIONS, "AWS::ApiGateway::RestApi"))
def api_deployment(item: Item, stack: Stack) -> EntryPoint | None:
    """A deployment that names a stage makes one: without a name it only takes a snapshot of the API."""
    if item["StageName"].absent:
        return None
    return _regional_entry(item, stack, item["StageName"], _private(item, stack).negate(), Value(True))


def _private(item: Item, stack: Stack) -> Value[bool]:
    """Whether the API of a stage is reached from within VPCs only; edge-optimised, thus public, unless it says so.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
    """
    owner = _api(item, stack)
    return owner["EndpointConfiguration.Types"].then(lambda types: "PRIVATE" in (types or [])) if owner else Value(False)


def _api(item: Item, stack: Stack) -> Item | None:
    api = item.link("RestApiId").data
    return stack.at(api.address) if isinstance(api, Reference) else None


def _regional_entry(item: Item, stack: Stack, name: Value[Any], facing: Value[Any], accepts: Value[Any]) -> EntryPoint:
    found = [_attached(item, stack, type_) for type_ in _ASSOCIATIONS]
    attached = any_of([each.exists for each in found if each.items or each.more] or [Value(waf.NOT_ATTACHED_HERE, (item.location(),))])
    return EntryPoint(
        identity=identity(item, name=name, companions=found), internet_facing=facing, accepts_waf=accepts, waf_attached=attached
    )


def _attached(item: Item, stack: Stack, type_: str) -> Companions:
    """The associations for a load balancer by its ARN, and for a stage by an ARN that is put together from the API and its name."""
    by_reference = stack.companions(item, type_, "ResourceArn")
    items, nodes, more = list(by_reference.items), list(by_reference.nodes), by_reference.more
    for node in stack.beside(item, type_):
        association = node.node if isinstance(node, Doubtful) else node
        assert isinstance(association, Item)
        target = association.link("ResourceArn").data
        if association in items or not isinstance(target, Text):
            continue
        if _is_stage(target, item, stack):
            items.append(association)
            nodes.append(node)
        elif target.unknown:
            reason = f"{association.address} may belong to it: ResourceArn is not known ({target.unknown.reason})"
            more = more or Unknown(reason, target.unknown.settles_it, association.location())
    return Companions(items, nodes, more)


def _is_stage(arn: Text, item: Item, stack: Stack) -> bool:
    """`arn:aws:apigateway:region::/restapis/api/stages/name`

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    """
    named = {reference.address for reference in references_in(arn)}
    if item.address in named:
        return True
    api, name, last = _api(item, stack), item["StageName"].data, arn.parts[-1]
    ends = isinstance(name, str) and isinstance(last, str) and last.endswith(f"/stages/{name}")
    return api is not None and api.address in named and ends


@reads("AWS::CloudFront::Distribution")
def distribution(item: Item, stack: Stack) -> EntryPoint:
    return EntryPoint(
        identity=identity(item, name=item["DistributionConfig.Comment"]),
        internet_facing=Value(True, (item.location(),)),
        accepts_waf=Value(True, (item.location(),)),
        waf_attached=item["DistributionConfig.WebACLId"].is_set(),
    )


_WAF = waf.Names(
    rules="Rules",
    name="Name",
    acts=("Action.Block", "Action.Captcha", "Action.Challenge"),
    counted="OverrideAction.Count",
    managed="Statement.ManagedRuleGroupStatement",
    group="Statement.RuleGroupReferenceStatement",
    group_arn="Statement.RuleGroupReferenceStatement.Arn",
)


@reads("AWS::WAFv2::WebACL", companions=("AWS::WAFv2::RuleGroup",))
def web_acl(item: Item, stack: Stack) -> WebFirewall:
    return WebFirewall(
        identity=identity(item, name=item["Name"]),
        blocks_by_default=waf.has(item, "DefaultAction.Block"),
        rules=waf.rules(item, _WAF, stack),
    )


@reads("AWS::WAF::WebACL", "AWS::WAFRegional::WebACL")
def classic_web_acl(item: Item, stack: Stack) -> WebFirewall:
    blocks, more = item.blocks("Rules")
    found: list[Any] = [waf.classic_rule(rule["RuleId"], rule["Action.Type"], rule["OverrideAction.Type"]) for rule in blocks]
    return WebFirewall(
        identity=identity(item, name=item["Name"]),
        blocks_by_default=item["DefaultAction.Type"].default("").equals("BLOCK"),
        rules=Value([*found, *([more] if more else [])], (item.location(),)),
    )


LISTENERS = listeners.Names(
    listeners=("AWS::ElasticLoadBalancingV2::Listener",),
    balancer="LoadBalancerArn",
    rules=("AWS::ElasticLoadBalancingV2::ListenerRule",),
    listener="ListenerArn",
    name="Name",
    type="Type",
    port="Port",
    protocol="Protocol",
    default_actions="DefaultActions",
    actions="Actions",
    action_type="Type",
    redirect_protocol="RedirectConfig.Protocol",
    without_listener=listeners.NO_LISTENER,
)


@reads(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    orphans=dict.fromkeys(LISTENERS.listeners, LISTENERS.balancer),
    companions=LISTENERS.rules,
)
def load_balancer(item: Item, stack: Stack) -> LoadBalancer:
    return listeners.load_balancer(item, stack, LISTENERS)
