"""One input costs only itself: whatever ends a worker, the rest is judged, and what was lost stands as a gap."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner import targets
from assay.scanner.judge import Judged, Rules
from assay.scanner.options import Limits, Options
from assay.scanner.sources import stage
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source, Wanted
from assay.scanner.sources.terraform import hcl
from assay.scanner.worker import parent, wire
from tests.patience import SOON
from tests.scans import FAILING, VERSIONING, write

SMALL = Limits(memory=300_000_000, seconds=1)


def segmentation_fault() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.5)  # the limit by the clock is ten times that of the processor
    time.sleep(60)


def memory() -> None:
    parts = [bytes(50_000_000) for _ in range(100_000)]  # which nobody writes to, so that it takes no time either
    raise AssertionError(f"it kept {len(parts)} pieces")


def exception() -> None:
    raise RuntimeError("a defect")


def recursion() -> None:
    recursion()


def leave() -> None:
    os._exit(9)


HARM: dict[str, tuple[Callable[[], None], str]] = {
    "segmentation fault": (segmentation_fault, "SIGSEGV"),
    "killed": (killed, "too little memory"),
    "loop": (loop, "takes more time than it may"),
    "sleep": (sleep, "takes more time than it may"),
    "memory": (memory, "takes more memory than it may"),
    "exception": (exception, "RuntimeError: a defect"),
    "recursion": (recursion, "RecursionError"),
    "exit": (leave, "exit code 9"),
}


class Parts(Source):
    """Parts of an input, each a collection; entering one of `harmful` does harm."""

    def __init__(self, names: str, harm: Callable[[], None], harmful: str) -> None:
        self.names, self.harm, self.harmful = names, harm, harmful

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        for name in self.names:
            coverage = Coverage()
            try:
                stage.enter(name)
                if name in self.harmful:
                    self.harm()
            except stage.LostInput as lost:
                coverage.gaps.append(Gap(name, "input_failed", str(lost.strerror), "way"))
            yield Collection(name, [], coverage)


class Harmful(Item):
    """An item that does harm when rules ask for its type."""

    def __init__(self, harm: Callable[[], None]) -> None:
        self.harm = harm

    @property
    def type(self) -> str:  # type: ignore[override]
        self.harm()
        return "t"


class Judging(Source):
    """Three collections, the second of which does harm when it is judged."""

    def __init__(self, harm: Callable[[], None]) -> None:
        self.harm = harm

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        yield Collection("a", [], Coverage())
        yield Collection("b", [Harmful(self.harm)], Coverage())  # type: ignore[abstract]
        yield Collection("c", [], Coverage())


Harmful.__abstractmethods__ = frozenset()


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(Options())


def run(rules: Rules, *sources: Source, workers: int = 1, limits: Limits = SMALL) -> list[Judged]:
    return list(parent.supervised(lambda: iter(sources), rules, Options(limits=limits), workers))


def gaps(judged: list[Judged]) -> list[tuple[str, str]]:
    return [(gap.scope, gap.reason) for part in judged for gap in part.coverage.gaps]


@pytest.mark.parametrize("name", HARM)
def test_what_ends_a_worker_costs_the_part_that_it_was_at(name: str, rules: Rules) -> None:
    harm, reason = HARM[name]
    judged = run(rules, Parts("abcd", harm, "bc"), Parts("ef", harm, ""))
    assert [part.name for part in judged] == list("abcdef")
    assert [scope for scope, _ in gaps(judged)] == ["b", "c"]
    assert all(reason in told for _, told in gaps(judged))


@pytest.mark.parametrize("name", ["segmentation fault", "loop", "exit"])
def test_a_worker_that_is_lost_over_judging_costs_that_collection(name: str, rules: Rules) -> None:
    harm, reason = HARM[name]
    judged = run(rules, Judging(harm))
    assert [part.name for part in judged] == list("abc")
    [(scope, told)] = gaps(judged)
    assert scope == "b" and reason in told


@pytest.mark.parametrize("name", ["exception", "memory", "recursion"])
def test_an_exception_of_a_rule_costs_that_collection(name: str, rules: Rules) -> None:
    judged = run(rules, Judging(HARM[name][0]))
    assert [part.name for part in judged] == list("abc") and [scope for scope, _ in gaps(judged)] == ["b"]


def test_a_source_that_goes_on_taking_workers_is_given_up(rules: Rules) -> None:
    judged = run(rules, Parts("abcdefghijklmnop", leave, "abcdefghijklmnop"), Parts("xy", leave, ""))
    assert [part.name for part in judged if len(part.coverage.gaps) == 0] == ["x", "y"]
    assert any("nothing more of this input is read" in reason for _, reason in gaps(judged))


def test_a_part_that_no_source_enters_in_its_ledger_is_a_gap_all_the_same(rules: Rules) -> None:
    class Silent(Parts):
        def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
            for collection in super().collect(wanted):
                collection.coverage.gaps = []
                yield collection

    [(scope, reason)] = gaps(run(rules, Silent("abc", leave, "b")))
    assert scope == "b" and "exit code 9" in reason


def test_a_source_that_names_no_part_is_left_out(rules: Rules) -> None:
    class Nameless(Source):
        def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
            leave()
            yield Collection("never", [], Coverage())

    judged = run(rules, Parts("a", leave, ""), Nameless(), Parts("z", leave, ""))
    assert [part.name for part in judged if not part.coverage.gaps] == ["a", "z"] and len(gaps(judged)) == 1


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_several_workers_share_the_sources(workers: int, rules: Rules) -> None:
    sources = [Parts(name, leave, "c") for name in ("ab", "cd", "ef", "gh", "ij")]
    judged = run(rules, *sources, workers=workers)
    assert sorted(part.name for part in judged) == list("abcdefghij") and [scope for scope, _ in gaps(judged)] == ["c"]


class Owner(Source):
    """A collection with parts, which is read by whoever judges it alone; where that fails, its parts are collections of their own."""

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        yield Collection("first", [], Coverage())
        coverage, parts = Coverage(), list[str]()
        try:
            if wanted.share.takes(1):
                stage.enter("whole")
                leave()
        except stage.LostInput as lost:
            coverage.gaps.append(Gap("whole", "input_failed", str(lost.strerror), "way"))
            parts = ["part a", "part b"]
        yield Collection("whole", [], coverage)
        for name in (*parts, "last"):
            yield Collection(name, [], Coverage())


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_what_one_worker_was_lost_over_is_known_to_who_judges_the_rest(workers: int, rules: Rules) -> None:
    judged = run(rules, Parts("ab", leave, ""), Owner(), Parts("yz", leave, ""), workers=workers)
    assert [part.name for part in judged] == ["a", "b", "first", "whole", "part a", "part b", "last", "y", "z"]
    assert [scope for scope, _ in gaps(judged)] == ["whole"]


def test_a_run_that_is_left_leaves_no_process(rules: Rules) -> None:
    before = children()
    parts = parent.supervised(lambda: iter([Parts("ab", sleep, "b")]), rules, Options(limits=SMALL))
    assert next(parts).name == "a"
    assert len(children()) == len(before) + 1
    parts.close()
    assert children() == before


def children() -> set[str]:
    """Processes of this one, those that ended and were not waited for among them: other tests may have some."""
    return {child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()}


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("echo no",)


@pytest.mark.parametrize(
    "content", [wire.encoded(Evil()), wire.encoded(signal.SIGINT), (5).to_bytes(8, "big") + b"hello"], ids=["call", "enum", "noise"]
)
def test_what_a_worker_sends_calls_nothing(content: bytes) -> None:
    with pytest.raises(wire.Damaged):
        list(wire.Messages().add(content))


def test_messages_come_in_whatever_pieces() -> None:
    content = b"".join(wire.encoded(wire.Failed(f"reason {number} \ud800")) for number in range(3))
    messages = wire.Messages()
    told = [message.reason for at in range(len(content)) for message in messages.add(content[at : at + 1])]
    assert told == [f"reason {number} \ud800" for number in range(3)]
    assert pickle.loads(content[8:]) == wire.Failed("reason 0 \ud800")


def test_a_command_goes_on_behind_an_input_that_is_too_large(tmp_path: Path) -> None:
    """Under so little memory the large plan cannot be read; the small module beside it fails, and that is what the run says."""
    large = {
        "format_version": "1.2",
        "terraform_version": "1.9",
        "planned_values": {},
        "variables": {f"v{n}": {"value": [n] * 50} for n in range(20_000)},
    }
    write(tmp_path, {"code/main.tf": FAILING, "plan.json": json.dumps(large)})
    command = [sys.executable, "-m", "assay.scanner", "scan", ".", *VERSIONING, "--limit-memory", "60M", "-r", "json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=100, check=False)
    report = json.loads(ran.stdout)
    assert ran.returncode == 1 and [result["verdict"] for result in report["results"]] == ["fail"]
    assert any("plan.json" in gap["scope"] and "memory" in gap["reason"] for gap in report["coverage"]["gaps"])


@pytest.mark.parametrize("named", [True, False])
def test_sources_that_cannot_be_made_end_no_run(named: bool, rules: Rules) -> None:
    """Making a source may read its file, and so be what a worker is lost over."""

    def sources() -> Iterator[Source]:
        yield Parts("ab", leave, "")
        try:
            if named:
                stage.enter("plan")
            leave()
        except stage.LostInput:
            pass
        yield Parts("c", leave, "")

    judged = list(parent.supervised(sources, rules, Options(limits=SMALL)))
    assert [part.name for part in judged if not part.coverage.gaps] == (["a", "b", "c"] if named else ["a", "b"])
    assert next(scope for scope, _ in gaps(judged)) == ("plan" if named else "input 2")
    assert named or any("nothing that follows" in reason for _, reason in gaps(judged))


def test_a_root_module_that_a_worker_is_lost_over_costs_itself(rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a/main.tf": FAILING, "b/main.tf": FAILING, "c/main.tf": FAILING})
    whole = hcl.TerraformSource._collect_root

    def collect(source: hcl.TerraformSource, directory: str, *more: Any) -> object:
        return leave() if directory.endswith("b") else whole(source, directory, *more)  # type: ignore[func-returns-value]

    monkeypatch.setattr(hcl.TerraformSource, "_collect_root", collect)
    options = Options(paths=[str(tmp_path)], limits=SMALL)
    made, _, _ = targets.sources(options)
    judged = list(parent.supervised(made, rules, options))
    assert [Path(part.name).name for part in judged if part.results] == ["a", "c"]
    [(scope, reason)] = gaps(judged)
    assert scope.endswith("b") and "exit code 9" in reason


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_worker_ends_with_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    """However the command ends, no process is left that works on for nobody."""
    code = "".join(FAILING.replace('"b"', f'"b{number}"') for number in range(6000))
    write(tmp_path, {"main.tf": code})
    command = [sys.executable, "-m", "assay.scanner", "scan", ".", "-r", "json"]
    ran = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children: list[str] = []
    for _ in range(200):
        children = Path(f"/proc/{ran.pid}/task/{ran.pid}/children").read_text().split()
        if children:
            break
        time.sleep(0.05)
    assert children and ran.poll() is None
    time.sleep(0.3)
    ran.send_signal(how)
    ran.wait(SOON)
    for _ in range(400):
        if not any(_runs(child) for child in children):
            return
        time.sleep(0.05)
    raise AssertionError("the worker is still there")


def _runs(child: str) -> bool:
    try:
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
