"""Cloud KMS in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/kms_crypto_key"""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_iam import BINDING_PARTS, bindings_of
from assay.scanner.facts.keys import google
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Value

_IAM = {f"google_kms_crypto_key_iam_{part}": "crypto_key_id" for part in BINDING_PARTS}
_RING_IAM = {f"google_kms_key_ring_iam_{part}": "key_ring_id" for part in BINDING_PARTS}


@reads("google_kms_crypto_key", companions=(*_IAM, *_RING_IAM))
def key(item: Item, stack: Stack) -> Key:
    parts = {type_: stack.companions(item, type_, via) for type_, via in _IAM.items()}
    # The bindings on a key ring count for all its keys; a ring that is declared elsewhere is known by its name.
    ring = item.link("key_ring").data
    owner = stack.at(ring.address) if isinstance(ring, Reference) else None
    parts |= {type_: stack.companions(owner or item, type_, via, names=() if owner else ("key_ring",)) for type_, via in _RING_IAM.items()}
    return google.key(
        identity(item, name=item["name"], companions=parts.values()),
        item,
        purpose=item["purpose"],
        period=item["rotation_period"],
        import_only=item["import_only"],
        levels=[item["protection_level"], item["version_template.protection_level"]],
        enabled=Value(True, (item.location(),)),
        bindings=[binding for type_, held in parts.items() for binding in bindings_of(type_, held)],
    )
