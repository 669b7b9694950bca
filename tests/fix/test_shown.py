"""Fixes in reports: the edits of SARIF, the diffs of Markdown, and the suggestions of a review, of real scans."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assay.reports.github_suggestions import TOLD, render
from assay.scanner.cli import proposing
from assay.scanner.fix.edits import Edit, applied
from assay.scanner.results.fixes import Fix, LineChange
from tests.reports import samples
from tests.reports.test_sarif_report import VALIDATOR, check_indexes
from tests.scans import assay, verdicts, write

ROTATION = ["--no-config", "--quiet", "--control", "keys.rotation-and-policy"]
KEY = 'resource "aws_kms_key" "main" {\n  description = "trade"\n}\n'
WIDE = '# ß 𝕏\n\nresource "aws_kms_key" "main" {\n  description = "Schlüssel 𝕏" # 𝕏\n}\n'


def reports(folder: Path, *arguments: Any) -> dict[str, str]:
    """What the reports that show fixes say of the working directory `folder`."""
    made = {name: folder.parent / f"made.{name}" for name in ("sarif", "markdown", "github-suggestions")}
    targets = [part for name, path in made.items() for part in ("-r", f"{name}={path}")]
    command = [sys.executable, "-m", "assay", "scan", *ROTATION, *map(str, arguments), *targets, "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 1, ran.stderr
    return {name: path.read_text("utf-8") for name, path in made.items()}


def by_columns(text: str, replacements: list[dict[str, Any]]) -> str:
    """A text with replacements whose regions are told by lines and columns of characters."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    for replacement in reversed(replacements):
        region = replacement["deletedRegion"]
        first, behind = (starts[region[f"{end}Line"] - 1] + region[f"{end}Column"] - 1 for end in ("start", "end"))
        text = text[:first] + replacement["insertedContent"]["text"] + text[behind:]
    return text


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_sarif_says_the_same_edit_by_columns_and_by_bytes(mark: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"main.tf": mark + WIDE})
    log = json.loads(reports(folder, "--fixes")["sarif"])
    VALIDATOR.validate(log)
    check_indexes(log["runs"][0])
    assert log["runs"][0]["columnKind"] == "unicodeCodePoints"
    (fix,) = log["runs"][0]["results"][0]["fixes"]
    assert fix["properties"] == {"applicability": "safe"} and fix["description"]["text"] == "set enable_key_rotation in aws_kms_key.main"
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "main.tf", "uriBaseId": "SRCROOT"}
    regions = [(replacement["deletedRegion"], replacement["insertedContent"]["text"]) for replacement in change["replacements"]]
    edits = [Edit("", region["byteOffset"], region["byteOffset"] + region["byteLength"], text) for region, text in regions]
    content = applied((mark + WIDE).encode(), edits)
    assert content.decode() == mark + by_columns(WIDE, change["replacements"])
    assert b'  description         = "Schl' in content and b"  enable_key_rotation = true\n}" in content
    assert verdicts(write(tmp_path / "after", {"main.tf": content}), "keys.rotation-and-policy") == {"aws_kms_key.main": "pass"}


def test_nothing_is_proven_without_being_asked(tmp_path: Path) -> None:
    made = reports(write(tmp_path / "code", {"main.tf": KEY}))
    assert '"fixes"' not in made["sarif"] and "Fixes" not in made["markdown"] and made["github-suggestions"] == ""
    for arguments in (["--review-diff", tmp_path / "code" / "main.tf", tmp_path], ["--fixes", "-"]):
        assert assay("scan", *ROTATION, *arguments, given=KEY.encode()).exit_code == 2


def test_what_needs_a_decision_is_marked_and_no_suggestion(tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"main.tf": 'resource "aws_ecr_repository" "scan" {\n  name = "scan"\n}\n'})
    made = reports(folder, "--fixes", "--control", "supply.image-immutable-and-pinned", "--review-diff", committed(folder))
    fixes = [fix for result in json.loads(made["sarif"])["runs"][0]["results"] for fix in result.get("fixes", ())]
    assert [fix["properties"] for fix in fixes] == [{"applicability": "review"}]
    assert "for review: " in fixes[0]["description"]["text"] and "Somebody decides on it" in made["markdown"]
    assert made["github-suggestions"] == ""


