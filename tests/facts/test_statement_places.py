"""A finding on a statement of a policy points at the statement, wherever the policy is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.results.model import Result
from assay.scanner.run import Scan
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value
from tests.scans import write

CONTROL = "storage.bucket-not-public"
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "orders"\n}\n'
STATEMENTS = [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/r"}, "Action": "s3:PutObject", "Resource": "*"},
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
]
POLICY = json.dumps({"Version": "2012-10-17", "Statement": STATEMENTS}, indent=2)
ENCODED = """jsonencode({
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/r" }, Action = "s3:PutObject", Resource = "*" },
      { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }, # here
    ]
  })"""
DATA = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:role/r"]
    }
  }
  statement { # here
    actions   = ["s3:GetObject"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
"""


def policy(expression: str) -> str:
    return f'{BUCKET}resource "aws_s3_bucket_policy" "p" {{\n  bucket = aws_s3_bucket.b.id\n  policy = {expression}\n}}\n'


def public(top: Path, control: str = CONTROL, **options: Any) -> Result:
    """The finding on the one public grant."""
    (result,) = [result for result in Scan(Options(paths=[str(top)], controls=[control], **options)) if result.verdict == "fail"]
    return result


def place_of(result: Result) -> Location:
    place = result.evidence[0].location
    assert place is not None
    return place


def written(place: Location) -> str:
    return Path(place.file).read_bytes()[place.start : place.end].decode()


def is_public(text: str) -> bool:
    """Whether it is the public statement alone."""
    return "GetObject" in text and "PutObject" not in text


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": policy(f"<<EOT\n{POLICY}\nEOT")},
        {"main.tf": policy(f"<<-EOT\n    {POLICY}\n    EOT")},
        {"main.tf": policy(json.dumps(json.dumps({"Statement": STATEMENTS})))},
        {"main.tf": policy(ENCODED)},
        {"main.tf": policy("data.aws_iam_policy_document.d.json") + DATA},
        {"main.tf": policy('file("${path.module}/policy.json")'), "policy.json": POLICY},
        {"main.tf.json": json.dumps({"resource": {
            "aws_s3_bucket": {"b": {"bucket": "orders"}},
            "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.b.id}", "policy": POLICY}},
        }}, indent=1)},
    ],
    ids=["heredoc", "indented heredoc", "string", "jsonencode", "data", "file", "JSON syntax"],
)  # fmt: skip
def test_terraform(tmp_path: Path, files: dict[str, Any]) -> None:
    result = public(write(tmp_path, files))
    assert is_public(written(place_of(result)))
    assert place_of(result).file.endswith("policy.json") == ("policy.json" in files)
    assert {block.address for block in result.resource.blocks} == {"aws_s3_bucket.b", "aws_s3_bucket_policy.p"}


def test_what_is_made_elsewhere_is_at_the_attribute(tmp_path: Path) -> None:
    code = policy("local.policy") + f"locals {{\n  policy = <<EOT\n{POLICY}\nEOT\n}}\n"
    assert written(place_of(public(write(tmp_path, {"main.tf": code})))) == "policy = local.policy"


def test_fingerprints_are_those_of_the_policy_as_a_whole(tmp_path: Path) -> None:
    one = public(write(tmp_path / "one", {"main.tf": policy(f"<<EOT\n{POLICY}\nEOT")}))
    other = public(write(tmp_path / "other", {"main.tf": policy("local.policy") + f"locals {{\n  policy = <<EOT\n\n{POLICY}\nEOT\n}}\n"}))
    assert one.fingerprint == other.fingerprint and place_of(one).line != place_of(other).line


def test_bindings_of_a_policy(tmp_path: Path) -> None:
    code = """
resource "google_storage_bucket" "g" {
  name     = "orders"
  location = "US"
}
resource "google_storage_bucket_iam_policy" "g" {
  bucket      = google_storage_bucket.g.name
  policy_data = POLICY
}
data "google_iam_policy" "d" {
  binding {
    role    = "roles/storage.admin"
    members = ["user:o@example.com"]
  }
  binding {
    role    = "roles/storage.objectViewer"
    members = ["allUsers"]
  }
}
"""
    as_json = json.dumps({"bindings": [
        {"role": "roles/storage.admin", "members": ["user:o@example.com"]}, {"role": "roles/storage.objectViewer", "members": ["allUsers"]},
    ]}, indent=2)  # fmt: skip
    for at, expression in enumerate((f"<<EOT\n{as_json}\nEOT", "data.google_iam_policy.d.policy_data")):
        text = written(place_of(public(write(tmp_path / str(at), {"main.tf": code.replace("POLICY", expression)}))))
        assert "allUsers" in text and "user:o@example.com" not in text


