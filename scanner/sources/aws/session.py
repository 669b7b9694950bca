"""boto3: the only module that imports it. Credentials for each account, and clients that all accounts share.

A client costs 10 ms of CPU, so that there is one for each service and region; whose credentials sign a request is decided by `acting()`.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.session

from assay.scanner import __version__
from assay.scanner.sources.live import CredentialsError

_PAGE = "see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html"
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 30, 5
_acting: contextvars.ContextVar[Any] = contextvars.ContextVar("account whose calls these are")


@contextlib.contextmanager
def acting(caller: Caller) -> Iterator[None]:
    """Within it, calls are signed with `caller.credentials`; `caller.sending` and `caller.retrying` are called for each attempt."""
    token = _acting.set(caller)
    try:
        yield
    finally:
        _acting.reset(token)


class _ActingCredentials:
    """Credentials and their provider in botocore's sense: those of whoever is acting."""

    method = "assay"

    def get_frozen_credentials(self) -> Any:
        return _acting.get().credentials.get_frozen_credentials()

    def get_deferred_property(self, name: str) -> Any:
        return lambda: getattr(self.get_frozen_credentials(), name, None)

    def load_credentials(self) -> _ActingCredentials:
        return self


class Clients:
    """One client for each service and region."""

    def __init__(self, connections: int, profile: str | None = None) -> None:
        own = _session(profile)
        own.register_component("credential_provider", _ActingCredentials())
        self._session = boto3.session.Session(botocore_session=own)
        self._config = client_config(connections)
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str) -> Any:
        """The client of a service for a region, made when it is first asked for."""
        client = self._clients.get((service, region))
        if client is None:
            with self._lock:  # the session is not thread-safe
                client = self._clients.get((service, region))
                if client is None:
                    client = self._clients[service, region] = self._make(service, region)
        return client

    def _make(self, service: str, region: str) -> Any:
        client = self._session.client(service, region_name=region, config=self._config)
        events = client.meta.events
        events.register("before-send", _before_send)
        events.register(f"needs-retry.{client.meta.service_model.service_id.hyphenize()}", _needs_retry)
        return client


def client_config(connections: int) -> Any:
    """The configuration of every client. `connections` is how many threads call at once."""
    # `legacy` retries throttled and broken answers with exponential back-off for each request by itself; the other modes share a quota of
    # retries between all requests of a client, by which one account's throttling would cost another's answers.
    return botocore.config.Config(
        retries={"mode": "legacy", "max_attempts": ATTEMPTS - 1},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=connections,
        parameter_validation=False,
        account_id_endpoint_mode="disabled",
        user_agent_extra=f"assay/{__version__}",
    )


def _before_send(request: Any, **_: Any) -> None:
    _local_endpoint(request)
    _acting.get().sending()


def _needs_retry(response: Any, **_: Any) -> None:
    code = response[1].get("Error", {}).get("Code", "") if response is not None else ""
    _acting.get().retrying(code, response[0].status_code if response is not None else 0)


def _local_endpoint(request: Any) -> None:
    """Some operations put the account before the host's name, which no server on this machine has."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if "//127.0.0.1" in endpoint or "//localhost" in endpoint:
        scheme, _, rest = request.url.partition("://")
        host, slash, path = rest.partition("/")
        own = endpoint.partition("://")[2].rstrip("/")
        if host != own and host.endswith("." + own):
            request.url = f"{scheme}://{own}{slash}{path}"


class Caller:
    """Whose credentials sign the calls of one account."""

    def __init__(self, credentials: Any) -> None:
        self.credentials = credentials

    def sending(self) -> None:
        """Called before each attempt of a call; may wait, or raise to end the call."""

    def retrying(self, code: str, status: int) -> None:
        """Called after each attempt of a call, with the error code (empty where there is none) and the HTTP status (0 where none came)."""


def _session(profile: str | None) -> Any:
    """The configuration of the AWS CLI as this profile has it, or as the environment says. Raises CredentialsError where there is none."""
    try:
        session = botocore.session.Session(profile=profile)
        wanted = session.profile
        known = session.available_profiles
        session.get_scoped_config()
    except botocore.exceptions.ProfileNotFound:
        way = f"known: {', '.join(known)}" if known else "there is none in ~/.aws/config; see aws configure"
        raise CredentialsError(f"there is no AWS profile {wanted!r}; {way}") from None
    except botocore.exceptions.BotoCoreError as error:
        raise CredentialsError(f"{error}; {_PAGE}") from None
    return session


def own_caller(profile: str | None) -> tuple[Caller, str]:
    """The caller whose credentials the ordinary credential chain gives, and the region of its configuration. Raises CredentialsError."""
    session = _session(profile)
    try:
        credentials = session.get_credentials()
        region = session.get_config_variable("region")
    except botocore.exceptions.BotoCoreError as error:
        raise CredentialsError(f"{error}; {_PAGE}") from None
    if credentials is None:
        raise CredentialsError("no AWS credentials were found; set AWS_PROFILE, name --profile, or log in with aws sso login")
    return Caller(credentials), region or "us-east-1"


def regions() -> list[str]:
    """The regions that the installed botocore knows, of every partition."""
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})  # of no profile, which may be none
    partitions = session.get_available_partitions()
    return sorted({region for partition in partitions for region in session.get_available_regions("ec2", partition)})


class _Kept:
    """Credentials that are not asked with each call whether they expire, which costs as much as signing it."""

    SECONDS = 30.0
    """botocore renews credentials some minutes before their end."""

    def __init__(self, credentials: Any) -> None:
        self._credentials, self._frozen, self._until = credentials, None, 0.0

    def get_frozen_credentials(self) -> Any:
        now = time.monotonic()
        if self._frozen is None or now > self._until:
            self._frozen, self._until = self._credentials.get_frozen_credentials(), now + self.SECONDS
        return self._frozen


def assumed(take: Callable[[], dict[str, str]]) -> Any:
    """Credentials of a role, taken when they are first needed and again before they expire. `take` gives what AssumeRole answers."""

    def refresh() -> dict[str, str]:
        credentials = take()
        return {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"],
        }

    return _Kept(botocore.credentials.DeferredRefreshableCredentials(refresh, "assume-role"))


class CallError(Exception):
    """A call that was made by itself and failed."""


def call_by_itself(service: str, operation: str, region: str | None, **arguments: Any) -> dict[str, Any]:
    """One call that is no part of an audit, with the ordinary credentials, in their region where none is named. Raises CallError and
    CredentialsError."""
    caller, home = own_caller(None)
    try:
        with acting(caller):
            answer: dict[str, Any] = getattr(Clients(1).get(service, region or home), operation)(**arguments)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise CallError(str(error)) from None
    return answer
