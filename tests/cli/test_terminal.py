"""What a terminal is shown beside a report: colours, progress, and what --debug tells."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from assay.scanner.cli import output, watching
from assay.scanner.errors import debug
from tests.scans import assay

CODE = 'resource "aws_s3_bucket" "b" {}\n'


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join(folder for folder in sys.path if folder)
    return {"PYTHONPATH": path, "PATH": os.environ["PATH"], "TERM": "xterm", **more}


def scanned(tree: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assay", "scan", ".", "--control", "storage.versioning-enabled", *arguments]
    return subprocess.run(command, cwd=tree, env=environment(**more), capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(CODE)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "variables", "coloured"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": ""}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--no-color",), {"FORCE_COLOR": "1"}, False),
        (("--no-color", "--color", "always"), {}, False),
    ],
)
@pytest.mark.parametrize("format_", ["text", "concise"])
def test_colours_in_a_pipe(tree: Path, format_: str, arguments: tuple[str, ...], variables: dict[str, str], coloured: bool) -> None:
    done = scanned(tree, "-r", format_, *arguments, **variables)
    assert ("\x1b[" in done.stdout) == coloured
    assert done.stderr == ""


def test_a_report_in_a_file_has_no_colours(tree: Path) -> None:
    scanned(tree, "-r", "text=a.txt", "--color", "always")
    assert "\x1b" not in (tree / "a.txt").read_text()


@pytest.mark.parametrize(("terminal", "coloured"), [("xterm", True), ("dumb", False)])
def test_colours_on_a_terminal(tree: Path, terminal: str, coloured: bool) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "assay", "scan", ".", "--control", "storage.versioning-enabled"]
    subprocess.run(command, cwd=tree, env=environment(TERM=terminal), stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert ("\x1b[" in shown) == coloured


def test_progress_begins_after_a_second_and_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    written = Terminal()
    monkeypatch.setattr(watching.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", written)
    progress = watching._Progress("main: ")
    progress.reads("a.tf")
    now[0] += 0.9
    progress.reads("b.tf")
    assert written.getvalue() == ""
    now[0] += 0.2
    progress(SimpleNamespace(results=[1, 2], name="stack"))
    now[0] += 0.2
    progress.reads("c\x1b[2J.tf\nPASS")
    assert "\r\x1b[2Kmain: 2 verdicts, stack\r\x1b[2Kmain: 2 verdicts, at c\\x1b[2J.tf\\nPASS" in written.getvalue()
    progress.end()
    progress.reads("late")
    assert written.getvalue().endswith("PASS\r\x1b[2K")


def test_proving_fixes_shows_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each proof judges the code again, which takes minutes where much fails."""
    from assay import Options
    from assay.scanner.fix.propose import fixing

    now = iter(range(1_000_000))
    written = Terminal()
    monkeypatch.setattr(watching.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setenv("TERM", "xterm")
    (tmp_path / "main.tf").write_text(CODE)
    fixer = fixing(Options(paths=str(tmp_path)))
    with watching.steps(False, "proving fixes: ") as fixer.judging.step:
        fixer.run(lambda result: result.control == "storage.versioning-enabled")
    assert "\r\x1b[2Kproving fixes: judged 2 times" in written.getvalue() and written.getvalue().endswith("\r\x1b[2K")
    with watching.steps(True, "") as step:
        assert step is None


def test_progress_names_what_a_worker_is_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that says nothing for long is looked at."""
    from assay import Options, Scan
    from assay.scanner.options import Limits
    from assay.scanner.worker import parent

    monkeypatch.setattr(parent, "_TICK", 0.001)
    for number in range(40):
        (tmp_path / f"m{number}.tf").write_text("".join(f'resource "aws_s3_bucket" "b{number}x{index}" {{}}\n' for index in range(20)))
    scan = Scan(Options(paths=str(tmp_path), limits=Limits()))
    seen: list[str] = []
    scan.tick = seen.append
    scan.report()
    if parent.available():
        assert any(name.startswith(str(tmp_path)) for name in seen)


def test_debug_tells_phases_on_standard_error(tree: Path) -> None:
    done = scanned(tree, "--debug", "-r", "concise")
    for phase in ("configuration and rules", "judged .", "report concise"):
        assert f" s  {phase}\n" in done.stderr
    assert done.stdout == scanned(tree, "-r", "concise").stdout


def test_debug_ends_with_its_command(tree: Path) -> None:
    """Programs call the command in their own process, one after another."""
    arguments = ("scan", "--no-config", tree, "--control", "storage.versioning-enabled")
    assert "assay: debug:" in assay(*arguments, "--debug").stderr
    assert "assay: debug:" not in assay(*arguments).stderr


def test_debug_tells_the_way_of_an_internal_error_without_its_text(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """
import assay.reports.text, sys
def render(report, context):
    raise ValueError("hunter2")
assay.reports.text.render = render
from assay.scanner.cli import main
main()
"""
    command = [sys.executable, "-c", code, "scan", ".", "--control", "storage.versioning-enabled"]
    plain = subprocess.run(command, cwd=tree, env=environment(), capture_output=True, text=True, check=False)
    assert "debug" not in plain.stderr and "in render" not in plain.stderr
    told = subprocess.run([*command, "--debug"], cwd=tree, env=environment(), capture_output=True, text=True, check=False).stderr
    assert ":4 in render: " in told and "assay: debug:   ValueError\n" in told
    assert "hunter2" not in "".join(line for line in told.splitlines() if "debug" in line and "in render" not in line)


def test_nobody_pays_for_debug_who_did_not_ask() -> None:
    code = "import sys; from assay.scanner.cli import judging; print('logging' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    debug("nobody listens")


def test_nothing_but_standard_output_is_coloured() -> None:
    assert not output.coloured({"no_color": False, "color": "always"}, "file.txt")
