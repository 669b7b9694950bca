"""The Language Server Protocol, by pygls; nothing else of ours imports it.

Text comes whole with each change: pygls divides lines at more characters than the protocol does, by which a change of a part could be put
in the wrong place. https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from assay.scanner import __version__
from assay.scanner.editor.documents import real
from assay.scanner.editor.marks import EditorMark
from assay.scanner.editor.positions import Encoding, TextChange, TextPosition, TextSpan
from assay.scanner.editor.session import Session
from assay.scanner.editor.settings import settings_of
from assay.scanner.editor.waiving import Insertion

EXPLAIN = "assay.explain"
FIX_ALL = "source.fixAll.assay"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_WATCHED = "**/*.{tf,tofu,tfvars,json,yaml,yml,template,cfn,jinja,jinja2,j2}"


class EditorServer:
    """A server for one editor, on standard input and output."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` starts the process that judges."""
        self._server = LanguageServer("assay", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self._session = Session(self, command)
        self._register()

    def run(self) -> None:
        """Serve until the editor ends it."""
        self._server.start_io()

    # What the session says

    def publish(self, path: str, uri: str, version: int | None, marks: Sequence[EditorMark]) -> None:
        """Show these marks in a file."""
        uri = uri or from_fs_path(path) or ""
        diagnostics = list(map(self._diagnostic, marks))
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))

    def log(self, message: str) -> None:
        """Write to the editor's log."""
        self._server.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))

    def warn(self, message: str) -> None:
        """Show a message."""
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def refresh(self) -> None:
        """Have the editor ask again."""
        self._server.workspace_diagnostic_refresh(None)

    def _diagnostic(self, mark: EditorMark) -> types.Diagnostic:
        related = [
            types.DiagnosticRelatedInformation(types.Location(self._uri(other.path), _range(other.span)), other.message)
            for other in mark.related
        ]
        return types.Diagnostic(
            range=_range(mark.span),
            message=mark.message,
            severity=_SEVERITIES[mark.shown],
            code=mark.code,
            code_description=types.CodeDescription(mark.page) if mark.page else None,
            source="assay",
            related_information=related or None,
            data={"fingerprints": list(mark.fingerprints)} if mark.findings else None,
        )

    def _uri(self, path: str) -> str:
        document = self._session.documents.get(path)
        return document.uri if document is not None else from_fs_path(path) or ""

    # What the editor says

    def _register(self) -> None:
        handlers: dict[str, Callable[..., object]] = {
            types.INITIALIZE: self._initialize,
            types.INITIALIZED: self._initialized,
            types.SHUTDOWN: self._shutdown,
            types.TEXT_DOCUMENT_DID_OPEN: self._did_open,
            types.TEXT_DOCUMENT_DID_CHANGE: self._did_change,
            types.TEXT_DOCUMENT_DID_SAVE: self._did_save,
            types.TEXT_DOCUMENT_DID_CLOSE: self._did_close,
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._did_change_watched_files,
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._did_change_folders,
            types.TEXT_DOCUMENT_HOVER: self._hover,
        }
        for name, handler in handlers.items():
            self._feature(name, handler)
        kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True)
        self._feature(types.TEXT_DOCUMENT_CODE_ACTION, self._code_actions, kinds)
        self._feature(types.CODE_ACTION_RESOLVE, self._resolve)
        self._server.command(EXPLAIN)(functools.partial(self._explain))

    def _feature(self, name: str, handler: Callable[..., object], options: object = None) -> None:
        self._server.feature(name, options)(functools.partial(handler))  # of which the library keeps notes, as methods keep none

    def _initialize(self, params: types.InitializeParams) -> None:
        session = self._session
        session.settings, problems = settings_of(params.initialization_options)
        session.documents.encoding = _encoding(self._server.workspace.position_encoding)
        folders = [folder.uri for folder in params.workspace_folders or []] or ([params.root_uri] if params.root_uri else [])
        session.moved(filter(None, map(to_fs_path, folders)))
        capabilities = params.capabilities
        session.pulls = bool(
            capabilities.text_document
            and capabilities.text_document.diagnostic
            and capabilities.workspace
            and capabilities.workspace.diagnostics
            and capabilities.workspace.diagnostics.refresh_support
        )
        if session.pulls:
            options = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False, identifier="assay")
            self._feature(types.TEXT_DOCUMENT_DIAGNOSTIC, self._diagnostics, options)
        for problem in problems:
            self.warn(f"Assay: {problem}")

    async def _initialized(self, params: types.InitializedParams) -> None:
        workspace = self._server.client_capabilities.workspace
        if workspace and workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
            watching = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            wanted = types.Registration("assay-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watching)
            self._server.client_register_capability(types.RegistrationParams([wanted]))
        await self._session.process.start()

    async def _shutdown(self, params: None) -> None:
        await self._session.stop()

    def _did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        if path := _path(document.uri):
            self._session.opened(path, document.uri, document.version, document.text)

    def _did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        if path := _path(params.text_document.uri):
            text = self._server.workspace.get_text_document(params.text_document.uri).source
            self._session.changed(path, params.text_document.version, text)

    def _did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        if path := _path(params.text_document.uri):
            self._session.saved(path)

    def _did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        if path := _path(params.text_document.uri):
            self._session.closed(path)

    def _did_change_watched_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        self._session.altered(path for change in params.changes if (path := _path(change.uri)))

    def _did_change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        self._session.moved(filter(None, map(to_fs_path, self._server.workspace.folders)))

    # What the editor asks

    async def _diagnostics(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        path = _path(params.text_document.uri)
        marks = await self._session.asked(path) if path else []
        return types.RelatedFullDocumentDiagnosticReport(items=list(map(self._diagnostic, marks)))

    def _hover(self, params: types.HoverParams) -> types.Hover | None:
        path = _path(params.text_document.uri)
        told = self._session.hover(path, _position(params.position)) if path else ""
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, told)) if told else None

    def _code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        path, span = _path(params.text_document.uri), TextSpan(_position(params.range.start), _position(params.range.end))
        only = params.context.only
        actions: list[types.CodeAction] = []
        if path and _wants(only, types.CodeActionKind.QuickFix):
            for mark in self._session.at(path, span):
                actions += self._quick_fixes(path, mark)
        if path and _wants(only, FIX_ALL) and self._resolves:
            safe = self._session.fixable(self._session.marks(path))
            fix_all = types.CodeAction("Fix all that is safe (Assay)", FIX_ALL, data=_asked(path, safe, False))
            actions += [fix_all] if safe else []
        return actions

    def _quick_fixes(self, path: str, mark: EditorMark) -> Iterator[types.CodeAction]:
        kind, diagnostics = types.CodeActionKind.QuickFix, [self._diagnostic(mark)]
        if self._resolves and (fingerprints := self._session.fixable([mark])):
            yield types.CodeAction(
                f"Fix {mark.code}, as far as that is proven", kind, diagnostics, data=_asked(path, fingerprints[:1], True)
            )
        for waiving in self._session.waivers(mark):
            if not waiving.insertion.creates or self._can_create:
                yield types.CodeAction(waiving.title, kind, diagnostics, edit=self._workspace_edit(waiving.insertion))
        explain = types.Command(f"Explain {mark.code}", EXPLAIN, arguments=list(mark.fingerprints[:1]))
        yield types.CodeAction(explain.title, kind, diagnostics, command=explain)

    async def _resolve(self, action: types.CodeAction) -> types.CodeAction:
        """The edit of a fix, which is proven only now that somebody wants it."""
        asked = action.data if isinstance(action.data, dict) else {}
        path, fingerprints = asked.get("path"), asked.get("fingerprints")
        if isinstance(path, str) and isinstance(fingerprints, list) and fingerprints:
            changes = await self._session.mend(path, list(map(str, fingerprints)), bool(asked.get("decided")))
            edits = [self._edit(file, change) for file, change in changes.items()]
            action.edit = types.WorkspaceEdit(document_changes=edits) if self._versions else _unversioned(edits)
        return action

    def _edit(self, path: str, change: TextChange) -> types.TextDocumentEdit:
        document = self._session.documents.get(path)
        versioned = types.OptionalVersionedTextDocumentIdentifier(self._uri(path), document.version if document is not None else None)
        return types.TextDocumentEdit(versioned, [types.TextEdit(_range(change.span), change.text)])

    def _workspace_edit(self, insertion: Insertion) -> types.WorkspaceEdit:
        edit = self._edit(insertion.path, TextChange(insertion.span, insertion.text))
        if not self._versions:
            return _unversioned([edit])
        uri = edit.text_document.uri
        created = [types.CreateFile(uri, options=types.CreateFileOptions(ignore_if_exists=True))] if insertion.creates else []
        return types.WorkspaceEdit(document_changes=[*created, edit])

    @property
    def _versions(self) -> bool:
        """Whether the editor takes edits of versions of files."""
        workspace = self._server.client_capabilities.workspace
        return bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)

    @property
    def _resolves(self) -> bool:
        """Whether the editor asks for the edit of an action once somebody chose it."""
        document = self._server.client_capabilities.text_document
        support = document.code_action.resolve_support if document and document.code_action else None
        return support is not None and "edit" in support.properties

    @property
    def _can_create(self) -> bool:
        """Whether the editor makes files that an edit needs."""
        workspace = self._server.client_capabilities.workspace
        operations = workspace.workspace_edit.resource_operations if workspace and workspace.workspace_edit else None
        return types.ResourceOperationKind.Create in (operations or ())

    async def _explain(self, fingerprint: str) -> str:
        told = await self._session.explain(fingerprint)
        if told:
            self._server.window_show_message(types.ShowMessageParams(types.MessageType.Info, told))
        return told


