"""A change that weakens the gate, or reaches what is deployed by a way that no changed file of its root module shows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.run import Options, Scan
from tests.scans import FAILING, PASSING, VERSIONING, assay, write

IDENTITY = ("-c", "user.email=a@example.com", "-c", "user.name=A", "-c", "commit.gpgsign=false")
Files = dict[str, str]
NAME = 'variable "state" {}\n'
BY_VALUE = NAME + FAILING + 'resource "aws_s3_bucket_versioning" "b" {\n  bucket = aws_s3_bucket.b.id\n  versioning_configuration {\n    status = var.state\n  }\n}\n'  # fmt: skip
BY_FILE = BY_VALUE.replace(NAME, "").replace("var.state", 'try(chomp(file("../%s")), "Enabled")')
CALL = 'module "m" {\n  source = "%s"\n}\n'
FETCHED = 'module "m" {\n  source  = "x/m/aws"\n  version = "1.0.0"\n}\n'
RECORD = json.dumps(
    {
        "Modules": [
            {"Key": "", "Source": "", "Dir": "."},
            {"Key": "m", "Source": "registry.terraform.io/x/m/aws", "Version": "1.0.0", "Dir": ".terraform/modules/m"},
        ]
    }
)
IN_FETCHED = {"a/main.tf": FETCHED, "a/.terraform/modules/modules.json": RECORD}


def git(*arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], check=True, capture_output=True)


def commit() -> None:
    git("add", "-A", "-f")
    git("commit", "-q", "-m", "change", "--allow-empty")


def since(*arguments: str) -> tuple[int, dict[str, Any]]:
    ran = assay("scan", *arguments, *VERSIONING, "-r", "json")
    assert ran.exit_code != 2, ran.stderr
    return ran.exit_code, json.loads(ran.stdout)


def placed(folder: Path, files: Files) -> None:
    """Write files; what begins with `->` is a link to what follows."""
    for name, content in files.items():
        if content.startswith("->"):
            (folder / name).unlink(missing_ok=True)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(content.removeprefix("->"))
        else:
            write(folder, {name: content})


@pytest.mark.parametrize(
    ("before", "now", "arguments"),
    [
        ({"live/a/main.tf": CALL % "../../modules/m", "modules/m/main.tf": PASSING}, {"modules/m/main.tf": FAILING}, ["live"]),
        ({"live/a/main.tf": BY_FILE % "data.txt", "live/data.txt": "Enabled"}, {"live/data.txt": "Suspended"}, ["live/a"]),
        ({"a/main.tf": CALL % "../node_modules/m", "node_modules/m/main.tf": PASSING}, {"node_modules/m/b.tf": FAILING.replace('"b"', '"c"')}, ["."]),
        ({"a/main.tf": BY_FILE % "node_modules/x.txt"}, {"node_modules/x.txt": "Suspended"}, ["."]),
        ({"a/main.tf": PASSING, ".hidden/main.tf": FAILING}, {"live": "->.hidden"}, ["."]),
        ({".open/main.tf": FAILING, ".closed/main.tf": PASSING, "live": "->.closed"}, {"live": "->.open"}, ["."]),
        (IN_FETCHED | {"a/.terraform/modules/m/main.tf": PASSING}, {"a/.terraform/modules/m/main.tf": FAILING}, ["."]),
        (IN_FETCHED | {"a/.terraform/modules/m/main.tf": PASSING}, {"a/.terraform/modules/m/b.tf": FAILING.replace('"b"', '"c"')}, ["."]),
        ({"a/main.tf": FETCHED}, IN_FETCHED | {"a/.terraform/modules/m/main.tf": FAILING}, ["."]),
        ({"a/main.tf": BY_VALUE, "env/p.tfvars": 'state = "Enabled"'}, {"env/p.tfvars": 'state = "Suspended"'}, [".", "--var-file", "env/p.tfvars"]),
        ({"a/main.tf": BY_VALUE, "env/p.tfvars": 'state = "Enabled"'}, {"env/p.tfvars": 'state = "Suspended"'}, ["a", "--var-file", "env/p.tfvars"]),
        ({"assay.yaml": "var_files: [env/p.tfvars]", "a/main.tf": BY_VALUE, "env/p.tfvars": 'state = "Enabled"'}, {"env/p.tfvars": 'state = "Suspended"'}, ["."]),
    ],
)  # fmt: skip
def test_a_change_that_opens_something_is_new_wherever_it_is(
    before: Files, now: Files, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main", ".")
    placed(tmp_path, before)
    commit()
    git("branch", "base")
    placed(tmp_path, now)
    commit()
    code, said = since(*arguments, "--since", "base")
    assert code == 1 and "new" in {result["standing"] for result in said["results"] if result["verdict"] == "fail"}


OWN = """id: storage.own
title: Own
severity: high
origin: ours
applies_to: Bucket
assert:
  - that: '%s'
    message: none
