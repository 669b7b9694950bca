"""Expressions give the same for the same values, whatever they were asked before."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from assay.scanner.rules.cel import Environment, Program

_ENVIRONMENT = Environment(())
_TEXTS = (
    "resource.x == 1", "resource.x == 1.0", "resource.x == true", "resource.x == '1'", "resource.x == null", "resource.x.size() == 1",
    "resource.x.exists(one, one == resource.y)", "resource.x.y == 1", "resource.x < 2", "resource.y",
)  # fmt: skip
_PLAIN = some.none() | some.booleans() | some.integers(-2, 2) | some.sampled_from([0.0, -0.0, 1.0, 1.5]) | some.sampled_from(["", "1", "a"])
_VALUES = some.recursive(
    _PLAIN, lambda inner: some.lists(inner, max_size=2) | some.dictionaries(some.sampled_from("xy"), inner), max_leaves=4
)
_ASKED = {text: _ENVIRONMENT.compile(text) for text in _TEXTS}


def evaluated(program: Program, resource: dict[str, Any]) -> tuple[bool | None, str]:
    return program.evaluate(_ENVIRONMENT.activation({"resource": resource}))


@given(some.dictionaries(some.sampled_from("xy"), _VALUES))
def test_an_expression_that_was_asked_often_says_what_a_new_one_says(resource: dict[str, Any]) -> None:
    for text, asked in _ASKED.items():
        new = _ENVIRONMENT.compile(text)
        assert evaluated(asked, resource) == evaluated(asked, resource) == evaluated(new, resource)


def test_values_that_python_takes_for_one_are_told_apart() -> None:
    program = _ENVIRONMENT.compile("resource.x == 1")
    assert [evaluated(program, {"x": value})[0] for value in (1, True, 1.0, "1", 1)] == [True, False, True, False, True]


def test_more_values_than_are_kept_and_longer_ones_are_evaluated() -> None:
    program = _ENVIRONMENT.compile("resource.x == 'a'")
    for number in range(600):
        assert evaluated(program, {"x": str(number)})[0] is False and evaluated(program, {"x": "a"})[0] is True
    assert evaluated(program, {"x": "a" * 5_000})[0] is False
