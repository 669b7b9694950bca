"""What a history knows is in every format; without one no format has a trace of it; hostile texts in it break none."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import msgspec
import pytest

from assay.reports import csv_population, csv_report, history_view
from assay.reports.json_report import render as json_report
from assay.scanner.results import formats
from assay.scanner.results.model import Course, Report
from assay.scanner.sources.coverage import Coverage
from assay.scanner.words import visible
from tests.reports import histories, samples
from tests.reports.test_csv_report import FORMULAS
from tests.reports.test_json_report import VALIDATOR
from tests.reports.test_jsonl_report import VALIDATOR as LINES

FORMATS = sorted(set(formats.names()) - samples.PRINTED)
SUMMED = sorted(set(FORMATS) - {"json", "jsonl", "gitlab", "csv-population", "rollup-csv"})
"""Those that say in a sentence what the run changed: JSON has it in parts, and the others have no place for anything but findings."""
TRACE = re.compile(r"first[-_]seen(?!_time)|firstDetection|regressed|\bhistory\b(?!\.replaceState)|course|not observed", re.IGNORECASE)


def made(name: str, report: Report, **more: Any) -> str:
    return b"".join(formats.parts(name)(report, samples.context(**more))).decode()


@pytest.mark.parametrize("name", SUMMED)
def test_every_format_says_what_the_run_changed(name: str) -> None:
    said = " ".join(made(name, histories.remembered()).split())
    assert "2 new, 1 back, 1 not observed, 1 left the scope, 1 fixed, 1 gone, 1 settled; 7 findings open, the oldest for 40 days" in said


@pytest.mark.parametrize("name", sorted(set(SUMMED) - {"github", "azure", "rollup"}))
def test_every_format_names_the_findings_that_it_has_no_result_of(name: str) -> None:
    said = made(name, histories.remembered())
    for address in ("aws_dynamodb_table.orders", "//storage.googleapis.com/old", "aws_s3_bucket.told", "aws_s3_bucket.lost"):
        assert address in said
    assert "its file cannot be read" in " ".join(said.split())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [samples.report(), samples.compared(), samples.empty()], ids=["one", "compared", "empty"])
def test_without_a_history_no_format_has_a_trace_of_it(name: str, report: Report) -> None:
    plain = made(name, report, auditor=True, verbose=True)
    assert not TRACE.search(plain), TRACE.search(plain)
    assert plain == made(name, histories.without(histories.remembered(report)), auditor=True, verbose=True)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"github", "azure"}))
def test_findings_say_their_age_also_where_the_run_could_not_be_entered(name: str) -> None:
    """Courses are told while the run goes on; the database may fail at its end."""
    alone = msgspec.structs.replace(histories.remembered(), history=msgspec.UNSET)
    assert made(name, alone) != made(name, histories.without(alone))


@pytest.mark.parametrize("text", samples.HOSTILE)
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "jsonl"}))
def test_hostile_texts_in_a_history_stay_texts(name: str, text: str) -> None:
    report, context = histories.hostile(text)
    written = b"".join(formats.parts(name)(report, context)).decode()
    assert not [char for char in written if visible(char, keep="\n\r\t") != char]
    assert "##vso[task.setvariable" not in written and "##[error]" not in written
    assert not re.search(r"^\s*::error::forged", written, re.MULTILINE)


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_the_json_contract_holds_whatever_a_history_has(text: str) -> None:
    report, context = histories.hostile(text, valid=True)
    VALIDATOR.validate(json.loads(json_report(report, context)))
    for line in b"".join(formats.parts("jsonl")(report, context)).decode().split("\n")[:-1]:
        LINES.validate(json.loads(line))


def test_ages_are_words() -> None:
    report = samples.report()

    def age(state: Any, since: str, times: int = 1) -> str:
        known = msgspec.structs.replace(samples.results()[1], course=Course(state, histories.OLD, since, times))
        return history_view.age(known, report)

    assert age("new", histories.RUN) == "new"
    assert [age("regressed", histories.RUN, times) for times in (2, 3, 4, 11, 22, 113)] == [
        "back (2nd time)", "back (3rd time)", "back (4th time)", "back (11th time)", "back (22nd time)", "back (113th time)",
    ]  # fmt: skip
    assert age("known", histories.RUN) == "since this run"
    assert age("known", "2026-11-20T07:20:00Z") == "for less than an hour"
    assert age("known", "2026-11-20T06:00:00Z") == "for 2 hours"
    assert age("known", "2026-11-19T08:00:00Z") == "for 1 day"
    assert age("known", "2026-10-11T03:00:00Z") == "for 40 days"
    assert age("known", "some day") == "known"
    assert history_view.age(samples.results()[1], report) == ""


def test_the_text_report_has_the_age_beside_the_fingerprint_and_a_block_behind_the_sums() -> None:
    said = made("text", histories.remembered(), width=200)
    new, back = (next(result for result in samples.results() if result.element == element) for element in ("a:80", "b:8080"))
    assert f"[{new.fingerprint[:8]}, for 12 days]" in said and f"[{back.fingerprint[:8]}, back (2nd time)]" in said
    block = said[said.index("History: since the run of 2026-11-19T03:00:00Z: 2 new") :]
    assert said.index("Verdicts:") < said.index("Not seen:") < said.index("History:") < said.index("ERROR: ")
    assert [line for line in block.splitlines() if line.startswith("  1 ")] == [
        "  1 fixed:", "  1 gone:", "  1 settled:", "  1 not observed:", "  1 left the scope:",
    ]  # fmt: skip
    assert "    medium own.rule //storage.googleapis.com/old [a:80] in trade-prod, eu\n      known for 40 days\n" in block
    assert "known for 40 days; another rule judged than before" in block
    assert "History:" not in made("text", histories.remembered(), quiet=True)


def test_a_long_list_is_cut_and_verbose_has_all_of_it() -> None:
    many = [histories.change("fixed", f"aws_s3_bucket.b{number}") for number in range(30)]
    report = histories.remembered(kept=histories.history(changes=many))
    for name, more in (("text", "and 25 more; --verbose lists all"), ("concise", "25 more findings without a result: --verbose lists all")):
        assert more in made(name, report) and "aws_s3_bucket.b29" not in made(name, report)
        assert more not in made(name, report, verbose=True) and "aws_s3_bucket.b29" in made(name, report, verbose=True)


def test_the_first_run_is_called_so() -> None:
    first = histories.history(previous="", oldest="", events={}, changes=[], nights=[], open=0, unobserved=0)
    assert "History: the first run: nothing changed; 0 findings open\n" in made("text", histories.remembered(kept=first))


def test_a_concise_line_ends_with_the_age() -> None:
    lines = made("concise", histories.remembered()).splitlines()
    assert any(line.endswith("[aws_s3_bucket.logs], new") for line in lines)
    assert lines[-2].startswith("History: since the run of ") and lines[-1].startswith("ERROR: ")
    assert "fixed: medium storage.versioning-enabled: storage: aws_dynamodb_table.orders: known for 40 days; another rule" in "\n".join(
        lines
    )


def test_markdown_has_states_in_a_word_and_the_sums_in_a_line() -> None:
    said = made("markdown", histories.remembered())
    assert f"`a listener serves HTTP: {samples.WAY}`, back (2nd time)" in said
    assert "\n- `history: 2 new, 1 back, " in said
    assert "<details><summary>Without a result in this run: 5</summary>" in said
    many = [histories.change("fixed", f"aws_s3_bucket.b{number}" * 8) for number in range(400)]
    long = made("markdown", histories.remembered(kept=histories.history(changes=many)))
    assert len(long) < 65_536 and "more that do not fit here" in long


def rows(name: str, report: Report) -> list[dict[str, str]]:
    lines = list(csv.reader(io.StringIO(made(name, report), newline=""), strict=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.mark.parametrize(("name", "plain"), [("csv", csv_report.COLUMNS), ("csv-population", csv_population.COLUMNS)])
def test_csv_has_four_columns_more_at_the_end(name: str, plain: tuple[str, ...]) -> None:
    report = histories.remembered()
    assert tuple(rows(name, report)[0]) == (*plain, "state", "first_seen", "since", "times")
    assert tuple(rows(name, histories.without(report))[0]) == plain
    live = next(row for row in rows(name, report) if row["cloud"] == "google")
    assert [live[column] for column in csv_report.OF_HISTORY] == ["new", histories.RUN, histories.RUN, "1"]
    passed = next(row for row in rows(name, report) if row["verdict"] == "pass")
    assert [passed[column] for column in csv_report.OF_HISTORY] == [""] * 4


def test_a_population_has_the_newest_state_and_the_earliest_times_of_what_decides() -> None:
    (edge,) = [row for row in rows("csv-population", histories.remembered()) if row["control"] == "edge.lb-https-only"]
    assert [edge[column] for column in csv_report.OF_HISTORY] == ["regressed", histories.OLD, "2026-11-08T03:00:00Z", "2"]
    assert len(rows("csv-population", histories.remembered())) == len(rows("csv-population", samples.report())), (
        "nothing but what was judged"
    )


def test_csv_has_a_row_for_each_finding_without_a_result() -> None:
    past = [row for row in rows("csv", histories.remembered()) if row["record"] == "history"]
    assert [row["verdict"] for row in past] == ["fixed", "gone", "settled", "unobserved", "left_scope"]
    gone = past[1]
    assert (gone["account"], gone["element"], gone["since"], len(gone["fingerprint"])) == ("trade-prod", "a:80", histories.OLD, 64)


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("name", ["csv", "csv-population"])
def test_no_cell_of_a_history_is_a_formula(name: str, text: str) -> None:
    report, context = histories.hostile(text)
    content = b"".join(formats.parts(name)(report, context)).decode()
    for line in csv.reader(io.StringIO(content, newline=""), strict=True):
        for part in ";".join(line).split(";"):
            assert part.lstrip(' \t"')[:1] not in ("=", "+", "-", "@", "＝")


def test_a_roll_up_counts_what_is_new_or_back() -> None:
    by_name = {row["name"]: row["new"] for row in rows("rollup-csv", histories.remembered()) if row["by"] == "control"}
    assert by_name["storage.public-access-blocked"] == "2" and by_name["edge.lb-https-only"] == "1" and by_name["team.own-rule"] == "0"
    assert "new" not in rows("rollup-csv", samples.report())[0]
    said = made("rollup", histories.remembered())
    assert re.search(r"^by control +critical .* waived +new$", said, re.MULTILINE) and "\nHistory: 2 new, 1 back" in said


def test_a_run_with_nothing_to_tell_says_so() -> None:
    quiet = histories.history(events={}, changes=[])
    report = histories.remembered(samples.report([samples.results()[0]], Coverage()), quiet)
    assert "nothing changed; 7 findings open" in " ".join(made("text", report).split())
