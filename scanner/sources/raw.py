"""What an input writes, before any place is remembered.

A raw value is plain data (`None`, bool, int, float, str, list, dict) or one of four kinds of not-quite-data:

- `Unknown`: nothing can be said; carries the reason and what would settle it. An `Either` has options, an `Open` value a name; of a
  list or map that is `AtLeast` something, that much is known.
- `Reference`: an attribute of another resource of the same input. Its final text is not known, but it is known not to be null.
- `Text`: a string of which some parts are references or unknown.
- `Document`: JSON text whose decoded form is at hand, so that one unknown inside does not hide the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner import lazy_re


class Location(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where something was seen: a span of a file, or a call to a cloud API.

    Lines and columns are 1-based; a column counts Unicode characters, as editors do. `end_line` is the line of the last character,
    `end_column` the column after it. `start` and `end` are offsets of bytes, half-open: `content[start:end]` is what is written there,
    of an attribute its name with its value, of a block everything up to its closing brace. Where only lines are known, the rest is 0.
    """

    file: str = ""
    line: int = 0
    end_line: int = 0
    column: int = 0
    end_column: int = 0
    start: int = 0
    end: int = 0
    operation: str = ""
    time: str = ""
    caller: str = ""
    unchanged: str = ""
    """Of an answer of an earlier snapshot: when a record of changes said that it is still so."""

    def __str__(self) -> str:
        if self.operation and self.unchanged:
            return f"{self.operation} as of {self.time} (unchanged by AWS Config at {self.unchanged})"
        if self.operation:
            return f"{self.operation} at {self.time}"
        return f"{self.file}:{self.line}" if self.line else self.file


class Unknown(msgspec.Struct, frozen=True):
    """Why a value cannot be told, and what would settle it."""

    reason: str
    settles_it: str
    location: Location | None = None


class Either(Unknown, frozen=True):
    """One of a few values, and why it cannot be told which: the branches of a conditional on something unknown.

    The options belong to this value alone. As the reason of another value it is handed on by `because`, which leaves them out.
    """

    options: tuple[Any, ...] = ()


class AtLeast(Unknown, frozen=True):
    """A list or map of which a part is known: `concat()` of two lists, one of which is not known. In which order is not.

    What is known belongs to this value alone. As the reason of another value it is handed on by `because`, which leaves it out.
    """

    content: Any = None
    """What is there in any case: a list or a dict, empty only where there is `open`."""
    rest: Unknown = Unknown("", "")
    """Why there may be more."""
    open: tuple[tuple[Any, Any], ...] = ()
    """All that a map has besides, where only keys are not known: these, each with its element. Empty where more than keys is not known."""


class Open(Unknown, frozen=True):
    """A value that is not known and that has a name: a variable without a value. Two of one name are equal, whatever they are.

    The name belongs to this value alone. As the reason of another value it is handed on by `because`, which leaves it out.
    """

    name: str = ""
    marked: bool = False
    """Its author marks it as sensitive, so that whoever deploys gives it: `NoEcho`, `sensitive`."""
    filled: bool = False
    """It is known to be there and not to be empty, whatever it is."""


class Given(Open, frozen=True):
    """An open value that whoever deploys gives before anything is made: it is no identifier that this deployment is given by the cloud."""


class Refused(Open, frozen=True):
    """What an expression that the input's own tool refuses would give: a file is not there, an attribute does not exist."""


class Exported(Open, frozen=True):
    """An open value that another stack gives: whatever it names, that is declared there and not in this input."""


class Made(Unknown, frozen=True):
    """A value that is computed of attributes of other resources, and known once these are: `jsondecode(data.….secret_string).password`.

    What it is made of belongs to this value alone. As the reason of another value it is handed on by `because`, which leaves that out.
    """

    of: tuple[Any, ...] = ()
    """Each a Reference."""
    inside: Any = None
    """What it encodes, so that its text can be read: of base64."""


class Encoded(Made, frozen=True):
    """The JSON text of a value of which a part is not known, as a part of another text: `{"Resource": ${jsonencode(…)}}`."""

    content: Any = None
    """The value."""


MAX_OPTIONS = 8


