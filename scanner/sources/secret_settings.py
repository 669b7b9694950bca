"""Which secrets settings hold, told by their kinds and never by a character of them: values, documents, scripts, arguments.

Snapshots keep what is told here in the place of a value (redaction.py), so that a recording is judged as the account was.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.budget import OverBudget
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.secret_detecting import KINDS, LONGEST, DetectedSecret, by_form, detect, says_secret
from assay.scanner.sources.secret_scripts import in_script, in_settings

Kinds = tuple[str, ...]
"""What is held, each kind once: `("a password",)`; empty where nothing is."""
NOTHING = "no secret"
SCRIPT_KEYS = ("startup-script", "shutdown-script", "user-data", "windows-startup-script", "sysprep-specialize-script")
"""Beginnings of the names of metadata that are scripts: https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys"""


class RedactedSecret(Unknown, frozen=True):
    """A value that was left out of a snapshot, of which it is known which secrets it held."""

    kinds: Kinds = ()


def told(kinds: Kinds) -> str:
    """What stands in a snapshot for a value."""
    return f"(redacted: {', '.join(kinds) or NOTHING})"


@functools.lru_cache(1024)
def heard(text: str) -> Kinds | None:
    """What `told` told; None of any other text."""
    if not text.startswith("(redacted: ") or not text.endswith(")"):
        return None
    kinds = tuple(text[len("(redacted: ") : -1].split(", "))
    if kinds == (NOTHING,):
        return ()
    return kinds if all(kind in KINDS for kind in kinds) else None


def of_value(name: str, value: Any) -> Kinds:
    """The secrets in a setting: text, a number, or what JSON text decodes to."""
    return _once(_of_data(name, value, 0))


MAX_DEPTH = 20


def _of_data(name: str, data: Any, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH or data is None or isinstance(data, bool):
        return
    if isinstance(data, dict):
        pair = _pair(data)
        for key, value in [pair] if pair is not None else data.items():
            yield from _of_data(str(key), value, depth + 1)
    elif isinstance(data, list):
        for element in data:
            yield from _of_data(name, element, depth + 1)
    elif isinstance(data, (int, float)):
        yield from _kind(detect(name, str(data)))
    elif isinstance(data, str):
        content = document(data)
        if content is not None:
            yield from (secret.kind for secret in by_form(data))
            yield from _of_data(name, content, depth + 1)
        else:
            yield from _kind(detect(name, data))
            if "\n" in data:
                yield from (secret.kind for _, secret in in_settings(data[:LONGEST]))


def document(text: str) -> Any:
    """The object or list that JSON text holds; None of any other text."""
    if text.lstrip()[:1] not in ("{", "[") or len(text) > LONGEST:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, (dict, list)) else None


def _pair(data: dict[str, Any]) -> tuple[str, Any] | None:
    """The name and the value of an object that is such a pair."""
    lower = {key.lower(): value for key, value in data.items() if isinstance(key, str)}
    name = lower.get("name", lower.get("key"))
    return (name, lower["value"]) if isinstance(name, str) and "value" in lower and len(data) <= 3 else None


_TEXT = lazy_re.pattern(r"[\t\n\r -~\u00a0-\uffff]*")
_BASE64 = lazy_re.pattern(r"[A-Za-z0-9+/\s]{8,}={0,2}\s*")


def plain_script(text: str) -> str:
    """A script that may be encoded in base64, as user data is; as it is where it is not, or is compressed."""
    if not _BASE64.fullmatch(text):
        return text
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True).decode()
    except (ValueError, binascii.Error):
        return text
    return decoded if _TEXT.fullmatch(decoded) else text


def of_script(text: str) -> Kinds:
    """The secrets in a script, or in the configuration of cloud-init, plain or in base64."""
    script = plain_script(text)[:LONGEST]
    return _once((*_within(in_script, script), *_within(in_settings, script)))


def of_arguments(arguments: Iterable[Any]) -> Kinds:
    """The secrets in the arguments of a command: by their form, of an option, in a script that one of them is."""
    words = [word if isinstance(word, str) else "$x" for word in arguments]
    kinds = _within(in_script, shlex.join(words)[:LONGEST])
    for word in words:
        kinds += _within(in_script, word[:LONGEST]) if " " in word or "\n" in word else []
    return _once(kinds)


def _within(reader: Callable[[str], Iterator[tuple[str, DetectedSecret]]], text: str) -> list[str]:
    """What a reader finds; of a text that takes too long, what is a secret by its form."""
    try:
        return [secret.kind for _, secret in reader(text)]
    except OverBudget:
        return [secret.kind for secret in by_form(text)]


def _kind(secret: DetectedSecret | None) -> Iterator[str]:
    if secret is not None:
        yield secret.kind


def _once(kinds: Iterable[str]) -> Kinds:
    return tuple(dict.fromkeys(kinds))


def unknown_of(name: str, why: Unknown) -> Unknown | None:
    """Why it is not known whether a setting holds a secret whose value is not known; None where nothing speaks for it."""
    return why if says_secret(name) else None
