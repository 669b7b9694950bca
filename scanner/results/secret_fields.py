"""Fields that hold secrets under any name, as lines of code show them: what snapshots leave out (sources/redaction.py) is hidden here too.

Names in them stay, and so do flags, numbers and references. Every replacement stays on its line.
"""

from __future__ import annotations

import re

from assay.scanner import lazy_re
from assay.scanner.results.marks import MarkPattern
from assay.scanner.results.secret_values import QUOTED, deeper, literals, opens
from assay.scanner.sources.sensitive import SHOWN

_SCRIPTS = r"(?:metadata_?)?startup[_-]?script|user_?data(?:_?base64)?|command|args|arguments|entry_?point_?command"
_MAPS = (
    r"(?:build_?)?environment(?:_?variables)?|variables|stage_?variables|env|container_?overrides|custom_?headers|custom_?request_?headers"
)
_CONDITIONS = r"(?:sts_?:?)?external_?id|aws:referer|aws:useragent"
_BEGIN = lazy_re.pattern(
    rf"""^(?P<head>(?P<indent>[ \t]{{0,400}})(?:-[ \t]{{1,9}})?["']?(?:(?P<map>{_MAPS})|{_SCRIPTS}|{_CONDITIONS})["']?
    (?P<mark>[ \t]{{0,100}}[=:](?=[ \t\n]|$)[ \t]{{0,100}}))(?P<value>[^\n]{{0,100000}})$""",
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = MarkPattern(
    r"script|user_?data|command|arg(?:ument)?s|entry_?point|environment|variables|\benv\b|overrides|headers|external_?id"
    r"|aws:(?:referer|useragent)"
)
"""Of which one is in every such field."""
_FLOW = lazy_re.pattern(
    rf"""([{{,(][ \t]{{0,100}}["']?(?:{_CONDITIONS})["']?[ \t]{{0,100}}[=:](?!:)[ \t]{{0,100}})
    (\[[^\]\n]{{0,1000}}\]|"(?:[^"\\\n]|\\.){{0,10000}}"|'[^'\n]{{0,10000}}'|[\w*?+=,.@:/-]{{2,1224}})""",
    re.VERBOSE | re.IGNORECASE,
)
_OF_DOCUMENT = lazy_re.pattern(
    rf"""(\bvariable\s{{0,20}}=\s{{0,20}}"(?:{_CONDITIONS})"\s{{1,200}}values\s{{0,20}}=\s{{0,20}})(\[[^\]]{{0,1000}}\])""", re.IGNORECASE
)
_OF_DOCUMENT_LAST = lazy_re.pattern(
    rf"""(\bvalues\s{{0,20}}=\s{{0,20}})(\[[^\]]{{0,1000}}\])(?=\s{{1,200}}variable\s{{0,20}}=\s{{0,20}}"(?:{_CONDITIONS})")""",
    re.IGNORECASE,
)
_HEREDOC = lazy_re.pattern(r"<<[-~]?[ \t]{0,9}[\"']?(\w{1,100})[\"']?\s*$")
_BLOCK = lazy_re.pattern(r"[|>][-+\d]{0,2}[ \t]{0,100}(?:#.*)?$")
_ENDS_IN_BLOCK = lazy_re.pattern(r"(?::|-|!\w{1,20})[ \t]{1,100}[|>][-+\d]{0,2}[ \t]{0,100}(?:#.*)?$")
_SCALAR = lazy_re.pattern(
    r"^([ \t]{0,400}(?:-[ \t]{1,9})?(?:[\w.\"'-]{1,200}:[ \t]{1,100}|(?<=-[ \t])))([^\s!&*\[{|>#\"'][^\n]{0,100000})$"
)
_ITEM = lazy_re.pattern(r"^([ \t]{0,400}-[ \t]{1,9})([^\s!&*\[{|>#\"'][^\n:]{0,100000})$")
_NAMES = lazy_re.pattern(
    r"""(?:^|[\s{,])["']?(?:name|key|valueFrom|secretKeyRef|Ref|Fn::\w{1,30})["']?\s{0,20}[=:]\s{0,20}$""", re.IGNORECASE
)
_KEY = lazy_re.pattern(r"\s{0,20}[=:]")
_PLAIN = lazy_re.pattern(r"(?:true|false|yes|no|on|off|null|-?[\d.]{1,20})\Z", re.IGNORECASE)
_NAMED = lazy_re.pattern(r"^[ \t]{0,400}(?:-[ \t]{1,9})?[\"']?(?:name|key)[\"']?[ \t]{0,9}:", re.IGNORECASE)
_MOST_LINES = 500


def without_secret_fields(code: str) -> str:
    """Code with SHOWN for the values of such fields; as many lines as it had."""
    if not _MARKS.within(code):
        return code
    lines = code.split("\n")
    number = 0
    while number < len(lines):
        begun = _BEGIN.match(lines[number]) if _MARKS.within(lines[number]) else None
        number = number + 1 if begun is None else _hidden(lines, number, begun)
    code = _FLOW.sub(lambda match: match[1] + _flow(match[2]), "\n".join(lines))
    code = _OF_DOCUMENT.sub(lambda match: match[1] + literals(match[2]), code)
    return _OF_DOCUMENT_LAST.sub(lambda match: match[1] + literals(match[2]), code)


def _flow(value: str) -> str:
    return literals(value) if QUOTED.search(value) else value if _PLAIN.match(value) else SHOWN


def _hidden(lines: list[str], number: int, begun: re.Match[str]) -> int:
    """Hide the value that begins on a line; the number of the line after it."""
    head, value, following = begun["head"], begun["value"], number + 1
    if heredoc := _HEREDOC.search(value):
        for following in range(number + 1, min(len(lines), number + _MOST_LINES)):
            if lines[following].strip() == heredoc[1]:
                break
            lines[following] = _whole(lines[following])
        return following + 1
    if ":" in begun["mark"] and (not value.strip() or _BLOCK.match(value)):
        return _deeper(lines, number, len(begun["indent"]), bool(value.strip()))
    if opens(value):
        return _bracketed(lines, number, head, value)
    if begun["map"] and value.lstrip()[:1] not in ("{", "["):
        return following  # a word, as the environment that a tag names
    lines[number] = head + (_values(value) if QUOTED.search(value) else _text(value) if ":" in begun["mark"] else value)
    return following


def _deeper(lines: list[str], number: int, indent: int, is_text: bool) -> int:
    """Hide what is indented deeper; `is_text`: it is one text. The number of the line after it."""
    text, following = indent if is_text else -1, number + 1
    for at in deeper(lines, number, indent):
        own = len(lines[at]) - len(lines[at].lstrip())
        text = text if own > text or not lines[at].strip() else -1
        if text >= 0:
            lines[at] = _whole(lines[at])
        elif _ENDS_IN_BLOCK.search(lines[at]):
            text = own
        else:
            lines[at] = _line(lines[at])
        following = at + 1
    return following


def _bracketed(lines: list[str], number: int, head: str, value: str) -> int:
    depth, at = 0, number
    for at in range(number, min(len(lines), number + _MOST_LINES)):
        text = value if at == number else lines[at]
        bare = QUOTED.sub("", text)
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        lines[at] = (head if at == number else "") + _values(text)
        if depth <= 0:
            break
    return at + 1


def _values(text: str) -> str:
    """Quoted texts hidden, but keys, what names something, and flags."""
    parts, end = [], 0
    for match in QUOTED.finditer(text):
        stays = (
            _KEY.match(text, match.end())
            or _NAMES.search(text[max(0, match.start() - 100) : match.start()])
            or _PLAIN.match(match[0][1:-1])
        )
        parts += [text[end : match.start()], match[0] if stays else literals(match[0])]
        end = match.end()
    return "".join([*parts, text[end:]])


def _line(line: str) -> str:
    """A line of YAML in such a field: what it names stays, and so does the name of a pair."""
    if QUOTED.search(line):
        return line if _NAMED.match(line) else _values(line)
    match = None if _NAMED.match(line) else _SCALAR.match(line) or _ITEM.match(line)
    return line if match is None else match[1] + _text(match[2])


def _text(value: str) -> str:
    """The plain text of YAML, unless it is a flag, or no text."""
    bare = value.strip()
    return value if not bare or bare[0] in "!&*$#" or _PLAIN.match(bare) else SHOWN


def _whole(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{SHOWN}" if line.strip() else line
