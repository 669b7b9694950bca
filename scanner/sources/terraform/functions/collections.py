"""Functions of collections: elements may be unknown, the collection itself may not."""

from __future__ import annotations

import functools
import itertools
import math
from fractions import Fraction
from typing import Any

from assay.scanner.sources.raw import AtLeast, Either, Reference, Unknown, at_least, because, either
from assay.scanner.sources.terraform import exact
from assay.scanner.sources.terraform.collecting import with_and_without
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.functions.register import (
    as_list,
    as_map,
    as_ordered,
    as_texts,
    as_unified,
    function,
    open_collection,
    strict,
)
from assay.scanner.sources.terraform.functions.text import characters
from assay.scanner.sources.terraform.operators import (
    MAX_ELEMENTS,
    EvaluationError,
    Refusable,
    Set,
    Undecided,
    equal,
    finish,
    identity,
    known_part,
    make_set,
    to_bool,
    to_number,
    to_text,
    to_whole,
    unify,
    unsettled,
    why_unknown,
    without_repeats,
)
from assay.scanner.sources.terraform.parts import get_index, may_lead_to
from assay.scanner.sources.terraform.provided import never_empty


@function("merge")
def _merge(*maps: Any) -> Any:
    """What stands before a map that is not known may be another there."""
    merged: dict[str, Any] = {}
    for mapping in maps:
        if unsettled(mapping):
            merged = dict.fromkeys(merged, because(why_unknown(mapping)))
        merged.update(as_map(known_part(mapping, {})) if mapping is not None else {})
    return at_least(merged, open_collection(*maps))


@function("concat")
def _concat(first: Any, *rest: Any) -> Any:
    lists = (first, *rest)
    return at_least([element for one in lists for element in as_ordered(known_part(one, []))], open_collection(*lists))


@function("flatten")
def _flatten(elements: Any) -> Any:
    """An element that is not known may be a list, of any number of elements."""
    rest = open_collection(elements)
    flat: list[Any] = []
    for element in as_list(known_part(elements, [])):
        inner = _flatten(element) if isinstance(element, (list, AtLeast)) else element if isinstance(element, Unknown) else [element]
        rest = rest or (why_unknown(inner) if isinstance(inner, Unknown) else None)
        flat += known_part(inner, [])
        if len(flat) > MAX_ELEMENTS:
            raise TooMuch(f"flatten() gives more than {MAX_ELEMENTS:,} elements")
    return at_least(flat, rest)


@function("compact")
def _compact(elements: Any) -> Any:
    """An unknown element could be empty, and then the list is shorter."""
    if isinstance(elements, AtLeast):
        return at_least(_compact([element for element in as_list(elements.content) if not isinstance(element, Unknown)]), elements.rest)
    if unknown := open_collection(elements):
        return unknown
    given = [element for element in unify(as_list(elements)) if element is not None and element != ""]
    open_ = {at: element for at, element in enumerate(given) if isinstance(element, Unknown) and not _is_some_text(element)}
    if unknown := next((because(element) for element in open_.values() if isinstance(element, Either)), None):
        return unknown
    return with_and_without(given, {at: because(element) for at, element in open_.items()}, list) if open_ else given


def _is_some_text(raw: Unknown) -> bool:
    """Whether a value is one of several texts, none of which is empty."""
    return isinstance(raw, Either) and all(option if isinstance(option, str) else never_empty(option) for option in raw.options)


@function("distinct")
def _distinct(elements: Any) -> Any:
    """An element that is not known may be another of them."""
    rest, given = open_collection(elements), unify(as_ordered(known_part(elements, [])))
    if len(given) > 1:
        rest = rest or next((because(element) for element in given if isinstance(element, Unknown)), None)
    return at_least(without_repeats([element for element in given if rest is None or not isinstance(element, Unknown)]), rest)


@function("toset")
def _toset(elements: Any) -> Any:
    return elements if elements is None else at_least(make_set(as_list(known_part(elements, []))), open_collection(elements))


@function("tolist")
def _tolist(elements: Any) -> Any:
    return elements if elements is None else at_least(list(as_unified(known_part(elements, []))), open_collection(elements))


@function("tomap")
def _tomap(elements: Any) -> Any:
    return (
        elements
        if elements is None
        else open_collection(elements) or dict(zip(as_map(elements), unify(list(elements.values())), strict=True))
    )


