"""What systems share: a script as what it does, a program with arguments, values of the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.supply.pipelines import commands, flow
from assay.scanner.facts.supply.pipelines.flow import Shell
from assay.scanner.facts.supply.pipelines.model import IMAGE, Act, BuildArgument, Path
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.repository import shell as syntax
from assay.scanner.sources.repository.shell import Command

MAX_STEPS = 500_000
"""Of the scripts of one pipeline together."""
TEXT = "#text"
_SHELLS = frozenset({"bash", "sh", "ash", "dash", "zsh", "ksh"})
_EXITS = lazy_re.pattern(r"\bexit\s+[1-9$]")


class Script:
    """A script: its commands, and what they do."""

    def __init__(self, text: str, place: Path, shell: Shell, environment: Mapping[str, Any], budget: Budget) -> None:
        """Raises OverBudget."""
        self.text, self.place, self.shell, self.environment = text, place, shell, environment
        self.commands = syntax.commands(text, budget)
        self.budget = budget

    def acts(self) -> Iterator[Act]:
        """What it does, in order."""
        numbers = flow.lists(self.commands)
        environment = dict(self.environment)
        for at, command in enumerate(self.commands):
            for name, token in command.assignments:
                environment[name] = token.text.partition("=")[2]
            if command.texts[:1] == ["export"]:
                environment |= {name: value for name, sign, value in (word.partition("=") for word in command.texts[1:]) if sign}
            nested = self._nested(command, environment)
            if nested is not None:
                yield from self._inner(nested, at, numbers)
                continue
            for doing in commands.doings(command.texts, environment):
                yield self._act(doing, command, at, numbers)

    def _act(self, doing: commands.Doing, command: Command, at: int, numbers: list[int]) -> Act:
        stops, why = doing.fails, doing.why
        if doing.does == "scan":
            self.budget.step(len(self.commands))
        if doing.does == "scan" and stops is False and _EXITS.search(self.text[command.start :]):
            stops, why = _by_script(doing), ""
        elif stops is True and doing.does in ("scan", "verify"):
            stops, why = flow.stops(self.commands, at, self.shell)
        return Act(
            doing.does,
            doing.subject,
            words_of(command.texts),
            (*self.place, TEXT, command.start, command.end),
            stops,
            why,
            (numbers[at], at),
            command.after == "&&",
        )

    def _nested(self, command: Command, environment: Mapping[str, Any]) -> Script | None:
        """The script of `bash -c SCRIPT`."""
        words = commands.unwrapped(command.texts)
        text, shell = script_of(words[0], words[1:]) if words else (None, Shell())
        place = (*self.place, TEXT, command.start, command.end)
        return None if text is None else Script(text, place, shell, environment, self.budget)

    def _inner(self, nested: Script, at: int, numbers: list[int]) -> Iterator[Act]:
        self.budget.step(len(self.commands))
        stops, why = flow.stops(self.commands, at, self.shell)
        for act in nested.acts():
            if act.stops is True and stops is not True:
                act.stops, act.why = stops, why
            act.place, act.list_ = nested.place, (numbers[at], at)
            yield act

    def opaque(self) -> str:
        """What it runs that is not seen and may be a scanner, by its name; empty for nothing."""
        for command in self.commands:
            nested = self._nested(command, {})
            if nested is not None:
                if told := nested.opaque():
                    return told
                continue
            words = commands.unwrapped(command.texts)
            program = words[0] if words else ""
            is_other = program.startswith(("./", "/")) or program.endswith((".sh", ".py")) or program in _RUNNERS
            if is_other and any(commands.MAY_SCAN.search(word) for word in words[:3]) and not commands.doings(command.texts, {}):
                return words_of(command.texts)
        return ""

    def arguments(self) -> Iterator[tuple[str, str, Path]]:
        """The build arguments that it gives: name, value, place."""
        for command in self.commands:
            words = commands.unwrapped(command.texts)
            if any(doing.does == "build" for doing in commands.doings(command.texts, {})):
                for name, value in build_arguments(words):
                    yield name, value, (*self.place, TEXT, command.start, command.end)


_RUNNERS = frozenset(
    {"make", "just", "task", "npm", "pnpm", "yarn", "bash", "sh", "python", "python3", "nox", "tox", "invoke", "mage", "earthly"}
)


def _by_script(doing: commands.Doing) -> Any:
    """Whether a scanner that fails for nothing stops a script that ends with a failure of its own after it."""
    return doing.by_script or Unknown("when the script ends with a failure after what the scanner tells", "let the scanner itself fail")


def build_arguments(words: list[str]) -> Iterator[tuple[str, str]]:
    """`--build-arg NAME=VALUE` of a command line; without a value it is that of the variable."""
    for at, word in enumerate(words):
        if word == "--build-arg" and at + 1 < len(words):
            text = words[at + 1]
        elif word.startswith("--build-arg="):
            text = word.partition("=")[2]
        else:
            continue
        name, sign, value = text.partition("=")
        yield name, value if sign else f"${name}"


def script_of(program: str, arguments: list[str]) -> tuple[str | None, Shell]:
    """The script that `bash -c SCRIPT` runs, and how; None where it runs none."""
    if program.rpartition("/")[2] not in _SHELLS:
        return None, Shell()
    errexit = pipefail = wanted = False
    words = iter(arguments)
    for word in words:
        if not word.startswith("-"):  # the script, or a file that holds it
            return (word if wanted else None), Shell(errexit, pipefail)
        flags = word.lstrip("-") if not word.startswith("--") else ""
        named = next(words, "") if "o" in flags else ""
        errexit |= "e" in flags or named == "errexit"
        pipefail |= named == "pipefail"
        wanted |= "c" in flags
    return None, Shell()


def of_program(words: list[str], place: Path, environment: Mapping[str, Any], budget: Budget) -> tuple[list[Act], str, list[BuildArgument]]:
    """What a container does that is started with a command line, what of that is not seen, and the build arguments that it gives."""
    text, shell = script_of(words[0], words[1:]) if words else (None, Shell())
    if text is not None:
        script = Script(text, place, shell, environment, budget)
        arguments = [BuildArgument(name, value, False, place) for name, value, _ in script.arguments()]
        acts = list(script.acts())
        for act in acts:
            act.place = place
        return acts, script.opaque(), arguments
    doings = commands.doings(words, environment)
    acts = [Act(doing.does, doing.subject, words_of(words), place, doing.fails, doing.why) for doing in doings]
    builds = any(doing.does == "build" for doing in doings)
    return acts, "", [BuildArgument(name, value, False, place) for name, value in (build_arguments(words) if builds else ())]


def words_of(words: list[str]) -> str:
    """A command line in few words, without what may be a value: `trivy image`."""
    words = commands.unwrapped(words)
    kept = [words[0].rpartition("/")[2]] if words else []
    for word in words[1:]:
        if not re.fullmatch(r"[a-z][a-z-]{1,30}", word) or len(kept) > 3:
            break
        kept.append(word)
    return " ".join(kept)[:80]


def mapping(data: Any) -> dict[str, Any]:
    """A map, or an empty one in the place of anything else."""
    return data if isinstance(data, dict) else {}


def listed(data: Any) -> list[Any]:
    """A list; one thing is a list of it, nothing an empty one."""
    return data if isinstance(data, list) else [] if data is None else [data]


__all__ = ["IMAGE", "Script", "build_arguments", "listed", "mapping", "of_program", "script_of", "words_of"]
