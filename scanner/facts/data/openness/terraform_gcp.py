"""Networks of databases and shared copies of Google Cloud, in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance
"""

from __future__ import annotations

from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.openness.google import NetworksAt, SharedAt, networks, shared
from assay.scanner.facts.data.openness.kinds import DataCopy
from assay.scanner.facts.spelling import Many

_INSTANCES = {
    "google_sql_database_instance": NetworksAt(
        name="name",
        address="settings.ip_configuration.ipv4_enabled",
        unset=True,
        networks="settings.ip_configuration.authorized_networks",
        range="value",
        ends="expiration_time",
        sort="instance_type",
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/alloydb_instance
    "google_alloydb_instance": NetworksAt(
        name="instance_id",
        address="network_config.enable_public_ip",
        unset=False,
        networks="network_config.authorized_external_networks",
        range="cidr_range",
    ),
}
_DATASET = SharedAt(
    name="dataset_id",
    names=("dataset_id", "id"),
    bindings=iam("google_bigquery_dataset_iam", "dataset_id") + iam("google_bigquery_table_iam", "dataset_id"),
    access=("access", Many("google_bigquery_dataset_access", "dataset_id")),
    group="special_group",
    member="iam_member",
    condition="condition.expression",
)
_SHARED = {
    "google_bigquery_dataset": _DATASET,
    "google_spanner_instance": SharedAt(name="name", names=("name", "id"), bindings=iam("google_spanner_instance_iam", "instance")),
    "google_spanner_database": SharedAt(name="name", names=("name", "id"), bindings=iam("google_spanner_database_iam", "database")),
    "google_bigtable_instance": SharedAt(
        name="name",
        names=("name", "id"),
        bindings=iam("google_bigtable_instance_iam", "instance") + iam("google_bigtable_table_iam", "instance_name|instance"),
    ),
    "google_compute_image": SharedAt(name="name", names=("name", "id"), bindings=iam("google_compute_image_iam", "image")),
    "google_compute_snapshot": SharedAt(name="name", names=("name", "id"), bindings=iam("google_compute_snapshot_iam", "name")),
    "google_compute_disk": SharedAt(name="name", names=("name", "id"), bindings=iam("google_compute_disk_iam", "name")),
}
READERS = (
    *(Reader(DataCopy, (type_,), networks, at, always=not at.sort) for type_, at in _INSTANCES.items()),
    *(Reader(DataCopy, (type_,), shared, at) for type_, at in _SHARED.items()),
)
