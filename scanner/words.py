"""Words for people that the command line and the reports share."""

from __future__ import annotations

import re
import unicodedata

from assay.scanner import lazy_re

_COMMAND = lazy_re.pattern(r"(^(?:[^\S\n]|\x1b\[[0-9;]*m)*(?=::)|#(?=#(?:vso|teamcity)?\[))", re.MULTILINE | re.IGNORECASE)
"""What build servers take for a command to themselves: `::error::` at the start of a line, `##[` and `##vso[` in it, `##teamcity[`.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
https://www.jetbrains.com/help/teamcity/service-messages.html
"""
_MARK = lazy_re.pattern(rb"##(?=(?:vso|teamcity)?\[)", re.IGNORECASE)
_HIDING = lazy_re.pattern("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""What moves the cursor of a terminal (U+009B begins a command as ESC [ does), ends a line for some readers of JSON Lines, hides or
reorders text, and may stand in JSON as it is:
https://www.rfc-editor.org/rfc/rfc8259#section-7 asks only for U+0000 to U+001F to be escaped."""
_FORMULA = lazy_re.pattern(r"""(^|;)(["'\s]*)(?=[=+\-@＝＋－＠])""")
"""What a spreadsheet takes for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection"""

LONGEST = 20_000
"""Characters of a text that a report for people shows."""


def many(number: int, what: str) -> str:
    """A number and a noun whose plural ends in s."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def visible(text: str, keep: str = "") -> str:
    r"""Text in which every character that moves the cursor, reorders or hides others is written out: ESC becomes `\x1b`.

    The result can always be encoded as UTF-8. Characters in `keep` stay, such as line feeds of a text of several lines.
    """
    if text.isprintable():
        return text
    return "".join(char if char in keep or _shown(char) else _escaped(char) for char in text)


def shown(text: str, keep: str = "") -> str:
    """The same of a text whose author may have made it as long as a file: what is too long is cut."""
    return visible(text, keep) if len(text) <= LONGEST else f"{visible(text[:LONGEST], keep)}…"


def spreadsheet_cell(text: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula: an apostrophe stands before what would be one, at its beginning or behind a
    semicolon, where a spreadsheet of another language splits cells."""
    return _FORMULA.sub(r"\1'\2", text) if text and (";" in text or not text[0].isalnum()) else text


def defused(text: str) -> str:
    """Lines in which nothing is left that a build server would take for a command: the name of a resource must not set its variables."""
    return _COMMAND.sub(r"\1\\", text)


def defused_json(data: bytes) -> bytes:
    """The same of JSON in UTF-8, which may be printed to a log or a terminal: escaped as JSON allows, its meaning stays. No line of it
    begins with a colon."""
    data = _MARK.sub(rb"#\\u0023", data) if b"##" in data else data
    if data.isascii() and b"\x7f" not in data:
        return data
    return _HIDING.sub(lambda match: f"\\u{ord(match[0]):04x}", data.decode()).encode()


def _shown(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _escaped(char: str) -> str:
    if char in "\n\r\t":
        return repr(char)[1:-1]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