def because(why: Unknown) -> Unknown:
    """Why something is not known, as the reason of another value: what the first may be says nothing of that one."""
    return why if why.__class__ is Unknown else Unknown(why.reason, why.settles_it, why.location)


def either(why: Unknown, *options: Any) -> Any:
    """The value that all options agree on, else an Either; a plain Unknown where one of them is unknown itself."""
    flat: list[Any] = []
    for option in options:
        for value in option.options if isinstance(option, Either) else (option,):
            if isinstance(value, Unknown):
                return because(why)
            if len(flat) <= MAX_OPTIONS and not any(same(value, other) for other in flat):  # of more, none is told
                flat.append(value)
    if len(flat) == 1:
        return flat[0]
    return Either(why.reason, why.settles_it, why.location, tuple(flat)) if len(flat) <= MAX_OPTIONS else because(why)


def at_least(content: Any, rest: Unknown | None, open_: tuple[tuple[Any, Any], ...] = ()) -> Any:
    """A list or map to which more may belong, or nothing more where `rest` is None. `open_`: see there."""
    if rest is None:
        return content
    return AtLeast(rest.reason, rest.settles_it, rest.location, content, rest, open_) if content or open_ else rest


def same(one: Any, other: Any) -> bool:
    """Whether two raw values are equal at every depth; True is not 1, unlike in Python."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def in_all(raw: Either | AtLeast) -> list[Any]:
    """One of several lists as elements: those that all have, and what each has beside them, one by one; itself, where one is no list.

    What only some of them have may as well be `[]`, which stands for nothing. Of a list that is known in part, one that is not known is
    all the rest.
    """
    if isinstance(raw, AtLeast):
        return [*raw.content, raw.rest] if isinstance(raw.content, list) else [raw]
    if not all(isinstance(option, list) for option in raw.options):
        return [raw]
    first, *others = raw.options
    common = [element for element in first if all(any(same(element, one) for one in other) for other in others)]
    left = [[element for element in option if not any(same(element, one) for one in common)] for option in raw.options]
    return [*common, *(either(because(raw), *elements) for elements in itertools.zip_longest(*left, fillvalue=[]))]


class Reference(msgspec.Struct, frozen=True):
    """`address` is the absolute address of a resource or data source of this input, `attribute` what is read from it (dotted)."""

    address: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}" if self.attribute else self.address

    @property
    def type(self) -> str:
        """The resource type: `aws_kms_key` of `module.a["x"].aws_kms_key.k["y"]`, also for `data.` addresses."""
        address = without_keys(self.address)
        address = _WORDS.sub("", address) if "${" in address else address
        return address.rsplit(".", 2)[-2] if "." in address else ""

    @property
    def is_data(self) -> bool:
        """Whether it is a data source, whose answer only the provider knows. A module may be called `data` too."""
        names = without_keys(self.address).split(".")
        while names[:1] in _OUTER:
            names = names[2:]
        return names[:1] == ["data"]


def ends_differ(one: Any, other: Any) -> bool:
    """Whether two texts of which parts are known cannot be equal: by what they begin with, or by what they end with."""
    beginnings, endings = _at(0, one, other), _at(-1, one, other)
    begun = beginnings is None or beginnings[0].startswith(beginnings[1]) or beginnings[1].startswith(beginnings[0])
    ended = endings is None or endings[0].endswith(endings[1]) or endings[1].endswith(endings[0])
    return not (begun and ended)


def _at(end: int, *sides: Any) -> list[str] | None:
    """What stands at one end of texts; None where that is not known of one of them."""
    parts = [side.parts[end] if isinstance(side, Text) else side for side in sides]
    return parts if all(isinstance(part, str) for part in parts) else None


_OUTER = (["module"], ["terraform_remote_state"])
"""What stands before the addresses of a module, and of a root module whose outputs another reads."""
_KEYS = lazy_re.pattern(r'\[(?:"[^"]*"|[^\]"\[]*)\]')


def without_keys(address: str) -> str:
    """An address without the keys of instances: `module.a.aws_kms_key.k` of `module.a["x"].aws_kms_key.k[0]`."""
    return _KEYS.sub("", address) if "[" in address else address


def own_name(address: str) -> str:
    """The last name of an address, with the key of its instance: `k["a.b"]` of `module.a.aws_kms_key.k["a.b"]`."""
    last = _LAST_KEY.search(address) if address.endswith("]") else None
    key = last[0] if last else ""
    return address[: len(address) - len(key)].rpartition(".")[2] + key


_LAST_KEY = lazy_re.pattern(r'\[(?:"[^"]*"|[^\]"\[]*)\]$')
_WORDS = lazy_re.pattern(r"\$\{[^{}]*\}")
"""What stands in an address for a part of a name that is not known: `${env.deployment}`."""


class Text(msgspec.Struct, frozen=True):
    """A string with parts that are not known: `("arn:aws:iam::", Reference(...), ":root")`."""

    parts: tuple[Any, ...]

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else f"${{{describe(part)}}}" for part in self.parts)

    @property
    def unknown(self) -> Unknown | None:
        """Why a part is not known."""
        return next((because(part) for part in self.parts if isinstance(part, Unknown)), None)

    @property
    def prefix(self) -> str:
        """The known text at the beginning; empty where the first part is not known."""
        return self.parts[0] if isinstance(self.parts[0], str) else ""

    def may_be(self, text: str) -> bool:
        """Whether it may be a text, whatever its parts are that are not known: what is known of it stands there, in this order."""
        at = 0
        for number, part in enumerate(self.parts):
            if not isinstance(part, str):
                continue
            position = text.find(part, at) if number else (0 if text.startswith(part) else -1)
            if position < 0:
                return False
            at = position + len(part)
        end = self.parts[-1]
        return not isinstance(end, str) or (
            text.endswith(end) and len(text) >= sum(len(part) for part in self.parts if isinstance(part, str))
        )


class Document(msgspec.Struct, frozen=True):
    """JSON text by its decoded form, which may hold Unknown, Reference and Text."""

    content: Any


def document(content: Any) -> Document:
    """A document in which a list that is known in part has one element for all the rest, as readers of documents go through lists."""
    return Document(_listed(content))


def _listed(content: Any) -> Any:
    if isinstance(content, AtLeast) and isinstance(content.content, list):
        return [*_listed(content.content), content.rest]
    if isinstance(content, list):
        return [because(one) if one.__class__ is AtLeast else _listed(one) for one in content]
    if content.__class__ is dict:
        return {name: _listed(one) for name, one in content.items()}
    if isinstance(content, Placed):
        placed = Placed({name: _listed(one) for name, one in content.items()})
        placed.place = content.place
        return placed
    return content


class Placed(dict[str, Any]):
    """An object with a place of its own: a statement that a block of code stands for, in a document that is made of such blocks."""

    place: Callable[[], Location] | None = None


def describe(data: Any) -> str:
    """A raw value in words short enough for a message."""
    if data.__class__ is str:
        return data
    if isinstance(data, Unknown):
        return f"unknown: {data.reason}"
    if isinstance(data, Document):
        return "a JSON document"
    if data is None:
        return "absent"
    if data is True or data is False:
        return str(data).lower()
    if isinstance(data, list):
        return "[" + ", ".join(describe(element) for element in data) + "]"
    if isinstance(data, dict):
        return "{" + ", ".join(f"{key}: {describe(element)}" for key, element in data.items()) + "}"
    return str(data)


def unknown_inside(data: Any) -> Unknown | None:
    """Why the first unknown part at any depth is not known, if there is one."""
    if isinstance(data, Unknown):
        return because(data)
    if isinstance(data, Text):
        return data.unknown
    if isinstance(data, Document):
        return unknown_inside(data.content)
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        return next((why for element in data if (why := unknown_inside(element))), None)
    return None


def references_in(data: Any) -> list[Reference]:
    """Every Reference at any depth."""
    if isinstance(data, Reference):
        return [data]
    if isinstance(data, AtLeast):
        return references_in([data.content, *(part for pair in data.open for part in pair)])
    if isinstance(data, Document):
        return references_in(data.content)
    elements = (
        data.parts if isinstance(data, Text) else list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else ()
    )
    return [reference for element in elements for reference in references_in(element)]
