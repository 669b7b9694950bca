"""Time to live in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table#ttl"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.expiry.kinds import ExpiringStore
from assay.scanner.facts.data.expiry.ttl import TableAt, table

READERS = (Reader(ExpiringStore, ("aws_dynamodb_table",), table, TableAt(name="name", enabled="ttl.enabled")),)
