"""Where an input tells the facts of a resource, as data.

A reader is a meaning (one function for a service, whatever the input) with a spelling (paths and joins, one for each input). Everything
else follows from the spelling: which types are read for joins, which companions can be read alone, and which calls a fact of a live
resource needs (catalogue.py).

A path leads into the item; `a|b` is the first of several that is there, and the empty path is an attribute that the input does not have,
which is absent.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from types import FunctionType
from typing import Any, TypeAlias

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside

Records: TypeAlias = Callable[[Item], Iterable[tuple[Hashable, Any]]]


class Join(msgspec.Struct, frozen=True):
    """Base of declarations that a reader looks at other items."""

    @property
    def joined(self) -> tuple[str, ...]:
        """The types of those items."""
        raise NotImplementedError


class Referrer(Join, frozen=True):
    """Items of a type of which an attribute names the resource: by reference, or by the text of one of its `names`."""

    type: str
    owner: str
    """Path of that attribute."""
    path: str = ""
    """What the join is for: a path of those items."""
    calls: tuple[str, ...] = ()
    """Of a live resource, the operations that it needs of them (`describe_key`)."""
    through: tuple[tuple[str, str], ...] = ()
    """Types that stand for the resource where they are named in its place, with the path to what each stands for."""
    unsaid: str = ""
    """The name that is meant where nothing is written there: of policies of event buses `default`."""
    generated: tuple[tuple[str, str], ...] = ()
    """Types of resources, each with the alternative of `owner` that names one by an identifier that the cloud makes up (`sg-0a1b`): nobody
    can give it before the resource is made. What a provider takes over (`aws_default_security_group`) has one before."""

    @property
    @override
    def joined(self) -> tuple[str, ...]:
        """The type of the items, and types that stand for the resource where they are named in its place."""
        return (self.type, *(type_ for type_, _ in self.through))


class Companion(Referrer, frozen=True):
    """Items that belong to the resource: their blocks are its blocks, and where it is declared elsewhere they are read alone."""


class One(Companion, frozen=True):
    """Companions of which the provider allows one for each resource."""


class Many(Companion, frozen=True):
    """Companions of which there may be any number."""


class Link(Join, frozen=True):
    """An attribute that names another resource."""

    path: str
    types: tuple[str, ...]
    calls: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Attributes of these types that are the text which names one without a reference."""

    @property
    @override
    def joined(self) -> tuple[str, ...]:
        return self.types


class Beside(Join, frozen=True):
    """Items of a type that speak of the account or project as a whole that the resource is in."""

    type: str
    account: str = ""
    """Path of the attribute that names the account, where it may be another than that of its provider."""
    path: str = ""
    """What the join is for: a path of those items."""

    @property
    @override
    def joined(self) -> tuple[str, ...]:
        return (self.type,)


class Inherited(Join, frozen=True):
    """Types whose items the source itself takes into account: what a resource inherits from its project."""

    types: tuple[str, ...]

    @property
    @override
    def joined(self) -> tuple[str, ...]:
        return self.types


class Namesakes(Join, frozen=True):
    """Other items of the resource's own type with the same text at a path."""

    path: str = ""

    def text(self, item: Item) -> str | Unknown | None:
        """The text of an item, with the references in it; None where nothing is written."""
        data = item[self.path].data
        if isinstance(data, (Unknown, Text, Reference)):
            return unknown_inside(data) or str(data)
        return data if isinstance(data, str) else None

    @property
    @override
    def joined(self) -> tuple[str, ...]:
        """None: the resource's own type is read anyway."""
        return ()


class Index(Join, frozen=True, eq=False):
    """Something looked up by key, made once for a collection of all items of some types.

    `records` gives the keys of an item with what is kept of it; a key may have several records.
    """

    types: tuple[str, ...]
    """Empty for items of any type: nothing is collected for the sake of such an index."""
    records: Records
    calls: tuple[str, ...] = ()

    @property
    @override
    def joined(self) -> tuple[str, ...]:
        return self.types


class Contribution(Index, frozen=True, eq=False, kw_only=True):
    """An index over the whole input, put together from the small records that each of its collections contributes.

    Records cross processes: they hold plain data and values, no items.
    """

    name: str
    """Unique among all contributions."""


class Fixed(msgspec.Struct, frozen=True):
    """What every resource of a type has, whatever is written."""

    data: Any


Place: TypeAlias = str | Fixed | Link | Referrer | Beside | tuple[str | Fixed | Link | Referrer | Beside, ...]
"""Where a value stands. Of several places the first that is there counts, as with `|`. Items beside have no first: `View.values` and
`View.exists` look at all of them."""


class Spelling(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Base of spellings. A field tells the fact of its own name, or those that `Annotated[Place, "fact", …]` names, or else all facts."""

    name: Place = ""
    """What the resource is called."""
    names: tuple[str, ...] = ()
    """Paths of its attributes by whose text other items name it."""
    joins: tuple[Join, ...] = ()
    """Joins that the meaning makes beside those in the fields."""


class Another(msgspec.Struct, frozen=True, eq=False):
    """The spelling of another resource that a meaning reads too. Companions in it belong to that one, and are read alone as such."""

    spelling: Any


def snake(name: str) -> str:
    """A name of an API as Terraform spells it: `match.src_ip_ranges` of `match.srcIpRanges`, `action.block` of `Action.Block`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


@functools.cache
def joins_of(spelling: Spelling) -> tuple[Join, ...]:
    """Every join in a spelling, at any depth, each once."""
    return tuple(dict.fromkeys(walk(spelling)))


def walk(data: Any) -> list[Join]:
    """The joins in a field of a spelling."""
    joins: list[Join] = []
    _walk(data, joins)
    return joins


_WITHOUT_JOINS = frozenset({str, int, float, bool, type(None), FunctionType})
"""Most of what stands in a spelling. All spellings are walked through at every start."""


def _walk(data: Any, joins: list[Join]) -> None:
    if isinstance(data, Join):
        joins.append(data)
    elements: Iterable[Any] = ()
    if isinstance(data, msgspec.Struct):
        elements = [getattr(data, name) for name in data.__struct_fields__]
    elif isinstance(data, (tuple, list)):
        elements = data
    elif isinstance(data, dict):
        elements = data.values()
    for element in elements:
        if type(element) not in _WITHOUT_JOINS:
            _walk(element, joins)


def paths(data: Any) -> Iterator[str]:
    """The paths into the item itself that a field of a spelling names."""
    if isinstance(data, str):
        yield from filter(None, data.split("|"))
    elif isinstance(data, Link):
        yield from filter(None, data.path.split("|"))
    elif isinstance(data, (tuple, list)):
        for element in data:
            yield from paths(element)
    elif isinstance(data, Spelling):
        for name in data.__struct_fields__:
            yield from paths(getattr(data, name))
