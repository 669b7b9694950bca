"""Data flows one way: what is below does not import what is above it (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scans import ROOT

LAYERS = (
    ("errors", "lazy_re", "override", "__init__"),
    ("words", "globs", "cache"),
    ("plugins", "option_values", "estate_options"),
    ("options",),
    ("sources",),
    ("facts",),
    ("analysis",),
    ("rules",),
    ("results",),
    ("gate", "opinions", "questions", "tables", "buckets"),
    ("owners",),
    ("judge", "targets", "live", "compare", "config", "control_pages"),
    ("estate", "diff"),
    ("history",),
    ("worker",),
    ("run",),
    ("fixtures", "since", "configuration_schema", "evidence", "fix", "shards"),
    ("query", "editor"),
    ("cli",),
    ("__main__", "api"),
)
"""From the lowest. What stands in one layer does not import each other, apart from what is inside of a package."""
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
OF_REPORTS = {"results", "rules", "facts", "sources", "compare", "diff", "tables", "words", "lazy_re"}
"""What a report format may import."""


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and module of each of our imports, those inside of functions too; those for type checkers alone are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checked = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in checked:
            continue
        if isinstance(node, ast.Import):
            yield from [(node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "assay"]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "assay":
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def part(module: str) -> str:
    """`facts` of `assay.scanner.facts.model.Resource`."""
    names = module.split(".")
    return names[2] if len(names) > 2 and names[2] in RANK else "__init__"


def parts() -> list[Path]:
    return sorted(path for path in (ROOT / "scanner").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())


def test_every_part_has_its_layer() -> None:
    assert {path.stem for path in parts()} == set(RANK)


@pytest.mark.parametrize("name", sorted(RANK))
def test_nothing_imports_what_is_above_it(name: str) -> None:
    place = ROOT / "scanner" / name
    files = list(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    assert files
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in files
        for line, module in imported(path)
        if module.startswith("assay.reports") or not (part(module) == name or RANK[part(module)] < RANK[name])
    ]
    assert wrong == []


def test_reports_use_the_model_alone() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in (ROOT / "reports").rglob("*.py")
        for line, module in imported(path)
        if module.startswith("assay.scanner.") and part(module) not in OF_REPORTS
    ]
    assert wrong == []


@pytest.mark.parametrize("area", sorted(path.name for path in (ROOT / "scanner" / "facts").iterdir() if (path / "kinds.py").exists()))
def test_kinds_know_no_input(area: str) -> None:
    known = {module for _, module in imported(ROOT / "scanner" / "facts" / area / "kinds.py")}
    readers = ("terraform_aws", "terraform_gcp", "cloudformation", "aws_api", "google_api")
    assert [module for module in known if module.split(".")[-2] in readers or module.split(".")[-1] in readers] == []
