"""What the settings of encryption at rest mean, of every service alike.

A key counts where encryption is on. Where none is named, the provider's own key encrypts, or none does: which of the two is the
provider's default, and neither is a customer's key.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from assay.scanner.facts.google_assets import is_live, named, stands_outside
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest, KeptData
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.spelling import Beside, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe, same
from assay.scanner.sources.values import Value, any_of

ON = (
    True, "true", "True", "ENABLED", "ENABLING", "KMS", "KMS_DSSE", "CUSTOMER_MANAGED_CMK", "ENCRYPTED", "aws:kms", "SSE-KMS",
    "SSE-KMS-WITH-SERVICE-ROLE", "CUSTOM", "CMEK",
)  # fmt: skip
"""How switches of encryption say that it is on, with a key that can be named."""


class RegionKey(msgspec.Struct, frozen=True):
    """Items that name the key of an account in a region, and where they do."""

    setting: Beside
    key: KeyLink


class StoreAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how what a resource keeps is encrypted."""

    sort: Annotated[str, "kept"]
    """What it is, in words: `log group`."""
    key: Annotated[KeyLink, "kept.encryption_key"]
    on: Annotated[Place, "kept.encryption_key"] = ""
    """A switch besides the key; empty where naming a key is enough."""
    on_unset: Annotated[bool, "kept.encryption_key"] = False
    """What the switch is where nothing is written: the provider's default."""
    region_on: Annotated[Beside | None, "kept.encryption_key"] = None
    """What switches encryption on in the account and region."""
    region_key: Annotated[RegionKey | None, "kept.encryption_key"] = None
    """What names the key that is taken in the account and region where the resource names none."""
    annotation: Annotated[tuple[str, str], "kept.encryption_key"] = ("", "")
    """Of an input that has settings in annotations, where these are and the name of the one that names the key."""
    supplied: Annotated[Place, "kept.encryption_key"] = ""
    """A key of the customer's that no service of the provider keeps."""
    source: Annotated[Link | None, "kept.encryption_key"] = None
    """What it is made from, whose key it keeps where it names none: a snapshot, a primary."""
    own_source: Annotated[KeyLink | None, "kept.encryption_key"] = None
    """The key of that, as a link of its items."""
    primary: Annotated[Link | None, "kept.encryption_key"] = None
    """What it is a replica of, whose key (`own_source`) it has where it names none and both are in one region."""
    region: Annotated[str, "kept.encryption_key"] = "region"
    """Of both."""
    filled: Annotated[Place, "keeps_data"] = ""
    """It keeps data where this is set; empty where it always does."""
    empty: Annotated[Place, "keeps_data"] = ""
    """It keeps no data of its own where this is set: another resource keeps it."""
    outside: Annotated[Place, "keeps_data"] = ""
    """Of Cloud SQL, whether it stands for a server elsewhere."""


def store(view: View, at: StoreAt) -> DataAtRest:
    """A resource that keeps data under one key."""
    kept = KeptData(part=view.says(at.sort), encryption_key=key_of(view, view, at))
    return _resource(view, at, view.says([kept]))


class SeveralAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how several things are encrypted that one resource keeps, each in a place of its own."""

    stores: Annotated[tuple[StoreAt, ...], "kept", "keeps_data"]
    """One that is `filled` is there where that is set, and is no switch that is off."""


def several(view: View, at: SeveralAt) -> DataAtRest:
    """A resource that keeps several things, with a key each: the volumes of a desktop, the stores of features."""
    there = [store for store in at.stores if not store.filled or view[store.filled].data not in (None, False, "false")]
    kept = [KeptData(part=view.says(store.sort), encryption_key=key_of(view, view, store)) for store in there]
    identity = view.identity(view.called(at.name) if at.name else named(view.item))
    return DataAtRest(identity=identity, keeps_data=view.says(bool(kept)), kept=view.says(kept))


class DevicesAt(StoreAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells how the parts of a resource are encrypted: `key` and `on` are then paths of a block."""

    parts: Annotated[tuple[str, ...], "kept", "keeps_data"]
    """Where the blocks are."""
    part: Annotated[str, "kept"] = ""
    """What a block is called."""
    data: Annotated[str, "kept", "keeps_data"] = ""
    """Set in a block that keeps data; empty where every block does."""
    without: Annotated[str, "kept", "keeps_data"] = ""
    """Set in a block that speaks of what another resource keeps: a disk that is there already."""
    gone: Annotated[str, "kept", "keeps_data"] = ""
    """A flag of a block that takes away what the image has."""
    scratch: Annotated[str, "kept", "keeps_data"] = ""
    """Says `SCRATCH` of what ends with the machine, and takes no key."""
    noun: Annotated[str, "kept"]
    """What a block is: `volume`."""
    first: Annotated[str, "kept"] = ""
    """What a block without a name is: `root volume`."""
    root: Annotated[tuple[str, ...], "kept"] = ()
    """Of a machine that always has a first volume, how that is called: it has one where no block speaks of it, too."""
    template: Annotated[Place, "kept"] = ""
    """What may speak of the first volume in the machine's place."""


def devices(view: View, at: DevicesAt) -> DataAtRest:
    """A resource whose blocks have a key each: the disks of a machine, the clusters of an instance."""
    blocks, more = view.inner(*at.parts)
    blocks = [block for block in blocks if _keeps(block, at)]
    kept: list[Any] = [KeptData(part=_called(block[at.part], at), encryption_key=_own_key(view, block, at)) for block in blocks]
    if at.root and not any(part.part.data in at.root for part in kept) and view[at.template].absent:
        perhaps = more or next((part.part.unknown for part in kept if part.part.unknown), None)
        kept.append(perhaps or KeptData(part=view.says(at.first), encryption_key=_unset(view, at)))
    elif more:
        kept.append(more)
    resource = _resource(view, at, view.says(kept))
    resource.keeps_data = view.says(bool(kept))
    return resource


def _keeps(block: View, at: DevicesAt) -> bool:
    """Whether a block is of something that keeps data of the resource's own."""
    kept_here = not at.data or block[at.data].data not in (None, [])  # a plan has a list of none
    elsewhere = block[at.gone].truth().data is True or block[at.without].is_set().data is True
    return kept_here and not elsewhere and block[at.scratch].equals("SCRATCH").data is not True


def _own_key(view: View, block: View, at: DevicesAt) -> Value[KeyRef | None]:
    """The key of a block: not known where none is named, and whether another resource keeps what it speaks of is not known."""
    key, elsewhere = key_of(view, block, at), block[at.without].is_set()
    return Value(elsewhere.data, elsewhere.seen) if key.absent and isinstance(elsewhere.data, Unknown) else key


def _called(name: Value[Any], at: DevicesAt) -> Value[Any]:
    """What a block is called in a finding: `volume /dev/sdf`."""
    return name.then(lambda text: f"{at.noun} {text}" if isinstance(text, str) and text else at.first)


def _unset(view: View, at: DevicesAt) -> Value[Any]:
    """The key of a volume of which nothing is written: that of the account, where it encrypts what does not say so."""
    if at.region_key is None or at.region_on is None:
        return view.says(None)
    on = any_of([view.says(False), *_switches(view, at.region_on)])
    key = _region_key(view, at.region_key)
    return key if key.absent or on.data is True else on.then(lambda is_on: key.raw if is_on else None)


def _resource(view: View, at: StoreAt, kept: Value[Any]) -> DataAtRest:
    keeps = view[at.filled].then(lambda data: data not in (None, "", [], {})) if at.filled else view.says(True)
    if at.empty:
        keeps = view[at.empty].is_set().negate()
    if at.outside:
        keeps = stands_outside(view[at.outside]).negate()
    return DataAtRest(identity=view.identity(view.called(at.name) if at.name else named(view.item)), keeps_data=keeps, kept=kept)