why: it matters
remediation: {terraform: x}
"""


CLOSING = 'module "m" {\n  source = "../modules/prod"\n  state  = "Enabled"\n}\nprovider "aws" {}\n'
WITH_DEFAULT = BY_VALUE.replace("{}", '{\n  default = "Suspended"\n}', 1)


@pytest.mark.parametrize("before", [PASSING, PASSING + 'provider "aws" {}\n', "", 'provider "aws" {}\n'])
def test_a_root_module_of_the_revision_stays_one_whoever_calls_it(before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # Its place says that it is a module: anywhere else, what needs no values is judged by itself whoever calls it.
    write(tmp_path, {"modules/prod/main.tf": before, "other/main.tf": PASSING})
    git("init", "-q", "-b", "main", ".")
    commit()
    write(tmp_path, {"modules/prod/main.tf": WITH_DEFAULT, "wrapper/main.tf": CLOSING})
    assert Scan(Options(paths=["."], controls=["storage.versioning-enabled"])).report().summary.verdicts["fail"] == 0  # without a revision
    code, said = since(".", "--since", "HEAD")
    assert code == 1 and {result["resource"]["root"] for result in said["results"] if result["verdict"] == "fail"} == {"modules/prod"}


@pytest.mark.parametrize(("rule", "told"), [(OWN % "true", 1), (None, 1), (OWN % "resource.versioned", 0)])
def test_an_own_rule_that_is_rewritten_is_a_finding(rule: str | None, told: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main", ".")
    write(
        tmp_path,
        {"assay.yaml": "policies: [own]\n", "own/rule.yaml": OWN % "resource.versioned", "own/README.md": "x", "a/main.tf": PASSING},
    )
    commit()
    write(tmp_path, {"own/another.yaml": (OWN % "true").replace("storage.own", "storage.another")})
    if rule is None:
        (tmp_path / "own" / "rule.yaml").unlink()
    else:
        write(tmp_path, {"own/rule.yaml": rule})
    code, said = since(".", "--since", "HEAD")
    assert (code, len(said["gate"]["changes"])) == (told, told)


@pytest.mark.parametrize(
    "glob", ["*.versioning-enabled", "s*g-enabled", "?torage.versioning-enabled", "*-enabled", "*", "storage.versioning-enabled"]
)
@pytest.mark.parametrize("inline", [True, False])
def test_no_glob_waives_what_the_guardrails_forbid(glob: str, inline: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    entry = f"waivers:\n- {{control: '{glob}', resource: '*', owner: me, reason: x, expires: 2027-01-01}}\n"
    comment = f'# assay:waive {glob} until=2027-01-01 reason="x"\n'
    write(
        tmp_path,
        {"rails.yaml": "never_waive: ['storage.*']\n", "assay.yaml": "" if inline else entry, "a/main.tf": (comment if inline else "") + FAILING},
    )  # fmt: skip
    code, said = since("a", "--guardrails", "rails.yaml")
    assert code == 1 and any("the guardrails forbid" in text for text in said["gate"]["warnings"])
