"""Load balancers, CloudFront and API Gateway with WAF in the live account.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/, https://docs.aws.amazon.com/waf/latest/APIReference/. WAF Classic
is not read: AWS ended it on 30 September 2025 (https://docs.aws.amazon.com/waf/latest/developerguide/classic-waf-chapter.html).
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge import aws_config
from assay.scanner.facts.edge.classic import ClassicBalancerAt, classic_balancer
from assay.scanner.facts.edge.entry_points import EntryPointAt, entry_point
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.facts.edge.listeners import BalancerAt, load_balancer
from assay.scanner.facts.edge.waf import WebAclAt, web_acl
from assay.scanner.facts.spelling import Fixed, Link, Place, Referrer
from assay.scanner.sources.aws.calls import Call, Listing

BALANCERS = Listing(
    "elbv2.load_balancer",
    Call("elbv2", "DescribeLoadBalancers", page_size=400),
    entries="LoadBalancers",
    id="LoadBalancerArn",
    # The last is what a call about its web ACL says: https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html
    gone=("LoadBalancerNotFound", "LoadBalancerNotFoundException", "WAFNonexistentItemException"),
    details=(
        Call(
            "wafv2",
            "GetWebACLForResource",
            (("ResourceArn", "LoadBalancerArn"),),
            absent=("WAFNonexistentItemException",),
            when=("Type", "application"),
            may_be_empty=True,
        ),
        Call("elbv2", "DescribeLoadBalancerAttributes", (("LoadBalancerArn", "LoadBalancerArn"),)),
    ),
    recorded=aws_config.BALANCER,
)
LISTENERS = Listing(
    "elbv2.listener",
    Call("elbv2", "DescribeListeners", (("LoadBalancerArn", "LoadBalancerArn"),), page_size=400),
    entries="Listeners",
    id="ListenerArn",
    parent=BALANCERS.type,
    known=(("LoadBalancerArn", "LoadBalancerArn"),),
    gone=("ListenerNotFound", "ListenerNotFoundException"),
    recorded=aws_config.LISTENER,
)
RULES = Listing(
    "elbv2.rule",
    Call("elbv2", "DescribeRules", (("ListenerArn", "ListenerArn"),), page_size=400),
    entries="Rules",
    id="RuleArn",
    parent=LISTENERS.type,
    known=(("ListenerArn", "ListenerArn"),),
)
# https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancers.html
CLASSIC_BALANCERS = Listing(
    "elb.load_balancer",
    Call("elb", "DescribeLoadBalancers", page_size=400),
    entries="LoadBalancerDescriptions",
    id="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}",
    gone=("LoadBalancerNotFound", "AccessPointNotFound"),
    details=(
        Call("elb", "DescribeLoadBalancerPolicies", (("LoadBalancerName", "LoadBalancerName"),), may_be_empty=True),
        Call("elb", "DescribeLoadBalancerAttributes", (("LoadBalancerName", "LoadBalancerName"),)),
    ),
    recorded=aws_config.CLASSIC,
)
# https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html
APIS = Listing(
    "apigateway.rest_api",
    Call("apigateway", "GetRestApis", page_size=500, action="apigateway:GET", may_be_empty=True),
    entries="items",
    id="arn:{partition}:apigateway:{region}::/restapis/{id}",
    gone=("NotFoundException",),
    recorded=aws_config.API,
)
STAGES = Listing(
    "apigateway.stage",
    Call("apigateway", "GetStages", (("restApiId", "id"),), action="apigateway:GET", may_be_empty=True),
    entries="item",
    id="arn:{partition}:apigateway:{region}::/restapis/{restApiId}/stages/{stageName}",
    parent=APIS.type,
    known=(("restApiId", "id"), ("endpointTypes", "endpointConfiguration.types")),
    recorded=aws_config.STAGE,
)
DISTRIBUTIONS = Listing(
    "cloudfront.distribution",
    Call("cloudfront", "ListDistributions"),
    entries="DistributionList.Items",
    id="ARN",
    everywhere=True,
    gone=("NoSuchDistribution",),
    # What a list leaves out, such as logging.
    details=(Call("cloudfront", "GetDistributionConfig", (("Id", "Id"),)),),
    recorded=aws_config.DISTRIBUTION,
)


# https://docs.aws.amazon.com/waf/latest/APIReference/API_GetLoggingConfiguration.html
_ACL_LOGGING = Call("wafv2", "GetLoggingConfiguration", (("ResourceArn", "ARN"),), absent=("WAFNonexistentItemException",))


def _of_waf(type_: str, what: str, detail: str, scope: str, *further: Call) -> Listing:
    """A listing of WAFv2: regional resources, or those of CloudFront, which are in the global services' home."""
    scoped = ("Scope", f"={scope}")
    return Listing(
        type_,
        Call("wafv2", f"List{what}", (scoped,), marker=("NextMarker", "NextMarker")),
        entries=what,
        id="ARN",
        everywhere=scope == "CLOUDFRONT",
        # A call that answers so of what is not configured says nothing of whether the resource is there.
        gone=() if any("WAFNonexistentItemException" in call.absent for call in further) else ("WAFNonexistentItemException",),
        details=(Call("wafv2", detail, (("Name", "Name"), ("Id", "Id"), scoped)), *further),
    )


