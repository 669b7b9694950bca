"""What a configuration leaves out, and libraries that are judged through what calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.errors import OptionsError
from assay.scanner.globs import PathRule
from assay.scanner.run import Options, Scan
from tests.scans import FAILING, PASSING, VERSIONING, assay, write

MODULE = 'variable "name" {}\n' + FAILING.replace('"orders"', "var.name")
CALL = 'module "m" {\n  source = "%s"\n  name   = "orders"\n}\n'


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def scan(*arguments: str) -> tuple[int, dict[str, Any], list[str]]:
    """Exit code, JSON report, addresses of what fails."""
    ran = assay("scan", *VERSIONING, "-r", "json", *arguments)
    report = json.loads(ran.stdout) if ran.stdout.startswith("{") else {}
    failing = [
        f"{result['resource']['root']}:{result['resource']['address']}"
        for result in report.get("results", ())
        if result["verdict"] == "fail"
    ]
    return ran.exit_code, report, failing


@pytest.mark.parametrize(
    ("glob", "path", "covered", "named"),
    [
        ("legacy", "legacy", True, True), ("legacy", "legacy/a/b.tf", True, False), ("legacy/", "legacy/a", True, False),
        ("./legacy", "legacy", True, True), ("legacy", "legacy2", False, False), ("legacy", "a/legacy", False, False),
        ("*/legacy", "a/b/legacy", True, False), ("modules/*", "modules/vpc", True, True), ("modules/*", "modules/vpc/examples/one", True, False),
        ("modules/**", "modules/vpc/examples/one", True, True), ("**/vpc", "a/b/vpc", True, True), ("**/vpc", "vpc", True, True),
        ("*.json", "a/b.json", True, False), ("a[0]", "a[0]", True, True), ("a[0]", "a0", False, False), ("A", "a", False, False),
        ("m?", "m1", True, True), ("*", "a", True, True),
    ],
)  # fmt: skip
def test_globs_over_paths(glob: str, path: str, covered: bool, named: bool) -> None:
    rule = PathRule(glob)
    assert (rule.covers(path), rule.names(path)) == (covered, named)


def test_what_is_excluded_is_left_out_and_said(tmp_path: Path) -> None:
    write(tmp_path, {"infra/main.tf": PASSING, "legacy/main.tf": FAILING, "old/t.yaml": "Resources: {B: {Type: AWS::S3::Bucket}}\n"})
    assert sorted(scan(".")[2]) == ["legacy:aws_s3_bucket.b", "old/t.yaml:AWS::S3::Bucket.B"]
    write(tmp_path, {"assay.yaml": "exclude:\n  - legacy\n  - {path: old/*.yaml, reason: goes away in March}\n"})
    code, report, failing = scan(".")
    assert (code, failing) == (0, [])
    reasons = report["coverage"]["tree"]["reasons"]
    assert reasons["excluded by assay.yaml: legacy"] == 1
    assert reasons["excluded by assay.yaml: old/*.yaml (goes away in March)"] == 1
    told = [setting["value"] for setting in report["run"]["in_force"]["settings"] if setting["name"] == "exclude"]
    assert told == ["legacy", "old/*.yaml (goes away in March)"]
    text = assay("scan", *VERSIONING, ".").stdout
    assert (
        "legacy" in text
        and "goes away in March" in text
        and "2 left out by a rule (excluded by assay.yaml: legacy;" in " ".join(text.split())
    )


def test_what_is_named_is_not_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"legacy/main.tf": FAILING, "assay.yaml": "exclude: [legacy]\n"})
    for path in ("legacy", "legacy/main.tf"):
        assert scan(path)[2] == ["legacy:aws_s3_bucket.b"]


def test_that_everything_is_excluded_is_no_clean_run(tmp_path: Path) -> None:
    write(tmp_path, {"legacy/main.tf": FAILING, "assay.yaml": "exclude: ['*.tf']\n"})
    code, report, _ = scan(".")
    assert code == 3 and "nothing_found" in [gap["code"] for gap in report["coverage"]["gaps"]]


def test_an_excluded_module_that_is_called_is_judged(tmp_path: Path) -> None:
    write(tmp_path, {"live/main.tf": CALL % "../legacy/m", "legacy/m/main.tf": MODULE, "assay.yaml": "exclude: [legacy]\n"})
    code, _, failing = scan(".")
    assert (code, failing) == (1, ["live:module.m.aws_s3_bucket.b"])


def test_a_link_to_what_is_excluded_is_followed_where_its_name_is_not(tmp_path: Path) -> None:
    write(tmp_path, {"legacy/m/main.tf": FAILING, "assay.yaml": "exclude: [legacy]\n"})
    (tmp_path / "live").symlink_to("legacy/m")
    assert scan(".")[2] == ["live:aws_s3_bucket.b"]


def test_of_a_root_module_a_file_is_read_though_what_it_declares_is_not_judged(tmp_path: Path) -> None:
    """Terraform reads all files of a directory: a bucket in another file is judged with the versioning in this one."""
    versioning = PASSING.removeprefix(FAILING)
    other = FAILING.replace('"b"', '"old"').replace("orders", "old")
    write(tmp_path, {"a.tf": FAILING, "old.tf": versioning + other, "assay.yaml": "exclude: [old.tf]\n"})
    code, report, failing = scan(".")
    assert (code, failing) == (0, []) and report["results"][0]["verdict"] == "pass"
    assert report["coverage"]["tree"]["reasons"]["excluded by assay.yaml: old.tf"] == 1
    write(tmp_path, {"a.tf": other, "old.tf": FAILING})
    assert scan(".")[2] == [".:aws_s3_bucket.old"]


def test_guardrails_refuse_exclusions_and_libraries(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": PASSING, "rails.yaml": "exclude: false\n"})
    for settings in ("exclude: [legacy]\n", "roots: {legacy: {kind: module}}\n"):
        write(tmp_path, {"assay.yaml": settings})
        ran = assay("scan", *VERSIONING, "--guardrails", "rails.yaml", ".")
        assert ran.exit_code == 2 and "legacy" in ran.stderr and "guardrails forbid" in ran.stderr
    write(tmp_path, {"assay.yaml": "fail_on: low\n"})
    assert assay("scan", *VERSIONING, "--guardrails", "rails.yaml", ".").exit_code == 0


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ("exclude: ['']\n", "an empty path"), ("exclude: [{path: ' '}]\n", "an empty path"), ("exclude: legacy\n", "exclude"),
        ("exclude: [{reason: x}]\n", "path"), ("roots: {a: {kind: root}}\n", "roots"), ("roots: {a: {}}\n", "kind"), ("roots: {'': {kind: module}}\n", "an empty path"),
    ],
)  # fmt: skip
def test_configurations_that_cannot_be_meant_are_refused(settings: str, word: str, tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": PASSING, "assay.yaml": settings})
    ran = assay("scan", ".")
    assert ran.exit_code == 2 and "assay.yaml:1" in ran.stderr and word in ran.stderr


LIBRARY = {
    "modules/vpc/main.tf": 'variable "name" {\n  default = "x"\n}\n' + FAILING,
    "modules/vpc/.terraform.lock.hcl": "",
    "assay.yaml": "roots: {modules/*: {kind: module}}\n",
}


def test_a_library_is_judged_through_what_calls_it(tmp_path: Path) -> None:
    write(tmp_path, {**LIBRARY, "live/main.tf": CALL % "../modules/vpc"})
    assert sorted(scan("--no-config", ".")[2]) == ["live:module.m.aws_s3_bucket.b", "modules/vpc:aws_s3_bucket.b"]
    code, report, failing = scan(".")
    assert (code, failing) == (1, ["live:module.m.aws_s3_bucket.b"]) and not report["coverage"]["gaps"]
    assert {"name": "roots.modules/*.kind", "value": "module", "default": "root", "place": "assay.yaml:1"} in report["run"]["in_force"][
        "settings"
    ]


def test_a_library_is_judged_through_its_examples(tmp_path: Path) -> None:
    write(tmp_path, {**LIBRARY, "modules/vpc/examples/one/main.tf": CALL % "../.."})
    code, report, failing = scan(".")
    assert (code, failing) == (1, ["modules/vpc/examples/one:module.m.aws_s3_bucket.b"])
    assert [result["resource"]["in_example"] for result in report["results"]] == [True]


@pytest.mark.parametrize("caller", ["", CALL.replace("}", "  count = 0\n}") % "../modules/vpc"])
def test_a_library_that_nothing_makes_an_instance_of_is_a_gap(caller: str, tmp_path: Path) -> None:
    write(tmp_path, {**LIBRARY, "live/main.tf": caller + PASSING})
    code, report, failing = scan(".")
    assert (code, failing) == (3, []) and [gap["scope"] for gap in report["coverage"]["gaps"]] == ["modules/vpc"]
    assert report["coverage"]["tree"]["unread"] == 1


def test_an_exclusion_and_a_library_are_changes_of_the_configuration(tmp_path: Path) -> None:
    import subprocess

    write(tmp_path, {"main.tf": PASSING, "assay.yaml": "exclude: [old]\n", "README.md": "x"})
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], check=True)
    write(tmp_path, {"assay.yaml": "exclude: [old, {path: legacy, reason: later}]\nroots: {modules/*: {kind: module}}\n", "README.md": "y"})
    code, report, _ = scan("--since", "HEAD", ".")
    changes = report["gate"]["changes"]
    assert code == 1 and len(changes) == 2
    assert "legacy (later) is excluded now" in changes[0] and "modules/* are judged through what calls them alone" in changes[1]


def test_options_take_globs(tmp_path: Path) -> None:
    write(tmp_path, {"legacy/main.tf": FAILING, "infra/main.tf": PASSING})
    run = Scan(Options(paths=".", exclude="legacy", libraries=["modules/*"]))
    assert {result.resource.root for result in run} == {"infra"}
    assert "excluded by the options: legacy" in run.coverage.tree.reasons
    for wrong in (b"x", {"a": "b"}, [1], [""]):
        with pytest.raises(OptionsError, match=r"exclude.* is "):
            Options(exclude=wrong)  # type: ignore[arg-type]
