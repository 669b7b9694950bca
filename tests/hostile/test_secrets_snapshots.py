"""Secrets stay where they are: what an account answers reaches a snapshot without them, and is judged as what it was."""

from __future__ import annotations

import functools
import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.run import Options, Scan
from assay.scanner.sources.aws.items import CallOutcome, ItemRecord, UnlistedRecord, redacted_record
from assay.scanner.sources.redaction import redacted
from assay.scanner.sources.redaction_fields import CHOSEN, POLICIES, READABLE, READABLE_ENDS, readable
from assay.scanner.sources.secret_settings import heard, told
from assay.scanner.sources.secret_text import HIDDEN, is_secret_pair, without_secrets
from tests.patience import SOON

CANARY = "canary-5c81fa07"
FIXTURES = Path(__file__).parents[2] / "fixtures"
TOKENS = {
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE",
    "GitHub": "ghp_" + "a1B2" * 9,
    "GitHub, fine-grained": "github_pat_" + "11ABCDEFG0" * 3,
    "GitLab": "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
    "Slack": "xoxb-" + "123456789012-abcdefGHIJKL",
    "Slack, webhook": "https://hooks.slack.com/services/T000/B000/XXXX",
    "Stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "Google API key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "Google OAuth client secret": "GOCSPX-" + "abcdefghijklmnopqrstuvwx",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpM",
}
"""What is a secret wherever it stands."""


def strings(data: Any, parent: str, name: str = "") -> Iterator[tuple[str, str, str]]:
    """(parent, name, text) of every text in data, without what is below a policy or a map of labels."""
    if isinstance(data, dict):
        if name in POLICIES | CHOSEN:
            return
        for key, value in data.items():
            yield from strings(value, name or parent, key)
    elif isinstance(data, list):
        for element in data:
            yield from strings(element, parent, name)
    elif isinstance(data, str):
        yield parent, name, data


def with_text(data: Any, text: str) -> Any:
    """Data in which every text is `text`."""
    if isinstance(data, dict):
        return {name: with_text(value, text) for name, value in data.items()}
    if isinstance(data, list):
        return [with_text(element, text) for element in data]
    return text if isinstance(data, str) else data


@functools.cache
def recorded() -> list[tuple[str, Any]]:
    """(field or type that it stands in, data) of every answer and asset that the fixtures hold, once for each shape."""
    shapes: dict[bytes, tuple[str, Any]] = {}
    for path in sorted([*FIXTURES.rglob("*.ndjson"), *FIXTURES.rglob("*.ndjson.gz")]):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in content.splitlines():
            try:
                record = msgspec.json.decode(line)
            except msgspec.DecodeError:
                continue  # a case of a damaged line
            for parent, data in answers(record):
                shapes.setdefault(msgspec.json.encode([parent, with_text(data, "")]), (parent, data))
    return list(shapes.values())


def answers(record: Any) -> Iterator[tuple[str, Any]]:
    """What a record holds of what was answered."""
    if isinstance(record, dict) and record.get("record") == "item":
        yield record["type"], record["listed"]
        yield from ((name, answer.get("data")) for name, answer in record.get("answers", {}).items())
    elif isinstance(record, dict) and "resource" in record:
        yield "", record


def test_every_text_that_stays_is_listed_with_its_reason() -> None:
    """A canary in every text of every recorded answer and asset: it is seen again where the list says why, and nowhere else."""
    for parent, data in recorded():
        for above, name, text in strings(redacted(with_text(data, CANARY), parent), parent):
            assert text == HIDDEN or heard(text) is not None or readable(above, name), f"{above}.{name}"
    assert all(READABLE.values()) and all(READABLE_ENDS.values())


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_stays_nowhere(kind: str) -> None:
    token = TOKENS[kind]
    for parent, data in recorded():
        text = msgspec.json.encode(redacted(with_text(data, f"x {token}"), parent)).decode()
        assert token[:12] not in text and token.partition("\n")[0][-12:] not in text, parent


