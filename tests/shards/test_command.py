"""`assay scan --shard` and `assay merge` as processes: the reports are those of a run that is not cut."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.results.keeping import OnDisk, order
from tests.scans import FAILING, PASSING, ROOT, VERSIONING, assay, assay_process, write

REFERENCE = ROOT / "fixtures" / "trade_streamer"
ASKED = ["aws/terraform", "gcp", "--quiet", "--control", "estate.tier-coverage", "--control", "secrets.*"]


def lines(path: Path) -> list[Any]:
    """What a report in lines says, apart from when and how it was asked for."""
    told = [json.loads(line) for line in path.read_text().splitlines()]
    told[0]["begin"].pop("run")
    told[-1]["end"].pop("run")
    return told


@pytest.mark.long
def test_the_reference_deployment_in_shards_is_judged_as_a_whole(tmp_path: Path) -> None:
    """Templates, code and inventories with joins across projects, and the estate over all of them."""
    whole = assay_process("scan", *ASKED, "-r", f"jsonl={tmp_path / 'whole'}", cwd=REFERENCE)
    for index in (2, 1):
        ran = assay_process("scan", *ASKED, "--shard", f"{index}/2", "--out", tmp_path / "shards", cwd=REFERENCE, PYTHONHASHSEED=str(index))
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    merged = assay_process("merge", tmp_path / "shards", "--quiet", "-r", f"jsonl={tmp_path / 'merged'}", cwd=REFERENCE)
    assert (merged.returncode, merged.stderr) == (whole.returncode, whole.stderr)
    assert lines(tmp_path / "merged") == lines(tmp_path / "whole")
    controls = {line["result"]["control"] for line in lines(tmp_path / "whole")[1:-1]}
    assert {"estate.tier-coverage", "secrets.broker-secret-reachability"} <= controls and len(lines(tmp_path / "whole")) > 500


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"code/a/main.tf": PASSING, "code/b/main.tf": FAILING, "code/c/main.tf": PASSING})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shard(number: str, *arguments: str) -> Any:
    return assay("scan", "code", *VERSIONING, "--shard", number, "--out", "shards", *arguments)


def test_merging_judges_and_a_shard_does_not(code: Path) -> None:
    assert [shard(number).exit_code for number in ("1/2", "2/2")] == [0, 0]
    assert assay("merge", "shards").exit_code == assay("scan", "code", *VERSIONING).exit_code == 1
    assert assay("merge", "shards", "--fail-on", "critical").exit_code == 0


def pages(folder: Path) -> dict[str, str]:
    """The files of a report in HTML, apart from when and how the run was asked for."""
    told = {path.name: path.read_text() for path in folder.iterdir()}
    asked = r"(?s)<dt>(?:When|Run|Arguments)</dt><dd>.*?</dd>|<title>.*?</title>|<footer>.*?</footer>|<style>@page.*?</style>|sha256-[A-Za-z0-9+/=]*"
    return {name: re.sub(asked, "", text) for name, text in told.items()}


@pytest.mark.parametrize("of", [2, 3])
def test_the_pages_of_accounts_are_the_same_however_the_run_is_cut(code: Path, of: int) -> None:
    for folder, account in (("a", "1" * 12), ("b", "2" * 12), ("c", "1" * 12)):
        write(code, {f"code/{folder}/provider.tf": f'provider "aws" {{\n  allowed_account_ids = ["{account}"]\n}}\n'})
    whole = assay("scan", "code", *VERSIONING, "-r", "html=whole/")
    for index in range(of, 0, -1):
        shard(f"{index}/{of}")
    assert assay("merge", "shards", "-r", "html=merged/").exit_code == whole.exit_code == 1
    assert pages(code / "merged") == pages(code / "whole")
    assert sorted(pages(code / "whole")) == [f"0001-{'1' * 12}.html", f"0002-{'2' * 12}.html", "index.html"]


def test_a_missing_shard_leaves_the_run_incomplete_and_is_named(code: Path) -> None:
    shard("2/2")
    ran = assay("merge", "shards", "--fail-on", "never", "--quiet")
    assert ran.exit_code == 3 and "shard 1/2" in ran.stdout + ran.stderr and "--shard 1/2" in ran.stdout + ran.stderr
    assert "report this as a defect" not in ran.stdout + ran.stderr
    ran = assay("merge", "shards", "-r", "json")
    assert {gap["code"] for gap in json.loads(ran.stdout)["coverage"]["gaps"]} == {"shard_missing"}


def test_the_gate_counts_where_everything_comes_together(code: Path) -> None:
    for number in ("1/2", "2/2"):
        shard(number)
    soon = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
    waiver = f"{{control: storage.versioning-enabled, resource: '*', owner: me, reason: because, expires: {soon}}}"
    write(code, {"assay.yaml": f"waivers:\n- {waiver}\n"})
    ran = assay("merge", "shards", "-r", "json")
    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["summary"]["verdicts"]["waived"] == 1


def test_comments_and_lines_of_other_files_do_not_count(code: Path) -> None:
    waived = FAILING.replace("{", '{ # assay:ignore storage.versioning-enabled until 2999-01-01 reason="because" owner=me', 1)
    for number in ("1/2", "2/2"):
        shard(number)
    same = assay("merge", "shards", "-r", "html=same.html")
    assert same.exit_code == 1 and "not here as they were" not in same.stderr
    write(code, {"code/b/main.tf": waived})
    other = assay("merge", "shards", "-r", "html=other.html")
    assert other.exit_code == 1 and "not here as they were" in other.stderr
    assert "2999-01-01" not in (code / "other.html").read_text()


def test_a_shard_that_is_there_is_not_judged_again(code: Path) -> None:
    first, again = shard("1/2"), shard("1/2")
    assert "1 verdict" in first.stderr or "verdicts" in first.stderr
    assert again.exit_code == 0 and "is there already" in again.stderr


def test_other_rules_are_refused_where_shards_are_merged(code: Path) -> None:
    shard("1/1", "--config", "none")
    write(code, {"rules/r.yaml": (ROOT / "policies" / "storage" / "versioning-enabled.yaml").read_text().replace("storage.", "team.", 1)})
    ran = assay("merge", "shards", "--policies", "rules")
    assert ran.exit_code == 2 and "the rules are others" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--shard", "1/2"], "needs a place for the shards"),
        (["--out", "shards"], "--out is where --shard"),
        (["--shard", "3/2", "--out", "shards"], "there is no 3 of 2"),
        (["--shard", "1/2", "--out", "code/shards"], "is below code"),
        (["--shard", "1/2", "--out", "shards", "-r", "json"], "give --report to assay merge"),
        (["--shard", "1/2", "--out", "shards", "--history", "h"], "give --history to assay merge"),
        (["--shard", "1/2", "--out", "shards", "--since", "main"], "leave --since out"),
        (["--shard", "1/2", "--out", "shards", "--evidence", "e"], "leave --evidence out"),
        (["--on", "ray"], "--on needs a place for the shards"),
        (["--on", "spark", "--out", "shards"], "shards are judged on ray"),
        (["--on", "ray", "--out", "shards", "--shard", "1/2"], "give one of the two"),
        (["--on", "ray", "--out", "code/shards"], "is below code"),
        (["--shards", "3"], "to judge one of them: --shard I/N"),
    ],
)
def test_what_does_not_go_together_is_refused(code: Path, arguments: list[str], told: str) -> None:
    ran = assay("scan", "code", *arguments)
    assert ran.exit_code == 2 and told in ran.stderr
    assert not (code / "shards").exists()


def test_what_holds_no_shards_is_refused(code: Path) -> None:
    ran = assay("merge", "code")
    assert ran.exit_code == 2 and "holds no shards" in ran.stderr


def test_a_history_does_not_take_for_gone_what_a_missing_shard_may_hold(code: Path) -> None:
    write(code, {"code/b/main.tf": FAILING, "code/d/main.tf": FAILING})
    for number in ("1/2", "2/2"):
        shard(number)
    assert assay("merge", "shards", "--history", "h.db", "-r", "json=1.json").exit_code == 1
    failing = {result["resource"]["root"] for result in json.loads((code / "1.json").read_text())["results"] if result["verdict"] == "fail"}
    for path in (code / "shards").glob("shard-*"):
        path.unlink()
    shard("1/2")
    assay("merge", "shards", "--history", "h.db", "-r", "json=2.json")
    second = json.loads((code / "2.json").read_text())
    assert {change["event"] for change in second["history"]["changes"]} <= {"unobserved"}
    assert len(failing) == 2 and len(second["history"]["changes"]) + sum(result["verdict"] == "fail" for result in second["results"]) == 2


def test_results_that_are_on_disk_are_counted_as_those_in_memory(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr(OnDisk, "_spill", lambda self: taken.append(len(self._waiting)))
    monkeypatch.setattr(OnDisk.__init__, "__defaults__", (1, order))
    assay("scan", "code", *VERSIONING, "-r", "rollup-csv=alone.csv")
    assay("scan", "code", *VERSIONING, "-r", "rollup-csv=beside.csv", "-r", "json=all.json")
    assert taken, "they were in memory"
    assert (code / "alone.csv").read_bytes() == (code / "beside.csv").read_bytes() != b""
