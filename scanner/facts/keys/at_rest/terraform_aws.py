"""What keeps data on AWS, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest
from assay.scanner.facts.keys.at_rest.stores import DevicesAt, RegionKey, SeveralAt, StoreAt, devices, several, store
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
    "aws_kendra_index": _at("search index", "server_side_encryption_configuration.kms_key_id"),
    "aws_codecommit_repository": _at("source repository", "kms_key_id", name="repository_name"),
    "aws_customerprofiles_domain": _at("profile domain", "default_encryption_key", name="domain_name"),
    "aws_datazone_domain": _at("data catalogue", "kms_key_identifier"),
    "aws_dsql_cluster": _at("database cluster", "kms_encryption_key", name="tags.Name"),
    "aws_finspace_kx_environment": _at("time series database", "kms_key_id"),
    "aws_fsx_file_cache": _at("file cache", "kms_key_id", name="tags.Name"),
    "aws_location_tracker": _at("location tracker", "kms_key_id", name="tracker_name"),
    "aws_location_geofence_collection": _at("geofence collection", "kms_key_id", name="collection_name"),
    "aws_m2_environment": _at("mainframe environment", "kms_key_id"),
    "aws_m2_application": _at("mainframe application", "kms_key_id"),
    "aws_neptunegraph_graph": _at("graph database", "kms_key_identifier", name="graph_name"),
    "aws_prometheus_workspace": _at("metrics workspace", "kms_key_arn", name="alias"),
    "aws_qbusiness_application": _at("assistant", "encryption_configuration.kms_key_id", name="display_name"),
    "aws_s3tables_table_bucket": _at("table bucket", "encryption_configuration.kms_key_arn", on="encryption_configuration.sse_algorithm"),
    "aws_sagemaker_endpoint_configuration": _at("model endpoint", "kms_key_arn"),
    "aws_securitylake_data_lake": _at("data lake", "configuration.encryption_configuration.kms_key_id", name="tags.Name"),
    "aws_storagegateway_nfs_file_share": _at("file share", "kms_key_arn", name="file_share_name", on="kms_encrypted"),
    "aws_storagegateway_smb_file_share": _at("file share", "kms_key_arn", name="file_share_name", on="kms_encrypted"),
    "aws_storagegateway_cached_iscsi_volume": _at("volume", "kms_key", name="target_name", on="kms_encrypted"),
    "aws_storagegateway_stored_iscsi_volume": _at("volume", "kms_key", name="target_name", on="kms_encrypted"),
    "aws_cloudtrail_event_data_store": _at("event data store", "kms_key_id"),
    "aws_bedrock_custom_model": _at("model", "custom_model_kms_key_id", name="custom_model_name"),
    "aws_bedrockagent_agent": _at("agent", "customer_encryption_key_arn", name="agent_name"),
    "aws_glue_data_catalog_encryption_settings": _at(
        "data catalogue",
        "data_catalog_encryption_settings.encryption_at_rest.sse_aws_kms_key_id",
        name="catalog_id",
        on="data_catalog_encryption_settings.encryption_at_rest.catalog_encryption_mode",
    ),
    "aws_emr_studio": _at("studio", "encryption_key_arn"),
    "aws_osis_pipeline": _at("pipeline", "encryption_at_rest_options.kms_key_arn", name="pipeline_name"),
    "aws_dms_replication_config": _at("replication", "compute_config.kms_key_id", name="replication_config_identifier"),
    "aws_drs_replication_configuration_template": _at("replication", "ebs_encryption_key_arn", name="tags.Name", on="ebs_encryption"),
    # The history of an execution has what goes in and comes out: https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    "aws_sfn_state_machine": _at("state machine", "encryption_configuration.kms_key_id"),
}
SEVERAL = {
    "aws_workspaces_workspace": SeveralAt(
        name="tags.Name",
        stores=tuple(_at(f"{of} volume", "volume_encryption_key", on=f"{of}_volume_encryption_enabled") for of in ("root", "user")),
    ),
    "aws_sagemaker_feature_group": SeveralAt(
        name="feature_group_name",
        stores=(
            _at("online store", "online_store_config.security_config.kms_key_id", filled="online_store_config.enable_online_store"),
            _at("offline store", "offline_store_config.s3_storage_config.kms_key_id", filled="offline_store_config"),
        ),
    ),
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
    *(Reader(DataAtRest, (type_,), several, at) for type_, at in SEVERAL.items()),
    *(Reader(DataAtRest, (type_,), store, at) for type_, at in STORES.items()),
    *(Reader(DataAtRest, (type_,), devices, at) for type_, at in DEVICES.items()),
)
