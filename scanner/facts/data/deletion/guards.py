"""What protects resources against deletion. It is off by default, of AWS and of Google."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.data.deletion.kinds import DeletionGuard, GuardedCopy
from assay.scanner.facts.google_assets import named, stands_outside
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, any_of

_ON = (True, "true", "ACTIVE", "DELETE_PROTECTION_ENABLED", "PROTECTED")
_ATTRIBUTE = "deletion_protection.enabled"


class GuardAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a resource is protected."""

    protected: Annotated[Place, "copies.protected"] = ""
    attributes: Annotated[str, "copies.protected"] = ""
    """Of an input that has settings in a list of keys and values, the place of that."""
    copies: Annotated[tuple[str | Referrer, ...], "copies"] = ()
    """Where copies in other regions stand. A copy has a protection of its own, which the table's does not give it:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"""
    copy_region: Annotated[str, "copies.region"] = ""
    copy_protected: Annotated[str, "copies.protected"] = ""
    part_of: Annotated[Place, "copies"] = ""
    """Set of what is deleted with another resource, which is protected in its place."""
    deleted: Annotated[Place, "copies"] = ""
    """Set where it is deleted, and still listed."""
    sort: Annotated[Place, "copies"] = ""
    """Of Cloud SQL, whether it stands for a server elsewhere."""


def guard(view: View, at: GuardAt) -> DeletionGuard | None:
    """A resource with its copies; None for what is a part of another, and what has nothing of its own."""
    elsewhere = any_of([*(view[place].is_set() for place in (at.part_of, at.deleted)), stands_outside(view[at.sort])])
    if elsewhere.data is True:
        return None
    blocks, more = view.inner(*at.copies)
    copies: list[Any] = [_copy(view, block, at) for block in blocks]
    home = [] if at.copies and not at.protected else [GuardedCopy(region=_region(view), protected=_protected(view, at))]
    identity = view.identity(
        view[at.name] if at.name else named(view.item), *[block.item for block in blocks if block.item is not view.item]
    )
    identity.perhaps = elsewhere.unknown
    return DeletionGuard(
        identity=identity,
        copies=view.says([*home, *copies, *([more] if more else [])]),
    )


def _protected(view: View, at: GuardAt) -> Value[bool]:
    if not at.attributes:
        return view[at.protected].default(False).equals(*_ON)
    attributes, more = view.inner(at.attributes)
    flags = [attribute["Value"].default(False).equals(*_ON) for attribute in attributes if attribute["Key"].data == _ATTRIBUTE]
    unnamed: list[Value[Any]] = [Value(attribute["Key"].unknown) for attribute in attributes if attribute["Key"].unknown]
    return any_of([*flags, *unnamed, view.says(more or False)])


def _copy(view: View, block: View, at: GuardAt) -> GuardedCopy:
    region = block[at.copy_region]
    if region.absent and block.item is not view.item:
        region = block.item.region
    return GuardedCopy(region=region, protected=block[at.copy_protected].default(False).equals(*_ON))


def _region(view: View) -> Value[Any]:
    region = view.item.region
    return view.says("in its own region") if region.absent or region.unknown else region
