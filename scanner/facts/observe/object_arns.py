"""Texts that ARNs of objects begin with, and whether these are objects of a bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.targets import called, spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside, without_keys
from assay.scanner.sources.values import Value

_OWN, _OTHER, _OPEN = "\1this bucket", "\1another bucket", "\1"
_BUCKETS = "arn:aws:s3:::"
_PARTITION = lazy_re.pattern(r"^arn:[^:]*:")


class Written:
    """Such a text, as far as it is known."""

    def __init__(self, bucket: View, raw: Any) -> None:
        self.text = self.head = ""
        """With names in place of what is not known; and up to the first part that is not known."""
        self.why: Unknown | None = None
        for part in raw.parts if isinstance(raw, Text) else (raw,):
            piece = _known(bucket, part)
            if isinstance(piece, Unknown):
                self.why = self.why or piece
                piece = spelled(part) or _OPEN
            elif self.why is None:
                self.head += piece
            self.text += piece
        self.text, self.head = _PARTITION.sub("arn:aws:", self.text), _PARTITION.sub("arn:aws:", self.head)


def _known(bucket: View, part: Any) -> str | Unknown:
    """The text of a part, of what refers to a bucket a name for that."""
    if isinstance(part, str):
        return part
    if not isinstance(part, Reference):
        return unknown_inside(part) or Unknown(f"{part} is no text", "correct the selector", bucket.location)
    if part.attribute.lower() == "partition" or part.address == "AWS::Partition":
        return "aws"
    for step in bucket.items.standing_for(part):
        if isinstance(step, str):
            return step
        if isinstance(step, Reference) and step.type == bucket.item.type and step.attribute.lower() in ("", "id", "bucket", "arn"):
            if step.address != bucket.item.address and without_keys(step.address) == without_keys(bucket.item.address):
                break  # it may be one of the instances that are not told apart
            name = _OWN if step.address == bucket.item.address else _OTHER
            return f"{_BUCKETS}{name}" if step.attribute.lower() == "arn" else name
    return Unknown(f"the value of {part} is known after apply", "scan the live account", bucket.location)


def _wholes(bucket: View, name: str) -> list[str]:
    """What the ARNs of all objects of a bucket begin with."""
    names = [_OWN, *filter(None, [called(bucket.item, name)])]
    return [f"{_BUCKETS}{own}/" for own in names]


def _told(bucket: View, name: str, value: Value[Any], test: Callable[[str, str], bool]) -> Value[bool]:
    """Whether a test holds of what the ARNs of all objects of a bucket begin with, and what is written."""
    wholes = _wholes(bucket, name)
    open_name = unknown_inside(bucket[name].raw)

    def holds(raw: Any) -> bool | Unknown:
        written = Written(bucket, raw)
        if any(written.text == whole or (written.why is None and test(whole, written.text)) for whole in wholes):
            return True
        if written.why is not None and any(whole.startswith(written.head) or written.head.startswith(whole) for whole in wholes):
            return written.why
        another = _OTHER in written.text or not written.head.startswith(_BUCKETS)
        return False if another or open_name is None else open_name

    return value.then(holds)


def covers(bucket: View, name: str, value: Value[Any]) -> Value[bool]:
    """Whether the ARN of every object of a bucket begins with a text. `name` is the path of what the bucket is called."""
    return _told(bucket, name, value, str.startswith)


def touches(bucket: View, name: str, value: Value[Any]) -> Value[bool]:
    """Whether the ARN of some object of it may."""
    return _told(bucket, name, value, lambda whole, text: whole.startswith(text) or text.startswith(whole))
