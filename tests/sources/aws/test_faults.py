"""Whatever fails: no traceback, no wrong pass or fail, and what failed is said."""

from __future__ import annotations

import fnmatch
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.exceptions
import msgspec
import pytest

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.live.aws import make_plan
from assay.scanner.run import Options, Scan
from assay.scanner.sources.aws import asking, session
from assay.scanner.sources.aws.calls import Call, Preparation
from tests.sources.aws.conftest import Impatient
from tests.sources.aws.estate import CONTROLS, HOME, Keys, Run, audit
from tests.sources.aws.faults import Fault, Sent, Wire, answer, denied, error, on

CALLS = {call.label: call for call in make_plan(Scan(Options(paths=["aws"], controls=CONTROLS)).selected).calls()}
OF_SERVICE = {
    "apigateway": ("edge.*",),
    "cloudfront": ("edge.*",),
    "dynamodb": ("data.*",),
    "ec2": ("network.*",),
    "elb": ("edge.*", "network.*"),
    "elbv2": ("edge.*", "network.*"),
    "iam": ("iam.*", "supply.*"),
    "kms": ("keys.*", "data.*", "secrets.*", "storage.*"),
    "rds": ("data.*",),
    "s3": ("storage.*",),
    "s3control": ("storage.*",),
    "secretsmanager": ("secrets.*",),
    "wafv2": ("edge.*",),
}
"""What bears on a service, so that a run makes no calls beside the point."""


def bearing_on(label: str) -> tuple[str, ...]:
    """The controls that bear on the service of a call."""
    globs = OF_SERVICE[label.partition(":")[0]]
    return tuple(id_ for id_ in CONTROLS if any(fnmatch.fnmatchcase(id_, glob) for glob in globs))


KNOWN = ("pass", "fail", "not_applicable")


@pytest.fixture(scope="module")
def healthy() -> dict[Any, Run]:
    """What each choice of regions is judged as when nothing fails."""
    return {}


@pytest.fixture
def faulted(estate: Keys, wire: Wire, quick: Impatient, healthy: dict[Any, Run]) -> Callable[..., Run]:
    """Audits with a fault, and checks what must hold under any."""

    def run(fault: Fault, regions: tuple[str, ...] = (HOME,), controls: tuple[str, ...] = ()) -> Run:
        if (regions, controls) not in healthy:
            run = healthy[regions, controls] = audit(stopping=quick, regions=regions, controls=controls)
            assert not run.gaps, run.gaps
            assert run.requested == wire.calls.total()
            wire.calls.clear()
            wire.sent.clear()
        wire.fault = fault
        audit_run = audit(stopping=Impatient(), regions=regions, controls=controls)
        no_wrong_verdict(audit_run, healthy[regions, controls])
        balanced(audit_run, wire)
        return audit_run

    return run


STORES = ("data.encrypted-cmk", "data.pitr-enabled", "data.replicated-multi-region")


def no_wrong_verdict(run: Run, healthy: Run) -> None:
    """What is judged at all is judged as it was without the fault."""
    assert not any("input_failed" in gap for gap in run.gaps), run.gaps
    worst: dict[tuple[str, str], set[str]] = {}
    for key, verdict in healthy.verdicts.items():
        worst.setdefault(key[:1] + key[2:3], set()).add(verdict)
    for key, verdict in run.verdicts.items():
        assert verdict != "error", key
        if verdict in KNOWN:
            expected = worst.get(key[:1] + key[2:3])
            assert expected is not None and verdict in expected, (key, verdict, expected)
            assert verdict != "pass" or expected == {"pass"}, (key, verdict, expected)
    missing = {key[:1] + key[2:3] for key in healthy.verdicts} - {key[:1] + key[2:3] for key in run.verdicts}
    unknown = {key[0] for key, verdict in run.verdicts.items() if verdict == "unknown"}
    assert {control for control, _ in missing} <= unknown, missing  # a resource that is not seen leaves an unknown behind


