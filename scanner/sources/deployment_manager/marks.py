"""Values that a template cannot know, as marks in the text that it renders, and back to values in the data that is parsed from it.

A mark is a number between two characters of Unicode's private use area. Text with such characters of its own is refused where it is read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Document, Reference, Text, Unknown, describe

OPEN, CLOSE = "\ue000", "\ue001"
LINE, END = "\ue002", "\ue003"
"""Around `FILE:LINE`: where in a template a line of text comes from."""
_MARK = lazy_re.pattern(f"{OPEN}(\\d+){CLOSE}")
_LINE = lazy_re.pattern(f"{LINE}(\\d+):(\\d+){END}")
_LINES = lazy_re.pattern(f"(?:{_LINE.pattern})+")
_PRIVATE = lazy_re.pattern("[\ue000-\ue003]")
SCRAMBLED = Unknown("the template takes a value apart that is not known", "give the template all its properties")


class ValueMarks:
    """The values behind marks, for one deployment."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def mark(self, value: Unknown | Reference) -> str:
        """The text that stands for a value; the same for the same value."""
        number = self._numbers.get(value)
        if number is None:
            number = self._numbers[value] = len(self._values)
            self._values.append(value)
        return f"{OPEN}{number}{CLOSE}"

    def text(self, data: Any) -> str:
        """Data of which parts are not known, as one string."""
        if isinstance(data, Text):
            return "".join(part if isinstance(part, str) else self.text(part) for part in data.parts)
        return self.mark(data) if isinstance(data, (Unknown, Reference)) else str(data)

    def hide(self, data: Any) -> Any:
        """Data with marks in the place of what is not known, so that a template can work with it."""
        if isinstance(data, dict):
            return {self.text(name): self.hide(value) for name, value in data.items()}
        if isinstance(data, list):
            return [self.hide(element) for element in data]
        if isinstance(data, Document):
            return self.hide(data.content)
        return self.text(data) if isinstance(data, (Text, Unknown, Reference)) else data

    def value(self, text: str) -> Any:
        """What text stands for: a string, `Text`, or the value alone."""
        if OPEN not in text and CLOSE not in text:
            return text
        parts = [self._value(part) if at % 2 else part for at, part in enumerate(_MARK.split(text))]
        parts = [part for part in parts if part != ""]
        if any(isinstance(part, str) and _PRIVATE.search(part) for part in parts):
            return SCRAMBLED
        return parts[0] if len(parts) == 1 else Text(tuple(parts))

    def _value(self, number: str) -> Any:
        return self._values[int(number)] if len(number) < 9 and int(number) < len(self._values) else SCRAMBLED

    def show(self, data: Any) -> Any:
        """Data with the values in the place of their marks. A map with a key that is not known is not known."""
        if isinstance(data, str):
            return self.value(data)
        if isinstance(data, list):
            return [self.show(element) for element in data]
        if isinstance(data, dict):
            for name in data:
                if OPEN in name:
                    key = self.value(name)
                    why = key.unknown if isinstance(key, Text) else key
                    return why if isinstance(why, Unknown) else Unknown(f"a key is {describe(key)}", "scan the live resource")
            return {name: self.show(value) for name, value in data.items()}
        return data

    def named(self, text: str) -> str:
        """Text with marks in words: `env.project` for a mark of it."""
        value = self.value(text)
        return value.reason if isinstance(value, Unknown) else str(value) if isinstance(value, (Text, Reference)) else text


class TooLarge(Exception):
    """Data that is more than a template may work with, everything that is shared counted each time."""


class Weight(NamedTuple):
    """What data weighs, everything that is shared counted each time."""

    size: int
    """Counted as text."""
    marked: bool
    """Something in it is not known."""
    parts: int

    @property
    def steps(self) -> int:
        """What it costs to go through it once."""
        return 1 + self.parts // 4 + self.size // 500


def weigh(data: Any, limit: int = 2_000_000) -> Weight:
    """Raises TooLarge."""
    if isinstance(data, str):
        return Weight(len(data), OPEN in data, 1)
    size, marked, parts, waiting = 0, False, 0, [data]
    while waiting:
        part = waiting.pop()
        parts += 1
        if isinstance(part, str):
            marked = marked or OPEN in part
            size += len(part)
        elif isinstance(part, bytes):
            size += len(part)
        elif isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, (list, tuple)):
            waiting += part
        size += 4
        if size > limit or len(waiting) > limit:
            raise TooLarge("a value is too large")
    return Weight(size, marked, parts)


def is_private(text: str) -> bool:
    """Whether text has characters that marks are made of."""
    return _PRIVATE.search(text) is not None


def without_lines(text: str) -> str:
    """A rendered text without the marks that carry line numbers."""
    return _LINE.sub("", text) if LINE in text else text


def lines(text: str) -> tuple[str, list[tuple[int, int]]]:
    """(text without its line marks, for each line of it the number of its file and its line there; (-1, 0) before the first)."""
    places: list[tuple[int, int]] = []
    at = (-1, 0)
    for line in text.split("\n"):
        before = _LINES.match(line)
        # Of several that follow each other, the last one is next to the text.
        match = _LINE.fullmatch(line, line.rindex(LINE, 0, before.end()), before.end()) if before else _LINE.search(line)
        at = (int(match[1]), int(match[2])) if match else at
        places.append(at)
    return without_lines(text), places
