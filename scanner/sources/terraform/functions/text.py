"""Functions of strings: parts may be unknown where a function only puts pieces together."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Unknown, unknown_inside
from assay.scanner.sources.terraform.exact import NOT_TOLD, Near
from assay.scanner.sources.terraform.functions.encodings import to_json
from assay.scanner.sources.terraform.functions.register import (
    as_list,
    deep_unsettled,
    function,
    open_collection,
    strict,
)
from assay.scanner.sources.terraform.operators import (
    MAX_TEXT,
    EvaluationError,
    Undecided,
    finish,
    join_text,
    to_bool,
    to_number,
    to_text,
    to_whole,
    unsettled,
    why_unknown,
)


@function("join")
def _join(separator: Any, *lists: Any) -> Any:
    if unknown := open_collection(separator, *lists):
        return unknown
    elements = [element for collection in lists for element in as_list(collection)]
    return join_text([piece for at, element in enumerate(elements) for piece in ((to_text(separator), element) if at else (element,))])


_VERB = lazy_re.pattern(r"%(?P<flags>[-+# 0]*)(?P<width>\d*)(?P<precision>(?:\.\d*)?)(?:\[(?P<number>\d+)\])?(?P<verb>[a-zA-Z%])")


@function("format")
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
    if isinstance(argument, Near) and verb in "eEfF":
        return _near(match, argument)
    if deep_unsettled(argument):
        return why_unknown(unknown_inside(argument) or argument)
    if argument is None and verb != "v":
        raise EvaluationError("format(): null has no text")
    text = _VERBS[verb](argument, match)
    width = int(match["width"] or 0)
    if width > 10_000:
        raise EvaluationError("format(): the width is too large")
    missing = width - len(characters(text)) if verb != "t" else 0
    if "-" in match["flags"]:
        return text + " " * missing
    if "0" not in match["flags"]:
        return " " * missing + text
    sign = len(text) - len(text.lstrip("+-")) if verb in "dbxXoeEfgG" else 0
    return text[:sign] + "0" * missing + text[sign:]


def _near(match: re.Match[str], argument: Near) -> Any:
    """The digits of a number that is near, where those that are asked for are the same a little below and above it."""
    around = {_formatted(match, float(argument) * factor) for factor in (1 - 1e-12, 1 + 1e-12)}
    return around.pop() if len(around) == 1 else NOT_TOLD


def _as_text(argument: Any, match: re.Match[str]) -> str:
    return _cut(to_text(argument), match)


def _as_value(argument: Any, match: re.Match[str]) -> str:
    if isinstance(argument, str) and "#" not in match["flags"]:
        return _cut(argument, match)
    if isinstance(argument, (int, float)) and not isinstance(argument, bool):
        return _general(argument)
    return to_json(argument)


def _cut(text: str, match: re.Match[str]) -> str:
    return "".join(characters(text)[: int(match["precision"][1:] or 0)]) if match["precision"] else text


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
    "q": lambda argument, match: to_json(to_text(argument)),
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


@function("formatlist")
def _formatlist(template: Any, *arguments: Any) -> Any:
    lists = [argument for argument in arguments if isinstance(argument, list)]
    if unknown := open_collection(template, *[argument for argument in arguments if isinstance(argument, Unknown)]):
        return unknown
    count = len(lists[0]) if lists else 1
    if any(len(values) != count for values in lists):
        raise EvaluationError("formatlist(): the lists differ in length")
    return [_format(template, *[argument[at] if isinstance(argument, list) else argument for argument in arguments]) for at in range(count)]


def characters(text: str) -> list[str]:
    """What a reader takes for characters: a letter with its accents is one, as is a line break of two bytes.

    Raises Undecided for scripts and signs of which several make one (https://unicode.org/reports/tr29/).
    """
    if text.isascii():
        return list(text) if "\r" not in text else _CHARACTER.findall(text)
    if _COMPOUND.search(text):
        raise Undecided("what one character is, of signs that several of them make, is not told here")
    return _CHARACTER.findall(text)


_CHARACTER = lazy_re.pattern(r"\r\n|.[\u0300-\u036f]*", re.DOTALL)
_COMPOUND = lazy_re.pattern(
    "[^\x00-\x7f\xa0-\xac\xae-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2190-\u23ff\u2600-\u27bf\u20a0-\u20c0\u3001-\u3029\u3041-\u3096\u30a1-\u30fa"
    "\u4e00-\u9fff\uac00-\ud7a3\U0001f300-\U0001f3fa\U0001f400-\U0001faff]"
)
"""All but letters of Latin, Greek and Cyrillic, accents, punctuation, signs, pictures, and Chinese, Japanese and Korean."""


def _title(text: str) -> str:
    """A letter after a space, or a sign of ASCII other than `_`, becomes a capital."""
    letters, apart = [], True
    for letter in text:
        letters.append(_changed(letter, letter.title()) if apart and letter != "\u00df" else letter)
        apart = not (letter.isalnum() or letter == "_") if letter.isascii() else letter.isspace()
    return "".join(letters)


def _upper(text: str) -> str:
    """Letter by letter: `ß` has no capital of one letter and stays."""
    return text.upper() if text.isascii() else "".join(_changed(letter, letter.upper()) for letter in text)


def _lower(text: str) -> str:
    """Letter by letter, without regard to where in a word one stands."""
    return text.lower() if text.isascii() else "".join("i" if letter == "\u0130" else letter.lower() for letter in text)


_STAY = frozenset("\u00df\u0149\u01f0\u0390\u03b0\u0587")
"""Letters that have no capital of one letter."""


def _changed(letter: str, capital: str) -> str:
    if len(capital) == 1:
        return capital
    if letter in _STAY:
        return letter
    raise Undecided(f"the capital of {letter} is not told here")


SPACE = "".join(
    chr(code) for code in (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
)
"""White space to Go: https://pkg.go.dev/unicode#IsSpace"""


def indented(spaces: int, text: str) -> str:
    """The text with spaces before each of its lines but the first."""
    if spaces < 0 or spaces * text.count("\n") > MAX_TEXT:
        raise EvaluationError("indent(): the number of spaces is negative or too large")
    return text.replace("\n", "\n" + " " * spaces)


def _substr(text: str, start: int, length: int) -> str:
    letters = characters(text)
    start = start if start >= 0 else max(0, len(letters) + start)
    return "".join(letters[start:] if length < 0 else letters[start : start + length])


def _split(separator: str, text: str) -> list[str]:
    if not separator:
        return list(text)
    return text.split(separator)


def _url_encoded(text: str) -> str:
    return urllib.parse.quote_plus(text)


strict("lower", _lower, to_text)
strict("upper", _upper, to_text)
strict("title", _title, to_text)
strict("trimspace", lambda text: text.strip(SPACE), to_text)
strict("trim", lambda text, characters: text.strip(characters) if characters else text, to_text)
strict("trimprefix", lambda text, prefix: text.removeprefix(prefix), to_text)
strict("trimsuffix", lambda text, suffix: text.removesuffix(suffix), to_text)
strict("chomp", lambda text: text.rstrip("\r\n"), to_text)
strict("indent", indented, to_whole, to_text)
strict("split", _split, to_text)
strict("substr", _substr, to_text, to_whole)
strict("strrev", lambda text: "".join(reversed(characters(text))), to_text)
strict("startswith", lambda text, prefix: text.startswith(prefix), to_text)
strict("endswith", lambda text, suffix: text.endswith(suffix), to_text)
strict("strcontains", lambda text, part: part in text, to_text)
strict("urlencode", _url_encoded, to_text)
