"""Items as another program writes them: those of moto's AWS Config, for the resources that it knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sources.aws_config.test_config_files import verdicts, write

boto3 = pytest.importorskip("boto3")
moto = pytest.importorskip("moto")
REGION = "us-east-1"
OPEN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}],
}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `batch-get-resource-config` prints of a few resources."""
    with moto.mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        made = [*_buckets(boto3.client("s3")), *_identities(boto3.client("iam"))]
        config = boto3.client("config")
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "r", "roleARN": "arn:aws:iam::123456789012:role/r", "recordingGroup": {"allSupported": True}}
        )
        told = config.batch_get_resource_config(resourceKeys=[{"resourceType": type_, "resourceId": id_} for type_, id_ in made])
    return write(tmp_path_factory.mktemp("moto") / "items.json", json.loads(json.dumps(told, default=str)))


def _buckets(s3: Any) -> list[tuple[str, str]]:
    for name in ("orders", "open"):
        s3.create_bucket(Bucket=name)
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket="orders", PublicAccessBlockConfiguration=dict.fromkeys(flags, True))
    s3.put_bucket_versioning(Bucket="orders", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="open", Policy=json.dumps(OPEN))
    s3.put_bucket_acl(Bucket="open", ACL="private")
    return [("AWS::S3::Bucket", "orders"), ("AWS::S3::Bucket", "open")]


def _identities(iam: Any) -> list[tuple[str, str]]:
    role = iam.create_role(RoleName="anyone", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    policy = iam.create_policy(PolicyName="all", PolicyDocument=json.dumps(ADMIN))["Policy"]
    return [("AWS::IAM::Role", role["RoleId"]), ("AWS::IAM::Policy", policy["PolicyId"])]


@pytest.mark.parametrize(
    ("control", "address", "verdict"),
    [
        ("storage.versioning-enabled", "arn:aws:s3:::orders", "unknown"),  # moto leaves that part out
        ("storage.public-access-blocked", "arn:aws:s3:::orders", "pass"),
        ("storage.bucket-not-public", "arn:aws:s3:::orders", "pass"),
        ("storage.tls-only-policy", "arn:aws:s3:::open", "fail"),
        ("iam.trust-policy-scoped", "arn:aws:iam::123456789012:role/anyone", "fail"),
        ("iam.no-wildcard-privilege", "arn:aws:iam::123456789012:policy/all", "fail"),
    ],
)
def test_items_that_moto_writes_are_judged(items: Path, control: str, address: str, verdict: str) -> None:
    assert verdicts(items, control).get(address) == verdict
