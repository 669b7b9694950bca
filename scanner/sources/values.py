"""Values: a raw value together with the places where it was seen.

They combine with others without ifs: `Unknown` is kept as Kleene logic does
(https://en.wikipedia.org/wiki/Three-valued_logic#Kleene_and_Priest_logics), and the places of all inputs are remembered, since they are
the evidence.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import msgspec

from assay.scanner.sources.raw import (
    AtLeast,
    Document,
    Either,
    Location,
    Open,
    Placed,
    Reference,
    Text,
    Unknown,
    because,
    describe,
    either,
    in_all,
    unknown_inside,
)

T = TypeVar("T")


class WrittenDocument(Protocol):
    """Where the parts of a document stand that an attribute gives."""

    def place(self, content: Any, inside: tuple[str | int, ...]) -> Location:
        """The place of a part: `content` is the decoded document, `inside` a path of keys and indexes in it.

        As exact as the input tells: the part itself, else the nearest around it whose place is known.
        """


@runtime_checkable
class WrittenText(Protocol):
    """Where the lines of a text stand that an attribute gives."""

    def line(self, text: str, number: int) -> Location:
        """The place of a line, counted from 1; that of the attribute where the text is not the one that is written there."""


class Value(Generic[T]):
    """A raw value and where it was seen. Absent is `None`.

    An Either becomes its reason alone: what is not known of one value says nothing of what another may be. Whoever has the very value
    that the options are of says so with `Value.of`; the options then stand beside `data`, and nobody who hands that on hands them on.
    So it is with a list of which a part is known: `data` then has that part, and an element that is not known for all the rest.
    """

    __slots__ = ("_written", "data", "options", "seen")

    def __init__(self, data: Any, seen: Sequence[Location] = ()) -> None:
        kind = data.__class__
        self.data: Any = because(data) if kind is Either or kind is AtLeast else data
        self.options: tuple[Any, ...] = ()
        """What the value may be, where that is known though the value is not."""
        self.seen = tuple(seen)

    @classmethod
    def of(cls, raw: Any, seen: Sequence[Location] = ()) -> Value[Any]:
        """A raw value as it stands in an input, with its options where it is an Either, and with what is known of a list or map."""
        value: Value[Any] = cls(raw, seen)
        if raw.__class__ is Either:
            value.options = raw.options
        elif raw.__class__ is AtLeast:
            value.data = in_all(raw) if isinstance(raw.content, list) else raw
        return value

    @property
    def written(self) -> WrittenDocument | None:
        """Where the parts of a document are written; None of a value that was made from others, or that no attribute gave as a whole."""
        return getattr(self, "_written", None)  # few values have it, and the others cost nothing

    @written.setter
    def written(self, written: WrittenDocument | None) -> None:
        self._written = written

    def seen_inside(self, content: Any, inside: tuple[str | int, ...]) -> tuple[Location, ...]:
        """Where a part of the document was seen: its own place, as far as that is known, before that of the whole.

        `content` is the decoded document, in which the path `inside` leads to the part.
        """
        part = functools.reduce(lambda data, name: data[name], inside, content)
        if isinstance(part, Placed) and part.place is not None:
            return part.place(), *self.seen
        if self.written is None:
            return self.seen
        return tuple(dict.fromkeys((self.written.place(content, inside), *self.seen)))

    def seen_at_line(self, text: str, number: int) -> tuple[Location, ...]:
        """Where a line of the text was seen, counted from 1: its own place, as far as that is known, before that of the whole."""
        written = self.written
        return tuple(dict.fromkeys((written.line(text, number), *self.seen))) if isinstance(written, WrittenText) else self.seen

    def __getstate__(self) -> Any:
        """Places of parts stay with the text that is read here; a value crosses processes without them."""
        return None, {"data": self.data, "options": self.options, "seen": self.seen}

    def __repr__(self) -> str:
        return f"Value({self.raw!r})"

    @property
    def raw(self) -> Any:
        """The raw value, with its options: for whoever keeps this very value inside of another."""
        return either(self.data, *self.options) if self.options else self.data

    @property
    def unknown(self) -> Unknown | None:
        """Why it is not known; None where it is."""
        return self.data if isinstance(self.data, Unknown) else None

    @property
    def absent(self) -> bool:
        """Nothing is there, which is known."""
        return self.data is None

    def default(self, data: Any) -> Value[Any]:
        """What the provider takes where nothing is written. The caller cites the provider's documentation."""
        if self.options:
            return Value.of(either(self.data, *[data if option is None else option for option in self.options]), self.seen)
        return Value(data, self.seen) if self.data is None else self

    def otherwise(self, following: Value[Any]) -> Value[Any]:
        """This value, or the following one where it is absent."""
        if self.data is None:
            return following
        return self.default(following.raw) if None in self.options else self

    def then(self, function: Callable[[Any], Any]) -> Value[Any]:
        """Apply to a value that is known; an Unknown passes through. `function` may return an Unknown.

        Of an Either, the result is known as far as its options agree.
        """
        if self.options:
            return Value.of(agreed(self.data, [function(option) for option in self.options]), self.seen)
        return self if isinstance(self.data, Unknown) else Value(function(self.data), self.seen)

    def equals(self, *accepted: Any) -> Value[bool]:
        """Whether the value is one of `accepted`; a string compares without case, a partly known one stays unknown."""
        return self.then(lambda data: _equals(data, accepted))

    def is_set(self) -> Value[bool]:
        """Whether something is set, whatever it is."""
        if isinstance(self.data, Open) and self.data.filled:
            return Value(True, self.seen)
        return self.then(lambda data: data is not None and data != "")

    def truth(self) -> Value[bool]:
        """A flag: booleans, and the strings that Terraform and CloudFormation accept for them."""
        return self.then(_truth)

    def negate(self) -> Value[bool]:
        """Whether it is not so; an absent value counts as false."""
        return self.then(lambda data: not data if data is None or isinstance(data, bool) else _not_settled(data))

    def elements(self) -> list[Value[Any]]:
        """Each element of a list, or the one thing in its place; none where it is absent."""
        if self.data is None:
            return []
        if self.options:
            return [Value.of(element, self.seen) for element in in_all(self.raw)]
        return [Value.of(element, self.seen) for element in self.data] if isinstance(self.data, list) else [self]

    def number(self) -> Value[float]:
        """The value as a number, also of text that is one; absent stays absent."""
        return self.then(_number)

    def text(self) -> Value[str]:
        """The value as one string; what is only partly known is Unknown."""
        return self.then(_text)


