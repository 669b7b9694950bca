"""Two runs beside each other: real scans of two trees, and every finding of either in exactly one state."""

from __future__ import annotations

import functools
import itertools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from assay import reports
from assay.reports import diff_json, diff_markdown, diff_text, diff_view
from assay.scanner.diff.join import FINDINGS, diff
from assay.scanner.diff.model import COUNTING, STATES, Diff
from assay.scanner.diff.scopes import Scopes
from assay.scanner.results.model import BaselineComparison, PastFinding, Report, Waived
from assay.scanner.run import Options, Scan
from assay.scanner.sources.coverage import Coverage, Gap, LeftOut
from tests.scans import FAILING, PASSING, ROOT, UNKNOWN, write

VERSIONING, BLOCKED = "storage.versioning-enabled", "storage.public-access-blocked"
VALIDATOR = jsonschema_rs.validator_for(json.loads((Path(reports.__file__).parent / "schemas" / "assay-diff-1.json").read_text("utf-8")))
BROKEN = 'resource "aws_s3_bucket" {{{'
WAIVER = Waived("configuration", "team", "known to us", "T-1", "2099-01-01", "assay.yaml", 1, "fail")


def report(path: Path, *controls: str, **options: Any) -> Report:
    return Scan(Options(paths=[str(path)], controls=list(controls or [VERSIONING]), **options)).report()


def of(folder: Path, name: str, files: dict[str, str], *controls: str, **options: Any) -> Report:
    return report(write(folder / name, dict(files)), *controls, **options)


def states(made: Diff) -> list[tuple[str, str, str | None, str | None]]:
    return [(change.state, change.result.resource.address, change.before, change.after) for change in made.changes]


def check(old: Report, new: Report, made: Diff) -> None:
    """Every finding of either side is in exactly one state."""
    fingerprints = {result.fingerprint for report in (old, new) for result in report.results if result.verdict in FINDINGS}
    changed = [change.fingerprint for change in made.changes]
    VALIDATOR.validate(json.loads(diff_json.render(made)))
    assert len(changed) == len(set(changed))
    assert set(changed) <= fingerprints
    assert len(fingerprints) == len(changed) + sum(made.summary.unchanged.values())
    assert sum(sum(numbers.values()) for numbers in made.summary.states.values()) == len(changed)


VERDICTS = {"fail": FAILING, "pass": PASSING, "unknown": UNKNOWN}
BECAME = {
    ("pass", "fail"): ("new", "pass", "fail"),
    ("unknown", "fail"): ("new", "unknown", "fail"),
    ("fail", "pass"): ("fixed", "fail", "pass"),
    ("unknown", "pass"): ("settled", "unknown", "pass"),
    ("fail", "unknown"): ("became_unknown", "fail", "unknown"),
    ("pass", "unknown"): ("became_unknown", "pass", "unknown"),
}


@pytest.mark.parametrize(("old", "new"), [*itertools.product(VERDICTS, repeat=2)])
def test_a_resource_that_is_in_both(tmp_path: Path, old: str, new: str) -> None:
    before, after = (of(tmp_path, side, {"main.tf": VERDICTS[verdict]}) for side, verdict in (("old", old), ("new", new)))
    made = diff(before, after)
    check(before, after, made)
    expected = BECAME.get((old, new))
    assert states(made) == ([(expected[0], "aws_s3_bucket.b", expected[1], expected[2])] if expected else [])
    assert made.rules.same
    assert made.summary.unchanged == ({old: 1} if old == new and old != "pass" else {})


def test_a_resource_that_comes_or_goes(tmp_path: Path) -> None:
    more = FAILING + FAILING.replace('"b"', '"c"').replace("orders", "fills")
    before, after = of(tmp_path, "old", {"main.tf": FAILING}), of(tmp_path, "new", {"main.tf": more})
    (came,) = diff(before, after).changes
    assert (came.state, came.reason, came.before) == ("new", "the resource is new", None)
    (went,) = diff(after, before).changes
    assert (went.state, went.after, went.result.resource.address) == ("gone", None, "aws_s3_bucket.c")


