"""Measures what somebody waits for who types: from a change of text to what is found in it. Prints a Markdown table.

    python bench/editor.py [--changes N]

A real `assay lsp`, without the pause before it begins (`debounce` 0). CPU is that of the server and the process that judges for it, up to
the answer, which others on the machine do not lengthen. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))
REFERENCE = TOP / "fixtures/trade_streamer/aws/terraform"
FILES = ("environments/dev/main.tf", "modules/stack/security_groups.tf", "modules/stack/iam_tasks.tf", "modules/global/cdn.tf")
MODULE, ENVIRONMENT = 0.1, 0.3
"""Seconds at most: of a module of 20 resources, and of an environment of the reference deployment."""
_BUCKET = """
resource "aws_s3_bucket" "b{at}" {{
  bucket = "orders-{at}"
}}

resource "aws_s3_bucket_versioning" "b{at}" {{
  bucket = aws_s3_bucket.b{at}.id
  versioning_configuration {{
    status = "Enabled"
  }}
}}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=20)
    changes = parser.parse_args().changes
    missed = False
    print("| | the file, s | CPU s | slowest | all files, s | at most |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        path = top / "main.tf"
        path.write_text("".join(_BUCKET.format(at=at) for at in range(10)))
        missed |= row("a module of 20 resources", top, path, changes, MODULE)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        shutil.copytree(REFERENCE / "modules", top / "modules")
        shutil.copytree(REFERENCE / "environments/dev", top / "environments/dev")
        (top / ".git").mkdir()
        for name in FILES:
            missed |= row(name, top, top / name, changes, ENVIRONMENT)
    return int(missed)


def row(name: str, folder: Path, path: Path, changes: int, most: float) -> bool:
    """Print a row; whether the median is above the target."""
    first, used, whole = measured(folder, path, changes)
    waited, processor_, all_ = map(statistics.median, (first, used, whole))
    print(f"| {name} | {waited:.3f} | {processor_:.3f} | {max(first):.3f} | {all_:.3f} | {most} |", flush=True)
    return waited > most


def measured(folder: Path, path: Path, changes: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds from each change to the first answer on its file, of the processor too, and to the last answer."""
    from tests.editor.client import Editor, uri_of

    editor, text = Editor([folder], {"debounce": 0}), path.read_text()
    answers: list[tuple[float, float]] = []

    def told(uri: str, version: int | None) -> None:
        if (uri, version) == (uri_of(path), wanted):
            answers.append((time.perf_counter(), processor(editor.server)))

    editor.told, wanted = told, 1
    editor.open(path)
    editor.until(lambda: len(answers) > 1)
    editor.pause(3)
    first, used, whole = [], [], []
    for number in range(changes):
        answers.clear()
        begun, before = time.perf_counter(), processor(editor.server)
        wanted = editor.change(path, f"{text}\nlocals {{\n  change = {number}\n}}\n")
        editor.until(lambda: answers)
        editor.pause(2)
        first.append(answers[0][0] - begun)
        used.append(answers[0][1] - before)
        whole.append(answers[-1][0] - begun)
    editor.stop()
    return first, used, whole


def processor(pid: int) -> float:
    """Seconds of the processor that a process and its children have used (proc_pid_stat(5))."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = [Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split() for process in (pid, *children)]
    return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
