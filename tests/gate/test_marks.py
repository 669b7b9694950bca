"""Tags of resources, and what resources say themselves of findings on them, in every input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.facts.model import Mark, identity
from assay.scanner.gate.comments import written
from assay.scanner.gate.waivers import Waiver
from assay.scanner.sources.marks import MAX_TAGS, tags_of
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value
from tests.gate.test_gate import CONTROL, FAILING, LATER, run, verdicts, waiver
from tests.scans import write

MARK = f"{CONTROL} until=2027-03-31 owner=ops ticket=S-1 reason=copied elsewhere"
SAID = f'assay:waive {CONTROL} until=2027-03-31 reason="copied elsewhere" owner=ops ticket=S-1'

TERRAFORM = """
provider "aws" {
  region = "eu-central-1"
  default_tags {
    tags = { Team = "platform", Stage = var.stage }
  }
}
variable "stage" {}
resource "aws_s3_bucket" "b" {
  bucket = "orders"
  tags   = { Stage = "prod", Cost = 17, Other = var.stage, password = "hunter2x" }
}
"""
GOOGLE = """
provider "google" {
  project        = "p"
  default_labels = { team = "platform" }
}
resource "google_storage_bucket" "b" {
  name     = "orders"
  location = "EU"
  labels   = { stage = "prod" }
}
"""
PLAN = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b",
                    "values": {"bucket": "orders", "tags": {"Stage": "prod"}, "tags_all": {"Stage": "prod", "Team": "platform"}},
                }
            ]
        }
    },
    "resource_changes": [
        {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket",
         "change": {"actions": ["create"], "after": {}, "after_unknown": {}}}
    ],
    "configuration": {"root_module": {}},
}  # fmt: skip
TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: prod}
  Open: {Type: String}
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      Tags:
        - {Key: Stage, Value: !Ref Stage}
        - {Key: Team, Value: platform}
        - {Key: Open, Value: !Ref Open}
"""
MANIFEST = """
apiVersion: storage.cnrm.cloud.google.com/v1beta1
kind: StorageBucket
metadata:
  name: orders
  labels: {stage: prod, team: platform}
spec:
  location: EU
"""
DEPLOYMENT = """
resources:
- name: orders
  type: storage.v1.bucket
  properties:
    location: EU
    labels: {stage: prod, team: platform}
"""
ASSET = {
    "name": "//storage.googleapis.com/orders",
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/1"],
    "resource": {"version": "v1", "data": {"name": "orders", "location": "EU", "labels": {"stage": "prod", "team": "platform"}}},
}


def tags(path: Path) -> dict[str, str]:
    [result] = run(path)[0].results
    return result.resource.tags


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("main.tf", TERRAFORM, {"Team": "platform", "Stage": "prod", "Cost": "17"}),
        ("main.tf", GOOGLE, {"stage": "prod", "team": "platform"}),
        ("plan.json", json.dumps(PLAN), {"Stage": "prod", "Team": "platform"}),
        ("t.yaml", TEMPLATE, {"Stage": "prod", "Team": "platform"}),
        ("m.yaml", MANIFEST, {"stage": "prod", "team": "platform"}),
        ("d.yaml", DEPLOYMENT, {"stage": "prod", "team": "platform"}),
        ("a.json", json.dumps(ASSET), {"stage": "prod", "team": "platform"}),
    ],
)
def test_tags_are_told_in_every_input(file: str, content: str, expected: dict[str, str], tmp_path: Path) -> None:
    assert tags(write(tmp_path, {file: content})) == expected


def test_a_plan_falls_back_on_what_the_code_writes(tmp_path: Path) -> None:
    plan = json.loads(json.dumps(PLAN))
    plan["resource_changes"][0]["change"]["after_unknown"] = {"tags_all": True}
    assert tags(write(tmp_path, {"plan.json": json.dumps(plan)})) == {"Stage": "prod"}


def test_sensitive_tags_are_left_out(tmp_path: Path) -> None:
    code = 'variable "s" {\n  sensitive = true\n  default = "tiger-17"\n}\n' + FAILING.replace("}", '  tags = { A = var.s, B = "x" }\n}')
    report, _ = run(write(tmp_path, {"main.tf": code}), waiver(tags=(("A", "*"),)))
    assert report.results[0].resource.tags == {"B": "x"} and verdicts(report) == ["fail"]


