"""The cases of Deployment Manager and Config Connector: they say what their Terraform twins say, in fields that Google's APIs have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.results.model import worst
from assay.scanner.run import Scan
from assay.scanner.sources.deployment_manager.source import DeploymentManagerSource
from assay.scanner.sources.gcp.declared import Declared
from assay.scanner.sources.raw import Reference, Text, Unknown
from fixtures import forms, three
from fixtures.mutations import is_of_estate
from tests.scans import ROOT
from tests.test_asset_fixtures import SCHEMAS, problems
from tests.test_fixtures import AWS_ALONE, FIXTURES, GOOGLE_IN_CODE, NO_TEMPLATES, OF_FILES, expected
from tests.test_fixtures import CONTROLS as ALL

CONTROLS = [control for control in ALL if control not in {**AWS_ALONE, **GOOGLE_IN_CODE, **NO_TEMPLATES, **OF_FILES}]
INPUTS = ("deployment_manager", "config_connector")
REFERENCE = ROOT / "fixtures" / "trade_streamer" / "gcp"
# Verdicts that cannot occur, and why.
NOT_SHOWN = "these inputs have no field that says it, or no case says it yet"
NOT_POSSIBLE = {
    ("storage.order-history-append-only", "deployment_manager", "pass"): NOT_SHOWN,
    ("compute.background-cost-optimised", "deployment_manager", "unknown"): NOT_SHOWN,
    ("compute.background-cost-optimised", "config_connector", "unknown"): NOT_SHOWN,
    ("compute.background-isolated", "deployment_manager", "unknown"): NOT_SHOWN,
    ("compute.background-isolated", "config_connector", "unknown"): NOT_SHOWN,
    ("access.domain-allowlist", "deployment_manager", "pass"): NOT_SHOWN,
    ("access.domain-allowlist", "deployment_manager", "fail"): NOT_SHOWN,
    ("access.domain-allowlist", "config_connector", "pass"): NOT_SHOWN,
    ("access.domain-allowlist", "config_connector", "fail"): NOT_SHOWN,
    ("access.mfa-required", "deployment_manager", "pass"): NOT_SHOWN,
    ("access.mfa-required", "deployment_manager", "fail"): NOT_SHOWN,
    ("access.mfa-required", "config_connector", "pass"): NOT_SHOWN,
    ("access.mfa-required", "config_connector", "fail"): NOT_SHOWN,
    ("data.not-public", "config_connector", "unknown"): NOT_SHOWN,
    ("data.deletion-protection", "config_connector", "unknown"): NOT_SHOWN,
    ("network.compute-ingress-only-from-lb", "config_connector", "unknown"): NOT_SHOWN,
    ("network.egress-provider-ranges", "config_connector", "unknown"): NOT_SHOWN,
    ("network.egress-through-nat", "deployment_manager", "unknown"): NOT_SHOWN,
    ("network.flow-logs", "config_connector", "unknown"): NOT_SHOWN,
    ("network.no-default-network", "config_connector", "unknown"): NOT_SHOWN,
    ("network.no-unrestricted-egress", "config_connector", "unknown"): NOT_SHOWN,
    ("network.private-path-to-data", "config_connector", "unknown"): NOT_SHOWN,
    ("network.service-to-service-by-identity", "config_connector", "unknown"): NOT_SHOWN,
    ("network.subnets-truly-private", "deployment_manager", "unknown"): NOT_SHOWN,
    ("network.subnets-truly-private", "config_connector", "unknown"): NOT_SHOWN,
    ("resilience.dns-health-failover", "config_connector", "unknown"): NOT_SHOWN,
    ("storage.bucket-lock", "deployment_manager", "pass"): "a template cannot lock a retention policy",
    ("accounts.iam-user-hygiene", "config_connector", "unknown"): NOT_SHOWN,
    **{
        ("audit.config-recording", input_, verdict): "a service that is enabled is on"
        for input_ in INPUTS
        for verdict in ("fail", "unknown")
    },
    ("supply.image-immutable-and-pinned", "config_connector", "unknown"): "a manifest writes its images out",
    ("supply.images-signed-and-verified", "deployment_manager", "pass"): "it has no type for policies of Binary Authorization",
    **{
        ("secrets.config-store-holds-no-secrets", "deployment_manager", verdict): "it has no type of parameters"
        for verdict in ("pass", "fail", "unknown")
    },
    **{
        ("observe.threat-detection-enabled", "deployment_manager", verdict): "it has no type for endpoints of Cloud IDS"
        for verdict in ("pass", "fail", "unknown")
    },
    ("observe.threat-detection-enabled", "config_connector", "pass"): "a mirroring names its collector by an address",
    **{
        ("resilience.restore-tested", input_, verdict): "no service of Google tests restores"
        for input_ in INPUTS
        for verdict in ("pass", "fail")
    },
    ("supply.registry-private", "config_connector", "unknown"): "a manifest writes members out, or names an account",
    **{
        ("observe.tracing-enabled", input_, "fail"): "what is not enabled here, or nobody may write to, other code may enable and bind"
        for input_ in INPUTS
    },
    ("audit.api-trail-enabled", "deployment_manager", "pass"): "a template cannot set audit logs",
    ("audit.api-trail-enabled", "deployment_manager", "fail"): "a template cannot set audit logs",
    **{
        ("iam.no-static-credentials", input_, verdict): "a key that is made is active"
        for input_ in INPUTS
        for verdict in ("pass", "unknown")
        if (input_, verdict) != ("config_connector", "pass")  # of an account that is disabled
    },
}
NO_TWINS = {
    ("supply.images-signed-and-verified", "deployment_manager"),
    ("secrets.config-store-holds-no-secrets", "deployment_manager"),
    ("observe.threat-detection-enabled", "deployment_manager"),
}
"""Cases are of a type that Terraform spells in another way, or there is none."""
PARAMETERS = {
    "sink", "parent", "project", "secretId", "keyRingId", "cryptoKeyId", "databaseId", "accountId", "roleId", "workloadIdentityPoolId",
    "workloadIdentityPoolProviderId", "topic", "subscription", "predefinedAcl", "predefinedDefaultObjectAcl", "function", "bucketId", "instanceId", "functionId",
    "triggerId", "serviceId", "consumerId", "serviceName",
}  # fmt: skip
"""Of the request that creates a resource."""


def cases(control: str, input_: str) -> dict[str, dict[str, str]]:
    by_key = {Path(name): verdicts for name, verdicts in expected(control).items()}
    return {name.with_suffix("").name: verdicts for name, verdicts in by_key.items() if name.parts[0] == input_}


@pytest.mark.parametrize("input_", INPUTS)
@pytest.mark.parametrize("control", CONTROLS)
def test_every_control_is_shown_to_pass_fail_and_not_know(control: str, input_: str) -> None:
    input_cases = cases(control, input_)
    seen = {verdict for verdicts in input_cases.values() for verdict in verdicts.values()}
    assert {text for text in {"pass", "fail", "unknown"} - seen if (control, input_, text) not in NOT_POSSIBLE} == set()
    assert not {entry for entry in seen if (control, input_, entry) in NOT_POSSIBLE}, "it can occur after all"
    for name, verdicts in input_cases.items():
        wanted = name.removeprefix("gcp-").replace("not-applicable", "not_applicable").split("-")[0]
        assert wanted in verdicts.values(), name
    here = {path.with_suffix("").name for path in (FIXTURES / control.replace(".", "/", 1) / input_).glob("*")}
    assert here == set(input_cases)


@pytest.mark.parametrize("input_", INPUTS)
@pytest.mark.parametrize("control", CONTROLS)
def test_twins_have_the_same_verdict(control: str, input_: str) -> None:
    input_cases, terraform = cases(control, input_), cases(control, "terraform")
    twins = input_cases.keys() & terraform.keys()
    assert twins or (control, input_) in NO_TWINS
    # A case may have another resource beside the one that it is about.
    assert {name: worst(input_cases[name].values()) for name in twins} == {name: worst(terraform[name].values()) for name in twins}


def plain(data: Any) -> Any:
    """Data with text in the place of references; what is not known is left out."""
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items() if not isinstance(value, Unknown)}
    if isinstance(data, list):
        return [plain(entry) for entry in data if not isinstance(entry, Unknown)]
    return str(data) if isinstance(data, (Reference, Text)) else data


def test_configurations_have_fields_of_the_api() -> None:
    paths = sorted(path for path in FIXTURES.glob("*/*/deployment_manager/**/*") if path.suffix in (".yaml", ".jinja"))
    entries: list[str] = []
    checked = 0
    for path in paths:
        for collection in DeploymentManagerSource([str(path)], {str(path)}, Options()).collect():
            for item in collection.items:
                if (
                    not isinstance(item, Declared)
                    or item.type not in SCHEMAS
                    or "iamMemberBinding" in item.address
                    or "setIamPolicy" in item.address
                    or "run-v1" in item.address  # Knative's shape; the document here is that of v2
                ):
                    continue
                document, schema = SCHEMAS[item.type]
                body = {
                    name: value
                    for name, value in plain(item.data).items()
                    if name not in PARAMETERS or name in ("topic",) and "Subscription" in item.type
                }
                entries += [
                    f"{path.name}: {problem}"
                    for problem in problems(body, {"$ref": schema}, document, item.address)
                    if "'true' is no boolean" not in problem
                ]
                checked += 1
    assert entries == []
    assert checked > 150


@pytest.mark.parametrize("path", ["deployment_manager/prod.yaml", "deployment_manager/dev.yaml", "config_connector/prod"])
def test_the_reference_deployment_holds_every_control(path: str) -> None:
    scan = Scan(Options(paths=[str(REFERENCE / path)], **three.OPTIONS))
    report = scan.report()
    form = forms.declared(path.partition("/")[0])
    unknown = {control for control, entry in form.items() if "unknown" in entry}
    bad = [
        (result.verdict, result.control, result.resource.address)
        for result in report.results
        if result.verdict not in ("pass", "not_applicable")
    ]
    assert [told for told in bad if told[0] != "unknown" or told[1] not in unknown] == []
    assert report.coverage.gaps == []
    blocks = report.coverage.blocks
    assert blocks.found == blocks.evaluated + blocks.unsupported > 50
    met = {result.control for result in report.results if result.verdict == "pass"}
    assert met >= {
        control.control.id for control in scan.selected if control.control.id not in form and not is_of_estate(control.control.id)
    }
