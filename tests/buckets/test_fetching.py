"""Inputs in buckets, of a moto server over HTTP and of one that speaks as Cloud Storage does: what is judged is what a copy on disk gives."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.buckets.errors import BucketError
from assay.scanner.buckets.fetching import FetchLimits, fetched
from assay.scanner.judge import Rules
from assay.scanner.options import Options
from assay.scanner.shards.store import opened
from assay.scanner.shards.writing import missing
from assay.scanner.sources.discover import discover
from assay.scanner.sources.fetched import current
from assay.scanner.sources.formats import SNAPSHOT_BEGINNING
from assay.scanner.sources.interface import Share
from assay.scanner.sources.paths import show
from tests.buckets import servers
from tests.patience import SOON
from tests.scans import FAILING, PASSING, ROOT, VERSIONING, assay, assay_process, write

pytest.importorskip("obstore")

CASES = ROOT / "fixtures" / "controls" / "storage" / "versioning-enabled"
MODULE = 'module "m" {\n  source = "../m"\n}\n'
TEMPLATE = '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"B": {"Type": "AWS::S3::Bucket"}}}'
UNTIL = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
WAIVED = f'# assay:waive storage.versioning-enabled until={UNTIL} reason="copied elsewhere" owner=me\n{FAILING}'


def snapshots() -> dict[str, bytes]:
    """Three, of which one is not compressed."""
    one, two, three = sorted((CASES / "aws").glob("*.ndjson"))[:3]
    return {
        "nightly/1.ndjson.gz": gzip.compress(one.read_bytes()),
        "nightly/2.ndjson": two.read_bytes(),
        "nightly/3.gz": gzip.compress(three.read_bytes()),
    }


def inputs() -> dict[str, str | bytes]:
    export = next(path for path in sorted((CASES / "assets").iterdir()) if path.is_file())
    return {
        **snapshots(),
        "code/a/main.tf": MODULE + WAIVED,
        "code/b/main.tf": FAILING,
        "code/m/main.tf": PASSING,
        "templates/t.json": TEMPLATE,
        f"exports/{export.name}": export.read_bytes(),
        "README.md": "Nothing to scan",
        "code/node_modules/x/package.json": "{}",
    }


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    for url in servers.s3("assay-inputs"):
        for key, content in inputs().items():
            put(f"runs/{key}", content)
        yield url


@pytest.fixture(scope="module")
def gs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import obstore
    from obstore.store import from_url

    for url in servers.cloud_storage("assay-inputs", tmp_path_factory.mktemp("google")):
        for key, content in inputs().items():
            obstore.put(from_url(url), f"runs/{key}", content.encode() if isinstance(content, str) else content)
        yield url


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are, of each test alone."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same inputs on disk, in the working directory."""
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {f"runs/{key}": content for key, content in inputs().items()})


def put(key: str, content: str | bytes) -> None:
    servers.client().put_object(Bucket="assay-inputs", Key=key, Body=content)


def told(text: str, where: str = "") -> dict[str, Any]:
    """A report apart from when and how it was asked for; `where`: what its files are below."""
    report: dict[str, Any] = json.loads(text.replace(where, "runs") if where else text)
    report.pop("run")
    return report


