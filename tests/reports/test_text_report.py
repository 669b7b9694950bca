"""The text report: order, what it holds, and that no name can act on a terminal or a build server."""

from __future__ import annotations

import re
import time

import msgspec
import pytest
from rich.cells import cell_len

from assay.reports.text import render
from assay.scanner.results.model import Report
from assay.scanner.sources.interface import Blocks, Coverage, Files, Gap, LeftOut
from assay.scanner.words import visible
from tests.reports import samples

CODE = re.compile(r" +[> ] +\d+ \|")
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def text(report: Report, **more: object) -> str:
    return render(report, samples.context(**more)).decode()


def too_wide(report: Report, written: str, width: int) -> list[str]:
    """Lines over the width that are neither code nor something to copy as it is."""
    copied = {"in " + visible(each.resource.root) for each in report.results} | {visible(each.resource.address) for each in report.results}
    copied |= {visible(block.file) for each in report.results for block in each.resource.blocks}
    copied |= {visible(seen.location.file) for each in report.results for seen in each.evidence if seen.location}
    copied |= {
        visible(" ".join(filter(None, (held.cloud, held.account, held.region)))) for held in (each.resource for each in report.results)
    }
    copied = {each.strip() for each in copied}
    written = written.replace("\\::", "::").replace("#\\#", "##")  # a defused command is a column wider
    return [line for line in written.splitlines() if cell_len(line) > width and not CODE.match(line) and line.strip() not in copied]


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_lines_keep_the_width(width: int) -> None:
    assert too_wide(samples.report(), text(samples.report(), width=width), width) == []


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_hostile_names_neither_widen_nor_control_the_terminal(hostile: str) -> None:
    report, context = samples.hostile(hostile)
    written = render(report, msgspec.structs.replace(context, width=40)).decode()
    assert not [char for char in written if char != "\n" and visible(char) != char]
    assert too_wide(report, written, 40) == []


@pytest.mark.parametrize("hostile", samples.HOSTILE)
@pytest.mark.parametrize("color", [False, True])
def test_hostile_names_cannot_command_a_build_server(hostile: str, color: bool) -> None:
    report, context = samples.hostile(hostile)
    written = render(report, msgspec.structs.replace(context, color=color)).decode()
    assert not re.search(r"^\s*::|##\[|##vso\[", COLOR.sub("", written), re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_color_adds_codes_and_changes_nothing(hostile: str) -> None:
    report, context = samples.hostile(hostile)
    colored = render(report, msgspec.structs.replace(context, color=True)).decode()
    stripped = COLOR.sub("", colored)
    assert colored != stripped
    assert stripped == render(report, context).decode()


def test_names_are_not_read_as_markup() -> None:
    report, context = samples.hostile("[red]red[/red]")
    assert "[red]red[/red]" in render(report, context).decode()


def test_failures_come_by_file_with_the_worst_first() -> None:
    written = text(samples.report())
    order = [
        written.index(each) for each in ("google trade-prod", "storage/main.tf", "network/edge.tf", "Unknown:", "Errors:", "Verdicts:")
    ]
    assert order == sorted(order)
    assert written.index("CRITICAL") < written.index("HIGH")


def test_the_worst_comes_first_within_a_file() -> None:
    report = samples.report([samples.result(id_, "fail", samples.LOGS, "no") for id_ in ("keys.rotation", "storage.public-access-blocked")])
    written = text(report)
    assert written.count("storage/main.tf") == 1
    assert written.index("CRITICAL") < written.index("LOW")


def test_code_is_shown_around_the_marked_line_of_the_evidence() -> None:
    written = text(samples.report())
    assert "    >  7 |   block_public_acls       = false\n" in written
    assert "       5 | resource" in written
    assert "      10 |" in written
    assert " 4 |" not in written.split("network/edge.tf")[0]
    assert " 11 |" not in written


def test_code_stays_within_the_block() -> None:
    seen = samples.Evidence("f", "no", "yes", samples.Location("storage/main.tf", 6))
    written = text(samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "no", evidence=[seen])]))
    assert [line.split("|")[0].split()[-1] for line in written.splitlines() if CODE.match(line)] == ["5", "6", "7", "8", "9", "10"]
    at_the_end = samples.Evidence("f", "no", "yes", samples.Location("storage/main.tf", 3))
    written = text(samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "no", evidence=[at_the_end])]))
    assert [line.split("|")[0].split()[-1] for line in written.splitlines() if CODE.match(line)] == ["1", "2", "3"]


def test_a_failure_without_code_shows_what_was_observed() -> None:
    written = text(samples.report(), source=lambda *_: [])
    assert "resource.public_access_blocked is false, expected true" in written
    assert "seen at storage/main.tf:7" in written


def test_why_and_fix_are_told_once() -> None:
    written = text(samples.report())
    assert written.count("Why: One policy that is too wide") == 1
    assert written.count("block_public_acls = true\n") == 1
    assert written.count("as above for this control") == 1
    assert "Fix (gcloud): gcloud compute" in written


