"""What Assay knows: the kinds, and the readers that tell resources of these kinds in each input.

An area is a package with a module `kinds` and a module of readers for each input (`terraform_aws`, `cloudformation`, …; inputs.py lists
them); packages within it with modules of these names are read too. Kinds that need more than one resource stand in `scanner/analysis`.
Modules hold data: `KINDS`, `READERS`, and of live AWS `LISTINGS`. Areas of others are found by the entry point group `assay.facts`, whose
values name such packages.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import typing
from collections.abc import Callable, Collection, Iterable, Iterator
from types import ModuleType
from typing import Any

import msgspec

from assay.scanner import facts, plugins, sources
from assay.scanner.facts import type_index
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.model import Resource
from assay.scanner.facts.spelling import Another, Companion, Contribution, Index, Join, Link, Referrer, Spelling, joins_of, paths, walk
from assay.scanner.facts.view import DeclaredJoins, View
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item

Meaning = Callable[[View, Any], Resource | None]
Need = str | Call | tuple[str, Call]
"""What a fact of a live resource needs: another type, a call about the resource itself, or a call about each resource of another type."""
Module = tuple[str, str]
"""The package of an area, and the name of a module of readers in it."""


class Reader(msgspec.Struct, frozen=True, eq=False):
    """How the items of some types are read as resources of one kind: a meaning, by a spelling."""

    kind: type[Resource]
    types: tuple[str, ...]
    meaning: Meaning
    """Gives a resource of the kind, or None where the item is none."""
    spelling: Any = Spelling()
    always: bool = True
    """It gives a resource for every item of its types."""

    def read(self, item: Item, items: ItemIndex) -> Resource | None:
        """The resource that an item is; None where the meaning says that it is none of this kind."""
        return self.meaning(View(item, items, _declared(self.spelling), self.spelling.names), self.spelling)

    @property
    def joins(self) -> tuple[Join, ...]:
        """Every join that the spelling declares, in its order."""
        return joins_of(self.spelling)

    @property
    def companions(self) -> list[Companion]:
        """What can be read alone where the resource is declared elsewhere."""
        fields = [getattr(self.spelling, name) for name in self.spelling.__struct_fields__]
        of_others = {join for field in fields if isinstance(field, Another) for join in walk(field)}
        return [join for join in self.joins if isinstance(join, Companion) and join not in of_others]

    @property
    def contributions(self) -> list[Contribution]:
        """What is recorded of each collection for the others."""
        return [join for join in self.joins if isinstance(join, Contribution)]

    @property
    def joined(self) -> set[str]:
        """The types of other items that it looks at."""
        return {type_ for join in self.joins for type_ in join.joined}

    def looks(self) -> type_index.Looks:
        """What it looks at, without the reader itself."""
        elsewhere = {type_ for join in (*self.companions, *self.contributions) for type_ in join.joined}
        return type_index.Looks(self.kind.__name__, frozenset(self.types), frozenset({*self.types, *elsewhere}), frozenset(self.joined))

    def needs(self, listings: dict[str, Listing]) -> dict[str, set[Need]]:
        """Fact to what it needs of a live account; of the elements of a list by its path, `copies.encryption_key`. `*`: every fact."""
        needs_by_fact: dict[str, set[Need]] = {}
        for name, facts_told in _told(self.spelling.__class__, self.kind).items():
            needs = set(self._needs_of(getattr(self.spelling, name), listings))
            for fact in facts_told:
                needs_by_fact.setdefault(fact, set()).update(needs)
        return needs_by_fact

    def _needs_of(self, field: Any, listings: dict[str, Listing]) -> Iterable[Need]:
        steps = {path.partition(".")[0] for path in paths(field)}
        for type_ in self.types:
            yield from [call for call in listings[type_].details if call.name in steps]
        for join in walk(field):
            operations = join.calls if isinstance(join, (Referrer, Link, Index)) else ()
            for type_ in join.joined:
                yield type_
                yield from [(type_, call) for call in listings[type_].details if call.name in operations]


@functools.cache
def _declared(spelling: Spelling) -> DeclaredJoins:
    return DeclaredJoins((join, None) for join in joins_of(spelling))


@functools.cache
def _told(spelling: type[Spelling], kind: type[Resource]) -> dict[str, tuple[str, ...]]:
    """Field of a spelling to the facts that it tells."""
    known = {"name", *(field.name for field in msgspec.structs.fields(kind))}
    told: dict[str, tuple[str, ...]] = {}
    for name, hint in typing.get_type_hints(spelling, include_extras=True).items():
        named = tuple(text for text in getattr(hint, "__metadata__", ()) if isinstance(text, str))
        told[name] = named or ((name,) if name in known else ("*",))
    return told


class Catalogue:
    """Kinds of all areas, and readers of some. Immutable once it is made; `catalogue()` keeps one for each choice of inputs."""

    def __init__(self, modules: Iterable[Module], looks: Iterable[type_index.Looks] = ()) -> None:
        """`looks`: what readers look at that are left out."""
        self.modules, left_out = tuple(modules), tuple(looks)
        self.kinds: dict[str, type[Resource]] = {}
        self.readers: dict[str, list[Reader]] = {}
        """Item type to the readers of it."""
        self.by_input: dict[str, list[Reader]] = {}
        self.listings: dict[str, Listing] = {}
        """Item type of a live AWS account to what lists it."""
        for package in areas():
            for kind in _module(package, "kinds").KINDS:
                self.kinds[kind.__name__] = kind
        for package, name in self.modules:
            self._enter(name, _module(package, name))
        entered = [entry for entries in self.by_input.values() for entry in entries]
        self.kinds_of = {type_: frozenset(entry.kind.__name__ for entry in readers) for type_, readers in self.readers.items()}
        """Item type to the names of the kinds that it is read as."""
        self.types = frozenset([*self.readers, *(type_ for other in left_out for type_ in other.types)])
        """Item types that readers read, also those that are left out."""
        self.joined = frozenset().union(*(entry.joined for entry in entered), *(other.joined for other in left_out))
        """Item types that readers look at for joins, also those that are left out."""
        self.contributions = tuple(dict.fromkeys(join for entry in entered for join in entry.contributions))

    def _enter(self, name: str, module: ModuleType) -> None:
        for entry in module.READERS:
            self.by_input.setdefault(name, []).append(entry)
            for type_ in entry.types:
                self.readers.setdefault(type_, []).append(entry)
        for listing in getattr(module, "LISTINGS", ()):
            self.listings[listing.type] = listing

    def all_readers(self) -> list[Reader]:
        """The readers of every input."""
        return [entry for entries in self.by_input.values() for entry in entries]

    @functools.cached_property
    def with_companions(self) -> list[tuple[Reader, list[Companion]]]:
        """Every reader of something that can be read by its companions alone, with these."""
        return [(entry, companions) for entry in self.all_readers() if (companions := entry.companions)]

    @property
    def read_types(self) -> frozenset[str]:
        """The item types that something reads, for themselves or for joins."""
        return self.types | self.joined

    def inputs_of(self, kind: str) -> set[str]:
        """The inputs that have a reader for a kind."""
        return {name for name, entries in self.by_input.items() if any(entry.kind.__name__ == kind for entry in entries)}


def _module(package: str, name: str) -> ModuleType:
    return importlib.import_module(f"{package}.{name}")


@functools.cache
def areas() -> dict[str, frozenset[str]]:
    """The packages of all areas, those of others last, with the names of the modules in each."""
    own = sorted((package, modules) for room in _rooms() for package, modules in _within(room, _locations(room)))
    others = [(package, _listed(_locations(package))[0]) for package in plugins.installed(plugins.FACTS).values()]
    return dict([*own, *others])


def _rooms() -> tuple[str, str]:
    return facts.__name__, f"{facts.__name__.rpartition('.')[0]}.analysis"


def _locations(package: str) -> list[str]:
    spec = importlib.util.find_spec(package)
    return list(spec.submodule_search_locations or ()) if spec else []


def _within(package: str, folders: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The areas below a package: those of its packages that have kinds, at any depth."""
    modules, inner = _listed(folders)
    if "kinds" in modules:
        yield package, modules
    for name, within in inner.items():
        yield from _within(f"{package}.{name}", within)


