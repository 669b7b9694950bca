"""Trees of files: disk, an editor's unsaved text, the objects of git. What is judged does not depend on where it is kept."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assay import Options, Scan
from assay.scanner.sources.discover import discover
from assay.scanner.sources.git_objects import GitError, GitObjects
from assay.scanner.sources.overlay import DISK, EVERYTHING, Boundary, Overlay, Unsaved, repository

BLOCKED = """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""
TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: inner.yaml}
"""
INNER = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Bucket: {Type: AWS::S3::Bucket}
"""
TREE = {
    "tf/main.tf": 'module "m" {\n  source = "./m"\n  name   = file("name.txt")\n}\nvariable "v" {}\n',
    "tf/name.txt": "orders",
    "tf/terraform.tfvars": "v = 1\n",
    "tf/m/main.tf": 'variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\n',
    "tf/m/block.tf.json": '{"output": {"o": {"value": "${var.name}"}}}',
    "cf/outer.yaml": TEMPLATE,
    "cf/inner.yaml": INNER,
    "dm/config.yaml": "imports:\n- path: t.jinja\nresources:\n- name: orders\n  type: t.jinja\n",
    "dm/t.jinja": "resources:\n- name: {{ env['name'] }}-b\n  type: storage.v1.bucket\n  properties: {location: EU}\n",
    "dm/t.jinja.schema": "info: {title: t}\n",
    "kcc/bucket.yaml": "apiVersion: storage.cnrm.cloud.google.com/v1beta1\nkind: StorageBucket\nmetadata: {name: b}\nspec: {location: EU}\n",
    "ä\nö/main.tf": 'resource "aws_s3_bucket" "odd" {}\n',
}


def write(top: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, "utf-8")


def git(top: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-C", str(top), "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", *arguments],
        check=True,
        capture_output=True,
    )


def commit(top: Path, files: dict[str, str]) -> None:
    write(top, files)
    git(top, "init", "-q", "-b", "main") if not (top / ".git").exists() else None
    git(top, "add", "-A", "-f", ".")
    git(top, "commit", "-q", "-m", "state")


def empty(top: Path) -> None:
    """Leave nothing in the work tree."""
    git(top, "rm", "-r", "-q", "-f", "--cached", ".")
    for name in os.listdir(top):
        if name != ".git":
            subprocess.run(["rm", "-r", str(top / name)], check=True)


def judged(top: Path, overlay: Overlay | None = None) -> Any:
    """Everything that a report says of a tree, but for the store of git, which is on disk alone, and for empty files."""
    report = Scan(Options(paths=[str(top)], overlay=overlay)).report()
    tree = report.coverage.tree
    store, empty = tree.reasons.pop("the store of git", 0), tree.reasons.pop("it is empty", 0)
    tree.found, tree.excluded, tree.other = tree.found - store - empty, tree.excluded - store, tree.other - empty
    return report.summary, report.controls, report.results, report.coverage


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "r").mkdir()
    return tmp_path / "r"


def test_a_tree_is_judged_alike_from_disk_from_an_editor_and_from_git(top: Path) -> None:
    commit(top, TREE)
    disk = judged(top)
    assert disk[0].resources == 5 and not disk[3].gaps and len(disk[2]) > 10
    assert any(evidence.location and evidence.location.end for result in disk[2] for evidence in result.evidence)
    indexed, committed = GitObjects.index(str(top)), GitObjects.commit(str(top), "main")
    assert judged(top, indexed) == judged(top, committed) == disk
    write(top, dict.fromkeys(TREE, "stale {"))
    unsaved = {str(top / name): text.encode() for name, text in TREE.items()}
    assert judged(top, Unsaved(unsaved)) == judged(top, committed) == disk
    empty(top)
    assert judged(top, Unsaved(unsaved)) == judged(top, committed) == judged(top, indexed) == disk
    assert judged(top, Unsaved({str(top / "tf" / "none.txt"): b""}, committed)) == disk


