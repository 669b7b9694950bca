"""What terminates TLS in Terraform for AWS.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.tls.api_domains import ApiDomainAt, api_domain
from assay.scanner.facts.edge.tls.classic import ClassicTlsAt, PoliciesAt, classic_balancer
from assay.scanner.facts.edge.tls.cloudfront import DistributionTlsAt, distribution
from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.edge.tls.listeners import ListenerAt, listener
from assay.scanner.facts.spelling import Link, Referrer

READERS = (
    Reader(
        TlsEndpoint,
        ("aws_lb_listener", "aws_alb_listener"),
        listener,
        ListenerAt(protocol="protocol", port="port", policy="ssl_policy"),
    ),
    Reader(
        TlsEndpoint,
        ("aws_elb",),
        classic_balancer,
        ClassicTlsAt(
            name="name",
            names=("name", "id"),
            listeners="listener",
            protocol="lb_protocol",
            port="lb_port",
            policy_names="",
            policies=(
                PoliciesAt(
                    place=Referrer("aws_load_balancer_policy", "load_balancer_name"),
                    name="policy_name",
                    type="policy_type_name",
                    attributes="policy_attribute",
                    attribute="name",
                    value="value",
                ),
                # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_ssl_negotiation_policy
                PoliciesAt(
                    place=Referrer("aws_lb_ssl_negotiation_policy", "load_balancer"),
                    name="name",
                    type="",
                    attributes="attribute",
                    attribute="name",
                    value="value",
                    ports="lb_port",
                ),
            ),
            assigned=Referrer("aws_load_balancer_listener_policy", "load_balancer_name"),
            assigned_port="load_balancer_port",
            assigned_names="policy_names",
        ),
    ),
    Reader(
        TlsEndpoint,
        ("aws_cloudfront_distribution",),
        distribution,
        DistributionTlsAt(
            name="comment",
            enabled="enabled",
            default="viewer_certificate.cloudfront_default_certificate",
            certificates=("viewer_certificate.acm_certificate_arn", "viewer_certificate.iam_certificate_id"),
            version="viewer_certificate.minimum_protocol_version",
            origins="origin",
            id="origin_id",
            protocol="custom_origin_config.origin_protocol_policy",
            versions="custom_origin_config.origin_ssl_protocols",
            vpc=Link("vpc_origin_config.vpc_origin_id", ("aws_cloudfront_vpc_origin",)),
            vpc_protocol="vpc_origin_endpoint_config.origin_protocol_policy",
            vpc_versions="vpc_origin_endpoint_config.origin_ssl_protocols.items",
        ),
    ),
    Reader(
        TlsEndpoint,
        ("aws_api_gateway_domain_name",),
        api_domain,
        ApiDomainAt(name="domain_name", policy="security_policy"),
    ),
    Reader(
        TlsEndpoint,
        ("aws_apigatewayv2_domain_name",),
        api_domain,
        ApiDomainAt(name="domain_name", policy="domain_name_configuration.security_policy"),
    ),
)
