"""Keys of Google Cloud KMS: the real client against a gRPC server on this machine, which signs with real keys."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from google.cloud import kms_v1

from assay.scanner.evidence import keys
from assay.scanner.evidence.model import EvidenceError
from tests.evidence.folders import CONTROLS, evidence, run, tree

RING = "projects/p/locations/europe-west1/keyRings/audit/cryptoKeys/{}/cryptoKeyVersions/1"
P256, EDWARDS, RSA, DENIED, LIAR = (RING.format(name) for name in ("p256", "ed25519", "rsa", "denied", "liar"))
_ALGORITHMS = kms_v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm


class Kms:
    """Answers as KMS does; of `LIAR`, a signature of another key."""

    def __init__(self) -> None:
        self.p256, self.edwards = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
        self.calls: list[str] = []

    def get_public_key(self, request: Any, context: Any) -> Any:
        self.calls.append("get_public_key")
        if request.name == DENIED:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "Permission 'cloudkms.cryptoKeyVersions.viewPublicKey' denied")
        key = self.edwards if request.name == EDWARDS else self.p256
        algorithm = {EDWARDS: _ALGORITHMS.EC_SIGN_ED25519, RSA: _ALGORITHMS.RSA_SIGN_PSS_2048_SHA256}.get(
            request.name, _ALGORITHMS.EC_SIGN_P256_SHA256
        )
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        return kms_v1.PublicKey(pem=pem, algorithm=algorithm, name=request.name)

    def asymmetric_sign(self, request: Any, context: Any) -> Any:
        self.calls.append("asymmetric_sign")
        if request.name == EDWARDS:
            signature = self.edwards.sign(request.data)
        else:
            key = ec.generate_private_key(ec.SECP256R1()) if request.name == LIAR else self.p256
            signature = key.sign(request.digest.sha256, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        return kms_v1.AsymmetricSignResponse(signature=signature, name=request.name)

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        server = grpc.server(futures.ThreadPoolExecutor(2))
        methods = {
            "GetPublicKey": (kms_v1.GetPublicKeyRequest, kms_v1.PublicKey, self.get_public_key),
            "AsymmetricSign": (kms_v1.AsymmetricSignRequest, kms_v1.AsymmetricSignResponse, self.asymmetric_sign),
        }
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(call, asked.deserialize, answered.serialize)
            for name, (asked, answered, call) in methods.items()
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("google.cloud.kms.v1.KeyManagementService", handlers),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        yield f"127.0.0.1:{port}"
        server.stop(0)


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    made = Kms()
    with made.served() as address:
        monkeypatch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", f"grpc://{address}")
        yield made


@pytest.mark.parametrize("name", [P256, EDWARDS])
def test_a_run_is_signed_and_verified(kms: Kms, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    code, told = evidence("keygen", tmp_path / "team", "--from", f"gcpkms://{name}")
    assert code == 0, told
    assert not (tmp_path / "team").exists()
    made = run(tmp_path / "out", "infra", "--evidence-key", f"gcpkms://{name}", *CONTROLS)
    code, told = evidence("verify", made, "--key", tmp_path / "team.pub")
    assert (code, told.count("team.pub")) == (0, 1), told
    assert evidence("sign", made, "--key", f"gcpkms://{name}")[0] == 0
    assert set(kms.calls) == {"get_public_key", "asymmetric_sign"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (RSA, "its algorithm has to be"),
        (DENIED, "viewPublicKey"),
        ("projects/p/cryptoKeys/k", "cryptoKeyVersions/N"),
        (P256.removesuffix("/cryptoKeyVersions/1"), "cryptoKeyVersions/N"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_before_anything_is_judged(kms: Kms, name: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        keys.signer(f"gcpkms://{name}")


def test_a_signature_of_another_key_does_not_count(kms: Kms) -> None:
    with pytest.raises(EvidenceError, match="no signature of this key"):
        keys.signer(f"gcpkms://{LIAR}").sign(b"text")


def test_what_is_too_long_for_ed25519_is_refused(kms: Kms) -> None:
    with pytest.raises(EvidenceError, match="at most 65,536 bytes"):
        keys.signer(f"gcpkms://{EDWARDS}").sign(b"x" * 65_537)
    text = b"x" * 65_537
    assert keys.Public(kms.p256.public_key()).verifies(keys.signer(f"gcpkms://{P256}").sign(text), text)


def test_without_the_client_the_way_out_is_named(kms: Kms, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in ("google.cloud.kms_v1", "google.cloud.kms"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EvidenceError, match=r"assay\[gcp-kms\]"):
        keys.signer(f"gcpkms://{P256}")
