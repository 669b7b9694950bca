"""Which cipher suites have keys of their own for each connection. https://www.rfc-editor.org/rfc/rfc8446#appendix-B.4"""

from __future__ import annotations

import pytest

from assay.scanner.facts.edge.tls.negotiation import forward_secret


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
