"""What a live audit collects is judged in workers: an answer that ends one costs the region that it stands in, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.judge import Judged, Rules
from assay.scanner.options import Limits, Options
from assay.scanner.run import Scan
from assay.scanner.sources.live import LiveSource, SnapshotPart
from assay.scanner.worker.forkserver import ForkServer
from tests.hostile.test_worker import HARM, children
from tests.sources.aws.estate import HOME, seeded_account, server

SMALL = Limits(memory=300_000_000, seconds=1)
BUCKET = "arn:aws:s3:::b"
AUDIT = """
import sys
sys.path.insert(0, {top!r})
from assay.scanner import judge
from assay.scanner.cli import cli
from tests.hostile.test_worker import HARM
whole = judge.judge
def harmful(collection, *arguments):
    if collection.name.endswith("/{region}"):
        HARM[{harm!r}][0]()
    return whole(collection, *arguments)
judge.judge = harmful
cli()
"""
TOP = str(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(Options(controls=["storage.versioning-enabled"]))


def account(number: int, *regions: str) -> list[dict[str, Any]]:
    """The part of a snapshot with one account, which has a bucket without versions in each region."""
    name = f"{number:012d}"
    answer = {"get_bucket_versioning": {"data": {}, "operation": "s3:GetBucketVersioning", "time": "t"}}
    part: list[dict[str, Any]] = [
        {"record": "snapshot", "format": "assay-snapshot/1", "cloud": "aws", "tool": "assay", "started": "t", "scope": {}},
        {"record": "account", "account": name, "name": "", "caller": "c", "regions": list(regions)},
    ]
    for region in regions:
        part += [
            {"record": "region", "region": region, "complete": True},
            {"record": "item", "type": "s3.bucket", "id": f"{BUCKET}-{number}-{region}", "account": name, "region": region,
             "operation": "s3:ListBuckets", "time": "t", "listed": {"Name": "b"}, "answers": answer},
        ]  # fmt: skip
    return [*part, {"record": "account_end", "account": name, "complete": True}]


class Accounts(LiveSource):
    """Accounts that were collected; threads go on while they are judged, as those of a cloud's library do."""

    input = "aws"

    def __init__(self, folder: Path, *accounts: list[dict[str, Any]]) -> None:
        self.folder, self.accounts = folder, accounts

    def parts(self) -> Iterator[SnapshotPart]:
        ended = threading.Event()
        thread = threading.Thread(target=ended.wait)
        thread.start()
        try:
            for number, records in enumerate(self.accounts):
                (self.folder / "part").write_text("".join(json.dumps(record) + "\n" for record in records))
                yield SnapshotPart("aws", str(self.folder / "part"), f"account {number}")
        finally:
            ended.set()
            thread.join()


def judged(rules: Rules, source: LiveSource) -> list[Judged]:
    return list(ForkServer(rules, Options(limits=SMALL)).judged([source]))


def failing(parts: list[Judged]) -> list[str]:
    return [result.resource.address.removeprefix(f"{BUCKET}-") for part in parts for result in part.results if result.verdict == "fail"]


def gaps(parts: list[Judged]) -> list[tuple[str, str]]:
    return [(gap.scope, gap.reason) for part in parts for gap in part.coverage.gaps]


@pytest.mark.parametrize("harm", ["segmentation fault", "killed", "loop", "memory", "exit"])
@pytest.mark.parametrize("place", ["judging", "reading"])
def test_an_answer_that_ends_a_worker_costs_its_region(
    harm: str, place: str, rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assay.scanner import judge
    from assay.scanner.sources.aws import records

    judging, reading = judge.judge, records.SnapshotReader._enter_item

    def judge_it(collection: Any, *arguments: Any) -> Judged:
        if collection.name == "aws:000000000001/r2":
            HARM[harm][0]()
        return judging(collection, *arguments)

    def read_it(reader: Any, record: Any) -> None:
        if record.account.endswith("1") and record.region == "r2":
            HARM[harm][0]()
        reading(reader, record)

    if place == "judging":
        monkeypatch.setattr(judge, "judge", judge_it)
    else:
        monkeypatch.setattr(records.SnapshotReader, "_enter_item", read_it)
    before = children()
    parts = judged(rules, Accounts(tmp_path, account(1, "r1", "r2", "r3"), account(2, "r1", "r2")))
    assert failing(parts) == ["1-r1", "1-r3", "2-r1", "2-r2"]
    [(scope, reason)] = gaps(parts)
    assert scope == "aws:000000000001/r2" and HARM[harm][1] in reason
    assert children() == before


def test_the_end_of_the_server_is_a_gap_for_each_account_that_follows(rules: Rules, tmp_path: Path) -> None:
    fork = ForkServer(rules, Options(limits=SMALL))
    parts = fork.judged([Accounts(tmp_path, account(1, "r1"), account(2, "r1"), account(3, "r1"))])
    first = next(parts)
    os.kill(fork._process, 9)
    rest = [first, *parts]
    assert {scope for scope, _ in gaps(rest)} >= {"account 1", "account 2"}


def test_what_cannot_be_collected_to_the_end_is_a_gap(rules: Rules, tmp_path: Path) -> None:
    class Broken(Accounts):
        def parts(self) -> Iterator[SnapshotPart]:
            yield from super().parts()
            raise RuntimeError("a defect")

    parts = judged(rules, Broken(tmp_path, account(1, "r1")))
    assert failing(parts) == ["1-r1"] and "RuntimeError: a defect" in gaps(parts)[0][1]


def test_an_audit_that_is_left_leaves_no_process(rules: Rules, tmp_path: Path) -> None:
    before = children()
    parts = ForkServer(rules, Options(limits=SMALL)).judged([Accounts(tmp_path, account(1, "r1", "r2"))])
    next(parts)
    parts.close()
    assert children() == before


def test_without_limits_it_is_judged_here(tmp_path: Path) -> None:
    scan = Scan(Options(controls=["storage.versioning-enabled"]), [Accounts(tmp_path, account(1, "r1"), account(2, "r1"))])
    assert [result.resource.address for result in scan if result.verdict == "fail"] == [f"{BUCKET}-1-r1", f"{BUCKET}-2-r1"]


@pytest.mark.parametrize("harm", ["segmentation fault", "loop"])
def test_an_audit_of_a_server_goes_on_behind_a_region_that_is_lost(harm: str, tmp_path: Path) -> None:
    """The buckets of the account stand in the part of global services, and fail; a region is lost."""
    program = tmp_path / "audit.py"
    program.write_text(AUDIT.format(top=TOP, region=HOME, harm=harm))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ENDPOINT_URL": server(), "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": HOME}
    chosen = ["--control", "storage.versioning-enabled", "--control", "network.*", "--regions", HOME, "--no-config"]
    command = [sys.executable, str(program), "audit", "aws", *chosen, "--limit-seconds", "1", "-r", "json"]
    ran = subprocess.run(command, env={**environment, **seeded_account().environment()}, capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout)
    assert ran.returncode == 1, ran.stderr
    assert any(result["verdict"] == "fail" for result in report["results"])
    lost = [gap for gap in report["coverage"]["gaps"] if gap["code"] == "input_failed"]
    assert [gap["scope"].endswith(f"/{HOME}") for gap in lost] == [True], lost
