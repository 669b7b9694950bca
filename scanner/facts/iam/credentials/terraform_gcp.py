"""Keys of service accounts in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_service_account_key
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.credentials.google import KeyAt, key
from assay.scanner.facts.iam.credentials.kinds import StaticCredential

READERS = (
    Reader(
        StaticCredential,
        ("google_service_account_key",),
        key,
        KeyAt(account="service_account_id", type="", disabled="", ends=""),
        always=False,
    ),
)
