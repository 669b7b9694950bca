"""Trails of the live account. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html"""

from __future__ import annotations

from assay.scanner.facts.accounts.listing import ACCOUNT
from assay.scanner.facts.audit.objects.aws import ObjectsAt, account
from assay.scanner.facts.audit.objects.kinds import ObjectTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.aws_api import STATUS, TRAILS_AT

READERS = (Reader(ObjectTrail, (ACCOUNT.type,), account, ObjectsAt(trails=TRAILS_AT, error=f"{STATUS.name}.LatestDeliveryError")),)
