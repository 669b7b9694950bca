"""Load balancers, APIs and user pools in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"""

from __future__ import annotations

from assay.scanner.facts.access.apis import ApiAt, api
from assay.scanner.facts.access.entries import EntryAt, directory, entry, fronted
from assay.scanner.facts.access.kinds import Directory, UserEntry
from assay.scanner.facts.access.pools import PoolAt, pool
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cloudformation import BALANCER
from assay.scanner.facts.spelling import Link, Many, Referrer

_BALANCER, _POOL = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Cognito::UserPool"
_CONFIG = "DistributionConfig"
ENTRY = EntryAt(
    name="Name",
    published=(Referrer("AWS::CloudFront::VpcOrigin", "VpcOriginEndpointConfig.Arn"),),
    listeners=BALANCER.listeners,
    rules=BALANCER.rules,
    fronts=fronted(
        f"{_CONFIG}.Origins",
        "DomainName",
        tuple(
            (f"{_CONFIG}.{behaviour}", association, "EventType")
            for behaviour in ("DefaultCacheBehavior", "CacheBehaviors")
            for association in ("LambdaFunctionAssociations", "FunctionAssociations")
        ),
        "AWS::CloudFront::Distribution",
    ),
)
API = ApiAt(
    name="Name",
    document=("Body", "BodyS3Location"),
    routes=Many("AWS::ApiGatewayV2::Route", "ApiId", generated=(("AWS::ApiGatewayV2::Api", "ApiId"),)),
    authorizer=Link("AuthorizerId", ("AWS::ApiGatewayV2::Authorizer",)),
)
_POOLS = (("AWS::Cognito::UserPool", "UserPoolId"),)
POOL = PoolAt(
    name="UserPoolName",
    providers=Referrer("AWS::Cognito::UserPoolIdentityProvider", "UserPoolId", generated=_POOLS),
    clients=Referrer("AWS::Cognito::UserPoolClient", "UserPoolId", generated=_POOLS),
)

READERS = (
    Reader(UserEntry, (_BALANCER,), entry, ENTRY),
    Reader(Directory, (_BALANCER,), directory, ENTRY, always=False),
    Reader(UserEntry, ("AWS::ApiGatewayV2::Api",), api, API),
    Reader(Directory, (_POOL,), pool, POOL),
)
