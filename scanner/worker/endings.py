"""How a process ended that could not say it itself."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.scanner.options import Limits


def killed(status: int, limits: Limits | None) -> str:
    """The end of a worker in words that go on after what it was at. `status`: its exit code, below 0 the number of a signal."""
    if -status in (signal.SIGXCPU, signal.SIGALRM):
        return "takes more time than it may" + (f" ({limits.seconds:g} s)" if limits is not None and limits.seconds else "")
    if -status == signal.SIGKILL:
        return "was being read when the worker was killed: the machine has too little memory, or somebody did it"
    if status < 0:
        return f"ended the worker ({signal.Signals(-status).name}): it takes more memory than it may, or meets a defect of a parser"
    return f"ended the worker (exit code {status})"
