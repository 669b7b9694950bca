"""Regular expressions that are compiled when they are first used.

A scan of a small module uses few of the patterns that its modules declare, and compiling all of them cost more than its parse.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Pattern:
    """Stands for a compiled pattern. A method that was used once is an attribute of its own, and costs no more than the original's."""

    __slots__ = ("__dict__", "_arguments")

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._arguments), name)  # which keeps what it compiled
        setattr(self, name, value)
        return value


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A pattern as `re.compile` gives it, for its methods and attributes; functions of `re` do not take it in place of a text.

    A pattern with an error raises `re.error` at its first use.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))
