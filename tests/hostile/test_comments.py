"""A comment may stand between any two words of Terraform's language, and changes nothing."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from assay.scanner.sources.terraform import parsing
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import read_blocks
from tests.scans import ROOT

FILES = sorted((ROOT / "fixtures").rglob("*.tf"))
COMMENTS = (b' /* = } ] ) " <<E */ ', b"/**/", b" /* a\nb */ ")
TEXT = {"string_lit", "template_expr", "quoted_template", "heredoc_template", "template_literal"}


def gaps(source: bytes) -> list[int]:
    """Where a comment may stand: before each word that is not part of a text."""
    places: list[int] = []
    pending = [parsing.parse(source).root_node]
    while pending:
        node = pending.pop()
        if node.type in TEXT or not node.children:
            places.append(node.start_byte)
        elif node.type not in ("get_attr", "legacy_index", "ellipsis"):
            pending += node.children
    return sorted(set(places))


def content(blocks: list[Block]) -> list[Any]:
    """What blocks say, without places."""
    return [
        (block.type, block.labels, {name: block.arguments[name].expression for name in block.arguments}, content(block.blocks))
        for block in blocks
    ]


@pytest.mark.parametrize("share", range(4))
def test_a_comment_changes_nothing(share: int) -> None:
    chance = random.Random(share)
    for path in chance.sample(FILES, 60):
        source = path.read_bytes()
        at = chance.choice(gaps(source))
        disguised = source[:at] + chance.choice(COMMENTS) + source[at:]
        plain, faults = read_blocks(source, str(path), "x.tf")
        seen, theirs = read_blocks(disguised, str(path), "x.tf")
        assert content(seen) == content(plain), f"{path.relative_to(ROOT)}: {disguised[max(0, at - 30) : at + 60]!r}"
        assert len(theirs) == len(faults)


@pytest.mark.parametrize(
    "text",
    [
        b"a /* c */ = 1", b"a = /* c */ 1", b"a = b /* c */ .c", b"a = b[ /* c */ 0 /* c */ ]", b"a = - /* c */ 1",
        b"a = ( /* c */ 1 /* c */ )", b"a = b /* c */ ? c /* c */ : d", b"a = [ # c\n 1, // c\n 2 /* c */ ]", b"a = f( /* c */ 1 /* c */ , 2)",
        b'a = "${ /* c */ b /* c */ }"', b"a = { /* c */ b /* c */ = /* c */ 1 }", b"a = { # c\n b = 1 # c\n}",
        b"a = [ /* c */ for /* c */ x /* c */ in b /* c */ : /* c */ x /* c */ if /* c */ true ]", b"a = 1 /* c\nd */ + 2",
    ],
)  # fmt: skip
def test_a_comment_between_the_parts_of_an_expression(text: bytes) -> None:
    plain = re.sub(rb"#[^\n]*|//[^\n]*|/\*(?:.|\n)*?\*/", b"", text)
    disguised, bare = (read_blocks(b'resource "t" "n" {\n' + source + b"\n}\n", "x.tf", "x.tf")[0] for source in (text, plain))
    assert content(disguised) == content(bare) != []


def test_fixtures_are_there() -> None:
    assert len(FILES) > 500
