"""`assay scan`: options, configuration, exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from assay.scanner import __version__
from assay.scanner.cli import cli
from tests.scans import FAILING, PASSING, UNKNOWN, VERSIONING, assay, assay_json, assay_process, rule, write


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.chdir(tmp_path)

    def make(text: str, name: str = "infra") -> Path:
        return write(tmp_path / name, {"main.tf": text})

    return make


# Exit codes


@pytest.mark.parametrize(("text", "options", "expected"), [
    (PASSING, [], 0),
    (FAILING, [], 1),
    (UNKNOWN, [], 0),
    (UNKNOWN, ["--strict"], 3),
    (FAILING, ["--strict"], 1),
    (PASSING, ["--strict"], 0),
    (PASSING + "locals {\n", [], 3),
    ('resource "aws_sqs_queue" "q" {}\n', [], 3),
    ('resource "aws_sqs_queue" "q" {}\n', ["--allow-empty"], 0),
    ('resource "aws_s3_bucket_versioning" "q" {\n  count = 0\n}\n', [], 3),
    ("", [], 3),
    ("", ["--allow-empty"], 0),
    ("locals {\n", ["--allow-empty"], 3),
    (FAILING, ["--allow-empty"], 1),
])  # fmt: skip
def test_exit_codes(text: str, options: list[str], expected: int, code: Callable[[str], Path]) -> None:
    assert assay_json(code(text), *VERSIONING, *options)[0] == expected


def test_a_run_that_judges_nothing_says_so(code: Callable[[str], Path], tmp_path: Path) -> None:
    """In every format, also where it is allowed."""
    infra = code('resource "aws_sqs_queue" "q" {}\n')
    _, report, stderr = assay_json(infra, *VERSIONING)
    assert [gap["code"] for gap in report["coverage"]["gaps"]] == ["nothing_judged"]
    assert "--allow-empty" in stderr
    last = assay("scan", "--no-config", infra, *VERSIONING, "--allow-empty").stdout.splitlines()[-1]
    assert last == "EMPTY: nothing was judged; in force: allow_empty true"
    write(tmp_path, {"assay.yaml": "allow_empty: true\n"})
    assert assay("scan", infra, *VERSIONING).exit_code == 0
    (tmp_path / "empty").mkdir()
    assert [assay("scan", tmp_path / "empty", *options).exit_code for options in (["--no-config"], ["--no-config", "--allow-empty"])] == [
        3,
        0,
    ]


def test_gaps_stand_on_standard_error_where_the_report_is_quiet(code: Callable[[str], Path]) -> None:
    ran = assay("scan", "--no-config", code(PASSING + "locals {\n"), *VERSIONING, "--quiet")
    assert ran.exit_code == 3
    assert "main.tf" in ran.stderr and "main.tf" not in ran.stdout
    assert "main.tf" not in assay("scan", "--no-config", code(PASSING + "locals {\n"), *VERSIONING).stderr


def test_a_failure_outweighs_what_could_not_be_read(code: Callable[..., Path], tmp_path: Path) -> None:
    code(FAILING)
    write(tmp_path, {"broken/main.tf": "resource {"})
    assert assay_json(tmp_path, *VERSIONING)[0] == 1
    assert assay_json(tmp_path / "broken", *VERSIONING)[0] == 3


def test_a_rule_that_crashes_makes_the_run_incomplete(code: Callable[[str], Path], tmp_path: Path) -> None:
    policies = write(tmp_path / "p", {"team/rule.yaml": rule(**{"assert": [{"that": "resource.encryption_key.disabled", "message": "m"}]})})
    exit_code, report, _ = assay_json(code(PASSING), "--policies", policies, "--control", "team.rule")
    assert (exit_code, report["summary"]["verdicts"]["error"]) == (3, 1)


@pytest.mark.parametrize(("severity", "level", "expected"), [
    (severity, level, int(level != "never" and at <= ("critical", "high", "medium", "low").index(level)))
    for at, severity in enumerate(("critical", "high", "medium", "low"))
    for level in ("critical", "high", "medium", "low", "never")
])  # fmt: skip
def test_fail_on(severity: str, level: str, expected: int, code: Callable[[str], Path], tmp_path: Path) -> None:
    policies = write(tmp_path / "p", {"team/rule.yaml": rule(severity=severity)})
    own = ("--policies", policies, "--control", "team.rule")
    assert assay_json(code(FAILING), *own, "--fail-on", level)[0] == expected
    assert assay_json(code(FAILING), *own)[0] == 1


def test_fail_on_never_still_tells_what_is_incomplete(code: Callable[[str], Path], tmp_path: Path) -> None:
    code(FAILING)
    write(tmp_path, {"broken/main.tf": "resource {"})
    assert assay_json(tmp_path, *VERSIONING, "--fail-on", "never")[0] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'PATH...'"),
        ([".", "--fail-on", "worst"], "'worst' is not one of"),
        ([".", "--var", "novalue"], "'novalue' is not NAME=VALUE"),
        ([".", "--var", "=x"], "'=x' is not NAME=VALUE"),
        ([".", "--var-file", "absent.tfvars"], "'absent.tfvars' does not exist"),
        ([".", "--policies", "absent"], "'absent' does not exist"),
        ([".", "--config", "absent.yaml"], "'absent.yaml' does not exist"),
        ([".", "--source", "absent"], "'absent' does not exist"),
        ([".", "--no-such-option"], "No such option"),
        ([".", "-r", "jsn"], "'jsn' is no report format; formats are asff, azure, concise, csv"),
        ([".", "-r", "json", "-r", "text"], "only one report can go to standard output; give the others a path: FORMAT=PATH"),
        (
            [".", "--control", "storage.versioning-enable"],
            "no control matches 'storage.versioning-enable'; did you mean storage.versioning-enabled?",
        ),
        ([".", "--control", "zzz.*"], "no control matches 'zzz.*'; see assay controls list"),
        ([".", "--control", "a.b,c.d"], "no control matches 'a.b,c.d'; name one at a time"),
        ([".", "--profile", "referense"], "there is no profile 'referense'; did you mean reference?"),
        ([".", "--framework", "pci_dss_4"], "there is no framework 'pci_dss_4'; did you mean pci_dss_4_0?"),
    ],
)
def test_wrong_usage_exits_2_and_says_why(arguments: list[str], message: str, code: Callable[[str], Path]) -> None:
    code(PASSING)
    ran = assay("scan", *arguments)
    assert ran.exit_code == 2
    assert message in " ".join(ran.stderr.split())
    assert ran.stdout == ""


def test_a_command_that_is_not_there() -> None:
    ran = assay("scna", ".")
    assert (ran.exit_code, "did you mean scan?" in ran.stderr) == (2, True)
    ran = assay("zzz")
    assert (ran.exit_code, "commands are access, audit, baseline" in ran.stderr) == (2, True)
    for group, name, way in (("audit", "azure", "commands are aws, gcp"), ("evidence", "verfy", "did you mean verify?")):
        ran = assay(group, name)
        assert (ran.exit_code, f"there is no command {name!r}" in ran.stderr, way in ran.stderr) == (2, True, True)


# What is judged


def test_a_parameter_that_no_template_declares_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template = "Parameters:\n  Stage: {Type: String, Default: dev}\nResources:\n  B: {Type: AWS::S3::Bucket}\n"
    write(tmp_path, {"t.yaml": template, "main.tf": PASSING})
    exit_code, report, _ = assay_json("t.yaml", *VERSIONING, "--fail-on", "never", "--parameter", "Stgae=prod")
    gaps = [(gap["scope"], gap["code"], gap["settles_it"]) for gap in report["coverage"]["gaps"]]
    assert (exit_code, gaps) == (3, [("--parameter Stgae", "variable_unused", "did you mean Stage?")])
    exit_code, report, _ = assay_json("t.yaml", *VERSIONING, "--fail-on", "never", "--parameter", "Stage=prod")
    assert (exit_code, report["coverage"]["gaps"]) == (0, [])
    exit_code, report, _ = assay_json("main.tf", *VERSIONING, "--parameter", "Stage=prod")
    assert (exit_code, [gap["scope"] for gap in report["coverage"]["gaps"]]) == (3, ["--parameter Stage"])
    write(tmp_path, {"given.json": '{"Stage": "prod", "Other": "x"}'})
    exit_code, report, _ = assay_json("t.yaml", *VERSIONING, "--fail-on", "never", "--parameter-file", "given.json")
    assert (exit_code, report["coverage"]["gaps"]) == (0, [])


def test_variables(code: Callable[[str], Path], tmp_path: Path) -> None:
    infra = code(UNKNOWN)
    on = write(tmp_path, {"on.tfvars": 'status = "Enabled"\n', "off.tfvars.json": '{"status": "Suspended"}'}) / "on.tfvars"
    off = tmp_path / "off.tfvars.json"
    for options, expected in (
        ([], "unknown"),
        (["--var", "status=Enabled"], "pass"),
        (["--var=status=Suspended"], "fail"),
        (["--var-file", on], "pass"),
        (["--var-file", on, "--var-file", off], "fail"),
        (["--var-file", off, "--var", "status=Enabled"], "pass"),
        (["--var", "other=Enabled"], "unknown"),
    ):
        _, report, _ = assay_json(infra, *VERSIONING, *options)
        assert [result["verdict"] for result in report["results"]] == [expected], options


def test_workspace(code: Callable[[str], Path]) -> None:
    infra = code(PASSING.replace('"Enabled"', 'terraform.workspace == "prod" ? "Enabled" : "Suspended"'))
    assert assay_json(infra, *VERSIONING)[0] == 1
    assert assay_json(infra, *VERSIONING, "--workspace", "prod")[0] == 0


def test_controls_by_id_and_glob(code: Callable[[str], Path]) -> None:
    infra = code(FAILING)

    def judged(*options: str) -> list[str]:
        return [control["id"] for control in assay_json(infra, *options)[1]["controls"]]

    assert judged("--control", "storage.versioning-enabled") == ["storage.versioning-enabled"]
    assert all(judgement.startswith("storage.") for judgement in judged("--control", "storage.*"))
    assert judged("--control", "*.encrypted-cmk", "--control", "keys.*") == [
        "data.encrypted-cmk",
        "keys.encryption-everywhere",
        "keys.rotation-and-policy",
        "keys.volumes-encrypted-by-default",
        "secrets.encrypted-cmk",
        "storage.encrypted-cmk",
    ]
    assert len(judged()) == len(judged("--profile", "reference")) >= 20


def test_several_paths_are_one_report(code: Callable[..., Path]) -> None:
    one, two = code(PASSING, "one"), code(FAILING, "two")
    exit_code, report, _ = assay_json(one, two / "main.tf", *VERSIONING)
    assert (exit_code, sorted(result["verdict"] for result in report["results"])) == (1, ["fail", "pass"])
    assert report["coverage"]["files"] == {"found": 2, "parsed": 2, "failed": 0}


PARTS = {
    "a.tf": FAILING,
    "b.tf": 'resource "aws_s3_bucket" "other" {\n  bucket = "other"\n}\nmodule "more" {\n  source = "./more"\n}\n',
    "c.tf": 'resource "aws_s3_bucket_versioning" "b" {\n  bucket = aws_s3_bucket.b.id\n  versioning_configuration {\n    status = var.on\n  }\n}\n',
    "v.tf": 'variable "on" {\n  default = "Suspended"\n}\n',
    **dict.fromkeys(("terraform.tfvars", "prod.tfvars"), 'on = "Suspended"\n'),
    "x.auto.tfvars.json": "{}",
    "more/main.tf": 'resource "aws_s3_bucket" "third" {\n  bucket = "third"\n}\n',
}


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["a.tf"], {"aws_s3_bucket.b"}),
        (["b.tf"], {"aws_s3_bucket.other", "module.more.aws_s3_bucket.third"}),
        (["c.tf"], {"aws_s3_bucket.b"}),
        (["a.tf", "b.tf"], {"aws_s3_bucket.b", "aws_s3_bucket.other", "module.more.aws_s3_bucket.third"}),
        (["a.tf", "."], {"aws_s3_bucket.b", "aws_s3_bucket.other", "module.more.aws_s3_bucket.third"}),
        ([".", "./a.tf", "a.tf"], {"aws_s3_bucket.b", "aws_s3_bucket.other", "module.more.aws_s3_bucket.third"}),
        (["a.tf", "more/main.tf"], {"aws_s3_bucket.b", "module.more.aws_s3_bucket.third"}),
        (["v.tf"], set()),
        (["terraform.tfvars", "a.tf"], {"aws_s3_bucket.b", "aws_s3_bucket.other", "module.more.aws_s3_bucket.third"}),
        (["x.auto.tfvars.json"], {"aws_s3_bucket.b", "aws_s3_bucket.other", "module.more.aws_s3_bucket.third"}),
        (["prod.tfvars"], set()),
    ],
)
def test_named_files(named: list[str], expected: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pre-commit passes: read with the whole root module, judged for what they declare; with their directory, nothing is lost."""
    monkeypatch.chdir(write(tmp_path, PARTS))
    exit_code, report, _ = assay_json(*named, *VERSIONING)
    whole = {result["resource"]["address"]: result for result in assay_json(".", *VERSIONING)[1]["results"]}
    addresses = [result["resource"]["address"] for result in report["results"]]
    assert sorted(addresses) == sorted(expected)
    assert [result["fingerprint"] for result in report["results"]] == [whole[address]["fingerprint"] for address in addresses]
    assert (exit_code, report["summary"]["resources"]) == (1 if expected else 3, len(expected))


