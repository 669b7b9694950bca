"""The process that judges, as the server sees it: started where it is needed, and again where it was lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from msgspec import structs

from assay.scanner.editor.messages import (
    Cancel,
    CannotJudge,
    Explain,
    Explained,
    Finished,
    JudgedPart,
    JudgeRequest,
    Mend,
    Mended,
    PartEntered,
)
from assay.scanner.options import Limits
from assay.scanner.worker.endings import killed
from assay.scanner.worker.wire import Damaged, Messages, encoded

MAX_LOSSES = 4
"""Processes that may be lost over one request; what is left of it is then not judged."""
_CHUNK = 1 << 20


class Unanswered(Exception):
    """Why a request was not answered to its end."""


class JudgingProcess:
    """Answers one request after the other."""

    def __init__(self, command: Sequence[str], lost: Callable[[str], None]) -> None:
        """`command` starts the process; `lost` is told of each loss, in a sentence."""
        self._command, self._lost = command, lost
        self._process: asyncio.subprocess.Process | None = None
        self._messages = Messages()
        self._turn = asyncio.Lock()
        self._at: JudgeRequest | None = None

    async def judge(self, make: Callable[[], JudgeRequest]) -> AsyncIterator[JudgedPart | Finished | CannotJudge]:
        """What is said of a request, as it comes; `make` gives it when its turn comes. Raises Lost."""
        async with self._turn:
            self._at = request = make()
            try:
                async for message in self._answers(request):
                    yield message
            finally:
                self._at = None

    async def start(self) -> None:
        """Start it before anything is asked."""
        async with self._turn:
            await self._started()

    def cancel(self, number: int) -> None:
        """Nobody waits for a request any more."""
        if self._at is not None and self._at.number == number and self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self._process.stdin.write(encoded(Cancel(number)))

    async def ask(self, asked: Explain | Mend) -> Explained | Mended | CannotJudge:
        """The answer to what somebody waits for. Raises Lost."""
        async with self._turn:
            process = await self._started()
            await self._ask(process, asked)
            async for message in self._read(process):
                if isinstance(message, (Explained, Mended, CannotJudge)) and message.number == asked.number:
                    return message
            raise Unanswered(await self._ended(process, None))

    async def _answers(self, request: JudgeRequest) -> AsyncIterator[JudgedPart | Finished | CannotJudge]:
        for _ in range(MAX_LOSSES):
            process, at = await self._started(), ""
            await self._ask(process, request)
            async for message in self._read(process):
                if isinstance(message, PartEntered):
                    at = message.name or at
                elif isinstance(message, (JudgedPart, Finished, CannotJudge)) and message.number == request.number:
                    yield message
                    if not isinstance(message, JudgedPart):
                        return
            reason = await self._ended(process, Limits(request.chosen.limit_memory, request.chosen.limit_seconds))
            self._lost(f"{at}: {reason}" if at else reason)
            if at:
                request = structs.replace(request, lost={**request.lost, at: reason})
        raise Unanswered(f"nothing more is judged of this change: {MAX_LOSSES} processes were lost over it")

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._messages = Messages()
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        return self._process

    async def _ask(self, process: asyncio.subprocess.Process, message: Any) -> None:
        assert process.stdin is not None
        with contextlib.suppress(ConnectionError):  # that it has ended shows in what comes of it
            process.stdin.write(encoded(message))
            await process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process) -> AsyncIterator[Any]:
        """What comes, until the process ends or sends what is no message of ours."""
        assert process.stdout is not None
        try:
            while content := await process.stdout.read(_CHUNK):
                for message in self._messages.add(content):
                    yield message
        except Damaged:
            process.kill()

    async def _ended(self, process: asyncio.subprocess.Process, limits: Limits | None) -> str:
        status = await process.wait()
        self._process = None
        return killed(status, limits)

    async def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
