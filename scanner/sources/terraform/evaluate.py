"""Evaluates expressions to raw values (`scanner.sources.values`), with Unknown where the input does not tell.

Semantics follow https://developer.hashicorp.com/terraform/language/expressions. What Terraform itself would refuse is an
`EvaluationError`, which `try()` and `can()` catch as there; what we cannot tell is an Unknown, which they pass on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from scanner.sources.terraform import tree
from scanner.sources.values import Document, Reference, Text, Unknown, either

MAX_STEPS = 20_000_000
MAX_ELEMENTS = 100_000
MAX_TEXT = 10_000_000


class EvaluationError(Exception):
    """The expression is invalid for the values it meets."""


class TooMuch(Exception):
    """The input asks for more work than any real configuration: a gap for its root module."""


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
    if isinstance(raw, list):
        at = _integer(key)
        if 0 <= at < len(raw):
            return raw[at]
        raise EvaluationError(f"there is no element {at} in a list of {len(raw)}")
    raise EvaluationError(f"a {type(raw).__name__} has no elements")


def _key(key: Any) -> str:
    return to_text(key) if not isinstance(key, str) else key


def _integer(key: Any) -> int:
    try:
        return int(key)
    except (TypeError, ValueError):
        raise EvaluationError(f"{key!r} is not an index") from None


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
        return evaluate(node.then if condition else node.otherwise, scope)
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
    if raw in ("true", "false"):
        return bool(raw == "true")
    if unsettled(raw):
        return why_unknown(raw)
    raise EvaluationError(f"{raw!r} is not a condition")


def to_text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
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
    if other is None and not (isinstance(one, Reference) and one.address.split(".")[-3:-2] == ["data"]):
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
        try:
            return int(raw) if raw.lstrip("-").isdigit() else float(raw)
        except ValueError:
            pass
    raise EvaluationError(f"{raw!r} is not a number")


def _arithmetic(operator: str, left: int | float, right: int | float) -> Any:
    if operator in ("<", ">", "<=", ">="):
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]
    if operator in ("/", "%") and right == 0:
        raise EvaluationError("division by zero")
    if operator == "/":
        return left // right if isinstance(left, int) and isinstance(right, int) and left % right == 0 else left / right
    if operator == "%":
        return (
            int(left - right * int(left / right)) if isinstance(left, int) and isinstance(right, int) else left - right * int(left / right)
        )
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


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
    for piece in pieces:
        settled = finish(piece)
        for each in settled.parts if isinstance(settled, Text) else (settled,):
            part = _text_part(each)
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
    if all(isinstance(part, str) for part in parts):
        return "".join(parts)
    return Text(tuple(part for part in parts if part != ""))


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


def _for(node: tree.For, scope: Scope) -> Any:
    raw = evaluate(node.collection, scope)
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if elements is None:
        raise EvaluationError("a for expression over null")
    if unsettled(elements):
        return why_unknown(elements)
    pairs = list(elements.items()) if isinstance(elements, dict) else list(enumerate(elements)) if isinstance(elements, list) else None
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
        else:
            built[to_text(name)] = result
    return values if node.key is None else built


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
