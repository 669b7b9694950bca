"""What the expressions of a control ask of a resource."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.rules import cel
from assay.scanner.rules.load import CompiledAssertion
from assay.scanner.rules.subject import program


class Question(msgspec.Struct, frozen=True):
    """What an expression decides: its text, the facts it reads, and the element of a list where it is about one."""

    assertion: str
    """Its number in the control, `when` for the condition, empty for the control as a whole."""
    expected: str
    reads: list[cel.Path]
    list: cel.Path = ()
    key: str = ""
    element: Any = None
    steps: cel.Path = ()
    """The fact that tells the way by which it comes about."""

    def about(self, key: str, element: Any) -> Question:
        """The same of one element of the list."""
        return Question(self.assertion, self.expected, self.reads, self.list, key, element, self.steps) if key else self

    def is_of_element(self, path: cel.Path) -> bool:
        """Whether a fact is one of the element in question."""
        return self.element is not None and path[: len(self.list) + 1] == (*self.list, "*")


def _facts_named(expression: str) -> frozenset[str] | None:
    """The facts of the resource that an expression names; None where it may read any."""
    named = _FACT.findall(expression)
    return frozenset(named) if len(named) == len(_RESOURCE.findall(expression)) else None


_RESOURCE, _FACT = lazy_re.pattern(r"\bresource\b"), lazy_re.pattern(r"\bresource\.([A-Za-z_]\w*)")


class ReadyAssertion:
    """One assertion, ready to run."""

    def __init__(self, number: int, compiled: CompiledAssertion) -> None:
        self.text, self.list, self.contents = compiled.text, compiled.each, compiled.contents
        self.name = self.text.as_ if self.list else ""
        self._compiled = compiled
        self.takes_params = "params" in self.text.when + self.text.that
        self.holds = Question(str(number), self.text.that, compiled.reads, self.list, steps=compiled.steps)
        self.counts = Question(str(number), self.text.when, compiled.reads, self.list, steps=compiled.steps)
        self.is_list = Question(str(number), self.text.that, [self.list])
        self.element_reads, self.element_contents = _below(compiled.reads, self.list), _below(compiled.contents, self.list)
        self.beside = _facts_named(f"{self.text.when} {self.text.that}")

    @functools.cached_property
    def that(self) -> cel.Program:
        """What has to hold; over the elements of a list, with the name that these have."""
        return program(self._compiled.that, self.name)

    @functools.cached_property
    def when(self) -> cel.Program | None:
        """The condition under which the assertion counts; None where it always does."""
        return program(self._compiled.when, self.name) if self._compiled.when else None

    @functools.cached_property
    def of_all(self) -> cel.Program | None:
        """The assertion on all elements of its list at once; None where it has no list."""
        return program(self._compiled.of_all) if self._compiled.of_all else None


def _below(paths: list[cel.Path], list_: cel.Path) -> list[cel.Path]:
    """Those of the paths that read an element of a list, from there."""
    own = (*list_, "*")
    return [path[len(own) :] for path in paths if path[: len(own)] == own and len(path) > len(own)]
