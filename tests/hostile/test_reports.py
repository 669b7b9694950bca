"""Reports on hostile input: none of them ends a run, opens what was not scanned, or takes more than time in proportion to what it shows."""

from __future__ import annotations

import builtins
import json
import os
import re
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from assay.reports.sarif_rules import plain
from assay.scanner.cli.excerpts import Excerpts
from assay.scanner.results import formats
from assay.scanner.results.formats import Context
from assay.scanner.results.ledger import told
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Gap
from tests.patience import SOON
from tests.reports import samples
from tests.scans import FAILING, VERSIONING, assay, rule, write

FORMATS = tuple(name for name in formats.names() if name not in samples.PRINTED)
SURROGATES = "half \ud800 \udcff"


def made(name: str, report: Report) -> bytes:
    return b"".join(formats.parts(name)(report, Context(controls=samples.controls(), source=lambda *_: [])))


def report_of(count: int, gaps: int = 0, text: str = "") -> Report:
    """A report with so many results of every verdict, all of the same two controls."""
    verdicts = ("fail", "unknown", "error", "pass")
    results = []
    for number in range(count):
        made_of = samples.result(f"team.c{number % 2}", verdicts[number // 2 % 4], samples.resource(f"aws_s3_bucket.b{number}"))
        resource = msgspec.structs.replace(made_of.resource, address=f"{made_of.resource.address}{text}", name=text or "b")
        results.append(msgspec.structs.replace(made_of, resource=resource, message=f"{number}{text}"))
    listed = [Gap(f"{number}.tf{text}", "parse_error", f"{number}{text}", f"mend it{text}", 1) for number in range(gaps)]
    whole = samples.report()
    controls = [msgspec.structs.replace(whole.controls[0], id=f"team.c{number}", verdict="error") for number in range(2)]
    coverage = msgspec.structs.replace(whole.coverage, gaps=listed)
    return msgspec.structs.replace(whole, results=results, controls=controls, coverage=coverage)


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.startswith("rollup")])  # which count findings
def test_a_control_with_errors_and_failures(name: str) -> None:
    assert b"aws_s3_bucket.b0" in made(name, report_of(8))


@pytest.mark.parametrize("name", FORMATS)
def test_halves_of_surrogate_pairs_anywhere(name: str) -> None:
    made(name, report_of(8, gaps=3, text=SURROGATES)).decode("utf-8")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("azure", "github")])  # which are commands, of our own
def test_no_format_commands_a_build_server(name: str) -> None:
    """Any of them may go to standard output, which is a log."""
    text = "##vso[task.setvariable variable=a]b ##[error]c ##teamcity[x] ##VSO[y]\n::error::d\n ::set-output name=a::b"
    written = made(name, report_of(8, gaps=3, text=text)).decode("utf-8")
    assert not re.search(r"##(?:vso|teamcity)?\[|^\s*::", written, re.MULTILINE | re.IGNORECASE)
    if name == "json":
        assert {result["message"] for result in json.loads(written)["results"]} == {f"{number}{text}" for number in range(8)}


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_moves_the_cursor_or_hides_text(name: str) -> None:
    """Data, too, is printed to terminals, and read line by line."""
    text = "a\x1b[2J\x9b2J\x7f\x85\u2028\u2029\u202e\u2066\u200b\ufeff\xadz\u00e9"
    written = made(name, report_of(8, gaps=3, text=text)).decode("utf-8")
    odd = {char for char in written if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")} - set("\r\n" if "csv" in name else "\n")
    assert odd == set()
    if name in ("json", "jsonl"):
        [*lines] = map(json.loads, written.splitlines()) if name == "jsonl" else json.loads(written)["results"]
        told = [line["result"]["message"] for line in lines if "result" in line] if name == "jsonl" else [line["message"] for line in lines]
        assert set(told) == {f"{number}{text}" for number in range(8)}


@pytest.mark.parametrize("name", FORMATS)
def test_time_is_in_proportion(name: str) -> None:
    """Four times as much takes no more than nine times as long: sixteen times, where each result were compared with all others."""

    def seconds(count: int) -> float:
        report = report_of(count, gaps=count)
        start = time.process_time()
        made(name, report)
        return time.process_time() - start

    seconds(100)
    small, large = min(seconds(1_000), seconds(1_000)), seconds(4_000)
    assert large < 9 * small + 0.2


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("json", "jsonl")])  # which are data, and whole
def test_a_name_as_long_as_a_file(name: str) -> None:
    start = time.process_time()
    written = made(name, report_of(8, gaps=3, text="n" * 1_000_000 + "\u202e"))
    assert time.process_time() - start < SOON and len(written) < 4_000_000


