"""Waivers, baselines and guardrails on the command line."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.results import formats
from tests.reports import samples
from tests.scans import FAILING, PASSING, UNKNOWN, VERSIONING, assay, write

NEXT_MONTH = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)).isoformat()
LONG_AGO = "2026-01-01"
WAIVER = f"""waivers:
  - control: storage.versioning-enabled
    resource: orders
    owner: ops
    reason: copied elsewhere
    ticket: OPS-7
    expires: {NEXT_MONTH}
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"infra/main.tf": FAILING})


def report(*arguments: str) -> tuple[int, dict[str, Any]]:
    ran = assay("scan", "infra", *VERSIONING, "-r", "json", *arguments)
    return ran.exit_code, json.loads(ran.stdout)


def test_a_waiver_of_the_configuration(tree: Path) -> None:
    write(tree, {"assay.yaml": WAIVER})
    code, said = report()
    assert code == 0 and said["summary"]["verdicts"]["waived"] == 1
    [result] = said["results"]
    assert result["waiver"] == {
        "by": "configuration", "owner": "ops", "reason": "copied elsewhere", "ticket": "OPS-7", "expires": NEXT_MONTH,
        "file": "assay.yaml", "line": 2, "verdict": "fail", "expired": False,
    }  # fmt: skip
    assert said["gate"]["waivers"][0]["findings"] == 1


def test_a_file_of_waivers(tree: Path) -> None:
    entry = WAIVER.partition("\n")[2]
    write(tree, {"assay.yaml": "waiver_files: [accepted/ops.yaml]\n", "accepted/ops.yaml": entry})
    code, said = report()
    assert code == 0 and said["gate"]["waivers"][0]["file"] == "accepted/ops.yaml" and said["gate"]["waivers"][0]["line"] == 1


