"""Text of others in Markdown that GitHub or GitLab shows: in code spans and fences alone, where nothing of it becomes a link or a mention.

Spans and fences end at a run of backticks as long as that which begins them (https://github.github.com/gfm/#code-spans), and neither
mentions nor references of issues are looked for in them. Tables are no place for it: a cell ends at a bar even within a span.
"""

from __future__ import annotations

import re

from assay.reports.findings import line, shortened
from assay.scanner import lazy_re
from assay.scanner.words import defused, shown, visible


def span(text: str, most: int = 400) -> str:
    """A text as code in a line."""
    shown = line(text, most)
    if not shown.strip():
        return "`(empty)`"
    fence = "`" * (_longest(shown) + 1)
    return f"{fence} {shown} {fence}" if shown[0] in "` " or shown[-1] in "` " else f"{fence}{shown}{fence}"


def block(text: str, most: int = 6_000) -> str:
    """A text of several lines as a code block, without a final line feed."""
    return fenced(defused(shortened(visible(text.strip()[: most + 1], keep="\n"), most)))


def fenced(text: str, language: str = "") -> str:
    """A text as it is, as a code block in a language."""
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


_REACHES_OUT = lazy_re.pattern(r"!\[|\]\(|\]\[|\]:|(?<![\w`])@\w|\bwww\.|://|```|~~~|(?<![\w&])#\d|\bGH-\d", re.IGNORECASE)
"""Images and links, names of people and numbers of issues, which are told of it, and fences, which take in what follows.

https://github.github.com/gfm/#autolinks-extension-,
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
"""


def prose(text: str) -> str:
    """Text of a rule, which its author writes in Markdown: markup of HTML is shown, not applied. Rules may be of the tree that is scanned:
    text that would load, link or tell something is code as a whole."""
    text = text.strip()
    if _REACHES_OUT.search(text) or text.count("`") % 2:
        return block(text, _LONGEST_PROSE) if "\n" in text else span(text, _LONGEST_PROSE)
    return defused(shown(text, keep="\n")).replace("&", "&amp;").replace("<", "&lt;")


_LONGEST_PROSE = 4_000


def _longest(text: str) -> int:
    """The length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
