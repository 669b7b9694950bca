"""The text report: order, what it holds, and that no name can act on a terminal or a build server."""

from __future__ import annotations

import re
import time

import msgspec
import pytest
from rich.cells import cell_len

from assay.reports import opinions_view
from assay.reports.text import render
from assay.reports.view import where
from assay.scanner.results import ledger
from assay.scanner.results.model import Evidence, Report, Result
from assay.scanner.results.telling import place
from assay.scanner.sources.coverage import Blocks, CallCount, Coverage, FileCounts, Gap, LeftOut
from assay.scanner.sources.raw import Location
from assay.scanner.words import shown, visible
from tests.patience import SOON
from tests.reports import samples

CODE = re.compile(r" +[> ] +\d+ \|")
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def text(report: Report, **more: object) -> str:
    return render(report, samples.context(**more)).decode()


def too_wide(report: Report, written: str, width: int) -> list[str]:
    """Lines over the width that are neither code nor something to copy as it is."""
    copied = {"in " + visible(result.resource.root) for result in report.results} | {
        visible(result.resource.address) for result in report.results
    }
    copied |= {visible(block.file) for result in report.results for block in result.resource.blocks}
    copied |= {visible(seen.location.file) for result in report.results for seen in result.evidence if seen.location}
    copied |= {
        visible(" ".join(filter(None, (resource.cloud, resource.account, resource.region))))
        for resource in (result.resource for result in report.results)
    }
    places = {visible(where(place(result))) for result in report.results} | {""}
    lines = {seen.line for result in report.results if (seen := place(result))}
    ends = {f" [{visible(result.fingerprint[:8])}]" for result in report.results} | {""}
    gone = {
        visible(past.address + (f" ({past.element})" if past.element else ""))
        for comparison in report.gate.comparisons
        for past in comparison.gone
    }
    addresses = {visible(result.resource.address) for result in report.results}
    copied |= {f"{address}{end}" for address in addresses for end in ends}
    copied |= {f"{start}: {address}{end}" for start in {*places, *map(str, lines)} for address in addresses for end in ends}
    copied |= {visible(opinions_view.where(row)) for opinion in report.opinions for row in opinion.rows}
    copied |= {visible(opinions_view.place(check)) for opinion in report.opinions for check in opinion.others}
    copied = {shown(line).strip() for line in copied | gone}
    written = written.replace("\\::", "::").replace("#\\#", "##")  # a defused command is a column wider
    return [line for line in written.splitlines()[:-1] if cell_len(line) > width and not CODE.match(line) and line.strip() not in copied]


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


def test_failures_come_by_severity_then_by_file() -> None:
    written = text(samples.report())
    order = [
        written.index(text)
        for text in (
            "CRITICAL: 2",
            "google trade-prod",
            "storage/main.tf",
            "HIGH: 2",
            "network/edge.tf",
            "Unknown:",
            "Errors:",
            "Waived:",
            "Verdicts:",
        )
    ]
    assert order == sorted(order)


def test_code_of_a_place_is_shown_once() -> None:
    report = samples.report([samples.result(id_, "fail", samples.LOGS, "no") for id_ in ("keys.rotation", "storage.public-access-blocked")])
    written = text(report)
    assert written.count("storage/main.tf\n") == 2
    assert written.count("1: aws_s3_bucket.logs\n") == 2
    assert written.count(" | resource") == 1
    assert written.index("CRITICAL: 1 failure") < written.index("LOW: 1 failure")


def test_code_is_shown_from_the_line_of_the_evidence() -> None:
    written = text(samples.report())
    assert "  7: aws_s3_bucket.logs\n    > 7 |   block_public_acls       = false\n      8 |   block_public_policy" in written
    assert " 6 |" not in written and " 9 |" not in written


def test_code_stays_within_the_block() -> None:
    for line, lines in ((6, ["6", "7"]), (3, ["2", "3"]), (1, ["1"])):
        seen = samples.Evidence("f", "no", "yes", samples.Location("storage/main.tf", line))
        written = text(samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "no", evidence=[seen])]))
        assert [line.split("|")[0].split()[-1] for line in written.splitlines() if CODE.match(line)] == lines


def test_a_failure_without_code_shows_what_was_observed() -> None:
    written = text(samples.report(), source=lambda *_: [])
    assert "resource.public_access_blocked is false, expected true" in written
    assert "seen at storage/main.tf:7" in written


def test_why_and_fix_are_told_once_for_a_control() -> None:
    written = text(samples.report())
    assert written.count("storage.public-access-blocked: Public access to buckets is blocked") == 1
    assert written.count("Why: One policy that is too wide") == 1
    assert written.count("block_public_acls = true\n") == 1
    assert "Fix (gcloud): gcloud compute" in written


