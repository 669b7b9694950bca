"""The identities of workload identity pools, where bindings name them.

https://cloud.google.com/iam/docs/principal-identifiers
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.patterns import OPEN, literal
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, describe

_PRINCIPAL = re.compile(
    r"^(?:principal|principalSet)://iam\.googleapis\.com/"
    r"(?:(?:projects/(?P<project>[^/]+)/locations/[^/]+/)?workloadIdentityPools/(?P<pool>[^/]+)|(?P<whole>\0\d+\0))/(?P<who>.*)$"
)
_POOL = re.compile(r"(?:projects/([^/]+)/locations/[^/]+/)?workloadIdentityPools/([^/]+)")
_ACTS = ("roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator")
"""Roles that bindings on a service account give to identities of a pool."""


class Member(msgspec.Struct, frozen=True):
    """Identities of a pool, as a binding names them."""

    project: str | None
    """Of the pool; None where it is not told."""
    who: str
    """What follows the pool, as a pattern (patterns.py): `*`, `subject/S`, `group/G`, `attribute.NAME/VALUE`."""
    named: Any
    """The member as it is written."""


def members(bindings: Iterable[Binding | Unknown]) -> Iterator[tuple[Hashable, Any]]:
    """Pool to the Members that are its identities; under None why there may be more."""
    for binding in bindings:
        if isinstance(binding, Unknown):
            yield None, binding
            continue
        yield from _member(binding)


def _member(binding: Binding) -> Iterator[tuple[Hashable, Any]]:
    member = binding.member
    if isinstance(member, Unknown) or (isinstance(member, Text) and not isinstance(member.parts[0], str)):
        acts = not isinstance(binding.role, str) or binding.role in _ACTS
        if acts and (why := member if isinstance(member, Unknown) else member.unknown):
            yield None, why
        return
    if not isinstance(member, (str, Text)):
        return
    parts = member.parts if isinstance(member, Text) else (member,)
    marked = "".join(part if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(parts))
    match = _PRINCIPAL.match(marked)
    if match is None:
        return
    if match["whole"] and isinstance(whole := parts[int(match["whole"].strip("\0"))], Unknown):
        yield None, whole
        return
    who = re.sub("\0(\\d+)\0", OPEN, re.sub("[^\0]+", lambda text: literal(text[0]), match["who"]))
    project = match["project"] if match["project"] and "\0" not in match["project"] else None
    yield _key(match["pool"] or match["whole"], parts), Member(project, who, member)


def _key(marked: str, parts: tuple[Any, ...]) -> str:
    """The pool that a part of a name is: its id, the address of what is referred to, or in words what is not known of it."""
    return re.sub("\0(\\d+)\0", lambda mark: _spelled(parts[int(mark[1])]), marked)


def _spelled(part: Any) -> str:
    return part.address if isinstance(part, Reference) else part if isinstance(part, str) else describe(part)


def by_id(item: Item) -> Iterator[tuple[Hashable, str]]:
    """A pool of the input: its id to its address."""
    yield _id_of(item["workload_identity_pool_id"].raw), item.address


def _id_of(raw: Any) -> str:
    return "".join(map(_spelled, raw.parts)) if isinstance(raw, Text) else _spelled(raw)


def bound(view: View, place: str | Link, known: Index, pools: Index | None) -> list[Member | Unknown]:
    """The members of bindings that are identities of the pool of a provider; an Unknown where there may be more of them."""
    by_pool = view.index(known)
    names, project = _names(view, place, pools)
    bound = [member for name in names for member in by_pool.get(name, ()) if _same(member.project, project)]
    return bound + by_pool.get(None, [])


def _names(view: View, place: str | Link, pools: Index | None) -> tuple[list[str], str | None]:
    """What members may call the pool of a provider, and its project."""
    if isinstance(place, str):
        match = _POOL.search(str(view[place].default(view.item.address).data))
        return ([match[2]], match[1]) if match else ([], None)
    link, names = view.link(place).raw, []
    target = view.target(place)
    if isinstance(link, Reference):
        names = [link.address]
        names += [_id_of(target["workload_identity_pool_id"].raw)] if target else []
    elif link is not None:
        names = [_id_of(link)]
        if match := _POOL.search(names[0]):
            names = [match[2]]
        names += list(view.index(pools).get(names[0], ())) if pools else []
    project = view["project"].data
    return list(dict.fromkeys(names)), project if isinstance(project, str) else view.account


def _same(one: str | None, other: str | None) -> bool:
    """Whether two names can mean one project, which may stand there by its id or by its number."""
    return one is None or other is None or one == other or one.isdecimal() != other.isdecimal()
