"""Values of files that stand above modules: their local values, and what else they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import AtLeast, Given, Unknown
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.named import Lookup
from assay.scanner.sources.terraform.operators import EvaluationError, unsettled, why_unknown, words


def named(variable: str, raw: Any) -> Any:
    """A value that a variable is given: one that is not known is the same wherever the variable is used."""
    return Given(raw.reason, raw.settles_it, raw.location, f"var.{variable}") if raw.__class__ is Unknown else raw


class LocalValues:
    """The local values of some blocks, each evaluated once."""

    def __init__(self, blocks: Iterable[Block], others: Callable[[str], Any], functions: Mapping[str, Callable[..., Any]],
                 budget: Budget, way: str) -> None:  # fmt: skip
        """`others`: what any other name stands for; `way`: what settles what is not known."""
        self._written = {name: argument for block in blocks if block.type == "locals" for name, argument in block.arguments.items()}
        self._others, self._way = others, way
        self._memo: dict[str, Any] = {}
        self._scope = Scope(self._lookup, functions, budget)

    def value(self, expression: Any) -> Any:
        """The raw value of an expression: Unknown where it cannot be told, or is refused."""
        try:
            return evaluate(expression, self._scope)
        except EvaluationError as error:
            return Unknown(f"it is given a value that cannot be told: {words(error)}", self._way)

    def parts(self, expression: Any) -> tuple[dict[str, Any], Unknown | None]:
        """What is given by name, and why more may be: a value that cannot be told leaves the others as they are."""
        if expression is None:
            return {}, None
        if isinstance(expression, tree.Object):
            return self._of_object(expression)
        raw = self.value(expression)
        if isinstance(raw, AtLeast) and isinstance(raw.content, dict):
            return raw.content, raw.rest
        if isinstance(raw, dict):
            return raw, None
        return {}, why_unknown(raw) if unsettled(raw) else Unknown("what is given is no object", self._way)

    def _of_object(self, expression: tree.Object) -> tuple[dict[str, Any], Unknown | None]:
        given: dict[str, Any] = {}
        rest: Unknown | None = None
        for name, part in expression.items:
            key = self.value(name)
            if isinstance(key, str):
                given[key] = self.value(part)
            else:
                rest = why_unknown(key) if unsettled(key) else rest
        return given, rest

    def all(self) -> dict[str, Any]:
        """All of them by name."""
        return {name: self._local(name) for name in self._written}

    def _lookup(self, name: str, scope: Scope) -> Any:
        return Lookup(self._local) if name == "local" else self._others(name)

    def _local(self, name: str) -> Any:
        if name not in self._written:
            raise EvaluationError(f"there is no local value {name}")
        if name not in self._memo:
            self._memo[name] = Unknown(f"local.{name} refers to itself", "break the cycle")
            self._memo[name] = self.value(self._written[name].expression)
        return self._memo[name]
