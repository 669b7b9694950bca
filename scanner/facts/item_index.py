"""The items of one collection by type and address, with the joins between them. Built once, used by all readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from assay.scanner.facts.spelling import Companion, Contribution, Index, Link, Namesakes, Referrer
from assay.scanner.facts.targets import OPEN, Targets, called, spelled
from assay.scanner.options import AccessQuestion
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Collection, Item, Unlisted, recorded
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.sensitive import Sensitive

_Texts = tuple[dict[str, list[Item]], list[Item], list[tuple[Item, Unknown]]]
_ALIKE = 20


class ItemIndex:
    """All items that joins can find in a collection: those that are judged in it, and its context."""

    def __init__(self, collection: Collection, asked: AccessQuestion | None = None) -> None:
        """`asked`: what somebody asks of the collection beside the rules."""
        self.name, self.asked = collection.name, asked
        self.beyond = collection.beyond
        self.hidden = collection.sensitive if collection.sensitive is not None else Sensitive()
        """What no report shows; readers add to it what they find out to be a secret."""
        self._context = {id(item) for item in collection.context}
        self._by_type: dict[str, list[Item]] = {}
        self._by_address: dict[str, Item] = {}
        self._twice: dict[str, list[Item]] = {}
        """What is declared more than once, which no provider takes: files that are alternatives of each other, or examples side by side."""
        self._targets: dict[tuple[str, str, tuple[tuple[str, str], ...], str, bool], Targets] = {}
        self._indexes: dict[Index, Mapping[Hashable, list[Any]]] = {}
        self._present: dict[tuple[Companion, ...], tuple[Companion, ...]] = {}
        self._called: dict[tuple[str, str], set[str | None]] = {}
        self._shared: dict[tuple[str, str], Counter[str | None]] = {}
        self._open_names: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        self._texts: dict[tuple[str, Namesakes], _Texts] = {}
        self._by_name: dict[Link, dict[str, list[Item]]] = {}
        self.unread: dict[tuple[str, str], tuple[Item, Unknown]] = {}
        """Why not all that is for an item was read: the first of each type, by the type of what is for it."""
        self.answers: dict[Hashable, Any] = {}
        """What several readers make of an item in one way (numbers.kept)."""
        self.of_one: dict[Hashable, Any] = {}
        """The same of the item that is read now, for as long as it is: a collection may have very many."""
        for item in (*collection.items, *collection.context):
            self._by_type.setdefault(item.type, []).append(item)
            other = self._by_address.setdefault(item.address, item)
            if other is not item:
                self._twice.setdefault(item.address, [other]).append(item)

    def own(self, type_: str) -> list[Item]:
        """The items of a type that are judged here; others may be there for joins only."""
        items = self._by_type.get(type_, [])
        return [item for item in items if self.is_own(item)] if self._context else items

    def is_own(self, item: Item) -> bool:
        """Whether an item is judged here; others are there for joins only."""
        return id(item) not in self._context

    def of(self, *types: str) -> list[Item]:
        """The items of some types, type by type, in the order of the input; also those of another collection that joins may find."""
        return [item for type_ in types for item in self._by_type.get(type_, ())]

    def has(self, type_: str) -> bool:
        """Whether there is any item of a type, as `of` gives them."""
        return bool(self._by_type.get(type_))

    def present(self, companions: tuple[Companion, ...]) -> tuple[Companion, ...]:
        """Of the companions of a spelling, those of which there is any item."""
        if companions not in self._present:
            self._present[companions] = tuple(join for join in companions if self.has(join.type))
        return self._present[companions]

    def at(self, address: str, asker: Item | None = None) -> Item | None:
        """The item with an address, relative to the root of the collection; None where there is none.

        Of several, the first; that of the file of `asker`, if one is there.
        """
        if asker is not None and address in self._twice:
            file = asker.location().file
            return next((item for item in self._twice[address] if item.location().file == file), self._by_address[address])
        return self._by_address.get(address)

    def by_name(self, text: Any, link: Link, asker: Item) -> Item | None:
        """The one item of the types of a link that has a text, which may be known in part, for its name; None where several have it.

        What is in another region than whoever asks has the name there.
        """
        if link not in self._by_name:
            self._by_name[link] = {}
            for item in self.of(*link.types) if link.names else ():
                for name in {spelled(item[path].data) for path in link.names} - {""}:
                    self._by_name[link].setdefault(name, []).append(item)
        items = [item for item in self._by_name[link].get(spelled(text), ()) if not _in_other_region(item, asker)]
        return items[0] if len(items) == 1 else None

    def _meant(self, item: Item, others: list[Item]) -> list[Item]:
        """Of those that refer to an item, without what stands beside another declaration of the same, and means that."""
        if item.address not in self._twice:
            return others
        own = item.location().file
        files = {twin.location().file for twin in self._twice[item.address]} - {own}
        return [other for other in others if other.location().file not in files]

    def index(self, index: Index) -> Mapping[Hashable, list[Any]]:
        """Key to records. Of a contribution, the records of the whole input."""
        if index not in self._indexes:
            if isinstance(index, Contribution) and self.beyond is not None:
                self._indexes[index] = self.beyond.index(index)
            else:
                with numbers.without():
                    self._indexes[index] = recorded(index.records, self.of(*index.types) if index.types else self._by_address.values())
        return self._indexes[index]

    def namesakes(self, item: Item, join: Namesakes) -> list[tuple[Item, Unknown | None]]:
        """The other items of the same type with the same text, those that stand for any, and those that may have it, each with its doubt.

        In one region, and of one provider configuration, another resource has another name. Of those of one region and account that are
        alike, the first few stand for all.
        """
        if (item.type, join) not in self._texts:
            with numbers.without():
                self._texts[item.type, join] = self._by_text(item.type, join)
        (groups, every, open_), text = self._texts[item.type, join], join.text(item)
        if text is None:
            return []
        if isinstance(text, Unknown):
            doubt = _same_name(item, text)
            same: list[tuple[Item, Unknown | None]] = [(other, doubt) for other in every]
        else:
            same = [(other, None) for other in groups.get(text, ())]
        same += open_
        return [
            (other, doubt)
            for other, doubt in same
            if other.address != item.address and (doubt is None or isinstance(other, Unlisted) or other.region.data != item.region.data)
        ]

    def _by_text(self, type_: str, join: Namesakes) -> _Texts:
        """By their text, all that have one, and those whose text is not known, with the doubt."""
        groups: dict[str, list[Item]] = {}
        open_: list[tuple[Item, Unknown]] = []
        for other in self.of(type_):
            text = other.why if isinstance(other, Unlisted) else join.text(other)
            if isinstance(text, Unknown):
                open_.append((other, text if isinstance(other, Unlisted) else _same_name(other, text)))
            elif text is not None:
                groups.setdefault(text, []).append(other)
        every = [other for group in groups.values() for other in group]
        few = {id(other) for other in _few([other for other, _ in open_])}
        return {text: _few(group) for text, group in groups.items()}, _few(every), [pair for pair in open_ if id(pair[0]) in few]

    def standing_for(self, target: Any) -> list[Any]:
        """What a reference stands for, itself first: an attribute that names another resource is that one (`….role` of a profile)."""
        chain = [target]
        while isinstance(target, Reference) and target.attribute and (item := self.at(target.address)) is not None:
            target = item.link(target.attribute).data
            if target is None or isinstance(target, (list, dict)) or target in chain:
                break
            if isinstance(target, Unknown) and item.vague_links:
                break  # a plan says of what the provider computes, too, that it is not known
            chain.append(target)
        return chain

    def resolved(self, target: Any, types: tuple[str, ...]) -> Any:
        """Of what a reference stands for, the first that is a resource of some types here; itself where none is."""
        if isinstance(target, list):
            return [self.resolved(element, types) for element in target]
        chain = self.standing_for(target) if isinstance(target, Reference) else []
        items = ((step, self.at(step.address)) for step in chain if isinstance(step, Reference))
        return next((step for step, item in items if item is not None and item.type in types), target)

    def referrers(self, item: Item, join: Referrer, names: Iterable[str]) -> tuple[list[Item], Unknown | None]:
        """The items that name `item`, and why there may be more of them."""
        if not self.has(join.type):
            return [], None
        targets = self._targets_of(join)
        if isinstance(item, Elsewhere):
            return targets.naming(item.named, item.by), None
        by_id = {id(other): other for other in self._meant(item, targets.by_address.get(item.address, []))}
        for name in names if targets.all else ():
            by_id |= {id(other): other for other in targets.called(item, name) if id(other) not in by_id}
        items = list(by_id.values())
        return items, self._doubt(item, join, tuple(names)) or targets.one_of(item) or self._unnamed(item, targets, names)

    def _unnamed(self, item: Item, targets: Targets, names: Iterable[str]) -> Unknown | None:
        """Why something that names by text may name an item: the item's own name is not known, and no other has that text."""
        for name in names if targets.by_text else ():
            value = item[name]
            if value.unknown is not None:
                others = self._names(item.type, name)
                free = [text for text in targets.by_text if text not in others and (not value.options or text in value.options)]
                if free:
                    reason = f"whether {item.address} is {free[0].replace(OPEN, '')}: {value.unknown.reason}"
                    return Unknown(reason, value.unknown.settles_it, item.location())
        return None

    def _names(self, type_: str, path: str) -> set[str | None]:
        """What the items of a type are called by an attribute."""
        if (type_, path) not in self._called:
            with numbers.without():
                self._called[type_, path] = {called(item, path) for item in self.of(type_)}
        return self._called[type_, path]

    def sharing(self, item: Item, names: Iterable[str]) -> int:
        """How many items of its type have the name of an item, itself among them."""
        most = 0
        for name in names:
            if (item.type, name) not in self._shared:
                with numbers.without():
                    self._shared[item.type, name] = Counter(called(other, name) for other in self.of(item.type))
            text = called(item, name)
            most = max(most, self._shared[item.type, name][text] if text is not None else 0)
        return most

    def _doubt(self, item: Item, join: Referrer, names: tuple[str, ...]) -> Unknown | None:
        """Why something may name an item."""
        return next((why for _, why in self._doubts(item, join, names)), None)

    def _doubts(self, item: Item, join: Referrer, names: tuple[str, ...]) -> Iterator[tuple[Item, Unknown]]:
        """What may name an item, and why.

        Not what is known to name another by a name that is not known; nor what whoever deploys gives, of what the cloud makes up:
        a resource has no such identifier before it is made.
        """
        targets = self._targets_of(join)
        if not targets.unclaimed:
            return
        if (item.type, names) not in self._open_names:
            texts = (text for name in names for text in self._names(item.type, name))
            self._open_names[item.type, names] = {text for text in texts if text is not None and text.startswith(OPEN)}
        taken = self._open_names[item.type, names]
        own = {(item.type, name) for alternatives in names for name in alternatives.split("|")}
        for other, why in targets.unclaimed:
            if other.beforehand and not item.beforehand:
                continue
            if (item.type, targets.given.get(id(why))) in join.generated and not item.taken_over:
                continue
            if not targets.named_by.get(id(why), set()) & own and not targets.open_names.get(id(other), set()) & taken:
                yield other, why

    def possible(self, item: Item, join: Referrer, names: Iterable[str]) -> list[tuple[Item, Unknown]]:
        """The items that may name `item`, which is not known, and why."""
        return list(self._doubts(item, join, tuple(names))) if self.has(join.type) else []

    def unclaimed(self, join: Referrer) -> list[tuple[Item, Unknown]]:
        """The items that may name anything, and why."""
        return self._targets_of(join).unclaimed if self._by_type.get(join.type) else []

    def orphans(self, join: Referrer, owners: tuple[str, ...], names: Iterable[str]) -> Iterator[tuple[Item, Any, Item | None]]:
        """Items that name none of the items of the `owners` types that are judged here.

        With each comes what it names, and the item that this is where it is there for joins.
        """
        if not self._by_type.get(join.type):
            return
        targets = self._targets_of(join)
        owning = self.of(*owners)
        known = {item.address: item for item in owning}
        for owner in owning:
            known |= {text: owner for name in names if (text := called(owner, name)) is not None}
        for item, chain in targets.all:
            target = chain[-1]
            if target is None or item.beforehand:
                continue
            named = next((known[name] for step in chain if (name := spelled(step)) in known), None)
            if named is None:
                yield item, target, None
            elif id(named) in self._context and id(item) not in self._context:
                yield item, target, named

    def _targets_of(self, join: Referrer) -> Targets:
        belongs = isinstance(join, Companion)
        key = (join.type, join.owner, join.through, join.unsaid, belongs)
        if key not in self._targets:
            with numbers.without():
                stand_ins = {item.address: item.link(path).data for type_, path in join.through for item in self.of(type_)}
                self._targets[key] = Targets(self, self._by_type.get(join.type, ()), join.owner, stand_ins, belongs, join.unsaid)
        return self._targets[key]


def _few(items: list[Item]) -> list[Item]:
    """Of items that are in one region and account, the first few, and one more for the one that asks."""
    if len(items) <= _ALIKE:
        return items
    seen: dict[tuple[str, str], int] = {}
    kept: list[Item] = []
    for item in items:
        place = ("", "") if isinstance(item, Unlisted) else (str(item.region.data), str(item.account.data))
        seen[place] = seen.get(place, 0) + 1
        if isinstance(item, Unlisted) or seen[place] <= _ALIKE + 1:
            kept.append(item)
    return kept


def _in_other_region(one: Item, other: Item) -> bool:
    regions = one.region.data, other.region.data
    return regions[0] != regions[1] and all(isinstance(region, str) for region in regions)


def _same_name(item: Item, why: Unknown) -> Unknown:
    return Unknown(f"whether {item.address} has the same name: {why.reason}", why.settles_it, item.location())
