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
import itertools
import json
import math
import posixpath
import re
import urllib.parse
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from scanner.sources.terraform.evaluate import (
    MAX_ELEMENTS,
    MAX_TEXT,
    EvaluationError,
    Set,
    TooMuch,
    equal,
    finish,
    identity,
    join_text,
    make_set,
    tidy,
    to_bool,
    to_number,
    to_text,
    to_whole,
    unify,
    unsettled,
    why_unknown,
    without_repeats,
)
from scanner.sources.terraform.tree import MAX_DIGITS
from scanner.sources.values import Document, Reference, Text, Unknown, unknown_inside

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}


def _function(name: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        FUNCTIONS[name] = function
        return function

    return register


def _strict(name: str, function: Function, *kinds: Callable[[Any], Any]) -> None:
    """`kinds` convert the parameters as Terraform does (a number where text is wanted, and so on); the last is also for all that follow."""

    @functools.wraps(function)
    def guarded(*arguments: Any) -> Any:
        settled = [finish(argument) for argument in arguments]
        for argument in settled:
            if _deep_unsettled(argument):
                return why_unknown(unknown_inside(argument) or argument)
        return function(*[kinds[min(at, len(kinds) - 1)](argument) for at, argument in enumerate(settled)])

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


def _list(raw: Any) -> list[Any]:
    """A list or set. What is not one is refused, so that `try()` goes on as in Terraform."""
    if not isinstance(raw, list):
        raise EvaluationError("a list is required")
    return raw


def _ordered(raw: Any) -> list[Any]:
    if isinstance(raw, Set):
        raise EvaluationError("a list is required, and a set has no order")
    return _list(raw)


def _unified(raw: Any) -> list[Any]:
    return unify(_list(raw))


def _texts(raw: Any) -> list[str]:
    return [to_text(element) for element in _list(raw)]


def _map(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise EvaluationError("a map is required")
    return raw


# Collections: elements may be unknown, the collection itself may not.


@_function("merge")
def _merge(*maps: Any) -> Any:
    if unknown := _open(*maps):
        return unknown
    merged: dict[str, Any] = {}
    for each in maps:
        merged.update(_map(each) if each is not None else {})
    return merged


@_function("concat")
def _concat(first: Any, *rest: Any) -> Any:
    return _open(first, *rest) or [element for each in (first, *rest) for element in _ordered(each)]


@_function("flatten")
def _flatten(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    flat: list[Any] = []
    for element in _list(elements):
        inner = _flatten(element) if isinstance(element, list) else [element]
        if isinstance(inner, Unknown):
            return inner
        flat += inner
        if len(flat) > MAX_ELEMENTS:
            raise TooMuch(f"flatten() gives more than {MAX_ELEMENTS:,} elements")
    return next((element for element in flat if isinstance(element, Unknown)), flat)


@_function("compact")
def _compact(elements: Any) -> Any:
    """An unknown element could be empty, and then the list is shorter."""
    if unknown := _open(elements):
        return unknown
    unknown = next((element for element in _list(elements) if isinstance(element, Unknown)), None)
    return unknown or [element for element in unify(elements) if element is not None and element != ""]


@_function("distinct")
def _distinct(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    given = unify(_ordered(elements))
    if len(given) > 1 and (unknown := next((element for element in given if isinstance(element, Unknown)), None)):
        return unknown
    return without_repeats(given)


@_function("toset")
def _toset(elements: Any) -> Any:
    return elements if elements is None else _open(elements) or make_set(_list(elements))


@_function("tolist")
def _tolist(elements: Any) -> Any:
    return elements if elements is None else _open(elements) or list(_unified(elements))


@_function("tomap")
def _tomap(elements: Any) -> Any:
    return elements if elements is None else _open(elements) or dict(zip(_map(elements), unify(list(elements.values())), strict=True))


@_function("length")
def _length(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    if isinstance(elements, Set) and len(elements) > 1 and (unsure := next((each for each in elements if unsettled(each)), None)):
        return why_unknown(unsure)  # it may be equal to another
    return len(_characters(elements)) if isinstance(elements, str) else len(elements)


@_function("keys")
def _keys(elements: Any) -> Any:
    return _open(elements) or sorted(_map(elements))


@_function("values")
def _values(elements: Any) -> Any:
    return _open(elements) or [elements[key] for key in sorted(_map(elements))]


@_function("lookup")
def _lookup(elements: Any, key: Any, *default: Any) -> Any:
    if unknown := _open(elements, key):
        return unknown
    if to_text(key) in _map(elements):
        return elements[to_text(key)]
    if len(default) == 1:
        return default[0]
    raise EvaluationError(f'lookup(): there is no element "{key}"')


@_function("element")
def _element(elements: Any, at: Any) -> Any:
    return _open(elements, at) or _ordered(elements)[to_whole(at) % len(elements)]


@_function("slice")
def _slice(elements: Any, start: Any, end: Any) -> Any:
    if unknown := _open(elements, start, end):
        return unknown
    if not 0 <= to_whole(start) <= to_whole(end) <= len(_ordered(elements)):
        raise EvaluationError("slice(): the indexes are not those of elements")
    return elements[to_whole(start) : to_whole(end)]


@_function("reverse")
def _reverse(elements: Any) -> Any:
    return _open(elements) or list(reversed(_list(elements)))


@_function("one")
def _one(elements: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    if len(_list(elements)) > 1:
        raise EvaluationError("one(): more than one element")
    return elements[0] if elements else None


@_function("coalesce")
def _coalesce(*arguments: Any) -> Any:
    for argument in unify(list(arguments)):
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
        if _list(each):
            return each
    raise EvaluationError("coalescelist(): every list is empty")


@_function("contains")
def _contains(elements: Any, wanted: Any) -> Any:
    if unknown := _open(elements):
        return unknown
    found = [equal(finish(element), finish(wanted)) for element in _list(elements)]
    return True if True in found else next((each for each in found if isinstance(each, Unknown)), False)


@_function("zipmap")
def _zipmap(keys: Any, values: Any) -> Any:
    if unknown := _open(keys, values) or next((why_unknown(key) for key in keys if unsettled(key)), None):
        return unknown
    return dict(zip(_texts(keys), _list(values), strict=True))


@_function("setproduct")
def _setproduct(first: Any, second: Any, *rest: Any) -> Any:
    sets = (first, second, *rest)
    if unknown := _open(*sets):
        return unknown
    if math.prod(len(_list(each)) for each in sets) > MAX_ELEMENTS:
        return Unknown(f"setproduct() gives more than {MAX_ELEMENTS:,} elements", "scan the plan")
    product: list[list[Any]] = [[]]
    for each in sets:
        product = [[*row, element] for row in product for element in unify(each)]
    return product


@_function("setunion")
def _setunion(*sets: Any) -> Any:
    return _open(*sets) or make_set([element for each in sets for element in _list(each)])


def _alike(*sets: list[Any]) -> list[list[Any]]:
    """Lists whose elements have one type, as a function that compares them converts them."""
    flat = unify([element for each in sets for element in each])
    ends = list(itertools.accumulate(map(len, sets)))
    return [flat[end - len(each) : end] for end, each in zip(ends, sets, strict=True)]


def _setintersection(*sets: list[Any]) -> Set:
    first, *rest = _alike(*sets)
    held = [{identity(element) for element in other} for other in rest]
    return make_set([one for one in first if all(identity(one) in other for other in held)])


def _setsubtract(one: list[Any], other: list[Any]) -> Set:
    kept, removed = _alike(one, other)
    without = {identity(element) for element in removed}
    return make_set([element for element in kept if identity(element) not in without])


def _matchkeys(values: list[Any], keys: list[Any], wanted: list[Any]) -> list[Any]:
    keys, wanted = _alike(keys, wanted)
    found = {identity(key) for key in wanted}
    return [value for value, key in zip(values, keys, strict=True) if identity(key) in found]


def _chunklist(elements: list[Any], size: int) -> list[Any]:
    if size < 0:
        raise EvaluationError("chunklist(): the size is negative")
    return [elements[at : at + size] for at in range(0, len(elements), size)] if size else [elements]


def _index(elements: list[Any], wanted: Any) -> int:
    return [equal(element, wanted) for element in elements].index(True)


def _sum(elements: list[Any]) -> Any:
    if not elements:
        raise EvaluationError("sum() of nothing")
    return tidy(sum(to_number(element) for element in elements))


def _truths(raw: Any) -> list[Any]:
    return [element is not None and to_bool(element) for element in _list(raw)]


def _transpose(table: dict[str, Any]) -> dict[str, Any]:
    turned: dict[str, Any] = {}
    for key in sorted(table):
        for value in dict.fromkeys(_texts(table[key])):
            turned.setdefault(value, []).append(key)
    return turned


_strict("setintersection", _setintersection, _list)
_strict("setsubtract", _setsubtract, _list)
_strict("index", _index, _ordered, lambda wanted: wanted)
_strict("matchkeys", _matchkeys, _list)
_strict("chunklist", _chunklist, _ordered, to_whole)
_strict("sort", sorted, _texts)
_strict("sum", _sum, _list)
_strict("alltrue", all, _truths)
_strict("anytrue", any, _truths)
_strict("transpose", _transpose, _map)

MAX_RANGE = 1024


def _range(*limits: Any) -> list[Any]:
    start, stop = limits[:2] if len(limits) > 1 else (0, limits[0])
    step = limits[2] if len(limits) == 3 else 1 if start <= stop else -1
    if len(limits) > 3 or step == 0 or (stop - start) * step < 0:
        raise EvaluationError("range(): the step does not lead from start to end")
    if (stop - start) / step > MAX_RANGE:
        raise EvaluationError(f"range(): more than {MAX_RANGE} elements")
    return [tidy(start + at * step) for at in range(math.ceil((stop - start) / step))]


_strict("range", _range, to_number)

# Strings: parts may be unknown where the function only puts pieces together.


@_function("join")
def _join(separator: Any, *lists: Any) -> Any:
    if unknown := _open(separator, *lists):
        return unknown
    elements = [element for each in lists for element in _list(each)]
    return join_text([piece for at, element in enumerate(elements) for piece in ((to_text(separator), element) if at else (element,))])


_VERB = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\d*)(?P<precision>(?:\.\d*)?)(?:\[(?P<number>\d+)\])?(?P<verb>[a-zA-Z%])")


@_function("format")
def _format(template: Any, *arguments: Any) -> Any:
    """Verbs of https://developer.hashicorp.com/terraform/language/functions/format; all but plain %s, %d and %v need plain data."""
    if unsettled(template):
        return why_unknown(template)
    text = to_text(template)
    pieces: list[Any] = []
    at = used = 0
    numbered = False
    while (start := text.find("%", at)) >= 0:
        match = _VERB.match(text, start)
        if not match:
            raise EvaluationError(f"format(): {text[start : start + 10]!r} is not a verb")
        pieces.append(text[at:start])
        at = match.end()
        if match["verb"] == "%":
            pieces.append("%")
            continue
        numbered = numbered or match["number"] is not None
        used = int(match["number"]) if match["number"] else used + 1
        pieces.append(_formatted(match, arguments[used - 1]))
    if used < len(arguments) and not numbered:
        raise EvaluationError("format(): more values than verbs")
    return join_text([*pieces, text[at:]])


def _formatted(match: re.Match[str], argument: Any) -> Any:
    argument = finish(argument)
    verb, plain = match["verb"], not (match["flags"] or match["width"] or match["precision"])
    if plain and verb in "sdv" and unsettled(argument):
        return argument
    if _deep_unsettled(argument):
        return why_unknown(unknown_inside(argument) or argument)
    if argument is None and verb != "v":
        raise EvaluationError("format(): null has no text")
    text = _VERBS[verb](argument, match)
    width = int(match["width"] or 0)
    if width > 10_000:
        raise EvaluationError("format(): the width is too large")
    missing = width - len(_characters(text)) if verb != "t" else 0
    if "-" in match["flags"]:
        return text + " " * missing
    if "0" not in match["flags"]:
        return " " * missing + text
    sign = len(text) - len(text.lstrip("+-")) if verb in "dbxXoeEfgG" else 0
    return text[:sign] + "0" * missing + text[sign:]


def _as_text(argument: Any, match: re.Match[str]) -> str:
    return _cut(to_text(argument), match)


def _as_value(argument: Any, match: re.Match[str]) -> str:
    if isinstance(argument, str) and "#" not in match["flags"]:
        return _cut(argument, match)
    if isinstance(argument, (int, float)) and not isinstance(argument, bool):
        return _general(argument)
    return _json(argument)


def _cut(text: str, match: re.Match[str]) -> str:
    return "".join(_characters(text)[: int(match["precision"][1:] or 0)]) if match["precision"] else text


def _general(number: int | float) -> str:
    """The shortest form, with an exponent from a million on and below a ten-thousandth."""
    exact = Decimal(repr(number)).normalize()
    digits, exponent = "".join(map(str, exact.as_tuple().digits)), exact.adjusted()
    if number == 0 or -4 <= exponent < 6:
        return format(exact, "f")
    return ("-" if number < 0 else "") + digits[0] + (f".{digits[1:]}" if digits[1:] else "") + f"e{exponent:+03d}"


def _as_integer(argument: Any, match: re.Match[str]) -> str:
    number = to_whole(argument)
    digits = format(abs(number), match["verb"]).rjust(min(int(match["precision"][1:] or 0), 1000) if match["precision"] else 0, "0")
    prefix = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}.get(match["verb"], "") if "#" in match["flags"] else ""
    return _sign(number, match) + prefix + digits


def _as_float(argument: Any, match: re.Match[str]) -> str:
    number = to_number(argument)
    if match["verb"] in "gG" and not match["precision"]:
        text = _general(abs(number))
        return _sign(number, match) + (text.upper() if match["verb"] == "G" else text)
    precision = min(int(match["precision"][1:] or 0), 1000) if match["precision"] else 6
    return _sign(number, match) + f"{abs(number):.{precision}{match['verb']}}"


def _sign(number: int | float, match: re.Match[str]) -> str:
    return "-" if number < 0 else "+" if "+" in match["flags"] else " " if " " in match["flags"] else ""


_VERBS: dict[str, Callable[[Any, re.Match[str]], str]] = {
    "s": _as_text,
    "v": _as_value,
    "t": lambda argument, match: to_text(to_bool(argument)),
    "q": lambda argument, match: _json(to_text(argument)),
    "d": _as_integer,
    "b": _as_integer,
    "o": _as_integer,
    "x": _as_integer,
    "X": _as_integer,
    "e": _as_float,
    "E": _as_float,
    "f": _as_float,
    "g": _as_float,
    "G": _as_float,
}


@_function("formatlist")
def _formatlist(template: Any, *arguments: Any) -> Any:
    lists = [argument for argument in arguments if isinstance(argument, list)]
    if unknown := _open(template, *[argument for argument in arguments if isinstance(argument, Unknown)]):
        return unknown
    count = len(lists[0]) if lists else 1
    if any(len(each) != count for each in lists):
        raise EvaluationError("formatlist(): the lists differ in length")
    return [_format(template, *[argument[at] if isinstance(argument, list) else argument for argument in arguments]) for at in range(count)]


def _characters(text: str) -> list[str]:
    """What a reader takes for characters: a letter with its accents is one, as is a line break of two bytes."""
    return list(text) if text.isascii() and "\r" not in text else _CHARACTER.findall(text)


_CHARACTER = re.compile(r"\r\n|.[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]*", re.DOTALL)


def _replace(text: str, old: str, new: str) -> str | Unknown:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return Unknown("replace() with a pattern is not evaluated", "scan the plan")
    if (len(text) + 1) * len(new) > MAX_TEXT and text.count(old) * len(new) > MAX_TEXT:
        raise TooMuch(f"replace() gives a text of more than {MAX_TEXT:,} characters")
    return text.replace(old, new)


def _title(text: str) -> str:
    """A letter after anything but a letter, a digit or `_` becomes a capital."""
    return re.sub(r"(?<!\w)\w", lambda match: _upper(match[0]), text)


def _upper(text: str) -> str:
    """Letter by letter: `ß` has no capital of one letter and stays."""
    upper = text.upper()
    return upper if len(upper) == len(text) else "".join(each.upper() if len(each.upper()) == 1 else each for each in text)


def _indent(spaces: int, text: str) -> str:
    if spaces < 0 or spaces * text.count("\n") > MAX_TEXT:
        raise EvaluationError("indent(): the number of spaces is negative or too large")
    return text.replace("\n", "\n" + " " * spaces)


def _substr(text: str, start: int, length: int) -> str:
    characters = _characters(text)
    start = start if start >= 0 else max(0, len(characters) + start)
    return "".join(characters[start:] if length < 0 else characters[start : start + length])


def _split(separator: str, text: str) -> list[str]:
    if not separator:
        return _characters(text)
    return text.split(separator)


_strict("lower", lambda text: text.lower(), to_text)
_strict("upper", _upper, to_text)
_strict("title", _title, to_text)
_strict("trimspace", lambda text: text.strip(), to_text)
_strict("trim", lambda text, characters: text.strip(characters) if characters else text, to_text)
_strict("trimprefix", lambda text, prefix: text.removeprefix(prefix), to_text)
_strict("trimsuffix", lambda text, suffix: text.removesuffix(suffix), to_text)
_strict("chomp", lambda text: text.rstrip("\r\n"), to_text)
_strict("indent", _indent, to_whole, to_text)
_strict("replace", _replace, to_text)
_strict("split", _split, to_text)
_strict("substr", _substr, to_text, to_whole)
_strict("strrev", lambda text: "".join(reversed(_characters(text))), to_text)
_strict("startswith", lambda text, prefix: text.startswith(prefix), to_text)
_strict("endswith", lambda text, suffix: text.endswith(suffix), to_text)
_strict("strcontains", lambda text, part: part in text, to_text)
_strict("urlencode", urllib.parse.quote_plus, to_text)

# Numbers.

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _parseint(raw: Any, base: int) -> int:
    if not isinstance(raw, str) or not 2 <= base <= 62 or not 0 < len(raw) <= MAX_DIGITS:
        raise EvaluationError("parseint(): not the digits of a number")
    text = raw.lower() if base <= 36 else raw
    value = 0
    for digit in text.lstrip("+-") if text[:2].lstrip("+-") else "":
        value = value * base + _DIGITS[:base].index(digit)
    return -value if text.startswith("-") else value


def _power(base: int | float, exponent: int | float) -> Any:
    try:
        return tidy(math.pow(base, exponent))
    except (ArithmeticError, ValueError):
        return Unknown("pow() with such arguments is not evaluated", "scan the plan")


def _logarithm(number: int | float, base: int | float) -> Any:
    if number <= 0 or base <= 0 or base == 1:
        return Unknown("log() with such arguments is not evaluated", "scan the plan")
    return tidy(math.log(number, base))


def _signum(number: int) -> int:
    return (number > 0) - (number < 0)


_strict("abs", abs, to_number)
_strict("ceil", math.ceil, to_number)
_strict("floor", math.floor, to_number)
_strict("max", lambda *numbers: max(numbers), to_number)
_strict("min", lambda *numbers: min(numbers), to_number)
_strict("pow", _power, to_number)
_strict("log", _logarithm, to_number)
_strict("parseint", _parseint, lambda raw: raw, to_whole)
_strict("signum", _signum, to_whole)

# Types.


@_function("tostring")
def _tostring(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_text(raw)


@_function("tonumber")
def _tonumber(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_number(raw)


@_function("tobool")
def _tobool(raw: Any) -> Any:
    return raw if raw is None or unsettled(raw) else to_bool(raw)


for _passing in ("sensitive", "nonsensitive", "ephemeralasnull"):
    FUNCTIONS[_passing] = lambda raw: raw

# Encodings.


@_function("jsonencode")
def _jsonencode(raw: Any) -> Any:
    settled = finish(raw)
    return Document(settled) if _deep_unsettled(settled) else _json(settled)


def _json(plain: Any) -> str:
    """As Go writes it: with the characters escaped that mean something in HTML."""
    text = json.dumps(plain, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text.translate(_ESCAPED)


_ESCAPED = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})


@_function("jsondecode")
def _jsondecode(raw: Any) -> Any:
    if isinstance(raw, Document):
        return raw.content
    return why_unknown(raw) if unsettled(raw) else json.loads(to_text(raw), parse_float=to_number, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise EvaluationError(f"jsondecode(): {name} is not JSON")


_YAML_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[&*]\w", re.MULTILINE)


MAX_YAML = 200_000


def _yamldecode(text: str) -> Any:
    import yaml

    if _YAML_ALIAS.search(text) or "!!" in text:  # a few lines of aliases can stand for gigabytes
        return Unknown("yamldecode() of text with anchors or tags is not evaluated", "scan the plan")
    if len(text) > MAX_YAML:
        return Unknown(f"yamldecode() of text of more than {MAX_YAML:,} characters is not evaluated", "scan the plan")
    if not re.search(r"^\s*[^\s#]", text, re.MULTILINE):
        raise EvaluationError("yamldecode(): there is no document")
    try:
        return json.loads(json.dumps(yaml.load(text, _yaml_loader()), allow_nan=False), parse_float=to_number)  # noqa: S506 - a SafeLoader
    except NotImplementedError as error:
        return Unknown(f"yamldecode(): {error}", "scan the plan")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise EvaluationError(f"yamldecode(): {error}") from None


@functools.cache
def _yaml_loader() -> Any:
    """Plain words mean what they mean to Terraform, which is neither quite YAML 1.1 nor 1.2."""
    import yaml

    loader_class: Any = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})
    for kind, pattern in (
        ("bool", r"y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
        ("null", r"~|null|Null|NULL|"),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
        ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
        ("merge", r"<<"),
        ("timestamp", r"\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d.*)?"),
    ):
        loader_class.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), None)
    loader_class.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _yaml_int(node.value))
    loader_class.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))
    loader_class.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: node.value[0] in "yYtT" or node.value in ("on", "On", "ON"))
    loader_class.add_constructor("tag:yaml.org,2002:merge", lambda loader, node: node.value)
    loader_class.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: _yaml_time(node.value))
    return loader_class


