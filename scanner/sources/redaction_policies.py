"""Policies as a file may have them: whole, but for what their conditions use as shared secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.secret_text import HIDDEN, hidden_headers, without_secrets

SECRET_CONDITIONS = frozenset({"sts:externalid", "aws:referer", "aws:useragent"})
"""Condition keys that are used as shared secrets.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer
"""


def policy(data: Any) -> Any:
    """A policy without secrets. What its conditions ask for keeps its wildcards, so that it is judged as what it was."""
    if isinstance(data, dict):
        return {
            key: texts(value, _shape)
            if key.lower() in SECRET_CONDITIONS
            else hidden_headers(_of_policy(value))
            if key == "expression" and isinstance(value, str)
            else policy(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [policy(element) for element in data]
    if not isinstance(data, str):
        return data
    # Organizations answers a policy as text within an object: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Policy.html
    return policy_text(data) if data.lstrip()[:1] == "{" else _of_policy(data)


def _of_policy(text: str) -> str:
    """A text of a policy: a word in the place of a secret, so that it is still a text that asks for something, and not unknown."""
    return without_secrets(text).replace(HIDDEN, "redacted")


_MAY_BE_SECRET = lazy_re.pattern(r"externalid|referer|useragent|\\u", re.IGNORECASE)
_OPEN = lazy_re.pattern(r"([*?]|\$\{[^{}]{0,200}\})")


def policy_text(text: str) -> str:
    """JSON text of a policy, as it is where nothing in it is secret."""
    if text.lstrip()[:1] == "{" and not _MAY_BE_SECRET.search(text) and without_secrets(text) == text:
        return text
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return HIDDEN
    without = policy(data)
    return text if without == data else msgspec.json.encode(without).decode()


def _shape(text: str) -> str:
    """What is secret of a pattern, with its wildcards and variables: `abc-*` is `redacted*`."""
    return "".join(part if number % 2 or not part else "redacted" for number, part in enumerate(_OPEN.split(text)))


def texts(data: Any, change: Callable[[str], str]) -> Any:
    """The same data with every text of it changed."""
    if isinstance(data, dict):
        return {name: texts(value, change) for name, value in data.items()}
    if isinstance(data, list):
        return [texts(element, change) for element in data]
    return change(data) if isinstance(data, str) else data
