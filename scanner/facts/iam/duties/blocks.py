"""Duties over service accounts and keys by the resources of Terraform that set bindings."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.bindings import PARTS, Binding, companion_bindings
from assay.scanner.facts.iam.duties.given import given
from assay.scanner.facts.iam.duties.kinds import DutySplit
from assay.scanner.facts.iam.duties.pairs import DUTIES, Given, account_of, concerns, holders, key_of, may_be, same_member
from assay.scanner.facts.iam.duties.places import DECLARED, OWNERS, Standing, encloses, standing
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

TYPES = tuple(f"{owner}_iam_{part}" for owner in OWNERS for part in PARTS)
_LITERAL, _ACCOUNT, _OPEN = "\0literal", "\0account", "\0open"
"""Members by how they are written: a text, a service account of the code, or something that may be another."""


def bound(item: Item) -> list[Binding]:
    """What an item binds, of roles that may be of a duty."""
    bindings = companion_bindings(item.type, item, given)
    return [binding for binding in bindings if isinstance(binding, Binding) and concerns(binding.role)]


def _records(item: Item) -> Iterator[tuple[Hashable, Any]]:
    for binding in bound(item):
        yield key_of(binding.member), (item, binding)
        yield _way(binding.member), (item, binding)


def _way(member: Any) -> str:
    account = account_of(member)
    return _ACCOUNT if account is not None and not account.is_data else _LITERAL if isinstance(member, str) else _OPEN


BOUND = Index(TYPES, _records)
"""All bindings of the code that may be of a duty, by their members, and by how these are written."""
_MAY_BE = {_LITERAL: (_ACCOUNT, _OPEN), _ACCOUNT: (_LITERAL, _OPEN), _OPEN: (_LITERAL, _ACCOUNT, _OPEN)}
"""How the same member may be written otherwise."""


class BlockAt(Spelling, frozen=True, eq=False, kw_only=True):
    """What is looked up of a resource that sets bindings."""

    bound: Annotated[Index, "holders"] = BOUND
    declared: Annotated[Link, "holders"] = DECLARED


def block(view: View, at: BlockAt) -> DutySplit | None:
    """None of one that gives nobody a role of a duty."""
    own = bound(view.item)
    open_ = [one for one in companion_bindings(view.item.type, view, given) if isinstance(one, Unknown)]
    if not own and not open_:
        return None
    place = standing(view, view.item)
    mine = [_given(view, binding) for binding in own]
    others = [rest for binding in own for rest in _others(view, at, place, binding)]
    return DutySplit(
        identity=view.identity(Value(view.item.label)),
        holders=view.says([*holders(mine, others, None), *open_[:1]]),
    )


def _others(view: View, at: BlockAt, place: Standing, binding: Binding) -> Iterator[Given]:
    """Bindings of other resources that may be to the same member, at the same level or above it."""
    known = view.index(at.bound)
    key = key_of(binding.member)
    sides = [pair for duties in DUTIES for pair in ((duties.manages, duties.uses), (duties.uses, duties.manages))]
    wanted = frozenset[str]().union(*(other for one, other in sides if may_be(binding.role, one).data is not False))
    own = _given(view, binding)
    certain = known.get(key, ()) if key else ()
    for item, other in [*certain, *(record for way in _MAY_BE[_way(binding.member)] for record in known.get(way, ()))]:
        if item is view.item or may_be(other.role, wanted).data is False or same_member(own, _given(view, other)) is False:
            continue
        outer = standing(view, item)
        meets = encloses(outer, place)
        if meets is not False:
            doubt = meets if isinstance(meets, Unknown) else None if view.item.coexists(item) else item.template
            yield _given(view, other, doubt, above=outer.sort != place.sort)


def _given(view: View, binding: Binding, doubt: Unknown | None = None, *, above: bool = False) -> Given:
    reference = account_of(binding.member)
    account = view.named(reference, DECLARED) if reference is not None and not reference.is_data else None
    text = account["account_id"].data if account is not None else None
    return Given(binding, doubt, above, text if isinstance(text, str) else "")
