"""A version of a key of Google Cloud KMS: https://cloud.google.com/kms/docs/create-validate-signatures

Two calls: cloudkms.cryptoKeyVersions.viewPublicKey, and useToSign. A key on P-256 signs a digest, one of Ed25519 the text itself:
https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions/asymmetricSign
"""

from __future__ import annotations

import hashlib
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.evidence import keys
from assay.scanner.evidence.model import EvidenceError

P256, ED25519 = "EC_SIGN_P256_SHA256", "EC_SIGN_ED25519"
_NAME = lazy_re.pattern(r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+/cryptoKeyVersions/[0-9]+")
_MAX_DATA = 65_536
"""Bytes that Ed25519 signs in one call."""


class GoogleKmsKey:
    """Signs by calls to KMS, with the application default credentials."""

    def __init__(self, name: str) -> None:
        """`name`: the resource name of a version of a key. Raises EvidenceError."""
        self._name = name
        if not _NAME.fullmatch(name):
            form = "projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N"
            raise EvidenceError(f"{keys.GOOGLE}{name}: no version of a key; name it as {keys.GOOGLE}{form}")
        self._client: Any = None
        told = self._call("get_public_key", {"name": name})
        self._algorithm = getattr(told.algorithm, "name", "")
        if self._algorithm not in (P256, ED25519):
            raise EvidenceError(f"{keys.GOOGLE}{name}: a key of {self._algorithm}; its algorithm has to be {P256} or {ED25519}")
        self.public: Any = keys.of_pem(told.pem.encode(), f"{keys.GOOGLE}{name}")
        self.keyid = keys.keyid_of(keys.der(self.public))

    def sign(self, text: bytes) -> bytes:
        """The signature: of P-256 in DER, of Ed25519 its 64 bytes. Raises EvidenceError: also where it is none of this key."""
        if self._algorithm == ED25519 and len(text) > _MAX_DATA:
            raise EvidenceError(f"{keys.GOOGLE}{self._name}: Ed25519 signs at most {_MAX_DATA:,} bytes there; take a key of {P256}")
        what: dict[str, Any] = {"data": text} if self._algorithm == ED25519 else {"digest": {"sha256": hashlib.sha256(text).digest()}}
        signature = bytes(self._call("asymmetric_sign", {"name": self._name, **what}).signature)
        if not keys.Public(self.public).verifies(signature, text):  # stronger than the checksums of the answer
            raise EvidenceError(f"{keys.GOOGLE}{self._name}: what it answered is no signature of this key; try again")
        return signature

    def _call(self, operation: str, request: dict[str, Any]) -> Any:
        from assay.scanner.sources.live import CredentialsError

        try:
            from assay.scanner.sources.gcp.session import call_by_itself, key_management

            if self._client is None:
                self._client = key_management()
            return call_by_itself(self._client, operation, request)
        except ModuleNotFoundError as error:
            raise EvidenceError(
                f"Google Cloud KMS needs a library that is not installed ({error.name}): pip install 'assay[gcp-kms]'"
            ) from None
        except CredentialsError as error:
            raise EvidenceError(f"{keys.GOOGLE}{self._name}: {error}") from None
