"""Evidence of an audit, and signatures by a key of KMS, against a moto server over HTTP."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from assay.scanner.evidence import keys
from assay.scanner.evidence.kms import KmsKey
from assay.scanner.sources.aws import session
from tests.evidence.folders import CONTROLS, evidence, run, tree
from tests.scans import assay, assay_process
from tests.sources.aws.estate import ACCOUNT_IDS, HOME, Keys, enter

ASKED = ("--control", "storage.*", "--control", "keys.*", "--regions", HOME, "--no-config", "--quiet")


@pytest.fixture
def signer(endpoint: str, acting_as: Callable[[Keys], Keys]) -> Keys:
    """An account whose keys no test counts."""
    return acting_as(enter(next(ACCOUNT_IDS), endpoint))


def audited(out: Path, *arguments: object) -> Path:
    ran = assay_process("audit", "aws", *ASKED, "--evidence", out, *arguments)
    assert ran.returncode in (0, 1, 3), ran.stderr
    return out / max(os.listdir(out))


def test_an_audit_leaves_its_snapshot_and_is_judged_again_without_the_account(
    estate: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = audited(tmp_path / "out")
    assert (made / "snapshot.ndjson.gz").stat().st_size > 0
    page = (made / "reports" / "results.html").read_text()
    failing = [result for result in json.loads((made / "reports" / "results.json").read_text())["results"] if result["verdict"] == "fail"]
    assert failing and page.count('<details class="answer">') >= 1, "a failure has what the account answered"
    assert str(tmp_path) not in (made / "reports" / "results.json").read_text().replace(f'"{tmp_path}/out"', "")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    code, told = evidence("replay", made)
    assert code == 0, told
    assert evidence("verify", made, "--unsigned")[0] == 0


def test_a_snapshot_that_is_asked_for_is_in_it_as_well(estate: Keys, tmp_path: Path) -> None:
    made = audited(tmp_path / "out", "--snapshot", tmp_path / "mine.ndjson")
    assert (made / "snapshot.ndjson").read_bytes() == (tmp_path / "mine.ndjson").read_bytes()
    code, told = evidence("replay", made)
    assert code == 0, told


def test_an_audit_that_cannot_begin_leaves_nothing(endpoint: str, tmp_path: Path) -> None:
    ran = assay_process("audit", "aws", *ASKED, "--evidence", tmp_path / "out", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert ran.returncode in (2, 3) and os.listdir(tmp_path / "out") == []


def test_a_key_of_kms_signs(signer: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = signer.client("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    monkeypatch.chdir(tree(tmp_path / "repo"))
    code, told = evidence("keygen", tmp_path / "team", "--from", f"awskms:{key}")
    assert code == 0 and not (tmp_path / "team").exists(), told
    made = run(tmp_path / "out", "infra", "--evidence-key", f"awskms:{key}", *CONTROLS)
    code, told = evidence("verify", made, "--key", tmp_path / "team.pub")
    assert code == 0, told
    assert evidence("sign", made, "--key", f"awskms:{key}")[0] == 0  # again: the one signature of a key is replaced
    assert len(json.loads((made / "manifest.dsse.json").read_bytes())["signatures"]) == 1
    results = made / "reports" / "results.json"
    results.write_bytes(results.read_bytes() + b" ")
    assert evidence("verify", made, "--key", tmp_path / "team.pub")[0] == 1


@pytest.mark.parametrize("length", [100, 4096, 4097, 100_000])
def test_a_text_of_any_length_is_signed(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    """As the documentation of Sign has it; moto takes a digest for a text."""
    key = ec.generate_private_key(ec.SECP256R1())

    def answer(_service: str, operation: str, _region: str | None, **given: Any) -> dict[str, Any]:
        if operation == "get_public_key":
            public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return {"PublicKey": public, "KeyUsage": "SIGN_VERIFY", "SigningAlgorithms": ["ECDSA_SHA_256"]}
        assert len(given["Message"]) <= 4096
        hashed = Prehashed(hashes.SHA256()) if given["MessageType"] == "DIGEST" else hashes.SHA256()
        return {"Signature": key.sign(given["Message"], ec.ECDSA(hashed))}

    monkeypatch.setattr(session, "call_by_itself", answer)
    text = b"x" * length
    assert keys.Public(key.public_key()).verifies(KmsKey("k").sign(text), text)


def test_a_key_of_kms_that_does_not_sign_is_refused(signer: Keys, tmp_path: Path) -> None:
    kms = signer.client("kms")
    rsa = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["Arn"]
    code, told = evidence("keygen", tmp_path / "k", "--from", f"awskms:{rsa}")
    assert code == 2 and "ECC_NIST_P256" in told
    code, told = evidence("keygen", tmp_path / "k", "--from", "awskms:alias/nothing")
    assert code == 2 and "internal error" not in told
    code, told = evidence("keygen", tmp_path / "k", "--from", "gcpkms:x")
    assert code == 2
    assert assay("scan", tmp_path, "--evidence", tmp_path / "out", "--evidence-key", f"awskms:{rsa}").exit_code == 2
