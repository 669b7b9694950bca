"""KMS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys import kms
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.spelling import Fixed, One, Referrer

_GENERATED = tuple((type_, "target_key_id") for type_ in ("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"))
_ALIASES = Referrer("aws_kms_alias", "target_key_id", "name", generated=_GENERATED)

READERS = (
    Reader(
        Key,
        ("aws_kms_key",),
        kms.key,
        kms.KeyAt(
            name="description",
            spec="customer_master_key_spec|key_spec",
            usage="key_usage",
            key_store="custom_key_store_id",
            rotates="enable_key_rotation",
            period="rotation_period_in_days",
            enabled="is_enabled",
            policies=("policy", One("aws_kms_key_policy", "key_id", "policy", generated=(("aws_kms_key", "key_id"),))),
            aliases=_ALIASES,
        ),
    ),
    Reader(
        Key,
        ("aws_kms_external_key",),
        kms.key,
        kms.KeyAt(name="description", origin=Fixed("EXTERNAL"), enabled="enabled", policies="policy", aliases=_ALIASES),
    ),
    Reader(
        Key,
        ("aws_kms_replica_key",),
        kms.key,
        kms.KeyAt(name="description", replica=Fixed("REPLICA"), enabled="enabled", policies="policy", aliases=_ALIASES),
    ),
    Reader(
        Key,
        ("aws_kms_replica_external_key",),
        kms.key,
        kms.KeyAt(
            name="description", replica=Fixed("REPLICA"), origin=Fixed("EXTERNAL"), enabled="enabled", policies="policy", aliases=_ALIASES
        ),
    ),
)
