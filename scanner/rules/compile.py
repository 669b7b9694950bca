"""Checks and compiles rule files. Every error names the file and the line, and what was probably meant."""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
import yaml

from assay.scanner import lazy_re
from assay.scanner.facts.model import Resource
from assay.scanner.facts.steps import Step
from assay.scanner.rules import cel, frameworks, remedies, schema, yaml_lines
from assay.scanner.rules.load import (
    FRAMEWORKS,
    PROFILES,
    RESOURCE_KIND,
    CompiledAssertion,
    CompiledControl,
    RuleSet,
    nearest,
)  # fmt: skip
from assay.scanner.rules.model import Assertion, Control, Framework, Profile, Remedy, RuleError, RuleErrors, Section
from assay.scanner.rules.naming import Names
from assay.scanner.sources import inputs

T = TypeVar("T")
Lines: TypeAlias = dict[yaml_lines.Path, int]

INPUTS = tuple(known.name for known in inputs.table() if known.name != "plan")
_ID = lazy_re.pattern(r"[a-z][a-z0-9_]*\.[a-z0-9][a-z0-9-]*")
_ELEMENT = lazy_re.pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = {"id": 200, "title": 500, "attested": 1_000, "when": 10_000}
_LONGEST_OF_ASSERTION = 10_000
"""Characters. CEL takes no more than 100,000; what a finding repeats is bounded so that a report of many findings is."""
_NAME = lazy_re.pattern(r"\{([\w.]*)\}")
_FACT_PATH = lazy_re.pattern(r"^resource((?:\.\w+)+)$")


def compile_files(
    files: list[tuple[Path, bytes]], digest: str, kinds: Mapping[str, type[Resource]], overrides: Iterable[str] = ()
) -> RuleSet:
    """The rules of files given with their content, on kinds by name. Raises RuleErrors.

    `overrides`: ids of built-in controls, profiles and frameworks that another file may define again, and stands for.
    """
    read = _Files(kinds, overrides)
    for path, content in files:
        try:
            read.enter(path, content)
        except RuleErrors as failure:
            read.errors += failure.errors
        except RuleError as error:
            read.errors.append(error)
    return read.rule_set(digest)


class _Files:
    """What rule files say, put together file by file."""

    def __init__(self, kinds: Mapping[str, type[Resource]], overrides: Iterable[str]) -> None:
        self.kinds = kinds
        self.errors: list[RuleError] = []
        self.names = {folder: Names(overrides) for folder in (PROFILES, FRAMEWORKS, "")}
        """Who defines which id, by the folder of a file; empty text for controls."""
        self.controls: dict[str, tuple[CompiledControl, Lines]] = {}
        self.profiles: dict[str, Profile] = {}
        self.frameworks: dict[str, Framework] = {}

    def enter(self, path: Path, content: bytes) -> None:
        """Raises RuleError, RuleErrors."""
        file, folder = str(path), path.parent.name
        if folder == PROFILES:
            profile, lines = _decode(path, content, Profile)
            self.names[folder].enter(path, lines, profile.id)
            self.profiles[file] = profile
        elif folder == FRAMEWORKS:
            framework, lines = _framework(path, content)
            self.names[folder].enter(path, lines, framework.id)
            self.frameworks[file] = framework
        else:
            compiled, lines = _control(path, content, tuple(self.kinds.items()))
            self.names[""].enter(path, lines, compiled.control.id, *compiled.control.aliases)
            self.controls[file] = compiled, lines

    def rule_set(self, digest: str) -> RuleSet:
        """Raises RuleErrors with all that is wrong."""
        known = {framework.id: framework for framework in self._kept(FRAMEWORKS, self.frameworks)}
        kept = self._kept("", self.controls)
        if not self.errors:
            for compiled, lines in kept:
                self.errors += frameworks.unfounded(compiled.control, compiled.file, lines, known)
        if self.errors:
            raise RuleErrors(self.errors)
        return RuleSet(
            digest,
            sorted((compiled for compiled, _ in kept), key=lambda compiled: compiled.control.id),
            {profile.id: profile for profile in self._kept(PROFILES, self.profiles)},
            {id_: file for names in self.names.values() for id_, file in names.replaced.items()},
            dict(sorted(known.items())),
        )

    def _kept(self, folder: str, by_file: Mapping[str, T]) -> list[T]:
        return [defined for file, defined in by_file.items() if file not in self.names[folder].replaced_files]