def _wants(only: Sequence[types.CodeActionKind | str] | None, kind: str) -> bool:
    """Whether an editor asks for actions of a kind: a kind is asked for by each that it begins with."""
    names = [str(getattr(wanted, "value", wanted)) for wanted in only or ()]
    kind = str(getattr(kind, "value", kind))
    return only is None or any(kind == name or kind.startswith(f"{name}.") for name in names)


def _asked(path: str, fingerprints: Sequence[str], decided: bool) -> dict[str, object]:
    return {"path": path, "fingerprints": list(fingerprints), "decided": decided}


def _unversioned(edits: Sequence[types.TextDocumentEdit]) -> types.WorkspaceEdit:
    return types.WorkspaceEdit(
        changes={edit.text_document.uri: [text_edit for text_edit in edit.edits if isinstance(text_edit, types.TextEdit)] for edit in edits}
    )


def _path(uri: str) -> str:
    """The real path of a file that an editor names; empty for what is no file."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return real(path) if path else ""


def _encoding(named: object) -> Encoding:
    value = str(getattr(named, "value", named))
    return "utf-8" if value == "utf-8" else "utf-32" if value == "utf-32" else "utf-16"


def _position(position: types.Position) -> TextPosition:
    return TextPosition(position.line, position.character)


def _range(span: TextSpan) -> types.Range:
    return types.Range(types.Position(*span.start), types.Position(*span.end))
