"""What the names of policies, versions and ciphers of TLS mean."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.facts.edge.tls.kinds import TlsSide
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

# TLS 1.0 is what `TLSv1` says, and what a name without a number after it says.
VERSIONS = {"sslv2": 0.0, "sslv3": 0.0, "tlsv1": 1.0, "tlsv1.0": 1.0, "tlsv1.1": 1.1, "tlsv1.2": 1.2, "tlsv1.3": 1.3}


class Negotiation(NamedTuple):
    """What a policy lets peers negotiate."""

    oldest: float
    """As `TlsSide.oldest_version` has it."""
    broken: str | Unknown | None = None
    forward_secret: bool | Unknown = True


def side(name: Value[Any], policy: Value[Any], negotiation: Value[Any]) -> TlsSide:
    """`negotiation`: a Negotiation."""
    return TlsSide(
        name=name,
        policy=policy,
        oldest_version=negotiation.then(lambda known: known.oldest),
        broken_cipher=negotiation.then(lambda known: known.broken),
        forward_secret=negotiation.then(lambda known: known.forward_secret),
    )


def of(versions: list[str], ciphers: list[str]) -> Negotiation | Unknown:
    """What some versions and ciphers, by the names of an API, let peers negotiate."""
    known = [VERSIONS.get(name.lower().removeprefix("protocol-")) for name in versions]
    if not known or None in known:
        reason = f"which version of TLS {', '.join(versions) or 'a policy without any'} means"
        return Unknown(reason, "name versions that the provider documents")
    oldest = min(version for version in known if version is not None)
    broken = next((cipher for cipher in ciphers if _BROKEN.search(cipher)), None)
    return Negotiation(oldest, broken, oldest >= 1.3 or all(map(forward_secret, ciphers)))


_BROKEN = lazy_re.pattern(r"RC4|RC2|(?<![A-Z0-9])DES(?![A-Z0-9])|3DES|DES-CBC|NULL|EXP(?:ORT)?[-_0-9]|ADH|AECDH|anon|MD5", re.IGNORECASE)


def forward_secret(cipher: str) -> bool:
    """Whether a cipher suite has keys of its own for each connection: all of TLS 1.3, and those with ephemeral Diffie-Hellman.

    https://www.rfc-editor.org/rfc/rfc8446#appendix-B.4: suites of TLS 1.3 name no key exchange.
    """
    return cipher.upper().startswith(("TLS_AES_", "TLS_CHACHA20_")) or bool(re.search(r"(?<![A-Z])(?:EC)?DHE[-_]|EDH[-_]", cipher.upper()))


# Oldest version by policy of Elastic Load Balancing, and whether all of its ciphers have forward secrecy, as of 2026-11. Of live accounts
# DescribeSSLPolicies says it. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html,
# https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html
_SECRET, _NOT_SECRET = True, False
_BY_SUFFIX: dict[str, tuple[float, bool, tuple[str, ...]]] = {
    "TLS13-1-3": (1.3, _SECRET, ("2021-06", "PQ-2025-09", "FIPS-2023-04", "FIPS-PQ-2025-09")),
    "TLS13-1-2": (1.2, _SECRET, ("2021-06", "PQ-2025-09", "FIPS-2023-04", "FIPS-PQ-2025-09")),
    "TLS13-1-2-Res": (1.2, _SECRET, ("2021-06", "PQ-2025-09", "FIPS-2023-04", "FIPS-PQ-2025-09")),
    "TLS13-1-2-Ext0": (1.2, _SECRET, ("FIPS-2023-04", "FIPS-PQ-2025-09")),
    "TLS13-1-2-Ext1": (1.2, _NOT_SECRET, ("2021-06", "PQ-2025-09", "FIPS-2023-04", "FIPS-PQ-2025-09")),
    "TLS13-1-2-Ext2": (1.2, _NOT_SECRET, ("2021-06", "PQ-2025-09", "FIPS-2023-04", "FIPS-PQ-2025-09")),
    "TLS13-1-1": (1.1, _NOT_SECRET, ("2021-06", "FIPS-2023-04")),
    "TLS13-1-0": (1.0, _NOT_SECRET, ("2021-06", "PQ-2025-09", "FIPS-2023-04", "FIPS-PQ-2025-09")),
    "FS-1-2-Res": (1.2, _SECRET, ("2019-08", "2020-10")),
    "FS-1-2": (1.2, _SECRET, ("2019-08",)),
    "FS-1-1": (1.1, _SECRET, ("2019-08",)),
    "FS": (1.0, _SECRET, ("2018-06",)),
    "TLS-1-2-Ext": (1.2, _NOT_SECRET, ("2018-06",)),
    "TLS-1-2": (1.2, _NOT_SECRET, ("2017-01",)),
    "TLS-1-1": (1.1, _NOT_SECRET, ("2017-01",)),
    "": (1.0, _NOT_SECRET, ("2016-08", "2015-05")),
}
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
"""What a listener gets that is made without a policy, by code or by a call: the same page, under Considerations."""
LOAD_BALANCING = {
    "-".join(filter(None, ("elbsecuritypolicy", name.lower(), suffix.lower()))): Negotiation(oldest, None, secret)
    for name, (oldest, secret, suffixes) in _BY_SUFFIX.items()
    for suffix in suffixes
} | {
    # With DES-CBC3-SHA: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html
    "elbsecuritypolicy-tls-1-0-2015-04": Negotiation(1.0, "DES-CBC3-SHA", forward_secret=False),
    **{f"elbsecuritypolicy-{date}": Negotiation(1.0, "DES-CBC3-SHA", forward_secret=False) for date in ("2015-02", "2015-03", "2014-10")},
    **{f"elbsecuritypolicy-{date}": Negotiation(0.0, "DES-CBC3-SHA", forward_secret=False) for date in ("2014-01", "2011-08")},
    "elbsample-elbdefaultnegotiationpolicy": Negotiation(0.0, "RC4-SHA", forward_secret=False),
    "elbsample-openssldefaultnegotiationpolicy": Negotiation(0.0, "RC4-SHA", forward_secret=False),
}


def load_balancing(name: Any) -> Negotiation | Unknown:
    """What a policy of Elastic Load Balancing, by its name, lets peers negotiate; Unknown of a name that is not in the table."""
    way = "scan the live account, which says what the policy allows"
    known = LOAD_BALANCING.get(name.lower()) if isinstance(name, str) else None
    return known or Unknown(f"which versions of TLS {name} allows", way)


# As of 2026-11; 3DES is in `SSLv3` and `TLSv1`, the suites with RSA key exchange are in those until `TLSv1.2_2018`:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
CLOUDFRONT = {
    "sslv3": Negotiation(0.0, "DES-CBC3-SHA", forward_secret=False),
    "tlsv1": Negotiation(1.0, "DES-CBC3-SHA", forward_secret=False),
    "tlsv1_2016": Negotiation(1.0, None, forward_secret=False),
    "tlsv1.1_2016": Negotiation(1.1, None, forward_secret=False),
    "tlsv1.2_2018": Negotiation(1.2, None, forward_secret=False),
    "tlsv1.2_2019": Negotiation(1.2),
    "tlsv1.2_2021": Negotiation(1.2),
    "tlsv1.2_2025": Negotiation(1.2),
    "tlsv1.3_2025": Negotiation(1.3),
}
