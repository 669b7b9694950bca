"""A run beside an earlier revision: only what a change made worse counts, and nothing is checked out."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay import Options, Scan
from assay.scanner.since import earlier
from assay.scanner.sources import git_program
from assay.scanner.sources.git_objects import GitError, GitObjects
from assay.scanner.sources.terraform.directories import Directories
from tests.scans import FAILING, PASSING, VERSIONING, assay, write

IDENTITY = ("-c", "user.email=a@example.com", "-c", "user.name=A", "-c", "commit.gpgsign=false")
UNTIL = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)).isoformat()
OTHER = FAILING.replace('"b"', '"c"').replace("orders", "fills")


def git(*arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a/main.tf": FAILING, "b/main.tf": FAILING, "modules/m/main.tf": 'variable "name" {}\n', "a/README.md": "x"})
    git("init", "-q", "-b", "main", ".")
    commit()
    return tmp_path


def commit() -> None:
    git("add", "-A")
    git("commit", "-q", "-m", "change")


def since(revision: str, *arguments: str) -> tuple[int, dict[str, Any], dict[tuple[str, str], str]]:
    ran = assay("scan", ".", "--since", revision, *VERSIONING, "-r", "json", *arguments)
    assert ran.exit_code != 2, ran.stderr
    said = json.loads(ran.stdout)
    standing = {(result["resource"]["root"], result["resource"]["address"]): result["standing"] for result in said["results"]}
    return ran.exit_code, said, standing


def test_what_is_new_counts_and_what_was_there_does_not(tree: Path) -> None:
    write(tree, {"a/more.tf": OTHER})
    code, said, standing = since("HEAD")
    assert code == 1 and standing == {("a", "aws_s3_bucket.b"): "known", ("a", "aws_s3_bucket.c"): "new"}
    [comparison] = said["gate"]["comparisons"]
    assert (comparison["kind"], comparison["name"], comparison["new"], comparison["known"]) == ("revision", "HEAD", 1, 1)
    (tree / "a" / "more.tf").unlink()
    write(tree, {"a/main.tf": "\n# moved\n" + FAILING})
    assert since("HEAD")[0] == 0


def test_what_is_mended_is_told(tree: Path) -> None:
    write(tree, {"a/main.tf": PASSING})
    code, said, _ = since("HEAD")
    assert code == 0 and [past["address"] for past in said["gate"]["comparisons"][0]["gone"]] == ["aws_s3_bucket.b"]


def test_nothing_that_changed_is_nothing_to_judge(tree: Path) -> None:
    code, said, standing = since("HEAD")
    assert code == 0 and standing == {} and said["coverage"]["gaps"] == []
    ran = assay("scan", ".", "--since", "HEAD", "-r", "concise")
    assert (ran.exit_code, ran.stdout) == (0, "EMPTY: nothing was judged: nothing that is judged is changed since HEAD\n")
    ran = assay("scan", ".", "--since", "HEAD", "-r", "markdown")
    assert "Nothing was judged: nothing that is judged is changed since HEAD." in ran.stdout.splitlines()


def test_of_gaps_that_were_there_their_number_is_told(tree: Path) -> None:
    write(tree, {"a/broken.tf": "resource {", "a/vpc.tf": 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'})
    commit()
    write(tree, {"a/more.tf": OTHER})
    ran = assay("scan", ".", "--since", "HEAD", *VERSIONING, "-r", "concise")
    assert ran.stderr == "assay: 2 gaps known from before; the text and json reports name each\n"
    write(tree, {"a/new.tf": 'module "eks" {\n  source = "terraform-aws-modules/eks/aws"\n}\n'})
    ran = assay("scan", ".", "--since", "HEAD", *VERSIONING, "-r", "concise")
    assert ran.exit_code == 1 and 'a/new.tf:1: module "eks"' in ran.stderr.splitlines()[0] and "2 gaps known" in ran.stderr.splitlines()[1]


def test_what_fails_in_a_template_is_known_where_nothing_changed(tree: Path) -> None:
    write(tree, {"t.yaml": "Resources:\n  B: {Type: AWS::S3::Bucket}\n"})
    commit()
    code, _, standing = since("HEAD")
    assert code == 0 and standing == {("t.yaml", "AWS::S3::Bucket.B"): "known"}


def test_only_roots_that_a_change_touches_are_judged(tree: Path) -> None:
    write(tree, {"b/module.tf": 'module "m" {\n  source = "../modules/m"\n  name = "x"\n}\n', "c/main.tf": FAILING})
    commit()
    write(tree, {"modules/m/main.tf": 'variable "name" {}\n' + OTHER})
    _, said, standing = since("HEAD")
    assert {root for root, _ in standing} == {"b"}
    assert standing["b", "module.m.aws_s3_bucket.c"] == "new"
    left_out = said["coverage"]["tree"]["reasons"]["not touched since the revision that the run is compared with"]
    assert left_out == 2  # a/main.tf, c/main.tf


@pytest.mark.parametrize("change", ["deleted", "variables", "read", "link", "linked code", "linked variables"])
def test_a_change_of_another_file_of_a_root_touches_it(change: str, tree: Path) -> None:
    code = 'variable "status" {\n  default = "Enabled"\n}\n' + PASSING.replace('"Enabled"', "var.status")
    by_file = PASSING.replace('"Enabled"', 'trimspace(file("../data/status"))')
    write(tree, {"a/main.tf": by_file if change == "read" else code, "data/status": "Enabled\n", "a/extra.tf": "locals {}\n"})
    if change == "deleted":
        versioning = code.partition('resource "aws_s3_bucket_versioning"')
        write(tree, {"a/main.tf": versioning[0], "a/extra.tf": "".join(versioning[1:])})
    if change == "linked code":
        write(tree, {"shared/main.tf.txt": PASSING})
        (tree / "a" / "main.tf").unlink()
        (tree / "a" / "main.tf").symlink_to("../shared/main.tf.txt")
    if change == "linked variables":
        write(tree, {"data/values": 'status = "Enabled"\n'})
        (tree / "a" / "terraform.tfvars").symlink_to("../data/values")
    commit()
    assert since("HEAD")[0] == 0
    match change:
        case "deleted":
            (tree / "a" / "extra.tf").unlink()
        case "variables":
            write(tree, {"a/terraform.tfvars": 'status = "Suspended"\n'})
        case "read":
            write(tree, {"data/status": "Suspended\n"})
        case "linked code":
            write(tree, {"shared/main.tf.txt": PASSING.replace('"Enabled"', '"Suspended"')})
        case "linked variables":
            write(tree, {"data/values": 'status = "Suspended"\n'})
        case "link":
            (tree / "a" / "z.auto.tfvars").symlink_to("../data/values")
            write(tree, {"data/values": 'status = "Suspended"\n'})
    assert since("HEAD")[0] == 1


def test_a_change_behind_a_link_to_a_module_touches_the_root(tree: Path) -> None:
    """What a linked module calls is beside the directory that the link leads to."""
    write(tree, {"b/main.tf": 'module "m" {\n  source = "./m"\n}\n', "real/m/main.tf": 'module "n" {\n  source = "../n"\n}\n'})
    write(tree, {"real/n/main.tf": PASSING})
    (tree / "b" / "m").symlink_to("../real/m")
    commit()
    write(tree, {"real/n/main.tf": FAILING})
    standing = {
        result["resource"]["address"] for result in json.loads(assay("scan", "b", "--since", "HEAD", "-r", "json").stdout)["results"]
    }
    assert "module.m.module.n.aws_s3_bucket.b" in standing


CALLS = {
    "plain": 'module "m" {\n  source = "../n"\n}\n',
    "behind a comment": '/* a "../x */ module "m" { source = "../n" }\n',
    "an escape": 'module "m" {\n  source = "\\u002e./n"\n}\n',
    "an escape of the word": json.dumps({"module": {"m": {"source": "../n"}}}).replace("module", "\\u006dodule"),
    "an escaped slash": json.dumps({"module": {"m": {"source": "../n"}}}).replace("/", "\\/"),
    "a backslash": 'module "m" {\n  source = "..\\\\n"\n}\n',
    "through another": 'module "m" {\n  source = "../between"\n}\n',
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_module_is_called_however_its_source_is_written(call: str, tree: Path) -> None:
    write(tree, {"between/main.tf": 'module "n" {\n  source = "../n"\n}\n', "n/main.tf": PASSING})
    write(tree, {f"b/main.tf{'.json' if call.startswith('{') else ''}": call, "c/main.tf": '# module "../n/m"\n' + PASSING})
    commit()
    write(tree, {"n/main.tf": FAILING})
    _, _, standing = since("HEAD")
    roots = {root for root, _ in standing}
    assert "b" in roots and "c" not in roots


def test_what_no_change_is_part_of_is_not_read_to_find_that_out(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {"b/main.tf": 'module "m" {\n  source = "../modules/m"\n  name   = "b"\n}\n' + FAILING})
    commit()
    write(tree, {"a/more.tf": OTHER})
    options = Options(paths=["."], controls=["storage.versioning-enabled"])
    before = earlier(options, "HEAD")
    assert (before.untouched, before.root_modules) == ({"b", "modules/m"}, {"a"})
    asked: list[str] = []
    read = Directories.content
    monkeypatch.setattr(Directories, "content", lambda self, path: asked.append(path) or read(self, path))
    narrowed = msgspec.structs.replace(options, changed=before.narrowing, untouched=before.untouched)
    report = Scan(narrowed).report()
    assert {result.resource.root for result in report.results} == {"a"}
    assert asked and not any("b/main.tf" in path or "modules" in path for path in asked)
    assert report.results == Scan(msgspec.structs.replace(options, changed=before.narrowing)).report().results


def test_a_branch_is_compared_with_where_it_began(tree: Path) -> None:
    git("checkout", "-q", "-b", "work")
    write(tree, {"a/more.tf": OTHER})
    commit()
    git("checkout", "-q", "main")
    write(tree, {"a/main.tf": PASSING})  # mended on main alone
    commit()
    git("checkout", "-q", "work")
    assert since("main")[2] == {("a", "aws_s3_bucket.b"): "known", ("a", "aws_s3_bucket.c"): "new"}


def test_fetched_modules_are_those_of_the_disk(tree: Path) -> None:
    manifest = {
        "Modules": [
            {"Key": "", "Source": "", "Dir": "."},
            {"Key": "m", "Source": "registry.terraform.io/x/m/aws", "Version": "1.0.0", "Dir": ".terraform/modules/m"},
        ]
    }
    write(tree, {"a/main.tf": 'module "m" {\n  source  = "x/m/aws"\n  version = "1.0.0"\n}\n', ".gitignore": ".terraform\n"})
    commit()
    write(
        tree,
        {"a/.terraform/modules/modules.json": json.dumps(manifest), "a/.terraform/modules/m/main.tf": FAILING, "a/other.tf": "locals {}\n"},
    )
    code, said, standing = since("HEAD")
    assert said["coverage"]["gaps"] == [] and standing == {("a", "module.m.aws_s3_bucket.b"): "known"} and code == 0


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("fail_on: low\n", "fail_on: never\n", "assay.yaml: fail_on was low and is never"),
        ("", "fail_on: high\n", "assay.yaml: fail_on was low and is high"),
        ("strict: true\n", None, "assay.yaml: strict was true and is false"),
        ("fail_on: high\n", "fail_on: low\n", None),
        ("vars: {a: b}\n", "vars: {a: c}\n", "assay.yaml: vars are others: a"),
        ("", "controls:\n  storage.uniform-access: {enabled: false, reason: x}\n", "storage.uniform-access is not judged by any more: x"),
        ("", "waivers:\n  - {control: 'a.*', resource: b, owner: me, reason: x, expires: 2027-01-01}\n", "assay.yaml:2: a waiver of a.* for b, until 2027-01-01, by me"),
    ],
)  # fmt: skip
def test_a_configuration_that_lets_more_through_is_a_finding(before: str, now: str | None, change: str | None, tree: Path) -> None:
    write(tree, {"assay.yaml": before})
    commit()
    if now is None:
        (tree / "assay.yaml").unlink()
    else:
        write(tree, {"assay.yaml": now})
    code, said, _ = since("HEAD")
    assert code == (1 if change else 0) and [change in text for text in said["gate"]["changes"]] == ([True] if change else [])
    assert since("HEAD", "--allow-config-changes")[0] == 0


WAIVED = f'# assay:waive storage.versioning-enabled until={UNTIL} reason="x" owner=me\n{FAILING}'


def test_a_waiver_that_a_change_puts_into_the_code_is_a_finding(tree: Path) -> None:
    write(tree, {"a/main.tf": WAIVED})
    code, said, _ = since("HEAD")
    said_of_it = f"a/main.tf:1: a waiver of storage.versioning-enabled for aws_s3_bucket.b in the code, until {UNTIL}, by me"
    assert code == 1 and said["gate"]["changes"] == [f"{said_of_it} (compared with HEAD)"]
    assert since("HEAD", "--allow-config-changes")[0] == 0
    assert since("HEAD", "--no-inline")[1]["gate"]["changes"] == []


def test_a_waiver_in_the_code_that_was_there_is_no_finding(tree: Path) -> None:
    write(tree, {"a/main.tf": WAIVED})
    commit()
    (tree / "a/main.tf").rename(tree / "a/moved.tf")
    write(tree, {"a/other.tf": OTHER, "a/README.md": "y"})
    assert since("HEAD", "--fail-on", "never")[:1] == (0,)
    write(tree, {"a/moved.tf": WAIVED.replace('"x"', '"another"')})
    assert since("HEAD", "--fail-on", "never")[:1] == (1,)


def test_a_waiver_that_was_there_for_something_else_is_a_finding(tree: Path) -> None:
    write(tree, {"a/main.tf": WAIVED})
    commit()
    write(tree, {"a/main.tf": WAIVED + WAIVED.replace(FAILING, OTHER)})
    code, said, _ = since("HEAD")
    assert code == 1 and ["aws_s3_bucket.c" in change for change in said["gate"]["changes"]] == [True]


def test_a_file_that_is_no_text_waives_nothing(tree: Path) -> None:
    (tree / "a/picture").write_bytes(b"\xff\xfe\x00")
    commit()
    (tree / "a/picture").write_bytes(b"\xff\xfe\x01")
    assert since("HEAD")[1]["gate"]["changes"] == []


def test_a_plan_is_new_whatever_the_revision(tree: Path) -> None:
    """It is read from disk alone: as it is now, it must not look as if it were known."""
    plan = (Path(__file__).parents[1] / "fixtures/controls/storage/versioning-enabled/plan/aws-fail.json").read_bytes()
    write(tree, {"plan.json": plan})
    commit()
    write(tree, {"a/README.md": "y"})
    assert {standing for (root, _), standing in since("HEAD")[2].items() if root == "plan.json"} == {"new"}


@pytest.fixture
def library(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submodule of the tree, committed."""
    made = write(tmp_path_factory.mktemp("library"), {"main.tf": FAILING})
    git("-C", str(made), "init", "-q", "-b", "main")
    git("-C", str(made), "add", "-A")
    git("-C", str(made), "commit", "-q", "-m", "library")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(made), "inner")
    commit()
    return tree / "inner"


