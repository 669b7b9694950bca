"""What security groups let out, in the live account."""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.aws_api import GROUP_RULES, GROUPS
from assay.scanner.facts.network.egress.groups import EgressAt, security_group
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.network_firewall import by_vpc
from assay.scanner.sources.aws.calls import Call, Listing

# https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DescribeFirewall.html
FIREWALLS = Listing(
    "network-firewall.firewall",
    Call("network-firewall", "ListFirewalls", page_size=100),
    entries="Firewalls",
    id="FirewallArn",
    gone=("ResourceNotFoundException",),
    details=(Call("network-firewall", "DescribeFirewall", (("FirewallArn", "FirewallArn"),)),),
)
LISTINGS = (FIREWALLS,)

READERS = (
    Reader(
        Egress,
        (GROUPS.type,),
        security_group,
        EgressAt(
            **{**msgspec.structs.asdict(GROUP_RULES), "rules": ("IpPermissionsEgress",), "way": "egress"},
            present=msgspec.structs.replace(by_vpc("describe_firewall.Firewall.VpcId", FIREWALLS.type), calls=("describe_firewall",)),
            vpc="VpcId",
        ),
    ),
)