@function("length")
def _length(elements: Any) -> Any:
    if unknown := open_collection(elements):
        least = _least(elements)
        return exact.Counted(unknown.reason, unknown.settles_it, unknown.location, least) if least else unknown
    if isinstance(elements, Set) and len(elements) > 1 and (unsure := next((element for element in elements if unsettled(element)), None)):
        return why_unknown(unsure)  # it may be equal to another
    return len(characters(elements)) if isinstance(elements, str) else len(elements)


def _least(elements: Any) -> int:
    """How many elements or characters there are in any case."""
    if not isinstance(elements, AtLeast):
        return int(never_empty(elements))
    alike = isinstance(elements.content, Set) or any(unsettled(element) for element in elements.content)
    return 1 if alike else len(elements.content)


@function("keys")
def _keys(elements: Any) -> Any:
    return at_least(sorted(as_map(known_part(elements, {}))), open_collection(elements))


@function("values")
def _values(elements: Any) -> Any:
    known = as_map(known_part(elements, {}))
    return at_least([known[key] for key in sorted(known)], open_collection(elements))


@function("lookup")
def _lookup(elements: Any, key: Any, *default: Any) -> Any:
    if isinstance(elements, AtLeast) and not unsettled(key) and to_text(key) in as_map(elements.content):
        return elements.content[to_text(key)]
    if unknown := open_collection(elements):
        return unknown
    if unsettled(key):
        return _one_of(as_map(elements), key, default)
    if to_text(key) in as_map(elements):
        return elements[to_text(key)]
    if len(default) == 1:
        return default[0]
    raise EvaluationError(f'lookup(): there is no element "{key}"')


def _one_of(elements: dict[str, Any], key: Any, default: tuple[Any, ...]) -> Any:
    """What a key that is not known may lead to; without a default it may be refused."""
    return either(why_unknown(key), *map(finish, [*may_lead_to(elements, key), *default])) if default else why_unknown(key)


@function("element")
def _element(elements: Any, at: Any) -> Any:
    return open_collection(elements, at) or as_ordered(elements)[to_whole(at) % len(elements)]


@function("slice")
def _slice(elements: Any, start: Any, end: Any) -> Any:
    if unknown := open_collection(start, end):
        return unknown
    if isinstance(elements, (Unknown, Reference)) and not isinstance(elements, Either):
        return _slice_of_open(elements, to_whole(start), to_whole(end))
    if unknown := open_collection(elements):
        return unknown
    if not 0 <= to_whole(start) <= to_whole(end) <= len(as_ordered(elements)):
        raise EvaluationError("slice(): the indexes are not those of elements")
    return elements[to_whole(start) : to_whole(end)]


_MOST_OPEN = 100
"""Elements of a list that is not known."""


def _slice_of_open(elements: Unknown | Reference, start: int, end: int) -> Any:
    """So many elements as there are between two indexes, whatever they are: where there are fewer, Terraform refuses the slice."""
    if not 0 <= start <= end:
        raise EvaluationError("slice(): the indexes are not those of elements")
    if end - start > _MOST_OPEN:
        return why_unknown(elements)
    if isinstance(elements, Reference) and elements.attribute:
        return [get_index(elements, at) for at in range(start, end)]
    why = why_unknown(elements)
    return [Refusable(why.reason, why.settles_it, why.location) for _ in range(start, end)]


@function("reverse")
def _reverse(elements: Any) -> Any:
    return at_least(list(reversed(as_list(known_part(elements, [])))), open_collection(elements))


@function("one")
def _one(elements: Any) -> Any:
    if unknown := open_collection(elements):
        return unknown
    if len(as_list(elements)) > 1:
        raise EvaluationError("one(): more than one element")
    return elements[0] if elements else None


@function("coalesce")
def _coalesce(*arguments: Any) -> Any:
    for argument in unify(list(arguments)):
        if isinstance(argument, Unknown):
            return because(argument)  # it may be null, and then the next counts
        if argument is not None and argument != "":
            return argument
    raise EvaluationError("coalesce(): every argument is null or empty")


@function("coalescelist")
def _coalescelist(*lists: Any) -> Any:
    for elements in lists:
        if unknown := open_collection(elements):
            return unknown
        if as_list(elements):
            return elements
    raise EvaluationError("coalescelist(): every list is empty")


@function("contains")
def _contains(elements: Any, wanted: Any) -> Any:
    matches = [equal(finish(element), finish(wanted)) for element in as_list(known_part(elements, []))]
    if True in matches:
        return True
    return open_collection(elements) or next((match for match in matches if isinstance(match, Unknown)), False)