PLACES: dict[str, tuple[str, Any]] = {
    "startup script": (
        "",
        {"resource": {"data": {"metadata": {"items": [{"key": "startup-script", "value": f"#!/bin/sh\nexport P={CANARY}"}]}}}},
    ),
    "ssh keys": ("", {"resource": {"data": {"commonInstanceMetadata": {"items": [{"key": "ssh-keys", "value": f"u:ssh-rsa {CANARY}"}]}}}}),
    "metadata of a template": ("", {"resource": {"data": {"properties": {"metadata": {"items": [{"key": "k", "value": CANARY}]}}}}}),
    "metadata as a map": ("", {"resource": {"data": {"metadata": {"user-data": CANARY, "windows-startup-script-ps1": CANARY}}}}),
    "arguments of Cloud Run": (
        "",
        {"resource": {"data": {"template": {"containers": [{"args": [f"--password={CANARY}"], "command": [CANARY]}]}}}},
    ),
    "environment of Cloud Run": ("", {"resource": {"data": {"spec": {"containers": [{"env": [{"name": "A", "value": CANARY}]}]}}}}),
    "environment of a function": ("", {"resource": {"data": {"serviceConfig": {"environmentVariables": {"name": CANARY, "id": CANARY}}}}}),
    "environment of a build": ("", {"resource": {"data": {"buildConfig": {"environmentVariables": {"Region": CANARY}}}}}),
    "secret of IAP": ("", {"resource": {"data": {"iap": {"oauth2ClientSecret": CANARY, "oauth2ClientSecretSha256": CANARY}}}}),
    "headers of a backend": ("", {"resource": {"data": {"customRequestHeaders": [f"X-Origin-Verify: {CANARY}"]}}}),
    "headers of an action": (
        "",
        {"resource": {"data": {"headerAction": {"requestHeadersToAdd": [{"headerName": "X", "headerValue": CANARY}]}}}},
    ),
    "a header that Cloud Armor tests": (
        "",
        {"resource": {"data": {"rules": [{"match": {"expr": {"expression": f"request.headers['x-key'] == '{CANARY}'"}}}]}}},
    ),
    "a header that Cloud Armor searches": (
        "",
        {"resource": {"data": {"rules": [{"match": {"expr": {"expression": f"request.headers['x'].lower().matches('{CANARY}')"}}}]}}},
    ),
    "the token of a push endpoint": (
        "",
        {"resource": {"data": {"pushConfig": {"pushEndpoint": f"https://a.example/push?token={CANARY}"}}}},
    ),
    "the password in an address": ("", {"resource": {"data": {"uri": f"https://user:{CANARY}@a.example/"}}}),
    "description": ("", {"resource": {"data": {"description": CANARY}}}),
    "password of a database": ("", {"resource": {"data": {"rootPassword": CANARY, "databases": [{"password": CANARY}]}}}),
    "key of a disk": ("", {"resource": {"data": {"disks": [{"diskEncryptionKey": {"rawKey": CANARY, "rsaEncryptedKey": CANARY}}]}}}),
    "a label that is a password": ("", {"resource": {"data": {"labels": {"db_password": CANARY}}}}),
    "a manifest in an annotation": (
        "",
        {
            "resource": {
                "data": {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": f'{{"env": "{CANARY}"}}'}}}
            }
        },
    ),
    "header of an origin": (
        "cloudfront.distribution",
        {"Origins": {"Items": [{"CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Origin", "HeaderValue": CANARY}]}}]}},
    ),
    "header of a listener rule": ("elbv2.rule", {"Conditions": [{"HttpHeaderConfig": {"HttpHeaderName": "X", "Values": [CANARY]}}]}),
    "query of a listener rule": ("elbv2.rule", {"Conditions": [{"QueryStringConfig": {"Values": [{"Key": "token", "Value": CANARY}]}}]}),
    "client secret of a listener": (
        "elbv2.listener",
        {"DefaultActions": [{"AuthenticateOidcConfig": {"ClientSecret": CANARY, "AuthenticationRequestExtraParams": {"Name": CANARY}}}]},
    ),
    "body of a response": ("elbv2.listener", {"DefaultActions": [{"FixedResponseConfig": {"MessageBody": CANARY}}]}),
    "query of a redirect": ("elbv2.listener", {"DefaultActions": [{"RedirectConfig": {"Query": f"k={CANARY}"}}]}),
    "identity provider": ("cognito.provider", {"ProviderDetails": {"client_id": "a", "client_secret": CANARY}}),
    "string match of a firewall": (
        "get_web_acl",
        {
            "WebACL": {
                "Rules": [{"Statement": {"ByteMatchStatement": {"SearchString": CANARY}, "RegexMatchStatement": {"RegexString": CANARY}}}]
            }
        },
    ),
    "header that a firewall inserts": (
        "get_web_acl",
        {"WebACL": {"DefaultAction": {"Allow": {"CustomRequestHandling": {"InsertHeaders": [{"Name": "x", "Value": CANARY}]}}}}},
    ),
    "user data": ("ec2.instance", {"UserData": CANARY, "LaunchTemplateData": {"UserData": CANARY}}),
    "environment of Lambda": ("lambda.function", {"Environment": {"Variables": {"Name": CANARY, "PORT": 123456789}}}),
    "environment of ECS": (
        "describe_task_definition",
        {
            "taskDefinition": {
                "containerDefinitions": [{"environment": [{"name": "P", "value": CANARY}], "command": [CANARY], "entryPoint": []}]
            }
        },
    ),
    "variables of a stage": (
        "apigateway.stage",
        {"variables": {"name": CANARY}, "canarySettings": {"stageVariableOverrides": {"id": CANARY}}},
    ),
    "value of a parameter": ("ssm.parameter", {"Parameter": {"Name": "/a", "Value": CANARY}}),
    "master password": ("rds.instance", {"MasterUserPassword": CANARY}),
    "external id": (
        "iam.role",
        {"AssumeRolePolicyDocument": {"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": CANARY}}}]}},
    ),
    "external ids": (
        "iam.role",
        {"AssumeRolePolicyDocument": {"Statement": [{"Condition": {"StringLike": {"STS:ExternalID": [f"{CANARY}*"]}}}]}},
    ),
    "referer in a bucket policy": (
        "get_bucket_policy",
        {"Policy": f'{{"Statement": [{{"Condition": {{"StringLike": {{"aws:Refer\\u0065r": "{CANARY}"}}}}}}]}}'},
    ),
    "a tag that is a password": ("ec2.security_group", {"Tags": [{"Key": "DbPassword", "Value": CANARY}]}),
    "a tag with a connection": ("ec2.security_group", {"Tags": [{"Key": "dsn", "Value": f"postgres://app:{CANARY}@db.example/trade"}]}),
    "a tag with a header": ("ec2.security_group", {"Tags": [{"Key": "note", "Value": f"Authorization: Bearer {CANARY}"}]}),
    "external id of a field": ("cognito.pool", {"SmsConfiguration": {"ExternalId": CANARY, "SnsCallerArn": "arn:aws:iam::1:role/a"}}),
    "secret of a webhook": ("", {"resource": {"data": {"hmac": {"secret": CANARY, "token": CANARY, "apiKey": CANARY}}}}),
    "token in a policy": (
        "get_bucket_policy",
        {"Policy": f'{{"Statement": [{{"Condition": {{"StringEquals": {{"a:b": "{CANARY}-AKIA' + 'IOSFODNN7EXAMPLE"}}}]}'},
    ),
    "a field that no one knows": ("new.type", {"Brand": {"New": CANARY, "Newer": [CANARY]}}),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_does_not_reach_a_snapshot(place: str) -> None:
    parent, data = PLACES[place]
    assert CANARY in str(data)
    assert CANARY not in str(redacted(data, parent))
    assert "123456789" not in str(redacted(data, parent)), "a number may be a secret too"


