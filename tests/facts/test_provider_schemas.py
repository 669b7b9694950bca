"""Whatever spellings name exists: a misspelt attribute would be absent in every input, which a meaning may take for the default."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.facts.catalogue import Reader, catalogue
from assay.scanner.facts.network.remote.google_api import CONTROL_PLANE
from assay.scanner.facts.spelling import Another, Beside, Fixed, Join, Link, Referrer, paths
from tests.facts.provider_schemas import Node, Schemas, cloudformation, google, terraform
from tests.test_asset_fixtures import SCHEMAS

PATH = re.compile(r"\w+(\[\])?(\.[\w-]+(\[\])?)*")
WORDS = {
    "bounds", "by", "collection", "features", "forms", "has_policy_for", "kept", "noun", "of_sets", "region", "service", "shape", "sort", "way",
    "watch", "word",
}  # fmt: skip
"""Fields of spellings that are words and tables of a meaning, and no places."""

EVERYWHERE = {"BASIC_AUTH", "PERSONAL_ACCESS_TOKEN", "OAUTH", "PARAMETER_STORE", "SECRETS_MANAGER", "OAuthToken", "PASSWORD", "client_secret", "private_key", "container", "awslogs",
              "noderangeproperties", "taskproperties", "ArnLike", "StringEquals", "CreateDate", "Status"}  # fmt: skip
"""Values, keys of maps and columns of reports that stand in fields with places; these may name what an input lacks."""
TERRAFORM = EVERYWHERE | {
    # Newer than the provider of the mirror.
    "auth_token_wo", "availability_mode", "consistency_mode", "filter", "image_tag_mutability_exclusion_filter", "jwt_validation.issuer",
    "primary_network_interface", "primary_network_interface[].network_interface_id", "private_key_wo", "name",
    # What types that share a spelling lack; aws_kms_external_key has the first.
    "key_spec", "advanced_security_options.anonymous_auth_enabled", "restore_to_point_in_time.source_cluster_identifier",
    "restore_to_point_in_time.source_cluster_resource_id", "identifier", "id", "bucket",
    # Of documents of AWS WAF, templates and parameters.
    "rules_json", "ARN", "Field", "EnvironmentVariables", "SecureString", "Name",
}  # fmt: skip
CLOUDFORMATION = EVERYWHERE | {
    "BucketName", "ClusterName", "Region", "PermissionsBoundary", "HealthCheckConfig.Disabled", "OverrideAction.Type", "containers",
}  # fmt: skip
"""What types that share a spelling lack, or the API alone has."""
GOOGLE = {
    # Older names, and those of a body of a creation, as Deployment Manager has it.
    "cluster.autopilot.enabled", "enableAutopilot", "cluster.monitoringConfig.componentConfig.enableComponents", "cluster.network",
    "cluster.subnetwork", "monitoringConfig.enableComponents", "nodeConfig.serviceAccount", "parent",
    "clusterAutoscaling.autoProvisioningDefaults.serviceAccount", "predefinedAcl", "predefinedDefaultObjectAcl", "extraStatements",
    "selfManaged.certificatePem", "serviceName", "cluster.databaseEncryption.keyName", "cluster.databaseEncryption.state",
    "nodePool.config.bootDiskKmsKey",
    # Names of Config Connector.
    "bootDisk", "disk", "condition.withState", "ddl", "instance", "routingPolicy.enableGeoFencing", "routingPolicy.primaryBackup.backupGeo",
    "routingPolicy.primaryBackup.primary", "rrdatasRefs", "metadataStartupScript", "secretData.value", "secretData.valueFrom", "secret_data",
    "selfManaged.certificatePem.value", "resourceID", "managedZone", "kmsKeyName", "serviceAccount",
    "backupConfig.encryptionKey.kmsKeyName", "config.encryptionConfig.gcePdKmsKey", "diskEncryptionKMSCryptoKey", "gcpConfig.kmsKeyName",
    "kmsCryptoKey", "nodeConfig.bootDiskKMSCryptoKey",
    # What types or versions that share a spelling lack.
    "metadata.name", "defaultUriDisabled", "ingress", "protocol", "state", "displayName", "spec.template.spec.containers",
    # Words.
    "backend", "cluster", "zone", "sink",
}  # fmt: skip


def named(data: Any) -> Iterator[str]:
    """The paths in a field of a spelling, as those of elements within it."""
    if isinstance(data, str):
        yield from (path for path in data.split("|") if PATH.fullmatch(path))
    elif isinstance(data, dict):
        yield from named(tuple(data.values()))
    elif isinstance(data, (tuple, list)):
        for element in data:
            yield from named(element)
    elif isinstance(data, Another):
        yield from named(data.spelling)
    elif isinstance(data, msgspec.Struct) and not isinstance(data, (Join, Fixed)):
        for name in data.__struct_fields__:
            if name not in WORDS:
                yield from named(getattr(data, name))


def missing(reader: Reader, schemas: Schemas) -> Iterator[tuple[str, str, str]]:
    """(field or join, type, path) of what no schema of the types has that a reader looks at."""
    own = [node for type_ in reader.types if (node := schemas(type_))]
    if not own:
        return  # outputs, parameters, and types of which no schema is published
    parts = [part for type_ in {*reader.types, *reader.joined} if (node := schemas(type_)) for part in node.within()]

    def unless(nodes: Iterable[Node], name: str, type_: str, paths_: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        yield from ((name, type_, path) for path in paths_ if not any(node.has(path) for node in nodes))

    for name in set(reader.spelling.__struct_fields__) - WORDS:
        places = [path for path in named(getattr(reader.spelling, name)) if schemas(path) is None]
        yield from unless([*own, *parts], name, reader.types[0], places)
    for join in reader.joins:
        if isinstance(join, Link):
            yield from unless([*own, *parts], "link", reader.types[0], paths(join.path))
            known = [node for type_ in join.types if (node := schemas(type_))]
            yield from unless(known, "names", ", ".join(join.types), join.names if known else ())
        elif isinstance(join, (Referrer, Beside)) and (node := schemas(join.type)):
            of_owner = join.owner if isinstance(join, Referrer) else join.account
            yield from unless([node], "join", join.type, (*paths(of_owner), *paths(join.path)))


def check(input_: str, schemas: Schemas, apart: AbstractSet[str]) -> None:
    """What is missing is what stands apart, each with its reason."""
    lacking = {attribute for reader in catalogue(input_).all_readers() for attribute in missing(reader, schemas)}
    assert sorted(attribute for attribute in lacking if attribute[2] not in apart) == []
    assert sorted(apart - {path for _, _, path in lacking}) == []


@pytest.mark.long
def test_terraform_of_aws(tmp_path: Path) -> None:
    check("terraform_aws", terraform(tmp_path), TERRAFORM)


def test_cloudformation() -> None:
    check("cloudformation", cloudformation, CLOUDFORMATION)


@functools.cache
def of_google(type_: str) -> Node | None:
    versions = [google(*place) for name, place in SCHEMAS.items() if name.partition(" ")[0] == type_]
    return Node({name: node for version in versions for name, node in version.below.items()}) if versions else None


def test_google() -> None:
    inside = {path for path in named(CONTROL_PLANE) if path.startswith("cluster.")}  # of the request, in Deployment Manager
    check("google_api", of_google, GOOGLE | inside)
