"""Programs that stand for another scanner."""

from __future__ import annotations

import sys
from pathlib import Path


def script(folder: Path, body: str, name: str = "checkov") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path
