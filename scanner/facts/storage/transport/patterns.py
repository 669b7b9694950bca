"""Whether the elements of a policy statement reach a resource, or parts of it, that is known by reference, by name, or both.

A pattern is compared as it stands; a part that is not known is one sign, the same wherever the same part stands.
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.denials import covers, overlaps
from assay.scanner.facts.view import View
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value

_ITSELF = "\ue020"
"""The name of the resource itself, where it is given by reference."""
_OTHER = "\ue021"
"""Another resource of its type."""
_FIRST_SIGN = 0xF0000
"""From here on, characters of a plane for private use."""
_SIGNS = lazy_re.pattern("[\U000f0000-\U000ffffd]")


class Own:
    """What a resource is called in its own policy. `arns` and `names`: attributes that are its ARN, and its name."""

    def __init__(self, view: View, service: str, name: Value[Any], arns: frozenset[str], names: frozenset[str]) -> None:
        self.view, self.service, self.arns, self.named_by = view, service, arns, names
        self._signs: dict[str, str] = {}
        item = view.item
        known_as = [item.named, *([item.named.address] if isinstance(item.named, Reference) else [])] if isinstance(item, Elsewhere) else []
        self.addresses = {item.address, *(text for text in known_as if isinstance(text, str))}
        called = item.named if isinstance(item, Elsewhere) else name.raw
        self.names = [_ITSELF, re.split("[:/]", self.text(called))[-1]]
        if called is None:
            self.names[1] = self._sign("a name that the provider makes up")

    def text(self, raw: Any) -> str:
        """A raw value as a pattern."""
        return "".join(self._part(part) for part in (raw.parts if isinstance(raw, Text) else (raw,)))

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Reference) and part.address in self.addresses:
            if part.attribute in self.arns:
                return f"arn:aws:{self.service}:::{_ITSELF}"
            if part.attribute in self.named_by:
                return _ITSELF
        elif isinstance(part, Reference) and part.type == self.view.item.type and not part.is_data:
            return f"arn:aws:{self.service}:::{_OTHER}" if part.attribute in self.arns else _OTHER
        return self._sign(repr(part))

    def _sign(self, of: str) -> str:
        return self._signs.setdefault(of, chr(_FIRST_SIGN + len(self._signs)))

    def reached(self, raw: Any, suffix: str) -> bool | Unknown:
        """Whether an element of Resource reaches all of a part of the resource: itself (no suffix), what is in it (`/*`)."""
        text = self._name_in(self.text(raw))
        if text is None:
            return False
        answers = [matched(text, name + suffix, raw) for name in self.names]
        return True if True in answers else next((answer for answer in answers if isinstance(answer, Unknown)), False)

    def spared(self, raw: Any, suffix: str) -> bool | Unknown:
        """Whether an element of NotResource excepts nothing of that part."""
        text = self._name_in(self.text(raw))
        if text is None:
            return True
        answers = [apart(text, name + suffix, raw) for name in self.names]
        return False if False in answers else next((answer for answer in answers if isinstance(answer, Unknown)), True)

    def _name_in(self, text: str) -> str | None:
        """What a pattern says of the name, where it is for the service, the region and the account of the resource at all."""
        if _OTHER in text:
            return None
        fields = text.split(":", 5)
        if len(fields) < 6 or fields[0] != "arn":
            if covers(text, f"arn:aws:{self.service}:::") and text.endswith("*"):
                return "*"
            return text if _open(text) or text.startswith("*") else None  # no ARN is any other text
        if not overlaps(_SIGNS.sub("*", fields[2]), self.service):
            return None
        # The ARN of a bucket has neither: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
        here = ("", "") if self.service == "s3" else (self.view.item.region.data, self.view.account)
        for field, own in zip(fields[3:5], here, strict=True):
            if field and isinstance(own, str) and not overlaps(_SIGNS.sub("*", field), own):
                return None
        return fields[5]


def matched(pattern: str, wanted: str, raw: Any) -> bool | Unknown:
    """Whether a pattern covers all of another."""
    if covers(pattern, wanted):
        return True
    return _not_told(raw) if _open(pattern + wanted) and overlaps(_loose(pattern), _loose(wanted)) else False


def apart(pattern: str, wanted: str, raw: Any) -> bool | Unknown:
    """Whether a pattern has nothing in common with another."""
    if not overlaps(_loose(pattern), _loose(wanted)):
        return True
    return _not_told(raw) if _open(pattern + wanted) and not covers(pattern, wanted) else False


def _open(text: str) -> bool:
    return _SIGNS.search(text) is not None


def _loose(text: str) -> str:
    return _SIGNS.sub("*", text)


def _not_told(raw: Any) -> Unknown:
    return unknown_inside(raw) or Unknown(f"what {raw} is in the policy is known after apply", "scan the plan or the live resource")
