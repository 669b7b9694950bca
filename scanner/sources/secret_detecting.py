"""Tells secrets among settings: whether a value is one, by its form or by what it is called, and of what kind.

What is given is a pair of a name and a value that a parser found, so that neither keys nor names of secrets are taken for one.
Nothing here hands a value on: what is found has a kind and a place in the value. The forms are those that reports hide (secret_text.py).
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.sources.secret_text import IN_URL, TOKENS, entropy, has_token
from assay.scanner.sources.sensitive import is_secret_name


class DetectedSecret(msgspec.Struct, frozen=True):
    """A secret in a value: the characters `[start, end)`."""

    kind: str
    """In words, without a character of it: `a token of GitHub`, `a password`."""
    start: int
    end: int
    by_name: bool = False
    """Only what it is called makes it one."""


_MOST = 10_000
"""Parts of one value that are looked at before it is read."""
LONGEST = 100_000
"""Characters of one value that are looked at."""


def detect(name: str, value: str) -> DetectedSecret | None:
    """The secret that a setting holds, if it holds one. `name`: what it is called, which may be empty.

    A known form counts whatever it is called. Of what has a secret name, any literal counts that is neither a reference nor a placeholder;
    where the name may as well tell what a secret is called (`DB_SECRET`, `API_TOKEN`), one that is no name itself.
    """
    value = value[:LONGEST]
    secret = next(by_form(value), None)
    if secret is not None:
        return secret
    literal = value.strip().strip("\"'")
    if default := _DEFAULT.fullmatch(literal):
        literal = default[1]
    if not literal or not says_secret(name) or is_reference(literal) or is_placeholder(literal) or _PLAIN.fullmatch(literal):
        return None
    kind = _kind_of(name)
    if _KEY.search(_snake(name)) and (len(literal) < _KEY_LENGTH or _UUID.fullmatch(literal)):
        return None
    if (not _CERTAIN.search(_snake(name)) or _NAMING.search(_snake(name))) and _is_name(literal):
        return None
    start = value.find(literal)
    return DetectedSecret(kind, start, start + len(literal), by_name=True)


def by_form(text: str) -> Iterator[DetectedSecret]:
    """Every secret in a text that is one by its form: tokens, keys, addresses with a password. Documentation's examples are none."""
    text = text[:LONGEST]
    if has_token(text):
        for kind, pattern in _patterns():
            for match in pattern.finditer(text):
                if not _EXAMPLE.search(match[0]):
                    yield DetectedSecret(kind, match.start(), match.end())
    if "://" in text and "@" in text:
        for match in IN_URL.finditer(text):
            user, _, password = match[0].partition(":")
            if _LOCAL.match(text, match.end()) or _PUBLIC_USER.fullmatch(match[0]):
                continue
            if password and not is_reference(password) and not is_placeholder(password):
                yield DetectedSecret("an address with a password", match.start() + len(user) + 1, match.end())
    for kind, pattern in _PARTS:
        for match in pattern.finditer(text):
            if not is_reference(match[1]) and not is_placeholder(match[1]):
                yield DetectedSecret(kind, match.start(1), match.end(1))
    scheme = _SCHEME.fullmatch(text)
    if scheme and (_is_login(scheme["login"]) if scheme["login"] else _is_random(scheme["token"])):
        yield DetectedSecret(_HEADER, *scheme.span("login" if scheme["login"] else "token"))


def _is_login(text: str) -> bool:
    """Whether text is a user and a password in base64, as an `Authorization` header of the scheme `Basic` has it."""
    try:
        user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return False
    secret = password or (user if _is_random(user) else "")
    return bool(secret) and secret.isprintable() and not (is_reference(secret) or is_placeholder(secret))


def _is_random(text: str) -> bool:
    """Whether text looks random, and is no name."""
    return len(text) >= _LONG and entropy(text) > _RANDOM and any(map(str.isdigit, text))


@functools.cache
def _patterns() -> tuple[tuple[str, Any], ...]:
    return tuple((kind, re.compile(rf"(?:{pattern})[\w.~+/=-]*", re.ASCII)) for kind, pattern in TOKENS)


def says_secret(name: str) -> bool:
    """Whether a name says that its value is a secret, rather than something about one."""
    return _says_secret_once(name) if len(name) <= _LONGEST_NAME else _says_secret(name)


def _says_secret(name: str) -> bool:
    snake = _snake(name)
    return (is_secret_name(name.replace("-", "_").replace(".", "_")) or _KEY.search(snake) is not None) and _ABOUT.search(snake) is None


