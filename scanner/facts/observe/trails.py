"""Trails of CloudTrail that record what is asked of the objects of a bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.observe.object_arns import covers, touches
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_LIVE = "scan the live account"
OBJECTS = "AWS::S3::Object"
"""The type of objects in selectors of data events."""


class TrailsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells of trails. The defaults are CloudFormation's names, which are the API's."""

    trails: Index
    """All of them, under no key."""
    called: str
    """Path of the name of a bucket."""
    logging: str = "IsLogging"
    logging_by_default: bool = False
    multi_region: str = "IsMultiRegionTrail"
    organization: str = "IsOrganizationTrail"
    basic: str = "EventSelectors"
    """Basic event selectors, …"""
    direction: str = "ReadWriteType"
    resources: str = "DataResources"
    type: str = "Type"
    values: str = "Values"
    advanced: str = "AdvancedEventSelectors"
    """… or advanced ones: …"""
    fields: str = "FieldSelectors"
    field: str = "Field"
    equals: str = "Equals"
    starts: str = "StartsWith"
    ends: str = "EndsWith"
    not_equals: str = "NotEquals"
    not_starts: str = "NotStartsWith"
    not_ends: str = "NotEndsWith"


def trails(type_: str, *calls: str) -> Index:
    """Every trail of the input, and what stands for those that could not be listed."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield None, item

    return Index((type_,), records, calls=calls)


def recorded(bucket: View, at: TrailsAt) -> Value[bool]:
    """Whether trails record everything that is read from a bucket and written to it."""
    reads: list[Value[bool]] = [bucket.says(False)]
    writes: list[Value[bool]] = [bucket.says(False)]
    for item in bucket.index(at.trails).get(None, ()):
        trail = bucket.of(item)
        works = all_of([_concerned(bucket, trail, at), trail.surely[at.logging].default(at.logging_by_default).truth()])
        for read, written in _selectors(bucket, trail.surely, at):
            reads.append(trail.weighed(all_of([works, read]), absence=False))
            writes.append(trail.weighed(all_of([works, written]), absence=False))
    return all_of([any_of(reads), any_of(writes)])


def _concerned(bucket: View, trail: View, at: TrailsAt) -> Value[bool]:
    """Whether a trail, or one that could not be listed, is for the region and the account of a bucket.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-multi-region-trails.html
    """
    listed = not isinstance(trail.item, Unlisted)
    everywhere = trail.surely[at.multi_region].default(False).truth() if listed else trail.says(False)
    of_all = trail.surely[at.organization].default(False).truth() if listed else trail.says(False)
    return all_of([any_of([_in_region(bucket, trail), everywhere]), _in_account(bucket, trail, of_all)])


def _in_region(bucket: View, trail: View) -> Value[bool]:
    own, its = bucket.item.region.data, trail.item.region.data
    if own == its or (isinstance(own, str) and isinstance(its, str)):
        return trail.says(own == its)
    return trail.says(Unknown(f"whether {trail.item.address} is of the region of {bucket.item.address}", _LIVE, trail.location))


def _in_account(bucket: View, trail: View, of_organization: Value[bool]) -> Value[bool]:
    """A trail of an organisation is for its other accounts too, and which these are stands elsewhere."""
    same = bucket.item.same_account(trail.item)
    if same is True:
        return trail.says(True)
    other = Unknown(f"whether {trail.item.address} is for the account of {bucket.item.address}", _LIVE, trail.location)
    return trail.says(other) if same is None else all_of([of_organization, trail.says(other)])


def _selectors(bucket: View, trail: View, at: TrailsAt) -> Iterator[tuple[Value[bool], Value[bool]]]:
    """What each selector of a trail records of a bucket: what is read, and what is written."""
    if isinstance(trail.item, Unlisted):
        yield trail.says(trail.item.why), trail.says(trail.item.why)
        return
    basic, more = trail.inner(at.basic)
    advanced, further = trail.inner(at.advanced)
    for doubt in filter(None, (more, further)):
        yield trail.says(doubt), trail.says(doubt)
    for selector in basic:
        direction = selector[at.direction].default("All")
        whole = _basic(bucket, selector, at)
        yield all_of([whole, direction.equals("All", "ReadOnly")]), all_of([whole, direction.equals("All", "WriteOnly")])
    for selector in advanced:
        yield _advanced(bucket, selector, at)


def _basic(bucket: View, selector: View, at: TrailsAt) -> Value[bool]:
    """Whether a basic selector is for all objects of a bucket.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
    """
    resources, more = selector.inner(at.resources)
    of_all = [any_of([covers(bucket, at.called, text) for text in resource[at.values].elements()]) for resource in resources]
    objects = [resource[at.type].equals(OBJECTS) for resource in resources]
    return any_of([*map(all_of, zip(objects, of_all, strict=True)), selector.says(more or False)])


FIXED = {"eventcategory": "Data", "resources.type": OBJECTS, "eventsource": "s3.amazonaws.com"}
"""What a field has to be for objects of S3 to be recorded."""


def _advanced(bucket: View, selector: View, at: TrailsAt) -> tuple[Value[bool], Value[bool]]:
    """Whether an advanced selector is for all that is read of all objects of a bucket, and for all that is written.

    Each of its fields narrows what it records:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """
    fields, more = selector.inner(at.fields)
    tests = [selector.says(more)] if more else []
    reads, writes = [*tests], [*tests]
    types = [field[at.field].equals("resources.type") for field in fields]
    tests = [any_of([*types, *tests])]  # without one it is for no objects
    for field in fields:
        name = field[at.field].default("").text().then(str.lower)
        if name.unknown:
            tests.append(field.says(name.unknown))
        elif name.data == "readonly":
            reads.append(names(field[at.equals], "true"))
            writes.append(names(field[at.equals], "false"))
        elif name.data == "resources.arn":
            tests.append(_all_of_bucket(bucket, field, at))
        else:
            wanted = FIXED.get(name.data or "")
            tests.append(names(field[at.equals], wanted) if wanted else field.says(False))
    return all_of([*tests, *reads]), all_of([*tests, *writes])


def names(values: Value[Any], wanted: str) -> Value[bool]:
    """Whether one of some values is the one that is wanted."""
    return any_of([value.text().equals(wanted) for value in values.elements()])


def _all_of_bucket(bucket: View, field: View, at: TrailsAt) -> Value[bool]:
    """Whether what a field says of ARNs is so of all objects of a bucket."""
    starts, outs = field[at.starts], [field[at.not_starts], field[at.not_equals]]
    tests = [field[place].then(bool).negate() for place in (at.equals, at.ends, at.not_ends)]
    if starts.then(bool).data is not False:
        tests.append(any_of([covers(bucket, at.called, text) for text in starts.elements()]))
    return all_of([*tests, *[touches(bucket, at.called, text).negate() for out in outs for text in out.elements()]])
