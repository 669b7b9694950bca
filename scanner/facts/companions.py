"""Items that name one resource, as a view of that resource sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, either
from assay.scanner.sources.values import Value, first_known, places

if TYPE_CHECKING:
    from assay.scanner.facts.view import View


class Companions:
    """Items that name one resource, and why there may be more of them. `only`: the provider allows one."""

    __slots__ = ("more", "only", "owner", "views")

    def __init__(self, views: list[View], more: Unknown | None, owner: View, *, only: bool = False) -> None:
        self.views, self.more, self.owner, self.only = views, more, owner, only

    def __getitem__(self, path: str) -> Value[Any]:
        """The value at a path of the first that has it; absent where there is no companion at all.

        Of several where the provider allows one, what all of them say.
        """
        if self.rivals:
            values = [view.surely[path] for view in self.views]
            rest = [self.more] if self.more is not None else []  # those that are not read
            return Value.of(either(self.rivals, *[value.raw for value in values], *rest), places(values))
        absent: Value[Any] = Value(self.more, [view.location for view in self.views])
        return first_known(*(view[path] for view in self.views), absent)

    def values(self, path: str) -> list[Value[Any]]:
        """The value at a path of each, and an Unknown where there may be more of them.

        Of several where the provider allows one, what all of them say; what they give to something that is declared elsewhere is
        judged one by one.
        """
        if self.rivals and not self.owner.elsewhere:
            return [self[path]]
        return [*[view[path] for view in self.views], *([self.owner.says(self.more)] if self.more else [])]

    @property
    def rivals(self) -> Unknown | None:
        """Why it cannot be told which of several is in force, one of which surely exists though the provider allows one."""
        certain = [view.item for view in self.views if view.doubt is None]
        if not self.only or not certain or len(self.views) < 2:
            return None
        named = " and ".join(view.item.address for view in self.views)
        reason = f"{named} are for the same resource, which has one of them: which is in force depends on what is applied last"
        return Unknown(reason, "keep one of them", certain[0].location())

    @property
    def conflict(self) -> Unknown | None:
        """The same where more than one of them surely exists, of something that is declared here."""
        several = len([view for view in self.views if view.doubt is None]) > 1
        return self.rivals if several and not self.owner.elsewhere else None

    @property
    def items(self) -> list[Item]:
        """The items, also those that may not exist."""
        return [view.item for view in self.views]

    @property
    def exist(self) -> Value[bool]:
        """Whether there is one at all."""
        certain = [view for view in self.views if view.doubt is None]
        if certain:
            return Value(True, [view.location for view in self.views])
        return Value(next((view.doubt for view in self.views), self.more) or False)
