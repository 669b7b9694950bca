"""What every source gives: items with trees addressed by path, beside the ledger of coverage.py."""

from __future__ import annotations

import abc
import enum
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Location, Reference, Unknown, own_name
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.values import Value


class Node(abc.ABC):
    """A tree addressed by path: names separated by dots, each an attribute, a map key, or a nested block (the first of several)."""

    __slots__ = ()

    @abc.abstractmethod
    def __getitem__(self, path: str) -> Value[Any]:
        """The value at a path; absent where nothing is written there, Unknown where that cannot be told."""

    @abc.abstractmethod
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        """All nested blocks (or objects of a list) at a path, and why there may be more than these."""

    @abc.abstractmethod
    def link(self, path: str) -> Value[Any]:
        """Like `[path]`, but what refers to another resource is a Reference to it even where its text is configured."""

    @abc.abstractmethod
    def location(self) -> Location:
        """Where the whole of it is written, or the call that told of it."""

    def document_place(self, path: str, inside: tuple[str | int, ...] = ()) -> Location:
        """Where a part of the document at a path is written: `inside` is a path in its decoded content, of keys and indexes.

        As exact as the input tells: the part itself, else the nearest around it whose place is known.
        """
        value = self[path]
        if inside and value.written is not None:
            return value.written.place(decode(value.data), inside)
        return value.seen[0] if value.seen else self.location()


class Item(Node):
    """One resource as the input spells it."""

    __slots__ = ()

    type: str
    """The input's own type name: `aws_s3_bucket`, `AWS::S3::Bucket`, `s3.bucket`."""
    address: str
    """Unique in its root: `module.a.aws_s3_bucket.b["x"]`."""
    root: str
    """What the address is relative to: the root module's directory, the plan's file."""
    template: Unknown | None
    """Why it is not known how many of these there are; None for a resource that certainly exists."""

    @property
    def label(self) -> str:
        """What its author calls it, for a resource without a name of its own."""
        return own_name(self.address)

    @property
    def block(self) -> str:
        """What tells its block from others that begin on the same line, where an input may be written so."""
        return ""

    @property
    def taken_over(self) -> bool:
        """Whether the code takes over what is there before it is applied: an `import` of it."""
        return False

    @property
    def beforehand(self) -> bool:
        """Whether it is there before what is judged beside it is made, and judged elsewhere: it names nothing of that."""
        return False

    vague_links: bool = False
    """What `link` gives is what the whole of an attribute refers to, whichever part of it does: that of a plan."""

    def given(self, path: str) -> Unknown | None:
        """Why what stands at a path is not written in the code, though its text is known: whoever applies it gives it."""
        return None

    @property
    def origins(self) -> list[tuple[str, Location]]:
        """Where else it is written, with a name: the construct that a template was synthesised from."""
        return []

    @property
    def tags(self) -> dict[str, str]:
        """Its tags or labels by name, as far as they are known (marks.py)."""
        return {}

    @property
    def tagged_at(self) -> Location:
        """Where its tags are written."""
        return self.location()

    @property
    def marks(self) -> list[tuple[str, Location]]:
        """What it says itself of findings on it, beside its tags, each with its place: text as of a comment (gate/comments.py)."""
        return []

    @property
    @abc.abstractmethod
    def region(self) -> Value[str]:
        """The region that the provider of this item is configured for."""

    @property
    @abc.abstractmethod
    def account(self) -> Value[str]:
        """The account or project that the provider of this item is configured for."""

    @abc.abstractmethod
    def attributes(self) -> Value[dict[str, Any]]:
        """Everything that is written, for rules on types that no kind models."""

    @abc.abstractmethod
    def coexists(self, other: Item) -> bool:
        """Whether `other` exists whenever this one does."""

    def same_account(self, other: Item) -> bool | None:
        """Whether `other` is in the same account or project; None where that is not known."""
        own, theirs = self.account.data, other.account.data
        return own == theirs if isinstance(own, str) and isinstance(theirs, str) else True


