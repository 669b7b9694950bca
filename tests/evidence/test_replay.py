"""Judging what a run folder stores."""

from __future__ import annotations

import json
import os
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from assay.scanner.cli import evidence_replay, evidencing, scan
from assay.scanner.evidence.model import FileDigest, RunManifest, decode, encode
from tests.evidence.folders import CONTROLS, SOON, evidence, run, tree
from tests.scans import ROOT, assay, rule, write
from tests.sources.test_revision import git


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    return tmp_path / "repo"


def resealed(made: Path) -> None:
    """Make the manifest say what is there: what a forger does, or who made the folder."""
    from assay.scanner.evidence.folder import digest_of, files

    manifest = decode((made / "manifest.json").read_bytes(), RunManifest, "manifest")
    digests: list[FileDigest] = [digest_of(str(made), name) for name in files(str(made))]
    (made / "manifest.json").write_bytes(
        encode(RunManifest(**{**{name: getattr(manifest, name) for name in manifest.__struct_fields__}, "files": digests}))
    )


@pytest.mark.parametrize("target", ["infra", "absolute", "../repo/infra", "infra/main.tf"])
def test_a_replay_is_byte_identical(repo: Path, target: str) -> None:
    made = run(repo.parent / "out", str(repo / "infra") if target == "absolute" else target, *CONTROLS)
    shutil.rmtree(repo / "infra")
    shutil.rmtree(repo / "modules")
    code, told = evidence("replay", made, "-o", repo.parent / "again.json")
    assert (code, told.splitlines()[0][:9]) == (0, "IDENTICAL"), told
    assert (repo.parent / "again.json").read_bytes() == (made / "reports" / "results.json").read_bytes()


def test_a_replay_of_a_run_with_a_history_is_byte_identical(repo: Path) -> None:
    """What the history knew is no part of what is judged: the next night it knows more."""
    for folder in ("first", "second"):
        made = run(repo.parent / folder, "infra", *CONTROLS, "--history", str(repo.parent / "history.db"))
    said = json.loads((made / "reports" / "results.json").read_text())
    assert "history" not in json.loads((made / "run.json").read_text())["options"], "its address may hold a password"
    assert {result["course"]["state"] for result in said["results"] if "course" in result} == {"known"} and said["history"]["previous"]
    code, told = evidence("replay", made)
    assert (code, told.splitlines()[0][:9]) == (0, "IDENTICAL"), told


@pytest.mark.parametrize("paths", [["fixtures/demo"], ["fixtures/trade_streamer/aws/plan", "fixtures/trade_streamer/gcp/live"]])
def test_a_replay_of_every_input_is_byte_identical(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str]) -> None:
    monkeypatch.chdir(ROOT)
    made = run(tmp_path / "out", *paths, "--evidence-inputs", "whole")
    code, told = evidence("replay", made)
    assert code == 0, told


def test_links_own_rules_waivers_and_a_baseline_are_put_back(repo: Path) -> None:
    write(
        repo,
        {"rules/team.yaml": rule(), "late.yaml": "- {control: team.rule, resource: '*', owner: me, reason: why, expires: " + SOON + "}\n"},
    )
    os.symlink("../modules", repo / "infra" / "linked")
    (repo / "infra" / "x.tf").symlink_to(repo / "modules" / "inner" / "main.tf")
    assert assay("baseline", "infra", "-o", "known.json", "--policies", "rules").exit_code == 0
    (repo / "assay.yaml").write_text("policies: [rules]\nwaiver_files: [late.yaml]\nbaseline: known.json\n")
    made = run(repo.parent / "out", "infra", "--control", "team.rule", "--control", "storage.*", "--strict")
    shutil.rmtree(repo / "rules")
    for name in ("known.json", "late.yaml", "assay.yaml", "infra/x.tf"):
        (repo / name).unlink()
    code, told = evidence("replay", made)
    assert code == 0, told


def test_a_run_that_is_limited_is_limited_again(repo: Path) -> None:
    made = run(repo.parent / "out", "infra", "--framework", "cis_aws_7_0", "--fail-on", "high")
    code, told = evidence("replay", made)
    assert code == 0, told


def test_waivers_end_by_the_day_of_the_run(repo: Path) -> None:
    made = run(repo.parent / "out", "infra", "--evidence-inputs", "whole", *CONTROLS)
    record = json.loads((made / "run.json").read_bytes())
    record["today"] = "2999-06-01"  # as if it were later
    (made / "run.json").write_bytes(json.dumps(record).encode())
    resealed(made)
    code, told = evidence("replay", made)
    assert code == 1 and "waived in the run, fail in the replay" in told


def test_what_is_stored_masked_can_be_replayed_with_the_originals(repo: Path) -> None:
    (repo / "infra" / "main.tf").write_text(
        'locals {\n  db_password = "orders"\n}\nresource "aws_s3_bucket" "b" {\n  bucket = local.db_password\n}\n'
    )
    made = run(repo.parent / "out", "infra", "--control", "storage.*")
    code, told = evidence("replay", made)
    assert code in (0, 3) and "stored without what reports do not show" in told
    code, told = evidence("replay", made, "--originals", repo)
    assert code == 0 and "without what" not in told
    (repo / "infra" / "main.tf").write_text("# another\n")
    code, told = evidence("replay", made, "--originals", repo)
    assert "stored without what reports do not show" in told  # what has another digest is no original


