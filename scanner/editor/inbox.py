"""What the server has asked, as it comes on standard input."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from typing import NoReturn

from assay.scanner.editor.messages import Cancel, Explain, JudgeRequest, Mend
from assay.scanner.worker.wire import Messages

_CHUNK = 1 << 20


class Cancelled(BaseException):
    """Nobody waits for what is judged. No handler of exceptions takes it for one of an input."""


class Inbox:
    """Requests in their order. Ends the process with its input, however the server ended."""

    def __init__(self, input_: int) -> None:
        self._input = input_
        self._waiting: queue.SimpleQueue[JudgeRequest | Explain | Mend] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    def __iter__(self) -> Iterator[JudgeRequest | Explain | Mend]:
        while True:
            yield self._waiting.get()

    def check(self, number: int) -> None:
        """Raises Cancelled where nobody waits for a request."""
        if number in self._cancelled:
            raise Cancelled

    def _listen(self) -> NoReturn:
        messages = Messages()
        try:
            while content := os.read(self._input, _CHUNK):
                for message in messages.add(content):
                    if isinstance(message, Cancel):
                        self._cancelled.add(message.number)
                    elif isinstance(message, (JudgeRequest, Explain, Mend)):
                        self._waiting.put(message)
        finally:
            os._exit(0)
