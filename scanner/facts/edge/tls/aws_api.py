"""What terminates TLS in the live account, by policies that the account lists.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeSSLPolicies.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import CLASSIC_BALANCERS, DISTRIBUTIONS, LISTENERS
from assay.scanner.facts.edge.cdn.aws_api import VPC_ORIGINS
from assay.scanner.facts.edge.tls.api_domains import ApiDomainAt, api_domain
from assay.scanner.facts.edge.tls.classic import ClassicTlsAt, PoliciesAt, classic_balancer
from assay.scanner.facts.edge.tls.cloudfront import DistributionTlsAt, distribution
from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.edge.tls.listeners import ListenerAt, by_name, listener
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.spelling import Link
from assay.scanner.sources.aws.calls import Call, Listing

SSL_POLICIES = Listing(
    "elbv2.ssl_policy",
    Call("elbv2", "DescribeSSLPolicies"),
    entries="SslPolicies",
    # They have no ARN: AWS makes them, the same for all accounts of a region.
    id="arn:{partition}:elasticloadbalancing:{region}:aws:ssl-policy/{Name}",
)
# Those of HTTP and WebSocket APIs as well: https://docs.aws.amazon.com/apigateway/latest/api/API_GetDomainNames.html
DOMAIN_NAMES = Listing(
    "apigateway.domain_name",
    Call("apigateway", "GetDomainNames", page_size=500, action="apigateway:GET", may_be_empty=True),
    entries="items",
    id="arn:{partition}:apigateway:{region}::/domainnames/{domainName}",
    gone=("NotFoundException",),
)
LISTINGS = (SSL_POLICIES, DOMAIN_NAMES)
_CERTIFICATE = "ViewerCertificate"

READERS = (
    Reader(TlsEndpoint, (LISTENERS.type,), listener, ListenerAt(policies=by_name(SSL_POLICIES.type))),
    Reader(
        TlsEndpoint,
        (CLASSIC_BALANCERS.type,),
        classic_balancer,
        ClassicTlsAt(
            name="LoadBalancerName",
            listeners="ListenerDescriptions",
            protocol="Listener.Protocol",
            port="Listener.LoadBalancerPort",
            policies=(
                PoliciesAt(
                    place="describe_load_balancer_policies.PolicyDescriptions",
                    type="PolicyTypeName",
                    attributes="PolicyAttributeDescriptions",
                    attribute="AttributeName",
                    value="AttributeValue",
                ),
            ),
        ),
    ),
    Reader(
        TlsEndpoint,
        (DISTRIBUTIONS.type,),
        distribution,
        DistributionTlsAt(
            name="Comment",
            enabled="Enabled",
            default=f"{_CERTIFICATE}.CloudFrontDefaultCertificate",
            certificates=(f"{_CERTIFICATE}.ACMCertificateArn", f"{_CERTIFICATE}.IAMCertificateId"),
            version=f"{_CERTIFICATE}.MinimumProtocolVersion",
            origins="Origins.Items",
            versions="CustomOriginConfig.OriginSslProtocols.Items",
            vpc=Link("VpcOriginConfig.VpcOriginId", ()),
            vpc_protocol="get_vpc_origin.VpcOrigin.VpcOriginEndpointConfig.OriginProtocolPolicy",
            vpc_versions="get_vpc_origin.VpcOrigin.VpcOriginEndpointConfig.OriginSslProtocols.Items",
            vpcs=by_text("Id", VPC_ORIGINS.type, calls=("get_vpc_origin",)),
        ),
    ),
    Reader(TlsEndpoint, (DOMAIN_NAMES.type,), api_domain, ApiDomainAt(name="domainName", policy="securityPolicy")),
)
