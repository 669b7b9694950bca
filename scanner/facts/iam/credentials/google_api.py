"""Keys of service accounts by their REST resource. https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.credentials.google import KeyAt, accounts, key
from assay.scanner.facts.iam.credentials.kinds import StaticCredential

_ACCOUNTS = accounts("iam.googleapis.com/ServiceAccount", "email", "uniqueId")
READERS = (Reader(StaticCredential, ("iam.googleapis.com/ServiceAccountKey",), key, KeyAt(accounts=_ACCOUNTS), always=False),)
