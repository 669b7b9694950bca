"""The root user of the live account. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html"""

from __future__ import annotations

from assay.scanner.facts.accounts.listing import ACCOUNT, REPORT, SUMMARY
from assay.scanner.facts.accounts.root.aws import KeysAt, SummaryAt, root_keys, root_user
from assay.scanner.facts.accounts.root.kinds import RootKeys, RootUser
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside

_MAP = f"{SUMMARY.name}.SummaryMap"
_KEYS = f"{_MAP}.AccountAccessKeysPresent"
_REPORT = Beside(REPORT.type)

LISTINGS = (ACCOUNT,)
READERS = (
    Reader(
        RootUser,
        (ACCOUNT.type,),
        root_user,
        SummaryAt(mfa=f"{_MAP}.AccountMFAEnabled", password=f"{_MAP}.AccountPasswordPresent", keys=_KEYS, report=_REPORT),
    ),
    Reader(RootKeys, (ACCOUNT.type,), root_keys, KeysAt(keys=_KEYS, report=_REPORT)),
)
