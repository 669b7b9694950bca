"""Facts that change by themselves are no difference between regions."""

from __future__ import annotations

import re

import msgspec

from assay.scanner.analysis.estate.pairs import _OF_TIME
from assay.scanner.facts.catalogue import catalogue

_SPAN = re.compile(r"age_|days_(left|since|to)")


def test_all_of_them_are_known() -> None:
    fields = {field.name for kind in catalogue().kinds.values() for field in msgspec.structs.fields(kind)}
    assert {name for name in fields if _SPAN.match(name)} == {"age_days", "days_left", "days_since_rotation", "days_to_rotation"}
    assert {name for name in fields if name.startswith(_OF_TIME)} == {"age_days", "days_left", "days_since_rotation", "days_to_rotation"}
