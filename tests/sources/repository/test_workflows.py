"""Definitions of pipelines: what is read, what is a gap, and what stays out of reports."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from assay.scanner.run import Options, Scan
from assay.scanner.sources.repository.names import BUILDSPEC, CLOUDBUILD, GITHUB, GITLAB, type_of
from tests.hostile.test_secrets_reports import CANARY, reports
from tests.patience import SOON
from tests.scans import assay, judge, verdicts, write
from tests.test_since import commit, git

GATE = "supply.ci-scan-gate"
PUSHES = """on: push
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - name: Größe
        run: |
          echo é
          docker push x
"""
SCANS = PUSHES.replace("      - name: G", "      - run: trivy image --exit-code 1 x\n      - name: G")


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        (".github/workflows/a.yml", GITHUB),
        ("app/.github/workflows/a.yaml", GITHUB),
        (".gitlab-ci.yml", GITLAB),
        ("cloudbuild.yaml", CLOUDBUILD),
        ("cloudbuild.json", CLOUDBUILD),
        ("cloudbuild-prod.yml", CLOUDBUILD),
        ("buildspec.yml", BUILDSPEC),
        ("ci/buildspec_release.yaml", BUILDSPEC),
        (".github/dependabot.yml", None),
        ("workflows/a.yml", None),
        ("cloudbuilder.yaml", None),
    ],
)
def test_names(name: str, type_: str | None) -> None:
    assert type_of(name) == type_


def test_a_workflow_is_found_from_within_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".github/workflows/a.yml": PUSHES})
    monkeypatch.chdir(tmp_path / ".github" / "workflows")
    assert verdicts(Path(), GATE) == verdicts(Path("a.yml"), GATE) == {"a.yml": "fail"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_are_those_of_the_bytes(end: str, tmp_path: Path) -> None:
    path = write(tmp_path, {".github/workflows/a.yml": PUSHES.replace("\n", end).encode()}) / ".github/workflows/a.yml"
    [result] = judge(tmp_path, GATE)
    seen = next(item.location for item in result.evidence if item.location is not None)
    assert seen.line in (7, 9) and b"docker push x" in path.read_bytes()[seen.start : seen.end]
    assert end == "\r\n" or (seen.line, path.read_bytes()[seen.start : seen.end]) == (9, b"docker push x")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".github/workflows/a.yml", "jobs: [\n"),
        (".gitlab-ci.yml", "a: *b\n"),
        ("cloudbuild.yaml", "steps:\n\t- x\n"),
        ("buildspec.yml", b"phases: \xff\n"),
        ("cloudbuild.json", '{"steps": '),
        (".github/workflows/a.yml", "jobs: " + "[" * 5_000),
    ],
)
def test_what_cannot_be_read_is_a_gap(name: str, text: str | bytes, tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {name: text}))], controls=[GATE], allow_empty=True))
    assert list(scan) == [] and {gap.code for gap in scan.coverage.gaps} == {"parse_error"}
    assert scan.coverage.tree.unread == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".github/workflows/a.yml", "on: push\n"),
        (".github/workflows/a.yml", ""),
        ("cloudbuild.yaml", "- a\n"),
        ("buildspec.yml", "version: 0.2\n"),
        (".gitlab-ci.yml", "# nothing\n"),
    ],
)
def test_what_is_no_pipeline_is_of_another_kind(name: str, text: str, tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {name: text}))], controls=[GATE], allow_empty=True))
    assert list(scan) == [] and scan.coverage.gaps == [] and scan.coverage.tree.other == 1


@pytest.mark.parametrize(
    "text",
    [
        "jobs: {a: 1, b: [], c: {steps: 1}, d: {steps: [1, null, {run: 1}, {uses: 1}, {run: docker push x, with: 1, env: 1}]}}\n",
        "jobs: {a: {needs: {}, if: 1, steps: {run: x}}, b: {uses: [1]}, c: {needs: [c], steps: [{run: docker push x}]}}\n",
        "on: 1\npermissions: 1\nenv: 1\ndefaults: 1\njobs: {a: {env: [1], defaults: 1, steps: [{run: docker push x, shell: 1}]}}\n",
        "jobs: {a: {needs: b, steps: [{run: docker push x}]}, b: {needs: a, steps: [{run: trivy image --exit-code}]}}\n",
    ],
)
def test_odd_shapes_of_workflows_are_judged(text: str, tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {".github/workflows/a.yml": text}))], controls=[GATE], allow_empty=True))
    assert "pass" not in {result.verdict for result in scan} and scan.coverage.gaps == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            ".gitlab-ci.yml",
            "stages: {a: 1}\ninclude: 1\na: {script: {x: 1}, needs: 1, extends: a, image: 1, rules: 1}\nb: {script: docker push x}\n",
        ),
        (".gitlab-ci.yml", "a: {extends: b, script: docker push x}\nb: {extends: a}\n"),
        ("cloudbuild.yaml", "steps: [1, {name: 1, args: {a: 1}}, {args: [push, x], name: docker, waitFor: 1, env: 1}]\nimages: x\n"),
        ("buildspec.yml", "env: 1\nphases: {build: [], post_build: {commands: docker push x}, pre_build: {commands: {a: 1}}}\n"),
    ],
)
def test_odd_shapes_of_pipelines_are_judged(name: str, text: str, tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {name: text}))], controls=[GATE], allow_empty=True))
    assert {result.verdict for result in scan} <= {"fail", "unknown"} and scan.coverage.gaps == []


def test_aliases_and_merge_keys_are_followed(tmp_path: Path) -> None:
    text = """
