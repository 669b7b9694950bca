"""A server before moto's that counts what it is asked, and answers for AWS Config, of which moto has no record of changes."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import http.server
import json
import re
import threading
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.aws import records
from assay.scanner.sources.aws.covered import COVERED

HOME = "us-east-1"
"""Where AWS Config has what is in no region."""
LONG_AGO = "2026-01-02T03:04:05.678Z"
ROLE = "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
_SIGNED = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")
_TYPE = re.compile(r"'([^']+)'")
PAGE = 2
"""Rows on a page, so that there are several; AWS gives 100."""


class Item(msgspec.Struct):
    """What Config has of a resource."""

    type: str
    id: str
    arn: str
    captured: str = LONG_AGO
    policy: Any = None
    """The text of its policy, for a bucket."""


class Recorder(msgspec.Struct):
    """AWS Config in one region."""

    recorder: dict[str, Any] = msgspec.field(
        default_factory=lambda: {
            "name": "default",
            "roleARN": ROLE,
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False, "resourceTypes": []},
            "recordingMode": {"recordingFrequency": "CONTINUOUS"},
        }
    )
    status: dict[str, Any] = msgspec.field(
        default_factory=lambda: {"name": "default", "recording": True, "lastStatus": "Success", "lastStartTime": 1767225600.0}
    )
    items: dict[str, Item] = {}
    """By ARN."""


class Front:
    """The server: `url`, what it was asked (`calls`), and AWS Config by region (`recorders`)."""

    def __init__(self, moto: str, page: int = PAGE) -> None:
        self._page = page
        self._moto = urllib.parse.urlsplit(moto).netloc
        self.calls: Counter[tuple[str, str]] = Counter()
        """Service with, of AWS Config, the operation; and region."""
        self.recorders: dict[str, Recorder] = {}
        self.denied: set[str] = set()
        self.url = ""

    def answer(self, service: str, region: str, target: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What AWS Config says."""
        operation = target.rpartition(".")[2]
        if operation in self.denied:
            return 400, {"__type": "AccessDeniedException", "message": "no"}
        recorder = self.recorders.get(region)
        if operation == "DescribeConfigurationRecorders":
            return 200, {"ConfigurationRecorders": [recorder.recorder] if recorder else []}
        if operation == "DescribeConfigurationRecorderStatus":
            return 200, {"ConfigurationRecordersStatus": [recorder.status] if recorder else []}
        items = recorder.items if recorder else {}
        if operation == "BatchGetResourceConfig":
            keys = {(key["resourceType"], key["resourceId"]) for key in asked["resourceKeys"]}
            return 200, {"baseConfigurationItems": [_base(item) for item in items.values() if (item.type, item.id) in keys]}
        rows = [_row(item) for item in items.values() if item.type in _TYPE.findall(asked["Expression"])]
        at = int(asked.get("NextToken", 0))
        more = {"NextToken": str(at + self._page)} if at + self._page < len(rows) else {}
        return 200, {"Results": rows[at : at + self._page], "QueryInfo": {"SelectFields": [{"Name": "arn"}]}, **more}

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """What moto says."""
        connection = http.client.HTTPConnection(self._moto, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        reply = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return reply

    def record(self, path: str, regions: Iterable[str]) -> None:
        """AWS Config has recorded what is in a snapshot, long ago, in each of the regions."""
        self.recorders = {region: Recorder() for region in regions}
        for line in snapshot.lines(path):
            record = records.decode(line)
            if not isinstance(record, records.ItemRecord):
                continue
            for type_ in {COVERED[answer.operation].type for answer in record.answers.values() if answer.operation in COVERED}:
                bucket, policy = type_ == "AWS::S3::Bucket", record.answers.get("get_bucket_policy")
                text = policy.data["Policy"] if bucket and policy and policy.data else None
                item = Item(type_, record.listed["Name"] if bucket else record.id, record.id, policy=text)
                self.recorders[record.region or HOME].items[record.id] = item

    @property
    def made(self) -> int:
        """All that it was asked."""
        return sum(self.calls.values())


def _row(item: Item) -> str:
    told = {"resourceType": item.type, "resourceId": item.id, "arn": item.arn, "configurationItemCaptureTime": item.captured}
    return json.dumps(told)


def _base(item: Item) -> dict[str, Any]:
    captured = datetime.datetime.fromisoformat(item.captured).timestamp()
    more = {"BucketPolicy": json.dumps({"policyText": item.policy})}
    told = {"version": "1.3", "configurationItemCaptureTime": captured, "configurationItemStatus": "OK", "resourceType": item.type}
    return told | {"resourceId": item.id, "arn": item.arn, "configuration": "{}", "supplementaryConfiguration": more}


class _Handler(http.server.BaseHTTPRequestHandler):
    front: Front
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match = _SIGNED.search(self.headers.get("Authorization", ""))
        region, service = match.groups() if match else ("", "")
        target = self.headers.get("X-Amz-Target", "")
        operation = f"{service}:{target.rpartition('.')[2]}" if service == "config" else service
        self.front.calls[operation, region] += 1
        if service == "config":
            status, said = self.front.answer(service, region, target, json.loads(body))
            headers, text = {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(said).encode()
        else:
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "content-length")}
            status, headers, text = self.front.forward(self.command, self.path, kept, body)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else text)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _any

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def serving(moto: str, page: int = PAGE) -> Iterator[Front]:
    """A front before a moto server, at a free port of this machine."""
    front = Front(moto, page)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"front": front}))
    server.daemon_threads = True
    server.block_on_close = False
    front.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()
