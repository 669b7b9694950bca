"""What a collection says of the estate, in a few records that merge in any groups and any order.

Every operation here is associative and commutative, so that a run may be cut anywhere and put together again: of two examples the lesser is
kept, and sets are united.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

import msgspec

from assay.scanner.sources.raw import Location

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Scope(msgspec.Struct, frozen=True, order=True):
    """What is held together: things of one scope are of one deployment."""

    source: str
    """`code` or `live`."""
    cloud: str
    environment: str
    """Empty where the configuration names none, or none that it is of."""


class Sighting(msgspec.Struct, frozen=True):
    """Something that was seen once or often, by one example."""

    address: str
    file: str = ""
    line: int = 0
    doubt: str = ""
    """Why it is not certain to be there; empty where it is. Of several, one that is certain is the example."""

    @property
    def place(self) -> tuple[Location, ...]:
        """Where the example is written; nothing for one in a live account, whose name says it."""
        return (Location(self.file, self.line),) if self.file else ()

    @property
    def spot(self) -> Location | None:
        """The same as one place."""
        return next(iter(self.place), None)

    def with_(self, other: Sighting) -> Sighting:
        """Both together."""
        return min(self, other, key=_order)

    def doubted(self, why: str) -> Sighting:
        """The same, which may not be there."""
        return msgspec.structs.replace(self, doubt=self.doubt or why)


def _order(one: Sighting) -> tuple[bool, str, str, int, str]:
    return bool(one.doubt), one.address, one.file, one.line, one.doubt


class Component(msgspec.Struct, frozen=True):
    """The resources of a scope that play the same part in one region."""

    seen: Sighting
    facts: dict[str, frozenset[str]]
    """What is told of them: a fact to its values, as text; the empty text for one that is not known."""

    def with_(self, other: Component) -> Component:
        """Both together."""
        names = self.facts.keys() | other.facts.keys()
        nothing: frozenset[str] = frozenset()
        return Component(
            self.seen.with_(other.seen), {name: self.facts.get(name, nothing) | other.facts.get(name, nothing) for name in names}
        )

    def doubted(self, why: str) -> Component:
        """The same, which may not be there."""
        return Component(self.seen.doubted(why), self.facts)


class Verdicts(msgspec.Struct, frozen=True):
    """What a control says in one place."""

    by_verdict: dict[str, Sighting]

    def with_(self, other: Verdicts) -> Verdicts:
        """Both together."""
        return Verdicts(_together([self.by_verdict, other.by_verdict], Sighting.with_))


class Store(msgspec.Struct, frozen=True):
    """What keeps records."""

    seen: Sighting
    deleted: frozenset[int | float | str | None]
    """Days after which it deletes them by itself; None where it does not, text where that is not known."""

    def with_(self, other: Store) -> Store:
        """Both together."""
        return Store(self.seen.with_(other.seen), self.deleted | other.deleted)


class Summary(msgspec.Struct):
    """What one or more collections say of the estate. A region is empty for what is in none."""

    tiers: dict[tuple[Scope, str, str], Sighting] = {}
    """Scope, tier and region."""
    components: dict[tuple[Scope, str, str], Component] = {}
    """Scope, component and region."""
    verdicts: dict[tuple[Scope, str, str], Verdicts] = {}
    """Scope, control and region."""
    accounts: dict[tuple[Scope, str], Sighting] = {}
    """Scope and account; an empty account where it is not known."""
    trusts: dict[tuple[Scope, str, str], Sighting] = {}
    """Scope, account and the account of somebody who is let in to something there; empty for one that is not known."""
    gaps: dict[tuple[str, str], Sighting] = {}
    """Source and collection of what could not be read to the end, so that more may be there than was seen."""
    unasked: dict[tuple[str, str, str], Sighting] = {}
    """Source, cloud, and a kind that nobody asked for, or a region and type that nobody was told of: that there is none says nothing."""
    stores: dict[tuple[Scope, str, str], Store] = {}
    """Scope, role and the address of what keeps it."""

    def add(self, other: Summary) -> None:
        """Take another one in."""
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            for key, value in theirs.items():
                mine[key] = mine[key].with_(value) if key in mine else value

    @staticmethod
    def merged(parts: Iterable[Summary]) -> Summary:
        """Several as one, in whatever groups and order they are merged."""
        whole = Summary()
        for part in parts:
            whole.add(part)
        return whole

    def scopes(self) -> list[Scope]:
        """All of them, in order."""
        keys = (key for name in ("components", "tiers", "accounts", "verdicts") for key in getattr(self, name))
        return sorted({key[0] for key in keys})

    @staticmethod
    def of_either(several: list[Summary]) -> Summary:
        """Of a collection whose conditions are open, one summary for each combination: what is not in all of them is doubtful."""
        whole = Summary.merged(several)
        for name in ("tiers", "components"):
            tables = [getattr(summary, name) for summary in several]
            for key, value in getattr(whole, name).items():
                if not all(key in table for table in tables):
                    getattr(whole, name)[key] = value.doubted("whether the conditions hold under which it is there")
        return whole


def put(table: dict[K, Any], key: K, value: Any) -> None:
    """Enter a value in a table, together with what is there."""
    table[key] = table[key].with_(value) if key in table else value


def _together(tables: Iterable[dict[K, V]], both: Callable[[V, V], V]) -> dict[K, V]:
    whole: dict[K, V] = {}
    for table in tables:
        for key, value in table.items():
            whole[key] = both(whole[key], value) if key in whole else value
    return whole
