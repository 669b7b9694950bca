"""docs/adding-a-kind.md adds a kind in every input, as a package of its own, and edits nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scans import ROOT, rule, write

PAGE = (ROOT / "docs" / "adding-a-kind.md").read_text("utf-8")
MODULES = dict(re.findall(r"```python title=(\w+\.py)\n(.*?)```", PAGE, re.S))
RULE = rule(
    id="topics.encrypted",
    applies_to="Topic",
    **{
        "assert": [
            {"that": "resource.encryption_key != null && resource.encryption_key.customer_managed", "message": "{name} has no key"},
            {"each": "resource.grants", "as": "grant", "that": "!grant.public", "message": "anyone may {grant.actions}"},
        ]
    },
)
PUBLIC = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}]}
TERRAFORM = """
resource "aws_kms_key" "k" {}
resource "aws_sns_topic" "good" {
  name              = "good"
  kms_master_key_id = aws_kms_key.k.id
}
resource "aws_sns_topic" "bad" { name = "bad" }
resource "aws_sns_topic_policy" "elsewhere" {
  arn    = "arn:aws:sns:us-east-1:111122223333:shared"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Resource = "*" }] })
}
resource "google_pubsub_topic" "good" {
  name         = "good"
  kms_key_name = google_kms_crypto_key.k.id
}
resource "google_kms_crypto_key" "k" {
  name     = "k"
  key_ring = "projects/p/locations/us/keyRings/r"
}
resource "google_pubsub_topic" "public" { name = "public" }
resource "google_pubsub_topic_iam_member" "all" {
  topic  = google_pubsub_topic.public.name
  role   = "roles/pubsub.publisher"
  member = "allUsers"
}
"""
TEMPLATE = {
    "Resources": {
        "Good": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": "alias/orders"}},
        "Bad": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "Policy": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [{"Ref": "Good"}], "PolicyDocument": PUBLIC}},
    }
}
ASSETS = [
    {
        "name": "//pubsub.googleapis.com/projects/p/topics/orders",
        "asset_type": "pubsub.googleapis.com/Topic",
        "ancestors": ["projects/1"],
        "resource": {"data": {"name": "projects/p/topics/orders"}},
        "iam_policy": {"bindings": [{"role": "roles/pubsub.publisher", "members": ["allUsers"]}]},
    }
]
MANIFEST = {
    "apiVersion": "pubsub.cnrm.cloud.google.com/v1beta1",
    "kind": "PubSubTopic",
    "metadata": {"name": "orders", "annotations": {"cnrm.cloud.google.com/project-id": "p"}},
    "spec": {"kmsKeyRef": {"external": "projects/p/locations/us/keyRings/r/cryptoKeys/k"}},
}
CONFIGURATION = {"resources": [{"name": "orders", "type": "pubsub.v1.topic", "properties": {"topic": "orders"}}]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package of the page is installed, with a rule on its kind."""
    site = tmp_path_factory.mktemp("site")
    write(site / "topics", {"__init__.py": "", **MODULES})
    entry = re.search(r'\[project\.entry-points\."(assay\.facts)"\]\n(.*)\n', PAGE)
    assert entry is not None
    write(
        site / "topics-1.0.dist-info",
        {
            "METADATA": "Metadata-Version: 2.1\nName: topics\nVersion: 1.0\n",
            "entry_points.txt": f"[{entry[1]}]\n{entry[2].replace(chr(34), '')}\n",
        },
    )
    write(site / "rules" / "topics", {"encrypted.yaml": RULE})
    return site


def assay(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assay", *arguments], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )  # fmt: skip


def verdicts(site: Path, path: Path) -> dict[str, set[str]]:
    ran = assay(site, "scan", str(path), "--no-config", "--policies", str(site / "rules"), "--control", "topics.*", "-r", "json")
    assert ran.returncode in (0, 1), ran.stderr
    by_address: dict[str, set[str]] = {}
    report: dict[str, Any] = json.loads(ran.stdout)
    for result in report["results"]:
        by_address.setdefault(result["resource"]["address"], set()).add(result["verdict"])
    assert report["coverage"]["unsupported_types"] == {}
    return by_address


def test_the_page_has_every_module() -> None:
    assert set(MODULES) == {
        "kinds.py", "sns.py", "pubsub.py", "terraform_aws.py", "terraform_gcp.py", "cloudformation.py", "aws_api.py", "google_api.py",
    }  # fmt: skip


def test_terraform(site: Path, tmp_path: Path) -> None:
    assert verdicts(site, write(tmp_path, {"main.tf": TERRAFORM})) == {
        "aws_sns_topic.good": {"pass"},
        "aws_sns_topic.bad": {"fail"},
        "aws_sns_topic_policy.elsewhere": {"fail"},
        "google_pubsub_topic.good": {"pass"},
        "google_pubsub_topic.public": {"fail"},
    }


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("template.json", TEMPLATE, {"AWS::SNS::Topic.Good": {"fail"}, "AWS::SNS::Topic.Bad": {"fail"}}),
        ("assets.json", ASSETS, {"//pubsub.googleapis.com/projects/p/topics/orders": {"fail"}}),
        ("manifest.yaml", MANIFEST, {"PubSubTopic.orders": {"pass"}}),
        ("deployment.yaml", CONFIGURATION, {"pubsub.v1.topic.orders": {"fail"}}),
    ],
)
def test_other_inputs(name: str, content: Any, expected: dict[str, set[str]], site: Path, tmp_path: Path) -> None:
    assert verdicts(site, write(tmp_path, {name: json.dumps(content)})) == expected


def test_audits_ask_for_what_the_kind_needs(site: Path) -> None:
    chosen = ("--no-config", "--policies", str(site / "rules"), "--control", "topics.*")
    policy = json.loads(assay(site, "audit", "aws", "--print-policy", *chosen).stdout)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert actions >= {"sns:ListTopics", "sns:GetTopicAttributes", "kms:ListAliases", "kms:DescribeKey"}
    assert not any(action.startswith(("s3:", "iam:", "dynamodb:")) for action in actions)
    ran = assay(site, "controls", "matrix", "--policies", str(site / "rules"))
    row = next(line for line in ran.stdout.splitlines() if line.startswith("topics.encrypted "))
    assert row.split()[1:] == [*["full"] * 7, "-"]
