"""`assay explain`: all of a control, and of one finding, from a scan and from a report."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assay.scanner.cli import cli
from assay.scanner.rules.load import builtin_folder, load
from assay.scanner.words import visible

LAST = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
CODE = f"""
resource "aws_s3_bucket" "logs" {{
  bucket = "logs"
}}

# assay:waive storage.encrypted-cmk until={LAST} reason="moved by then" owner=platform
resource "aws_s3_bucket" "data" {{
  bucket = "data"
}}

variable "versions" {{}}

resource "aws_s3_bucket_versioning" "data" {{
  bucket = aws_s3_bucket.data.id
  versioning_configuration {{
    status = var.versions
  }}
}}
"""
ONLY = ("--control", "storage.encrypted-cmk", "--control", "storage.versioning-enabled")


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments))
    return result.exit_code, result.output


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(CODE)
    assert ran("scan", ".", *ONLY, "-r", "json=results.json", "-r", "concise=lines.txt")[0] == 1
    return tmp_path


def finding(tree: Path, control: str, verdict: str, address: str) -> str:
    results = json.loads((tree / "results.json").read_text())["results"]
    fingerprints: list[str] = [
        result["fingerprint"]
        for result in results
        if (result["control"], result["verdict"], result["resource"]["address"]) == (control, verdict, address)
    ]
    return fingerprints[0]


@pytest.mark.parametrize("control", [control.control.id for control in load([builtin_folder()]).controls])
def test_every_control_can_be_explained_within_80_columns_but_for_code(control: str) -> None:
    exit_code, output = ran("explain", control)
    assert exit_code == 0
    known = load([builtin_folder()]).by_id()[control]
    code = {line.strip() for text in known.remediation.values() for line in text.expandtabs(4).splitlines()}
    assert [line for line in output.splitlines() if len(line) > 80 and line.strip() not in code] == []
    told = flat(output)
    assert flat(known.title) in told and flat(known.why) in told and flat(known.origin) in told
    assert [flat(text) for text in known.remediation.values() if flat(text) not in told] == []
    assert [name for name, ids in known.frameworks.items() if f"{name}: {', '.join(ids)}" not in told] == []
    assert [name for name, reason in known.judged.items() if f"not in {name}: {flat(reason)}" not in told] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("storage.encripted-cmk", "did you mean storage.encrypted-cmk"),
        ("versioning-enabled", "did you mean storage.versioning-enabled"),
        ("storage.versoning", "did you mean storage.versioning-enabled"),
        ("zzz", "see assay controls list"),
    ],
)
def test_a_control_that_is_not_there_names_those_that_are_near(written: str, meant: str) -> None:
    exit_code, output = ran("explain", written)
    assert exit_code == 2
    assert meant in output


@pytest.mark.parametrize("report", [False, True])
def test_a_failure_is_explained_from_a_scan_and_from_a_report(tree: Path, report: bool) -> None:
    whole = finding(tree, "storage.versioning-enabled", "fail", "aws_s3_bucket.logs")
    exit_code, output = ran("explain", whole[:8], *(["--report", "results.json"] if report else []))
    assert exit_code == 0
    told = flat(output)
    for text in (
        f"fingerprint {whole}",
        "FAIL, high: logs keeps neither versions",
        "main.tf:2-4 aws_s3_bucket.logs",
        "expected: resource.versioned ||",
        "versioned is false",
        "seen at main.tf:2",
        "it passes where this holds: resource.versioned ||",
        "it is not waived, and was not compared",
        "# assay:waive storage.versioning-enabled until=",
        "Fix in Terraform",
        "Why",
    ):
        assert text in told, text
    assert ("2 | resource" in told) == (not report), "code of a report may be another by now"


def test_an_unknown_says_what_settles_it(tree: Path) -> None:
    told = flat(ran("explain", finding(tree, "storage.versioning-enabled", "unknown", "aws_s3_bucket.data"))[1])
    assert "UNKNOWN, high:" in told
    assert 'variable "versions" has no value' in told
    assert "it is known after this: pass --var versions=VALUE" in told


def test_what_does_not_apply_says_why(tree: Path) -> None:
    code = 'resource "aws_s3_bucket" "a" {}\nresource "aws_s3_bucket_logging" "x" {\n  bucket = "y"\n  target_bucket = aws_s3_bucket.a.id\n  target_prefix = ""\n}\n'
    (tree / "main.tf").write_text(code)
    ran("scan", ".", *ONLY, "-r", "json=results.json")
    told = flat(ran("explain", finding(tree, "storage.encrypted-cmk", "not_applicable", "aws_s3_bucket.a"))[1])
    assert "What would change the verdict the control applies only where !resource.receives_access_logs" in told


def test_a_waiver_is_told_with_what_is_so_without_it(tree: Path) -> None:
    told = flat(ran("explain", finding(tree, "storage.encrypted-cmk", "waived", "aws_s3_bucket.data"))[1])
    assert f"waived by platform, until {LAST}: moved by then, main.tf:6; without the waiver it is fail" in told
    assert "it passes where this holds: resource.encryption_key" in told


def test_what_a_baseline_has_is_told(tree: Path) -> None:
    assert ran("baseline", ".", *ONLY, "-o", "known.json")[0] == 0
    whole = finding(tree, "storage.versioning-enabled", "fail", "aws_s3_bucket.logs")
    told = flat(ran("explain", whole, "--baseline", "known.json")[1])
    assert "known beside the baseline known.json: it does not count" in told
    (tree / "main.tf").write_text(CODE.replace('"logs"', '"others"'))
    told = flat(ran("explain", whole[:10], "--baseline", "known.json")[1])
    assert "storage.versioning-enabled: aws_s3_bucket.logs" in told
    assert "gone: it is in the baseline known.json" in told


def test_a_fingerprint_that_is_not_there_names_those_that_are_near(tree: Path) -> None:
    whole = finding(tree, "storage.versioning-enabled", "fail", "aws_s3_bucket.logs")
    other = "0" if whole[5] != "0" else "1"
    exit_code, output = ran("explain", f"{whole[:5]}{other}{whole[6:12]}")
    assert exit_code == 2
    assert "did you mean one of these?" in output and whole[:16] in output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["abc12"], "too short"),
        (["0" * 12], "no result in . has a fingerprint"),
        (["0" * 12, "--report", "main.tf"], "main.tf: no report"),
        (["0" * 12, ".", "--report", "results.json"], "not both"),
        (["storage.encrypted-cmk", "."], "paths and reports are for findings"),
    ],
)
def test_what_cannot_be_meant_is_refused(tree: Path, arguments: list[str], problem: str) -> None:
    exit_code, output = ran("explain", *arguments)
    assert exit_code == 2
    assert problem in output


def test_several_findings_are_listed(tree: Path) -> None:
    report = json.loads((tree / "results.json").read_text())
    for number, result in enumerate(report["results"]):
        result["fingerprint"] = f"{'a' * 8}{number:056x}"
    (tree / "results.json").write_text(json.dumps(report))
    exit_code, output = ran("explain", "a" * 8, "--report", "results.json")
    assert exit_code == 2
    assert "several fingerprints" in output and "aws_s3_bucket.logs" in output


def test_hostile_names_of_a_report_command_nothing(tree: Path) -> None:
    text = (tree / "results.json").read_text().replace("aws_s3_bucket.logs", "::error::x##[error]\\u001b[2J\\u202e")
    (tree / "results.json").write_text(text)
    whole = json.loads(text)["results"][0]["fingerprint"]
    for result in json.loads(text)["results"]:
        exit_code, output = ran("explain", result["fingerprint"], "--report", "results.json")
        assert exit_code == 0
        assert not [char for char in output if char != "\n" and visible(char) != char]
        assert "##[" not in output and not [line for line in output.splitlines() if line.lstrip().startswith("::")]
    assert whole


def test_a_check_of_another_scanner_is_told_by_what_asks_the_same() -> None:
    exit_code, output = ran("explain", "ckv_aws_145")
    assert exit_code == 2
    assert "CKV_AWS_145 of checkov is asked by storage.encrypted-cmk" in output
