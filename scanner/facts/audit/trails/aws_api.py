"""Trails of the live account. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html"""

from __future__ import annotations

from assay.scanner.facts.accounts.listing import ACCOUNT
from assay.scanner.facts.audit.trails.aws import TrailAt, account
from assay.scanner.facts.audit.trails.kinds import ApiTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.aws_api import STATUS, TRAILS_AT

READERS = (
    Reader(
        ApiTrail,
        (ACCOUNT.type,),
        account,
        TrailAt(
            trails=TRAILS_AT,
            validated="LogFileValidationEnabled",
            error=f"{STATUS.name}.LatestDeliveryError",
        ),
    ),
)
