"""Documents in JSON within the text of a template: a policy in a string, or in a literal block of YAML."""

from __future__ import annotations

import functools
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Location
from assay.scanner.sources.templates.json_text import JsonDocument
from assay.scanner.sources.templates.syntax import Parsed, Path

_SUBSTITUTED = lazy_re.pattern(r"\$\{[^{}]*\}")
_LONGEST = 1_000_000
"""Characters of a text in which parts are looked for."""


class EmbeddedDocument:
    """Where the parts of a document are written that the text at a path of a template is."""

    def __init__(self, parsed: Parsed, path: Path) -> None:
        self._parsed, self._path = parsed, path

    def place(self, content: Any, inside: Path) -> Location:
        """The place of a part of the document, whose content is as given; that of the text where it cannot be told."""
        if self._read is not None:
            document, starts = self._read
            if (span := document.span(content, inside)) is not None:
                place: Location = self._parsed.lines.location(*(starts[at] for at in span))
                return place
        return self._parsed.place(self._path)

    @functools.cached_property
    def _read(self) -> tuple[JsonDocument, list[int]] | None:
        """The document, and where each of its characters begins in the file. What is put in stands for a part of a text or a number."""
        start, end = self._parsed.places.span(self._path)
        written = self._parsed.places.string(self._path) if end - start <= _LONGEST else None
        if written is None:
            return None
        text, starts = written
        return JsonDocument(_SUBSTITUTED.sub(lambda match: "1" * len(match[0]), text)), starts
