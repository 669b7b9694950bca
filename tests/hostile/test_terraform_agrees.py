"""What terraform would open, Assay says is open, however it is spelled. The answers of terraform are recorded (terraform_answers.py)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest

from assay.scanner.run import Options, Scan
from tests.hostile.terraform_answers import recorded
from tests.hostile.terraform_variants import CONTROLS, variants
from tests.scans import write
from tests.sources.terraform import oracle

VARIANTS = {name: (kind, files) for name, kind, files in variants()}
NUMBERS = {name: number for number, name in enumerate(VARIANTS)}
ANSWERS = recorded()
Told = tuple[set[str], set[str]]


def _named(answer: str) -> list[str]:
    return [name for name in VARIANTS if ANSWERS.get(name) == answer]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """Each variant's verdicts and codes of gaps: each is a tree of its own below one directory for every control."""
    by_number: dict[int, Told] = defaultdict(lambda: (set(), set()))
    for kind, control in CONTROLS.items():
        top = tmp_path_factory.mktemp(kind)
        for name, (own, files) in VARIANTS.items():
            if own == kind:
                write(top / f"v{NUMBERS[name]}", {**files})
        scan = Scan(Options(paths=[str(top)], controls=[control]))
        for result in scan:
            by_number[_number(result.resource.root)][0].add(result.verdict)
        for gap in scan.coverage.gaps:
            by_number[_number(gap.scope)][1].add(gap.code)
    return {name: by_number[number] for name, number in NUMBERS.items()}


def _number(path: str) -> int:
    match = re.search(r"/v(\d+)(?:/|$)", path)
    assert match, path
    return int(match[1])


def test_every_variant_has_an_answer() -> None:
    assert ANSWERS.keys() == VARIANTS.keys()
    assert len(_named("open")) > 280


@pytest.mark.parametrize("name", _named("open"))
def test_what_terraform_opens_fails_or_is_a_gap(told: dict[str, Told], name: str) -> None:
    verdicts, gaps = told[name]
    assert "fail" in verdicts or gaps, verdicts
    assert name in UNREAD or not gaps, gaps


UNREAD = {
    f"{kind}: {what} 0"
    for kind in CONTROLS
    for what in ("an empty byte in a comment", "a byte that is no text, in a comment", "a line of a heredoc that begins as its end")
}
"""What Assay's parser does not read."""


@pytest.mark.parametrize("name", _named("refused"))
def test_what_terraform_refuses_is_no_clean_pass(told: dict[str, Told], name: str) -> None:
    """It is judged as what it says, or stands as a gap."""
    verdicts, gaps = told[name]
    assert verdicts != {"pass"} or gaps


@pytest.mark.parametrize("name", _named("closed"))
def test_what_terraform_does_not_open_does_not_fail(told: dict[str, Told], name: str) -> None:
    """But a file that OpenTofu alone reads may open it, and a module that is called and not made may be deployed by itself."""
    assert ("fail" in told[name][0]) == name.endswith(("open.tofu", "no instance of a module"))


@oracle.needs_terraform
def test_terraform_still_refuses_what_is_recorded_as_no_configuration(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of those that the program can tell without a provider, some are asked again."""
    from tests.hostile.terraform_answers import Terraform

    terraform = Terraform(tmp_path_factory.mktemp("asked"), tmp_path_factory.getbasetemp())
    asked: list[Any] = [name for name in VARIANTS if name.startswith("group: ") and "JSON" not in name][::12]
    for name in asked:
        if not terraform.parses(VARIANTS[name][1]):
            assert ANSWERS[name] == "refused", name
