"""The reference deployment as a whole: both clouds, all environments, every tier, and regions that are alike."""

from __future__ import annotations

from collections import Counter

import msgspec

from assay.scanner.run import Options, Scan
from fixtures import three
from fixtures.mutations import OF_ESTATE

CODE = [three.REFERENCE / cloud / "terraform" for cloud in ("aws", "gcp")]
OF_COMPARISONS = {"estate.iac-managed"}
"""What a scan of code does not judge."""


def test_code_of_both_clouds_passes_every_control_of_the_estate() -> None:
    estate = msgspec.structs.replace(three.ESTATE, directory=str(CODE[0]))
    scan = Scan(Options(paths=[str(path) for path in CODE], controls=OF_ESTATE, estate=estate, **three.OPTIONS))
    verdicts: dict[str, Counter[str]] = {}
    told = []
    for result in scan:
        verdicts.setdefault(result.control, Counter())[result.verdict] += 1
        if result.verdict not in ("pass", "not_applicable"):
            told.append((result.control, result.verdict, result.message, [fact.reason for fact in result.unknown]))
    assert told == []
    passed = {control for control, counts in verdicts.items() if counts["pass"]}
    assert {compiled.control.id for compiled in scan.selected} - passed == OF_COMPARISONS
