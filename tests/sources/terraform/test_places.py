"""Places in Terraform code: what stands there is the block or the argument that was read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.discover import discover
from assay.scanner.sources.terraform import parsing
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import read_blocks
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.shares import share
from tests.sources.terraform.json_form import json_form
from tests.sources.terraform.reading import collect, read, write

TOP = Path(__file__).parents[3]
FILES = [Path(path) for path in share(sorted(str(path) for path in (TOP / "fixtures").rglob("*.tf") if ".terraform" not in path.parts), 4)]


def written(block: Block) -> tuple[Any, ...]:
    """A block without its places."""
    arguments = {name: argument.expression for name, argument in block.arguments.items()}
    return block.type, block.labels, arguments, [written(inner) for inner in block.blocks]


def every(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from every(block.blocks)


def alone(content: bytes, place: Any) -> tuple[list[Block], dict[str, Any]]:
    """The blocks and arguments of what is cut out of a file."""
    (around,) = read_blocks(b"around {\n" + content[place.start : place.end] + b"\n}\n", "cut.tf", "cut.tf")[0]
    return around.blocks, {name: argument.expression for name, argument in around.arguments.items()}


def check_hcl(content: bytes) -> int:
    checked = 0
    lines = content.decode().split("\n")
    for block in every(read_blocks(content, "f.tf", "f")[0]):
        place = block.location()
        assert [written(cut) for cut in alone(content, place)[0]] == [written(block)]
        assert lines[place.line - 1][place.column - 1 :].startswith(block.type)
        assert lines[place.end_line - 1][: place.end_column - 1].endswith("}")
        for name, argument in block.arguments.items():
            place = block.location(name)
            assert alone(content, place) == ([], {name: argument.expression})
            assert lines[place.line - 1][place.column - 1 :].startswith(name)
            checked += 1
    return checked


def test_every_block_and_argument_of_the_fixtures_is_where_its_place_says() -> None:
    assert sum(check_hcl(path.read_bytes()) for path in FILES) > 5 * len(FILES) > 2_500


HCL = (
    '# ä\nresource "probe" "p" { # ü\n  text = <<-EOT\n    {"é": 1}\n    ${var.x}\n  EOT\n'
    + '  map = {\n    "€" = [1,\n 2]\n  }\n  short { a = "😀" }\n  long {\n  } /* ö */\n  last = 1 }\n'
)


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
def test_hcl_with_characters_beyond_ascii(breaks: str) -> None:
    assert check_hcl(HCL.replace("\n", breaks).encode()) == 4


def object_at(content: bytes, place: Any, name: str | None) -> Any:
    """The value of a key that is cut out of a file, or of an element of a list."""
    text = content[place.start : place.end].decode()
    if name is not None and text.startswith('"'):
        data = json.loads("{" + text + "}")
        assert list(data) == [name]
        return data[name]
    return json.loads(text)


def check_json(content: bytes) -> int:
    checked = 0
    for block in every(read_blocks(content, "f.tf.json", "f")[0]):
        data = object_at(content, block.location(), block.labels[-1] if block.labels else block.type)
        for name, argument in block.arguments.items():
            value = object_at(content, argument.location, name)
            if isinstance(data, dict):  # the block is its key, not one of several elements
                assert data[name] == value
            assert parsing.template(value) == argument.expression if isinstance(value, str) else argument.expression is not None
            for inner in argument.blocks(name) or ():
                assert object_at(content, inner.location(), name) in (value if isinstance(value, list) else [value])
            checked += 1
    return checked


def json_files() -> Iterator[bytes]:
    """The code of the fixtures in JSON."""
    for number, path in enumerate(FILES):
        content = path.read_bytes()
        yield json.dumps(json_form(content), indent=number % 3 or None, ensure_ascii=bool(number % 2)).encode()


def test_every_key_of_the_fixtures_in_json_is_where_its_place_says() -> None:
    checked = [check_json(content) for content in json_files()]
    assert len(checked) > 500 and sum(checked) > 3 * len(checked)


def test_values_of_items_have_the_place_of_their_argument() -> None:
    discovered = discover([str(TOP / "fixtures")])
    seen = 0
    for collection in TerraformSource(share(discovered.directories, 4), boundary=discovered.boundary, show=str).collect():
        for item in collection.items:
            place = item.location()
            content = Path(place.file).read_bytes()
            if item.type == "terraform_local":  # an argument of a block that has many
                assert content[place.start : place.end].startswith(item.address.rpartition(".")[2].encode())
                continue
            assert (
                content[place.start : place.end].startswith((b"resource", b"data", b"provider", b"variable", b"output"))
                and content[place.end - 1 : place.end] == b"}"
            )
            for name in item.resource.block.arguments:  # type: ignore[attr-defined]
                (at,) = item[name].seen
                written = name.encode() in content[place.start : place.end]
                by = name if written else "source_instance_template"  # which gives a machine what it does not write
                assert at.file == place.file and content[at.start : at.end].startswith(by.encode())
                seen += 1
    assert seen > 3_000


def test_overridden_arguments_are_where_the_override_is(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'resource "probe" "p" {\n  a = 1\n}\n', "override.tf": '\n\nresource "probe" "p" {\n  a = 22\n}\n'})
    ((item,),) = [collection.items for collection in collect(tmp_path)]
    (place,) = item["a"].seen
    assert (place.file, place.line, place.column, place.end_column) == ("override.tf", 4, 3, 9)


# JSON: what nests


BODY = {
    "statement": [{"effect": "Allow", "actions": ["s3:*"], "principals": {"type": "AWS", "identifiers": ["*"]}}],
    "dynamic": {"statement": {"for_each": ["x"], "content": {"sid": "${statement.value}", "actions": ["y:*"]}}},
}


def test_a_policy_document_in_json_has_its_statements(tmp_path: Path) -> None:
    code = {"data": {"aws_iam_policy_document": {"d": BODY}}, "resource": {"probe": {"p": {"v": "${data.aws_iam_policy_document.d.json}"}}}}
    items = read(tmp_path, {"main.tf.json": json.dumps(code)})
    assert items["probe.p"]["v"].data.content["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:*"], "Principal": {"AWS": ["*"]}},
        {"Effect": "Allow", "Sid": "x", "Action": ["y:*"]},
    ]


def test_blocks_and_dynamic_blocks_of_one_type_add_up_in_json(tmp_path: Path) -> None:
    rules = {"rule": [{"port": 443}], "dynamic": {"rule": {"for_each": [22], "content": {"port": "${rule.value}"}}}}
    item = read(tmp_path, {"main.tf.json": json.dumps({"resource": {"probe": {"p": rules}}})})["probe.p"]
    nodes, more = item.blocks("rule")
    assert [node["port"].data for node in nodes] == [443, 22] and more is None
    assert item.attributes().data == {"rule": [{"port": 443}, {"port": 22}]}
    (place,) = nodes[0]["port"].seen
    assert (tmp_path / "main.tf.json").read_text()[place.start : place.end] == '"port": 443'


@pytest.mark.parametrize("value", ["${var.rules}", ["${var.rule}", {"port": 1}], [], {}, [{}], None, 5])
def test_what_may_be_blocks_in_json_is_read_as_before(tmp_path: Path, value: Any) -> None:
    code = {
        "variable": {"rules": {"default": [{"port": 2}]}, "rule": {"default": {"port": 3}}},
        "resource": {"probe": {"p": {"rule": value}}},
    }
    nodes, more = read(tmp_path, {"main.tf.json": json.dumps(code)})["probe.p"].blocks("rule")
    ports = [node["port"].data for node in nodes]
    expected: dict[str, list[Any]] = {"${var.rules}": [2], "['${var.rule}', {'port': 1}]": [3, 1], "{}": [None], "[{}]": [None]}
    assert ports == expected.get(str(value), []) and (more is None) is (value != 5)


def test_two_resources_on_one_line_of_json_are_two_blocks(tmp_path: Path) -> None:
    code = {"resource": {"probe": {"p": {"v": 1}, "q": {"count": 0}, "r": {"v": 2}}}}
    write(tmp_path, {"main.tf.json": json.dumps(code)})
    (collection,) = collect(tmp_path)
    assert len({(item.location().line, item.block) for item in collection.items}) == 2
    assert collection.coverage.blocks.found == 1


def test_blocks_in_json_have_lines_of_their_own(tmp_path: Path) -> None:
    resource = {
        "rule": {"status": "a", "inner": [{"v": 1}, {"v": 2}]},
        "dynamic": {"rule": {"for_each": [1], "content": {"status": "b", "inner": {"v": 3}}}},
        "tags": {'${upper("a")}': "x", "b": "y"},
        "doc": {"policy": '{"Statement": [{"Effect": "Allow"}]}'},
    }
    text = json.dumps({"resource": {"probe": {"p": resource}}}, indent=1)
    write(tmp_path, {"main.tf.json": text})
    ((item,),) = [collection.items for collection in collect(tmp_path)]
    lines = text.splitlines()

    def written(path: str) -> tuple[Any, str]:
        (place,) = item[path].seen
        return item[path].data, lines[place.line - 1].strip().rstrip(",")

    assert written("rule.0.status") == ("a", '"status": "a"')
    assert written("rule.1.status") == ("b", '"status": "b"')
    assert written("rule.0.inner.1.v") == (2, '"v": 2')
    assert written("tags.A")[0] == "x" and written("tags.b")[0] == "y"
    assert [node["status"].data for node in item.blocks("rule")[0]] == ["a", "b"]
    assert [node["v"].data for node in item.blocks("rule.inner")[0]] == [1, 2, 3]
    place = item.document_place("doc.policy", ("Statement", 0, "Effect"))
    assert text.encode()[place.start : place.end] == b'\\"Effect\\": \\"Allow\\"'
