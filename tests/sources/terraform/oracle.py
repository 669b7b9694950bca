"""The terraform program as the judge of what an expression means: one run of `terraform console` for a whole table of expressions."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.terraform.hcl import TerraformSource

PROGRAM = shutil.which("terraform")
needs_terraform = pytest.mark.skipif(PROGRAM is None, reason="the terraform program is not installed")
REFUSED = "terraform refuses this expression"
_FAILED = "\N{NO ENTRY} refused"


def write(directory: Path, expressions: list[str], more: str = "") -> None:
    """A root module in which `local.e0`, `local.e1`, ... are the expressions."""
    lines = [f"  e{at} = try(jsonencode(\n{expression}\n), {json.dumps(_FAILED)})" for at, expression in enumerate(expressions)]
    (directory / "main.tf").write_text("locals {\n" + "\n".join(lines) + "\n}\n" + more, "utf-8")


def terraform(directory: Path, expressions: list[str], more: str = "") -> list[Any]:
    """What terraform makes of the expressions: plain data, REFUSED for an error."""
    assert PROGRAM
    write(directory, expressions, more)
    names = ", ".join(f"local.e{at}" for at in range(len(expressions)))
    given = {"PATH": os.environ["PATH"], "HOME": str(directory), "CHECKPOINT_DISABLE": "1"}
    asked = f"base64encode(jsonencode([{names}]))\n"
    ran = subprocess.run([PROGRAM, "console"], cwd=directory, env=given, input=asked, capture_output=True, text=True, check=False)
    answer = ran.stdout.strip().strip('"')
    assert answer and ran.returncode == 0 and not answer.startswith("("), (answer, ran.stderr)
    texts = json.loads(base64.b64decode(answer))
    return [REFUSED if text == _FAILED else json.loads(text) for text in texts]


def ours(directory: Path, expressions: list[str], more: str = "") -> list[Any]:
    """What the reader makes of them, as the attributes of a resource."""
    lines = [f"  e{at} = (\n{expression}\n)" for at, expression in enumerate(expressions)]
    (directory / "probe.tf").write_text('resource "probe" "all" {\n' + "\n".join(lines) + "\n}\n" + more, "utf-8")
    (collection,) = TerraformSource([], files=[str(directory / "probe.tf")], boundary=[str(directory)], show=os.path.basename).collect()
    assert not collection.coverage.gaps, collection.coverage.gaps
    (item,) = collection.items
    return [item[f"e{at}"].data for at in range(len(expressions))]


def same(one: Any, other: Any) -> bool:
    """Equality of plain data: a bool is not a number, and numbers agree to 12 digits."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or abs(one - other) <= 1e-12 * max(abs(one), abs(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)
