"""A configuration and rules that a pull request brings along: they read nothing, hide nothing, stop nothing, and their work is seen."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.rules import yaml_lines
from assay.scanner.rules.load import builtin_folder
from tests.scans import FAILING, ROOT, VERSIONING, assay, rule, write

CANARY = "canary-4f1d"
VERSIONING_ID = "storage.versioning-enabled"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that is the working directory, with a file of secrets beside it."""
    write(tmp_path, {"secrets/credentials": f"status: {CANARY}\n", "secrets/team/rule.yaml": f"id: {CANARY}\n"})
    tree = write(tmp_path / "tree", {"main.tf": FAILING, "rules/team/rule.yaml": rule()})
    monkeypatch.chdir(tree)
    return tree


def scan(*arguments: Any) -> Any:
    return assay("scan", ".", *arguments)


# What it names stays in the tree


OUTSIDE = [
    "var_files: [../secrets/credentials]",
    "var_files: [/proc/self/environ]",
    "var_files: [link]",
    "var_files: [folder/credentials]",
    "var_files: [rules/../../secrets/credentials]",
    "var_files: [absent, ../secrets/absent]",
    'var_files: ["nul\\0"]',
    "var_files: [pipe]",
    "var_files: [/dev/zero]",
    "policies: [../secrets]",
    "policies: [folder]",
    "policies: [/]",
    "policies: [~/../.., ..]",
    f"var_files: [../{'a' * 10_000}]",
]


@pytest.mark.parametrize("settings", OUTSIDE)
def test_nothing_outside_of_the_tree_is_read(settings: str, tree: Path) -> None:
    (tree / "link").symlink_to("../secrets/credentials")
    (tree / "folder").symlink_to("../secrets")
    os.mkfifo(tree / "pipe")
    write(tree, {"assay.yaml": f"strict: true\n{settings}\n"})
    ran = scan("-r", "json")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert re.match(r"assay\.yaml:2: (var_files|policies): ", ran.stderr)
    assert CANARY not in ran.stderr


@pytest.mark.parametrize("key", ["var_files", "policies"])
@pytest.mark.parametrize("name", ["a" * 10_000, "a/" * 3_000 + "b", "\u202e", "%s{0}", "*"])
def test_a_name_that_no_file_can_have(key: str, name: str, tree: Path) -> None:
    write(tree, {"assay.yaml": f"{key}: [{json.dumps(name)}]\n"})
    ran = scan(*VERSIONING)
    assert ran.exit_code in (1, 2, 3)
    assert "internal error" not in ran.stderr


@pytest.mark.parametrize("name", ["rules/team/other.yaml", "rules/team/other.YML"])
def test_a_rule_that_is_a_link_out_of_its_folder_is_refused(name: str, tree: Path) -> None:
    (tree / name).symlink_to(tree.parent / "secrets" / "team" / "rule.yaml")
    for arguments in (["--policies", "rules"], []):
        write(tree, {"assay.yaml": "policies: [rules]\n"})
        ran = scan(*arguments)
        assert (ran.exit_code, CANARY in ran.stderr) == (2, False)
        assert "is a link that leads out of its folder of rules; put the rules themselves into the folder" in ran.stderr


def test_rules_that_a_folder_would_leave_out_are_no_secret(tree: Path) -> None:
    (tree / "rules" / "more").symlink_to("../elsewhere")
    write(tree, {"elsewhere/rule.yaml": rule(id="team.other")})
    assert "rules/more: is a link to a directory, which is not followed" in scan("--policies", "rules").stderr
    (tree / "rules" / "more").unlink()
    os.mkfifo(tree / "rules" / "pipe.yaml")
    assert "pipe.yaml: is no regular file" in scan("--policies", "rules").stderr


def test_what_the_command_line_names_may_be_anywhere(tree: Path) -> None:
    write(
        tree.parent,
        {"elsewhere/rules/team/rule.yaml": rule(), "elsewhere/on.tfvars": "", "elsewhere/assay.yaml": "var_files: [on.tfvars]\n"},
    )
    ran = scan(
        "--config", "../elsewhere/assay.yaml", "--policies", "../elsewhere/rules", "--var-file", "../elsewhere/on.tfvars", *VERSIONING
    )
    assert ran.exit_code == 1