.gate: &gate {script: ["trivy image --exit-code 1 x"]}
stages: [test, deploy]
scan: {<<: *gate, stage: test}
push: {stage: deploy, script: [docker push x]}
"""
    assert verdicts(write(tmp_path, {".gitlab-ci.yml": text}), GATE) == {".gitlab-ci.yml": "pass"}
    write(tmp_path, {".gitlab-ci.yml": text.replace("stage: test}", "stage: test, allow_failure: true}")})
    assert verdicts(tmp_path, GATE) == {".gitlab-ci.yml": "fail"}


def test_a_file_out_of_the_repository_is_not_read(tmp_path: Path) -> None:
    caller = PUSHES.replace("steps:\n", "steps:\n      - uses: ./../../out/scan\n")
    action = "runs: {using: composite, steps: [{run: 'trivy image --exit-code 1 x', shell: bash}]}\n"
    write(tmp_path, {"in/.github/workflows/a.yml": caller, "out/scan/action.yml": action})
    assert verdicts(tmp_path / "in", GATE) == {"a.yml": "unknown"}


def test_workflows_that_call_each_other_end(tmp_path: Path) -> None:
    call = "on: workflow_call\njobs: {a: {uses: ./.github/workflows/b.yml}, b: {uses: ./.github/workflows/b.yml}}\n"
    write(tmp_path, {".github/workflows/a.yml": call, ".github/workflows/b.yml": call})
    assert set(verdicts(tmp_path, GATE, allow_empty=True).values()) <= {"unknown"}


SECRETS = """on: push
env: {DB_PASSWORD: VALUE}
jobs:
  release:
    runs-on: x
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
          build-args: |
            DB_PASSWORD=VALUE
      - run: docker build --build-arg API_KEY=VALUE1x . && docker push "$X" # password=VALUE
        env: {AWS_SECRET_ACCESS_KEY: VALUE1x, X: "https://u:VALUE@example.com"}
"""


def test_secrets_stand_in_no_report(tmp_path: Path) -> None:
    write(tmp_path, {".github/workflows/a.yml": SECRETS.replace("VALUE", CANARY)})
    made = reports(tmp_path, controls=(GATE, "secrets.none-in-images"))
    assert json.loads(made["json"])["summary"]["verdicts"]["fail"] >= 4
    assert [name for name, report in made.items() if CANARY in report] == []


def test_since_a_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {".github/workflows/a.yml": SCANS, ".github/workflows/b.yml": PUSHES})
    git("init", "-q", "-b", "main", ".")
    commit()
    arguments = ("scan", ".", "--since", "HEAD", "--control", GATE)
    assert assay(*arguments).exit_code == 0
    write(tmp_path, {".github/workflows/a.yml": PUSHES})
    ran = assay(*arguments, "-r", "concise")
    assert ran.exit_code == 1 and ".github/workflows/a.yml:9" in ran.stdout


def test_any_pipeline_ends(tmp_path: Path) -> None:
    begun = time.process_time()
    jobs = "".join(f"  j{number}: {{needs: [j{number - 1}], steps: [{{run: docker push x}}]}}\n" for number in range(1_500))
    steps = "      - run: docker push x\n" * 8_000
    for text in (
        f"jobs:\n{jobs}",
        f"jobs:\n  a:\n    steps:\n{steps}",
        "jobs: {a: {steps: [{run: '" + "docker push x && " * 30_000 + "true'}]}}\n",
        "jobs: {a: {steps: [{run: '" + "$(docker push x " * 20_000 + "'}]}}\n",
    ):
        write(tmp_path, {".github/workflows/a.yml": text})
        results = list(Scan(Options(paths=[str(tmp_path)], controls=[GATE], allow_empty=True)))
        assert "pass" not in {result.verdict for result in results}
    assert time.process_time() - begun < SOON * 2
