"""Trails in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.objects.aws import ObjectsAt, trail
from assay.scanner.facts.audit.objects.kinds import ObjectTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.cloudformation import TRAILS

READERS = (Reader(ObjectTrail, ("AWS::CloudTrail::Trail",), trail, ObjectsAt(name="TrailName", trails=TRAILS)),)