@pytest.mark.parametrize("made", ["link", "dangling", "pipe", "directory", "device"])
def test_the_configuration_itself_is_a_file_of_the_tree(made: str, tree: Path) -> None:
    path = tree / "assay.yaml"
    {
        "link": lambda: path.symlink_to("../secrets/credentials"),
        "dangling": lambda: path.symlink_to("absent"),
        "pipe": lambda: os.mkfifo(path),
        "directory": path.mkdir,
        "device": lambda: path.symlink_to("/dev/zero"),
    }[made]()
    for arguments in ([], ["--config", "tree"]):
        ran = scan(*arguments)
        assert ran.exit_code == 2
        assert ran.stderr.startswith("assay.yaml: ")
        assert CANARY not in ran.stderr
    assert scan("--config", "none", *VERSIONING).exit_code == scan("--no-config", *VERSIONING).exit_code == 1


# Which configuration


def test_config_none_tree_or_file(tree: Path) -> None:
    write(tree, {"assay.yaml": "fail_on: never\n", "none": "fail_on: never\n", "other.yaml": "fail_on: critical\n"})

    def used(*arguments: str) -> Any:
        return json.loads(scan(*arguments, *VERSIONING, "-r", "json").stdout)["run"]["in_force"]["configuration"]

    assert [used(), used("--config", "tree"), used("--config", "none"), used("--no-config")] == ["assay.yaml", "assay.yaml", None, None]
    assert [used("--config", "other.yaml"), used("--config", "./none")] == ["other.yaml", "none"]
    ran = scan("--config", "other.yaml", "--no-config")
    assert (ran.exit_code, "contradict each other" in ran.stderr) == (2, True)


@pytest.mark.parametrize("command", [["scan", "."], ["audit", "aws"], ["audit", "gcp", "--project", "p"], ["controls", "list"],
                                     ["snapshot", "aws", "-o", "x.gz"], ["compare", ".", "."], ["controls", "lint"], ["controls", "matrix"],
                                     ["controls", "show", "data.pitr-enabled"], ["controls", "test"], ["controls", "accept"]])  # fmt: skip
def test_every_command_that_judges_takes_it(command: list[str], tree: Path) -> None:
    write(tree, {"broken.yaml": "policies: [..]\n"})
    ran = assay(*command, "--config", "broken.yaml")
    assert (ran.exit_code, ran.stderr.startswith("broken.yaml:1: policies: '..' leads out of")) == (2, True)


# What it relaxes is seen


def test_every_report_and_the_last_line_say_what_was_in_force(tree: Path) -> None:
    settings = "fail_on: never\nallow_empty: true\nprofile: mine\npolicies: [rules]\noverrides: [storage.versioning-enabled]\n"
    settings += "params: {min_recovery_days: 1}\nvars: {status: x}\n"
    own = rule(id=VERSIONING_ID, title="Nothing is asked", **{"assert": [{"that": "true", "message": "x"}]})
    mine = "id: mine\ntitle: Mine\ncontrols: [storage.*, data.pitr-enabled]\n"
    write(tree, {"assay.yaml": settings, "rules/team/versioning.yaml": own, "rules/profiles/mine.yaml": mine})
    names = ("text", "html", "json", "sarif")
    ran = scan(*(part for name in names for part in ("-r", f"{name}=out.{name}")), "-r", "text")
    assert ran.exit_code == 0
    written = {name: (tree / f"out.{name}").read_text("utf-8") for name in names}
    last = ran.stdout.splitlines()[-1]
    for text in (ran.stdout, *written.values()):
        said = " ".join(text.split())
        for part in ("assay.yaml", "mine", "rules", VERSIONING_ID, "fail_on", "never", "allow_empty", "min_recovery_days"):
            assert part in said
    assert last.split("in force: ")[1].split(", ")[:7] == [
        "assay.yaml", "profile mine", "own policies rules", f"{VERSIONING_ID} replaced by rules/team/versioning.yaml",
        "fail_on never at assay.yaml:1", "allow_empty true at assay.yaml:2", "data.pitr-enabled min_recovery_days 1 at assay.yaml:6",
    ]  # fmt: skip
    in_force = json.loads(written["json"])["run"]["in_force"]
    assert in_force["replaced"] == {VERSIONING_ID: "rules/team/versioning.yaml"}
    assert in_force["variables"] == ["status"] and "team.rule" in in_force["left_out"]
    assert {
        "name": "controls.data.pitr-enabled.params.min_recovery_days",
        "value": "1",
        "default": "7",
        "place": "assay.yaml:6",
    } in in_force["settings"]


