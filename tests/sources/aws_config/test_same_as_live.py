"""What AWS Config delivers gets the verdict that the account itself gets, or none where Config does not record what decides it."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.scanner import fixtures
from tests.scans import ROOT
from tests.sources.aws_config import forms

CONTROLS = ROOT / "fixtures" / "controls"
SETTLED = {
    "compute.background-cost-optimised",
    "compute.serverless-only",
    "compute.stateless",
    "data.encrypted-cmk",
    "data.not-public",
    "data.pitr-enabled",
    "data.replicated-multi-region",
    "iam.no-privilege-escalation",
    "iam.no-wildcard-privilege",
    "iam.trust-policy-scoped",
    "iam.users-through-groups",
    "keys.encryption-everywhere",
    "edge.certificate-validity",
    "edge.lb-https-only",
    "edge.tls-modern",
    "messaging.queue-encrypted-cmk",
    "network.compute-in-private-subnets",
    "network.compute-ingress-only-from-lb",
    "network.egress-through-nat",
    "network.ingress-https-only",
    "network.no-admin-ports-from-internet",
    "network.no-unrestricted-egress",
    "network.private-path-to-data",
    "network.subnets-truly-private",
    "observe.container-metrics",
    "storage.encrypted-cmk",
    "storage.lifecycle-archival",
    "storage.public-access-blocked",
    "storage.tls-only-policy",
    "storage.versioning-enabled",
    "supply.ci-oidc-scoped",
    "supply.image-immutable-and-pinned",
}
"""Controls of which Config records what decides them: among their cases are such that pass and such that fail."""


def recorded(case: Path) -> dict[str, Any]:
    lines = map(json.loads, case.read_text(encoding="utf-8").splitlines())
    return forms.snapshot(line for line in lines if line["record"] == "item")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str, str, str]]]:
    """Control to (case, address, verdict live, verdict by Config) of every case that passes or fails, and that Config has something of."""
    file = tmp_path_factory.mktemp("config") / "ConfigSnapshot.json"
    by_control: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for listed in sorted(CONTROLS.glob("*/*/expected.yaml")):
        control = f"{listed.parent.parent.name}.{listed.parent.name}"
        for name, expected in yaml.safe_load(listed.read_text(encoding="utf-8")).items():
            case = listed.parent / name
            if not name.startswith("aws/") or not case.is_file() or not (snapshot := recorded(case))["configurationItems"]:
                continue
            file.write_text(json.dumps(snapshot), encoding="utf-8")
            options = fixtures.configured(listed.parent, name)
            told = fixtures.verdicts(control, file, [], **options)
            assert not [address for address in told if address.startswith("(")], (control, name, told)
            by_control[control] += [(name, address, verdict, told.get(address, "unknown")) for address, verdict in expected.items()]
    return by_control


def test_no_verdict_differs(compared: dict[str, list[tuple[str, str, str, str]]]) -> None:
    decided = ("pass", "fail", "not_applicable")
    wrong = [(control, *case) for control, cases in compared.items() for case in cases if case[3] in decided and case[2] != case[3]]
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("control", sorted(SETTLED))
def test_what_config_records_is_settled(control: str, compared: dict[str, list[tuple[str, str, str, str]]]) -> None:
    assert {by_config for _, _, live, by_config in compared[control] if live == by_config} >= {"pass", "fail"}
