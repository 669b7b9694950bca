"""One line for each finding: its form, its order, and that no name can add a line or command what reads it."""

from __future__ import annotations

import re

import msgspec
import pytest

from assay.reports.concise import render
from assay.scanner.words import visible
from tests.reports import samples

LINE = re.compile(
    r"(?P<file>.+?):(?P<line>[1-9]\d*):(?P<column>[1-9]\d*): (?P<severity>CRITICAL|HIGH|MEDIUM|LOW) (?P<control>\S+) (?P<message>.+)"
)
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def lines(report: samples.Report, **more: object) -> list[str]:
    return render(report, samples.context(**more)).decode().splitlines()


def test_a_line_has_place_severity_control_message_and_resource() -> None:
    assert "storage/main.tf:7:1: CRITICAL storage.public-access-blocked block_public_acls is false [aws_s3_bucket.logs]" in lines(
        samples.report()
    )


def test_the_column_is_that_of_the_evidence() -> None:
    seen = samples.Evidence("f", "no", "yes", samples.Location("storage/main.tf", 7, 7, 3, 20))
    made = samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "no", evidence=[seen])])
    assert lines(made)[0].startswith("storage/main.tf:7:3: LOW keys.rotation no ")


def test_every_finding_has_one_line_and_the_last_counts_all() -> None:
    *findings, last = lines(samples.report())
    assert len(findings) == sum(result.verdict in ("fail", "unknown", "error") for result in samples.results())
    assert sum(bool(LINE.fullmatch(line)) for line in findings) == len(findings) - 1, "what is live has no file"
    assert last.startswith("ERROR: 1 error, 4 fail, 6 unknown, 1 waived (assay.yaml:12), 1 gone, 2 gaps")


def test_what_is_live_is_named_by_what_it_was_read_from() -> None:
    assert any(
        line.startswith("google:trade-prod:eu-central-1: CRITICAL storage.public-access-blocked") for line in lines(samples.report())
    )


def test_an_unknown_says_what_settles_it() -> None:
    assert any("var.versioning has no value; pass --var-file" in line for line in lines(samples.report()))


def test_what_another_scanner_says_stands_before_the_last_line() -> None:
    *_, differs, theirs, alone, problem, counts, last = lines(msgspec.structs.replace(samples.report(), opinions=[samples.opinion()]))
    assert differs == (
        "storage/main.tf:1:1: NOTE storage.public-access-blocked checkov: ours fail: block_public_acls is false; "
        "theirs pass: CKV_AWS_53 the account blocks it [aws_s3_bucket.logs]"
    )
    assert theirs.startswith("legacy/main.tf:9:1: NOTE storage.public-access-blocked ") and "theirs fail: CKV_AWS_54" in theirs
    assert alone == "storage/main.tf:1:1: NOTE CKV2_AWS_61 checkov alone: fail: no lifecycle [aws_s3_bucket.logs]"
    assert problem == "checkov: checkov could not parse broken.tf"
    assert counts.startswith("Beside checkov 3.2.1: 0 agree, 1 differ, 1 only theirs, 1 only ours") and last.startswith("ERROR:")


def test_lines_come_by_place() -> None:
    places = [(match["file"], int(match["line"])) for line in lines(samples.report()) if (match := LINE.fullmatch(line))]
    assert places == sorted(places)


def test_what_is_known_or_waived_is_counted_alone() -> None:
    told = lines(samples.compared())
    assert not [line for line in told[:-1] if "a:80 serves" in line or "aws_s3_bucket.data[1]: no policy" in line]
    assert "4 fail (3 new, 1 known)" in told[-1] and "1 waived" in told[-1]


def test_width_and_quiet_change_nothing() -> None:
    assert lines(samples.report()) == lines(samples.report(), width=20) == lines(samples.report(), quiet=True)


@pytest.mark.parametrize("hostile", samples.HOSTILE)
@pytest.mark.parametrize("color", [False, True])
def test_hostile_names_add_no_line_and_command_nothing(hostile: str, color: bool) -> None:
    report, context = samples.hostile(hostile)
    written = COLOR.sub("", render(report, msgspec.structs.replace(context, color=color)).decode())
    beside = msgspec.structs.replace(samples.report(), opinions=[samples.opinion()])
    assert len(written.splitlines()) == len(lines(beside)) == len(lines(samples.report())) + 5
    assert not [char for char in written if char != "\n" and visible(char) != char]
    assert not re.search(r"^\s*::|##\[|##vso\[", written, re.MULTILINE | re.IGNORECASE)


def test_a_long_message_is_cut() -> None:
    made = samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "x" * 100_000)])
    assert len(lines(made)[0]) < 1_200


def test_nothing_judged_is_the_last_line_alone() -> None:
    assert lines(samples.empty()) == ["EMPTY: nothing was judged"]
