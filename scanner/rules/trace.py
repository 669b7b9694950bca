"""From what a rule read back to the facts behind it, in words: evidence, what is not known, names of elements, messages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts import steps
from assay.scanner.facts.model import Part, Resource
from assay.scanner.rules import cel
from assay.scanner.rules.judgement import Step, UnknownFact
from assay.scanner.rules.schema import IDENTITY
from assay.scanner.rules.view import PLAIN, Attributes, fields_of, named
from assay.scanner.sources.raw import Document, Location, Reference, Text, Unknown, describe
from assay.scanner.sources.secret_text import without_tokens
from assay.scanner.sources.values import Value

_SECRET_NAME = lazy_re.pattern(
    r"(?:passw|passphrase|secret|private_key|api_?key|access_?key|token|credential|connection_string)(?![a-z_]*_(?:arn|id|name|version)\b)",
    re.IGNORECASE,
)
_NAME = lazy_re.pattern(r"\{([\w.]*)\}")
MAX_OBSERVED = 300
MAX_MESSAGE = 4_000
"""Characters of names and values that a message holds: a name can be as long as a file."""
Observation = tuple[str, str, Location | None]
"""(fact, its value in words, where it was seen)"""


def fact(resource: Any, path: cel.Path) -> Value[Any]:
    """The fact at a path, the first where the path leads to several; absent where it leads to none."""
    met = walk(resource, path, "")
    value = met[0][1] if met else Value(None)
    return value if isinstance(value, Value) else Value(value)


def walk(at: Any, path: cel.Path, name: str) -> list[tuple[str, Any]]:
    """(name, value) of every fact at a path below a resource or part; stops where one is unknown or absent."""
    for depth, step in enumerate(path):
        data = at.data if at.__class__ is Value else at
        if step in _facts_of(data.__class__):
            at = getattr(data, step)
            name = f"{name}.{step}" if name else step
            continue
        if data is None or isinstance(data, Unknown):
            return [(name, at)]
        if step == "*":
            return _below_each(data if isinstance(data, list) else [], path[depth + 1 :], f"{name}[]")
        if isinstance(data, dict):
            below = data.get(step)
            at = below if isinstance(below, (Value, Unknown)) else Value(below, at.seen if isinstance(at, Value) else ())
        else:
            told = step in IDENTITY and isinstance(data, (Resource, Attributes))
            return [(step, named(data.identity, step))] if told else []
        name = f"{name}.{step}" if name else step
    return [(name, at)]


def _below_each(elements: list[Any], path: cel.Path, name: str) -> list[tuple[str, Any]]:
    """What `walk` meets below each of several."""
    if len(path) != 1:
        return [met for element in elements for met in walk(element, path, name)]
    (step,), met = path, []
    full = f"{name}.{step}"
    for element in elements:
        if step in _facts_of(element.__class__):
            met.append((full, getattr(element, step)))
        else:
            met += walk(element, path, name)
    return met


@functools.cache
def _facts_of(cls: type) -> frozenset[str]:
    """The facts of what has some."""
    return frozenset(fields_of(cls)) if issubclass(cls, (Part, Resource, Attributes)) else frozenset()


def observations(facts: list[tuple[str, Any]]) -> list[Observation]:
    """Those of the facts that evidence can show: values, and no lists of parts, whose own facts are the evidence."""
    return [
        (name, observed(name, value.data), value.seen[0] if value.seen else None)
        for name, value in facts
        if isinstance(value, Value) and not is_parts(value.data)
    ]


def empty_list(at: Any, path: cel.Path) -> list[Observation]:
    """The list whose elements a path would lead to, if it is known to have none: by which what is asked of each of them holds."""
    for depth, step in enumerate(path):
        lists = walk(at, path[:depth], "") if step == "*" else []
        if any(isinstance(value, Value) and value.data == [] for _, value in lists):
            return observations(lists)
    return []


def way(told: list[Any]) -> Iterator[Step]:
    """The steps of a way, each with where it was seen first."""
    for one in told:
        if isinstance(one, steps.Step):
            what, by = one.what, one.by
            places = [value.seen[0] if value.seen else None for value in (what, by)]
            yield Step(observed("what", what.data), places[0], observed("by", by.data), places[1])


def unknown_facts(facts: list[tuple[str, Any]], content: bool) -> list[UnknownFact]:
    """What of the facts is not known; where their content is asked for, also those that are known not to be null and no more."""
    met: list[UnknownFact] = []
    for name, value in facts:
        data = value.data if isinstance(value, Value) else value
        for part in data if isinstance(data, list) else [data]:
            why = why_unknown(part, content)
            if why is not None:
                location = why.location or (value.seen[0] if isinstance(value, Value) and value.seen else None)
                met.append(UnknownFact(name, why.reason, why.settles_it, location))
    return met


def why_unknown(data: Any, content: bool) -> Unknown | None:
    """Why a fact, or with `content` its content, is not known; None where it is."""
    if isinstance(data, Unknown):
        return data
    return Value(data).text().unknown if content and isinstance(data, (Reference, Text)) else None


def is_parts(data: Any) -> bool:
    """Whether a fact is a part or a list of them."""
    if data.__class__ in PLAIN:
        return False
    return isinstance(data, Part) or (isinstance(data, list) and any(isinstance(element, (Part, Unknown)) for element in data))


def observed(name: str, data: Any) -> str:
    """A fact in words, cut to MAX_OBSERVED characters. Text that is secret by its name, or by what it looks like, is not shown."""
    if data is None or data is True or data is False:
        return describe(data)
    text = describe(_masked(name, data))
    text = _without_tokens(text) if len(text) >= _SHORTEST_TOKEN else text
    return text if len(text) <= MAX_OBSERVED else text[: MAX_OBSERVED - 1] + "…"


_SHORTEST_TOKEN = 16
_without_tokens = functools.lru_cache(4096)(without_tokens)


def _masked(name: str, data: Any) -> Any:
    if isinstance(data, Value):
        return _masked(name, data.data)
    if isinstance(data, dict):
        return {key: _masked(f"{name}.{key}", element) for key, element in data.items()}
    if isinstance(data, list):
        return [_masked(name, element) for element in data]
    return "(not shown)" if isinstance(data, (str, Text, Document)) and _is_secret(name) else data


@functools.lru_cache(4096)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def element_key(element: Any) -> str:
    """What a list element is known by, the same wherever it stands and whichever other facts of it are known or asked for."""
    if isinstance(element, Part):
        names = element.known_by or fields_of(element.__class__)
        return msgspec.json.encode({name: _key(getattr(element, name)) for name in names}, order="deterministic").decode()
    return msgspec.json.encode(_key(element), order="deterministic").decode()


def _key(fact: Any) -> str | None:
    data = fact.data if isinstance(fact, Value) else fact
    if isinstance(data, Unknown):
        return None
    text = describe(data)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()  # half a pair of UTF-16 is no UTF-8


def element_name(element: Any) -> str:
    """What tells an element from the others of its list: its first facts."""
    if element is None or isinstance(element, Unknown):
        return ""
    if not isinstance(element, Part):
        return observed("", element)
    facts = [getattr(element, name).data for name in fields_of(element.__class__)]
    told = [data for data in facts if not is_parts(data) and data != [] and not isinstance(data, (Unknown, bool, type(None)))]
    texts = [_without_tokens(describe(data)) for data in told]
    return ", ".join(texts)[:MAX_OBSERVED]


def filled_in(message: str, resource: Any, params: dict[str, Any], name: str, element: Any) -> str:
    """A message with `{fact}`, `{params.name}` and the facts of an element that is called `name` put in, MAX_MESSAGE characters in all."""
    left = MAX_MESSAGE

    def put(match: re.Match[str]) -> str:
        nonlocal left
        text = _named(match[1], resource, params, name, element) if left > 0 else ""
        shown = text if len(text) <= left else f"{text[: max(left, 0)]}…"
        left -= len(shown)
        return shown

    return _NAME.sub(put, message)


def _named(path: str, resource: Any, params: dict[str, Any], name: str, element: Any) -> str:
    first, *rest = path.split(".")
    if first == "params":
        return describe(params[rest[0]]) if rest[0] in params else f"{rest[0]} (not set)"
    if first == name and element is not None:
        facts = walk(element, tuple(rest), "")
    elif first in ("name", "cloud", "region", "address"):
        return str(getattr(resource.identity, first))
    else:
        facts = walk(resource, (first, *rest), "")
    return ", ".join(_or_unknown(path, value) for _, value in facts) or "?"


NOT_KNOWN = "(unknown"
"""How a message begins what stands for a fact that is not known."""
_NO_NOUNS = frozenset(
    {"by", "does", "extent", "holds", "how", "lacking", "lacks", "left", "lower", "over", "part", "reaches", "rest", "via", "way", "what"}
)
"""Names of facts that say nothing of what is not known."""
_PLACES = frozenset({"region", "location"})
"""Where something is: code often leaves that to whoever deploys, and messages say much beside it."""


def _or_unknown(path: str, value: Any) -> str:
    if isinstance(value, Value) and value.options:
        return " or ".join(observed(path, option) for option in value.options)
    data = value.data if isinstance(value, Value) else value
    if isinstance(data, Unknown):
        called = path.rpartition(".")[2].replace("_", " ")
        if called in _PLACES:
            return f"a {called} that is not known"
        return f"{NOT_KNOWN})" if called in _NO_NOUNS else f"{NOT_KNOWN} {called})"
    return observed(path, data)
