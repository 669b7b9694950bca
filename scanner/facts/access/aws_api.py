"""Load balancers, APIs and user pools in the live account.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/, https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
"""

from __future__ import annotations

from assay.scanner.facts.access.apis import ApiAt, api
from assay.scanner.facts.access.entries import EntryAt, directory, entry, fronted
from assay.scanner.facts.access.kinds import Directory, UserEntry
from assay.scanner.facts.access.pools import PoolAt, pool
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import BALANCERS, DISTRIBUTIONS, LISTENERS, RULES
from assay.scanner.facts.edge.cdn.aws_api import VPC_ORIGINS
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.aws.calls import Call, Listing

APIS = Listing(
    "apigatewayv2.api",
    Call("apigatewayv2", "GetApis", page_size=500, action="apigateway:GET", may_be_empty=True),
    entries="Items",
    id="arn:{partition}:apigateway:{region}::/apis/{ApiId}",
    gone=("NotFoundException",),
)
ROUTES = Listing(
    "apigatewayv2.route",
    Call("apigatewayv2", "GetRoutes", (("ApiId", "ApiId"),), page_size=500, action="apigateway:GET", may_be_empty=True),
    entries="Items",
    id="arn:{partition}:apigateway:{region}::/apis/{ApiId}/routes/{RouteId}",
    parent=APIS.type,
    known=(("ApiId", "ApiId"),),
)
_OF_POOL = (("UserPoolId", "Id"),)
POOLS = Listing(
    "cognito.user_pool",
    Call("cognito-idp", "ListUserPools", page_size=60),
    entries="UserPools",
    id="arn:{partition}:cognito-idp:{region}:{account}:userpool/{Id}",
    gone=("ResourceNotFoundException",),
    details=(Call("cognito-idp", "DescribeUserPool", _OF_POOL),),
)
PROVIDERS = Listing(
    "cognito.identity_provider",
    Call("cognito-idp", "ListIdentityProviders", _OF_POOL, page_size=60),
    entries="Providers",
    id="arn:{partition}:cognito-idp:{region}:{account}:userpool/{Id}/provider/{ProviderName}",
    parent=POOLS.type,
    known=(("Id", "Id"),),
)
CLIENTS = Listing(
    "cognito.user_pool_client",
    Call("cognito-idp", "ListUserPoolClients", _OF_POOL, page_size=60),
    entries="UserPoolClients",
    id="arn:{partition}:cognito-idp:{region}:{account}:userpool/{UserPoolId}/client/{ClientId}",
    parent=POOLS.type,
    known=(("Id", "Id"),),
    gone=("ResourceNotFoundException",),
    details=(Call("cognito-idp", "DescribeUserPoolClient", (("UserPoolId", "UserPoolId"), ("ClientId", "ClientId"))),),
)
LISTINGS = (APIS, ROUTES, POOLS, PROVIDERS, CLIENTS)
ENTRY = EntryAt(
    name="LoadBalancerName",
    dns="DNSName",
    published=(Referrer(VPC_ORIGINS.type, "OriginEndpointArn"),),
    listeners=(Referrer(LISTENERS.type, "LoadBalancerArn"),),
    rules=(Referrer(RULES.type, "ListenerArn"),),
    fronts=fronted(
        "Origins.Items",
        "DomainName",
        tuple(
            (behaviour, association, "EventType")
            for behaviour in ("DefaultCacheBehavior", "CacheBehaviors.Items")
            for association in ("LambdaFunctionAssociations.Items", "FunctionAssociations.Items")
        ),
        DISTRIBUTIONS.type,
    ),
)
_POOL = "describe_user_pool.UserPool"
POOL = PoolAt(
    name="Name",
    names=("Id",),
    mfa=f"{_POOL}.MfaConfiguration",
    admins_only=f"{_POOL}.AdminCreateUserConfig.AllowAdminCreateUserOnly",
    triggers=(f"{_POOL}.LambdaConfig.PreSignUp", f"{_POOL}.LambdaConfig.PreAuthentication"),
    providers=Referrer(PROVIDERS.type, "Id"),
    clients=Referrer(CLIENTS.type, "Id", calls=("describe_user_pool_client",)),
    supported="describe_user_pool_client.UserPoolClient.SupportedIdentityProviders",
)

READERS = (
    Reader(UserEntry, (BALANCERS.type,), entry, ENTRY),
    Reader(Directory, (BALANCERS.type,), directory, ENTRY, always=False),
    Reader(UserEntry, (APIS.type,), api, ApiAt(name="Name", names=("ApiId",), target="", routes=Referrer(ROUTES.type, "ApiId"))),
    Reader(Directory, (POOLS.type,), pool, POOL),
)
