"""Commands with several options at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def decorated(command: Any, options: Sequence[Callable[[Any], Any]]) -> Any:
    """A command with some options, which its help lists in their order."""
    for option in reversed(options):
        command = option(command)
    return command
