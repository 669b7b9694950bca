"""When a certificate expires, by the text of it that code holds or by what an account says."""

from __future__ import annotations

from typing import Any, NamedTuple

from assay.scanner.facts.edge.certificates import pem
from assay.scanner.facts.moments import PAST
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_LOOK = "audit the live account or project"


class Validity(NamedTuple):
    """When it expires, and how far off that is."""

    expires: Value[Any]
    days_left: Value[Any]
    weak_key: Value[Any]


def issued_later(view: View) -> Validity:
    """Of what code asks for: it is issued once that is applied, and again each time."""
    return Validity(view.says(None), view.says(None), view.says(None))


def written(view: View, text: Value[Any]) -> Validity:
    """Of a certificate whose text stands in code, or should."""
    said = text.then(lambda data: _told(data, view)) if not text.absent else view.says(_not_here(view))
    return Validity(
        said.then(lambda told: told.expires.date().isoformat()),
        said.then(lambda told: _since(told, view)),
        said.then(lambda told: told.weak_key),
    )


def _told(data: Any, view: View) -> pem.CertificateFacts | Unknown:
    return (pem.told(data) if isinstance(data, str) else None) or _not_here(view)


def _not_here(view: View) -> Unknown:
    return Unknown("when the certificate expires: its text is not in this code", _LOOK, view.location)


def _since(told: pem.CertificateFacts, view: View) -> int | Unknown:
    if told.expires < PAST:
        return (told.expires - PAST).days
    day = told.expires.date().isoformat()
    return Unknown(f"whether {day}, when the certificate expires, is soon after this code is applied", _LOOK, view.location)


def day_of(text: Any) -> Any:
    """`2030-01-31` of a time."""
    return str(text)[:10] if text else None
