"""Shards as tasks of a Ray cluster, of which nodes may come and go.

A task runs the ordinary command for one shard, as a batch system would: with its supervised worker, and in a process that no thread of
Ray is in. What it judges goes to the place of the shards; that it is done is all that comes back. So whatever is lost costs the shards that
were being judged, even where it is this process: the next run judges what is missing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.shards.errors import ShardError

LOCAL, REMOTE = "ray", "ray://"
RETRIES = 3
"""Attempts after the first, of a task whose node or process is lost."""
AHEAD = 2
"""Tasks for each core that are given to the cluster at once: more would only wait there, in its memory."""
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # By default a node that is gone is missed after a quarter of a minute, in which nothing starts.
    "RAY_health_check_initial_delay_ms": "500",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}
"""Of a cluster that is started here; one that is there has its own."""
_STORE = 80_000_000
"""Bytes of memory for results of tasks, of which each is a line."""
_SHOWN = 2_000
_ERRORS = 40
"""As in `logging`."""
_PATIENCE = 10.0
"""Seconds for a cluster to answer: Ray itself asks for many minutes."""


class TaskEnd(msgspec.Struct, frozen=True):
    """How a task ended."""

    index: int
    """Of its command."""
    code: int
    """The exit code of the command; -1 where the task was lost to the end."""
    told: str
    """What it said on standard error, or how it was lost."""


class LostTask(Exception):
    """A command that was killed: with its node, or for the memory of that. It is tried again."""


class Cluster:
    """A Ray cluster: of this machine alone, or one that is there."""

    def __init__(self, address: str) -> None:
        """`address`: `ray` for the cluster of RAY_ADDRESS, else one of this machine that ends with this; or `ray://HOST:PORT`.

        Raises ShardError where Ray is not installed, or there is no such cluster.
        """
        for name, value in _SETTINGS.items():
            os.environ.setdefault(name, value)
        try:
            import ray
        except ImportError:
            raise ShardError("--on ray needs Ray: pip install 'assay[ray]'") from None
        self._ray: Any = ray
        try:
            _reach(_where(address)["address"])
            ray.init(**_where(address), log_to_driver=False, logging_level=_ERRORS)
        except Exception as error:  # of many kinds, by what is missing
            first = str(error).strip().split("\n", 1)[0][:300]
            raise ShardError(f"--on {address}: no cluster of Ray: {first}") from None

    @property
    def cores(self) -> int:
        """How many there are now."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def run(self, commands: Sequence[Sequence[str]], folder: str) -> Iterator[TaskEnd]:
        """Run commands in a folder, which every node has, and give each as it ends."""
        task = self._ray.remote(num_cpus=1, max_retries=RETRIES, retry_exceptions=[LostTask])(_run)
        waiting, running = list(enumerate(commands)), dict[Any, int]()
        waiting.reverse()
        while waiting or running:
            while waiting and len(running) < AHEAD * self.cores:
                index, command = waiting.pop()
                running[task.remote(list(command), folder)] = index
            ended, _ = self._ray.wait(list(running), num_returns=1)
            for ended_task in ended:
                yield self._done(running.pop(ended_task), ended_task)

    def _done(self, index: int, reference: Any) -> TaskEnd:
        try:
            code, told = self._ray.get(reference)
        except Exception as error:  # of Ray: the node or the process was lost once more than it is tried
            return TaskEnd(index, -1, str(error).strip().split("\n", 1)[0][:300])
        return TaskEnd(index, code, told)

    def close(self) -> None:
        """Leave the cluster; one of this machine ends."""
        with contextlib.suppress(Exception):
            self._ray.shutdown()


def _where(address: str) -> dict[str, Any]:
    if address.startswith(REMOTE) or "RAY_ADDRESS" in os.environ:
        return {"address": address if address.startswith(REMOTE) else os.environ["RAY_ADDRESS"]}
    return {
        "address": "local",
        "include_dashboard": False,
        "object_store_memory": _STORE,
        "_node_ip_address": "127.0.0.1",  # every port is for this machine alone
    }


def _reach(address: str) -> None:
    """Raises OSError where nothing answers there."""
    host, _, port = address.removeprefix(REMOTE).rpartition(":")
    if port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def _run(command: list[str], folder: str) -> tuple[int, str]:
    """The task: a command, to its exit code and what it said."""
    with tempfile.TemporaryFile() as said:
        code = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False).returncode  # noqa: S603
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - _SHOWN))
        told = said.read().decode("utf-8", "replace").strip()
    if code < 0:
        raise LostTask(f"ended by signal {-code}")
    return code, told


def command(arguments: Sequence[str]) -> list[str]:
    """The command line of Assay in the Python of a node."""
    return [sys.executable, "-m", "assay", *arguments]


def judge(
    cluster: Cluster, arguments: Callable[[int], Sequence[str]], indexes: Sequence[int], folder: str, tick: Callable[[int], None]
) -> list[TaskEnd]:
    """Judge shards on a cluster; those that could not be.

    `arguments`: of the command for a shard, by its index from 0. `tick`: is told how many are done.
    """
    failed = []
    for number, done in enumerate(cluster.run([command(arguments(index)) for index in indexes], folder), 1):
        if done.code:
            failed.append(msgspec.structs.replace(done, index=indexes[done.index]))
        tick(number)
    return failed
