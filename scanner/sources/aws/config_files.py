"""Files of AWS Config, item by item: what a delivery channel delivers and what `aws configservice` prints.

| file | holds |
| --- | --- |
| `…_ConfigSnapshot_….json.gz` | `configurationItems` of all that is recorded in one region of one account, and `configSnapshotId` |
| `…_ConfigHistory_….json.gz`, `get-resource-config-history` | `configurationItems` of what changed |
| `batch-get-resource-config`, `batch-get-aggregate-resource-config` | `baseConfigurationItems`, `BaseConfigurationItems` |
| `select-resource-config`, `select-aggregate-resource-config` | `Results`, each JSON text with the fields that the query names |

https://docs.aws.amazon.com/config/latest/developerguide/example-s3-snapshot.html,
https://docs.aws.amazon.com/config/latest/APIReference/API_BatchGetAggregateResourceConfig.html,
https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html

A file is one JSON text, which may be of any size: no more of it is held than one item.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.sources.packed import BROKEN, damage, opened

_LISTS = frozenset({"configurationItems", "ConfigurationItems", "baseConfigurationItems", "BaseConfigurationItems"})
_RESULTS = "Results"
SNAPSHOT_ID = "configSnapshotId"
_PIECE = 1 << 20
MAX_ITEM = 64_000_000
"""Characters of one item, and of what else a file says."""
_MAX_HEAD = 100
"""Fields beside the items that are kept: an item has 20."""
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


class Broken(Exception):
    """The file is no such JSON text, or ends in the middle."""


class ConfigElement(msgspec.Struct):
    """One element of a file: an object where it can be decoded, else why not."""

    data: Any
    of_query: bool
    number: int
    """Its place among the elements of the file, from 1."""


class _Text:
    """The text of a file, of which no more is held than one value."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._decode = stream, codecs.getincrementaldecoder("utf-8")().decode
        self._text, self._at, self._ended = "", 0, False

    def _read(self) -> bool:
        """Read on; whether there was more."""
        if self._ended:
            return False
        piece = self._stream.read1(_PIECE)  # so that what comes before damage is there
        self._ended = not piece
        self._text, self._at = self._text[self._at :] + self._decode(piece, final=self._ended), 0
        return True

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def take(self, *expected: str) -> str:
        """The next character, one of some. Raises Broken."""
        character = self.peek()
        if character not in expected:
            raise Broken(
                "it ends in the middle" if not character else f"{character!r} where {' or '.join(map(repr, expected))} is expected"
            )
        self._at += 1
        return character

    def value(self) -> Any:
        """The next JSON value. Raises Broken, RecursionError."""
        self.peek()
        wanted = 0
        while True:
            if len(self._text) - self._at >= wanted or self._ended:
                try:
                    data, end = _DECODER.raw_decode(self._text, self._at)
                except ValueError as error:
                    if self._ended:
                        raise Broken(f"it is no JSON, or ends in the middle: {str(error)[:200]}") from None
                else:
                    if end < len(self._text) or self._ended or isinstance(data, (dict, list, str)):  # of a number, there may be more
                        self._at = end
                        return data
                wanted = 2 * (len(self._text) - self._at)  # so that a long value is not decoded anew with each piece
            if len(self._text) - self._at > MAX_ITEM:
                raise Broken(f"a value of more than {MAX_ITEM // 1_000_000} MB, or no JSON")
            self._read()


class ConfigFile:
    """One file. `head` has what it says beside its items, as far as it was read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.head: dict[str, Any] = {}
        self.has_items = False
        """It has a list of items, of any length."""

    @property
    def is_snapshot(self) -> bool:
        """All that is recorded, and not what changed or what was asked for. Known where the file was read."""
        return isinstance(self.head.get(SNAPSHOT_ID), str)

    def read(self) -> Iterator[ConfigElement]:
        """Its elements. Raises OSError where it cannot be read, Broken, RecursionError; what comes before that is given."""
        try:
            with opened(self.path) as text:
                yield from self._read(_Text(text.stream))
        except BROKEN as error:
            raise OSError(damage(error)) from None
        except UnicodeDecodeError as error:
            raise Broken(f"no text in UTF-8: {error.reason}") from None

    def _read(self, text: _Text) -> Iterator[ConfigElement]:
        number = 0
        while first := text.peek():  # pages that were written one after the other
            if first == "[":
                for element in _elements(text):
                    number += 1
                    yield ConfigElement(element, False, number)
                continue
            text.take("{")
            while text.peek() != "}":
                name = text.value()
                text.take(":")
                if text.peek() == "[" and (name in _LISTS or name == _RESULTS):
                    self.has_items = True
                    for element in _elements(text):
                        number += 1
                        yield ConfigElement(_decoded(element) if name == _RESULTS else element, name == _RESULTS, number)
                else:
                    value = text.value()
                    if len(self.head) < _MAX_HEAD:
                        self.head[str(name)] = value
                if text.peek() != "}":
                    text.take(",")
            text.take("}")
            if not self.has_items and "resourceType" in self.head:
                number += 1
                yield ConfigElement(self.head, False, number)


def _elements(text: _Text) -> Iterator[Any]:
    text.take("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() != "]":
            text.take(",")
    text.take("]")


def _decoded(element: Any) -> Any:
    """A result of a query, which is JSON text; as it is, where it is none."""
    if not isinstance(element, str):
        return element
    try:
        return msgspec.json.decode(element)
    except (msgspec.DecodeError, RecursionError):
        return element