def test_digests_alone_need_the_originals(repo: Path) -> None:
    made = run(repo.parent / "out", "infra", "--evidence-inputs", "digests", *CONTROLS)
    code, told = evidence("replay", made)
    assert code == 3 and "not stored: digests alone were asked for" in told
    assert evidence("replay", made, "--originals", repo)[0] == 0


def test_a_value_of_the_command_line_is_given_again(repo: Path) -> None:
    (repo / "infra" / "main.tf").write_text('variable "status" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.status\n}\n')
    made = run(repo.parent / "out", "infra", "--var", "status=orders", *CONTROLS)
    code, told = evidence("replay", made)
    assert code == 3 and "values that are not stored: var status" in told
    assert evidence("replay", made, "--var", "status=orders")[0] == 0


def test_results_that_were_changed_are_found_though_the_manifest_agrees(repo: Path) -> None:
    """Who holds the key can sign what he likes; a replay finds it."""
    made = run(repo.parent / "out", "infra", "--evidence-inputs", "whole", *CONTROLS)
    results = made / "reports" / "results.json"
    results.write_bytes(results.read_bytes().replace(b'"verdict": "fail"', b'"verdict": "pass"'))
    assert evidence("replay", made)[0] == 1
    resealed(made)
    assert evidence("verify", made, "--unsigned")[0] == 0
    code, told = evidence("replay", made)
    assert code == 1 and "pass in the run, fail in the replay" in told


@pytest.mark.parametrize(
    "change",
    [
        {"paths": ["/../../etc"]}, {"paths": ["../../../../../../../../../../etc"]}, {"config_file": "../../../../../../../etc/passwd"},
        {"paths": 5}, {"policies": ["x\0y"]}, {"baseline": "/nothing"},
    ],
)  # fmt: skip
def test_a_record_leads_nowhere_else(repo: Path, change: dict[str, object]) -> None:
    made = run(repo.parent / "out", "infra", *CONTROLS)
    record = json.loads((made / "run.json").read_bytes())
    record["options"] |= change
    (made / "run.json").write_bytes(json.dumps(record).encode())
    resealed(made)
    code, told = evidence("replay", made)
    assert code in (1, 2, 3) and "root:" not in told and "internal error" not in told


@pytest.mark.parametrize("path", ["/../../../../tmp/assay-escaped", "../../../../../../tmp/assay-escaped", "/tmp/../assay-escaped"])
def test_what_is_put_back_stays_below_its_directory(repo: Path, path: str) -> None:
    made = run(repo.parent / "out", "infra", *CONTROLS)
    inputs = json.loads((made / "inputs.json").read_bytes())
    stored = next(entry for entry in inputs["entries"] if entry.get("member"))
    inputs["entries"] += [{**stored, "path": path}, {"path": "/tmp/l", "kind": "link", "target": "../../../../../../../etc"}]
    inputs["entries"] += [{**stored, "path": "/tmp/l/assay-escaped"}]
    (made / "inputs.json").write_bytes(json.dumps(inputs).encode())
    resealed(made)
    evidence("replay", made)
    assert not any(os.path.exists(f"{place}/assay-escaped") for place in ("/tmp", "/etc", "/"))


def test_an_archive_that_is_a_bomb_ends(repo: Path) -> None:
    made = run(repo.parent / "out", "infra", *CONTROLS)
    inputs = json.loads((made / "inputs.json").read_bytes())
    stored = next(entry for entry in inputs["entries"] if entry.get("member"))
    (made / "inputs.zip").unlink()
    with zipfile.ZipFile(made / "inputs.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open(stored["member"], "w") as member:
        for _ in range(300):
            member.write(bytes(1_000_000))
    resealed(made)
    tracemalloc.start()
    code, told = evidence("replay", made)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == 2 and "is not what inputs.json says" in told and most < 100_000_000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 1000])
def test_a_broken_archive_is_told(repo: Path, content: bytes) -> None:
    made = run(repo.parent / "out", "infra", *CONTROLS)
    (made / "inputs.zip").write_bytes(content)
    assert evidence("replay", made)[0] == 1
    resealed(made)
    code, told = evidence("replay", made)
    assert code == 2 and "cannot be put back" in told


def test_a_replay_takes_over_every_option_by_which_a_scan_judges() -> None:
    """An option that is new has to be taken over, or listed here with what makes it none of these."""
    of_reports = {*evidencing._OURS, "reader"}
    of_others = {"imports", "everything", "beside", "checkov"}  # what other scanners said is handed on
    refused = {"since", "allow_config_changes", "limit_download"}  # beside --evidence, as are inputs in buckets
    asked = set(evidence_replay._Asked.__struct_fields__)
    assert {str(option.name) for option in scan.command.params} - of_reports - of_others - refused == asked


def test_the_commit_is_in_the_manifest_and_a_replay_takes_it_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "tree", {"infra/main.tf": 'resource "aws_sqs_queue" "q" {}\n'})
    git(tmp_path / "tree", "init", "-q", "-b", "main")
    git(tmp_path / "tree", "add", "-A")
    git(tmp_path / "tree", "commit", "-q", "-m", "first")
    monkeypatch.chdir(tmp_path / "tree")
    made = run(tmp_path / "out", "infra", *CONTROLS)
    manifest = decode((made / "manifest.json").read_bytes(), RunManifest, "")
    commit = git(tmp_path / "tree", "rev-parse", "HEAD")
    assert [(revision.commit, revision.branch, revision.clean) for revision in manifest.revisions] == [(commit, "main", True)]
    assert f"<code>{commit}</code> (main): what was scanned is as committed" in (made / "reports/results.html").read_text()
    assert evidence("replay", made)[0] == 0
