"""SSL certificates of Compute Engine and certificates of Certificate Manager.

https://cloud.google.com/compute/docs/reference/rest/v1/sslCertificates,
https://cloud.google.com/certificate-manager/docs/reference/certificate-manager/rest/v1/projects.locations.certificates
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.certificates.kinds import Certificate
from assay.scanner.facts.edge.certificates.validity import Validity, day_of, issued_later, written
from assay.scanner.facts.google_assets import days_until, is_live, named
from assay.scanner.facts.spelling import Fixed, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

_WORKS = ("ACTIVE", "PROVISIONING")
_FAILED = ("FAILED", "PROVISIONING_FAILED", "PROVISIONING_FAILED_PERMANENTLY", "RENEWAL_FAILED")
"""States of management, of both services. `PROVISIONING` is before the first certificate, and of Certificate Manager also a renewal."""


class CertificateAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a certificate. The defaults are the API's names."""

    name: Place = "name"
    type: Annotated[str | Fixed, "renews"] = ""
    managed: Annotated[str, "renews"] = "managed"
    """The block that asks Google to manage it."""
    private: Annotated[tuple[str, ...], "public"] = ()
    """What says that a private authority issues it."""
    text: Annotated[str, "expires"] = ""
    """Its text, where Google does not manage it."""
    state: Annotated[str, "renews"] = ""
    expires: Annotated[str, "issued", "expires", "days_left"] = "expireTime"


def certificate(view: View, at: CertificateAt) -> Certificate:
    """One that Google manages is renewed: https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs#renewal"""
    managed = _managed(view, at)
    live = is_live(view.item)
    validity = _in_project(view, at, managed) if live else _in_template(view, at, managed)
    return Certificate(
        identity=view.identity(named(view.item)),
        public=view.exists(at.private).negate(),
        in_use=view.says(True),
        renews=managed.then(lambda is_so: _works(view, at).data if is_so and live else is_so),
        revoked=view.says(False),
        issued=any_of([managed.negate(), view.exists(at.expires)]) if live else view.says(True),
        weak_key=validity.weak_key,
        expires=validity.expires,
        days_left=validity.days_left,
    )


def _managed(view: View, at: CertificateAt) -> Value[bool]:
    """A certificate without a type is the author's own, unless it has what only those have that Google manages."""
    blocks, doubt = view.inner(at.managed)
    return any_of([view[at.type].equals("MANAGED"), view.says(True if blocks else doubt or False)])


def _works(view: View, at: CertificateAt) -> Value[Any]:
    def works(state: Any) -> bool | Unknown:
        if state in _WORKS or state in _FAILED:
            return state in _WORKS
        return Unknown("whether Google can renew the certificate: its state", "export it again", view.location)

    return view[at.state].then(works)


def _in_template(view: View, at: CertificateAt, managed: Value[bool]) -> Validity:
    if managed.unknown:
        return Validity(managed, managed, managed)
    return issued_later(view) if managed.data else written(view, view[at.text])


def _in_project(view: View, at: CertificateAt, managed: Value[bool]) -> Validity:
    """Google takes no key that is too short: https://cloud.google.com/load-balancing/docs/ssl-certificates/self-managed-certs"""
    time = view[at.expires]
    if managed.data is not True:
        # What its author uploaded is there from the beginning.
        time = time.default(Unknown("when the certificate expires is not in the asset", "export it again", view.location))
    return Validity(time.then(day_of), days_until(view.item, time, "when it expires"), view.says(None))
