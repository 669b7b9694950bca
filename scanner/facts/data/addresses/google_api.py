"""Addresses of Cloud SQL by its REST resource. https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.addresses.google import AddressAt, server
from assay.scanner.facts.data.addresses.kinds import DatabaseServer
from assay.scanner.facts.spelling import Link

_TYPE = "sqladmin.googleapis.com/Instance"
_INSTANCE = AddressAt(
    sort="instanceType",
    public="settings.ipConfiguration.ipv4Enabled",
    addresses="ipAddresses",
    sources=(Link("masterInstanceName", (_TYPE,)),),
)
READERS = (Reader(DatabaseServer, (_TYPE,), server, _INSTANCE),)
