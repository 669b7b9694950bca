"""Default networks and groups in the live account. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.aws_api import GROUPS, INTERFACES
from assay.scanner.facts.network.defaults.aws import VpcAt, vpc
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults
from assay.scanner.facts.network.networks.aws_api import VPCS
from assay.scanner.facts.spelling import Referrer

READERS = (
    Reader(
        NetworkDefaults,
        (VPCS.type,),
        vpc,
        VpcAt(
            name="VpcId",
            names=("VpcId",),
            default="IsDefault",
            users=Referrer(INTERFACES.type, "VpcId"),
            groups=(Referrer(GROUPS.type, "VpcId"),),
            group_name="GroupName",
            rules=("IpPermissions", "IpPermissionsEgress"),
        ),
    ),
)
