"""What `--evidence` leaves."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest

from tests.evidence.folders import CONTROLS, FILES, evidence, run, tree
from tests.scans import ROOT, assay


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    return run(tmp_path / "out", "infra", "-r", "csv=mine.csv", "-r", "oscal=mine.json", *CONTROLS)


def test_it_holds_every_report_and_what_configured_the_run(made: Path) -> None:
    assert sorted(os.listdir(made / "reports")) == ["csv.csv", "oscal.json", "results.html", "results.json"]
    assert (made / "reports" / "csv.csv").read_bytes() == Path("mine.csv").read_bytes()
    assert (made / "reports" / "oscal.json").read_bytes() == Path("mine.json").read_bytes()
    assert [path.read_text() for path in (made / "configuration").iterdir()] == [FILES["assay.yaml"]]
    record = json.loads((made / "run.json").read_bytes())
    assert record["options"]["paths"] == ["infra"] and record["configuration"] == ["assay.yaml"]
    assert record["tool"]["policies"] and record["exit_code"] == 1
    results = json.loads((made / "reports" / "results.json").read_bytes())
    schema = json.loads((ROOT / "reports" / "schemas" / "assay-results-2.json").read_bytes())
    jsonschema_rs.validator_for(schema).validate(results)
    assert {result["verdict"] for result in results["results"]} >= {"fail", "waived"}


def test_the_manifest_names_every_file_with_its_digest(made: Path) -> None:
    manifest = json.loads((made / "manifest.json").read_bytes())
    files = {str(path.relative_to(made)): path for path in made.rglob("*") if path.is_file() and path.name != "manifest.json"}
    assert {entry["path"] for entry in manifest["files"]} == set(files)
    for entry in manifest["files"]:
        content = files[entry["path"]].read_bytes()
        assert (entry["sha256"], entry["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert made.name.startswith(manifest["started"][:19].replace("-", "").replace(":", "")) and manifest["run"][:8] in made.name


def test_every_file_that_was_read_has_its_digest(made: Path) -> None:
    inputs = {entry["path"]: entry for entry in json.loads((made / "inputs.json").read_bytes())["entries"]}
    for name in FILES:
        if "node_modules" not in name:
            assert inputs[os.path.abspath(name)]["sha256"] == hashlib.sha256(Path(name).read_bytes()).hexdigest(), name
    assert not any("node_modules/" in path for path in inputs)  # which nobody read


def test_the_folder_holds_no_secret_that_the_reports_would_not_hold(made: Path) -> None:
    with zipfile.ZipFile(made / "inputs.zip") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert not any(name.endswith(("notes.env", "README.md")) for name in contents)  # looked at for their format, and no more
    everything = [*contents.values(), *(path.read_bytes() for path in made.rglob("*") if path.is_file())]
    assert not any(secret in content for content in everything for secret in (b"hunter2", b"another-secret"))


def test_values_of_variables_are_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    made = run(tmp_path / "out", "infra", "--var", "db_password=given-secret", *CONTROLS)
    assert json.loads((made / "run.json").read_bytes())["withheld"] == ["var db_password"]
    assert not any(b"given-secret" in path.read_bytes() for path in made.rglob("*") if path.is_file())


def test_files_can_be_stored_as_they_are_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    whole = run(tmp_path / "out", "infra", "--evidence-inputs", "whole", *CONTROLS)
    assert b"hunter2" in zipfile.ZipFile(whole / "inputs.zip").read(f"{tmp_path}/repo/infra/main.tf".lstrip("/"))
    none = run(tmp_path / "out", "infra", "--evidence-inputs", "digests", *CONTROLS)
    assert zipfile.ZipFile(none / "inputs.zip").namelist() == []


def test_the_archive_has_the_same_bytes_for_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    first, second = (run(tmp_path / "out", "infra", *CONTROLS) for _ in range(2))
    for name in ("inputs.zip", "inputs.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_only_its_owner_may_open_it_and_nothing_unfinished_is_left(made: Path) -> None:
    assert made.stat().st_mode & 0o077 == 0
    assert os.listdir(made.parent) == [made.name]


def test_a_run_that_is_no_evidence_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    assert assay("scan", "nothing", "--evidence", tmp_path / "out").exit_code == 2
    assert assay("scan", "infra", "--evidence", tmp_path / "out", "--since", "HEAD").exit_code == 2
    assert assay("scan", "-", "--evidence", tmp_path / "out", given=b"{}").exit_code == 2
    assert assay("scan", "infra", "--evidence-key", "k").exit_code == 2
    assert assay("scan", "infra", "--evidence", tmp_path / "out", "--evidence-key", "k").exit_code == 2  # before anything is judged
    assert not (tmp_path / "out").exists() or os.listdir(tmp_path / "out") == []


def test_runs_are_a_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree(tmp_path / "repo"))
    made = [run(tmp_path / "out", "infra", *CONTROLS) for _ in range(3)]
    for before, after in itertools.pairwise(made):
        previous = json.loads((after / "manifest.json").read_bytes())["previous"]
        digest = hashlib.sha256((before / "manifest.json").read_bytes()).hexdigest()
        assert previous == {"folder": before.name, "manifest": digest}
    code, told = evidence("verify", tmp_path / "out", "--unsigned")
    assert code == 0, told


def test_a_file_that_changes_while_the_run_goes_on_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.scanner.cli import watching

    monkeypatch.chdir(tree(tmp_path / "repo"))
    watch = watching.watch

    def changing(*arguments: object) -> object:
        report = watch(*arguments)  # type: ignore[arg-type]
        Path("infra/main.tf").write_text("")
        return report

    monkeypatch.setattr("assay.scanner.cli.opining.Opinions.watch", lambda _, scan, quiet: changing(scan, quiet))
    ran = assay("scan", "infra", "--evidence", tmp_path / "out", *CONTROLS)
    assert "main.tf: changed while the run went on" in ran.stderr
