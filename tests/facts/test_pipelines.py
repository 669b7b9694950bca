"""What pipelines do beside releasing: the credentials that they have, and what rules of a team can read of their steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.scanner.facts.supply.pipelines import buildspec, github, gitlab
from assay.scanner.facts.supply.pipelines.steps import script_of
from tests.scans import judge, rule, write

LOGINS = """
permissions: {contents: read}
env: {AWS_SECRET_ACCESS_KEY: "${{ secrets.KEY }}", GCP_SA_KEY: "${{ github.sha }}"}
jobs:
  aws:
    permissions: write-all
    env: {GOOGLE_CREDENTIALS: "${{ inputs.key }}"}
    steps:
      - {name: Sign in, uses: "aws-actions/configure-aws-credentials@v4", with: {role-to-assume: r}}
      - {uses: "aws-actions/configure-aws-credentials@v4", with: {aws-access-key-id: a}}
      - {uses: "aws-actions/configure-aws-credentials@v4", with: {aws-access-key-id: ""}}
      - {uses: "google-github-actions/auth@v2", with: {workload_identity_provider: p}}
      - {uses: "google-github-actions/auth@v2", with: {credentials_json: "${{ secrets.KEY }}"}}
      - {uses: "docker/login-action@v3", with: {username: _json_key}}
      - {uses: "docker/login-action@v3", with: {username: _json_key_base64}}
      - {uses: "docker/login-action@v3", with: {username: someone}}
      - {run: gcloud auth list, env: {GCLOUD_SERVICE_KEY: written, OTHER: written}}
"""


def document(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_how_a_workflow_signs_in() -> None:
    made = github.pipeline(document(LOGINS), {})
    aws, google = "aws-actions/configure-aws-credentials", "google-github-actions/auth"
    step = ("document", "jobs", "aws", "steps")
    assert [(login.job, login.name, login.cloud, login.static, login.place) for login in made.logins] == [
        ("aws", "Sign in", "aws", False, (*step, 0)),
        ("aws", aws, "aws", True, (*step, 1)),
        ("aws", aws, "aws", False, (*step, 2)),
        ("aws", google, "google", False, (*step, 3)),
        ("aws", google, "google", True, (*step, 4)),
        ("aws", "docker/login-action", "google", True, (*step, 5)),
        ("aws", "docker/login-action", "google", True, (*step, 6)),
        ("aws", "GCLOUD_SERVICE_KEY", "google", True, (*step, 8, "env", "GCLOUD_SERVICE_KEY")),
        ("aws", "GOOGLE_CREDENTIALS", "google", True, ("document", "jobs", "aws", "env", "GOOGLE_CREDENTIALS")),
        ("env", "AWS_SECRET_ACCESS_KEY", "aws", True, ("document", "env", "AWS_SECRET_ACCESS_KEY")),
    ]
    assert made.permissions == ["contents: read", "aws: write-all"]
    assert github.pipeline({"jobs": {}}, {}).permissions is None


def test_a_number_among_variables_is_no_key() -> None:
    text = "env: {AWS_SECRET_ACCESS_KEY: 1, GCP_SA_KEY: true}\non: push\njobs: {a: {runs-on: x, env: {GOOGLE_CREDENTIALS: null}, steps: []}}\n"
    assert github.pipeline(document(text), {}).logins == []


def test_keys_among_variables() -> None:
    text = "variables: {AWS_SECRET_ACCESS_KEY: x, OTHER: y}\npush: {variables: {AWS_SECRET_ACCESS_KEY: x}, script: [docker push x]}\n"
    told = [(login.job, login.name, login.cloud, login.static, login.place) for login in gitlab.pipeline(document(text), {}).logins]
    name = "AWS_SECRET_ACCESS_KEY"
    assert told == [
        ("push", name, "aws", True, ("document", "push", "variables", name)),
        ("variables", name, "aws", True, ("document", "variables", name)),
    ]
    [login] = buildspec.pipeline(document("env: {variables: {AWS_SECRET_ACCESS_KEY: x}}"), {}).logins
    assert (login.job, login.cloud, login.static, login.place) == ("env", "aws", True, ("document", "env", "variables", name))
    assert buildspec.pipeline(document("env: {variables: {OTHER: x}}"), {}).logins == []


STEPS = """on: push
jobs:
  release:
    runs-on: ubuntu-24.04
    steps:
      - {name: Sign in, uses: "google-github-actions/auth@v2", with: {credentials_json: "${{ secrets.KEY }}"}}
      - {run: docker build --tag x ., continue-on-error: true}
      - run: trivy image --exit-code 1 x
      - {run: trivy image --exit-code 1 x, continue-on-error: true}
      - {name: Verify, run: "cosign verify x && notation verify x && cosign verify-attestation x"}
      - run: docker push x
      - run: cosign sign x
      - run: cosign attest x
      - run: notation sign x
      - run: docker trust sign x
      - run: gcloud container binauthz attestations sign-and-create --artifact-url x
      - run: gcloud beta container binauthz attestations create --artifact-url x
      - uses: actions/attest-build-provenance@v2
      - uses: notaryproject/notation-action/sign@v1
      - uses: notaryproject/notation-action/verify@v1
