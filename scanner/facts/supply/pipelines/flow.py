"""What the failure of a command does to the script that it is in.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set (`-e`), https://www.gnu.org/software/bash/manual/html_node/Pipelines.html
"""

from __future__ import annotations

import msgspec

from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.repository.shell import Command

_WAY = "let the scanner itself end the script: set -e, and nothing after it that hides its exit status"


class Shell(msgspec.Struct, frozen=True):
    """How a script is started."""

    errexit: bool = True
    """`-e`: it ends with the first command that fails."""
    pipefail: bool = False
    known: bool = True
    """It is a shell of POSIX at all."""


def lists(commands: list[Command]) -> list[int]:
    """The number of the and-or list that each command is in."""
    numbers, number = [], 0
    for at, command in enumerate(commands):
        if at and not command.before:
            number += 1
        numbers.append(number)
    return numbers


def stops(commands: list[Command], at: int, shell: Shell) -> tuple[bool | Unknown, str]:
    """Whether the script fails where a command does, and why not."""
    if not shell.known:
        return Unknown("what a failure does in this shell", "use bash"), ""
    command = commands[at]
    errexit, pipefail = _set(commands[:at], shell)
    if "if" in command.within[: len(command.within) - command.condition] or "case" in command.within:
        return Unknown(f"whether `{_name(command)}` runs: it stands under a condition", "let it run in any case"), ""
    if command.condition:
        return (True, "") if _fails(commands[at + 1 :]) else (False, "its result is tested, and nothing ends the script")
    if command.after in ("|", "|&") and not pipefail:
        return _hidden(commands, at, "its output is piped on, and its exit status is lost (no pipefail)")
    if command.after == "&":
        return False, "it runs in the background"
    if command.after == "||" or _alternative(commands, at):
        return _hidden(commands, at, "what follows `||` hides that it fails")
    is_last = lists(commands)[at] == lists(commands)[-1]
    if command.after == "&&":
        return (True, "") if is_last else (False, "a failure before `&&` does not end the script")
    if command.substituted and not errexit:
        return False, "its exit status is lost in `$(…)`"
    if errexit or is_last:
        return True, ""
    if any("$?" in word.text for later in commands[at + 1 :] for word in (*later.words, *(token for _, token in later.assignments))):
        return Unknown("what the script makes of the exit status `$?`", _WAY), ""
    return False, "the script goes on after it (no `set -e`)"


def _hidden(commands: list[Command], at: int, why: str) -> tuple[bool | Unknown, str]:
    """Of a command whose failure its list hides, unless that ends the script, or keeps the exit status for later."""
    rest = _rest(commands, at)
    if _fails(rest):
        return True, ""
    later = commands[at + len(rest) + 1 :]
    keeps = any("$?" in token.text for command in rest for _, token in command.assignments)
    ends = any(command.texts[:1] in (["exit"], ["return"]) for command in later)
    looks = any("PIPESTATUS" in word.text for command in later for word in (*command.words, *(token for _, token in command.assignments)))
    if (keeps and ends) or looks:
        return Unknown("what the script makes of the exit status that it keeps", _WAY), ""
    return False, why


def _alternative(commands: list[Command], at: int) -> bool:
    """Whether a later command of its pipeline is followed by `||`: `scan | tee log || true`."""
    number = lists(commands)
    for later in range(at, len(commands)):
        if number[later] != number[at]:
            return False
        if commands[later].after == "||":
            return True
        if commands[later].after not in ("|", "|&", "&&"):
            return False
    return False


def _set(before: list[Command], shell: Shell) -> tuple[bool, bool]:
    """The options that are in force after some commands."""
    errexit, pipefail = shell.errexit, shell.pipefail
    for command in before:
        texts = command.texts
        if texts[:1] != ["set"] or command.substituted:
            continue
        for at, word in enumerate(texts[1:], 1):
            on = word.startswith("-")
            if word[:1] in "+-" and word[1:].isalpha():
                if "e" in word[1:]:
                    errexit = on
                named = texts[at + 1] if "o" in word[1:] and at + 1 < len(texts) else ""
                errexit = on if named == "errexit" else errexit
                pipefail = on if named == "pipefail" else pipefail
    return errexit, pipefail


def _rest(commands: list[Command], at: int) -> list[Command]:
    """What follows a command in its list, with the groups that begin there."""
    rest: list[Command] = []
    for later in commands[at + 1 :]:
        if not later.before and len(later.within) <= len(commands[at].within):
            break
        rest.append(later)
    return rest


def _fails(following: list[Command]) -> bool:
    """Whether one of some commands ends the script with a failure."""
    for command in following:
        texts = command.texts
        if texts[:1] == ["false"]:
            return True
        if texts[:1] in (["exit"], ["return"]) and texts[1:] != ["0"]:
            return True
    return False


def _name(command: Command) -> str:
    return " ".join(command.texts[:2])[:60]
