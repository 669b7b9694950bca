"""Keys that sign: Ed25519 in a file, or a key of AWS KMS or of Google Cloud KMS. The only module that imports `cryptography`.

The private key of a file is PKCS#8 in PEM without a password: https://www.rfc-editor.org/rfc/rfc8410. A key of KMS is P-256 with ECDSA and
SHA-256, of Google also Ed25519, and never leaves KMS.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from typing import Any, Protocol

from assay.scanner.evidence.model import EvidenceError

AWS = "awskms:"
"""What the name of a key of AWS KMS begins with: `awskms:` and an id, an ARN or an alias."""
GOOGLE = "gcpkms://"
"""What the name of a key of Google Cloud KMS begins with; the resource name of a version of it follows."""
_MAX_KEY = 100_000


class Signer(Protocol):
    """A key that can sign."""

    keyid: str
    """sha256 of the public key as SubjectPublicKeyInfo in DER."""

    def sign(self, text: bytes) -> bytes:
        """The signature of a text. Raises EvidenceError."""


class Public:
    """A public key: Ed25519, or P-256."""

    def __init__(self, key: Any) -> None:
        self._key, self.keyid = key, keyid_of(der(key))

    def verifies(self, signature: bytes, text: bytes) -> bool:
        """Whether a signature is of this key and this text."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519

        try:
            if isinstance(self._key, ed25519.Ed25519PublicKey):
                self._key.verify(signature, text)
            else:
                self._key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class _Local:
    """A private key of a file."""

    def __init__(self, key: Any) -> None:
        self._key, self.keyid = key, keyid_of(der(key.public_key()))

    def sign(self, text: bytes) -> bytes:
        return bytes(self._key.sign(text))


def generate(path: str) -> str:
    """Make an Ed25519 key: the private one in a file for its owner only, the public one in `PATH.pub`. Gives its id.

    Raises EvidenceError where a file is there already, or cannot be written.
    """
    with _library():
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519

        key = ed25519.Ed25519PrivateKey.generate()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for name in (path, f"{path}.pub"):
        if os.path.lexists(name):
            raise EvidenceError(f"{name} is there already; a key is never overwritten")
    _write(path, private, 0o600)
    write_public(f"{path}.pub", key.public_key())
    return keyid_of(der(key.public_key()))


def write_public(path: str, key: Any) -> None:
    """Write a public key as PEM. Raises EvidenceError."""
    from cryptography.hazmat.primitives import serialization

    _write(path, key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo), 0o644)


def _write(path: str, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
            opened.write(content)
    except OSError as error:
        raise EvidenceError(f"{path}: the key could not be written: {error.strerror or error}") from None


def signer(name: str) -> Signer:
    """The key of a file, or of a KMS by its name. Raises EvidenceError."""
    if name.startswith(AWS):
        from assay.scanner.evidence.kms import KmsKey

        return KmsKey(name.removeprefix(AWS))
    if name.startswith(GOOGLE):
        from assay.scanner.evidence.google_kms import GoogleKmsKey

        return GoogleKmsKey(name.removeprefix(GOOGLE))
    with _library():
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519

        try:
            key = serialization.load_pem_private_key(_read(name), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):  # whose text may quote the file
            raise EvidenceError(f"{name}: no private key in PEM without a password; assay evidence keygen makes one") from None
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise EvidenceError(f"{name}: no Ed25519 key; assay evidence keygen makes one")
        return _Local(key)


def public(path: str) -> Public:
    """The public key of a file. Raises EvidenceError."""
    with _library():
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization

        try:
            return of_public(serialization.load_pem_public_key(_read(path)), path)
        except (ValueError, UnsupportedAlgorithm):
            raise EvidenceError(f"{path}: no public key in PEM; assay evidence keygen writes one as FILE.pub") from None


def of_public(key: Any, name: str) -> Public:
    """A public key of a kind that is read. Raises EvidenceError."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if isinstance(key, ed25519.Ed25519PublicKey) or (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        return Public(key)
    raise EvidenceError(f"{name}: a key of another kind than Ed25519 and P-256")


def of_der(content: bytes, name: str) -> Any:
    """A public key from SubjectPublicKeyInfo in DER. Raises EvidenceError."""
    with _library():
        from cryptography.hazmat.primitives import serialization

        key = serialization.load_der_public_key(content)
        of_public(key, name)
        return key


def of_pem(content: bytes, name: str) -> Any:
    """A public key from PEM. Raises EvidenceError."""
    with _library():
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import serialization

        try:
            key = serialization.load_pem_public_key(content)
        except (ValueError, UnsupportedAlgorithm):
            raise EvidenceError(f"{name}: no public key in PEM") from None
        of_public(key, name)
        return key


def der(key: Any) -> bytes:
    """A public key as SubjectPublicKeyInfo in DER."""
    from cryptography.hazmat.primitives import serialization

    return bytes(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def keyid_of(content: bytes) -> str:
    """The id of a public key in DER."""
    return hashlib.sha256(content).hexdigest()


def _read(path: str) -> bytes:
    from assay.scanner.sources.overlay import DISK

    try:
        return DISK.read(path, _MAX_KEY)
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror or error}") from None


@contextlib.contextmanager
def _library() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise EvidenceError(f"signatures need a library that is not installed ({error.name}): pip install 'assay[evidence]'") from None
