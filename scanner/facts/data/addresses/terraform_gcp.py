"""Addresses of Cloud SQL in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.addresses.google import AddressAt, server
from assay.scanner.facts.data.addresses.kinds import DatabaseServer
from assay.scanner.facts.spelling import Link

_TYPE = "google_sql_database_instance"
_INSTANCE = AddressAt(
    name="name",
    names=("name", "id", "self_link"),
    sort="instance_type",
    public="settings.ip_configuration.ipv4_enabled",
    block="settings.ip_configuration",
    sources=(Link("master_instance_name", (_TYPE,)), Link("clone.source_instance_name", (_TYPE,))),
)
READERS = (Reader(DatabaseServer, (_TYPE,), server, _INSTANCE),)