def test_other_files_that_are_named_twice_count_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = {"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}
    monkeypatch.chdir(write(tmp_path, {"t.json": json.dumps(template)}))
    for named in (["t.json", "./t.json"], [".", "t.json"], ["t.json", tmp_path]):
        assert len(assay_json(*named, *VERSIONING)[1]["results"]) == 1


def test_a_variable_that_nothing_declares_is_said(code: Callable[[str], Path], tmp_path: Path) -> None:
    """On the command line: what the configuration file gives may be for other root modules."""
    infra = code(UNKNOWN)
    exit_code, report, _ = assay_json(infra, *VERSIONING, "--var", "statsu=Enabled", "--var", "status=Enabled")
    gaps = [(gap["scope"], gap["code"], gap["settles_it"]) for gap in report["coverage"]["gaps"]]
    assert (exit_code, gaps) == (3, [("--var statsu", "variable_unused", "did you mean status?")])
    write(tmp_path, {"assay.yaml": "vars: {other: x, status: Enabled}\n"})
    assert assay("scan", infra, *VERSIONING, "-r", "json").exit_code == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_configuration_as_powershell_writes_it(encoding: str, code: Callable[[str], Path], tmp_path: Path) -> None:
    write(tmp_path, {"assay.yaml": "strict: true\n".encode(encoding)})
    assert assay("scan", code(UNKNOWN), *VERSIONING).exit_code == 3


def test_a_folder_without_rules_is_said(code: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = assay("scan", code(PASSING), "--no-config", "--policies", tmp_path / "empty")
    assert (ran.exit_code, "holds no rules: name a folder with files that end in .yaml or .yml" in ran.stderr) == (2, True)


# Configuration


def test_the_configuration_of_the_directory(code: Callable[[str], Path], tmp_path: Path) -> None:
    infra = code(UNKNOWN)
    assert assay("scan", infra, *VERSIONING, "-r", "json").exit_code == 0
    write(tmp_path, {"assay.yaml": "strict: true\n"})
    assert assay("scan", infra, *VERSIONING, "-r", "json").exit_code == 3
    assert assay("scan", infra, *VERSIONING, "-r", "json", "--no-config").exit_code == 0
    write(tmp_path, {"other/named.yaml": "vars: {status: Enabled}\nstrict: true\n"})
    assert assay("scan", infra, *VERSIONING, "-r", "json", "--config", tmp_path / "other" / "named.yaml").exit_code == 0


def test_every_setting(code: Callable[[str], Path], tmp_path: Path) -> None:
    infra = code(UNKNOWN)
    sized = rule(
        params={"least": 1, "most": 1},
        **{"assert": [{"that": "params.least == 2 && params.most == 3 && resource.versioned", "message": "m"}]},
    )
    settings = """\
profile: mine
fail_on: never
var_files: [vars/on.tfvars]
policies: [rules]
params: {least: 2, most: 2}
controls:
  team.rule:
    params: {most: 3}
"""
    profile = "id: mine\ntitle: Mine\ncontrols: [team.*]\n"
    write(
        tmp_path / "settings",
        {
            "assay.yaml": settings,
            "rules/team/rule.yaml": sized,
            "rules/profiles/mine.yaml": profile,
            "vars/on.tfvars": 'status = "Enabled"\n',
        },
    )
    ran = assay("scan", infra, "--config", tmp_path / "settings" / "assay.yaml", "-r", "json")
    report = json.loads(ran.stdout)
    assert [(result["control"], result["verdict"]) for result in report["results"]] == [("team.rule", "pass")]
    ran = assay("scan", infra, "--config", tmp_path / "settings" / "assay.yaml", "-r", "json", "--var", "status=Suspended")
    assert (ran.exit_code, json.loads(ran.stdout)["summary"]["verdicts"]["fail"]) == (0, 1)
    ran = assay(
        "scan", infra, "--config", tmp_path / "settings" / "assay.yaml", "-r", "json", "--var", "status=Suspended", "--fail-on", "low"
    )
    assert ran.exit_code == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("strict: true\nfail_onn: high\n", "assay.yaml:2: Object contains unknown field `fail_onn`"),
        ("strict: [1]\n", "assay.yaml:1: Expected `bool`, got `array`"),
        ("vars:\n  a: 1\nstrict: 5\n", "assay.yaml:2: Expected `str`, got `int`"),
        ("controls:\n  team.rule: {parms: {}}\n", "unknown field `parms`"),
        ("fail_on: worst\n", "assay.yaml:1: fail_on is 'worst'; it is one of critical, high, medium, low, never"),
        ("a: [\n", "assay.yaml:2: not YAML"),
        ("- 1\n", "assay.yaml:1: Expected `object`, got `array`"),
        ("profile: nothing\n", "there is no profile 'nothing'"),
        ("strict: true\npolicies: [absent]\n", "assay.yaml:2: policies: absent is no directory; name the folder that your rules are in"),
        ("fail-on: high\n", "unknown field `fail-on`; did you mean fail_on?"),
        ("controls:\n  team.rule: {severty: low}\n", "did you mean severity?"),
        ("severities: {}\n", "unknown field `severities`; see docs/configuration.md"),
        (
            "\nbaseline: absent.json\n",
            "assay.yaml:2: baseline: absent.json: there is no such file; assay baseline PATH... -o absent.json writes it",
        ),
        ("params: {stack_regions: eu-west-1}\n", "has to be a list, or one for each cloud: {aws: …, google: …}"),
        ("params: {allowed_public_ports: 1}\n", "has to be a list like [443, 80], or one for each cloud"),
    ],
)
def test_a_configuration_that_cannot_be_used(text: str, message: str, code: Callable[[str], Path], tmp_path: Path) -> None:
    code(PASSING)
    write(tmp_path, {"assay.yaml": text})
    ran = assay("scan", ".")
    assert ran.exit_code == 2
    assert message in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["assay.yml", ".assay.yaml", ".assay.yml"])
