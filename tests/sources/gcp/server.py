"""A Cloud Asset Inventory on loopback, made from the client's own message classes: gRPC, its REST transport, and a bucket for exports."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import grpc
from google.cloud import asset_v1, orgpolicy_v2
from google.longrunning import operations_pb2
from google.protobuf import json_format

CODES = {"PERMISSION_DENIED": 403, "RESOURCE_EXHAUSTED": 429, "UNAVAILABLE": 503, "INVALID_ARGUMENT": 400}


class Fail(Exception):
    def __init__(self, code: str, message: str = "refused") -> None:
        super().__init__(message)
        self.code = code


def asset(
    name: str, type_: str, data: dict[str, Any] | None = None, *, location: str = "", policy: Any = None, above: Any = None
) -> dict[str, Any]:
    """An asset as the REST API spells it."""
    fields: dict[str, Any] = {"name": name, "assetType": type_, "updateTime": "2026-11-27T10:00:00Z"}
    fields["ancestors"] = above or ["projects/111111111111", "folders/22", "organizations/33"]
    if data is not None:
        fields["resource"] = {"version": "v1", "data": data, "location": location}
    if policy is not None:
        fields["iamPolicy"] = policy
    return fields


class Cloud:
    """What the servers answer. `fail` is asked before every answer and may raise Fail."""

    def __init__(self, resources: list[dict[str, Any]], policies: list[dict[str, Any]], effective: dict[str, Any] | None = None) -> None:
        self.content = {1: resources, 2: policies}
        self.effective = effective or {}
        self.requests: list[tuple[str, Any]] = []
        self.fail: Callable[[str, Any], None] = lambda method, request: None
        self.objects: dict[str, bytes] = {}
        self.deny_policies: dict[str, dict[str, Any]] = {}
        """By their names, with slashes of what they are attached to as `%2F`."""
        self.page_size: int | None = None
        self.polls = 0
        self.cut = 0
        """Bytes after which the next answer over HTTP breaks off; 0 for none."""
        self.garbage = b""
        """What is answered over HTTP instead."""
        self._lock = threading.Lock()

    def ask(self, method: str, request: Any) -> Any:
        with self._lock:
            self.requests.append((method, request))
        self.fail(method, request)
        return getattr(self, method)(request)

    def list_assets(self, request: Any) -> Any:
        assets = [asset for asset in self.content[int(request.content_type)] if asset["assetType"] in list(request.asset_types)]
        start, size = int(request.page_token or 0), min(request.page_size or 100, self.page_size or 1000)
        page = asset_v1.ListAssetsResponse()
        raw = page._pb
        for asset in assets[start : start + size]:
            json_format.ParseDict(asset, raw.assets.add())
        raw.read_time.FromJsonString("2026-11-28T00:00:00Z")
        raw.next_page_token = str(start + size) if start + size < len(assets) else ""
        return page

    def search_all_iam_policies(self, request: Any) -> Any:
        start, size = int(request.page_token or 0), min(request.page_size, self.page_size or 500)
        page = asset_v1.SearchAllIamPoliciesResponse()
        for asset in self.content[2][start : start + size]:
            entry = page._pb.results.add()
            entry.resource, entry.asset_type, entry.project = asset["name"], asset["assetType"], asset["ancestors"][0]
            entry.folders.extend(asset["ancestors"][1:-1])
            entry.organization = asset["ancestors"][-1]
            json_format.ParseDict(asset["iamPolicy"], entry.policy)
        page._pb.next_page_token = str(start + size) if start + size < len(self.content[2]) else ""
        return page

    def export_assets(self, request: Any) -> Any:
        prefix = request.output_config.gcs_destination.uri_prefix.removeprefix("gs://").partition("/")[2]
        lines = [json.dumps(snake(asset)).encode() + b"\n" for asset in self.content[int(request.content_type)]]
        half = len(lines) // 2
        self.objects[f"{prefix}/shard-0"], self.objects[f"{prefix}/shard-1"] = b"".join(lines[:half]), b"".join(lines[half:])
        return operations_pb2.Operation(name=f"operations/{len(self.objects)}")

    def get_operation(self, request: Any) -> Any:
        self.polls += 1
        operation = operations_pb2.Operation(name=request.name, done=self.polls % 3 == 0)
        if operation.done:
            operation.response.Pack(asset_v1.ExportAssetsResponse.pb(asset_v1.ExportAssetsResponse()))
        return operation

    def denied(self, name: str, start: int) -> dict[str, Any]:
        """A deny policy; or a page of one of those at a place, without rules: https://cloud.google.com/iam/docs/reference/rest/v2/policies/list"""
        if not name.endswith("/denypolicies"):
            return self.deny_policies[name]
        there = [{"name": policy, "kind": "DenyPolicy"} for policy in self.deny_policies if policy.startswith(f"{name}/")]
        return {"policies": there[start : start + 1], **({"nextPageToken": str(start + 1)} if start + 1 < len(there) else {})}

    def get_effective_policy(self, request: Any) -> Any:
        policy = orgpolicy_v2.Policy()
        json_format.ParseDict({"name": request.name, **self.effective.get(request.name.rpartition("/")[2], {})}, policy._pb)
        return policy

    @contextlib.contextmanager
    def grpc(self) -> Iterator[str]:
        """`host:port` of a gRPC server without TLS."""
        services = {
            "google.cloud.asset.v1.AssetService": {
                "ListAssets": (asset_v1.ListAssetsRequest, self._answer("list_assets")),
                "SearchAllIamPolicies": (asset_v1.SearchAllIamPoliciesRequest, self._answer("search_all_iam_policies")),
                "ExportAssets": (asset_v1.ExportAssetsRequest, self._answer("export_assets")),
            },
            "google.cloud.orgpolicy.v2.OrgPolicy": {
                "GetEffectivePolicy": (orgpolicy_v2.GetEffectivePolicyRequest, self._answer("get_effective_policy"))
            },
            "google.longrunning.Operations": {"GetOperation": (operations_pb2.GetOperationRequest, self._answer("get_operation"))},
        }
        server = grpc.server(futures.ThreadPoolExecutor(4))
        for name, methods in services.items():
            handlers = {
                method: grpc.unary_unary_rpc_method_handler(
                    call, getattr(message, "deserialize", None) or message.FromString, lambda answer: raw(answer).SerializeToString()
                )
                for method, (message, call) in methods.items()
            }
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(0)

    def _answer(self, method: str) -> Callable[[Any, Any], Any]:
        def call(request: Any, context: Any) -> Any:
            try:
                return self.ask(method, request)
            except Fail as error:
                context.abort(getattr(grpc.StatusCode, error.code), str(error))

        return call

    @contextlib.contextmanager
    def http(self) -> Iterator[str]:
        """`host:port` of an HTTP server that speaks the REST form of the asset API and the JSON API of Cloud Storage."""
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = parse_qs(url.query)
                try:
                    answer = self._get(url.path, query)
                    self._send(200, cloud.garbage or answer)
                except Fail as error:
                    body = {"error": {"code": CODES[error.code], "status": error.code, "message": str(error)}}
                    self._send(CODES[error.code], json.dumps(body).encode())

            def _get(self, path: str, query: dict[str, list[str]]) -> bytes:
                if path.startswith("/storage/v1/b/"):
                    cloud.requests.append(("storage", path))
                    cloud.fail("storage", path)
                    if path.endswith("/o"):
                        names = sorted(name for name in cloud.objects if name.startswith(query["prefix"][0]))
                        at = int(query.get("pageToken", ["0"])[0])
                        page = {"items": [{"name": name} for name in names[at : at + 1]]}
                        return json.dumps(page | ({"nextPageToken": str(at + 1)} if at + 1 < len(names) else {})).encode()
                    return cloud.objects[unquote(path.rpartition("/o/")[2])]
                if path.startswith("/v2/policies/"):
                    name = path.removeprefix("/v2/")
                    cloud.requests.append(("deny_policies", name))
                    cloud.fail("deny_policies", name)
                    return json.dumps(cloud.denied(name, int(query.get("pageToken", ["0"])[0]))).encode()
                if path.endswith("/assets"):
                    request = asset_v1.ListAssetsRequest(
                        parent=path.removeprefix("/v1/").removesuffix("/assets"),
                        asset_types=query.get("assetTypes", []),
                        content_type=int(query["contentType"][0]),
                        page_size=int(query["pageSize"][0]),
                        page_token=query.get("pageToken", [""])[0],
                    )
                    return json_format.MessageToJson(raw(cloud.ask("list_assets", request))).encode()
                name = path.removeprefix("/v2/").removesuffix(":getEffectivePolicy")
                answer = cloud.ask("get_effective_policy", orgpolicy_v2.GetEffectivePolicyRequest(name=name))
                return json_format.MessageToJson(raw(answer)).encode()

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                cut, cloud.cut = cloud.cut, 0
                self.wfile.write(body[:cut] if cut else body)
                self.close_connection = bool(cut)

            def log_message(self, *arguments: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


def raw(message: Any) -> Any:
    return type(message).pb(message) if hasattr(type(message), "pb") else message


def snake(record: dict[str, Any]) -> dict[str, Any]:
    """An asset as an export to Cloud Storage spells it."""
    names = {"assetType": "asset_type", "iamPolicy": "iam_policy", "updateTime": "update_time"}
    return {names.get(name, name): value for name, value in record.items()}
