"""The credential report of an account: made, waited for, and read where the calls about each user are not answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.aws import tabular
from tests.sources.aws.conftest import Impatient
from tests.sources.aws.estate import ACCOUNT_IDS, Keys, Run, audit, enter, replay, server
from tests.sources.aws.faults import Fault, Sent, Wire, answer, denied

HYGIENE, ROOT_MFA, ROOT_KEYS = "accounts.iam-user-hygiene", "accounts.root-mfa", "accounts.no-root-access-keys"
OF_USERS = ("iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys")
REPORT = ("iam:GenerateCredentialReport", "iam:GetCredentialReport")
RUNNING = """<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>INPROGRESS</State></GenerateCredentialReportResult>
</GenerateCredentialReportResponse>"""
COLUMNS = "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active"
FORM = "<GetCredentialReportResponse><GetCredentialReportResult><Content>{}</Content></GetCredentialReportResult></GetCredentialReportResponse>"


@pytest.fixture(scope="module")
def people(endpoint: str) -> Keys:
    """An account with a user who has a password, and one who has a key."""
    keys = enter(next(ACCOUNT_IDS), server())
    iam = keys.client("iam")
    for user in ("alice", "ci"):
        iam.create_user(UserName=user)
    iam.create_login_profile(UserName="alice", Password="Not-a-real-1")
    iam.create_access_key(UserName="ci")
    return keys


@pytest.fixture
def asked(people: Keys, acting_as: Callable[[Keys], Keys], wire: Wire, quick: Impatient) -> Callable[..., Run]:
    def run(*faults: tuple[tuple[str, ...], Fault], controls: tuple[str, ...] = (HYGIENE,), **more: Any) -> Run:
        acting_as(people)
        wire.fault = lambda sent: next((fault(sent) for labels, fault in faults if sent.label in labels), None)
        return audit(controls=controls, stopping=quick, **more)

    return run


def users(run: Run) -> dict[str, set[str]]:
    """User to verdicts."""
    by_name: dict[str, set[str]] = {}
    for result in run.report.results:
        by_name.setdefault(result.resource.name, set()).add(result.verdict)
    return by_name


def test_the_report_tells_what_the_calls_about_a_user_do_not(asked: Callable[..., Run], tmp_path: Path) -> None:
    assert users(asked()) == {"alice": {"fail"}, "ci": {"pass"}}
    snapshot = tmp_path / "a.ndjson"
    reported = asked((OF_USERS, denied), out=str(snapshot))
    assert users(reported) == {"alice": {"fail"}, "ci": {"pass"}}
    (failed,) = [result for result in reported.report.results if result.verdict == "fail"]
    assert "iam:GetCredentialReport" in {place.operation for evidence in failed.evidence if (place := evidence.location)}
    assert users(replay(str(snapshot), [HYGIENE])) == users(reported)
    assert users(asked((OF_USERS + REPORT, denied))) == {"alice": {"unknown"}, "ci": {"unknown"}}


def test_the_snapshot_keeps_nothing_of_the_report_but_what_is_judged(asked: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    asked(out=str(path))
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [record["listed"] for record in kept if record.get("type") == "iam.credential_report"]
    assert [row["user"] for row in rows] == ["alice", "ci"]
    assert [row["password_enabled"] for row in rows] == [True, False]
    assert all(row["user_creation_time"] != "" and "N/A" not in row.values() for row in rows)


def test_a_report_that_is_never_made_costs_its_time_and_no_verdict(asked: Callable[..., Run], quick: Impatient, wire: Wire) -> None:
    before = quick.waited
    run = asked((REPORT[:1], lambda _: answer(200, RUNNING)))
    assert users(run) == {"alice": {"fail"}, "ci": {"pass"}}
    assert 30 <= quick.waited - before <= 90
    assert wire.attempts(REPORT[0]) == 6


@pytest.mark.parametrize("content", ["", "/////w==", "dXNlcixhcm4KYWxpY2UsYSxiCg=="], ids=["empty", "no text", "a line too long"])
def test_a_report_that_is_no_table_is_malformed(content: str, asked: Callable[..., Run]) -> None:
    run = asked((REPORT[1:], lambda _: answer(200, FORM.format(content))))
    assert users(run) == {"alice": {"fail"}, "ci": {"pass"}}
    assert not run.ledger(REPORT[1]).get("answered")


@pytest.mark.parametrize(("mfa", "key", "expected"), [("true", "false", "pass"), ("false", "true", "fail"), ("false", "false", "unknown")])
def test_the_root_user_is_told_by_it_too(mfa: str, key: str, expected: str, people: Keys, asked: Callable[..., Run]) -> None:
    import base64

    made = "2026-01-01T00:00:00+00:00" if key == "true" else "N/A"
    row = f"<root_account>,arn:aws:iam::{people.account}:root,not_supported,{mfa},{key},{made},false"
    content = base64.b64encode(f"{COLUMNS}\n{row}\n".encode()).decode()

    def reported(sent: Sent) -> Any:
        return answer(200, FORM.format(content)) if sent.label == REPORT[1] else denied(sent)

    run = asked((("iam:GetAccountSummary", REPORT[1]), reported), controls=(ROOT_MFA, ROOT_KEYS))
    told = {result.control: result.verdict for result in run.report.results}
    assert told[ROOT_MFA] == expected
    assert told[ROOT_KEYS] == ("fail" if key == "true" else "unknown")


def test_a_table_is_entries_by_its_columns() -> None:
    assert tabular.rows(b"user,mfa_active,key\nalice,TRUE,N/A\n") == [{"user": "alice", "mfa_active": True, "key": None}]