def test_tags_of_types_that_have_none_are_not_made_up(tmp_path: Path) -> None:
    """A group has no tags, whatever its provider adds to others."""
    from assay.scanner.run import Options, Scan

    group = 'resource "aws_iam_group" "g" {\n  name = "g"\n}\nresource "aws_iam_role_policy" "p" {\n  role = "r"\n  policy = "{}"\n}\n'
    results = list(Scan(Options(paths=[str(write(tmp_path, {"main.tf": TERRAFORM + group}))])))
    groups = [result for result in results if "aws_iam" in result.resource.address]
    assert groups and all(not result.resource.tags for result in groups)


def test_fingerprints_do_not_depend_on_tags(tmp_path: Path) -> None:
    one = run(write(tmp_path / "one", {"main.tf": FAILING}))[0].results[0]
    other = run(write(tmp_path / "other", {"main.tf": FAILING.replace("}", '  tags = { A = "x" }\n}')}))[0].results[0]
    assert one.fingerprint == other.fingerprint and other.resource.tags


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"a": "x", "b": Unknown("", ""), "c": None, "d": ["x"], "e": True}, {"a": "x", "e": "true"}),
        ([{"Key": "a", "Value": "x"}, {"Key": 1, "Value": "x"}, "x", {"Key": "b"}], {"a": "x"}),
        (Unknown("", ""), {}), ("text", {}), ({"a": "x" * 257}, {}), ({"token": "abc"}, {}),
        ({"a": "AKIA" + "A" * 16}, {}), ({"a": "https://u:pw123456@h/"}, {}),
    ],
)  # fmt: skip
def test_what_is_not_known_and_secrets_are_no_tags(raw: Any, expected: dict[str, str]) -> None:
    assert tags_of(raw) == expected


def test_tags_are_bounded() -> None:
    assert len(tags_of({f"k{number}": "x" for number in range(100_000)})) == MAX_TAGS


@pytest.mark.parametrize(("name", "glob", "verdict"), [("Team", "plat*", "waived"), ("Team", "x", "fail"), ("None", "*", "fail")])
def test_waivers_select_by_tags_that_are_there(name: str, glob: str, verdict: str, tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, {"main.tf": TERRAFORM}), waiver(tags=((name, glob),)))
    assert verdicts(report) == [verdict]


def template(metadata: str) -> str:
    return f"Resources:\n  B:\n    Type: AWS::S3::Bucket\n{metadata}"


def metadata(*entries: dict[str, Any]) -> str:
    return json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket", "Metadata": {"assay": {"waive": list(entries)}}}}})


ENTRY = {"control": CONTROL, "until": "2027-03-31", "reason": 'copied "elsewhere" \\ here', "owner": "ops", "ticket": "S-1"}
YAML_ENTRY = "{control: storage.versioning-enabled, until: 2027-03-31, reason: copied elsewhere, owner: ops, ticket: S-1}"


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("main.tf", f'resource "aws_s3_bucket" "b" {{\n  tags = {{ "assay:waive" = "{MARK}" }}\n}}\n', 2),
        ("main.tf", f'resource "aws_s3_bucket" "b" {{\n  tags = {{\n    "assay:waive:2" = "{MARK}"\n  }}\n}}\n', 2),
        ("main.tf.json", json.dumps({"resource": {"aws_s3_bucket": {"b": {"//": SAID, "bucket": "x"}}}}), 1),
        ("plan.json", json.dumps(PLAN).replace('"Team": "platform"', f'"assay:waive": "{MARK}"'), 0),
        ("t.yaml", template(f"    Metadata:\n      assay:\n        waive:\n          - {YAML_ENTRY}\n"), 7),
        ("t.yaml", template(f"    Metadata:\n      assay:\n        waive: {YAML_ENTRY}\n"), 6),
        ("t.yaml", template(f"    Metadata: {{assay: {{waive: '{MARK}'}}}}\n"), 4),
        ("t.yaml", template(f"    Properties:\n      Tags: [{{Key: 'assay:waive', Value: '{MARK}'}}]\n"), 5),
        ("t.json", metadata(ENTRY), 1),
        ("t.json", metadata({"control": "other.*"}, ENTRY), 1),
        ("m.yaml", MANIFEST.replace("  labels:", f'  annotations: {{assay.dev/waive: "{MARK}"}}\n  labels:'), 6),
        ("m.yaml", MANIFEST.replace("  labels:", f"  annotations:\n    assay.dev/waive-2: |\n      other.x\n      {MARK}\n  labels:"), 6),
    ],
)  # fmt: skip
def test_a_resource_says_itself_that_a_finding_is_accepted(file: str, content: str, line: int, tmp_path: Path) -> None:
    path = write(tmp_path, {file: content})
    report, _ = run(path, comments=True)
    assert verdicts(report) == ["waived"], report.gate.warnings
    [result] = report.results
    assert result.waiver and result.waiver.by == "mark" and (result.waiver.owner, result.waiver.ticket) == ("ops", "S-1")
    assert result.waiver.reason in ("copied elsewhere", ENTRY["reason"])
    assert Path(result.waiver.file).name == file and result.waiver.line == line
    assert verdicts(run(path)[0]) == ["fail"], "without comments, no mark counts either"


