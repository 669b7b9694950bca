"""The public interface: the examples of docs/api.md run, and everything public is described there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import assay
from assay.scanner.errors import AssayError
from assay.scanner.options import Options
from tests.scans import FAILING, PASSING, ROOT, write

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.S)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_run(example: str, tmp_path: Path) -> None:
    write(tmp_path, {"infra/main.tf": FAILING, "infra/b/main.tf": PASSING, "infra/prod.tfvars": ""})
    ran = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    if comment := re.search(r"print\(error\)  # (.*)", example):
        assert comment[1] in ran.stdout
    assert ran.stdout.strip()


def test_everything_public_is_there_and_described() -> None:
    for name in assay.__all__:
        assert getattr(assay, name) is not None
        assert name == "__version__" or f"`{name}" in PAGE
    with pytest.raises(AttributeError, match="no attribute 'Skan'"):
        assay.Skan  # noqa: B018
    for name in Options.__struct_fields__:
        assert f"`{name}`" in PAGE


def test_importing_it_imports_no_part_of_the_scanner() -> None:
    code = "import sys, assay; print(sorted(name for name in sys.modules if name.startswith('assay')), 'msgspec' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['assay', 'assay.scanner'] False"


def test_all_errors_have_one_root() -> None:
    errors = [getattr(assay, name) for name in assay.__all__ if name.endswith(("Error", "Errors"))]
    assert len(errors) >= 6
    assert all(issubclass(error, AssayError) for error in errors)


def test_a_string_is_one_path_and_paths_are_texts(tmp_path: Path) -> None:
    options = Options(paths="infra", var_files=tmp_path, policies=[tmp_path, "rules"], code=tmp_path, controls="storage.*")
    assert options.paths == ("infra",)
    assert options.var_files == (str(tmp_path),)
    assert options.policies == (str(tmp_path), "rules")
    assert options.code == str(tmp_path)
    assert options.controls == ("storage.*",)


def test_options_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Options(paths="a").paths = ("b",)  # type: ignore[misc]
