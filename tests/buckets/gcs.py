"""What the XML API of Cloud Storage says of put, get and list: https://cloud.google.com/storage/docs/xml-api/reference-methods.

There is no server of Google's for a machine of one's own: this one holds objects in memory, and refuses what a precondition forbids.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Handler(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    lock: threading.Lock
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_PUT(self) -> None:
        name, content = unquote(urlsplit(self.path).path), self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            refused = self.headers.get("x-goog-if-generation-match") == "0" and name in self.objects
            if not refused:
                self.objects[name] = content
        self._answer(412 if refused else 200, b"")

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if "list-type" in query:
            prefix = f"{unquote(parts.path).rstrip('/')}/"
            wanted = prefix + query.get("prefix", [""])[0]
            inner = "delimiter" not in query
            names = [
                name.removeprefix(prefix)
                for name in sorted(self.objects)
                if name.startswith(wanted) and (inner or "/" not in name[len(wanted) :])
            ]
            entries = "".join(
                f"<Contents><Key>{escape(name)}</Key><Size>{len(self.objects[prefix + name])}</Size>"
                '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag></Contents>'
                for name in names
            )
            self._answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode())
        elif (content := self.objects.get(unquote(parts.path))) is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif asked := self.headers.get("Range"):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last) + 1]
            self._answer(206, part, f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}")
        else:
            self._answer(200, content)

    def do_HEAD(self) -> None:
        content = self.objects.get(unquote(urlsplit(self.path).path))
        self._answer(404 if content is None else 200, content or b"")

    def _answer(self, status: int, content: bytes, part: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if part:
            self.send_header("Content-Range", part)
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.send_header("x-goog-generation", "1")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def serve() -> tuple[ThreadingHTTPServer, str]:
    """A server with nothing in it, and its URL."""
    handler = type("_Own", (_Handler,), {"objects": {}, "lock": threading.Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"
