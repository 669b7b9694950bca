"""Secrets that are found, kept out of what reports show of the code around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.secrets.settings.values import Answer, pairs
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Document, Either, Unknown
from assay.scanner.sources.secret_detecting import says_secret
from assay.scanner.sources.secret_settings import document


def hide(view: View, answer: Answer, name: str, raw: Any, whole: bool = True) -> None:
    """Keep the texts of a value out of reports, where the answer is that it holds a secret.

    `whole`: its name says so, or its place. Of a document it is what is called a secret in it.
    """
    if answer and not isinstance(answer, Unknown):
        view.hide(_texts(name, raw, whole))


def _texts(name: str, raw: Any, whole: bool) -> Iterator[str]:
    if isinstance(raw, Either):
        for option in raw.options:
            yield from _texts(name, option, whole)
    elif isinstance(raw, Document):
        yield from _texts(name, raw.content, whole)
    elif isinstance(raw, list):
        for element in raw:
            yield from _texts(name, element, whole)
    elif isinstance(raw, dict):
        for key, below in pairs(name, raw):
            yield from _texts(key, below, says_secret(key))
    elif isinstance(raw, str) and (content := document(raw)) is not None:
        yield from _texts(name, content, whole)
    elif whole and isinstance(raw, (str, int)) and not isinstance(raw, bool):
        yield str(raw)
