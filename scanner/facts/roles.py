"""What resources are to the deployment: the roles that the configuration gives them, by tags, names or types; never guessed from names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from assay.scanner.facts.model import Identity
from assay.scanner.globs import matches
from assay.scanner.options import Selector
from assay.scanner.sources.raw import Unknown

_MOST_TOLD = 20_000
"""Resources whose roles are kept: memory stays flat, and those of one collection are read one after the other."""


class Roles:
    """Roles, each with what selects the resources that have it: any of its selectors."""

    def __init__(self, selectors: Mapping[str, Iterable[Selector]] | None = None) -> None:
        self._selectors = sorted((selectors or {}).items())
        self._by_type: dict[str, list[tuple[str, list[Selector]]]] = {}
        """Type to the roles that its resources may have, with the selectors that are for it."""
        self._told: dict[Hashable, list[str] | Unknown] = {}
        """What was said of resources: one that is read as several kinds is asked for as often."""

    def of(self, who: Identity | Unknown) -> list[str] | Unknown:
        """The roles of a resource, sorted; Unknown where it hangs on a tag that is not known, or on who that is."""
        if isinstance(who, Unknown):
            return who if self._selectors else []
        if not self._selectors:
            return []
        key = (who.type, *names_of(who), *sorted(who.tags.items()), who.tags_open)
        told = self._told.get(key)
        if told is None:
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            told = self._told[key] = self._of(who)
        return told if isinstance(told, Unknown) else list(told)

    def _of(self, who: Identity) -> list[str] | Unknown:
        roles: list[str] = []
        names = names_of(who)
        for name, selectors in self._of_type(who.type):
            doubt: Unknown | None = None
            for selector in selectors:
                covered = covers(selector, who, names)
                if covered is True:
                    roles.append(name)
                    break
                if covered and doubt is None:
                    doubt = covered
            else:
                if doubt is not None:
                    return doubt
        return roles

    def _of_type(self, type_: str) -> list[tuple[str, list[Selector]]]:
        roles = self._by_type.get(type_)
        if roles is None:
            may = ((name, [selector for selector in selectors if matches(selector.type, type_)]) for name, selectors in self._selectors)
            roles = self._by_type[type_] = [(name, selectors) for name, selectors in may if selectors]
        return roles


def names_of(who: Identity) -> tuple[str, ...]:
    """What a selector may call a resource."""
    return tuple(dict.fromkeys((who.address, who.id, who.name)))


def covers(selector: Selector, who: Identity, names: tuple[str, ...]) -> bool | Unknown:
    """Whether a selector is for a resource with some names: everything that it says holds."""
    if selector.type != "*" and not matches(selector.type, who.type):
        return False
    if selector.resource != "*" and not any(matches(selector.resource, name) for name in names):
        return False
    missing = not selector.tags.keys() <= who.tags.keys()
    if missing and not who.tags_open:
        return False
    if not all(matches(glob, who.tags[name]) for name, glob in selector.tags.items() if name in who.tags):
        return False
    return who.tags_open or False if missing else True
