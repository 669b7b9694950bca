"""Results of Prowler, the tool of live accounts, beside an audit: as beside a scan, in every format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assay.scanner.cli import cli
from assay.scanner.results import formats
from tests.reports import samples
from tests.scans import assay, assay_process
from tests.sources.aws.estate import HOME, Keys, seeded_account, server
from tests.sources.gcp.server import Cloud
from tests.sources.gcp.test_audit import PROJECT, bucket, own_policy

CHECK = {"storage.versioning-enabled": ("s3_bucket_object_versioning", "cloudstorage_bucket_versioning_enabled")}
CHOSEN = ("--no-config", "--control", "storage.versioning-enabled")


@pytest.fixture(scope="module")
def account() -> Keys:
    return seeded_account()


def ocsf(code: str, status: str, uid: str, name: str, account: str, provider: str, region: str = HOME, muted: bool = False) -> Any:
    """A finding as prowler/lib/outputs/ocsf/ocsf.py of version 5 writes it, without the fields that say nothing of the verdict."""
    return {
        "message": f"{name}: {status}",
        "metadata": {"event_code": code, "product": {"uid": "prowler", "name": "Prowler", "version": "5.8.0"}, "version": "1.4.0"},
        "status": "Suppressed" if muted else "New",
        "status_code": status,
        "status_detail": f"{name}: {status}",
        "resources": [{"cloud_partition": "aws", "region": region, "name": name, "uid": uid, "labels": [], "data": {"details": ""}}],
        "cloud": {"account": {"uid": account, "name": "", "type_id": 10}, "provider": provider, "region": region},
    }


def audited(account: Keys, *arguments: Any) -> Any:
    environment = {"AWS_ENDPOINT_URL": server(), "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": HOME, **account.environment()}
    return assay_process("audit", "aws", *CHOSEN, "--regions", HOME, *arguments, **environment)


def test_an_audit_of_aws_has_what_prowler_says_in_every_format(account: Keys, tmp_path: Path) -> None:
    alone = json.loads(audited(account, "-r", "json").stdout)
    ours = {result["resource"]["id"]: result["verdict"] for result in alone["results"]}
    failing = next(id_ for id_, verdict in ours.items() if verdict == "fail")
    passing = next(id_ for id_, verdict in ours.items() if verdict == "pass")
    code = CHECK["storage.versioning-enabled"][0]
    said = [
        ocsf(code, "FAIL", failing, failing.rpartition(":")[2], account.account, "aws"),
        ocsf(code, "FAIL", passing, passing.rpartition(":")[2], account.account, "aws"),
        ocsf(code, "FAIL", "arn:aws:s3:::elsewhere", failing.rpartition(":")[2], "999999999999", "aws"),
        ocsf("account_maintain_current_contact_details", "MANUAL", "arn:aws:iam::1:root", "root", account.account, "aws"),
    ]
    file = tmp_path / "prowler.ocsf.json"
    file.write_text(json.dumps(said), "utf-8")
    targets = [
        part for name in sorted({*formats.names()} - samples.PRINTED) if name != "json" for part in ("-r", f"{name}={tmp_path / name}")
    ]
    ran = audited(account, "--import", "prowler", file, "--all", "-r", "json", *targets)
    report = json.loads(ran.stdout)
    assert ran.returncode == 1 and report["summary"] == alone["summary"]
    assert {result["resource"]["id"]: result["verdict"] for result in report["results"]} == ours
    (opinion,) = report["opinions"]
    assert (opinion["scanner"], opinion["version"], opinion["problems"]) == ("prowler", "5.8.0", [])
    relations = {row["address"]: (row["relation"], row["ours"], row["theirs"]) for row in opinion["rows"]}
    assert relations[failing] == ("agree", "fail", "fail") and relations[passing] == ("differ", "pass", "fail")
    assert relations["arn:aws:s3:::elsewhere"] == ("only_theirs", None, "fail"), "another account has a bucket of the same name"
    assert [check["verdict"] for check in opinion["others"]] == ["unknown"]
    population = (tmp_path / "csv-population").read_text("utf-8")
    assert "prowler 5.8.0 differs: fail" in population and "elsewhere" not in population, "a population has what was judged alone"
    for name in set(formats.names()) - samples.PRINTED - {"json", "gitlab", "csv-population", "rollup", "rollup-csv"}:
        text = " ".join((tmp_path / name).read_text("utf-8").split())
        assert re.search(r"1 agree, 1 differ, 1 only theirs", text) or name == "jsonl", name
        assert "arn:aws:s3:::elsewhere" in text, name


def test_a_file_that_is_none_of_prowlers_ends_an_audit_before_it_begins(tmp_path: Path) -> None:
    file = tmp_path / "none.json"
    file.write_text("{}", "utf-8")
    for cloud in (["aws"], ["gcp", "--project", "p"]):
        ran = assay("audit", *cloud, *CHOSEN, "--import", "prowler", file)
        assert (ran.exit_code, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
        assert "these are no results of Prowler" in ran.stderr


@pytest.fixture
def project(monkeypatch: Any) -> Iterator[Cloud]:
    cloud = Cloud([PROJECT, bucket("orders", versioning={"enabled": True}), bucket("fills")], [own_policy()])
    with cloud.grpc() as address:
        for service in ("CLOUDASSET", "ORGPOLICY"):
            monkeypatch.setenv(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}", f"grpc://{address}")
        yield cloud


def test_an_audit_of_google_cloud_is_matched_by_names_within_the_project(project: Cloud, tmp_path: Path) -> None:
    code = CHECK["storage.versioning-enabled"][1]
    said = [
        ocsf(code, "FAIL", "fills", "fills", "trade", "gcp", "EU"),
        ocsf(code, "PASS", "orders", "orders", "another", "gcp", "EU"),
        ocsf(code, "FAIL", "orders", "orders", "trade", "gcp", "EU", muted=True),
    ]
    file = tmp_path / "prowler.ocsf.json"
    file.write_text(json.dumps(said), "utf-8")
    ran = CliRunner().invoke(cli, ["audit", "gcp", "--project", "trade", *CHOSEN, "--import", "prowler", str(file), "-r", "json"])
    (opinion,) = json.loads(ran.stdout)["opinions"]
    assert sorted((row["relation"], row["ours"], row["theirs"]) for row in opinion["rows"]) == [
        ("agree", "fail", "fail"),
        ("agree", "pass", "skipped"),
        ("only_theirs", None, "pass"),
    ]