def test_nothing_is_said_of_defaults(tree: Path) -> None:
    ran = scan(*VERSIONING)
    assert "in force" not in ran.stdout
    assert "Configuration: none" in ran.stdout


# Own rules replace none silently


def test_an_own_control_takes_the_place_of_no_other(tree: Path) -> None:
    write(tree, {"rules/team/v.yaml": rule(id=VERSIONING_ID)})
    ran = scan("--policies", "rules")
    assert ran.exit_code == 2
    assert "rules/team/v.yaml:1: the id storage.versioning-enabled is already that of " in ran.stderr
    assert str(builtin_folder() / "storage" / "versioning-enabled.yaml") in ran.stderr
    assert "`overrides:`" in ran.stderr


@pytest.mark.parametrize("changes", [{"aliases": [VERSIONING_ID]}, {"id": VERSIONING_ID}])
def test_an_override_is_listed(changes: dict[str, Any], tree: Path) -> None:
    own = rule(**{"id": "team.v", **changes, "assert": [{"that": "true", "message": "x"}]})
    write(tree, {"rules/team/v.yaml": own, "assay.yaml": f"policies: [rules]\noverrides: [{VERSIONING_ID}]\n"})
    ran = scan("-r", "json", "--control", "storage.*", "--control", "team.*")
    report = json.loads(ran.stdout)
    assert report["run"]["in_force"]["replaced"] == {VERSIONING_ID: "rules/team/v.yaml"}


def test_a_profile_is_not_replaced_silently(tree: Path) -> None:
    write(tree, {"rules/profiles/p.yaml": "id: reference\ntitle: Less\ncontrols: [team.*]\n"})
    ran = scan("--policies", "rules", "--profile", "reference")
    assert (ran.exit_code, "the id reference is already that of" in ran.stderr) == (2, True)
    write(tree, {"assay.yaml": "policies: [rules]\noverrides: [reference]\nprofile: reference\n"})
    assert "Built-in rules replaced: reference by rules/profiles/p.yaml" in scan().stdout


@pytest.mark.parametrize("kind", ["team/rule.yaml", "profiles/p.yaml"])
def test_two_own_folders_do_not_define_the_same(kind: str, tree: Path) -> None:
    text = rule() if kind.startswith("team") else "id: mine\ntitle: Mine\ncontrols: [team.*]\n"
    write(tree, {f"one/{kind}": text, f"two/{kind}": text})
    write(tree, {"assay.yaml": "overrides: [mine, team.rule]\n"})
    ran = scan("--policies", "one", "--policies", "two")
    assert ran.exit_code == 2
    assert f"two/{kind}" in ran.stderr and f"one/{kind}" in ran.stderr
    ran = scan("--config", "none", "--policies", "one", "--policies", "../tree/one", "--policies", "one/.", *VERSIONING)
    assert ran.exit_code == 1


@pytest.mark.parametrize(
    ("listed", "way"), [("team.rule", "no built-in"), (VERSIONING_ID, "no rule of your own"), ("storage.versioning-enabld", "did you mean")]
)
def test_an_override_that_replaces_nothing_is_refused(listed: str, way: str, tree: Path) -> None:
    write(tree, {"assay.yaml": f"policies: [rules]\noverrides: [{listed}]\n"})
    ran = scan()
    assert (ran.exit_code, "overrides: " in ran.stderr, way in ran.stderr) == (2, True, True)


# Files that are made to hurt