def balanced(run: Run, wire: Wire) -> None:
    """Each operation: requested = answered + denied + failed. A call that was not made any more counts as failed."""
    told: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for call in run.report.coverage.calls:
        told[f"{call.service}:{call.operation}"] += call.count
    for (label, _), count in wire.calls.items():
        made[label] += count
    assert not made - told
    failed = {f"{call.service}:{call.operation}" for call in run.report.coverage.calls if call.outcome == "failed"}
    assert {label for label in told if told[label] != made[label]} <= failed


def unknowns(run: Run) -> dict[str, list[str]]:
    """Control to why something is unknown."""
    by_control: dict[str, list[str]] = {}
    for result in run.report.results:
        if result.verdict == "unknown":
            by_control.setdefault(result.control, []).append(str(result))
    return by_control


# Denied


@pytest.mark.parametrize("label", sorted(CALLS))
def test_a_denied_operation_costs_its_own_facts_only(label: str, faulted: Callable[..., Run], wire: Wire) -> None:
    run = faulted(on(label, denied), controls=bearing_on(label))
    assert wire.attempts(label), "the estate has nothing to ask this about"
    assert wire.attempts(label) == wire.calls[label, HOME], "a denied call is not asked again"
    rows = [call for call in run.report.coverage.calls if f"{call.service}:{call.operation}" == label]
    assert {row.outcome for row in rows} == {"denied"}
    gaps = [gap for gap in run.report.coverage.gaps if gap.code == "call_denied"]
    assert {gap.settles_it for gap in gaps} == {f"grant {CALLS[label].permission}"}
    assert label in gaps[0].reason
    assert run.scan.incomplete


def test_a_denied_fact_says_which_permission_settles_it(faulted: Callable[..., Run]) -> None:
    run = faulted(on("s3:GetBucketVersioning", denied), controls=("storage.versioning-enabled",))
    assert {result.verdict for result in run.report.results} == {"unknown"}
    assert all("s3:GetBucketVersioning" in text and "grant" in text for text in unknowns(run)["storage.versioning-enabled"])


def test_everything_denied(faulted: Callable[..., Run]) -> None:
    run = faulted(lambda sent: None if sent.service == "sts" else denied(sent))
    assert set(run.verdicts.values()) == {"unknown"}
    assert {result.control for result in run.report.results} == {control.control.id for control in run.scan.selected}


def test_a_denied_status_without_a_code(faulted: Callable[..., Run]) -> None:
    run = faulted(on("kms:DescribeKey", lambda sent: error(sent, "403", 403)))
    assert run.ledger("kms:DescribeKey") == {"denied 403": 2}


# Throttled, broken, silent


@pytest.mark.parametrize("label", sorted(CALLS)[::4])
def test_a_throttled_call_is_asked_again(label: str, faulted: Callable[..., Run], healthy: dict[Any, Run]) -> None:
    run = faulted(on(label, lambda sent: error(sent, "ThrottlingException", 400) if sent.attempt <= 3 else None))
    assert run.verdicts == healthy[(HOME,), ()].verdicts
    assert not run.gaps


@pytest.mark.parametrize(
    "label", ["s3:GetBucketPolicy", "kms:ListKeys", "ec2:DescribeSecurityGroups", "iam:GetAccountAuthorizationDetails"]
)
def test_throttled_for_ever(label: str, faulted: Callable[..., Run], wire: Wire) -> None:
    run = faulted(on(label, lambda sent: error(sent, "Throttling", 400)))
    assert list(run.ledger(label)) == ["failed Throttling"]
    assert wire.attempts(label) <= session.ATTEMPTS * wire.calls[label, HOME]


def test_a_storm_on_everything_ends(faulted: Callable[..., Run]) -> None:
    run = faulted(lambda sent: None if sent.service == "sts" else error(sent, "Throttling", 400))
    assert set(run.verdicts.values()) == {"unknown"}


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_is_asked_again_and_then_said(status: int, faulted: Callable[..., Run], wire: Wire) -> None:
    run = faulted(on("dynamodb:DescribeTable", lambda sent: error(sent, "InternalServerError", status)))
    assert run.ledger("dynamodb:DescribeTable") == {"failed InternalServerError": 2}
    assert wire.attempts("dynamodb:DescribeTable") == 2 * session.ATTEMPTS