_LONGEST_NAME, _NAMES = 100, 10_000
"""Characters of names whose answers are kept, which come again and again, and how many of them."""
_says_secret_once = functools.lru_cache(_NAMES)(_says_secret)


def may_hold(name: str, data: Any) -> bool:
    """Whether plain data may be a secret or have one in it: by what it is called, by a name in it or by the form of a text."""
    return says_secret(name) or any(says_secret(text) or has_form(text) for text in words_of(data))


def has_form(text: str) -> bool:
    """Whether a text is a secret by its form, or has one in it, or JSON text with a name of one."""
    return next(by_form(text), None) is not None or (text.lstrip()[:1] in ("{", "[") and _ANY_NAME.search(text) is not None)


def words_of(data: Any) -> Iterator[str]:
    """The texts and the keys of plain data, as many as count."""
    waiting, left = [data], _MOST
    while waiting and left:
        left -= 1
        at = waiting.pop()
        if isinstance(at, str):
            yield at
        elif isinstance(at, dict):
            waiting.extend(at)
            waiting.extend(at.values())
        elif isinstance(at, (list, tuple)):
            waiting.extend(at)


def kind_by_name(name: str) -> str:
    """The kind of secret that a name alone says its value is; empty where that may be something else, as the name of one in `DB_SECRET`."""
    return _kind_of(name) if says_secret(name) and _SECRET_ITSELF.search(_snake(name)) else ""


def _kind_of(name: str) -> str:
    return "a password" if _PASSWORD.search(_snake(name)) else "a secret"


def is_reference(value: str) -> bool:
    """Whether a value names where something is, or is filled in elsewhere: an ARN, a path, a variable, a function of a template."""
    return _REFERENCE.match(value) is not None or _FILLED.search(value) is not None


def is_placeholder(value: str) -> bool:
    """Whether a value stands for one that somebody is to put there, or is of documentation."""
    return _PLACEHOLDER.fullmatch(value) is not None or _EXAMPLE.search(value) is not None


def _snake(name: str) -> str:
    return _CAMEL.sub("_", name).replace("-", "_").replace(".", "_").lower()


def _is_name(value: str) -> bool:
    """Whether a value may be the name of something: words of one case, each with a mark between them, that do not look random."""
    return _NAME.fullmatch(value) is not None and not _is_random(value)


