"""What is being read at the moment, so that whoever supervises the reading knows what it was lost over.

A source calls `enter(name)` before each part of its input that could cost more than it may: a file that is opened (overlays do that), a
root module, a stack. Where an earlier worker was lost over that part, `enter` raises `LostInput`, an OSError as for a file that cannot be
read, and the source enters a gap in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class LostInput(OSError):
    """What is not read again: a worker was lost over it. `strerror` says how."""

    def __init__(self, reason: str) -> None:
        super().__init__(0, reason)


class Stage:
    """Where a worker is. Without a supervisor nobody asks."""

    def __init__(self) -> None:
        self._lost: Mapping[str, str] = {}
        self._tell: Callable[[str, int], None] | None = None

    def watch(self, tell: Callable[[str, int], None], lost: Mapping[str, str]) -> None:
        """Tell the name and the size of what is entered; `lost`: name to how an earlier worker was lost over it."""
        self._tell, self._lost = tell, lost

    def enter(self, name: str, size: int = 0) -> None:
        """Begin to read a part of the input, of so many bytes where it is a file. Raises Lost."""
        if self._tell is None:
            return
        if reason := self._lost.get(name):
            raise LostInput(reason)
        self._tell(name, size)


_STAGE = Stage()
watch, enter = _STAGE.watch, _STAGE.enter
