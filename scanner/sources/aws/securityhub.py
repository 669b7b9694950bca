"""Sending findings to AWS Security Hub: who sends, what the hub has already, and what it refuses.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html. These are the only calls of Assay that change
something in an account, and nothing makes them but `assay push securityhub`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.sources.aws.asking import Account, Asker, Refused
from assay.scanner.sources.aws.calls import Call
from assay.scanner.sources.aws.items import CallOutcome
from assay.scanner.sources.aws.session import Clients, own_caller

_IDENTITY = Call("sts", "GetCallerIdentity")
EXISTING = Call("securityhub", "GetFindings", page_size=100, may_be_empty=True)
IMPORT = Call("securityhub", "BatchImportFindings")
_WAYS = {
    "denied": "grant {permission} on the hub",
    "InvalidAccessException": "enable Security Hub in this account and region: aws securityhub enable-security-hub",
    "ResourceNotFoundException": "enable Security Hub in this account and region: aws securityhub enable-security-hub",
    "NoAnswer": "check the region and the network",
}


class HubError(AssayError):
    """A hub that does not answer, or does not let us in: says what was asked and the way out."""


class Rejected(msgspec.Struct, frozen=True):
    """A finding that the hub did not take."""

    id: str
    code: str
    reason: str


class SecurityHub:
    """The hub of one account and region."""

    def __init__(self, region: str, profile: str | None = None) -> None:
        """Raises CredentialsError where there are no credentials, and HubError where they do not work."""
        caller, _ = own_caller(profile)
        self.region, self._asker = region, Asker(Clients(1, profile), threading.Event())
        self._account = Account("", "", caller, "")
        told = self._ask(_IDENTITY, {})
        self._account = msgspec.structs.replace(self._account, id=str(told.get("Account", "")), caller=str(told.get("Arn", "")))

    @property
    def account(self) -> str:
        """The number of the account that the credentials are of."""
        return self._account.id

    def existing(self, generator: str) -> Iterator[Mapping[str, Any]]:
        """The findings of generators whose names begin so, as the hub has them. Raises HubError."""
        filters = {
            "ProductArn": [{"Value": self._product(), "Comparison": "EQUALS"}],
            "GeneratorId": [{"Value": generator, "Comparison": "PREFIX"}],
        }
        try:
            for page in self._asker.pages(self._account, self.region, EXISTING, {"Filters": filters}):
                yield from (entry for entry in page.get("Findings", ()) if str(entry.get("GeneratorId", "")).startswith(generator))
        except Refused as refused:
            raise self._error(EXISTING, refused.answer) from None

    def send(self, findings: Sequence[Mapping[str, Any]]) -> list[Rejected]:
        """Send one request of findings, and give those that the hub did not take. What is throttled or breaks is tried again. Raises
        HubError: nothing of the request was taken then, as far as is known."""
        answer = self._ask(IMPORT, {"Findings": findings})
        failed = answer.get("FailedFindings") or []
        return [Rejected(str(failure.get("Id")), str(failure.get("ErrorCode")), str(failure.get("ErrorMessage"))) for failure in failed]

    def _product(self) -> str:
        partition = self._account.caller.split(":")[1] if self._account.caller.count(":") > 4 else "aws"
        return f"arn:{partition}:securityhub:{self.region}:{self.account}:product/{self.account}/default"

    def _ask(self, call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
        answer = self._asker.ask(self._account, self.region, call, parameters)
        if answer.outcome != "answered" or not isinstance(answer.data, dict):
            raise self._error(call, answer)
        return answer.data

    def _error(self, call: Call, answer: CallOutcome) -> HubError:
        way = _WAYS.get(answer.code) or _WAYS.get(answer.outcome) or "try again"
        if call is _IDENTITY and answer.code != "NoAnswer":
            way = "log in again, or name another --profile"
        return HubError(f"{call.label} in {self.region}: {answer.code}; {way.format(permission=call.permission)}")
