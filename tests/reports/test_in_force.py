"""What was in force, in words: a param that one line sets for several controls is told once."""

from __future__ import annotations

from assay.reports.in_force import in_force, in_force_briefly
from assay.scanner.results.model import InForce, Setting


def _param(control: str, value: str, place: str) -> Setting:
    return Setting(name=f"controls.{control}.params.stack_regions", value=value, default="[]", place=place)


def test_a_param_of_several_controls_is_told_once() -> None:
    settings = [_param(f"data.{name}", '["eu-west-1"]', "assay.yaml:2") for name in ("a", "b", "c")]
    own = _param("data.d", '["us-east-1"]', "assay.yaml:9")
    told = InForce(settings=[Setting(name="fail_on", value="high", default="low"), *settings, own])
    assert in_force_briefly(told) == (
        'fail_on high, stack_regions of 3 controls ["eu-west-1"] at assay.yaml:2, data.d stack_regions ["us-east-1"] at assay.yaml:9'
    )
    assert dict(in_force(told))["Not the defaults"] == (
        'fail_on is high, by default low; stack_regions of 3 controls is ["eu-west-1"] at assay.yaml:2, by default []; '
        'controls.data.d.params.stack_regions is ["us-east-1"] at assay.yaml:9, by default []'
    )


def test_what_the_command_line_sets_stays_apart() -> None:
    told = InForce(settings=[_param("data.a", "[1]", ""), _param("data.b", "[1]", "")])
    assert in_force_briefly(told) == "data.a stack_regions [1], data.b stack_regions [1]"
