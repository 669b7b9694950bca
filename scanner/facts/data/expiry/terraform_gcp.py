"""Time to live of Firestore in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firestore_field"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.expiry.kinds import ExpiringStore
from assay.scanner.facts.data.expiry.ttl import FieldAt, field

READERS = (Reader(ExpiringStore, ("google_firestore_field",), field, FieldAt(name="collection", block="ttl_config")),)
