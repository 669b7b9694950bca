"""`assay.scanner.run`: what a program can do with a scan, and what every result carries."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.errors import RunError
from assay.scanner.results.model import VERDICTS
from assay.scanner.rules.model import RuleErrors
from assay.scanner.run import Options, Scan
from tests.scans import FAILING, PASSING, UNKNOWN, assay_json, judge, rule, verdicts, write


def test_results_come_one_by_one_and_make_a_report(tmp_path: Path) -> None:
    infra = write(tmp_path / "infra", {"main.tf": FAILING})
    scan = Scan(Options(paths=[str(infra)]))
    lines = [(result.verdict, result.control, result.resource.address, result.message) for result in scan]
    assert (
        "fail", "storage.versioning-enabled", "aws_s3_bucket.b",
        "orders keeps neither versions nor a locked retention: an overwrite or a deletion is final",
    ) in lines  # fmt: skip
    report = Scan(Options(paths=[str(infra)])).report()
    assert len(report.results) == len(lines)
    assert report.summary == scan.tally.summary()
    assert report.controls == scan.tally.outcomes()
    assert sum(report.summary.verdicts.values()) == len(lines)
    assert list(report.summary.verdicts) == list(VERDICTS)
    assert report.run.targets == [str(infra)]


def test_a_scan_runs_once_and_says_so(tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {"main.tf": FAILING}))]))
    assert list(scan)
    with pytest.raises(RunError, match="has run already: make another Scan"):
        list(scan)
    with pytest.raises(RunError):
        scan.report()


def test_a_sink_is_given_every_collection_as_it_comes(tmp_path: Path) -> None:
    infra = write(tmp_path, {"a/main.tf": FAILING, "b/main.tf": PASSING})
    taken: list[tuple[str, int]] = []
    tally = Scan(Options(paths=[str(infra)], controls=["storage.*"])).run(lambda judged: taken.append((judged.name, len(judged.results))))
    assert [name.rsplit("/", 1)[-1] for name, _ in taken] == ["a", "b"]
    assert sum(count for _, count in taken) == sum(tally.verdicts.values()) > 0


def _fingerprints(cwd: Path, path: str) -> set[str]:
    with contextlib.chdir(cwd):
        return {result.fingerprint for result in Scan(Options(paths=[path]))}


@pytest.mark.parametrize("repository", [False, True])
def test_the_same_tree_has_the_same_fingerprints_wherever_it_is_scanned_from(repository: bool, tmp_path: Path) -> None:
    files = {"main.tf": FAILING, "b/main.tf": FAILING.replace('"b"', '"other"'), **({".git/HEAD": ""} if repository else {})}
    first, second = write(tmp_path / "one" / "infra", files), write(tmp_path / "two" / "deeper" / "copy", files)
    outcome = [
        _fingerprints(first, "."),
        _fingerprints(first.parent, "infra"),
        _fingerprints(tmp_path, str(first)),
        _fingerprints(Path("/"), str(second)),
        _fingerprints(second / "b", ".."),
    ]
    assert len(outcome[0]) >= 10
    assert all(fingerprints == outcome[0] for fingerprints in outcome)
    if repository:  # a part of a repository is known as what it is in the whole
        assert _fingerprints(first / "b", ".") < outcome[0]


def test_a_report_iterates_what_is_left(tmp_path: Path) -> None:
    infra = write(tmp_path / "infra", {"main.tf": FAILING})
    assert [result.verdict for result in Scan(Options(paths=[str(infra)], controls=["storage.versioning-enabled"])).report().results] == [
        "fail"
    ]


@pytest.mark.parametrize(("text", "expected"), [(PASSING, "pass"), (FAILING, "fail"), (UNKNOWN, "unknown")])
def test_every_verdict_carries_its_evidence(text: str, expected: str, tmp_path: Path) -> None:
    infra = write(tmp_path, {"main.tf": text})
    (result,) = judge(infra, "storage.versioning-enabled")
    assert result.verdict == expected
    evidence = {item.fact: item for item in result.evidence}
    versioned = evidence["versioned"]
    assert versioned.observed.startswith({"pass": "true", "fail": "false"}.get(expected, "unknown"))
    assert versioned.expected == "resource.versioned || resource.retention_locked"
    assert versioned.location is not None
    assert Path(versioned.location.file).name == "main.tf"
    line = text.splitlines()[versioned.location.line - 1]
    assert line.split()[0] == ("resource" if expected == "fail" else "status")
    lines = [(block.address, text.splitlines()[(block.start_line or 0) - 1].split()[0]) for block in result.resource.blocks]
    assert lines[0] == ("aws_s3_bucket.b", "resource")
    assert bool(result.unknown) == (expected == "unknown")


def test_no_matching_resource_is_not_applicable_and_never_a_pass(tmp_path: Path) -> None:
    infra = write(tmp_path, {"main.tf": 'resource "aws_glacier_vault" "q" {}\nlocals {}\n'})
    report = Scan(Options(paths=[str(infra)])).report()
    assert report.results == []
    assert {(control.verdict, control.resources) for control in report.controls} == {("not_applicable", 0)}
    assert len(report.controls) == report.summary.controls >= 20
    assert report.coverage.unsupported_types == {"aws_glacier_vault": 1}


def test_a_control_is_as_bad_as_its_worst_resource(tmp_path: Path) -> None:
    infra = write(tmp_path, {"main.tf": PASSING, "other.tf": FAILING.replace('"b"', '"c"')})
    (outcome,) = Scan(Options(paths=[str(infra)], controls=["storage.versioning-enabled"])).report().controls
    assert (outcome.verdict, outcome.resources) == ("fail", 2)


def test_a_condition_that_is_false_is_not_applicable(tmp_path: Path) -> None:
    logs = FAILING + 'resource "aws_lb" "l" {\n  access_logs {\n    bucket = aws_s3_bucket.b.id\n  }\n}\n'
    assert verdicts(write(tmp_path, {"main.tf": logs}), "storage.encrypted-cmk") == {"aws_s3_bucket.b": "not_applicable"}


def test_params(tmp_path: Path) -> None:
    infra = write(tmp_path / "infra", {"main.tf": FAILING})
    changes = {
        "params": {"least": {"aws": "a", "google": "b"}, "other": 1},
        "assert": [{"that": "params.least == 'x' && params.other == 2", "message": "{params.least}"}],
    }
    policies = [str(write(tmp_path / "p" / "team", {"rule.yaml": rule(**changes)}).parent)]
    (result,) = judge(infra, "team.rule", policies=policies)
    assert (result.verdict, result.message) == ("fail", "a")
    assert [result.verdict for result in judge(infra, "team.rule", policies=policies, params={"least": "x", "other": 2})] == ["pass"]
    own = {"team.rule": {"least": {"aws": "x", "google": "y"}}}
    both = {"params": {"least": "z", "other": 2}, "control_params": own}
    assert [result.verdict for result in judge(infra, "team.rule", policies=policies, **both)] == ["pass"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"params": {"leest": 1}}, "params: there is no param 'leest'; did you mean least?"),
        ({"params": {"least": "much"}}, "params: least is 'much'"),
        ({"params": {"least": True}}, "params: least is True"),
        ({"control_params": {"team.rule": {"leest": 1}}}, "team.rule.params: there is no param 'leest'; did you mean least?"),
        ({"control_params": {"team.rul": {"least": 1}}}, "there is no control 'team.rul'; did you mean team.rule?"),
    ],
)
def test_a_param_that_no_control_has_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    policies = [str(write(tmp_path / "p" / "team", {"rule.yaml": rule(params={"least": 1})}).parent)]
    with pytest.raises(LookupError) as caught:
        Scan(Options(paths=[str(tmp_path)], policies=policies, **options))
    assert message in caught.value.args[0]


def test_what_cannot_be_selected_is_refused_when_the_scan_is_made(tmp_path: Path) -> None:
    for options, message in (
        ({"controls": ["storage.versioning-enable"]}, r"did you mean storage\.versioning-enabled\?"),
        ({"controls": ["nothing.*"]}, "see assay controls list"),
        ({"profile": "referense"}, "did you mean reference?"),
        ({"profile": "x"}, "known: reference"),
    ):
        with pytest.raises(LookupError, match=message.replace("?", r"\?") if "\\" not in message else message):
            Scan(Options(paths=[str(tmp_path)], **options))
    with pytest.raises(RuleErrors, match="is not a directory of rules"):
        Scan(Options(paths=[str(tmp_path)], policies=[str(tmp_path / "absent")]))


def test_a_profile_limits_the_controls(tmp_path: Path) -> None:
    write(tmp_path / "profiles", {"buckets.yaml": "id: buckets\ntitle: Buckets\ncontrols: [storage.*, team.rule]\n"})
    write(tmp_path / "team", {"rule.yaml": rule()})
    scan = Scan(Options(paths=[str(tmp_path)], policies=[str(tmp_path)], profile="buckets"))
    assert {control.control.id.partition(".")[0] for control in scan.selected} == {"storage", "team"}
    with pytest.raises(LookupError):
        Scan(Options(paths=[str(tmp_path)], policies=[str(tmp_path)], profile="buckets", controls=["iam.*"]))


def test_frameworks_limit_the_controls_and_the_report_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": FAILING})
    report = Scan(Options(paths=[str(tmp_path)], frameworks=["cis_gcp_5_0", "cis_aws_1_4"])).report()
    assert all({"cis_gcp_5_0", "cis_aws_1_4"} & set(control.frameworks) for control in report.controls)
    assert report.run.in_force.frameworks == ["cis_gcp_5_0", "cis_aws_1_4"]
    assert {"storage.public-access-blocked", "storage.uniform-access"} <= {control.id for control in report.controls}
    assert "edge.hsts-header" in report.run.in_force.left_out
    told = {framework.id: framework for framework in report.frameworks}
    assert (told["cis_aws_1_4"].sections, told["cis_aws_1_4"].publisher) == (58, "Center for Internet Security")
    assert 0 < told["cis_aws_1_4"].judged < 58
    judged = {section for control in report.controls for section in control.frameworks.get("cis_gcp_5_0", ())}
    assert told["cis_gcp_5_0"].judged == len(judged)


def test_a_control_is_found_by_its_alias(tmp_path: Path) -> None:
    write(tmp_path / "team", {"rule.yaml": rule(aliases=["team.former-name"])})
    scan = Scan(Options(paths=[str(tmp_path)], policies=[str(tmp_path)], controls=["team.former-name"]))
    assert [control.control.id for control in scan.selected] == ["team.rule"]


def test_how_many_there_are_is_not_known(tmp_path: Path) -> None:
    text = 'variable "n" {}\n' + FAILING.replace("{\n", "{\n  count = var.n\n", 1)
    (result,) = judge(write(tmp_path, {"main.tf": text}), "storage.versioning-enabled")
    assert result.verdict in ("fail", "unknown")
    assert "how many of these there are is not known" in result.message


def test_the_same_input_gives_the_same_report(tmp_path: Path) -> None:
    infra = write(tmp_path, {"main.tf": FAILING, "b/main.tf": PASSING, "c/main.tf": UNKNOWN})
    reports = []
    for _ in range(2):
        _, report, _ = assay_json(infra)
        del report["run"]
        reports.append(json.dumps(report))
    assert reports[0] == reports[1]


def test_every_block_is_in_the_ledger(tmp_path: Path) -> None:
    text = (
        FAILING
        + 'variable "n" {}\nresource "aws_glacier_vault" "q" {}\ndata "aws_region" "r" {}\n'
        + 'resource "aws_s3_bucket" "t" {\n  for_each = var.n\n}\n'
    )
    blocks = Scan(Options(paths=[str(write(tmp_path, {"main.tf": text}))])).report().coverage.blocks
    assert (blocks.found, blocks.evaluated, blocks.unsupported, blocks.template) == (3, 1, 1, 1)
