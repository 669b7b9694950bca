"""The parts of the server that need no process: places, projects, settings, waivers, what is kept."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from assay import Options, Scan
from assay.scanner import targets
from assay.scanner.config import read
from assay.scanner.editor import waiving
from assay.scanner.editor.marks import Marker
from assay.scanner.editor.messages import JudgedPart
from assay.scanner.editor.narrowed import Narrowed
from assay.scanner.editor.positions import EditorText, Moved, TextPosition, change
from assay.scanner.editor.projects import project_of
from assay.scanner.editor.settings import EditorSettings, settings_of
from assay.scanner.editor.store import FindingStore, ShownFinding
from assay.scanner.judge import Rules, Watch, judge_all
from assay.scanner.results.model import Result, Waived
from assay.scanner.sources import stage
from assay.scanner.sources.overlay import Unsaved
from assay.scanner.sources.terraform.kept import KEPT
from tests.editor.client import Editor
from tests.scans import FAILING, PASSING, ROOT, write

VERSIONING = "storage.versioning-enabled"


@pytest.mark.parametrize(
    ("encoding", "character"),
    [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)],
)
def test_positions_count_in_the_units_of_the_editor(encoding: str, character: int) -> None:
    text = EditorText("a\n🪣é = 1\n", encoding)  # type: ignore[arg-type]
    assert text.position(text.offset(2, 3)) == (1, character)
    assert text.position(text.offset(2, 4)) == (1, character + 1)


def test_editors_end_lines_at_a_carriage_return_alone_too() -> None:
    text = EditorText("a\rb\r\nc\n")
    assert text.position(text.offset(1, 3)) == (1, 0)
    assert text.position(text.offset(2, 1)) == (2, 0)


def test_places_beyond_the_text_are_at_its_end() -> None:
    text = EditorText("a\nb")
    assert text.position(text.offset(9, 9)) == (1, 1)
    assert text.line_span(9) == (TextPosition(1, 0), TextPosition(1, 1))


def test_lines_move_with_what_is_written_above_them() -> None:
    before, after = "a\nb\nc\nd", "a\nnew\nnew\nb\nc\nd"
    assert [Moved(before, after).line(line) for line in (1, 2, 4)] == [1, 4, 6]


@given(st.text("ab\n🪣", max_size=12), st.text("ab\n🪣", max_size=12))
def test_a_change_makes_the_one_text_of_the_other(before: str, after: str) -> None:
    span, inserted = change(EditorText(before, "utf-32"), after)
    lines = before.split("\n")
    start, end = (sum(len(line) + 1 for line in lines[: at.line]) + at.character for at in span)
    assert before[:start] + inserted + before[end:] == after


def test_the_nearest_configuration_decides(tmp_path: Path) -> None:
    top = tmp_path.resolve()
    write(top, {"assay.yaml": "", "a/assay.yaml": "", "a/b/main.tf": "", "c/main.tf": "", ".git/HEAD": ""})
    assert project_of(str(top / "a/b/main.tf"), [str(top)]) == (str(top / "a"), ".")
    assert project_of(str(top / "c/main.tf"), [str(top)]) == (str(top), ".")
    assert project_of(str(top / "c/main.tf"), [str(top / "c")]) == (str(top), "c")
    assert project_of(str(top / "c/main.tf"), []) == (str(top), ".")


def test_outside_of_folders_and_repositories_a_file_is_a_project(tmp_path: Path) -> None:
    path = write(tmp_path.resolve(), {"main.tf": ""}) / "main.tf"
    assert project_of(str(path), ["/nowhere"]) == (str(path.parent), "main.tf")


def test_what_cannot_be_used_of_the_settings_is_said_and_the_rest_counts() -> None:
    settings, problems = settings_of({"debounce": -1, "severities": {"low": "hint"}, "unknown": "warning", "profil": "x", "waiver_days": 7})
    assert settings == EditorSettings(severities={"low": "hint"}, waiver_days=7)
    assert len(problems) == 3
    assert "did you mean profile?" in problems[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "profile: null",
        "waivers:\n",
        "waivers: # ours\n\n    # the first\n    - {control: a.b, resource: c, owner: d, reason: e, expires: 2020-01-01}\nstrict: true\n",
        "waivers:\n- {control: a.b, resource: c, owner: d, reason: e, expires: 2020-01-01}\n",
    ],
)
def test_an_entry_of_a_configuration_is_read_as_a_waiver(tmp_path: Path, text: str) -> None:
    (result,) = [result for result in Scan(Options(paths=[str(write(tmp_path, {"main.tf": FAILING}))])) if result.control == VERSIONING]
    made = waiving.in_configuration(ShownFinding(result, {}, ""), "assay.yaml", EditorText(text, "utf-32"), 90)
    assert made is not None
    lines = text.splitlines(keepends=True)
    at = sum(map(len, lines[: made.insertion.span.start.line])) + made.insertion.span.start.character
    filled = made.insertion.text.replace('owner: ""', "owner: me").replace('reason: ""', "reason: it is so")
    config = read(write(tmp_path, {"assay.yaml": text[:at] + filled + text[at:]}) / "assay.yaml")
    waiver = next(waiver for waiver in config.accepted if waiver.control == VERSIONING)
    assert waiver.resource == result.resource.address
    assert waiver.expires == datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=90)


def test_waivers_that_are_written_in_one_line_are_left_as_they_are(tmp_path: Path) -> None:
    (result,) = [result for result in Scan(Options(paths=[str(write(tmp_path, {"main.tf": FAILING}))])) if result.control == VERSIONING]
    assert waiving.in_configuration(ShownFinding(result, {}, ""), "assay.yaml", EditorText("waivers: []\n"), 90) is None


def test_text_that_is_not_saved_is_told_as_read(tmp_path: Path) -> None:
    path, entered = str(tmp_path / "main.tf"), list[tuple[str, int]]()
    stage.watch(lambda name, size: entered.append((name, size)), {"lost.tf": "it grew"})
    try:
        unsaved = Unsaved({path: b"locals {}", "lost.tf": b""})
        assert unsaved.read(path, 6) == b"locals"
        with unsaved.content(path) as content:
            assert content == b"locals {}"
        assert entered == [(path, 6), (path, 9)]
        with pytest.raises(stage.LostInput):
            unsaved.read("lost.tf", 1)
    finally:
        stage.watch(None, {})  # type: ignore[arg-type]


def test_files_that_are_kept_parsed_say_what_they_say_now(tmp_path: Path) -> None:
    def verdicts() -> set[tuple[str, str, str]]:
        return {(result.control, result.verdict, result.message) for result in Scan(Options(paths=[str(tmp_path)]))}

    override = 'resource "aws_s3_bucket_versioning" "b" {\n  versioning_configuration {\n    status = "Suspended"\n  }\n}\n'
    states = [
        {"main.tf": PASSING},
        {"main.tf": PASSING, "main_override.tf": override},
        {"main.tf": PASSING, "main_override.tf": override.replace("Suspended", "Enabled")},
        {"main.tf": PASSING, "main_override.tf": "locals {\n  a = 1\n  a = 2\n}\n"},
        {"main.tf": PASSING},
        {"main.tf": FAILING},
    ]
    plain = []
    for files in states:
        for path in tmp_path.iterdir():
            path.unlink()
        write(tmp_path, dict(files))
        plain.append(verdicts())
    KEPT.keep(1 << 20)
    try:
        for _ in range(2):
            for files, expected in zip(states, plain, strict=True):
                for path in tmp_path.iterdir():
                    path.unlink()
                write(tmp_path, dict(files))
                assert verdicts() == expected
    finally:
        KEPT.keep(0)


def test_what_is_looked_at_is_judged_first_and_as_in_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "fixtures/trade_streamer/aws/terraform")
    file = "modules/stack/security_groups.tf"
    options = Options(paths=["environments/dev"], controls=["network.*"])
    rules = Rules(options)
    made, _, _ = targets.sources(options)
    (source,) = [Narrowed(source, [file], ()) for source in made()]
    part, whole = judge_all(iter([source]), rules, lambda name: targets.scope_of(name, options.paths), Watch())
    assert source.parts == 1
    own = {result.fingerprint: result for result in part.results if any(block.file == file for block in result.resource.blocks)}
    assert len(own) > 20
    of_whole = {result.fingerprint: result for result in whole.results}
    assert {key: (result.verdict, result.message) for key, result in own.items()} == {
        key: (of_whole[key].verdict, of_whole[key].message) for key in own
    }


def test_an_editor_that_asks_is_answered_when_it_is_judged(tmp_path: Path) -> None:
    from lsprotocol import types

    document = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    workspace = types.WorkspaceClientCapabilities(diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True))
    encodings = types.GeneralClientCapabilities(position_encodings=["utf-8"])
    editor = Editor([tmp_path], text_document=document, workspace=workspace, general=encodings)
    try:
        assert editor.capabilities.position_encoding == "utf-8"
        path = write(tmp_path, {"other.tf": FAILING.replace('"b"', '"c"')}) / "main.tf"
        text = PASSING.replace('status = "Enabled"', '/* é */ status = "Suspended"')
        editor.open(path, text)
        asked = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(f"file://{path}"))
        told = editor.run(editor.client.text_document_diagnostic_async(asked))
        assert isinstance(told, types.RelatedFullDocumentDiagnosticReport)
        (mark,) = [item for item in told.items if item.code == VERSIONING]
        line = text.split("\n")[mark.range.start.line].encode()
        assert line[mark.range.start.character : mark.range.end.character] == b'status = "Suspended"'
        assert editor.mark(tmp_path / "other.tf", VERSIONING)
        assert editor.marks(path) == []
        editor.until(lambda: editor.refreshed)
    finally:
        editor.stop()


def test_what_is_accepted_is_a_hint_where_somebody_wants_it(tmp_path: Path) -> None:
    def shown(accepted: str, result: Result) -> list[str]:
        store = FindingStore(str(tmp_path))
        store.take(JudgedPart(1, "terraform", ".", [result], []), {})
        marker = Marker(EditorSettings(accepted=accepted), lambda _: EditorText(FAILING))  # type: ignore[arg-type]
        return [mark.shown for mark in marker.marks(str(tmp_path / "main.tf"), [store])]

    (result,) = [result for result in Scan(Options(paths=[str(write(tmp_path, {"main.tf": FAILING}))])) if result.control == VERSIONING]
    waiver = Waived("comment", "", "copied", "", "2030-01-01", "main.tf", 1, "fail")
    for variant in (structs.replace(result, verdict="waived", waiver=waiver), structs.replace(result, standing="known")):
        assert shown("off", variant) == []
        assert shown("hint", variant) == ["hint"]
    assert shown("off", result) == ["error"]


def test_without_the_extra_the_way_out_is_told() -> None:
    code = "import sys; sys.modules['pygls'] = None; sys.modules['lsprotocol'] = None; from assay.scanner.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code, "lsp"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 2
    assert "pip install 'assay[lsp]'" in ran.stderr


def test_nothing_but_the_server_loads_what_speaks_the_protocol() -> None:
    code = "import sys; from assay.scanner.cli import lsp, scan; from assay.scanner.editor import judging; print([m for m in sys.modules if m.startswith(('pygls', 'lsprotocol', 'asyncio'))])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