@function("zipmap")
def _zipmap(keys: Any, values: Any) -> Any:
    if unknown := open_collection(keys, values) or next((why_unknown(key) for key in keys if unsettled(key)), None):
        return unknown
    return dict(zip(as_texts(keys), as_list(values), strict=True))


@function("setproduct")
def _setproduct(first: Any, second: Any, *rest: Any) -> Any:
    sets = (first, second, *rest)
    if unknown := open_collection(*sets):
        return unknown
    if math.prod(len(as_list(elements)) for elements in sets) > MAX_ELEMENTS:
        return Unknown(f"setproduct() gives more than {MAX_ELEMENTS:,} elements", "scan the plan")
    product: list[list[Any]] = [[]]
    for elements in sets:
        product = [[*row, element] for row in product for element in unify(elements)]
    return product


@function("setunion")
def _setunion(*sets: Any) -> Any:
    return at_least(make_set([element for elements in sets for element in as_list(known_part(elements, []))]), open_collection(*sets))


def _alike(*sets: list[Any]) -> list[list[Any]]:
    """Lists whose elements have one type, as a function that compares them converts them."""
    flat = unify([element for elements in sets for element in elements])
    ends = list(itertools.accumulate(map(len, sets)))
    return [flat[end - len(elements) : end] for end, elements in zip(ends, sets, strict=True)]


def _setintersection(*sets: list[Any]) -> Set:
    first, *rest = _alike(*sets)
    identities = [{identity(element) for element in other} for other in rest]
    return make_set([one for one in first if all(identity(one) in other for other in identities)])


def _setsubtract(one: list[Any], other: list[Any]) -> Set:
    kept, removed = _alike(one, other)
    without = {identity(element) for element in removed}
    return make_set([element for element in kept if identity(element) not in without])


def _matchkeys(values: list[Any], keys: list[Any], wanted: list[Any]) -> list[Any]:
    keys, wanted = _alike(keys, wanted)
    wanted_keys = {identity(key) for key in wanted}
    return [value for value, key in zip(values, keys, strict=True) if identity(key) in wanted_keys]


def _chunklist(elements: list[Any], size: int) -> list[Any]:
    if size < 0:
        raise EvaluationError("chunklist(): the size is negative")
    return [elements[at : at + size] for at in range(0, len(elements), size)] if size else [elements]


def _index(elements: list[Any], wanted: Any) -> int:
    for at, element in enumerate(elements):
        same = equal(element, wanted)
        if isinstance(same, Unknown):
            raise Undecided(same.reason)
        if same:
            return at
    raise EvaluationError("index(): the value is not in the list")


def _sum(elements: list[Any]) -> Any:
    if not elements:
        raise EvaluationError("sum() of nothing")
    return functools.reduce(lambda one, other: exact.compute("+", one, other), map(to_number, elements))


def _truths(raw: Any) -> list[Any]:
    return [element is not None and to_bool(element) for element in as_list(raw)]


def _transpose(table: dict[str, Any]) -> dict[str, Any]:
    turned: dict[str, Any] = {}
    for key in sorted(table):
        for value in dict.fromkeys(as_texts(table[key])):
            turned.setdefault(value, []).append(key)
    return turned


strict("setintersection", _setintersection, as_list)
strict("setsubtract", _setsubtract, as_list)
strict("index", _index, as_ordered, lambda wanted: wanted)
strict("matchkeys", _matchkeys, as_list)
strict("chunklist", _chunklist, as_ordered, to_whole)
strict("sort", sorted, as_texts)
strict("sum", _sum, as_list)
strict("alltrue", all, _truths)
strict("anytrue", any, _truths)
strict("transpose", _transpose, as_map)

MAX_RANGE = 1024


def _range(*limits: Any) -> list[Any]:
    start, stop = limits[:2] if len(limits) > 1 else (0, limits[0])
    step = limits[2] if len(limits) == 3 else 1 if start <= stop else -1
    if len(limits) > 3 or step == 0 or (stop - start) * step < 0:
        raise EvaluationError("range(): the step does not lead from start to end")
    if (stop - start) / step > MAX_RANGE:
        raise EvaluationError(f"range(): more than {MAX_RANGE} elements")
    if any(map(exact.is_near, limits)):
        raise Undecided("range() of such fractions is not evaluated")
    if all(isinstance(limit, int) for limit in limits):  # as nearly all are
        return list(range(int(start), int(stop), int(step)))
    return [exact.settled(Fraction(start) + at * Fraction(step)) for at in range(math.ceil((stop - start) / step))]


strict("range", _range, to_number)