def _yaml_int(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text if base == 10 else text[2:], base)


def _yaml_time(text: str) -> str:
    """A date becomes a time, the `2012-10-17` of a policy too; of times only the usual form is understood."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f"{text}T00:00:00Z"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        return text
    raise NotImplementedError(f"the time {text} is in an unusual form")


def _base64decode(text: str) -> str:
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise EvaluationError(f"base64decode(): {error}") from None


def _csvdecode(text: str) -> list[dict[str, str]]:
    try:
        header, *rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise EvaluationError(f"csvdecode(): {error}") from None
    if len(set(header)) != len(header):
        raise EvaluationError("csvdecode(): two columns have one name")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _hash(name: str) -> Function:
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _hash64(name: str) -> Function:
    return lambda text: base64.b64encode(hashlib.new(name, text.encode(), usedforsecurity=False).digest()).decode()


_strict("yamldecode", _yamldecode, to_text)
_strict("base64encode", lambda text: base64.b64encode(text.encode()).decode(), to_text)
_strict("base64decode", _base64decode, to_text)
_strict("csvdecode", _csvdecode, to_text)
for _digest in ("md5", "sha1", "sha256", "sha512"):
    _strict(_digest, _hash(_digest), to_text)
for _digest in ("sha256", "sha512"):
    _strict(f"base64{_digest}", _hash64(_digest), to_text)

# Addresses and paths.


def _network(prefix: str) -> Any:
    if "/" not in prefix:
        raise EvaluationError(f"{prefix} has no prefix length")
    return ipaddress.ip_network(re.sub(r"(?<![\d:a-fA-F])0+(?=\d+\.|\d+/)", "", prefix), strict=False)


def _cidrsubnet(prefix: str, bits: int, number: int) -> str | Unknown:
    if bits < 0 or number < 0 or prefix.lower().startswith("::ffff:"):
        return Unknown("cidrsubnet() with such arguments is not evaluated", "scan the plan")
    network = _network(prefix)
    size = network.prefixlen + bits
    if size > network.max_prefixlen or number >= 2**bits:
        raise EvaluationError("cidrsubnet(): the subnet does not fit")
    return str(ipaddress.ip_network((int(network.network_address) + (number << (network.max_prefixlen - size)), size)))


def _cidrsubnets(prefix: Any, *bits: Any) -> list[str]:
    network = _network(to_text(prefix))
    at, end, subnets = int(network.network_address), int(network.broadcast_address) + 1, []
    for each in bits:
        size = network.prefixlen + to_whole(each)
        if not network.prefixlen < size <= network.max_prefixlen:
            raise EvaluationError("cidrsubnets(): a prefix is extended by at least one bit, and not beyond the address")
        step = 1 << (network.max_prefixlen - size)
        at = -(-at // step) * step
        if at + step > end:
            raise EvaluationError("cidrsubnets(): the subnets do not fit")
        subnets.append(str(ipaddress.ip_network((at, size))))
        at += step
    return subnets


def _cidrhost(prefix: str, number: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise EvaluationError("cidrhost(): there is no such host")
    return str(network.network_address + number if number >= 0 else network.broadcast_address + number + 1)


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version != 4:
        raise EvaluationError("cidrnetmask(): IPv6 has no netmasks")
    return str(network.netmask)


def _elsewhere(name: str) -> Unknown:
    return Unknown(f"{name}() depends on where terraform runs", "scan the plan")


def _dirname(path: str) -> str:
    return posixpath.normpath(posixpath.dirname(path) or ".")


def _basename(path: str) -> str:
    return posixpath.basename(path.rstrip("/")) or ("/" if path else ".")


_strict("cidrsubnet", _cidrsubnet, to_text, to_whole)
_strict("cidrsubnets", _cidrsubnets, lambda raw: raw)
_strict("cidrhost", _cidrhost, to_text, to_whole)
_strict("cidrnetmask", _cidrnetmask, to_text)
_strict("basename", _basename, to_text)
_strict("dirname", _dirname, to_text)
_strict("abspath", lambda path: _elsewhere("abspath") if not path.startswith("/") else posixpath.normpath(path), to_text)
_strict("pathexpand", lambda path: _elsewhere("pathexpand") if path.startswith("~") else path, to_text)
