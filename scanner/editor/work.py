"""Judging one project as it changes: what waits, what is being judged, what is known."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from assay.scanner import lazy_re
from assay.scanner.config import DEFAULT_FILE
from assay.scanner.editor.marks import EditorMark
from assay.scanner.editor.messages import CannotJudge, Finished, JudgedPart, JudgeRequest
from assay.scanner.editor.positions import EditorText
from assay.scanner.editor.process import Unanswered
from assay.scanner.editor.projects import Project
from assay.scanner.editor.store import FindingStore
from assay.scanner.sources.overlay import inside
from assay.scanner.words import visible

if TYPE_CHECKING:
    from assay.scanner.editor.session import Session

_PLACE = lazy_re.pattern(r"(?P<file>[^\n:]+)(?::(?P<line>\d{1,9}))?: ")
"""How errors of a configuration begin, after the path relative to the project."""
_PATIENCE = 10.0
"""Seconds that somebody who asks is kept waiting."""


class ProjectWork:
    """One project. At most one request of it is judged at a time; a change ends it, and what it was about is judged with the change."""

    def __init__(self, project: Project, session: Session) -> None:
        self.project, self._session = project, session
        self.store = FindingStore(project.directory)
        self._waiting: set[str] = set()
        self._due, self._anew, self._number = 0.0, True, 0
        self._refused = ""
        self._task: asyncio.Task[None] | None = None
        self._shown = asyncio.Event()
        """What people look at is judged as it is now."""

    def touch(self, path: str, delay: float, anew: bool) -> None:
        """A file changed: judge what it touches, in so many seconds."""
        self._waiting.add(path)
        self._anew |= anew
        self._due = asyncio.get_running_loop().time() + delay
        self._shown.clear()
        self._session.process.cancel(self._number)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Judge nothing more."""
        self._session.process.cancel(self._number)
        if self._task is not None:
            self._task.cancel()
        self._shown.set()

    async def settled(self) -> None:
        """Wait until what people look at is judged as it is now, or for as long as anybody waits."""
        if self._task is not None and not self._task.done():
            try:
                await asyncio.wait_for(self._shown.wait(), _PATIENCE)
            except TimeoutError:
                return

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            if (delay := self._due - loop.time()) > 0:
                await asyncio.sleep(delay)
                continue
            changed: set[str] = set()
            try:
                finished = await self._judge(changed)
            except Unanswered as lost:
                self._session.tell(str(lost))
                finished = True
            except Exception as error:  # a defect of ours ends nothing but this
                self._session.tell(f"what was judged cannot be shown ({type(error).__name__})")
                finished = True
            if not finished:
                self._waiting |= changed
        self._shown.set()

    def _request(self, changed: set[str]) -> tuple[JudgeRequest, dict[str, str]]:
        """What is to be judged now, made when its turn comes; and the texts that it is about. `changed` takes the files."""
        changed |= self._waiting
        self._waiting = set()
        directory, documents = self.project.directory, self._session.documents
        looked_at = [path for path in documents if inside(path, directory)]
        addresses = {seen.result.resource.address for path in looked_at for seen in self.store.findings(path)}
        self._number = next(self._session.numbers)
        anew, self._anew = self._anew, False
        request = JudgeRequest(
            number=self._number, directory=directory, path=self.project.path, changed=tuple(sorted(changed)), first=tuple(looked_at),
            addresses=tuple(sorted(addresses)), unsaved=documents.unsaved(), anew=anew, chosen=self._session.settings.chosen,
        )  # fmt: skip
        return request, documents.texts()

    async def _judge(self, changed: set[str]) -> bool:
        """Judge what waits; whether it was judged to its end."""
        texts: dict[str, str] = {}

        def make() -> JudgeRequest:
            request, now = self._request(changed)
            texts.update(now)
            return request

        finished = True
        async for message in self._session.process.judge(make):
            if isinstance(message, JudgedPart):
                self._refuse("")
                self._session.publish(self.store.take(message, texts) | changed.intersection(self._session.documents))
                if message.files:
                    self._shown.set()
            elif isinstance(message, CannotJudge):
                self._refuse(message.reason)
            else:
                finished = self._finished(message, texts)
        return finished

    def _finished(self, message: Finished, texts: dict[str, str]) -> bool:
        self._number = 0
        if message.cancelled:
            return False
        self._refuse("")
        self._session.publish(self.store.keep(message.roots) | self.store.take_waivers(message.waivers, texts))
        return True

    def _refuse(self, reason: str) -> None:
        if reason == self._refused:
            return
        self._refused = reason
        if reason:
            self._session.tell(reason)
        self._session.publish([os.path.join(self.project.directory, DEFAULT_FILE)])

    def refused_at(self, path: str) -> bool:
        """Whether a file is the configuration for which nothing can be judged."""
        return bool(self._refused) and path == os.path.join(self.project.directory, DEFAULT_FILE)

    def refusal(self, path: str, text: EditorText) -> EditorMark | None:
        """Why nothing can be judged, at its place in the configuration."""
        if not self.refused_at(path):
            return None
        place = _PLACE.match(self._refused)
        own = place is not None and place["file"] == DEFAULT_FILE
        line = int(place["line"]) if place is not None and own and place["line"] else 1
        return EditorMark(span=text.line_span(line), shown="error", message=visible(self._refused[:2_000]), code="configuration")
