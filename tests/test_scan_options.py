"""Options take what docs/api.md says, and refuse everything else by name, value and what is allowed."""

from __future__ import annotations

import contextlib
import datetime
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner import options as module
from assay.scanner.errors import AssayError, OptionsError
from assay.scanner.estate_options import EstateOptions
from assay.scanner.globs import PathRule
from assay.scanner.options import AccessQuestion, Attestation, Limits, Options, Selector
from assay.scanner.run import Scan
from assay.scanner.sources.overlay import DISK, Overlay

DAY = datetime.date(2027, 1, 31)
STATED = Attestation(control="edge.*", statement="so it is", owner="the team", date=DAY, expires=DAY)
TYPES = typing.get_type_hints(Options, {**vars(module), "Overlay": Overlay})

REFUSED: dict[str, list[Any]] = {
    "paths": [3, None, "", [], [""], "a\0b", [b"x"], ["a", 3], {"a": "b"}, b"x", "\ud800"],
    "variables": [{"a": 1}, "a=b", [("a", "b")], {"": "x"}, {1: "x"}, None],
    "must_declare": [1, [""], {"a": "b"}],
    "must_take": [1, [""], {"a": "b"}],
    "var_files": [3, [""], "\0"],
    "workspace": ["", 1],
    "root_modules": [3, [""], {"a": "b"}],
    "untouched": [3, [""], {"a": "b"}],
    "parameters": [[("a", "b")], {"a": ["b"]}],
    "parameter_files": [{"a": 1}, [None]],
    "region": [["us-east-1"], "", 1, b"x"],
    "account": [12, 111122223333, ""],
    "code": [["a"], "", 3, "\0"],
    "policies": [7, [""], [Path("a"), 1]],
    "overrides": [7, [None]],
    "profile": ["", ["a"], 3],
    "controls": [7, [1], {"a": "b"}, "", [" "], None],
    "frameworks": [7, [1], {"a": "b"}, "", [" "], None],
    "params": [3, [1], {"a": object()}, {1: 2}, {"a": float("nan")}, {"a": {1: 2}}, {"a": DAY}],
    "control_params": [3, {"a": 3}, {"a": {"b": {3}}}],
    "disabled": [["a"], {"a": None}, {"a": ""}],
    "roles": [3, {"ui": 3}, {"ui": "x"}, {"ui": [Selector()]}, {"ui": [Selector(tags={"a": 1})]}, {"ui": Selector(type="")}],  # type: ignore[dict-item]
    "attestations": [
        3, ["x"], [msgspec.structs.replace(STATED, owner=" ")], [msgspec.structs.replace(STATED, expires=datetime.date(2026, 1, 1))],
        [msgspec.structs.replace(STATED, date="2027-01-31")], [msgspec.structs.replace(STATED, covers="x")],
    ],
    "estate": [3, "x", {"clouds": ["aws"]}, EstateOptions, EstateOptions(clouds=3), EstateOptions(regions={"aws": (1,)})],  # type: ignore[arg-type, dict-item]
    "asked": [3, "x", AccessQuestion],
    "today": ["2027-01-31", 3, datetime.datetime(2027, 1, 31)],
    "severities": [{"a": "bogus"}, {"a": 1}, "high", {"a": ["high"]}],
    "fail_on": ["bogus", None, ["high"], "HIGH"],
    "allow_empty": ["yes", 1, None],
    "configuration": ["", 3],
    "exclude": [b"x", {"a": "b"}, [1], [""], 3],
    "libraries": [[None], 3.0],
    "limits": [5, {"memory": 3}, (1, 2)],
    "arguments": [3, [1]],
    "changed": [3, [""], {"a": "b"}],
    "overlay": ["disk", 3, type(DISK)],
}  # fmt: skip

