"""One call at a time: paced to the published quota, retried, and what became of it in the ledger."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import google.api_core.exceptions as errors
import google.auth.exceptions
import msgspec
from google.api_core.retry import Retry

from assay.scanner.sources.coverage import CallCount
from assay.scanner.sources.gcp.plan import Method
from assay.scanner.sources.live import CredentialsError
from assay.scanner.sources.pace import TokenBucket

# Calls a minute for each project: https://cloud.google.com/asset-inventory/docs/quota, https://cloud.google.com/resource-manager/quotas,
# https://cloud.google.com/iam/quotas
QUOTAS = {"ListAssets": 100, "SearchAllIamPolicies": 400, "ExportAssets": 60, "GetEffectivePolicy": 300, "ListPolicies": 5, "GetPolicy": 5}
_DEFAULT_QUOTA = 600
# The client library does not retry ResourceExhausted by itself, which is what the inventory answers beyond its quota.
RETRIED = (errors.ResourceExhausted, errors.TooManyRequests, errors.ServiceUnavailable, errors.DeadlineExceeded, errors.GatewayTimeout,
           errors.InternalServerError, errors.BadGateway, errors.Aborted)  # fmt: skip
_DENIED = (errors.Forbidden, errors.Unauthorized)
SECONDS_A_CALL = 120.0
_SILENCE = 60.0


class Stopped(Exception):
    """The run is to end."""


class Refusal(msgspec.Struct, frozen=True):
    """Why something was not answered."""

    outcome: str
    """`denied` or `failed`."""
    code: str
    reason: str
    settles_it: str
    operation: str
    time: str


class Refused(Exception):
    """A call was not answered in the end; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Waits(msgspec.Struct, frozen=True):
    """How long to wait, in seconds: `first` and `longest` between the attempts of a call, `together` for all of its attempts.

    https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets
    """

    first: float = 1.0
    longest: float = 32.0
    together: float = 600.0
    look: float = 2.0
    """Before the first look at an export; later ones are further apart."""


class Asker:
    """Makes the calls of a run."""

    def __init__(self, account: str, stop: threading.Event, waits: Waits | None = None, pace: float = 1.0) -> None:
        self.account, self.stop, self.made, self._answered = account, stop, 0, 0
        self.waits, self._pace = waits or Waits(), pace
        self._buckets: dict[str, TokenBucket] = {}
        self._ledger: dict[CallCount, int] = {}

    def ask(self, method: Method, call: Callable[..., Any], caller: str, **arguments: Any) -> Any:
        """The answer. Raises Refused where there is none in the end, Stopped, and CredentialsError."""
        bucket = self._bucket(method)

        def failing(error: Exception) -> None:
            if self.stop.is_set():
                raise Stopped
            if isinstance(error, (errors.ResourceExhausted, errors.TooManyRequests)):
                bucket.throttled()

        self.wait(bucket.wait())
        waits = self.waits
        retry = Retry(
            _may_pass,
            initial=waits.first,
            maximum=waits.longest,
            multiplier=2.0,
            timeout=self._patience(),
            on_error=failing,
        )
        try:
            answer = call(**arguments, retry=retry, timeout=SECONDS_A_CALL)
        except google.auth.exceptions.GoogleAuthError as error:
            if self._answered:  # they worked before: what is known stays
                raise self.refused(method, caller, errors.Unauthorized(str(error))) from error  # type: ignore[no-untyped-call]
            way = "run gcloud auth application-default login"
            raise CredentialsError(f"the credentials for Google Cloud do not work: {error}; {way}") from error
        except (Stopped, CredentialsError):
            raise
        except Exception as error:  # whatever a client raises is what became of this call
            raise self.refused(method, caller, error) from error
        bucket.answered()
        self._answered += 1
        self.count(method, "answered", "")
        return answer

    def _patience(self) -> float:
        """Seconds that all attempts of a call may take: fewer where nothing was ever answered, since there may be no network at all."""
        return self.waits.together if self._answered else min(self.waits.together, _SILENCE) / (1 + self.made)

    def wait(self, seconds: float) -> None:
        """Wait so many seconds. Raises Stopped where the run is to end meanwhile."""
        if self.stop.is_set() or (seconds and self.stop.wait(seconds)):
            raise Stopped

    def count(self, method: Method, outcome: str, code: str) -> None:
        """Enter one call in the ledger: `outcome` as in CallCount, `code` the canonical code of its error or empty."""
        key = CallCount(self.account, "global", method.service, method.name, outcome, code, method.permission, 0)
        self.made += 1
        self._ledger[key] = self._ledger.get(key, 0) + 1

    def ledger(self) -> list[CallCount]:
        """The calls that were made, sorted by service, operation, permission, outcome and code."""
        counts = [msgspec.structs.replace(key, count=count) for key, count in self._ledger.items()]
        return sorted(counts, key=lambda count: (count.service, count.operation, count.permission, count.outcome, count.code))

    def refused(self, method: Method, caller: str, error: Exception) -> Refused:
        """What is to be raised for a call that ended in `error`; enters the call in the ledger."""
        cause = error.cause if isinstance(error, errors.RetryError) and error.cause else error
        denied, code = isinstance(cause, _DENIED), code_of(cause)
        outcome = "denied" if denied else "failed"
        self.count(method, outcome, code)
        disabled = getattr(cause, "reason", None) == "SERVICE_DISABLED"
        way = f"grant {method.permission} ({', '.join(method.roles[:1])}) to {caller}" if denied else "run the audit again"
        if disabled:
            way = f"enable {method.service}.googleapis.com in the quota project"
        of = f" of {method.content} content" if method.content else ""
        return Refused(Refusal(outcome, code, f"{method.label}{of} {outcome} ({code})", way, method.label, now()))

    def _bucket(self, method: Method) -> TokenBucket:
        rate = QUOTAS.get(method.name, _DEFAULT_QUOTA) / 60 * self._pace
        return self._buckets.setdefault(method.label, TokenBucket(rate))


def _may_pass(error: Exception) -> bool:
    """Whether another attempt may be answered. Over REST, a connection that breaks is an error of the HTTP library, which is an OSError."""
    return isinstance(error, (*RETRIED, OSError)) and not isinstance(error, google.auth.exceptions.GoogleAuthError)


_CODES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED",
          429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}  # fmt: skip


def code_of(error: Exception) -> str:
    """The canonical code of an error, the same over gRPC and REST: https://grpc.github.io/grpc/core/md_doc_statuscodes.html"""
    named = getattr(getattr(error, "grpc_status_code", None), "name", None)
    status = getattr(error, "code", None)
    return str(named or _CODES.get(status or 0) or type(error).__name__)


def now() -> str:
    """The time in UTC as RFC 3339 has it, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
