"""What a gap says of an input that cannot be read is in words of ours, and names a way out."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from assay.scanner.options import Options
from assay.scanner.run import Scan
from assay.scanner.worker import parent
from tests.hostile.hidden_files import ACCOUNT, ASSET, HCL, HEADER, JSON, PLAN
from tests.scans import write

LONG = "9" * 5000
TOLD: dict[str, tuple[str, str | bytes, str]] = {
    "a long number in code": ("m.tf.json", f'{{"locals": {{"a": {LONG}}}}}', "a number of more digits"),
    "a long number in a plan": ("p.json", PLAN.replace('"values": {', f'"values": {{"x": {LONG}, ', 1), "a number is larger than any"),
    "a long number in a template": ("t.json", JSON.replace("22", LONG, 1), ""),
    "garbage behind an export": ("e.ndjson.gz", gzip.compress(ASSET.encode()) + b"garbage", "something else follows the compressed data"),
    "an export that ends early": ("e.ndjson.gz", gzip.compress(ASSET.encode())[:-9], "the compressed data ends early"),
    "garbage behind a snapshot": ("s.snapshot", gzip.compress((HEADER + ACCOUNT).encode()) + b"garbage", "something else follows"),
    "a snapshot that ends early": ("s.snapshot", gzip.compress((HEADER + ACCOUNT).encode())[:-9], "ends early"),
}
OF_PYTHON = ("set_int_max_str_digits", "sys.", "Not a gzipped file", "b'", "Error", "$[...]", "report this as a defect")


@pytest.mark.parametrize("name", TOLD)
def test_a_gap_is_in_plain_words(tmp_path: Path, name: str) -> None:
    file, content, told = TOLD[name]
    gaps = Scan(Options(paths=[str(write(tmp_path, {file: content}))])).report().coverage.gaps
    assert not told or any(told in f"{gap.reason}; {gap.settles_it}" for gap in gaps)
    assert [word for word in OF_PYTHON for gap in gaps if word in gap.reason] == []


@pytest.mark.skipif(not parent.available(), reason="no workers here")
def test_a_limit_that_nothing_can_keep_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": HCL, "t.json": JSON})
    command = [sys.executable, "-m", "assay", "scan", "--no-config", "--limit-memory", "1", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    said = " ".join(ran.stdout.split())
    assert ran.returncode == 3 and "--limit-memory is less than" in said, ran.stdout
