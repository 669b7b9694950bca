"""Values of settings with a secret name that are more than one quoted text on one line: heredocs, blocks of YAML, calls, lists, scripts.

Every expression is bounded, so that code is looked through in linear time, and every replacement stays on its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assay.scanner import lazy_re
from assay.scanner.results.marks import MarkPattern
from assay.scanner.sources.sensitive import SHOWN

QUOTED = lazy_re.pattern(r'"(?:[^"\\\n]|\\.){0,100000}"|\'[^\'\n]{0,100000}\'')
_WORDS = r"""(?:passw(?:or)?d|passphrase|pwd|private_?key|secret_?key|secret_?string|access_?key|api_?key|auth_?token|client_?secret
       |connection_?string|header_?value|secret|token|credential)s?|(?-i:(?<![A-Za-z])pass|Pass|PASS)"""
NAME = rf"""["']?[\w.-]{{0,80}}(?:{_WORDS})(?:[_-]?(?:value|wo|base64|plaintext|data))?["']?"""
"""What a setting is called that holds a secret, in an expression that is verbose and has no case."""
_BEGIN = lazy_re.pattern(
    rf"""^(?P<indent>[ \t]{{0,400}})
    (?P<head>(?:-[ \t]{{1,9}})?(?P<name>{NAME}|["']?stringData["']?)[ \t]{{0,100}}(?P<mark>[=:])[ \t]{{0,100}})
    (?P<value>[^\n]{{0,100000}})$""",
    re.VERBOSE | re.IGNORECASE,
)
_BEGINNINGS = MarkPattern("pass|pwd|key|string|token|secret|value|credential|data")
"""Of which every beginning has one."""
_HEREDOC = lazy_re.pattern(r"<<[-~]?[ \t]{0,9}[\"']?(\w{1,100})[\"']?\s*$")
_BLOCK = lazy_re.pattern(r"(?:&\S{1,100}[ \t]{1,9})?[|>][-+\d]{0,2}[ \t]{0,100}(?:#.*)?$")
_TAGGED = lazy_re.pattern(r"((?:!(?:Sub|Join|Base64|Split|Select|Transform)|&\S{1,100})[ \t]{1,9})(?=\S).*$")
_FUNCTION = lazy_re.pattern(r"^([ \t]{0,400}(?:-[ \t]{1,9})?[\"']?Fn::\w{1,40}[\"']?:[ \t]{0,100})(?=\S).*$")
_CALL = lazy_re.pattern(r"\{\s{0,9}[\"']?Fn::\w{1,40}[\"']?\s{0,9}:")
_NUMBER = lazy_re.pattern(r"-?\d{4,100}(?=[ \t]*(?:#.*|//.*)?$)")
MAPS = lazy_re.pattern(r"secrets?[\"']?$", re.IGNORECASE)
"""Names of what may as well be a resource, or a list of references to secrets."""
_REFERENCE = r"(?!\$|var\.|local\.|module\.|data\.|each\.|random_|aws_|google_|true\b|false\b|null\b|[<({\[])"
_IN_SCRIPT = lazy_re.pattern(
    rf"""((?:{_WORDS})(?:[_-]?(?:value|base64))?=)(?!=){_REFERENCE}("[^"\n$]{{1,4096}}"|'[^'\n]{{1,4096}}'|[^\s"'`;&|<>,)\]}}]{{3,4096}})""",
    re.VERBOSE | re.IGNORECASE,
)
"""`export DB_PASSWORD=…` of a script, `Password=…;` of a connection string: no space around the mark."""
_TIGHT = re.compile(r"\w=[^\s=]").search
_OPTION = lazy_re.pattern(
    rf"""(?<![\w-])(--[\w-]{{0,40}}(?:password|passwd|pwd|passphrase|token|secret|api-key)[ \t]{{1,9}}){_REFERENCE}(?!--)
    ([^\s"'`;&|<>]{{3,4096}})""",
    re.VERBOSE | re.IGNORECASE,
)
_USER = lazy_re.pattern(rf"(\bcurl\b[^\n|;&]{{0,100}}?[ \t](?:-u|--user)[ \t]{{0,9}}[\"']?[\w.@-]{{1,100}}:){_REFERENCE}[^\s\"']{{1,4096}}")
_REVERSED = lazy_re.pattern(
    rf"""(\b\w{{0,20}}value["']?\s{{0,100}}[=:]\s{{0,100}})("(?:[^"\\\n]|\\.){{1,10000}}"|'[^'\n]{{1,10000}}'|[^\s,"'{{}}]{{1,10000}})
    (?=["']?\s{{0,100}},?\s{{0,100}}["']?\w{{0,20}}(?:name|key)["']?\s{{0,100}}[=:]\s{{0,100}}{NAME}\s{{0,9}}(?:[,}}\n]|$))""",
    re.VERBOSE | re.IGNORECASE,
)
_BLOCK_OF_VALUE = lazy_re.pattern(r"\b(?:custom_header|set_sensitive|env)\s{0,20}(?:=\s{0,20})?\{[^{}]{0,2000}\}")
_VALUE = lazy_re.pattern(r"(\bvalue\s{0,20}=\s{0,20})(\"(?:[^\"\\\n]|\\.){0,10000}\")")
_MOST_LINES = 500
_ELSEWHERE = lazy_re.pattern(r"(?:\$\{[^{}]{0,1000}\}|\{\{resolve:[^{}]{0,1000}\}\}|arn:[^\s]{0,2000}|projects/[^\s]{0,2000})\Z")


def literals(text: str) -> str:
    """Quoted texts replaced, but those that hold nothing or name what is elsewhere: `"${var.password}"`, `"{{resolve:…}}"`."""
    return QUOTED.sub(
        lambda match: match[0] if len(match[0]) == 2 or _ELSEWHERE.match(match[0][1:-1]) else f"{match[0][0]}{SHOWN}{match[0][0]}", text
    )


def without_whole_values(code: str) -> str:
    """Code with SHOWN for such values; as many lines as it had."""
    lines = code.split("\n")
    number = 0
    while number < len(lines):
        begun = _BEGIN.match(lines[number]) if _BEGINNINGS.within(lines[number]) else None
        number = number + 1 if begun is None else _hidden(lines, number, begun)
    code = "\n".join(_IN_SCRIPT.sub(_in_script, line) if _TIGHT(line) else line for line in lines)
    code = _OPTION.sub(rf"\1{SHOWN}", code) if "--" in code else code
    code = _USER.sub(rf"\1{SHOWN}", code) if "curl" in code else code
    code = _REVERSED.sub(rf"\1{SHOWN}", code) if "alue" in code else code
    return _BLOCK_OF_VALUE.sub(lambda block: _VALUE.sub(lambda value: value[1] + literals(value[2]), block[0]), code)


def _in_script(match: re.Match[str]) -> str:
    quote = match[2][0] if match[2][0] in "\"'" else ""
    return f"{match[1]}{quote}{SHOWN}{quote}"


def _hidden(lines: list[str], number: int, begun: re.Match[str]) -> int:
    """Hide the value that begins on a line; the number of the line after it."""
    value, following = begun["value"], number + 1
    before = begun["indent"] + begun["head"]
    if heredoc := _HEREDOC.search(value):
        for following in range(number + 1, min(len(lines), number + _MOST_LINES)):
            if lines[following].strip() == heredoc[1]:
                break
            _hide(lines, following)
        return following + 1
    if begun["mark"] == ":" and (_BLOCK.match(value) or (not value.strip() and "stringdata" in begun["name"].lower())):
        for following in deeper(lines, number, len(begun["indent"])):
            _hide(lines, following, "stringdata" in begun["name"].lower())
        return following + 1
    if begun["mark"] == ":" and not value.strip() and number + 1 < len(lines):  # of JSON, or a function of YAML
        after = lines[number + 1]
        lines[number + 1] = (
            literals(after) if after.lstrip()[:1] == '"' and ":" not in QUOTED.sub("", after) else _FUNCTION.sub(rf"\1{SHOWN}", after)
        )
        return number + 1
    if begun["mark"] == ":" and _TAGGED.match(value):
        lines[number] = before + _TAGGED.sub(rf"\1{SHOWN}", value)
    elif begun["mark"] == ":" and (function := _CALL.match(value)):
        lines[number] = before + function[0] + literals(value[function.end() :])
    elif _NUMBER.match(value):
        lines[number] = before + _NUMBER.sub(SHOWN, value)
    elif opens(value) and not (begun["mark"] == ":" and value.lstrip()[:1] == "{") and not MAPS.search(begun["name"]):
        return _bracketed(lines, number, before, value)
    elif begun["mark"] == "=" and value.lstrip()[:1] == "{" and not MAPS.search(begun["name"]):
        lines[number] = before + literals(value)
    return following


def opens(text: str) -> bool:
    """Whether a bracket is opened in a text that is not closed in it."""
    bare = QUOTED.sub("", text)
    return sum(map(bare.count, "([{")) > sum(map(bare.count, ")]}"))


def _bracketed(lines: list[str], number: int, before: str, value: str) -> int:
    """Hide the literals of a call, a list or an object that ends on another line; the number of the line after it."""
    depth, at = 0, number
    for at in range(number, min(len(lines), number + _MOST_LINES)):
        text = value if at == number else lines[at]
        bare = QUOTED.sub("", text)
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        lines[at] = (before if at == number else "") + literals(text)
        if depth <= 0:
            break
    return at + 1


def deeper(lines: list[str], number: int, indent: int) -> Iterator[int]:
    """The numbers of the lines after one that are indented deeper."""
    for at in range(number + 1, min(len(lines), number + _MOST_LINES)):
        if lines[at].strip() and len(lines[at]) - len(lines[at].lstrip()) <= indent:
            return
        yield at


def _hide(lines: list[str], number: int, named: bool = False) -> None:
    """Hide a line but for its indent; where what it holds is `named`, but for the name, too."""
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    name = line.partition(":")[0] + ": " if named and ":" in line else indent
    lines[number] = f"{name}{SHOWN}" if line.strip() else line