def test_records_are_written_without_secrets() -> None:
    """What is collected next is asked for by the answers as they came; what is written has no secret."""
    listed = {"Name": "a", "HeaderValue": CANARY, "Tags": [{"Key": "password", "Value": CANARY}]}
    answers = {
        "get_bucket_policy": CallOutcome(data={"Policy": f'{{"a": {{"sts:ExternalId": "{CANARY}"}}}}', "New": [CANARY]}),
        "absent": CallOutcome("absent"),
    }
    record = ItemRecord("s3.bucket", "a", "111122223333", "", "s3:ListBuckets", "", listed, answers)
    written = redacted_record(record)
    assert CANARY in str(record) and CANARY not in str(written)
    assert isinstance(written, ItemRecord) and written.listed["Name"] == "a" and written.answers["absent"].outcome == "absent"
    unlisted = UnlistedRecord("elbv2.rule", "111122223333", "", CallOutcome("denied"), {"ListenerArn": "arn:aws:x", "Query": CANARY})
    assert CANARY not in str(redacted_record(unlisted)) and redacted_record(unlisted).known["ListenerArn"] == "arn:aws:x"


def test_names_in_what_is_left_out_stay() -> None:
    assert redacted(
        {"env": [{"name": "TOKEN", "value": "kq8sPz31xW7ty"}, {"name": "K", "valueFrom": {"secretKeyRef": {"name": "s", "key": "1"}}}]}
    ) == {"env": [{"name": "TOKEN", "value": told(("a secret",))}, {"name": "K", "valueFrom": {"secretKeyRef": {"name": "s", "key": "1"}}}]}
    assert redacted({"metadata": {"items": [{"key": "enable-oslogin", "value": "TRUE"}, {"key": "a", "value": "b"}]}}) == {
        "metadata": {"items": [{"key": "enable-oslogin", "value": "TRUE"}, {"key": "a", "value": told(())}]}
    }


