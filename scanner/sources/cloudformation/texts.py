"""Strings of which parts are not known: joining, and references to parameter stores that CloudFormation resolves when it deploys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import (
    MAX_OPTIONS,
    Document,
    Either,
    Encoded,
    Reference,
    Text,
    Unknown,
    describe,
    either,
    references_in,
    unknown_inside,
)

MAX_TEXT = 1_000_000
TOO_LONG = Unknown("the text is too long", "simplify the template")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
_DYNAMIC = lazy_re.pattern(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]*)\}\}")
_MARK = lazy_re.pattern("\ue000(\\d+)\ue001")


def plain(data: Any) -> Any:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(data, bool):
        return "true" if data else "false"
    return str(data) if isinstance(data, (int, float)) else data


def joined(parts: Iterable[Any]) -> Any:
    """One string of strings, numbers and what is not known: `str`, `Text`, or the part itself where it is alone."""
    flat: list[Any] = []
    run: list[str] = []
    """The texts that follow each other."""
    length = 0
    for part in map(plain, parts):
        for piece in part.parts if isinstance(part, Text) else (_encoded(part),):
            if not isinstance(piece, (str, Reference, Unknown)):
                return Unknown(f"{describe(piece)[:60]} is no text", "correct the template")
            length += len(piece) if isinstance(piece, str) else 100
            if length > MAX_TEXT:
                return TOO_LONG
            if isinstance(piece, str):
                run.append(piece)
                continue
            if text := "".join(run):
                flat.append(text)
            flat.append(piece)
            run.clear()
    if text := "".join(run):
        flat.append(text)
    alternatives = [piece for piece in flat if isinstance(piece, Either)]
    if len(alternatives) == 1 and len(alternatives[0].options) <= MAX_OPTIONS and len(flat) > 1:
        at = flat.index(alternatives[0])
        return either(alternatives[0], *[joined([*flat[:at], option, *flat[at + 1 :]]) for option in alternatives[0].options])
    if len(flat) == 1 and isinstance(flat[0], Encoded):
        return Document(flat[0].content)
    if len(flat) < 2:
        return dynamic(flat[0]) if flat else ""
    return dynamic(Text(tuple(flat)))


def split(text: Text, separator: str) -> list[Any]:
    """What stands between separators that are written; what is not known is taken to have none in it."""
    elements: list[list[Any]] = [[]]
    for part in text.parts:
        first, *rest = part.split(separator) if isinstance(part, str) else (part,)
        elements[-1].append(first)
        elements += [[following] for following in rest]
    return [joined(element) for element in elements]


def names_one(data: Any) -> bool:
    """Whether a reference is to something of AWS, so that what it gives is one name or ARN; custom resources may give several."""
    return isinstance(data, Reference) and data.address.startswith("AWS::") and data.type != "AWS::CloudFormation::CustomResource"


def _encoded(piece: Any) -> Any:
    """What `Fn::ToJsonString` gives, as a part of a text."""
    if not isinstance(piece, Document):
        return piece
    why = unknown_inside(piece) or Unknown("the spelling of the JSON is not known", "scan the live resource")
    return Encoded(why.reason, why.settles_it, why.location, tuple(references_in(piece)), content=piece.content)


def weight(data: Any, limit: int = MAX_TEXT) -> int:
    """The characters of all that is in data, everything that is shared counted each time; not much more than `limit` is counted."""
    weighed, waiting = 0, [data]
    while waiting and weighed <= limit:
        part = waiting.pop()
        weighed += len(part) if isinstance(part, str) else 8
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, (list, tuple)):
            waiting += part
        elif isinstance(part, Text):
            waiting += part.parts
    return weighed


def dynamic(text: Any) -> Any:
    """A string with `{{resolve:…}}` as references: to the store, or to the secret of the template that it names."""
    parts = text.parts if isinstance(text, Text) else (text,)
    if not any(isinstance(part, str) and "{{resolve:" in part for part in parts):
        return text
    if any(isinstance(part, str) and ("\ue000" in part or "\ue001" in part) for part in parts):
        return Unknown("the text has characters of a private use area", "remove them")
    marked = "".join(part if isinstance(part, str) else f"\ue000{at}\ue001" for at, part in enumerate(parts))
    pieces: list[Any] = []
    at = 0
    for match in _DYNAMIC.finditer(marked):
        pieces += [*_restored(marked[at : match.start()], parts), _reference(match[1], match[2], parts)]
        at = match.end()
    pieces += _restored(marked[at:], parts)
    return pieces[0] if len(pieces) == 1 else Text(tuple(pieces))


def _restored(marked: str, parts: tuple[Any, ...]) -> list[Any]:
    pieces = _MARK.split(marked)
    return [parts[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces) if piece]


def _reference(service: str, name: str, parts: tuple[Any, ...]) -> Reference:
    pieces = _restored(name, parts)
    if pieces and isinstance(pieces[0], Reference):
        rest = "".join(piece if isinstance(piece, str) else describe(piece) for piece in pieces[1:])
        return Reference(pieces[0].address, rest.strip(":"))
    shown = "".join(piece if isinstance(piece, str) else describe(piece) for piece in pieces)
    store, _, attribute = shown.partition(":SecretString:") if ":SecretString:" in shown else (shown, "", "")
    return Reference(f"data.{service}.{store.replace('.', '_')}", attribute)
