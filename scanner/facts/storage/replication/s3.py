"""S3 Replication. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any, NamedTuple

from assay.scanner.facts.spelling import Index, Link, One, Place, Spelling
from assay.scanner.facts.storage.replication.kinds import BucketReplication
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_KMS = ("aws:kms", "aws:kms:dsse")


class RuleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a rule tells what it copies."""

    status: str = "status"
    prefixes: tuple[str, ...]
    filters: tuple[str, ...]
    kms: str
    """Whether objects are copied too that are encrypted with a KMS key: `Enabled`, or a switch."""
    replica_key: str
    destination: Link


class ReplicationAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the rules of a bucket."""

    rules: Annotated[tuple[tuple[str | One, RuleAt], ...], "replicated", "gap", "regions", "copies"]
    algorithm: Annotated[Place, "replicated", "gap", "regions"]
    """Of default encryption."""
    regions_of: Annotated[Index, "replicated", "gap", "regions"]
    """Name of a bucket to its region."""
    named_targets: Annotated[Index, "replica"]
    """Name of a bucket to what copies to it."""
    targets: Annotated[Index, "replica"]
    """The same by address."""
    tags: Place = ""
    """Where a live account tells its tags."""


class Copy(NamedTuple):
    """What one rule comes to."""

    enabled: Value[bool]
    whole: Value[bool]
    keyed: Value[bool]
    elsewhere: Value[bool]
    region: Value[Any]


def bucket(view: View, at: ReplicationAt) -> BucketReplication:
    """Objects that are encrypted with a KMS key are left out unless a rule selects them and names a key for replicas.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
    """
    encrypted = view[at.algorithm].default("AES256").equals(*_KMS)
    home = view.item.region
    copies: list[Copy] = []
    doubts: list[Unknown | None] = []
    for place, rule_at in at.rules:
        rules, more = view.inner(place)
        doubts.append(None if view.elsewhere and isinstance(place, str) else more)
        copies += [_copy(view, rule, rule_at, at, encrypted, home) for rule in rules]
    more = view.first_of(doubts)
    complete = [all_of([copy.enabled, copy.whole, copy.keyed, copy.elsewhere]) for copy in copies]
    replicated = any_of([*complete, Value(more or False, (view.location,))])
    reached = [copy.region for copy, good in zip(copies, complete, strict=True) if good.data is not False]
    name = view[at.name]
    return BucketReplication(
        identity=view.identity(name),
        replicated=Value(replicated.data, replicated.seen or (view.location,)),
        gap=view.says(_gap(copies)),
        regions=_all_known([home, *reached]),
        named=Value(True),
        copies=view.says(True if copies else more or False),
        replica=view.says(_is_target(view, at, name)),
    )


def _copy(view: View, rule: View, at: RuleAt, of: ReplicationAt, encrypted: Value[bool], home: Value[str]) -> Copy:
    limited = [rule[path].then(lambda data: data not in (None, "", [], {})) for path in (*at.prefixes, *at.filters)]
    selected = all_of([rule[at.kms].equals("Enabled", "true", True), rule[at.replica_key].is_set()])
    region = _region(view, rule, at, of)
    if region.unknown:
        region = _of_key(rule[at.replica_key], region)
    elsewhere = all_of([region.is_set()]) if region.unknown else region.then(lambda text: home.unknown or text != home.data)
    return Copy(
        rule[at.status].default("Enabled").equals("Enabled"),
        any_of([*limited, Value(False)]).negate(),
        any_of([encrypted.negate(), selected]),
        elsewhere,
        region,
    )


def _region(view: View, rule: View, at: RuleAt, of: ReplicationAt) -> Value[Any]:
    """The region of a destination, where that bucket is in the input."""
    target = rule.link(at.destination.path)
    if isinstance(target.data, Reference):
        destination = view.named(target.data, at.destination)
        if destination is not None:
            return Value(destination.item.region.data, target.seen)
        return Value(_elsewhere(target.data), target.seen)
    if target.absent or target.unknown or not isinstance(target.data, str):
        return Value(target.unknown or unknown_inside(target.data) or _elsewhere(target.data), target.seen)
    regions = {repr(region): region for region in view.index(of.regions_of).get(_name(target.data), ())}
    return Value(next(iter(regions.values())) if len(regions) == 1 else _elsewhere(target.data), target.seen)


def _of_key(key: Value[Any], otherwise: Value[Any]) -> Value[Any]:
    """The key for replicas is of the region of their bucket, and its ARN says which that is.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_EncryptionConfiguration.html
    """
    text = key.data.prefix if isinstance(key.data, Text) else key.data
    fields = text.split(":") if isinstance(text, str) else []
    return Value(fields[3], key.seen) if len(fields) > 4 and fields[2] == "kms" and fields[3] else otherwise


def _elsewhere(target: Any) -> Unknown:
    return Unknown(f"in which region the destination {target} is, which is not in this input", "scan it together with this")


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _all_known(regions: list[Value[Any]]) -> Value[Any]:
    open_ = next((region for region in regions if not isinstance(region.data, str)), None)
    if open_ is not None:
        return Value(
            open_.unknown or Unknown("in which region it is", "configure the provider's region, or scan the live bucket"), open_.seen
        )
    return Value(sorted({region.data for region in regions}), tuple(dict.fromkeys(place for region in regions for place in region.seen)))


def _gap(copies: list[Copy]) -> str:
    """What is wrong with the rule that comes nearest."""
    if not copies:
        return "it has no replication rule"
    why = {
        "enabled": "its rule is disabled",
        "whole": "its rule has a filter, which leaves other objects in one region",
        "keyed": "its rule leaves out objects that are encrypted with a KMS key, or names no key for replicas",
        "elsewhere": "the destination is in the same region",
    }
    wrong: list[list[str]] = [[text for field, text in why.items() if getattr(copy, field).data is False] for copy in copies]
    nearest = sorted(wrong, key=len)[0]
    return " and ".join(nearest) or "what its rule copies, and where to, is not known in full"


def _is_target(view: View, at: ReplicationAt, name: Value[Any]) -> bool:
    sources = [*view.index(at.targets).get(view.item.address, ())]
    if isinstance(name.data, str):
        sources += view.index(at.named_targets).get(name.data, ())
    return bool(sources)


def regions_of(type_: str, name: str) -> Index:
    """The regions of buckets by their names."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        named = item[name].data
        if isinstance(named, str):
            region = item.region.data
            yield named, region if isinstance(region, str) else Unknown(f"the region of {item.address}", "scan the live bucket")

    return Index((type_,), records)


def targets(types: tuple[str, ...], places: tuple[tuple[str, str], ...], calls: tuple[str, ...] = ()) -> tuple[Index, Index]:
    """What is copied to a bucket, by its name and by its address. `places`: where items have rules, and where these name it."""

    def destinations(item: Item) -> Iterator[Any]:
        for rules, destination in places:
            yield from [rule.link(destination).data for rule in item.blocks(rules)[0]]

    def by_name(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield from [(_name(target), item.address) for target in destinations(item) if isinstance(target, str)]

    def by_address(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield from [(target.address, item.address) for target in destinations(item) if isinstance(target, Reference)]

    return Index(types, by_name, calls), Index(types, by_address, calls)
