"""What terminates TLS in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.tls.api_domains import ApiDomainAt, api_domain
from assay.scanner.facts.edge.tls.classic import ClassicTlsAt, classic_balancer
from assay.scanner.facts.edge.tls.cloudfront import DistributionTlsAt, distribution
from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.edge.tls.listeners import ListenerAt, listener
from assay.scanner.facts.spelling import Link

READERS = (
    Reader(TlsEndpoint, ("AWS::ElasticLoadBalancingV2::Listener",), listener, ListenerAt()),
    Reader(TlsEndpoint, ("AWS::ElasticLoadBalancing::LoadBalancer",), classic_balancer, ClassicTlsAt(name="LoadBalancerName")),
    Reader(
        TlsEndpoint,
        ("AWS::CloudFront::Distribution",),
        distribution,
        DistributionTlsAt(name="DistributionConfig.Comment", vpc=Link("VpcOriginConfig.VpcOriginId", ("AWS::CloudFront::VpcOrigin",))),
    ),
    Reader(TlsEndpoint, ("AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2"), api_domain, ApiDomainAt()),
    Reader(TlsEndpoint, ("AWS::ApiGatewayV2::DomainName",), api_domain, ApiDomainAt(configurations="DomainNameConfigurations")),
)
