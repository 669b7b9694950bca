"""`assay lsp` as an editor meets it: one real server for all of these, with two folders."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from assay import Options, Scan
from tests.editor.client import Editor, applied, replaced, uri_of, written
from tests.scans import FAILING, PASSING, ROOT, UNKNOWN, write

VERSIONING = "storage.versioning-enabled"
OFF = f"controls: {{{VERSIONING}: {{enabled: false, reason: not here}}}}\n"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    top = tmp_path_factory.mktemp("workspace").resolve()
    for name in ("one", "two"):
        (top / name / ".git").mkdir(parents=True)
    write(top / "two", {"assay.yaml": OFF})
    return top / "one", top / "two"


@pytest.fixture(scope="module")
def editor(folders: tuple[Path, Path]) -> Iterator[Editor]:
    workspace = types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
        )
    )
    resolving = types.CodeActionClientCapabilities(resolve_support=types.ClientCodeActionResolveOptions(properties=["edit"]))
    document = types.TextDocumentClientCapabilities(code_action=resolving)
    made = Editor(list(folders), {"debounce": 10, "severitys": {}, "limit_seconds": 1}, workspace=workspace, text_document=document)
    yield made
    made.stop()


@pytest.fixture
def folder(folders: tuple[Path, Path], request: pytest.FixtureRequest) -> Path:
    """A directory of its own in the first folder."""
    made = folders[0] / request.node.name.replace("[", "-").rstrip("]")
    made.mkdir()
    return made


def edit_of(action: types.CodeAction) -> tuple[str, types.TextEdit, bool]:
    """The file of a workspace edit, the insertion, and whether the file is made for it."""
    assert action.edit is not None
    changes = list(action.edit.document_changes or [])
    (edit,) = [change for change in changes if isinstance(change, types.TextDocumentEdit)]
    (insertion,) = edit.edits
    assert isinstance(insertion, types.TextEdit)
    return edit.text_document.uri, insertion, len(changes) > 1


def waivers(actions: list[types.CodeAction]) -> list[types.CodeAction]:
    return [action for action in actions if action.title.startswith("Waive ")]


def mended(editor: Editor, text: str, action: types.CodeAction) -> str:
    """Text with the fix in it that an action is resolved to."""
    resolved = editor.run(editor.client.code_action_resolve_async(action))
    assert resolved.edit is not None
    for change in resolved.edit.document_changes or []:
        assert isinstance(change, types.TextDocumentEdit)
        (edit,) = change.edits
        assert isinstance(edit, types.TextEdit)
        text = replaced(text, edit)
    return text


def test_an_option_that_is_not_there_is_said(editor: Editor) -> None:
    editor.until(lambda: any("'severitys'; did you mean severities?" in said for said in editor.said))


def test_a_defect_is_marked_until_it_is_mended(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    editor.open(path, FAILING)
    mark = editor.mark(path, VERSIONING)
    assert (mark.source, mark.severity) == ("assay", types.DiagnosticSeverity.Error)
    assert written(FAILING, mark.range) == 'resource "aws_s3_bucket" "b" {'
    assert mark.code_description is not None
    assert mark.code_description.href.endswith(f"/docs/controls/{VERSIONING}.md")
    (result,) = [result for result in Scan(Options(paths=[str(write(folder, {"main.tf": FAILING}))])) if result.control == VERSIONING]
    assert mark.data == {"fingerprints": [result.fingerprint]}
    editor.change(path, PASSING)
    editor.gone(path, VERSIONING)


def test_what_is_marked_is_what_a_scan_finds(editor: Editor, folder: Path) -> None:
    text = (ROOT / "fixtures/demo/main.tf").read_text()
    path = write(folder, {"main.tf": text}) / "main.tf"
    editor.open(path)
    fingerprints = {result.fingerprint for result in Scan(Options(paths=[str(folder)])) if result.verdict in ("fail", "unknown", "error")}
    assert len(fingerprints) > 5
    editor.until(lambda: {print_ for mark in editor.marks(path) for print_ in (mark.data or {}).get("fingerprints", [])} == fingerprints)


def test_half_typed_text_keeps_what_was_found(editor: Editor, folder: Path) -> None:
    path, other = folder / "main.tf", write(folder, {"other.tf": FAILING.replace('"b"', '"c"')}) / "other.tf"
    editor.open(path, FAILING)
    before = editor.mark(path, VERSIONING)
    elsewhere = editor.mark(other, VERSIONING)
    editor.change(path, '# a comment\nresource "aws_sqs_queue" {\n  name = \n' + FAILING)
    broken = editor.mark(path, "parse_error")
    assert broken.severity == types.DiagnosticSeverity.Error
    after = editor.mark(path, VERSIONING)
    assert after.range.start.line == before.range.start.line + 3
    assert after.data == before.data
    assert editor.mark(other, VERSIONING) == elsewhere
    editor.change(path, FAILING)
    editor.gone(path, "parse_error")
    assert editor.mark(path, VERSIONING) == before


def test_of_many_changes_the_last_counts(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    editor.open(path, FAILING)
    for number in range(30):
        editor.change(path, f"{FAILING if number % 2 else PASSING}# {number}\n")
        editor.pause(0.02)
    editor.change(path, PASSING)
    editor.gone(path, VERSIONING)
    editor.change(path, FAILING)
    assert editor.mark(path, VERSIONING)


def test_what_is_not_known_is_a_hint_and_no_warning(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    editor.open(path, UNKNOWN)
    mark = editor.mark(path, VERSIONING)
    assert mark.severity == types.DiagnosticSeverity.Hint
    assert "--var-file" in mark.message
    assert written(UNKNOWN, mark.range)
    assert mark.related_information


def test_a_hover_tells_the_evidence_and_makes_no_markup_of_it(editor: Editor, folder: Path) -> None:
    path, text = folder / "main.tf", FAILING.replace("orders", "![x](http://evil.example/a)<b>`*")
    editor.open(path, text)
    mark = editor.mark(path, VERSIONING)
    told = editor.hover(path, mark.range.start)
    assert f"/docs/controls/{VERSIONING}.md" in told
    assert r"\!\[x\]\(http\:\/\/evil\.example\/a\)\<b\>\`\*" in told
    assert "![" not in told
    assert "expected" in told
    assert editor.hover(path, types.Position(3, 0)) == ""


def test_a_waiver_counts_once_its_reason_is_written(editor: Editor, folder: Path) -> None:
    path = write(folder, {"main.tf": FAILING}) / "main.tf"
    editor.open(path)
    (action,) = waivers(editor.actions(path, editor.mark(path, VERSIONING)))
    uri, insertion, _ = edit_of(action)
    assert uri == uri_of(path)
    waived = applied(FAILING, insertion)
    editor.change(path, waived)
    mark = editor.mark(path, "waiver")
    assert "it says no reason" in mark.message
    assert editor.mark(path, VERSIONING)
    editor.change(path, waived.replace('reason=""', 'reason="copied elsewhere"'))
    editor.gone(path, VERSIONING)
    editor.gone(path, "waiver")


def test_a_waiver_of_json_is_an_entry_of_the_configuration(editor: Editor, folder: Path) -> None:
    write(folder, {"assay.yaml": "profile: null\nwaivers:\n- {control: x.y, resource: z, owner: a, reason: b, expires: 2020-01-01}\n"})
    path = write(folder, {"main.tf.json": '{"resource": {"aws_s3_bucket": {"b": {"bucket": "orders"}}}}'}) / "main.tf.json"
    configuration = folder / "assay.yaml"
    editor.open(path, language="json")
    (action,) = waivers(editor.actions(path, editor.mark(path, VERSIONING)))
    uri, insertion, made = edit_of(action)
    assert (uri, made) == (uri_of(configuration), False)
    editor.open(configuration, language="yaml")
    editor.change(configuration, applied(configuration.read_text(), insertion))
    editor.save(configuration)
    refused = editor.mark(configuration, "configuration")
    assert "has no owner" in refused.message
    assert refused.range.start.line == 2
    editor.change(configuration, configuration.read_text().replace('owner: ""', "owner: a").replace('reason: ""', "reason: copied"))
    editor.save(configuration)
    editor.gone(configuration, "configuration")
    editor.gone(path, VERSIONING)


def test_each_folder_has_its_configuration(editor: Editor, folders: tuple[Path, Path], folder: Path) -> None:
    here, there = folder / "main.tf", folders[1] / "main.tf"
    editor.open(there, FAILING)
    editor.open(here, FAILING)
    assert editor.mark(here, VERSIONING)
    assert editor.mark(there, "storage.public-access-blocked")
    editor.gone(there, VERSIONING)


def test_a_file_of_no_folder_is_judged_by_itself(editor: Editor, tmp_path: Path) -> None:
    write(tmp_path, {"beside.tf": FAILING.replace('"b"', '"c"')})
    path = tmp_path / "main.tf"
    editor.open(path, FAILING)
    assert editor.mark(path, VERSIONING)
    assert uri_of(tmp_path / "beside.tf") not in editor.marked


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_columns_count_utf_16(editor: Editor, folder: Path, ending: str) -> None:
    text = PASSING.replace('status = "Enabled"', '/* 🪣🪣 é */ status = "Suspended" # 🪣').replace("\n", ending)
    path = folder / "main.tf"
    editor.open(path, text)
    assert written(text, editor.mark(path, VERSIONING).range) == 'status = "Suspended"'


TEMPLATES = {
    "template.yaml": ("Resources:\n  Orders:\n    Type: AWS::S3::Bucket\n", "Orders:"),
    "template.json": ('{"Resources": {\n"Orders": {"Type": "AWS::S3::Bucket"}}}', '"Orders": {"Type": "AWS::S3::Bucket"}'),
    "manifest.yaml": (
        "apiVersion: storage.cnrm.cloud.google.com/v1beta1\nkind: StorageBucket\nmetadata: {name: orders}\nspec: {location: US}\n",
        "apiVersion",
    ),
    "deployment.yaml": ("resources:\n- name: orders\n  type: storage.v1.bucket\n  properties: {location: US}\n", "- name: orders"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_marked_and_keep_their_marks_while_half_typed(editor: Editor, folder: Path, name: str) -> None:
    text, begin = TEMPLATES[name]
    path = folder / name
    editor.open(path, text, "yaml")
    mark = editor.mark(path, VERSIONING)
    assert begin in written(text, mark.range) or written(text, mark.range) in text
    assert mark.range.start.line > 0 or name == "manifest.yaml"
    editor.change(path, text + '\n"x: [')
    assert editor.mark(path, "parse_error")
    assert editor.mark(path, VERSIONING).data == mark.data
    editor.change(path, "a: 1\n")
    editor.gone(path, VERSIONING)


def test_files_that_are_not_open_are_marked_until_they_are_removed(editor: Editor, folder: Path) -> None:
    path, other = folder / "main.tf", write(folder, {"other.tf": FAILING}) / "other.tf"
    editor.open(path, "locals {}\n")
    assert editor.mark(other, VERSIONING)
    other.unlink()
    editor.altered(other)
    editor.gone(other, VERSIONING)
    write(folder, {"other.tf": FAILING})
    editor.altered(other)
    assert editor.mark(other, VERSIONING)


def test_what_was_not_saved_is_gone_when_a_file_is_closed(editor: Editor, folder: Path) -> None:
    path = write(folder, {"main.tf": PASSING}) / "main.tf"
    editor.open(path, FAILING)
    assert editor.mark(path, VERSIONING)
    editor.close(path)
    editor.gone(path, VERSIONING)


BOMB = """
locals {
  a = [for x in range(1000) : "0123456789"]
  b = [for x in local.a : join("", local.a)]
}
resource "aws_s3_bucket" "b" {
  bucket = join("", [for x in local.b : md5(join("", local.b))])
}
"""


def test_a_bomb_costs_itself(editor: Editor, folder: Path) -> None:
    bomb = folder / "bomb.tf"
    editor.open(bomb, BOMB)
    beside = write(folder / "beside", {"main.tf": FAILING}) / "main.tf"
    editor.open(beside)
    assert editor.mark(beside, VERSIONING)
    said = editor.mark(bomb, "input_failed").message
    assert "takes more" in said or "takes too many steps" in said  # which limit is met first hangs on what the process did before
    editor.close(bomb)


def test_the_server_goes_on_when_the_process_that_judges_is_killed(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    editor.open(path, FAILING)
    assert editor.mark(path, VERSIONING)
    (child,) = Path(f"/proc/{editor.server}/task/{editor.server}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    editor.change(path, PASSING)
    editor.gone(path, VERSIONING)


def test_a_finding_is_explained(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    editor.open(path, FAILING)
    asked = types.ExecuteCommandParams("assay.explain", arguments=editor.mark(path, VERSIONING).data["fingerprints"])
    told = editor.run(editor.client.workspace_execute_command_async(asked))
    assert f"{VERSIONING}: " in told
    assert "What would change the verdict" in told


KEY = 'resource "aws_kms_key" "k" {\n  description = "orders 🪣"\n}\n'
ROTATION = "keys.rotation-and-policy"


def test_a_fix_is_proven_before_it_is_made(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    editor.open(path, KEY)
    mark = editor.mark(path, ROTATION)
    (action,) = [action for action in editor.actions(path, mark) if action.title.startswith("Fix ")]
    assert action.edit is None
    text = mended(editor, KEY, action)
    assert text != KEY
    editor.change(path, text)
    editor.gone(path, ROTATION)


def test_all_that_is_safe_is_fixed_at_once(editor: Editor, folder: Path) -> None:
    path = folder / "main.tf"
    text = KEY + KEY.replace('"k"', '"l"')
    editor.open(path, text)
    editor.until(lambda: [mark.code for mark in editor.marks(path)].count(ROTATION) == 2)
    context = types.CodeActionContext([], only=["source.fixAll"])
    asked = types.CodeActionParams(types.TextDocumentIdentifier(uri_of(path)), editor.marks(path)[0].range, context)
    (action,) = editor.run(editor.client.text_document_code_action_async(asked)) or []
    assert isinstance(action, types.CodeAction)
    assert action.kind == "source.fixAll.assay"
    text = mended(editor, text, action)
    assert text.count("enable_key_rotation") == 2
    editor.change(path, text)
    editor.gone(path, ROTATION)
