"""Assets of Google Cloud: joins beyond one project, what is inherited, and data that is not what the API writes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.run import Options, Scan
from tests.scans import ROOT, judge, worst

LIVE = ROOT / "fixtures" / "trade_streamer" / "gcp" / "live"
ORGANIZATION = "organizations/456789012345"
NUMBERS = {"trade-prod": "111111111111", "trade-keys": "222222222222"}
ACCOUNT = "serviceAccount:order@trade-prod.iam.gserviceaccount.com"


def asset(
    name: str, type_: str, data: dict[str, Any] | None = None, *bindings: tuple[str, str], project: str = "trade-prod"
) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "assetType": type_, "ancestors": [f"projects/{NUMBERS[project]}", ORGANIZATION]}
    if data is not None:
        made["resource"] = {"version": "v1", "data": data}
    if bindings:
        made["iamPolicy"] = {"bindings": [{"role": role, "members": [member]} for role, member in bindings]}
    return {**made, "updateTime": "2026-11-20T08:00:00Z"}


def project(name: str, *bindings: tuple[str, str]) -> dict[str, Any]:
    data = {"projectId": name, "projectNumber": NUMBERS[name]}
    roles = bindings or (("roles/datastore.user", ACCOUNT),)
    full = f"//cloudresourcemanager.googleapis.com/projects/{NUMBERS[name]}"
    return asset(full, "cloudresourcemanager.googleapis.com/Project", data, *roles, project=name)


def verdicts(folder: Path, control: str, *assets: dict[str, Any]) -> dict[str, str]:
    """Last part of the name of a resource to its verdict."""
    (folder / "export.ndjson").write_text("".join(json.dumps(asset) + "\n" for asset in assets), encoding="utf-8")
    by_address: dict[str, list[str]] = {}
    for result in judge(folder, control):
        by_address.setdefault(result.resource.address.rpartition("/")[2], []).append(result.verdict)
    return {name: worst(verdicts_of) for name, verdicts_of in by_address.items()}


KEY = "projects/trade-keys/locations/us/keyRings/trade/cryptoKeys/orders"
DATABASE = asset(
    "//firestore.googleapis.com/projects/111111111111/databases/orders",
    "firestore.googleapis.com/Database",
    {"name": "projects/trade-prod/databases/orders", "locationId": "nam5", "cmekConfig": {"kmsKeyName": KEY}},
)


@pytest.mark.parametrize(
    ("state", "verdict"), [("ENABLED", "pass"), ("DISABLED", "fail"), ("DESTROY_SCHEDULED", "fail"), (None, "unknown")]
)
def test_a_key_of_another_project_is_found(tmp_path: Path, state: str | None, verdict: str) -> None:
    key = asset(
        f"//cloudkms.googleapis.com/{KEY}", "cloudkms.googleapis.com/CryptoKey", {"primary": {"state": state}}, project="trade-keys"
    )
    verdict_of = verdicts(tmp_path, "data.encrypted-cmk", project("trade-prod"), project("trade-keys"), DATABASE, *([key] if state else []))
    assert verdict_of == {"orders": verdict}


def test_a_subscriber_in_another_project_consumes_the_rotation(tmp_path: Path) -> None:
    name = "projects/111111111111/secrets/etrade"
    topic = "projects/trade-prod/topics/rotation"
    secret = {"name": name, "rotation": {"rotationPeriod": "2592000s"}, "topics": [{"name": topic}]}
    version = {"name": f"{name}/versions/1", "createTime": "2026-11-01T00:00:00Z", "state": "ENABLED"}
    subscription = "//pubsub.googleapis.com/projects/trade-keys/subscriptions/rotator"
    assets = [
        project("trade-prod"),
        project("trade-keys"),
        asset(f"//secretmanager.googleapis.com/{name}", "secretmanager.googleapis.com/Secret", secret),
        asset(f"//secretmanager.googleapis.com/{name}/versions/1", "secretmanager.googleapis.com/SecretVersion", version),
    ]
    assert verdicts(tmp_path, "secrets.rotation-enabled", *assets) == {"etrade": "unknown"}
    assets.append(asset(subscription, "pubsub.googleapis.com/Subscription", {"topic": topic}, project="trade-keys"))
    assert verdicts(tmp_path, "secrets.rotation-enabled", *assets) == {"etrade": "pass"}


def test_a_loose_binding_in_another_project_counts(tmp_path: Path) -> None:
    pool = "projects/111111111111/locations/global/workloadIdentityPools/github"
    data = {"name": f"{pool}/providers/actions", "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"}}
    provider = asset(f"//iam.googleapis.com/{pool}/providers/actions", "iam.googleapis.com/WorkloadIdentityPoolProvider", data)

    def account(project_: str, member: str) -> dict[str, Any]:
        name = f"//iam.googleapis.com/projects/{project_}/serviceAccounts/10485"
        binding = ("roles/iam.workloadIdentityUser", f"principalSet://iam.googleapis.com/{member}")
        mail = {"email": f"deploy@{project_}.iam.gserviceaccount.com"}
        return asset(name, "iam.googleapis.com/ServiceAccount", mail, binding, project=project_)

    own = [project("trade-prod"), project("trade-keys"), provider, account("trade-prod", f"{pool}/attribute.repository/ORG/REPO")]
    assert verdicts(tmp_path, "supply.ci-oidc-scoped", *own) == {"actions": "pass"}
    other = pool.replace("111111111111", "222222222222")
    assert verdicts(tmp_path, "supply.ci-oidc-scoped", *own, account("trade-keys", f"{other}/*")) == {"actions": "pass"}
    assert verdicts(tmp_path, "supply.ci-oidc-scoped", *own, account("trade-keys", f"{pool}/*")) == {"actions": "fail"}


def bucket(*bindings: tuple[str, str], **settings: Any) -> dict[str, Any]:
    data = {"name": "orders", "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}, **settings}}
    return asset("//storage.googleapis.com/orders", "storage.googleapis.com/Bucket", data, *bindings)


def role(*permissions: str) -> dict[str, Any]:
    data = {"name": "projects/trade-prod/roles/reader", "includedPermissions": list(permissions)}
    return asset("//iam.googleapis.com/projects/trade-prod/roles/reader", "iam.googleapis.com/Role", data)


@pytest.mark.parametrize(
    ("granted", "permissions", "verdict"),
    [
        ("roles/storage.objectViewer", [], "fail"),
        ("roles/viewer", [], "fail"),
        ("projects/trade-prod/roles/reader", ["storage.objects.get"], "fail"),
        ("projects/trade-prod/roles/reader", ["run.routes.invoke"], "pass"),
        ("projects/trade-prod/roles/other", [], "unknown"),
        ("roles/dataflow.worker", [], "unknown"),
    ],
)
def test_what_everyone_has_on_the_project(tmp_path: Path, granted: str, permissions: list[str], verdict: str) -> None:
    constraint = {"constraint": "constraints/storage.publicAccessPrevention", "booleanPolicy": {}}
    top = {"name": f"//cloudresourcemanager.googleapis.com/{ORGANIZATION}", "ancestors": [ORGANIZATION]}
    organization = {**top, "assetType": "cloudresourcemanager.googleapis.com/Organization", "orgPolicy": [constraint]}
    assets = [project("trade-prod", (granted, "allUsers")), role(*permissions), organization]
    assert verdicts(tmp_path, "storage.bucket-not-public", bucket(), *assets) == {"orders": verdict}
    assert verdicts(tmp_path, "storage.bucket-not-public", bucket(publicAccessPrevention="enforced"), *assets) == {"orders": "pass"}


def test_prevention_makes_policies_that_were_not_read_harmless(tmp_path: Path) -> None:
    assert verdicts(tmp_path, "storage.bucket-not-public", bucket()) == {"orders": "unknown"}
    assert verdicts(tmp_path, "storage.bucket-not-public", bucket(publicAccessPrevention="enforced")) == {"orders": "pass"}


JUNK = [None, [], {}, 7, -1.5, True, "", "x", "//a/b/c", [None], [[]], [{}], ["x", 7], {"enabled": []}, {"name": {"x": "y"}}]


def broken(data: dict[str, Any], junk: Any) -> list[dict[str, Any]]:
    """One copy for each field, at the top and below it, with something else in its place."""
    entries = []
    for name, value in data.items():
        entries.append({**data, name: junk})
        inner = value[0] if isinstance(value, list) and value else value
        for below in inner if isinstance(inner, dict) else ():
            changed = {**inner, below: junk}
            entries.append({**data, name: [changed] if isinstance(value, list) else changed})
    return entries


@pytest.mark.parametrize("junk", JUNK, ids=str)
def test_data_that_no_api_writes_raises_nothing(tmp_path: Path, junk: Any) -> None:
    lines: list[Any] = []
    for path in sorted(LIVE.glob("*.ndjson")):
        one_of_each = {record["assetType"]: record for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
        for sample in one_of_each.values():
            for kind in ("resource", "iamPolicy"):
                data = sample.get(kind, {}).get("data", sample.get(kind)) if kind in sample else None
                for at, entry in enumerate(broken(data, junk) if isinstance(data, dict) else ()):
                    made = copy.copy(sample)
                    made["name"] = f"{sample['name']}-{at}"
                    made[kind] = {**sample[kind], "data": entry} if kind == "resource" else entry
                    lines.append(made)
    (tmp_path / "export.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    report = Scan(Options(paths=[str(tmp_path)])).report()
    assert len(lines) > 300
    assert report.summary.resources > 100
    assert [(result.control, result.resource.address, result.message) for result in report.results if result.verdict == "error"] == []
    assert [str(gap) for gap in report.coverage.gaps] == []


@pytest.mark.parametrize(
    ("permissions", "verdict"),
    [(["iam.serviceAccounts.getAccessToken"], "fail"), (["iam.serviceAccounts.get"], "pass"), (None, "unknown")],
)
def test_a_custom_role_counts_by_its_permissions(tmp_path: Path, permissions: list[str] | None, verdict: str) -> None:
    mail = {"email": "order@trade-prod.iam.gserviceaccount.com"}
    granted = ("projects/trade-prod/roles/reader", "allAuthenticatedUsers")
    account = asset("//iam.googleapis.com/projects/trade-prod/serviceAccounts/10485", "iam.googleapis.com/ServiceAccount", mail, granted)
    assets = [project("trade-prod"), account, *([role(*permissions)] if permissions else [])]
    assert verdicts(tmp_path, "iam.trust-policy-scoped", *assets) == {mail["email"]: verdict}
