"""What security groups let out, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html
"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.cloudformation import GENERATED, GROUP_RULES, GROUPS
from assay.scanner.facts.network.egress.groups import EgressAt, security_group
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.network_firewall import FirewallsAt, by_table, by_vpc, to_gateways
from assay.scanner.facts.network.prefix_lists import DeclaredLists
from assay.scanner.facts.spelling import Another, Link, Many

_GATEWAYS = "GatewayId|EgressOnlyInternetGatewayId|TransitGatewayId"
_FIREWALLS = FirewallsAt(
    firewalls=by_vpc("VpcId", "AWS::NetworkFirewall::Firewall"),
    policy=Link("FirewallPolicyArn", ("AWS::NetworkFirewall::FirewallPolicy",)),
    group=Link("ResourceArn", ("AWS::NetworkFirewall::RuleGroup",)),
    tables=by_vpc("VpcId", "AWS::EC2::RouteTable"),
    routes=to_gateways("RouteTableId", _GATEWAYS, "DestinationCidrBlock|DestinationIpv6CidrBlock", {}, "AWS::EC2::Route"),
    associations=by_table("RouteTableId", "SubnetId", "AWS::EC2::SubnetRouteTableAssociation"),
)

READERS = (
    Reader(
        Egress,
        GROUPS,
        security_group,
        EgressAt(
            **{
                **msgspec.structs.asdict(GROUP_RULES),
                "rules": ("SecurityGroupEgress", Many("AWS::EC2::SecurityGroupEgress", "GroupId", generated=GENERATED)),
                "way": "egress",
                "sources": ("DestinationSecurityGroupId",),
                "prefix_lists": DeclaredLists("DestinationPrefixListId", ("AWS::EC2::PrefixList",), cidr="Cidr", entries="Entries"),
            },
            open_by_default=True,
            firewalls=Another(_FIREWALLS),
            vpc="VpcId",
        ),
    ),
)