def _listed(folders: Iterable[str]) -> tuple[frozenset[str], dict[str, list[str]]]:
    """The names of the modules in some folders, and the folders in them."""
    modules: set[str] = set()
    inner: dict[str, list[str]] = {}
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    modules.add(entry.name[:-3])
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    inner.setdefault(entry.name, []).append(entry.path)
    return frozenset(modules) - {"__init__"}, inner


def _modules(inputs: Iterable[str]) -> Iterator[Module]:
    names = tuple(inputs)
    return ((package, name) for package, modules in areas().items() for name in names if name in modules)


@functools.cache
def catalogue(*inputs: str) -> Catalogue:
    """The catalogue with the readers of some inputs; without any, the kinds alone."""
    return Catalogue(_modules(inputs))


_GROWN: dict[tuple[str, ...], Catalogue] = {}
"""Inputs to the catalogue of all readers of them that something asked for until now."""


def catalogue_for(inputs: tuple[str, ...], types: Collection[str], kinds: Collection[str]) -> Catalogue:
    """The catalogue with at least those readers of some inputs that give resources of some kinds where there are items of some types.

    Of these it says the same as the whole one.
    """
    known = _GROWN.get(inputs)
    modules = {
        (package, name)
        for name in inputs
        for package, readers in _looks(name).items()
        if any(reader.kind in kinds and not reader.gives.isdisjoint(types) for reader in readers)
    }
    if known is None or not modules.issubset(known.modules):
        modules.update(known.modules if known else ())
        left_out = (reader for name in inputs for package, of in _looks(name).items() if (package, name) not in modules for reader in of)
        known = _GROWN[inputs] = Catalogue((module for module in _modules(inputs) if module in modules), left_out)
    return known


@functools.cache
def _looks(name: str) -> type_index.Kept:
    """What the readers of one input look at."""
    folders = tuple(folder for room in (*_rooms(), sources.__name__) for folder in _locations(room))
    looks = type_index.kept(name, folders)
    if looks is None:
        looks = {package: [reader.looks() for reader in _module(package, name).READERS] for package, _ in _modules((name,))}
        type_index.keep(name, folders, looks)
    return looks
