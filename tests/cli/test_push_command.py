"""`assay push securityhub` against a moto server over HTTP, and against servers that throttle, refuse and keep silent."""

from __future__ import annotations

import http.server
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.reports import json_report
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import asff_model, samples
from tests.scans import assay, assay_process
from tests.sources.aws.estate import ACCOUNT_IDS, Keys, enter, server

REGION = "eu-west-1"


def written(folder: Path, report: Report, name: str = "assay.json") -> Path:
    path = folder / name
    path.write_bytes(json_report.render(report, samples.context()))
    return path


def later(report: Report, finished: str) -> Report:
    return msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, id=finished, started=finished, finished=finished))


@pytest.fixture
def keys() -> Keys:
    """An account of its own, with Security Hub."""
    keys = enter(next(ACCOUNT_IDS), server())
    keys.client("securityhub", REGION).enable_security_hub(EnableDefaultStandards=False)
    return keys


def push(keys: Keys, path: Path, *more: str, endpoint: str = "") -> Any:
    """As a process, which asks this server."""
    told = {**keys.environment(), "AWS_ENDPOINT_URL": endpoint or server(), "AWS_CONFIG_FILE": os.devnull}
    return assay_process("push", "securityhub", path, "--region", REGION, "--no-config", *more, **told)


def imported(keys: Keys) -> dict[str, Any]:
    pages = keys.client("securityhub", REGION).get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 100})
    return {finding["Id"]: finding for page in pages for finding in page["Findings"]}


def test_findings_come_to_the_hub_of_the_account(keys: Keys, tmp_path: Path) -> None:
    ran = push(keys, written(tmp_path, samples.many(130)), "--yes-import")
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        0, f"131 findings sent to Security Hub in {keys.account} {REGION}, 0 not taken\n", "",
    )  # fmt: skip
    page = imported(keys)
    assert len(page) == 131 and {finding["AwsAccountId"] for finding in page.values()} == {keys.account}
    assert {finding["ProductArn"] for finding in page.values()} == {
        f"arn:aws:securityhub:{REGION}:{keys.account}:product/{keys.account}/default"
    }


def test_without_the_flag_nothing_is_sent_and_no_server_is_asked(tmp_path: Path) -> None:
    ran = push(Keys("1" * 12, "x", "x", "x"), written(tmp_path, samples.many(130)), endpoint="http://127.0.0.1:9")
    assert (ran.returncode, ran.stdout) == (
        0, f"131 findings in 2 requests would be sent to Security Hub in {REGION}; --yes-import sends them\n",
    )  # fmt: skip


def test_what_is_mended_updates_its_finding_which_keeps_its_age(keys: Keys, tmp_path: Path) -> None:
    failed = samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "it does not rotate")], Coverage())
    passed = later(samples.report([samples.result("keys.rotation", "pass", samples.LOGS)], Coverage()), "2026-12-24T08:00:00Z")
    assert push(keys, written(tmp_path, failed), "--yes-import").returncode == 0
    before = imported(keys)
    assert push(keys, written(tmp_path, passed), "--yes-import").returncode == 0
    after = imported(keys)
    (id_,) = [id_ for id_ in after if "keys.rotation" in id_]
    assert before.keys() == after.keys()
    assert (before[id_]["Compliance"]["Status"], after[id_]["Compliance"]["Status"]) == ("FAILED", "PASSED")
    assert before[id_]["CreatedAt"] == after[id_]["CreatedAt"] == "2026-11-20T08:00:02.500Z"
    assert after[id_]["UpdatedAt"] == "2026-12-24T08:00:00.000Z"
    again = push(keys, written(tmp_path, failed), "--yes-import")
    assert "the hub has 2 findings of the same or a later time, which stay as they are there" in again.stderr


def test_findings_of_others_in_the_hub_stay_out_of_it(keys: Keys, tmp_path: Path) -> None:
    theirs = {
        "SchemaVersion": "2018-10-08", "Id": "theirs", "GeneratorId": "prowler-x", "AwsAccountId": keys.account, "Title": "x", "Description": "x",
        "ProductArn": f"arn:aws:securityhub:{REGION}:{keys.account}:product/{keys.account}/default", "Resources": [{"Type": "Other", "Id": "x"}],
        "CreatedAt": "2020-01-01T00:00:00.000Z", "UpdatedAt": "2020-01-01T00:00:00.000Z", "Severity": {"Label": "LOW"}, "Types": ["x"],
    }  # fmt: skip
    keys.client("securityhub", REGION).batch_import_findings(Findings=[theirs])
    assert push(keys, written(tmp_path, samples.report()), "--yes-import").returncode == 0
    assert imported(keys)["theirs"]["UpdatedAt"].startswith("2020-01-01")


