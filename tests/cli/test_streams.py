"""Reports that are written while a run goes on."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.cli.streams import Streams
from assay.scanner.results.model import Result
from assay.scanner.run import Options, Scan
from tests.scans import FAILING, VERSIONING, assay, assay_process, write

ROOTS = {f"r{number}/main.tf": FAILING.replace("orders", f"orders-{number}") for number in range(4)}


def options(tree: Path) -> Options:
    return Options(paths=[str(tree)], controls=["storage.versioning-enabled"], allow_empty=True)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_results_are_there_before_the_run_is_over(tmp_path: Path) -> None:
    scan, out = Scan(options(write(tmp_path / "t", ROOTS))), tmp_path / "o.jsonl"
    streams = Streams([("jsonl", str(out)), ("text", "-")], scan)
    assert streams.others == [("text", "-")]
    seen: list[int] = []
    report = scan.report(lambda _: seen.append(len(lines(out))))
    assert seen == [2, 3, 4, 5]  # the opening line, and one result of each root
    assert "end" not in lines(out)[-1]
    assert streams.close(report) == 0
    assert list(lines(out)[-1]) == ["end"]
    assert lines(out)[0]["begin"]["run"]["id"] == lines(out)[-1]["end"]["run"]["id"] == report.run.id


def test_what_a_broken_run_found_is_there(tmp_path: Path) -> None:
    scan, out = Scan(options(write(tmp_path / "t", ROOTS))), tmp_path / "o.jsonl"
    Streams([("jsonl", str(out))], scan)

    def stop(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan.report(stop)
    assert [next(iter(line)) for line in lines(out)] == ["begin", "result"]
    ran = assay("report", str(out), "--no-config")
    assert ran.exit_code == 2 and "it has no closing line" in ran.stderr


def test_it_has_what_the_json_report_has(tmp_path: Path) -> None:
    tree = write(tmp_path / "t", {**ROOTS, "b.tf": "resource {"})
    ran = assay("scan", "--no-config", str(tree), "-r", f"jsonl={tmp_path / 'l'}", "-r", f"json={tmp_path / 'j'}")
    whole = json.loads((tmp_path / "j").read_text("utf-8"))
    begin, *results, end = lines(tmp_path / "l")
    assert ran.exit_code == 1
    assert sorted(line["result"]["fingerprint"] for line in results) == sorted(result["fingerprint"] for result in whole["results"])
    assert end["end"]["coverage"] == whole["coverage"] and begin["begin"]["tool"] == whole["tool"]


def test_a_run_that_finds_nothing_has_a_beginning_and_an_end(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = assay("scan", "--no-config", str(tmp_path / "empty"), "-r", "jsonl")
    assert ran.exit_code == 3 and [next(iter(json.loads(line))) for line in ran.stdout.splitlines()] == ["begin", "end"]


def test_what_cannot_be_written_is_told_and_stops_no_run(tmp_path: Path) -> None:
    tree = write(tmp_path / "t", ROOTS)
    ran = assay("scan", "--no-config", str(tree), *VERSIONING, "-r", f"jsonl={tmp_path}", "-r", f"json={tmp_path / 'j'}")
    assert ran.exit_code == 2 and "the jsonl report could not be written: " in ran.stderr
    assert json.loads((tmp_path / "j").read_text("utf-8"))["summary"]["verdicts"]["fail"] == 4


def test_a_defect_of_the_format_costs_no_other_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def line(_: Result) -> bytes:
        raise ZeroDivisionError("no")

    monkeypatch.setattr("assay.reports.jsonl.line", line)
    tree = write(tmp_path / "t", ROOTS)
    ran = assay(
        "scan", "--no-config", "--fail-on", "never", str(tree), *VERSIONING, "-r", f"jsonl={tmp_path / 'l'}", "-r", f"json={tmp_path / 'j'}"
    )
    assert ran.exit_code == 3 and "the jsonl report could not be made: ZeroDivisionError: no; please report it" in ran.stderr
    assert (tmp_path / "j").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    tree, pipe = write(tmp_path / "t", ROOTS), tmp_path / "pipe"
    os.mkfifo(pipe)

    def read() -> None:
        with open(pipe, "rb") as opened:
            opened.readline()

    reader = threading.Thread(target=read)
    reader.start()
    ran = assay_process("scan", "--no-config", str(tree), *VERSIONING, "-r", f"jsonl={pipe}")
    reader.join(10)
    assert ran.returncode == 1 and "internal error" not in ran.stderr


def test_a_path_that_is_not_there_leaves_no_file(tmp_path: Path) -> None:
    ran = assay("scan", "--no-config", str(tmp_path / "nowhere"), "-r", f"jsonl={tmp_path / 'l'}")
    assert ran.exit_code == 2 and not (tmp_path / "l").exists()
