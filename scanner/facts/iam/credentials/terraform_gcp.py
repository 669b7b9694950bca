"""Keys of service accounts in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_service_account_key
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.credentials.google import HmacKeyAt, KeyAt, accounts, hmac_key, key
from assay.scanner.facts.iam.credentials.kinds import StaticCredential

_ACCOUNTS = accounts("google_service_account", "email")
READERS = (
    Reader(
        StaticCredential,
        ("google_service_account_key",),
        key,
        KeyAt(account="service_account_id", type="", disabled="", ends="", accounts=_ACCOUNTS),
        always=False,
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_hmac_key
    Reader(
        StaticCredential,
        ("google_storage_hmac_key",),
        hmac_key,
        HmacKeyAt(account="service_account_email", accounts=_ACCOUNTS),
        always=False,
    ),
)