def silent(sent: Sent) -> Any:
    raise botocore.exceptions.ReadTimeoutError(endpoint_url=sent.url)


def unreachable(sent: Sent) -> Any:
    raise botocore.exceptions.ConnectTimeoutError(endpoint_url=sent.url)


@pytest.mark.parametrize("label", ["s3:GetBucketAcl", "wafv2:ListWebACLs", "secretsmanager:ListSecrets", "elbv2:DescribeRules"])
def test_no_answer(label: str, faulted: Callable[..., Run]) -> None:
    assert set(faulted(on(label, silent)).ledger(label)) == {"failed NoAnswer"}


def test_a_region_that_hangs_costs_a_few_attempts_and_no_other_region(faulted: Callable[..., Run], wire: Wire) -> None:
    run = faulted(lambda sent: unreachable(sent) if sent.region == "us-west-2" else None, regions=(HOME, "us-west-2"))
    per_service: dict[str, int] = {}
    for request in wire.sent:
        if request.region == "us-west-2":
            per_service[request.service] = per_service.get(request.service, 0) + 1
    assert per_service
    # Lists of one service that are asked for at the same time each find out by themselves.
    at_once = Counter(
        listing.call.service
        for listing in make_plan(Scan(Options(paths=["aws"], controls=CONTROLS)).selected).listings
        if not listing.parent
    )
    for service, attempts in per_service.items():
        assert attempts <= max(asking._SILENT_AFTER, at_once[service]) * session.ATTEMPTS, service
    assert {call.region for call in run.report.coverage.calls if call.outcome == "failed"} == {"us-west-2"}


