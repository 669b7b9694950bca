"""Encryption by default in Terraform, which switches it on where nothing is written.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ebs_encryption_by_default
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.volumes.aws import DefaultAt, default
from assay.scanner.facts.keys.volumes.kinds import VolumeDefault

READERS = (Reader(VolumeDefault, ("aws_ebs_encryption_by_default",), default, DefaultAt(on="enabled", unset=True)),)
