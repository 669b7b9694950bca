"""Shards on a Ray cluster of this machine, of which a node is killed. Where Ray is installed; one test at a time, since each takes all cores."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.shards import on_ray
from assay.scanner.shards.errors import ShardError
from tests.scans import assay_process
from tests.shards import runs

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    with open(os.path.join(tempfile.gettempdir(), "assay-ray-tests.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def two_nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    for name, value in {**on_ray._SETTINGS, "RAY_AUTH_MODE": "disabled"}.items():
        monkeypatch.setenv(name, value)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80_000_000})
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    try:
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def below(parent: int) -> list[int]:
    """The processes that one started, and those that these did."""
    processes = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            processes += [child, *below(child)]
    return processes


def test_a_node_that_is_killed_costs_what_it_was_at(two_nodes: Any, tmp_path: Path) -> None:
    node = two_nodes.add_node(num_cpus=1, object_store_memory=80_000_000)
    cluster = on_ray.Cluster("ray")
    assert cluster.cores == 2
    raylet = node.all_processes["raylet"][0].process.pid
    program = (
        "import os, sys, time\n"
        "node = open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1]\n"
        "open(sys.argv[1], 'a').write(f'{node}\\n')\n"
        "time.sleep(2)"
    )
    commands = [[sys.executable, "-c", program, str(tmp_path / str(number))] for number in range(6)]

    def kill() -> None:
        while not any(str(raylet) in file.read_text().split() for file in tmp_path.iterdir()):
            time.sleep(0.05)
        for process in [raylet, *below(raylet)]:  # all of the machine, as when it is taken away
            os.kill(process, signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    ended = list(cluster.run(commands, str(tmp_path)))
    killing.join()
    assert sorted(done.index for done in ended) == list(range(6)) and {done.code for done in ended} == {0}
    attempts = [len((tmp_path / str(number)).read_text().splitlines()) for number in range(6)]
    assert sum(attempts) > 6 and max(attempts) > 1, "the kill hit no task"
    assert cluster.cores == 1


def test_what_a_command_says_comes_back_and_one_that_is_killed_is_tried_again(two_nodes: Any, tmp_path: Path) -> None:
    cluster = on_ray.Cluster("ray")
    dying = "import os, sys\nopen(sys.argv[1], 'a').write('x')\nos.kill(os.getpid(), 9)"
    commands = [[sys.executable, "-c", "import sys; sys.exit('why')"], [sys.executable, "-c", dying, str(tmp_path / "tries")]]
    said, lost = sorted(cluster.run(commands, str(tmp_path)), key=lambda done: done.index)
    assert (said.code, said.told) == (1, "why")
    assert lost.code == -1 and len((tmp_path / "tries").read_text()) == 1 + on_ray.RETRIES


def test_a_scan_on_ray_is_the_scan_of_one_process(tmp_path: Path) -> None:
    code = runs.tree(tmp_path / "code")
    asked = ["scan", code.name, "--control", "storage.*", "--quiet", "-r", "json"]
    whole = assay_process(*asked, cwd=tmp_path)
    ran = assay_process(*asked, "--on", "ray", "--shards", 3, "--out", "kept", cwd=tmp_path)
    assert ran.returncode == whole.returncode == 1, ran.stderr
    reports = [json.loads(scan.stdout) for scan in (whole, ran)]
    for report in reports:
        report.pop("run")
    assert reports[0] == reports[1]
    assert len(list((tmp_path / "kept").glob("shard-*-of-00003.jsonl.gz"))) == 3


def test_a_cluster_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    with pytest.raises(ShardError, match="no cluster of Ray"):
        on_ray.Cluster("ray")
