"""An audit beside an earlier snapshot: what AWS Config says is unchanged is not asked for again, and everything else is."""

from __future__ import annotations

import datetime
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from click.testing import CliRunner

from assay.scanner import __version__
from assay.scanner.cli import cli
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.sources import snapshot
from assay.scanner.sources.aws import asking, records, session
from assay.scanner.sources.aws.calls import Call
from assay.scanner.sources.aws.covered import COVERED, GATES
from assay.scanner.sources.aws.plan import CHANGES
from assay.scanner.sources.aws.recorder import NotRecorded, may_keep_out, recording_since
from tests.scans import ROOT
from tests.sources.aws.estate import ACCOUNT_IDS, COPY, HOME, Keys, Run, audit, enter, replay, server
from tests.sources.aws.front import ROLE, Front, Item, serving
from tests.test_live_fixtures import output, problems

CONTROLS = ("storage.bucket-not-public", "storage.public-access-blocked", "storage.versioning-enabled")
REGIONS = (HOME, COPY)
GOOD = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def policy(bucket: str, principal: str, effect: str = "Allow") -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}],
        }
    )


class Estate:
    """An account of its own behind a front, with a bucket in each of two regions, and a snapshot of it."""

    def __init__(self, keys: Keys, front: Front, folder: Path) -> None:
        self.keys, self.front, self.folder = keys, front, folder
        self.near, self.far = f"near-{keys.account}", f"far-{keys.account}"
        s3 = keys.client("s3")
        s3.create_bucket(Bucket=self.near)
        keys.client("s3", COPY).create_bucket(Bucket=self.far, CreateBucketConfiguration={"LocationConstraint": COPY})
        for name in (self.near, self.far):
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=GOOD)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_policy(Bucket=self.near, Policy=policy(self.near, f"arn:aws:iam::{keys.account}:root"))
        self.first = str(folder / "first.ndjson")
        self.whole = audit(controls=CONTROLS, regions=REGIONS, out=self.first)
        self.calls = front.made
        self.record()

    def record(self) -> None:
        """AWS Config has recorded what there is, long ago."""
        self.front.record(self.first, REGIONS)

    def again(self, **more: Any) -> Run:
        """An audit beside the first snapshot."""
        self.front.calls.clear()
        return audit(**{"controls": CONTROLS, "regions": REGIONS, "since": self.first, **more})

    def item(self, bucket: str, region: str = HOME) -> Item:
        return self.front.recorders[region].items[f"arn:aws:s3:::{bucket}"]

    def verdict(self, run: Run, control: str, bucket: str) -> str:
        [verdict] = {
            result.verdict for result in run.report.results if result.control == control and result.resource.address.endswith(f":{bucket}")
        }
        return verdict


