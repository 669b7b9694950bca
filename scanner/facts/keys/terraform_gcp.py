"""Cloud KMS in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/kms_crypto_key"""

from __future__ import annotations

import re
from typing import Any

from scanner.facts.base import Stack, identity, reads
from scanner.facts.google_iam import BINDING_PARTS, bindings_of
from scanner.facts.keys.kinds import Key
from scanner.facts.keys.references import OUTSIDE
from scanner.facts.policies import google_grants
from scanner.sources.interface import Item
from scanner.sources.values import Unknown, Value, any_of

_IAM = {f"google_kms_crypto_key_iam_{part}": "crypto_key_id" for part in BINDING_PARTS}


@reads("google_kms_crypto_key", companions=tuple(_IAM))
def key(item: Item, stack: Stack) -> Key:
    parts = {type_: stack.companions(item, type_, via) for type_, via in _IAM.items()}
    grants = google_grants(binding for type_, held in parts.items() for binding in bindings_of(type_, held))
    outside = item["protection_level"].default("SOFTWARE").equals("EXTERNAL", "EXTERNAL_VPC")
    template = item["version_template.protection_level"].default("SOFTWARE").equals("EXTERNAL", "EXTERNAL_VPC")
    imported = any_of([item["import_only"].default(False).truth(), outside, template])
    period = item["rotation_period"].text().then(days)
    return Key(
        identity=identity(item, name=item["name"], companions=parts.values()),
        rotatable=item["purpose"].default("ENCRYPT_DECRYPT").equals("ENCRYPT_DECRYPT"),
        imported=imported,
        rotation_days=imported.then(lambda outside: OUTSIDE if outside and period.absent else period.data),
        enabled=Value(True, (item.location(),)),
        grants=Value(grants, (item.location(),)),
    )


def days(duration: Any) -> float | Unknown | None:
    """Days of a protobuf duration such as `7776000s`."""
    if duration in (None, ""):
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(duration))
    return float(match[1]) / 86_400 if match else Unknown(f"{duration} is not a duration in seconds", "write it as 7776000s")
