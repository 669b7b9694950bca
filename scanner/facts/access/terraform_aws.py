"""Load balancers, APIs and user pools in Terraform."""

from __future__ import annotations

from assay.scanner.facts.access.apis import ApiAt, api
from assay.scanner.facts.access.entries import EntryAt, directory, entry, fronted
from assay.scanner.facts.access.kinds import Directory, UserEntry
from assay.scanner.facts.access.pools import PoolAt, pool
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.terraform_aws import BALANCER
from assay.scanner.facts.spelling import Link, Many, Referrer

_BALANCERS = ("aws_lb", "aws_alb")
ENTRY = EntryAt(
    name="name",
    scheme="internal",
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_vpc_origin
    published=(Referrer("aws_cloudfront_vpc_origin", "vpc_origin_endpoint_config.arn"),),
    type="load_balancer_type",
    listeners=BALANCER.listeners,
    rules=BALANCER.rules,
    port="port",
    default_actions="default_action",
    actions="action",
    action="type",
    unauthenticated="authenticate_oidc.on_unauthenticated_request|authenticate_cognito.on_unauthenticated_request",
    issuer="authenticate_oidc.issuer|jwt_validation.issuer",
    conditions="condition",
    patterns=("path_pattern.values",),
    priority="priority",
    fronts=fronted(
        "origin",
        "domain_name",
        tuple(
            (behaviour, association, "event_type")
            for behaviour in ("default_cache_behavior", "ordered_cache_behavior")
            for association in ("lambda_function_association", "function_association")
        ),
        "aws_cloudfront_distribution",
    ),
)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_route
API = ApiAt(
    name="name",
    protocol="protocol_type",
    target="target",
    document=("body",),
    routes=Many("aws_apigatewayv2_route", "api_id", generated=(("aws_apigatewayv2_api", "api_id"),)),
    key="route_key",
    authorization="authorization_type",
    authorizer=Link("authorizer_id", ("aws_apigatewayv2_authorizer",)),
    authorizer_type="authorizer_type",
    issuer="jwt_configuration.issuer",
)
_POOLS = (("aws_cognito_user_pool", "user_pool_id"),)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cognito_user_pool
POOL = PoolAt(
    name="name",
    names=("id",),
    mfa="mfa_configuration",
    admins_only="admin_create_user_config.allow_admin_create_user_only",
    triggers=("lambda_config.pre_sign_up", "lambda_config.pre_authentication"),
    providers=Referrer("aws_cognito_identity_provider", "user_pool_id", generated=_POOLS),
    provider="provider_type",
    clients=Referrer("aws_cognito_user_pool_client", "user_pool_id", generated=_POOLS),
    supported="supported_identity_providers",
)

READERS = (
    Reader(UserEntry, _BALANCERS, entry, ENTRY),
    Reader(Directory, _BALANCERS, directory, ENTRY, always=False),
    Reader(UserEntry, ("aws_apigatewayv2_api",), api, API),
    Reader(Directory, ("aws_cognito_user_pool",), pool, POOL),
)
