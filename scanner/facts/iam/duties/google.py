"""Duties over what is a REST resource: an asset, or what a template or a manifest declares.

https://cloud.google.com/iam/docs/reference/rest/v1/Policy
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.bindings import INHERITED, OWN, SCOPES, Binding, google_policy_bindings
from assay.scanner.facts.google_assets import is_live, named, short
from assay.scanner.facts.iam.duties.given import given
from assay.scanner.facts.iam.duties.kinds import DutySplit
from assay.scanner.facts.iam.duties.pairs import Given, concerns, holders
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.gcp.declared import Declared
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


class PolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the bindings on a resource, and above it."""

    bindings: Annotated[str, "holders"] = OWN
    inherited: Annotated[str, "holders"] = INHERITED
    ring: Annotated[Link | None, "holders"] = None
    """Of a key, its key ring."""
    title: Place = ""
    """What to call it rather than by its name, where it is there."""
    state: Annotated[Place, "*"] = ""
    always: Annotated[bool, "*"] = False
    """A live one is judged though none of its bindings is about a duty."""


def policy(view: View, at: PolicyAt) -> DutySplit | None:
    """None of what is being deleted, or gives nobody a role of a duty; of live projects all others are judged."""
    if view[at.state].equals("DELETE_REQUESTED", "DELETE_IN_PROGRESS").data is True:
        return None
    own = google_policy_bindings(view[at.bindings], given)
    bound = [binding for binding in own if isinstance(binding, Binding) and concerns(binding.role)]
    open_ = [binding for binding in own if isinstance(binding, Unknown)]
    if not bound and not open_ and not (at.always and is_live(view.item)):
        return None
    above = _above(view, at)
    # Of a project that only bindings name, each of these is an item, and those of the others are told as what it inherits.
    beside = isinstance(view.item, Declared) and view.item.type == SCOPES[0]
    others = [Given(binding, above=not beside) for binding in above if isinstance(binding, Binding) and concerns(binding.role)]
    more = view.first_of(binding for binding in above if isinstance(binding, Unknown))
    title = view[at.title]
    return DutySplit(
        identity=view.identity(short(title) if isinstance(title.data, str) else named(view.item)),
        holders=view.says([*holders([Given(binding) for binding in bound], others, more), *open_[:1]]),
    )


def _above(view: View, at: PolicyAt) -> list[Binding | Unknown]:
    value = view[at.inherited]
    elements: list[Any] = value.data if isinstance(value.data, list) else [value.unknown] if value.unknown else []
    known = google_policy_bindings(Value({"bindings": [element for element in elements if isinstance(element, dict)]}, value.seen), given)
    ring = view.target(at.ring) if at.ring is not None else None
    on_ring = google_policy_bindings(ring[at.bindings], given) if ring is not None else []
    return [*known, *on_ring, *(element for element in elements if isinstance(element, Unknown))]
