"""Asset exports among the fixtures are such as Google writes: every field is one that its discovery documents know.

The documents come with google-api-python-client, which only this test uses. https://developers.google.com/discovery/v1/reference/apis
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.results.model import VERDICTS, worst
from assay.scanner.rules import yaml_lines
from tests.scans import ROOT
from tests.test_fixtures import AWS_ALONE, GOOGLE_IN_CODE, NO_EXPORTS

discovery = pytest.importorskip("googleapiclient.discovery_cache")

FIXTURES = ROOT / "fixtures"
EXPORTS = sorted([*FIXTURES.glob("controls/*/*/assets/*.ndjson"), *FIXTURES.glob("trade_streamer/gcp/live/*.ndjson")])

SCHEMAS = {
    "aiplatform.googleapis.com/Dataset": ("aiplatform.v1", "GoogleCloudAiplatformV1Dataset"),
    "aiplatform.googleapis.com/Endpoint": ("aiplatform.v1", "GoogleCloudAiplatformV1Endpoint"),
    "aiplatform.googleapis.com/Featurestore": ("aiplatform.v1", "GoogleCloudAiplatformV1Featurestore"),
    "aiplatform.googleapis.com/Index": ("aiplatform.v1", "GoogleCloudAiplatformV1Index"),
    "aiplatform.googleapis.com/Tensorboard": ("aiplatform.v1", "GoogleCloudAiplatformV1Tensorboard"),
    "apigee.googleapis.com/Instance": ("apigee.v1", "GoogleCloudApigeeV1Instance"),
    "composer.googleapis.com/Environment": ("composer.v1", "Environment"),
    "compute.googleapis.com/MachineImage": ("compute.v1", "MachineImage"),
    "dataform.googleapis.com/Repository": ("dataform.v1", "Repository"),
    "datafusion.googleapis.com/Instance": ("datafusion.v1", "Instance"),
    "dataproc.googleapis.com/Cluster": ("dataproc.v1", "Cluster"),
    "gkebackup.googleapis.com/BackupPlan": ("gkebackup.v1", "BackupPlan"),
    "healthcare.googleapis.com/Dataset": ("healthcare.v1", "Dataset"),
    "managedkafka.googleapis.com/Cluster": ("managedkafka.v1", "Cluster"),
    "workflows.googleapis.com/Workflow": ("workflows.v1", "Workflow"),
    "alloydb.googleapis.com/Cluster": ("alloydb.v1", "Cluster"),
    "alloydb.googleapis.com/Instance": ("alloydb.v1", "Instance"),
    "apigateway.googleapis.com/ApiConfig": ("apigateway.v1", "ApigatewayApiConfig"),
    "bigquery.googleapis.com/Dataset": ("bigquery.v2", "Dataset"),
    "bigquery.googleapis.com/Table": ("bigquery.v2", "Table"),
    "bigtableadmin.googleapis.com/Cluster": ("bigtableadmin.v2", "Cluster"),
    "bigtableadmin.googleapis.com/Instance": ("bigtableadmin.v2", "Instance"),
    "bigtableadmin.googleapis.com/Table": ("bigtableadmin.v2", "Table"),
    "binaryauthorization.googleapis.com/Policy": ("binaryauthorization.v1", "Policy"),
    "compute.googleapis.com/Project": ("compute.v1", "Project"),
    "compute.googleapis.com/Disk": ("compute.v1", "Disk"),
    "compute.googleapis.com/Image": ("compute.v1", "Image"),
    "compute.googleapis.com/RegionDisk": ("compute.v1", "Disk"),
    "compute.googleapis.com/Snapshot": ("compute.v1", "Snapshot"),
    "firebaserules.googleapis.com/Release": ("firebaserules.v1", "Release"),
    "firebaserules.googleapis.com/Ruleset": ("firebaserules.v1", "Ruleset"),
    "cloudbuild.googleapis.com/BuildTrigger": ("cloudbuild.v1", "BuildTrigger"),
    "eventarc.googleapis.com/Channel": ("eventarc.v1", "Channel"),
    "file.googleapis.com/Instance": ("file.v1", "Instance"),
    "logging.googleapis.com/LogBucket": ("logging.v2", "LogBucket"),
    "logging.googleapis.com/LogMetric": ("logging.v2", "LogMetric"),
    "logging.googleapis.com/LogSink": ("logging.v2", "LogSink"),
    "memcache.googleapis.com/Instance": ("memcache.v1", "Instance"),
    "redis.googleapis.com/Cluster": ("redis.v1", "Cluster"),
    "redis.googleapis.com/Instance": ("redis.v1", "Instance"),
    "storage.googleapis.com/ManagedFolder": ("storage.v1", "ManagedFolder"),
    "spanner.googleapis.com/Database": ("spanner.v1", "Database"),
    "spanner.googleapis.com/Instance": ("spanner.v1", "Instance"),
    "sqladmin.googleapis.com/Instance": ("sqladmin.v1", "DatabaseInstance"),
    "artifactregistry.googleapis.com/Repository": ("artifactregistry.v1", "Repository"),
    "certificatemanager.googleapis.com/Certificate": ("certificatemanager.v1", "Certificate"),
    "cloudfunctions.googleapis.com/CloudFunction": ("cloudfunctions.v1", "CloudFunction"),
    "container.googleapis.com/Cluster": ("container.v1", "Cluster"),
    "container.googleapis.com/NodePool": ("container.v1", "NodePool"),
    "cloudfunctions.googleapis.com/Function": ("cloudfunctions.v2", "Function"),
    "cloudkms.googleapis.com/CryptoKey": ("cloudkms.v1", "CryptoKey"),
    "cloudkms.googleapis.com/CryptoKeyVersion": ("cloudkms.v1", "CryptoKeyVersion"),
    "cloudkms.googleapis.com/KeyRing": ("cloudkms.v1", "KeyRing"),
    "cloudresourcemanager.googleapis.com/Folder": ("cloudresourcemanager.v2", "Folder"),
    "cloudresourcemanager.googleapis.com/Organization": ("cloudresourcemanager.v1", "Organization"),
    "cloudresourcemanager.googleapis.com/Project": ("cloudresourcemanager.v1", "Project"),
    "cloudscheduler.googleapis.com/Job": ("cloudscheduler.v1", "Job"),
    "cloudtasks.googleapis.com/Queue": ("cloudtasks.v2", "Queue"),
    "compute.googleapis.com/BackendBucket": ("compute.v1", "BackendBucket"),
    "compute.googleapis.com/BackendService": ("compute.v1", "BackendService"),
    "compute.googleapis.com/Firewall": ("compute.v1", "Firewall"),
    "compute.googleapis.com/FirewallPolicy": ("compute.v1", "FirewallPolicy"),
    "compute.googleapis.com/Instance": ("compute.v1", "Instance"),
    "compute.googleapis.com/InstanceGroupManager": ("compute.v1", "InstanceGroupManager"),
    "compute.googleapis.com/RegionInstanceGroupManager": ("compute.v1", "InstanceGroupManager"),
    "compute.googleapis.com/InstanceTemplate": ("compute.v1", "InstanceTemplate"),
    "compute.googleapis.com/NetworkFirewallPolicy": ("compute.v1", "FirewallPolicy"),
    "compute.googleapis.com/ForwardingRule": ("compute.v1", "ForwardingRule"),
    "compute.googleapis.com/GlobalForwardingRule": ("compute.v1", "ForwardingRule"),
    "compute.googleapis.com/Network": ("compute.v1", "Network"),
    "compute.googleapis.com/NetworkEndpointGroup": ("compute.v1", "NetworkEndpointGroup"),
    "compute.googleapis.com/RegionBackendService": ("compute.v1", "BackendService"),
    "compute.googleapis.com/RegionNetworkFirewallPolicy": ("compute.v1", "FirewallPolicy"),
    "compute.googleapis.com/RegionSecurityPolicy": ("compute.v1", "SecurityPolicy"),
    "compute.googleapis.com/Router": ("compute.v1", "Router"),
    "compute.googleapis.com/SecurityPolicy": ("compute.v1", "SecurityPolicy"),
    "compute.googleapis.com/SslCertificate": ("compute.v1", "SslCertificate"),
    "compute.googleapis.com/SslPolicy": ("compute.v1", "SslPolicy"),
    "compute.googleapis.com/Subnetwork": ("compute.v1", "Subnetwork"),
    "compute.googleapis.com/TargetHttpProxy": ("compute.v1", "TargetHttpProxy"),
    "compute.googleapis.com/TargetHttpsProxy": ("compute.v1", "TargetHttpsProxy"),
    "compute.googleapis.com/TargetSslProxy": ("compute.v1", "TargetSslProxy"),
    "compute.googleapis.com/TargetTcpProxy": ("compute.v1", "TargetTcpProxy"),
    "compute.googleapis.com/UrlMap": ("compute.v1", "UrlMap"),
    "dns.googleapis.com/ManagedZone": ("dns.v1", "ManagedZone"),
    "dns.googleapis.com/Policy": ("dns.v1", "Policy"),
    "dns.googleapis.com/ResourceRecordSet": ("dns.v1", "ResourceRecordSet"),
    "compute.googleapis.com/PacketMirroring": ("compute.v1", "PacketMirroring"),
    "ids.googleapis.com/Endpoint": ("ids.v1", "Endpoint"),
    "eventarc.googleapis.com/Trigger": ("eventarc.v1", "Trigger"),
    "firestore.googleapis.com/Database": ("firestore.v1", "GoogleFirestoreAdminV1Database"),
    "iam.googleapis.com/Role": ("iam.v1", "Role"),
    "iam.googleapis.com/ServiceAccount": ("iam.v1", "ServiceAccount"),
    "securitycenter.googleapis.com/NotificationConfig": ("securitycenter.v1", "NotificationConfig"),
    "serviceusage.googleapis.com/Service": ("serviceusage.v1", "GoogleApiServiceusageV1Service"),
    "iam.googleapis.com/ServiceAccountKey": ("iam.v1", "ServiceAccountKey"),
    "iam.googleapis.com/WorkloadIdentityPool": ("iam.v1", "WorkloadIdentityPool"),
    "iam.googleapis.com/WorkloadIdentityPoolProvider": ("iam.v1", "WorkloadIdentityPoolProvider"),
    "identity.accesscontextmanager.googleapis.com/ServicePerimeter": ("accesscontextmanager.v1", "ServicePerimeter"),
    "identitytoolkit.googleapis.com/Config": ("identitytoolkit.v2", "GoogleCloudIdentitytoolkitAdminV2Config"),
    "monitoring.googleapis.com/AlertPolicy": ("monitoring.v3", "AlertPolicy"),
    "monitoring.googleapis.com/NotificationChannel": ("monitoring.v3", "NotificationChannel"),
    "networksecurity.googleapis.com/AddressGroup": ("networksecurity.v1", "AddressGroup"),
    "monitoring.googleapis.com/UptimeCheckConfig": ("monitoring.v3", "UptimeCheckConfig"),
    "networkmanagement.googleapis.com/VpcFlowLogsConfig": ("networkmanagement.v1", "VpcFlowLogsConfig"),
    "orgpolicy.googleapis.com/Policy": ("orgpolicy.v2", "GoogleCloudOrgpolicyV2Policy"),
    "parametermanager.googleapis.com/Parameter": ("parametermanager.v1", "Parameter"),
    "parametermanager.googleapis.com/ParameterVersion": ("parametermanager.v1", "ParameterVersion"),
    "iam.googleapis.com/DenyPolicy": ("iam.v2", "GoogleIamV2Policy"),  # no inventory has these: what an audit makes of them
    "pubsub.googleapis.com/Subscription": ("pubsub.v1", "Subscription"),
    "pubsub.googleapis.com/Topic": ("pubsub.v1", "Topic"),
    "run.googleapis.com/Job": ("run.v2", "GoogleCloudRunV2Job"),
    "run.googleapis.com/WorkerPool": ("run.v2", "GoogleCloudRunV2WorkerPool"),
    "run.googleapis.com/Service": ("run.v2", "GoogleCloudRunV2Service"),
    "run.googleapis.com/Service v1": ("run.v1", "Service"),
    "run.googleapis.com/Job v1": ("run.v1", "Job"),
    "secretmanager.googleapis.com/Secret": ("secretmanager.v1", "Secret"),
    "secretmanager.googleapis.com/SecretVersion": ("secretmanager.v1", "SecretVersion"),
    "storage.googleapis.com/Bucket": ("storage.v1", "Bucket"),
    "vpcaccess.googleapis.com/Connector": ("vpcaccess.v1", "Connector"),
}
UNDOCUMENTED = {"memorystore.googleapis.com/Instance"}
"""Types of APIs that are newer than the documents that come with the library."""
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


@functools.cache
def schemas(document: str) -> dict[str, Any]:
    path = Path(discovery.__file__).parent / "documents" / f"{document}.json"
    schemas: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["schemas"]
    return schemas


def problems(data: Any, schema: dict[str, Any], document: str, at: str) -> Iterator[str]:
    """What of some data the schema does not allow."""
    if "$ref" in schema:
        schema = schemas(document)[schema["$ref"]]
    kind = schema.get("type", "any")
    if kind == "any" or data is None:
        return
    # The inventory writes some 64-bit numbers as numbers, the API as text.
    accepted = TYPES[kind] + ((int, float) if schema.get("format") in ("int64", "uint64") else ())
    if not isinstance(data, accepted) or (isinstance(data, bool) and kind != "boolean"):
        yield f"{at}: {data!r} is no {kind}"
        return
    if "enum" in schema and data not in schema["enum"]:
        yield f"{at}: {data!r} is none of {schema['enum']}"
    if isinstance(data, list):
        for number, entry in enumerate(data):
            yield from problems(entry, schema["items"], document, f"{at}.{number}")
    elif isinstance(data, dict):
        for name, value in data.items():
            below = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if below is None:
                yield f"{at}.{name}: no such field"
            else:
                yield from problems(value, below, document, f"{at}.{name}")


def checked(asset: dict[str, Any]) -> Iterator[str]:
    outside = {**asset, "resource": {**asset["resource"], "data": {}}} if "resource" in asset else asset
    yield from problems(outside, {"$ref": "Asset"}, "cloudasset.v1", asset["name"])
    if "resource" in asset:
        of_version = f"{asset['assetType']} {asset['resource'].get('version')}"
        if asset["assetType"] in UNDOCUMENTED:
            return
        document, schema = SCHEMAS.get(of_version) or SCHEMAS[asset["assetType"]]
        yield from problems(asset["resource"]["data"], {"$ref": schema}, document, asset["name"])


@pytest.mark.parametrize("folder", sorted({path.parent for path in EXPORTS}), ids=lambda path: str(path.relative_to(FIXTURES)))
def test_every_field_is_one_of_the_api(folder: Path) -> None:
    problems = [
        f"{path.name}: {problem}"
        for path in sorted(folder.glob("*.ndjson"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for problem in checked(json.loads(line))
    ]
    assert problems == []


def test_what_the_api_does_not_know_is_found() -> None:
    data = {"name": "b", "versioning": {"enable": True}, "acl": [{"entity": 1}], "iamConfiguration": {"publicAccessPrevention": "enforced"}}
    asset = {"name": "//storage.googleapis.com/b", "assetType": "storage.googleapis.com/Bucket", "resource": {"data": data}, "labels": {}}
    assert [problem.rpartition("com/")[2] for problem in checked(asset)] == [
        "b.labels: no such field",
        "b.versioning.enable: no such field",
        "b.acl.0.entity: 1 is no string",
    ]


NOT_POSSIBLE = {
    ("iam/identity-per-service", "unknown"),
    ("supply/image-immutable-and-pinned", "unknown"),
    ("resilience/restore-tested", "pass"),
    ("resilience/restore-tested", "fail"),
}
"""Verdicts that exports cannot have: the inventory shows the account and the images of every service, and no service tests restores."""
CASES = {
    path.parent.relative_to(FIXTURES / "controls"): yaml_lines.load(path.read_text(encoding="utf-8"))[0]
    for path in sorted((FIXTURES / "controls").glob("*/*/expected.yaml"))
    if f"{path.parts[-3]}.{path.parts[-2]}" not in {**AWS_ALONE, **GOOGLE_IN_CODE, **NO_EXPORTS}
}


@pytest.mark.parametrize("control", CASES, ids=str)
def test_every_control_has_exports_that_say_their_verdict(control: Path) -> None:
    """By the names of the files, which are written apart from the expected verdicts."""
    listed = {
        name.removeprefix("assets/"): {verdict for address, verdict in case.items() if not address.startswith("(")}  # but for gaps
        for name, case in CASES[control].items()
        if name.startswith("assets/")
    }
    assert {path.name for path in (FIXTURES / "controls" / control / "assets").iterdir()} == listed.keys()
    for name, verdicts in listed.items():
        said = next(verdict for verdict in VERDICTS if name.startswith(f"gcp-{verdict.replace('_', '-')}"))
        assert said in verdicts <= {said, "pass", "not_applicable"}, name
    possible = {verdict for verdict in ("pass", "fail", "unknown") if (str(control), verdict) not in NOT_POSSIBLE}
    assert {verdict for verdicts in listed.values() for verdict in verdicts} >= possible


def test_cases_of_one_name_are_judged_alike() -> None:
    """A case in Terraform and the export of what it makes have the same name."""
    alike = 0
    for control, case in CASES.items():
        for name, expected in case.items():
            twin = case.get(name.replace("terraform/", "assets/") + ".ndjson")
            if twin is not None:
                alike += 1
                assert worst(twin.values()) == worst(expected.values()), f"{control} {name}"
    assert alike > 100
