"""Canaries in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-synthetics-canary.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.alerts.cloudformation import WATCH
from assay.scanner.facts.observe.canaries.aws import CanariesAt, by_region, of_code
from assay.scanner.facts.observe.canaries.kinds import CanarySet
from assay.scanner.facts.spelling import Index

_TYPES = ("AWS::Synthetics::Canary",)
READERS = (
    Reader(
        CanarySet,
        _TYPES,
        of_code,
        CanariesAt(canaries=Index(_TYPES, by_region), start="StartCanaryAfterCreation", watch=WATCH),
        always=False,
    ),
)
