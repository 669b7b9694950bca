"""ALB, CloudFront and API Gateway with WAF, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-wafv2-webaclassociation.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.classic import ClassicBalancerAt, classic_balancer
from assay.scanner.facts.edge.entry_points import EntryPointAt, by_arn, entry_point, stage_of_deployment
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.facts.edge.listeners import BalancerAt, load_balancer
from assay.scanner.facts.edge.waf import WebAclAt, web_acl
from assay.scanner.facts.edge.waf_classic import ClassicAclAt, classic_acl
from assay.scanner.facts.spelling import Fixed, Link, Many, Referrer

_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_ASSOCIATIONS = by_arn("ResourceArn", "AWS::WAFv2::WebACLAssociation", "AWS::WAFRegional::WebACLAssociation")
_STAGE = EntryPointAt(
    name="StageName",
    internal="EndpointConfiguration.Types",
    api=Link("RestApiId", ("AWS::ApiGateway::RestApi",)),
    associations=_ASSOCIATIONS,
)
_GENERATED = ((_BALANCER, "LoadBalancerArn"),)
_GENERATED_LISTENER = (("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn"),)
BALANCER = BalancerAt(
    name="Name",
    listeners=(Many("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", generated=_GENERATED),),
    rules=(Referrer("AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", generated=_GENERATED_LISTENER),),
)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancing-loadbalancer.html
CLASSIC = ClassicBalancerAt()

READERS = (
    Reader(EntryPoint, (_BALANCER,), entry_point, EntryPointAt(name="Name", internal="Scheme", type="Type", associations=_ASSOCIATIONS)),
    Reader(EntryPoint, ("AWS::ApiGateway::Stage",), entry_point, _STAGE),
    Reader(EntryPoint, ("AWS::ApiGateway::Deployment",), stage_of_deployment, _STAGE, always=False),
    Reader(
        EntryPoint,
        ("AWS::CloudFront::Distribution",),
        entry_point,
        EntryPointAt(
            name="DistributionConfig.Comment",
            internal=Fixed(False),
            enabled="DistributionConfig.Enabled",
            web_acl=Link("DistributionConfig.WebACLId", ()),
        ),
    ),
    Reader(
        WebFirewall,
        ("AWS::WAFv2::WebACL",),
        web_acl,
        WebAclAt(group=Link("Arn", ("AWS::WAFv2::RuleGroup",))),
    ),
    Reader(WebFirewall, ("AWS::WAF::WebACL", "AWS::WAFRegional::WebACL"), classic_acl, ClassicAclAt()),
    Reader(LoadBalancer, (_BALANCER,), load_balancer, BALANCER),
    Reader(LoadBalancer, ("AWS::ElasticLoadBalancing::LoadBalancer",), classic_balancer, CLASSIC),
)