def test_an_unsaved_change_changes_the_verdict(top: Path) -> None:
    write(top, {"main.tf": 'resource "aws_s3_bucket" "b" {}\n'})

    def verdict(overlay: Overlay | None) -> set[str]:
        options = Options(paths=[str(top)], controls=["storage.public-access-blocked"], overlay=overlay)
        return {result.verdict for result in Scan(options)}

    assert verdict(None) == {"fail"}
    assert verdict(Unsaved({str(top / "more.tf"): BLOCKED.encode()})) == {"pass"}
    assert verdict(Unsaved({str(top / "main.tf"): b'resource "aws_s3_bucket" "b" {}\n' + BLOCKED.encode()})) == {"pass"}
    assert verdict(None) == {"fail"}


def test_an_earlier_commit_is_read_and_a_later_one_is_not(top: Path) -> None:
    commit(top, {"a.tf": "one", "d/b.tf": "two"})
    commit(top, {"a.tf": "other"})
    earlier, later = GitObjects.commit(str(top), "HEAD~1"), GitObjects.commit(str(top), "HEAD")
    assert (earlier.read(str(top / "a.tf"), 99), later.read(str(top / "a.tf"), 99)) == (b"one", b"other")
    write(top, {"a.tf": "staged", "c.tf": "new"})
    git(top, "add", ".")
    write(top, {"a.tf": "not staged"})
    index = GitObjects.index(str(top / "d"))
    assert index.read(str(top / "a.tf"), 99) == b"staged" and index.is_file(str(top / "c.tf")) and not later.is_file(str(top / "c.tf"))


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-h", "HEAD:a.tf", "", "main\0x", "HEAD\n"])
def test_what_is_no_revision_is_refused(top: Path, revision: str) -> None:
    commit(top, {"a.tf": "one"})
    with pytest.raises(GitError):
        GitObjects.commit(str(top), revision)


def test_a_directory_without_a_repository_is_refused(top: Path) -> None:
    with pytest.raises(GitError):
        GitObjects.commit(str(top), "HEAD")


def overlays(top: Path) -> list[Overlay]:
    """The same tree, kept in three ways."""
    files = {
        str(path): path.read_bytes() for path in top.rglob("*") if path.is_file() and not path.is_symlink() and ".git" not in path.parts
    }
    return [DISK, Unsaved(files), GitObjects.commit(str(top), "HEAD"), Unsaved(files, GitObjects.commit(str(top), "HEAD"))]


def test_overlays_list_and_read_alike(top: Path) -> None:
    commit(top, {"a/b/c.txt": "text", "a/d.txt": "", "e.txt": "x" * 100_000})
    (top / "link").symlink_to("a")
    (top / "a" / "up").symlink_to("../e.txt")
    (top / "broken").symlink_to("nowhere")
    (top / "circle").symlink_to("circle")
    (top / "absolute").symlink_to(top / "a" / "b")
    commit(top, {})
    paths = [str(top / name) for name in ("a", "a/b/c.txt", "link", "link/b/c.txt", "a/up", "broken", "absolute/c.txt", "none", "e.txt/x")]
    for overlay in overlays(top)[1:]:
        for path in paths:
            for ask in ("is_file", "is_directory", "is_link", "real"):
                assert getattr(overlay, ask)(path) == getattr(DISK, ask)(path), (overlay, ask, path)
        for path in (str(top / "circle"), str(top / "none" / "x")):
            assert not overlay.is_file(path) and not overlay.is_directory(path)
        assert sorted(overlay.names(str(top / "link"))) == ["b", "d.txt", "up"]
        assert (overlay.read(str(top / "a" / "up"), 5), overlay.read(str(top / "a" / "d.txt"), 5)) == (b"xxxxx", b"")
        assert overlay.read(str(top / "link" / "b" / "c.txt"), EVERYTHING) == b"text"
        assert len(overlay.read(str(top / "e.txt"), EVERYTHING)) == 100_000
        with overlay.content(str(top / "e.txt")) as content:
            assert content[:3] == b"xxx" and content.find(b"y") == -1
        for path in (str(top), str(top / "a"), str(top / "none"), str(top / "broken")):
            with pytest.raises(OSError):
                overlay.read(path, 5)
        with pytest.raises(OSError):
            overlay.names(str(top / "e.txt"))
        assert walked(top, overlay) == walked(top, DISK)
        assert repository(str(top / "a" / "b"), overlay) == os.path.realpath(top)


def walked(top: Path, overlay: Overlay) -> set[Any]:
    entries = [(at, sorted(names), sorted(files)) for at, names, files in overlay.walk(str(top)) if ".git" not in at]
    return {(at, tuple(name for name in names if name != ".git"), tuple(files)) for at, names, files in entries}


