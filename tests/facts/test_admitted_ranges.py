"""Ranges that entry points admit, as rules compare them with those of users."""

from __future__ import annotations

import pytest

from assay.scanner.facts.access.admission.kinds import AdmittedSource
from assay.scanner.facts.access.admission.sources import of_range
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


@pytest.mark.parametrize(
    ("written", "in_halves"),
    [
        ("203.0.113.0/28", True),
        ("203.0.113.7", False),  # one address has no halves
        ("203.0.113.7/32", False),
        ("10.0.0.0/9", True),
        ("10.0.0.0/8", False),  # no company's users are so many
        ("0.0.0.0/0", False),
        ("2001:db8::/32", True),
        ("2001::/17", True),
        ("2001::/16", False),
        ("2001:db8::1", False),
    ],
)
def test_ranges_that_may_be_joined_of_two(written: str, in_halves: bool) -> None:
    source = of_range(Value(written))
    assert isinstance(source, AdmittedSource)
    assert isinstance(source.halves.data, list)
    assert bool(source.halves.data) is in_halves


def test_what_a_range_is_within() -> None:
    source = of_range(Value(" 203.0.113.16/30 "))
    assert isinstance(source, AdmittedSource)
    assert isinstance(source.within.data, list)
    assert source.within.data[:3] == ["203.0.113.16/30", "203.0.113.16/29", "203.0.113.16/28"]
    assert source.within.data[-1] == "0.0.0.0/0" and len(source.within.data) == 31


def test_what_is_no_range_is_not_known() -> None:
    why = Unknown('variable "users" has no value', "pass it")
    assert of_range(Value(why)) == why
    assert isinstance(of_range(Value("vpn.example.com")), Unknown)
