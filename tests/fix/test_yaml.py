"""Edits of templates and manifests keep the style of the file, and touch nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assay.scanner.fix.edits import Edit, NoEdit, applied, merged
from assay.scanner.fix.yaml_edits import YamlFile
from assay.scanner.sources.templates.syntax import parse

ON = {"Rotate": True}
SET: dict[str, tuple[str, dict[str, Any], str]] = {
    "after the last member, before comments that follow": (
        "P:\n  Name: x # why\n  # of the next\n\nOther: 1\n",
        ON,
        "P:\n  Name: x # why\n  Rotate: true\n  # of the next\n\nOther: 1\n",
    ),
    "by the indent of the siblings": ("P:\n    Name: x\n    Tags:\n    - a\n", ON, "P:\n    Name: x\n    Tags:\n    - a\n    Rotate: true\n"),
    "after a text in a block": ("P:\n  Doc: |\n    a: b\n\nOther: 1\n", ON, "P:\n  Doc: |\n    a: b\n  Rotate: true\n\nOther: 1\n"),
    "in braces": ("P: {Name: x}\n", {"Rotate": True, "Inner": {"K": "1"}}, 'P: {Name: x, Rotate: true, Inner: {K: "1"}}\n'),
    "in empty braces": ("P: {}\n", ON, "P: {Rotate: true}\n"),
    "the value alone": ("P:\n  Rotate: 'no' # yet\n", ON, "P:\n  Rotate: true # yet\n"),
    "maps in maps": ("P:\n  In:\n    A: 1\n", {"In": {"B": {"C": [1]}}}, "P:\n  In:\n    A: 1\n    B:\n      C:\n        - 1\n"),
    "an element more": ("P:\n  L:\n  - Nm: a\n    V: x\n", {"L": [{"Nm": "b", "V": "w"}]}, "P:\n  L:\n  - Nm: a\n    V: x\n  - Nm: b\n    V: w\n"),
    "an element by its first key": ("P:\n  L:\n    - Nm: a\n      V: x\n", {"L": [{"Nm": "a", "V": "z"}]}, "P:\n  L:\n    - Nm: a\n      V: z\n"),
    "every element": ("P:\n  L:\n    - Nm: a\n    - {Nm: b}\n", {"L[]": {"Nm": "c"}}, "P:\n  L:\n    - Nm: c\n    - {Nm: c}\n"),
    "functions in their short form": (
        "P:\n  A: 1\n",
        {"B": {"Fn::GetAtt": ["Key", "Arn"]}, "C": {"Ref": "X"}},
        "P:\n  A: 1\n  B: !GetAtt Key.Arn\n  C: !Ref X\n",
    ),
    "line breaks of the file": ("P:\r\n  A: 1\r\n", ON, "P:\r\n  A: 1\r\n  Rotate: true\r\n"),
    "bytes are not characters": ("P:\n  ß: →\n  A: 1\n", {"A": 2}, "P:\n  ß: →\n  A: 2\n"),
    "a list of lines gives way to another": ("P:\n  A: 1\n  L:\n  - x\n  - y\nOther: 1\n", {"L": []}, "P:\n  A: 1\n  L: []\nOther: 1\n"),
    "no last line break": ("P:\n  A: 1", ON, "P:\n  A: 1\n  Rotate: true"),
    "JSON by its indent": (
        '{\n    "P": {\n        "A": 1\n    }\n}\n',
        {"B": {"C": True}},
        '{\n    "P": {\n        "A": 1,\n        "B": {\n            "C": true\n        }\n    }\n}\n',
    ),
    "JSON in lines by JSON in lines": (
        '{\n    "P": {\n        "L": [\n            "a"\n        ]\n    }\n}\n',
        {"L": ["b", "c"]},
        '{\n    "P": {\n        "L": [\n            "b",\n            "c"\n        ]\n    }\n}\n',
    ),
    "JSON in one line": ('{"P": {"A": {"Ref": "X"}}}', {"B": [{"C": "no"}]}, '{"P": {"A": {"Ref": "X"}, "B": [{"C": "no"}]}}'),
}  # fmt: skip


@pytest.mark.parametrize("name", SET)
def test_what_is_set_is_written_as_its_neighbours_are(name: str) -> None:
    before, settings, after = SET[name]
    file = YamlFile("t.yaml", before.encode())
    node = file.documents[0].get("P")
    assert node is not None
    edits, indirect = file.set(node, settings)
    written = applied(file.source, merged(edits)).decode()
    assert (written, indirect) == (after, [])
    assert parse(written.encode()).data["P"] != parse(before.encode()).data["P"]
    again = YamlFile("t.yaml", written.encode())
    node = again.documents[0].get("P")
    assert node is not None and again.set(node, settings) == ([], [])


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("A: &a {K: 1}\nP: *a\n", ON),
        ("A: &a {K: 1}\nP:\n  <<: *a\n", ON),
        ("P: &p\n  K: 1\n", ON),
        ("P: !If [A, {K: 1}, {K: 2}]\n", ON),
        ("P:\n  In: 1\n  Out:\n", {"Out": {"K": 1}}),
        ("P:\n  In: [1]\n", {"In": {"K": 1}}),
    ],
)
def test_what_is_shared_or_of_another_shape_is_left(text: str, settings: dict[str, Any]) -> None:
    file = YamlFile("t.yaml", text.encode())
    node = file.documents[0].get("P")
    assert node is not None
    with pytest.raises(NoEdit):
        file.set(node, settings)


def test_a_parameter_that_gives_a_value_is_told() -> None:
    for text in ("P:\n  Rotate: !Ref Wanted\n", json.dumps({"P": {"Rotate": {"Ref": "Wanted"}}}), "P:\n  Rotate:\n    Ref: Wanted\n"):
        file = YamlFile("t.yaml", text.encode())
        node = file.documents[0].get("P")
        assert node is not None
        edits, (one,) = file.set(node, ON)
        assert (edits, one.parameter, one.value) == ([], "Wanted", True)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("P:\n  A: 1\n  M:\n    K: [1,\n      2]\n  B: 2\n", "P:\n  A: 1\n  B: 2\n"),
        ("P: {A: 1, M: 2, B: 3}\n", "P: {A: 1, B: 3}\n"),
        ("P: {A: 1, M: 2}\n", "P: {A: 1}\n"),
        ("P: {M: 2, A: 1}\n", "P: {A: 1}\n"),
    ],
)
def test_a_member_is_taken_out(text: str, after: str) -> None:
    file = YamlFile("t.yaml", text.encode())
    node = file.documents[0].get("P")
    assert node is not None
    assert applied(file.source, file.remove(node, "M")).decode() == after


def test_members_of_the_elements_of_lists_are_taken_out() -> None:
    file = YamlFile("t.yaml", b"P:\n  L:\n    - Nm: a\n      On: x\n    - {Nm: b, On: y}\n    - Nm: c\n")
    node = file.documents[0].get("P")
    assert node is not None
    assert file.says(node, "L[].Nm", ["b"]) and not file.says(node, "L[].Nm", ["d"])
    assert applied(file.source, file.remove(node, "L[].On")).decode() == "P:\n  L:\n    - Nm: a\n    - {Nm: b}\n    - Nm: c\n"
    behind = file.remove(node.get("L").items[0][1], "Nm")  # type: ignore[union-attr]
    assert applied(file.source, behind).decode() == "P:\n  L:\n    - On: x\n    - {Nm: b, On: y}\n    - Nm: c\n"


def test_what_is_set_keeps_out_of_what_is_taken_out() -> None:
    file = YamlFile("t.yaml", b"P:\n  All: false\n  Types:\n    - x\nOther: 1\n")
    node = file.documents[0].get("P")
    assert node is not None
    cut = file.remove(node, "Types")
    made, _ = file.set(node, {"All": True, "Global": True}, [value for _, (_, value) in node.members("Types")])
    edits = merged([*made, *cut])
    assert applied(file.source, edits).decode() == "P:\n  All: true\n  Global: true\nOther: 1\n"


def test_what_is_no_yaml_or_not_utf_8_is_refused() -> None:
    for source in (b"a: [", "a: ä".encode("latin-1"), "a: 1".encode("utf-16"), "\ufeffa: 1".encode()):
        with pytest.raises(NoEdit):
            YamlFile("t.yaml", source)


def test_paths_lead_through_the_elements_of_lists() -> None:
    text = "P:\n  B:\n  - Role: a\n    Members: [u, allUsers]\n  - Role: b\n    Members:\n    - member: allUsers\n    - member: v\n"
    file = YamlFile("t.yaml", text.encode())
    node = file.documents[0].get("P")
    assert node is not None
    assert file.says(node, "B[].Members", ["allUsers"]) and file.says(node, "B.Members", ["allUsers"])
    assert len(node.members("B[].Role")) == 2 and file.says(node, "B[].Role", [{}]) and file.says(node, "B[].Other", [None])
    dropped = applied(file.source, merged(file.drop(node, "B[].Members", ["allUsers", {"member": "allUsers"}]))).decode()
    assert dropped == "P:\n  B:\n  - Role: a\n    Members: [u]\n  - Role: b\n    Members:\n    - member: v\n"
    removed = applied(file.source, merged(file.remove(node, "B[].Role"))).decode()
    assert removed == "P:\n  B:\n  - Members: [u, allUsers]\n  - Members:\n    - member: allUsers\n    - member: v\n"


@pytest.mark.parametrize(
    ("text", "number", "after"),
    [
        ("a: 1\n---\nb: 1\n---\nc: 1\n", 0, "b: 1\n---\nc: 1\n"),
        ("---\na: 1\n---\nb: 1\n", 0, "---\nb: 1\n"),
        ("a: 1\n---\n# why\nb: |\n  ---\n---\nc: 1\n", 1, "a: 1\n---\nc: 1\n"),
        ("a: 1\n---\nb: 1\n", 1, "a: 1\n"),
    ],
)
def test_a_document_goes_with_the_mark_before_it(text: str, number: int, after: str) -> None:
    file = YamlFile("t.yaml", text.encode())
    assert applied(file.source, file.remove_document(file.documents[number])).decode() == after


def test_the_only_document_of_a_file_stays() -> None:
    file = YamlFile("t.yaml", b"a: 1\n")
    with pytest.raises(NoEdit, match="remove the file"):
        file.remove_document(file.documents[0])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("P:\n  A: 1\n  Word: x\n\nO: 1\n", "P:\n  A: 1\n  Asked: true\n\nO: 1\n"),
        ("P:\r\n  A: 1\r\n  Word: x\r\n", "P:\r\n  A: 1\r\n  Asked: true\r\n"),
        ("P:\n  Word: x\n  A: 1\n", "P:\n  A: 1\n  Asked: true\n"),
        ("P: {A: 1, Word: x}\n", "P: {A: 1, Asked: true}\n"),
        ('{\n  "P": {\n    "A": 1,\n    "Word": "x"\n  }\n}\n', '{\n  "P": {\n    "A": 1,\n    "Asked": true\n  }\n}\n'),
    ],
)
def test_what_comes_takes_the_place_of_what_goes(before: str, after: str) -> None:
    file = YamlFile("t.yaml", before.encode())
    node = file.documents[0].get("P")
    assert node is not None
    edits, _ = file.set(node, {"Asked": True}, [value for _, (_, value) in node.members("Word")])
    edits += file.remove(node, "Word")
    assert applied(file.source, merged(edits)).decode() == after


def test_an_element_more_is_written_as_the_others_are() -> None:
    file = YamlFile("t.yaml", b"P:\n  L:\n  - {K: a, V: x}\n")
    node = file.documents[0].get("P")
    assert node is not None
    assert (
        applied(file.source, file.set(node, {"L": [{"K": "b", "V": "y"}]})[0]).decode()
        == 'P:\n  L:\n  - {K: a, V: x}\n  - {K: b, V: "y"}\n'
    )


@pytest.mark.parametrize(("text", "apart"), [("R:\n  A: 1\n  B: 2\n", False), ("R:\n  A: 1\n\n  B: 2\n", True), ("R:\n  A: 1\n", True)])
def test_blank_lines_stand_between_members_as_they_did(text: str, apart: bool) -> None:
    file = YamlFile("t.yaml", text.encode())
    node = file.documents[0].get("R")
    assert node is not None and file.apart(node) is apart


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("P:\n  L:\n  - a\n", "P:\n  L:\n  - a\n  - b\n"),
        ("P: {L: [a]}\n", "P: {L: [a, b]}\n"),
        ("P:\n  A: 1\n", "P:\n  A: 1\n  L:\n    - b\n"),
        ("P:\n  L: [b]\n", "P:\n  L: [b]\n"),
    ],
)
def test_elements_come_to_lists(text: str, after: str) -> None:
    file = YamlFile("t.yaml", text.encode())
    node = file.documents[0].get("P")
    assert node is not None
    assert applied(file.source, merged(file.include(node, "L", ["b"]))).decode() == after
    assert file.include(node, "Not.There", ["b"]) == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("P:\n  L:\n    - In:\n        Count: {}\n", "P:\n  L:\n    - In:\n        None: {}\n"),
        ("P:\n  L:\n    - In: {Count: {}}\n", "P:\n  L:\n    - In: {None: {}}\n"),
        ("P: {L: [{In: {Count: {}, K: 1}}]}\n", "P: {L: [{In: {K: 1, None: {}}}]}\n"),
    ],
)
def test_what_takes_the_place_of_what_goes_stands_where_it_was(text: str, after: str) -> None:
    file = YamlFile("t.yaml", text.encode())
    node = file.documents[0].get("P")
    assert node is not None
    (_, element) = node.elements("L")[0]
    assert file.says(element, "In.Count", [{}]) and file.says(element, "In.Other", [None])
    edits, _ = file.set(element, {"In": {"None": {}}}, [value for _, (_, value) in node.members("L.In.Count")])
    assert applied(file.source, merged([*edits, *file.remove(node, "L.In.Count")])).decode() == after


def test_elements_go_with_a_list_that_has_no_others() -> None:
    file = YamlFile("t.yaml", b"P:\n  A: 1\n  L:\n    - {K: 1}\n    - {K: 2}\n")
    node = file.documents[0].get("P")
    assert node is not None
    parts = [part for _, part in node.elements("L")]
    assert applied(file.source, file.remove_within(node, "L", parts[:1])).decode() == "P:\n  A: 1\n  L:\n    - {K: 2}\n"
    assert applied(file.source, file.remove_within(node, "L", parts)).decode() == "P:\n  A: 1\n"


def test_a_list_takes_the_place_of_one() -> None:
    file = YamlFile("t.yaml", b"P:\n  L:\n  - a # why\n  - b\n  A: 1\n")
    node = file.documents[0].get("P")
    assert node is not None
    assert applied(file.source, file.set(node, {"L": ["c", "d"]})[0]).decode() == "P:\n  L:\n  - c\n  - d\n  A: 1\n"


ALONE = "P:\n  L:\n  -\n    K: 1\n  - # the second\n\n    K: 2\n  A: 1\n"


def test_a_dash_may_stand_alone_in_its_line() -> None:
    file = YamlFile("t.yaml", ALONE.encode())
    node = file.documents[0].get("P")
    assert node is not None
    list_ = node.get("L")
    first, second = (part for _, part in node.elements("L"))
    assert list_ is not None

    def after(edits: list[Edit]) -> str:
        return applied(file.source, merged(edits)).decode()

    assert after(file.append(list_, {"K": 3})) == ALONE.replace("    K: 2\n", "    K: 2\n  - K: 3\n")
    assert after(file.remove_element(list_, first)) == "P:\n  L:\n  - # the second\n\n    K: 2\n  A: 1\n"
    assert after(file.remove_element(list_, second)) == "P:\n  L:\n  -\n    K: 1\n  A: 1\n"
    assert after(file.set(node, {"L": ["c"]})[0]) == "P:\n  L:\n  - c\n  A: 1\n"
