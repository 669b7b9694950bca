"""Cloud KMS keys by their REST resource. https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.google_assets import COMMON, is_live, linked, missing, named, own_bindings, public_inherited
from assay.scanner.facts.keys import google
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown

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
        bindings=_bindings(item, stack) + public_inherited(item, stack, "cloudkms"),
    )


def _bindings(item: Item, stack: Stack) -> list[Any]:
    """The bindings on the key, and those on its key ring, which count for all keys of it."""
    held = own_bindings(item)
    ring = linked(item, "#parent", stack)
    if ring is not None:
        held = held + own_bindings(ring)
    elif is_live(item):
        held = [*held, missing(item, "the key ring", _KEY_RING)]
    # One reason why there may be more is enough.
    doubts = [each for each in held if isinstance(each, Unknown)]
    return [each for each in held if not isinstance(each, Unknown)] + doubts[:1]