def test_what_is_long_is_cut_with_a_way_to_the_rest() -> None:
    known = samples.controls()
    long = msgspec.structs.replace(
        known["edge.lb-https-only"],
        why="Plain HTTP can be read on its way by anybody. " * 20,
        remediation={"terraform": 'resource "aws_lb_listener" "x" {\n' + "  a = 1\n" * 20 + '}\nresource "aws_lb" "y" {\n}\n'},
    )
    controls = {**known, "edge.lb-https-only": long}
    written = text(samples.report(), controls=controls)
    told = written.split("edge.lb-https-only: Load balancers serve HTTPS only\n")[1].split("\n\n")[0].splitlines()
    assert len(told) == 3 and told[1].endswith("by anybody. …")
    assert told[2].strip() == "Fix (terraform): aws_lb_listener, aws_lb …"
    assert "assay explain CONTROL has the rest" in written
    whole = text(samples.report(), controls=controls, verbose=True)
    assert "assay explain CONTROL" not in whole
    assert whole.count("a = 1") == 20 and " ".join(whole.split()).count("Plain HTTP can be read") == 20


def test_a_finding_can_be_asked_for_by_its_fingerprint() -> None:
    written = text(samples.report())
    for result in samples.results():
        if result.verdict in ("fail", "unknown", "waived"):
            told = f"[{result.fingerprint[:8]}]"
            assert written.count(told) == 1 or "more resources; --verbose" in written


def test_nothing_is_lost() -> None:
    """Of every finding the control, the resource, the place and the message."""
    written = " ".join(text(samples.report(), verbose=True).split())
    for result in samples.results():
        if result.verdict not in ("fail", "unknown", "error", "waived"):
            continue
        seen = place(result)
        told = [result.control, result.resource.address, *([seen.file] if seen else []), *(fact.reason for fact in result.unknown)]
        told += [result.message] if result.verdict in ("fail", "error") else []
        assert [entry for entry in told if entry not in written] == []


def test_what_was_known_is_counted_and_not_told_as_a_failure() -> None:
    written = text(samples.compared())
    assert "HIGH: 1 failure" in written
    assert "a:80 serves HTTP" not in written
    assert "Known: 1 from before, which do not count\n  edge.lb-https-only: 1 fail, high\n" in written
    assert 'network/edge.tf:1: module.edge.aws_lb.this["a b"] [' in text(samples.compared(), verbose=True).split("Known:")[1]


def test_a_waiver_that_is_over_says_so_at_its_failure() -> None:
    assert "[" in text(samples.compared()) and "its waiver by platform ended on 2026-06-30" in text(samples.compared())


def test_what_is_waived_names_the_owner_and_the_last_day() -> None:
    told = text(samples.report(), width=200).split("Waived: 1 accepted\n")[1].splitlines()
    assert told[0] == "  storage.public-access-blocked: 1 by platform until 2027-03-31: moved by March (OPS-7), assay.yaml:12"
    assert told[1].startswith("      plans/prod #1/ü.json: aws_s3_bucket.data[1] [")


def test_the_gate_has_a_section_of_its_own() -> None:
    told = text(samples.report(), width=200).split("Gate:")[1]
    assert "fails the run: assay.yaml: fail_on is high, and was low" in told
    assert "warning: assay.yaml:14: the waiver is for nothing that was found" in told
    assert "Compared: with the baseline .assay-baseline.json, which ends on 2027-05-01: 3 new, 1 known, 1 gone" in told
    assert "  keys.rotation: 1 gone\n      aws_kms_key.old\n" in told


def test_elements_of_one_list_share_their_code() -> None:
    written = text(samples.report())
    assert "a:80 serves HTTP" in written
    assert f"a listener serves HTTP: {samples.WAY}" in " ".join(written.split())
    assert written.count('resource "aws_lb_listener"') == 1
    assert written.count('module.edge.aws_lb.this["a b"]') == 1


def test_unknowns_are_grouped_by_what_settles_them() -> None:
    written = text(samples.report())
    group = written.split("5 x pass --var-file")[1].split("1 x grant")[0]
    assert "var.versioning has no value" in group
    assert written.index("5 x pass --var-file") < written.index("1 x grant")
    assert group.count("storage/variables.tf:3: aws_s3_bucket.data[") == 5


def test_of_many_unknowns_the_first_are_told() -> None:
    why = samples.UnknownFact("versioned", "var.versioning has no value", "pass --var-file", None)
    made = samples.many(40, "unknown")
    made = msgspec.structs.replace(
        made, results=[msgspec.structs.replace(result, unknown=[why], control="keys.rotation") for result in made.results]
    )
    assert "and 5 more resources; --verbose lists all" in text(made)
    assert text(made).count("aws_s3_bucket.data_") == 5
    assert text(made, verbose=True).count("aws_s3_bucket.data_") == 10


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


