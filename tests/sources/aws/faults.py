"""What can go wrong between an audit and the API, put in through botocore's own hooks: everything above and below the wire is real."""

from __future__ import annotations

import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from botocore.awsrequest import AWSResponse

from assay.scanner.sources.aws.session import Clients


class Sent(msgspec.Struct):
    """One attempt of one call."""

    service: str
    region: str
    operation: str
    protocol: str
    url: str
    key: str
    """The access key that signed it."""
    attempt: int
    """Of this operation in this region in all, from 1."""

    @property
    def label(self) -> str:
        return f"{self.service}:{self.operation}"


Fault = Callable[[Sent], Any]
"""Gives an AWSResponse, raises, or gives None where the request goes on to the server."""


class Wire:
    """Sees every call of every client that the code under test makes."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        """Calls by label and region, however many attempts they took."""
        self.sent: list[Sent] = []
        self.clients: list[tuple[str, str]] = []
        self.fault: Fault | None = None

    @property
    def labels(self) -> set[str]:
        return {label for label, _ in self.calls}

    def attempts(self, label: str) -> int:
        return sum(request.label == label for request in self.sent)

    def called(self, service: str, region: str, operation: str) -> None:
        self.calls[f"{service}:{operation}", region] += 1

    def send(self, service: str, region: str, protocol: str, operation: str, request: Any) -> Any:
        signed = str(request.headers.get("Authorization", ""))
        key = re.search(r"Credential=([^/]+)/", signed)
        before = sum(request.operation == operation and request.region == region and request.service == service for request in self.sent)
        sent = Sent(service, region, operation, protocol, request.url, key.group(1) if key else "", before + 1)
        self.sent.append(sent)
        return self.fault(sent) if self.fault else None


class _Tap:
    """Puts a wire under the clients; clients are kept from test to test, since each takes longer than an audit's calls."""

    def __init__(self) -> None:
        self.wire = Wire()
        self._made: dict[tuple[str, str, str], Any] = {}
        self._make = Clients._make

    def make(self, clients: Clients, service: str, region: str) -> Any:
        self.wire.clients.append((service, region))
        key = (service, region, os.environ["AWS_ENDPOINT_URL"])
        if key not in self._made:
            client = self._make(clients, service, region)
            protocol = client.meta.service_model.resolved_protocol
            client.meta.events.register("before-call", lambda model, **_: self.wire.called(service, region, model.name))
            client.meta.events.register(
                "before-send",
                lambda request, event_name, **_: self.wire.send(service, region, protocol, event_name.rpartition(".")[2], request),
            )
            self._made[key] = client
        return self._made[key]


TAP = _Tap()


def answer(status: int, body: str | bytes, content_type: str = "text/xml", **headers: str) -> AWSResponse:
    raw = io.BytesIO(body.encode() if isinstance(body, str) else body)
    raw.stream = lambda amount=1024, decode_content=None: iter(lambda: raw.read(amount), b"")  # type: ignore[attr-defined]
    return AWSResponse("http://fault", status, {"content-type": content_type, **headers}, raw)


def error(sent: Sent, code: str, status: int) -> AWSResponse:
    """An error as the protocol of the service spells it."""
    if "json" in sent.protocol:
        return answer(status, json.dumps({"__type": code, "message": "no"}), "application/json", **{"x-amzn-errortype": code})
    if sent.protocol == "ec2":
        return answer(status, f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>")
    if sent.service == "s3":
        return answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>")
    return answer(status, f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>")


def denied(sent: Sent) -> AWSResponse:
    return error(sent, "UnauthorizedOperation" if sent.protocol == "ec2" else "AccessDenied", 403)


def on(label: str, fault: Fault) -> Fault:
    """A fault of one operation."""
    return lambda sent: fault(sent) if sent.label == label else None