def test_gaps_without_end_are_counted_and_not_all_told() -> None:
    gaps = [Gap(f"{number}.tf", "parse_error", f"reason {number}", "mend it") for number in range(100_000)]
    start = time.process_time()
    sentences = told(gaps)
    assert len(sentences) < 300
    assert "99800 more" in sentences[-1]
    assert time.process_time() - start < SOON
    log = json.loads(made("sarif", report_of(0, gaps=20_000)))
    assert len(log["runs"][0]["invocations"][0]["toolExecutionNotifications"]) < 5_010
    assert len(json.loads(made("json", report_of(0, gaps=20_000)))["coverage"]["gaps"]) == 20_000


def test_gaps_of_one_way_out_are_told_at_once_only_where_one_deed_settles_them() -> None:
    def sentences(code: str) -> list[str]:
        return told([Gap(f"{number}.tf", code, f"reason {number}", "mend it") for number in range(3)])

    assert sentences("parse_error") == [f"{number}.tf: reason {number}; mend it" for number in range(3)]
    assert sentences("module_missing") == ["0.tf: reason 0 (and 2 more, the next at 1.tf); mend it"]


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "[](" * 60_000, "[a]" * 60_000, "]" * 200_000, "#" * 200_000 + "::" * 1_000, " " * 200_000]
)
def test_text_is_escaped_in_linear_time(text: str) -> None:
    start = time.process_time()
    plain(text)
    assert time.process_time() - start < SOON


@pytest.mark.parametrize(("text", "escaped"), [
    ("[a](b)", "\\[a](b)"), ("[a] (b)", "[a] (b)"), ("[[a](b)", "\\[\\[a](b)"), ("[a][b](c)", "[a]\\[b](c)"), ("](x", "](x"), ("[a](", "\\[a]("),
])  # fmt: skip
def test_links_are_escaped(text: str, escaped: str) -> None:
    assert plain(text) == escaped


# Lines of code


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tree = write(tmp_path / "tree", {"main.tf": FAILING, ".git/config": "token = kestrel\n"})
    write(tmp_path, {"secret": "kestrel\n"})
    monkeypatch.chdir(tree)
    return tree


def excerpts(*paths: str) -> Excerpts:
    """Of a scan without sensitive values."""
    from assay.scanner.run import Options, Scan

    sensitive = getattr(Scan(Options(paths=paths, controls=VERSIONING[1])), "sensitive", None)
    return Excerpts(paths, *([sensitive] if sensitive is not None else []))


@pytest.mark.parametrize("name", ["../secret", "link", "folder/secret", "/proc/self/environ", "pipe", "/dev/zero", "/dev/stdin", ".git/config",
                                  ".", "absent", "", "nul\0", SURROGATES])  # fmt: skip
def test_only_code_that_was_scanned_is_shown(name: str, tree: Path) -> None:
    (tree / "link").symlink_to("../secret")
    (tree / "folder").symlink_to("..")
    os.mkfifo(tree / "pipe")
    assert excerpts(".").lines(name, 1, 5) == []
    assert excerpts(".").lines("main.tf", 1, 1) == ['resource "aws_s3_bucket" "b" {']


def test_a_stack_trace_shows_no_other_file(tree: Path) -> None:
    """CDK's metadata may name any file as the one that made a construct."""
    template = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "S/B"}}}}
    metadata = {"/S/B": [{"type": "aws:cdk:logicalId", "data": "B", "trace": [f"new B ({tree.parent}/secret:1:1)"]}]}
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
             "properties": {"templateFile": "s.json"}, "metadata": metadata}  # fmt: skip
    write(tree, {"out/manifest.json": json.dumps({"version": "36.0.0", "artifacts": {"S": stack}}), "out/s.json": json.dumps(template)})
    ran = assay("scan", "out", *VERSIONING, "-r", "text", "-r", "html=o.html", "-r", "sarif=o.sarif", "-r", "json=o.json")
    assert ran.exit_code == 1
    for text in (ran.stdout, *((tree / f"o.{name}").read_text("utf-8") for name in ("html", "sarif", "json"))):
        assert "kestrel" not in text


