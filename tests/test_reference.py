"""The reference deployments hold every control, and nothing of them is left unread."""

from __future__ import annotations

import pytest

from assay.scanner.run import Options, Scan
from fixtures import forms, three
from fixtures.mutations import is_of_estate
from tests.scans import ROOT

REFERENCE = ROOT / "fixtures" / "trade_streamer"
ENVIRONMENTS = {"aws": ("dev", "organization", "prod", "staging"), "gcp": ("dev", "prod", "staging")}
UNKNOWN: set[tuple[str, str, str, str]] = {
    ("aws", environment, "access.user-network-allowlist", address)
    for environment in ("dev", "prod", "staging")
    for address in (
        "module.global.aws_cloudfront_distribution.app",
        "module.stack_primary.aws_lb.public",
        "module.stack_secondary.aws_lb.public",
    )
}
"""(cloud, environment, control, address) of what the code cannot show: of users on AWS nobody says from where they come."""
OTHER_CLOUD = {
    "aws": {
        "audit.all-logs-exported",
        "data.firestore-rules-closed",
        "iam.duties-separated",
        "data.no-public-address",
        "network.vpc-service-controls",
        "access.user-network-allowlist",
        "accounts.iam-user-hygiene",  # the deployment has no users of IAM
        "iam.users-through-groups",
        "accounts.org-guardrails",  # policies of the organisation are in its own environment
    },
    "gcp": {
        "audit.object-events-recorded",
        "compute.container-hardening",
        "storage.tls-only-policy",
        "accounts.no-root-access-keys",
        "accounts.root-mfa",
        "iam.users-through-groups",
        "keys.volumes-encrypted-by-default",
        "supply.deploy-least-privilege",
        "resilience.replication-lag",
    },
}
"""Controls of what a cloud does not have, or of which nothing is asked there."""
NOT_USED = {
    "data.cache-secured",
    "data.no-public-address",
    "data.not-public",
    "accounts.no-root-access-keys",
    "accounts.root-mfa",
}
"""Controls of what the deployment does without, or what no code shows."""
NOT_USED_IN = {"gcp": {"iam.no-static-credentials"}, "aws": set[str]()}
"""Of one cloud: Cloud Build runs as a service account, and signs in nowhere."""
VALIDATING = 2
"""Blocks of records that validate certificates: one record for each name, which AWS tells."""


@pytest.mark.parametrize(("cloud", "environment"), [(cloud, name) for cloud, names in ENVIRONMENTS.items() for name in names])
def test_an_environment_holds_every_control(cloud: str, environment: str) -> None:
    scan = Scan(
        Options(
            paths=[str(REFERENCE / cloud / "terraform" / "environments" / environment), str(REFERENCE / cloud / "repository")],
            **three.OPTIONS,
            allow_empty=environment == "organization",
        )
    )
    report = scan.report()
    bad = [
        (result.verdict, result.control, result.resource.address, result.message)
        for result in report.results
        if result.verdict in ("fail", "error")
    ]
    assert bad == []
    unknown = {(cloud, environment, result.control, result.resource.address) for result in report.results if result.verdict == "unknown"}
    assert unknown == {reason for reason in UNKNOWN if reason[:2] == (cloud, environment)}
    assert report.coverage.gaps == []
    assert report.coverage.files.failed == 0
    assert report.coverage.blocks.template == (VALIDATING if cloud == "aws" and environment != "organization" else 0)
    assert report.coverage.files.parsed == report.coverage.files.found > 5
    assert report.coverage.tree.unread == 0 and report.coverage.tree.judged > 3
    blocks = report.coverage.blocks
    assert blocks.found == blocks.evaluated + blocks.template + blocks.unsupported > 0
    if environment != "organization":
        assert report.summary.verdicts["pass"] > 100
        met = {result.control for result in report.results if result.verdict == "pass"}
        asked = {control.control.id for control in scan.selected if not is_of_estate(control.control.id)}  # test_reference_estate.py
        assert met == asked - OTHER_CLOUD[cloud] - NOT_USED - NOT_USED_IN[cloud]


@pytest.mark.parametrize("cloud", ENVIRONMENTS)
def test_all_environments_are_found_below_one_path(cloud: str) -> None:
    report = Scan(Options(paths=[str(REFERENCE / cloud / "terraform")], controls=["storage.*"])).report()
    roots = {result.resource.root.rpartition("/")[2] for result in report.results}
    assert roots == set(ENVIRONMENTS[cloud]) - {"organization"}
    assert report.coverage.gaps == []


def judged(*paths: str, code: str | None = None) -> dict[tuple[str, str], set[str]]:
    """(control, address) to its verdicts."""
    by_key: dict[tuple[str, str], set[str]] = {}
    for result in Scan(Options(paths=list(paths), code=code, **three.OPTIONS)):
        by_key.setdefault((result.control, result.resource.address), set()).add(result.verdict)
    return by_key


def settled(verdicts: dict[tuple[str, str], set[str]]) -> dict[tuple[str, str], set[str]]:
    """What is judged, without the controls that a plan is declared to leave open. How many records validate a certificate a plan alone knows."""
    left_open = forms.declared("plan")
    return {key: of_resource for key, of_resource in verdicts.items() if key[0] not in left_open and of_resource != {"not_applicable"}}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_code_and_plan_get_the_same_verdicts(environment: str) -> None:
    code = str(REFERENCE / "aws" / "terraform" / "environments" / environment)
    plan = str(REFERENCE / "aws" / "plan" / f"{environment}.json")
    from_code = settled(judged(code))
    assert settled(judged(plan, code=code)) == from_code
    # The policies of the user interface's buckets name the distribution, so that a plan does not have their text; their blocks decide.
    assert settled(judged(plan)) == from_code


def test_plans_are_found_by_their_content() -> None:
    report = Scan(Options(paths=[str(REFERENCE / "aws" / "plan")], controls=["storage.versioning-enabled"])).report()
    assert {result.resource.root.rpartition("/")[2] for result in report.results} == {"dev.json", "prod.json"}
