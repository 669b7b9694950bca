"""What a for expression makes of the elements that it keeps. https://developer.hashicorp.com/terraform/language/expressions/for"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import MAX_OPTIONS, Unknown, at_least, either, ends_differ
from assay.scanner.sources.terraform import costs, tree
from assay.scanner.sources.terraform.operators import EvaluationError, finish, to_text, unsettled, why_unknown

T = TypeVar("T")
MAX_DOUBTED = MAX_OPTIONS.bit_length() - 1
"""Elements of which it may be open whether they are kept: with and without each of them are not more than MAX_OPTIONS values."""
Kept = tuple[Any, Any]
"""Key and value of an element; a list has no keys."""


def collected(node: tree.For, kept: Sequence[Kept], doubted: Mapping[int, Unknown], budget: Budget) -> Any:
    """The list or the object of some elements. Of which it is not known whether they are kept, `doubted` has the places.

    Where these are few, the result is one of what there is with and without each of them, but for what Terraform refuses. Raises
    EvaluationError, OverBudget, TooMuch.
    """
    if not doubted:
        return costs.limited(costs.made(_of(node, kept, budget), budget), budget)
    costs.walk([value for _, value in kept], budget, times=MAX_OPTIONS)
    return with_and_without(kept, doubted, lambda some: costs.limited(costs.made(finish(_of(node, some, budget)), budget), budget))


def object_of(entries: Sequence[Kept]) -> Any:
    """The object of some entries, of which keys may be texts that are known in part: not known where one may take the place of another."""
    known = {to_text(key): value for key, value in entries if not unsettled(key)}
    open_ = tuple((key, value) for key, value in entries if unsettled(key))
    if not open_:
        return known
    keys = [*(key for key, _ in open_), *known]
    pairs = ((key, other) for at, (key, _) in enumerate(open_) for other in keys[at + 1 :])
    apart = len(open_) <= _MOST_OPEN and all(itertools.starmap(ends_differ, pairs))
    return at_least(known, why_unknown(open_[0][0]), open_) if apart else why_unknown(open_[0][0])


_MOST_OPEN = 100
"""Entries of an object whose keys are not known as a whole."""


def with_and_without(elements: Sequence[T], doubted: Mapping[int, Unknown], made: Callable[[list[T]], Any]) -> Any:
    """What is made of some elements, with and without each of those at the places of `doubted`, but for what Terraform refuses.

    Unknown where these are more than MAX_DOUBTED.
    """
    why = next(iter(doubted.values()))
    if len(doubted) > MAX_DOUBTED:
        return why
    options = []
    for absent in _subsets(doubted):
        with contextlib.suppress(EvaluationError):  # of two with one key, one at most is kept
            options.append(made([element for at, element in enumerate(elements) if at not in absent]))
    return either(why, *options) if options else why


def _subsets(of: Collection[int]) -> Iterator[set[int]]:
    """Every set of some numbers, from none of them to all."""
    for size in range(len(of) + 1):
        yield from map(set, itertools.combinations(of, size))


def _of(node: tree.For, entries: Sequence[Kept], budget: Budget) -> Any:
    if node.key is None:
        return [value for _, value in entries]
    built: dict[str, Any] = {}
    for name, value in entries:
        key = to_text(name)
        if node.group:
            built.setdefault(key, []).append(value)
            budget.made(costs.SLOT)
        elif key in built:
            raise EvaluationError(f'two elements have the key "{key}"')
        else:
            built[key] = value
    return built
