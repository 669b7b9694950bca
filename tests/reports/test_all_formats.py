"""What holds in every format: whatever is in a name, and wherever a finding came from."""

from __future__ import annotations

import pytest

from assay.scanner.results import formats
from tests.reports import samples

COUNTING = sorted(set(formats.names()) - {"gitlab"})
"""GitLab's code quality report has no place for anything but findings."""
TELLING = sorted(set(formats.names()) - {"concise"})
"""One line is one finding there; what is no finding is told on standard error."""


def made(name: str, report: samples.Report) -> str:
    return b"".join(formats.parts(name)(report, samples.context())).decode()


@pytest.mark.parametrize("name", COUNTING)
def test_every_format_says_how_many_are_waived_and_known(name: str) -> None:
    said = " ".join(made(name, samples.compared()).split())
    assert "waived" in said and "known" in said


@pytest.mark.parametrize("name", sorted({*COUNTING} & {*TELLING}))
def test_every_format_has_the_opinion_of_another_scanner(name: str) -> None:
    assert "checkov" in made(name, samples.compared())


@pytest.mark.parametrize("name", TELLING)
def test_every_format_tells_that_the_configuration_became_weaker(name: str) -> None:
    assert "fail_on is high, and was low" in " ".join(made(name, samples.compared()).split())


@pytest.mark.parametrize("name", formats.names())
def test_a_run_says_the_same_twice(name: str) -> None:
    assert made(name, samples.compared()) == made(name, samples.compared())
