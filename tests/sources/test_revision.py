"""Which commit a tree is of, and whether it is as that commit has it."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

import pytest

from assay import Options, Scan
from assay.scanner.results.model import Revision
from assay.scanner.sources import git_store, revision
from tests.scans import write

FILES: dict[str, str | bytes] = {"infra/main.tf": 'resource "aws_sqs_queue" "q" {}\n', "infra/notes.md": "a\n", "other/x.tf": ""}


def git(top: Path, *arguments: str) -> str:
    names = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}
    ran = subprocess.run(["git", "-C", top, *arguments], check=True, capture_output=True, text=True, env=environment)
    return ran.stdout.strip()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    made = tmp_path / "tree"
    write(made, FILES)
    git(made, "init", "-q", "-b", "main")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "first")
    return made


def told(*paths: Path) -> list[Revision]:
    return Scan(Options(paths=[str(path) for path in paths])).report().run.revisions


def test_a_clean_tree_is_its_commit(top: Path) -> None:
    assert told(top / "infra") == [
        Revision(targets=[str(top / "infra")], commit=git(top, "rev-parse", "HEAD"), branch="main", changed=0, added=0, removed=0)
    ]
    assert told(top / "infra")[0].clean is True


def test_what_differs_is_counted_below_the_targets_alone(top: Path) -> None:
    (top / "infra/main.tf").write_text('resource "aws_sqs_queue" "other" {}\n')
    (top / "infra/terraform.tfvars").write_text("")
    (top / "infra/notes.md").unlink()
    (top / "other/x.tf").unlink()
    (made,) = told(top / "infra")
    assert (made.changed, made.added, made.removed, made.clean) == (1, 1, 1, False)


def test_what_is_staged_is_no_commit(top: Path) -> None:
    (top / "infra/main.tf").write_text("# another\n")
    assert told(top / "infra")[0].changed == 1
    git(top, "add", "-A")
    (made,) = told(top / "infra")
    assert made.clean is None and "staged" in made.reason
    git(top, "commit", "-q", "-m", "second")
    assert told(top / "infra")[0].clean


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_every_version_of_the_index_and_both_kinds_of_ids(tmp_path: Path, version: int, form: str) -> None:
    made = tmp_path / "tree"
    write(made, {**FILES, **{f"infra/a{'b' * number}/é {number}.tf": f"# {number}\n" for number in range(40)}})
    git(made, "-c", f"index.version={version}", "init", "-q", "-b", "main", f"--object-format={form}")
    git(made, "config", "index.version", str(version))
    for arguments in (["add", "-A"], ["commit", "-q", "-m", "x"]):
        git(made, *arguments)
    (message,) = told(made)
    assert message.clean and len(message.commit) == {"sha1": 40, "sha256": 64}[form], message
    (made / "infra/abb/é 2.tf").write_text("# other\n")
    (made / "infra/abbb/é 3.tf").unlink()
    assert (told(made)[0].changed, told(made)[0].removed) == (1, 1)


def test_a_clone_has_its_commit_in_a_pack(top: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", f"file://{top}", "clone")
    git(tmp_path / "clone", "gc", "-q")
    assert told(tmp_path / "clone")[0].clean
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{top}", "shallow")
    assert told(tmp_path / "shallow")[0].clean


def test_a_sparse_checkout_lacks_nothing(top: Path) -> None:
    git(top, "sparse-checkout", "set", "--no-cone", "infra")
    assert not (top / "other/x.tf").exists()
    assert told(top)[0].removed == 0


@pytest.mark.parametrize("content", [b"", b"DIRC", b"DIRC\0\0\0\5\0\0\0\0", b"DIRC\0\0\0\2\xff\xff\xff\xff", b"\0" * 200])
def test_a_damaged_index_is_not_known(top: Path, content: bytes) -> None:
    (top / ".git/index").write_bytes(content)
    (made,) = told(top / "infra")
    assert made.commit and made.clean is None and "index" in made.reason


def test_a_store_of_another_tree_is_none(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "forged", {**FILES, ".git": f"gitdir: {top / '.git'}\n"})
    assert told(tmp_path / "forged" / "infra") == []


def test_a_submodule_is_of_its_own_commit(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "whole", {"main.tf": ""})
    git(tmp_path / "whole", "init", "-q", "-b", "main")
    git(tmp_path / "whole", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(top), "inner")
    (made,) = told(tmp_path / "whole/inner/infra")
    assert (made.commit, made.clean) == (git(top, "rev-parse", "HEAD"), True)


def test_line_ends_as_a_checkout_on_windows_has_them_are_no_change(top: Path) -> None:
    (top / "infra/main.tf").write_bytes(b'resource "aws_sqs_queue" "q" {}\r\n')
    assert told(top / "infra")[0].clean


def test_packed_references_worktrees_and_detached_heads(top: Path, tmp_path: Path) -> None:
    commit = git(top, "rev-parse", "HEAD")
    git(top, "pack-refs", "--all")
    git(top, "gc", "-q")
    assert not (top / ".git/refs/heads/main").exists()
    assert revision.head(str(top)) == revision.CheckedOut(commit, "main")
    git(top, "worktree", "add", "-q", "-b", "feature/é", str(tmp_path / "beside"))
    assert revision.head(str(tmp_path / "beside")) == revision.CheckedOut(commit, "feature/é")
    assert told(tmp_path / "beside/infra")[0].clean
    git(tmp_path / "beside", "checkout", "-q", "--detach")
    assert revision.head(str(tmp_path / "beside")) == revision.CheckedOut(commit, "")


def test_two_repositories_and_what_is_in_none(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "second", FILES)
    for arguments in (["init", "-q", "-b", "trunk"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        git(tmp_path / "second", *arguments)
    write(tmp_path / "none", FILES)
    made = told(top / "infra", tmp_path / "none", tmp_path / "second", top / "other")
    assert [revision.branch for revision in made] == ["main", "trunk"]
    assert made[0].targets == [str(top / "infra"), str(top / "other")]


def test_outside_of_a_repository_and_before_the_first_commit_there_is_none(tmp_path: Path) -> None:
    write(tmp_path / "plain", FILES)
    assert told(tmp_path / "plain") == []
    write(tmp_path / "born", FILES)
    git(tmp_path / "born", "init", "-q")
    assert told(tmp_path / "born") == []


def test_git_is_not_started_for_the_commit(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = git(top, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(subprocess, "Popen", None)
    (made,) = told(top / "infra")
    assert (made.commit, made.clean) == (commit, True)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "ref: ../../../etc/passwd",
        "ref: refs/../../x",
        "ref: refs/heads/a\x1b[0m",
        "ref: refs/heads/" + "a" * 9000,
        "0" * 41,
        "\xff\xfe",
        "ref: refs/heads/loop",
    ],
)
def test_a_store_that_is_not_one_names_no_commit(tmp_path: Path, head: str) -> None:
    write(tmp_path, {".git/HEAD": head, ".git/refs/heads/loop": "ref: refs/heads/loop"})
    assert revision.head(str(tmp_path)) is None


@pytest.mark.parametrize("link", [".git/HEAD", ".git/refs/heads/main", ".git/refs/heads"])
def test_no_link_of_a_store_leads_out_of_it(tmp_path: Path, link: str) -> None:
    write(tmp_path, {"secret/main": "5ec4e7" * 10 + "abcd\n", "tree/.git/HEAD": "ref: refs/heads/main\n"})
    place = tmp_path / "tree" / link
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(tmp_path / ("secret" if link.endswith("heads") else "secret/main"))
    assert revision.head(str(tmp_path / "tree")) is None


def test_a_store_shares_the_references_of_no_other(tmp_path: Path) -> None:
    other = {"other/refs/heads/main": "a" * 40}
    write(tmp_path, {"tree/.git/HEAD": "ref: refs/heads/main\n", "tree/.git/commondir": "../../other\n", **other})
    assert revision.head(str(tmp_path / "tree")) is None


@pytest.mark.parametrize(
    ("files", "commit"),
    [
        ({".git": "gitdir: a\0b"}, ""),
        ({".git/HEAD": "ref: refs/heads/main", ".git/commondir": "a\0b"}, ""),
        ({".git/HEAD": "a" * 40}, "a" * 40),
    ],
)
def test_a_damaged_store_ends_no_scan(tmp_path: Path, files: dict[str, str | bytes], commit: str) -> None:
    index = struct.pack(">4sII", b"DIRC", 2, 0) + b"TREE" + struct.pack(">I", 25) + b"\x000 0\n" + bytes(60)
    listed = [0] * 0xAA + [1] * (256 - 0xAA)
    pack = b"\xfftOc\0\0\0\2" + struct.pack(">256I", *listed) + b"\xaa" * 20 + bytes(4) + struct.pack(">I", 1000)
    store: dict[str, str | bytes] = {
        ".git/index": index, ".git/objects/pack/pack-x.idx": pack, ".git/objects/pack/pack-x.pack": b"PACK"
    } if commit else {}  # fmt: skip
    write(tmp_path, {**files, **store})
    made = revision.revisions([str(tmp_path)], {})
    assert [(entry.commit, entry.clean) for entry in made] == ([(commit, None)] if commit else [])
    assert not commit or "damaged" in made[0].reason


def test_an_index_of_a_pack_may_not_count_more_than_it_has(tmp_path: Path) -> None:
    listed = [0] * 0xAA + [0xFFFFFFFF] * (256 - 0xAA)
    pack = b"\xfftOc\0\0\0\2" + struct.pack(">256I", *listed) + b"b" * 20
    write(tmp_path, {"objects/pack/pack-x.idx": pack})
    with pytest.raises(git_store.UnreadableRepository):
        git_store.tree_of(str(tmp_path), "a" * 40)


def test_a_pipe_in_a_store_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git/HEAD")
    assert revision.head(str(tmp_path)) is None


def test_nothing_that_a_repository_configures_runs(top: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for name in ("core.fsmonitor", "filter.x.clean", "filter.x.smudge", "diff.external", "core.pager"):
        git(top, "config", name, f"touch {mark}")
    (top / ".gitattributes").write_text("* filter=x\n")
    (top / "infra/main.tf").write_text("# another\n")
    assert told(top)[0].changed == 1
    assert not mark.exists()
