"""Which resource a block belongs to, however it names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.run import Options, Scan

_POLICY = """policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })"""
_BUCKETS = """
resource "aws_s3_bucket" "b" {
  bucket = NAME
}
resource "aws_s3_bucket" "other" {
  bucket = "other"
}
resource "aws_s3_bucket_policy" "p" {
  bucket = OWNER
  POLICY
}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.b.bucket
}
resource "random_pet" "p" {}
variable "open" {}
module "m" {
  source = "./m"
  bucket = aws_s3_bucket_versioning.v.id
}
"""
_MODULE = """
variable "bucket" {}
resource "aws_s3_bucket_versioning" "v" {
  bucket = var.bucket
}
output "bucket" {
  value = aws_s3_bucket_versioning.v.bucket
}
"""


def verdicts(top: Path, control: str) -> dict[str, str]:
    return {result.resource.address: result.verdict for result in Scan(Options(paths=[str(top)], controls=[control]))}


_OWNERS = (
    "aws_s3_bucket.b.id",
    "aws_s3_bucket.b.bucket",
    "aws_s3_bucket_versioning.v.bucket",
    "aws_s3_bucket_versioning.v.id",
    "module.m.bucket",
    "one(aws_s3_bucket_versioning.v[*].id)",
    '"${aws_s3_bucket_versioning.v.id}"',
)
_NAMES = ("random_pet.p.id", '"b-${random_pet.p.id}"', '"b-${var.open}"')


@pytest.mark.parametrize(("owner", "name"), [*((owner, '"b"') for owner in _OWNERS), *((_OWNERS[-1], name) for name in _NAMES)])
def test_a_reference_is_followed_to_what_it_stands_for(tmp_path: Path, owner: str, name: str) -> None:
    text = _BUCKETS.replace("OWNER", owner).replace("NAME", name).replace("POLICY", _POLICY)
    (tmp_path / "main.tf").write_text(text)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(_MODULE)
    assert verdicts(tmp_path, "storage.bucket-not-public") == {"aws_s3_bucket.b": "fail", "aws_s3_bucket.other": "pass"}


@pytest.mark.parametrize("owner", ['"${aws_s3_bucket.b.id}-logs"', "aws_s3_bucket_policy.p.bucket", "aws_s3_bucket_policy.p.id"])
def test_another_name_made_of_one_is_not_that_one(tmp_path: Path, owner: str) -> None:
    """The last two name themselves, which Terraform refuses."""
    text = _BUCKETS.replace("OWNER", owner).replace("NAME", '"b"').replace("POLICY", _POLICY).replace("./m", "./none")
    (tmp_path / "main.tf").write_text(text)
    verdict_of = verdicts(tmp_path, "storage.bucket-not-public")
    assert verdict_of["aws_s3_bucket.b"] != "fail" and verdict_of["aws_s3_bucket.other"] != "fail"


def test_a_name_that_two_resources_have_does_not_lead_from_the_one_to_the_other(tmp_path: Path) -> None:
    text = "".join(
        f"""
        provider "aws" {{
          alias  = "{place}"
          region = "{place}"
        }}
        resource "aws_secretsmanager_secret" "{place}" {{
          provider = aws.{place}
          name     = "broker"
        }}
        resource "aws_secretsmanager_secret_policy" "{place}" {{
          provider   = aws.{place}
          secret_arn = aws_secretsmanager_secret.{place}.name
          policy     = jsonencode({{ Statement = [{{ Effect = "{effect}", Principal = "*", Action = "*", Resource = "*" }}] }})
        }}
        """
        for place, effect in (("eu-west-1", "Allow"), ("us-east-1", "Deny"))
    )
    (tmp_path / "main.tf").write_text(text)
    assert verdicts(tmp_path, "secrets.resource-policy-not-public") == {
        "aws_secretsmanager_secret.eu-west-1": "fail",
        "aws_secretsmanager_secret.us-east-1": "pass",
    }


_BLOCK = """
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
variable "open" {}
variable "names" {
  type = set(string)
}
"""


@pytest.mark.parametrize(
    ("repeated", "block", "verdict"),
    [
        ("for_each = var.names", 'bucket = aws_s3_bucket.b["x"].id', "unknown"),
        ("for_each = var.names", "bucket = aws_s3_bucket.b[var.open].id", "unknown"),
        ("for_each = var.names", "for_each = var.names\n  bucket = aws_s3_bucket.b[each.key].id", "pass"),
        ("for_each = var.names", "for_each = var.names\n  bucket = aws_s3_bucket.b[each.value].id", "pass"),
        ("for_each = var.open", "for_each = var.open\n  bucket = aws_s3_bucket.b[each.value].id", "unknown"),
        ("for_each = var.names", "for_each = aws_s3_bucket.b\n  bucket = each.value.id", "pass"),
        ("count = var.open ? 1 : 0", "count = var.open ? 1 : 0\n  bucket = aws_s3_bucket.b[0].id", "pass"),
        ("count = var.open", "bucket = aws_s3_bucket.b[0].id", "unknown"),
        ("count = var.open", "count = var.open\n  bucket = aws_s3_bucket.b[count.index].id", "pass"),
    ],
)
def test_one_instance_is_not_all_of_them(tmp_path: Path, repeated: str, block: str, verdict: str) -> None:
    text = f'resource "aws_s3_bucket" "b" {{\n  {repeated}\n}}\nresource "aws_s3_bucket_public_access_block" "p" {{\n  {block}\n{_BLOCK}'
    (tmp_path / "main.tf").write_text(text)
    assert verdicts(tmp_path, "storage.public-access-blocked")['aws_s3_bucket.b["*"]'] == verdict


@pytest.mark.parametrize(
    ("name", "owner", "other", "expected"),
    [
        ("var.open", "var.open", '"other"', {"b": "pass", "other": "fail"}),
        ("var.object.name", "var.object.name", "var.object.other", {"b": "pass", "other": "fail"}),
        ("var.list[0]", "var.list[0]", "var.list[1]", {"b": "pass", "other": "fail"}),
        ("local.name", "module.m.bucket", '"other"', {"b": "pass", "other": "fail"}),
        ("var.list[0]", "var.list[1]", '"other"', {"b": "unknown", "other": "unknown"}),
        ("upper(var.open)", "lower(var.open)", '"other"', {"b": "unknown", "other": "unknown"}),
        ("var.open", 'coalesce(var.open, "x")', '"other"', {"b": "unknown", "other": "unknown"}),
        ("var.open", "try(var.open, null)", '"other"', {"b": "unknown", "other": "unknown"}),
        ("var.list[var.at]", "var.list[var.at]", '"other"', {"b": "unknown", "other": "unknown"}),
    ],
)
def test_the_same_open_value_on_both_sides(tmp_path: Path, name: str, owner: str, other: str, expected: dict[str, str]) -> None:
    text = f"""
