"""One resource under all controls of its kind: what they share is worked out once, when the first of them asks."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from assay.scanner.facts.model import Resource
from assay.scanner.rules import cel, trace, view
from assay.scanner.sources.values import Value


class Subject:
    """A resource, with the maps that CEL sees of it and the facts behind them."""

    def __init__(self, resource: Resource | view.Attributes, shape: view.Shape, nulls: Iterable[cel.Path] = ()) -> None:
        """`shape` has what any of the controls reads; at `nulls`, what is not written is null."""
        self.resource = resource
        self._shape, self._nulls = shape, nulls
        self._activations: dict[Any, Any] = {}
        self._walks: dict[cel.Path, list[tuple[str, Any]]] = {}
        self._observations: dict[cel.Path, list[trace.Observation]] = {}

    def instead(self, resource: Resource | view.Attributes) -> Subject:
        """Another resource, seen as this one."""
        return self if resource is self.resource else Subject(resource, self._shape, self._nulls)

    def activation(self, contents: Iterable[cel.Path], params: dict[str, Any] | None) -> Any:
        """What an expression sees that asks for these contents. The same where it would see the same."""
        absent = self._not_in_full(contents)
        key = absent, id(params)
        if key not in self._activations:
            data = {"resource": self._settled(absent)}
            self._activations[key] = environment("").activation(data if params is None else {**data, "params": params})
        return self._activations[key]

    def facts(self, contents: Iterable[cel.Path]) -> dict[str, Any]:
        """The map of an expression that asks for these contents."""
        return self._settled(self._not_in_full(contents))

    def _not_in_full(self, contents: Iterable[cel.Path]) -> tuple[cel.Path, ...]:
        open_names = self._facts[1]
        return tuple(path for path in contents if path[0] in open_names) if open_names else ()

    def _settled(self, paths: Iterable[cel.Path]) -> dict[str, Any]:
        facts = self._facts[0]
        for path in paths:
            facts = view.settled(self.resource, facts, path)
        return facts

    @functools.cached_property
    def _facts(self) -> tuple[dict[str, Any], frozenset[str]]:
        facts, open_names = view.facts_of(self.resource, self._shape)
        for path in self._nulls:
            facts = view.with_nulls(self.resource, facts, path)
        return facts, open_names

    def walk(self, path: cel.Path) -> list[tuple[str, Any]]:
        """(name, value) of every fact at a path."""
        if path not in self._walks:
            self._walks[path] = trace.walk(self.resource, path, "")
        return self._walks[path]

    def observations(self, path: cel.Path) -> list[trace.Observation]:
        """What evidence shows of the facts at a path."""
        if path not in self._observations:
            self._observations[path] = trace.observations(self.walk(path)) or trace.empty_list(self.resource, path)
        return self._observations[path]

    def fact(self, path: cel.Path) -> Value[Any]:
        """The fact at a path, the first where the path leads to several; absent where it leads to none."""
        facts = self.walk(path)
        value = facts[0][1] if facts else Value(None)
        return value if isinstance(value, Value) else Value(value)


@functools.cache
def environment(element: str) -> cel.Environment:
    """Where expressions on a list element of that name run; those on resources where it is empty."""
    return cel.Environment((element,) if element else ())


@functools.lru_cache(4096)
def program(serialized: bytes, element: str = "") -> cel.Program:
    """A compiled expression, ready to run."""
    return environment(element).load(serialized)
