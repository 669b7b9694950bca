"""The live audit: Google's real clients against a server on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.live.google import make_plan
from assay.scanner.results.model import worst
from assay.scanner.run import Options, Scan
from assay.scanner.sources.gcp.asking import Waits
from assay.scanner.sources.gcp.session import Request
from assay.scanner.sources.gcp.source import AuditSource
from tests.sources.gcp.server import Cloud, Fail, asset

PROJECT = asset(
    "//cloudresourcemanager.googleapis.com/projects/111111111111",
    "cloudresourcemanager.googleapis.com/Project",
    {"projectId": "trade", "projectNumber": "111111111111", "name": "projects/111111111111"},
)
QUICK = Waits(0.01, 0.05, 1.0, 0.01)
BUCKET = "storage.googleapis.com/Bucket"


def bucket(name: str, **data: Any) -> dict[str, Any]:
    return asset(f"//storage.googleapis.com/{name}", BUCKET, {"name": name, **data}, location="EU")


def public(name: str) -> dict[str, Any]:
    policy = {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]}
    return asset(f"//storage.googleapis.com/{name}", BUCKET, policy=policy)


def own_policy() -> dict[str, Any]:
    return {**{name: value for name, value in PROJECT.items() if name != "resource"}, "iamPolicy": {"bindings": []}}


@pytest.fixture
def cloud() -> Cloud:
    blocked = {"iamConfiguration": {"publicAccessPrevention": "inherited", "uniformBucketLevelAccess": {"enabled": True}}}
    return Cloud(
        [PROJECT, bucket("orders", **blocked, versioning={"enabled": True}), bucket("open", versioning={})], [own_policy(), public("open")]
    )


class Audit:
    """One audit of a cloud; `verdicts` are by control and bucket."""

    def __init__(
        self,
        cloud: Cloud,
        monkeypatch: Any,
        *,
        transport: str = "grpc",
        parent: str = "projects/trade",
        out: Any = None,
        export: Any = None,
        control: str = "storage.*",
    ) -> None:
        scan = Scan(Options(controls=[control], paths=["google"]))
        with cloud.grpc() as address, cloud.http() as http:
            place = f"grpc://{address}" if transport == "grpc" else f"http://{http}"
            for service in ("CLOUDASSET", "ORGPOLICY"):
                monkeypatch.setenv(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}", place)
            for service in ("STORAGE", "IAM"):
                monkeypatch.setenv(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}", f"http://{http}")
            self.source = AuditSource(Request(parent, export=export), make_plan(scan.selected), out and str(out), QUICK, pace=1000.0)
            scan.sources = [self.source]
            self.report = scan.report()
        self.calls = {
            (call.operation, call.permission.rpartition(".")[2], call.outcome, call.code): call.count for call in self.report.coverage.calls
        }

    def verdict(self, control: str, name: str) -> str:
        """The worst of all assertions."""
        verdicts = [
            result.verdict for result in self.report.results if result.control == control and result.resource.address.endswith(name)
        ]
        assert verdicts, (control, name)
        return worst(verdicts)


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_a_project_is_judged(cloud: Cloud, monkeypatch: Any, transport: str) -> None:
    audit = Audit(cloud, monkeypatch, transport=transport)
    assert audit.verdict("storage.versioning-enabled", "/orders") == "pass"
    assert audit.verdict("storage.versioning-enabled", "/open") == "fail"
    assert audit.verdict("storage.bucket-not-public", "/open") == "fail"
    assert audit.verdict("storage.bucket-not-public", "/orders") == "pass"
    first = next(result for result in audit.report.results if result.resource.address.endswith("/orders"))
    assert first.resource.root == "google:trade" and first.resource.account == "trade" and first.resource.region == "eu"
    assert audit.calls["ListAssets", "listResource", "answered", ""] == 1
    assert audit.calls["GetEffectivePolicy", "get", "answered", ""] == 2


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_every_page_is_read(monkeypatch: Any, transport: str) -> None:
    cloud = Cloud([PROJECT, *(bucket(f"b-{at:04}") for at in range(2500))], [own_policy()])
    audit = Audit(cloud, monkeypatch, transport=transport, control="storage.versioning-enabled")
    assert len(audit.report.results) == 2500
    assert audit.calls["ListAssets", "listResource", "answered", ""] == 3
    assert all(request.page_size == 1000 for method, request in cloud.requests if method == "list_assets")


def test_policies_of_an_organization_are_searched(monkeypatch: Any) -> None:
    cloud = Cloud([PROJECT, bucket("open")], [own_policy(), *(public(f"p-{at}") for at in range(600)), public("open")])
    audit = Audit(cloud, monkeypatch, parent="organizations/33", control="storage.bucket-not-public")
    assert audit.verdict("storage.bucket-not-public", "/open") == "fail"
    assert audit.calls["SearchAllIamPolicies", "searchAllIamPolicies", "answered", ""] == 2


@pytest.mark.parametrize("code", ["PERMISSION_DENIED", "INVALID_ARGUMENT"])
def test_where_the_search_is_refused_policies_are_listed(cloud: Cloud, monkeypatch: Any, code: str) -> None:
    def fail(method: str, request: Any) -> None:
        if method == "search_all_iam_policies":
            raise Fail(code)

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, parent="folders/22", control="storage.bucket-not-public")
    assert audit.verdict("storage.bucket-not-public", "/open") == "fail"
    assert audit.verdict("storage.bucket-not-public", "/orders") == "pass"
    assert audit.calls["ListAssets", "listIamPolicy", "answered", ""] == 1 and not audit.report.coverage.gaps


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_denied_policies_are_unknown_and_hide_nothing_else(cloud: Cloud, monkeypatch: Any, transport: str) -> None:
    def fail(method: str, request: Any) -> None:
        if method == "list_assets" and int(request.content_type) == 2:
            raise Fail("PERMISSION_DENIED")

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, transport=transport)
    assert audit.verdict("storage.bucket-not-public", "/orders") == "unknown"  # absent, it would pass
    assert audit.verdict("storage.versioning-enabled", "/open") == "fail"
    assert audit.calls["ListAssets", "listIamPolicy", "denied", "PERMISSION_DENIED"] == 1
    assert any("cloudasset.assets.listIamPolicy" in gap.settles_it for gap in audit.report.coverage.gaps)


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_denied_resources_are_unknown_not_absent(cloud: Cloud, monkeypatch: Any, transport: str) -> None:
    def fail(method: str, request: Any) -> None:
        if method == "list_assets" and int(request.content_type) == 1:
            raise Fail("PERMISSION_DENIED")

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, transport=transport, control="storage.versioning-enabled")
    assert {result.verdict for result in audit.report.results} == {"unknown"}
    assert any("cloudasset.assets.listResource" in gap.settles_it for gap in audit.report.coverage.gaps)


@pytest.mark.parametrize("transport", ["grpc", "rest"])
@pytest.mark.parametrize("code", ["RESOURCE_EXHAUSTED", "UNAVAILABLE"])
def test_what_may_pass_is_tried_again(cloud: Cloud, monkeypatch: Any, transport: str, code: str) -> None:
    left = [3]

    def fail(method: str, request: Any) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise Fail(code)

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, transport=transport)
    assert audit.verdict("storage.bucket-not-public", "/open") == "fail"
    assert not audit.report.coverage.gaps and left[0] < 0


def test_an_answer_that_is_cut_off_is_asked_for_again(cloud: Cloud, monkeypatch: Any) -> None:
    done: list[Any] = []

    def fail(method: str, request: Any) -> None:
        if method == "list_assets" and not done:
            done.append(request)
            cloud.cut = 50

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, transport="rest")
    assert audit.verdict("storage.versioning-enabled", "/open") == "fail"
    assert done and not audit.report.coverage.gaps


@pytest.mark.parametrize("garbage", [b'{"assets": [{"name": 7}]}', b"<html>", b"[]"])
def test_answers_that_are_no_answers_are_unknown(cloud: Cloud, monkeypatch: Any, garbage: bytes) -> None:
    cloud.garbage = garbage
    audit = Audit(cloud, monkeypatch, transport="rest", control="storage.versioning-enabled")
    assert {result.verdict for result in audit.report.results} == {"unknown"} and audit.report.coverage.gaps


def test_a_listing_that_breaks_off_is_unknown_from_there(monkeypatch: Any) -> None:
    cloud = Cloud([PROJECT, *(bucket(f"b-{at:04}", versioning={"enabled": True}) for at in range(1500))], [own_policy()])

    def fail(method: str, request: Any) -> None:
        if method == "list_assets" and request.page_token:
            raise Fail("UNAVAILABLE")

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, control="storage.versioning-enabled")
    verdicts = [result.verdict for result in audit.report.results]
    assert verdicts.count("pass") == 999 and verdicts.count("unknown") == 1
    assert audit.calls["ListAssets", "listResource", "failed", "UNAVAILABLE"] == 1


def test_a_type_that_the_inventory_refuses_hides_no_other(cloud: Cloud, monkeypatch: Any) -> None:
    def fail(method: str, request: Any) -> None:
        if method == "list_assets" and "cloudkms.googleapis.com/CryptoKey" in list(request.asset_types):
            raise Fail("INVALID_ARGUMENT")

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch)
    assert audit.verdict("storage.versioning-enabled", "/orders") == "pass"
    assert any("CryptoKey" in gap.settles_it for gap in audit.report.coverage.gaps)


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_policies_set_above_the_project_come_from_their_own_api(cloud: Cloud, monkeypatch: Any, transport: str) -> None:
    assert Audit(cloud, monkeypatch, transport=transport).verdict("storage.public-access-blocked", "/orders") == "fail"
    cloud.effective = {"storage.publicAccessPrevention": {"spec": {"rules": [{"enforce": True}]}}}
    assert Audit(cloud, monkeypatch, transport=transport).verdict("storage.public-access-blocked", "/orders") == "pass"

    def fail(method: str, request: Any) -> None:
        if method == "get_effective_policy":
            raise Fail("PERMISSION_DENIED")

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, transport=transport)
    assert audit.verdict("storage.public-access-blocked", "/orders") == "unknown"
    assert audit.calls["GetEffectivePolicy", "get", "denied", "PERMISSION_DENIED"] == 2


def test_an_export_is_waited_for_and_read_by_shards(cloud: Cloud, monkeypatch: Any) -> None:
    audit = Audit(cloud, monkeypatch, parent="organizations/33", export="gs://exports/nightly")
    assert audit.verdict("storage.bucket-not-public", "/open") == "fail"
    assert cloud.polls == 6 and len(cloud.objects) == 4
    assert audit.calls["objects.get", "get", "answered", ""] == 4


def test_a_shard_that_is_cut_off_is_read_again(cloud: Cloud, monkeypatch: Any) -> None:
    done: list[str] = []

    def fail(method: str, request: Any) -> None:
        if method == "storage" and "alt" not in request and request.endswith("shard-1") and not done:
            done.append(request)
            cloud.cut = 30

    cloud.fail = fail
    audit = Audit(cloud, monkeypatch, parent="organizations/33", export="gs://exports/nightly")
    assert done and audit.verdict("storage.versioning-enabled", "/open") == "fail"
    assert not audit.report.coverage.gaps and audit.source.collector.assets == 5


def test_an_audit_that_is_stopped_ends_with_what_is_known(cloud: Cloud, monkeypatch: Any, tmp_path: Path) -> None:
    audits: list[AuditSource] = []
    made = AuditSource.__init__

    def remember(self: AuditSource, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        audits.append(self)

    monkeypatch.setattr(AuditSource, "__init__", remember)
    cloud.fail = lambda method, request: audits[0].stop() if method == "list_assets" else None
    audit = Audit(cloud, monkeypatch, out=tmp_path / "x.gz", control="storage.bucket-not-public")
    assert audit.verdict("storage.bucket-not-public", "/orders") == "unknown"
    assert "interrupted" in {gap.code for gap in audit.report.coverage.gaps}
    assert Scan(Options(controls=["storage.bucket-not-public"], paths=[str(tmp_path / "x.gz")])).report().results == audit.report.results


def test_a_snapshot_that_is_cut_off_settles_nothing_that_it_lacks(cloud: Cloud, monkeypatch: Any, tmp_path: Path) -> None:
    out = tmp_path / "x.ndjson"
    Audit(cloud, monkeypatch, out=out)
    lines = out.read_bytes().splitlines(keepends=True)
    policies = next(at for at, line in enumerate(lines) if b'"iamPolicy"' in line)
    out.write_bytes(b"".join(lines[:policies]))
    report = Scan(Options(controls=["storage.bucket-not-public"], paths=[str(out)])).report()
    assert {result.verdict for result in report.results if result.resource.address.endswith("/orders")} == {"unknown"}
    assert [gap.code for gap in report.coverage.gaps] == ["incomplete_snapshot"]


def test_a_snapshot_gives_the_same_report(cloud: Cloud, monkeypatch: Any, tmp_path: Path) -> None:
    import msgspec

    out = tmp_path / "trade.snapshot"

    def fail(method: str, request: Any) -> None:
        if method == "get_effective_policy":
            raise Fail("PERMISSION_DENIED")

    cloud.fail = fail
    live = Audit(cloud, monkeypatch, out=out).report
    again = Scan(Options(controls=["storage.*"], paths=[str(out)])).report()
    assert msgspec.json.encode(live.results) == msgspec.json.encode(again.results)
    assert msgspec.json.encode(live.coverage.calls) == msgspec.json.encode(again.coverage.calls)
    assert [(gap.code, gap.reason) for gap in live.coverage.gaps] == [(gap.code, gap.reason) for gap in again.coverage.gaps]


def test_what_a_snapshot_was_not_asked_for_is_unknown(cloud: Cloud, monkeypatch: Any, tmp_path: Path) -> None:
    out = tmp_path / "x.gz"
    live = Audit(cloud, monkeypatch, out=out, control="storage.versioning-enabled").report
    report = Scan(Options(controls=["storage.versioning-enabled", "secrets.*"], paths=[str(out)])).report()
    assert [result for result in report.results if result.control.startswith("storage")] == live.results
    assert {result.verdict for result in report.results if result.control.startswith("secrets")} == {"unknown"}


def test_values_of_environment_variables_reach_no_file(monkeypatch: Any, tmp_path: Path) -> None:
    function = asset(
        "//cloudfunctions.googleapis.com/projects/trade/locations/eu/functions/f",
        "cloudfunctions.googleapis.com/Function",
        {"serviceConfig": {"environmentVariables": {"PASSWORD": "hunter2"}}, "env": [{"name": "A", "value": "hunter2"}]},
    )
    out = tmp_path / "x.ndjson"
    Audit(Cloud([PROJECT, function, bucket("b")], [own_policy()]), monkeypatch, out=out, control="*")
    assert b"hunter2" not in out.read_bytes() and b"PASSWORD" in out.read_bytes()


def test_what_the_inventory_does_not_have_is_not_asked_for_and_unknown(cloud: Cloud, monkeypatch: Any) -> None:
    audit = Audit(cloud, monkeypatch, control="messaging.schedules-enabled")
    asked = {type_ for method, request in cloud.requests if method == "list_assets" for type_ in request.asset_types}
    assert "pubsub.googleapis.com/Subscription" in asked and not any(type_.startswith("cloudscheduler") for type_ in asked)
    (result,) = audit.report.results
    assert result.verdict == "unknown" and result.resource.address.startswith("every cloudscheduler.googleapis.com/Job in ")
    assert not audit.report.coverage.gaps
