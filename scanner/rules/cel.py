"""CEL, the language of assertions, run by Google's runtime `cel-expr-python`.

Conditions of Google's IAM are read, and not run: facts/cel_syntax.py.

Language: https://github.com/google/cel-spec/blob/master/doc/langdef.md. Checked expressions:
https://github.com/google/cel-spec/blob/master/proto/cel/expr/checked.proto, whose wire format is read here to learn which facts are used.
"""

from __future__ import annotations

import marshal
import re
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.errors import LibraryError
from assay.scanner.facts.cel_syntax import fields as wire_fields

try:
    from cel_expr_python import cel
except ImportError as error:
    raise LibraryError("cel-expr-python", error) from error

Path = tuple[str, ...]


NOT_APPLICABLE = "not applicable"
"""What an expression may give in place of true and false."""


class CelError(Exception):
    """An expression that does not compile; `column` is 1-based, 0 where unknown."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class ExpressionReads:
    """What an expression does with facts: the paths it reads, and operations that would be wrong on facts that may be unknown."""

    def __init__(self) -> None:
        self.paths: dict[Path, bool] = {}
        """Path to whether its content is asked for, and not only whether it is null or which elements it has."""
        self.problems: list[tuple[Path, str]] = []
        self.comparisons: list[Path] = []
        self.ranges: list[Path] = []
        self.roots = 0
        """How often a name that facts hang from was met."""

    @property
    def contents(self) -> list[Path]:
        """The paths whose content is asked for, or of whose list each element is."""
        return [path for path, content in self.paths.items() if content or path[-1] == "*"]


Answer = tuple[bool | None, str]
"""What an expression gives: None for an error, then with its text, or for NOT_APPLICABLE."""
_KEPT, _LONGEST = 256, 1_000
"""Answers that a program keeps, and the bytes of the values that it keeps one for: resources are often alike."""


class Activation:
    """Values for the names of expressions. Those of CEL are made when an expression is evaluated that has no answer for them yet."""

    __slots__ = ("_data", "_environment", "_made", "key")

    def __init__(self, environment: Any, data: dict[str, Any]) -> None:
        self._environment, self._data, self._made = environment, data, None
        try:
            key = marshal.dumps(data, 2)
        except ValueError:
            key = b""
        self.key = key if len(key) <= _LONGEST else b""
        """What the values are told from others by; empty where they are too many."""

    @property
    def values(self) -> Any:
        """CEL converts what an expression reads, once for each activation."""
        if self._made is None:
            self._made = self._environment.Activation(self._data)
        return self._made


class Program:
    """A compiled expression."""

    __slots__ = ("_answers", "_expression")

    def __init__(self, expression: Any) -> None:
        self._expression = expression
        self._answers: dict[bytes, Answer] = {}

    def evaluate(self, activation: Activation) -> Answer:
        """What the expression gives for some values. It hangs on these alone, so that those that are equal share an answer."""
        key = activation.key
        if not key:
            return self._evaluated(activation.values)
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            answer = self._answers[key] = self._evaluated(activation.values)
        return answer

    def _evaluated(self, values: Any) -> Answer:
        try:
            value = self._expression.eval(values)
        except RuntimeError as error:  # the budget of iterations is spent: a list of lists, or one that is very long
            return None, str(error)
        result = value.value()
        if result is True or result is False:
            return result, ""
        return None, NOT_APPLICABLE if result == NOT_APPLICABLE else str(value)

    def serialize(self) -> bytes:
        """The checked expression as bytes (protobuf), for `Environment.load`."""
        return bytes(self._expression.serialize())


class Environment:
    """Where expressions compile: `resource`, `params`, and the names of list elements are maps."""

    def __init__(self, names: tuple[str, ...]) -> None:
        any_map = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
        self._env = cel.NewEnv(variables=dict.fromkeys(("resource", "params", *names), any_map))

    def compile(self, text: str) -> Program:
        """A program for text that gives true or false. Raises CelError."""
        try:
            expression = self._env.compile(text)
        except RuntimeError as error:
            raise _cel_error(error) from None
        if expression.return_type() not in (cel.Type.BOOL, cel.Type.DYN):
            raise CelError(f"gives {expression.return_type()}, not true or false", 0)
        return Program(expression)

    def load(self, serialized: bytes) -> Program:
        """A program from what `Program.serialize` gave, which is not checked again."""
        return Program(self._env.deserialize(serialized))

    def activation(self, data: dict[str, Any]) -> Activation:
        """Values for the names of expressions."""
        return Activation(self._env, data)


def _cel_error(error: RuntimeError) -> CelError:
    text = str(error).removeprefix("INVALID_ARGUMENT: ").split("\n")[0]
    match = re.search(r"<input>:(\d+):(\d+): (.*)", text)
    return CelError(match[3], int(match[2])) if match else CelError(text, 0)


_MISSING = lazy_re.pattern(r'Key not found in map : "([^"]*)"')


def missing_key(error: str) -> str | None:
    """The key whose absence caused an error: an unknown fact. None where the error is another."""
    match = _MISSING.search(error)
    return match[1] if match else None


# Reading checked expressions.

_ALLOWED = {
    "_&&_", "_||_", "!_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_+_", "_-_", "_*_", "-_", "@in",
    "startsWith", "endsWith", "contains", "matches", "@not_strictly_false",
}  # fmt: skip


def read_facts(serialized: bytes, names: dict[str, Path] | None = None) -> ExpressionReads:
    """Which facts a compiled expression reads. `names` are further roots: an element's name and the path of its list."""
    checked = dict(wire_fields(dict(wire_fields(serialized))[2]))
    read = ExpressionReads()
    roots = {"resource": (), **{name: (*path, "*") for name, path in (names or {}).items()}}
    _record(_walk(checked[4], roots, read), read)
    return read


