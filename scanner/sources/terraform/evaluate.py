"""Evaluates expressions to raw values (`assay.scanner.sources.raw`), with Unknown where the input does not tell.

Semantics follow https://developer.hashicorp.com/terraform/language/expressions. What Terraform itself would refuse is an
`EvaluationError`, which `try()` and `can()` catch as there; what we cannot tell is an Unknown, which they pass on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import MAX_OPTIONS, AtLeast, Either, Open, Reference, Text, Unknown, at_least, because, either
from assay.scanner.sources.terraform import costs, exact, tree
from assay.scanner.sources.terraform.collecting import MAX_DOUBTED, collected, object_of
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.functions import register
from assay.scanner.sources.terraform.operators import (
    MAX_ELEMENTS,
    MAX_TEXT,
    REFUSALS,
    EvaluationError,
    Set,
    Undecided,
    equal,
    finish,
    join_text,
    pairs_of,
    refusable,
    spread,
    to_bool,
    to_number,
    unify,
    unsettled,
    why_unknown,
)
from assay.scanner.sources.terraform.parts import get_any, get_attribute, get_or_refused
from assay.scanner.sources.terraform.provided import never_empty


class Scope:
    """What names mean at one place.

    `link`: a reference to a resource attribute stays a reference even where its text is configured. `tried`: the place is in a `try()`
    or `can()`, where what Terraform refuses has a meaning.
    """

    __slots__ = ("budget", "functions", "link", "lookup", "names", "tried")

    def __init__(
        self,
        lookup: Callable[[str, Scope], Any],
        functions: Mapping[str, Callable[..., Any]],
        budget: Budget,
        names: dict[str, Any] | None = None,
        link: bool = False,
        tried: bool = False,
    ) -> None:
        self.lookup, self.functions, self.budget, self.link = lookup, functions, budget, link
        self.names, self.tried = names or {}, tried

    def with_names(self, names: dict[str, Any]) -> Scope:
        """Itself with further names, which hide others: those of a `for`, `each`, `count`."""
        return Scope(self.lookup, self.functions, self.budget, {**self.names, **names}, self.link, self.tried)

    def linking(self) -> Scope:
        """Itself, in which a configured attribute of a resource is a Reference to it."""
        return self if self.link else Scope(self.lookup, self.functions, self.budget, self.names, True, self.tried)

    def trying(self) -> Scope:
        """Itself, in a `try()` or `can()`."""
        return self if self.tried else Scope(self.lookup, self.functions, self.budget, self.names, self.link, True)


def evaluate(node: Any, scope: Scope) -> Any:
    """The raw value of an expression in a scope. Raises EvaluationError where Terraform would refuse it, TooMuch, OverBudget."""
    scope.budget.step()
    return _EVALUATE[type(node)](node, scope)


def _name(node: tree.Name, scope: Scope) -> Any:
    if node.name in scope.names:
        return scope.names[node.name]
    return scope.lookup(node.name, scope)


def _attribute(node: tree.Attribute, scope: Scope) -> Any:
    raw = evaluate(node.of, scope)
    if raw.__class__ is Either:
        return _spread(scope, lambda option: get_attribute(option, node.name), raw)
    return get_attribute(raw, node.name)


def _index(node: tree.Index, scope: Scope) -> Any:
    return _picked(evaluate(node.of, scope), evaluate(node.key, scope), scope)


def _picked(raw: Any, key: Any, scope: Scope) -> Any:
    if unsettled(key):
        costs.walk(raw, scope.budget, times=MAX_OPTIONS)
    return _spread(scope, get_or_refused if scope.tried else get_any, raw, key)


def _spread(scope: Scope, function: Callable[..., Any], *arguments: Any) -> Any:
    """`spread`, after what it costs to combine and compare options is spent."""
    for argument in arguments:
        if argument.__class__ is Either:
            costs.walk(argument, scope.budget, times=MAX_OPTIONS)
    return spread(function, *arguments)


def _splat(node: tree.Splat, scope: Scope) -> Any:
    raw = evaluate(node.of, scope)
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if isinstance(elements, dict):
        elements = list(elements.values()) if hasattr(raw, "elements") else [elements]
    return _spread(scope, lambda collection: _splat_over(node, collection, scope), elements)


def _splat_over(node: tree.Splat, elements: Any, scope: Scope) -> Any:
    if elements is None:
        return []
    if isinstance(elements, AtLeast) and isinstance(elements.content, list):
        return at_least(_splat_over(node, elements.content, scope), elements.rest)
    if isinstance(elements, (Unknown, Reference, Text)) and not never_empty(elements):
        return why_unknown(elements)
    if not isinstance(elements, list):
        elements = [elements]
    return costs.made([evaluate(node.steps, scope.with_names({"*": element})) for element in elements], scope.budget)


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
    arguments = [argument.elements() if hasattr(argument, "elements") else argument for argument in arguments]
    if node.function == "lookup" and len(arguments) == 2:  # without a default it is the older form of an index
        return _picked(arguments[0], arguments[1], scope)
    cost = register.COSTS.get(node.function.removeprefix("core::"), register.Cost())
    cost.before(arguments, scope.budget)
    try:
        result = _spread(scope, function, *arguments)
    except TooMuch:
        raise
    except (EvaluationError, *REFUSALS) as error:
        refused = error if isinstance(error, EvaluationError) else EvaluationError(f"{node.function}(): {error}")
        if scope.tried:
            raise refused from None
        return Unknown(str(refused), "correct the expression or scan the plan")  # what else is around it can be told
    if isinstance(result, (str, list)) and len(result) > (MAX_TEXT if isinstance(result, str) else MAX_ELEMENTS):
        raise TooMuch(f"{node.function}() gives a value of {len(result):,} elements")
    cost.after(result, scope.budget)
    return result


def _try(node: tree.Call, scope: Scope) -> Any:
    error: EvaluationError | None = None
    for argument in node.arguments:
        try:
            raw = evaluate(argument, scope.trying())
        except Undecided as caught:
            return Unknown(str(caught), "scan the plan")
        except EvaluationError as caught:
            error = caught
            continue
        costs.walk(raw, scope.budget)
        if (part := refusable(raw)) is not None:
            return because(part)
        if node.function == "try":
            return because(raw) if isinstance(raw, Open) else raw  # where it fails, another takes its place
        return because(raw) if isinstance(raw, Unknown) else True
    if node.function == "can":
        return False
    raise error or EvaluationError("try() has no arguments")


def _conditional(node: tree.Conditional, scope: Scope) -> Any:
    tested = evaluate(node.condition, scope)
    condition = _spread(scope, to_bool, tested)
    if isinstance(tested, Either) and condition.__class__ is Unknown:
        return condition  # Terraform refuses one of the options
    if not isinstance(condition, Unknown):
        chosen, other = (node.then, node.otherwise) if condition else (node.otherwise, node.then)
        raw = evaluate(chosen, scope)
        return _of_one_type([raw, other.value])[0] if isinstance(other, tree.Literal) else raw
    branches = []
    for branch in (node.then, node.otherwise):
        try:
            branches.append(_finished(evaluate(branch, scope), scope))
        except EvaluationError:
            return condition
    return either(condition, *_of_one_type(branches))


def _of_one_type(values: list[Any]) -> list[Any]:
    """The results of a conditional in the type that they have in common. Raises Undecided where they have none, which Terraform refuses."""
    try:
        return unify(values)
    except EvaluationError as error:
        raise Undecided(str(error)) from None


def _finished(raw: Any, scope: Scope) -> Any:
    costs.walk(raw, scope.budget)
    return finish(raw)


def _binary(node: tree.Binary, scope: Scope) -> Any:
    left = evaluate(node.left, scope)
    if node.operator in ("&&", "||"):
        return _logic(node, left, scope)
    right = evaluate(node.right, scope)
    if node.operator in ("==", "!="):
        costs.walk(left, scope.budget)
        costs.walk(right, scope.budget)
        if not (type(node.left) is type(node.right) and isinstance(node.left, (tree.List, tree.Object))):
            return _spread(scope, lambda one, other: _compared(node.operator, one, other), left, right)
    return _spread(scope, lambda one, other: _operation(node.operator, one, other), left, right)


# https://developer.hashicorp.com/terraform/language/expressions/operators#equality-operators: values of two types are never equal
_ALIKE = Unknown(
    "whether two collections with equal elements are of one type: a list equals no tuple such as [], nor a map an object such as {}",
    "compare their lengths, or scan the plan",
)


def _compared(operator: str, left: Any, right: Any) -> Any:
    """What `==` or `!=` says of values whose types the code does not show: of collections, that they are equal is not known then."""
    result = _operation(operator, left, right)
    alike = result is (operator == "==") and isinstance(left, (list, dict)) and isinstance(right, (list, dict))
    return _ALIKE if alike and not (isinstance(left, Set) and isinstance(right, Set)) else result


def _operation(operator: str, left: Any, right: Any) -> Any:
    if operator in ("==", "!="):
        same = equal(finish(left), finish(right))
        return same if isinstance(same, Unknown) else same is (operator == "==")
    if unsettled(left) or unsettled(right):
        counted = _counted(operator, left, right)
        return why_unknown(left if unsettled(left) else right) if counted is None else counted
    return exact.compute(operator, to_number(left), to_number(right))


def _counted(operator: str, left: Any, right: Any) -> bool | None:
    """What a comparison says of a number of which it is known that it is so much or more."""
    if isinstance(left, exact.Counted):
        return left.compared(operator, right)
    return right.compared(exact.TURNED.get(operator, operator), left) if isinstance(right, exact.Counted) else None


def _logic(node: tree.Binary, left: Any, scope: Scope) -> Any:
    deciding = node.operator == "||"
    first = _spread(scope, to_bool, left)
    if first is deciding:
        return deciding
    try:
        second = _spread(scope, to_bool, evaluate(node.right, scope))
    except EvaluationError:
        if not isinstance(first, Unknown):
            raise
        return because(first)  # Terraform 1.12 does not ask for it where the first decides
    if second is deciding:
        return deciding
    if isinstance(first, Unknown):
        return because(first) if isinstance(second, Unknown) else first
    return second


def _unary(node: tree.Unary, scope: Scope) -> Any:
    return _spread(scope, lambda raw: _negated(node.operator, raw), evaluate(node.operand, scope))


def _negated(operator: str, raw: Any) -> Any:
    if unsettled(raw):
        return why_unknown(raw)
    return not to_bool(raw) if operator == "!" else exact.compute("-", 0, to_number(raw))


def _template(node: tree.Template, scope: Scope) -> Any:
    if len(node.parts) == 1 and not isinstance(node.parts[0], str):
        return evaluate(node.parts[0], scope)
    parts = [part if isinstance(part, str) else evaluate(part, scope) for part in node.parts]
    return costs.made(_spread(scope, lambda *pieces: join_text(list(pieces)), *parts), scope.budget)


def _list(node: tree.List, scope: Scope) -> list[Any]:
    return costs.made([evaluate(item, scope) for item in node.items], scope.budget)  # type: ignore[no-any-return]


def _object(node: tree.Object, scope: Scope) -> Any:
    entries = []
    for key_node, value_node in node.items:
        key = evaluate(key_node, scope)
        if isinstance(key, Text) and _of_a_provider(key):
            key = str(key)
        if unsettled(key) and not isinstance(key, Text):
            return why_unknown(key)
        entries.append((key, evaluate(value_node, scope)))
    return costs.made(object_of(entries), scope.budget)


def _of_a_provider(key: Text) -> bool:
    """Whether a key is `${…}:sub`: in a policy it is known to be a claim of an identity provider's token, whichever provider that is."""
    return len(key.parts) == 2 and not isinstance(key.parts[0], str) and bool(_CLAIM.match(str(key.parts[1])))


