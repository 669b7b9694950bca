"""Expressions mean what terraform says they mean.

data/expressions.json holds what `terraform console` answered; the program itself is asked again where it is installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import Unknown
from tests.sources.terraform import oracle
from tests.sources.terraform.reading import collect

GROUPS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "expressions.json").read_text("utf-8"))

NO_TYPED_LISTS = "a value does not keep whether it was a list, a set or a tuple"
OTHER_VALUES = {
    'tolist(["a"]) == ["a"]': NO_TYPED_LISTS,
    'toset(["a"]) == ["a"]': NO_TYPED_LISTS,
    "tomap({a=1}) == {a=1}": NO_TYPED_LISTS,
    "[] == tolist([])": NO_TYPED_LISTS,
    'true ? [1] : ["a"]': NO_TYPED_LISTS,
    'element(["a", "b", "c"], -1)': "later versions of terraform take negative indexes",
    'templatestring("a", {})': "more is accepted than terraform does",
    "contains([null], null)": "more is accepted than terraform does",
    'yamldecode("true: a\\n1.5: b\\nnull: c")': "more is accepted than terraform does",
}
NOT_EVALUATED = {
    "2 / 3 + 1 / 3 == 1",
    "1 / 3 == 0.3333333333333333",
    "0.1 + 0.2 == 0.3",
    "1 / 0",
    'yamldecode("a: !!str 1")',
    'yamldecode("a: !!int \\"5\\"")',
    'yamldecode("!!binary aGk=")',
    'yamldecode("a: &x {k: 1}\\nb:\\n  k: 2\\n  <<: *x")',
    'yamldecode("a: &x {k: 1}\\nb:\\n  <<: [*x]")',
    'yamldecode("a: &x 1\\nb: &x 2\\nc: *x")',
    'yamldecode("Version: 2012-10-17\\nb: 2012-10-17 10:00:00\\nc: 2001-12-14t21:59:43.10-05:00")',
    'base64gzip("a")',
    'cidrsubnet("10.0.0.0/8", 8, -1)',
    'cidrsubnet("10.0.0.0/16", -1, 0)',
    'cidrsubnet("::ffff:10.0.0.0/104", 8, 1)',
    'issensitive("a")',
    "log(10, 0)",
}


def expected(answer: dict[str, Any]) -> Any:
    return oracle.REFUSED if answer.get("refused") else answer["value"]


@pytest.mark.parametrize("group", GROUPS)
def test_values_are_those_of_terraform(group: str, tmp_path: Path) -> None:
    answers = dict(GROUPS[group]["answers"])
    values = oracle.ours(tmp_path, list(answers), GROUPS[group]["more"])
    wrong = {}
    for (expression, answer), value in zip(answers.items(), values, strict=True):
        want = expected(answer)
        if expression in OTHER_VALUES or expression in NOT_EVALUATED:
            continue
        if not (isinstance(value, Unknown) if want == oracle.REFUSED else oracle.same(want, value)):
            wrong[expression] = (want, value)
    assert wrong == {}


def test_what_is_not_evaluated_is_unknown_and_no_fallback_takes_its_place(tmp_path: Path) -> None:
    expressions = [expression for expression in sorted(NOT_EVALUATED) if not expression.startswith("can(")]
    values = oracle.ours(tmp_path, [f'try({expression}, "fallback")' for expression in expressions])
    assert [expression for expression, value in zip(expressions, values, strict=True) if not isinstance(value, Unknown)] == []


def test_the_listed_differences_still_differ(tmp_path: Path) -> None:
    answers = {expression: answer for group in GROUPS.values() for expression, answer in group["answers"]}
    values = oracle.ours(tmp_path, list(OTHER_VALUES))
    agreeing = [entry for entry, value in zip(OTHER_VALUES, values, strict=True) if oracle.same(expected(answers[entry]), value)]
    assert agreeing == []


@oracle.needs_terraform
@pytest.mark.parametrize("group", GROUPS)
def test_terraform_still_says_what_is_recorded(group: str, tmp_path: Path) -> None:
    answers = dict(GROUPS[group]["answers"])
    said = oracle.terraform(tmp_path, list(answers), GROUPS[group]["more"])
    changed = {
        entry: value for (entry, answer), value in zip(answers.items(), said, strict=True) if not oracle.same(value, expected(answer))
    }
    assert changed == {}


@pytest.mark.parametrize("condition", ["var.allow == []", "!(var.allow != [])", "tolist([]) == []", "tomap({}) == {}"])
def test_collections_of_two_types_are_not_taken_for_equal(tmp_path: Path, condition: str) -> None:
    """Terraform says false of each: a list is no tuple, a map no object."""
    declared = 'variable "allow" {\n  type = list(string)\n  default = []\n}\n'
    (tmp_path / "main.tf").write_text(declared + f'resource "aws_s3_bucket" "p" {{\n  bucket = {condition} ? "inside" : "open"\n}}\n')
    (collection,) = collect(tmp_path)
    assert isinstance(collection.items[0]["bucket"].data, Unknown)
