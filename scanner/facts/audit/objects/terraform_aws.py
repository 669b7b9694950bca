"""Trails in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail"""

from __future__ import annotations

from assay.scanner.facts.audit.objects.aws import ObjectsAt, trail
from assay.scanner.facts.audit.objects.kinds import ObjectTrail
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.terraform_aws import TRAILS

READERS = (Reader(ObjectTrail, ("aws_cloudtrail",), trail, ObjectsAt(name="name", trails=TRAILS)),)
