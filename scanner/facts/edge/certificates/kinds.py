"""Certificates by which the edge proves who it is."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource


class Certificate(Resource, kw_only=True):
    """A certificate for TLS: of ACM, an SSL certificate of Compute Engine, a certificate of Certificate Manager."""

    # A certificate of ACM is called by its domain, which several have while one takes over from another.
    naming: ClassVar = {"aws": Naming(unique=False)}

    public: Fact[bool]
    """Browsers are to accept it: no private authority of the deployment issues it."""
    in_use: Fact[bool]
    """Something serves it, or may do so: in code always, in an account where something uses it or it was exported."""
    renews: Fact[bool]
    """The provider renews it without anybody doing anything."""
    revoked: Fact[bool]
    """Its authority took it back."""
    issued: Fact[bool]
    """There is a certificate, or will be one once the code is applied."""
    weak_key: Fact[str | None]
    """What its key is, where that is too short: `RSA_1024`; None where it is not."""
    expires: Fact[str | None]
    """The day on which it expires, `2030-01-31`; None where it is yet to be issued."""
    days_left: Fact[int | None]
    """Days until it expires, negative since it has; None where it is yet to be issued."""


KINDS = (Certificate,)
