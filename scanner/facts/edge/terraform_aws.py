"""ALB, CloudFront and API Gateway with WAF, in Terraform."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.classic import ClassicBalancerAt, classic_balancer
from assay.scanner.facts.edge.entry_points import EntryPointAt, by_arn, entry_point
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.facts.edge.listeners import BalancerAt, load_balancer
from assay.scanner.facts.edge.waf import WebAclAt, web_acl
from assay.scanner.facts.edge.waf_classic import ClassicAclAt, classic_acl
from assay.scanner.facts.spelling import Fixed, Link, Many, Referrer, snake

_BALANCERS = ("aws_lb", "aws_alb")
_ASSOCIATIONS = by_arn("resource_arn", "aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association")
_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_GENERATED = tuple((type_, "load_balancer_arn") for type_ in _BALANCERS)
_GENERATED_LISTENER = tuple((type_, "listener_arn") for type_ in _LISTENERS)
_GENERATED_ACL = (("aws_wafv2_web_acl", "web_acl_arn"),)
BALANCER = BalancerAt(
    name="name",
    type="load_balancer_type",
    listeners=tuple(Many(type_, "load_balancer_arn", generated=_GENERATED) for type_ in _LISTENERS),
    rules=tuple(Referrer(f"{type_}_rule", "listener_arn", generated=_GENERATED_LISTENER) for type_ in _LISTENERS),
    port="port",
    protocol="protocol",
    default_actions="default_action",
    actions="action",
    action="type",
    redirect_protocol="redirect.protocol",
)
CLASSIC = ClassicBalancerAt(name="name", listeners="listener", protocol="lb_protocol", port="lb_port")
WEB_ACL = WebAclAt(
    name="name",
    blocks_by_default="default_action.block",
    rules=("rule",),
    field=snake,
    group=Link("arn", ("aws_wafv2_rule_group",)),
    group_rules="rule",
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/wafv2_web_acl#rule_json-1
    text="rule_json",
    group_text="rules_json",
    text_group=Link("ARN", ("aws_wafv2_rule_group",)),
    separate=(Referrer("aws_wafv2_web_acl_rule", "web_acl_arn", generated=_GENERATED_ACL),),
    associations=(Referrer("aws_wafv2_web_acl_rule_group_association", "web_acl_arn", generated=_GENERATED_ACL),),
)

READERS = (
    Reader(
        EntryPoint,
        _BALANCERS,
        entry_point,
        EntryPointAt(name="name", internal="internal", type="load_balancer_type", associations=_ASSOCIATIONS),
    ),
    Reader(
        EntryPoint,
        ("aws_api_gateway_stage",),
        entry_point,
        EntryPointAt(
            name="stage_name",
            internal="endpoint_configuration.types",
            api=Link("rest_api_id", ("aws_api_gateway_rest_api",)),
            associations=_ASSOCIATIONS,
        ),
    ),
    Reader(
        EntryPoint,
        ("aws_cloudfront_distribution",),
        entry_point,
        EntryPointAt(
            name="comment", internal=Fixed(False), enabled="enabled", web_acl=Link("web_acl_id", ("aws_cloudfront_distribution",))
        ),
    ),
    Reader(
        WebFirewall,
        ("aws_wafv2_web_acl",),
        web_acl,
        WEB_ACL,
    ),
    Reader(
        WebFirewall,
        ("aws_waf_web_acl", "aws_wafregional_web_acl"),
        classic_acl,
        ClassicAclAt(
            name="name",
            blocks_by_default="default_action.type",
            rules=("rules", "rule"),
            rule_name="rule_id",
            action="action.type",
            override="override_action.type",
            sort="type",
            group=Link("rule_id", ("aws_waf_rule_group", "aws_wafregional_rule_group")),
            group_rules="activated_rule",
        ),
    ),
    Reader(LoadBalancer, _BALANCERS, load_balancer, BALANCER),
    Reader(LoadBalancer, ("aws_elb",), classic_balancer, CLASSIC),
)
