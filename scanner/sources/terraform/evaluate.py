"""Evaluates expressions to raw values (`scanner.sources.values`), with Unknown where the input does not tell.

Semantics follow https://developer.hashicorp.com/terraform/language/expressions. What Terraform itself would refuse is an
`EvaluationError`, which `try()` and `can()` catch as there; what we cannot tell is an Unknown, which they pass on.
"""

from __future__ import annotations

import math
import operator as operator_module
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from scanner.sources.terraform import tree
from scanner.sources.values import Document, Reference, Text, Unknown, either, unknown_inside

MAX_STEPS = 2_000_000
MAX_ELEMENTS = 100_000
MAX_TEXT = 10_000_000
MAX_NODES = 100_000


class EvaluationError(Exception):
    """The expression is invalid for the values it meets."""


class TooMuch(Exception):
    """The input asks for more work than any real configuration: a gap for its root module."""


FAILURES = (EvaluationError, TooMuch, RecursionError)


def words(error: Exception) -> str:
    """One of FAILURES in words."""
    return "the code is nested too deeply" if isinstance(error, RecursionError) else str(error)


class Set(list[Any]):
    """The elements of a set in Terraform's order. It has no indexes, and the key of an element is the element."""


def unify(elements: list[Any]) -> list[Any]:
    """Elements as lists, sets and maps hold them: primitives of different types become strings."""
    kinds = {_kind(element) for element in elements if element is not None}
    if len(kinds) < 2 or not kinds <= {"bool", "number", "string"}:
        return elements
    return [to_text(element) if isinstance(element, (bool, int, float)) else element for element in elements]


def _kind(element: Any) -> str:
    if isinstance(element, bool):
        return "bool"
    if isinstance(element, (int, float)):
        return "number"
    return "string" if isinstance(element, (str, Text)) else "other"


def make_set(elements: list[Any]) -> Set:
    kept = without_repeats(unify(elements))
    kinds = {_kind(element) for element in kept}
    return Set(
        sorted(kept)
        if len(kinds) == 1 and not any(unsettled(element) or element is None for element in kept) and "other" not in kinds
        else kept
    )


def without_repeats(elements: list[Any]) -> list[Any]:
    """Each value once, at its first place; what is unknown may be anything and stays."""
    kept: list[Any] = []
    seen: set[Any] = set()
    for element in elements:
        settled = finish(element)
        if not unknown_inside(settled):
            key = identity(settled)
            if key in seen:
                continue
            seen.add(key)
        kept.append(element)
    return kept


def identity(raw: Any) -> Any:
    """Something hashable that only equal values share."""
    if isinstance(raw, bool):
        return ("bool", raw)
    if isinstance(raw, dict):
        return ("map", tuple((key, identity(raw[key])) for key in sorted(raw)))
    if isinstance(raw, list):
        return ("list", tuple(identity(element) for element in raw))
    return ("json", identity(raw.content)) if isinstance(raw, Document) else raw


class Namespace(Protocol):
    """What a name stands for when it is not data: `var`, `aws_s3_bucket`, one resource, a module."""

    def attribute(self, name: str) -> Any: ...
    def index(self, key: Any) -> Any: ...
    def elements(self) -> Any: ...
    def finish(self) -> Any: ...


class Scope:
    """What names mean at one place. `link`: a reference to a resource attribute stays a reference even where its text is configured."""

    __slots__ = ("budget", "functions", "link", "lookup", "names")

    def __init__(
        self,
        lookup: Callable[[str, Scope], Any],
        functions: Mapping[str, Callable[..., Any]],
        budget: list[int],
        names: dict[str, Any] | None = None,
        link: bool = False,
    ) -> None:
        self.lookup, self.functions, self.budget, self.link = lookup, functions, budget, link
        self.names = names or {}

    def with_names(self, names: dict[str, Any]) -> Scope:
        return Scope(self.lookup, self.functions, self.budget, {**self.names, **names}, self.link)

    def linking(self) -> Scope:
        return self if self.link else Scope(self.lookup, self.functions, self.budget, self.names, True)


def evaluate(node: Any, scope: Scope) -> Any:
    scope.budget[0] += 1
    if scope.budget[0] > MAX_STEPS:
        raise TooMuch(f"more than {MAX_STEPS:,} evaluation steps")
    return _EVALUATE[type(node)](node, scope)


def finish(raw: Any) -> Any:
    """Replace what only means something during evaluation by data: a whole resource becomes a reference to it."""
    if isinstance(raw, list):
        return [finish(element) for element in raw]
    if isinstance(raw, dict):
        return {key: finish(element) for key, element in raw.items()}
    return raw.finish() if hasattr(raw, "finish") else raw


