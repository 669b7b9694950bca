"""cfn-lint's condition solver and ours agree on which combinations of conditions are possible."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.sources.templates.yaml_text import parse as parse_yaml
from tests.sources.cloudformation.reading import collect

NAMES = "ABC"
PARAMETERS = {
    "Env": {"Type": "String", "AllowedValues": ["a", "b"]},
    "P": {"Type": "String"},
    "Q": {"Type": "String"},
    "D": {"Type": "String", "Default": "b"},
}


def conditions(known: str) -> st.SearchStrategy[Any]:
    equals = st.builds(lambda name, text: {"Fn::Equals": [{"Ref": name}, text]}, st.sampled_from(["Env", "P", "Q"]), st.sampled_from("abc"))
    leaves = equals if not known else equals | st.sampled_from([{"Condition": name} for name in known])
    inner = leaves | st.builds(lambda condition: {"Fn::Not": [condition]}, leaves)
    several = st.lists(inner, min_size=2, max_size=3)
    return inner | st.builds(lambda operands: {"Fn::And": operands}, several) | st.builds(lambda operands: {"Fn::Or": operands}, several)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(first=conditions(""), second=conditions("A"), third=conditions("AB"))
def test_possible_combinations(first: Any, second: Any, third: Any) -> None:
    template = {
        "Parameters": PARAMETERS,
        "Conditions": dict(zip(NAMES, (first, second, third), strict=True)),
        "Resources": {f"R{name}": {"Type": "AWS::SNS::Topic", "Condition": name} for name in NAMES},
    }
    lint = pytest.importorskip("cfnlint.template")  # takes a second, which a worker without these tests saves
    theirs = lint.Template("t.json", template, ["us-east-1"]).conditions.build_scenarios({name: {True, False} for name in NAMES})
    with tempfile.TemporaryDirectory() as top:
        [collection] = collect(Path(top), {"t.json": template})
    exist = [{item.address[-1] for item in world.items} for world in collection.worlds or [collection]]
    assert sorted(map(sorted, exist)) == sorted(sorted(name for name in NAMES if result[name]) for result in theirs)


def test_yaml_is_read_as_cfn_lint_reads_it() -> None:
    loads = pytest.importorskip("cfnlint.decode.cfn_yaml").loads

    text = (Path(__file__).parent / "data" / "functions.yaml").read_text("utf-8")
    without_merge = text.replace("<<: {EnableKeyRotation: true}", "EnableKeyRotation: true")
    assert json.dumps(parse_yaml(without_merge).data, default=str) == json.dumps(loads(without_merge), default=str)
