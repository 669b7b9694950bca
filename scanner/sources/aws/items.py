"""Resources as an account's answers tell them, kept by operation, so that a call that failed hides its own facts and no others."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.override import override
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.marks import tags_of
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.raw import Location, Reference, Unknown
from assay.scanner.sources.redaction import redacted, unknown_where_hidden
from assay.scanner.sources.values import Value

_DISABLED = "enable the region, leave it out with --regions, or check the credentials"
NOT_ENABLED = frozenset(["InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "OptInRequired"])
"""What a region says that is not enabled for the account: https://docs.aws.amazon.com/global-infrastructure/latest/regions/regions-howto.html"""
_TAGS = ("Tags", "TagList", "TagSet", "tags")
_NOT_ASKED = Unknown("none of the calls that were made answers with its tags", "select it by its name")
CUT_SHORT = "run the audit again, or go on with --resume"


class CallOutcome(msgspec.Struct, omit_defaults=True):
    """What became of one call."""

    outcome: str = "answered"
    """`answered`, `absent` (a code that says `not configured`), `denied`, `failed`."""
    data: Any = None
    code: str = ""
    permission: str = ""
    operation: str = ""
    """`s3:GetBucketPolicy`."""
    time: str = ""
    """When it was given."""
    unchanged: str = ""
    """Of one that was taken from an earlier snapshot: when AWS Config said that the resource had not changed since."""

    def unknown(self, caller: str) -> Unknown:
        """Why the facts that it would have told are not known."""
        where = Location(operation=self.operation, time=self.time, caller=caller)
        if self.outcome == "denied":
            return Unknown(f"{self.operation} was denied ({self.code})", f"grant {self.permission} to {caller}", where)
        way = _DISABLED if self.code in NOT_ENABLED else CUT_SHORT
        return Unknown(f"{self.operation} failed ({self.code})", way, where)


class ItemRecord(msgspec.Struct, tag="item", tag_field="record", omit_defaults=True):
    """One resource: what its listing said, and the answers about it."""

    type: str
    id: str
    account: str
    region: str
    operation: str
    time: str
    listed: dict[str, Any]
    answers: dict[str, CallOutcome] = {}


def without_hidden(record: ItemRecord) -> ItemRecord:
    """A record as readers may see it: what was left out of it is Unknown."""
    answers = {name: msgspec.structs.replace(answer, data=unknown_where_hidden(answer.data)) for name, answer in record.answers.items()}
    return msgspec.structs.replace(record, listed=unknown_where_hidden(record.listed), answers=answers)


class UnlistedRecord(msgspec.Struct, tag="unlisted", tag_field="record", omit_defaults=True):
    """Resources that could not be listed, or not to the end. `known` are fields that all of them have."""

    type: str
    account: str
    region: str
    answer: CallOutcome
    known: dict[str, Any] = {}
    left_out: bool = False
    """The user left the service out."""


def redacted_record(record: ItemRecord | UnlistedRecord) -> ItemRecord | UnlistedRecord:
    """A record as it may stand in a file. What is collected next is asked for by the answers as they came."""
    if not isinstance(record, ItemRecord):
        return msgspec.structs.replace(record, known=redacted(record.known, record.type))
    answers = {
        name: msgspec.structs.replace(answer, data=redacted(answer.data, name)) if answer.data is not None else answer
        for name, answer in record.answers.items()
    }
    return msgspec.structs.replace(record, listed=redacted(record.listed, record.type), answers=answers)


class ApiItem(Item):
    """One resource of an account."""

    __slots__ = ("_caller", "_record", "address", "root", "template", "type")

    def __init__(self, record: ItemRecord, caller: str) -> None:
        """`record` may have Unknown where something was left out, see `without_hidden`."""
        self._record, self._caller = record, caller
        self.type, self.address, self.root = record.type, record.id, f"aws:{record.account}"
        self.template = None

    def __getitem__(self, path: str) -> Value[Any]:
        """`Name` of the listed entry, or `get_bucket_policy.Policy` of an answer."""
        first, _, rest = path.partition(".")
        answer = self._record.answers.get(first)
        if answer is None:
            if first.islower() and first not in self._record.listed:
                return Value(_not_asked(first), (self.location(),))
            return Value(walk(self._record.listed, path), (self.location(),))
        seen = (Location(operation=answer.operation, time=answer.time, caller=self._caller, unchanged=answer.unchanged),)
        if answer.outcome in ("denied", "failed"):
            return Value(answer.unknown(self._caller), seen)
        return Value(walk(answer.data, rest) if rest else answer.data, seen)

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        value = self[path]
        return as_nodes(value.data, value.seen[0])

    @override
    def link(self, path: str) -> Value[Any]:
        return _linked(self[path])

    @override
    def location(self) -> Location:
        return Location(operation=self._record.operation, time=self._record.time, caller=self._caller)

    @property
    def tags(self) -> dict[str, str]:
        """Those that are in answers which are asked for in any case: of what was listed, and of the object that an answer is about."""
        answered = [answer.data for answer in self._record.answers.values() if isinstance(answer.data, dict)]
        # What tells of several at once tells of this one in a list.
        lists = [inner for data in answered for inner in data.values() if isinstance(inner, list) and len(inner) == 1]
        listed = [inner[0] for inner in lists if _is_object(inner[0]) and self._record.id in inner[0].values()]
        objects = [*listed, *(inner for data in answered for inner in (*filter(_is_object, data.values()), data))]
        written = [at[name] for at in (*objects, self._record.listed) for name in _TAGS if name in at]
        none = any(
            (answer.outcome == "absent" and answer.operation.endswith("Tagging"))
            or (answer.outcome == "answered" and answer.operation == "sqs:ListQueueTags")  # empty where there are none
            for answer in self._record.answers.values()
        )
        return tags_of(*(written or (() if none else (_NOT_ASKED,))))

    @property
    @override
    def region(self) -> Value[str]:
        return Value(self._record.region or None, (self.location(),))

    @property
    @override
    def account(self) -> Value[str]:
        return Value(self._record.account, (self.location(),))

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value({**self._record.listed, **{name: self[name].data for name in self._record.answers}}, (self.location(),))

    @override
    def coexists(self, other: Item) -> bool:
        return True


class UnlistedResources(Unlisted):
    """Resources of an account that could not be listed. Those of one parent belong to it by its ARN."""

    __slots__ = ()

    @override
    def link(self, path: str) -> Value[Any]:
        return _linked(self[path])


def _linked(value: Value[Any]) -> Value[Any]:
    """An ARN is the address of the resource that it names."""
    return value.then(lambda data: Reference(data) if isinstance(data, str) and data.startswith("arn:") else data)


def unlisted(record: UnlistedRecord, caller: str) -> Unlisted:
    """The item that stands for the resources of a record. `caller` is the ARN that the calls were made as."""
    if record.left_out:
        why = Unknown(f"{record.type} was left out by --services", "audit without --services")
    else:
        why = record.answer.unknown(caller)
    place = " ".join(filter(None, (record.account, record.region, *map(str, record.known.values()))))
    return UnlistedResources(record.type, f"aws:{record.account}", place, why, record.known).within(record.account, record.region or None)


def _is_object(data: Any) -> bool:
    return isinstance(data, dict)


def _not_asked(operation: str) -> Unknown:
    return Unknown(f"{operation} was not called: no control of that run needed it", "take the snapshot again with this control")


def walk(data: Any, path: str) -> Any:
    """What a property path leads to in an answer; None where nothing is there."""
    for name in path.split("."):
        data = step(data, name)
    return data