_CLAIM = lazy_re.pattern(r"^:[a-z_]+$")


def _for(node: tree.For, scope: Scope) -> Any:
    raw = evaluate(node.collection, scope)
    elements = raw.elements() if hasattr(raw, "elements") else raw
    return _spread(scope, lambda collection: _for_over(node, collection, scope), elements)


def _for_over(node: tree.For, elements: Any, scope: Scope) -> Any:
    if elements is None:
        raise EvaluationError("a for expression over null")
    if isinstance(elements, AtLeast) and not node.group:
        known = _elements_of(node, pairs_of(elements), scope)
        if elements.open and node.key is not None:
            return known
        known = known.content if isinstance(known, AtLeast) else known
        return at_least(known, elements.rest) if isinstance(known, (list, dict)) else why_unknown(known)
    if unsettled(elements):
        return why_unknown(elements)
    costs.copy(elements, scope.budget)
    pairs = pairs_of(elements)
    if pairs is None:
        raise EvaluationError(f"a for expression over a {type(elements).__name__}")
    return _elements_of(node, pairs, scope)


def _elements_of(node: tree.For, pairs: Any, scope: Scope) -> Any:
    """What a for expression makes of keys and values; where it is not known whether it keeps a few of them, each of what that may be."""
    kept: list[tuple[Any, Any]] = []
    open_: list[tuple[Any, Any]] = []
    doubted: dict[int, Unknown] = {}
    for key, value in pairs:
        names = {node.names[0]: value} if len(node.names) == 1 else {node.names[0]: key, node.names[1]: value}
        inner = scope.with_names(names)
        wanted = to_bool(evaluate(node.condition, inner)) if node.condition is not None else True
        if wanted is False:
            continue
        if isinstance(wanted, Unknown):
            doubted[len(kept)] = because(wanted)
            if len(doubted) > MAX_DOUBTED:
                return because(wanted)
        try:
            name = None if node.key is None else evaluate(node.key, inner)
            (open_ if unsettled(name) else kept).append((name, evaluate(node.value, inner)))
        except EvaluationError:
            if isinstance(wanted, Unknown):
                return because(wanted)  # of what is kept alone there has to be one
            raise
        if open_ and (node.group or doubted):
            return why_unknown(open_[0][0])
    known = collected(node, kept, doubted, scope.budget)
    return at_least(known, why_unknown(open_[0][0]), tuple(open_)) if open_ else known


def _unreadable(node: tree.Unreadable, scope: Scope) -> Unknown:
    return Unknown(f"the expression does not parse: {node.text[:60]}", "correct the expression")


_EVALUATE: dict[type, Callable[[Any, Scope], Any]] = {
    tree.Literal: lambda node, scope: node.value,
    tree.Name: _name,
    tree.Attribute: _attribute,
    tree.Index: _index,
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
