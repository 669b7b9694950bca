"""`--notify`: what is sent, to a real server, and what is not."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.history.test_nights import OFF, ON
from tests.scans import assay, write

Received = list[dict[str, Any]]


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what it is sent, in lists of each server."""

    received: Received
    status = 200

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[type[Hook]]:
    class Own(Hook):
        pass

    Own.received = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Own)
    Own.url = f"json://token-hunter2@127.0.0.1:{server.server_port}/hook"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Own
    server.shutdown()
    thread.join()


def night(folder: Path, url: str, text: str) -> Any:
    write(folder, {"infra/main.tf": text})
    return assay("scan", "infra", "--control", "data.pitr-enabled", "--history", "h.db", "--notify", url, "-r", "json=r.json")


def test_what_is_new_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Any) -> None:
    monkeypatch.chdir(write(tmp_path, {"assay.yaml": 'owners:\n  default: "@trade/data"\n'}))
    night(tmp_path, hook.url, OFF.format("orders"))
    night(tmp_path, hook.url, OFF.format("orders"))
    night(tmp_path, hook.url, ON.format("orders"))
    night(tmp_path, hook.url, OFF.format("orders"))
    first, second = hook.received
    assert first["title"] == "Assay: 1 new finding" and second["title"] == "Assay: 0 new findings, 1 back"
    assert "@trade/data: 1\n  HIGH data.pitr-enabled: aws_dynamodb_table.orders in infra [" in first["message"]
    assert "data.pitr-enabled (back): aws_dynamodb_table.orders" in second["message"]


def test_a_run_without_a_history_needs_no_address_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Any) -> None:
    monkeypatch.setenv("ASSAY_NOTIFY", hook.url)
    ran = assay("scan", write(tmp_path, {"main.tf": ON.format("orders")}), "--control", "data.pitr-enabled")
    assert ran.exit_code == 0 and hook.received == []


def test_names_call_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Any) -> None:
    monkeypatch.chdir(write(tmp_path, {"assay.yaml": 'owners:\n  default: "<!channel> @everyone *x*"\n'}))
    night(tmp_path, hook.url, OFF.format("orders"))
    (told,) = hook.received
    assert "<" not in told["message"] and "@everyone" not in told["message"] and "*" not in told["message"]


def test_who_cannot_be_told_is_no_secret_and_leaves_the_run_incomplete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Any) -> None:
    monkeypatch.chdir(tmp_path)
    hook.status = 500
    ran = night(tmp_path, hook.url, OFF.format("orders"))
    assert "not everybody could be told" in ran.stderr and "hunter2" not in ran.stderr + (tmp_path / "r.json").read_text()
    refused = assay("scan", "infra", "--history", "h.db", "--notify", "hunter2 is no address")
    assert refused.exit_code == 2 and "--notify number 1 is no address" in refused.stderr and "hunter2" not in refused.stderr
    assert assay("scan", "infra", "--notify", hook.url).exit_code == 2
