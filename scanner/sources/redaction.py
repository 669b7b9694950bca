"""What of a provider's answers may stand in a file: names, policies and settings. Everything else that is text is left out.

One redactor for all clouds. A text stays where its field is listed in redaction_fields.py, for the reason that stands there; in any
other field, also one that a provider adds tomorrow, it is replaced by HIDDEN. Numbers and flags stay, but in fields of SECRETS. What
stays is still looked through for tokens, keys and passwords (secret_text.py): a label may hold one.

A reader sees HIDDEN as unknown (`unknown_where_hidden`), so that leaving something out cannot turn a verdict into another that is known.
In the place of settings stands which kinds of secrets they held (secret_settings.py), without a character of them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.redaction_fields import (
    ARGUMENTS,
    CHOSEN,
    COMMANDS,
    KEPT_IN,
    LISTS,
    NAMES_IN_SECRETS,
    PAIRS,
    POLICIES,
    REFERENCES,
    SCRIPTS,
    SECRETS,
    SETTINGS,
    readable,
)  # fmt: skip
from assay.scanner.sources.redaction_policies import policy, policy_text, texts
from assay.scanner.sources.secret_settings import SCRIPT_KEYS, RedactedSecret, heard, of_arguments, of_script, of_value, told
from assay.scanner.sources.secret_text import HIDDEN, hidden_headers, is_secret_pair, without_secrets

LEFT_OUT = Unknown("the field is left out of snapshots, since it may hold a secret", "look at the resource itself")

_ASSIGNED = lazy_re.pattern(r"([A-Za-z_][\w.-]{0,100})=(\S{1,2000})")
_FLAGS = frozenset({"true", "false", "yes", "no", "0", "1", "enabled", "disabled"})


def redacted(data: Any, parent: str = "") -> Any:
    """The same data with HIDDEN for every text that may be a secret. `parent`: the name of the field that it stands in, or a type."""
    return _field(parent, "", data)


def unknown_where_hidden(data: Any) -> Any:
    """The same data with LEFT_OUT for every HIDDEN: what a reader may know of it."""
    if isinstance(data, dict):
        return {name: unknown_where_hidden(value) for name, value in data.items()}
    if isinstance(data, list):
        return [unknown_where_hidden(element) for element in data]
    if isinstance(data, str) and data[:1] == "(":
        if data == HIDDEN:
            return LEFT_OUT
        kinds = heard(data)
        return data if kinds is None else RedactedSecret(LEFT_OUT.reason, LEFT_OUT.settles_it, kinds=kinds)
    return data


def may_be_hidden(encoded: Any) -> bool:
    """Whether something may be left out of a record, from its JSON text (bytes, or a view of them)."""
    return _HIDDEN in bytes(encoded)


_HIDDEN = msgspec.json.encode(HIDDEN).removesuffix(b')"')


def _field(name: str, parent: str, value: Any) -> Any:
    """One field; the elements of a list stand in the same field as the list."""
    if (place := f"{parent}.{name}") in COMMANDS or place in PAIRS:
        return _of_place(place, value)
    if isinstance(value, dict):
        if name in POLICIES:
            return policy(value)
        if name in CHOSEN:
            return {key: _pair(key, below) for key, below in value.items()}
        if name.lower() in SECRETS:
            return _secret(value, name)
        if name == "items" and isinstance(value.get("key"), str) and isinstance(value.get("value"), str):
            return {key: _metadata(value["key"], below) if key == "value" else _field(key, name, below) for key, below in value.items()}
        return {key: _field(key, name, below) for key, below in value.items()}
    if isinstance(value, list):
        if name in CHOSEN:
            return [_chosen(element) for element in value]
        return _secret(value, name) if name.lower() in SECRETS else [_field(name, parent, element) for element in value]
    if name.lower() in SECRETS and not (isinstance(value, str) and readable(parent, name)):
        return _leaf(value, name, name)
    if not isinstance(value, str) or not value:
        return value
    if name in POLICIES:
        return policy_text(value)
    if readable(parent, name):
        return hidden_headers(without_secrets(value)) if name == "expression" else without_secrets(value)
    return value if name == "value" and value.lower() in _FLAGS else HIDDEN


def _of_place(place: str, value: Any) -> Any:
    """A field with what is kept of it where it stands in one parent alone."""
    if place in COMMANDS:
        return _words_of_command(value) if isinstance(value, list) else texts(value, _of_command)
    return [_told_pair(pair, *PAIRS[place]) for pair in value] if isinstance(value, list) else HIDDEN


def _told_pair(pair: Any, key: str, values: tuple[str, ...]) -> Any:
    """A pair with what its values hold, and nothing else of it but its name."""
    if not isinstance(pair, dict):
        return HIDDEN
    named = str(pair.get(key, ""))
    fields = {field: pair[field] for field in values if field in pair}
    return {key: without_secrets(named), **{field: _told_value(named, value) for field, value in fields.items()}}


def _told_value(name: str, value: Any) -> Any:
    return value if not value or _was_told(value) else told(of_value(name, value))


def _secret(value: Any, field: str, name: str = "", of_list: bool = False) -> Any:
    """The names in a field of SECRETS: the keys of a map, or what a list of pairs has for names.

    `field`: that field, `name`: what a text in it is called.
    """
    if isinstance(value, dict):
        pair = (
            next((below for key, below in value.items() if key.lower() in NAMES_IN_SECRETS and isinstance(below, str)), "")
            if of_list
            else ""
        )
        return {
            key: _field(key, "", below)
            if key in REFERENCES
            else without_secrets(below)
            if of_list and isinstance(below, str) and (key.lower() in NAMES_IN_SECRETS or (key == "type" and below in KEPT_IN))
            else HIDDEN
            if field.lower() == "environment" and not (name or of_list) and isinstance(below, (str, int)) and below and below is not True
            else _secret(below, field, pair or key)
            for key, below in value.items()
        }
    if isinstance(value, list):
        if field.lower() in ARGUMENTS and value and all(isinstance(element, str) for element in value) and not _was_told(value[0]):
            return [told(of_arguments(value)), *[HIDDEN] * (len(value) - 1)]
        return [_secret(element, field, name, of_list=True) for element in value]
    return _leaf(value, field, name or field)


def _leaf(value: Any, field: str, name: str) -> Any:
    """A text or a number in a field of SECRETS, by which secrets it holds."""
    if not value or isinstance(value, bool) or _was_told(value):
        return value
    if field.lower() not in SETTINGS:
        return HIDDEN
    if field.lower() in (SCRIPTS | ARGUMENTS) and isinstance(value, str):
        return told(of_script(value))
    return told(of_value(name, value))


def _was_told(value: Any) -> bool:
    """Whether it stands for something that was left out before: a snapshot is written again where an audit goes on."""
    return isinstance(value, str) and (value == HIDDEN or heard(value) is not None)


def _metadata(key: str, value: str) -> str:
    """A value of the metadata of a machine."""
    if not value or value.lower() in _FLAGS or _was_told(value):
        return value
    return told(of_script(value) if key.startswith(SCRIPT_KEYS) or "\n" in value else of_value(key, value))


def _words_of_command(words: list[Any]) -> list[Any]:
    """A command line; HIDDEN for the word behind an option that takes a secret."""
    return [
        HIDDEN if isinstance(word, str) and _is_option(before) and _takes_secret(before, word) else texts(word, _of_command)
        for before, word in zip(["", *map(str, words)], words, strict=False)
    ]


def _is_option(word: str) -> bool:
    """Whether the next word is its value."""
    return word.startswith("-") and "=" not in word


def _takes_secret(option: str, word: str) -> bool:
    """Whether an option is given a secret, of whichever command: the image of a step may name that alone."""
    if option == "--secret" and word.startswith(("id=", "type=")):  # of `docker build`, which tells where the secret is
        return False
    return bool(of_arguments(["curl", option, word]))


def _of_command(text: str) -> str:
    """A word of a command line, or a script; HIDDEN where it may hold a secret."""
    assigned = any(is_secret_pair(name, value) for name, value in _ASSIGNED.findall(text))
    return HIDDEN if assigned or without_secrets(text) != text else text


def _chosen(element: Any) -> Any:
    """An element of a list of tags: a text, or a pair of `Key` and `Value`."""
    if isinstance(element, dict):
        key = str(element.get("Key", element.get("key", "")))
        return {name: _pair(key, value) if name.lower() == "value" else texts(value, without_secrets) for name, value in element.items()}
    return texts(element, without_secrets)


def _pair(key: str, value: Any) -> Any:
    """A value that a user chose, with its name. A whole document in it (a manifest that was applied) is no label."""
    if isinstance(value, str) and (is_secret_pair(key, value) or (value.lstrip()[:1] in ("{", "[") and key not in LISTS)):
        return HIDDEN
    return texts(value, without_secrets)