def may_be_document(raw: Any) -> bool:
    """Whether a raw value can be a document: an object, or text that begins as one or has several lines."""
    if isinstance(raw, str):
        return raw[:100].lstrip()[:1] == "{" or "\n" in raw
    return isinstance(raw, (dict, Text, Document))


def agreed(why: Unknown, results: list[Any]) -> Any:
    """What the results for all options have in common: structures field by field, anything else as a whole or as an Either."""
    first = results[0]
    if isinstance(first, msgspec.Struct) and not isinstance(first, (Unknown, Reference, Text, Document)):
        if not all(type(result) is type(first) for result in results):
            return because(why)
        fields = {field.name: [getattr(result, field.name) for result in results] for field in msgspec.structs.fields(type(first))}
        return type(first)(
            **{name: Value.of(agreed(why, [value.raw for value in values]), places(values)) for name, values in fields.items()}
        )
    return either(why, *[because(result) if isinstance(result, Unknown) else result for result in results])


def _equals(data: Any, accepted: tuple[Any, ...]) -> bool | Unknown:
    if isinstance(data, Text):
        lower = Text(tuple(part.lower() if isinstance(part, str) else part for part in data.parts))
        possible = [want for want in accepted if isinstance(want, str) and lower.may_be(want.lower())]
        return _not_settled(data) if possible else False
    if isinstance(data, Reference):
        return _not_settled(data)
    if isinstance(data, str):
        return data.lower() in [want.lower() for want in accepted if isinstance(want, str)]
    return any(data is want or (type(data) is type(want) and data == want) for want in accepted)


def _truth(data: Any) -> bool | Unknown | None:
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, str) and data.lower() in ("true", "false", "1", "0"):
        return data.lower() in ("true", "1")
    if isinstance(data, (int, float)):
        return bool(data)
    return _not_settled(data)


def _number(data: Any) -> float | int | Unknown | None:
    if data is None or (isinstance(data, (int, float)) and not isinstance(data, bool)):
        return data
    if isinstance(data, str):
        try:
            return int(data) if data.strip().lstrip("-").isdigit() else float(data)
        except ValueError:
            return _not_settled(data)
    return _not_settled(data)


def _text(data: Any) -> str | Unknown | None:
    if data is None or isinstance(data, str):
        return data
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, (int, float)):
        return str(data)
    return _not_settled(data)


def _not_settled(data: Any) -> Unknown:
    unknown = unknown_inside(data)
    if unknown:
        return unknown
    if isinstance(data, (Reference, Text)):
        return Unknown(f"the value of {data} is known after apply", "scan the live resource")
    return Unknown(f"{describe(data)[:80]} is not a value this attribute can have", "correct the attribute")


def places(values: Iterable[Value[Any]]) -> tuple[Location, ...]:
    """Where any of some values was seen, each place once."""
    seen: dict[Location, None] = {}
    for value in values:
        seen.update(dict.fromkeys(value.seen))
    return tuple(seen)


def all_of(values: Iterable[Value[Any]]) -> Value[bool]:
    """Kleene conjunction: one false decides, else one unknown does. An absent value counts as false."""
    return _decide(values, deciding=False)


def any_of(values: Iterable[Value[Any]]) -> Value[bool]:
    """Kleene disjunction: one true decides, else one unknown does. An absent value counts as false."""
    return _decide(values, deciding=True)


def _decide(values: Iterable[Value[Any]], *, deciding: bool) -> Value[bool]:
    met: list[Value[Any]] = []
    unknown: Value[Any] | None = None
    for value in values:  # what comes after the one that decides is not made
        if isinstance(value.data, Unknown):
            unknown = unknown or value
        elif bool(value.data) is deciding:
            return Value(deciding, value.seen)
        met.append(value)
    return Value(unknown.data, unknown.seen) if unknown else Value(not deciding, places(met))


def first_known(*values: Value[Any]) -> Value[Any]:
    """The first value that is not absent; an unknown one before it hides it."""
    for at, value in enumerate(values):
        if value.data is not None:
            return value.otherwise(first_known(*values[at + 1 :])) if None in value.options else value
    return Value(None, places(values))


def gather(values: Iterable[Value[Any]]) -> Value[list[Any]]:
    """One list of all elements of list values; a scalar counts as one element, an Unknown stays in the list as an element."""
    values = list(values)
    elements: list[Any] = []
    for value in values:
        if isinstance(value.data, list):
            elements.extend(value.data)
        elif value.data is not None:
            elements.append(value.data)
    return Value(elements, places(values))