def git(tree: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@team.example", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, encoding="utf-8", check=True).stdout


def committed(tree: Path, before: dict[str, str] | None = None) -> Path:
    """The diff from what there was `before`, nothing by default, to the files that there are now."""
    after = {str(path.relative_to(tree)): path.read_text("utf-8") for path in tree.rglob("*") if path.is_file()}
    for name in after:
        (tree / name).unlink()
    git(tree, "init", "-q", "-b", "main")
    for files in (before or {"README": ""}, after):
        git(tree, "rm", "-rqf", "--ignore-unmatch", ".")
        write(tree, dict(files))
        git(tree, "add", ".")
        git(tree, "commit", "-qm", "state")
    path = tree.parent / "review.diff"
    path.write_text(git(tree, "diff", "HEAD~1...HEAD"), "utf-8")
    return path


def suggested(folder: Path, before: dict[str, str] | None = None) -> list[dict[str, Any]]:
    made = reports(folder, "--fixes", "--review-diff", committed(folder, before))
    return [json.loads(line) for line in made["github-suggestions"].splitlines()]


def test_a_suggestion_that_is_committed_mends_the_finding(tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"keys/my key.tf": WIDE})
    (comment,) = suggested(folder)
    assert (comment["path"], comment["side"], comment["line"], "start_line" in comment) == ("keys/my key.tf", "RIGHT", 4, False)
    mark, told, *_ = comment["body"].split("\n")
    assert mark.startswith("<!-- assay:fix:") and "keys.rotation-and-policy" in told
    text = comment["body"].split("```suggestion\n")[1].removesuffix("\n```")
    lines = WIDE.split("\n")
    lines[3:4] = text.split("\n")
    assert verdicts(write(tmp_path / "after", {"main.tf": "\n".join(lines)}), "keys.rotation-and-policy") == {"aws_kms_key.main": "pass"}


def test_what_lies_outside_of_the_diff_is_in_the_summary_alone(tmp_path: Path) -> None:
    far = KEY + "\n" * 20
    folder = write(tmp_path / "code", {"main.tf": far + "locals {\n  a = 1\n}\n"})
    diff = committed(folder, {"main.tf": far})
    made = reports(folder, "--fixes", "--review-diff", diff)
    assert made["github-suggestions"] == ""
    assert "```diff\n--- a/main.tf\n+++ b/main.tf\n" in made["markdown"] and "+  enable_key_rotation = true" in made["markdown"]


def test_lines_that_are_others_than_the_diff_shows_are_not_replaced(tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"main.tf": KEY})
    diff = committed(folder)
    (folder / "main.tf").write_text("\n" + KEY, "utf-8")
    assert reports(folder, "--fixes", "--review-diff", diff)["github-suggestions"] == ""


def test_no_suggestion_lies_over_deleted_lines(tmp_path: Path) -> None:
    one = 'resource "aws_kms_key" "main" {\n  description = "trade"\n  a           = 1\n  policy      = "x"\n}\n'
    folder = write(tmp_path / "code", {"main.tf": one.replace("  a           = 1\n", "")})
    assert suggested(folder, {"main.tf": one}) == []


def test_what_is_secret_is_in_no_report_and_no_suggestion(tmp_path: Path) -> None:
    """The edit aligns the line of the secret: neither the edit nor the line can be shown as it is."""
    text = KEY.replace("}", '  tags = { password = "hunter2-and-more" }\n}')
    folder = write(tmp_path / "code", {"main.tf": text})
    made = reports(folder, "--fixes", "--review-diff", committed(folder))
    assert all("hunter2" not in report for report in made.values())
    assert "+  enable_key_rotation = true" in made["markdown"]


def test_text_that_would_end_a_fence_or_hide_is_contained(tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"main.tf": KEY.replace("trade", "```\\n@ada ::error::x")})
    made = reports(folder, "--fixes", "--review-diff", committed(folder))
    (comment,) = [json.loads(line) for line in made["github-suggestions"].splitlines()]
    assert "````suggestion\n" in comment["body"] and comment["body"].endswith("\n````")
    hidden = write(tmp_path / "hidden", {"main.tf": KEY.replace("trade", "tra\u202ede")})
    made = reports(hidden, "--fixes", "--review-diff", committed(hidden))
    assert made["github-suggestions"] == "" and all("\u202e" not in report for report in made.values())


def test_what_is_tried_is_bounded_and_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MOST_JUDGEMENTS", 2)
    folder = write(tmp_path, {f"root{number}/main.tf": KEY for number in range(4)})
    ran = assay("scan", *ROTATION, "--fixes", "-r", "sarif", folder)
    fixed = ["fixes" in result for result in json.loads(ran.stdout)["runs"][0]["results"]]
    assert fixed == [True, True, False, False]
    assert "fixes were tried for the worst 2 of 4 failures: assay fix tries all" in ran.stderr


def test_findings_that_one_edit_mends_are_one_suggestion() -> None:
    report, lines = samples.report(), LineChange("modules/buckets/main.tf", 1, ("a",), ("b",))
    failing = [result for result in report.results if result.verdict == "fail"]
    fixes = {result.fingerprint: Fix(title="set a", diff="", lines=lines) for result in failing}
    diff = "diff --git a/x b/x\n+++ b/modules/buckets/main.tf\n@@ -0,0 +1 @@\n+a\n"
    (comment,) = render(report, samples.context(fixes=fixes, diff=diff)).splitlines()
    assert len(failing) > 1 and json.loads(comment)["body"].count("\n- ") == min(len(failing), TOLD)
