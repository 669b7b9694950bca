"""Damage: a step changes some files into what no tool writes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from tests.hostile.fuzzing.cases import LINK, Files

WORDS = (
    b"{", b"}", b"[", b"]", b"(", b'"', b"'", b"${", b"%{", b"<<E\n", b"&a ", b"*a", b"<<: ", b"!!python/object:x ", b"!Ref ", b"---\n", b"\t",
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\\u0000", b"\\ud800", b"null", b"true", b"-1", b"1e999999", b"9" * 5000, b"0x", b"NaN",
    b"count = 3\n", b"for_each = var.nothing\n", b"dynamic", b"Fn::If", b"Fn::ForEach::X", b"{{ 1 }}", b"{% for x in y %}", b"$(ref.a.b)",
    b"__proto__", b"for x in y : x", b"? :", b"...", b"\xe2\x80\xae", b"aws_", b"google_", b"AWS::", b"arn:aws:", b"//", b"/*", b"#",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**400, 1.5, "", "x", "*", "\ud800", "${a}", [], {}, [[]], [None], {"": None}, {"Ref": []}, {"Fn::If": 1},
    {"Fn::Sub": [[], {}]}, ["a"] * 50, {"a": {"a": {"a": {}}}}, "arn:aws:iam::123456789012:root", "a" * 10_000,
)  # fmt: skip


def _flip(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content))
    return start, min(len(content), start + chance.choice((1, 3, 20, 200)))


def _delete(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:end] * chance.choice((1, 2, 100)) + content[end:]


def _move(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    rest = content[:start] + content[end:]
    to = chance.randrange(len(rest) + 1)
    return rest[:to] + content[start:end] + rest[to:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(WORDS) + content[at:]


def _nest(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    opened, closed = chance.choice(((b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b'{"a":', b"}"), (b"- ", b""), (b"!", b"")))
    depth = chance.choice((10, 300, 20_000))
    return content[:at] + opened * depth + b"1" + closed * depth + content[at:]


def _truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            lines[at] = b"  " + lines[at]
    return b"".join(lines)


def _token(content: bytes, chance: random.Random) -> bytes:
    """A word of the content becomes another one of it, or one from outside."""
    words = content.split()
    old = chance.choice(words)
    return content.replace(old, chance.choice((*words, *WORDS)), 1 if chance.random() < 0.7 else -1)


def _structure(content: bytes, chance: random.Random) -> bytes:
    """A value somewhere in JSON is another one, is gone, or stands twice; of lines of JSON, in one of them."""
    lines = content.splitlines()
    at = chance.randrange(len(lines))
    try:
        lines[at] = json.dumps(changed(json.loads(lines[at]), chance)).encode()
        return b"\n".join(lines) + b"\n"
    except ValueError:
        pass
    try:
        return json.dumps(changed(json.loads(content), chance)).encode()
    except ValueError:
        return _token(content, chance)


def changed(document: Any, chance: random.Random) -> Any:
    """A document in which one value is changed."""
    places: list[tuple[Any, Any]] = []
    pending = [document]
    while pending:
        holder = pending.pop()
        inner = holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, list) else ()
        for key, value in inner:
            places.append((holder, key))
            pending.append(value)
    if not places:
        return chance.choice(VALUES)
    holder, key = chance.choice(places)
    match chance.randrange(4):
        case 0:
            del holder[key]
        case 1:
            other, at = chance.choice(places)
            holder[key] = json.loads(json.dumps(other.get(at) if isinstance(other, dict) else other[at]))
        case 2 if isinstance(holder, list):
            holder.extend(holder[:])
        case _:
            holder[key] = chance.choice(VALUES)
    return document


STEPS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _delete, _repeat, _move, _insert, _nest, _truncate, _lines, _token, _token, _structure, _structure, _structure,
)  # fmt: skip


def damage(files: Files, chance: random.Random) -> tuple[str, Files]:
    """The name of a step, and the files after it: one file of them is damaged."""
    name = chance.choice([name for name, content in files.items() if content and not content.startswith(LINK)] or [""])
    if not name or not files[name].split():
        return "nothing", files
    step = chance.choice(STEPS)
    return f"{step.__name__[1:]} {name}", {**files, name: step(files[name], chance)}
