"""Tags and labels of resources as plain text, and those that speak to Assay.

A resource may say itself that a finding on it is accepted (gate/comments.py): in a tag, an annotation or the metadata of a template. What
stands there is handed on as text, with its place; this module knows where such text may be, not what it means.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from assay.scanner.sources.raw import Location, Unknown, because, unknown_inside
from assay.scanner.sources.secret_text import is_secret_pair, without_secrets
from assay.scanner.sources.sensitive import is_secret_name

NAME = "assay:waive"
"""Of a tag; of further ones `assay:waive:2`, as a resource has each key once."""
ANNOTATION = "assay.dev/waive"
"""The same where `:` is not allowed: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set"""
MAX_TAGS = 50
MAX_CHARACTERS = 256
"""Of one tag: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#tag-conventions"""
MAX_MARKS = 50
MAX_MARK = 2_000
"""Characters of one mark."""


class Tagged(Protocol):
    """Something with tags."""

    @property
    def tagged_at(self) -> Location:
        """Where they are written."""


Placed = tuple[str, Location]
"""A mark with where it stands."""
_KEYS, _VALUES = ("Key", "key", "TagKey"), ("Value", "value", "TagValue")


class Tags(dict[str, str]):
    """Tags by name, as far as they are known."""

    open: Unknown | None = None
    """Why it is not known whether there are others, or what one of those is that are left out; None where these are all."""


def tags_of(*written: Any) -> Tags:
    """Name to value of what several attributes say, later ones first: a map, or a list of pairs of `Key` and `Value`.

    What is not known is left out, as are values that look like secrets; so is what is beyond the bounds of the providers.
    """
    merged: dict[str, Any] = {}
    known = Tags()
    for raw in written:
        merged.update(_pairs(raw))
        if known.open is None and (why := raw if isinstance(raw, Unknown) else unknown_inside(raw)):
            known.open = because(why)
    for name, value in merged.items():
        text = _text(value)
        if text is None and value is not None and known.open is None:
            known.open = Unknown(f"the value of the tag {name} is not known here", "scan the plan, or the live resource")
        if text is not None and len(known) < MAX_TAGS and len(name) <= MAX_CHARACTERS >= len(text) and not _is_secret(name, text):
            known[name] = text
    return known


def in_tags(tags: dict[str, str], item: Tagged) -> list[Placed]:
    """The marks among the tags of a resource."""
    named = [value for name, value in tags.items() if name == NAME or name.startswith(f"{NAME}:")]
    return list(of_texts((value, item.tagged_at) for value in named))


def in_annotations(annotations: dict[str, Any], place: Location) -> list[Placed]:
    """The marks among annotations: a line each."""
    named = [value for name, value in annotations.items() if name == ANNOTATION or name.startswith(f"{ANNOTATION}-")]
    return list(of_texts((line, place) for value in named if isinstance(value, str) for line in value.splitlines() if line.strip()))


def of_texts(written: Iterable[Placed]) -> Iterator[Placed]:
    """Marks by what stands behind their name, which may stand there too."""
    for count, (text, place) in enumerate(written):
        if count == MAX_MARKS:
            return
        yield f"{NAME} {' '.join(text.split()).removeprefix(NAME).strip()}"[:MAX_MARK], place


def of_fields(fields: dict[str, Any]) -> str:
    """What a mark says that is written as a map: `control` and the others, by name."""
    told = [f"{name}={json.dumps(text, ensure_ascii=False)}" for name in _FIELDS if (text := _text(fields.get(name))) is not None]
    return " ".join([_text(fields.get("control")) or "", *told])


_FIELDS = ("until", "reason", "owner", "ticket")


def _pairs(raw: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(raw, dict):
        yield from ((name, value) for name, value in raw.items() if isinstance(name, str))
    elif isinstance(raw, list):
        for element in raw:
            if isinstance(element, dict):
                name = next((element[key] for key in _KEYS if isinstance(element.get(key), str)), None)
                if name is not None:
                    yield name, next((element[key] for key in _VALUES if key in element), None)


def _text(value: Any) -> str | None:
    """A value as the provider keeps it; None where it is not known."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    return None


@functools.lru_cache(4096)  # resources of a team have most of their tags in common
def _is_secret(name: str, text: str) -> bool:
    return is_secret_name(name) or is_secret_pair(name, text) or without_secrets(text) != text
