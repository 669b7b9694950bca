"""Policies inside of resources, decoded as far as they are known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.sources.documents import MAX_YAML, decode, decode_yaml
from assay.scanner.sources.raw import Document, Encoded, Reference, Text, Unknown

WHY = Unknown("why", "how")
KEY = Reference("aws_kms_key.k", "arn")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_json_text_is_decoded_as_it_is(content: Any) -> None:
    assert decode(json.dumps(content)) == content


@given(st.text(max_size=60))
def test_no_text_makes_decoding_fail(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        assert isinstance(decode(text), Unknown)
    else:
        assert decode(text) == expected or expected != expected


@given(
    st.lists(
        st.sampled_from(['{"a": "', '"}', "{", "}", "[", "]", ":", '"', "\ue000", "\ue001", "\ue0000\ue001", "0", "\\", "\\ue000", "x"])
        | st.sampled_from([WHY, KEY]),
        max_size=8,
    )
)
def test_no_text_with_unknown_parts_makes_decoding_fail(parts: list[Any]) -> None:
    assert decode(Text(tuple(parts) or ("",))) != ""


@pytest.mark.parametrize("raw", [None, WHY, {"a": 1}, ["a"]])
def test_what_is_decoded_already_stays(raw: Any) -> None:
    assert decode(raw) is raw


@pytest.mark.parametrize("raw", ["", "{", "not json", "[" * 100_000, KEY, 5, True])
def test_what_is_no_document_is_unknown(raw: Any) -> None:
    assert isinstance(decode(raw), Unknown)


def test_a_document_gives_its_content() -> None:
    assert decode(Document({"a": KEY})) == {"a": KEY}


def test_unknown_parts_stay_in_their_places() -> None:
    decoded = decode(Text(('{"whole": "', KEY, '", "part": "', KEY, '/*", "list": ["', WHY, '"], "plain": 1}')))
    assert decoded == {"whole": KEY, "part": Text((KEY, "/*")), "list": [WHY], "plain": 1}


def test_a_part_outside_of_any_string_leaves_the_whole_unknown() -> None:
    assert decode(Text(('{"a": ', WHY, "}"))) is WHY
    assert isinstance(decode(Text(('{"a": ', KEY, "}"))), Unknown)


def test_a_part_may_stand_in_a_key() -> None:
    decoded = decode(Text(('{"', KEY, '": 1, "b": 2}')))
    assert isinstance(decoded, Unknown) or (decoded["b"] == 2 and not any("\ue000" in str(key) for key in decoded))


def test_marks_in_the_text_itself_are_not_taken_for_parts() -> None:
    decoded = decode(Text(('{"a": "\ue0000\ue001", "b": "', KEY, '"}')))
    assert isinstance(decoded, Unknown) or decoded == {"a": "\ue0000\ue001", "b": KEY}


def test_a_claim_of_a_provider_that_is_not_known_is_still_a_claim() -> None:
    assert decode(Text(('{"', KEY, ':sub": "a"}'))) == {f"{Text((KEY,))}:sub": "a"}
    assert isinstance(decode(Text(('{"', KEY, ':PrincipalOrgID": "a"}'))), Unknown)
    assert isinstance(decode(Text(('{"aws:', KEY, '": "a"}'))), Unknown)


ENCODED = Encoded("why", "how", content=["a", KEY])


def test_the_json_of_a_value_is_that_value_where_it_stands_for_one() -> None:
    assert decode(Text(('{"x \\"": 1, "Resource": ', ENCODED, ', "b": [', ENCODED, ']}'))) == {
        'x "': 1, "Resource": ["a", KEY], "b": [["a", KEY]],
    }  # fmt: skip


@pytest.mark.parametrize("text", [('{"a": "', ENCODED, '"}'), ('{"a": "x', ENCODED, '"}')])
def test_the_json_of_a_value_inside_of_a_text_is_a_part_of_that_text(text: tuple[Any, ...]) -> None:
    document = decode(Text(text))
    assert document["a"] is ENCODED or ENCODED in document["a"].parts


def test_text_that_is_not_known_and_stands_for_a_value_may_be_several() -> None:
    assert isinstance(decode(Text(('{"Statement": [', KEY, "]}"))), Unknown)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["a: ", "- ", "\n", "  ", "{", "}", "&x ", "*x", "!!", "|", "'", '"', "#", "\ue0000\ue001"])).map("".join)
)
def test_no_text_makes_decoding_yaml_fail(text: str) -> None:
    decode_yaml(text)


@given(
    st.lists(st.sampled_from(["a: ", "- ", "\n", "{", "}", "'", "\ue000", "\ue0000\ue001", "x"]) | st.sampled_from([WHY, KEY]), max_size=8)
)
def test_no_yaml_with_unknown_parts_makes_decoding_fail(parts: list[Any]) -> None:
    decode_yaml(Text(tuple(parts) or ("",)))


def test_unknown_parts_of_yaml_stay_in_their_places() -> None:
    text = Text(("paths:\n  /a:\n    get: {x: 1}\nwhole: ", KEY, "\npart: https://", WHY, "/x\nquoted: '", KEY, "'\n200: done\n"))
    told = {"paths": {"/a": {"get": {"x": 1}}}, "whole": KEY, "part": Text(("https://", WHY, "/x")), "quoted": KEY, "200": "done"}
    assert decode_yaml(text) == told


def test_json_is_yaml() -> None:
    assert decode_yaml('{"a": ["b", 1]}') == {"a": ["b", 1]} == decode_yaml(Document({"a": ["b", 1]}))
    assert decode_yaml('{\n\t"a": 1\n}') == {"a": 1}  # tabs are no YAML
    assert decode_yaml(None) is None and decode_yaml(WHY) is WHY


@pytest.mark.parametrize("text", ["a: [", "a: 1\n---\nb: 2\n", "a" * (MAX_YAML + 1), "x: &a [*a, *a]\ny: [" + "[" * 1000])
def test_yaml_that_cannot_be_read_is_unknown(text: str) -> None:
    assert isinstance(decode_yaml(text), Unknown)


def test_a_key_that_is_not_known_leaves_the_whole_unknown() -> None:
    assert isinstance(decode_yaml(Text((WHY, ": 1\n"))), Unknown)
