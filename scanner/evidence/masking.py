"""Text as it is stored: without what reports do not show, everything else in its place to the byte, so that it can be judged again.

A text that is not shown is replaced by one of the same length, the same one wherever it stands: what refers to it by its text still does.
How long it is, and where it stands again, is told by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assay.scanner import lazy_re
from assay.scanner.results.code import without_secret_values
from assay.scanner.results.model import ResourceRef, Result
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.secret_text import HIDDEN
from assay.scanner.sources.sensitive import SHOWN, Sensitive

_SHOWN = lazy_re.pattern(f"{re.escape(SHOWN)}|{re.escape(HIDDEN)}")
_NUMBER = lazy_re.pattern(r"-?[0-9]+(?:\.[0-9]+)?")
_INDEX = lazy_re.pattern(r'[\w\])]\["$')
"""Behind which a text is the key of a reference, `var.buckets["orders"]`, as addresses of resources have it: a name, and no value."""
_INTERPOLATION = lazy_re.pattern(r'(\$\{[^{}"]*\})')

_KEY = lazy_re.pattern(r'\["([^"\\]+)"\]')
_SHORTEST_NAME = 8
"""Characters of a name; shorter ones may be something else by chance."""


class Masking:
    """What replaces the texts of a run that are not shown."""

    def __init__(self, sensitive: Sensitive, results: Iterable[Result] = ()) -> None:
        """`results`: of the run: a text that is a name there is no secret, whatever else it is."""
        self._sensitive = sensitive
        self._names = {name for result in results for name in _names(result.resource) if len(name) >= _SHORTEST_NAME}
        self._stands_for: dict[str, str] = {}

    def shown(self, content: bytes) -> bytes | None:
        """A file as it is stored; None where what is secret in it cannot be told: it is no text in UTF-8."""
        try:
            text = utf8(content).decode()
        except UnicodeError:
            return None
        if "\0" in text:
            return None
        masked = without_secret_values(text, self._sensitive)
        if masked == text:
            return content
        pairs = zip(text.split("\n"), masked.split("\n"), strict=True)  # every replacement stays on its line
        lines = [before if before == after else self._line(before, after) for before, after in pairs]
        mark = content[: len(content) - len(text.encode())]  # of the order of bytes; what was UTF-16 is not stored
        return mark + "\n".join(lines).encode() if content.endswith(text.encode()) else None

    def _line(self, before: str, after: str) -> str:
        """A masked line in which everything is where it was; where it cannot be told what was replaced, what follows the line is."""
        padded = after + " " * (len(before.encode()) - len(after.encode()))
        first, *parts = _SHOWN.split(after)
        if not before.startswith(first) or not parts or not before.endswith(parts[-1]):
            return padded
        made, at = [first], len(first)
        for number, part in enumerate(parts, 1):
            end = len(before) - len(part) if number == len(parts) else before.find(part, at)
            if end < at:
                return padded
            made += [before[at:end] if _INDEX.search(made[-1]) and part.startswith('"]') else self._template(before[at:end]), part]
            at = end + len(part)
        return "".join(made)

    def _template(self, text: str) -> str:
        """A text of code: what stands between its interpolations, which are code and no text."""
        return "".join(part if at % 2 else self._instead(part) for at, part in enumerate(_INTERPOLATION.split(text)))

    def _instead(self, text: str) -> str:
        if text in self._names:
            return text
        if text and text not in self._stands_for:
            length, number = len(text.encode()), len(self._stands_for)
            name = next((name for name in (f"masked{number:x}", f"m{number:x}") if len(name) <= length), "")
            is_number = _NUMBER.fullmatch(text) is not None
            digits = f"{7 * 10 ** (length - 1) + number}"
            self._stands_for[text] = digits[:length] if is_number else name + "x" * (length - len(name))
        return self._stands_for.get(text, "")


def _names(resource: ResourceRef) -> Iterator[str]:
    """What the reports call a resource: its name, and the keys in its address."""
    yield from (resource.name, resource.address.rpartition("/")[2], resource.id.rpartition("/")[2], *_KEY.findall(resource.address))
