"""Load balancers, APIs and distributions in AWS Config. Of web ACLs of a load balancer, and of where a stage is reached, there is nothing.

https://github.com/awslabs/aws-config-resource-schema, `AWS::ElasticLoadBalancingV2::LoadBalancer`, `AWS::ApiGateway::Stage`,
`AWS::ElasticLoadBalancing::LoadBalancer`, `AWS::CloudFront::Distribution`
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import AUDIT, AnyCase, ConfigurationItem, Recorded, as_listed
from assay.scanner.sources.raw import Unknown


def _attributes(item: ConfigurationItem) -> Any:
    attributes = item.more("LoadBalancerAttributes")
    return {"Attributes": attributes} if isinstance(attributes, list) else None


BALANCER = as_listed("AWS::ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups", describe_load_balancer_attributes=_attributes)
LISTENER = as_listed("AWS::ElasticLoadBalancingV2::Listener", "SslPolicy", "Certificates", "AlpnPolicy", "MutualAuthentication")


def _settings(item: ConfigurationItem) -> Any:
    """The settings of a distribution, of which newer ones may not be recorded."""
    configuration = item.configuration.get("distributionConfig")
    if not isinstance(configuration, dict):
        return Unknown("the item has no settings of the distribution", AUDIT)
    settings = AnyCase(configuration, frozenset(), f"the item of {item.name or item.id}")
    origins = settings.get("Origins")
    for origin in origins.get("Items") or [] if isinstance(origins, dict) else ():
        for name in ("OriginAccessControlId", "VpcOriginConfig"):
            if not any(key.lower() == name.lower() for key in origin):
                origin[name] = Unknown(f"the item of {item.name or item.id} has no {name} of an origin", AUDIT)
    return settings


def _distribution(item: ConfigurationItem) -> Any:
    settings = _settings(item)
    if isinstance(settings, Unknown):
        raise ValueError(settings.reason)
    told = AnyCase({name: value for name, value in settings.items() if name.lower() not in _SUMMED}, frozenset(), settings.of)
    fields = item.fields()
    told |= {"Id": fields.get("Id"), "ARN": fields.get("Arn"), "DomainName": fields.get("DomainName"), "Status": fields.get("Status")}
    return told


_SUMMED = ("logging", "defaultrootobject", "callerreference")
"""What the list of distributions leaves out."""

DISTRIBUTION = Recorded(
    "AWS::CloudFront::Distribution", _distribution, (("get_distribution_config", lambda item: {"DistributionConfig": _settings(item)}),)
)


def _policies(item: ConfigurationItem) -> Any:
    policies = item.more("LoadBalancerPolicies")
    return {"PolicyDescriptions": policies} if isinstance(policies, list) else None


CLASSIC = as_listed("AWS::ElasticLoadBalancing::LoadBalancer", describe_load_balancer_policies=_policies)
API = as_listed("AWS::ApiGateway::RestApi")


def _stage(item: ConfigurationItem) -> Any:
    """Of which API it is, its ARN tells: https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html."""
    # https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html: a stage that has none of them lacks these
    fields = item.fields("webAclArn", "accessLogSettings", "canarySettings")
    fields["restApiId"] = item.arn.partition("/restapis/")[2].partition("/")[0]
    fields["endpointTypes"] = Unknown("AWS Config has the types of endpoints with the API, not with the stage", AUDIT)
    return fields


STAGE = Recorded("AWS::ApiGateway::Stage", _stage)