def test_modules_that_one_command_fetches_are_one_sentence() -> None:
    missing = [
        Gap(f"{root}/main.tf", "module_missing", f'module "m{number}" is not here', f"run terraform init in {root}", number)
        for root in ("a", "b")
        for number in (1, 2, 3)
    ]
    told = ledger.told([*missing, Gap("c/main.tf", "module_missing", 'module "m" is not here', "run terraform init in c", 7)])
    assert told == [
        'a/main.tf:1: module "m1" is not here (and 2 more, the next at a/main.tf:2); run terraform init in a',
        'b/main.tf:1: module "m1" is not here (and 2 more, the next at b/main.tf:2); run terraform init in b',
        'c/main.tf:7: module "m" is not here; run terraform init in c',
    ]


def test_what_is_read_for_joins_alone_is_not_called_judged() -> None:
    def said(blocks: Blocks, judged: int) -> tuple[str, str]:
        report = samples.report(coverage=Coverage(FileCounts(1, 1, 0), blocks))
        report = msgspec.structs.replace(report, summary=msgspec.structs.replace(report.summary, resources=judged))
        written = text(report)
        return written.split("Read: ")[1].splitlines()[0], written.split("Not seen: ")[1].splitlines()[0]

    assert said(Blocks(3, 3), 3)[1] == "nothing; everything that was found was judged"
    assert said(Blocks(3, 3, joined=2), 1) == (
        "1 of 1 files, 1 of 3 resource blocks, 2 read for joins",
        "nothing; everything that was found was read, and 1 resource judged",
    )
    made = Coverage(FileCounts(0, 0, 0), calls=[CallCount("111122223333", "global", "s3", "ListBuckets", "answered", "", "s3:ListBuckets", 1200)])
    assert "Read: 1,200 calls answered, 0 of 0 resource blocks" in text(samples.report(coverage=made))
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
    assert text(samples.report()).splitlines()[-1] == (
        "ERROR: 1 error, 4 fail, 6 unknown, 1 waived (assay.yaml:12), 1 gone, 2 gaps; 14 verdicts in all; the gate lets more through (--allow-config-changes accepts it)"
    )
    assert text(samples.empty()).splitlines()[-1] == "EMPTY: nothing was judged"


def test_quiet_leaves_the_failures_and_the_outcome() -> None:
    written = text(samples.report(), quiet=True)
    assert "block_public_acls is false" in written
    assert not [text for text in ("Unknown:", "Errors:", "Verdicts:", "Not seen:") if text in written]
    assert written.splitlines()[-1].startswith("ERROR: ")
    assert len(text(samples.empty(), quiet=True).splitlines()) == 1


def test_there_is_no_box_drawing() -> None:
    for color in (False, True):
        assert not re.search("[\u2500-\u259f]", text(samples.report(), color=color))


def test_a_long_line_of_code_is_cut_and_says_so() -> None:
    written = text(samples.report(), source=lambda _file, first, last: ["x" * 5000] * (last - first + 1))
    assert "and 4600 more characters" in written


def test_a_finding_takes_few_lines() -> None:
    """A third of what it took when every finding told why and how (some 22 on bridgecrewio/terragoat), with all of its code there."""
    made = samples.many(400)
    written = text(made, source=lambda _file, first, last: ["  value = 1"] * (last - first + 1))
    assert len(written.splitlines()) < 100 * 22 / 3
    assert all(
        result.resource.address in written and result.message in " ".join(written.split())
        for result in made.results
        if result.verdict == "fail"
    )


def lacking(*services: str, **more: object) -> list[Result]:
    seen = [Evidence("resource.private", "false", "true", Location("storage/main.tf", 5))]
    message = "logs has no private path to {}"
    return [
        samples.result("storage.public-access-blocked", "fail", samples.LOGS, message.format(name), name, evidence=seen, **more)
        for name in services
    ]


def test_failures_that_differ_in_a_name_are_one_list() -> None:
    results = lacking("s3", "kms", "sqs")
    marks = {result.element: result.fingerprint[:8] for result in results}
    said = f"logs has no private path to kms [{marks['kms']}], s3 [{marks['s3']}], sqs [{marks['sqs']}]"
    assert said in text(samples.report(results), width=400)
    assert "private path to s3 [" in text(samples.report(lacking("s3", "kms")), width=400)


def test_failures_without_code_to_show_keep_what_was_seen() -> None:
    results = lacking("s3", "kms", "sqs")
    written = text(samples.report(results), width=400, source=lambda file, first, last: [])
    assert written.count("logs has no private path to ") == 3 and written.count("seen at storage/main.tf:5") == 3


def test_failures_whose_waiver_has_ended_are_not_listed() -> None:
    results = lacking("s3", "kms", waiver=samples.OVER) + lacking("sqs")
    assert text(samples.report(results), width=400).count("logs has no private path to ") == 3


def test_ten_thousand_failures_are_all_shown_soon() -> None:
    report = samples.many(40_000)
    started = time.process_time()
    written = text(report, source=lambda _file, first, last: ["  value = 1"] * (last - first + 1))
    assert time.process_time() - started < SOON
    assert written.count("is open to everyone") == 10_000