def limited(raw: Any) -> Any:
    """The value itself, unless it is larger than any real one: as parts are shared, forty lines can stand for a million millions."""
    if isinstance(raw, (list, dict)) and _weight(raw, {}) > MAX_NODES:
        raise TooMuch(f"a value of more than {MAX_NODES:,} elements")
    return raw


def _weight(raw: list[Any] | dict[str, Any], known: dict[int, int]) -> int:
    """How many elements there are at all depths; each shared part is walked once."""
    if id(raw) not in known:
        elements = raw.values() if isinstance(raw, dict) else raw
        known[id(raw)] = len(raw) + sum(_weight(element, known) for element in elements if isinstance(element, (list, dict)))
    return known[id(raw)]


def unsettled(raw: Any) -> bool:
    """Whether the value as a whole is not plain data."""
    return isinstance(raw, (Unknown, Reference, Text, Document)) or hasattr(raw, "finish")


def why_unknown(raw: Any) -> Unknown:
    if isinstance(raw, Unknown):
        return raw
    if isinstance(raw, Text) and raw.unknown:
        return raw.unknown
    if isinstance(raw, Reference) or hasattr(raw, "finish"):
        return Unknown(f"the value of {finish(raw)} is known after apply", "scan the plan or the live resource")
    return Unknown("part of the value is known after apply", "scan the plan or the live resource")


def _name(node: tree.Name, scope: Scope) -> Any:
    if node.name in scope.names:
        return scope.names[node.name]
    return scope.lookup(node.name, scope)


def get_attribute(raw: Any, name: str) -> Any:
    if isinstance(raw, dict):
        if name in raw:
            return raw[name]
        raise EvaluationError(f'there is no attribute "{name}"')
    if isinstance(raw, Unknown):
        return raw
    if isinstance(raw, Reference):
        return Reference(raw.address, f"{raw.attribute}.{name}" if raw.attribute else name)
    if hasattr(raw, "attribute"):
        return raw.attribute(name)
    raise EvaluationError(f'a {type(raw).__name__} has no attribute "{name}"')


def get_index(raw: Any, key: Any) -> Any:
    if isinstance(raw, (Unknown, Reference)):
        return raw
    if hasattr(raw, "index") and not isinstance(raw, (list, str)):
        return raw.index(key)
    if unsettled(key):
        return why_unknown(key)
    if isinstance(raw, dict):
        if _key(key) in raw:
            return raw[_key(key)]
        raise EvaluationError(f'there is no element "{key}"')
    if isinstance(raw, list) and not isinstance(raw, Set):
        at = to_whole(key)
        if 0 <= at < len(raw):
            return raw[at]
        raise EvaluationError(f"there is no element {at} in a list of {len(raw)}")
    raise EvaluationError(f"a {type(raw).__name__} has no elements")


def _key(key: Any) -> str:
    return to_text(key) if not isinstance(key, str) else key


def to_whole(raw: Any) -> int:
    number = to_number(raw)
    if isinstance(number, float):
        raise EvaluationError(f"{raw!r} is not a whole number")
    return number


def _splat(node: tree.Splat, scope: Scope) -> Any:
    raw = evaluate(node.of, scope)
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if isinstance(elements, dict):
        elements = list(elements.values()) if hasattr(raw, "elements") else [elements]
    if elements is None:
        return []
    if isinstance(elements, (Unknown, Reference, Text)):
        return elements if isinstance(elements, Unknown) else why_unknown(elements)
    if not isinstance(elements, list):
        elements = [elements]
    return [evaluate(node.each, scope.with_names({"*": element})) for element in elements]


def _call(node: tree.Call, scope: Scope) -> Any:
    if node.function in ("try", "can"):
        return _try(node, scope)
    function = scope.functions.get(node.function.removeprefix("core::"))
    if function is None:
        return Unknown(f"the function {node.function}() is not evaluated", "scan the plan")
    arguments = [evaluate(argument, scope) for argument in node.arguments]
    if node.expand:
        last = arguments.pop()
        if not isinstance(last, list):
            return why_unknown(last)
        arguments += last
    try:
        result = function(*[argument.elements() if hasattr(argument, "elements") else argument for argument in arguments])
    except (EvaluationError, TooMuch):
        raise
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        raise EvaluationError(f"{node.function}(): {error}") from None
    if isinstance(result, (str, list)) and len(result) > (MAX_TEXT if isinstance(result, str) else MAX_ELEMENTS):
        raise TooMuch(f"{node.function}() gives a value of {len(result):,} elements")
    return result