@pytest.fixture
def hub() -> Iterator[Callable[[Callable[[str, Any], tuple[int, Any]]], tuple[str, list[Any]]]]:
    """A hub that answers as it is told: (path, body) to status and answer. Gives its URL and the requests to import."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(answer: Callable[[str, Any], tuple[int, Any]]) -> tuple[str, list[Any]]:
        asked: list[Any] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if b"GetCallerIdentity" in body:
                    self.reply(200, IDENTITY, "text/xml")
                    return
                if self.path.startswith("/findings/import"):
                    asked.append(json.loads(body))
                status, told = answer(self.path, json.loads(body))
                self.reply(status, json.dumps(told).encode(), "application/json")

            def reply(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status >= 400:
                    self.send_header("x-amzn-ErrorType", json.loads(body)["__type"])
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=made.serve_forever, daemon=True).start()
        servers.append(made)
        return f"http://127.0.0.1:{made.server_port}", asked

    yield start
    for entry in servers:
        entry.shutdown()
        entry.server_close()


IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><UserId>u</UserId><Account>111122223333</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
KEYS = Keys("111122223333", "x", "x", "x")


def test_what_is_throttled_is_tried_again(hub: Any, tmp_path: Path) -> None:
    answered = iter([429, 503])

    def answer(path: str, body: Any) -> tuple[int, Any]:
        if path != "/findings/import":
            return 200, {"Findings": []}
        if (status := next(answered, 0)) != 0:
            return status, {"__type": "TooManyRequestsException", "message": "slow down"}
        return 200, {"FailedCount": 0, "SuccessCount": len(body["Findings"]), "FailedFindings": []}

    url, asked = hub(answer)
    ran = push(KEYS, written(tmp_path, samples.report()), "--yes-import", endpoint=url)
    assert ran.returncode == 0, ran.stderr
    assert len(asked) == 3 and asked[0] == asked[1] == asked[2]
    asff_model.check(asked[0])


def test_findings_that_are_not_taken_are_told(hub: Any, tmp_path: Path) -> None:
    def answer(path: str, body: Any) -> tuple[int, Any]:
        if path != "/findings/import":
            return 200, {"Findings": []}
        failed = [{"Id": finding["Id"], "ErrorCode": "InvalidInput", "ErrorMessage": "no\x1b[2J"} for finding in body["Findings"][:30]]
        return 200, {"FailedCount": len(failed), "SuccessCount": len(body["Findings"]) - len(failed), "FailedFindings": failed}

    url, _ = hub(answer)
    ran = push(KEYS, written(tmp_path, samples.many(60)), "--yes-import", endpoint=url)
    assert ran.returncode == 1 and "31 findings sent to Security Hub in 111122223333 eu-west-1, 30 not taken" in ran.stdout
    assert ran.stderr.count(": not taken: InvalidInput: no\\x1b[2J") == 20 and "and 10 more that were not taken" in ran.stderr


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDeniedException", "securityhub:GetFindings in eu-west-1: AccessDeniedException; grant securityhub:GetFindings"),
        (401, "InvalidAccessException", "InvalidAccessException; enable Security Hub in this account and region"),
    ],
)
def test_a_hub_that_lets_nobody_in(status: int, code: str, said: str, hub: Any, tmp_path: Path) -> None:
    url, asked = hub(lambda _path, _body: (status, {"__type": code, "message": "no"}))
    ran = push(KEYS, written(tmp_path, samples.report()), "--yes-import", endpoint=url)
    assert ran.returncode == 3 and said in ran.stderr and "0 findings sent before" in ran.stderr and asked == []


def test_a_hub_that_is_not_there(tmp_path: Path) -> None:
    ran = push(KEYS, written(tmp_path, samples.report()), "--yes-import", endpoint="http://127.0.0.1:9")
    assert ran.returncode == 3 and "sts:GetCallerIdentity in eu-west-1: NoAnswer; check the region and the network" in ran.stderr


def test_a_file_that_is_no_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    ran = assay("push", "securityhub", tmp_path / "x.json", "--region", REGION, "--no-config", "--yes-import")
    assert ran.exit_code == 2 and "no report" in ran.stderr


def test_the_calls_that_change_something_are_of_this_module_alone() -> None:
    from assay.scanner.sources.aws import securityhub

    assert (securityhub.IMPORT.permission, securityhub.EXISTING.permission) == (
        "securityhub:BatchImportFindings",
        "securityhub:GetFindings",
    )
