"""What Terraform computes with more digits, and counts otherwise, than is done here: the same value, or one that is not known.

The expected values are those of `terraform console` 1.11.4.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import unknown_inside
from assay.scanner.sources.terraform.exact import Near
from tests.sources.terraform.reading import read

UNKNOWN = object()
VALUES: dict[str, Any] = {
    "pow(10, 25)": UNKNOWN,
    '"x${pow(10, 25)}"': UNKNOWN,
    "pow(10, 25) == 10000000000000000000000000": UNKNOWN,
    "pow(3, 40) == 12157665459056928801": UNKNOWN,
    "pow(10, 25) > 5": True,
    "pow(2, 10)": 1024,
    "10000000000000000000000000 == 10000000000000000000000001": False,
    '"x${100000000000000000000000}"': "x100000000000000000000000",
    'format("%s", tonumber("1e23"))': "100000000000000000000000",
    '"x${9007199254740993}"': "x9007199254740993",
    '"x${1/3*3}"': UNKNOWN,
    "1/3*3 == 1": UNKNOWN,
    "length([1])/length([1, 2, 3])*3 == 1": UNKNOWN,
    'try("x${1/3}", "x")': UNKNOWN,
    'can("x${1/3}")': True,
    "1/3 < 0.4": True,
    "1/3 == 0.4": False,
    "0.1 + 0.2 == 0.3": UNKNOWN,
    "0.1 == 0.1": True,
    "-0.1 < 0": True,
    '"x${-0.1}"': "x-0.1",
    '"x${0.10000000000000000000001}"': UNKNOWN,
    '"x${2.50}"': "x2.5",
    '"x${10/4}"': "x2.5",
    '"x${tonumber("1.5e-7")}"': "x0.00000015",
    "floor(10/3)": 3,
    "ceil(10/3)": 4,
    "floor(1/3*3)": UNKNOWN,
    "floor(log(8, 2))": 3,
    "ceil(log(5, 2))": 3,
    "floor(log(1000, 10))": UNKNOWN,
    "7 % 2.5": 2,
    "-7 % 3": -1,
    "max(1/3, 0.2) > 0.3": True,
    "min(1, 0.5)": 0.5,
    "abs(-0.5)": 0.5,
    'format("%.2f", 1/3)': "0.33",
    'format("%d", 1/3*3)': UNKNOWN,
    'try(tonumber("1e400"), 5)': UNKNOWN,
    'try(element(["a", "b"], 1/3*3), "x")': UNKNOWN,
    "jsonencode({ a = 1/3 }) == jsonencode({ a = 0.3333333333333333 })": UNKNOWN,
    '[["a", "b"], ["c"]].*.0': ["a", "c"],
    "[{ a = [5, 6] }].*.a.1": [6],
    "[{ a = [5, 6] }].*.a[0]": [5, 6],
    "[[1], [2]].*.0[1]": 2,
    "[{ a = 1 }].0.a": 1,
    "can(tolist([1, []]))": False,
    "can(tomap({ a = 1, b = [] }))": False,
    "can(toset([1, {}]))": False,
    "can(tolist([[1], { a = 1 }]))": False,
    "can(tolist([true, 1]))": False,
    'tolist([true, 1, "a"])': ["true", "1", "a"],
    "can(distinct([1, []]))": False,
    "can(coalesce(1, []))": False,
    "can(setunion([1], [[]]))": False,
    'length("\U0001f468\u200d\U0001f469\u200d\U0001f467")': UNKNOWN,
    'length("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7")': UNKNOWN,
    'length("e\\u0301")': 1,
    'length("\uac01\u00e9\u4e2d")': 3,
    'substr("\U0001f44d\U0001f3fda", 0, 1)': UNKNOWN,
    'split("", "\U0001f44d\U0001f3fd")': ["\U0001f44d", "\U0001f3fd"],
    'lower("\u0130")': "i",
    'lower("\u0391\u03a3")': "\u03b1\u03c3",
    'upper("\u00df\u0149")': "\u00df\u0149",
    'upper("\u1fb3")': UNKNOWN,
    'title("\u01c6x")': "\u01c5x",
    'title("a\u2014b\'c ab_cd")': "A\u2014b'C Ab_cd",
    'trimspace("\\u001c a")': "\x1c a",
    'join("", ["e", "\\u0301"]) == "\\u00e9"': True,
}


@pytest.mark.parametrize("expression", VALUES)
def test_a_value_is_that_of_terraform_or_not_known(tmp_path: Path, expression: str) -> None:
    value = read(tmp_path, {"main.tf": f'resource "probe" "p" {{\n  v = {expression}\n}}\n'})["probe.p"]["v"].data
    expected = VALUES[expression]
    if expected is UNKNOWN:
        assert unknown_inside(value) is not None or isinstance(value, Near)
    else:
        assert value == expected and type(value) is type(expected)