def test_code_of_a_submodule_is_compared_with_the_commit_that_the_revision_names(library: Path) -> None:
    write(library, {"more.tf": OTHER})
    known_and_new = {("inner", "aws_s3_bucket.b"): "known", ("inner", "aws_s3_bucket.c"): "new"}
    code, _, standing = since("HEAD")
    assert (code, standing) == (1, known_and_new)
    git("-C", "inner", "add", "-A")
    git("-C", "inner", "commit", "-q", "-m", "more")
    assert since("HEAD")[2] == known_and_new
    commit()
    assert since("HEAD~1")[2] == known_and_new
    write(Path("a"), {"main.tf": f'module "m" {{\n  source = "../inner"\n}}\n{FAILING}'})
    assert since("HEAD")[2] == {
        ("a", "aws_s3_bucket.b"): "known",
        ("a", "module.m.aws_s3_bucket.b"): "new",
        ("a", "module.m.aws_s3_bucket.c"): "new",
        ("inner", "aws_s3_bucket.b"): "known",
        ("inner", "aws_s3_bucket.c"): "known",
    }


def test_a_submodule_behind_a_link_or_without_its_commit_was_not_there(library: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    moved = tmp_path_factory.mktemp("moved") / "library"
    library.rename(moved)
    library.symlink_to(moved)
    objects = GitObjects.commit(".", "HEAD")
    assert objects.names("inner") == [] and not objects.is_file("inner/main.tf")
    library.unlink()
    write(library, {"main.tf": FAILING})
    git("-C", "inner", "init", "-q", "-b", "main")
    assert GitObjects.commit(".", "HEAD").names("inner") == []
    assert since("HEAD")[2] == {("inner", "aws_s3_bucket.b"): "new"}


def test_what_git_says_is_one_line(tree: Path) -> None:
    """As that a repository is of another owner, which a container meets: with the way out on a line of its own."""
    with pytest.raises(GitError) as refused:
        git_program.git(".", "logg")
    assert "The most similar command is log" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("revision", ["nothing", "--help", "HEAD~9"])
def test_a_revision_that_is_not_there(revision: str, tree: Path) -> None:
    ran = assay("scan", ".", f"--since={revision}")
    assert ran.exit_code == 2 and f"there is no revision {revision} in" in ran.stderr


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, {"main.tf": FAILING}))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    ran = assay("scan", ".", "--since", "main")
    assert ran.exit_code == 2 and "git" in ran.stderr
