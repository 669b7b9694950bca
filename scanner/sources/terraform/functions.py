"""Terraform's built-in functions, as far as they can be evaluated from code alone.

Meaning: https://developer.hashicorp.com/terraform/language/functions. A function that is not here (time, randomness, patterns from the
input, which could be made to run for ever) gives an Unknown that names it. `strict` functions need plain data; the others keep what is not
known inside lists, maps and strings.
"""

from __future__ import annotations

import base64
import binascii
import csv
import functools
import hashlib
import io
import ipaddress
import json
import math
import posixpath
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

from scanner.sources.terraform.evaluate import EvaluationError, equal, finish, join_text, to_number, to_text, unsettled, why_unknown
from scanner.sources.values import Document, Reference, Text, Unknown, unknown_inside

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}


def _function(name: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        FUNCTIONS[name] = function
        return function

    return register


def _strict(name: str, function: Function) -> None:
    @functools.wraps(function)
    def guarded(*arguments: Any) -> Any:
        settled = [finish(argument) for argument in arguments]
        for argument in settled:
            if _deep_unsettled(argument):
                return why_unknown(unknown_inside(argument) or argument)
        return function(*settled)

    FUNCTIONS[name] = guarded


def _deep_unsettled(raw: Any) -> bool:
    if isinstance(raw, dict):
        raw = list(raw.values())
    if isinstance(raw, list):
        return any(_deep_unsettled(element) for element in raw)
    return isinstance(raw, (Unknown, Reference, Text, Document))


def _open(*collections: Any) -> Unknown | None:
    """Why a collection cannot be told as a whole."""
    return next((why_unknown(collection) for collection in collections if unsettled(collection)), None)


# Collections: elements may be unknown, the collection itself may not.


@_function("merge")
def _merge(*maps: Any) -> Any:
    if unknown := _open(*maps):
        return unknown
    merged: dict[str, Any] = {}
    for each in maps:
        merged.update(each or {})
    return merged


@_function("concat")
def _concat(*lists: Any) -> Any:
    return _open(*lists) or [element for each in lists for element in each]


@_function("flatten")
def _flatten(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    flat: list[Any] = []
    for element in elements:
        inner = _flatten(element) if isinstance(element, list) else [element]
        if isinstance(inner, Unknown):
            return inner
        flat += inner
    return next((element for element in flat if isinstance(element, Unknown)), flat)


@_function("compact")
def _compact(elements: Any) -> Any:
    return _open(elements) or [element for element in elements if element is not None and element != ""]


@_function("distinct")
def _distinct(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    kept: list[Any] = []
    for element in elements:
        if not any(equal(finish(element), finish(other)) is True for other in kept):
            kept.append(element)
    return kept


@_function("toset")
def _toset(elements: Any) -> Any:
    kept = _distinct(elements)
    return sorted(kept) if isinstance(kept, list) and all(isinstance(element, str) for element in kept) else kept


@_function("tolist")
def _tolist(elements: Any) -> Any:
    return _open(elements) or list(elements)


@_function("tomap")
def _tomap(elements: Any) -> Any:
    return _open(elements) or dict(elements)


@_function("length")
def _length(elements: Any) -> Any:
    return _open(elements) or len(elements)


@_function("keys")
def _keys(elements: Any) -> Any:
    return _open(elements) or sorted(elements)


@_function("values")
def _values(elements: Any) -> Any:
    return _open(elements) or [elements[key] for key in sorted(elements)]


@_function("lookup")
def _lookup(elements: Any, key: Any, *default: Any) -> Any:
    if unknown := _open(elements, key):
        return unknown
    if key in elements:
        return elements[key]
    if default:
        return default[0]
    raise EvaluationError(f'lookup(): there is no element "{key}"')


@_function("element")
def _element(elements: Any, at: Any) -> Any:
    return _open(elements, at) or elements[int(at) % len(elements)]


@_function("slice")
def _slice(elements: Any, start: Any, end: Any) -> Any:
    return _open(elements, start, end) or elements[int(start) : int(end)]


@_function("reverse")
def _reverse(elements: Any) -> Any:
    return _open(elements) or list(reversed(elements))


@_function("one")
def _one(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    if len(elements) > 1:
        raise EvaluationError("one(): more than one element")
    return elements[0] if elements else None


@_function("coalesce")
def _coalesce(*arguments: Any) -> Any:
    for argument in arguments:
        if isinstance(argument, Unknown):
            return argument
        if argument is not None and argument != "":
            return argument
    raise EvaluationError("coalesce(): every argument is null or empty")


@_function("coalescelist")
def _coalescelist(*lists: Any) -> Any:
    for each in lists:
        if unknown := _open(each):
            return unknown
        if each:
            return each
    raise EvaluationError("coalescelist(): every list is empty")


@_function("contains")
def _contains(elements: Any, wanted: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    found = [equal(finish(element), finish(wanted)) for element in elements]
    return True if True in found else next((each for each in found if isinstance(each, Unknown)), False)


@_function("zipmap")
def _zipmap(keys: Any, values: Any) -> Any:
    if unknown := _open(keys, values) or next((why_unknown(key) for key in keys if unsettled(key)), None):
        return unknown
    return dict(zip(keys, values, strict=True))


@_function("setproduct")
def _setproduct(*sets: Any) -> Any:
    if unknown := _open(*sets):
        return unknown
    if math.prod(len(each) for each in sets) > 100_000:
        return Unknown("setproduct() gives more than 100,000 elements", "scan the plan")
    product: list[list[Any]] = [[]]
    for each in sets:
        product = [[*row, element] for row in product for element in each]
    return product


@_function("setunion")
def _setunion(*sets: Any) -> Any:
    return _open(*sets) or _toset(_concat(*sets))


_strict("setintersection", lambda first, *rest: [one for one in first if all(one in other for other in rest)])
_strict("setsubtract", lambda one, other: [element for element in one if element not in other])
_strict("index", lambda elements, wanted: elements.index(wanted))
_strict("matchkeys", lambda values, keys, wanted: [value for value, key in zip(values, keys, strict=True) if key in wanted])
_strict("chunklist", lambda elements, size: [elements[at : at + int(size)] for at in range(0, len(elements), int(size))])
_strict("sort", sorted)
_strict("sum", lambda elements: sum(to_number(element) for element in elements))
_strict("alltrue", lambda elements: all(element in (True, "true") for element in elements))
_strict("anytrue", lambda elements: any(element in (True, "true") for element in elements))
_strict("transpose", lambda table: {value: sorted(key for key in table if value in table[key]) for row in table.values() for value in row})


def _range(*limits: Any) -> list[int | float]:
    start, stop, step = {1: (0, *limits, 1), 2: (*limits, 1), 3: limits}[len(limits)]
    if (stop - start) / step > 100_000:
        raise EvaluationError("range(): more than 100,000 elements")
    return list(range(int(start), int(stop), int(step)))


_strict("range", _range)

# Strings: parts may be unknown where the function only puts pieces together.


@_function("join")
def _join(separator: Any, *lists: Any) -> Any:
    if unknown := _open(separator, *lists):
        return unknown
    elements = [element for each in lists for element in each]
    return join_text([piece for at, element in enumerate(elements) for piece in ((separator, element) if at else (element,))])


@_function("format")
def _format(template: Any, *arguments: Any) -> Any:
    """Verbs of https://developer.hashicorp.com/terraform/language/functions/format; other verbs than %s, %d, %v and %% need plain data."""
    if unsettled(template):
        return why_unknown(template)
    pieces: list[Any] = []
    remaining = list(arguments)
    literal, at = "", 0
    while at < len(template):
        if template[at] != "%":
            literal, at = literal + template[at], at + 1
            continue
        end = at + 1
        while end < len(template) and template[end] in "0123456789.+-# ":
            end += 1
        verb, flags = template[end], template[at + 1 : end]
        at = end + 1
        if verb == "%":
            literal += "%"
            continue
        pieces += [literal, _formatted(verb, flags, remaining.pop(0))]
        literal = ""
    return join_text([*pieces, literal])


def _formatted(verb: str, flags: str, argument: Any) -> Any:
    argument = finish(argument)
    if verb in "svd" and not flags:
        return (
            argument if not isinstance(argument, (list, dict)) else why_unknown(argument) if unsettled(argument) else json.dumps(argument)
        )
    if unsettled(argument):
        return why_unknown(argument)
    if verb == "q":
        return json.dumps(to_text(argument))
    python_verb = {"v": "s", "t": "s", "b": "b"}.get(verb, verb)
    number = python_verb in "dbxXofeEgG"
    value = to_number(argument) if number else to_text(argument)
    if python_verb in "dbxXo":
        value = int(value)
        return format(value, flags.replace("-", "<") + python_verb)
    return f"%{flags}{python_verb}" % value


@_function("formatlist")
def _formatlist(template: Any, *arguments: Any) -> Any:
    lists = [argument for argument in arguments if isinstance(argument, list)]
    if unknown := _open(template, *[argument for argument in arguments if isinstance(argument, Unknown)]):
        return unknown
    count = len(lists[0]) if lists else 1
    return [_format(template, *[argument[at] if isinstance(argument, list) else argument for argument in arguments]) for at in range(count)]


def _replace(text: str, old: str, new: str) -> str | Unknown:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return Unknown("replace() with a pattern is not evaluated", "scan the plan")
    return to_text(text).replace(old, new)


def _title(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


def _indent(spaces: int, text: str) -> str:
    return text.replace("\n", "\n" + " " * min(int(spaces), 1000))


def _substr(text: str, start: int, length: int) -> str:
    start = start if start >= 0 else len(text) + start
    return text[start:] if length < 0 else text[start : start + length]


_strict("lower", lambda text: to_text(text).lower())
_strict("upper", lambda text: to_text(text).upper())
_strict("title", _title)
_strict("trimspace", lambda text: text.strip())
_strict("trim", lambda text, characters: text.strip(characters))
_strict("trimprefix", lambda text, prefix: text.removeprefix(prefix))
_strict("trimsuffix", lambda text, suffix: text.removesuffix(suffix))
_strict("chomp", lambda text: text.rstrip("\r\n"))
_strict("indent", _indent)
_strict("replace", _replace)
_strict("split", lambda separator, text: (text.split(separator) if separator else list(text)) if text else [""] if separator else [])
_strict("substr", _substr)
_strict("strrev", lambda text: text[::-1])
_strict("startswith", lambda text, prefix: text.startswith(prefix))
_strict("endswith", lambda text, suffix: text.endswith(suffix))
_strict("strcontains", lambda text, part: part in text)
_strict("urlencode", urllib.parse.quote_plus)

# Numbers.

_strict("abs", lambda number: abs(to_number(number)))
_strict("ceil", lambda number: math.ceil(to_number(number)))
_strict("floor", lambda number: math.floor(to_number(number)))
_strict("max", lambda *numbers: max(to_number(number) for number in numbers))
_strict("min", lambda *numbers: min(to_number(number) for number in numbers))
_strict("parseint", lambda text, base: int(to_text(text), int(base)))
_strict("signum", lambda number: (to_number(number) > 0) - (to_number(number) < 0))

# Types.


@_function("tostring")
def _tostring(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_text(raw)


@_function("tonumber")
def _tonumber(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_number(raw)


@_function("tobool")
def _tobool(raw: Any) -> Any:
    if raw is None or isinstance(raw, bool) or unsettled(raw):
        return raw
    if raw in ("true", "false"):
        return raw == "true"
    raise EvaluationError(f"tobool(): {raw!r} is not a bool")


for _passing in ("sensitive", "nonsensitive", "ephemeralasnull"):
    FUNCTIONS[_passing] = lambda raw: raw

# Encodings.


@_function("jsonencode")
def _jsonencode(raw: Any) -> Any:
    settled = finish(raw)
    return (
        Document(settled) if unsettled(settled) or _deep_unsettled(settled) else json.dumps(settled, separators=(",", ":"), sort_keys=True)
    )


@_function("jsondecode")
def _jsondecode(raw: Any) -> Any:
    if isinstance(raw, Document):
        return raw.content
    return why_unknown(raw) if unsettled(raw) else json.loads(raw)


_YAML_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[&*]\w", re.MULTILINE)


def _yamldecode(text: str) -> Any:
    import yaml

    if _YAML_ALIAS.search(text):  # a few lines of aliases can stand for gigabytes
        return Unknown("yamldecode() of text with anchors is not evaluated", "scan the plan")
    try:
        return json.loads(json.dumps(yaml.safe_load(text), default=str))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise EvaluationError(f"yamldecode(): {error}") from None


def _base64decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise EvaluationError(f"base64decode(): {error}") from None


def _hash(name: str) -> Function:
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


_strict("yamldecode", _yamldecode)
_strict("base64encode", lambda text: base64.b64encode(text.encode()).decode())
_strict("base64decode", _base64decode)
_strict("csvdecode", lambda text: [dict(row) for row in csv.DictReader(io.StringIO(text))])
for _digest in ("md5", "sha1", "sha256", "sha512"):
    _strict(_digest, _hash(_digest))

# Addresses and paths.


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    size = network.prefixlen + int(bits)
    if size > network.max_prefixlen or not 0 <= int(number) < 2 ** int(bits):
        raise EvaluationError("cidrsubnet(): the subnet does not fit")
    return str(ipaddress.ip_network((int(network.network_address) + (int(number) << (network.max_prefixlen - size)), size)))


def _cidrsubnets(prefix: str, *bits: int) -> list[str]:
    network = ipaddress.ip_network(prefix, strict=False)
    at, subnets = int(network.network_address), []
    for each in bits:
        size = network.prefixlen + int(each)
        step = 1 << (network.max_prefixlen - size)
        at = -(-at // step) * step
        subnets.append(str(ipaddress.ip_network((at, size))))
        at += step
    return subnets


def _cidrhost(prefix: str, number: int) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    return str(network.network_address + int(number) if number >= 0 else network.broadcast_address + int(number) + 1)


_strict("cidrsubnet", _cidrsubnet)
_strict("cidrsubnets", _cidrsubnets)
_strict("cidrhost", _cidrhost)
_strict("cidrnetmask", lambda prefix: str(ipaddress.ip_network(prefix, strict=False).netmask))
_strict("basename", posixpath.basename)
_strict("dirname", lambda path: posixpath.dirname(path) or ".")
_strict("abspath", lambda path: path)
_strict("pathexpand", lambda path: path)