class Unlisted(Item):
    """Stands for resources that could not be listed, or not to the end: nothing is known of them but the place they would be in."""

    __slots__ = ("_account", "_known", "_region", "address", "of_other_regions", "root", "seen", "template", "type", "why")

    def __init__(self, type_: str, root: str, place: str, why: Unknown, known: dict[str, Any] | None = None) -> None:
        self.type, self.root, self.address = type_, root, f"every {type_} in {place}"
        self.template, self.why, self._known = None, why, known or {}
        self.seen = why.location or Location()
        self._region: str | None = None
        self._account: str | None = None
        self.of_other_regions = False
        """They are in regions that nothing that was read is in."""

    def within(self, account: str | None, region: str | None) -> Unlisted:
        """Itself, placed in an account (or project) and a region; None where there may be more than one."""
        self._account, self._region = account, region
        return self

    def __getitem__(self, path: str) -> Value[Any]:
        return Value(self._known.get(path, self.why), (self.seen,))

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        return [], self.why

    @override
    def link(self, path: str) -> Value[Any]:
        """A text that is an ARN counts as a reference."""
        # What was listed for one resource names it by its ARN, as each of those that it stands for would.
        return self[path].then(lambda data: Reference(data) if isinstance(data, str) and data.startswith("arn:") else data)

    @override
    def location(self) -> Location:
        return self.seen

    @property
    @override
    def region(self) -> Value[str]:
        return Value(self._region)

    @property
    @override
    def account(self) -> Value[str]:
        return Value(self._account)

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.why, (self.seen,))

    @override
    def coexists(self, other: Item) -> bool:
        return other.template is None


class World(msgspec.Struct):
    """What there is under one combination of conditions."""

    holds: dict[str, bool]
    """Condition to whether it holds."""
    items: list[Item]
    context: list[Item] = msgspec.field(default_factory=list)


class Recording(Protocol):
    """What a collection contributes to an index over several: small records of the items of some types, each under a key."""

    @property
    def name(self) -> str:
        """What the records are found by among those of other recordings."""

    @property
    def types(self) -> tuple[str, ...]:
        """The item types that are recorded."""

    @property
    def records(self) -> Callable[[Item], Iterable[tuple[Hashable, Any]]]:
        """An item to its records, each with its key."""


Records = dict[Hashable, list[Any]]


def recorded(records: Callable[[Item], Iterable[tuple[Hashable, Any]]], items: Iterable[Item]) -> Records:
    """Key to the records of some items."""
    by_key: Records = {}
    for item in items:
        for key, record in records(item):
            if not isinstance(key, (list, dict)):  # what no API writes names nothing
                by_key.setdefault(key, []).append(record)
    return by_key


class Contributions(msgspec.Struct):
    """Records of one or more collections, by the name of the recording. They hold plain data and values, so that they cross processes."""

    records: dict[str, Records] = {}

    @staticmethod
    def of(recordings: Iterable[Recording], items: Iterable[Item]) -> Contributions:
        """What some items contribute to some recordings."""
        by_type: dict[str, list[Item]] = {}
        for item in items:
            by_type.setdefault(item.type, []).append(item)
        by_name = {
            recording.name: recorded(recording.records, [item for type_ in recording.types for item in by_type.get(type_, ())])
            for recording in recordings
        }
        return Contributions({name: records for name, records in by_name.items() if records})

    @staticmethod
    def merged(parts: Iterable[Contributions]) -> Contributions:
        """What several collections contribute, in whatever groups they are merged."""
        whole: dict[str, Records] = {}
        for part in parts:
            for name, records in part.records.items():
                known = whole.setdefault(name, {})
                for key, values in records.items():
                    known.setdefault(key, []).extend(values)
        return Contributions(whole)

    def index(self, recording: Recording) -> Mapping[Hashable, list[Any]]:
        """Key to the records of all of them."""
        return self.records.get(recording.name, {})


class Contributed(Protocol):
    """What all collections of an input contribute: Contributions, or a source that puts them together where a join asks for them."""

    def index(self, recording: Recording) -> Mapping[Hashable, list[Any]]:
        """Key to the records of all collections."""


