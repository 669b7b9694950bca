"""Texts of an input that are judged and not shown: what its author marks as sensitive, and what is made from that.

They are told by their content: whoever hands on such a text, or puts it into another, need not know of it. What is shown of a collection
goes through `mask` once, at its end (results/shown.py), so that no reader, rule or report can forget it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import AtLeast, Document, Either, Text

SHOWN = "(sensitive)"
"""What stands in the place of such a text."""
SHORTEST = 4
"""Characters of a text that is looked for inside of others; shorter ones, and words that say nothing, are told where they are the whole."""
MAX_CHARACTERS = 100_000
"""Of all texts of a collection together. Where there are more, nothing that its values say is shown."""
CHUNK = 400
_FEW = 64
_NOTHING = r"[^\x00-\x{10FFFF}]"
_BEGINNING = 16
"""Characters of the beginning of a longer text that is looked for too, since messages quote no more of it."""
_WORDS = frozenset({"true", "false", "null", "none"})
_ORDINARY = frozenset(
    {
        "password", "passwd", "pass", "secret", "secrets", "token", "credentials", "credential", "admin", "administrator", "root", "user",
        "username", "test", "testing", "example", "changeme", "default", "postgres", "postgresql", "mysql", "mongo", "mongodb", "redis",
        "rabbitmq", "guest", "demo", "dummy", "sample", "prod", "production", "stage", "staging", "development", "main", "master",
        "primary", "replica", "database", "value", "name", "string", "text", "data", "file", "path", "host", "localhost", "local",
        "public", "private", "internal", "external", "region", "account", "service", "server", "client",
    }
)  # fmt: skip
"""Words that code has everywhere. Whoever takes one for a password hides nothing; a report that hides each of them cannot be read. They are
hidden where code has one in quotes."""
_SECRET_NAME = lazy_re.pattern(
    r"passw(?:or)?d|passphrase|private_?key|secret_?key|access_?key|api_?key|auth_?token|client_?secret"
    r"|(?:^|_)(?:secret|token|credentials?|connection_string)$|_(?:pass|pwd|pw)$|(?:^|_)(?:db|mysql|pg|redis|smtp|ftp|ldap)pass$",
    re.IGNORECASE,
)
_NAMES_IT = lazy_re.pattern(r"(?:^|_)(?:secret|credentials?)$", re.IGNORECASE)
"""Of a name that may as well tell what a secret is called."""
_ABOUT = lazy_re.pattern(
    r"_(?:arns?|ids?|names?|versions?|length|size|age|days|ttl|policy|rotation|enabled|url|uri|path|regions?|prefix|type)$", re.IGNORECASE
)
"""Of a name that speaks of a secret and does not give it: `password_length`, `secret_key_arn`."""
_CAMEL = lazy_re.pattern(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret_name(name: str) -> bool:
    """Whether the text of a variable or parameter is taken for sensitive by its name, marked or not."""
    name = _CAMEL.sub("_", name)
    return _SECRET_NAME.search(name) is not None and _ABOUT.search(name) is None


class Sensitive:
    """The sensitive texts of one collection. More may come while it is judged, as expressions are evaluated where a rule asks for them."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._whole: set[str] = set()
        self._inside: dict[str, None] = {}
        self._characters = 0
        self._pattern: Any = None
        self._recent: list[str] = []
        """Those that are not in the pattern, which takes long to make."""
        self.overflow = False
        self._ordinary: set[str] = set()
        """Words of `_ORDINARY`."""
        self._guesses: set[str] = set()
        """Those that nobody marks: only the name of what holds them speaks for it."""
        self._marked: Sensitive | None = None
        for text in texts:
            self._add(text)

    def __bool__(self) -> bool:
        return bool(self._whole or self._ordinary) or self.overflow

    @property
    def texts(self) -> list[str]:
        """What there is, as `Sensitive(texts)` takes it; a text of no characters stands for too many."""
        return [*self._whole, *self._ordinary, *([""] if self.overflow else [])]

    def joined(self, other: Sensitive | None) -> Sensitive:
        """These texts with those of another collection; that one takes in what comes to these, and the other way round."""
        if other is None:
            return self
        other.take(self.texts)
        return other

    def take(self, texts: Iterable[str]) -> None:
        """Take in the `texts` of another collection."""
        for text in texts:
            self._add(text)

    def add(self, raw: Any) -> Any:
        """Take in every text of a raw value, which is given back."""
        for text in texts_of(raw):
            self._guesses.discard(text)
            self._add(text)
        return raw

    def named(self, name: str, raw: Any) -> Any:
        """Take in the texts of something with a secret name, marked or not: `db_password`. Numbers, flags and ARNs are none."""
        if is_secret_name(name):
            for text in texts_of(raw, numbers=False):
                if not text.startswith(("arn:", "projects/", "//")):
                    if not _NAMES_IT.search(_CAMEL.sub("_", name)):
                        self._guesses.discard(text)
                    elif text not in self._whole:
                        self._guesses.add(text)
                    self._add(text)
        return raw

    def beside(self, names: Iterable[str]) -> Sensitive:
        """What is not shown beside some names of resources: where a guess stands in one of them, it is a name itself (of the secret that a
        variable `signing_secret` tells), and what is marked is all."""
        if not self._guesses or not any(guess in name for name in names for guess in self._guesses):
            return self
        marked = self._whole - self._guesses
        if self._marked is None or self._marked._whole != marked:
            self._marked = Sensitive(marked)
        return self._marked

    def named_in(self, data: Any) -> Sensitive:
        """Take in the texts of every key in plain data that has a secret name. What YAML shares is seen once."""
        pending, seen = [data], set[int]()
        while pending:
            at = pending.pop()
            if not isinstance(at, (dict, list)) or id(at) in seen:
                continue
            seen.add(id(at))
            if isinstance(at, list):
                pending.extend(at)
                continue
            for name, value in at.items():
                if isinstance(value, str) and isinstance(name, str):
                    self.named(name, value)
            pending.extend(at.values())
        return self

    def derived(self, raw: Any) -> Any:
        """Take in what was made of a sensitive text, where that does not stand in it: its digest, its encoding, a part of it."""
        for text in texts_of(raw):
            if self.mask(text) is text:
                self._add(text, whole=True)
        return raw

    def holds(self, raw: Any) -> bool:
        """Whether a sensitive text is in a raw value."""
        return bool(self) and any(self.mask(text) is not text for text in texts_of(raw))

    def mask(self, text: str) -> str:
        """The text with SHOWN for what is sensitive in it; the very same object where nothing is."""
        if self.overflow:
            return SHOWN if text not in _WORDS else text
        if text in self._whole:
            return SHOWN
        masked = self._without_ordinary(text) if self._ordinary and ('"' in text or "'" in text) else text
        return self._without_inner(masked) if self._inside and len(text) >= SHORTEST else masked

    def _without_ordinary(self, text: str) -> str:
        for word in self._ordinary:
            for quote in "\"'":
                text = text.replace(f"{quote}{word}{quote}", f"{quote}{SHOWN}{quote}") if word in text else text
        return text

    def _without_inner(self, text: str) -> str:
        """A text without the sensitive ones that are a part of it."""
        if _is_whole(text):
            masked, others = self._compiled().sub(SHOWN, text), self._recent
        else:  # with half of a pair of UTF-16, which RE2 does not take
            masked, others = text, [*self._inside]
        for recent in others:
            masked = masked.replace(recent, SHOWN) if recent in masked else masked
        masked = self._without_beginning(masked) if masked[-1:] == "…" else masked
        return text if masked == text else str(masked)

    def _without_beginning(self, text: str) -> str:
        """A text that was cut, without the part of a sensitive one that its end may be."""
        body = text[:-1]
        if len(self._inside) > _FEW:
            return f"{body[:-CHUNK]}{SHOWN}…"
        for secret in self._inside:
            for size in range(min(len(secret), len(body)) - 1, SHORTEST - 1, -1):
                if body.endswith(secret[:size]):
                    return f"{body[:-size]}{SHOWN}…"
        return text

    def _add(self, text: str, whole: bool = False) -> None:
        """`whole`: its lines and its beginning tell nothing of it."""
        if not text:
            self.overflow = True
        if self.overflow or text in self._whole or text.lower() in _WORDS:
            return
        if text.lower() in _ORDINARY:
            self._ordinary.add(text)
            return
        self._whole.add(text)
        escaped = json.dumps(text)[1:-1]
        lines = [] if whole else [line.strip() for line in text.splitlines()] if "\n" in text else [text[:_BEGINNING]]
        lines = [line for line in lines if len(line) >= _BEGINNING // 2 and line[0] not in "{[" and line not in _WORDS]
        for part in (text, escaped, json.dumps(text, ensure_ascii=False)[1:-1], *lines):
            for start in range(0, len(part), CHUNK):
                chunk = part[start : start + CHUNK]
                if len(chunk) >= SHORTEST and chunk not in self._inside:
                    self._inside[chunk] = None
                    self._recent.append(chunk)
                    self._characters += len(chunk)
        self.overflow = self._characters > MAX_CHARACTERS or len(self._whole) > MAX_CHARACTERS // 20

    def _compiled(self) -> Any:
        if self._pattern is None or len(self._recent) > _FEW:
            import re2  # slow to import, and most inputs mark nothing

            longest = sorted(self._inside, key=len, reverse=True)
            options = re2.Options()
            options.max_mem = 64 << 20
            self._pattern = re2.compile("|".join(re2.escape(text) for text in longest if _is_whole(text)) or _NOTHING, options)
            self._recent = [text for text in longest if not _is_whole(text)]
        return self._pattern


def _is_whole(text: str) -> bool:
    """Whether UTF-8 can hold a text."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def texts_of(raw: Any, numbers: bool = True) -> Iterator[str]:
    """The texts in a raw value that are known, and numbers as texts; not the keys of objects."""
    pending = [raw]
    while pending:
        data = pending.pop()
        if isinstance(data, str):
            if data:
                yield data
        elif isinstance(data, dict):
            pending.extend(data.values())
        elif isinstance(data, list):
            pending.extend(data)
        elif isinstance(data, Text):
            pending.extend(data.parts)
        elif isinstance(data, Document):
            pending.append(data.content)
        elif isinstance(data, Either):
            pending.extend(data.options)
        elif isinstance(data, AtLeast):
            pending += [data.content, *(value for _, value in data.open)]
        elif numbers and isinstance(data, (int, float)) and not isinstance(data, bool):
            yield str(data)
