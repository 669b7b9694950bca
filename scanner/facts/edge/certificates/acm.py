"""Certificates of AWS Certificate Manager. https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html"""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from assay.scanner.facts.edge.certificates.kinds import Certificate
from assay.scanner.facts.edge.certificates.validity import Validity, day_of, issued_later, written
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_BY_ITSELF = ("DNS", "HTTP")
"""Ways to validate a domain that need nobody: https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html,
https://docs.aws.amazon.com/acm/latest/userguide/http-renewal-validation.html (of CloudFront alone)"""
_STUCK = ("PENDING_VALIDATION", "FAILED")
"""States of a renewal that wait for somebody: https://docs.aws.amazon.com/acm/latest/userguide/check-certificate-renewal-status.html"""


class AskedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells what kind of certificate it asks for, or what it imports."""

    validation: str
    key: str
    authority: str
    text: str = ""
    """Of a certificate that is imported."""
    imports: tuple[str, ...] = ()
    """What only an import has."""


def asked_for(view: View, at: AskedAt) -> Certificate:
    """A certificate that code makes. One without a method counts as validated by e-mail, which waits for the owner of the domain each time.

    https://docs.aws.amazon.com/acm/latest/userguide/email-renewal-validation.html
    """
    imported = view.exists(at.imports)
    renews = all_of([imported.negate(), view[at.validation].default("EMAIL").equals(*_BY_ITSELF)])
    validity = _in_code(view, at, imported, renews)
    return Certificate(
        identity=view.identity(view[at.name]),
        public=view.exists(at.authority).negate(),
        in_use=view.says(True),
        renews=renews,
        revoked=view.says(False),
        issued=view.says(True),
        weak_key=validity.weak_key,
        expires=validity.expires,
        days_left=validity.days_left,
    )


def _in_code(view: View, at: AskedAt, imported: Value[bool], renews: Value[bool]) -> Validity:
    if imported.data is not False:
        return written(view, view[at.text]) if imported.data else Validity(imported, imported, imported)
    # Without an algorithm, RSA with 2048 bits: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
    later = issued_later(view)._replace(weak_key=view[at.key].default("RSA_2048").text().then(_weak))
    if renews.data is True:
        return later
    by_whom = Unknown(
        "whether somebody renews the certificate in time", "validate the domain by DNS, or audit the live account", view.location
    )
    open_ = view.says(renews.unknown or by_whom)
    return later._replace(expires=open_, days_left=open_)


class LiveAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a live account tells what a certificate is."""

    type: Annotated[str, "public", "renews"]
    used_by: Annotated[str, "in_use"]
    used: Annotated[tuple[str, ...], "in_use"]
    """Flags of the list that it is used, or was exported to be used outside of AWS."""
    status: Annotated[str, "revoked"]
    eligible: Annotated[str, "renews"]
    renewal: Annotated[str, "renews"]
    domains: Annotated[str, "renews"]
    method: Annotated[str, "renews"]
    """Of an entry of `domains`."""
    key: Annotated[str, "weak_key"]
    expires: Annotated[str, "issued", "expires", "days_left"]


def in_account(view: View, at: LiveAt) -> Certificate:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html"""
    return Certificate(
        identity=view.identity(view[at.name]),
        public=view[at.type].equals("PRIVATE").negate(),
        in_use=any_of([view[at.used_by].then(bool), *(view[flag].truth() for flag in at.used)]),
        renews=_renews(view, at),
        revoked=view[at.status].equals("REVOKED"),
        issued=view.exists(at.expires),
        weak_key=view[at.key].text().then(_weak),
        expires=view[at.expires].then(day_of),
        days_left=view[at.expires].then(lambda text: _days_left(text, view)),
    )


def _renews(view: View, at: LiveAt) -> Value[bool]:
    """AWS renews what it issued, while it is used, by DNS: e-mail waits for the owner of a domain."""
    listed, more = view.inner(at.domains)
    ways = [entry[at.method].default(Unknown("how the domain is validated", "audit again", view.location)) for entry in listed]
    eligible = view[at.eligible].default(Unknown("whether AWS renews the certificate", "audit again", view.location))
    return all_of(
        [
            view[at.type].equals("AMAZON_ISSUED"),
            eligible.equals("ELIGIBLE"),
            view[at.renewal].equals(*_STUCK).negate(),
            *(way.equals(*_BY_ITSELF) for way in ways),
            *([view.says(more)] if more else []),
        ]
    )


def _weak(algorithm: Any) -> str | None:
    """The API writes `RSA_1024`, and `RSA-1024` in some answers."""
    name = str(algorithm).replace("-", "_")
    return name if name.upper() == "RSA_1024" else None


def _days_left(text: Any, view: View) -> int | Unknown | None:
    """From when the account was asked."""
    if text is None:
        return None
    try:
        return (datetime.datetime.fromisoformat(str(text)) - datetime.datetime.fromisoformat(view.location.time)).days
    except (TypeError, ValueError):
        return Unknown("when the certificate expires cannot be read", "audit again", view.location)
