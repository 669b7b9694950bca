"""Signs run folders."""

from __future__ import annotations

import contextlib
import os
import tempfile

from assay.scanner.compare import saved
from assay.scanner.evidence import signature
from assay.scanner.evidence.folder import digest_of, manifest_bytes, read
from assay.scanner.evidence.keys import Signer
from assay.scanner.evidence.model import ENVELOPE, MANIFEST, MAX_JSON, RESULTS, EvidenceError, RunManifest, decode
from assay.scanner.results.model import Report


def results_of(folder: str) -> Report:
    """The report of a run folder. Raises EvidenceError."""
    try:
        report = saved.decoded(read(folder, RESULTS, saved.MAX_BYTES))
    except (OSError, saved.UnreadableReport) as error:
        raise EvidenceError(f"{folder}/{RESULTS}: {getattr(error, 'strerror', None) or error}") from None
    if report is None:
        raise EvidenceError(f"{folder}/{RESULTS}: no report as assay writes it")
    return report


def sign(folder: str, signer: Signer, report: Report | None = None) -> None:
    """Sign the manifest of a run folder, beside the signatures that are there. Raises EvidenceError: also where a file is not what the
    manifest says, since nobody should sign that."""
    try:
        content, digest = manifest_bytes(folder)
    except OSError as error:
        raise EvidenceError(f"{folder}/{MANIFEST}: {error.strerror or error}") from None
    manifest = decode(content, RunManifest, f"{folder}/{MANIFEST}")
    for file in manifest.files:
        with contextlib.suppress(OSError):
            if digest_of(folder, file.path) == file:
                continue
        raise EvidenceError(f"{folder}/{file.path}: not what the manifest says; assay evidence verify lists all")
    before = None
    if os.path.lexists(os.path.join(folder, ENVELOPE)):
        try:
            before = read(folder, ENVELOPE, MAX_JSON)
        except OSError as error:
            raise EvidenceError(f"{folder}/{ENVELOPE}: {error.strerror or error}") from None
    payload = signature.statement(manifest, digest, report or results_of(folder))
    _replace(os.path.join(folder, ENVELOPE), signature.signed(payload, signer, before))


def _replace(path: str, content: bytes) -> None:
    """The signatures are whole at any time."""
    try:
        descriptor, partial = tempfile.mkstemp(prefix=".", dir=os.path.dirname(path))
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        os.replace(partial, path)
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror or error}") from None