def key_of(view: View, block: View, at: StoreAt) -> Value[KeyRef | None]:
    """The key that a block, or the resource itself, is encrypted with."""
    named_key = block[at.key].otherwise(_annotated(view, *at.annotation))
    key = at.key.key(block, named_key).otherwise(block[at.supplied].then(_supplied))
    if at.source is not None and block[at.source].data not in (None, ""):  # a text that is empty is as if it were not written
        return key.otherwise(_of_source(block, at.source, at.own_source))
    if at.primary is not None and key.absent and not view[at.primary].absent and not is_live(view.item):
        return _of_primary(view, at, at.primary)
    if at.region_key is not None and key.absent:
        key = _region_key(view, at.region_key)
    if not at.on or key.absent:
        return key
    on = block[at.on].default(at.on_unset).equals(*ON)
    if at.region_on is not None and on.data is not True:
        on = any_of([on, *_switches(view, at.region_on)])
    return Value.of(key.raw, (*key.seen, *on.seen)) if on.data is True else on.then(lambda is_on: key.raw if is_on else None)


def _annotated(view: View, annotations: str, name: str) -> Value[Any]:
    return view[annotations].then(lambda data: data.get(name) if isinstance(data, dict) else None)


def _supplied(written: Any) -> KeyRef | None:
    """https://cloud.google.com/compute/docs/disks/customer-supplied-encryption: written where the disk is made, and never shown again."""
    own = KeyRef(id=Value("a key that the customer supplies"), customer_managed=Value(True), disabled=Value(False))
    return own if written not in (None, "") else None


def _of_source(view: View, source: Link, key: KeyLink | None) -> Value[Any]:
    """The key of what it is made from, where that is among the items."""
    made_from = view.target(source)
    if made_from is not None and key is not None:
        return key.key(made_from)
    written = view[source]
    why = f"it is made from {describe(written.data)}, and what that is encrypted with is not known here"
    return Value(Unknown(why, "name the key, or scan the live resource", view.location), written.seen)


def _of_primary(view: View, at: StoreAt, join: Link) -> Value[Any]:
    """The key of a replica of which code names none; what is live names its key itself.

    https://cloud.google.com/sql/docs/mysql/configure-cmek#create_a_replica_for_a_cmek-enabled_instance
    """
    primary = view.target(join)
    if primary is None or at.own_source is None:
        return _of_source(view, join, None)
    key = at.own_source.key(primary)
    if key.absent:
        return _of_source(view, join, None) if primary[join].is_set().data is True else key
    own, other = view[at.region], primary[at.region]
    if same(own.raw, other.raw):
        return key
    if isinstance(own.data, str) and isinstance(other.data, str):
        return view.says(None)
    return view.says(Unknown(f"whether it is in the region of {primary.item.address}", "give both a region", view.location))


def _region_key(view: View, at: RegionKey) -> Value[Any]:
    """The key that the account takes in the region of the resource where none is named: there can be one."""
    keys = [Value(setting.doubt) if setting.doubt else at.key.key(setting) for setting in _here(view, at.setting)]
    return next(iter(keys), view.says(None))


def _switches(view: View, join: Beside) -> list[Value[bool]]:
    """Whether the account encrypts volumes that do not say so, by each setting of the region."""
    return [setting.weighed(setting[join.path].default(True).truth(), False) for setting in _here(view, join)]


def _here(view: View, join: Beside) -> list[View]:
    """What speaks of the account in the region of the resource; in doubt where that may be another region."""
    region = view.item.region.data
    here: list[View] = []
    for setting in view.beside(join):
        other = setting.item.region.data
        if other != region and isinstance(other, str) and isinstance(region, str):
            continue
        if other != region:
            why = f"whether {setting.item.address} is of the same region"
            setting.doubt = setting.doubt or Unknown(why, "give the provider a region, or scan the live account", setting.location)
        here.append(setting)
    return here