HURTS = {
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nparams: {x: [*b, *b]}\n",
    "an alias for a key": "&k strict: true\n*k : false\n",
    "brackets": "params: " + "[" * 200_000,
    "maps": "params: " + "{a: " * 200_000,
    "dashes": "params:\n  " + "- " * 200_000,
    "a long number": "params: {max_age_days: " + "9" * 5_000 + "}\n",
    "a long hexadecimal number": "params: {max_age_days: 0x" + "f" * 5_000 + "}\n",
    "a number of more than 64 bits": "params: {max_age_days: 99999999999999999999}\n",
    "no number": "params: {max_age_days: .nan}\n",
    "infinite": "params: {max_age_days: .inf}\n",
    "a date": "params: {max_age_days: 2024-01-01}\n",
    "text": "params: {max_age_days: many}\n",
    "truth": "params: {max_age_days: true}\n",
    "nothing": "params: {max_age_days: }\n",
    "text in a list of numbers": 'params: {allowed_public_ports: ["443"]}\n',
    "a list in a list": "params: {stack_regions: [[a]]}\n",
    "another cloud": "params: {max_age_days: {aws: 1, gogle: 9}}\n",
    "a repeated key": "fail_on: low\nfail_on: never\n",
    "a repeated key in quotes": "fail_on: low\n'fail_on': never\n",
    "a repeated key below": "params: {max_age_days: 1, max_age_days: 9999}\n",
    "a key that is no text": "? [a]\n: b\n",
    "a merge": "params: {<<: {max_age_days: 1}}\n",
    "an object": "vars: {a: !!python/object/apply:os.system [id]}\n",
    "binary": "vars: {a: !!binary aGk=}\n",
    "two documents": "fail_on: low\n---\nfail_on: never\n",
    "not utf-8": b"\xff\xfe\xfd: 1\n",
    "latin": "vars: {a: \u00e9}\n".encode("latin-1"),
    "half a pair": 'vars: {a: "\\ud800"}\n',
    "a nul": b"vars: {a: \x00}\n",
    "escape": "\x1b[2J: 1\n",
    "large": "# " + "x" * 1_000_000,
    "a list": "[]\n",
    "a word": "false\n",
}


@pytest.mark.parametrize("name", HURTS)
def test_a_configuration_that_is_made_to_hurt(name: str, tree: Path) -> None:
    text = HURTS[name]
    write(tree, {"assay.yaml": text})
    ran = scan()
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert len(ran.stderr) < 2_000 and len(ran.stderr.splitlines()) == 1
    assert "internal error" not in ran.stderr


def test_a_very_large_configuration_is_not_read(tree: Path) -> None:
    with (tree / "assay.yaml").open("wb") as sparse:
        sparse.truncate(100_000_000_000)
    assert "larger than 1,000,000 bytes" in scan().stderr


def that(text: str, **changes: Any) -> str:
    return rule(**{"assert": [{"that": text, "message": "{name}"}], **changes})


