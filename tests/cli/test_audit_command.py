"""`assay audit aws` and `assay snapshot aws` as processes: exit codes, signals, progress, credentials."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.cli.audit_aws import audit as audit_command
from tests.scans import ROOT, assay, assay_process, write
from tests.sources.aws.estate import HOME, seeded_account, server

VERSIONS = ["--control", "storage.versioning-enabled", "--regions", HOME, "--no-config"]
IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><UserId>u</UserId><Account>111122223333</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
BUCKETS = (
    b"<ListAllMyBucketsResult><Buckets>"
    + b"".join(b"<Bucket><Name>bucket-%d</Name><BucketRegion>us-east-1</BucketRegion></Bucket>" % at for at in range(40))
    + b"</Buckets></ListAllMyBucketsResult>"
)
ENABLED = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"


@pytest.fixture
def asked() -> threading.Event:
    """Set when the slow server is asked for something that it is slow to answer."""
    return threading.Event()


@pytest.fixture
def slow(asked: threading.Event) -> Iterator[Callable[[float], str]]:
    """A server that answers who one is and which buckets there are, and what else it is asked after some seconds; the first two at once."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(seconds: float) -> str:
        answered = iter(range(1_000_000))

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.reply(IDENTITY)

            def do_GET(self) -> None:
                if "versioning" in self.path and next(answered) >= 2:
                    asked.set()
                    time.sleep(seconds)
                self.reply(ENABLED if "versioning" in self.path else BUCKETS)

            def reply(self, body: bytes) -> None:
                # The audit may have been stopped by now; what is said of that would stand in the output of whatever test runs then.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(200)
                    self.send_header("Content-Type", "text/xml")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listener.daemon_threads = True
        listener.block_on_close = False
        servers.append(listener)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{listener.server_address[1]}"

    yield start
    for entry in servers:
        entry.shutdown()


def environment(url: str, **more: str) -> dict[str, str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **variables,
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": HOME,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        **more,
    }


