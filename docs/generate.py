"""Writes the pages that follow from the rules: `docs/controls/`. `--check` compares instead."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from scanner.catalogue import write_pages
from scanner.rules.load import builtin_folder, load

FOLDER = Path(__file__).parent / "controls"


def main() -> None:
    controls = load([builtin_folder()]).controls
    if "--check" not in sys.argv[1:]:
        print(f"{len(write_pages(controls, FOLDER))} pages written")
        return
    with tempfile.TemporaryDirectory() as scratch:
        fresh = {path.name: path.read_text(encoding="utf-8") for path in write_pages(controls, Path(scratch))}
    present = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in fresh.keys() | present.keys() if fresh.get(name) != present.get(name))
    for name in stale:
        print(f"docs/controls/{name} is not what the rules say; run make docs")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