TAKEN: dict[str, list[tuple[Any, Any]]] = {
    "paths": [("a", ("a",)), (Path("a"), ("a",)), (["a", Path("b")], ("a", "b")), ((), ()), (iter("ab"), ("a", "b"))],
    "variables": [({"a": ""}, {"a": ""})],
    "controls": [("storage.*", ("storage.*",)), ([], ())],
    "frameworks": [("hipaa", ("hipaa",)), ([], ())],
    "params": [({"a": [1, ("x",), {"b": None}]}, {"a": [1, ["x"], {"b": None}]})],
    "roles": [({"ui": Selector(type="aws_lb")}, {"ui": (Selector(type="aws_lb"),)}), ({"ui": []}, {"ui": ()})],
    "attestations": [(STATED, (STATED,)), ([STATED], (STATED,))],
    "estate": [(EstateOptions(), EstateOptions()), (None, None)],
    "exclude": [("a/*", (PathRule("a/*", file="the options"),)), ([PathRule("b")], (PathRule("b"),))],
    "changed": [({"a"}, frozenset("a")), ((), frozenset()), ("a", frozenset("a"))],
    "fail_on": [("never", "never"), ("high", "high")],
    "today": [(DAY, DAY)],
    "overlay": [(DISK, DISK)],
    "limits": [(Limits(5), Limits(5))],
}


def test_every_field_is_checked_and_tried() -> None:
    assert tuple(module._CHECKS) == Options.__struct_fields__
    assert set(REFUSED) == set(Options.__struct_fields__)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_what_cannot_be_meant_is_refused(name: str, value: Any) -> None:
    with pytest.raises(OptionsError) as refused:
        Options(**{name: value})
    assert str(refused.value).startswith(name) and "; give " in str(refused.value)


@pytest.mark.parametrize(("name", "value", "kept"), [(name, *case) for name, cases in TAKEN.items() for case in cases])
def test_what_can_be_meant_is_kept_in_one_form(name: str, value: Any, kept: Any) -> None:
    options = Options(**{name: value})
    assert getattr(options, name) == kept
    assert msgspec.structs.replace(options, workspace="other").__class__ is Options
    assert getattr(msgspec.structs.replace(options, workspace="other"), name) == kept


def test_what_was_given_cannot_be_changed_afterwards() -> None:
    params = {"a": [1]}
    options = Options(params=params)
    params["a"].append(2)
    assert options.params == {"a": [1]}


@pytest.mark.parametrize("memory", [-1, 1.5, True, "1G", 1 << 63])
def test_limits_of_memory_are_bytes(memory: Any) -> None:
    with pytest.raises(OptionsError, match=r"^the limit of memory is .*; give an integer"):
        Limits(memory=memory)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), True, "1", 1e10])
def test_limits_of_time_are_seconds(seconds: Any) -> None:
    with pytest.raises(OptionsError, match=r"^the limit of seconds is .*; give a number"):
        Limits(seconds=seconds)


ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=3) | st.dates() | st.datetimes()
    | st.sampled_from([Path("a"), Selector(), Selector(type="t"), STATED, PathRule("a"), Limits(), DISK, object(), Options, "low", "never"])
)  # fmt: skip
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.frozensets(st.text(max_size=3), max_size=2)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip


def is_of(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation says, at every depth."""
    if hint is Any:
        return True
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(is_of(value, argument) for argument in arguments)
    if origin is dict:
        return isinstance(value, Mapping) and all(is_of(key, arguments[0]) and is_of(value, arguments[1]) for key, value in value.items())
    if origin in (tuple, frozenset):
        return isinstance(value, origin) and all(is_of(item, arguments[0]) for item in value)
    return isinstance(value, hint) and not (hint is not bool and isinstance(value, bool))


@pytest.mark.parametrize("name", Options.__struct_fields__)
@settings(max_examples=40)
@given(value=ANYTHING)
def test_any_value_is_of_its_type_or_refused(name: str, value: Any) -> None:
    try:
        options = Options(**{name: value})
    except OptionsError as error:
        assert str(error).startswith(name)
    else:
        assert is_of(getattr(options, name), TYPES[name])


SELECTING = (
    "policies",
    "overrides",
    "profile",
    "controls",
    "frameworks",
    "params",
    "control_params",
    "disabled",
    "severities",
    "attestations",
    "roles",
)


@pytest.mark.parametrize("name", SELECTING)
@settings(max_examples=15, deadline=None)
@given(value=ANYTHING)
def test_a_scan_refuses_what_is_not_there_and_nothing_else_happens(name: str, value: Any) -> None:
    with contextlib.suppress(AssayError):
        Scan(Options(**{name: value}))