def started(url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "assay", "audit", "aws", *VERSIONS, *arguments]
    return subprocess.Popen(command, env=environment(url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def under_way(process: subprocess.Popen[str], asked: threading.Event) -> None:
    """Waits until the process waits for answers."""
    assert asked.wait(30), process.communicate(timeout=1)
    time.sleep(0.3)
    assert process.poll() is None, process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_what_is_known(number: int, slow: Callable[[float], str], asked: threading.Event, tmp_path: Path) -> None:
    out = tmp_path / "a.snapshot"
    process = started(slow(25), "-r", "json", "--snapshot", str(out))
    under_way(process, asked)
    process.send_signal(number)
    before = time.monotonic()
    told, said = process.communicate(timeout=20)
    assert time.monotonic() - before < 15
    assert process.returncode == 3, said
    report = json.loads(told)
    assert "interrupted" in {gap["code"] for gap in report["coverage"]["gaps"]}
    assert {"pass", "unknown"} >= {result["verdict"] for result in report["results"]} >= {"unknown"}
    assert "stopping with what is known" in said
    assert "Traceback" not in said
    replayed = assay("scan", "--no-config", "--control", "storage.versioning-enabled", "-r", "json", out)
    assert json.loads(replayed.stdout)["results"] == report["results"]
    assert not list(tmp_path.glob("*.partial"))


def test_an_audit_that_takes_longer_than_it_may_ends_with_what_is_known(slow: Callable[[float], str], tmp_path: Path) -> None:
    out = tmp_path / "a.snapshot"
    process = started(slow(25), "-r", "json", "--snapshot", str(out), "--max-duration", "0.05")
    before = time.monotonic()
    told, said = process.communicate(timeout=40)
    assert time.monotonic() - before < 30 and process.returncode == 3, said
    gaps = json.loads(told)["coverage"]["gaps"]
    assert "interrupted" in {gap["code"] for gap in gaps} and all("--resume" in gap["settles_it"] for gap in gaps)
    assert "assay: --max-duration 0.05 is over: stopping with what is known" in said


def test_a_second_signal_ends_it_at_once(slow: Callable[[float], str], asked: threading.Event) -> None:
    process = started(slow(25))
    under_way(process, asked)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=1.5)
    assert process.returncode == -signal.SIGINT


def test_progress_is_shown_on_a_terminal_only(slow: Callable[[float], str]) -> None:
    url = slow(0.1)
    command = [sys.executable, "-m", "assay", "audit", "aws", *VERSIONS]
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, env=environment(url, TERM="xterm", COLUMNS="120"), stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    shown = b""
    while select.select([leader], [], [], 20)[0]:
        try:
            shown += os.read(leader, 65536)
        except OSError:
            break
        if process.poll() is not None and not select.select([leader], [], [], 0.1)[0]:
            break
    process.wait(20)
    text = shown.decode(errors="replace")
    assert re.search(r"\d+ resources, \d+ calls", text), text[-500:]
    piped = subprocess.run(command, env=environment(url), capture_output=True, text=True, timeout=60, check=False)
    assert piped.returncode == 0
    assert piped.stderr == ""


@pytest.mark.parametrize("ending", ["", ".partial"])
@pytest.mark.parametrize("command", [
    ["snapshot", "aws", "-o"], ["audit", "aws", "--snapshot"], ["snapshot", "gcp", "--project", "p", "-o"], ["audit", "gcp", "--project", "p", "--snapshot"],
])  # fmt: skip
def test_a_snapshot_overwrites_nothing(command: list[str], ending: str, tmp_path: Path) -> None:
    kept = tmp_path / f"tonight.gz{ending}"
    kept.write_bytes(b"yesterday's")
    ran = assay(*command, tmp_path / "tonight.gz", "--no-config")
    assert (ran.exit_code, kept.read_bytes()) == (2, b"yesterday's")
    assert f"{kept.name} is there already: " in ran.stderr and "name another file, or remove it first" in ran.stderr
    assert ("--resume" in ran.stderr) is ("aws" in command)


def test_exit_codes_and_a_snapshot(tmp_path: Path) -> None:
    out = tmp_path / "a.snapshot"
    variables = {**environment(server()), **seeded_account().environment()}
    ran = assay_process("audit", "aws", *VERSIONS, "-r", "json", "--snapshot", out, **variables)
    assert ran.returncode == 1, ran.stderr
    report = json.loads(ran.stdout)
    assert {result["verdict"] for result in report["results"]} == {"pass", "fail"}
    assert assay_process("audit", "aws", *VERSIONS, "--fail-on", "critical", **variables).returncode == 0
    replayed = assay_process("scan", "--no-config", "--control", "storage.versioning-enabled", "-r", "json", out)
    assert replayed.returncode == 1
    again = json.loads(replayed.stdout)
    tree = again["coverage"].pop("tree")  # the snapshot is a file, an account has none
    assert (tree["found"], tree["judged"]) == (1, 1) and not report["coverage"].pop("tree")["found"]
    assert (again["results"], again["coverage"]) == (report["results"], report["coverage"])
    alone = tmp_path / "b.ndjson"
    collected = assay_process("snapshot", "aws", *VERSIONS, "-o", alone, **variables)
    assert collected.returncode == 0, collected.stderr
    assert "2 resources" in collected.stdout
    assert alone.read_bytes().startswith(b"{")


def test_no_credentials(tmp_path: Path) -> None:
    variables = {name: value for name, value in environment("http://127.0.0.1:9").items() if not name.endswith("KEY_ID")}
    variables |= {"HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}
    ran = assay_process("audit", "aws", *VERSIONS, **variables)
    assert ran.returncode == 2
    assert "no AWS credentials" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(("named", "said"), [(["--profile", "nobody"], "'nobody'"), ([], "'absent'")])
def test_a_profile_that_is_not_there(named: list[str], said: str, tmp_path: Path) -> None:
    write(tmp_path, {"config": "[profile audit]\nregion = us-east-1\n"})
    files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_PROFILE": "absent"}
    ran = assay_process("audit", "aws", *VERSIONS, *named, **{**environment("http://127.0.0.1:9"), **files})
    assert (ran.returncode, ran.stderr) == (2, f"assay: there is no AWS profile {said}; known: audit\n")


def test_credentials_that_do_not_work(tmp_path: Path) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(403)
            body = b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>"
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    ran = subprocess.run(
        [sys.executable, "-m", "assay", "audit", "aws", *VERSIONS],
        env=environment(f"http://127.0.0.1:{listener.server_address[1]}"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    listener.shutdown()
    assert ran.returncode == 3
    assert "credentials do not work" in ran.stdout + ran.stderr
    assert "InvalidClientTokenId" in ran.stdout + ran.stderr


def test_a_server_that_is_not_there_is_no_matter_of_credentials() -> None:
    ran = assay_process("audit", "aws", *VERSIONS, "--regions", "eu-west-1", **environment("http://127.0.0.1:9"))
    assert ran.returncode == 3
    told = " ".join(ran.stdout.split())
    assert "nothing answers: sts:GetCallerIdentity: NoAnswer; check the region, the network and AWS_ENDPOINT_URL" in told
    assert "log in again" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--services", "s3,nothing"], "no service 'nothing'"),
        (["--regions", "us-east-1,eu-wst-1"], "--regions eu-wst-1: boto3 knows no such region; did you mean eu-west-1?"),
        (["--role-arn", "audit"], "--role-arn audit: is no ARN of a role: arn:aws:iam::111122223333:role/NAME"),
        (["--resume"], "--resume needs the snapshot"),
        (["--include", "1"], "--organization"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str) -> None:
    ran = assay("audit", "aws", "--no-config", *arguments)
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_the_policy_needs_no_credentials_and_grants_what_is_asked() -> None:
    ran = assay("audit", "aws", "--no-config", "--print-policy", "--control", "storage.versioning-enabled")
    assert ran.exit_code == 0
    granted = json.loads(ran.stdout)["Statement"][0]["Action"]
    assert {"s3:ListAllMyBuckets", "s3:GetBucketVersioning", "s3:GetBucketLocation", "ec2:DescribeRegions"} == set(granted)


def test_the_command_is_what_it_says() -> None:
    assert audit_command.name == "aws"


WITHOUT_LIBRARIES = """
import sys
sys.modules.update(dict.fromkeys(("boto3", "botocore", "google.auth", "google.api_core", "google.cloud")))
from assay.scanner.cli import main
main()
"""


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["audit", "aws"], 2, "pip install 'assay[aws]'"),
        (["snapshot", "aws", "-o", "x.gz"], 2, "pip install 'assay[aws]'"),
        (["audit", "gcp", "--project", "p"], 2, "pip install 'assay[gcp]'"),
        (["audit", "aws", "--print-policy"], 0, "s3:GetBucketPolicy"),
        (["audit", "gcp", "--project", "p", "--print-roles"], 0, "cloudasset.assets.listResource"),
    ],
)
def test_an_installation_without_the_clouds_libraries(arguments: list[str], exit_code: int, said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_LIBRARIES, *arguments]
    ran = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert ran.returncode == exit_code, ran.stderr
    assert said in ran.stdout + ran.stderr