class Hesitant:
    """Clients of a service that is silent each second time, then for good."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, service: str, region: str) -> Any:
        return self

    def list_topics(self) -> dict[str, Any]:
        self.asked += 1
        if self.asked % 2 or self.asked > 6:
            raise botocore.exceptions.ReadTimeoutError(endpoint_url="https://sns.example")
        return {"Topics": []}


def test_an_endpoint_that_answers_in_between_is_asked_on_and_one_that_stays_silent_is_not() -> None:
    clients: Any = Hesitant()
    asker, account = asking.Asker(clients, threading.Event()), asking.Account("123456789012", "", session.Caller(None), "")
    outcomes = [asker.ask(account, HOME, Call("sns", "ListTopics"), {}).outcome for _ in range(10)]
    assert outcomes == ["failed", "answered"] * 3 + ["failed"] * 4
    assert clients.asked == 6 + asking._SILENT_AFTER


def test_what_is_waited_for_ends_with_the_run() -> None:
    clients: Any = Hesitant()
    clients.asked = 1  # the next call is answered
    stop = threading.Event()
    asker, account = asking.Asker(clients, stop), asking.Account("123456789012", "", session.Caller(None), "")
    stop.set()
    with pytest.raises(asking.Stopped):
        asker.prepare(account, HOME, Preparation(Call("sns", "ListTopics"), "State", "COMPLETE"))
    assert clients.asked == 2


# Bodies that make no sense


GARBAGE = {
    "no markup": "\x00\x01 not a document",
    "cut off": '{"Tables": [{"TableName": "or',
    "a page of a proxy": "<!doctype html><html><body>Log in to the network</body></html>",
    "an empty object": "{}",
    "a list": "[]",
    "a text": '"x"',
    "empty": "",
}


@pytest.mark.parametrize("body", sorted(GARBAGE))
@pytest.mark.parametrize(
    "label",
    [
        "dynamodb:DescribeTable",
        "kms:ListKeys",
        "s3:GetBucketAcl",
        "s3:GetPublicAccessBlock",
        "ec2:DescribeNetworkInterfaces",
        "iam:GetAccountAuthorizationDetails",
    ],
)
def test_a_malformed_body(label: str, body: str, faulted: Callable[..., Run]) -> None:
    kind = "text/html" if "proxy" in body else "application/json"
    run = faulted(on(label, lambda sent: answer(200, GARBAGE[body], kind)), controls=bearing_on(label))
    assert {line.partition(" ")[0] for line in run.ledger(label)} == {"failed"}
    assert run.scan.incomplete


WRONG = {
    "dynamodb:DescribeTable": '{"Table": "orders"}',
    "kms:DescribeKey": '{"KeyMetadata": [1, 2]}',
    "kms:GetKeyPolicy": '{"Policy": {"Version": 1}}',
    "secretsmanager:ListSecrets": '{"SecretList": [1, null, "x"]}',
    "wafv2:GetWebACL": '{"WebACL": {"Rules": {"Name": 1}}}',
    "apigateway:GetStages": '{"item": "prod"}',
}


@pytest.mark.parametrize("label", sorted(WRONG))
def test_json_of_the_wrong_shape(label: str, faulted: Callable[..., Run]) -> None:
    faulted(on(label, lambda sent: answer(200, WRONG[label], "application/json")))


# Pages


PAGE = {
    "kms:ListKeys": '{"Keys": [], "Truncated": true, "NextMarker": "same"}',
    "dynamodb:ListTables": '{"TableNames": [], "LastEvaluatedTableName": "same"}',
    "secretsmanager:ListSecrets": '{"SecretList": [], "NextToken": "same"}',
    "wafv2:ListWebACLs": '{"WebACLs": [], "NextMarker": "same"}',
}


@pytest.mark.parametrize("label", sorted(PAGE))
def test_the_same_token_for_ever(label: str, faulted: Callable[..., Run], wire: Wire) -> None:
    run = faulted(on(label, lambda sent: answer(200, PAGE[label], "application/json")))
    assert "failed MalformedAnswer" in run.ledger(label)
    assert wire.attempts(label) <= 2 * wire.calls[label, HOME]


def test_tokens_that_alternate_for_ever(faulted: Callable[..., Run], wire: Wire) -> None:
    def fault(sent: Sent) -> Any:
        return answer(200, f'{{"Keys": [], "Truncated": true, "NextMarker": "{"ab"[sent.attempt % 2]}"}}', "application/json")

    run = faulted(on("kms:ListKeys", fault))
    assert "failed MalformedAnswer" in run.ledger("kms:ListKeys")
    assert wire.attempts("kms:ListKeys") < 10


@pytest.mark.parametrize("label", ["kms:ListKeys", "dynamodb:ListTables"])
def test_a_token_without_the_list(label: str, faulted: Callable[..., Run]) -> None:
    body = '{"Truncated": true, "NextMarker": "x", "LastEvaluatedTableName": "x"}'
    run = faulted(on(label, lambda sent: answer(200, body, "application/json") if sent.attempt == 1 else None))
    assert "failed MalformedAnswer" in run.ledger(label)


def test_a_listing_that_breaks_off_on_its_second_page(faulted: Callable[..., Run], healthy: dict[Any, Run]) -> None:
    def fault(sent: Sent) -> Any:
        if sent.attempt == 1:
            return answer(200, '{"TableNames": ["orders"], "LastEvaluatedTableName": "orders"}', "application/json")
        return denied(sent)

    run = faulted(on("dynamodb:ListTables", fault), controls=("data.pitr-enabled",))
    assert {key[2].rpartition("/")[2]: verdict for key, verdict in run.verdicts.items()}["orders"] == "pass"
    assert "unknown" in run.verdicts.values()


# In mid-run


@pytest.mark.parametrize("after", [3, 20, 45])
def test_credentials_that_expire_in_mid_run(after: int, faulted: Callable[..., Run], wire: Wire) -> None:
    run = faulted(lambda sent: error(sent, "ExpiredToken", 400) if len(wire.sent) > after else None)
    assert any("ExpiredToken" in gap for gap in run.gaps)
    # the calls that were under way when it was noticed, and none after them
    assert len(wire.sent) - after <= 30


def test_a_bucket_that_is_deleted_while_it_is_read(estate: Keys, wire: Wire) -> None:
    """It is no unknown and no gap: there is no such bucket any more."""
    gone = f"bad-{estate.account}"
    wire.fault = lambda sent: error(sent, "NoSuchBucket", 404) if gone in sent.url else None
    run = audit(controls=("storage.*",), stopping=Impatient())
    assert not any(gone in key[2] for key in run.verdicts)
    assert any(f"good-{estate.account}" in key[2] for key in run.verdicts)
    assert not run.gaps and {call.outcome for call in run.report.coverage.calls} == {"answered"}


def test_an_api_that_is_deleted_while_it_is_read(estate: Keys, wire: Wire) -> None:
    """Its stages are listed by a call about it."""
    wire.fault = lambda sent: error(sent, "NotFoundException", 404) if sent.operation == "GetStages" else None
    run = audit(controls=("edge.waf-attached",), stopping=Impatient())
    assert not any("/stages/" in key[2] for key in run.verdicts)
    assert not run.gaps and {call.outcome for call in run.report.coverage.calls} == {"answered"}


def test_a_reader_that_crashes_costs_its_resource_only(estate: Keys, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = catalogue("aws_api").readers
    entry = next(reader for reader in readers["s3.bucket"] if reader.kind.__name__ == "Bucket")

    def meaning(view: Any, at: Any) -> Any:
        if "bad" in view.item.address:
            raise RuntimeError("a defect")
        return entry.meaning(view, at)

    monkeypatch.setitem(readers, "s3.bucket", [msgspec.structs.replace(entry, meaning=meaning)])
    run = audit(controls=("storage.versioning-enabled",))
    assert list(run.verdicts.values()) == ["pass"]
    assert ["a defect" in gap for gap in run.gaps] == [True]


def test_a_detail_that_crashes_is_in_the_ledger(faulted: Callable[..., Run], wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of a shape that nobody thought of: the code that reads it raises."""
    from assay.scanner.sources.aws import collect

    faulted(lambda sent: None, controls=STORES)  # the healthy run to compare with, before anything raises
    wire.calls.clear()
    wire.sent.clear()
    record = collect._record

    def raising(unit: Any, listing: Any, listed: Any) -> Any:
        if listing.type == "dynamodb.table":
            raise KeyError("TableName")
        return record(unit, listing, listed)

    monkeypatch.setattr(collect, "_record", raising)
    run = faulted(lambda sent: None, controls=STORES)
    assert run.ledger("dynamodb:ListTables") == {"failed KeyError": 1}
    assert run.scan.incomplete


def test_a_region_that_cannot_be_is_said(estate: Keys, wire: Wire, tmp_path: Path) -> None:
    run = audit(regions=("no region!",), controls=STORES)
    assert run.scan.incomplete
    assert set(run.verdicts.values()) <= {"unknown"}


def test_codes_are_told_apart() -> None:
    call = Call("s3", "GetBucketPolicy", absent=("NoSuchBucketPolicy",))

    def outcome(code: str, status: int) -> str:
        response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return asking.classify(botocore.exceptions.ClientError(response, "GetBucketPolicy"), call).outcome

    assert outcome("NoSuchBucketPolicy", 404) == "absent"
    assert outcome("NoSuchBucket", 404) == "failed"
    assert outcome("AccessDenied", 403) == outcome("UnauthorizedOperation", 403) == "denied"
    assert outcome("AccessDeniedException", 400) == "denied"
    assert outcome("ExpiredToken", 403) == outcome("RequestLimitExceeded", 503) == outcome("SlowDown", 503) == "failed"
    assert outcome("OptInRequired", 403) == "failed"
    assert outcome("SignatureDoesNotMatch", 403) == "denied"
