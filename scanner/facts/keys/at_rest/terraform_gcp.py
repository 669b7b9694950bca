"""What keeps data on Google Cloud, in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest
from assay.scanner.facts.keys.at_rest.stores import DevicesAt, SeveralAt, StoreAt, devices, several, store
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.spelling import Link


def _at(sort: str, key: str, **more: Any) -> StoreAt:
    return StoreAt(name=more.pop("name", "name"), sort=sort, key=crypto_key(key), **more)


def _supplied(key: str) -> str:
    """Where a key stands that the customer keeps, as it is or wrapped: https://cloud.google.com/compute/docs/disks/customer-supplied-encryption"""
    return f"{key}.raw_key|{key}.rsa_encrypted_key"


_DISK: dict[str, Any] = {"supplied": _supplied("disk_encryption_key")}
_TEMPLATE = DevicesAt(
    name="name|name_prefix",
    sort="instance template",
    parts=("disk",),
    part="device_name",
    noun="disk",
    first="disk",
    key=crypto_key("disk_encryption_key.kms_key_self_link"),
    without="source",
    scratch="type",
)
_LOG_BUCKET = _at("log bucket", "cmek_settings.kms_key_name", name="bucket_id")
STORES = {
    "google_artifact_registry_repository": _at("registry", "kms_key_name", name="repository_id"),
    "google_logging_project_bucket_config": _LOG_BUCKET,
    "google_logging_folder_bucket_config": _LOG_BUCKET,
    "google_logging_organization_bucket_config": _LOG_BUCKET,
    "google_cloud_run_v2_service": _at("service", "template.encryption_key"),
    "google_cloud_run_v2_job": _at("job", "template.template.encryption_key"),
    "google_cloudfunctions2_function": _at("function", "kms_key_name"),
    "google_cloudfunctions_function": _at("function", "kms_key_name"),
    "google_compute_disk": _at("disk", "disk_encryption_key.kms_key_self_link", **_DISK),
    "google_compute_region_disk": _at("disk", "disk_encryption_key.kms_key_name", **_DISK),
    "google_compute_snapshot": _at("snapshot", "snapshot_encryption_key.kms_key_self_link", supplied=_supplied("snapshot_encryption_key")),
    "google_compute_image": _at("image", "image_encryption_key.kms_key_self_link", supplied=_supplied("image_encryption_key")),
    # A clone keeps the key of what it is made from: https://cloud.google.com/sql/docs/postgres/cmek
    "google_sql_database_instance": _at(
        "database",
        "encryption_key_name",
        outside="instance_type",
        source=Link("clone.source_instance_name", ("google_sql_database_instance",)),
        own_source=crypto_key("encryption_key_name"),
        primary=Link("master_instance_name", ("google_sql_database_instance",), names=("name",)),
    ),
    "google_spanner_database": _at("database", "encryption_config.kms_key_name|encryption_config.kms_key_names"),
    "google_alloydb_cluster": _at("database cluster", "encryption_config.kms_key_name", name="cluster_id"),
    "google_bigquery_dataset": _at("dataset", "default_encryption_configuration.kms_key_name", name="dataset_id"),
    "google_filestore_instance": _at("file system", "kms_key_name"),
    "google_eventarc_channel": _at("event channel", "crypto_key_name"),
    # What its API keeps, secrets among it: https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets
    "google_container_cluster": _at("cluster", "database_encryption.key_name", on="database_encryption.state"),
    "google_container_node_pool": _at("node pool", "node_config.boot_disk_kms_key"),
    "google_dataproc_cluster": _at("cluster", "cluster_config.encryption_config.kms_key_name"),
    "google_composer_environment": _at("workflow environment", "config.encryption_config.kms_key_name"),
    "google_data_fusion_instance": _at("pipeline", "crypto_key_config.key_reference"),
    "google_dataflow_job": _at("job", "kms_key_name"),
    "google_dataflow_flex_template_job": _at("job", "kms_key_name"),
    **{
        f"google_vertex_ai_{of}": _at(sort, "encryption_spec.kms_key_name", name=name)
        for of, sort, name in (
            ("dataset", "dataset", "display_name"),
            ("endpoint", "model endpoint", "display_name"),
            ("featurestore", "feature store", "name"),
            ("index", "search index", "display_name"),
            ("tensorboard", "experiment store", "display_name"),
        )
    },
    "google_notebooks_instance": _at("notebook", "kms_key", on="disk_encryption"),
    "google_managed_kafka_cluster": _at("message broker", "gcp_config.kms_key", name="cluster_id"),
    "google_healthcare_dataset": _at("dataset", "encryption_spec.kms_key_name"),
    "google_document_ai_processor": _at("document processor", "kms_key_name", name="display_name"),
    "google_discovery_engine_data_store": _at("search index", "kms_key_name", name="data_store_id"),
    "google_dataform_repository": _at("source repository", "kms_key_name"),
    "google_secure_source_manager_instance": _at("source repository", "kms_key", name="instance_id"),
    "google_looker_instance": _at("reporting instance", "encryption_config.kms_key_name"),
    "google_apigee_instance": _at("API gateway", "disk_encryption_key_name"),
    "google_gke_backup_backup_plan": _at("backup plan", "backup_config.encryption_key.gcp_kms_encryption_key"),
    "google_compute_machine_image": _at("machine image", "machine_image_encryption_key.kms_key_name"),
    # The history of an execution has what goes in and comes out: https://cloud.google.com/workflows/docs/use-cmek
    "google_workflows_workflow": _at("workflow", "crypto_key_name"),
}
SEVERAL = {
    "google_workbench_instance": SeveralAt(
        name="name",
        stores=tuple(
            _at(f"{of} disk", f"gce_setup.{of}_disk{s}.kms_key", on=f"gce_setup.{of}_disk{s}.disk_encryption")
            for of, s in (("boot", ""), ("data", "s"))
        ),
    ),
}
DEVICES = {
    "google_bigtable_instance": DevicesAt(
        name="name", sort="database", parts=("cluster",), part="cluster_id", noun="cluster", key=crypto_key("kms_key_name")
    ),
    "google_compute_instance": DevicesAt(
        name="name",
        sort="instance",
        parts=("boot_disk",),
        part="device_name",
        noun="disk",
        first="boot disk",
        key=crypto_key("kms_key_self_link"),
        supplied="disk_encryption_key_raw|disk_encryption_key_rsa",
        without="source",
    ),
    "google_compute_instance_template": _TEMPLATE,
    "google_compute_region_instance_template": _TEMPLATE,
}
READERS = (
    *(Reader(DataAtRest, (type_,), several, at) for type_, at in SEVERAL.items()),
    *(Reader(DataAtRest, (type_,), store, at) for type_, at in STORES.items()),
    *(Reader(DataAtRest, (type_,), devices, at) for type_, at in DEVICES.items()),
)
