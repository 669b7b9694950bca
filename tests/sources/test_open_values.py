"""An option belongs to the value that it was an option of: what is computed from open values holds for every choice, or is unknown."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.sources.raw import Either, Text, Unknown, same
from assay.scanner.sources.values import Value, all_of, any_of, first_known
from tests.sources.terraform.reading import value

# Values: an expression is a function of the assignment, so that the same expression is computed on open values and on each choice.

CHOICES = [None, "", True, False, "true", "yes", "aws:kms", "AES256", 0, 7, ["a"]]
WHY = Unknown("a variable has no value", "pass it")


def open_value(options: list[Any]) -> Either:
    return Either(WHY.reason, WHY.settles_it, None, tuple(options))


options = st.lists(st.sampled_from(CHOICES), min_size=2, max_size=3, unique_by=repr)
steps = st.sampled_from(
    [
        lambda value, _: value.equals("aws:kms", True),
        lambda value, _: value.is_set(),
        lambda value, _: value.truth(),
        lambda value, _: value.truth().negate(),
        lambda value, _: value.number(),
        lambda value, _: value.text(),
        lambda value, _: value.default("AES256"),
        lambda value, other: value.otherwise(other),
        lambda value, other: first_known(Value(None), value, other),
        lambda value, other: all_of([value.truth(), other.truth()]),
        lambda value, other: any_of([value.is_set(), other.truth()]),
        lambda value, other: value.then(lambda data: other.then(lambda more: [data, more]).data),
        lambda value, _: value.then(lambda data: 7 if data else None),
        lambda value, other: Value(other.data if value.unknown else value.data),
        lambda value, other: Value(value.unknown) if value.unknown else other,
    ]
)


@settings(max_examples=400, deadline=None)
@given(first=options, second=options, path=st.lists(steps, min_size=1, max_size=4))
def test_what_is_computed_from_open_values_holds_for_every_choice(first: list[Any], second: list[Any], path: list[Any]) -> None:
    def computed(one: Any, other: Any) -> Value[Any]:
        result = Value.of(one)
        for step in path:
            result = step(result, Value.of(other))
        return result

    opened = computed(open_value(first), open_value(second))
    for one, other in itertools.product(first, second):
        chosen = computed(one, other).data
        if not isinstance(opened.data, Unknown):
            assert isinstance(chosen, Unknown) or same(opened.data, chosen)
        elif opened.options and not isinstance(chosen, Unknown):
            assert any(same(option, chosen) for option in opened.options)


# Terraform's expressions

LEAVES = ['"aws:kms"', '"AES256"', "true", "false", "null", "1", '["a", "b"]', "[]", '{ k = "x" }']
UNSET = 'variable "unset" {}\nvariable "other" {}\n'


def conditional(variable: str) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(LEAVES), st.sampled_from(LEAVES)).map(lambda pair: f"(var.{variable} ? {pair[0]} : {pair[1]})")


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda one: f"{one}.k"),
        inner.map(lambda one: f"{one}[0]"),
        inner.map(lambda one: f"!{one}"),
        inner.map(lambda one: f'try({one}, "fallback")'),
        inner.map(lambda one: f"can({one}.k)"),
        inner.map(lambda one: f"tostring({one})"),
        inner.map(lambda one: f"upper({one})"),
        inner.map(lambda one: f"length({one})"),
        inner.map(lambda one: f'"x-${{{one}}}"'),
        inner.map(lambda one: f"[for e in {one} : e]"),
        inner.map(lambda one: f'flatten([{one}, "z"])'),
        inner.map(lambda one: f"{one}[*]"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} == {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} && {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} ? {pair[1]} : {pair[0]})"),
        st.tuples(inner, inner).map(lambda pair: f"coalesce({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"contains([{pair[0]}], {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f'lookup({{ "aws:kms" = {pair[0]} }}, {pair[1]}, {pair[0]})'),
    )


expressions = st.recursive(st.one_of(conditional("unset"), conditional("other"), st.sampled_from(LEAVES)), combined, max_leaves=4)


@settings(max_examples=120, deadline=None)
@given(expression=expressions)
def test_an_expression_over_conditionals_is_one_of_what_it_is_for_their_choices(tmp_path_factory: Any, expression: str) -> None:
    opened = evaluated(tmp_path_factory, expression, {})
    chosen = [
        evaluated(tmp_path_factory, expression, {"unset": one, "other": other})
        for one, other in itertools.product(("true", "false"), repeat=2)
    ]
    told = [result for result in chosen if not isinstance(result, Unknown)]
    if isinstance(opened, Either):
        assert all(any(same(option, result) for option in opened.options) for result in told), expression
    elif not isinstance(opened, Unknown):
        assert all(contained(opened, result) for result in told), expression


def evaluated(folders: Any, expression: str, variables: dict[str, str]) -> Any:
    top: Path = folders.mktemp("open", numbered=True)
    return value(top, expression, UNSET, variables=variables)


def contained(opened: Any, chosen: Any) -> bool:
    """Whether what is known agrees with the choice, with unknown parts for anything."""
    if isinstance(opened, Either):
        return any(same(option, chosen) for option in opened.options)
    if isinstance(opened, Unknown):
        return True
    if isinstance(opened, Text):
        return isinstance(chosen, Text) or (isinstance(chosen, str) and chosen.startswith(opened.prefix))
    if isinstance(opened, list) and isinstance(chosen, list):
        if any(type(element) is Unknown for element in opened):  # it may be all the rest of the list, in any order
            return all(any(contained(element, one) for one in chosen) for element in opened if not isinstance(element, Unknown))
        return len(opened) == len(chosen) and all(map(contained, opened, chosen))
    if isinstance(opened, dict) and isinstance(chosen, dict):
        return opened.keys() == chosen.keys() and all(contained(element, chosen[key]) for key, element in opened.items())
    return same(opened, chosen)