@pytest.mark.parametrize(
    "text",
    [
        CONTROL, MARK.replace("2027", "2026-02-"), MARK.replace("until=2027-03-31", "until=2025-03-31"),
        MARK.replace("reason=copied elsewhere", ""), MARK.replace("2027-03-31", "2099-03-31"), f"{MARK} until=2027-03-30",
        f"{MARK} it's", f"{CONTROL} because until=2027-03-31 reason=x", "",
    ],
)  # fmt: skip
def test_a_mark_that_says_too_little_waives_nothing(text: str, tmp_path: Path) -> None:
    code = f'resource "aws_s3_bucket" "b" {{\n  tags = {{ "assay:waive" = "{text}" }}\n}}\n'
    report, _ = run(write(tmp_path, {"main.tf": code}), comments=True)
    assert verdicts(report) == ["fail"] and (not text or report.gate.warnings)


@pytest.mark.parametrize(
    "content",
    [
        template("    Metadata: {assay: {waive: {'Fn::Sub': 'x'}}}\n"), template("    Metadata: {assay: [1, {waive: 2}]}\n"),
        template("    Metadata: {assay: {waive: [1, null, [], {control: [x]}, {}]}}\n"), template("    Metadata: x\n"),
        template("    Metadata: {checkov: {skip: {id: [1]}}}\n"), template("    Metadata: {assay: null, checkov: {skip: [1, {}]}}\n"),
        template("    Properties: {Tags: x}\n"), template("    Properties: {Tags: [1, {Key: {Ref: X}, Value: 1}]}\n"),
        template("    Properties: {Tags: {Ref: AWS::NoValue}}\n"),
    ],
)  # fmt: skip
def test_metadata_of_any_shape_is_read(content: str, tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, {"t.yaml": content}), comments=True, accepted=("checkov",))
    assert verdicts(report) == ["fail"] and not report.coverage.gaps


@pytest.mark.parametrize(("accepted", "verdict"), [(("checkov",), "waived"), ((), "fail"), (("trivy",), "fail")])
def test_metadata_for_checkov_counts_where_it_is_accepted(accepted: tuple[str, ...], verdict: str, tmp_path: Path) -> None:
    said = "    Metadata:\n      checkov:\n        skip:\n          - {id: CKV_AWS_21, comment: copied elsewhere}\n"
    report, _ = run(write(tmp_path, {"t.yaml": template(said)}), comments=True, accepted=accepted)
    assert verdicts(report) == [verdict]
    if verdict == "waived":
        assert report.results[0].waiver and report.results[0].waiver.by == "checkov" and report.results[0].waiver.line == 7


