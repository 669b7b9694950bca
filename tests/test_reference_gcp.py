"""The reference deployment as an asset export says the same as its Terraform code."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from assay.scanner.results.model import Report
from assay.scanner.run import Options, Scan
from fixtures import forms, three
from tests.scans import ROOT

GOOGLE = ROOT / "fixtures" / "trade_streamer" / "gcp"
LIVE = GOOGLE / "live"
PER_BLOCK = (
    "accounts.iam-user-hygiene", "accounts.org-guardrails", "audit.api-trail-enabled", "audit.config-recording", "iam.duties-separated", "iam.no-privilege-escalation",
    "iam.no-wildcard-privilege", "iam.trust-policy-scoped", "observe.threat-detection-enabled",
)  # fmt: skip
"""Controls of which code has a resource for each block with bindings or a setting, and the live cloud one for each policy or project."""

NOT_EXPORTED = {
    ("secrets.no-plaintext-in-config", "projects/trade-streamer-prod/secrets/cdn-signing-key"): "values of secrets are in no export",
    ("secrets.no-plaintext-in-config", "initial"): "keys of signed addresses are in no export",
    **{
        ("secrets.no-plaintext-in-config", name): "what channels of notifications are given is left out of snapshots"
        for name in ("oncall", "trading-desk")
    },
    ("resilience.dns-health-failover", "orders.internal.trade-streamer.example."): "records of zones are not in the export",
    ("network.private-path-to-data", "connector-us-central1"): "an asset names the subnet of a connector without its region",
    ("network.private-path-to-data", "connector-us-east4"): "an asset names the subnet of a connector without its region",
    ("network.no-default-network", "trade-streamer-prod"): "whether a project was made with a network is in no asset",
    **{
        ("messaging.schedules-enabled", name): "the inventory has no jobs of Cloud Scheduler"
        for name in ("day-trade-scan", "snapshot-feed", "guardian")
    },
}
"""(control, name) of what the code alone shows."""


def report(path: Path, *controls: str) -> Report:
    return Scan(Options(paths=[str(path)], controls=list(controls), **three.OPTIONS)).report()


def verdicts(report: Report) -> dict[str, Counter[tuple[str, str]]]:
    """Control to its verdicts with the names of their resources; what is not judged need not be there."""
    by_control: dict[str, Counter[tuple[str, str]]] = {}
    for result in report.results:
        if result.verdict != "not_applicable":
            by_control.setdefault(result.control, Counter())[result.resource.name, result.verdict] += 1
    return by_control


@pytest.fixture(scope="module")
def live() -> Report:
    return report(LIVE)


def test_nothing_is_left_unread(live: Report) -> None:
    assert live.coverage.gaps == []
    assert (live.coverage.files.found, live.coverage.files.parsed, live.coverage.files.failed) == (4, 4, 0)
    blocks = live.coverage.blocks
    assert blocks.found == blocks.evaluated + blocks.unsupported > 100


def test_code_and_cloud_agree_control_by_control(live: Report) -> None:
    code, cloud = verdicts(report(GOOGLE / "terraform" / "environments" / "prod")), verdicts(live)
    declared = forms.declared("gcp_live")
    assert code.keys() - declared.keys() == cloud.keys() - declared.keys()
    for control, value in code.items():
        if control in declared:
            continue
        if control in PER_BLOCK:
            assert {verdict for _, verdict in value} == {verdict for _, verdict in cloud[control]}
        else:
            assert {item: value[item] for item in value if (control, item[0]) not in NOT_EXPORTED} == cloud[control], control


PREVENTION = (
    ("resources", '"publicAccessPrevention":"enforced"', '"publicAccessPrevention":"inherited"'),
    (
        "org-policies",
        '"constraints/storage.publicAccessPrevention","booleanPolicy":{"enforced":true}',
        '"constraints/storage.publicAccessPrevention","booleanPolicy":{}',
    ),
)
SUBJECT = (
    "iam-policies",
    "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/"
    "subject/repo:trade-streamer/trade-streamer:environment:prod",
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/*",
)
# What somebody changes by hand: (export, text, other text), and the control that sees it.
DRIFT = {
    "data.encrypted-cmk": [("resources", '"cmekConfig":', '"tags":')],
    "data.pitr-enabled": [("resources", "POINT_IN_TIME_RECOVERY_ENABLED", "POINT_IN_TIME_RECOVERY_DISABLED")],
    "data.replicated-multi-region": [("resources", '"locationId":"nam5"', '"locationId":"us-central1"')],
    "edge.lb-https-only": [("resources", '"httpsRedirect":true', '"httpsRedirect":false')],
    "edge.waf-attached": [("resources", '"securityPolicy":', '"description":')],
    "edge.waf-effective": [("resources", '"preview":false', '"preview":true')],
    "iam.no-wildcard-privilege": [("iam-policies", '"roles/datastore.viewer"', '"roles/viewer"')],
    "iam.trust-policy-scoped": [SUBJECT],
    "keys.rotation-and-policy": [("resources", '"state":"ENABLED"', '"state":"DESTROY_SCHEDULED"')],
    "network.ingress-https-only": [("resources", '"denied":', '"allowed":')],
    "secrets.encrypted-cmk": [("resources", '"customerManagedEncryption":', '"labels":')],
    "secrets.replicated-to-stack-regions": [("resources", '{"location":"us-east4"', '{"location":"us-west4"')],
    "secrets.resource-policy-not-public": [
        ("iam-policies", '"serviceAccount:secret-rotator@', '"allUsers","serviceAccount:secret-rotator@')
    ],
    "secrets.rotation-enabled": [("resources", '"createTime":"2026-11-04', '"createTime":"2026-06-04')],
    "storage.bucket-not-public": [*PREVENTION, ("iam-policies", '"group:cloud-storage-analytics@google.com"', '"allUsers"')],
    "storage.encrypted-cmk": [("resources", '"defaultKmsKeyName":', '"x":')],
    "storage.public-access-blocked": [*PREVENTION],
    "storage.uniform-access": [("resources", '"enabled":true,"lockedTime"', '"enabled":false,"lockedTime"')],
    "storage.versioning-enabled": [("resources", '"versioning":{"enabled":true}', '"versioning":{}')],
    "supply.ci-oidc-scoped": [("resources", '"attributeCondition":', '"description":'), SUBJECT],
}


@pytest.mark.parametrize("control", DRIFT)
def test_every_control_sees_what_changes_in_the_cloud(control: str, tmp_path: Path) -> None:
    for path in LIVE.glob("*.ndjson"):
        shutil.copy(path, tmp_path)
    for name, old, new in DRIFT[control]:
        path = tmp_path / f"{name}.ndjson"
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new), encoding="utf-8")
    assert "fail" in {result.verdict for result in report(tmp_path, control).results}


def test_drift_is_of_controls_that_exist(live: Report) -> None:
    """That the others fail where they should is proven by mutations of the code."""
    assert set(DRIFT) <= {control.id for control in live.controls}


def test_a_service_is_in_the_same_place_in_code_and_cloud(live: Report) -> None:
    """Resources of Google have a location where those of AWS have a region."""

    def places(report: Report) -> set[tuple[str, str | None]]:
        judged = [result.resource for result in report.results if result.control == "network.ingress-https-only"]
        return {(resource.name, resource.region) for resource in judged if "run" in resource.type.lower()}

    code = report(GOOGLE / "terraform" / "environments" / "prod", "network.ingress-https-only")
    assert places(code) == places(live) >= {("order-service", "us-central1"), ("order-service", "us-east4")}