@pytest.fixture(scope="module")
def made(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    keys = enter(next(ACCOUNT_IDS), server())
    with serving(server()) as front, pytest.MonkeyPatch.context() as patch:
        for name, value in {**keys.environment(), "AWS_ENDPOINT_URL": front.url}.items():
            patch.setenv(name, value)
        yield Estate(keys, front, tmp_path_factory.mktemp("since"))


@pytest.fixture
def estate(made: Estate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    """The account as it was, with its credentials in the environment."""
    for name, value in {**made.keys.environment(), "AWS_ENDPOINT_URL": made.front.url}.items():
        monkeypatch.setenv(name, value)
    made.record()
    made.front.denied.clear()
    yield made
    s3 = made.keys.client("s3")
    for name in (made.near, made.far):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket=made.near, Policy=policy(made.near, f"arn:aws:iam::{made.keys.account}:root"))


def unchanged(run: Run) -> dict[str, int]:
    """What was not asked for, by the call."""
    by_call: dict[str, int] = {}
    for call in run.report.coverage.calls:
        if call.outcome == "unchanged":
            by_call[f"{call.service}:{call.operation}"] = by_call.get(f"{call.service}:{call.operation}", 0) + call.count
    return by_call


def test_an_unchanged_account_is_asked_for_less_and_judged_the_same(estate: Estate) -> None:
    run = estate.again()
    assert run.verdicts == estate.whole.verdicts
    assert unchanged(run) == {
        "s3:GetPublicAccessBlock": 2, "s3:GetBucketPolicyStatus": 2, "s3:GetBucketAcl": 2, "s3:GetBucketVersioning": 2,
    }  # fmt: skip
    of_config = sum(count for (label, _), count in estate.front.calls.items() if label.startswith("config:"))
    assert estate.front.made == estate.calls - 8 + of_config
    assert not run.source.notes
    assert run.gaps == estate.whole.gaps


def test_what_is_taken_says_when_it_was_seen_and_keeps_that_from_night_to_night(estate: Estate) -> None:
    time.sleep(1.1)  # so that the second night is later, to the second
    second, third = (str(estate.folder / f"{name}.ndjson") for name in ("second", "third"))
    estate.again(out=second)
    run = estate.again(out=third, since=second)
    [result] = [
        result for result in run.report.results if result.control == "storage.versioning-enabled" and estate.near in result.resource.address
    ]
    [seen] = {fact.location for fact in result.evidence if fact.location and fact.location.operation == "s3:GetBucketVersioning"}
    answers = {name: answer for line in snapshot.lines(estate.first) for name, answer in answers_of(line, estate.near).items()}
    assert seen is not None and seen.time == answers["get_bucket_versioning"].time < seen.unchanged
    assert str(seen) == f"s3:GetBucketVersioning as of {seen.time} (unchanged by AWS Config at {seen.unchanged})"
    assert replay(third, CONTROLS).verdicts == run.verdicts
    header = snapshot.read_header(third) or {}
    assert header["scope"]["since"] == json.loads(list(snapshot.lines(second))[-1])["digest"]


def answers_of(line: bytes, bucket: str) -> dict[str, Any]:
    record = records.decode(line)
    return record.answers if isinstance(record, records.ItemRecord) and record.id.endswith(f":{bucket}") else {}


def test_a_bucket_that_changed_is_asked_about(estate: Estate) -> None:
    estate.keys.client("s3").put_bucket_versioning(Bucket=estate.near, VersioningConfiguration={"Status": "Suspended"})
    estate.item(estate.near).captured = datetime.datetime.now(datetime.UTC).isoformat()
    run = estate.again()
    assert estate.verdict(estate.whole, "storage.versioning-enabled", estate.near) == "pass"
    assert estate.verdict(run, "storage.versioning-enabled", estate.near) == "fail"
    assert unchanged(run)["s3:GetBucketVersioning"] == 1  # that of the other


def test_what_was_captured_shortly_before_the_answer_is_asked_about(estate: Estate) -> None:
    estate.item(estate.near).captured = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=50)).isoformat()
    assert unchanged(estate.again())["s3:GetBucketVersioning"] == 1


def test_without_a_recorder_a_region_is_asked_anew(estate: Estate) -> None:
    estate.keys.client("s3", COPY).put_bucket_versioning(Bucket=estate.far, VersioningConfiguration={"Status": "Suspended"})
    del estate.front.recorders[COPY]
    run = estate.again()
    assert estate.verdict(run, "storage.versioning-enabled", estate.far) == "fail"
    assert unchanged(run)["s3:GetBucketVersioning"] == 1
    assert run.source.notes == ["asked anew: AWS Config has no recorder in the region"]


def test_what_config_does_not_have_is_asked_about(estate: Estate) -> None:
    estate.keys.client("s3").put_bucket_versioning(Bucket=estate.near, VersioningConfiguration={"Status": "Suspended"})
    del estate.front.recorders[HOME].items[f"arn:aws:s3:::{estate.near}"]
    assert estate.verdict(estate.again(), "storage.versioning-enabled", estate.near) == "fail"


@pytest.mark.parametrize("operation", [call.operation for call in CHANGES])
def test_where_config_may_not_be_asked_everything_is_asked_anew(operation: str, estate: Estate) -> None:
    estate.front.denied.add(operation)
    run = estate.again()
    assert run.verdicts == estate.whole.verdicts
    assert not unchanged(run)
    assert run.gaps == estate.whole.gaps  # it hides nothing
    [note] = run.source.notes
    assert note == f"asked anew, 2 times: config:{operation}: denied (AccessDeniedException); grant config:{operation}"
    assert run.ledger(f"config:{operation}") == {"answered AccessDeniedException": 2}