_RANDOM, _LONG = 3.5, 20
_ANY_NAME = lazy_re.pattern(r"(?i)passw|passphrase|secret|token|credential|key|connection")
_CAMEL = lazy_re.pattern(r"(?<=[a-z0-9])(?=[A-Z])")
_PASSWORD = lazy_re.pattern(r"passw|passphrase|\bpwd\b|pass$|_(?:pwd|pw)$")
_KEY = lazy_re.pattern(r"(?:^|_)(?:encryption|signing|hmac|jwt)_?key$")
"""Names of keys that are written out, or of a key that is elsewhere, by its ARN, its alias or its id."""
_KEY_LENGTH = 12
_UUID = lazy_re.pattern(r"(?:mrk-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}", re.IGNORECASE)
_CERTAIN = lazy_re.pattern(
    r"passw|passphrase|private_?key|secret_?key|access_?key|api_?key|auth_?token|access_?token|client_?secret|connection_?string"
)
"""In names of what is a secret itself, and no name of one."""
_SECRET_ITSELF = lazy_re.pattern(
    r"(?:passw(?:or)?d|passphrase|(?:private|secret|access|api)_?key|(?:^|_)token|auth_?token|access_?token|client_?secret|connection_?string)$"
)
"""Ends of names that leave no doubt what the value is."""
_NAMING = lazy_re.pattern(r"(?:passw(?:or)?d|passphrase)_(?:secret|key)$")
"""Ends of names that tell which secret, or which key in one, holds a password: `DB_PASSWORD_SECRET`."""
_ABOUT = lazy_re.pattern(
    r"(?:^|_)(?:file|files|dir|path|header|field|param|parameter|expiry|expires|expires_in|expiration|timeout|issuer|audience|format|algorithm|alg"
    r"|store|provider|manager|service|endpoint|host|port|user|username|folder|mount|rounds|scope|scopes|claim|cookie|label|env|var|count|limit"
    r"|min|max|required|strength|hint|dummy|placeholder"
    r"|ref|reference|hasher|source|alias|charset|encryption|validation)$"
    r"|(?:^|_)existing_secret(?:_|$)|(?:^|_)password_keys?$"
)
"""Of names that speak of a secret and do not give it, beside those of sensitive.py: `password_file`, and which key of which secret of
Kubernetes has it, as charts ask for that."""
_NAME = lazy_re.pattern(r"[a-z0-9]+(?:[-/_.:][a-z0-9]+)+|[A-Z0-9]+(?:[-_][A-Z0-9]+)+")
_PLAIN = lazy_re.pattern(
    r"(?:true|false|yes|no|on|off|null|none|nil|undefined|disabled|enabled|optional|required|-?\d{1,3})", re.IGNORECASE
)
_REFERENCE = lazy_re.pattern(
    r"""arn:|projects/|//|/|\./|\.\./|~/|\$|\{\{|%\(|\(\(|!(?:Ref|GetAtt|Sub|ImportValue|reference)\b|<<|@@|@Microsoft\.KeyVault
    |[a-z][a-z0-9+.-]{0,30}://(?![^/?\#\s]{1,500}@)|(?:vault|ssm|secretsmanager|secretmanager|secret|sm|op|env|kms|file|gcp|aws|azure)[:/]
    |process\.env|os\.environ|getenv|ENC\[|var\.|local\.|data\.|module\.|secrets?\.""",
    re.VERBOSE,
)
_FILLED = lazy_re.pattern(
    r"\$\{[^{}]*\}|\$\(|\$\[\[|\{\{.{0,200}?\}\}|(?<![\w$@!#*])\$[a-z]|\$[A-Z_]{2}|%[A-Z_]{2,40}%|\A<[^<>]*>\Z|\A[A-Za-z_][\w.]{1,60}(?:\(.*\)|\[.*\]);?\Z|__[A-Z0-9_]{2,60}__"
)
_DEFAULT = lazy_re.pattern(r"\$\{\w{1,100}:?-([^${}]{1,1000})\}")
"""A default of the shell, which is a literal: `${PASSWORD:-hunter2}`."""
_PLACEHOLDER = lazy_re.pattern(
    r"""(?:change|replace|fill|set|put|add|enter|insert)[-_ ]?(?:me|this|in|it|here)\w{0,10}[-_!.]*|replace[-_ ]with\b.*
    |x{3,}|X{3,}|\*{3,}|\.{3,}|-+|_+
    |<.*>|\[.*\]|\{.*\}|your[-_ ].*|my[-_ ](?:secret|password|token|key)|todo\b.*|tbd|fixme|placeholder
    |dummy.*|fake.*|redacted|\(.*\)|n/?a|unset|empty
    |(?:default|some|any|the)?[-_ ]?(?:example|sample).*|.*[-_ ](?:example|placeholder|here)|0+|1234567890(?:abcdef)?""",
    re.VERBOSE | re.IGNORECASE,
)
_EXAMPLE = lazy_re.pattern(r"EXAMPLE(?:KEY)?\b|ExampleKey|\bexample\b|(?i:x{8}|0{12}|redacted|placeholder)")
"""Keys of AWS's documentation end so: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
_PUBLIC_USER = lazy_re.pattern(r"(?:user(?:name)?|\w*)?:(?:pass(?:word)?|pwd)?", re.IGNORECASE)
_LOCAL = lazy_re.pattern(r"@(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)\b")
"""What only the machine itself reaches, as tests use it."""
_PARTS = (
    ("a key of Azure Storage", lazy_re.pattern(r"AccountKey=([A-Za-z0-9+/]{40,200}={0,2})")),
    (
        "a connection string with a password",
        lazy_re.pattern(r"(?i)(?:Server|Data Source|Host|Endpoint)=[^;]{1,300};(?:[^;]{1,200};){0,20}?(?:Password|Pwd)=([^;\"'\s]{3,300})"),
    ),
    ("a token of a package registry", lazy_re.pattern(r":_(?:authToken|auth|password)\s{0,3}=\s{0,3}[\"']?([^\s\"'$]{8,400})")),
)
"""Parts of longer texts, each with what precedes it."""
# https://datatracker.ietf.org/doc/html/rfc7617#section-2, https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
_SCHEME = lazy_re.pattern(r"(?i)\s*(?:basic\s+(?P<login>[a-z0-9+/]{6,400}={0,2})|bearer\s+(?P<token>[a-z0-9._~+/=-]{20,4000}))\s*")
_HEADER = "the credentials of a request"
KINDS = frozenset({kind for kind, _ in (*TOKENS, *_PARTS)} | {_HEADER, "an address with a password", "a password", "a secret"})
"""Every kind that is found."""