def test_names_with_underscores_are_those_of_the_api() -> None:
    asset = {"asset_type": "storage.googleapis.com/Bucket", "update_time": "2026-11-01T00:00:00Z", "resource": {"discovery_name": "Bucket"}}
    assert redacted(asset) == asset


def test_a_policy_is_judged_without_its_secrets() -> None:
    token = "AKIA" + "IOSFODNN7EXAMPLE"
    policy = f'{{"Statement":[{{"Effect":"Allow","Principal":"*","Sid":"{token}"}}]}}'
    assert redacted({"Policy": policy}) == {"Policy": policy.replace(token, "redacted")}


def test_wildcards_of_a_secret_condition_stay() -> None:
    policy = {"Policy": {"Statement": [{"Condition": {"StringLike": {"sts:ExternalId": ["*", "a*", "${aws:username}-b", ""]}}}]}}
    conditions = redacted(policy)["Policy"]["Statement"][0]["Condition"]["StringLike"]["sts:ExternalId"]
    assert conditions == ["*", "redacted*", "${aws:username}redacted", ""]
    assert redacted({"expression": "request.headers['x'].matches('.*')"}) == {"expression": "request.headers['x'].matches('.*')"}


ORDINARY = (
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:trade/etrade-AbCdEf",
    "arn:aws:iam::123456789012:role/trade-streamer-prod-auto-exit",
    "projects/trade-prod/locations/us/keyRings/trade/cryptoKeys/orders",
    "us-central1-docker.pkg.dev/p/r/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "serviceAccount:ci-release@trade-prod.iam.gserviceaccount.com",
    "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.repository/ORG/REPO",
    "organization:org:project:app:workspace:prod:run_phase:*",
    "attributes.token = \"x\" AND hasPrefix(attributes.id, 'a')",
    "AROAEXAMPLE1234567890:*",
    "https://www.googleapis.com/compute/v1/projects/trade-prod/global/securityPolicies/edge",
    '{"Statement": [{"Action": "secretsmanager:GetSecretValue", "Condition": {"StringEquals": {"aws:PrincipalTag/token": "a"}}}]}',
    "assertion.repository == 'ORG/REPO' && attribute.token == 'x'",
    "658327ea-f89d-4fab-a63d-7e88639e58f6",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_are_no_secrets(text: str) -> None:
    assert without_secrets(text) == text
    assert not is_secret_pair("Name", text)


def test_no_recorded_text_is_taken_for_a_secret() -> None:
    texts = {text for parent, data in recorded() for above, name, text in strings(data, parent) if readable(above, name)}
    assert not {text for text in texts if without_secrets(text) != text}


@pytest.mark.parametrize(
    "text",
    [
        "password" * 60_000,
        "a:" * 200_000 + "@",
        "eyJ" * 150_000,
        "://" * 150_000,
        "token " * 80_000,
        "x-" * 250_000,
        "=" * 400_000,
        "a@://:" * 80_000,
    ],
)
def test_long_texts_are_looked_through_in_linear_time(text: str) -> None:
    began = time.process_time()
    without_secrets(text)
    assert time.process_time() - began < SOON


def judged(path: Path) -> list[Any]:
    scan = Scan(Options(paths=[str(path)], allow_empty=True))
    return sorted((result.control, result.resource.address, result.element, result.verdict, result.message) for result in scan)


def lines_of(content: bytes) -> bytes:
    """A recording as it would be written today. What is no JSON stays: a case of a damaged line."""
    written = []
    for line in content.splitlines():
        try:
            written.append(leave_out(line))
        except msgspec.DecodeError:
            written.append(line)
    return b"\n".join([*written, b""])


def leave_out(line: bytes) -> bytes:
    """A line of a recording as it would be written today."""
    record = msgspec.json.decode(line)
    if not isinstance(record, dict):
        return line
    if record.get("record") == "item":
        record["listed"] = redacted(record["listed"], record["type"])
        for name, answer in record.get("answers", {}).items():
            answer.update({"data": redacted(answer["data"], name)} if "data" in answer else {})
    elif "assetType" in record or "asset_type" in record:
        record = redacted(record)
    return msgspec.json.encode(record)


RECORDED = ["trade_streamer/aws/live/snapshot.ndjson.gz", "trade_streamer/gcp/live"]
RECORDED += sorted(str(path.relative_to(FIXTURES)) for name in ("aws", "assets") for path in FIXTURES.glob(f"controls/*/*/{name}"))


@pytest.mark.parametrize("recording", RECORDED)
def test_what_is_left_out_changes_no_verdict(recording: str, tmp_path: Path) -> None:
    path = FIXTURES / recording
    for file in path.rglob("*.ndjson") if path.is_dir() else [path]:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        copied = tmp_path / file.relative_to(path if path.is_dir() else path.parent)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.with_name(copied.name.removesuffix(".gz")).write_bytes(lines_of(content))
    assert judged(tmp_path) == judged(path)


@pytest.mark.parametrize("field", ["VersioningConfiguration", "Status"])
def test_a_reader_takes_what_is_left_out_for_unknown(field: str, tmp_path: Path) -> None:
    """A field that readers come to read is unknown in a snapshot that leaves it out, never a value."""
    recording = FIXTURES / "controls/storage/versioning-enabled/aws/aws-pass.ndjson"
    content = recording.read_bytes().replace(b'"Status":"Enabled"', b'"Status":"(redacted)"')
    assert content != recording.read_bytes()
    (tmp_path / "a.ndjson").write_bytes(content)
    assert {verdict for control, _, _, verdict, _ in judged(tmp_path) if control == "storage.versioning-enabled"} == {"unknown"}
