"""The identities of workload identity pools, where bindings name them.

https://cloud.google.com/iam/docs/principal-identifiers
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.patterns import OPEN, literal
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Either, Reference, Text, Unknown, because, describe

_PRINCIPAL = lazy_re.pattern(
    r"^(?:principal|principalSet)://iam\.googleapis\.com/"
    r"(?:(?:projects/(?P<project>[^/]+)/locations/[^/]+/)?workloadIdentityPools/(?P<pool>[^/]+)|(?P<whole>\0\d+\0))/(?P<who>.*)$"
)
_POOL = lazy_re.pattern(r"(?:projects/([^/]+)/locations/[^/]+/)?workloadIdentityPools/([^/]+)")
_ACTS = ("roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator")
"""Roles that bindings on a service account give to identities of a pool."""


class PoolMember(msgspec.Struct, frozen=True):
    """Identities of a pool, as a binding names them."""

    project: str | None
    """Of the pool; None where it is not told."""
    pool: Any
    """The pool as it is named: its id, a reference to it, or what is not known of it."""
    who: str
    """What follows the pool, as a pattern (patterns.py): `*`, `subject/S`, `group/G`, `attribute.NAME/VALUE`."""
    named: Any
    """The member as it is written."""


_OPEN = ()
"""The key of the members of which it is not known what their pool is called."""


def members(bindings: Iterable[Binding | Unknown]) -> Iterator[tuple[Hashable, Any]]:
    """Pool to the Members that are its identities; under None why there may be more."""
    for binding in bindings:
        if isinstance(binding, Unknown):
            yield None, binding
            continue
        yield from _member(binding)


def _member(binding: Binding) -> Iterator[tuple[Hashable, Any]]:
    member = binding.member
    if isinstance(member, Either) and not any(isinstance(option, str) and _PRINCIPAL.match(option) for option in member.options):
        return
    if isinstance(member, Unknown) or (isinstance(member, Text) and not isinstance(member.parts[0], str)):
        acts = not isinstance(binding.role, str) or binding.role in _ACTS or isinstance(member, Either)
        if acts and (why := because(member) if isinstance(member, Unknown) else member.unknown):
            yield None, why
        return
    if not isinstance(member, (str, Text)):
        return
    parts = member.parts if isinstance(member, Text) else (member,)
    match = _PRINCIPAL.match(_marked(parts))
    if match is None:
        return
    if match["whole"] and isinstance(whole := parts[int(match["whole"].strip("\0"))], Unknown):
        yield None, whole
        return
    who = re.sub("\0(\\d+)\0", OPEN, re.sub("[^\0]+", lambda text: literal(text[0]), match["who"]))
    project = match["project"] if match["project"] and "\0" not in match["project"] else None
    pool = _unmarked(match["pool"] or match["whole"], parts)
    named = PoolMember(project, pool, who, member)
    if spelled(pool):
        yield spelled(pool), named
    if not isinstance(pool, (str, Reference)):
        yield _OPEN, named


def _marked(parts: tuple[Any, ...]) -> str:
    """A text in which the parts that are not known are numbers between marks."""
    return "".join(part.replace("\0", "") if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(parts))


def _unmarked(marked: str, parts: tuple[Any, ...]) -> Any:
    """The pool that a part of a name is."""
    pieces = [parts[int(piece)] if at % 2 else piece for at, piece in enumerate(re.split("\0(\\d+)\0", marked))]
    kept = tuple(piece for piece in pieces if piece != "")
    return kept[0] if len(kept) == 1 else Text(kept)


def by_id(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """A pool of the input: its address to its id, as it is written."""
    yield item.address, item["workload_identity_pool_id"].raw


def bound(view: View, place: str | Link, known: Index, pools: Index | None) -> list[PoolMember | Unknown]:
    """The members of bindings that are identities of the pool of a provider; an Unknown where there may be more of them."""
    by_pool = view.index(known)
    ids = {str(address): id_ for address, (id_, *_) in view.index(pools).items()} if pools else {}
    names, project = _names(view, place, ids)
    called = [member for name in dict.fromkeys(map(spelled, names)) if name for member in by_pool.get(name, ())]
    certain = [member for member in called if _same(member.project, project) is True]
    unsure = [same for member in called if isinstance(same := _same(member.project, project), Unknown)]
    told = all(isinstance(name, (str, Reference)) for name in names)
    others = by_pool.get(_OPEN, ()) if told else [member for pool, group in by_pool.items() if pool is not None for member in group]
    taken = {id_ for address, id_ in ids.items() if isinstance(id_, str) and not any(spelled(name) == address for name in names)}
    doubts = (
        _perhaps(names, ids.get(member.pool.address) if isinstance(member.pool, Reference) else member.pool, taken)
        for member in others
        if member not in certain and _same(member.project, project) is not False
    )
    doubt = next(filter(None, (*unsure, *doubts)), None)
    return [*certain, *([doubt] if doubt else []), *by_pool.get(None, [])]


def _perhaps(names: list[Any], pool: Any, taken: set[str]) -> Unknown | None:
    """Why a pool may be one that has some names. `taken`: the ids of other pools."""
    if pool is None or (isinstance(pool, str) and pool in taken):
        return None
    answers = (same_name(name, pool) for name in names if not isinstance(name, Reference))
    why = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    return why and Unknown(f"whether members of {_words(pool)} are of this pool: {why.reason}", why.settles_it, why.location)


def _words(pool: Any) -> str:
    return "a pool whose id is not known" if isinstance(pool, Unknown) else describe(pool)


def _names(view: View, place: str | Link, ids: Mapping[str, Any]) -> tuple[list[Any], str | Unknown | None]:
    """What members may call the pool of a provider, and its project. `ids`: those of the pools of the input by their addresses."""
    if isinstance(place, str):
        match = _POOL.search(str(view[place].default(view.item.address).data))
        return ([match[2]], match[1]) if match else ([], None)
    link, names = view.link(place).raw, list[Any]()
    target = view.target(place)
    if isinstance(link, Reference):
        names = [link, *([target["workload_identity_pool_id"].raw] if target else [])]
    elif link is not None:
        parts = link.parts if isinstance(link, Text) else (link,)
        match = _POOL.search(_marked(parts))
        names = [_unmarked(match[2], parts) if match else link]
        names += [Reference(address) for address, id_ in ids.items() if same_name(id_, names[0]) is True]
    project = view["project"]
    return names, project.unknown or (project.data if isinstance(project.data, str) else view.account)


def _same(one: str | None, other: str | Unknown | None) -> bool | Unknown:
    """Whether two names can mean one project, which may stand there by its id or by its number."""
    if one is None or other is None:
        return True
    return other if isinstance(other, Unknown) else one == other or one.isdecimal() != other.isdecimal()
