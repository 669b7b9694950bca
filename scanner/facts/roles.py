"""What resources are to the deployment: the roles that the configuration gives them, by tags, names or types; never guessed from names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from assay.scanner.facts.model import Identity
from assay.scanner.globs import matches
from assay.scanner.options import Selector
from assay.scanner.sources.raw import Unknown


class Roles(msgspec.Struct, frozen=True):
    """Roles, each with what selects the resources that have it: any of its selectors."""

    selectors: Mapping[str, Iterable[Selector]] = {}

    def of(self, who: Identity) -> list[str] | Unknown:
        """The roles of a resource, sorted; Unknown where it hangs on a tag that is not known."""
        roles: list[str] = []
        for name, selectors in sorted(self.selectors.items()):
            selected = [covers(selector, who) for selector in selectors]
            if True in selected:
                roles.append(name)
            elif why := next((answer for answer in selected if isinstance(answer, Unknown)), None):
                return why
        return roles


def covers(selector: Selector, who: Identity) -> bool | Unknown:
    """Whether a selector is for a resource: everything that it says holds."""
    named = any(matches(selector.resource, name) for name in dict.fromkeys((who.address, who.id, who.name)))
    if not named or not matches(selector.type, who.type):
        return False
    missing = [name for name in selector.tags if name not in who.tags]
    if not all(matches(glob, who.tags[name]) for name, glob in selector.tags.items() if name in who.tags):
        return False
    if not missing:
        return True
    return who.tags_open or False
