"""What a repository holds does not choose what git compares with, and nothing of it is run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from assay.scanner.sources.git_objects import GitError, GitObjects
from tests.hostile.test_weakened_gate import commit, git, since
from tests.scans import FAILING, PASSING, write

LOOKS_LIKE_ONE = """[core]
	repositoryformatversion = 0
	bare = false
	worktree = .
	fsmonitor = "touch {mark};false"
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    top = tmp_path / "top"
    write(top, {"infra/main.tf": PASSING})
    monkeypatch.chdir(top)
    git("init", "-q", "-b", "main", ".")
    commit()
    return top


def embed(top: Path, mark: Path) -> None:
    """Make `infra` look like a repository of its own, in which `main` had the failure already."""
    other = top.parent / "other"
    write(other, {"main.tf": FAILING})
    git("-C", str(other), "init", "-q", "-b", "main", ".")
    git("-C", str(other), "add", "-A")
    git("-C", str(other), "commit", "-q", "-m", "x")
    for name in ("HEAD", "objects", "refs"):
        made = other / ".git" / name
        (shutil.copytree if made.is_dir() else shutil.copy)(made, top / "infra" / name)
    write(top / "infra", {"main.tf": FAILING, "config": LOOKS_LIKE_ONE.format(mark=mark)})


@pytest.mark.parametrize("path", ["infra", ".", "infra/main.tf"])
def test_a_directory_that_looks_like_a_repository_is_none(path: str, repository: Path) -> None:
    mark = repository.parent / "run"
    embed(repository, mark)
    git("checkout", "-q", "-b", "change")
    commit()
    code, said = since(path, "--since", "main")
    assert code == 1 and {result["standing"] for result in said["results"] if result["verdict"] == "fail"} == {"new"}
    assert not mark.exists()


def test_git_is_no_program_of_the_tree(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = repository.parent / "run"
    write(repository, {"git": f"#!/bin/sh\ntouch {mark}\n"})
    (repository / "git").chmod(0o755)
    for entries in (("",), (".",), ("../top",)):
        with monkeypatch.context() as there:
            there.setenv("PATH", os.pathsep.join((*entries, os.environ["PATH"])))
            assert since("infra", "--since", "main")[0] == 0
    assert not mark.exists()


def test_a_store_that_is_of_another_working_tree_is_refused(repository: Path) -> None:
    git("config", "core.worktree", str(repository.parent / "elsewhere"))
    (repository.parent / "elsewhere").mkdir()
    with pytest.raises(GitError, match="another working tree"):
        GitObjects.commit(str(repository), "main")