def _try(node: tree.Call, scope: Scope) -> Any:
    error: EvaluationError | None = None
    for argument in node.arguments:
        try:
            raw = evaluate(argument, scope)
        except EvaluationError as caught:
            error = caught
            continue
        if node.function == "try":
            return raw
        return raw if isinstance(raw, Unknown) else True
    if node.function == "can":
        return False
    raise error or EvaluationError("try() has no arguments")


def _conditional(node: tree.Conditional, scope: Scope) -> Any:
    condition = to_bool(evaluate(node.condition, scope))
    if not isinstance(condition, Unknown):
        chosen, other = (node.then, node.otherwise) if condition else (node.otherwise, node.then)
        raw = evaluate(chosen, scope)
        return unify([raw, other.value])[0] if isinstance(other, tree.Literal) else raw
    branches = []
    for branch in (node.then, node.otherwise):
        try:
            branches.append(finish(evaluate(branch, scope)))
        except EvaluationError:
            return condition
    return either(condition, *branches)


def to_bool(raw: Any) -> bool | Unknown:
    if isinstance(raw, bool):
        return raw
    if unsettled(raw):
        return why_unknown(raw)
    if raw in ("true", "false", "1", "0") and isinstance(raw, str):
        return raw in ("true", "1")
    raise EvaluationError(f"{raw!r} is not a condition")


def to_text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return format(Decimal(repr(raw)), "f")
    if isinstance(raw, int):
        return str(raw)
    raise EvaluationError(f"a {'null' if raw is None else type(raw).__name__} is not a string")


def _binary(node: tree.Binary, scope: Scope) -> Any:
    left = evaluate(node.left, scope)
    if node.operator in ("&&", "||"):
        return _logic(node, left, scope)
    right = evaluate(node.right, scope)
    if node.operator in ("==", "!="):
        same = equal(finish(left), finish(right))
        return same if isinstance(same, Unknown) else same is (node.operator == "==")
    if unsettled(left) or unsettled(right):
        return why_unknown(left if unsettled(left) else right)
    return _arithmetic(node.operator, to_number(left), to_number(right))


def _logic(node: tree.Binary, left: Any, scope: Scope) -> Any:
    deciding = node.operator == "||"
    first = to_bool(left)
    if first is deciding:
        return deciding
    second = to_bool(evaluate(node.right, scope))
    if second is deciding:
        return deciding
    return first if isinstance(first, Unknown) else second


def equal(left: Any, right: Any) -> bool | Unknown:
    """Equality that says Unknown where a part that could differ is not known."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Unknown):
            return one
        if isinstance(one, (Reference, Text, Document)):
            return _equal_unsettled(one, other)
    if isinstance(left, (list, dict)) and type(left) is type(right):
        return _equal_collections(left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _equal_unsettled(one: Any, other: Any) -> bool | Unknown:
    if one == other:
        return True
    if other is None and not (isinstance(one, Reference) and one.is_data):
        return False  # an attribute of a resource in this configuration, and a string, are never null
    if isinstance(one, Text) and isinstance(other, str) and not other.startswith(one.prefix):
        return False
    return why_unknown(one)


def _equal_collections(left: Any, right: Any) -> bool | Unknown:
    if len(left) != len(right):
        return False
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        pairs = [(left[key], right[key]) for key in left]
    else:
        pairs = list(zip(left, right, strict=True))
    results = [equal(one, other) for one, other in pairs]
    if False in results:
        return False
    return next((result for result in results if isinstance(result, Unknown)), True)


def to_number(raw: Any) -> int | float:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        number = tree.read_number(raw)
        if number is not None:
            return number
    raise EvaluationError(f"{str(raw)[:60]!r} is not a number")


def _arithmetic(operator: str, left: int | float, right: int | float) -> Any:
    if operator in ("<", ">", "<=", ">="):
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]
    if operator == "/" and right == 0:
        return Unknown("a division by zero", "correct the expression")
    try:
        return tidy(_COMPUTE[operator](left, right))
    except OverflowError:
        return _TOO_LARGE


def _divide(left: int | float, right: int | float) -> int | float:
    return left // right if isinstance(left, int) and isinstance(right, int) and left % right == 0 else left / right


def _remainder(left: int | float, right: int | float) -> int | float:
    """With the sign of the dividend, which is the remainder of a division by zero."""
    if right == 0:
        return left
    if isinstance(left, int) and isinstance(right, int):
        return abs(left) % abs(right) * (-1 if left < 0 else 1)
    return math.fmod(left, right)


_COMPUTE: dict[str, Callable[[Any, Any], int | float]] = {
    "+": operator_module.add,
    "-": operator_module.sub,
    "*": operator_module.mul,
    "/": _divide,
    "%": _remainder,
}
_TOO_LARGE = Unknown("a number is too large to compute", "scan the plan")


def tidy(number: int | float) -> int | float | Unknown:
    """A result as Terraform's numbers of 512 bits show it: without the traces of binary fractions, and whole where it is whole."""
    if isinstance(number, int):
        return number if number.bit_length() <= 512 else _TOO_LARGE
    if not math.isfinite(number):
        return _TOO_LARGE
    number = float(f"{number:.15g}")
    return int(number) if number.is_integer() else number


