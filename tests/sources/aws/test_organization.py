"""Several accounts: those of an organisation, or by role; one whose role cannot be assumed costs no other."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.options import Options
from assay.scanner.run import Scan
from assay.scanner.sources.aws.request import part_of
from tests.sources.aws.estate import ACCOUNT_IDS, HOME, Keys, Run, audit, enter
from tests.sources.aws.faults import Sent, Wire, answer, error

VERSIONS = ("storage.versioning-enabled",)


class Organization(msgspec.Struct):
    main: Keys
    trade: str
    quotes: str
    gone: str
    unit: str
    root: str


def bucket(keys: Keys, versioned: bool) -> None:
    s3 = keys.client("s3")
    s3.create_bucket(Bucket=f"held-{keys.account}")
    if versioned:
        s3.put_bucket_versioning(Bucket=f"held-{keys.account}", VersioningConfiguration={"Status": "Enabled"})


@pytest.fixture(scope="module")
def made(endpoint: str) -> Organization:
    main = enter(next(ACCOUNT_IDS), endpoint)
    org = main.client("organizations")
    org.create_organization(FeatureSet="ALL")
    root = org.list_roots()["Roots"][0]["Id"]
    unit = org.create_organizational_unit(ParentId=root, Name="workloads")["OrganizationalUnit"]["Id"]
    ids = [
        org.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]["AccountId"]
        for name in ("trade", "quotes", "gone")
    ]
    org.move_account(AccountId=ids[0], SourceParentId=root, DestinationParentId=unit)
    org.tag_resource(ResourceId=ids[1], Tags=[{"Key": "stage", "Value": "prod-eu"}])
    org.close_account(AccountId=ids[2])
    bucket(main, True)
    bucket(enter(ids[0], endpoint), True)
    bucket(enter(ids[1], endpoint), False)
    return Organization(main, *ids, unit, root)


@pytest.fixture
def org(made: Organization, acting_as: Callable[[Keys], Keys], wire: Wire) -> Organization:
    acting_as(made.main)
    return made


def accounts(run: Run) -> dict[str, str]:
    """Account to the verdict on its bucket."""
    return {str(result.resource.account): result.verdict for result in run.report.results}


def test_every_account_by_a_role_in_each(org: Organization, wire: Wire) -> None:
    run = audit(organization=True, controls=VERSIONS)
    assert accounts(run) == {org.main.account: "pass", org.trade: "pass", org.quotes: "fail"}
    assert [gap.code for gap in run.report.coverage.gaps] == ["account_inactive"]
    assert org.gone in run.gaps[0]
    assert run.requested == wire.calls.total()
    assert run.ledger("sts:AssumeRole") == {"answered": 2}


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["{trade}"], [], {"trade"}),
        (["{main}", "{quotes}"], [], {"main", "quotes"}),
        (["{unit}"], [], {"trade"}),
        (["{root}"], ["{main}"], {"trade", "quotes"}),
        (["tag:stage=prod-*"], [], {"quotes"}),
        (["tag:stage"], [], {"quotes"}),
        (["tag:stage=dev"], [], set()),
        ([], ["tag:stage=prod-eu", "{unit}"], {"main"}),
        (["{unit}", "{quotes}"], ["{trade}"], {"quotes"}),
    ],
)
def test_accounts_are_chosen(include: list[str], exclude: list[str], expected: set[str], org: Organization) -> None:
    names = {"main": org.main.account, "trade": org.trade, "quotes": org.quotes, "unit": org.unit, "root": org.root}
    run = audit(
        organization=True,
        controls=VERSIONS,
        include=[unit.format(**names) for unit in include],
        exclude=[account.format(**names) for account in [*exclude, org.gone]],
    )
    assert accounts(run).keys() == {names[name] for name in expected}


def test_accounts_that_are_left_out_are_named(org: Organization) -> None:
    run = audit(organization=True, controls=VERSIONS, include=[org.trade, org.quotes, org.gone], exclude=["tag:stage=prod-eu", org.gone])
    left_out = {entry.scope: (entry.name, entry.reason) for entry in run.report.coverage.left_out}
    assert left_out[f"aws:{org.quotes}"] == ("quotes", "--exclude tag:stage=prod-eu")
    assert left_out[f"aws:{org.gone}"] == ("gone", f"--exclude {org.gone}")
    assert left_out[f"aws:{org.main.account}"][1].startswith("no --include names it: ")
    assert not run.gaps


def test_an_account_in_no_organisation_is_told_so(org: Organization, wire: Wire) -> None:
    wire.fault = lambda sent: error(sent, "AWSOrganizationsNotInUseException", 400) if sent.operation == "ListAccounts" else None
    run = audit(organization=True, controls=VERSIONS)
    assert "audit it without --organization" in " ".join(run.gaps)


def test_filters_that_match_no_account_are_a_gap(org: Organization) -> None:
    run = audit(organization=True, controls=VERSIONS, include=["ou-none-such"])
    assert [gap.code for gap in run.report.coverage.gaps] == ["nothing_found"]
    assert "--include ou-none-such leaves none of the 4 accounts" in run.gaps[0]
    assert len(run.report.coverage.left_out) == 4


@pytest.mark.parametrize("field", ["State", "Status"])
def test_the_state_of_an_account_is_read_by_either_name(field: str, org: Organization, wire: Wire) -> None:
    """Status is left out since 9 September 2026: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html"""
    states = ["ACTIVE", "PENDING_CLOSURE", "SUSPENDED", "CLOSED", "PENDING_ACTIVATION"]
    listed = [
        {"Id": id_, "Name": "x", field: state}
        for id_, state in zip([org.main.account, *("1" * 12, "2" * 12, "3" * 12, "4" * 12)], states, strict=True)
    ]

    def fault(sent: Sent) -> Any:
        return answer(200, json.dumps({"Accounts": listed}), "application/x-amz-json-1.1") if sent.operation == "ListAccounts" else None

    wire.fault = fault
    run = audit(organization=True, controls=VERSIONS)
    assert accounts(run) == {org.main.account: "pass"}
    inactive = [gap for gap in run.report.coverage.gaps if gap.code == "account_inactive"]
    assert [gap.scope for gap in inactive] == [f"aws:{number * 12}" for number in "1234"]
    assert inactive[0].reason == "the account is pending closure"


def test_accounts_that_are_not_reached_are_named(org: Organization, wire: Wire) -> None:
    """The audit is stopped as the first role is assumed."""

    def fault(sent: Sent) -> None:
        if sent.label == "sts:AssumeRole":
            stopping.set()

    stopping = threading.Event()
    wire.fault = fault
    run = audit(organization=True, controls=VERSIONS, exclude=[org.gone], stopping=stopping)
    named = {gap.scope for gap in run.report.coverage.gaps if gap.code == "interrupted"}
    assert stopping.is_set() and {f"aws:{org.trade}", f"aws:{org.quotes}"} & named


def test_a_role_that_cannot_be_assumed_costs_its_account_only(org: Organization, wire: Wire) -> None:
    def fault(sent: Sent) -> Any:
        # accounts are entered side by side: the role of one of them is not there
        return error(sent, "AccessDenied", 403) if sent.label == "sts:AssumeRole" and sent.attempt == 1 else None

    wire.fault = fault
    run = audit(organization=True, controls=VERSIONS)
    every = {org.main.account: "pass", org.trade: "pass", org.quotes: "fail"}
    (refused,) = every.keys() - accounts(run).keys()
    assert refused != org.main.account
    assert accounts(run) == {account: verdict for account, verdict in every.items() if account != refused}
    failed = [gap for gap in run.report.coverage.gaps if gap.code == "account_failed"]
    assert [gap.scope for gap in failed] == [f"aws:{refused}"]
    assert "AssumeRole" in failed[0].reason
    assert run.ledger("sts:AssumeRole") == {"denied AccessDenied": 1, "answered": 1}
    assert any(gap.settles_it == "grant sts:AssumeRole" for gap in run.report.coverage.gaps)
    assert run.scan.incomplete


def test_an_organisation_that_may_not_be_listed(org: Organization, wire: Wire) -> None:
    wire.fault = lambda sent: error(sent, "AccessDeniedException", 400) if sent.service == "organizations" else None
    run = audit(organization=True, controls=VERSIONS)
    assert not run.report.results
    assert any("organizations:ListAccounts" in gap for gap in run.gaps)
    assert run.scan.incomplete


def test_tags_that_may_not_be_read_choose_no_account_in_silence(org: Organization, wire: Wire) -> None:
    wire.fault = lambda sent: error(sent, "AccessDeniedException", 400) if sent.operation == "ListTagsForResource" else None
    run = audit(organization=True, controls=VERSIONS, include=["tag:stage=prod-eu"])
    assert not run.report.results
    assert any("ListTagsForResource" in gap for gap in run.gaps)


def test_roles_by_name(org: Organization, wire: Wire) -> None:
    roles = [f"arn:aws:iam::{account}:role/audit" for account in (org.trade, org.quotes)]
    run = audit(roles=roles, external_id="e-1", controls=VERSIONS)
    assert accounts(run) == {org.trade: "pass", org.quotes: "fail"}
    assert not run.gaps


def test_clients_are_shared_and_calls_signed_by_their_account(org: Organization, wire: Wire) -> None:
    run = audit(organization=True, controls=VERSIONS)
    assert len(accounts(run)) == 3
    made = wire.clients
    assert len(made) == len(set(made)), "one client for a service and region, however many accounts"
    keys = {request.key for request in wire.sent if request.operation == "ListBuckets"}
    assert len(keys) == 3
    by_bucket = {re_account(request.url): request.key for request in wire.sent if "versioning" in request.url}
    assert len(set(by_bucket.values())) == len(by_bucket) == 3
    assert all(request.key == org.main.key for request in wire.sent if request.operation == "AssumeRole")


def re_account(url: str) -> str:
    return url.partition("held-")[2][:12]


def test_credentials_of_one_account_that_expire_cost_that_account_only(org: Organization, wire: Wire) -> None:
    def fault(sent: Sent) -> Any:
        is_held = f"held-{org.trade}" in sent.url or (sent.key in expired)
        if is_held:
            expired.add(sent.key)
        return error(sent, "ExpiredToken", 400) if is_held else None

    expired: set[str] = set()
    wire.fault = fault
    statuses = accounts(audit(organization=True, controls=VERSIONS))
    assert statuses == {org.main.account: "pass", org.trade: "unknown", org.quotes: "fail"}


def test_the_caller_is_told(org: Organization) -> None:
    run = audit(organization=True, controls=VERSIONS, include=[org.quotes])
    seen = run.report.results[0].evidence[0].location
    assert f":{org.quotes}:assumed-role/OrganizationAccountAccessRole/assay" in str(seen.caller)
    assert seen.operation
    assert seen.time
    assert run.report.results[0].resource.region == HOME


def test_names_and_units_are_told(org: Organization) -> None:
    run = audit(organization=True, controls=VERSIONS, exclude=[org.gone])
    told = {account.scope: (account.name, account.path) for account in run.report.coverage.accounts}
    assert told[f"aws:{org.trade}"] == ("trade", "Root/workloads")
    assert told[f"aws:{org.quotes}"] == ("quotes", "Root")
    assert not run.gaps


def test_a_denied_tree_costs_only_the_places(org: Organization, wire: Wire) -> None:
    wire.fault = lambda sent: error(sent, "AccessDeniedException", 400) if sent.operation == "ListOrganizationalUnitsForParent" else None
    run = audit(organization=True, controls=VERSIONS, exclude=[org.gone])
    assert accounts(run) == {org.main.account: "pass", org.trade: "pass", org.quotes: "fail"}
    told = {account.scope: (account.name, account.path) for account in run.report.coverage.accounts}
    assert told[f"aws:{org.trade}"] == ("trade", "") and told[f"aws:{org.quotes}"] == ("quotes", "Root")
    permissions = "organizations:ListRoots, organizations:ListOrganizationalUnitsForParent and organizations:ListAccountsForParent"
    way = f"grant {permissions} to whoever starts the audit: they tell which units accounts are in"
    assert [gap.settles_it for gap in run.report.coverage.gaps] == [way]


def test_a_denied_tree_chooses_no_account_by_unit_in_silence(org: Organization, wire: Wire) -> None:
    wire.fault = lambda sent: error(sent, "AccessDeniedException", 400) if sent.operation == "ListRoots" else None
    run = audit(organization=True, controls=VERSIONS, include=[org.unit])
    assert not run.report.results
    assert any("accounts could not be chosen: organizations:ListRoots" in gap for gap in run.gaps)


def test_parts_are_disjoint_and_one_that_is_missing_is_a_gap(org: Organization, tmp_path: Path) -> None:
    parts = [audit(organization=True, controls=VERSIONS, part=(index, 3), out=str(tmp_path / f"{index}.ndjson.gz")) for index in range(3)]
    of = {account: index for index, part in enumerate(parts) for account in accounts(part)}
    assert sorted(of) == sorted([org.main.account, org.trade, org.quotes])
    assert sum(len(accounts(part)) for part in parts) == 3
    for index, part in enumerate(parts):
        left = {account.scope.removeprefix("aws:"): account.part for account in part.report.coverage.left_out if account.part}
        assert left.items() >= {account: f"{at + 1}/3" for account, at in of.items() if at != index}.items()
        assert not any(gap.code == "nothing_found" for gap in part.report.coverage.gaps)
    whole = Scan(Options(paths=[str(tmp_path)], controls=VERSIONS)).report()
    assert {result.resource.account: result.verdict for result in whole.results} == {
        org.main.account: "pass", org.trade: "pass", org.quotes: "fail"
    }  # fmt: skip
    assert whole.coverage.left_out == [] and {gap.code for gap in whole.coverage.gaps} == {"account_inactive"}
    every = [org.main.account, org.trade, org.quotes, org.gone]
    for index in range(3):  # whichever part is missing, that of the management account too, which every part calls
        record_path = tmp_path / f"{index}.ndjson.gz"
        away = record_path.rename(tmp_path / "away")
        rest = Scan(Options(paths=[str(one) for one in tmp_path.glob("*.gz")], controls=VERSIONS)).report()
        missing = {gap.scope: gap.reason for gap in rest.coverage.gaps if gap.code == "account_failed"}
        assert missing == {
            f"aws:{account}": f"the account is of part {index + 1}/3, whose snapshot is not here"
            for account in every
            if part_of(account, 3) == index
        }
        away.rename(record_path)


def test_an_account_is_of_one_part_whatever_is_listed_beside_it() -> None:
    assert [part_of("111111111111", parts) for parts in (1, 2, 7)] == [part_of("111111111111", parts) for parts in (1, 2, 7)]
    counts = Counter(part_of(f"{number:012d}", 8) for number in range(8_000))
    assert counts.keys() == set(range(8)) and min(counts.values()) > 850
