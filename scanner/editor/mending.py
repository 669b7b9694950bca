"""Edits that are proven before an editor is given them: the fixes of fix/propose.py, as files that they change."""

from __future__ import annotations

import os
from collections.abc import Collection

from assay.scanner.fix.propose import applied, fixing
from assay.scanner.options import Options


def chosen(options: Options, fingerprint: str) -> tuple[dict[str, bytes], list[str]]:
    """The files with the first proven fix of one finding in them, by absolute path, and what is told of it. Raises AssayError."""
    fixer = fixing(options)
    proposals = fixer.proven(fixer.findings(lambda result: result.fingerprint == fingerprint))
    if not proposals:
        return {}, [f"no fix: {fixer.why.get(fingerprint) or 'it does not fail any more'}"]
    (proposal,) = proposals
    files = {edit.file: fixer.files.content(edit.file) for edit in proposal.edits}
    edited = {file: applied(content, [edit for edit in proposal.edits if edit.file == file]) for file, content in files.items()}
    told = f"{proposal.title}: {proposal.because}" if proposal.because else proposal.title
    return _absolute(edited), [told]


def safe(options: Options, fingerprints: Collection[str]) -> tuple[dict[str, bytes], list[str]]:
    """The files with all safe fixes of some findings in them, proven together. Raises AssayError."""
    outcome = fixing(options).run(lambda result: result.fingerprint in fingerprints)
    told = [proposal.title for proposal in outcome.fixed]
    return _absolute(outcome.files), told or ["nothing here has a fix that is safe"]


def _absolute(files: dict[str, bytes]) -> dict[str, bytes]:
    return {os.path.abspath(file): content for file, content in files.items()}
