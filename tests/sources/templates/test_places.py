"""Places in templates: what stands there is what was read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from assay.scanner.sources.discover import discover
from assay.scanner.sources.templates import json_text, yaml_text
from assay.scanner.sources.templates.syntax import Malformed, Parsed, Path, decode, parse

TOP = File(__file__).parents[3]
FORMATS = ("cloudformation", "config_connector", "deployment_manager")
WRITTEN = {"cloudformation": 300, "config_connector": 50, "deployment_manager": 60}
"""At least so many files of each format are among the fixtures."""


def files(format_: str) -> list[str]:
    """Files that may be of a format, and are no plan, which has everything in one line."""
    inputs = discover([str(TOP / "fixtures")]).inputs
    others = {*inputs["plan"], *inputs["assets"], *inputs["snapshot"]}
    return [path for path in inputs[format_] if path.endswith((".yaml", ".yml", ".json", ".template")) and path not in others]


def documents(content: bytes) -> list[Parsed]:
    text, lines = decode(content, "f")
    if text.lstrip().startswith("{"):
        return [parse(content, "f")]
    documents, error = yaml_text.parse_documents(text, lines)
    assert error is None
    return documents


def inside(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every key of a map and every element of a list, with its data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key), value
        yield from inside(value, (*path, key))


def read_again(written: str, column: int, key: Any) -> Any:
    """The data of a key with its value, or of an element, that is cut out of its surroundings."""
    if isinstance(key, int):
        return yaml_text.parse(" " * (column - 1) + written + "\n").data
    try:
        data = yaml_text.parse(" " * (column - 1) + written + "\n").data
    except Malformed:
        data = yaml_text.parse("{" + written + "}").data
    assert isinstance(data, dict) and list(data) == [key]
    return data[key]


def same(one: Any, other: Any) -> bool:
    """Whether data is the same; line breaks at the end of a text belong to what comes after it."""
    if isinstance(one, str) and isinstance(other, str):
        return one.rstrip() == other.rstrip()
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def check(content: bytes) -> int:
    """How many places of a file lead to what was read; all of them do."""
    checked = 0
    for parsed in documents(content):
        for path, data in inside(parsed.data):
            if any(isinstance(name, str) and (name.startswith("Fn::") or name in ("Ref", "Condition")) for name in path):
                continue  # a function in its short form has no key
            place = parsed.place(path)
            written = content[place.start : place.end].decode()
            again = read_again(written, place.column, path[-1])
            assert same(again, data), (path, written)
            assert parsed.line_span(path) == (place.line, place.end_line)
            checked += 1
    return checked


@pytest.mark.parametrize("format_", FORMATS)
def test_every_key_and_element_of_the_fixtures_is_where_its_place_says(format_: str) -> None:
    paths = files(format_)
    assert len(paths) >= WRITTEN[format_]
    checked = sum(check(File(path).read_bytes()) for path in paths)
    assert checked > 10 * len(paths)


YAML = """\
# ä comment with more bytes than characters
é: "ü\\u20ac"   # after
list:
- 1
- {x: 1, 'y': [a,
    b]}
-   deep: |
      a
       b

    other: >-
      folded
      text
empty:
quoted: 'it''s'
"€": 😀 end
tagged: !Sub
  - x
  - {a: !Ref b}
plain: a
  b
last: [ ]
"""


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "byte order mark"])
def test_yaml_of_every_form(breaks: str, mark: bytes) -> None:
    assert check(mark + YAML.replace("\n", breaks).encode()) == 17


def test_json_with_characters_beyond_ascii() -> None:
    data = {"é": [1, {"ü\n": "😀", "x": None}], "€": {"a": {}}, "last": "\u2028"}
    for content in (json.dumps(data, ensure_ascii=False, indent=1), json.dumps(data, ensure_ascii=False), json.dumps(data)):
        for mark in (b"", b"\xef\xbb\xbf"):
            source = mark + content.encode()
            parsed = parse(source, "f")
            for path, value in inside(data):
                place = parsed.place(path)
                written = source[place.start : place.end].decode()
                assert json.loads(written if isinstance(path[-1], int) else "{" + written + "}") in (value, {path[-1]: value})
                assert content.split("\n")[place.line - 1][place.column - 1 :].startswith(written.split("\n")[0])


def test_an_alias_is_at_its_own_place_and_what_is_in_it_at_that_of_the_anchor() -> None:
    text = "a: &x {k: 1, l: {m: 2}}\nb: *x\nc:\n  <<: *x\n  n: 3\n"
    parsed = yaml_text.parse(text)
    written = {path: text[slice(*parsed.places.span(path))] for path, _ in inside(parsed.data)}
    assert written[("b",)] == "b: *x"
    assert written["b", "k"] == written["c", "k"] == "k: 1"
    assert written["b", "l", "m"] == written["c", "l", "m"] == "m: 2"
    assert written["c", "n"] == "n: 3"


def test_the_place_of_what_is_not_there_is_that_of_its_nearest_surroundings() -> None:
    text = '{"a": {"b": [1]}}'
    for parsed in (parse(text.encode()), yaml_text.parse(text)):
        assert text[slice(*parsed.places.span(("a", "b", 3, "x")))] == '"b": [1]'
        assert text[slice(*parsed.places.span(("a", "z")))] == '"a": {"b": [1]}'
        assert text[slice(*parsed.places.span(("z",)))] == text


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: \x01\n", 0, "characters are not allowed"),
        ("a: 1\n? [x]\n: 2\n", 2, "a key that is no text"),
        ("a: &a {" + ", ".join(f"k{at}: 1" for at in range(400)) + "}\nb:\n" + "- <<: *a\n" * 200, 64, "merge keys make 24800 values"),
    ],
    ids=["a character", "a key", "merge keys"],
)
def test_why_a_text_is_not_read_is_one_line_and_says_where(text: str, line: int, reason: str) -> None:
    with pytest.raises(Malformed, match=reason) as refused:
        yaml_text.parse(text)
    assert "\n" not in str(refused.value) and refused.value.line == line


def test_the_value_alone_of_a_path_in_json() -> None:
    text = '{"a": {"b": [1, "x"]}}'
    places = json_text.JsonPlaces(text)
    assert [text[slice(*places.value(path) or (0, 0))] for path in ((), ("a",), ("a", "b", 1))] == [text, '{"b": [1, "x"]}', '"x"']
    assert places.value(("a", "b", 2)) is None and places.value(("a", "b", 1, "c")) is None
