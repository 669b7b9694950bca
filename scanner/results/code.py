"""Lines of code as reports show them: without the values that the code, or their name, makes out to be secret.

What was evaluated is known by its text (sources/sensitive.py). A report may show a line that nobody evaluated, so that the code is looked
through for the marks themselves. Every replacement stays on its line.
"""

from __future__ import annotations

import re

from assay.scanner import lazy_re
from assay.scanner.results.marks import MarkPattern
from assay.scanner.results.secret_fields import without_secret_fields
from assay.scanner.results.secret_values import MAPS, without_whole_values
from assay.scanner.results.secret_values import NAME as _NAME
from assay.scanner.results.secret_values import QUOTED as _QUOTED
from assay.scanner.results.secret_values import literals as _literals
from assay.scanner.sources.secret_text import lines_without_tokens, without_secrets
from assay.scanner.sources.sensitive import SHOWN, Sensitive, is_secret_name

_COMMENT = lazy_re.pattern(r"(?:#|//|/\*|^\s{0,400}\*).*")
_CALL = lazy_re.pattern(r"\bsensitive\s{0,20}\(")
_MARKS = MarkPattern(
    r"sensitive|ephemeral|noecho|stringdata|curl|\benv\b|pass|pwd|header.?value|custom_header|secret|private|access.?key|api.?key|token|credential|"
    r"connection|akia|asia|://|eyj|begin|bearer|"
    r"gh[pousr]_|github_pat|glpat|xox|sk[-_]|aiza|gocspx|npm_|hv[sbr]\."
)
_NAMED = lazy_re.pattern(
    rf"^(?P<name>[ \t]{{0,400}}(?:-[ \t]{{1,9}})?{_NAME})(?P<mark>[ \t]{{0,100}}[=:][ \t]{{0,100}})(?P<value>[^\n]{{1,100000}})$",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_NAMED_FLOW = lazy_re.pattern(
    rf"""(?P<name>[{{,][ \t]{{0,100}}{_NAME})(?P<mark>[ \t]{{0,100}}[=:][ \t]{{0,100}})
    (?P<value>"(?:[^"\\\n]|\\.){{0,100000}}"|'[^'\n]{{0,100000}}'|[^,}}\n]{{1,100000}})""",
    re.VERBOSE | re.IGNORECASE,
)
_PAIR = lazy_re.pattern(
    rf"""(?P<name>\b\w{{0,20}}(?:name|key)["']?\s{{0,100}}[=:]\s{{0,100}}{_NAME}["']?\s{{0,100}},?\s{{0,100}}["']?\w{{0,20}}value["']?)(?P<mark>\s{{0,100}}[=:]\s{{0,100}})
    (?P<value>"(?:[^"\\\n]|\\.){{0,100000}}"|'[^'\n]{{0,100000}}'|[^,}}\n]{{1,100000}})""",
    re.VERBOSE | re.IGNORECASE,
)
_FLAT = lazy_re.pattern(r"\{[^{}]{0,100000}\}")
_MARKED_FLOW = lazy_re.pattern(r"[{,]\s{0,99}NoEcho:(?!\s{0,99}[\"']?(?:false|no)\b)", re.IGNORECASE)
_DEFAULT_FLOW = lazy_re.pattern(r"([{,]\s{0,99}Default:[ \t]{0,99})[^,}\n]{1,100000}")
_MARKED_JSON = lazy_re.pattern(r'"(?:sensitive|ephemeral|NoEcho)"\s{0,99}:\s{0,99}(?!false|"false"|null)')
_DEFAULT_JSON = lazy_re.pattern(r'("(?:default|Default)"\s{0,99}:\s{0,99})("(?:[^"\\\n]|\\.){0,100000}"|-?\d[\d.]{0,99})')
_VARIABLE = lazy_re.pattern(r"^[ \t]{0,99}(?:variable|output)\b[^\n]{0,1000}", re.MULTILINE)
_MARKED = lazy_re.pattern(r"\b(?:sensitive|ephemeral)\s{0,99}=(?!\s{0,99}(?:false|null)\b)")
_NO_ECHO = lazy_re.pattern(
    r"""^([ \t]{0,99})["']?NoEcho["']?[ \t]{0,99}:(?![ \t]{0,99}["']?(?:false|no)\b)""", re.MULTILINE | re.IGNORECASE
)
_DEFAULT_YAML = lazy_re.pattern(r"""^([ \t]{0,99}["']?Default["']?[ \t]{0,99}:[ \t]{0,99})[^\n]{1,100000}$""")


def without_secret_values(code: str, sensitive: Sensitive) -> str:
    """Code with SHOWN for values that are not shown; as many lines as it had."""
    code = without_secret_fields(code)
    if _MARKS.within(code):
        code = without_whole_values(code)
        for named in (_NAMED, _NAMED_FLOW, _PAIR) if ":" in code or "=" in code else ():
            code = named.sub(_named, code)
        code = _calls(code)
        code = _FLAT.sub(_flat, code)
        code = _variables(code)
        code = _no_echo(code)
    return "\n".join(sensitive.mask(_comments(line)) for line in lines_without_tokens(code))


def _comments(line: str) -> str:
    """A line with its comment as `without_secrets` shows it."""
    return _COMMENT.sub(_comment, line) if "#" in line or "/" in line or "*" in line else line


def _comment(match: re.Match[str]) -> str:
    """What may be a comment, in which nothing is a reference: `# password=…`."""
    return without_secrets(match[0])


def _flat(match: re.Match[str]) -> str:
    """A variable or parameter in the braces of JSON or YAML, with a mark beside its default."""
    if _MARKED_JSON.search(match[0]):
        return _DEFAULT_JSON.sub(rf'\1"{SHOWN}"', match[0])
    return _DEFAULT_FLOW.sub(rf"\1{SHOWN}", match[0]) if _MARKED_FLOW.search(match[0]) else match[0]


def _named(match: re.Match[str]) -> str:
    """The line of a setting with a secret name: its literals, or the plain text of YAML, but no reference."""
    value = match["value"]
    if value.lstrip()[:1] == "{" or (value.lstrip()[:1] == "[" and MAPS.search(match["name"])):
        return match[0]  # what has the name is an object, as a type of a resource, or a list of references to secrets
    if _QUOTED.search(value):
        return match["name"] + match["mark"] + _literals(value)
    if (
        ":" in match["mark"]
        and value.strip()[:1] not in ("", "!", "{", "[", "|", ">", "&", "*", "$", "#")
        and not _PLAIN.match(value.strip())
    ):
        return f"{match['name']}{match['mark']}{SHOWN}"
    return match[0]


_PLAIN = lazy_re.pattern(r"(?:true|false|null|~|yes|no|\d{1,5})(?:\s|,|$)", re.IGNORECASE)


def _calls(code: str) -> str:
    """The literals in calls of `sensitive()`."""
    parts, end = [], 0
    for match in _CALL.finditer(code):
        if match.start() < end:
            continue
        close = _closing(code, match.end())
        parts += [code[end : match.end()], _literals(code[match.end() : close])]
        end = close
    return "".join([*parts, code[end:]])


_MAX_CALL = 20_000
_BRACKET = lazy_re.pattern(r'"(?:[^"\\\n]|\\.){0,100000}"|[(){}]')


def _closing(code: str, start: int) -> int:
    """Where the bracket is closed that was opened before a place."""
    depth = 1
    for match in _BRACKET.finditer(code, start, min(len(code), start + _MAX_CALL)):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    return min(len(code), start + _MAX_CALL)


def _variables(code: str) -> str:
    """The defaults of variables that are marked, and the values of such outputs."""
    parts, end = [], 0
    for match in _VARIABLE.finditer(code):
        opened = code.find("{", match.start(), match.end() + 2)
        if match.start() < end or opened < 0:
            continue
        depth, close = 1, min(len(code), opened + _MAX_CALL)
        for bracket in _BRACKET.finditer(code, opened + 1, close):
            depth += {"{": 1, "}": -1}.get(bracket[0], 0)
            if not depth:
                close = bracket.start()
                break
        body = code[opened:close]
        parts.append(code[end:opened])
        label = _QUOTED.search(code, match.start(), opened)
        secret = _MARKED.search(body) or (label is not None and is_secret_name(label[0][1:-1]))
        parts.append(_default(body) if secret else body)
        end = close
    return "".join([*parts, code[end:]])


_AFTER_DEFAULT = lazy_re.pattern(r"(?:^|(?<=[\s{]))(?:default|value)\s{0,99}=")
_NEXT = lazy_re.pattern(r"^[ \t]{0,99}(?:type|description|sensitive|ephemeral|nullable|validation)\b", re.MULTILINE)
_NUMBER = lazy_re.pattern(r"(?<![\w.])-?\d[\d.]{0,99}(?![\w.])")


def _default(body: str) -> str:
    match = _AFTER_DEFAULT.search(body)
    if match is None:
        return body
    following = _NEXT.search(body, match.end())
    end = following.start() if following else len(body)
    value = body[match.end() : end]
    if "<<" in value:
        first, *rest = value.split("\n")
        value = "\n".join([first, *[SHOWN if line.strip() else line for line in rest]])
    return body[: match.end()] + _NUMBER.sub(SHOWN, _literals(value)) + body[end:]


def _no_echo(code: str) -> str:
    """The defaults that stand beside `NoEcho: true` in YAML."""
    if not _NO_ECHO.search(code):
        return code
    lines = code.split("\n")
    for number, line in enumerate(lines):
        match = _NO_ECHO.match(line)
        if match is None:
            continue
        for step in (-1, 1):
            at = number + step
            while 0 <= at < len(lines) and abs(at - number) < _SIBLINGS and (not lines[at].strip() or _indent(lines[at]) >= len(match[1])):
                if lines[at].lstrip(" \t\"'")[:6] == "NoEcho":
                    break  # of another parameter
                if _indent(lines[at]) == len(match[1]):
                    lines[at] = _DEFAULT_YAML.sub(rf"\1{SHOWN}", lines[at])
                at += step
    return "\n".join(lines)


_SIBLINGS = 60


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