TEMPLATE: dict[str, Any] = {
    "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
    "Resources": {
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": False}}},
        "P": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "B"},
                "PolicyDocument": {
                    "Statement": [
                        {"Fn::If": ["Never", STATEMENTS[0], {"Ref": "AWS::NoValue"}]},
                        STATEMENTS[0],
                        {"Fn::If": ["Never", {"Ref": "AWS::NoValue"}, STATEMENTS[1]]},
                    ]
                },
            },
        },
    },
}
YAML = """
Resources:
  B:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicPolicy: false}
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref B
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: s3:PutObject
            Resource: "*"
          - Effect: Allow
            Principal: "*"
            Action: s3:GetObject
            Resource: !Sub "${B.Arn}/*"
"""


@pytest.mark.parametrize("files", [{"t.json": json.dumps(TEMPLATE, indent=1)}, {"t.yaml": YAML}], ids=["JSON", "YAML"])
def test_templates(tmp_path: Path, files: dict[str, Any]) -> None:
    assert is_public(written(place_of(public(write(tmp_path, files)))))


def in_yaml(written: str) -> str:
    return YAML[: YAML.index("      PolicyDocument")] + f"      PolicyDocument: {written}\n"


BLOCK = POLICY.replace("\n", "\n          ")


@pytest.mark.parametrize(
    "files",
    [
        {"t.yaml": in_yaml(f"|\n          {BLOCK}")},
        {"t.yaml": in_yaml(f"|-  # the policy\n\n          {BLOCK}")},
        {"t.yaml": in_yaml(f"!Sub |\n          {BLOCK}".replace('"*"\n', '"${B.Arn}/é*"\n'))},
        {"t.yaml": in_yaml(f"\n        Fn::Sub:\n        - |\n          {BLOCK}\n        - X: y")},
        {"t.json": json.dumps({"Resources": {
            "B": TEMPLATE["Resources"]["B"],
            "P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "B"}, "PolicyDocument": POLICY}},
        }}, indent=1)},
    ],
    ids=["block", "block with a comment", "substituted", "substituted, in full", "JSON"],
)  # fmt: skip
def test_text_in_templates(tmp_path: Path, files: dict[str, Any]) -> None:
    assert is_public(written(place_of(public(write(tmp_path, files)))))


def test_text_that_is_written_in_another_way_is_at_its_key(tmp_path: Path) -> None:
    folded = in_yaml(f">\n          {BLOCK}")
    assert written(place_of(public(write(tmp_path, {"t.yaml": folded})))).startswith("PolicyDocument: >")


def test_a_single_statement_and_one_that_a_function_gives(tmp_path: Path) -> None:
    one = YAML[: YAML.index("          - Effect")] + "          Effect: Allow\n          Principal: '*'\n          Action: s3:Get*\n"
    assert written(place_of(public(write(tmp_path / "a", {"t.yaml": one + "          Resource: '*'\n"})))).startswith("Statement:")
    given = (
        one[: one.index("        Statement:")]
        + '        Fn::If: [X, !Ref AWS::NoValue, {Statement: {Effect: Allow, Principal: "*", Action: "*"}}]\n'
    )
    conditions = "Conditions:\n  X: !Equals [a, b]\n"
    assert '{Effect: Allow, Principal: "*"' in written(place_of(public(write(tmp_path / "b", {"t.yaml": conditions + given}))))


def test_values_cross_processes_without_places_of_parts() -> None:
    import pickle

    value: Value[Any] = Value.of(Unknown("a", "b"), (Location("f", 1),))
    value.written = lambda: None  # type: ignore[assignment]
    again = pickle.loads(pickle.dumps(value))
    assert (again.data, again.seen, again.options, again.written) == (value.data, value.seen, (), None)


def test_a_plan_beside_its_code(tmp_path: Path) -> None:
    """What the plan says stands where the code writes it."""
    code = write(tmp_path / "code", {"main.tf": policy(f"<<EOT\n{POLICY}\nEOT").replace("aws_s3_bucket.b.id", '"orders"')})
    values = {
        "aws_s3_bucket.b": {"bucket": "orders"},
        "aws_s3_bucket_policy.p": {"bucket": "orders", "policy": json.dumps(json.loads(POLICY))},
    }
    resources = [
        {"address": address, "mode": "managed", "type": address.partition(".")[0], "name": address.partition(".")[2], "values": own}
        for address, own in values.items()
    ]
    changes = [
        {
            **{key: resource[key] for key in ("address", "mode", "type", "name")},
            "change": {"actions": ["create"], "after": resource["values"], "after_unknown": {}},
        }
        for resource in resources
    ]
    configured = [
        {"address": resource["address"], "mode": "managed", "type": resource["type"], "name": resource["name"], "provider_config_key": "aws",
         "expressions": {name: {"constant_value": text} for name, text in resource["values"].items()}}
        for resource in resources
    ]  # fmt: skip
    plan = {
        "format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes, "configuration": {"root_module": {"resources": configured}},
    }  # fmt: skip
    (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
    assert is_public(written(place_of(public(tmp_path / "plan.json", code=str(code)))))
