"""The combinations of conditions that are possible where parameters have no value.

Conditions are evaluated with open variables; the first that matters is given each of the values that are worth telling apart (those that
conditions compare it with, or that its template allows, and any other), and so on. Combinations that the rules of the template refuse are
left out, unless that leaves none. Those under which the same conditions hold are one world.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner.sources.cloudformation.rules import refused
from assay.scanner.sources.cloudformation.scope import Fork, Scope
from assay.scanner.sources.raw import Unknown, either

MAX_LEAVES = 256
MAX_WORLDS = 16


class Assignment(msgspec.Struct):
    """Truth of conditions by name, and values of the variables that it comes from."""

    decided: dict[str, Any]
    assumed: dict[str, Any]


class TooMany(Exception):
    """More combinations than are judged one by one."""


def explore(scope: Callable[[dict[str, Any]], Scope]) -> list[Assignment]:
    """The worlds of a stack, whose scope under given values of variables `scope` makes. Raises TooMany."""
    try:
        permitted = _explored(scope, refused)
    except TooMany:  # what rules compare may be more than what conditions do
        permitted = []
    return permitted or _explored(scope, lambda _: False)


def _explored(scope: Callable[[dict[str, Any]], Scope], left_out: Callable[[Scope], bool]) -> list[Assignment]:
    groups: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    waiting: list[dict[str, Any]] = [{}]
    leaves = 0
    while waiting:
        assumed = waiting.pop()
        leaves += 1
        if leaves + len(waiting) > MAX_LEAVES:
            raise TooMany
        try:
            within = scope(assumed)
            decided = truths(within)
            if left_out(within):
                continue
        except Fork as fork:
            waiting += [{**assumed, fork.key: option} for option in reversed(fork.options)]
            continue
        key = repr(sorted((name, truth if isinstance(truth, bool) else None) for name, truth in decided.items()))
        groups.setdefault(key, (decided, []))[1].append(assumed)
        if len(groups) > MAX_WORLDS:
            raise TooMany
    return [Assignment(decided, _merged(assumptions)) for decided, assumptions in groups.values()]


def truths(scope: Scope) -> dict[str, Any]:
    """Every condition that matters in a scope and the nested stacks that exist in it."""
    decided = {scope.prefix + name: scope.condition(name) for name in scope.template.used(scope.stack.wanted, outputs=bool(scope.prefix))}
    for resource, _ in scope.resources():
        child = scope.child(resource)
        if child is not None:
            decided.update(truths(child))
    return decided


def _merged(leaves: list[dict[str, Any]]) -> dict[str, Any]:
    """The values of variables that all of these agree to have told apart."""
    shared = [key for key in leaves[0] if all(key in leaf for leaf in leaves)]
    merged: dict[str, Any] = {}
    for key in shared:
        values = [leaf[key] for leaf in leaves]
        why = next((value for value in values if isinstance(value, Unknown)), Unknown(f"{key} has no value", "pass --parameter"))
        merged[key] = values[0] if all(value == values[0] for value in values) else either(why, *values)
    return merged
