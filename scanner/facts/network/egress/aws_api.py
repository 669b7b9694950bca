"""What security groups let out, in the live account."""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.aws_api import GROUP_RULES, GROUPS
from assay.scanner.facts.network.egress.groups import EgressAt, security_group
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.sources.aws.calls import Listing

LISTINGS: tuple[Listing, ...] = ()

READERS = (
    Reader(
        Egress,
        (GROUPS.type,),
        security_group,
        EgressAt(**{**msgspec.structs.asdict(GROUP_RULES), "rules": ("IpPermissionsEgress",), "way": "egress"}),
    ),
)
