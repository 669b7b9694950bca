"""Several workers on one machine: the same bytes as from one, and no more of them than the work is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from assay.scanner.sources.interface import ALL, EVERYTHING
from assay.scanner.sources.listing import FileListing
from assay.scanner.sources.terraform.hcl import TerraformSource
from assay.scanner.worker import cores
from tests.scans import assay_process
from tests.shards import runs


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return runs.tree(tmp_path_factory.mktemp("jobs") / "code")


def lines(code: Path, *arguments: Any) -> list[Any]:
    ran = assay_process("scan", "code", "--control", "storage.*", "--quiet", "-r", "jsonl", *arguments, cwd=code.parent)
    assert ran.returncode == 1, ran.stderr
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    told[0]["begin"].pop("run")
    told[-1]["end"].pop("run")
    return told


def test_any_number_of_workers_gives_the_same_bytes(code: Path) -> None:
    one = lines(code, "--jobs", 1)
    assert len(one) > 100 and one == lines(code, "--jobs", 2) == lines(code, "--jobs", 5)


def test_workers_that_are_lost_leave_the_same_gaps(code: Path) -> None:
    """Of one root module nothing can be read within so little time."""
    heavy = code.parent / "code" / "roots" / "r1" / "heavy.tf"
    numbers = '[for i in range(1000) : [for j in range(1000) : sha256("${i}${j}")]]'
    heavy.write_text(f'resource "aws_s3_bucket" "heavy" {{\n  bucket = jsonencode({numbers})\n}}\n')
    try:
        one = lines(code, "--jobs", 1, "--limit-seconds", 0.5)
        assert any(gap["code"] == "input_failed" for gap in one[-1]["end"]["coverage"]["gaps"])
        assert one == lines(code, "--jobs", 3, "--limit-seconds", 0.5)
    finally:
        heavy.unlink()


MODULE = 'variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\n'
MANY = 'resource "aws_s3_bucket" "many" {\n  count  = 1000000\n  bucket = "many-${count.index}"\n}\n'


@pytest.fixture
def callers(tmp_path: Path) -> Path:
    """Root modules that call one module each, of which one has more buckets than any real one."""
    for at in range(6):
        (root := tmp_path / "code" / f"root{at}").mkdir(parents=True)
        (module := tmp_path / "code" / "modules" / f"m{at}").mkdir(parents=True)
        (module / "main.tf").write_text(MODULE)
        (root / "main.tf").write_text(f'module "m" {{\n  source = "../modules/m{at}"\n  name   = "b{at}"\n}}\n' + (MANY if at == 1 else ""))
    return tmp_path / "code"


@pytest.mark.parametrize("workers", [2, 3])
def test_the_modules_of_a_root_module_that_costs_too_much_are_judged_alone_by_any_number(workers: int, callers: Path) -> None:
    """Workers that leave it to another cannot know that nothing comes of it."""
    one = lines(callers, "--jobs", 1)
    judged = {line["result"]["resource"]["root"] for line in one[1:-1]}
    assert judged == {"code/root0", "code/modules/m1", "code/root2", "code/root3", "code/root4", "code/root5"}
    assert one == lines(callers, "--jobs", workers)


def test_what_another_worker_judges_is_not_evaluated(callers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()
    whole = TerraformSource._read

    def counted(source: TerraformSource, directory: str, workspace: Any) -> Any:
        read.append(Path(directory).name)
        return whole(source, directory, workspace)

    monkeypatch.setattr(TerraformSource, "_read", counted)
    (callers / "root1" / "main.tf").write_text("")
    directories = [str(path) for path in (*sorted(callers.glob("root*")), *callers.glob("modules/*"))]
    for_two = [structs.replace(EVERYTHING, share=ALL.split(index, 2)) for index in range(2)]
    taken = [[part.name for part in TerraformSource(directories, boundary=[str(callers)]).collect(wanted)] for wanted in for_two]
    assert taken[0] == taken[1] and len(taken[0]) == 7 and sorted(read) == ["m1", *(f"root{at}" for at in range(6))]


def listing(**candidates: str) -> FileListing:
    return FileListing(candidates={name.replace("_", "/"): (format_,) for name, format_ in candidates.items()})


def test_little_work_is_for_one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "available", lambda: 4)
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "c").write_bytes(bytes(cores.WORTH // 2))
    both = listing(a_c="terraform", b_c="terraform")
    assert cores.worth(both) == 4
    assert cores.worth(listing(a_c="terraform", b_missing="terraform")) == 1
    (tmp_path / "a" / "d").write_bytes(bytes(cores.WORTH * 2))
    assert cores.worth(listing(a_c="terraform", a_d="terraform")) == 1, "one root module is for one worker"
    assert cores.worth(listing(a_d="assets")) == 4, "an inventory has many projects"
    assert cores.worth(FileListing()) == 1
    monkeypatch.setattr(cores, "available", lambda: 1)
    assert cores.worth(both) == 1
