"""Jinja2 for templates of strangers: no way out of the sandbox, an end to every loop, and no guessing about what is not known.

What is not known is in the text as a mark (marks.py). Work that keeps a mark whole goes on; a decision on one (a comparison, `if`, how
often a loop turns) is asked (decisions.py). Every call, filter, turn of a loop and step of arithmetic costs steps of a budget, in
proportion to the size of its result, so that a template ends whatever it says.
https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, NamedTuple

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assay.scanner import lazy_re
from assay.scanner.override import override
from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.deployment_manager.decisions import Decisions, is_internal
from assay.scanner.sources.deployment_manager.limits import (
    FILTERS,
    METHODS,
    TESTS,
    WHOLE_FILTERS,
    WHOLE_METHODS,
    Choices,
    OpenProperties,
    ValueTooLarge,
)
from assay.scanner.sources.deployment_manager.marks import TooLarge, ValueMarks
from assay.scanner.sources.deployment_manager.rewriting import Rewriter
from assay.scanner.sources.raw import Unknown

MAX_TEXT = 2_000_000
MAX_EXPRESSIONS, MAX_CODE = 10_000, 60_000
"""Of one template: expressions and statements, and characters of them: to compile them costs a thousand times what text does.

A deployment is 1 MB, all in all: https://cloud.google.com/deployment-manager/quotas
"""
_MAX_NUMBER = 10**18


_SEQUENCES = (str, bytes, list, tuple)


class _Compiled(NamedTuple):
    """The code of a template, with what it took of the budget to compile it."""

    code: CodeType
    steps: int
    size: int


_COMPILED: dict[tuple[str, str, int], _Compiled] = {}
"""By the text, the name and the number of a template."""
_MOST_COMPILED = 200


class _Loader(jinja2.DictLoader):
    @override
    def load(self, environment: jinja2.Environment, name: str, globals: Any = None) -> jinja2.Template:
        assert isinstance(environment, Sandbox)
        source, *_ = self.get_source(environment, name)
        return environment.template_class.from_code(environment, environment.compiled(source, name), {} if globals is None else globals)


class Sandbox(ImmutableSandboxedEnvironment):
    """`sources`: what a template may include, by name."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

    def __init__(self, sources: Mapping[str, str], marks: ValueMarks, choices: Choices, budget: Budget) -> None:
        self.sources = sources
        super().__init__(loader=_Loader(sources), optimized=False, auto_reload=False, undefined=_undefined(marks), finalize=self._printed)
        self.budget, self.decisions = budget, Decisions(marks, choices, budget)
        self.names: list[str] = []
        """The templates that were read, in the order of their numbers in marks of lines."""
        self.globals = {"range": self._range, "dict": dict, "namespace": self.globals["namespace"], "joiner": self.globals["joiner"]}
        self.filters = {name: self._filter(name, self.filters[name]) for name in FILTERS if name in self.filters}
        self.filters |= {
            "_truth": self.decisions.truth,
            "_compare": self.decisions.compare,
            "_concat": self._concat,
            "_each": self.decisions.turns,
            "_slice": self._slice,
            "_again": _again,
        }
        self.tests = {name: self.decisions.test(name, test) for name, test in self.tests.items() if name in TESTS}

    def compiled(self, source: str, name: str) -> CodeType:
        """The code of a template, at the same cost if it was compiled before: each world of a deployment is rendered anew."""
        key = source, name, self._entered(name)
        known = _COMPILED.get(key)
        if known is not None:
            self.budget.step(known.steps)
            self.budget.made(known.size)
            return known.code
        steps, size = self.budget.steps, self.budget.size
        code = self.compile(source, name)
        if len(_COMPILED) >= _MOST_COMPILED:
            _COMPILED.clear()
        _COMPILED[key] = _Compiled(code, steps - self.budget.steps, size - self.budget.size)
        return code

    def _entered(self, name: str | None) -> int:
        """The number of a template in marks of lines; -1 of what has no name."""
        if name is None:
            return -1
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        expressions, length = _code(source)
        if expressions > MAX_EXPRESSIONS or length > MAX_CODE:
            raise ValueTooLarge(f"it has more than {MAX_EXPRESSIONS} expressions and statements, or {MAX_CODE} characters of them")
        self.budget.step(20 + len(source) // 10 + 100 * expressions + 5 * length)
        tree = super()._parse(source, name, filename)
        Rewriter(self._entered(name)).visit(tree)
        return tree

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> jinja2.Template:
        """Also each time that one is included."""
        self.budget.step(20)
        self.budget.made(len(self.sources.get(name, "")))
        return super().get_template(name, parent, globals)

    # What a template may not make too large.

    def _sized(self, result: Any) -> Any:
        if isinstance(result, (str, bytes)):
            if len(result) > MAX_TEXT:
                raise ValueTooLarge("a text is too long")
            self.budget.step(1 + len(result) // 500)
            self.budget.made(len(result))
        elif isinstance(result, (list, tuple, dict)):
            self.budget.made(self.decisions.weigh(result).size)
        elif isinstance(result, int) and abs(result) > _MAX_NUMBER:
            raise ValueTooLarge("a number is too large")
        else:
            self.budget.step()
        return result

    def _range(self, *bounds: int) -> range:
        numbers = range(*bounds)
        if len(numbers) > 10_000:
            raise ValueTooLarge("a range is too long")
        return numbers

    @override
    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Of what is not known, only texts and lists that are put together stay whole. Raises TooMuch for a result that is too large."""
        if self.decisions.is_marked(left) or self.decisions.is_marked(right):
            whole = operator == "+" or (operator == "%" and isinstance(left, str) and set("%s") >= set(_specifiers(left)))
            if not (whole and isinstance(left, (str, list, tuple)) and (operator == "%" or type(left) is type(right))):
                return self.decisions.unknown(f"{self.decisions.show(left)} {operator} {self.decisions.show(right)}")
        if operator == "*" and (isinstance(left, _SEQUENCES) or isinstance(right, _SEQUENCES)):
            length, times = (len(left), right) if isinstance(left, _SEQUENCES) else (len(right), left)
            if not isinstance(times, int) or length * times > MAX_TEXT:
                raise ValueTooLarge("a value is too long")
        if operator == "**" and not (_small(left, 10**6) and _small(right, 20)):
            raise ValueTooLarge("a number is too large")
        if operator == "%" and isinstance(left, (str, bytes)):
            text = left if isinstance(left, str) else left.decode("latin-1")
            if any(char.isdecimal() or char in "*." for char in _specifiers(text)):
                raise ValueTooLarge("a format with a width is not computed")
            self._repeated(text.count("%"), right)
        return self._sized(super().call_binop(context, operator, left, right))

    @override
    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        """What it makes of a value that is not known is not known."""
        self.budget.step()
        return (
            self.decisions.unknown(f"{operator}{self.decisions.show(arg)}")
            if self.decisions.is_marked(arg)
            else super().call_unop(context, operator, arg)
        )

    @override
    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - names as in the class above
        """Of texts, the methods that limits.py lists; of what is not known, most give what is not known. Raises SecurityError, TooMuch."""
        __self.budget.step(5)
        owner = getattr(__obj, "__self__", None)
        name = getattr(__obj, "__name__", "")
        if isinstance(owner, str):
            if name not in METHODS:
                raise SecurityError(f"{name} of a text is not offered")
            if name == "replace" and len(args) > 1:
                __self._repeated(len(owner) + 1, args[1])
            if name == "join" and args:
                __self._repeated(__self.decisions.weigh(args).size, owner)
            if __self.decisions.is_marked([owner, args, kwargs]):
                if name in ("startswith", "endswith"):
                    return __self.decisions.asked(f"{__self.decisions.show(owner)} {name} {__self.decisions.show(args[0]) if args else ''}")
                if name not in WHOLE_METHODS:
                    return __self.decisions.unknown(f"{__self.decisions.show(owner)}.{name}()")
        elif isinstance(owner, bytes):
            raise SecurityError(f"{name} of bytes is not offered")
        elif isinstance(owner, OpenProperties) and name in ("get", "items", "keys", "values"):
            return __self.decisions.of_open(owner, name, args)
        elif name == "range" and __self.decisions.is_marked(args):
            return __self.decisions.turns(__self.decisions.unknown("range"))
        elif isinstance(owner, (dict, list, tuple)) and name != "get":
            __self.decisions.weigh(owner)
        return __self._sized(super().call(__context, __obj, *args, **kwargs))

    def _repeated(self, times: int, value: Any) -> None:
        """What will hold something many times must not be too long."""
        if times * self.decisions.weigh(value).size > MAX_TEXT:
            raise ValueTooLarge("a value is too long")

    @override
    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Raises TooMuch where a format has a width, or its result would be too large."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text: str = value.__self__
        if re.search(r":[^}]*[\d{]", text):
            raise ValueTooLarge("a format with a width is not computed")

        def formatted(*args: Any, **kwargs: Any) -> str:
            self._repeated(text.count("{"), [args, kwargs])
            return str(wrapped(*args, **kwargs))

        return formatted

    # What is not known.

    @override
    def getitem(self, obj: Any, argument: Any) -> Any:
        """Not known where the key is not, where the text is not that it is asked of, and for a property that nobody gave."""
        if (
            self.decisions.is_marked(argument)
            if isinstance(obj, (dict, list))
            else self.decisions.is_marked(obj) and not callable(getattr(obj, str(argument), None))
        ):
            return self.decisions.unknown(
                f"{self.decisions.show(obj) if isinstance(obj, str) else 'the entry'}.{self.decisions.show(argument)}"
            )
        if isinstance(obj, OpenProperties) and argument not in obj and not hasattr(dict, str(argument)):
            return self.decisions.not_given(argument)
        return super().getitem(obj, argument)

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        """An entry of a map goes before a method of its name. Not known: parts of a text that is not, and properties that nobody gave."""
        if isinstance(obj, dict) and attribute in obj and not attribute.startswith("_"):
            return obj[attribute]
        if isinstance(obj, OpenProperties) and not hasattr(dict, attribute):
            return self.decisions.not_given(attribute)
        if isinstance(obj, str) and self.decisions.is_marked(obj) and not hasattr(str, attribute):
            return self.decisions.unknown(f"{self.decisions.show(obj)}.{attribute}")
        if obj is not None and isinstance(obj, str) and attribute.startswith("_"):
            return self.unsafe_undefined(obj, attribute)
        return super().getattr(obj, attribute)

    def _slice(self, value: Any, *bounds: Any) -> Any:
        if self.decisions.is_marked(value) if isinstance(value, str) else self.decisions.is_marked(bounds):
            return self.decisions.unknown(f"a part of {self.decisions.show(value)}")
        return self._sized(value[slice(*bounds)])

    def _concat(self, *parts: Any) -> str:
        if self.decisions.weigh(parts).size > MAX_TEXT + 4 * len(parts):
            raise ValueTooLarge("a text is too long")
        return str(self._sized("".join(str(self._printed(part)) for part in parts)))

    def _printed(self, value: Any) -> Any:
        if isinstance(value, jinja2.Undefined):
            return str(value)
        if isinstance(value, OpenProperties):
            return self.decisions.unknown("properties")
        if isinstance(value, (dict, list, tuple)):  # as a template of Deployment Manager means it: data in the flow style of YAML
            self._sized(value)
            return self._sized(json.dumps(value, ensure_ascii=False, default=str))
        return self._sized(value)

    def _filter(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def filtered(*args: Any, **kwargs: Any) -> Any:
            operands = [operand for operand in [*args, *kwargs.values()] if not is_internal(operand)]
            weight = self.decisions.weigh(operands)
            self.budget.step(2 + weight.parts + weight.size // 5)
            if any(isinstance(operand, int) and not isinstance(operand, bool) and abs(operand) > 10_000 for operand in operands[1:]):
                raise ValueTooLarge(f"a number for {name} is too large")
            if name == "tojson" and operands[1:]:
                raise ValueTooLarge("JSON with an indent is not computed")
            if name in ("replace", "join", "indent"):
                added = [" " * operand if isinstance(operand, int) else operand for operand in operands[1:]]
                self._repeated(_places(name, operands), added)
            if name == "sum" and any(isinstance(operand, (list, tuple)) for operand in operands[1:]):
                raise ValueTooLarge("a sum of lists is not computed")
            taken_apart = name in ("first", "last", "list", "join", "map") and isinstance(next(iter(operands), None), str)
            if (name not in WHOLE_FILTERS or taken_apart) and self.decisions.is_marked(operands):
                return self.decisions.unknown(f"{name} of {', '.join(self.decisions.show(operand) for operand in operands)}")
            return self._sized(function(*args, **kwargs))

        return filtered


@jinja2.pass_context
def _again(context: Any, value: Any) -> Any:
    """The value itself. What needs a context is no constant, which would be worked out when the template is compiled."""
    return value


def _undefined(marks: ValueMarks) -> type[jinja2.Undefined]:
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


_BRACES = lazy_re.pattern(r"\{[{%]|[}%]\}")


def _code(source: str) -> tuple[int, int]:
    """(how many expressions and statements a template has, their characters)."""
    count = length = 0
    opened: int | None = None
    for match in _BRACES.finditer(source):
        if match[0][0] == "{":
            count += 1
            opened = match.start() if opened is None else opened
        elif opened is not None:
            length, opened = length + match.end() - opened, None
    return count, length + (len(source) - opened if opened is not None else 0)


def _places(name: str, operands: list[Any]) -> int:
    """How often a filter may put what it is given into its first operand."""
    first = operands[0] if operands else ""
    if isinstance(first, str) and name == "indent":
        return first.count("\n") + 1
    if isinstance(first, str) and name == "replace" and len(operands) > 1 and isinstance(operands[1], str):
        return first.count(operands[1]) if operands[1] else len(first) + 1
    return len(first) if isinstance(first, (str, list, tuple)) else 10_000


def _specifiers(text: str) -> str:
    """What stands between each `%` and the letter of its conversion, but the name of a key: flags, widths, precisions; and the letters."""
    specifiers, at = [], 0
    while (at := text.find("%", at) + 1) > 0:
        if text[at : at + 1] == "(":
            depth = 0
            while at < len(text):
                depth += (text[at] == "(") - (text[at] == ")")
                at += 1
                if not depth:
                    break
        while at < len(text):
            specifiers.append(text[at])
            at += 1
            if text[at - 1].isalpha() or text[at - 1] == "%":
                break
    return "".join(specifiers)


FAILURES = (
    jinja2.TemplateError, TooLarge, OverBudget, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip


def render(sandbox: Sandbox, name: str, values: dict[str, Any]) -> str:
    """Text with marks. Raises one of FAILURES."""
    sandbox.budget.step(200)
    template = sandbox.get_template(name)
    size, parts = 0, []
    for part in template.generate(values):
        size += len(part)
        sandbox.budget.step(1 + len(part) // 500)
        if size > MAX_TEXT:
            raise ValueTooLarge("its text is too long")
        parts.append(part)
    return "".join(parts)
