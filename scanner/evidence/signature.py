"""Signatures of a manifest: an in-toto statement in a DSSE envelope.

https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from assay.scanner.evidence.keys import Public, Signer
from assay.scanner.evidence.model import CONFIGURATION, MANIFEST, EvidenceError, RunManifest, decode, encode
from assay.scanner.results.model import Report

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
MOST_SIGNATURES = 100
_RESULTS = {0: "PASSED", 1: "FAILED"}


class Signature(msgspec.Struct, frozen=True):
    """Of one key. `keyid` is a hint and proves nothing."""

    sig: str
    keyid: str = ""


class Envelope(msgspec.Struct, frozen=True):
    """What is signed, in base64, with the signatures."""

    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: list[Signature]


class _Subject(msgspec.Struct):
    name: str
    digest: dict[str, str]


class _Statement(msgspec.Struct):
    type_: str = msgspec.field(name="_type")
    subject: list[_Subject]
    predicate_type: str = msgspec.field(name="predicateType")


class CheckedSignatures(msgspec.Struct, frozen=True):
    """What the signatures of a manifest come to."""

    by: list[str] = []
    """The names of the trusted keys that signed it."""
    unknown: list[str] = []
    """Ids of keys that nobody trusts here, as the envelope calls them."""
    problem: str = ""
    """Why no signature of it counts."""


def pae(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def statement(manifest: RunManifest, digest: str, report: Report) -> bytes:
    """What a signature says of a run. `digest`: sha256 of the manifest.

    What is not known is no pass: a run that is incomplete is WARNED, and so is a control with an unknown verdict.
    """
    by_verdict: dict[str, list[str]] = {}
    for outcome in report.controls:
        by_verdict.setdefault(outcome.verdict, []).append(outcome.id)
    configured = [file for file in manifest.files if file.path.startswith(f"{CONFIGURATION}/")]
    predicate: dict[str, Any] = {
        "result": _RESULTS.get(manifest.exit_code, "WARNED"),
        "configuration": [{"name": file.path, "digest": {"sha256": file.sha256}} for file in configured],
        "passedTests": sorted(by_verdict.get("pass", [])),
        "warnedTests": sorted(id_ for verdict in ("unknown", "error", "waived") for id_ in by_verdict.get(verdict, [])),
        "failedTests": sorted(by_verdict.get("fail", [])),
        "assay": {
            "run": manifest.run, "started": manifest.started, "finished": manifest.finished, "exitCode": manifest.exit_code,
            "tool": msgspec.to_builtins(manifest.tool), "targets": list(report.run.targets),
            "revisions": msgspec.to_builtins(manifest.revisions), "verdicts": report.summary.verdicts,
            "notApplicable": sorted(by_verdict.get("not_applicable", [])),
        },
    }  # fmt: skip
    subject = [{"name": MANIFEST, "digest": {"sha256": digest}}]
    return encode({"_type": STATEMENT_TYPE, "subject": subject, "predicateType": PREDICATE_TYPE, "predicate": predicate})


def signed(payload: bytes, signer: Signer, before: bytes | None = None) -> bytes:
    """The envelope with a signature of `signer`, beside those of the envelope `before`. Raises EvidenceError."""
    signatures: list[Signature] = []
    if before is not None:
        envelope = decode(before, Envelope, "the envelope")
        if _payload(envelope) != payload:
            raise EvidenceError("the signatures that are there are of something else; verify says of what")
        signatures = [signature for signature in envelope.signatures if signature.keyid != signer.keyid]
    made = Signature(base64.b64encode(signer.sign(pae(payload))).decode(), signer.keyid)
    return encode(Envelope(base64.b64encode(payload).decode(), PAYLOAD_TYPE, [*signatures, made]))


def checked(envelope: bytes, digest: str, trusted: Mapping[str, Public]) -> CheckedSignatures:
    """Check the signatures of a manifest with this digest. `trusted`: the keys by the names that are shown of them."""
    try:
        told = decode(envelope, Envelope, "the signatures")
        payload = _payload(told)
        says = msgspec.json.decode(payload, type=_Statement)
    except (EvidenceError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return CheckedSignatures(problem=f"no DSSE envelope of an in-toto statement: {error}")
    if len(told.signatures) > MOST_SIGNATURES:
        return CheckedSignatures(problem=f"more than {MOST_SIGNATURES} signatures")
    if (told.payload_type, says.type_, says.predicate_type) != (PAYLOAD_TYPE, STATEMENT_TYPE, PREDICATE_TYPE):
        return CheckedSignatures(problem=f"a statement of another type: {says.predicate_type:.100}")
    if [(subject.name, subject.digest.get("sha256")) for subject in says.subject] != [(MANIFEST, digest)]:
        return CheckedSignatures(problem="the signatures are of another manifest than the one that is there")
    return _by(told.signatures, pae(payload), trusted)


def _by(signatures: Sequence[Signature], text: bytes, trusted: Mapping[str, Public]) -> CheckedSignatures:
    by, unknown, problem = list[str](), list[str](), ""
    for signature in signatures:
        content = _decoded(signature.sig)
        names = [name for name, key in trusted.items() if content is not None and key.verifies(content, text)]
        by += [name for name in names if name not in by]
        claimed = [name for name, key in trusted.items() if key.keyid == signature.keyid]
        if not names and claimed:
            problem = f"a signature that is said to be of {claimed[0]} is not: it, or what it is of, was changed"
        elif not names:
            unknown.append(signature.keyid or "a key without a name")
    return CheckedSignatures(by, unknown, problem)


def _payload(envelope: Envelope) -> bytes:
    payload = _decoded(envelope.payload)
    if payload is None:
        raise EvidenceError("its payload is no base64")
    return payload


def _decoded(text: str) -> bytes | None:
    """Base64 of either alphabet, as DSSE has it."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
