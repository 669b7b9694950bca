"""The aliases of KMS keys, by which code and account are joined."""

from __future__ import annotations

import json
from pathlib import Path

from tests.scans import ROOT, judge, write

TERRAFORM = """\
resource "aws_kms_key" "orders" {
  enable_key_rotation = true
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}
resource "aws_kms_alias" "by_arn" {
  name          = "alias/fills"
  target_key_id = aws_kms_key.orders.arn
}
resource "aws_kms_alias" "open" {
  name_prefix   = "alias/quotes-"
  target_key_id = aws_kms_key.orders.id
}
resource "aws_kms_alias" "of_another" {
  name          = "alias/other"
  target_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
}
"""
TEMPLATE = {
    "Resources": {
        "Orders": {
            "Type": "AWS::KMS::Key",
            "Properties": {"EnableKeyRotation": True, "KeyPolicy": {"Version": "2012-10-17", "Statement": []}},
        },
        "Alias": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/orders", "TargetKeyId": {"Ref": "Orders"}}},
        "ByArn": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/fills", "TargetKeyId": {"Fn::GetAtt": ["Orders", "Arn"]}}},
    }
}
KEYS = "keys.rotation-and-policy"


def test_aliases_in_code(tmp_path: Path) -> None:
    for name, text in (("main.tf", TERRAFORM), ("template.json", json.dumps(TEMPLATE))):
        refs = {result.resource.address: result.resource for result in judge(write(tmp_path / name.partition(".")[2], {name: text}), KEYS)}
        assert [ref.also_named for ref in refs.values()] == [["alias/fills", "alias/orders"]], name


def test_aliases_in_an_account(tmp_path: Path) -> None:
    """Those of its region: a key of several regions has one id in all of them."""
    recorded = ROOT / "fixtures" / "controls" / "data" / "encrypted-cmk" / "aws" / "aws-pass.ndjson"
    lines = recorded.read_text().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if '"type":"kms.alias"' in line)
    key = next(json.loads(line) for line in lines if '"type":"kms.key"' in line and '"KeyManager":"CUSTOMER"' in line)
    for region, expected in ((key["region"], ["alias/orders"]), ("eu-west-9", [])):
        arn = f"arn:aws:kms:{region}:{key['account']}:alias/orders"
        listed = {"AliasArn": arn, "AliasName": "alias/orders", "TargetKeyId": key["listed"]["KeyId"]}
        alias = json.loads(lines[at]) | {"id": arn, "region": region, "listed": listed}
        path = write(tmp_path, {"account.ndjson": "".join([*lines[:at], json.dumps(alias) + "\n", *lines[at:]])}) / "account.ndjson"
        refs = {result.resource.id: result.resource for result in judge(path, KEYS)}
        assert refs[key["id"]].also_named == expected
