"""Places in texts: lines, columns and bytes."""

from __future__ import annotations

import pytest

from assay.scanner.sources.lines import Lines

TEXTS = [
    "",
    "a",
    "\n",
    "ab\ncd\n\nef",
    "a\r\nb\r\n",
    "é\nüü\n\U0001f600x\n",
    "x" * 5000 + "\n" + "y" * 5000,
    "é" * 5000 + "\n" + "€\U0001f600" * 5000 + "\nend",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("skipped", [0, 3])
def test_a_place_leads_back_to_what_stands_there(text: str, skipped: int) -> None:
    content, lines, split = b"\xef\xbb\xbf"[:skipped] + text.encode(), Lines("f", text, skipped), text.split("\n")
    step = max(1, len(text) // 97)
    for start in range(0, len(text) + 1, step):
        for end in {start, min(start + 1, len(text)), min(start + 7, len(text)), len(text)}:
            place = lines.location(start, end)
            assert content[place.start : place.end].decode() == text[start:end]
            assert (place.line, place.column) == (text[:start].count("\n") + 1, start - (text.rfind("\n", 0, start) + 1) + 1)
            assert lines.line(start) == place.line
            assert split[place.line - 1][place.column - 1 :].startswith(text[start:end].split("\n", maxsplit=1)[0])
            if start < end:
                assert place.end_line == text[: end - 1].count("\n") + 1
                last = text[:end].rfind("\n", 0, end - 1) + 1
                assert place.end_column == end - last + 1
            by_bytes = Lines("f", text, skipped).location_of_bytes(place.start, place.end)
            assert by_bytes == place