"""


@pytest.mark.parametrize(
    ("listed", "element", "told"),
    [
        (
            "steps",
            "{e.order} {e.job} {e.name} {e.does} {e.subject} {e.stops}",
            [
                "1 release docker build build image false",
                "2 release trivy image scan image true",
                "3 release trivy image scan image false",
                "4 release Verify verify image true",
                "5 release Verify verify image true",
                "6 release Verify verify image true",
                "7 release docker push push image true",
                "8 release cosign sign sign image true",
                "9 release cosign attest sign image true",
                "10 release notation sign sign image true",
                "11 release docker trust sign sign image true",
                "12 release gcloud container binauthz attestations sign image true",
                "13 release gcloud beta container binauthz sign image true",
                "14 release actions/attest-build-provenance sign image true",
                "15 release notaryproject/notation-action/sign sign image true",
                "16 release notaryproject/notation-action/verify verify image true",
            ],
        ),
        ("releases", "{e.name} {e.signed}", ["docker push in release true"]),
        ("logins", "{e.job} {e.name} {e.cloud} {e.static}", ["release Sign in google true"]),
    ],
)
def test_what_rules_read(listed: str, element: str, told: list[str], tmp_path: Path) -> None:
    own = rule(applies_to="Pipeline", **{"assert": [{"each": f"resource.{listed}", "as": "e", "that": "e.job == ''", "message": element}]})
    folder = write(tmp_path, {"rules/own.yaml": own, "code/.github/workflows/a.yml": STEPS})
    control = yaml.safe_load(own)["id"]
    said = [result.message for result in judge(folder / "code", control, policies=[str(folder / "rules")])]
    assert sorted(said) == sorted(told)


@pytest.mark.parametrize(
    ("arguments", "script", "errexit", "pipefail"),
    [
        (["-c", "x"], "x", False, False),
        (["-ec", "x"], "x", True, False),
        (["-e", "-o", "pipefail", "-c", "x"], "x", True, True),
        (["-eo", "pipefail", "-c", "x"], "x", True, True),
        (["-c", "-o", "errexit", "x"], "x", True, False),
        (["--norc", "-c", "x"], "x", False, False),
        (["file.sh", "-c", "x"], None, False, False),
        (["-c"], None, True, False),
        (["-o"], None, True, False),
    ],
)
def test_the_script_of_a_shell(arguments: list[str], script: str | None, errexit: bool, pipefail: bool) -> None:
    text, shell = script_of("/bin/bash", arguments)
    assert text == script and (text is None or (shell.errexit, shell.pipefail) == (errexit, pipefail))
    assert script_of("python", arguments)[0] is None
