"""The reference deployment as a CDK app: its templates are read whole and are those of the app, and a step back is seen."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.run import Options, Scan
from fixtures import three
from tests.scans import ROOT, judge

APP = ROOT / "fixtures" / "trade_streamer" / "aws" / "cdk"
OUT = APP / "cdk.out"
NAME = "trade-streamer-prod"


def test_the_templates_are_read_whole() -> None:
    report = Scan(Options(paths=[str(APP)], **three.OPTIONS)).report()
    assert report.coverage.gaps == []
    assert report.coverage.blocks.template == report.coverage.files.failed == 0
    assert report.summary.verdicts["pass"] > 150


def test_each_stack_is_judged_where_it_is_deployed() -> None:
    places = {(result.resource.root.rpartition("/")[2], result.resource.account, result.resource.region) for result in judge(OUT)}
    assert (f"{NAME}-us-west-2.template.json", "111122223333", "us-west-2") in places
    assert (f"{NAME}-data.template.json", "111122223333", "us-east-1") in places


def resource(template: dict[str, Any], type_: str, **properties: Any) -> dict[str, Any]:
    """The first resource of a type that has some properties, which a test may change."""
    candidates = (resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == type_)
    return next(candidate for candidate in candidates if all(candidate.get(name) == value for name, value in properties.items()))


def remove(type_: str) -> Callable[[dict[str, Any]], None]:
    def change(template: dict[str, Any]) -> None:
        del template["Resources"][next(name for name, resource in template["Resources"].items() if resource["Type"] == type_)]

    return change


def put(type_: str, *path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(template: dict[str, Any]) -> None:
        at = resource(template, type_)
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = to

    return change


def open_group(template: dict[str, Any]) -> None:
    group = resource(template, "AWS::EC2::SecurityGroup", GroupDescription="order-service")
    group.setdefault("SecurityGroupIngress", []).append({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"})


def forward(template: dict[str, Any]) -> None:
    listener = resource(template, "AWS::ElasticLoadBalancingV2::Listener", Port=80)
    listener["DefaultActions"] = [
        {"Type": "forward", "TargetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/t/1"}
    ]


STORAGE, REGION, DATA, KEYS, EDGE = (
    f"{NAME}-storage-us-east-1",
    f"{NAME}-us-east-1",
    f"{NAME}-data",
    f"{NAME}-keys-us-east-1",
    f"{NAME}-edge",
)
BUCKET, TABLE, SECRET = "AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable", "AWS::SecretsManager::Secret"
WORSE = [
    ("storage.public-access-blocked", STORAGE, put(BUCKET, "PublicAccessBlockConfiguration", "IgnorePublicAcls", to=False), "fail"),
    ("storage.uniform-access", STORAGE, put(BUCKET, "OwnershipControls", "Rules", 0, "ObjectOwnership", to="ObjectWriter"), "fail"),
    ("storage.versioning-enabled", STORAGE, put(BUCKET, "VersioningConfiguration", "Status", to="Suspended"), "fail"),
    ("storage.encrypted-cmk", STORAGE, put(BUCKET, "BucketEncryption", to={"Ref": "AWS::NoValue"}), "fail"),
    ("data.encrypted-cmk", DATA, put(TABLE, "Replicas", 1, "SSESpecification", to={"KMSMasterKeyId": "alias/aws/dynamodb"}), "fail"),
    ("data.pitr-enabled", DATA, put(TABLE, "Replicas", 0, "PointInTimeRecoverySpecification", to={"PointInTimeRecoveryEnabled": False}), "fail"),
    ("data.replicated-multi-region", DATA, put(TABLE, "Replicas", 1, "Region", to="eu-west-1"), "fail"),
    ("secrets.encrypted-cmk", DATA, put(SECRET, "ReplicaRegions", 0, "KmsKeyId", to="alias/aws/secretsmanager"), "fail"),
    ("secrets.replicated-to-stack-regions", DATA, put(SECRET, "ReplicaRegions", 0, "Region", to="eu-west-1"), "fail"),
    ("secrets.rotation-enabled", DATA, remove("AWS::SecretsManager::RotationSchedule"), "fail"),
    ("keys.rotation-and-policy", KEYS, put("AWS::KMS::Key", "EnableKeyRotation", to=False), "fail"),
    ("edge.waf-attached", REGION, remove("AWS::WAFv2::WebACLAssociation"), "fail"),
    ("edge.waf-effective", REGION, put("AWS::WAFv2::WebACL", "Rules", to=[]), "fail"),
    ("edge.lb-https-only", REGION, forward, "fail"),
    ("network.ingress-https-only", REGION, forward, "fail"),
    ("network.ingress-https-only", REGION, open_group, "fail"),
    ("secrets.resource-policy-not-public", DATA, put("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", "Statement", 0, to={"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}), "fail"),
    ("iam.no-wildcard-privilege", REGION, put("AWS::IAM::Policy", "PolicyDocument", "Statement", 0, to={"Effect": "Allow", "Action": "*", "Resource": "*"}), "fail"),
    ("iam.trust-policy-scoped", REGION, put("AWS::IAM::Role", "AssumeRolePolicyDocument", "Statement", 0, to={"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}), "fail"),
    ("supply.ci-oidc-scoped", EDGE, put("AWS::IAM::Role", "AssumeRolePolicyDocument", "Statement", 0, "Condition", to={}), "fail"),
]  # fmt: skip


@pytest.mark.parametrize(("control", "stack", "change", "verdict"), WORSE)
def test_a_step_back_is_seen(tmp_path: Path, control: str, stack: str, change: Callable[[dict[str, Any]], None], verdict: str) -> None:
    changed = shutil.copytree(OUT, tmp_path / "cdk.out") / f"{stack}.template.json"
    template = json.loads(changed.read_text(encoding="utf-8"))
    change(template)
    changed.write_text(json.dumps(template), encoding="utf-8")
    verdicts = {result.verdict for result in judge(tmp_path, control, **three.OPTIONS)} - {"not_applicable"}
    assert verdicts == {"pass", verdict} or verdicts == {verdict}


def missing() -> str:
    if importlib.util.find_spec("aws_cdk") is None:
        return "the CDK is not installed: pip install 'assay[dev]'"
    return "" if shutil.which("node") else "Node is not installed"


@pytest.mark.long
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_the_templates_are_those_of_the_app(tmp_path: Path) -> None:
    environment = {**os.environ, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [sys.executable, str(APP / "update.py"), str(tmp_path / "cdk.out")], env=environment, check=True, capture_output=True, timeout=300
    )
    assert contents(tmp_path / "cdk.out") == contents(OUT)


def contents(folder: Path) -> dict[str, Any]:
    """By file. The version of the manifest's schema is the library's."""
    by_name = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir()}
    by_name["manifest.json"].pop("version")
    return by_name
