"""The forms of the reference deployment beside its Terraform code pass what the code passes, or say why they do not."""

from __future__ import annotations

from collections import Counter

import pytest

from assay.scanner.run import Options, Scan
from fixtures import forms, three


@pytest.mark.parametrize("form", forms.PATHS)
def test_a_form_passes_every_control_that_is_not_declared(form: str) -> None:
    scan = Scan(Options(paths=[str(forms.PATHS[form])], estate=forms.estate(form), **three.OPTIONS))
    verdicts: dict[str, Counter[str]] = {control.control.id: Counter() for control in scan.selected}
    failed = []
    for result in scan:
        verdicts[result.control][result.verdict] += 1
        if result.verdict in ("fail", "error"):
            failed.append((result.control, result.resource.address, result.message))
    assert failed == []
    says = {control: _says(counts) for control, counts in verdicts.items()}
    declared = {control: next(iter(entry)) for control, entry in forms.declared(form).items()}
    assert {control: word for control, word in says.items() if word != "pass"} == declared
    assert all(reason.strip() for entry in forms.declared(form).values() for reason in entry.values())


def _says(counts: Counter[str]) -> str:
    if counts["unknown"]:
        return "unknown"
    return "pass" if counts["pass"] else "absent"


def test_every_form_is_declared() -> None:
    import yaml

    assert set(yaml.load((three.REFERENCE / "forms.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)) <= set(forms.PATHS)
