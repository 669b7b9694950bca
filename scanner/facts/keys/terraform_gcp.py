"""Cloud KMS in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/kms_crypto_key"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys import google
from assay.scanner.facts.keys.kinds import Key

READERS = (
    Reader(
        Key,
        ("google_kms_crypto_key",),
        google.key,
        google.CryptoKeyAt(
            name="name",
            names=("key_ring",),
            purpose="purpose",
            period="rotation_period",
            import_only="import_only",
            levels=("protection_level", "version_template.protection_level"),
            enabled=lambda key: key.says(True),
            bindings=(iam("google_kms_crypto_key_iam", "crypto_key_id"), iam("google_kms_key_ring_iam", "key_ring_id")),
        ),
    ),
)
