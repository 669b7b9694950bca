"""Templates as text: YAML (with CloudFormation's short forms) or JSON, as plain data in which every function has its long form.

`parse` gives the data and tells the place of any path into it. Aliases are shared, not copied; what they would expand to is bounded.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, Protocol

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.encodings import is_utf16, legible
from assay.scanner.sources.lines import BYTE_ORDER_MARK, Lines, Reencoded
from assay.scanner.sources.raw import Location

MAX_BYTES = 10_000_000
"""CloudFormation itself takes 1 MB: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
MAX_DEPTH = 100
MAX_NODES = 1_000_000
MAX_SHARED, SHARED_TIMES = 20_000, 10
"""Values that aliases and merge keys may make in any case, and how many times those that are written."""
MAX_REPEATED = 20
"""Resources of one name that are told apart."""
Path = tuple[str | int, ...]


class Malformed(Exception):
    """Text that is no template; `line` is 1-based, 0 where it cannot be told. `data`: what it says, where only its size is the matter."""

    def __init__(self, reason: str, line: int = 0, data: Any = None) -> None:
        super().__init__(reason)
        self.line, self.data = line, data


class Places(Protocol):
    """Where each path of a document is written."""

    def span(self, path: Path) -> tuple[int, int]:
        """The characters `[start, end)` of what a path leads to, with its key where it has one; of the nearest that is there."""

    def string(self, path: Path) -> tuple[str, list[int]] | None:
        """The text that a path leads to and the character at which each of its characters begins, the end at last; None where that cannot
        be told."""


class Parsed(msgspec.Struct):
    """The data of one document, and where each part of it is written."""

    data: Any
    places: Any
    """Places."""
    lines: Any
    """Lines."""
    duplicates: list[tuple[str, int]]
    """Keys that are written twice in one map, with their lines; the last one counts. Of resources both are there, see `earlier`."""
    words: frozenset[str] = frozenset()
    """Which of WORDS may be in the text: what is not there needs not be looked for."""

    def place(self, path: Path) -> Location:
        """Where a path is written: its key with its value, or the nearest part of it that is there."""
        location: Location = self.lines.location(*self.places.span(path))
        return location

    def line_span(self, path: Path) -> tuple[int, int]:
        """The first and the last line of what a path leads to."""
        start, end = self.places.span(path)
        return self.lines.line(start), self.lines.line(max(end - 1, start))


WORDS = ("Transform", "Fn::ForEach", "ImportValue", "GetStackOutput")


def parse(source: bytes, file: str = "") -> Parsed:
    """One document. `file` is the name that places give. Raises Malformed."""
    text, lines = decode(source, file)
    parsed = _parse(text, lines)
    escaped = "\\" in text or "%" in text  # in a string, or in a tag: any word may be in it
    return msgspec.structs.replace(parsed, words=frozenset(word for word in WORDS if escaped or word in text))


def decode(source: bytes, file: str = "", most: int = MAX_BYTES) -> tuple[str, Lines]:
    """The text of a file in UTF-8, or UTF-16 with a byte order mark, without that mark, and its lines. Raises Malformed.

    `most`: bytes of the largest that is read. YAML is in either of them: https://yaml.org/spec/1.2.2/#52-character-encodings
    """
    if len(source) > most:
        raise Malformed(f"larger than {most // 1_000_000} MB")
    if is_utf16(source):
        try:
            text = source.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Malformed(f"not UTF-16: {error.reason}") from error
        return text, Reencoded(file, text)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8: {error.reason}") from error
    marked = source.startswith(BYTE_ORDER_MARK.encode())
    return text, Lines(file, text, len(BYTE_ORDER_MARK.encode()) if marked else 0)


def _parse(text: str, lines: Lines) -> Parsed:
    from assay.scanner.sources.templates import json_text, yaml_text

    if text.lstrip().startswith("{"):
        try:
            return json_text.parse(text, lines)
        except Malformed as error:
            if error.data is not None:
                raise
            try:
                return yaml_text.parse(text, lines)  # a flow mapping, or JSON with comments
            except Malformed:
                raise error from None
    return yaml_text.parse(text, lines)


def is_resource(data: Any) -> bool:
    """Whether data is a resource of a template, by its type: `AWS::S3::Bucket`."""
    return isinstance(data, dict) and isinstance(type_ := data.get("Type"), str) and "::" in type_


def earlier(key: str | int, taken: Container[str | int]) -> str:
    """What the earlier of two of one key is called, so that both can be told apart: `Orders#1`, of three the second `Orders#2`.

    Of more than MAX_REPEATED only the last is kept under the last of these names.
    """
    count = 1
    while count < MAX_REPEATED and f"{key}#{count}" in taken:
        count += 1
    return f"{key}#{count}"


def size(data: Any) -> int:
    """Nodes of a tree with everything that is shared counted each time.

    Raises Malformed for more than MAX_NODES, for more than what is written allows (`allowed`), and deeper than MAX_DEPTH.
    """
    known: dict[int, int] = {}
    written = 0

    def count(node: Any, depth: int) -> int:
        nonlocal written
        if depth > MAX_DEPTH:
            raise Malformed(f"nested deeper than {MAX_DEPTH} levels", data=data)
        if not isinstance(node, (dict, list)):
            return 1
        if id(node) not in known:
            known[id(node)] = -1
            inner: Iterable[Any] = node.values() if isinstance(node, dict) else node
            written += len(node)
            known[id(node)] = 1 + sum(count(child, depth + 1) for child in inner)
        if known[id(node)] < 0:
            raise Malformed("an alias is inside of what it stands for", data=data)
        if known[id(node)] > MAX_NODES:
            raise Malformed(f"more than {MAX_NODES} values, aliases expanded", data=data)
        return known[id(node)]

    whole = count(data, 0)
    if whole > allowed(written):
        raise Malformed(f"{whole} values with aliases expanded, of {written} that are written", data=data)
    return whole


def allowed(written: int) -> int:
    """How many values so many that are written may become by aliases and merge keys: what is made of a file follows its size."""
    return MAX_SHARED + SHARED_TIMES * written


# Words by their place as a key, wherever in a line: minified JSON has no lines. Escapes are undone before.
_VERSION = lazy_re.pattern(rb"""(?:^|[{,\s])["']?AWSTemplateFormatVersion["']?\s{0,20}:""")
_SECTION = lazy_re.pattern(rb"""(?:^|[{,\s])["']?Resources["']?\s{0,20}:""")
_TYPE = lazy_re.pattern(rb"""["']?Type["']?\s{0,20}:\s{0,20}["']?(?:AWS|Alexa|Custom)::\w""")


def looks_like_template(source: bytes) -> bool:
    """Whether text that does not parse was meant to be a template."""
    source = legible(source)
    return _VERSION.search(source) is not None or (_SECTION.search(source) is not None and _TYPE.search(source) is not None)