def _walk(expression: bytes, names: dict[str, Path], read: ExpressionReads) -> Path | None:
    """Record what an expression reads; gives its path where it is a fact itself."""
    fields = dict(wire_fields(expression))
    if 4 in fields:
        path = names.get(dict(wire_fields(fields[4]))[1].decode())
        read.roots += path is not None
        return path
    if 5 in fields:
        return _select(fields[5], names, read)
    if 6 in fields:
        _call(fields[6], names, read)
    elif 7 in fields:
        for _, element in (field for field in wire_fields(fields[7]) if field[0] == 1):
            path = _walk(element, names, read)
            _record(path, read)
            read.comparisons += [path] if path else []
    elif 8 in fields:
        read.problems.append(((), "a map or message literal"))
    elif 9 in fields:
        _comprehension(fields[9], names, read)
    return None


def _record(path: Path | None, read: ExpressionReads, *, content: bool = True) -> None:
    if path:
        read.paths[path] = content or read.paths.get(path, False)
    elif path is not None:
        read.problems.append(((), "a resource is no fact: name one of its facts"))


def _select(message: bytes, names: dict[str, Path], read: ExpressionReads) -> Path | None:
    fields = dict(wire_fields(message))
    before = read.roots
    operand = _walk(fields[1], names, read)
    name = fields[2].decode()
    if operand is None:
        if read.roots != before:
            read.problems.append(((name,), "a fact is read by its path, not through an expression"))
        return None
    if fields.get(3):
        read.problems.append(((*operand, name), "has() cannot tell unknown from absent: compare with null"))
    return (*operand, name)


def _call(message: bytes, names: dict[str, Path], read: ExpressionReads) -> None:
    parts = list(wire_fields(message))
    function = next(value.decode() for number, value in parts if number == 2)
    operands = [value for number, value in parts if number in (1, 3)]
    paths = [_walk(operand, names, read) for operand in operands]
    equality = function in ("_==_", "_!=_")
    null_test = equality and any(_is_null(operand) for operand in operands)
    for path in paths:
        _record(path, read, content=not null_test)
    if function not in _ALLOWED:
        read.problems.append((next((path for path in paths if path), ()), f"{function.strip('_')}() does not keep what is unknown"))
    if function == "@in" and paths[1]:
        read.problems.append((paths[1], "`in` a list of facts does not keep what is unknown: use exists()"))
    if (equality and not null_test) or function == "@in":
        read.comparisons += [path for path in paths if path]


def _is_null(expression: bytes) -> bool:
    constant = dict(wire_fields(expression)).get(3)
    return constant is not None and next(wire_fields(constant), (0, 0))[0] == 1


def _comprehension(message: bytes, names: dict[str, Path], read: ExpressionReads) -> None:
    fields = dict(wire_fields(message))
    before = read.roots
    ranged = _walk(fields[2], names, read)
    if ranged is None and read.roots != before:
        read.problems.append(((), "all() and exists() take a list of facts by its path, not through an expression"))
    inner = dict(names)
    variable = fields[1].decode()
    inner.pop(variable, None)
    if ranged is not None:
        _record(ranged, read, content=False)
        read.ranges.append(ranged)
        inner[variable] = (*ranged, "*")
        # What does not look at the element would count one that is not known to be there.
        if b"\n" + bytes([len(variable)]) + variable.encode() not in fields[6]:
            read.problems.append((ranged, f"the condition says nothing of {variable}"))
    step = dict(wire_fields(fields[6]))
    if 6 not in step or not any(name in fields[6] for name in (b"_&&_", b"_||_")):
        read.problems.append((ranged or (), "only all() and exists() keep what is unknown"))
    for number in (5, 6, 7):
        _record(_walk(fields[number], inner, read), read)
