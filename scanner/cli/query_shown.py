"""The answer to a question: a table for people, CSV, JSON or JSON Lines. Its texts may be of whoever wrote the input."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner.cli.story import columns
from assay.scanner.words import defused, defused_json, many, shown, spreadsheet_cell, visible

if TYPE_CHECKING:
    from assay.scanner.tables.duck import QueryAnswer

_MEASURED = 1_000
"""Rows by which the widths of a table are chosen."""
_GAP, _LEAST = 2, 8
"""Columns of a terminal between two cells, and the fewest for a cell that is cut."""
_NUMBERS = ("BIGINT", "INTEGER", "HUGEINT", "DOUBLE", "FLOAT", "DECIMAL", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "UHUGEINT")
_WIDE = ("W", "F")
_LARGEST = 1 << 63
_encode = msgspec.json.Encoder(decimal_format="number").encode


def show(answer: QueryAnswer, form: str) -> None:
    """Write an answer to standard output, as its rows come."""
    parts: Callable[[QueryAnswer], Iterator[str]] = {"text": _text, "csv": _csv, "json": _json, "jsonl": _objects}[form]
    lines = parts(answer)
    while some := list(itertools.islice(lines, _MEASURED)):
        # Each cell is made visible by itself, and JSON is defused already: once more over all of it would take longer than all else.
        text = "\n".join(some)
        click.echo(text if form in ("json", "jsonl") else defused(text))


def _text(answer: QueryAnswer) -> Iterator[str]:
    """A table that fits the terminal; where its columns have no room there, a row is a paragraph."""
    width = columns()
    first = [_texts(row) for row in itertools.islice(answer.rows, _MEASURED)]
    rest = map(_texts, answer.rows)
    names = [visible(name) for name in answer.names]
    widths = _fitted([max(map(_width, cells)) for cells in zip(names, *first, strict=True)], width)
    count = 0
    if widths is None:
        for row in itertools.chain(first, rest):
            count += 1
            yield "\n".join((f"-- {count}", *_paragraph(names, row, width)))
    else:
        right = [type_.startswith(_NUMBERS) and not type_.endswith("[]") for type_ in answer.types]
        yield _line(names, widths, right)
        yield "  ".join("-" * column_width for column_width in widths)
        for row in itertools.chain(first, rest):
            count += 1
            yield _line(row, widths, right)
    yield f"({many(count, 'row')})"


def _fitted(natural: Sequence[int], width: int) -> list[int] | None:
    """Widths of columns that fit together: the widest are cut, all to the same. None where they would be too narrow."""
    room = width - _GAP * (len(natural) - 1)
    if sum(natural) <= room:
        return list(natural)
    widest = next((limit for limit in range(max(natural), _LEAST - 1, -1) if sum(min(size, limit) for size in natural) <= room), None)
    return None if widest is None else [min(size, widest) for size in natural]


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [_padded(_cut(cell, width), width, to_right) for cell, width, to_right in zip(cells, widths, right, strict=True)]
    return "  ".join(padded).rstrip()


def _paragraph(names: Sequence[str], row: Sequence[str], width: int) -> Iterator[str]:
    widest = min(max(map(_width, names)), width // 2)
    for name, cell in zip(names, row, strict=True):
        yield f"{_padded(_cut(name, widest), widest, False)}  {_cut(cell, max(width - widest - _GAP, _LEAST))}".rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: letters of East Asia take two, marks upon a letter none."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else not unicodedata.combining(char) for char in text)


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    taken = 0
    for index, char in enumerate(text):
        taken += _width(char)
        if taken > width - 1:
            return f"{text[:index]}…"
    return text


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _texts(row: Iterable[Any]) -> list[str]:
    return [shown(_cell(value)) if value is not None else "NULL" for value in row]


def _csv(answer: QueryAnswer) -> Iterator[str]:
    """RFC 4180. What is not there is empty; no text is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [spreadsheet_cell(visible(name)) for name in answer.names]
    for row in itertools.chain([names], (["" if value is None else _csv_cell(value) for value in row] for row in answer.rows)):
        writer.writerow(row)
        yield out.getvalue().removesuffix("\n")
        out.seek(0)
        out.truncate()


def _csv_cell(value: Any) -> str:
    text = _cell(value)
    return text if isinstance(value, (bool, int, float, decimal.Decimal, datetime.date)) else spreadsheet_cell(visible(text))


def _json(answer: QueryAnswer) -> Iterator[str]:
    """An array of objects, one a line."""
    lines = _objects(answer)
    before = next(lines, None)
    if before is None:
        yield "[]"
        return
    start = "["
    for line in lines:
        yield f"{start}{before},"
        start, before = " ", line
    yield f"{start}{before}]"


def _objects(answer: QueryAnswer) -> Iterator[str]:
    """JSON, an object a line."""
    names = list(_distinct(answer.names))
    as_json = [type_ == "JSON" for type_ in answer.types]
    for row in answer.rows:
        values = [_embedded(value) if json and value is not None else _plain(value) for value, json in zip(row, as_json, strict=True)]
        yield defused_json(_encode(dict(zip(names, values, strict=True)))).decode()


def _distinct(names: Iterable[str]) -> Iterator[str]:
    """Names of which none is there twice: the second `a` is `a_2`."""
    taken = set[str]()
    for name in names:
        free = next(
            candidate
            for candidate in itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
            if candidate not in taken
        )
        taken.add(free)
        yield free


def _embedded(text: str) -> Any:
    """A value of the type JSON as what it says."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _cell(value: Any) -> str:
    """A value as a text in one cell."""
    if isinstance(value, str):
        return value
    plain = _plain(value)
    return plain if isinstance(plain, str) else _encode(plain).decode()


def _plain(value: Any) -> Any:
    """A value as JSON has it: times as `2026-01-15 09:30:00`, numbers that are too large for JSON's readers as text."""
    if value is None or isinstance(value, (bool, str, float, decimal.Decimal)):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else str(value)
    if isinstance(value, dict):
        return {key if isinstance(key, str) else _cell(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
    return value.hex() if isinstance(value, bytes) else str(value)