def _unary(node: tree.Unary, scope: Scope) -> Any:
    raw = evaluate(node.operand, scope)
    if unsettled(raw):
        return why_unknown(raw)
    return not to_bool(raw) if node.operator == "!" else -to_number(raw)


def _template(node: tree.Template, scope: Scope) -> Any:
    if len(node.parts) == 1 and not isinstance(node.parts[0], str):
        return evaluate(node.parts[0], scope)
    return join_text([part if isinstance(part, str) else evaluate(part, scope) for part in node.parts])


def _text_part(raw: Any) -> str | Unknown | Reference:
    if isinstance(raw, (Unknown, Reference)):
        return raw
    return why_unknown(raw) if isinstance(raw, Document) else to_text(raw)


def join_text(pieces: list[Any]) -> str | Text:
    """One string of pieces, or a Text where some are not known."""
    parts: list[Any] = []
    literal: list[str] = []
    length = 0
    for piece in pieces:
        settled = finish(piece)
        for each in settled.parts if isinstance(settled, Text) else (settled,):
            part = _text_part(each)
            if not isinstance(part, str):
                parts += ["".join(literal), part]
                literal = []
                continue
            literal.append(part)
            length += len(part)
            if length > MAX_TEXT:
                raise TooMuch(f"a text of more than {MAX_TEXT:,} characters")
    if not parts:
        return "".join(literal)
    return Text(tuple(part for part in [*parts, "".join(literal)] if part != ""))


def _list(node: tree.List, scope: Scope) -> list[Any]:
    return [evaluate(item, scope) for item in node.items]


def _object(node: tree.Object, scope: Scope) -> Any:
    built: dict[str, Any] = {}
    for key_node, value_node in node.items:
        key = evaluate(key_node, scope)
        if unsettled(key):
            return why_unknown(key)
        built[to_text(key)] = evaluate(value_node, scope)
    return built


def pairs_of(elements: Any) -> list[tuple[Any, Any]] | None:
    """Keys and values in the order in which Terraform goes through them."""
    if isinstance(elements, dict):
        return sorted(elements.items(), key=lambda pair: pair[0])
    if isinstance(elements, Set):
        return [(element, element) for element in elements]
    return list(enumerate(elements)) if isinstance(elements, list) else None


def _for(node: tree.For, scope: Scope) -> Any:
    raw = evaluate(node.collection, scope)
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if elements is None:
        raise EvaluationError("a for expression over null")
    if unsettled(elements):
        return why_unknown(elements)
    pairs = pairs_of(elements)
    if pairs is None:
        raise EvaluationError(f"a for expression over a {type(elements).__name__}")
    built: dict[str, Any] = {}
    values: list[Any] = []
    for key, value in pairs:
        names = {node.names[0]: value} if len(node.names) == 1 else {node.names[0]: key, node.names[1]: value}
        inner = scope.with_names(names)
        wanted = to_bool(evaluate(node.condition, inner)) if node.condition is not None else True
        if isinstance(wanted, Unknown):
            return wanted
        if not wanted:
            continue
        result = evaluate(node.value, inner)
        if node.key is None:
            values.append(result)
            continue
        name = evaluate(node.key, inner)
        if unsettled(name):
            return why_unknown(name)
        if node.group:
            built.setdefault(to_text(name), []).append(result)
        elif to_text(name) in built:
            raise EvaluationError(f'two elements have the key "{to_text(name)}"')
        else:
            built[to_text(name)] = result
    return limited(values if node.key is None else built)


def _unreadable(node: tree.Unreadable, scope: Scope) -> Unknown:
    return Unknown(f"the expression does not parse: {node.text[:60]}", "correct the expression")


_EVALUATE: dict[type, Callable[[Any, Scope], Any]] = {
    tree.Literal: lambda node, scope: node.value,
    tree.Name: _name,
    tree.Attribute: lambda node, scope: get_attribute(evaluate(node.of, scope), node.name),
    tree.Index: lambda node, scope: get_index(evaluate(node.of, scope), evaluate(node.key, scope)),
    tree.Splat: _splat,
    tree.Call: _call,
    tree.Conditional: _conditional,
    tree.Binary: _binary,
    tree.Unary: _unary,
    tree.Template: _template,
    tree.List: _list,
    tree.Object: _object,
    tree.For: _for,
    tree.Unreadable: _unreadable,
}
