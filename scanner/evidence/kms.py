"""A key of AWS KMS: https://docs.aws.amazon.com/kms/latest/developerguide/asymmetric-key-specs.html

Two calls: kms:GetPublicKey, and kms:Sign on a digest, since KMS takes no text above 4,096 bytes.
"""

from __future__ import annotations

import hashlib
from typing import Any

from assay.scanner.evidence import keys
from assay.scanner.evidence.model import EvidenceError

ALGORITHM = "ECDSA_SHA_256"


class KmsKey:
    """Signs by calls to KMS, with the ordinary credentials."""

    def __init__(self, name: str) -> None:
        """`name`: id, ARN or alias of the key. Raises EvidenceError."""
        self._name = name
        told = self._call("get_public_key")
        if told.get("KeyUsage") != "SIGN_VERIFY" or ALGORITHM not in told.get("SigningAlgorithms", []):
            raise EvidenceError(f"{keys.AWS}{name}: not a key for signatures by {ALGORITHM}: its key spec has to be ECC_NIST_P256")
        self.public: Any = keys.of_der(told["PublicKey"], f"{keys.AWS}{name}")
        self.keyid = keys.keyid_of(told["PublicKey"])

    def sign(self, text: bytes) -> bytes:
        """The signature in DER. Raises EvidenceError."""
        digest = hashlib.sha256(text).digest()
        return bytes(self._call("sign", Message=digest, MessageType="DIGEST", SigningAlgorithm=ALGORITHM)["Signature"])

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        from assay.scanner.sources.live import CredentialsError

        try:
            from assay.scanner.sources.aws.session import CallError, call_by_itself

            return call_by_itself("kms", operation, _region(self._name), KeyId=self._name, **arguments)
        except ModuleNotFoundError as error:
            raise EvidenceError(f"AWS KMS needs a library that is not installed ({error.name}): pip install 'assay[aws]'") from None
        except (CallError, CredentialsError) as error:
            raise EvidenceError(f"{keys.AWS}{self._name}: {error}") from None


def _region(name: str) -> str | None:
    """The region of an ARN; None for that of the configuration."""
    parts = name.split(":")
    return parts[3] if name.startswith("arn:") and len(parts) > 5 else None
