"""How often canaries run, and whether alarms on what is measured so often can be raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.facts.observe.canaries.schedules import seconds_apart
from assay.scanner.run import Options, Scan
from assay.scanner.sources.raw import Unknown
from tests.scans import ROOT

CASE = ROOT / "fixtures/controls/observe/e2e-canary/terraform/aws-pass/main.tf"


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("rate(1 minute)", 60),
        ("rate(5 minutes)", 300),
        ("rate(1 hour)", 3600),
        ("rate(0 minute)", 0),
        ("rate(0 hour)", 0),
        ("cron(* * * * ? *)", 60),
        ("cron(0/5 * * * ? *)", 300),
        ("cron(0,10 * * * ? *)", 3000),
        ("cron(0 9-17 * * ? *)", 16 * 3600),
        ("cron(0/10 6-22 ? * * *)", 7 * 3600 + 600),
        ("cron(15 10 * * ? *)", 86400),
        ("cron(0 9 ? * MON-FRI *)", 3 * 86400),
    ],
)
def test_seconds_between_runs(expression: str, seconds: int) -> None:
    assert seconds_apart(expression) == seconds


@pytest.mark.parametrize("expression", ["", "5 minutes", "rate(5 days)", "cron(61 * * * ? *)", "cron(0 9 * *)", None])
def test_what_is_no_schedule_is_not_known(expression: object) -> None:
    assert isinstance(seconds_apart(expression), Unknown)


@pytest.mark.parametrize(
    ("missing", "period", "periods", "points", "verdict"),
    [
        # one point in each period, or several
        ("notBreaching", 300, 1, 1, "pass"),
        ("breaching", 600, 3, 2, "pass"),
        # a point in every fifth period
        ("notBreaching", 60, 5, 1, "pass"),
        ("notBreaching", 60, 5, 2, "unknown"),
        ("notBreaching", 60, 5, 3, "fail"),
        ("notBreaching", 60, 15, 3, "pass"),
        ("breaching", 60, 5, 5, "pass"),
        ("breaching", 60, 5, 4, "unknown"),
        ("breaching", 60, 5, 3, "fail"),
        # periods without a point count for nothing
        ("missing", 60, 5, 3, "pass"),
        ("ignore", 60, 5, 3, "pass"),
    ],
)
def test_an_alarm_that_can_be_raised(missing: str, period: int, periods: int, points: int, verdict: str, tmp_path: Path) -> None:
    text = CASE.read_text(encoding="utf-8")
    settings = f"period = {period}\n  evaluation_periods = {periods}\n  datapoints_to_alarm = {points}\n"
    text = text.replace('"breaching"', f'"{missing}"').replace("  period              = 300\n  evaluation_periods  = 2\n", f"  {settings}")
    assert settings in text
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    options = Options(paths=[str(tmp_path)], controls=["observe.e2e-canary"], params={"canary_roles": ["e2e"]}, roles=_roles())
    assert [result.verdict for result in Scan(options)] == [verdict]


def _roles() -> dict[str, list[object]]:
    from assay.scanner.options import Selector

    return {"e2e": [Selector(tags={"Role": "e2e"})]}
