"""Time to live: off unless it is switched on.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html, https://cloud.google.com/firestore/docs/ttl
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.data.expiry.kinds import ExpiringStore
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View

_ON = (True, "true", "ENABLED", "ENABLING")


class TableAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether items of a table expire."""

    enabled: Annotated[Place, "expires"]
    tags: Annotated[Place, "expires"] = ""
    """Of a live account, the call that tells its tags, by which it has its role."""


def table(view: View, at: TableAt) -> ExpiringStore:
    """A table, of which an attribute may say when an item expires."""
    return ExpiringStore(identity=view.identity(view[at.name]), expires=view[at.enabled].default(False).equals(*_ON))


class FieldAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a field of a collection group says when a document expires."""

    block: Annotated[str, "expires"]
    """A block that switches it on by being there."""


def field(view: View, at: FieldAt) -> ExpiringStore:
    """A collection group by one of its fields."""
    blocks, more = view.inner(at.block)
    return ExpiringStore(identity=view.identity(view[at.name]), expires=view.says(True if blocks else more or False))
