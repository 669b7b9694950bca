"""Trails in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.trails.aws import TrailAt, trail
from assay.scanner.facts.audit.trails.kinds import ApiTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.cloudformation import TRAILS

READERS = (Reader(ApiTrail, ("AWS::CloudTrail::Trail",), trail, TrailAt(name="TrailName", trails=TRAILS)),)
