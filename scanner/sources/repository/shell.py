"""Parts a script of the shell into its commands, so far as one asks what runs, in which order, and what a failure of it does.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html. Nothing is expanded: `$(…)` stays in the word that it is in, and
its commands are listed too.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget

_OPERATORS = ("&&", "||", ";;&", ";;", ";&", "|&", "|", "&", ";", "\n", "(", ")")
_OPENING = frozenset({"if", "while", "until", "for", "case", "select", "{", "("})
_CLOSING = frozenset({"fi", "done", "esac", "}", ")"})
_CONDITION = frozenset({"if", "elif", "while", "until"})
_RESERVED = _OPENING | _CLOSING | _CONDITION | {"then", "else", "do", "!", "function"}
_ASSIGNMENT = lazy_re.pattern(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?\+?=")
_REDIRECTION = lazy_re.pattern(r"\d*(?:>>|>\||>&|&>>?|<>|<&|>|<(?!<))")
_HEREDOC = lazy_re.pattern(r"\d*<<(-?)[ \t]*(?:'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"|\\?([\w.!-]{1,200}))")
MAX_DEPTH = 8
"""Of commands within commands."""


class Token(msgspec.Struct):
    """A word, or an operator. `text`: without quotes and escapes; `[start, end)`: its characters in the script."""

    text: str
    start: int
    end: int
    is_operator: bool = False
    quoted: bool = False
    """A part of it is quoted, so that it is no keyword."""
    inner: list[tuple[str, int]] = []
    """The scripts in `$(…)` and backquotes that it holds, with the character at which each begins."""


class Command(msgspec.Struct):
    """A simple command."""

    words: list[Token]
    assignments: list[tuple[str, Token]]
    """Before the command: names, and tokens of the form `NAME=value`."""
    redirects: list[tuple[str, str]]
    """Operators with what they lead to."""
    before: str
    """The operator before it: empty at the beginning of a list, `&&`, `||`, `|`."""
    after: str
    """The operator after it; empty at the end of the script."""
    start: int
    end: int
    within: tuple[str, ...] = ()
    """The compound commands and groups that it is in, by the words that begin them: `if`, `for`, `{`."""
    condition: bool = False
    """Its exit status decides something: of `if`, `while`, or with `!`."""
    substituted: bool = False
    """In `$(…)` of another."""
    heredoc: str = ""

    @property
    def texts(self) -> list[str]:
        """Its words."""
        return [word.text for word in self.words]


def commands(script: str, budget: Budget, _depth: int = 0, _base: int = 0) -> list[Command]:
    """The commands of a script, in the order in which they are written. Raises OverBudget."""
    all_commands: list[Command] = []
    tokens = list(_Tokens(script, budget))
    for command in _Parser(tokens, budget).commands():
        inner = [entry for token in (*command.words, *(token for _, token in command.assignments)) for entry in token.inner]
        for text, start in inner if _depth < MAX_DEPTH else ():
            for nested in commands(text, budget, _depth + 1, _base + start):
                nested.substituted = True
                all_commands.append(nested)
        all_commands.append(_moved(command, _base) if _base else command)
    return all_commands


def _moved(command: Command, base: int) -> Command:
    command.start += base
    command.end += base
    for token in (*command.words, *(token for _, token in command.assignments)):
        token.start += base
        token.end += base
    return command


class _Tokens:
    def __init__(self, script: str, budget: Budget) -> None:
        self.script, self.size, self.at, self.budget = script, len(script), 0, budget
        self._heredocs: list[tuple[str, bool]] = []

    def __iter__(self) -> Iterator[Token]:
        while self.at < self.size:
            char = self.script[self.at]
            if char in " \t\r":
                self.at += 1
            elif self.script.startswith(("\\\n", "\\\r\n"), self.at):
                self.at += 2 + (self.script[self.at + 1] == "\r")
            elif char == "#":
                self._comment()
            else:
                self.budget.step()
                yield self._operator() or self._word()

    def _comment(self) -> None:
        end = self.script.find("\n", self.at)
        self.at = self.size if end < 0 else end

    def _operator(self) -> Token | None:
        if self.script.startswith(("&>",), self.at):
            return None
        for operator in _OPERATORS:
            if self.script.startswith(operator, self.at):
                start, self.at = self.at, self.at + len(operator)
                if operator == "\n":
                    self._skip_heredocs()
                return Token(operator, start, self.at, is_operator=True)
        return None

    def _skip_heredocs(self) -> None:
        for name, tabs in self._heredocs:
            while self.at < self.size:
                end = self.script.find("\n", self.at)
                end = self.size if end < 0 else end
                line = self.script[self.at : end].rstrip("\r")
                self.at = min(end + 1, self.size)
                if (line.lstrip("\t") if tabs else line) == name:
                    break
        self._heredocs = []

    def _word(self) -> Token:
        redirected = self._redirected()
        if redirected is not None:
            return redirected
        start, parts, inner, quoted = self.at, list[str](), list[tuple[str, int]](), False
        while self.at < self.size:
            char = self.script[self.at]
            if char in " \t\r\n;|()" or (char == "&" and not self.script.startswith("&>", self.at)):
                break
            if char in "<>" and parts:
                break
            if char == "\\":
                parts.append(self.script[self.at + 1 : self.at + 2] if not self.script.startswith("\\\n", self.at) else "")
                self.at += 2
                quoted = True
            elif char == "'":
                quoted = True
                parts.append(self._until("'"))
            elif char == '"':
                quoted = True
                parts.append(self._double(inner))
            elif self.script.startswith("$(", self.at) or char == "`":
                parts.append(self._substitution(inner))
            elif self.script.startswith("${", self.at):
                end = self.script.find("}", self.at)
                end = self.size if end < 0 else end + 1
                parts.append(self.script[self.at : end])
                self.at = end
            else:
                parts.append(char)
                self.at += 1
        if self.at == start:  # a character that begins nothing
            self.at += 1
        return Token("".join(parts), start, min(self.at, self.size), quoted=quoted, inner=inner)

    def _redirected(self) -> Token | None:
        """A redirection, or the beginning of a heredoc; None of any other word."""
        start = self.at
        if heredoc := _HEREDOC.match(self.script, start):
            if not self.script.startswith("<<<", start):
                self._heredocs.append((heredoc[2] or heredoc[3] or heredoc[4] or "", bool(heredoc[1])))
            self.at = heredoc.end()
            return Token(heredoc[0], start, self.at, quoted=True)
        if redirect := _REDIRECTION.match(self.script, start):
            self.at = redirect.end()
            return Token(redirect[0], start, self.at)
        return None

    def _until(self, quote: str) -> str:
        end = self.script.find(quote, self.at + 1)
        end = self.size if end < 0 else end
        text = self.script[self.at + 1 : end]
        self.at = end + 1
        return text

    def _double(self, inner: list[tuple[str, int]]) -> str:
        parts: list[str] = []
        self.at += 1
        while self.at < self.size and self.script[self.at] != '"':
            if self.script[self.at] == "\\":
                parts.append(self.script[self.at + 1 : self.at + 2])
                self.at += 2
            elif self.script.startswith("$(", self.at) or self.script[self.at] == "`":
                parts.append(self._substitution(inner))
            else:
                parts.append(self.script[self.at])
                self.at += 1
        self.at += 1
        return "".join(parts)

    def _substitution(self, inner: list[tuple[str, int]]) -> str:
        start = self.at
        if self.script[self.at] == "`":
            text = self._until("`")
            inner.append((text, start + 1))
            return self.script[start : self.at]
        depth, at, quote = 0, self.at + 1, ""
        while at < self.size:
            char = self.script[at]
            self.budget.step()
            if char == "\\":
                at += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "\"'":
                quote = char
            elif char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if not depth:
                    break
            at += 1
        self.at = min(at + 1, self.size)
        if not self.script.startswith("$((", start):
            inner.append((self.script[start + 2 : at], start + 2))
        return self.script[start : self.at]


class _Parser:
    def __init__(self, tokens: list[Token], budget: Budget) -> None:
        self.tokens, self.budget = tokens, budget

    def commands(self) -> Iterator[Command]:
        within: tuple[str, ...] = ()
        condition, before = False, ""
        words: list[Token] = []
        for token in self.tokens:
            self.budget.step(len(within) // 8)
            if token.is_operator:
                if words:
                    yield _command(words, before, token.text, within, condition)
                    words = []
                    before = token.text if token.text in ("&&", "||", "|", "|&") else ""
                elif token.text not in ("\n",):
                    before = token.text if token.text in ("&&", "||", "|", "|&") else before
                if token.text == "(":
                    within = (*within, "(")
                elif token.text == ")" and within[-1:] == ("(",):
                    within = within[:-1]
                if token.text in (";", "\n", "&"):
                    before = "" if token.text != "\n" or before not in ("&&", "||", "|", "|&") else before
                continue
            if not words and not token.quoted and token.text in _RESERVED:
                within = (*within, token.text) if token.text in _OPENING else within[:-1] if token.text in _CLOSING else within
                condition = token.text in _CONDITION or (token.text == "!") or (condition and token.text not in ("then", "do", "else"))
                if token.text in _CONDITION:
                    before = ""
                continue
            words.append(token)
        if words:
            yield _command(words, before, "", within, condition)


def _command(tokens: list[Token], before: str, after: str, within: tuple[str, ...], condition: bool) -> Command:
    made = Command([], [], [], before, after, tokens[0].start, tokens[-1].end, within, condition)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        redirect = _REDIRECTION.fullmatch(token.text) if not token.quoted else None
        if redirect is not None:
            target = tokens[at + 1].text if at + 1 < len(tokens) else ""
            made.redirects.append((token.text.lstrip("0123456789"), target))
            at += 2
            continue
        if _HEREDOC.match(token.text) and token.quoted:
            made.heredoc = token.text
        elif not made.words and (match := _ASSIGNMENT.match(token.text)):
            made.assignments.append((match[1], token))
        else:
            made.words.append(token)
        at += 1
    return made
