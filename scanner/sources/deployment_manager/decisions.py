"""What a template decides on what it does not know: comparisons, conditions, loops, and the properties that nobody gave.

A value that is not known is text with a mark in it (marks.py). A decision on one is asked of `Choices`, which lets a deployment be rendered
once for every possible answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jinja2
from jinja2 import nodes

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.deployment_manager.limits import Choices, OpenProperties, Perhaps
from assay.scanner.sources.deployment_manager.marks import ValueMarks, Weight, weigh, without_lines
from assay.scanner.sources.raw import Text, Unknown

_NOT_KNOWN = " is not known"


class Decisions:
    """Decisions of one rendering. Each costs steps of the budget."""

    def __init__(self, marks: ValueMarks, choices: Choices, budget: Budget) -> None:
        self.marks, self.choices, self.budget = marks, choices, budget

    def weigh(self, data: Any) -> Weight:
        """What data weighs; to go through it costs steps. Raises TooLarge, OverBudget."""
        weight = weigh(data)
        self.budget.step(weight.steps)
        return weight

    def is_marked(self, data: Any) -> bool:
        """Whether something in data is not known. Raises TooLarge, OverBudget."""
        return self.weigh(data).marked

    def show(self, data: Any) -> str:
        """A value in words short enough for a question."""
        text = self.marks.named(without_lines(data)) if isinstance(data, str) else str(self.marks.show(data))
        return text.removesuffix(_NOT_KNOWN)[:80]

    def unknown(self, what: str) -> str:
        """A mark for a value that is made of what is not known."""
        return self.marks.mark(Unknown(f"{what[:200]}{_NOT_KNOWN}", "give the template all its properties, or scan the live resource"))

    def not_given(self, name: Any) -> str:
        """A mark for a property that nobody gave."""
        return self.marks.mark(Unknown(f"properties.{name}{_NOT_KNOWN}", "scan the configuration that uses the template together with it"))

    def asked(self, question: str) -> bool:
        """One of the two answers to a question that nothing decides; the other is given in another world."""
        return self.choices.decide(question)

    def is_known_text(self, data: Any) -> bool:
        """Whether it is known to be text, though not which."""
        return isinstance(data, str) and not isinstance(self.marks.value(data), Unknown)

    def of_open(self, properties: OpenProperties, method: str, arguments: tuple[Any, ...]) -> Any:
        """The result of a method of properties of which only some are known."""
        if method == "get":
            known = bool(arguments) and arguments[0] in properties
            return properties[arguments[0]] if known else self.not_given(arguments[0] if arguments else "")
        entries: list[Any] = list(getattr(properties, method)())
        if self.asked("properties has others"):
            other = self.unknown("another property")
            entries.append((other, other) if method == "items" else other)
        return entries

    def truth(self, value: Any) -> Any:
        """A value as a condition takes it: one whose truth is not known is asked for when it is needed."""
        self.budget.step()
        if not isinstance(value, str) or not self.is_marked(value):
            return value
        data = self.marks.value(without_lines(value))
        if all(isinstance(part, Unknown) for part in (data.parts if isinstance(data, Text) else (data,))):
            perhaps = Perhaps(value)
            perhaps.choose = functools.partial(self.asked, self.show(value))
            return perhaps
        return value  # there is more than what is not known, or it is known not to be empty

    def compare(self, left: Any, *rest: Any) -> bool:
        """A chain of comparisons: `left` and pairs of an operator and what is on its right."""
        for operator, right in zip(rest[::2], rest[1::2], strict=True):
            if not self._compared(left, operator, right):
                return False
            left = right
        return True

    def _compared(self, left: Any, operator: str, right: Any) -> bool:
        left, right = (without_lines(side) if isinstance(side, str) else side for side in (left, right))
        if self.is_marked([left, right]):
            if operator in ("eq", "ne") and isinstance(left, (type(None), bool, int, dict, list)) and self.is_known_text(right):
                return operator == "ne"
            if not (
                operator in ("in", "notin") and isinstance(right, dict) and not self.is_marked(left) and not self.is_marked(list(right))
            ):
                positive = {"ne": "eq", "notin": "in"}.get(operator, operator)
                answer = self.asked(f"{self.show(left)} {_SIGNS[positive]} {self.show(right)}")
                return answer is (positive == operator)
        if operator in ("in", "notin") and isinstance(right, OpenProperties) and left not in right:
            return self.asked(f"properties has {left}") is (operator == "in")
        return bool(_COMPARE[operator](left, right))

    def turns(self, collection: Any) -> Iterator[Any]:
        """The turns of a loop. Of something that is not known there is none, or one with an element that is not known."""
        if isinstance(collection, str) and self.is_marked(collection):
            elements: Iterable[Any] = [self.unknown(f"an element of {self.show(collection)}")]
            if not self.asked(f"{self.show(collection)} has elements"):
                elements = []
        elif isinstance(collection, OpenProperties):
            elements = [*collection]
            if self.asked("properties has others"):
                elements.append(self.unknown("the name of a property"))
        else:
            elements = collection
        for element in elements:
            self.budget.step(3)
            yield element

    def test(self, name: str, function: Any) -> Callable[..., bool]:
        """A test of Jinja2 (`is defined`) that asks where what it tests is not known."""

        @functools.wraps(function)
        def tested(*args: Any, **kwargs: Any) -> bool:
            self.budget.step()
            operands = [operand for operand in args if not is_internal(operand)]
            if not self.is_marked(operands):
                return bool(function(*args, **kwargs))
            subject = operands[0]
            if name == "string" and self.is_known_text(subject):
                return True
            asked, positive = ("defined", False) if name in ("undefined", "none") else (name, True)
            if asked == "defined" and self.is_known_text(str(subject)):
                return positive
            shown = " ".join(self.show(operand) for operand in operands[1:])
            return self.asked(f"{self.show(subject)} is {asked}{f' {shown}' if shown else ''}") is positive

        return tested


def is_internal(value: Any) -> bool:
    """Whether an argument is one that Jinja2 itself passes, to a function that wants to know where it is called."""
    return isinstance(value, (jinja2.Environment, jinja2.runtime.Context, nodes.EvalContext))


def _contains(left: Any, right: Any) -> bool:
    return left in right


_SIGNS = {"eq": "==", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in"}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
    "in": _contains,
    "notin": lambda left, right: not _contains(left, right),
}
