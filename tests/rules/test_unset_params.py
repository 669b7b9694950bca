"""A param without a default: what hangs on it is unknown until the configuration sets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.errors import SelectionError
from tests.scans import FAILING, judge, write

RULE = """
id: test.named
title: Buckets have a name of the list
severity: low
origin: test
applies_to: Bucket
params: {names: null}
assert:
  - that: resource.name in params.names
    message: "{name} is none of {params.names}"
  - that: resource.name != "evil" || resource.name in params.names
    message: evil
  - each: resource.grants
    as: grant
    that: grant.public == false || resource.name in params.names
    message: public
why: test
remediation: {}
"""


def verdicts(folder: Path, **options: Any) -> set[tuple[str, str]]:
    code, rules = write(folder / "code", {"main.tf": FAILING}), write(folder / "rules", {"rule.yaml": RULE})
    results = judge(code, "test.named", policies=[str(rules)], **options)
    return {(result.verdict, result.unknown[0].settles_it if result.unknown else result.message) for result in results}


def test_it_is_unknown_until_it_is_set(tmp_path: Path) -> None:
    assert verdicts(tmp_path) == {("unknown", "set names under params in assay.yaml")}
    assert verdicts(tmp_path, params={"names": ["orders"]}) == {("pass", "Buckets have a name of the list")}
    assert verdicts(tmp_path, control_params={"test.named": {"names": []}}) == {("fail", "orders is none of []")}
    assert verdicts(tmp_path, params={"names": {"google": ["orders"]}}) == {("unknown", "set names under params in assay.yaml")}


def test_a_number_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="names is 3"):
        verdicts(tmp_path, params={"names": 3})