def test_a_configuration_by_another_name_is_not_left_in_silence(name: str, code: Callable[[str], Path], tmp_path: Path) -> None:
    code(PASSING)
    write(tmp_path, {name: "fail_on: never\n"})
    ran = assay("scan", ".")
    assert (ran.exit_code, ran.stderr) == (2, f"{name}: is not read: call it assay.yaml, or name it: --config {name}\n")
    assert assay("scan", ".", "--config", name).exit_code == 0
    assert assay("scan", ".", "--no-config").exit_code == 1
    write(tmp_path, {"assay.yaml": "fail_on: never\n"})
    assert assay("scan", ".").exit_code == 0


def test_a_configuration_that_is_not_utf8(code: Callable[[str], Path], tmp_path: Path) -> None:
    code(PASSING)
    write(tmp_path, {"assay.yaml": b"profile: \xff\n"})
    ran = assay("scan", ".")
    assert (ran.exit_code, ran.stderr) == (2, "assay.yaml: not valid UTF-8\n")


# Reports


def test_several_reports(code: Callable[[str], Path], tmp_path: Path) -> None:
    ran = assay("scan", code(FAILING), *VERSIONING, "-r", "json=one.json", "-r", "json=two.json", "-r", "json")
    assert ran.exit_code == 1
    assert (tmp_path / "one.json").read_text("utf-8") == (tmp_path / "two.json").read_text("utf-8") == ran.stdout
    assert json.loads(ran.stdout)["schema"] == "assay-results/2"