@pytest.mark.parametrize(
    ("configuration", "problem"),
    [
        (WAIVER.replace("    resource: orders\n", ""), 'assay.yaml:2: a waiver says what it is for: resource, path or tags'),
        (WAIVER.replace("    owner: ops\n", ""), "assay.yaml:2: Object missing required field `owner`"),
        (WAIVER.replace("owner: ops", 'owner: " "'), "assay.yaml:2: the waiver of storage.versioning-enabled has no owner"),
        (WAIVER.replace(f"    expires: {NEXT_MONTH}\n", ""), "assay.yaml:2: Object missing required field `expires`"),
        (WAIVER.replace(NEXT_MONTH, "soon"), "assay.yaml:7: this is no date, which is written as 2027-01-31"),
        (WAIVER.replace("ticket", "tickt"), "assay.yaml:6: Object contains unknown field `tickt`"),
        ("waiver_files: [../x.yaml]\n", "assay.yaml:1: waiver_files: '../x.yaml' leads out"),
        ("controls:\n  keys.rotation-and-policy:\n    enabled: false\n", "assay.yaml:2: controls.keys.rotation-and-policy: say why"),
        ("controls:\n  keys.rotation-and-policy: {severity: worst, reason: x}\n", "severity is 'worst'; it is one of critical"),
        ("controls:\n  keys.rotation: {enabled: false, reason: x}\n", "there is no control 'keys.rotation'"),
        ("inline: {accept: [tfsec]}\n", "assay.yaml:1: Invalid enum value 'tfsec'"),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_is_refused_with_its_line(configuration: str, problem: str, tree: Path) -> None:
    write(tree, {"assay.yaml": configuration})
    ran = assay("scan", "infra")
    assert ran.exit_code == 2 and problem in ran.stderr


def test_a_comment_waives_unless_comments_do_not_count(tree: Path) -> None:
    comment = f'# assay:waive storage.versioning-enabled until={NEXT_MONTH} reason="copied"\n'
    write(tree, {"infra/main.tf": comment + FAILING, "rails.yaml": "comments: false\n", "off.yaml": "inline: {enabled: false}\n"})
    assert report()[0] == 0
    for forbidding in (["--no-inline"], ["--guardrails", "rails.yaml"], ["--config", "off.yaml"]):
        assert report(*forbidding)[0] == 1


def test_a_control_that_is_off_and_one_that_weighs_less(tree: Path) -> None:
    write(tree, {"assay.yaml": "controls:\n  storage.versioning-enabled: {severity: low, reason: small}\nfail_on: medium\n"})
    code, said = report()
    assert code == 0 and said["results"][0]["severity"] == "low"
    own = {"name": "controls.storage.versioning-enabled.severity", "value": "low", "default": "high"}
    assert {**own, "place": "assay.yaml:2", "reason": "small"} in said["run"]["in_force"]["settings"]
    write(tree, {"assay.yaml": "controls:\n  storage.versioning-enabled: {enabled: false, reason: elsewhere}\n"})
    ran = assay("scan", "infra", "-r", "json")
    said = json.loads(ran.stdout)
    assert "storage.versioning-enabled" not in {control["id"] for control in said["controls"]}
    assert "storage.versioning-enabled" in said["run"]["in_force"]["left_out"]
    assert [setting["value"] for setting in said["run"]["in_force"]["settings"]] == ["false: elsewhere"]


def test_a_baseline_leaves_what_is_new(tree: Path) -> None:
    ran = assay("baseline", "-o", "known.json", "infra")
    assert ran.exit_code == 0 and "known.json: 5 findings and 0 gaps are known; use it with --baseline known.json" in ran.stderr
    assert report("--baseline", "known.json")[0] == 0
    write(tree, {"assay.yaml": "baseline: known.json\n", "infra/more.tf": FAILING.replace('"b"', '"c"').replace("orders", "fills")})
    code, said = report()
    assert code == 1 and {result["resource"]["address"]: result["standing"] for result in said["results"]} == {
        "aws_s3_bucket.b": "known",
        "aws_s3_bucket.c": "new",
    }
    assert assay("baseline", "-o", "again.json", "infra").exit_code == 0, "the baseline that is configured leaves nothing out of another"
    assert len(json.loads((tree / "again.json").read_text())["findings"]) == 10


def test_a_baseline_is_the_same_for_the_same_code(tree: Path) -> None:
    for name in ("a.json", "b.json"):
        assert assay("baseline", "-o", name, "infra", "--quiet").stderr == ""
    first, second = (json.loads((tree / name).read_text()) for name in ("a.json", "b.json"))
    assert first | {"made": ""} == second | {"made": ""}


@pytest.mark.parametrize("content", ["{}", "[]", "no"])
def test_what_is_no_baseline(content: str, tree: Path) -> None:
    write(tree, {"known.json": content})
    ran = assay("scan", "infra", "--baseline", "known.json")
    assert ran.exit_code == 2 and "known.json: no baseline as assay baseline writes it" in ran.stderr


def test_a_day_that_is_over_ends_no_baseline(tree: Path) -> None:
    ran = assay("baseline", "-o", "known.json", "infra", "--expires", LONG_AGO)
    assert ran.exit_code == 2 and "that day is over" in ran.stderr and not (tree / "known.json").exists()


@pytest.mark.parametrize(
    ("rails", "configuration", "problem"),
    [
        ("fail_on: high", "fail_on: critical", "fail_on is critical, and the guardrails allow high or medium or low"),
        ("fail_on: low", "fail_on: never", "fail_on is never, and the guardrails allow low"),
        ("required: [storage.*]", "controls: {storage.versioning-enabled: {enabled: false, reason: x}}", "storage.versioning-enabled is not judged by"),
        ("required: [storage.*]", "controls: {storage.versioning-enabled: {severity: low, reason: x}}", "storage.versioning-enabled is changed"),
        ("required: [storage.nothing]", "", "the guardrails require storage.nothing, and there is no such control"),
        ("params: false", "params: {min_recovery_days: 1}", "params are changed (controls.data.pitr-enabled.params.min_recovery_days)"),
        ("required: [data.*]", "params: {min_recovery_days: 1}", "params are changed (controls.data.pitr-enabled.params.min_recovery_days)"),
        ("required: ['*.pitr-enabled']", "controls: {data.pitr-enabled: {params: {min_recovery_days: 1}}}", "params are changed (controls.data.pitr-enabled.params.min_recovery_days), and the guardrails require"),
        ("required: [data.*]\nmay_set: [data.replicated*]", "params: {min_recovery_days: 1}", "params are changed"),
        ("baseline: false", "baseline: known.json", "a baseline is given, and the guardrails forbid that"),
        ("attestations: false", "attestations: [{control: access.rbac-in-app, statement: x, owner: y, date: 2026-01-01, expires: 2026-12-31}]", "controls are attested (access.rbac-in-app)"),
        ("fail_on: worst", "", "rails.yaml: fail_on is 'worst'"),
        ("fail_om: low", "", "rails.yaml:1: Object contains unknown field `fail_om`"),
    ],
)  # fmt: skip
def test_what_the_guardrails_forbid_is_refused(rails: str, configuration: str, problem: str, tree: Path) -> None:
    assay("baseline", "-o", "known.json", "infra")
    write(tree, {"assay.yaml": configuration, "rails.yaml": rails})
    ran = assay("scan", "infra", "--guardrails", "rails.yaml")
    assert ran.exit_code == 2 and problem in ran.stderr


def test_what_the_guardrails_allow_is_done(tree: Path) -> None:
    write(tree, {"assay.yaml": "fail_on: high\n", "rails.yaml": "fail_on: high\nrequired: [storage.*]\nlongest_waiver_days: 10\n"})
    assert assay("scan", "infra", "--guardrails", "rails.yaml").exit_code == 1
    write(tree, {"assay.yaml": WAIVER})
    code, said = report()
    assert code == 0
    ran = assay("scan", "infra", "--guardrails", "rails.yaml", "-r", "json")
    said = json.loads(ran.stdout)
    assert ran.exit_code == 1 and "its last day is more than 10 days away" in said["gate"]["warnings"][0]


@pytest.mark.parametrize(
    "rails", ["required: [storage.*]", "required: [data.*]\nmay_set: [data.pitr-enabled.params.min*]", "params: false\nmay_set: ['*']"]
)
def test_params_that_the_guardrails_leave_to_a_team(rails: str, tree: Path) -> None:
    write(tree, {"assay.yaml": "params: {min_recovery_days: 1}", "rails.yaml": rails})
    assert assay("scan", "infra", "--guardrails", "rails.yaml").exit_code == 1


def test_guardrails_may_ask_for_strictness(tree: Path) -> None:
    write(tree, {"infra/main.tf": UNKNOWN, "rails.yaml": "strict: true\n"})
    assert (report()[0], report("--guardrails", "rails.yaml")[0]) == (0, 3)


def test_guardrails_may_allow_no_waiver_that_lasts(tree: Path) -> None:
    write(tree, {"assay.yaml": WAIVER, "rails.yaml": "longest_waiver_days: 0\n"})
    assert report("--guardrails", "rails.yaml")[0] == 1


def test_what_passes_is_no_matter_of_the_gate(tree: Path) -> None:
    write(tree, {"infra/main.tf": PASSING, "assay.yaml": WAIVER})
    code, said = report()
    assert code == 0 and "is for nothing that was found; remove it" in said["gate"]["warnings"][0]


def test_a_severity_below_what_the_guardrails_fail_on_is_refused(tree: Path) -> None:
    weak = "controls:\n  storage.versioning-enabled: {severity: low, reason: x}\n"
    write(tree, {"assay.yaml": f"{weak}fail_on: medium\n", "rails.yaml": "fail_on: medium\n"})
    ran = assay("scan", "infra", "--guardrails", "rails.yaml")
    assert ran.exit_code == 2 and "storage.versioning-enabled is low instead of high" in ran.stderr
    write(tree, {"assay.yaml": weak.replace("low", "medium")})
    assert assay("scan", "infra", "--guardrails", "rails.yaml").exit_code == 1


def test_what_a_change_does_not_touch_is_not_gone(tree: Path) -> None:
    write(tree, {"other/main.tf": FAILING.replace("orders", "fills")})
    for arguments in (
        ["init", "-q", "."],
        ["add", "-A"],
        ["-c", "user.email=a@example.com", "-c", "user.name=A", "commit", "-q", "-m", "one"],
    ):
        subprocess.run(["git", *arguments], check=True, capture_output=True)
    assay("baseline", "-o", "known.json", ".")
    write(tree, {"infra/main.tf": PASSING})
    ran = assay("scan", ".", *VERSIONING, "--since", "HEAD", "--baseline", "known.json", "-r", "json")
    told = {
        comparison["kind"]: [past["address"] for past in comparison["gone"]] for comparison in json.loads(ran.stdout)["gate"]["comparisons"]
    }
    assert told == {"baseline": ["aws_s3_bucket.b"], "revision": ["aws_s3_bucket.b"]}


def test_every_format_says_what_is_set_where_and_why(tree: Path) -> None:
    settings = (
        "fail_on: medium\n"
        "controls:\n"
        "  storage.versioning-enabled: {severity: low, reason: small}\n"
        "  storage.encrypted-cmk: {enabled: false, reason: elsewhere}\n"
        "exclude:\n"
        "  - {path: legacy, reason: moved}\n"
    )
    write(tree, {"assay.yaml": settings + WAIVER, "legacy/main.tf": FAILING})
    for name in sorted({*formats.names()} - samples.PRINTED - {"jsonl", "csv-population", "rollup", "rollup-csv"}):
        assay("scan", ".", "-r", f"{name}=out")
        written = " ".join((tree / "out").read_text("utf-8").split())
        for told in ("small", "assay.yaml:3", "elsewhere", "assay.yaml:4", "legacy (moved)", "assay.yaml:6"):
            assert told in written, (name, told)
        place = {"json": '"line": 8', "gitlab": '"begin": 8'}.get(name, "assay.yaml:8")
        assert place in written, name


OTHER = f"  - {{control: storage.*, resource: elsewhere, owner: ops, reason: old, expires: {NEXT_MONTH}}}\n"
ELSEWHERE = f"  - {{control: storage.*, path: live/**, owner: ops, reason: old, expires: {NEXT_MONTH}}}\n"


def test_a_run_over_a_part_says_nothing_of_waivers_for_the_rest(tree: Path) -> None:
    write(tree, {"assay.yaml": f"waivers:\n{OTHER}{ELSEWHERE}", "live/main.tf": PASSING})
    for paths, lines in ((["infra/main.tf"], []), (["infra"], [2]), (["."], [2, 3])):
        told = [line for line in assay("scan", *paths, *VERSIONING, "-r", "concise").stderr.splitlines() if "for nothing" in line]
        assert [line.startswith(f"assay: assay.yaml:{at}: ") for line, at in zip(told, lines, strict=True)] == [True] * len(lines), paths


def test_a_waiver_of_no_control_says_which_is_meant(tree: Path) -> None:
    write(tree, {"assay.yaml": WAIVER.replace("versioning-enabled", "versioning-enabld")})
    told = assay("scan", "infra", *VERSIONING, "-r", "concise").stderr
    assert "assay.yaml:2: " in told and "there is no control storage.versioning-enabld; did you mean storage.versioning-enabled?" in told


@pytest.mark.parametrize("settings", ["enabled: false", "severity: low"])
def test_what_nobody_may_waive_is_neither_off_nor_lighter(settings: str, tree: Path) -> None:
    write(
        tree,
        {
            "rails.yaml": "never_waive: [storage.*, no.such]\n",
            "assay.yaml": f"controls: {{storage.versioning-enabled: {{{settings}, reason: noisy}}}}\n",
        },
    )
    ran = assay("scan", "infra", "--guardrails", "rails.yaml")
    assert ran.exit_code == 2 and "storage.versioning-enabled is " in ran.stderr and "the guardrails forbid to waive it" in ran.stderr
    ran = assay("scan", "infra", *VERSIONING, "--guardrails", "rails.yaml", "--no-config", "-r", "concise")
    assert ran.exit_code == 1 and "rails.yaml: never_waive: there is no control no.such" in ran.stderr


def test_where_the_guardrails_limit_waivers_a_comment_without_a_last_day_does_not_count(tree: Path) -> None:
    commented = FAILING.replace("{\n", "{\n  #checkov:skip=CKV_AWS_21:because\n", 1)
    write(
        tree,
        {
            "infra/main.tf": commented,
            "assay.yaml": "inline: {accept: [checkov]}\n",
            "rails.yaml": "longest_waiver_days: 90\n",
            "open.yaml": "fail_on: high\n",
        },
    )
    assert report("--guardrails", "open.yaml")[0] == 0
    code, said = report("--guardrails", "rails.yaml")
    assert code == 1 and "has no last day, and the guardrails ask for one" in said["gate"]["warnings"][0]


def test_a_comment_of_no_control_is_said(tree: Path) -> None:
    write(tree, {"infra/main.tf": f'# assay:waive storage.versionin until={NEXT_MONTH} reason="x"\n{FAILING}'})
    code, said = report()
    assert code == 1 and said["gate"]["warnings"] == [
        "infra/main.tf:1: the waiver of storage.versionin for the resource that it stands at does not count: "
        "there is no control storage.versionin"
    ]


def test_the_report_names_the_guardrails(tree: Path) -> None:
    write(tree, {"rails.yaml": "fail_on: high\n"})
    assert assay("scan", "infra", "--guardrails", "rails.yaml", "-r", "concise").stdout.endswith("in force: guardrails rails.yaml\n")


def test_all_results_of_no_other_scanner_are_a_slip(tree: Path) -> None:
    ran = assay("scan", "infra", "--all")
    assert ran.exit_code == 2 and "--with checkov, or --import FORMAT FILE" in ran.stderr


def test_a_reason_tells_no_token(tree: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2
    settings = f"controls:\n  storage.encrypted-cmk: {{enabled: false, reason: {token}}}\nexclude:\n  - {{path: legacy, reason: {token}}}\n"
    write(tree, {"assay.yaml": settings + WAIVER.replace("copied elsewhere", token), "legacy/main.tf": FAILING})
    for name in sorted({*formats.names()} - samples.PRINTED):
        assay("scan", ".", "-r", f"{name}=out")
        assert token not in (tree / "out").read_text("utf-8"), name
