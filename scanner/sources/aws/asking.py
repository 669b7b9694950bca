"""One call at a time: made within its limits, and what became of it in one of four words."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import msgspec

from assay.scanner.sources.aws import tabular
from assay.scanner.sources.aws.calls import Call, Preparation
from assay.scanner.sources.aws.items import NOT_ENABLED, CallOutcome, walk
from assay.scanner.sources.aws.limits import RateLimits
from assay.scanner.sources.aws.session import Caller, Clients, acting
from assay.scanner.sources.coverage import CallCount
from assay.scanner.sources.pace import TokenBucket

THROTTLED = frozenset(
    [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "SlowDown",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "LimitExceededException", "EC2ThrottledException", "TransactionInProgressException",
    ]
)  # fmt: skip
"""https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"""
EXPIRED = frozenset(["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"])
_DENIED_STATUS = (401, 403)
_SILENT_AFTER = 2  # calls that got no answer at all from an endpoint, each after all its attempts


class Stopped(Exception):
    """The run is to end."""


class Refused(Exception):
    """A listing that was not answered."""

    def __init__(self, answer: CallOutcome) -> None:
        super().__init__(answer.code)
        self.answer = answer


class NoRole(Exception):
    """The role of an account could not be taken on, so that a call could not be signed."""

    def __init__(self, answer: CallOutcome) -> None:
        super().__init__(answer.code)
        self.answer = answer


class Account(msgspec.Struct, frozen=True):
    """An account that an audit goes through, and who calls it."""

    id: str
    """Its number, 12 digits."""
    name: str
    """As the organisation has it; empty where that was not asked."""
    acting: Caller
    """Whose credentials sign the calls."""
    caller: str
    """The ARN that the calls are made as."""
    partition: str = "aws"


class _Attempt(Caller):
    """Who acts for one call: waits for its turn before each attempt, and slows down when the answer asks for it."""

    def __init__(self, account: Account, bucket: TokenBucket, stop: threading.Event) -> None:
        super().__init__(account.acting.credentials)
        self.bucket, self.stop = bucket, stop

    def sending(self) -> None:
        if self.bucket.exhausted:
            raise botocore.exceptions.ClientError({"Error": {"Code": "Throttling"}}, "")
        delay = self.bucket.wait()
        if self.stop.is_set() or (delay and self.stop.wait(delay)):
            raise Stopped

    def retrying(self, code: str, status: int) -> None:
        if code in THROTTLED or status == 429:
            self.bucket.throttled()
        elif status:
            self.bucket.answered()


class Asker:
    """Makes the calls of a run, and keeps their ledger."""

    def __init__(self, clients: Clients, stop: threading.Event, limits: RateLimits | None = None) -> None:
        self.clients, self.stop, self.limits = clients, stop, limits or RateLimits()
        self.made = 0
        self._ledger: dict[str, dict[CallCount, int]] = {}
        self._unanswered: dict[tuple[str, str], int] = {}
        self._expired: set[str] = set()
        self._positions: dict[Call, _Position] = {}
        self._lock = threading.Lock()

    def ask(
        self, account: Account, region: str, call: Call, parameters: dict[str, Any], unit: str = "global", gone: tuple[str, ...] = ()
    ) -> CallOutcome:
        """The answer to one call at an endpoint of `region`, entered in the ledger under `unit`. Raises Stopped.

        `gone` are codes that say that what the call is about was deleted in the meantime, which is an answer (`absent`).
        """
        try:
            with acting(self._attempt(account, region, call)):
                data = plain(_as_entries(call, getattr(self._client(account, region, call), call.name)(**parameters)))
        except Stopped:
            raise
        except Exception as error:  # whatever a client raises is what became of this call
            answer = classify(error, call)
            return self._enter(account, region, call, CallOutcome("absent", code=answer.code) if answer.code in gone else answer, unit)
        malformed = not isinstance(data, dict) or (not call.may_be_empty and all(value == {} for value in data.values()))
        return self._enter(account, region, call, CallOutcome("failed", code=MALFORMED) if malformed else CallOutcome(data=data), unit)

    def pages(
        self, account: Account, region: str, call: Call, parameters: dict[str, Any], unit: str = "global", gone: tuple[str, ...] = ()
    ) -> Iterator[dict[str, Any]]:
        """The pages of a listing. Raises Stopped, and Refused where one is not answered, or what it is about is gone (see `ask`)."""
        try:
            carried = self._position(call, region)
        except Exception as error:  # a region that botocore does not take for one
            raise Refused(self._enter(account, region, call, classify(error, call), unit)) from None
        position: dict[str, Any] = {}
        earlier: list[dict[str, Any]] = []
        while True:
            answer = self.ask(account, region, call, {**parameters, **carried.size, **position}, unit, gone)
            if answer.outcome != "answered":
                raise Refused(answer)
            yield answer.data
            position = carried.following(answer.data)
            if not position:
                return
            if position in earlier:  # the same pages for ever
                raise Refused(self.spoil(account, call, MALFORMED, unit))
            earlier = [*earlier[-_TOKENS_KEPT:], position]

    def prepare(self, account: Account, region: str, wanted: Preparation, unit: str = "global") -> None:
        """Ask for something to be made, and wait until it is, for up to `_PATIENCE` seconds. Raises Stopped.

        What becomes of it the listing says, which may have been made before.
        """
        for seconds in _PATIENCE:
            answer = self.ask(account, region, wanted.call, {}, unit)
            if answer.outcome != "answered" or walk(answer.data, wanted.state) == wanted.made:
                return
            if self.stop.wait(seconds):
                raise Stopped

    def _position(self, call: Call, region: str) -> _Position:
        """How an operation gives its pages: botocore makes a paginator anew for each question, which costs as much as a small answer."""
        position = self._positions.get(call)
        if position is None:
            position = self._positions[call] = _position(self.clients.get(call.service, region), call)
        return position

    def _client(self, account: Account, region: str, call: Call) -> Any:
        if self._unanswered.get((call.service, region), 0) >= _SILENT_AFTER:
            raise botocore.exceptions.EndpointConnectionError(endpoint_url=f"{call.service} in {region}, which did not answer before")
        if account.id in self._expired:
            raise botocore.exceptions.ClientError({"Error": {"Code": "ExpiredToken"}}, call.operation)
        return self.clients.get(call.service, region)

    def _attempt(self, account: Account, region: str, call: Call) -> _Attempt:
        return _Attempt(account, self.limits.of(account.id, region, call.service, call.operation), self.stop)

    def _enter(self, account: Account, region: str, call: Call, answer: CallOutcome, unit: str) -> CallOutcome:
        outcome = answer.outcome if answer.outcome in ("denied", "failed") else "answered"
        answer.operation, answer.time = call.label, now()
        if outcome != "answered":
            answer.permission = call.permission
        code = answer.code if outcome != "answered" else ""
        key = CallCount(account.id, unit, call.service, call.operation, outcome, code, call.permission, 0)
        with self._lock:
            self.made += 1
            ledger = self._ledger.setdefault(account.id, {})
            ledger[key] = ledger.get(key, 0) + 1
            if answer.code in EXPIRED:
                self._expired.add(account.id)
            if answer.code == NO_ANSWER:
                self._unanswered[call.service, region] = self._unanswered.get((call.service, region), 0) + 1
            elif outcome == "answered":
                self._unanswered.pop((call.service, region), None)
        return answer

    def spoil(self, account: Account, call: Call, code: str, unit: str) -> CallOutcome:
        """An answer that cannot be used after all: it stands in the ledger as failed, no longer as answered."""
        answered = CallCount(account.id, unit, call.service, call.operation, "answered", "", call.permission, 0)
        failed = msgspec.structs.replace(answered, outcome="failed", code=code)
        with self._lock:
            ledger = self._ledger.setdefault(account.id, {})
            if ledger.get(answered, 0) > 1:
                ledger[answered] -= 1
            else:
                ledger.pop(answered, None)
            ledger[failed] = ledger.get(failed, 0) + 1
        return CallOutcome("failed", code=code, permission=call.permission, operation=call.label, time=now())

    def spare(self, account: Account, call: Call, unit: str) -> None:
        """Enter in the ledger that a call was not made, since the answer of an earlier snapshot is still so."""
        key = CallCount(account.id, unit, call.service, call.operation, "unchanged", "", call.permission, 0)
        with self._lock:
            ledger = self._ledger.setdefault(account.id, {})
            ledger[key] = ledger.get(key, 0) + 1

    def accounts(self) -> list[str]:
        """The accounts of which the ledger is not closed, sorted."""
        return sorted(self._ledger)

    def closed(self, account: str) -> list[CallCount]:
        """The calls to an account that is gone through, sorted by region, service, operation, outcome and code. They are told once."""
        with self._lock:
            entries = self._ledger.pop(account, {})
        self.limits.forget(account)
        calls = [msgspec.structs.replace(key, count=count) for key, count in entries.items()]
        return sorted(calls, key=lambda call: (call.region, call.service, call.operation, call.outcome, call.code))


_PATIENCE = (1, 2, 4, 8, 15, 30)
"""Seconds between questions whether a report is made."""
NO_ANSWER, MALFORMED = "NoAnswer", "MalformedAnswer"
_TOKENS_KEPT = 100  # of the positions in a listing, to see that it goes in a circle


def classify(error: Exception, call: Call) -> CallOutcome:
    """What an exception of a client says about its call."""
    if isinstance(error, NoRole):
        return CallOutcome("failed", code=f"{error.answer.operation} {error.answer.code}")
    if not isinstance(error, botocore.exceptions.ClientError):
        silent = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)
        return CallOutcome("failed", code=NO_ANSWER if isinstance(error, silent) else type(error).__name__)
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in call.absent:
        return CallOutcome("absent", code=code)
    if code in THROTTLED or code in EXPIRED or code in NOT_ENABLED:
        return CallOutcome("failed", code=code)
    if status in _DENIED_STATUS or "AccessDenied" in code or "Unauthorized" in code or code in ("403", "AuthorizationError"):
        return CallOutcome("denied", code=code or str(status))
    return CallOutcome("failed", code=code or str(status))


class _Position(msgspec.Struct, frozen=True):
    """How an operation gives its pages."""

    size: dict[str, int]
    """The parameter that asks for so many entries."""
    markers: tuple[tuple[str, str], ...]
    """Request parameters and the fields of an answer that carry the position."""
    more: str
    """The field that says whether there is more; some operations give a marker on the last page too. Empty where none does."""

    def following(self, page: dict[str, Any]) -> dict[str, Any]:
        """The parameters that ask for the next page; none where this was the last."""
        following = {parameter: position for parameter, field in self.markers if (position := walk(page, field))}
        return following if walk(page, self.more) is not False else {}


def _position(client: Any, call: Call) -> _Position:
    """From botocore's own description of the operation; `Call.marker` where it has none."""
    if not client.can_paginate(call.name):
        return _Position({}, (call.marker,) if call.marker else (), "")
    pagination = client.get_paginator(call.name)._pagination_cfg
    limit = pagination.get("limit_key")
    size = {limit: call.page_size} if limit and call.page_size else {}
    if call.marker:
        return _Position(size, (call.marker,), "")
    parameters, fields = pagination["input_token"], pagination["output_token"]
    if isinstance(parameters, str):
        parameters, fields = [parameters], [fields]
    markers = tuple((name, field.partition(" || ")[0].partition("[")[0]) for name, field in zip(parameters, fields, strict=True))
    return _Position(size, markers, str(pagination.get("more_results", "")))


def _as_entries(call: Call, answer: Any) -> Any:
    """An answer with the table in it as entries; as none where it is no such table, so that it is malformed."""
    if not call.table or not isinstance(answer, dict):
        return answer
    try:
        return {**answer, call.table: tabular.rows(answer[call.table])}
    except (KeyError, ValueError, AttributeError):
        return {}


def plain(data: Any) -> Any:
    """An answer as data that JSON can hold, without the transport's metadata. Bytes are left out."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items() if key != "ResponseMetadata"}
    if isinstance(data, list):
        return [plain(element) for element in data]
    if isinstance(data, datetime.datetime):
        return data.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    return data if isinstance(data, (str, int, float, bool, type(None))) else str(type(data).__name__)


def now() -> str:
    """The time in UTC as RFC 3339 has it, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
