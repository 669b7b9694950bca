"""JSON documents inside a resource: policies, container definitions. Decoded once, with what is not known kept in its place."""

from __future__ import annotations

import json
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Document, Text, Unknown


def decode(raw: Any) -> Any:
    """The content of JSON text. None stays None; a document that does not parse is Unknown."""
    if raw is None or isinstance(raw, (Unknown, dict, list)):
        return raw
    if isinstance(raw, Document):
        return raw.content
    if isinstance(raw, Text):
        return _decode_text(raw)
    if isinstance(raw, str):
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            return Unknown("the policy is not a JSON document", "correct the policy")
    return Unknown(f"the policy is {raw}, whose text is known after apply", "scan the plan or the live resource")


def _decode_text(text: Text) -> Any:
    marks = {f"\ue000{at}\ue001": part for at, part in enumerate(text.parts) if not isinstance(part, str)}
    marked = "".join(part if isinstance(part, str) else f"\ue000{at}\ue001" for at, part in enumerate(text.parts))
    try:
        return _restore(json.loads(marked), marks)
    except (ValueError, KeyError, RecursionError):  # KeyError: the text has such a mark of its own
        return text.unknown or Unknown("the policy has parts that are known after apply", "scan the plan or the live resource")


_CLAIM = lazy_re.pattern("^(\ue000\\d+\ue001)(:[a-z_]+)$")


def _key(key: str, marks: dict[str, Any]) -> str:
    """A key as it is; of `${url}:sub` it is known to be a claim of an identity provider's token, whichever provider that is."""
    if "\ue000" not in key:
        return key
    if match := _CLAIM.match(key):
        return str(Text((marks[match[1]], match[2])))
    raise ValueError("a key is not known")


def _restore(content: Any, marks: dict[str, Any]) -> Any:
    if isinstance(content, dict):
        return {_key(key, marks): _restore(value, marks) for key, value in content.items()}
    if isinstance(content, list):
        return [_restore(element, marks) for element in content]
    if isinstance(content, str) and "\ue000" in content:
        if content in marks:
            return marks[content]
        parts: list[Any] = []
        rest = content
        while "\ue000" in rest:
            before, _, rest = rest.partition("\ue000")
            number, _, rest = rest.partition("\ue001")
            parts += [before, marks[f"\ue000{number}\ue001"]]
        return Text(tuple(part for part in [*parts, rest] if part != ""))
    return content