def test_a_report_that_cannot_be_written(code: Callable[[str], Path], tmp_path: Path) -> None:
    ran = assay("scan", code(PASSING), *VERSIONING, "-r", "json=absent/one.json", "-r", "json=two.json")
    assert ran.exit_code == 2
    assert ran.stderr == "assay: absent/one.json: the json report could not be written: No such file or directory\n"
    assert (tmp_path / "two.json").exists()
    assert "Is a directory" in assay("scan", ".", "-r", f"json={tmp_path}").stderr


def test_nothing_but_the_report_in_a_pipe(code: Callable[[str], Path], tmp_path: Path) -> None:
    code(FAILING)
    ran = assay_process("scan", "infra", *VERSIONING, "-r", "json", cwd=tmp_path)
    assert (ran.returncode, ran.stderr, json.loads(ran.stdout)["summary"]["controls"]) == (1, "", 1)
    ran = assay_process("scan", "infra", *VERSIONING, cwd=tmp_path)
    assert (ran.returncode, ran.stderr, "\x1b" in ran.stdout) == (1, "", False)
    assert "orders keeps neither versions" in " ".join(ran.stdout.split())


def on_terminal(*arguments: str, cwd: Path, **environment: str) -> str:
    """What the command writes to a terminal."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "assay", *arguments]
    with subprocess.Popen(command, cwd=cwd, env={**os.environ, "TERM": "xterm", **environment}, stdout=child, stderr=child) as process:
        os.close(child)
        written = b""
        while True:
            try:
                part = os.read(parent, 65536)
            except OSError:
                break
            if not part:
                break
            written += part
        process.wait(30)
    os.close(parent)
    return written.decode()


def test_colours_and_progress_are_for_a_terminal(code: Callable[[str], Path], tmp_path: Path) -> None:
    code(FAILING)
    shown = on_terminal("scan", "infra", cwd=tmp_path, NO_COLOR="")
    assert "\x1b[" in shown.replace("\x1b[2K", "")
    plain = on_terminal("scan", "infra", cwd=tmp_path, NO_COLOR="1")
    assert "\x1b[" not in plain.replace("\x1b[2K", "")
    assert "\x1b[" not in on_terminal("scan", "infra", "--no-color", "--quiet", cwd=tmp_path, NO_COLOR="")
    assert "\x1b[2K" not in on_terminal("scan", "infra", cwd=tmp_path, TERM="dumb")


def test_quiet_shows_less_but_every_failure(code: Callable[..., Path]) -> None:
    code(FAILING + FAILING.replace('"b"', '"c"') + PASSING.replace('"b"', '"d"').replace(".b.", ".d."))
    full, quiet = assay("scan", ".", *VERSIONING), assay("scan", ".", *VERSIONING, "--quiet")
    assert full.exit_code == quiet.exit_code == 1
    assert len(quiet.stdout) <= len(full.stdout)
    assert all(name in quiet.stdout for name in ("aws_s3_bucket.b", "aws_s3_bucket.c"))


def test_a_reader_that_goes_away_is_no_crash(code: Callable[[str], Path], tmp_path: Path) -> None:
    code("".join(FAILING.replace('"b"', f'"b{at}"') for at in range(400)))
    command = f"{sys.executable} -m scanner scan infra -r json | head -c 10"
    ran = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in ran.stderr


# Secrets


def test_values_of_variables_are_not_in_the_arguments(code: Callable[[str], Path], tmp_path: Path) -> None:
    code('variable "key" {\n  sensitive = true\n}\nvariable "status" {}\n' + PASSING.replace('"Enabled"', "var.key"))
    arguments = ["scan", "infra", "--var", "key=hidden-one", "--var=status=hidden-two", "-r", "json=out.json", "-r", "text", "--no-config"]
    ran = assay_process(*arguments, cwd=tmp_path)
    report = (tmp_path / "out.json").read_text("utf-8")
    assert json.loads(report)["run"]["arguments"] == [
        "scan", "infra", "--var", "key=…", "--var=status=…", "-r", "json=out.json", "-r", "text", "--no-config",
    ]  # fmt: skip
    assert "hidden" not in report + ran.stdout + ran.stderr


def test_sensitive_values_are_not_shown(code: Callable[[str], Path], tmp_path: Path) -> None:
    infra = code(
        'variable "a" {\n  sensitive = true\n}\nvariable "b" {}\nlocals {\n  c = sensitive(var.b)\n}\n'
        'resource "aws_sqs_queue" "q" {\n  name = var.a\n  label = "x-${var.a}"\n  other = local.c\n}\n'
    )
    that = "resource.attributes.name == 'x' || resource.attributes.label == 'x' || resource.attributes.other == 'x'"
    message = "{attributes.name} {attributes.label} {attributes.other}"
    text = rule(applies_to={"terraform": "aws_sqs_queue"}, **{"assert": [{"that": that, "message": message}]})
    policies = write(tmp_path / "p", {"team/rule.yaml": text})
    _, report, _ = assay_json(infra, "--policies", policies, "--control", "team.rule", "--var", "a=hidden-one")
    assert [(result["verdict"], result["message"]) for result in report["results"]] == [
        ("unknown", "not known whether (sensitive) x-(sensitive) (unknown other)")
    ]
    assert "hidden" not in json.dumps(report)


# The rest


def test_version_is_quick() -> None:
    ran = assay_process("--version")
    assert (ran.returncode, ran.stdout) == (0, f"assay, version {__version__}\n")
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assay_process("--version")
        took.append(time.perf_counter() - start)
    assert min(took) < 2  # on a busy machine; bench/run.py measures it


def test_no_module_of_a_cloud_or_a_report_is_loaded_before_it_is_needed() -> None:
    script = "import sys; from assay.scanner.cli import cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert not {"cel_expr_python", "tree_sitter", "yaml", "rich", "jinja2", "msgspec", "socket", "ssl", "asyncio"} & set(ran.stdout.split())


def test_help_has_sections_and_what_most_runs_need_before_the_rest() -> None:
    shown = assay("scan", "--help").stdout
    titles = [line.removesuffix(":") for line in shown.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert titles == [
        "What is read", "Which controls", "What counts", "Reports", "Configuration", "Night after night", "Evidence", "Other scanners",
        "Size", "Other",
    ]  # fmt: skip
    assert "PATH..." not in shown.partition("What is read")[2] and shown.splitlines()[-1].lstrip().startswith("-h, --help")
    own = assay("audit", "aws", "--help").stdout.partition("Which controls:")[0]
    assert "--role-arn" in own and "--snapshot" in own and "--fail-on" not in own
    own = assay("snapshot", "aws", "--help").stdout.partition("Which controls:")[0]
    assert "-o, --out" in own


@pytest.mark.parametrize(
    "command", ["scan", "merge", "compare", "fix", "baseline", "explain", "init", "audit aws", "audit gcp", "snapshot aws"]
)
def test_help_in_sections_leaves_no_option_out(command: str) -> None:
    named: Any = cli
    for name in command.split():
        named = named.get_command(click.Context(named), name)
    shown = assay(*command.split(), "--help").stdout
    options = [parameter for parameter in named.params if isinstance(parameter, click.Option) and not parameter.hidden]
    assert options and all(max(option.opts, key=len) in shown for option in options)


def test_help_names_every_option_and_exit_code() -> None:
    assert assay("--help").stdout.count("Exit codes: 0") == 1
    shown = assay("scan", "--help").stdout
    for option in (
        "--var-file",
        "--var ",
        "--workspace",
        "--source",
        "--policies",
        "--profile",
        "--control",
        "--fail-on",
        "--strict",
        "--config",
        "--no-config",
        "--report",
        "--quiet",
        "--no-color",
    ):
        assert option in shown
    assert assay("-h").exit_code == 0


def test_controls_list() -> None:
    ran = assay("controls", "list")
    lines = ran.stdout.splitlines()
    assert (ran.exit_code, len(lines) >= 20) == (0, True)
    assert lines == sorted(lines)
    assert any(line.startswith("storage.versioning-enabled ") and " high " in line for line in lines)


def test_controls_show_and_matrix() -> None:
    ran = assay("controls", "show", "storage.versioning-enabled")
    assert ran.exit_code == 0
    for text in (
        "Buckets keep object versions",
        "resource.versioned || resource.retention_locked",
        "aws_s3_bucket_versioning",
        "CKV_AWS_21",
    ):
        assert text in ran.stdout
    ran = assay("controls", "show", "storage.versioning-enable")
    assert (ran.exit_code, "did you mean storage.versioning-enabled?" in ran.stderr) == (2, True)
    ran = assay("controls", "matrix")
    assert ran.exit_code == 0
    assert all(line.split()[0] in ran.stdout for line in assay("controls", "list").stdout.splitlines())