def test_a_policy_that_config_could_not_read_opens_nothing(estate: Estate) -> None:
    """Whoever keeps Config out of a bucket stops its record of the bucket: what was changed then is in no item."""
    s3 = estate.keys.client("s3")
    s3.put_bucket_policy(Bucket=estate.near, Policy=policy(estate.near, "*", "Deny"))
    s3.put_bucket_versioning(Bucket=estate.near, VersioningConfiguration={"Status": "Suspended"})
    run = estate.again()
    assert estate.verdict(run, "storage.versioning-enabled", estate.near) == "fail"
    assert unchanged(run)["s3:GetBucketVersioning"] == 1
    s3.delete_bucket_policy(Bucket=estate.near)
    assert unchanged(estate.again())["s3:GetBucketVersioning"] == 1


TLS = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(
    ("denial", "may"),
    [
        ({"Action": "s3:*", "Condition": TLS}, False),
        ({"Action": "s3:*", "Condition": {**TLS, "StringEquals": {"aws:PrincipalArn": ROLE}}}, False),
        ({"Action": "s3:*", "Condition": {"NumericLessThan": {"s3:TlsVersion": ["1.2"]}}}, False),
        ({"Action": ["s3:PutObject", "s3:DeleteObject*", "s3:GetObject"]}, False),
        ({"Action": "s3:*"}, True),
        ({"Action": "s3:GetBucketAcl", "Principal": {"AWS": ROLE}}, True),
        ({"Action": ["s3:PutObject", "s3:Get*"]}, True),
        ({"NotAction": "s3:PutObject"}, True),
        ({"Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": ["false", "true"]}}}, True),
        ({"Action": "s3:*", "Condition": {"BoolIfExists": {"aws:SecureTransport": "true"}}}, True),
        ({"Action": "s3:*", "Condition": {"NumericLessThan": {"s3:TlsVersion": 9}}}, True),
        ({"Action": "s3:*", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.3"}}}, True),
        ({"Action": []}, True),
    ],
)
def test_a_denial_that_may_be_of_config_opens_nothing(denial: dict[str, Any], may: bool) -> None:
    allows = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
    assert may_keep_out({"Statement": [allows, {"Effect": "Deny", "Principal": "*", **denial}]}) == may
    assert may_keep_out({"Statement": {"Effect": "Deny", **denial}}) == may


def test_a_policy_that_is_none_may_keep_config_out() -> None:
    assert [may_keep_out(policy) for policy in ("x", None, {}, {"Statement": ["Deny"]})] == [True] * 4


def test_a_bucket_that_is_gone_or_new_is_seen_in_the_list(estate: Estate) -> None:
    new = f"new-{estate.keys.account}"
    s3 = estate.keys.client("s3")
    s3.create_bucket(Bucket=new)
    try:
        run = estate.again()
        assert estate.verdict(run, "storage.versioning-enabled", new) == "fail"
    finally:
        s3.delete_bucket(Bucket=new)
    assert not any(new in result.resource.address for result in estate.again().report.results)


def test_what_is_older_than_it_may_be_is_asked_anew(estate: Estate) -> None:
    assert not unchanged(estate.again(days=1 / 86400))


def test_a_narrow_selection_without_the_policy_asks_for_each_bucket(estate: Estate) -> None:
    first = str(estate.folder / "narrow.ndjson")
    audit(controls=["storage.versioning-enabled"], regions=REGIONS, out=first)
    assert not unchanged(estate.again(controls=["storage.versioning-enabled"], since=first))


