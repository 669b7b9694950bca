"""Jinja2 for templates of strangers: no way out of the sandbox, an end to every loop, and no guessing about what is not known.

What is not known is in the text as a mark (marks.py). Work that keeps a mark whole goes on; a decision on one (a comparison, `if`, how
often a loop turns) is asked of `Choices`, which lets a deployment be rendered once for every possible answer. Every call, filter, turn of a
loop and step of arithmetic costs steps of a budget, in proportion to the size of its result, so that a template ends whatever it says.
https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assay.scanner.sources.deployment_manager.limits import (
    FILTERS,
    METHODS,
    TESTS,
    WHOLE_FILTERS,
    WHOLE_METHODS,
    Budget,
    Choices,
    Open,
    Perhaps,
    TooMuch,
)
from assay.scanner.sources.deployment_manager.marks import Marks, TooLarge, is_marked, weigh, without_lines
from assay.scanner.sources.deployment_manager.rewriting import Rewriter
from assay.scanner.sources.values import Text, Unknown

MAX_TEXT = 2_000_000
_MAX_NUMBER = 10**18


def environment(sources: Mapping[str, str], marks: Marks, choices: Choices, budget: Budget) -> Sandbox:
    """`sources`: what a template may include, by name."""
    return Sandbox(sources, marks, choices, budget)


class Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

    def __init__(self, sources: Mapping[str, str], marks: Marks, choices: Choices, budget: Budget) -> None:
        super().__init__(
            loader=jinja2.DictLoader(sources), optimized=False, auto_reload=False, undefined=_undefined(marks), finalize=self._printed
        )
        self.marks, self.choices, self.budget = marks, choices, budget
        self.names: list[str] = []
        """The templates that were read, in the order of their numbers in marks of lines."""
        self.globals = {"range": self._range, "dict": dict, "namespace": self.globals["namespace"], "joiner": self.globals["joiner"]}
        self.filters = {name: self._filter(name, self.filters[name]) for name in FILTERS if name in self.filters}
        self.filters |= {
            "_truth": self._truth,
            "_compare": self._compare,
            "_concat": self._concat,
            "_each": self._each,
            "_slice": self._slice,
        }
        self.tests = {name: self._test(name, held) for name, held in self.tests.items() if name in TESTS}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        self.budget.spend(20 + len(source) // 100)
        tree = super()._parse(source, name, filename)
        if name is not None and name not in self.names:
            self.names.append(name)
        Rewriter(self.names.index(name) if name is not None else -1).visit(tree)
        return tree

    # What a template may not make too large.

    def _sized(self, result: Any) -> Any:
        if isinstance(result, (str, list, tuple, dict)):
            self.budget.spend(1 + weigh(result)[0] // 500)
        elif isinstance(result, int) and abs(result) > _MAX_NUMBER:
            raise TooMuch("a number is too large")
        else:
            self.budget.spend()
        return result

    def _range(self, *bounds: int) -> range:
        found = range(*bounds)
        if len(found) > 10_000:
            raise TooMuch("a range is too long")
        return found

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if is_marked(left) or is_marked(right):
            whole = operator == "+" or (operator == "%" and isinstance(left, str) and set("%s") >= set(_specifiers(left)))
            if not (whole and isinstance(left, (str, list, tuple)) and (operator == "%" or type(left) is type(right))):
                return self._unknown(f"{self._show(left)} {operator} {self._show(right)}")
        if operator == "*" and (isinstance(left, (str, list, tuple)) or isinstance(right, (str, list, tuple))):
            length, times = (len(left), right) if isinstance(left, (str, list, tuple)) else (len(right), left)
            if not isinstance(times, int) or length * times > MAX_TEXT:
                raise TooMuch("a value is too long")
        if operator == "**" and not (_small(left, 10**6) and _small(right, 20)):
            raise TooMuch("a number is too large")
        if operator == "%" and isinstance(left, str) and any(each.isdecimal() or each in "*." for each in _specifiers(left)):
            raise TooMuch("a format with a width is not computed")
        if operator == "%" and isinstance(left, str):
            self._repeated(left.count("%"), right)
        return self._sized(super().call_binop(context, operator, left, right))

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        self.budget.spend()
        return self._unknown(f"{operator}{self._show(arg)}") if is_marked(arg) else super().call_unop(context, operator, arg)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - names as in the class above
        __self.budget.spend(5)
        owner = getattr(__obj, "__self__", None)
        name = getattr(__obj, "__name__", "")
        if isinstance(owner, str):
            if name not in METHODS:
                raise SecurityError(f"{name} of a text is not offered")
            if name == "replace" and len(args) > 1:
                __self._repeated(len(owner) + 1, args[1])
            if name == "join" and args:
                __self._repeated(weigh(args)[0], owner)
            if is_marked(owner) or is_marked(args) or is_marked(kwargs):
                if name in ("startswith", "endswith"):
                    return __self._asked(f"{__self._show(owner)} {name} {__self._show(args[0]) if args else ''}")
                if name not in WHOLE_METHODS:
                    return __self._unknown(f"{__self._show(owner)}.{name}()")
        elif isinstance(owner, Open) and name in ("get", "items", "keys", "values"):
            return __self._of_open(owner, name, args)
        elif name == "range" and is_marked(args):
            return __self._each(__self._unknown("range"))
        return __self._sized(super().call(__context, __obj, *args, **kwargs))

    def _repeated(self, times: int, held: Any) -> None:
        """What will hold something many times must not be too long."""
        if times * weigh(held)[0] > 20 * MAX_TEXT:
            raise TooMuch("a value is too long")

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text: str = value.__self__
        if re.search(r":[^}]*[\d{]", text):
            raise TooMuch("a format with a width is not computed")

        def formatted(*args: Any, **kwargs: Any) -> str:
            self._repeated(text.count("{"), [args, kwargs])
            return str(wrapped(*args, **kwargs))

        return formatted

    # What is not known.

    def _show(self, data: Any) -> str:
        text = self.marks.named(without_lines(data)) if isinstance(data, str) else str(self.marks.show(data))
        return text.removesuffix(_NOT_KNOWN)[:80]

    def _unknown(self, what: str) -> str:
        return self.marks.mark(Unknown(f"{what[:200]}{_NOT_KNOWN}", "give the template all its properties, or scan the live resource"))

    def _asked(self, question: str) -> bool:
        return self.choices.decide(question)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if is_marked(argument) if isinstance(obj, (dict, list)) else is_marked(obj) and not callable(getattr(obj, str(argument), None)):
            return self._unknown(f"{self._show(obj) if isinstance(obj, str) else 'the entry'}.{self._show(argument)}")
        if isinstance(obj, Open) and argument not in obj and not hasattr(dict, str(argument)):
            return self._not_given(argument)
        return super().getitem(obj, argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj and not attribute.startswith("_"):
            return obj[attribute]
        if isinstance(obj, Open) and not hasattr(dict, attribute):
            return self._not_given(attribute)
        if isinstance(obj, str) and is_marked(obj) and not hasattr(str, attribute):
            return self._unknown(f"{self._show(obj)}.{attribute}")
        if obj is not None and isinstance(obj, str) and attribute.startswith("_"):
            return self.unsafe_undefined(obj, attribute)
        return super().getattr(obj, attribute)

    def _not_given(self, name: Any) -> str:
        return self.marks.mark(Unknown(f"properties.{name}{_NOT_KNOWN}", "scan the configuration that uses the template together with it"))

    def _of_open(self, held: Open, name: str, arguments: tuple[Any, ...]) -> Any:
        if name == "get":
            return held[arguments[0]] if arguments and arguments[0] in held else self._not_given(arguments[0] if arguments else "")
        found: list[Any] = list(getattr(held, name)())
        if self._asked("properties has others"):
            other = self._unknown("another property")
            found.append((other, other) if name == "items" else other)
        return found

    def _slice(self, held: Any, *bounds: Any) -> Any:
        if is_marked(held) if isinstance(held, str) else is_marked(bounds):
            return self._unknown(f"a part of {self._show(held)}")
        return self._sized(held[slice(*bounds)])

    def _truth(self, value: Any) -> Any:
        self.budget.spend()
        if not isinstance(value, str) or not is_marked(value):
            return value
        held = self.marks.value(without_lines(value))
        if all(isinstance(part, Unknown) for part in (held.parts if isinstance(held, Text) else (held,))):
            perhaps = Perhaps(value)
            perhaps.choose = functools.partial(self._asked, self._show(value))
            return perhaps
        return value  # there is more than what is not known, or it is known not to be empty

    def _compare(self, left: Any, *rest: Any) -> bool:
        """A chain of comparisons: `left` and pairs of an operator and what is on its right."""
        for operator, right in zip(rest[::2], rest[1::2], strict=True):
            if not self._compared(left, operator, right):
                return False
            left = right
        return True

    def _compared(self, left: Any, operator: str, right: Any) -> bool:
        left, right = (without_lines(each) if isinstance(each, str) else each for each in (left, right))
        self.budget.spend(1 + weigh([left, right])[0] // 500)
        if is_marked(left) or is_marked(right):
            if operator in ("eq", "ne") and isinstance(left, (type(None), bool, int, dict, list)) and self._is_known_text(right):
                return operator == "ne"
            if not (operator in ("in", "notin") and isinstance(right, dict) and not is_marked(left) and not is_marked(list(right))):
                positive = {"ne": "eq", "notin": "in"}.get(operator, operator)
                held = self._asked(f"{self._show(left)} {_SIGNS[positive]} {self._show(right)}")
                return held is (positive == operator)
        if operator in ("in", "notin") and isinstance(right, Open) and left not in right:
            return self._asked(f"properties has {left}") is (operator == "in")
        return bool(_COMPARE[operator](left, right))

    def _is_known_text(self, data: Any) -> bool:
        """Whether it is known to be text, though not which."""
        return isinstance(data, str) and not isinstance(self.marks.value(data), Unknown)

    def _concat(self, *parts: Any) -> str:
        self.budget.spend(1 + weigh(parts)[0] // 500)
        return str(self._sized("".join(str(self._printed(part)) for part in parts)))

    def _each(self, held: Any) -> Iterator[Any]:
        """The turns of a loop. Of something that is not known there is none, or one with an element that is not known."""
        if isinstance(held, str) and is_marked(held):
            elements: Iterable[Any] = [self._unknown(f"an element of {self._show(held)}")]
            if not self._asked(f"{self._show(held)} has elements"):
                elements = []
        elif isinstance(held, Open):
            elements = [*held]
            if self._asked("properties has others"):
                elements.append(self._unknown("the name of a property"))
        else:
            elements = held
        for element in elements:
            self.budget.spend(3)
            yield element

    def _printed(self, value: Any) -> Any:
        if isinstance(value, jinja2.Undefined):
            return str(value)
        if isinstance(value, Open):
            return self._unknown("properties")
        if isinstance(value, (dict, list, tuple)):  # as a template of Deployment Manager means it: data in the flow style of YAML
            self._sized(value)
            return self._sized(json.dumps(value, ensure_ascii=False, default=str))
        return self._sized(value)

    def _filter(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def filtered(*args: Any, **kwargs: Any) -> Any:
            held = [each for each in [*args, *kwargs.values()] if not _is_internal(each)]
            self.budget.spend(2 + weigh(held)[0] // 200)
            if any(isinstance(each, int) and not isinstance(each, bool) and abs(each) > 10_000 for each in held[1:]):
                raise TooMuch(f"a number for {name} is too large")
            if name in ("replace", "join", "indent"):
                added = [" " * each if isinstance(each, int) else each for each in held[1:]]
                self._repeated(max((len(each) for each in held if isinstance(each, (str, list, tuple))), default=0), added)
            if name == "sum" and any(isinstance(each, (list, tuple)) for each in held[1:]):
                raise TooMuch("a sum of lists is not computed")
            taken_apart = name in ("first", "last", "list", "join", "map") and isinstance(next(iter(held), None), str)
            if (name not in WHOLE_FILTERS or taken_apart) and is_marked(held):
                return self._unknown(f"{name} of {', '.join(self._show(each) for each in held)}")
            return self._sized(function(*args, **kwargs))

        return filtered

    def _test(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def tested(*args: Any, **kwargs: Any) -> bool:
            self.budget.spend()
            held = [each for each in args if not _is_internal(each)]
            if is_marked(held):
                if name == "string" and self._is_known_text(held[0]):
                    return True
                if name in ("undefined", "none"):
                    name_, positive = "defined", False
                else:
                    name_, positive = name, True
                if name_ == "defined" and not isinstance(self.marks.value(str(held[0])), Unknown):
                    return positive
                shown = " ".join(self._show(each) for each in held[1:])
                return self._asked(f"{self._show(held[0])} is {name_}{f' {shown}' if shown else ''}") is positive
            return bool(function(*args, **kwargs))

        return tested


def _is_internal(value: Any) -> bool:
    return isinstance(value, (jinja2.Environment, jinja2.runtime.Context, nodes.EvalContext))


def _undefined(marks: Marks) -> type[jinja2.Undefined]:
    """What is not set is false and empty to a condition, as for Jinja2; where it is written into a resource it is unknown."""

    class Missing(jinja2.Undefined):
        __slots__ = ()

        def __str__(self) -> str:
            if self._undefined_exception is not jinja2.UndefinedError:
                raise self._undefined_exception(self._undefined_message)
            name = f"{self._undefined_name}"[:80]
            return marks.mark(Unknown(f"the template writes {name}, which is not set", f"set {name} for the template"))

    return Missing


def _small(value: Any, limit: int) -> bool:
    return isinstance(value, (int, float)) and abs(value) <= limit


def _specifiers(text: str) -> str:
    """What stands between `%` and a conversion, and the conversions."""
    found = []
    for part in text.split("%")[1:]:
        for at, each in enumerate(part):
            found.append(each)
            if each.isalpha() or at > 20:
                break
    return "".join(found)


def _contains(left: Any, right: Any) -> bool:
    return left in right


_NOT_KNOWN = " is not known"
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
FAILURES = (
    jinja2.TemplateError, TooLarge, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, SyntaxError, TypeError,
    ValueError,
)  # fmt: skip


def render(sandbox: Sandbox, name: str, values: dict[str, Any]) -> str:
    """Text with marks. Raises one of FAILURES."""
    sandbox.budget.spend(200)
    template = sandbox.get_template(name)
    size, parts = 0, []
    for part in template.generate(values):
        size += len(part)
        sandbox.budget.spend(1 + len(part) // 500)
        if size > MAX_TEXT:
            raise TooMuch("its text is too long")
        parts.append(part)
    return "".join(parts)
