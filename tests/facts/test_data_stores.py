"""What is known of the copies of a table or a database, as rules of a team may ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scans import judge, rule, write

TABLE = """\
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }

  replica {
    region_name = "us-west-2"
  }
}
"""
TWINS = """\
resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_global_table" "orders" {
  name = aws_dynamodb_table.orders.name

  replica {
    region_name = "us-west-2"
  }
}
"""
GLOBAL_TABLE = """\
Resources:
  Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      SSESpecification: {SSEEnabled: true}
      Replicas: [{Region: us-east-1}, {Region: us-west-2}]
"""
DATABASE = """\
resource "google_firestore_database" "orders" {
  project     = "trade-prod"
  name        = "orders"
  location_id = "nam5"
  type        = "FIRESTORE_NATIVE"
}
"""
ONE_HOME = "resource.replicas.exists(copy, copy.home)"
TWO_PLACES = "resource.replicas.exists(copy, !copy.home)"


def verdict(folder: Path, files: dict[str, str], that: str, **options: Any) -> str:
    own = rule(id="team.copies", applies_to="DataStore", **{"assert": [{"that": that, "message": "it is not so"}]})
    tree, rules = write(folder / "code", dict(files)), write(folder / "rules", {"copies.yaml": own})
    (result,) = judge(tree, "team.copies", policies=[str(rules)], **options)
    return result.verdict


@pytest.mark.parametrize(
    ("files", "that", "expected"),
    [
        ({"main.tf": TABLE}, ONE_HOME, "pass"),
        ({"main.tf": TABLE}, TWO_PLACES, "pass"),
        ({"main.tf": TABLE}, "!resource.multi_region", "pass"),
        ({"main.tf": TABLE}, "resource.replicas.exists(copy, copy.home && copy.encryption_key != null)", "pass"),
        ({"main.tf": TABLE.replace("enabled = true", "enabled = false")}, "resource.replicas.exists(copy, copy.home && copy.encryption_key != null)", "fail"),
        ({"main.tf": TWINS}, TWO_PLACES, "pass"),
        ({"template.yaml": GLOBAL_TABLE}, "!resource.multi_region", "pass"),
        ({"template.yaml": GLOBAL_TABLE}, ONE_HOME, "unknown"),
        ({"template.yaml": GLOBAL_TABLE}, "resource.replicas.all(copy, copy.encryption_key != null)", "pass"),
        ({"main.tf": DATABASE}, ONE_HOME, "pass"),
        ({"main.tf": DATABASE}, TWO_PLACES, "fail"),
        ({"main.tf": DATABASE}, "resource.multi_region", "pass"),
    ],
)  # fmt: skip
def test_a_rule_asks_for_copies(files: dict[str, str], that: str, expected: str, tmp_path: Path) -> None:
    assert verdict(tmp_path, files, that) == expected
