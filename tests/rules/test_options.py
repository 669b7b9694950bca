"""A fact that is one of a few values decides a rule where each of these gives the same verdict, and only there."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from assay.scanner.rules.options import MAX_COMBINATIONS, combinations
from assay.scanner.sources.raw import Unknown, either
from assay.scanner.sources.values import Value
from tests.rules.test_kleene import SEEN, bucket, grant, judged, key, verdict

OPEN = Unknown("a variable has no value", "give it a value")
RULES = (
    "resource.encryption == 'AES256'",
    "resource.encryption != 'none'",
    "resource.encryption in ['aws:kms', 'AES256']",
    "resource.encryption == null || resource.encryption.startsWith('aws:')",
    "resource.versioned && resource.encryption != 'aws:fsx'",
)


def one_of(*options: Any) -> Value[Any]:
    return Value.of(either(OPEN, *options), SEEN)


def of(encryption: Any, versioned: Any) -> Any:
    resource = bucket(versioned=False)
    resource.encryption = encryption if isinstance(encryption, Value) else Value(encryption, SEEN)
    resource.versioned = versioned if isinstance(versioned, Value) else Value(versioned, SEEN)
    return resource


@pytest.mark.parametrize("that", RULES)
@pytest.mark.parametrize("options", list(itertools.combinations(("AES256", "aws:kms", "aws:fsx", None), 2)), ids=str)
def test_what_all_options_agree_on_is_the_verdict(that: str, options: tuple[Any, Any]) -> None:
    for versioned in (True, False):
        verdicts = {verdict(of(option, versioned), that) for option in options}
        assert verdict(of(one_of(*options), versioned), that) == (verdicts.pop() if len(verdicts) == 1 else "unknown")
    every = {verdict(of(option, versioned), that) for option in options for versioned in (True, False)}
    assert verdict(of(one_of(*options), one_of(True, False)), that) == (every.pop() if len(every) == 1 else "unknown")


@pytest.mark.parametrize(("days", "expected"), [((30, 60), "true"), ((300, 400), "false"), ((30, 400), "unknown"), ((30, None), "unknown")])
def test_numbers(days: tuple[Any, Any], expected: str) -> None:
    resource = key(1)
    resource.rotation_days = one_of(*days)
    assert verdict(resource, "resource.rotation_days != null && resource.rotation_days <= params.most", {"most": 90}) == expected


def test_an_element_of_a_list() -> None:
    for options, expected in ((("a", "b"), "pass"), (("*", "a"), "unknown"), (("*", "**"), "fail")):
        part = grant()
        part.principal = one_of(*options)
        [result] = judged(bucket(grants=[part]), "!g.principal.startsWith('*')", each="resource.grants", **{"as": "g"})
        assert result.verdict == expected
        assert result.verdict != "fail" or not result.unknown


def test_a_condition_of_an_assertion() -> None:
    said = {options: verdict(of(one_of(*options), False), "resource.versioned", when="resource.encryption != 'none'") for options in
            (("a", "b"), ("none", "a"))}  # fmt: skip
    assert said == {("a", "b"): "false", ("none", "a"): "unknown"}


def test_a_condition_of_an_assertion_on_an_element() -> None:
    """The element that fails is named, whichever of its options the condition has."""
    for options, expected in ((("a", "b"), "fail"), (("none", "a"), "unknown")):
        part = grant()
        part.principal = one_of(*options)
        [result] = judged(bucket(grants=[part]), "g.foreign", each="resource.grants", when="g.principal != 'none'", **{"as": "g"})
        assert result.verdict == expected
        assert json.loads(result.element_key)["actions"] == "read" and "read" in result.element


def test_what_has_no_options_stays_unknown() -> None:
    assert verdict(of(Value(OPEN, SEEN), one_of(True, False)), "resource.versioned || resource.encryption == 'a'") == "unknown"


def test_of_too_many_combinations_none_is_tried() -> None:
    resource = of(one_of(*"abcdefgh"), one_of(True, False))
    resource.acls_disabled = resource.retention_locked = resource.block_declared = one_of(True, False)
    paths = [("encryption",), ("versioned",), ("acls_disabled",), ("retention_locked",)]
    assert len(combinations(resource, paths)) == MAX_COMBINATIONS
    assert combinations(resource, [*paths, ("block_declared",)]) == [resource]