RULES = {
    "nothing": that(""),
    "blank": that("  \n"),
    "a comment": that("// true"),
    "long": that("resource.name == '" + "a" * 200_000 + "'"),
    "parentheses": that("(" * 5_000 + "true" + ")" * 5_000),
    "sums": that("1" + " + 1" * 20_000 + " == 2"),
    "choices": that("(" + "true ? (" * 3_000 + "true" + ") : false" * 3_000 + ")"),
    "lists": that("[" * 3_000 + "]" * 3_000 + " == []"),
    "fields": that("resource" + ".name" * 20_000 + " == 'x'"),
    "injected name": rule(**{"assert": [{"each": "resource.grants", "as": "g, true) || (true", "that": "true", "message": "x"}]}),
    "the name of a resource": rule(
        **{"assert": [{"each": "resource.grants", "as": "resource", "that": "resource.public", "message": "x"}]}
    ),
    "a long title": rule(title="x" * 1_000),
    "a long message": rule(**{"assert": [{"that": "resource.versioned", "message": "x" * 20_000}]}),
    "no assertion": rule(**{"assert": []}),
    "an id of two lines": rule(id="team.rule\n"),
    "an alias of two lines": rule(aliases=["a\x1b[2J"]),
    "a long number": rule(params=None) + "params: {a: " + "9" * 5_000 + "}\n",
    "deep": rule(params=None) + "params: {a: " + "[" * 100_000 + "}\n",
    "a repeated key": rule() + rule(),
    "no kind": rule(applies_to={}),
    "empty": "",
    "large": "# " + "x" * 1_000_000,
    "not utf-8": b"id: \xff\n",
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_that_is_made_to_hurt(name: str, tree: Path) -> None:
    write(tree, {"rules/team/rule.yaml": RULES[name]})
    ran = scan("--policies", "rules")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert all(re.match(r"rules/team/rule\.yaml(:[1-9]\d*)?: ", line) for line in ran.stderr.splitlines())
    assert len(ran.stderr) < 10_000


def test_what_cel_refuses_to_compute_is_an_error_of_that_resource(tree: Path) -> None:
    grants = "".join(
        f'resource "aws_s3_bucket_acl" "a{number}" {{\n  bucket = aws_s3_bucket.b.id\n  acl = "public-read"\n}}\n' for number in range(2)
    )
    statements = ",".join(f'{{Effect = "Allow", Principal = "*", Action = "s3:Get{number}", Resource = "*"}}' for number in range(150))
    policy = f'resource "aws_s3_bucket_policy" "b" {{\n  bucket = aws_s3_bucket.b.id\n  policy = jsonencode({{Statement = [{statements}]}})\n}}\n'
    slow = "resource.grants.all(g, resource.grants.exists(h, h.principal == 'x' && g.principal == 'x') || resource.grants.all(k, k.principal != g.principal || k.principal != 'y'))"
    write(tree, {"main.tf": FAILING + policy + grants, "rules/team/rule.yaml": that(slow)})
    ran = scan("--policies", "rules", "--control", "team.rule", "--control", VERSIONING_ID, "-r", "json=out.json", "-r", "text")
    results = json.loads((tree / "out.json").read_text("utf-8"))["results"]
    by_control = {result["control"]: result for result in results}
    assert by_control["team.rule"]["verdict"] == "error"
    assert "Iteration budget exceeded" in by_control["team.rule"]["message"]
    assert (ran.exit_code, by_control[VERSIONING_ID]["verdict"]) == (1, "fail")
    assert scan("--policies", "rules", "--control", "team.rule").exit_code == 3


@pytest.mark.parametrize("pattern", ["(", "(a{1000}){1000}", "\\p{Nope}", "(?P<"])
def test_a_pattern_that_is_none_is_an_error(pattern: str, tree: Path) -> None:
    write(tree, {"rules/team/rule.yaml": that(f"resource.name.matches({json.dumps(pattern)})")})
    ran = scan("--policies", "rules", "--control", "team.rule")
    assert ran.exit_code == 3
    assert "invalid regular expression" in " ".join(ran.stdout.split())


def test_a_message_does_not_show_a_value_without_end(tree: Path) -> None:
    write(tree, {"main.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "' + "x" * 500_000 + '"\n}\n'})
    message = "{name}" * 50
    write(tree, {"rules/team/rule.yaml": rule(**{"assert": [{"that": "resource.versioned", "message": message}]})})
    ran = scan("--policies", "rules", "--control", "team.rule", "-r", "json")
    assert max(len(result["message"]) for result in json.loads(ran.stdout)["results"]) < 5_000


def test_a_param_for_one_cloud_leaves_the_other_its_default(tree: Path) -> None:
    text = rule(params={"least": 5}, **{"assert": [{"that": "params.least == 5", "message": "{params.least}"}]})
    code = FAILING + 'resource "google_storage_bucket" "b" {\n  name = "b"\n  location = "EU"\n}\n'
    write(tree, {"main.tf": code, "rules/team/rule.yaml": text, "assay.yaml": "params: {least: {aws: 1}}\n"})
    report = json.loads(scan("--policies", "rules", "--control", "team.rule", "-r", "json").stdout)
    assert {result["resource"]["cloud"]: result["verdict"] for result in report["results"]} == {"aws": "fail", "google": "pass"}


# Nothing on standard error commands a terminal or a build server


EVIL = "\x1b[2J\u202e##vso[task.setvariable variable=a]b\n::set-output name=a::b\n##[error]c"
EVIL_ARGUMENT = EVIL.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", ".", f"--{EVIL}"],
        [EVIL],
        ["scan", EVIL],
        ["scan", ".", "--config", EVIL],
        ["scan", ".", "--policies", EVIL],
        ["scan", ".", "--var-file", EVIL],
        ["scan", ".", "--var", EVIL.replace("=", "")],
        ["scan", ".", "-r", EVIL],
        ["scan", ".", "-r", f"json=absent/{EVIL}"],
        ["scan", ".", "--control", EVIL],
        ["scan", ".", "--profile", EVIL],
        ["scan", ".", "--limit-memory", EVIL],
        ["scan", ".", "--source", EVIL],
        ["compare", EVIL, EVIL],
        ["audit", EVIL],
        ["audit", "aws", "--services", EVIL],
        ["controls", "show", EVIL],
        ["controls", "test", EVIL],
        ["controls", EVIL],
    ],
)
def test_arguments_do_not_command(arguments: list[str], tree: Path) -> None:
    ran = assay(*arguments)
    assert ran.exit_code in (2, 3)
    _harmless(ran.stderr)


@pytest.mark.parametrize(
    "key", [json.dumps(EVIL), f"vars:\n  {json.dumps(EVIL)}", f"controls:\n  {json.dumps(EVIL)}", f"params:\n  {json.dumps(EVIL)}"]
)
def test_keys_and_values_of_a_configuration_do_not_command(key: str, tree: Path) -> None:
    for text in (
        f"{key}: {{}}\n",
        f"profile: {json.dumps(EVIL)}\n",
        f"overrides: [{json.dumps(EVIL)}]\n",
        f"fail_on: {json.dumps(EVIL)}\n",
    ):
        write(tree, {"assay.yaml": text})
        ran = scan()
        assert ran.exit_code == 2
        _harmless(ran.stderr)


def test_names_of_rule_files_do_not_command(tree: Path) -> None:
    write(tree, {"rules/\x1b[2J##vso[a]b\n::error::c.yaml": "x: 1\n", "rules/b.yaml": f"{json.dumps(EVIL)}: 1\n"})
    ran = scan("--policies", "rules")
    assert len(ran.stderr.splitlines()) == 2
    _harmless(ran.stderr)
    assert scan("--policies", os.fsdecode(b"\xff")).exit_code == 2


def _harmless(text: str) -> None:
    assert not re.search(r"##(?:vso)?\[|^\s*::|[\x00-\x09\x0b-\x1f\x7f\u202e]", text, re.MULTILINE)
    assert len(text.splitlines()) < 12 and text


def test_one_place_writes_to_standard_error() -> None:
    writers = [
        path.name
        for path in (ROOT / "scanner").rglob("*.py")
        if path.name != "console.py" and re.search(r"\berr=True|sys\.stderr\.write|file=sys\.stderr", path.read_text("utf-8"))
    ]
    assert writers == []


def test_the_configuration_of_every_kind_is_bounded_before_it_is_parsed() -> None:
    with pytest.raises(Exception, match="nested deeper"):
        yaml_lines.load("{a: " * 1_000)


# What is wrong with it has a place


MISTAKES = [
    ("params:\n  no_such: 1\n", 3, "no_such"),
    ("params:\n  stack_regions: 7\n", 3, "stack_regions"),
    ("overrides:\n  - storage.nope\n", 3, "storage.nope"),
    ("profile: nope\n", 2, "nope"),
    (f"controls:\n  {VERSIONING_ID}:\n    params:\n      no_such: 1\n", 5, "no_such"),
    (f"controls:\n  {VERSIONING_ID}s:\n    params: {{a: 1}}\n", 3, f"did you mean {VERSIONING_ID}?"),
    (f"controls:\n  {VERSIONING_ID}s:\n    enabled: false\n    reason: r\n", 3, f"did you mean {VERSIONING_ID}?"),
    (f"controls:\n  {VERSIONING_ID}:\n    params: [1]\n", 4, VERSIONING_ID),
    ("roots:\n  'a[':\n    kind: modul\n", 4, "modul"),
    ("vars:\n  b: x\n  a: 5\n", 4, "'a'"),
    ("parms: 5\n", 2, "did you mean params?"),
    ("exclude:\n  - ''\n", 2, "an empty path"),
    ("waivers:\n- {control: a, resource: b, owner: c, reason: d, expires: 2026-13-01}\n", 3, "date"),
]


@pytest.mark.parametrize(("settings", "line", "words"), MISTAKES)
def test_a_mistake_has_its_line(settings: str, line: int, words: str, tree: Path) -> None:
    write(tree, {"assay.yaml": f"strict: true\n{settings}"})
    ran = scan()
    assert ran.exit_code == 2
    assert re.search(rf"^assay\.yaml:{line}: .*{re.escape(words)}", ran.stderr, re.MULTILINE), ran.stderr


def test_a_mistake_of_the_command_line_has_no_line_of_the_file(tree: Path) -> None:
    write(tree, {"assay.yaml": "strict: true\nprofile: reference\n"})
    ran = scan("--profile", "nope")
    assert ran.exit_code == 2 and "assay: there is no profile 'nope'" in ran.stderr
