"""An editor for the tests: pygls' client, which talks to a real `assay lsp` over its standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path, to_fs_path

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds: other tests may keep the processor busy."""
SERVER = (sys.executable, "-P", "-c", "from assay.scanner.cli import main; main()", "lsp", "--stdio")


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or ""


class Editor:
    """One editor with its server. Text is sent whole, as the server asks for."""

    def __init__(self, folders: list[Path], options: dict[str, Any] | None = None, **capabilities: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("tests", "1")
        self.marked: dict[str, list[types.Diagnostic]] = {}
        self.versions: dict[str, int | None] = {}
        self.told: Callable[[str, int | None], object] = lambda _uri, _version: None
        """Is told of each answer on a file."""
        self.said: list[str] = []
        self.refreshed = 0
        self._open: dict[str, tuple[int, str]] = {}
        client = self.client

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.marked[params.uri], self.versions[params.uri] = list(params.diagnostics), params.version
            self.told(params.uri, params.version)

        @client.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            self.said.append(params.message)

        @client.feature(types.WINDOW_LOG_MESSAGE)
        def logged(params: types.LogMessageParams) -> None:
            self.said.append(params.message)

        @client.feature(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        def refreshed(_params: None) -> None:
            self.refreshed += 1

        self.run(client.start_io(*SERVER))
        workspace = [types.WorkspaceFolder(uri_of(folder), folder.name) for folder in folders]
        asked = types.InitializeParams(
            capabilities=types.ClientCapabilities(**capabilities), workspace_folders=workspace, initialization_options=options
        )
        self.capabilities = self.run(client.initialize_async(asked)).capabilities
        client.initialized(types.InitializedParams())

    @property
    def server(self) -> int:
        """The process id of the server."""
        process = self.client._server
        assert process is not None
        return process.pid

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, PATIENCE))

    def open(self, path: Path, text: str | None = None, language: str = "terraform") -> None:
        text = path.read_bytes().decode() if text is None else text
        self._open[uri_of(path)] = 1, text
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri_of(path), language, 1, text)))

    def change(self, path: Path, text: str) -> int:
        """The version of the text."""
        version = self._open[uri_of(path)][0] + 1
        self._open[uri_of(path)] = version, text
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri_of(path)), [types.TextDocumentContentChangeWholeDocument(text)]
            )
        )
        return version

    def save(self, path: Path) -> None:
        path.write_bytes(self._open[uri_of(path)][1].encode())
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri_of(path))))

    def close(self, path: Path) -> None:
        self._open.pop(uri_of(path))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri_of(path))))

    def altered(self, *paths: Path) -> None:
        """Files were written or removed by another program."""
        events = [types.FileEvent(uri_of(path), types.FileChangeType.Changed) for path in paths]
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    def until(self, holds: Callable[[], T]) -> T:
        """Wait until something holds, and give it."""

        async def wait() -> T:
            while not (message := holds()):
                await asyncio.sleep(0.01)
            return message

        try:
            return self.run(wait())
        except TimeoutError:
            raise AssertionError(f"not so in {PATIENCE:g} s; marked: {self.codes()}; said: {self.said}") from None

    def pause(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def marks(self, path: Path) -> list[types.Diagnostic]:
        return self.marked.get(uri_of(path), [])

    def codes(self) -> dict[str, list[object]]:
        """What is marked where."""
        return {Path(to_fs_path(uri) or uri).name: sorted(str(mark.code) for mark in marks) for uri, marks in self.marked.items()}

    def mark(self, path: Path, code: str) -> types.Diagnostic:
        """The mark of a control in a file, once it is there."""
        return self.until(lambda: next((mark for mark in self.marks(path) if mark.code == code), None))  # type: ignore[return-value]

    def gone(self, path: Path, code: str) -> None:
        """Wait until a version that was judged has no mark of a control."""
        version = self._open[uri_of(path)][0] if uri_of(path) in self._open else None
        self.until(
            lambda: (
                uri_of(path) in self.marked
                and self.versions[uri_of(path)] == version
                and all(mark.code != code for mark in self.marks(path))
            )
        )

    def hover(self, path: Path, position: types.Position) -> str:
        asked = types.HoverParams(types.TextDocumentIdentifier(uri_of(path)), position)
        answer = self.run(self.client.text_document_hover_async(asked))
        return answer.contents.value if answer is not None and isinstance(answer.contents, types.MarkupContent) else ""

    def actions(self, path: Path, mark: types.Diagnostic) -> list[types.CodeAction]:
        """The edits that are offered for a mark; lsprotocol reads what has a command as no action."""
        asked = types.CodeActionParams(types.TextDocumentIdentifier(uri_of(path)), mark.range, types.CodeActionContext([mark]))
        answer = self.run(self.client.text_document_code_action_async(asked)) or []
        return [action for action in answer if isinstance(action, types.CodeAction) and mark in (action.diagnostics or [])]

    def stop(self) -> None:
        self.run(self.client.shutdown_async(None))
        self.client.exit(None)
        self.run(self.client.stop())
        self.loop.close()


def written(text: str, range_: types.Range) -> str:
    """What stands in a range of one line or more, whose columns count UTF-16."""
    lines = text.replace("\r\n", "\n").split("\n")
    if range_.start.line != range_.end.line:
        lines = ["\n".join(lines[range_.start.line : range_.end.line + 1])]
        return lines[0]
    line = lines[range_.start.line].encode("utf-16-le")
    return line[2 * range_.start.character : 2 * range_.end.character].decode("utf-16-le")


def applied(text: str, edit: types.TextEdit) -> str:
    """Text after an insertion at the beginning of a line."""
    lines = text.splitlines(keepends=True)
    assert edit.range.start == edit.range.end
    assert edit.range.start.character == 0
    return "".join([*lines[: edit.range.start.line], edit.new_text, *lines[edit.range.start.line :]])


def replaced(text: str, edit: types.TextEdit) -> str:
    """Text with an edit in it, whose columns count UTF-16."""
    lines = text.splitlines(keepends=True)

    def offset(position: types.Position) -> int:
        before = "".join(lines[: position.line])
        line = lines[position.line] if position.line < len(lines) else ""
        return len(before) + len(line.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le"))

    return text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
