"""Exports of an inventory to Cloud Storage: started, waited for, and read shard by shard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import google.api_core.exceptions as errors
import msgspec

from assay.scanner.sources.gcp import plan as methods
from assay.scanner.sources.gcp.asking import Asker, now
from assay.scanner.sources.gcp.plan import Method
from assay.scanner.sources.gcp.session import Clients, Request

ATTEMPTS = 4
"""To read one shard to its end."""


class ContentExport:
    """One export of one kind of content."""

    def __init__(self, request: Request, clients: Clients, asker: Asker) -> None:
        self._request, self._clients, self._asker = request, clients, asker
        self.read_time = now()

    def assets(self, client: Any, method: Method, types: Sequence[str], tell: Callable[[str], None]) -> Iterator[bytes]:
        """The assets as JSON text, as they stand in the shards; `tell` is told how far it is. Raises Refused and Stopped."""
        from google.cloud.asset_v1 import ContentType, ExportAssetsRequest, GcsDestination, OutputConfig

        assert self._request.export is not None
        stamp = self.read_time.replace(":", "").replace("-", "")
        prefix = f"{self._request.export.rstrip('/')}/{stamp}-{method.content.lower()}"
        request = ExportAssetsRequest(
            parent=self._request.parent,
            asset_types=types,
            content_type=getattr(ContentType, method.content),
            output_config=OutputConfig(gcs_destination=GcsDestination(uri_prefix=prefix)),
        )
        operation = self._asker.ask(method, client.export_assets, self._clients.caller, request=request)
        self._finish(operation, method, tell)
        for number, name in enumerate(self._shards(prefix), 1):
            tell(f"{method.content}: shard {number}")
            yield from self._shard(prefix, name)

    def _finish(self, operation: Any, method: Method, tell: Callable[[str], None]) -> None:
        """Look at the operation until it has ended."""
        waited, pause = 0.0, self._asker.waits.look
        looking = msgspec.structs.replace(method, name="GetOperation")
        while not self._asker.ask(looking, _done(operation), self._clients.caller):
            tell(f"exporting {method.content}, {waited:.0f} s")
            self._asker.wait(pause)
            waited, pause = waited + pause, min(pause * 1.5, self._asker.waits.longest)
        error = operation.exception()
        if error is not None:
            raise self._asker.refused(method, self._clients.caller, error)

    def _shards(self, prefix: str) -> Iterator[str]:
        """Names of the objects below a prefix: https://cloud.google.com/storage/docs/json_api/v1/objects/list"""
        bucket, folder = _split(prefix)
        token = ""
        while True:
            query = f"prefix={quote(folder, safe='')}&fields=items/name,nextPageToken" + (
                f"&pageToken={quote(token, safe='')}" if token else ""
            )
            listing = self._get(methods.LIST_OBJECTS, f"/storage/v1/b/{quote(bucket, safe='')}/o?{query}", stream=False).json()
            yield from (entry["name"] for entry in listing.get("items", ()))
            token = listing.get("nextPageToken", "")
            if not token:
                return

    def _shard(self, prefix: str, name: str) -> Iterator[bytes]:
        """The lines of one object. Where the answer is cut off in the middle, it is asked again, and what was read is passed over."""
        bucket, _ = _split(prefix)
        path = f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}?alt=media"
        read = 0
        for attempt in range(ATTEMPTS):
            answer = self._get(methods.GET_OBJECT, path, stream=True)
            try:
                for number, line in enumerate(_lines(answer)):
                    if number >= read:
                        read += 1
                        yield line
                return
            except OSError as error:
                if attempt == ATTEMPTS - 1:
                    raise self._asker.refused(methods.GET_OBJECT, self._clients.caller, error) from error

    def _get(self, method: Method, path: str, *, stream: bool) -> Any:
        session, base = self._clients.rest("STORAGE")

        def call(retry: Any, timeout: float) -> Any:
            def once() -> Any:
                try:
                    answer = session.get(base + path, stream=stream, timeout=timeout)
                except OSError as error:  # requests' own: no connection, no answer in time
                    raise errors.ServiceUnavailable(str(error)) from error  # type: ignore[no-untyped-call]
                if answer.status_code >= 400:
                    raise errors.from_http_response(answer)  # type: ignore[no-untyped-call]
                return answer

            return retry(once)()

        return self._asker.ask(method, call, self._clients.caller)


def _lines(answer: Any) -> Iterator[bytes]:
    """Whole lines only: the last one of a body that is cut off is no asset."""
    rest = b""
    for chunk in answer.iter_content(1 << 20):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line for line in lines if line)
    if rest:
        yield rest


def _done(operation: Any) -> Callable[..., bool]:
    def call(retry: Any, timeout: float) -> bool:
        return bool(operation.done(retry=retry))

    return call


def _split(uri: str) -> tuple[str, str]:
    bucket, _, path = uri.removeprefix("gs://").partition("/")
    return bucket, path
