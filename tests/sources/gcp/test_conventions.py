"""Types that no table has and that a reader wants are found by how Google names them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assay.scanner.options import Options
from assay.scanner.sources.config_connector.source import ConfigConnectorSource
from assay.scanner.sources.deployment_manager.source import DeploymentManagerSource
from assay.scanner.sources.gcp.conventions import asset_type, plural, singular
from assay.scanner.sources.interface import Item, Source, Wanted
from tests.scans import write

REDIS = "redis.googleapis.com/Instance"


@pytest.mark.parametrize(
    ("noun", "collection"),
    [
        ("instance", "instances"), ("policy", "policies"), ("targetHttpProxy", "targetHttpProxies"), ("address", "addresses"),
        ("cryptoKey", "cryptoKeys"), ("gateway", "gateways"), ("database", "databases"), ("queue", "queues"), ("index", "indexes"),
        ("repository", "repositories"), ("sink", "sinks"), ("service", "services"), ("bucket", "buckets"),
    ],
)  # fmt: skip
def test_nouns_and_collections(noun: str, collection: str) -> None:
    assert plural(noun) == collection
    assert singular(collection) == noun


def test_asset_types() -> None:
    assert asset_type("compute", "targetHttpProxy") == "compute.googleapis.com/TargetHttpProxy"


def items(source: Source, wanted: frozenset[str]) -> list[Item]:
    return [item for collection in source.collect(Wanted(wanted)) for item in collection.items]


@pytest.mark.parametrize("type_", ["gcp-types/redis-v1:projects.locations.instances", "redis.v1.instance"])
def test_a_type_of_deployment_manager(type_: str, tmp_path: Path) -> None:
    properties = {"parent": "projects/p/locations/us-east4", "instanceId": "orders", "transitEncryptionMode": "DISABLED"}
    content = {"resources": [{"name": "cache", "type": type_, "properties": properties}]}
    path = str(write(tmp_path, {"d.yaml": json.dumps(content)}) / "d.yaml")
    (item,) = items(DeploymentManagerSource([path], {path}, Options()), frozenset({REDIS}))
    assert item.type == REDIS
    assert item["transitEncryptionMode"].data == "DISABLED"
    (other,) = items(DeploymentManagerSource([path], {path}, Options()), frozenset())
    assert other.type == type_


@pytest.mark.parametrize(
    ("spec", "full"), [({"region": "us-east4", "location": "us-east4"}, "projects/p/locations/us-east4"), ({}, "projects/p")]
)
def test_a_kind_of_config_connector(spec: dict[str, str], full: str, tmp_path: Path) -> None:
    manifest = {
        "apiVersion": "redis.cnrm.cloud.google.com/v1beta1",
        "kind": "RedisInstance",
        "metadata": {"name": "orders", "annotations": {"cnrm.cloud.google.com/project-id": "p"}},
        "spec": {**spec, "transitEncryptionMode": "DISABLED"},
    }
    path = str(write(tmp_path, {"m.yaml": json.dumps(manifest)}) / "m.yaml")
    (item,) = items(ConfigConnectorSource([path], {path}, Options()), frozenset({REDIS}))
    assert item.type == REDIS
    assert item.full == f"//redis.googleapis.com/{full}/instances/orders"  # type: ignore[attr-defined]
    assert item["transitEncryptionMode"].data == "DISABLED"
    (other,) = items(ConfigConnectorSource([path], {path}, Options()), frozenset())
    assert other.type == "RedisInstance (Config Connector)"
