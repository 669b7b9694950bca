"""Writes the pages that follow from rules, readers and fixtures. `--check` compares instead."""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

from assay.scanner import configuration_schema
from assay.scanner.control_pages import write_pages
from assay.scanner.rules.load import CompiledControl, builtin_folder, load

HERE = Path(__file__).parent
CONTROLS = HERE / "controls"
PAGES = {
    "permissions-aws.md": "assay.scanner.live.aws",
    "permissions-gcp.md": "assay.scanner.live.google",
    "mutations.md": "docs.mutations",
    "query.md": "docs.query_columns",
    "seed-coverage.md": "docs.seed_coverage",
    "side-by-side.md": "docs.side_by_side",
}
"""Page to the module whose `page(controls)` gives its text."""

SCHEMA = "assay.schema.json"


def build(controls: list[CompiledControl], folder: Path) -> dict[str, str]:
    """Page, by its path below docs/, to its text."""
    written = {f"controls/{path.name}": path.read_text(encoding="utf-8") for path in write_pages(controls, folder)}
    written[SCHEMA] = f"{configuration_schema.text()}\n"
    return written | {name: importlib.import_module(module).page(controls) for name, module in PAGES.items()}


def main() -> None:
    sys.path.insert(0, str(HERE.parent))
    with tempfile.TemporaryDirectory() as scratch:
        fresh = build(load([builtin_folder()]).controls, Path(scratch))
    if "--check" not in sys.argv[1:]:
        for name, text in fresh.items():
            (HERE / name).write_text(text, encoding="utf-8")
        print(f"{len(fresh)} pages written")
        return
    listed = {*PAGES, SCHEMA, *(f"controls/{path.name}" for path in CONTROLS.glob("*.md"))}
    present = {name: (HERE / name).read_text(encoding="utf-8") for name in listed if (HERE / name).is_file()}
    stale = sorted(name for name in fresh.keys() | present.keys() if fresh.get(name) != present.get(name))
    for name in stale:
        print(f"docs/{name} is not what it is made from says; run make docs")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