def test_each_file_is_read_once_and_lines_are_bounded(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = "".join(f'resource "aws_s3_bucket" "b{number}" {{ bucket = "b{number}" }}\n' for number in range(300))
    write(tree, {"main.tf": blocks + f'# {"x" * 1_000_000}\nresource "aws_s3_bucket" "last" {{ bucket = "last" }}\n'})
    shown = excerpts(".")
    opened: list[Any] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *more, **named: (opened.append(path), real(path, *more, **named))[1])
    for line in range(1, 300):
        assert len(shown.lines("main.tf", line, line + 5)) >= 3
    assert len(opened) == 1
    assert shown.lines("main.tf", 301, 301) == []  # nobody would read it
    assert [len(line) <= 1_000 for line in shown.lines("main.tf", 300, 302)] == [True, True, True]
    assert shown.lines("main.tf", -5, 1)[0].startswith("resource")
    assert shown.lines("main.tf", 10_000, 10_010) == []


def test_a_report_in_the_order_of_controls_reads_each_file_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, {f"{name}.tf": f'resource "aws_s3_bucket" "{name}" {{ bucket = "{name}" }}\n' for name in "abc"})
    shown = excerpts(".")
    opened: list[Any] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *more, **named: (opened.append(path), real(path, *more, **named))[1])
    for name in "abcabc":
        assert shown.lines(f"{name}.tf", 1, 1) == [f'resource "aws_s3_bucket" "{name}" {{ bucket = "{name}" }}']
    assert len(opened) == 3
    monkeypatch.setattr(Excerpts, "MAX_KEPT", 100)  # two of the files; the oldest gives way
    shown = excerpts(".")
    opened.clear()
    for name in "abcbca":
        assert shown.lines(f"{name}.tf", 1, 1)[0].endswith(f'"{name}" }}')
    assert len(opened) == 4


# Where reports go