@pytest.mark.parametrize("broken", ["other.tf", "sub/main.tf"])
def test_what_a_broken_file_may_hide_is_not_observed(tmp_path: Path, broken: str) -> None:
    """Where it is in another directory, it hides nothing of this one."""
    two = {"main.tf": PASSING, "other.tf": FAILING.replace('"b"', '"c"')}
    before = of(tmp_path, "old", two)
    after = of(tmp_path, "new", {"main.tf": PASSING, broken: BROKEN})
    (change,) = diff(before, after).changes
    assert change.state == ("unobserved" if broken == "other.tf" else "gone")
    if broken == "other.tf":
        assert "other.tf" in change.reason
    made = diff(after, before)
    check(after, before, made)
    assert made.changes[0].state == "new"
    assert ("did not see it" in made.changes[0].reason) == (broken == "other.tf")


def test_what_a_run_does_not_look_for_left_the_scope(tmp_path: Path) -> None:
    tree = {"a/main.tf": FAILING, "b/main.tf": FAILING}
    whole = of(tmp_path, "old", tree)
    part = report(tmp_path / "old" / "a")
    (tmp_path / ".git").mkdir()  # so that the scope is the same wherever a run starts
    whole, part = report(tmp_path / "old"), report(tmp_path / "old" / "a")
    made = diff(whole, part)
    check(whole, part, made)
    assert [(change.state, change.result.resource.root) for change in made.changes] == [("left_scope", str(tmp_path / "old" / "b"))]
    assert diff(whole, report(tmp_path / "old", BLOCKED)).summary.states["left_scope"] == {"high": 2}


def test_what_is_excluded_left_the_scope(tmp_path: Path) -> None:
    from assay.scanner.globs import PathRule

    before = of(tmp_path, "tree", {"a/main.tf": FAILING, "b/main.tf": FAILING})
    after = report(tmp_path / "tree", exclude=[PathRule("b/**", directory=str(tmp_path / "tree"))])
    (change,) = diff(before, after).changes
    assert change.state == "left_scope"
    assert "exclude" in change.reason


