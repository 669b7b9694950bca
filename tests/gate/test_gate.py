"""Findings that somebody accepts for a time, and those that were there before."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.cli.gating import code_of
from assay.scanner.gate.apply import Gate, relative_to
from assay.scanner.gate.baseline import BaselineError, KnownBefore, decode, digest_of, encode, of_report
from assay.scanner.gate.comments import Comments
from assay.scanner.gate.waivers import Terms, Waiver, Waivers
from assay.scanner.globs import matches
from assay.scanner.results.model import Report
from assay.scanner.run import Options, Scan
from assay.scanner.sources.overlay import DISK, Disk
from tests.scans import FAILING, PASSING, UNKNOWN, write

TODAY = datetime.date(2026, 11, 1)
LATER = datetime.date(2027, 3, 31)
CONTROL = "storage.versioning-enabled"


lines = code_of(lambda file: Path(file).read_bytes(), DISK)


def run(
    path: Path, *waivers: Waiver, comments: bool = False, accepted: tuple[str, ...] = (), beside: Any = (), **terms: Any
) -> tuple[Report, Scan]:
    scan = Scan(Options(paths=[str(path)], controls=[CONTROL]))
    said = Comments(lines, scan.rules.set.by_id(), accepted) if comments else None
    scan.gate = Gate(
        Waivers(waivers, Terms(today=TODAY, **terms), relative_to(str(path))), said, beside, digest_of(lambda file: Path(file).read_bytes())
    )
    return scan.report(), scan


def verdicts(report: Report) -> list[str]:
    return [result.verdict for result in report.results]


def waiver(**changes: Any) -> Waiver:
    given: dict[str, Any] = {
        "control": CONTROL,
        "resource": "*",
        "owner": "ops",
        "reason": "copied",
        "expires": LATER,
        "file": "assay.yaml",
        "line": 3,
    }
    return Waiver(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "waived"), ({"control": "storage.*"}, "waived"), ({"control": "secrets.*"}, "fail"), ({"resource": "orders"}, "waived"),
        ({"resource": "aws_s3_bucket.b"}, "waived"), ({"resource": "aws_s3_bucket.?"}, "waived"), ({"resource": "aws_s3_bucket"}, "fail"),
        ({"path": "infra/main.tf"}, "waived"), ({"path": "infra"}, "waived"), ({"path": "infra/"}, "waived"), ({"path": "inf"}, "fail"),
        ({"path": "*.tf"}, "waived"), ({"path": "other/*"}, "fail"), ({"tags": (("Team", "x"),)}, "fail"),
        ({"expires": TODAY}, "waived"), ({"expires": datetime.date(2026, 10, 31)}, "fail"), ({"expires": datetime.date(2028, 1, 1)}, "fail"),
        ({"fault": "it says no reason"}, "fail"),
    ],
)  # fmt: skip
def test_a_waiver_is_for_what_it_selects(changes: dict[str, Any], verdict: str, tmp_path: Path) -> None:
    write(tmp_path, {"infra/main.tf": FAILING})
    report, _ = run(tmp_path, waiver(**changes))
    assert verdicts(report) == [verdict] and report.summary.verdicts[verdict] == 1
    if verdict == "waived":
        [result] = report.results
        assert result.waiver and result.waiver.owner == "ops" and result.waiver.verdict == "fail" and result.evidence
        assert report.gate.waivers[0].findings == 1 and not report.gate.warnings
    else:
        assert len(report.gate.warnings) == (0 if changes.get("control") == "secrets.*" else 1)


def test_an_expired_waiver_says_so(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, {"main.tf": FAILING}), waiver(expires=datetime.date(2026, 10, 31)))
    [result] = report.results
    assert (
        result.verdict == "fail" and result.waiver and result.waiver.expired and "waived until 2026-10-31, which is over" in result.message
    )
    assert "what it was for counts again" in report.gate.warnings[0] and report.gate.warnings[0].startswith("assay.yaml:3: ")


def test_what_the_guardrails_forbid_is_not_waived(tmp_path: Path) -> None:
    for never in (CONTROL, "storage.*"):
        for control in (CONTROL, "*"):
            report, _ = run(write(tmp_path, {"main.tf": FAILING}), waiver(control=control), never=(never,))
            assert verdicts(report) == ["fail"] and f"the guardrails forbid to waive {CONTROL}" in report.gate.warnings[0]


def test_a_glob_that_covers_what_is_forbidden_waives_the_rest(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, {"main.tf": FAILING}), waiver(control="*"), never=("keys.*",))
    assert verdicts(report) == ["waived"] and not report.gate.warnings


def test_a_pass_is_not_waived(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, {"main.tf": PASSING}), waiver())
    assert verdicts(report) == ["pass"] and "is for nothing that was found; remove it" in report.gate.warnings[0]


@pytest.mark.parametrize(
    ("glob", "text", "same"),
    [
        ("a[0]", "a[0]", True),
        ("a[*]", "a[0]", True),
        ("a[*]", "a0", False),
        ('m["*"].b', 'm["x"].b', True),
        ("*", "", True),
        ("a?", "a", False),
        ("A", "a", False),
    ],
)
def test_brackets_stand_for_themselves(glob: str, text: str, same: bool) -> None:
    assert matches(glob, text) is same


SAID = f'assay:waive {CONTROL} until=2027-03-31 reason="copied elsewhere" owner=ops ticket=S-1'


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (f"# {SAID}\n{FAILING}", "waived"), (f"// {SAID}\n{FAILING}", "waived"), (f"/* {SAID} */\n{FAILING}", "waived"),
        (f"# {SAID}\n# more\n{FAILING}", "waived"), (FAILING.replace("{\n", f"{{ # {SAID}\n", 1), "waived"),
        (f"# {SAID}\n\n{FAILING}", "fail"), (f'# {SAID}\nlocals {{}}\n{FAILING}', "fail"), (FAILING.replace("}", f"# {SAID}\n}}"), "fail"),
        (f"{FAILING}# {SAID}\n", "fail"), (f"# {SAID.replace('versioning', 'x')}\n{FAILING}", "fail"),
        (f"# {SAID.replace('until=2027-03-31', '')}\n{FAILING}", "fail"), (f"# {SAID.replace('2027-03-31', '2026-10-31')}\n{FAILING}", "fail"),
        (f"# {SAID.replace('2027-03-31', '2029-10-31')}\n{FAILING}", "fail"), (f"# assay:waive {CONTROL} until=2027-03-31\n{FAILING}", "fail"),
        (f'locals {{\n  x = <<E\n  # {SAID}\nE\n}}\n{FAILING}', "fail"),
    ],
)  # fmt: skip
def test_a_comment_waives_the_block_that_it_stands_at(code: str, verdict: str, tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": code})
    report, _ = run(path, comments=True)
    assert verdicts(report) == [verdict]
    if verdict == "waived":
        [use] = report.gate.waivers
        assert (use.by, use.owner, use.ticket, use.reason) == ("comment", "ops", "S-1", "copied elsewhere") and use.line
    assert verdicts(run(path)[0]) == ["fail"], "without comments, none counts"


@pytest.mark.parametrize(
    ("comment", "accepted", "verdict"),
    [
        ("#checkov:skip=CKV_AWS_21:kept elsewhere", ("checkov",), "waived"), ("#checkov:skip=CKV_AWS_21", ("checkov",), "waived"),
        ("#checkov:skip=CKV_AWS_21", (), "fail"), ("#checkov:skip=CKV_AWS_1", ("checkov",), "fail"),
        ("#trivy:ignore:AVD-AWS-0090", ("trivy",), "waived"), ("#trivy:ignore:AWS-0090", ("trivy",), "waived"),
        ("#trivy:ignore:aws-0090:exp:2026-10-01", ("trivy",), "fail"), ("#trivy:ignore:AVD-AWS-0090", ("checkov",), "fail"),
    ],
)  # fmt: skip
def test_comments_for_other_scanners_count_where_they_are_accepted(
    comment: str, accepted: tuple[str, ...], verdict: str, tmp_path: Path
) -> None:
    inside = FAILING.replace("{\n", f"{{\n  {comment}\n", 1)
    for place, code in (("a", inside), ("b", f"{comment}\n{FAILING}")):
        report, _ = run(write(tmp_path / place, {"main.tf": code}), comments=True, accepted=accepted)
        assert verdicts(report) == [verdict]
        assert [use.by for use in report.gate.waivers] == ([accepted[0]] if verdict == "waived" or "exp" in comment else [])


def test_a_comment_inside_of_a_block_waives_nothing_and_says_so(tmp_path: Path) -> None:
    comment = '# assay:waive storage.versioning-enabled until=2026-12-31 reason="copied" owner=me'
    report, _ = run(write(tmp_path, {"main.tf": FAILING.replace("{\n", f"{{\n  {comment}\n", 1)}), comments=True)
    assert verdicts(report) == ["fail"]
    (warning,) = report.gate.warnings
    assert "does not count: it stands inside of the block; put it above" in warning


def baseline_of(path: Path, **fields: Any) -> KnownBefore:
    report, _ = run(path)
    made = of_report(report, digest_of(lambda file: Path(file).read_bytes()), **fields)
    return KnownBefore(decode(encode(made), "known.json"), "baseline", "known.json", TODAY)


def test_only_what_is_new_beside_a_baseline_counts(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": FAILING})
    beside = baseline_of(path)
    write(path, {"main.tf": "# moved\n\n" + FAILING, "new.tf": FAILING.replace('"b"', '"c"').replace("orders", "fills")})
    report, scan = run(path, beside=[beside])
    assert sorted((result.resource.address, result.standing) for result in report.results) == [
        ("aws_s3_bucket.b", "known"),
        ("aws_s3_bucket.c", "new"),
    ]
    [comparison] = report.gate.comparisons
    assert (comparison.new, comparison.known, comparison.gone) == (1, 1, []) and not scan.incomplete


def test_what_was_unknown_and_fails_now_is_new(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": UNKNOWN})
    beside = [baseline_of(path)]
    assert [(result.verdict, result.standing) for result in run(path, beside=beside)[0].results] == [("unknown", "known")]
    write(path, {"terraform.tfvars": 'status = "Suspended"\n'})
    assert [(result.verdict, result.standing) for result in run(path, beside=beside)[0].results] == [("fail", "new")]


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": FAILING})
    beside = baseline_of(path)
    write(path, {"main.tf": PASSING})
    [comparison] = run(path, beside=[beside])[0].gate.comparisons
    assert [(past.control, past.address) for past in comparison.gone] == [(CONTROL, "aws_s3_bucket.b")]


def test_a_baseline_can_end(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": FAILING})
    for expires, standing in (("2026-11-01", "known"), ("2026-10-31", "new")):
        report, _ = run(path, beside=[baseline_of(path, expires=expires)])
        assert [result.standing for result in report.results] == [standing]
        assert bool(report.gate.warnings) is (standing == "new")


def test_a_known_gap_is_known_while_its_file_is_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": PASSING, "bad.tf": "resource {\n"})
    assert run(path)[1].incomplete
    beside = [baseline_of(path)]
    assert not run(path, beside=beside)[1].incomplete
    write(path, {"bad.tf": 'resource {\n\nresource "aws_s3_bucket" "hidden" {}\n'})
    assert run(path, beside=beside)[1].incomplete


def test_a_gap_that_leaves_out_a_whole_root_module_is_never_known(tmp_path: Path) -> None:
    """Nothing tells whether what it leaves out is what it was."""
    path = write(tmp_path, {"main.tf": FAILING.replace("{\n", "{\n  count = 30000\n", 1)})
    report, scan = run(path)
    assert {gap.code for gap in report.coverage.gaps} == {"input_failed"} and scan.incomplete
    assert run(path, beside=[baseline_of(path)])[1].incomplete


def test_what_is_missing_is_known_whatever_else_changes(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": f'module "m" {{\n  source = "x/y/aws"\n}}\n{PASSING}'})
    assert run(path)[1].incomplete
    beside = [baseline_of(path)]
    write(path, {"main.tf": f'# more\nmodule "m" {{\n  source = "x/y/aws"\n}}\n{PASSING}'})
    assert not run(path, beside=beside)[1].incomplete
    write(path, {"main.tf": f'module "m" {{\n  source = "x/z/aws"\n}}\n{PASSING}'})
    assert run(path, beside=beside)[1].incomplete


@pytest.mark.parametrize(("accepted", "verdict"), [(("checkov",), "waived"), ((), "fail")])
def test_a_comment_for_another_scanner_counts_behind_a_line_of_the_block(tmp_path: Path, accepted: tuple[str, ...], verdict: str) -> None:
    code = FAILING.replace('bucket = "orders"', 'bucket = "orders" #checkov:skip=CKV_AWS_21:kept elsewhere')
    report, _ = run(write(tmp_path, {"main.tf": code}), comments=True, accepted=accepted)
    assert verdicts(report) == [verdict]


def test_waivers_of_one_line_are_told_by_their_resource(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": FAILING})
    report, _ = run(path, *(waiver(resource=f"aws_s3_bucket.{name}") for name in ("c", "b", "a")))
    assert [(use.resource, use.findings) for use in report.gate.waivers] == [(f"aws_s3_bucket.{name}", int(name == "b")) for name in "abc"]


def test_the_last_comparison_decides_what_is_known(tmp_path: Path) -> None:
    """A change may add to the baseline, and not to the revision that it is compared with."""
    path = write(tmp_path, {"main.tf": FAILING, "bad.tf": "resource {\n"})
    after, before = baseline_of(path), baseline_of(write(tmp_path / "before", {"main.tf": PASSING}))
    report, scan = run(path, beside=[after, before])
    assert "known" not in {result.standing for result in report.results if result.resource.root == str(path)} and scan.incomplete


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b'{"schema": "assay-baseline/9", "made": ""}', b'{"schema": "assay-baseline/1", "made": "", "expires": "soon"}', b"\xff",
        b'{"x": ' + b"[" * 100_000,
    ],
    ids=["nothing", "a list", "a later format", "no date", "no text", "nested deeply"],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(content: bytes) -> None:
    with pytest.raises(BaselineError, match=r"known\.json: "):
        decode(content, "known.json")


def test_of_an_export_no_more_than_its_beginning_is_read(tmp_path: Path) -> None:
    """What it holds may be larger than the memory, and no comment is in it."""
    asked: list[int] = []

    class Watched(Disk):
        def read(self, path: str, limit: int) -> bytes:
            asked.append(limit)
            return super().read(path, limit)

    overlay = Watched()
    write(tmp_path, {"a.json": f'{{"text": "# {CONTROL}"}}\n' * 10_000, "a.yaml": "a: b # c\n"})
    read = code_of(lambda file: overlay.read(file, 1 << 30), overlay)
    assert [read(str(tmp_path / "a.json"), first, first + 1) for first in range(1, 9)] == [[]] * 8
    assert max(asked) <= 4096 and len(asked) == 1
    assert read(str(tmp_path / "a.yaml"), 1, 2) == ["a: b # c"]
