"""`assay compare`: real Terraform code beside a snapshot of a real moto server, with and without a state; reports, exit codes, bad input."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from assay import reports
from assay.scanner.rules import load
from fixtures import server
from tests.scans import ROOT, assay, assay_process, write

SCHEMA = json.loads((Path(reports.__file__).parent / "schemas" / "assay-compare-1.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
ACCOUNT, EAST, WEST = "123456789012", "us-east-1", "us-west-2"
CONTROLS = (
    "storage.versioning-enabled", "data.pitr-enabled", "keys.rotation-and-policy", "iam.trust-policy-scoped", "secrets.rotation-enabled",
)  # fmt: skip
CHOSEN = [part for control in CONTROLS for part in ("--control", control)]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
CODE = f"""
provider "aws" {{
  region = "{EAST}"
}}

resource "aws_s3_bucket" "this" {{
  for_each = toset(["orders", "fills", "planned"])
  bucket   = "trade-${{each.key}}"
}}

resource "aws_s3_bucket_versioning" "this" {{
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}

resource "aws_dynamodb_table" "portfolio" {{
  name             = "portfolio"
  hash_key         = "id"
  stream_enabled   = true
  point_in_time_recovery {{
    enabled = true
  }}
  replica {{
    region_name            = "{WEST}"
    point_in_time_recovery = true
  }}
}}

resource "aws_kms_key" "data" {{
  description         = "data"
  enable_key_rotation = true
}}

resource "aws_iam_role" "task" {{
  name               = "task"
  assume_role_policy = jsonencode({json.dumps(TRUST)})
}}
"""


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An account beside the code: versioning of one bucket switched off by hand, one bucket that no code makes, one that is not deployed."""
    folder = tmp_path_factory.mktemp("estate")
    patch = pytest.MonkeyPatch()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": EAST, "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    }.items():  # fmt: skip
        patch.setenv(name, value)
    running, url = server.start()
    try:
        patch.setenv("AWS_ENDPOINT_URL", url)
        made = _make()
        ran = assay("snapshot", "aws", "--regions", f"{EAST},{WEST}", "-o", folder / "live.ndjson.gz", "--no-config", "--quiet", *CHOSEN)
        assert ran.exit_code == 0, ran.output
        yield {**made, "live": folder / "live.ndjson.gz", "code": write(folder / "code", {"main.tf": CODE})}
    finally:
        running.stop()
        patch.undo()