def test_a_report_that_a_format_cannot_make_costs_only_itself(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def render(report: Report, context: Context) -> bytes:
            raise RecursionError("::error::x\x1b[2J")

    real = formats.load
    monkeypatch.setattr(formats, "load", lambda name, *more: Broken if name == "html" else real(name, *more))
    ran = assay("scan", ".", *VERSIONING, "-r", "html=o.html", "-r", "json=o.json", "-r", "text")
    assert ran.exit_code == 1
    assert "assay: the html report could not be made: RecursionError: ::error::x\\x1b[2J; please report it" in ran.stderr
    assert json.loads((tree / "o.json").read_text("utf-8"))["summary"]["verdicts"]["fail"] == 1
    assert "FAIL: 1 fail" in ran.stdout
    assert assay("scan", ".", *VERSIONING, "--fail-on", "never", "-r", "html=o.html").exit_code == 3


def _link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


TARGETS: dict[str, Callable[[Path], Any]] = {
    "a pipe that nobody reads": os.mkfifo,
    "a directory": lambda path: path.mkdir(),
    "a link to a file": _link_to("../secret"),
    "a link to nothing": _link_to("../nothing"),
    "a link to itself": _link_to("report"),
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_report_goes_to_a_file_and_nowhere_else(name: str, tree: Path) -> None:
    TARGETS[name](tree / "report")
    ran = assay("scan", ".", *VERSIONING, "-r", "json=report", "-r", "text")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("assay: report: the json report could not be written: ")
    assert "FAIL: 1 fail" in ran.stdout
    assert (tree.parent / "secret").read_text() == "kestrel\n"
    assert not (tree.parent / "nothing").exists()


@pytest.mark.parametrize(("redirected", "code"), [(">&-", 2), (">/dev/full", 2), ("| head -c 1", 1), ("2>&-", 1), (">/dev/null", 1)])
def test_a_standard_output_that_takes_nothing(redirected: str, code: int, tree: Path) -> None:
    command = f"{sys.executable} -m assay scan . --config none {' '.join(VERSIONING)} {redirected}; echo code ${{PIPESTATUS[0]}} >&9"
    ran = subprocess.run(["bash", "-c", f"exec 9>code; {command}"], capture_output=True, text=True, timeout=60, check=False)
    assert (tree / "code").read_text() == f"code {code}\n"
    assert "internal error" not in ran.stderr and "Traceback" not in ran.stderr


def test_a_report_does_not_leave_the_tree_by_a_link(tree: Path) -> None:
    (tree / "out").symlink_to("..")
    ran = assay("scan", ".", *VERSIONING, "-r", "json=out/report")
    assert (ran.exit_code, (tree.parent / "report").exists()) == (2, False)
    assert "leads out of the working directory" in ran.stderr
    assert assay("scan", ".", *VERSIONING, "-r", "json=../report").exit_code == 1


def test_a_report_replaces_all_of_a_longer_one(tree: Path) -> None:
    write(tree, {"report": "x" * 1_000_000})
    assay("scan", ".", *VERSIONING, "-r", "json=report")
    json.loads((tree / "report").read_text("utf-8"))
    assert assay("scan", ".", *VERSIONING, "-r", f"json={os.devnull}").exit_code == 1


def test_a_pipe_that_is_read_gets_the_report(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append((tree / "pipe").read_bytes()))
    reader.start()
    while not reader.is_alive():
        time.sleep(0.01)
    deadline = time.monotonic() + 10
    code = 2
    while code == 2 and time.monotonic() < deadline:
        code = assay("scan", ".", *VERSIONING, "-r", "json=pipe").exit_code
    reader.join(10)
    assert code == 1
    assert json.loads(got[0])["summary"]["verdicts"]["fail"] == 1


def test_names_that_no_text_holds(tree: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.tf")
    write(tree, {"team/rule.yaml": rule()})
    with builtins.open(tree / name, "w") as file:
        file.write(FAILING.replace('"b"', '"c"'))
    ran = assay("scan", ".", *VERSIONING, *(part for format_ in FORMATS for part in ("-r", f"{format_}=o.{format_}")))
    assert ran.exit_code == 1
    for format_ in FORMATS:
        (tree / f"o.{format_}").read_text("utf-8")


@pytest.mark.parametrize(
    "why",
    [
        "see ![x](https://example.com/p.png)", "as @octocat says", "fixes #12 and GH-3", "[here](javascript:alert(1))", "open ```\nhidden",
        "one ` alone", "https://example.com/?q", "<img src=x onerror=alert(1)>", "a\n\n[x]: https://example.com\n", "~~~\nhidden", "<!-- hidden",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["markdown", "gitlab-sast", "sarif"])
def test_a_rule_of_the_tree_loads_links_and_tells_nothing(name: str, why: str) -> None:
    """A configuration of the tree may name rules, whose texts reach a comment on the pull request."""
    controls = {id_: msgspec.structs.replace(control, why=f"{why}. More", title=why) for id_, control in samples.controls().items()}
    context = Context(controls=controls, source=lambda *_: [])
    written = b"".join(formats.parts(name)(samples.report(), context)).decode()
    texts = [written]
    if name == "gitlab-sast":
        texts = [vulnerability["description"] for vulnerability in json.loads(written)["vulnerabilities"]]
    if name == "sarif":
        texts = [rule["help"]["markdown"] for rule in json.loads(written)["runs"][0]["tool"]["driver"]["rules"]]
    for token in (token for text in texts for token in MarkdownIt("commonmark", {"html": True}).parse(text)):
        told = [child for child in token.children or [] if child.type != "code_inline"]
        assert not {child.type for child in told} & {"image", "link_open", "html_inline"}
        assert not re.search(r"@octocat|#12|GH-3|https:", "".join(child.content for child in told if child.type == "text"))
        assert token.type != "html_block" or not re.search(r"onerror|hidden", token.content)
    assert all(text.count("</details>") == text.count("<details>") for text in texts)
