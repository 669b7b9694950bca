"""Which cipher suites have keys of their own for each connection. https://www.rfc-editor.org/rfc/rfc8446#appendix-B.4"""

from __future__ import annotations

import pytest

from assay.scanner.facts.edge.tls.negotiation import CLOUDFRONT, LOAD_BALANCING, Negotiation, forward_secret, of
from assay.scanner.sources.raw import Unknown


@pytest.mark.parametrize(
    ("cipher", "expected"),
    [
        ("TLS_AES_128_GCM_SHA256", True),
        ("TLS_CHACHA20_POLY1305_SHA256", True),
        ("ECDHE-RSA-AES128-GCM-SHA256", True),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", True),
        ("DHE-RSA-AES128-SHA", True),
        ("EDH-RSA-DES-CBC3-SHA", True),
        ("AES128-GCM-SHA256", False),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", False),
        ("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", False),
    ],
)
def test_forward_secrecy(cipher: str, expected: bool) -> None:
    assert forward_secret(cipher) is expected


# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html, under Forward secrecy, and
# https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html
FORWARD_SECRET = {
    "tls13-1-3-2021-06", "tls13-1-3-pq-2025-09", "tls13-1-3-fips-2023-04", "tls13-1-3-fips-pq-2025-09",
    "tls13-1-2-2021-06", "tls13-1-2-pq-2025-09", "tls13-1-2-fips-2023-04", "tls13-1-2-fips-pq-2025-09",
    "tls13-1-2-res-2021-06", "tls13-1-2-res-pq-2025-09", "tls13-1-2-res-fips-2023-04", "tls13-1-2-res-fips-pq-2025-09",
    "tls13-1-2-ext0-fips-2023-04", "tls13-1-2-ext0-fips-pq-2025-09",
    "fs-1-2-res-2019-08", "fs-1-2-res-2020-10", "fs-1-2-2019-08", "fs-1-1-2019-08", "fs-2018-06",
}  # fmt: skip


def test_policies_of_load_balancers_with_forward_secrecy_alone() -> None:
    """What params.require_forward_secrecy asks for on AWS."""
    assert {name.removeprefix("elbsecuritypolicy-") for name, known in LOAD_BALANCING.items() if known.forward_secret} == FORWARD_SECRET
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
    newer = {"tlsv1.2_2019", "tlsv1.2_2021", "tlsv1.2_2025", "tlsv1.3_2025"}
    assert {name for name, known in CLOUDFRONT.items() if known.forward_secret} == newer


@pytest.mark.parametrize(
    ("versions", "ciphers", "expected"),
    [
        # every key exchange of TLS 1.3 is forward secret, whatever ciphers are listed for older versions
        (["Protocol-TLSv1.3"], ["AES128-SHA"], Negotiation(1.3, None, forward_secret=True)),
        (["Protocol-TLSv1.2", "Protocol-TLSv1.3"], ["AES128-SHA"], Negotiation(1.2, None, forward_secret=False)),
        (["TLSv1.2"], ["ECDHE-RSA-AES128-GCM-SHA256"], Negotiation(1.2, None, forward_secret=True)),
        (["TLSv1"], ["ECDHE-RSA-AES128-SHA", "DES-CBC3-SHA"], Negotiation(1.0, "DES-CBC3-SHA", forward_secret=False)),
    ],
)
def test_what_versions_and_ciphers_let_peers_negotiate(versions: list[str], ciphers: list[str], expected: Negotiation) -> None:
    assert of(versions, ciphers) == expected


@pytest.mark.parametrize("versions", [[], ["TLSv1.2", "TLSv9"]])
def test_versions_that_nobody_documents(versions: list[str]) -> None:
    assert isinstance(of(versions, []), Unknown)