def test_elements_of_one_list_share_their_code() -> None:
    written = text(samples.report())
    assert "a:80 serves HTTP" in written
    assert "a listener serves HTTP (b:8080)" in written
    assert written.count('resource "aws_lb_listener"') == 1


def test_unknowns_are_grouped_by_what_settles_them() -> None:
    written = text(samples.report())
    group = written.split("5 x pass --var-file")[1].split("1 x grant")[0]
    assert "var.versioning has no value" in group
    assert written.index("5 x pass --var-file") < written.index("1 x grant")
    assert group.count("aws_s3_bucket.data") == 3
    assert "and 2 more resources, all in the json report" in group


def test_what_was_not_seen() -> None:
    unseen = text(samples.report()).split("Not seen:")[1]
    for line in (
        "1 file failed to parse",
        "network/broken.tf:12: a brace is not closed; correct the file",
        "modules/queue: the module is not in this directory; run terraform init",
        "7 blocks of types without rules: aws_xray_group:5, aws_sfn_state_machine:2",
        "2 blocks with a number of instances that is not known",
    ):
        assert f"\n  {line}\n" in unseen
    assert "nothing" in text(samples.report(coverage=Coverage())).split("Not seen:")[1]


def test_gaps_that_say_the_same_are_told_once() -> None:
    """Some 1,700 lines of one gap once hid what else was not seen."""
    same = [Gap(f"modules/m{number}", "module_missing", "the module is not here", "run terraform init") for number in range(900)]
    kind = [Gap("main.tf", "input_failed", f"resource {number} could not be read", "simplify it", number + 1) for number in range(900)]
    other = Gap("x.tf", "parse_error", "a brace is not closed", "correct the file", 3)
    lines = text(samples.report(coverage=Coverage(gaps=[*same, *kind, other]))).split("Not seen:")[1].splitlines()
    told = [line.strip() for line in lines if line.strip()][:-1]
    assert told[0] == "modules/m0, modules/m1, modules/m2 and 897 more places: the module is not here; run terraform init"
    assert told[1:6] == [f"main.tf:{number + 1}: resource {number} could not be read; simplify it" for number in range(5)]
    assert told[6:] == [
        "x.tf:3: a brace is not closed; correct the file",
        "main.tf: 895 more gaps of the kind input_failed; the json report has all",
    ]


def test_what_is_read_for_joins_alone_is_not_called_judged() -> None:
    def said(blocks: Blocks, judged: int) -> tuple[str, str]:
        report = samples.report(coverage=Coverage(Files(1, 1, 0), blocks))
        report = msgspec.structs.replace(report, summary=msgspec.structs.replace(report.summary, resources=judged))
        written = text(report)
        return written.split("Read: ")[1].splitlines()[0], written.split("Not seen: ")[1].splitlines()[0]

    assert said(Blocks(3, 3), 3)[1] == "nothing; everything that was found was judged"
    assert said(Blocks(3, 3, joined=2), 1) == (
        "1 of 1 files, 1 of 3 resource blocks, 2 read for joins",
        "nothing; everything that was found was read, and 1 resource judged",
    )
    assert said(Blocks(3, 3), 2)[1] == "nothing; everything that was found was read, and 2 resources judged"
    assert said(Blocks(3, 3), 0)[1] == "nothing was judged; everything that was found was read"


def test_what_was_left_out_is_named() -> None:
    left_out = [
        LeftOut("aws:111122223333", "dev", "--exclude ou-x"),
        LeftOut("aws:2", "", "--exclude ou-x"),
        LeftOut("google:p", "", "closed"),
    ]
    written = text(samples.report(coverage=Coverage(left_out=left_out))).split("Left out:")[1]
    assert "3 that are there and are no part of the run" in written
    assert "\n  aws:111122223333 (dev), aws:2: --exclude ou-x\n  google:p: closed\n" in written


def test_the_last_line_is_the_outcome() -> None:
    assert text(samples.report()).splitlines()[-1] == "ERROR: 1 error, 4 fail, 6 unknown, 2 gaps; 14 verdicts in all"
    assert text(samples.empty()).splitlines()[-1] == "EMPTY: nothing was judged"


def test_quiet_leaves_the_failures_and_the_outcome() -> None:
    written = text(samples.report(), quiet=True)
    assert "block_public_acls is false" in written
    assert not [each for each in ("Unknown:", "Errors:", "Verdicts:", "Not seen:") if each in written]
    assert written.splitlines()[-1].startswith("ERROR: ")
    assert len(text(samples.empty(), quiet=True).splitlines()) == 1


def test_there_is_no_box_drawing() -> None:
    for color in (False, True):
        assert not re.search("[\u2500-\u259f]", text(samples.report(), color=color))


def test_a_long_line_of_code_is_cut_and_says_so() -> None:
    written = text(samples.report(), source=lambda _file, first, last: ["x" * 5000] * (last - first + 1))
    assert "and 4600 more characters" in written


def test_ten_thousand_failures_are_all_shown_in_about_a_second() -> None:
    report = samples.many(40_000)
    started = time.process_time()
    written = text(report, source=lambda _file, first, last: ["  value = 1"] * (last - first + 1))
    assert time.process_time() - started < 3
    assert written.count("is open to everyone") == 10_000