class Within(msgspec.Struct, frozen=True):
    """A part of a collection that the user named: what is declared in some files, and in the modules that these call."""

    files: frozenset[str]
    """As locations name them."""
    modules: frozenset[str] = frozenset()
    """The names of the calls in them."""

    def declares(self, blocks: Iterable[tuple[str, str]]) -> bool:
        """Whether one of some blocks, each (address, file), is among them."""
        return any(file in self.files or _called(address) in self.modules for address, file in blocks)


def _called(address: str) -> str:
    """The call of the root module that a block is in; empty where it is in the root module itself."""
    name = address.removeprefix("module.") if address.startswith("module.") else ""
    return name[: min((at for at in (name.find("."), name.find("[")) if at >= 0), default=len(name))]


class AccountPart(enum.Enum):
    """What a collection is of something that comes in several: an account, of which the regions follow each other."""

    ALL = "all"
    """All that there is of it."""
    SOME = "some"
    """A part: kinds that need the whole are not read from it."""
    WHOLE = "whole"
    """All parts together, after them, as far as such kinds ask for it: these alone are read."""


class Collection(msgspec.Struct):
    """What one target gave: items, the ledger, and a name for messages."""

    name: str
    items: list[Item]
    coverage: Coverage
    context: list[Item] = msgspec.field(default_factory=list)
    """Items that joins may find and that are judged in another collection."""
    scope: str | None = None
    """What fingerprints are relative to; None where `name` is a path."""
    beyond: Contributed | None = None
    """What the whole input contributes, where joins cross its collections: a key of another project, a role of the organisation."""
    worlds: list[World] = msgspec.field(default_factory=list)
    """The combinations of conditions that are possible, where nothing decides them; `items` are then those of all of them."""
    within: Within | None = None
    """What of it is judged: everything, or what single files that were named declare."""
    part: AccountPart = AccountPart.ALL
    """Which kinds are read from it, where an account comes in parts."""
    sensitive: Sensitive | None = None
    """Its texts that are judged and not shown."""


class Share(msgspec.Struct, frozen=True):
    """A part of the collections of a run, by their numbers: who has the other shares judges the others."""

    index: int = 0
    of: int = 1
    workers: tuple[int, int] = (0, 1)
    """Which of how many workers it is of, among those that have the same share together."""

    def takes(self, number: int) -> bool:
        """Whether a collection is in it."""
        return number % self.of == self.index

    def behind(self, number: int) -> Share:
        """The same share of what is counted anew after so many."""
        return Share((self.index - number) % self.of, self.of, self.workers)

    def split(self, index: int, of: int) -> Share:
        """A share of this share."""
        return Share(self.index + self.of * index, self.of * of, (index, of))

    @property
    def among_workers(self) -> bool:
        """Whether all the other shares are those of workers who have one parent, which can have one of them go on alone (NotShared)."""
        return self.of == self.workers[1]

    def of_alone(self) -> Share:
        """The share of a source that all of these workers, and nobody else, have."""
        return Share(*self.workers)


ALL = Share()


class NotShared(Exception):
    """A collection is not what those who judge the others take it for: one has to judge what is left (`Share.among_workers`)."""


class Wanted(msgspec.Struct, frozen=True):
    """What a run wants of a source."""

    types: frozenset[str] | None = None
    """The item types that something reads. The source may leave out others, counted; None for all."""
    judged: frozenset[str] = frozenset()
    """Those of them that the selected controls judge: what an input was not asked for is unknown to them."""
    listings: Mapping[str, Any] = {}
    """Of AWS accounts, item type to the Listing that tells how its resources stand in an account (aws/calls.py)."""
    share: Share = ALL
    """The collections that are judged, by their numbers, from 0. The source gives all of them, and may leave the others empty."""


EVERYTHING = Wanted()


class Source(abc.ABC):
    """One way of reading one kind of target. Until it collects it is a specification, which crosses processes."""

    input: str = ""
    """Which input it reads (inputs.py); empty where it gives no items."""
    alone = False
    """Whether one shard judges all of it, and others do not have it."""

    @abc.abstractmethod
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """Read everything; what cannot be read is a gap, never an exception."""