RECORDER: dict[str, Any] = {"name": "default", "roleARN": ROLE, "recordingGroup": {"allSupported": True}}
STATUS: dict[str, Any] = {"name": "default", "recording": True, "lastStatus": "SUCCESS", "lastStartTime": "2026-01-01T00:00:00Z"}
OWN_ROLE = "arn:aws:iam::111122223333:role/aws-controltower-ConfigRecorderRole"
EXCLUDED = {"allSupported": True, "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}}
DAILY = {
    "recordingFrequency": "CONTINUOUS",
    "recordingModeOverrides": [{"recordingFrequency": "DAILY", "resourceTypes": ["AWS::S3::Bucket"]}],
}


@pytest.mark.parametrize(
    ("recorder", "status", "why"),
    [
        ({"servicePrincipal": "securityhub.amazonaws.com"}, {}, "no recorder"),
        ({"recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}}, {}, "some types only"),
        ({"recordingGroup": EXCLUDED}, {}, "some types only"),
        ({"recordingMode": {"recordingFrequency": "DAILY"}}, {}, "once a day"),
        ({"recordingMode": DAILY}, {}, "once a day"),
        ({"roleARN": OWN_ROLE}, {}, "acts as another role"),
        ({}, {"recording": False}, "stopped"),
        ({}, {"lastStatus": "FAILURE"}, "does not deliver"),
        ({}, {"lastStatus": "PENDING"}, "does not deliver"),
        ({}, {"lastStartTime": None}, "does not say when"),
        ({}, {"name": "another"}, "stopped"),
    ],
)
def test_a_recorder_that_may_miss_a_change_is_not_believed(recorder: dict[str, Any], status: dict[str, Any], why: str) -> None:
    with pytest.raises(NotRecorded, match=why):
        recording_since([{**RECORDER, **recorder}], [{**STATUS, **status}], ["AWS::S3::Bucket"])


def test_a_recorder_of_everything_is() -> None:
    since = recording_since([RECORDER, {"servicePrincipal": "x"}], [STATUS], ["AWS::S3::Bucket"])
    assert since == datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    other = {
        "recordingFrequency": "CONTINUOUS",
        "recordingModeOverrides": [{"recordingFrequency": "DAILY", "resourceTypes": ["AWS::EC2::VPC"]}],
    }
    assert recording_since([{**RECORDER, "recordingMode": other}], [STATUS], ["AWS::S3::Bucket"]) == since


def test_a_recorder_that_was_started_after_the_snapshot_is_not_believed(estate: Estate) -> None:
    estate.front.recorders[HOME].status["lastStartTime"] = time.time()
    assert unchanged(estate.again())["s3:GetBucketVersioning"] == 1


def rewritten(path: str, change: Callable[[list[bytes]], list[bytes]], to: Path) -> str:
    to.write_bytes(b"".join(change(list(snapshot.lines(path)))))
    return str(to)


def _altered(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b'"Status":"Enabled"', b'"Status":"Enabled" ') for line in lines]


def _newer(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(f"assay {__version__}".encode(), b"assay 999.0.0"), *lines[1:]]


def _undigested(lines: list[bytes]) -> list[bytes]:
    end = json.loads(lines[-1])
    return [*lines[:-1], json.dumps({name: value for name, value in end.items() if name != "digest"}).encode() + b"\n"]


@pytest.mark.parametrize(
    ("change", "chosen", "why"),
    [
        (_altered, [], "it was altered since it was taken"),
        (_newer, [], "newer than this version"),
        (_undigested, [], "has no digest"),
        (lambda lines: lines[:-1], [], "it ends in the middle"),
        (lambda lines: lines[1:], [], "it is no snapshot of AWS accounts"),
        (lambda lines: lines, ["--control", "data.pitr-enabled"], "it was asked for less"),
        (lambda lines: lines, ["--regions", HOME], "or for other regions"),
    ],
)
def test_a_snapshot_that_it_cannot_go_by_is_refused(
    change: Callable[[list[bytes]], list[bytes]], chosen: list[str], why: str, estate: Estate, tmp_path: Path
) -> None:
    path = rewritten(estate.first, change, tmp_path / "earlier.ndjson")
    asked = [word for control in CONTROLS for word in ("--control", control)]
    chosen = chosen if "--regions" in chosen else ["--regions", ",".join(REGIONS), *chosen]
    estate.front.calls.clear()
    ran = CliRunner().invoke(cli, ["audit", "aws", "--no-config", *asked, *chosen, "--since", path])
    assert ran.exit_code == 2, ran.output
    assert f"--since {path}: " in ran.stderr and why in ran.stderr
    assert estate.front.made == 0


def test_a_snapshot_of_another_account_is_refused(estate: Estate, seeded: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in seeded.environment().items():
        monkeypatch.setenv(name, value)
    asked = [word for control in CONTROLS for word in ("--control", control)]
    ran = CliRunner().invoke(cli, ["audit", "aws", "--no-config", *asked, "--regions", ",".join(REGIONS), "--since", estate.first])
    assert ran.exit_code == 2, ran.output
    assert "it has none of the accounts of this audit" in ran.stderr


def test_a_snapshot_of_an_older_version_gives_nothing(estate: Estate, tmp_path: Path) -> None:
    older = rewritten(estate.first, lambda lines: [lines[0].replace(b"assay 0.", b"assay 0.0."), *lines[1:]], tmp_path / "older.ndjson")
    run = estate.again(since=older)
    assert not unchanged(run)
    assert run.source.notes == ["asked anew: the earlier snapshot is of an older version"]


def test_what_another_principal_was_answered_is_not_taken(estate: Estate, tmp_path: Path) -> None:
    other = rewritten(
        estate.first, lambda lines: [line.replace(b"assumed-role/assay/", b"assumed-role/other/") for line in lines], tmp_path / "x.ndjson"
    )
    run = estate.again(since=other)
    assert not unchanged(run)
    assert run.source.notes == ["asked anew: the earlier snapshot was taken as another principal"]
    renamed = rewritten(estate.first, lambda lines: [line.replace(b'/tests"', b'/tonight"') for line in lines], tmp_path / "y.ndjson")
    assert unchanged(estate.again(since=renamed))  # the same role, in another session


def test_a_resource_that_the_snapshot_has_twice_is_asked_about(estate: Estate, tmp_path: Path) -> None:
    twice = rewritten(
        estate.first,
        lambda lines: [again for line in lines for again in ([line, line] if answers_of(line, estate.near) else [line])],
        tmp_path / "x",
    )
    assert unchanged(estate.again(since=twice))["s3:GetBucketVersioning"] == 1


def test_google_cloud_says_why_not(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["audit", "gcp", "--no-config", "--project", "p", "--since", str(tmp_path / "x")])
    assert ran.exit_code == 2
    assert "Cloud Asset Inventory" in ran.stderr


def test_the_table_names_calls_that_are_made_and_types_that_config_has() -> None:
    labels = {call.label for listing in catalogue("aws_api").listings.values() for call in listing.details}
    assert COVERED.keys() <= labels
    types = set(botocore.session.get_session().get_service_model("config").shape_for("ResourceType").enum)
    assert {covered.type for covered in COVERED.values()} <= types
    asked = {call.name for listing in catalogue("aws_api").listings.values() for call in listing.details if call.label not in COVERED}
    assert {gate.call for gate in GATES.values()} <= asked  # what opens the rest is always asked for
    shown = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    assert [label for label in COVERED if f"`{label}`" not in shown] == []


def test_config_is_played_as_botocore_knows_it(estate: Estate) -> None:
    asked = {"Expression": "SELECT arn WHERE resourceType IN ('AWS::S3::Bucket')", "resourceKeys": []}
    keys = [{"resourceType": "AWS::S3::Bucket", "resourceId": estate.near}]
    for call in CHANGES:
        status, said = estate.front.answer("config", HOME, f"StarlingDoveService.{call.operation}", {**asked, "resourceKeys": keys})
        assert status == 200 and said
        said = json.loads(json.dumps(said), parse_float=lambda _: "a time")  # seconds on the wire, a time to whoever reads it
        assert list(problems(said, output("config", call.operation), call.operation)) == []


def test_calls_that_were_not_made_are_counted_one_by_one() -> None:
    clients: Any = None  # nothing is asked
    asker, account = asking.Asker(clients, threading.Event()), asking.Account("123456789012", "", session.Caller(None), "")
    for _ in range(3):
        asker.spare(account, Call("sns", "ListTopics"), HOME)
    assert [(call.outcome, call.count) for call in asker.closed(account.id)] == [("unchanged", 3)]
