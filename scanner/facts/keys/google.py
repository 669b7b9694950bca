"""Cloud KMS keys. https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from assay.scanner.facts.bindings import bindings, public_inherited
from assay.scanner.facts.google_assets import days_until, is_live, missing, named
from assay.scanner.facts.keys import names
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.keys.references import OUTSIDE, KeyLink
from assay.scanner.facts.policies import google_grants
from assay.scanner.facts.spelling import Contribution, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.override import override
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, any_of

CRYPTO_KEY = "cloudkms.googleapis.com/CryptoKey"
KEY_RING = "cloudkms.googleapis.com/KeyRing"
VERSION = "cloudkms.googleapis.com/CryptoKeyVersion"
# https://cloud.google.com/kms/docs/reference/rest/v1/CryptoKeyVersionState
_UNUSABLE = (
    "DISABLED", "DESTROYED", "DESTROY_SCHEDULED", "PENDING_EXTERNAL_DESTRUCTION", "EXTERNAL_DESTRUCTION_FAILED", "IMPORT_FAILED",
    "GENERATION_FAILED",
)  # fmt: skip


class CryptoKeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a crypto key."""

    purpose: Place
    period: Place
    """As the API writes it: `7776000s`."""
    next: Place = ""
    """When it rotates next, of an input that says so."""
    import_only: Place
    levels: tuple[str, ...]
    """Where a protection level may stand."""
    enabled: Callable[[View], Value[bool]]
    bindings: tuple[Place, ...]
    """Those on the key, and on its key ring, which count for all keys of it."""
    ring: Link | None = None
    """Where a resource names its key ring, of an input that has the bindings there."""
    inherited: Place = ""


def key(view: View, at: CryptoKeyAt) -> Key:
    """A crypto key with the bindings on it and on its key ring."""
    outside = [view[level].default("SOFTWARE").equals("EXTERNAL", "EXTERNAL_VPC") for level in at.levels]
    imported = any_of([view[at.import_only].default(False).truth(), *outside])
    rotation = view[at.period].text().then(days)
    return Key(
        identity=view.identity(named(view.item) if not at.name else view[at.name]),
        rotatable=view[at.purpose].default("ENCRYPT_DECRYPT").equals("ENCRYPT_DECRYPT"),
        imported=imported,
        rotation_days=Value.of(rotation.raw, imported.seen)
        if imported.data is False
        else imported.then(lambda is_imported: OUTSIDE if is_imported and rotation.absent else rotation.data),
        days_to_rotation=days_until(view.item, view[at.next]),
        enabled=at.enabled(view),
        grants=view.says(google_grants(_bindings(view, at))),
    )


def _bindings(view: View, at: CryptoKeyAt) -> list[Any]:
    entries: list[Any] = [binding for place in at.bindings for binding in bindings(view, place)]
    if at.ring is not None:
        ring = view.target(at.ring)
        if ring is not None:
            entries += bindings(ring, at.bindings[0])
        elif is_live(view.item):
            entries.append(missing(view.item, "the key ring", KEY_RING))
    # One reason why there may be more is enough.
    doubt = view.first_of(binding for binding in entries if isinstance(binding, Unknown))
    known = [binding for binding in entries if not isinstance(binding, Unknown)]
    return known + ([doubt] if doubt else []) + (public_inherited(view, at.inherited, "cloudkms") if at.inherited else [])


def days(duration: Any) -> float | Unknown | None:
    """Days of a protobuf duration such as `7776000s`."""
    if duration in (None, ""):
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(duration))
    return float(match[1]) / 86_400 if match else Unknown(f"{duration} is not a duration in seconds", "write it as 7776000s")


def _states(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """A key by its address to the state of its primary version, and to that of each version; under None why there may be more."""
    if item.type == CRYPTO_KEY:
        yield item.address, (True, item["primary.state"])
        return
    owner = item.link("name").data
    if isinstance(owner, Reference):
        yield owner.address, (False, item["state"])
    elif isinstance(owner, Unknown):
        yield None, Unknown(f"{item.address} may belong to it: name is not known ({owner.reason})", owner.settles_it, item.location())


STATES = Contribution(types=(CRYPTO_KEY, VERSION), records=_states, name="google.key-states")


def usable(view: View, address: str) -> Value[bool]:
    """Whether a key, given by its address, has a version that can be used: its primary, or any where it has none."""
    records = view.index(STATES).get(address, ())
    primary: Value[Any] = next((state for is_primary, state in records if is_primary), Value(None))
    if not primary.absent:
        return primary.equals(*_UNUSABLE).negate()
    if not is_live(view.item):
        return view.says(True)  # a template makes the first version too
    versions = [state.equals(*_UNUSABLE).negate() for is_primary, state in records if not is_primary]
    more = next(iter(view.index(STATES).get(None, ())), None)
    return any_of([*versions, Value(more or False)]) if versions else view.says(more or missing(view.item, "a version", VERSION))


def own_usable(view: View) -> Value[bool]:
    """Whether the key itself can be used."""
    return usable(view, view.item.address)


class RestKey(KeyLink, frozen=True):
    """In a REST resource: a crypto key by its name. Cloud KMS holds customer-managed keys only."""

    states: Contribution = STATES

    @override
    def facts(self, view: View, named: Any) -> tuple[bool | Unknown, Value[bool]]:
        """Whether a key that is not in the inventory is disabled is Unknown in a live project, and False elsewhere."""
        target = view.link(self).data
        own = names.crypto_key(named) if isinstance(named, (str, Text)) else self._declared(named)
        # What is named elsewhere than in a field of the resource, in an annotation, is no reference.
        address = target.address if isinstance(target, Reference) else f"//cloudkms.googleapis.com/{named}"
        if address in view.index(self.states):
            return True, usable(view, address).negate()
        return own, Value(missing(view.item, "the key", CRYPTO_KEY) if is_live(view.item) and own is True else False)

    @staticmethod
    def _declared(named: Any) -> bool | Unknown:
        is_key = isinstance(named, Reference) and names.crypto_key(named.address.removeprefix("//")) is True
        return is_key or Unknown(f"{describe(named)} is no key of this input", "name a key, or scan it together", None)


def rest_key(path: str) -> RestKey:
    """The crypto key that a REST resource names at a path."""
    return RestKey(path, ())
