"""What the text of a certificate says: when it expires, and what its key is.

The text is PEM (https://www.rfc-editor.org/rfc/rfc7468) around DER; the structure is that of https://www.rfc-editor.org/rfc/rfc5280#section-4.1,
of which a few elements are read. The library for all of it, cryptography, is larger than everything else that Assay needs together.
"""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Iterator
from typing import NamedTuple

from assay.scanner import lazy_re

_BLOCK = lazy_re.pattern(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_SEQUENCE, _INTEGER, _BITS, _OBJECT, _UTC_TIME, _TIME, _VERSION = 0x30, 0x02, 0x03, 0x06, 0x17, 0x18, 0xA0
_RSA = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
_SHORTEST = 2048
"""Bits of an RSA key: https://cabforum.org/working-groups/server/baseline-requirements/, section 6.1.5."""


class CertificateFacts(NamedTuple):
    """What a certificate says of itself."""

    expires: datetime.datetime
    weak_key: str | None
    """`RSA_1024`; None where the key is long enough. Other keys than RSA are: those that authorities sign begin at 256 bits."""


def told(text: str) -> CertificateFacts | None:
    """Of the first certificate of a chain, which is the one that is served; None for a text that is no certificate."""
    block = _BLOCK.search(text)
    if block is None:
        return None
    try:
        return _certificate(base64.b64decode("".join(block[1].split()), validate=True))
    except (binascii.Error, ValueError, IndexError, StopIteration):
        return None


def _certificate(data: bytes) -> CertificateFacts:
    signed = next(_elements(next(_elements(data, _SEQUENCE))[1], _SEQUENCE))[1]
    parts = list(_elements(signed))
    if parts[0][0] == _VERSION:
        parts = parts[1:]
    _, _, _, validity, _, key = (content for _, content in parts[:6])  # serial, signature, issuer, validity, subject, key
    _, last = _elements(validity)
    return CertificateFacts(_moment(*last), _weak(key))


def _weak(key: bytes) -> str | None:
    (_, algorithm), (_, bits) = list(_elements(key))[:2]
    if next(_elements(algorithm, _OBJECT))[1] != _RSA:
        return None
    numbers = next(_elements(bits[1:], _SEQUENCE))[1]  # the first byte says how many bits of the last are no part of it
    length = int.from_bytes(next(_elements(numbers, _INTEGER))[1]).bit_length()
    return f"RSA_{length}" if length < _SHORTEST else None


def _moment(tag: int, content: bytes) -> datetime.datetime:
    """UTCTime has two digits for the year, from 1950 on: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5"""
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    elif tag != _TIME:
        raise ValueError(tag)
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.UTC)


def _elements(data: bytes, wanted: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The elements of a DER structure: tag and content. ValueError where they are no such, or the first has another tag than wanted."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size])
            at += size
        content = data[at : at + length]
        if len(content) != length or (wanted is not None and tag != wanted):
            raise ValueError(tag)
        yield tag, content
        at += length
