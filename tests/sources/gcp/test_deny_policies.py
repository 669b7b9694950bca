"""Deny policies of a live project: asked of the IAM API, kept in the snapshot, and what they take from whoever has a role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.live.google import make_plan
from assay.scanner.questions.access import RULES
from assay.scanner.results.model import Report
from assay.scanner.run import Options, Scan
from assay.scanner.sources.gcp.asking import Waits
from assay.scanner.sources.gcp.session import Request
from assay.scanner.sources.gcp.source import AuditSource
from tests.sources.gcp.server import Cloud, Fail, asset
from tests.sources.gcp.test_audit import PROJECT, QUICK, own_policy

SECRET = "//secretmanager.googleapis.com/projects/111111111111/secrets/etrade"
TYPE = "secretmanager.googleapis.com/Secret"
PLACE = "policies/cloudresourcemanager.googleapis.com%2Fprojects%2Ftrade/denypolicies"
ACCESS = "secretmanager.googleapis.com/versions.access"
ORDER, SCAN = (f"{name}@trade.iam.gserviceaccount.com" for name in ("order", "scan"))


def policy(name: str, **rule: Any) -> dict[str, Any]:
    return {"name": f"{PLACE}/{name}", "kind": "DenyPolicy", "uid": "a-1", "rules": [{"description": "why", "denyRule": rule}]}


def account(mail: str) -> str:
    return f"principal://iam.googleapis.com/projects/-/serviceAccounts/{mail}"


@pytest.fixture
def cloud() -> Cloud:
    bindings = [{"role": "roles/secretmanager.secretAccessor", "members": [f"serviceAccount:{mail}" for mail in (ORDER, SCAN)]}]
    named = {"name": "projects/111111111111/secrets/etrade", "replication": {"automatic": {}}}
    above = [{**own_policy(), "name": f"//cloudresourcemanager.googleapis.com/{scope}", "assetType": kind, "ancestors": lineage}
             for scope, kind, lineage in (("folders/22", "cloudresourcemanager.googleapis.com/Folder", ["folders/22", "organizations/33"]),
                                          ("organizations/33", "cloudresourcemanager.googleapis.com/Organization", ["organizations/33"]))]  # fmt: skip
    return Cloud([PROJECT, asset(SECRET, TYPE, named)], [own_policy(), asset(SECRET, TYPE, policy={"bindings": bindings}), *above])


def audit(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, out: Path | None = None, waits: Waits = QUICK) -> Report:
    scan = Scan(Options(controls=["ask.readers"], policies=[str(RULES)], paths=["google"]))
    with cloud.grpc() as address, cloud.http() as http:
        for service in ("CLOUDASSET", "ORGPOLICY"):
            monkeypatch.setenv(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}", f"grpc://{address}")
        monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM", f"http://{http}")
        scan.sources = [AuditSource(Request("projects/trade"), make_plan(scan.selected), out and str(out), waits, pace=1000.0)]
        return scan.report()


def readers(report: Report) -> dict[str, str]:
    """Who may read the secret, with the verdict; without those whom no input of one project shows."""
    by_account = {result.element.partition(", ")[0].removeprefix("serviceAccount:"): result.verdict for result in report.results}
    return {name: verdict for name, verdict in by_account.items() if "@" in name}


def test_a_member_that_is_denied_reads_nothing(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert readers(audit(cloud, monkeypatch)) == {ORDER: "fail", SCAN: "fail"}
    other = policy("other", deniedPrincipals=[account(ORDER)], deniedPermissions=["pubsub.googleapis.com/topics.publish"])
    guard = policy(
        "guard", deniedPrincipals=["principalSet://goog/public:all"], exceptionPrincipals=[account(ORDER)], deniedPermissions=[ACCESS]
    )
    cloud.deny_policies = {entry["name"]: entry for entry in (other, guard)}
    cloud.requests.clear()
    out = tmp_path / "trade.ndjson"
    live = audit(cloud, monkeypatch, out)
    assert readers(live) == {ORDER: "fail"}
    asked = [name for method, name in cloud.requests if method == "deny_policies"]
    assert asked == [PLACE, f"{PLACE}/other", PLACE, f"{PLACE}/guard"]
    assert readers(Scan(Options(controls=["ask.readers"], policies=[str(RULES)], paths=[str(out)])).report()) == readers(live)
    calls = {call.operation: call.count for call in live.coverage.calls if call.service == "iam"}
    assert calls == {"ListPolicies": 2, "GetPolicy": 2}


def test_a_condition_on_tags_makes_it_not_known(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    condition = {"expression": "resource.matchTag('33/env', 'prod')"}
    guard = policy("guard", deniedPrincipals=[account(SCAN)], deniedPermissions=[ACCESS], denialCondition=condition)
    cloud.deny_policies = {guard["name"]: guard}
    assert readers(audit(cloud, monkeypatch)) == {ORDER: "fail", SCAN: "unknown"}


@pytest.mark.parametrize("code", ["PERMISSION_DENIED", "UNAVAILABLE"])
def test_where_they_are_refused_everybody_may_be_denied(code: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(method: str, request: Any) -> None:
        if method == "deny_policies":
            raise Fail(code)

    cloud.fail = fail
    report = audit(cloud, monkeypatch, waits=Waits(0.01, 0.02, 0.1, 0.01))
    assert readers(report) == {ORDER: "unknown", SCAN: "unknown"}
    (gap,) = [gap for gap in report.coverage.gaps if "ListPolicies" in gap.reason]
    assert gap.code == ("call_denied" if code == "PERMISSION_DENIED" else "call_failed")
    assert "iam.denypolicies.list (roles/iam.denyReviewer)" in gap.settles_it or code == "UNAVAILABLE"


def test_names_that_lead_elsewhere_are_not_asked_for(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = policy("guard", deniedPrincipals=[account(SCAN)], deniedPermissions=[ACCESS])
    cloud.deny_policies = {guard["name"]: guard}
    listed = {"policies": [{"name": "../../v1/projects/trade"}, {"name": 7}, "x", {"name": guard["name"]}]}
    monkeypatch.setattr(cloud, "denied", lambda name, start: listed if name.endswith("/denypolicies") else guard)
    assert readers(audit(cloud, monkeypatch)) == {ORDER: "fail"}
    assert {name for method, name in cloud.requests if method == "deny_policies"} == {PLACE, guard["name"]}
