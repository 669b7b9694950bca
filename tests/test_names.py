"""Names are nouns: no variable, argument or function of ours is called `each`, `held` or `found`, which say nothing of what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.scans import ROOT

NO_NOUNS = {"each", "held", "found"}
FOLDERS = ("reports", "tests", "fixtures", "bench", "docs", "deploy")


def bound(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of whatever a module gives a name to; words of others (keywords, keys, attributes) are none."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case (
                ast.alias(asname=str(name))
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield node.lineno, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_are_nouns(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, name in bound(ast.parse(path.read_text(encoding="utf-8")))
        if name in NO_NOUNS
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "for each in ():\n    pass",
        "[0 for each in ()]",
        "found = 1",
        "(held := 1)",
        "def found():\n    pass",
        "lambda held: held",
        "import json as found",
        "self.held = 1",
        "match 1:\n    case each:\n        pass",
    ],
)
def test_every_way_of_naming_is_seen(code: str) -> None:
    assert {name for _, name in bound(ast.parse(code))} & NO_NOUNS


@pytest.mark.parametrize("code", ["rule(each='x')", "{'each': 1}", "print(files.found)", "files.found = 1"])
def test_words_of_others_are_let_be(code: str) -> None:
    assert {name for _, name in bound(ast.parse(code))} & NO_NOUNS == set()
