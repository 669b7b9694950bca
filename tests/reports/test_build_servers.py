"""Annotations of GitHub Actions and Azure Pipelines: read back as the runner and the agent read them, whatever is in a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from assay.reports import azure, github
from assay.scanner.results.model import GateReport, Report
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.raw import Location
from assay.scanner.words import visible
from tests.reports import samples

Command = tuple[str, dict[str, str], str]


def of_runner(line: str) -> Command | None:
    """As ActionCommand.TryParseV2 of the runner does it: https://github.com/actions/runner."""
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, _, message = line[2:].partition("::")
    name, _, rest = head.partition(" ")
    pairs = (part.split("=", 1) for part in rest.strip().split(",") if part)
    properties = {
        pair[0]: unescaped(pair[1], ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
        for pair in pairs
        if len(pair) == 2
    }
    return name, properties, unescaped(message, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))


def of_agent(line: str) -> Command | None:
    """As Command.TryParse of the agent does it, wherever in the line: https://github.com/microsoft/azure-pipelines-agent."""
    _, separator, rest = line.partition("##vso[")
    if not separator or "]" not in rest:
        return None
    head, _, message = rest.partition("]")
    name, _, rest = head.partition(" ")
    pairs = (part.split("=", 1) for part in rest.split(";") if part)
    escapes = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))
    return name, {pair[0]: unescaped(pair[1], *escapes) for pair in pairs if len(pair) == 2}, unescaped(message, *escapes)


def unescaped(text: str, *escapes: tuple[str, str]) -> str:
    for written, meant in escapes:
        text = text.replace(written, meant)
    return text


def commands(render: Callable[..., bytes], parse: Callable[[str], Command | None], report: Report, context: Any = None) -> list[Command]:
    """Every command of the output; a line that is none is text that commands nobody."""
    entries = []
    for line in render(report, context or samples.context()).decode().split("\n"):
        command = parse(line)
        if command is not None:
            entries.append(command)
        else:
            assert not line.lstrip().startswith("::") and "##[" not in line and "##vso[" not in line
    return entries


def on_github(report: Report, context: Any = None) -> list[Command]:
    return commands(github.render, of_runner, report, context)


def on_azure(report: Report, context: Any = None) -> list[Command]:
    return commands(azure.render, of_agent, report, context)


def shown(text: str) -> bool:
    """Whether nothing in a text is hidden or moves the cursor."""
    return visible(text) == text


def test_a_failure_is_an_error_at_its_line() -> None:
    text = on_github(samples.report())
    properties = {"file": "storage/main.tf", "line": "7", "title": "CRITICAL storage.public-access-blocked"}
    assert ("error", properties, "aws_s3_bucket.logs: block_public_acls is false") in text
    issues = on_azure(samples.report())
    properties = {"type": "error", "sourcepath": "storage/main.tf", "linenumber": "7", "code": "storage.public-access-blocked"}
    message = "CRITICAL storage.public-access-blocked: aws_s3_bucket.logs: block_public_acls is false"
    assert ("task.logissue", properties, message) in issues


@pytest.mark.parametrize(
    ("severity", "kind"), [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "notice"), ("odd", "warning")]
)
def test_kinds_follow_severities(severity: str, kind: str) -> None:
    result = msgspec.structs.replace(samples.result("keys.rotation", "fail", samples.LOGS, "no"), severity=severity)
    report = msgspec.structs.replace(samples.report([result], Coverage()), gate=GateReport())
    assert [command[0] for command in on_github(report)] == [kind, "notice"]
    assert [command[1]["type"] for command in on_azure(report)] == ["error" if kind == "error" else "warning"]


def test_columns_are_given_where_they_are_known() -> None:
    evidence = [samples.Evidence("f", "a", "b", Location("a.tf", 3, 3, 7, 9, 40, 42))]
    report = samples.report([samples.result("keys.rotation", "fail", samples.LOGS, "no", evidence=evidence)], Coverage())
    assert next(command for command in on_github(report) if "file" in command[1])[1]["col"] == "7"
    assert next(command for command in on_azure(report) if "sourcepath" in command[1])[1]["columnnumber"] == "7"


def test_gaps_errors_and_changes_of_the_configuration_are_errors() -> None:
    errors = [command for command in on_github(samples.report()) if command[0] == "error"]
    assert any(command[1].get("file") == "network/broken.tf" and command[1]["line"] == "12" for command in errors)
    assert any("the module is not in this directory" in command[2] for command in errors)
    assert any("no such overload" in command[2] for command in errors)
    assert any(command[2] == "assay.yaml: fail_on is high, and was low" for command in errors)


