"""`assay report`: every format of a run that is over, with the exit code that the run had."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.reports import json_report, jsonl
from assay.scanner.results import formats
from assay.scanner.results.model import GateReport, Report
from assay.scanner.sources.coverage import Coverage, Gap
from tests.reports import samples
from tests.scans import FAILING, PASSING, UNKNOWN, VERSIONING, assay, write

BROKEN = {"a.tf": PASSING, "b.tf": "resource {"}
RUNS: dict[str, dict[str, str]] = {
    "fails": {"a.tf": FAILING},
    "passes": {"a.tf": PASSING},
    "unknown": {"a.tf": UNKNOWN},
    "incomplete": BROKEN,
}


def run_of(tmp_path: Path, files: dict[str, Any], *options: str, form: str = "json") -> tuple[Path, int]:
    """What a scan wrote, and its exit code."""
    tree = write(tmp_path / "tree", files)
    saved = tmp_path / f"run.{form}"
    return saved, assay("scan", "--no-config", str(tree), *VERSIONING, "-r", f"{form}={saved}", *options).exit_code


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("options", [[], ["--strict"], ["--fail-on", "never"], ["--fail-on", "critical"]])
def test_the_exit_code_is_that_of_the_run(name: str, form: str, options: list[str], tmp_path: Path) -> None:
    saved, code = run_of(tmp_path, RUNS[name], *options, form=form)
    assert assay("report", str(saved), "--no-config", *options).exit_code == code


VOLATILE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("name", sorted(set(formats.names()) - samples.PRINTED - {"text", "html"}))
def test_every_format_is_what_the_run_itself_would_have_written(name: str, form: str, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {**BROKEN, "c.tf": FAILING.replace('"b"', '"c"')})
    direct, later, saved = (str(tmp_path / part) for part in ("direct", "later", "saved"))
    assay("scan", "--no-config", str(tree), "-r", f"{name}={direct}", "-r", f"{form}={saved}")
    assay("report", saved, "--no-config", "-r", f"{name}={later}")
    one, other = ([*sorted(VOLATILE.sub("", Path(path).read_text("utf-8")).splitlines())] for path in (direct, later))
    assert one == other


def test_several_at_once_and_one_on_standard_output(tmp_path: Path) -> None:
    saved, _ = run_of(tmp_path, RUNS["fails"])
    ran = assay(
        "report", str(saved), "--no-config", "-r", f"junit={tmp_path / 'j.xml'}", "-r", f"sarif={tmp_path / 's.sarif'}", "-r", "csv"
    )
    assert (tmp_path / "j.xml").exists() and (tmp_path / "s.sarif").exists() and ran.stdout.startswith('"record"')


def test_two_reports_for_one_file_are_refused(tmp_path: Path) -> None:
    saved, _ = run_of(tmp_path, RUNS["fails"])
    out = tmp_path / "out"
    ran = assay("report", str(saved), "--no-config", "-r", f"json={out}", "-r", f"jsonl={tmp_path}/./out")
    assert ran.exit_code == 2 and "two reports are for this file" in ran.stderr and not out.exists()
    assert assay("report", str(saved), "--no-config", "-r", "json=/dev/null", "-r", "csv=/dev/null").exit_code == 1


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_standard_input(form: str, tmp_path: Path) -> None:
    saved, code = run_of(tmp_path, RUNS["fails"], form=form)
    ran = assay("report", "-", "--no-config", "-r", "github", given=saved.read_bytes())
    assert ran.exit_code == code and ran.stdout.startswith("::error ")


def test_the_configuration_counts_as_for_a_scan(tmp_path: Path) -> None:
    saved, _ = run_of(tmp_path, RUNS["fails"])
    config = tmp_path / "c.yaml"
    config.write_text("fail_on: critical\n", "utf-8")
    assert assay("report", str(saved), "--config", str(config)).exit_code == 0
    assert assay("report", str(saved), "--config", str(config), "--fail-on", "low").exit_code == 1


def test_a_report_of_version_1(tmp_path: Path) -> None:
    """As Assay 0.1 wrote it: without what version 2 adds."""
    data = json.loads(json_report.render(samples.report(), samples.context()))
    data["schema"] = "assay-results/1"
    del data["gate"], data["coverage"]["tree"]
    for control in data["controls"]:
        del control["frameworks"], control["reason"]
    for result in data["results"]:
        del result["waiver"], result["standing"], result["resource"]["tags"], result["resource"]["marks"]
    (tmp_path / "old.json").write_text(json.dumps(data), "utf-8")
    for name in sorted({*formats.names()} - samples.PRINTED):
        ran = assay("report", str(tmp_path / "old.json"), "--no-config", "-r", f"{name}={tmp_path / name}")
        assert (ran.exit_code, ran.exception if not isinstance(ran.exception, SystemExit) else None) == (1, None)
        assert (tmp_path / name).stat().st_size > 100


def encoded(report: Report) -> bytes:
    return json_report.render(report, samples.context())


KNOWN_GAP = Gap("a.tf", "parse_error", "a brace is not closed", "correct the file", 1)
HELD = [samples.result("keys.rotation", "fail", samples.LOGS, "no", standing="known")]


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (samples.report(HELD, Coverage()), 1),  # a weaker configuration
        (msgspec.structs.replace(samples.report(HELD, Coverage()), gate=GateReport()), 0),
        (msgspec.structs.replace(samples.report(HELD, Coverage(gaps=[KNOWN_GAP])), gate=GateReport(known_gaps=[KNOWN_GAP])), 0),
        (msgspec.structs.replace(samples.report(HELD, Coverage(gaps=[KNOWN_GAP])), gate=GateReport()), 3),
        (samples.compared(), 1),
    ],
)
def test_what_was_known_before_fails_nothing(report: Report, code: int, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(encoded(report))
    assert assay("report", str(tmp_path / "r.json"), "--no-config", "--quiet").exit_code == code


def without_a_result(data: Any) -> None:
    data["results"] = [result for result in data["results"] if result["verdict"] != "fail"]


LINES = jsonl.render(samples.report(), samples.context()).splitlines(keepends=True)
REFUSED: dict[str, tuple[bytes, str]] = {
    "other": (b"{}", "no report; give what assay scan"),
    "empty": (b"", "no report"),
    "newer": (b'{"schema": "assay-results/3"}', "this version reads assay-results/1 and assay-results/2"),
    "wrong": (b'{"schema": "assay-results/2", "results": 7}', "no report as assay scan writes it"),
    "deep": (b'{"schema": "assay-results/2", "results": ' + b"[" * 100_000, "no report"),
    "cut": (b"".join(LINES[:-1]), "it has no closing line"),
    "cut in a line": (b"".join(LINES)[:-40], "is none that assay scan writes"),
    "a result is gone": (b"".join(LINES[:1] + LINES[2:]), "its counts are not those of its results"),
    "two ends": (b"".join([*LINES, LINES[-1]]), "does not belong there"),
    "two beginnings": (b"".join([LINES[0], *LINES]), "does not belong there"),
    "other lines": (b"".join([LINES[0], b"{}\n", *LINES[1:]]), "does not belong there"),
    "newer lines": (LINES[0].replace(b"assay-results/2", b"assay-results/9"), "a report of format assay-results/9"),
    "binary": (b'\xff\xfe\x00"assay-results/2"\xff', "no report"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("way", ["file", "input"])
def test_what_is_no_report_is_refused(name: str, way: str, tmp_path: Path) -> None:
    content, told = REFUSED[name]
    (tmp_path / "r").write_bytes(content)
    ran = assay("report", str(tmp_path / "r") if way == "file" else "-", "--no-config", given=content)
    assert ran.exit_code == 2 and told in ran.stderr and "internal error" not in ran.stderr
    assert (str(tmp_path / "r") if way == "file" else "standard input") in ran.stderr


def test_a_severity_that_would_fail_nothing_is_refused(tmp_path: Path) -> None:
    result = msgspec.structs.replace(HELD[0], severity="none", standing="")
    (tmp_path / "r.json").write_bytes(encoded(samples.report([result], Coverage())))
    ran = assay("report", str(tmp_path / "r.json"), "--no-config")
    assert ran.exit_code == 2 and "'none' is no severity" in ran.stderr


def test_a_report_from_which_failures_were_taken_is_refused(tmp_path: Path) -> None:
    data = json.loads(encoded(samples.report()))
    without_a_result(data)
    (tmp_path / "r.json").write_text(json.dumps(data), "utf-8")
    ran = assay("report", str(tmp_path / "r.json"), "--no-config")
    assert ran.exit_code == 2 and "its counts are not those of its results" in ran.stderr


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_a_hostile_report_gives_reports(text: str, tmp_path: Path) -> None:
    """Whoever wrote it: no format breaks, and none reads a file that it names."""
    report, _ = samples.hostile(text, valid=True)
    (tmp_path / "r.json").write_bytes(json_report.render(report, samples.context()))
    for name in sorted({*formats.names()} - samples.PRINTED):
        ran = assay("report", str(tmp_path / "r.json"), "--no-config", "-r", f"{name}={tmp_path / 'out'}")
        assert ran.exit_code == 1 and "could not be made" not in ran.stderr


def test_no_file_that_a_report_names_is_shown(tmp_path: Path) -> None:
    (tmp_path / "secret.tf").write_text("canary-5b1e\n" * 20, "utf-8")
    resource = samples.resource("aws_s3_bucket.b", samples.BlockRef("aws_s3_bucket.b", str(tmp_path / "secret.tf"), 1, 9))
    report = samples.report([samples.result("keys.rotation", "fail", resource, "no")])
    (tmp_path / "r.json").write_bytes(
        encoded(msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, targets=[str(tmp_path)])))
    )
    for name in sorted({*formats.names()} - samples.PRINTED):
        assert "canary" not in assay("report", str(tmp_path / "r.json"), "--no-config", "-r", name).stdout
