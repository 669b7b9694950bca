"""Whether a resource is what somebody asks about, so that nothing is looked for that nobody asks."""

from __future__ import annotations

import fnmatch

from assay.scanner.facts.model import Identity
from assay.scanner.facts.view import View


def is_called(pattern: str, who: Identity, view: View) -> bool:
    """Whether a resource has a name, an id or an address, by a pattern of it."""
    names = (who.name, who.id, view.item.address)
    return any(name == pattern or fnmatch.fnmatchcase(name, pattern.replace("[", "[[]")) for name in names)


def is_left_out(view: View, who: Identity) -> bool:
    """Whether somebody asks about something else."""
    asked = view.items.asked
    return asked is not None and not is_called(asked.resource, who, view)
