"""What terminates TLS, and what it lets its peers negotiate."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Part, Resource


class TlsSide(Part):
    """A side of an endpoint on which TLS is negotiated: a port, the viewers of a distribution, an origin that it asks."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """What to call it in a message: `port 443`, `viewers`, `origin api`."""
    policy: Fact[str]
    """What says which versions and ciphers are negotiated, in words: the name of a policy, with what it is where that is the default."""
    oldest_version: Fact[float]
    """The oldest version of TLS that it accepts: 1.0, 1.1, 1.2, 1.3; 0 for SSL 3.0 and what is older."""
    broken_cipher: Fact[str | None]
    """A cipher that it accepts and that is broken or encrypts nothing: RC4, DES, 3DES, NULL, anonymous, export; None where none is."""
    forward_secret: Fact[bool]
    """Every cipher that it accepts makes keys of its own for each connection, so that a key that is stolen later opens none of them."""


class TlsEndpoint(Resource, kw_only=True):
    """What terminates TLS: a listener of a load balancer, a classic load balancer, a CloudFront distribution, a domain
    name of API Gateway, a proxy of Google's."""

    # What CloudFront calls a distribution is its comment; listeners have no name.
    naming: ClassVar = {"aws": Naming(unique=False)}

    terminates_tls: Fact[bool]
    """It terminates TLS on a side at all."""
    sides: Fact[list[TlsSide]]


KINDS = (TlsEndpoint,)