def _make() -> dict[str, Any]:
    import boto3

    s3, dynamodb, kms, iam = (boto3.client(name, region_name=EAST) for name in ("s3", "dynamodb", "kms", "iam"))
    for name in ("trade-orders", "trade-fills", "by-hand"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket="trade-orders", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_versioning(Bucket="trade-fills", VersioningConfiguration={"Status": "Suspended"})
    key = {"AttributeName": "id"}
    for region in (EAST, WEST):
        tables = boto3.client("dynamodb", region_name=region)
        tables.create_table(
            TableName="portfolio",
            KeySchema=[{**key, "KeyType": "HASH"}],
            AttributeDefinitions=[{**key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    dynamodb.update_continuous_backups(TableName="portfolio", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    arn = kms.create_key(Description="data")["KeyMetadata"]["Arn"]
    other = kms.create_key(Description="somebody's")["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=other)
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=json.dumps(TRUST))
    return {"key": arn, "other": other}


def tfstate(estate: dict[str, Any]) -> dict[str, Any]:
    """What terraform would have stored after it had applied all but one bucket."""

    def entry(type_: str, name: str, *instances: dict[str, Any]) -> dict[str, Any]:
        provider = 'provider["registry.terraform.io/hashicorp/aws"]'
        return {"mode": "managed", "type": type_, "name": name, "provider": provider, "instances": list(instances)}

    def instance(key: str | None = None, **attributes: Any) -> dict[str, Any]:
        return {**({"index_key": key} if key else {}), "schema_version": 0, "attributes": attributes, "sensitive_attributes": []}

    table = f"arn:aws:dynamodb:{EAST}:{ACCOUNT}:table/portfolio"
    buckets = [instance(text, id=f"trade-{text}", bucket=f"trade-{text}", arn=f"arn:aws:s3:::trade-{text}") for text in ("fills", "orders")]
    resources = [
        entry("aws_s3_bucket", "this", *buckets),
        entry(
            "aws_dynamodb_table", "portfolio", instance(id="portfolio", arn=table, replica=[{"region_name": WEST}], stream_arn="hush-hush")
        ),
        entry("aws_kms_key", "data", instance(id=estate["key"].rpartition("/")[2], arn=estate["key"])),
        entry("aws_iam_role", "task", instance(id="task", arn=f"arn:aws:iam::{ACCOUNT}:role/task")),
    ]
    return {
        "version": 4,
        "terraform_version": "1.9.5",
        "serial": 3,
        "lineage": "1c2d",
        "outputs": {},
        "resources": resources,
        "check_results": None,
    }


def compared(*arguments: Any) -> tuple[int, dict[str, Any]]:
    """(exit code, JSON report)."""
    ran = assay("compare", "--no-config", "-r", "json", *arguments)
    document = json.loads(ran.stdout)
    VALIDATOR.validate(document)
    return ran.exit_code, document


def statuses(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    """(what, control, status)."""
    return {
        (" = ".join("+".join(sorted(r[of] for r in row[side]["resources"])) for side, of in (("code", "address"), ("live", "id")) if row[side]["resources"]),
         row["control"].partition(".")[2], row["status"])
        for row in document["rows"]
    }  # fmt: skip


def common(estate: dict[str, Any]) -> set[tuple[str, str, str]]:
    """What is told with and without a state."""
    tables = "+".join(f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/portfolio" for region in (EAST, WEST))
    return {
        ('aws_s3_bucket.this["orders"] = arn:aws:s3:::trade-orders', "versioning-enabled", "passes_both"),
        ('aws_s3_bucket.this["fills"] = arn:aws:s3:::trade-fills', "versioning-enabled", "fails_live"),
        ('aws_s3_bucket.this["planned"]', "versioning-enabled", "code_not_deployed"),
        ("arn:aws:s3:::by-hand", "versioning-enabled", "live_without_code"),
        (f"aws_dynamodb_table.portfolio = {tables}", "pitr-enabled", "fails_live"),
        (f"aws_iam_role.task = arn:aws:iam::{ACCOUNT}:role/task", "trust-policy-scoped", "passes_both"),
    }


def test_code_beside_a_snapshot(estate: dict[str, Any]) -> None:
    exit_code, report = compared(estate["code"], estate["live"], *CHOSEN)
    assert exit_code == 1
    assert statuses(report) == common(estate) | {
        ("aws_kms_key.data", "rotation-and-policy", "ambiguous"),
        ("+".join(sorted((estate["key"], estate["other"]))), "rotation-and-policy", "ambiguous"),
    }
    assert report["states"] == report["gaps"] == []


def test_a_state_tells_which_is_which(estate: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(json.dumps(tfstate(estate)))
    _, report = compared(estate["code"], estate["live"], "--state", tmp_path / "terraform.tfstate", *CHOSEN)
    assert statuses(report) == common(estate) | {
        (f"aws_kms_key.data = {estate['key']}", "rotation-and-policy", "fails_live"),
        (estate["other"], "rotation-and-policy", "live_without_code"),
    }
    assert [(state["resources"], state["identified"]) for state in report["states"]] == [(5, 5)]
    assert "hush-hush" not in json.dumps(report)
    planned = next(row for row in report["rows"] if row["status"] == "code_not_deployed")
    assert planned["reason"] == "it is not in the state of its root module"


def test_saved_reports_give_the_same_as_their_inputs(estate: dict[str, Any], tmp_path: Path) -> None:
    for side in ("code", "live"):
        assay("scan", estate[side], "--no-config", "-r", f"json={tmp_path / side}.json", "-r", f"text={os.devnull}", *CHOSEN)
    exit_code, report = compared(tmp_path / "code.json", tmp_path / "live.json")
    fresh = compared(estate["code"], estate["live"], *CHOSEN)
    assert (exit_code, statuses(report)) == (fresh[0], statuses(fresh[1]))
    assert report["rows"] == fresh[1]["rows"]
    # and nothing of the rules is needed for it
    script = (
        "import sys\nfrom assay.scanner.cli import cli\ntry:\n    cli(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, "compare", "--no-config", str(tmp_path / "code.json"), str(tmp_path / "live.json")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert not {"cel_expr_python", "boto3", "botocore", "jinja2", "asyncio"} & set(ran.stderr.split())


def test_a_framework_limits_scans_and_saved_reports_alike(estate: dict[str, Any], tmp_path: Path) -> None:
    served = {control.control.id for control in load.load([load.builtin_folder()]).controls if "cis_aws_5_0" in control.control.frameworks}
    limit = ("--framework", "cis_aws_5_0")
    _, scanned = compared(estate["code"], estate["live"], "--control", "keys.rotation-and-policy", *limit)
    reports = [tmp_path / "code.json", tmp_path / "live.json"]
    for path, report in zip((estate["code"], estate["live"]), reports, strict=True):
        assay("scan", path, "--no-config", "-r", f"json={report}", *CHOSEN)
    _, judged_report = compared(*reports, *limit)
    assert {row["control"] for row in judged_report["rows"]} == set(CONTROLS) & served == {"keys.rotation-and-policy"}
    assert statuses(judged_report) == statuses(scanned)
    assert judged_report["in_force"]["frameworks"] == ["cis_aws_5_0"]
    ran = assay("compare", *reports, "--framework", "cis_aws_5")
    assert (ran.exit_code, "there is no framework 'cis_aws_5'; did you mean cis_aws_5_0?" in ran.stderr) == (2, True)


def test_a_region_that_was_not_audited_is_not_seen(estate: dict[str, Any], tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "c", {"main.tf": CODE.replace(EAST, "eu-west-1").replace("trade-", "other-")})
    report = compared(elsewhere, estate["live"], *CHOSEN)[1]
    by_address = {
        row["code"]["resources"][0]["address"]: (row["status"], row["reason"]) for row in report["rows"] if row["code"]["resources"]
    }
    assert by_address["aws_dynamodb_table.portfolio"][0] == "fails_live"  # by its replica, which was
    assert by_address['aws_s3_bucket.this["orders"]'][0] == "not_seen"
    assert "eu-west-1" in by_address["aws_kms_key.data"][1]


def test_reports_in_every_format(estate: dict[str, Any], tmp_path: Path) -> None:
    ran = assay("compare", "--no-config", estate["code"], estate["live"], *CHOSEN, "-r", "text", "-r", f"html={tmp_path / 'c.html'}")
    assert ran.exit_code == 1
    assert "PASSES IN CODE, FAILS LIVE: 2" in ran.stdout and "\x1b" not in ran.stdout
    assert 'aws_s3_bucket.this["fills"]' in ran.stdout and "arn:aws:s3:::trade-fills" in ran.stdout
    page = (tmp_path / "c.html").read_text("utf-8")
    assert "arn:aws:s3:::trade-fills" in page and "http:" not in page.partition("<style>")[0]


def test_colour_on_a_terminal_only(estate: dict[str, Any]) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "assay", "compare", "--no-config", str(estate["code"]), str(estate["live"]), *CHOSEN]
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    assert process.wait(60) == 1 and b"\x1b[" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # closed at the other end
        return b""


# Exit codes


@pytest.mark.parametrize(("options", "expected"), [
    ([], 1),
    (["--fail-on", "critical"], 0),
    (["--fail-on", "never"], 0),
    (["--fail-on", "never", "--strict"], 3),
    (["--control", "iam.trust-policy-scoped", "--strict"], 0),
])  # fmt: skip
def test_exit_codes(options: list[str], expected: int, estate: dict[str, Any]) -> None:
    chosen = [] if "--control" in options else CHOSEN
    assert compared(estate["code"], estate["live"], *chosen, *options)[0] == expected


def test_what_fails_in_code_only_is_no_matter_of_this_command(estate: dict[str, Any], tmp_path: Path) -> None:
    infra = write(
        tmp_path / "c",
        {"main.tf": f'provider "aws" {{\n  region = "{EAST}"\n}}\nresource "aws_s3_bucket" "b" {{\n  bucket = "trade-orders"\n}}\n'},
    )
    exit_code, report = compared(infra, estate["live"], "--control", "storage.versioning-enabled", "--fail-on", "critical")
    assert (exit_code, report["summary"]["statuses"]["fails_code"]) == (0, 1)


def test_gaps_of_either_side_make_it_incomplete(estate: dict[str, Any], tmp_path: Path) -> None:
    broken = write(tmp_path / "c", {"main.tf": CODE, "sub/x.tf": "resource {"})
    exit_code, report = compared(broken, estate["live"], *CHOSEN, "--fail-on", "never")
    assert (exit_code, len(report["code"]["gaps"])) == (3, 1)
    assert report["summary"]["statuses"]["live_without_code"] == 0
    exit_code, report = compared(estate["code"], estate["live"], *CHOSEN, "--fail-on", "never", "--state", broken / "main.tf")
    assert (exit_code, report["gaps"][0]["code"]) == (3, "parse_error")


# Bad input


def test_sides_that_are_mixed_up_are_refused(estate: dict[str, Any]) -> None:
    for sides in ((estate["live"], estate["code"]), (estate["code"], estate["code"]), (estate["live"], estate["live"])):
        ran = assay("compare", "--no-config", *sides, *CHOSEN)
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert "CODE" in ran.stderr or "LIVE" in ran.stderr


@pytest.mark.parametrize(("content", "message"), [
    ('{"schema": "assay-results/3"}', "this version reads assay-results/1 and assay-results/2"),
    ('{"schema": "assay-results/1", "results": 7}', "no report as assay scan writes it"),
    ('{"schema": "assay-results/1"}', "no report as assay scan writes it"),
])  # fmt: skip
def test_reports_that_cannot_be_read_are_said(content: str, message: str, estate: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(content)
    ran = assay("compare", "--no-config", tmp_path / "r.json", estate["live"])
    assert (ran.exit_code, message in ran.stderr) == (2, True)


@pytest.mark.parametrize("content", [
    b"", b"\0" * 100, b'"assay-results/1"', b'{"x": "assay-results/1"', b'{"schema": 5, "y": "assay-results/1"}', b'["assay-results/1"',
    b'{"schema": "assay-results/1", "results": ' + b"[" * 50_000,
])  # fmt: skip
def test_other_files_are_read_as_a_scan_reads_them(content: bytes, estate: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(content)
    ran = assay("compare", "--no-config", tmp_path / "r.json", estate["live"], *CHOSEN)
    assert ran.exit_code in (1, 2, 3) and "internal error" not in ran.stderr


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    ran = assay("compare", tmp_path / "no", tmp_path / "no-either")
    assert (ran.exit_code, "no such file or directory" in ran.stderr) == (2, True)
    ran = assay_process("compare", "one")
    assert ran.returncode == 2
    assert assay("compare", tmp_path, tmp_path, "-r", "sarif").exit_code == 2
    assert assay("compare", tmp_path, tmp_path, "-r", "text", "-r", "json").exit_code == 2


def test_google_code_beside_an_export() -> None:
    """The reference deployment as code and as the export of its project: what can be joined agrees."""
    live = ROOT / "fixtures" / "trade_streamer" / "gcp" / "live"
    if not live.is_dir():
        pytest.skip("the export of the reference deployment is not there")
    _, report = compared(ROOT / "fixtures" / "trade_streamer" / "gcp" / "terraform" / "environments" / "prod", live)
    statuses = report["summary"]["statuses"]
    assert statuses["passes_both"] > 50
    assert not any(statuses[status] for status in ("fails_live", "fails_code", "live_without_code", "code_not_deployed"))
    assert statuses["fails_both"] == 1  # without a configuration no role is known to release the user interface
