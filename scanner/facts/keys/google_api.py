"""Cloud KMS keys by their REST resource. https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys"""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, reads
from scanner.facts.google_assets import COMMON, is_live, missing, named, own_bindings, public_inherited
from scanner.facts.keys import google
from scanner.facts.keys.kinds import Key
from scanner.sources.interface import Item

_KEY_RING = "cloudkms.googleapis.com/KeyRing"


@reads(google.CRYPTO_KEY, companions=(_KEY_RING, google.VERSION, *COMMON))
def key(item: Item, stack: Stack) -> Key:
    return google.key(
        identity(item, name=named(item)),
        item,
        purpose=item["purpose"],
        period=item["rotationPeriod"],
        import_only=item["importOnly"],
        levels=[item["versionTemplate.protectionLevel"], item["primary.protectionLevel"]],
        enabled=google.enabled(item, stack),
        bindings=own_bindings(item) + _ring(item, stack) + public_inherited(item, stack, "cloudkms"),
    )


def _ring(item: Item, stack: Stack) -> list[Any]:
    """The bindings on the key ring, which count for all its keys."""
    ring = stack.at(item.address.rpartition("/cryptoKeys/")[0])
    if ring is not None:
        return list(own_bindings(ring))
    return [missing(item, "the key ring", _KEY_RING)] if is_live(item) else []
