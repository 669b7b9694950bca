"""Duties over service accounts and keys in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam, .../google_service_account_iam,
.../google_kms_key_ring_iam, .../google_kms_crypto_key_iam
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.duties.blocks import TYPES, BlockAt, block
from assay.scanner.facts.iam.duties.kinds import DutySplit

READERS = (Reader(DutySplit, TYPES, block, BlockAt(), always=False),)