@pytest.mark.parametrize("target", ["two", "../two", "{top}/two", "two/a"])
def test_gone_wherever_the_run_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Outside of a repository the scope is what was named: its directory `a` is another root, which says nothing of `b`."""
    top = write(tmp_path / "here", {"one/b/main.tf": FAILING, "one/a/main.tf": PASSING, "two/a/main.tf": PASSING})
    before = report(top / "one")
    monkeypatch.chdir(tmp_path / "here" if target.startswith("two") else top / "one")
    after = report(Path(target.format(top=top)))
    (change,) = diff(before, after).changes
    assert change.state == ("left_scope" if target == "two/a" else "gone")


def test_what_was_unknown_under_a_waiver_is_not_fixed(tmp_path: Path) -> None:
    doubt = of(tmp_path, "doubt", {"main.tf": UNKNOWN})
    waived = structs.replace(WAIVER, verdict="unknown")
    accepted = structs.replace(doubt, results=[structs.replace(doubt.results[0], verdict="waived", waiver=waived)])
    passing, failing = (of(tmp_path, side, {"main.tf": text}) for side, text in (("pass", PASSING), ("fail", FAILING)))
    assert [change.state for change in diff(accepted, passing).changes] == ["settled"]
    assert [change.state for change in diff(accepted, failing).changes] == ["new"]
    moved = structs.replace(accepted.results[0], fingerprint="0" * 64, resource=failing.results[0].resource)
    other = structs.replace(accepted, results=[moved])
    assert {change.state for change in diff(failing, other).changes} == {"became_unknown", "waived"}


def test_a_run_since_a_revision_looked_at_a_part(tmp_path: Path) -> None:
    before = of(tmp_path, "old", {"main.tf": PASSING, "c.tf": FAILING.replace('"b"', '"c"')})
    after = of(tmp_path, "new", {"main.tf": PASSING})
    assert [change.state for change in diff(before, after).changes] == ["gone"]
    since = BaselineComparison(kind="revision", name="main", made="0" * 40)
    after = structs.replace(after, gate=structs.replace(after.gate, comparisons=[since]))
    assert [(change.state, change.reason) for change in diff(before, after).changes] == [
        ("left_scope", "only what changed since main was judged")
    ]


@pytest.mark.parametrize(("failed", "state"), [(True, "unobserved"), (False, "left_scope")])
def test_an_account_that_was_not_audited(failed: bool, state: str) -> None:
    """One that could not be entered was not observed; one that nobody asked for is out of the scope."""
    before = report(ROOT / "fixtures" / "trade_streamer" / "aws" / "live" / "snapshot.ndjson.gz", "keys.*")
    (account,) = {result.resource.account for result in before.results}
    gap = Gap(f"aws:{account}", "account_failed", "the role could not be assumed", "trust it")
    left = LeftOut(f"aws:{account}", "prod", "left out by --exclude-account")
    coverage = Coverage(gaps=[gap]) if failed else Coverage(left_out=[left])
    after = structs.replace(before, results=[], coverage=coverage)
    worse = structs.replace(before, results=[structs.replace(result, verdict="fail") for result in before.results])
    made = diff(worse, after)
    assert worse.results
    assert set(made.summary.states) == {state}
    assert all((gap.reason if failed else left.reason) in change.reason for change in made.changes)


def test_texts_of_others_command_nothing(tmp_path: Path) -> None:
    """Neither a terminal, nor a build server, nor a page of Markdown."""
    plain = of(tmp_path, "old", {"main.tf": FAILING})
    evil = "::error::x\x1b[2J ##vso[task] [a](http://b) @team | `c`\n::set-output::"
    result = structs.replace(plain.results[0], message=evil, title=evil, resource=structs.replace(plain.results[0].resource, address=evil))
    after = structs.replace(plain, results=[result], tool=structs.replace(plain.tool, version=evil))
    for made in (diff(structs.replace(plain, results=[]), after), diff(after, structs.replace(plain, results=[]))):
        for text in (diff_text.render(made).decode(), diff_markdown.render(made).decode()):
            assert "\x1b" not in text
            assert not any(line.lstrip().startswith("::") for line in text.splitlines())
            assert "##vso[" not in text
        assert "##vso[" not in diff_json.render(made).decode()


def test_a_file_of_a_directory_says_nothing_of_the_others(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    before = of(tmp_path, "tree", {"a.tf": FAILING, "b.tf": FAILING.replace('"b"', '"c"')})
    after = report(tmp_path / "tree" / "a.tf")
    assert [(change.state, change.result.resource.address) for change in diff(before, after).changes] == [("left_scope", "aws_s3_bucket.c")]


def test_a_control_that_is_left_out(tmp_path: Path) -> None:
    before = of(tmp_path, "old", {"main.tf": FAILING}, VERSIONING, BLOCKED)
    after = report(tmp_path / "old", BLOCKED)
    (change,) = diff(before, after).changes
    assert (change.state, change.rule_changed) == ("left_scope", "control")
    assert diff(before, after).rules.controls[0].what == ["judged by the old run alone"]
    (change,) = diff(after, before).changes
    assert (change.state, change.reason) == ("new", "the old run did not judge by this control")


def test_params_that_differ_are_told(tmp_path: Path) -> None:
    code = 'resource "aws_cloudwatch_log_group" "l" {\n  name = "l"\n  retention_in_days = 120\n}\n'
    control = "observe.log-retention-set"
    before = of(tmp_path, "old", {"main.tf": code}, control)
    names = list(Scan(Options(controls=[control])).selected[0].control.params)
    assert names
    after = report(tmp_path / "old", control, control_params={control: {names[0]: 3000}})
    made = diff(before, after)
    assert not made.rules.same
    assert any(f"{names[0]} was" in what for control in made.rules.controls for what in control.what)
    assert {change.rule_changed for change in made.changes} <= {"control"}
    assert made.summary.rule_changed == len(made.changes)


def test_a_digest_that_differs_is_told(tmp_path: Path) -> None:
    before, after = (of(tmp_path, side, {"main.tf": text}) for side, text in (("old", PASSING), ("new", FAILING)))
    before = structs.replace(before, tool=structs.replace(before.tool, policies="0" * 64, version="0.0.9"))
    made = diff(before, after)
    assert (made.changes[0].state, made.changes[0].rule_changed) == ("new", "digest")
    assert "0.0.9" in made.rules.options[0]
    assert "may come of the rules" in diff_text.render(made).decode()
    markdown = diff_markdown.render(made).decode()
    assert "0.0.9" in markdown.split("### Not judged alike")[1] and "### Not seen" not in markdown


def test_waivers_come_and_go(tmp_path: Path) -> None:
    plain = of(tmp_path, "old", {"main.tf": FAILING})
    waived = structs.replace(plain, results=[structs.replace(plain.results[0], verdict="waived", waiver=WAIVER)])
    over = structs.replace(plain, results=[structs.replace(plain.results[0], waiver=structs.replace(WAIVER, expired=True))])
    assert states(diff(plain, waived)) == [("waived", "aws_s3_bucket.b", "fail", "waived")]
    assert states(diff(waived, plain)) == [("unwaived", "aws_s3_bucket.b", "waived", "fail")]
    assert diff(waived, over).changes[0].reason == "its waiver is over"
    passing = of(tmp_path, "new", {"main.tf": PASSING})
    assert states(diff(waived, passing)) == [("fixed", "aws_s3_bucket.b", "waived", "pass")]
    assert states(diff(passing, waived)) == [("waived", "aws_s3_bucket.b", "pass", "waived")]


def test_what_the_old_run_says_was_over_is_regressed(tmp_path: Path) -> None:
    before, after = (of(tmp_path, side, {"main.tf": text}) for side, text in (("old", PASSING), ("new", FAILING)))
    past = PastFinding(after.results[0].fingerprint, VERSIONING, "aws_s3_bucket.b", "")
    comparison = BaselineComparison(kind="baseline", name="b.json", made="", gone=[past])
    before = structs.replace(before, gate=structs.replace(before.gate, comparisons=[comparison]))
    assert states(diff(before, after)) == [("regressed", "aws_s3_bucket.b", "pass", "fail")]


def test_an_error_is_never_fixed(tmp_path: Path) -> None:
    before = of(tmp_path, "old", {"main.tf": FAILING})
    after = structs.replace(before, results=[structs.replace(before.results[0], verdict="error")])
    assert states(diff(before, after)) == [("became_unknown", "aws_s3_bucket.b", "fail", "error")]


def test_two_directories_of_a_repository_are_two_deployments(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    before, after = (of(tmp_path, side, {"main.tf": FAILING}) for side in ("old", "new"))
    made = diff(before, after)
    assert [change.state for change in made.changes] == ["new", "left_scope"]
    assert "two deployments" in made.notes[0]


@pytest.mark.parametrize("start", [".", "tree", "tree/a", "elsewhere"])
def test_the_scope_of_a_root_is_found_wherever_a_run_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "elsewhere").mkdir()
    first = of(tmp_path, "tree", {"a/main.tf": PASSING, "a/more.tf": FAILING.replace('"b"', '"c"')})
    monkeypatch.chdir(tmp_path / start)
    second = report(Path(os.path.relpath(tmp_path / "tree" / "a")))
    scopes = Scopes(second, {result.resource.root for result in first.results})
    assert {scopes.of(result.resource.root) for result in second.results} == {"tree/a"}
    made = diff(first, second)
    assert (made.changes, made.summary.unchanged) == ([], {"fail": 1})


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("pass", "fail", "fail"), ("unknown", "fail", "fail"), ("pass", "unknown", "unknown"), ("fail", "unknown", "unknown"),
        ("fail", "pass", "pass"), ("unknown", "pass", "pass"), ("fail", "fail", "pass"),
    ],
)  # fmt: skip
def test_the_word_of_a_diff(tmp_path: Path, before: str, after: str, word: str) -> None:
    made = diff(of(tmp_path, "old", {"main.tf": VERDICTS[before]}), of(tmp_path, "new", {"main.tf": VERDICTS[after]}))
    assert diff_view.outcome(made).word == word


def test_formats(tmp_path: Path) -> None:
    more = FAILING + FAILING.replace('"b"', '"c"')
    before, after = of(tmp_path, "old", {"main.tf": PASSING}), of(tmp_path, "new", {"main.tf": more})
    made = diff(before, after)
    text = diff_text.render(made).decode()
    assert text.splitlines()[1].split() == ["new", "-", "2", "-", "-", "2"]
    assert "new/main.tf:1\n    aws_s3_bucket.b: orders keeps neither" in text
    assert "was pass before" in text
    data = json.loads(diff_json.render(made))
    assert (data["schema"], data["summary"]["states"]) == ("assay-diff/1", {"new": {"high": 2}})
    assert data["changes"][0]["new"]["resource"]["address"] == "aws_s3_bucket.b"
    markdown = diff_markdown.render(made).decode()
    assert "| new |  | 2 |  |  | 2 |" in markdown
    assert diff_text.render(made, quiet=True) != diff_text.render(made)


PIECES = {name: text.replace('"b"', '"NAME"').replace("_bucket.b.", "_bucket.NAME.").replace("var.status", "var.NAME")
          .replace('"status"', '"NAME"') for name, text in VERDICTS.items()}  # fmt: skip
WORLDS = st.lists(st.sampled_from(["fail", "pass", "unknown", "none", "broken", "elsewhere", "waived"]), min_size=3, max_size=3)


@functools.cache
def _world(folder: Path, world: tuple[str, ...]) -> Report:
    """A tree of three buckets, each in a file of its own or in another directory, unreadable, or not there."""
    tree = folder / "-".join(world)
    for number, what in enumerate(world):
        text = PIECES.get(what, PIECES["fail"]).replace("NAME", f"b{number}")
        where = "away/" if what == "elsewhere" else ""
        if what != "none":
            write(tree, {f"{where}{number}.tf": BROKEN if what == "broken" else text})
    write(tree, {"own.tf": "locals {}\n"})
    made = report(tree, VERSIONING, BLOCKED)
    waived = {f"aws_s3_bucket.b{number}" for number, what in enumerate(world) if what == "waived"}
    return structs.replace(made, results=[
        structs.replace(result, verdict="waived", waiver=WAIVER) if result.verdict == "fail" and result.resource.address in waived
        else result for result in made.results
    ])  # fmt: skip


@given(old=WORLDS, new=WORLDS)
def test_every_finding_is_in_one_state(tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp() / "worlds"
    before, after = _world(folder, tuple(old)), _world(folder, tuple(new))
    made = diff(before, after)
    check(before, after, made)
    assert set(made.summary.states) <= set(STATES)
    for change in made.changes:
        assert (change.state in COUNTING) == (change.after == "fail" and change.new is not None)
        if change.state == "fixed":
            assert change.after in ("pass", "not_applicable")
        if change.state == "gone":
            assert not after.coverage.gaps or change.result.resource.root.endswith("/away")  # which no gap is in
    for report in (before, after):
        same = diff(report, report)
        assert not same.changes
        check(report, report, same)