ACLS = _of_waf("wafv2.web_acl", "WebACLs", "GetWebACL", "REGIONAL", _ACL_LOGGING)
CLOUDFRONT_ACLS = _of_waf("wafv2.cloudfront_web_acl", "WebACLs", "GetWebACL", "CLOUDFRONT", _ACL_LOGGING)
GROUPS = _of_waf("wafv2.rule_group", "RuleGroups", "GetRuleGroup", "REGIONAL")
CLOUDFRONT_GROUPS = _of_waf("wafv2.cloudfront_rule_group", "RuleGroups", "GetRuleGroup", "CLOUDFRONT")
LISTINGS = (BALANCERS, CLASSIC_BALANCERS, LISTENERS, RULES, APIS, STAGES, DISTRIBUTIONS, ACLS, CLOUDFRONT_ACLS, GROUPS, CLOUDFRONT_GROUPS)

BALANCER = BalancerAt(
    name="LoadBalancerName", listeners=(Referrer(LISTENERS.type, "LoadBalancerArn"),), rules=(Referrer(RULES.type, "ListenerArn"),)
)
CLASSIC = ClassicBalancerAt(listeners="ListenerDescriptions", protocol="Listener.Protocol", port="Listener.LoadBalancerPort")


def web_acl_at(groups: Listing) -> WebAclAt:
    """Where answers tell of a web ACL whose own rule groups are of a listing."""
    own = "get_web_acl.WebACL"
    return WebAclAt(
        blocks_by_default=f"{own}.DefaultAction.Block",
        rules=(f"{own}.Rules", f"{own}.PreProcessFirewallManagerRuleGroups", f"{own}.PostProcessFirewallManagerRuleGroups"),
        group=Link("ARN", (groups.type,), calls=("get_rule_group",)),
        group_rules="get_rule_group.RuleGroup.Rules",
    )


_APPLICATION = Fixed("application")


def _entry(name: str, internal: Place, web_acl: str, type_: Place, enabled: Place = "") -> EntryPointAt:
    """Whoever attaches a web ACL, the account shows it."""
    return EntryPointAt(name=name, internal=internal, enabled=enabled, type=type_, web_acl=Link(web_acl, ()), declared=False)


READERS = (
    Reader(EntryPoint, (BALANCERS.type,), entry_point, _entry("LoadBalancerName", "Scheme", "get_web_acl_for_resource.WebACL.ARN", "Type")),
    Reader(EntryPoint, (STAGES.type,), entry_point, _entry("stageName", "endpointTypes", "webAclArn", _APPLICATION)),
    Reader(EntryPoint, (DISTRIBUTIONS.type,), entry_point, _entry("Comment", Fixed(False), "WebACLId", _APPLICATION, enabled="Enabled")),
    Reader(WebFirewall, (ACLS.type,), web_acl, web_acl_at(GROUPS)),
    Reader(WebFirewall, (CLOUDFRONT_ACLS.type,), web_acl, web_acl_at(CLOUDFRONT_GROUPS)),
    Reader(LoadBalancer, (BALANCERS.type,), load_balancer, BALANCER),
    Reader(LoadBalancer, (CLASSIC_BALANCERS.type,), classic_balancer, CLASSIC),
)
