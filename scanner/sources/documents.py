"""JSON documents inside a resource: policies, container definitions. Decoded once, with what is not known kept in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Document, Encoded, Text, Unknown


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


MAX_YAML = 2_000_000
"""Characters. Reading as many takes some seconds."""


def decode_yaml(raw: Any) -> Any:
    """The content of text in YAML, of which JSON is a part. None stays None; a document that does not parse is Unknown."""
    content = decode(raw)
    if not isinstance(raw, (str, Text)) or not isinstance(content, Unknown):
        return content  # JSON may be indented with tabs, which YAML has none of
    from assay.scanner.sources.templates import yaml_text
    from assay.scanner.sources.templates.syntax import Malformed

    marks, text = ({}, raw) if isinstance(raw, str) else (_marks(raw), "".join(_marked(raw)))
    if len(text) > MAX_YAML:
        return Unknown(f"the document has more than {MAX_YAML:,} characters", "divide the document")
    try:
        return _restore(yaml_text.parse(text).data, marks)
    except Malformed as error:
        return Unknown(f"the document is neither JSON nor YAML: {error}", "correct the document")
    except (ValueError, KeyError):
        return Unknown("the document has parts that are known after apply", "scan the plan or the live resource")


def _marks(text: Text) -> dict[str, Any]:
    """What stands for a part of a text that is not known, to that part."""
    marks = {f"\ue000{at}\ue001": part for at, part in enumerate(text.parts) if not isinstance(part, str)}
    return marks | {f"\ue002{at}\ue001": part.content for at, part in enumerate(text.parts) if isinstance(part, Encoded)}


def _decode_text(text: Text) -> Any:
    marks = _marks(text)
    try:
        return _restore(json.loads("".join(_marked(text))), marks)
    except (ValueError, KeyError, RecursionError):  # KeyError: the text has such a mark of its own
        return text.unknown or Unknown("the policy has parts that are known after apply", "scan the plan or the live resource")


def _marked(text: Text) -> Iterator[str]:
    """The text with a mark for each part that is not known; one that is the JSON of a value, outside of strings, is a value of its own."""
    quoted = False
    for at, part in enumerate(text.parts):
        if isinstance(part, str):
            quoted = quoted is not (_ESCAPED.sub("", part).count('"') % 2 == 1)
            yield part
        else:
            yield f'"\ue002{at}\ue001"' if isinstance(part, Encoded) and not quoted else f"\ue000{at}\ue001"


_ESCAPED = lazy_re.pattern(r"\\.")
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
    if isinstance(content, str) and content in marks:
        return marks[content]
    if isinstance(content, str) and "\ue000" in content:
        parts: list[Any] = []
        rest = content
        while "\ue000" in rest:
            before, _, rest = rest.partition("\ue000")
            number, _, rest = rest.partition("\ue001")
            parts += [before, marks[f"\ue000{number}\ue001"]]
        return Text(tuple(part for part in [*parts, rest] if part != ""))
    return content