# Kept, since the built-in files are many and long, and are read beside whatever own rules there are.


@functools.lru_cache(1024)
def _control(path: Path, content: bytes, kinds: tuple[tuple[str, type[Resource]], ...]) -> tuple[CompiledControl, Lines]:
    """Raises RuleError, RuleErrors."""
    control, lines = _decode(path, content, Control)
    return _Compiler(path, control, lines, dict(kinds)).control(), lines


@functools.lru_cache(32)
def _framework(path: Path, content: bytes) -> tuple[Framework, Lines]:
    """Raises RuleError, RuleErrors."""
    framework, lines = _decode(path, content, Framework)
    if errors := frameworks.malformed(framework, str(path), lines):
        raise RuleErrors(errors)
    return framework, lines


def _decode(path: Path, content: bytes, type_: type[Any]) -> tuple[Any, Lines]:
    try:
        data, lines = yaml_lines.load(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RuleError(str(path), content[: error.start].count(b"\n") + 1, "not valid UTF-8") from None
    except yaml.MarkedYAMLError as error:
        raise RuleError(str(path), error.problem_mark.line + 1 if error.problem_mark else 0, f"not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise RuleError(str(path), 0, f"not YAML: {error}") from None
    try:
        return msgspec.convert(data, type_), lines
    except msgspec.ValidationError as error:
        raise _shape_error(path, str(error), type_, data, lines) from None


def _shape_error(path: Path, text: str, type_: type[Any], data: Any, lines: Lines) -> RuleError:
    """msgspec's words with the line: `Object contains unknown field `x` - at `$.assert[0]``."""
    problem, _, place = text.partition(" - at `$")
    steps: list[str | int] = [int(number) if number else name for name, number in re.findall(r"\.(\w+)|\[(\d+)\]", place)]
    field = re.search(r"field `(\w+)`", problem)
    way = ""
    if field and "unknown" in problem:
        if steps[:1] == ["fix"]:  # msgspec does not say which key of a map is meant
            steps = list(next((path for path in lines if path[0:1] == ("fix",) and len(path) == 4 and path[3] == field[1]), ("fix",)))[:-1]
        steps.append(field[1])
        within: Any = Assertion if "assert" in steps else Section if "sections" in steps else Remedy if "fix" in steps else type_
        way = nearest(field[1], [member.encode_name for member in msgspec.structs.fields(within)])
    while steps and tuple(steps) not in lines:
        steps.pop()
    return RuleError(str(path), lines.get(tuple(steps), 1), problem.replace("Object", "the rule"), way)


class _Compiler:
    """One control."""

    def __init__(self, path: Path, control: Control, lines: Lines, kinds: Mapping[str, type[Resource]]) -> None:
        self.path, self.rule, self.lines, self.kinds = path, control, lines, kinds
        self.errors: list[RuleError] = []
        self.kind, self.source_type = self._kind()
        self.environments: dict[str, cel.Environment] = {}

    def control(self) -> CompiledControl:
        rule = self.rule
        for place, name in (("id", rule.id), *(("aliases", alias) for alias in rule.aliases)):
            if not _ID.fullmatch(name):
                self.error((place,), f"the id {name!r} is not area.slug in lower case")
        for place, limit in _LONGEST.items():
            if len(getattr(rule, place)) > limit:
                self.error((place,), f"longer than {limit:,} characters", "every finding repeats it: say it in fewer words")
        for name in rule.judged:
            if name not in (*INPUTS, "plan"):
                self.error(("judged", name), f"there is no input {name!r}", nearest(name, (*INPUTS, "plan")))
        if not rule.assertions and not rule.attested:
            self.error(("assert",), "the rule asserts nothing", "a control that no input shows says under `attested` what is to be stated")
        for problem in remedies.problems(rule):
            self.error(*problem)
        when, when_read = self._expression(rule.when, ("when",), {})
        assertions = [self._assertion(at, assertion) for at, assertion in enumerate(rule.assertions)]
        if self.errors:
            raise RuleErrors(self.errors)
        evidence = [self._evidence(text, ("evidence", at)) for at, text in enumerate(rule.evidence)]
        if self.errors:
            raise RuleErrors(self.errors)
        reads, contents = list(when_read.paths), when_read.contents
        return CompiledControl(
            rule, str(self.path), self.kind, self.source_type, when, reads, contents, assertions, evidence, self._outcome()
        )

    def _evidence(self, text: str, place: yaml_lines.Path) -> tuple[str, ...]:
        """The path of a fact that decides nothing; through a list it leads to each of its elements."""
        match = _FACT_PATH.match(text)
        if not match:
            self.error(place, "evidence names facts of the resource, such as resource.deployed.scan")
            return ()
        path: tuple[str, ...] = ()
        for name in match[1].strip(".").split("."):
            hint, _ = self._resolve(path) if path else (None, "")
            path = (*path, "*", name) if typing.get_origin(hint) is list else (*path, name)
        _, problem = self._resolve(path)
        if problem:
            self.error(place, problem)
        return path

    def error(self, place: yaml_lines.Path, problem: str, way: str = "") -> None:
        self.errors.append(RuleError(str(self.path), self.lines.get(place, 1), problem, way))

    def _kind(self) -> tuple[str, str]:
        applies_to = self.rule.applies_to
        if isinstance(applies_to, dict):
            unknown = [name for name in applies_to if name not in INPUTS]
            if unknown or len(applies_to) != 1:
                self.error(("applies_to",), "applies_to names one input and its type", nearest(unknown[0], INPUTS) if unknown else "")
            return RESOURCE_KIND, next(iter(applies_to.values()), "")
        if applies_to not in self.kinds:
            self.error(
                ("applies_to",),
                f"there is no kind {applies_to!r}",
                nearest(applies_to, self.kinds) or f"kinds are {', '.join(sorted(self.kinds))}",
            )
            return "", ""
        return applies_to, ""

    def _assertion(self, at: int, assertion: Assertion) -> CompiledAssertion:
        place: yaml_lines.Path = ("assert", at)
        list_path: tuple[str, ...] = ()
        names: dict[str, tuple[str, ...]] = {}
        if assertion.each:
            list_path = self._list(assertion.each, (*place, "each"))
            if not assertion.as_:
                self.error(
                    (*place, "each"),
                    "each needs a name for the element",
                    f"add `as: {list_path[-1].rstrip('s') if list_path else 'element'}`",
                )
            elif not _ELEMENT.fullmatch(assertion.as_) or assertion.as_ in ("resource", "params"):
                self.error((*place, "as"), f"{assertion.as_!r} cannot name an element", "take a word, such as `grant`")
            else:
                names = {assertion.as_: list_path}
        for name, text in (("that", assertion.that), ("when", assertion.when), ("message", assertion.message)):
            if len(text) > _LONGEST_OF_ASSERTION:
                self.error((*place, name), f"longer than {_LONGEST_OF_ASSERTION:,} characters", "make it several assertions")
        if not assertion.that.strip():
            self.error((*place, "that"), "the assertion says nothing", "write what must hold, in CEL")
        that, read = self._expression(assertion.that, (*place, "that"), names)
        when, when_read = self._expression(assertion.when, (*place, "when"), names)
        for name in _NAME.findall(assertion.message):
            self._message_name(name, names, (*place, "message"))
        reads, contents = [*read.paths, *when_read.paths], read.contents + when_read.contents
        of_all, steps = self._of_all(assertion, (*place, "that")), self._steps(assertion.steps, names, (*place, "steps"))
        return CompiledAssertion(assertion, that, when, of_all, list(dict.fromkeys(reads)), list(dict.fromkeys(contents)), list_path, steps)

    def _steps(self, text: str, names: dict[str, tuple[str, ...]], place: yaml_lines.Path) -> tuple[str, ...]:
        """The path of the fact that tells a way in steps."""
        if not text:
            return ()
        first, *rest = text.split(".")
        if not rest or (first != "resource" and first not in names):
            self.error(place, "steps names a fact that is a list of steps, of the resource or of the element", "such as reader.steps")
            return ()
        path = (*names[first], "*", *rest) if first in names else tuple(rest)
        hint, problem = self._resolve(path)
        if not problem and hint != list[Step]:
            problem = f"{text} is not a list of steps"
        if problem:
            self.error(place, problem)
        return path

    def _of_all(self, assertion: Assertion, place: yaml_lines.Path) -> bytes:
        """The assertion on all elements of its list in one expression: true where it holds for each, or where it does not count."""
        if not assertion.each or self.errors:
            return b""
        try:
            return self._environment(()).compile(_of_all(assertion)).serialize()
        except cel.CelError as error:
            self.error(place, f"not CEL for the elements of {assertion.each}: {error}")
            return b""

    def _outcome(self) -> bytes:
        """The condition and all assertions in one expression; none where that is more than CEL takes."""
        parts = []
        for assertion in self.rule.assertions:
            text = _of_all(assertion) if assertion.each else _where_it_counts(assertion)
            parts.append(f"({assertion.each} == null || {text})" if assertion.each else f"({text})")
        whole = " && ".join(parts)
        text = f'(\n{self.rule.when}\n) ? dyn(({whole}) == true) : dyn("{cel.NOT_APPLICABLE}")' if self.rule.when else whole
        try:
            return self._environment(()).compile(text).serialize() if self.rule.assertions else b""
        except (cel.CelError, RecursionError):
            return b""

    def _environment(self, names: tuple[str, ...]) -> cel.Environment:
        return self.environments.setdefault(",".join(names), cel.Environment(names))

    def _list(self, text: str, place: yaml_lines.Path) -> tuple[str, ...]:
        match = _FACT_PATH.match(text)
        if not match:
            self.error(place, "each names a list of facts, such as resource.grants")
            return ()
        path = tuple(match[1].strip(".").split("."))
        hint, problem = self._resolve(path)
        if problem:
            self.error(place, problem)
        elif hint is not Any and typing.get_origin(hint) is not list:
            self.error(place, f"{text} is not a list")
        return path

    def _resolve(self, path: tuple[str, ...]) -> tuple[Any, str]:
        if self.kind not in self.kinds:
            return Any, "" if not path or path[0] in (
                *schema.IDENTITY,
                "attributes",
            ) or not self.kind else f"use resource.attributes.{path[0]}"
        return schema.resolve(self.kinds[self.kind], path)

    def _message_name(self, name: str, names: dict[str, tuple[str, ...]], place: yaml_lines.Path) -> None:
        first, *rest = name.split(".")
        if first == "params":
            self._param(rest[0] if rest else "", place)
            return
        path = (*names[first], "*", *rest) if first in names else (first, *rest)
        _, problem = self._resolve(path)
        if problem:
            self.error(place, f"the message names {{{name}}}: {problem}")

    def _param(self, name: str, place: yaml_lines.Path) -> None:
        if name not in self.rule.params:
            self.error(place, f"there is no param {name!r}", nearest(name, self.rule.params))

    def _expression(self, text: str, place: yaml_lines.Path, names: dict[str, tuple[str, ...]]) -> tuple[bytes, cel.ExpressionReads]:
        if not text:
            return b"", cel.ExpressionReads()
        try:
            compiled = self._environment(tuple(names)).compile(text).serialize()
        except cel.CelError as error:
            column = f" at column {error.column}" if error.column else ""
            self.error(place, f"not CEL{column}: {error}")
            return b"", cel.ExpressionReads()
        except RecursionError:
            self.error(place, "not CEL: nested too deep")
            return b"", cel.ExpressionReads()
        for name in re.findall(r"\bparams\.(\w+)", text):
            self._param(name, place)
        read = cel.read_facts(compiled, names)
        self._check(read, place)
        return compiled, read

    def _check(self, read: cel.ExpressionReads, place: yaml_lines.Path) -> None:
        """Facts must exist, and no operation may take an unknown fact for an absent one."""
        for path, problem in read.problems:
            self.error(place, f"{'.'.join(path) or 'the expression'}: {problem}")
        for path in read.paths:
            _, problem = self._resolve(path)
            if problem:
                self.error(place, problem)
        for path in read.ranges:
            hint, problem = self._resolve(path)
            if not problem and hint is not Any and typing.get_origin(hint) is not list:
                self.error(place, f"{'.'.join(path)} is not a list")
        for path in read.comparisons:
            hint, problem = self._resolve(path)
            if not problem and (schema.is_part(hint) or typing.get_origin(hint) is list):
                self.error(place, f"{'.'.join(path)} is compared as a whole", "compare its facts, which may be unknown one by one")


def _where_it_counts(assertion: Assertion) -> str:
    counts = f"!(\n{assertion.when}\n) || " if assertion.when else ""
    return f"{counts}(\n{assertion.that}\n)"


def _of_all(assertion: Assertion) -> str:
    return f"{assertion.each}.all({assertion.as_}, {_where_it_counts(assertion)})"