@pytest.mark.parametrize("cloud", ["s3", "gs"])
def test_a_prefix_is_judged_as_its_copy_on_disk(cloud: str, copy: Path, temporary: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(cloud) + "/runs"
    there = assay("scan", url, *VERSIONING, "-r", "json")
    here = assay("scan", "runs", *VERSIONING, "-r", "json")
    assert there.exit_code == here.exit_code == 1 and tempfile.gettempdir() not in there.stdout
    assert told(there.stdout, url) == told(here.stdout)
    report = json.loads(there.stdout)
    assert report["run"]["targets"] == [url]
    assert {"s3.bucket", "aws_s3_bucket", "AWS::S3::Bucket", "storage.googleapis.com/Bucket"} <= {
        result["resource"]["type"] for result in report["results"]
    }
    assert report["summary"]["verdicts"]["waived"] == 1
    assert not list(temporary.glob("assay-fetched-*"))


def test_lines_of_code_are_shown(s3: str, copy: Path) -> None:
    ran = assay("scan", f"{s3}/runs/code/b", *VERSIONING, "-r", "html=page.html")
    assert ran.exit_code == 1
    page = (copy / "page.html").read_text()
    assert f"{s3}/runs/code/b/main.tf" in page and "assay-fetched-" not in page


@pytest.mark.long
def test_shards_of_a_prefix_are_the_run_that_is_not_cut(s3: str, copy: Path) -> None:
    asked = ["scan", f"{s3}/runs", "--control", "storage.*"]
    whole = assay(*asked, "-r", "json")
    for number in ("2/2", "1/2"):
        ran = assay_process(*asked, "--shard", number, "--out", "shards", "--jobs", "2", cwd=copy)
        assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    with fetched([f"{s3}/runs"], Share(-1)) as (top,):  # who has others judge makes the same plan
        options = Options(paths=[top], controls=["storage.*"])
        assert missing(options, Rules(options), 2, opened("shards")) == []
    merged = assay("merge", "shards", "-r", "json")
    assert "comments in code waive nothing" in merged.stderr
    one, other = told(whole.stdout), told(merged.stdout)
    waived = [result for result in one["results"] if result["verdict"] == "waived"]
    assert len(waived) == 1
    keys = [[(result["fingerprint"], result["resource"]["address"]) for result in report["results"]] for report in (one, other)]
    assert keys[0] == keys[1] and one["coverage"] == other["coverage"] and len(keys[0]) > 10
    assert merged.exit_code == whole.exit_code == 1


def test_a_shard_fetches_its_own_snapshots_alone(s3: str) -> None:
    header = snapshots()["nightly/2.ndjson"].partition(b"\n")[0]
    for number in range(5):
        put(f"halves/{number}.ndjson", header + b"\n" + b" " * (SNAPSHOT_BEGINNING * (number + 1)) + b"\n")
    put("halves/code/main.tf", FAILING)
    whole = []
    for index in range(2):
        with fetched([f"{s3}/halves"], Share(index, 2)) as (top,):
            sizes = {path.name: path.stat().st_size for path in Path(top).rglob("*.ndjson")}
            assert (Path(top) / "code" / "main.tf").read_text() == FAILING
            assert len(current().versions) == 6 and len(current().alone) == 5
            assert {Path(path).name for path in current().elsewhere} == {name for name, size in sizes.items() if size == SNAPSHOT_BEGINNING}
            whole.append({name for name, size in sizes.items() if size > SNAPSHOT_BEGINNING})
    assert [sorted(names) for names in whole] == [["0.ndjson", "2.ndjson", "4.ndjson"], ["1.ndjson", "3.ndjson"]]


def test_one_object_is_a_file(s3: str, copy: Path) -> None:
    ran = assay("scan", f"{s3}/runs/templates/t.json", *VERSIONING, "-r", "json")
    here = assay("scan", "runs/templates/t.json", *VERSIONING, "-r", "json")
    assert told(ran.stdout, f"{s3}/runs") == told(here.stdout)


def test_what_lies_beside_the_fetched_files_is_no_neighbour(s3: str) -> None:
    put("kept/.git/config", "[core]")
    put("kept/a/main.tf", FAILING)
    with fetched([f"{s3}/kept"]) as (top,):
        assert show(top) == f"{s3}/kept" and show(f"{top}/../x") == f"{s3}/x"
        assert oct(os.stat(f"{top}/a/main.tf").st_mode & 0o777) == "0o600"
        assert not (Path(top) / ".git" / "config").exists()
    with fetched([f"{s3}/runs/code"]) as (top,):
        [boundary] = [Path(part) for part in discover([top]).boundary]
        assert boundary in Path(top).parents and boundary.name.startswith("assay-fetched-")
    assert not os.path.exists(top) and show("x") == "x"


@pytest.mark.parametrize(
    ("limits", "told"),
    [(FetchLimits(bytes=10), "more than is fetched at once"), (FetchLimits(objects=2), "more than 2 objects")],
)
def test_more_than_may_be_fetched_is_refused(s3: str, temporary: Path, limits: FetchLimits, told: str) -> None:
    with pytest.raises(BucketError, match=told), fetched([f"{s3}/runs"], limits=limits):
        pass
    assert not list(temporary.iterdir())


def test_an_object_that_changes_in_between_is_refused(s3: str, tmp_path: Path) -> None:
    from assay.scanner.buckets.bucket import BucketFolder

    put("changing", "before")
    listed = BucketFolder(s3).described("changing")
    put("changing", "after")
    assert listed is not None
    with pytest.raises(BucketError, match="changing: it was changed while it was fetched"):
        BucketFolder(s3).fetch(listed, str(tmp_path / "new"))


def test_an_object_below_which_others_are_is_a_gap(s3: str, copy: Path) -> None:
    put("both/a", "x")
    put("both/a/main.tf", FAILING)
    ran = assay("scan", f"{s3}/both", *VERSIONING, "-r", "json")
    report = json.loads(ran.stdout)
    assert ran.exit_code == 1 and [gap["scope"] for gap in report["coverage"]["gaps"]] == [f"{s3}/both/a"]
    assert [result["verdict"] for result in report["results"]] == ["fail"]


def test_an_object_that_cannot_be_fetched_is_a_gap(s3: str, copy: Path) -> None:
    """S3 gives what is archived to nobody: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
    put("ice/a/main.tf", PASSING)
    servers.client().put_object(Bucket="assay-inputs", Key="ice/b/main.tf", Body=FAILING, StorageClass="GLACIER")
    ran = assay("scan", f"{s3}/ice", *VERSIONING, "-r", "json")
    [gap] = json.loads(ran.stdout)["coverage"]["gaps"]
    assert ran.exit_code == 3 and gap["scope"] == f"{s3}/ice/b/main.tf" and "403 Forbidden" in gap["reason"] and "<" not in gap["reason"]
    for further in ([], ["--shard", "1/2", "--out", "shards"]):
        ran = assay("scan", f"{s3}/ice/b", *VERSIONING, *further)
        assert ran.exit_code == 2 and f"{s3}/ice/b/main.tf: " in ran.stderr and ran.stderr.count("\n") == 1


def test_what_consoles_make_for_folders_is_no_file(s3: str, copy: Path) -> None:
    for key in ("folders/", "folders/deep/", "folders/deep/er/"):
        put(key, "")
    put("folders/deep/er/main.tf", PASSING)
    ran = assay("scan", f"{s3}/folders", *VERSIONING, "-r", "json")
    assert ran.exit_code == 0 and json.loads(ran.stdout)["coverage"]["files"]["found"] == 1


def test_a_run_that_is_stopped_leaves_nothing(s3: str, temporary: Path) -> None:
    command = [sys.executable, "-m", "assay", "scan", f"{s3}/runs", "--no-config"]
    with subprocess.Popen(
        command, env={**os.environ, "TMPDIR": str(temporary)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        while running.poll() is None and not list(temporary.glob("assay-fetched-*/s3")):
            time.sleep(0.01)
        running.terminate()
        told, _ = running.communicate(timeout=SOON)
    assert running.returncode == 128 + signal.SIGTERM, told
    assert not list(temporary.iterdir())


def test_a_run_that_is_stopped_fetches_nothing_more(s3: str, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.scanner.buckets.bucket import BucketFolder

    for number in range(100):
        put(f"many/{number}.tf", PASSING)
    begun: list[str] = []
    fetch = BucketFolder.fetch

    def counted(self: BucketFolder, of: Any, *rest: Any) -> None:
        begun.append(of.key)
        fetch(self, of, *rest)

    def stop(_: str) -> None:
        raise SystemExit

    monkeypatch.setattr(BucketFolder, "fetch", counted)
    with pytest.raises(SystemExit), fetched([f"{s3}/many"], tick=stop):
        pass
    assert 0 < len(begun) < 50 and not list(temporary.iterdir())


def test_a_run_that_is_stopped_while_a_thread_begins_leaves_nothing(s3: str, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The handler of the signal runs where `start` waits for its thread, which the pool does not know then."""
    from assay.scanner.buckets.bucket import BucketFolder

    start = threading.Thread.start
    begun: list[threading.Thread] = []

    def interrupted(self: threading.Thread) -> None:
        start(self)
        begun.append(self)
        if len(begun) == 3:
            raise SystemExit

    def slowly(_: BucketFolder, __: Any, path: str, *___: Any) -> None:
        for number in range(10_000):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{path}{number}").touch()

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    monkeypatch.setattr(BucketFolder, "fetch", slowly)
    with pytest.raises(SystemExit), fetched([f"{s3}/runs"]):
        pass
    assert not list(temporary.iterdir())
    for thread in begun:
        thread.join(SOON)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("key", ["odd/../main.tf", "odd//main.tf"])
def test_keys_that_are_no_paths_are_refused(s3: str, key: str) -> None:
    put(key, FAILING)
    try:
        ran = assay("scan", f"{s3}/odd", *VERSIONING)
        assert ran.exit_code == 2 and f'"{key}' in ran.stderr and "name a prefix without it" in ran.stderr
    finally:
        servers.client().delete_object(Bucket="assay-inputs", Key=key)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{s3}/nothing"], "no such object, and none below it"),
        (["s3://assay-no-such-bucket/a"], "s3://assay-no-such-bucket"),
        (["{s3}/runs", "--since", "main"], "leave --since out"),
        (["{s3}/runs", "--fixes"], "leave --fixes out"),
        (["{s3}/runs", "--with", "checkov"], "leave --with out"),
        (["{s3}/runs", "--evidence", "folder"], "leave --evidence out"),
        (["{s3}/runs", "--limit-download", "10"], "raise --limit-download"),
        (["{s3}/runs", "--shard", "1/2", "--out", "{s3}/runs/shards"], "is below"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(s3: str, copy: Path, arguments: list[str], said: str) -> None:
    ran = assay("scan", *(argument.format(s3=s3) for argument in arguments))
    assert ran.exit_code == 2 and said in ran.stderr and ran.stderr.count("\n") == 1