def test_what_a_commit_links_to_outside_is_not_there(top: Path) -> None:
    commit(top, {"a.tf": ""})
    (top / "out").symlink_to("/etc")
    commit(top, {})
    overlay = GitObjects.commit(str(top), "HEAD")
    for path in (str(top / "out"), str(top / "out" / "hostname")):
        assert not overlay.is_file(path) and not overlay.is_directory(path) and overlay.real(path).startswith("/etc")
    assert overlay.is_link(str(top / "out")) and not overlay.is_file("/etc/hostname")
    with pytest.raises(OSError):
        overlay.read(str(top / "out" / "hostname"), 9)


def test_a_boundary_follows_the_links_of_its_overlay(top: Path) -> None:
    write(top, {"in/main.tf": "", "secret.txt": "s"})
    (top / "in" / "link.txt").symlink_to("../secret.txt")
    commit(top, {})
    for overlay in overlays(top):
        boundary = Boundary([str(top / "in")], overlay)
        assert boundary.holds(str(top / "in" / "main.tf")) and boundary.holds(str(top / "in"))
        assert not boundary.holds(str(top / "in" / "link.txt")) and not boundary.holds(str(top / "in" / ".." / "secret.txt"))
        assert not boundary.holds(str(top / "inner")) and not boundary.holds(str(top / "in" / "a\0b"))


def test_links_out_of_a_commit_are_gaps_as_on_disk(top: Path) -> None:
    write(top, {"main.tf": 'resource "probe" "p" {\n  v = file("out/hostname")\n}\n'})
    (top / "out").symlink_to("/etc")
    (top / "m.tf").symlink_to("/etc/hostname")
    commit(top, {})
    disk, committed = (judged(top, overlay)[3] for overlay in (None, GitObjects.commit(str(top), "HEAD")))
    assert {gap.code for gap in disk.gaps} == {"link_not_followed", "parse_error"}
    assert [gap.code for gap in committed.gaps if gap.code == "parse_error"] == ["parse_error"]


def test_files_of_an_editor_need_no_directory_on_disk(tmp_path: Path) -> None:
    overlay = Unsaved({str(tmp_path / "new" / "sub" / "main.tf"): b'resource "probe" "p" {}\n'})
    assert discover([str(tmp_path / "new")], overlay).directories == [str(tmp_path / "new" / "sub")]
    assert discover([str(tmp_path / "new" / "sub" / "main.tf")], overlay).files == [str(tmp_path / "new" / "sub" / "main.tf")]


def test_git_is_given_nothing_that_a_repository_names(top: Path) -> None:
    """Entries that no checkout would write, and a configuration that would run a program."""
    commit(top, {"a.tf": "one"})
    marker = top / "ran"
    (top / "evil").write_text(f"#!/bin/sh\ntouch {marker}\n")
    (top / "evil").chmod(0o755)
    for name in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "diff.external", "core.gitProxy"):
        git(top, "config", name, str(top / "evil"))
    git(top, "config", "remote.origin.url", "ext::" + str(top / "evil"))
    git(top, "config", "remote.origin.promisor", "true")
    git(top, "config", "protocol.ext.allow", "always")
    git(top, "config", "extensions.partialClone", "origin")
    marker.unlink(missing_ok=True)
    missing = "0123456789" * 4
    overlay = GitObjects.commit(str(top), "HEAD")
    hostile = GitObjects(str(top), dict.fromkeys(("../up", "/etc/passwd", "a//b", "./c", "x/../y", "fine"), (33188, missing)))
    assert hostile.names(str(top)) == ["fine"] and overlay.read(str(top / "a.tf"), 9) == b"one"
    with pytest.raises(OSError):
        hostile.read(str(top / "fine"), 9)
    GitObjects.index(str(top))
    assert not marker.exists()


def test_the_process_of_git_ends(top: Path) -> None:
    commit(top, {"a.tf": "x" * 1_000_000, "b.tf": "b"})
    overlay = GitObjects.commit(str(top), "HEAD")
    assert overlay.read(str(top / "a.tf"), 3) == b"xxx" and overlay.read(str(top / "b.tf"), 3) == b"b"
    process = overlay._process
    assert process is not None and process.poll() is None
    del overlay
    assert process.poll() is not None
