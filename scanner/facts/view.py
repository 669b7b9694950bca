"""What a meaning sees: a resource, or a block of one, by the places of its spelling, and what the spelling joins to it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from assay.scanner.facts.companions import Companions
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.model import Identity, named, unnamed
from assay.scanner.facts.spelling import Beside, Companion, Fixed, Index, Join, Link, Namesakes, One, Place, Referrer
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Location, Reference, Text, Unknown
from assay.scanner.sources.values import Value, any_of, first_known

T = TypeVar("T")
A = TypeVar("A")


class Undeclared(Exception):
    """A reader made a join that its spelling does not declare: what it needs would not be collected."""


class DeclaredJoins(dict[Join, None]):
    """The joins that a spelling declares, in its order."""

    @functools.cached_property
    def companions(self) -> tuple[Companion, ...]:
        """Those whose items are part of the resource that they name."""
        return tuple(join for join in self if isinstance(join, Companion))


class View:
    """A resource or a block of it. `doubt` is why it may not exist: every value below it is then Unknown."""

    __slots__ = ("_joined", "declared", "doubt", "item", "items", "names", "node")

    def __init__(
        self,
        item: Item,
        items: ItemIndex,
        declared: DeclaredJoins,
        names: tuple[str, ...] = (),
        *,
        node: Node | None = None,
        doubt: Unknown | None = None,
    ) -> None:
        self.item, self.items, self.declared, self.names = item, items, declared, names
        self.node: Node = item if node is None else node
        self.doubt = doubt
        self._joined: dict[tuple[Any, ...], tuple[list[Item], Unknown | None]] = {}

    # What is written.

    def __getitem__(self, place: Place) -> Value[Any]:
        """The value at a place; absent where nothing is written there, Unknown where that cannot be told."""
        if place.__class__ is str:
            return self._first(place, linked=False)
        if isinstance(place, Fixed):
            return self.says(place.data)
        if isinstance(place, Link):
            return self._first(place.path, linked=False)
        if isinstance(place, Referrer):
            return self.referrers(place)[place.path] if self._may_have(place) else Value(None)
        assert isinstance(place, tuple)
        value = self.says(None)
        for alternative in place:
            value = value.otherwise(self[alternative])
            if value.data is not None and None not in value.options:
                break
        return value

    def link(self, place: str | Link) -> Value[Any]:
        """Like `[place]`, but what refers to another resource is a Reference to it even where its text is configured."""
        if isinstance(place, str):
            return self._first(place, linked=True)
        value = self._first(place.path, linked=True)
        resolved = self.items.resolved(value.data, place.types)
        return value if resolved is value.data or resolved == value.data else Value(resolved, value.seen)

    def _first(self, path: str, *, linked: bool) -> Value[Any]:
        if not path:
            return self.says(None)
        if self.doubt is not None and not linked:
            return self.says(self.doubt)
        if "|" not in path:
            return self.node.link(path) if linked else self.node[path]
        values: list[Value[Any]] = []
        for alternative in path.split("|"):
            values.append(self.node.link(alternative) if linked else self.node[alternative])
            if values[-1].data is not None and None not in values[-1].options:
                break
        return first_known(*values)

    def hide(self, texts: Iterable[str]) -> None:
        """Take texts for ones that no report shows: secrets by where they stand, or by what they are called.

        As guesses: one that is a part of what a resource is called stays in its name.
        """
        for text in texts:
            self.items.hidden.named("secret", text)

    def inner(self, *places: str | Referrer) -> tuple[list[View], Unknown | None]:
        """All nested blocks (or objects of a list) at some places, and why there may be more than these.

        Of companions their blocks, or these themselves where the join has no path. What may not exist is no block.
        """
        if self.doubt is not None:
            return [], self.doubt
        views: list[View] = []
        doubts: list[Unknown | None] = []
        for place in places:
            if isinstance(place, Referrer):
                companions = self.referrers(place)
                inner = [view.inner(place.path) if place.path or view.doubt else ([view], None) for view in companions.views]
                views += [] if companions.conflict else [view for blocks, _ in inner for view in blocks]
                doubts += [companions.conflict, companions.more, *(doubt for _, doubt in inner)]
            elif place:
                nodes, doubt = self.node.blocks(place)
                views += [View(self.item, self.items, self.declared, node=node) for node in nodes]
                doubts.append(doubt)
        return views, self.first_of(doubts)

    def first_of(self, doubts: Iterable[Unknown | None]) -> Unknown | None:
        """Of some reasons, one that is of this code, where it is known no more of the resource than that it is declared elsewhere."""
        kept = [doubt for doubt in doubts if doubt is not None]
        why = self.item.why if isinstance(self.item, Elsewhere) else None
        return next((doubt for doubt in kept if doubt != why), next(iter(kept), None))

    def values(self, *places: Place) -> list[Value[Any]]:
        """Every value at some places, those of all companions there, and an Unknown where there may be more of them."""
        values: list[Value[Any]] = []
        for place in places:
            if isinstance(place, tuple):
                values += self.values(*place)
            elif isinstance(place, Referrer):
                values += self.referrers(place).values(place.path)
            elif isinstance(place, Beside):
                values += [view[place.path] for view in self.beside(place)]
            else:
                values.append(self[place])
        return values

    def exists(self, *places: Place) -> Value[bool]:
        """Whether anything is set at some places, or there is a companion at all."""
        values: list[Value[bool]] = []
        for place in places:
            if isinstance(place, tuple):
                values.append(self.exists(*place))
            elif isinstance(place, Beside):
                values += [view.weighed(view.says(True), absence=False) for view in self.beside(place)]
            else:
                values.append(self.referrers(place).exist if isinstance(place, Referrer) else self[place].is_set())
        return any_of(values) if values else self.says(False)

    # What can be said of it as a whole.

    @property
    def location(self) -> Location:
        """Where the resource or block as a whole is written, or the call that told of it."""
        return self.node.location()

    def says(self, data: Any) -> Value[Any]:
        """A value for which the resource or block as a whole is the evidence."""
        return Value(data, (self.node.location(),))

    @property
    def account(self) -> str | None:
        """The account or project, where it is known."""
        account = self.item.account.data
        return account if isinstance(account, str) else None

    @property
    def elsewhere(self) -> bool:
        """Only what this input says of it is known: it is declared in another."""
        return isinstance(self.item, Elsewhere)

    def called(self, place: Place) -> Value[Any]:
        """What it is called: of several places the first with text that is known and not empty, else the first where anything is."""
        alternatives = place.split("|") if isinstance(place, str) else place if isinstance(place, tuple) else (place,)
        values = [self[alternative] for alternative in alternatives]
        named = next((value for value in values if isinstance(value.data, str) and value.data), None)
        return named or next((value for value in values if not value.absent), values[0])

    def identity(self, name: Value[Any], *further: Item) -> Identity:
        """The identity of the resource with the blocks of all its companions, and of `further` items."""
        companions = [item for join in self.items.present(self.declared.companions) for item in self._referring(join)[0]]
        companions.sort(key=lambda item: (item.location().file, item.location().line))
        base: Identity = numbers.kept(self.items.of_one, ("identity", self.item), lambda: unnamed(self.item))
        return named(base, self.item, name, [*companions, *further])

    def once(self, meaning: Callable[[View, A], T], at: A) -> T:
        """What a meaning makes of the resource by a spelling, for the several kinds that ask for it. It is shared: nobody changes it."""
        if self.doubt is not None or self.node is not self.item:
            return meaning(self, at)
        told: T = numbers.kept(self.items.of_one, (meaning, self.item, self.names, at), lambda: meaning(self, at))
        return told

    def limits(self, value: Value[Any]) -> Value[Any]:
        """What takes the effect of a grant away, as far as this input says it.

        A grant on something that is declared elsewhere is judged for what it is, whatever may limit it there.
        """
        return self.says(False) if isinstance(self.item, Elsewhere) and value.unknown == self.item.why else value

    @property
    def surely(self) -> View:
        """What it says if it exists."""
        return View(self.item, self.items, self.declared, self.names, node=self.node)

    def weighed(self, value: Value[Any], absence: bool) -> Value[Any]:
        """Keeps a fact if the absence of this would give the same, else Unknown where it may not exist."""
        return value if self.doubt is None or value.data is absence else Value(self.doubt, value.seen)

    # Joins.

    def referrers(self, *joins: Referrer) -> Companions:
        """The items that name this resource by some joins."""
        views: list[View] = []
        more: Unknown | None = None
        for join in joins:
            items, doubt = self._referring(join)
            views += [self.of(item) for item in items]
            # Where one is found, another whose owner is not known is not its second: the provider allows one.
            more = more or (None if items and isinstance(join, One) and not isinstance(doubt, TooMany) else doubt)
        return Companions(views, more, self, only=all(isinstance(join, One) for join in joins))

    def possible(self, join: Referrer) -> list[View]:
        """The items that may name this resource, since it is not known whom they name: in doubt."""
        self._check(join)
        unclaimed = () if self.elsewhere else self.items.possible(self.item, join, self.names)
        return [View(item, self.items, self.declared, doubt=doubt) for item, doubt in unclaimed]

    def _may_have(self, join: Referrer) -> bool:
        """Whether anything may name this resource by a join: without an item of its type, only what is declared elsewhere."""
        self._check(join)
        return self.items.has(join.type) or isinstance(self.item, Elsewhere)

    def _referring(self, join: Referrer) -> tuple[list[Item], Unknown | None]:
        if not self._may_have(join):
            return [], None
        key = (join.type, join.owner, join.through, join.unsaid)  # joins that differ in what they are for find the same
        if key not in self._joined:
            items, doubt = self.items.referrers(self.item, join, self.names)
            if len(items) > MAX_RIVALS and (isinstance(join, One) or self.items.sharing(self.item, self.names) > MAX_RIVALS):
                items, doubt = items[:MAX_RIVALS], _too_many(self.item, join)
                self.items.unread.setdefault((self.item.type, join.type), (self.item, doubt))
            # What is not here of something that is declared elsewhere may be there.
            if isinstance(self.item, Elsewhere) and not isinstance(doubt, TooMany):
                doubt = self.item.why
            self._joined[key] = items, doubt
        return self._joined[key]

    def lists(self, join: Referrer) -> bool:
        """Whether there is any item of the join's type, whatever it names."""
        self._check(join)
        return self.items.has(join.type)

    def target(self, link: Link) -> View | None:
        """The resource that a link names, where it is among the items."""
        self._check(link)
        target = self.link(link).data
        named = self.named(target, link) if isinstance(target, (Reference, str)) else None
        if named is None and isinstance(target, (Text, str)) and (item := self.items.by_name(target, link, self.item)) is not None:
            return self.of(item)
        return named

    def named(self, target: Reference | str, join: Link | Index) -> View | None:
        """The resource of a type of the join that a reference, or its address, names; None where it is not among the items."""
        self._check(join)
        item = self.items.at(target.address if isinstance(target, Reference) else target, self.item)
        return self.of(item) if item is not None and item.type in join.types else None

    def beside(self, join: Beside) -> list[View]:
        """The items that speak of the account or project of this resource; in doubt where they may be of another."""
        self._check(join)
        views: list[View] = []
        for item in self.items.of(join.type):
            same = self._account_of(item, join)
            if same is not False:
                view = self.of(item)
                view.doubt = view.doubt or (_other_account(item) if same is None else None)
                views.append(view)
        return views

    def _account_of(self, item: Item, join: Beside) -> bool | None:
        """Whether an item speaks of the account of this resource: the account that it names, else that of its provider."""
        named = item[join.account] if join.account else Value(None)
        if named.unknown and not named.options:
            return None
        same = {
            self.item.same_account(item) if not isinstance(option, str) or self.account is None else option == self.account
            for option in named.options or (named.data,)
        }
        return same.pop() if len(same) == 1 else None

    def namesakes(self, join: Namesakes) -> list[View]:
        """The other items of the same type and account with the same text; in doubt where that is not known, or there may be one."""
        self._check(join)
        views: list[View] = []
        for item, doubt in self.items.namesakes(self.item, join):
            same = self.item.same_account(item)
            if same is not False:
                view = self.of(item)
                view.doubt = view.doubt or doubt or (_other_account(item) if same is None else None)
                views.append(view)
        return views

    def index(self, index: Index) -> Mapping[Hashable, list[Any]]:
        """Key to records (spelling.py)."""
        self._check(index)
        return self.items.index(index)

    def of(self, item: Item, names: tuple[str, ...] = ()) -> View:
        """Another item as this one sees it: in doubt where it may not exist though this one does. `names`: as in its spelling."""
        doubt = None if self.item.coexists(item) else may_not_exist(item)
        return View(item, self.items, self.declared, names, doubt=doubt)

    def apart(self, item: Item) -> bool:
        """Whether another item is known to be of another region than this."""
        own, other = self.item.region.data, item.region.data
        return isinstance(own, str) and isinstance(other, str) and own != other

    def _check(self, join: Join) -> None:
        if join not in self.declared:
            raise Undeclared(f"{self.item.type}: {join} is not in the spelling of its reader")


MAX_RIVALS = 20
"""Companions that are read of one resource where a provider allows one, or where so many resources have its name: no real code has more,
and others would take their square."""


class TooMany(Unknown, frozen=True):
    """Why not all companions of a resource are read."""


def _too_many(item: Item, join: Referrer) -> Unknown:
    reason = f"more than {MAX_RIVALS} of {join.type} are for {item.address}, and not all of them are read"
    return TooMany(reason, "give each resource a name of its own, and one of what it may have one of", item.location())


def may_not_exist(item: Item) -> Unknown:
    """Why it is not known whether an item exists of which that is so."""
    assert item.template is not None
    return Unknown(f"whether {item.address} exists: {item.template.reason}", item.template.settles_it, item.location())


def _other_account(item: Item) -> Unknown:
    way = "give the provider allowed_account_ids, or scan the live account"
    return Unknown(f"whether {item.address} is of the same account", way, item.location())
