"""What keeps data on AWS, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest
from assay.scanner.facts.keys.at_rest.stores import DevicesAt, RegionKey, StoreAt, devices, store
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.spelling import Beside, Link

# What the account does with volumes that do not say: a setting of each region.
# https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
_VOLUMES: dict[str, Any] = {
    "region_on": Beside("aws_ebs_encryption_by_default", path="enabled"),
    "region_key": RegionKey(Beside("aws_ebs_default_kms_key"), terraform_key("key_arn")),
}


_RDS = ("aws_db_instance", "aws_rds_cluster")


def _at(sort: str, key: str, **more: Any) -> StoreAt:
    return StoreAt(name=more.pop("name", "name"), names=more.pop("names", ("id", "arn")), sort=sort, key=terraform_key(key), **more)


_PITR = "restore_to_point_in_time"
_CLUSTER = f"snapshot_identifier|{_PITR}.source_cluster_identifier|{_PITR}.source_cluster_resource_id"
"""What a cluster is restored from, whose key it keeps: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"""
_INSTANCE = "|".join(
    (
        "snapshot_identifier",
        *(f"{_PITR}.source_{name}" for name in ("db_instance_identifier", "dbi_resource_id", "db_instance_automated_backups_arn")),
    )
)


def _database(sort: str, name: str, source: str, *types: str, key: str = "kms_key_id") -> StoreAt:
    """`source`: what it is made from, a resource of `types` where that is in the code."""
    made_from: dict[str, Any] = {"source": Link(source, types), "own_source": terraform_key(key)}
    return _at(sort, key, name=name, names=("id", "arn", "identifier"), on="storage_encrypted", **made_from)


_FSX = _at("file system", "kms_key_id", name="tags.Name")
STORES = {
    "aws_cloudwatch_log_group": _at("log group", "kms_key_id"),
    "aws_ecr_repository": _at("registry", "encryption_configuration.kms_key", on="encryption_configuration.encryption_type"),
    # Without variables there is nothing that the key would encrypt: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    "aws_lambda_function": _at("function", "kms_key_arn", name="function_name", filled="environment.variables|environment"),
    # Copies of its image or its source: https://docs.aws.amazon.com/apprunner/latest/dg/security-data-protection-encryption.html
    "aws_apprunner_service": _at("service", "encryption_configuration.kms_key", name="service_name"),
    # https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html
    "aws_ebs_volume": _at(
        "volume",
        "kms_key_id",
        name="tags.Name",
        on="encrypted",
        source=Link("snapshot_id", ("aws_ebs_snapshot_copy",)),
        own_source=terraform_key("kms_key_id"),
        **_VOLUMES,
    ),
    "aws_ebs_snapshot_copy": _at("snapshot", "kms_key_id", name="tags.Name", on="encrypted", **_VOLUMES),
    "aws_efs_file_system": _at("file system", "kms_key_id", name="tags.Name|creation_token", on="encrypted"),
    "aws_backup_vault": _at("backup vault", "kms_key_arn"),
    "aws_cloudtrail": _at("trail", "kms_key_id"),
    "aws_ecs_cluster": _at("cluster", "configuration.managed_storage_configuration.fargate_ephemeral_storage_kms_key_id"),
    "aws_db_instance": _database("database", "identifier", f"replicate_source_db|{_INSTANCE}", *_RDS),
    "aws_rds_cluster": _database("database cluster", "cluster_identifier", f"replication_source_identifier|{_CLUSTER}", *_RDS),
    "aws_docdb_cluster": _database("document database", "cluster_identifier", _CLUSTER, "aws_docdb_cluster"),
    "aws_neptune_cluster": _database(
        "graph database",
        "cluster_identifier",
        f"replication_source_identifier|{_CLUSTER}",
        "aws_neptune_cluster",
        key="kms_key_arn",
    ),
    # Encrypted unless that is switched off: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html
    "aws_redshift_cluster": _at(
        "data warehouse",
        "kms_key_id",
        name="cluster_identifier",
        on="encrypted",
        on_unset=True,
        source=Link("snapshot_identifier|snapshot_arn", ("aws_redshift_cluster",)),
    ),
    "aws_redshiftserverless_namespace": _at("data warehouse", "kms_key_id", name="namespace_name"),
    "aws_opensearch_domain": _at("search domain", "encrypt_at_rest.kms_key_id", name="domain_name", on="encrypt_at_rest.enabled"),
    "aws_elasticsearch_domain": _at("search domain", "encrypt_at_rest.kms_key_id", name="domain_name", on="encrypt_at_rest.enabled"),
    # Of a data stream as the source, the stream keeps the data: https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
    "aws_kinesis_firehose_delivery_stream": _at(
        "delivery stream", "server_side_encryption.key_arn", on="server_side_encryption.enabled", empty="kinesis_source_configuration"
    ),
    "aws_docdbelastic_cluster": _at("document database", "kms_key_id"),
    "aws_fsx_lustre_file_system": _FSX,
    "aws_fsx_ontap_file_system": _FSX,
    "aws_fsx_openzfs_file_system": _FSX,
    "aws_fsx_windows_file_system": _FSX,
    "aws_keyspaces_table": _at("table", "encryption_specification.kms_key_identifier", name="table_name"),
    "aws_msk_cluster": _at("message broker", "encryption_info.encryption_at_rest_kms_key_arn", name="cluster_name"),
    "aws_mq_broker": _at("message broker", "encryption_options.kms_key_id", name="broker_name"),
    "aws_timestreamwrite_database": _at("database", "kms_key_id", name="database_name"),
    "aws_sagemaker_notebook_instance": _at("notebook", "kms_key_id"),
    "aws_codeartifact_domain": _at("registry", "encryption_key", name="domain"),
    # What its API keeps, secrets among it: https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
    "aws_eks_cluster": _at("cluster", "encryption_config.provider.key_arn"),
    "aws_mwaa_environment": _at("workflow environment", "kms_key"),
    "aws_sagemaker_domain": _at("studio domain", "kms_key_id", name="domain_name"),
    "aws_kinesis_video_stream": _at("video stream", "kms_key_id"),
    "aws_dms_replication_instance": _at("replication instance", "kms_key_arn", name="replication_instance_id"),
}
_VOLUME: dict[str, Any] = {"noun": "volume", "first": "root volume"}
_OWN: dict[str, Any] = {
    "parts": ("root_block_device", "ebs_block_device"),
    "part": "device_name",
    "on": "encrypted",
    "gone": "no_device",
    "source": Link("snapshot_id", ("aws_ebs_snapshot_copy",)),
    "own_source": terraform_key("kms_key_id"),
    "root": ("root volume", "volume /dev/xvda", "volume /dev/sda1"),
    **_VOLUME,
    **_VOLUMES,
}
_INSTANCE_OF = DevicesAt(name="tags.Name", sort="instance", key=terraform_key("kms_key_id"), template="launch_template", **_OWN)
DEVICES = {
    "aws_instance": _INSTANCE_OF,
    "aws_spot_instance_request": _INSTANCE_OF,
    # It names no key, so that its volumes have that of the region.
    "aws_launch_configuration": DevicesAt(name="name|name_prefix", sort="launch configuration", key=terraform_key(""), **_OWN),
    "aws_launch_template": DevicesAt(
        name="name|name_prefix",
        sort="launch template",
        parts=("block_device_mappings",),
        part="device_name",
        **_VOLUME,
        data="ebs",
        key=terraform_key("ebs.kms_key_id"),
        on="ebs.encrypted",
        source=Link("ebs.snapshot_id", ("aws_ebs_snapshot_copy",)),
        own_source=terraform_key("kms_key_id"),
        **_VOLUMES,
    ),
}
READERS = (
    *(Reader(DataAtRest, (type_,), store, at) for type_, at in STORES.items()),
    *(Reader(DataAtRest, (type_,), devices, at) for type_, at in DEVICES.items()),
)