variable "open" {{}}
variable "object" {{}}
variable "list" {{}}
variable "at" {{}}
locals {{
  name = var.open
}}
module "m" {{
  source = "./m"
  bucket = local.name
}}
resource "aws_s3_bucket" "b" {{
  bucket = {name}
}}
resource "aws_s3_bucket" "other" {{
  bucket = {other}
}}
resource "aws_s3_bucket_versioning" "v" {{
  bucket = {owner}
  versioning_configuration {{
    status = "Enabled"
  }}
}}
"""
    (tmp_path / "main.tf").write_text(text)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text('variable "bucket" {}\noutput "bucket" {\n  value = var.bucket\n}\n')
    assert verdicts(tmp_path, "storage.versioning-enabled") == {f"aws_s3_bucket.{name}": verdict for name, verdict in expected.items()}


def test_the_same_key_of_the_same_repetition_on_both_sides(tmp_path: Path) -> None:
    text = """
variable "names" {
  type = set(string)
}
resource "aws_s3_bucket" "b" {
  for_each = var.names
  bucket   = each.key
}
resource "aws_s3_bucket_versioning" "v" {
  for_each = var.names
  bucket   = each.value
  versioning_configuration {
    status = "Enabled"
  }
}
"""
    (tmp_path / "main.tf").write_text(text)
    assert verdicts(tmp_path, "storage.versioning-enabled") == {'aws_s3_bucket.b["*"]': "pass"}


@pytest.mark.parametrize(
    ("block", "verdict"),
    [
        ('bucket = module.m["x"].id', "unknown"),
        ("for_each = var.names\n  bucket = module.m[each.key].id", "pass"),
        ("for_each = module.m\n  bucket = each.value.id", "pass"),
    ],
)
def test_one_instance_of_a_module_is_not_all_of_them(tmp_path: Path, block: str, verdict: str) -> None:
    called = 'module "m" {\n  source = "./m"\n  for_each = var.names\n  name = each.key\n}\n'
    (tmp_path / "main.tf").write_text(f'{called}resource "aws_s3_bucket_public_access_block" "p" {{\n  {block}\n{_BLOCK}')
    (tmp_path / "m").mkdir()
    made = 'variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\noutput "id" {\n  value = aws_s3_bucket.b.id\n}\n'
    (tmp_path / "m" / "main.tf").write_text(made)
    assert verdicts(tmp_path, "storage.public-access-blocked")['module.m["*"].aws_s3_bucket.b'] == verdict


def test_texts_of_different_open_values_are_not_one_name(tmp_path: Path) -> None:
    code = """
variable "names" { type = map(string) }
resource "aws_s3_bucket" "b" { bucket = "${var.names["ONE"]}-x" }
resource "aws_s3_bucket_versioning" "v" {
  bucket = "${var.names["TWO"]}-x"
  versioning_configuration { status = "Enabled" }
}
"""
    for folder, one, two in (("same", "a", "a"), ("different", "a", "b")):
        top = tmp_path / folder
        top.mkdir()
        (top / "main.tf").write_text(code.replace("ONE", one).replace("TWO", two), "utf-8")
        passes = verdicts(top, "storage.versioning-enabled")["aws_s3_bucket.b"] == "pass"
        assert passes is (folder == "same"), folder


def test_texts_of_one_open_parameter_are_one_name(tmp_path: Path) -> None:
    template = """
Parameters: {Env: {Type: String}, Other: {Type: String}}
Resources:
  B: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${Env}-x"}}
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Sub "OWNER"
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*"}]}
"""
    for owner, verdict in (("${Env}-x", "fail"), ("${Other}-x", "pass")):
        (tmp_path / "t.yaml").write_text(template.replace("OWNER", owner), "utf-8")
        assert verdicts(tmp_path, "storage.bucket-not-public")["AWS::S3::Bucket.B"] == verdict, owner


_GROUPS = """
Parameters:
  Groups: {Type: 'List<AWS::EC2::SecurityGroup::Id>'}
Resources:
  First:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Select [0, !Ref Groups], IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
  Second:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Select [1, !Ref Groups], IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}
"""


def test_owners_that_are_not_known_for_one_reason_are_not_one(tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text(_GROUPS)
    pairs = [
        (result.resource.address, result.verdict)
        for result in Scan(Options(paths=[str(tmp_path)], controls=["network.no-admin-ports-from-internet"]))
    ]
    assert pairs == [("AWS::EC2::SecurityGroupIngress.First", "fail"), ("AWS::EC2::SecurityGroupIngress.Second", "pass")]
