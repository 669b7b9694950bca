"""What happens in an editor, and what is said to it: without the protocol that carries both."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from assay.scanner.config import DEFAULT_FILE
from assay.scanner.editor import hover, waiving
from assay.scanner.editor.documents import Documents, real
from assay.scanner.editor.marks import EditorMark, Marker
from assay.scanner.editor.messages import CannotJudge, Explain, Explained, Mend, Mended
from assay.scanner.editor.positions import EditorText, TextChange, TextPosition, TextSpan, change, moved
from assay.scanner.editor.process import JudgingProcess, Unanswered
from assay.scanner.editor.projects import Project, project_of
from assay.scanner.editor.settings import EditorSettings
from assay.scanner.editor.store import FindingStore, ShownFinding
from assay.scanner.editor.work import ProjectWork
from assay.scanner.sources.listing import excluded
from assay.scanner.words import visible

TextOf: TypeAlias = Callable[[str], EditorText | None]


class Client(Protocol):
    """The editor, as far as it is spoken to unasked."""

    def publish(self, path: str, uri: str, version: int | None, marks: Sequence[EditorMark]) -> None:
        """Show these marks in a file, in the place of all before. `uri`: how the editor calls it; empty where it is not open."""

    def log(self, message: str) -> None:
        """Write to the log."""

    def warn(self, message: str) -> None:
        """Show a message that somebody should see."""

    def refresh(self) -> None:
        """What was asked for is another now."""


class Session:
    """An editor with its folders and open files, and what is found in them."""

    def __init__(self, client: Client, command: Sequence[str]) -> None:
        """`command` starts the process that judges."""
        self.client, self.settings, self.folders = client, EditorSettings(), list[str]()
        self.documents = Documents()
        self.pulls = False
        """The editor asks for what is found in open files; else it is told."""
        self.process = JudgingProcess(command, lambda reason: self._tell(f"not judged: {reason}"))
        self.numbers = itertools.count(1)
        self._works: dict[Project, ProjectWork] = {}
        self._published: dict[str, list[EditorMark]] = {}
        self._told: set[str] = set()

    # What happens

    def opened(self, path: str, uri: str, version: int, text: str) -> None:
        """A file is open from now on."""
        self.documents.open(path, uri, version, text)
        if self.pulls and self._published.pop(path, []):
            self.client.publish(path, uri, None, [])  # what it was told while the file was not open, it asks for from now on
        if not _is_configuration(path):
            self.judge([path], anew=True)
        self.publish([path])

    def changed(self, path: str, version: int, text: str) -> None:
        """A file that is open has another text."""
        self.documents.change(path, version, text)
        self.judge([path], delay=self.settings.debounce / 1000)

    def saved(self, path: str) -> None:
        """A file that is open was written to disk."""
        self.documents.save(path)
        self.judge([path], anew=True)

    def closed(self, path: str) -> None:
        """A file is not open any more; what was not saved of it is gone."""
        document = self.documents.close(path)
        if not os.path.exists(path):
            self._forget(path)
        if document is not None and not document.saved:
            self.judge([path], anew=True)
        self.publish([path])

    def altered(self, paths: Iterable[str]) -> None:
        """Files were made, written or removed outside of the editor."""
        changed = [path for path in paths if self.documents.get(path) is None and not any(map(excluded, path.split(os.sep)[1:-1]))]
        for path in changed:
            if not os.path.lexists(path):
                self._forget(path)
        self.judge([path for path in changed if _is_configuration(path) or project_of(path, self.folders) in self._works], anew=True)

    def moved(self, folders: Iterable[str]) -> None:
        """Other folders are open from now on: files may be of other projects."""
        self.folders = [real(folder) for folder in folders]
        self._again()

    def judge(self, paths: Iterable[str], delay: float = 0.0, anew: bool = False) -> None:
        """Have judged what a change of some files touches."""
        paths = list(paths)
        if any(map(_is_configuration, paths)) and not delay:  # it counts as it is on disk
            self._again()
        for path in paths:
            if not _is_configuration(path):
                self._work(path).touch(path, delay, anew)

    def _work(self, path: str) -> ProjectWork:
        project = project_of(path, self.folders)
        if project not in self._works:
            self._works[project] = ProjectWork(project, self)
        return self._works[project]

    def _again(self) -> None:
        """Judge everything that is open anew: configurations or folders are others. What is known of a project stays until then."""
        before = self._works
        code = [path for path in self.documents if not _is_configuration(path)]
        projects = {project_of(path, self.folders) for path in code}
        self._works = {project: work for project, work in before.items() if project in projects}
        for path in code:
            self._work(path).touch(path, 0.0, True)
        gone = [work for project, work in before.items() if project not in projects]
        for work in gone:
            work.stop()
        self.publish({file for work in gone for file in work.store.files()})

    def _forget(self, path: str) -> None:
        for work in self._works.values():
            work.store.forget(path)
        self.publish([path])

    # What is said

    def publish(self, paths: Iterable[str]) -> None:
        """Say what is found in some files, unless it was said before."""
        text_of, asked = self._texts(), False
        for path in paths:
            document = self.documents.get(path)
            if document is not None and self.pulls:
                asked = True
                continue
            marks = self.marks(path, text_of)
            if document is None and _alike(marks, self._published.get(path, [])):
                continue
            self._published[path] = marks
            version = document.version if document is not None else None
            self.client.publish(path, document.uri if document is not None else "", version, marks)
        if asked:
            self.client.refresh()

    def marks(self, path: str, text_of: TextOf | None = None) -> list[EditorMark]:
        """What is found in a file, as far as it is judged."""
        text_of = text_of or self._texts()
        works = [work for work in self._works.values() if work.store.knows(path) or work.refused_at(path)]
        marks = Marker(self.settings, text_of).marks(path, [work.store for work in works]) if works else []
        text = text_of(path) if works else None
        return marks + [mark for work in works if text is not None and (mark := work.refusal(path, text)) is not None]

    def _texts(self) -> TextOf:
        """The texts of files, each read once: places of evidence are in few files."""
        return functools.lru_cache(64)(self.documents.text_of)

    async def asked(self, path: str) -> list[EditorMark]:
        """What is found in a file, once it is judged."""
        await self._work(path).settled()
        return self.marks(path)

    def _tell(self, message: str) -> None:
        """Log what went wrong, and show it where it is new."""
        message = visible(message[:2_000])
        self.client.log(message)
        if message not in self._told:
            self._told.add(message)
            self.client.warn(f"Assay: {message}")

    def tell(self, message: str) -> None:
        """Say that something could not be judged."""
        self._tell(message)

    # What is asked

    def hover(self, path: str, position: TextPosition) -> str:
        """All of what is found at a position, as Markdown; empty where nothing is."""
        why = {control: text for work in self._works.values() for control, text in work.store.why.items()}
        return hover.markdown([mark for mark in self.marks(path) if mark.span.holds(position)], why)

    def at(self, path: str, span: TextSpan) -> list[EditorMark]:
        """The marks of findings that touch a span."""
        return [mark for mark in self.marks(path) if mark.findings and mark.span.start <= span.end and span.start <= mark.span.end]

    def waivers(self, mark: EditorMark) -> list[waiving.Waiving]:
        """How a finding can be accepted for a time."""
        seen, days = mark.findings[0], self.settings.waiver_days
        store = next((work.store for work in self._works.values() if work.store.has(seen)), None)
        if store is None:
            return []
        comment = self._comment(seen, store, days)
        if comment is not None:
            return [comment]
        path = os.path.join(store.directory, DEFAULT_FILE)
        entry = waiving.in_configuration(seen, path, self.documents.text_of(path), days)
        return [entry] if entry is not None else []

    def _comment(self, seen: ShownFinding, store: FindingStore, days: int) -> waiving.Waiving | None:
        block = waiving.block_of(seen)
        text = self.documents.text_of(store.path(block.file)) if block is not None else None
        if block is None or block.start_line is None or text is None:
            return None
        then = seen.texts.get(store.path(block.file))
        line = block.start_line if then is None else moved(then, text.text).line(block.start_line)
        return waiving.in_comment(seen, store, text, line, days)

    async def explain(self, fingerprint: str) -> str:
        """A finding as `assay explain` tells it; empty where it is not known."""
        for work in list(self._works.values()):
            answer = await self._ask(Explain(next(self.numbers), work.project.directory, fingerprint))
            if isinstance(answer, Explained) and answer.text:
                return answer.text
        return ""

    def fixable(self, marks: Iterable[EditorMark]) -> list[str]:
        """The fingerprints of the failures among some marks whose controls say how they are fixed."""
        fixable = {control for work in self._works.values() for control in work.store.fixable}
        failing = (seen.result for mark in marks for seen in mark.findings if seen.result.verdict == "fail")
        return list(dict.fromkeys(result.fingerprint for result in failing if result.control in fixable))

    async def mend(self, path: str, fingerprints: Sequence[str], decided: bool) -> dict[str, TextChange]:
        """The changes by which findings in a file are gone and nothing is worse, by the files that they are in; none where that is not
        proven. `decided`: somebody chose this one, which may be none that is safe."""
        project, texts = self._work(path).project, self.documents.texts()
        asked = Mend(
            next(self.numbers),
            project.directory,
            project.path,
            tuple(fingerprints),
            self.documents.unsaved(),
            self.settings.chosen,
            decided,
        )
        answer = await self._ask(asked)
        if not isinstance(answer, Mended):
            return {}
        if decided or not answer.files:
            self.client.warn(f"Assay: {visible('; '.join(answer.told)[:2_000])}")
        if texts != self.documents.texts():  # proven of text that is no more
            return {}
        made = ((file, self.documents.text_of(file), content) for file, content in answer.files.items())
        return {file: change(text, content.decode("utf-8", "replace")) for file, text, content in made if text is not None}

    async def _ask(self, asked: Explain | Mend) -> Explained | Mended | None:
        try:
            answer = await self.process.ask(asked)
        except Unanswered as lost:
            self._tell(f"not judged: {lost}")
            return None
        if isinstance(answer, CannotJudge):
            self._tell(answer.reason)
            return None
        return answer

    async def stop(self) -> None:
        """End everything."""
        for work in self._works.values():
            work.stop()
        await self.process.stop()


def _alike(marks: Sequence[EditorMark], others: Sequence[EditorMark]) -> bool:
    """Whether an editor would show the same."""
    return [_shown(mark) for mark in marks] == [_shown(mark) for mark in others]


def _shown(mark: EditorMark) -> object:
    return mark.span, mark.shown, mark.message, mark.code, mark.related, mark.fingerprints


def _is_configuration(path: str) -> bool:
    return os.path.basename(path) == DEFAULT_FILE
