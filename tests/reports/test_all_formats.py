"""What holds in every format: whatever is in a name, and wherever a finding came from."""

from __future__ import annotations

import re

import msgspec
import pytest

from assay.scanner.results import formats
from tests.reports import samples

FORMATS = set(formats.names()) - {"rollup", "rollup-csv"}
"""Those that tell of single findings; a roll-up counts them."""
POPULATION = "csv-population"
"""A sample is drawn from its rows: each of them is something that was judged."""
COUNTING = sorted(FORMATS - samples.PRINTED - {"gitlab", POPULATION})
"""GitLab's code quality report has no place for anything but findings."""
TELLING = sorted(FORMATS - samples.PRINTED - {"concise", POPULATION})
"""One line is one finding there; what is no finding is told on standard error."""


def made(name: str, report: samples.Report) -> str:
    return b"".join(formats.parts(name)(report, samples.context())).decode()


@pytest.mark.parametrize("name", COUNTING)
def test_every_format_says_how_many_are_waived_and_known(name: str) -> None:
    said = " ".join(made(name, samples.compared()).split())
    assert "waived" in said and "known" in said


@pytest.mark.parametrize("name", COUNTING)
def test_every_format_counts_what_another_scanner_says(name: str) -> None:
    assert "0 agree, 1 differ, 1 only theirs, 1 only ours" in " ".join(made(name, samples.compared()).split()) or name in ("json", "jsonl")


@pytest.mark.parametrize("name", sorted(FORMATS - samples.PRINTED))
def test_every_format_says_where_another_scanner_differs_and_why(name: str) -> None:
    said = " ".join(re.sub(r"\\u00([0-9a-f]{2})", "", made(name, samples.compared())).split())
    assert "CKV_AWS_53" in said and "the account blocks it" in said


@pytest.mark.parametrize("name", COUNTING)
def test_every_format_says_what_another_scanner_alone_finds_and_what_it_lacks(name: str) -> None:
    said = " ".join(made(name, samples.compared()).split())
    assert "no policy blocks it" in said and "could not parse broken.tf" in said


@pytest.mark.parametrize("name", sorted(FORMATS - samples.PRINTED - {"json", "jsonl", "html", "csv", POPULATION}))
def test_what_another_scanner_says_is_no_finding_of_the_run(name: str) -> None:
    """Whatever has a severity or fails a build: the same with and without."""
    beside, alone = made(name, samples.compared()), made(name, msgspec.structs.replace(samples.compared(), opinions=[]))
    for mark in ("CRITICAL", "::error", "::warning", "logissue", "<failure", "<error", '"ruleId"', '"check_name"', '"severity"', "- fail"):
        assert beside.count(mark) == alone.count(mark) or name == "text"


@pytest.mark.parametrize("name", TELLING)
def test_every_format_tells_that_the_configuration_became_weaker(name: str) -> None:
    assert "fail_on is high, and was low" in " ".join(made(name, samples.compared()).split())


@pytest.mark.parametrize("name", sorted(FORMATS - samples.PRINTED))
def test_a_run_says_the_same_twice(name: str) -> None:
    assert made(name, samples.compared()) == made(name, samples.compared())
