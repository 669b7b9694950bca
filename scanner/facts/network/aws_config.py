"""Networks in AWS Config: what EC2 describes.

https://github.com/awslabs/aws-config-resource-schema, `AWS::EC2::SecurityGroup` and its like
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import AUDIT, AnyCase, ConfigurationItem, Recorded, as_listed
from assay.scanner.sources.raw import Unknown

_NO_RANGES = Unknown("the rule of a security group has no list of ranges in AWS Config", AUDIT)


def _group(item: ConfigurationItem) -> Any:
    fields = item.fields("VpcId", "Description")
    for name in ("IpPermissions", "IpPermissionsEgress"):
        rules = fields.get(name)
        fields[name] = [_rule(rule) for rule in rules] if isinstance(rules, list) else rules
    return fields


def _rule(rule: Any) -> Any:
    """`ipRanges` is a list of texts, and `ipv4Ranges` has the same with descriptions."""
    described, texts = rule.get("ipv4Ranges"), rule.get("ipRanges")
    if not isinstance(described, list) and not isinstance(texts, list):
        return AnyCase({**rule, "IpRanges": _NO_RANGES})
    ranges = [*(described or []), *({"CidrIp": text} if isinstance(text, str) else text for text in texts or [])]
    known = {ip_range.get("CidrIp"): ip_range for ip_range in ranges}
    return AnyCase({**{name: value for name, value in rule.items() if name.lower() != "ipranges"}, "IpRanges": list(known.values())})


SECURITY_GROUP = Recorded("AWS::EC2::SecurityGroup", _group)
INTERFACE = as_listed("AWS::EC2::NetworkInterface", "Association", "Attachment", "RequesterId")
VPC = as_listed("AWS::EC2::VPC")
SUBNET = as_listed("AWS::EC2::Subnet")
FLOW_LOG = as_listed("AWS::EC2::FlowLog", "DeliverLogsErrorMessage", "LogGroupName", "LogDestination", "DeliverLogsPermissionArn")
NETWORK_ACL = as_listed("AWS::EC2::NetworkAcl")
ROUTE_TABLE = as_listed("AWS::EC2::RouteTable")
"""Of a route, what it leads to may not be recorded: where none is, it is not known."""
NAT_GATEWAY = as_listed("AWS::EC2::NatGateway")
ENDPOINT = as_listed("AWS::EC2::VPCEndpoint")
