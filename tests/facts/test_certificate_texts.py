"""What is read of the text of a certificate, and that no other text is taken for one."""

from __future__ import annotations

import base64
import datetime

from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts.edge.certificates import pem
from tests.scans import ROOT

CASES = ROOT / "fixtures" / "controls" / "edge" / "certificate-validity" / "terraform"
EXPIRED = (CASES / "aws-fail-file" / "app.pem").read_text(encoding="utf-8")
DER = base64.b64decode("".join(EXPIRED.splitlines()[1:-1]))


def armoured(data: bytes) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(data).decode()}\n-----END CERTIFICATE-----\n"


def test_the_first_of_a_chain_counts() -> None:
    told = pem.CertificateFacts(datetime.datetime(2021, 1, 31, tzinfo=datetime.UTC), None)
    weak = (CASES / "aws-fail-key-imported" / "main.tf").read_text(encoding="utf-8")
    assert pem.told(EXPIRED) == told
    assert pem.told(EXPIRED + weak) == told
    assert pem.told(weak) == pem.CertificateFacts(datetime.datetime(2049, 1, 31, tzinfo=datetime.UTC), "RSA_1024")


def test_the_years_of_a_time() -> None:
    late = DER.replace(b"\x17\x0d210131000000Z", b"\x17\x0d500131000000Z")
    assert late != DER
    told = pem.told(armoured(late))
    assert told is not None and told.expires.year == 1950


@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_a_text_that_was_changed_is_read_or_not(at: int, byte: int) -> None:
    told = pem.told(armoured(DER[:at] + bytes([byte]) + DER[at + 1 :]))
    assert told is None or isinstance(told.expires, datetime.datetime)


@given(st.integers(0, len(DER) - 1))
def test_a_text_that_is_cut_off_is_none(length: int) -> None:
    assert pem.told(armoured(DER[:length])) is None


@given(st.text() | st.binary().map(armoured))
def test_other_texts_are_none(text: str) -> None:
    assert pem.told(text) is None
