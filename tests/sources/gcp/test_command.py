"""`assay audit gcp` and `assay snapshot gcp` as they are called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assay.scanner.cli import cli
from tests.sources.gcp.server import Cloud
from tests.sources.gcp.test_audit import PROJECT, bucket, own_policy, public


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, list(arguments))


@pytest.fixture
def loopback(monkeypatch: Any) -> Iterator[Cloud]:
    closed = {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": True}}
    cloud = Cloud([PROJECT, bucket("orders", versioning={"enabled": True}, iamConfiguration=closed)], [own_policy()])
    with cloud.grpc() as address:
        for service in ("CLOUDASSET", "ORGPOLICY"):
            monkeypatch.setenv(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}", f"grpc://{address}")
        yield cloud


CHOSEN = ("--no-config", "--control", "storage.versioning-enabled", "--control", "storage.bucket-not-public")


def test_audit_and_snapshot_agree(loopback: Cloud, tmp_path: Path) -> None:
    kept, live, later = (tmp_path / name for name in ("kept.gz", "live.json", "later.json"))
    first = run("audit", "gcp", "--project", "trade", *CHOSEN, "--snapshot", str(kept), "-r", f"json={live}")
    assert first.exit_code == 0, first.output
    assert run("scan", str(kept), *CHOSEN, "-r", f"json={later}").exit_code == 0
    reports = [json.loads(path.read_text()) for path in (live, later)]
    trees = [report["coverage"].pop("tree")["judged"] for report in reports]  # the snapshot is a file, a project has none
    assert trees == [0, 1]
    assert reports[0]["results"] == reports[1]["results"] and reports[0]["coverage"] == reports[1]["coverage"]
    assert {result["verdict"] for result in reports[0]["results"]} == {"pass"} and len(reports[0]["results"]) >= 2


def test_an_audit_leaves_evidence_that_is_judged_again_without_the_cloud(
    loopback: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loopback.content[1].append(bucket("open"))
    assert run("audit", "gcp", "--project", "trade", *CHOSEN, "--evidence", str(tmp_path / "out")).exit_code == 1
    made = next((tmp_path / "out").iterdir())
    monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDASSET", "grpc://127.0.0.1:1")
    replayed = run("evidence", "replay", str(made))
    assert replayed.exit_code == 0, replayed.output


def test_what_fails_and_what_is_collected(loopback: Cloud, tmp_path: Path) -> None:
    loopback.content[1].append(bucket("open"))
    loopback.content[2].append(public("open"))
    assert run("audit", "gcp", "--project", "trade", *CHOSEN).exit_code == 1
    taken = run("snapshot", "gcp", "--organization", "33", *CHOSEN, "-o", str(tmp_path / "x.gz"))
    assert taken.exit_code == 0 and "1 project, 5 resources" in taken.output
    assert run("scan", str(tmp_path / "x.gz"), *CHOSEN).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name one of"),
        (["--project", "p", "--folder", "1"], "name one of"),
        (["--project", "p", "--export", "s3://x/y"], "gs://BUCKET/PREFIX"),
    ],
)
def test_wrong_use(arguments: list[str], told: str) -> None:
    outcome = run("audit", "gcp", "--no-config", *arguments)
    assert outcome.exit_code == 2 and told in outcome.output


def test_without_credentials_nothing_is_written(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    monkeypatch.delenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDASSET", raising=False)
    outcome = run("snapshot", "gcp", "--no-config", "--project", "p", "-o", str(tmp_path / "x.gz"))
    assert outcome.exit_code == 2 and "gcloud auth application-default login" in outcome.output
    assert not list(tmp_path.iterdir())


def test_roles_are_those_of_the_selected_controls() -> None:
    def permissions(*arguments: str) -> list[str]:
        permission_list: list[str] = json.loads(run("audit", "gcp", "--no-config", "--print-roles", *arguments).output)[
            "includedPermissions"
        ]
        return permission_list

    assert permissions("--project", "p", "--control", "keys.*") == [
        "cloudasset.assets.listIamPolicy",
        "cloudasset.assets.listResource",
        "serviceusage.services.use",
    ]
    assert "orgpolicy.policy.get" in permissions("--project", "p", "--control", "storage.*")
    assert "storage.objects.get" in permissions("--organization", "1", "--export", "gs://b/p")
    assert not [permission for permission in permissions("--organization", "1") if permission.startswith("storage.")]