def test_what_is_known_or_waived_is_counted_and_not_annotated() -> None:
    report = samples.compared()
    for text in (on_github(report), on_azure(report)):
        assert not any("a:80 serves HTTP" in command[2] for command in text)
        assert not any("no policy blocks public access" in command[2] for command in text)
        assert any("a listener serves HTTP" in command[2] for command in text)
    total = on_github(report)[-1]
    assert total[0] == "notice" and "3 fail" in total[2] and "1 waived" in total[2] and "1 known from before" in total[2]
    assert "beside the baseline .assay-baseline.json, which ends on 2027-05-01: 3 new, 1 known, 1 gone" in total[2]
    assert "1 known from before" in azure.render(report, samples.context()).decode().splitlines()[-1]


@pytest.mark.parametrize("number", [0, 4, 40, 44, 4_000])
def test_ten_of_a_kind_and_the_last_says_how_many_more(number: int) -> None:
    report = msgspec.structs.replace(samples.many(number), gate=GateReport())
    failures = sum(result.verdict == "fail" for result in report.results)
    by_kind: dict[str, list[Command]] = {}
    for command in on_github(report):
        by_kind.setdefault(command[0], []).append(command)
    assert all(len(group) <= 10 for group in by_kind.values())
    annotated = sum("file" in command[1] for group in by_kind.values() for command in group)
    more = [int(command[2].split()[1]) for group in by_kind.values() for command in group if command[2].startswith("and ")]
    assert annotated + sum(more) == failures
    kinds: dict[str, int] = {}
    for command in on_azure(report):
        kinds[command[1]["type"]] = kinds.get(command[1]["type"], 0) + 1
    assert all(count <= 10 for count in kinds.values())


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_no_text_becomes_a_command_or_leaves_its_place(text: str) -> None:
    report, context = samples.hostile(text)
    for command, properties, message in on_github(report, context):
        assert command in ("error", "warning", "notice") and set(properties) <= {"file", "line", "col", "title"}
        assert shown(message + "".join(properties.values()))
    for command, properties, message in on_azure(report, context):
        assert command == "task.logissue" and set(properties) <= {"type", "sourcepath", "linenumber", "columnnumber", "code"}
        assert properties["type"] in ("error", "warning") and shown(message + "".join(properties.values()))


@pytest.mark.parametrize(
    "name", ["a,line=1::x", "100%25", "a;type=warning]b", "a:b.tf", "%0A::error::x", "##vso[task.setvariable variable=x]y"]
)
def test_names_come_back_as_they_are(name: str) -> None:
    gap = Gap(name, "parse_error", "a brace is not closed", "correct the file", 12)
    report = samples.report([], Coverage(gaps=[gap]))
    written = name.replace("##vso", "#\\#vso")
    assert on_github(report)[0][1]["file"] == on_azure(report)[0][1]["sourcepath"] == written
    assert on_github(report)[0][2] == f"{written}:12: a brace is not closed; correct the file"


def test_a_long_name_is_cut() -> None:
    result = samples.result("keys.rotation", "fail", samples.resource("aws_s3_bucket." + "n" * 90_000), "no")
    assert max(map(len, github.render(samples.report([result]), samples.context()).splitlines())) < 5_000


def test_a_clean_run_has_one_notice_and_no_issue() -> None:
    results = [samples.result("keys.rotation", "pass", samples.LOGS)]
    report = msgspec.structs.replace(samples.report(results, Coverage()), gate=GateReport())
    assert [command[0] for command in on_github(report)] == ["notice"]
    assert azure.render(report, samples.context()) == b"Assay: 0 fail, 0 unknown, 1 pass\n"


def test_another_scanner_gives_notices_after_ours() -> None:
    compared = samples.compared()
    lines = github.render(compared, samples.context()).decode().splitlines()
    differs = next(line for line in lines if "the account blocks it" in line)
    assert differs.startswith("::notice file=storage/main.tf,line=1,title=checkov%3A storage.public-access-blocked::")
    others = [line for line in lines if line.startswith("::notice") and "checkov" not in line]
    assert others and lines.index(others[-1]) < lines.index(differs) < len(lines) - 1


def test_another_scanner_gives_no_issue_of_azure() -> None:
    compared = samples.compared()
    beside, alone = (
        azure.render(report, samples.context()).decode() for report in (compared, msgspec.structs.replace(compared, opinions=[]))
    )
    assert [line for line in beside.splitlines() if line.startswith("##vso[")] == [
        line for line in alone.splitlines() if line.startswith("##vso[")
    ]
    assert "\ncheckov: storage.public-access-blocked: checkov on storage.public-access-blocked at aws_s3_bucket.logs" in beside


def test_what_another_scanner_says_of_what_was_known_before_is_no_notice() -> None:
    compared = samples.compared()
    known = [msgspec.structs.replace(result, standing="known") for result in compared.results]
    lines = github.render(msgspec.structs.replace(compared, results=known), samples.context()).decode()
    assert "the account blocks it" not in lines and "CKV_AWS_54 no policy blocks it" in lines
    assert "1 differ" in lines, "the counts are of everything"
