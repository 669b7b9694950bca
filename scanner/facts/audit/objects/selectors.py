"""Event selectors, and whether they are for the objects of all buckets.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html, .../API_AdvancedFieldSelector.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.facts.audit.trails.kinds import Exemption
from assay.scanner.facts.observe.trails import FIXED, OBJECTS, TrailsAt, names
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_BUCKETS = "arn:aws:s3:::"
_PARTITION = lazy_re.pattern(r"^arn:[^:]*:")
_BUCKET_TYPES = ("aws_s3_bucket", "AWS::S3::Bucket")


class Selected(NamedTuple):
    """What a selector does for one direction, reads or writes."""

    whole: Value[bool]
    """Its trail works, and the selector is for every bucket."""
    left_out: list[Exemption | Unknown]
    """But for these."""
    wanted: Value[bool] = Value(None)
    """The selector alone is for every bucket."""


def selected(trail: View, at: TrailsAt) -> tuple[list[Selected], list[Selected]]:
    """What the selectors of a trail do for reads, and for writes, one after the other; and what they may do where they are not known."""
    reads: list[Selected] = []
    writes: list[Selected] = []
    basic, more = trail.inner(at.basic)
    advanced, further = trail.inner(at.advanced)
    for selector in basic:
        direction, whole = selector[at.direction].default("All"), _basic(selector, at)
        reads.append(_selected(all_of([whole, direction.equals("All", "ReadOnly")])))
        writes.append(_selected(all_of([whole, direction.equals("All", "WriteOnly")])))
    for selector in advanced:
        read, written = _advanced(selector, at)
        reads.append(read)
        writes.append(written)
    for doubt in filter(None, (more, further)):
        reads.append(_selected(trail.says(doubt)))
        writes.append(_selected(trail.says(doubt)))
    return reads, writes


def _selected(wanted: Value[bool], left_out: list[Exemption | Unknown] | None = None) -> Selected:
    return Selected(wanted, left_out or [], wanted)


def _basic(selector: View, at: TrailsAt) -> Value[bool]:
    """Whether a basic selector is for all objects: one of its values is a beginning of the ARNs of all of them (`arn:aws:s3`)."""
    resources, more = selector.inner(at.resources)
    tests = [all_of([resource[at.type].equals(OBJECTS), _any_is_every_bucket(resource[at.values])]) for resource in resources]
    return any_of([*tests, selector.says(more or False)])


def _advanced(selector: View, at: TrailsAt) -> tuple[Selected, Selected]:
    """Whether an advanced selector is for all that is read of all objects, and for all that is written; each of its fields narrows that."""
    fields, more = selector.inner(at.fields)
    doubts = [selector.says(more)] if more else []
    # Without these it is for no objects.
    required = [any_of([*(field[at.field].text().then(str.lower).equals(name) for field in fields), *doubts]) for name in _REQUIRED]
    tests, reads, writes = [*doubts, *required], [*doubts], [*doubts]
    left_out: list[Exemption | Unknown] = []
    for field in fields:
        name = field[at.field].default("").text().then(str.lower)
        if name.unknown:
            tests.append(field.says(name.unknown))
        elif name.data == "readonly":
            reads.append(names(field[at.equals], "true"))
            writes.append(names(field[at.equals], "false"))
        elif name.data == "resources.arn":
            tests.append(_of_every_bucket(field, at))
            left_out += [_exemption(arn) for place in (at.not_starts, at.not_equals) for arn in field[place].elements()]
        else:
            wanted = FIXED.get(name.data or "")
            tests.append(names(field[at.equals], wanted) if wanted else field.says(False))
    return _selected(all_of([*tests, *reads]), left_out), _selected(all_of([*tests, *writes]), left_out)


_REQUIRED = ("eventcategory", "resources.type")


def _of_every_bucket(field: View, at: TrailsAt) -> Value[bool]:
    """Whether what a field says of ARNs is so of all objects, but for what it leaves out by name."""
    tests = [field[place].then(bool).negate() for place in (at.equals, at.ends, at.not_ends)]
    starts = field[at.starts]
    if starts.then(bool).data is not False and not starts.absent:
        tests.append(_any_is_every_bucket(starts))
    return all_of(tests)


def _any_is_every_bucket(values: Value[Any]) -> Value[bool]:
    return any_of([value.then(_is_every_bucket) for value in values.elements()])


def _is_every_bucket(raw: Any) -> bool | Unknown:
    """Whether the ARNs of all objects begin with a text, in any partition."""
    if raw is None:
        return False
    text = ""
    for part in raw.parts if isinstance(raw, Text) else (raw,):
        if isinstance(part, str):
            text += part
        elif isinstance(part, Reference) and (part.attribute.lower() == "partition" or part.address == "AWS::Partition"):
            text += "aws"
        elif isinstance(part, Reference) and part.type in _BUCKET_TYPES:
            return False  # it names one bucket
        elif _BUCKETS.startswith(_PARTITION.sub("arn:aws:", text)):
            return unknown_inside(part) or Unknown(f"the value of {part} is known after apply", "scan the live account")
        else:
            return False
    return bool(text) and _BUCKETS.startswith(_PARTITION.sub("arn:aws:", text))


def _exemption(arn: Value[Any]) -> Exemption | Unknown:
    """What is left out, by its ARN, or by what the code refers to."""
    why = unknown_inside(arn.raw)
    return why or Exemption(name=Value(str(arn.data), arn.seen))