@pytest.mark.parametrize(
    ("file", "content", "verdict"),
    [
        ("t.yaml", f"Resources:\n  # {SAID}\n  B:\n    Type: AWS::S3::Bucket\n", "waived"),
        ("t.yaml", f"Resources:\n  B: # {SAID}\n    Type: AWS::S3::Bucket\n", "waived"),
        ("t.yaml", f"# {SAID}\n\nResources:\n  B:\n    Type: AWS::S3::Bucket\n", "fail"),
        ("m.yaml", f"---\n# {SAID}\n{MANIFEST.strip()}\n", "waived"),
        ("m.yaml", f"# {SAID}\n---\n{MANIFEST.strip()}\n", "fail"),
        ("m.yaml", f"# {SAID}\n{MANIFEST.strip()}\n", "waived"),
        ("d.yaml", DEPLOYMENT.replace("- name", f"# {SAID}\n- name"), "waived"),
        ("d.yaml", DEPLOYMENT.replace("- name: orders", f"- name: orders  # {SAID}"), "waived"),
        ("t.json", json.dumps({"Description": f"# assay:waive {MARK}", "Resources": {"B": {"Type": "AWS::S3::Bucket"}}}), "fail"),
        ("main.tf.json", json.dumps({"//": SAID, "resource": {"aws_s3_bucket": {"b": {"bucket": f"# {SAID}"}}}}), "fail"),
    ],
)
def test_comments_of_yaml_count_and_text_of_json_is_none(file: str, content: str, verdict: str, tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, {file: content}), comments=True)
    assert verdicts(report) == [verdict] and not report.gate.warnings


def test_a_mark_is_for_its_own_resource_alone(tmp_path: Path) -> None:
    code = f'resource "aws_s3_bucket" "a" {{\n  tags = {{ "assay:waive" = "{MARK}" }}\n}}\n{FAILING}'
    report, _ = run(write(tmp_path, {"main.tf": code}), comments=True)
    assert {result.resource.address: result.verdict for result in report.results} == {
        "aws_s3_bucket.a": "waived",
        "aws_s3_bucket.b": "fail",
    }


def test_what_a_mark_says_is_read_without_quotes() -> None:
    assert written(CONTROL, "until=2027-03-31 reason=copied to the archive owner=ops") == Waiver(
        control=CONTROL, owner="ops", reason="copied to the archive", expires=LATER
    )


def test_places_of_live_resources_are_their_addresses() -> None:
    from assay.scanner.sources.aws.items import ApiItem, ItemRecord

    arn = "arn:aws:s3:::orders"
    record = ItemRecord(
        "s3.bucket", arn, "111111111111", "", "s3:ListBuckets", "2026-01-01", {"Tags": [{"Key": "assay:waive", "Value": MARK}]}
    )
    item = ApiItem(record, "me")
    assert item.tags == {"assay:waive": MARK} and identity(item, Value("orders")).marks == [Mark(f"assay:waive {MARK}", arn, 0)]


def test_tags_cost_little_of_what_a_root_module_may_take(tmp_path: Path) -> None:
    """A thousand resources with more tags than a provider takes are evaluated to the end."""
    common = 'locals {\n  t = { for i in range(200) : "k${i}" => "v${i}" }\n}\n'
    code = common + 'resource "aws_s3_bucket" "b" {\n  count  = 1000\n  bucket = "b${count.index}"\n  tags   = local.t\n}\n'
    report, _ = run(write(tmp_path, {"main.tf": code}))
    assert not report.coverage.gaps and {len(result.resource.tags) for result in report.results} == {50}


@pytest.mark.parametrize("at_call", [True, False])
def test_fetched_code_accepts_nothing_and_its_call_does(at_call: bool, tmp_path: Path) -> None:
    call = 'module "m" {\n  source  = "acme/m/aws"\n  version = "1.0.0"\n}\n'
    record = {"Key": "m", "Source": "registry.terraform.io/acme/m/aws", "Version": "1.0.0", "Dir": ".terraform/modules/m"}
    path = write(
        tmp_path,
        {
            "main.tf": f"# {SAID}\n{call}" if at_call else call,
            ".terraform/modules/modules.json": json.dumps({"Modules": [{"Key": "", "Source": "", "Dir": "."}, record]}),
            ".terraform/modules/m/main.tf": FAILING if at_call else f"# {SAID}\n{FAILING}",
        },
    )
    report, _ = run(path, comments=True)
    assert verdicts(report) == (["waived"] if at_call else ["fail"])
