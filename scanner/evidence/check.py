"""Whether run folders are as they were written: every digest, the chain of runs, the signatures.

A run folder may come from anybody. Nothing outside of it is read, whatever its manifest and its links say, and no file is read whose size
is another than the manifest's.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from assay.scanner import lazy_re
from assay.scanner.evidence import signature
from assay.scanner.evidence.folder import FOLDER, digest_of, files, manifest_bytes, read, runs
from assay.scanner.evidence.keys import Public
from assay.scanner.evidence.model import ENVELOPE, MANIFEST, MAX_JSON, EvidenceError, FileDigest, RunManifest, decode

_SHA256 = lazy_re.pattern(r"[0-9a-f]{64}")
Kind = Literal["changed", "missing", "added", "refused", "broken", "signature", "unseen"]
"""`refused`: not a file that is read here; `broken`: the chain is; `signature`: one is wrong; `unseen`: what could not be checked."""


class EvidenceProblem(msgspec.Struct, frozen=True):
    """Something that is not as it was written, or could not be checked."""

    kind: Kind
    what: str
    """The file, below the directory that was named; or the run folder."""
    why: str


class CheckedFolder(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one run folder."""

    name: str
    manifest: RunManifest | None = None
    digest: str = ""
    """sha256 of the manifest."""
    files: int = 0
    """Files that are as the manifest says."""
    signed_by: list[str] = []
    problems: list[EvidenceProblem] = []


def check(folder: str, trusted: Mapping[str, Public] | None) -> CheckedFolder:
    """Check one run folder. `trusted`: public keys by the names that are shown of them; None where signatures are not asked for."""
    name = os.path.basename(os.path.abspath(folder))
    try:
        content, digest = manifest_bytes(folder)
        manifest = decode(content, RunManifest, f"{name}/{MANIFEST}")
    except OSError as error:
        return CheckedFolder(
            name=name, problems=[EvidenceProblem("missing", f"{name}/{MANIFEST}", f"{error.strerror or error}: nothing can be checked")]
        )
    except EvidenceError as error:
        return CheckedFolder(name=name, problems=[EvidenceProblem("changed", f"{name}/{MANIFEST}", f"{error}: nothing can be checked")])
    problems = [*_files(folder, name, manifest), *_previous(folder, name, manifest)]
    as_they_were = len(manifest.files) - len({problem.what for problem in problems if problem.kind in ("changed", "missing", "refused")})
    signed_by, of_signatures = _signatures(folder, name, digest, trusted)
    return CheckedFolder(
        name=name, manifest=manifest, digest=digest, files=as_they_were, signed_by=signed_by, problems=[*problems, *of_signatures]
    )  # fmt: skip


def check_all(directory: str, trusted: Mapping[str, Public] | None) -> Iterator[CheckedFolder]:
    """Check every run folder of a directory, and that they are one chain. Raises EvidenceError."""
    names, before = runs(directory), dict[str, str]()
    firsts = 0
    for name in names:
        checked = check(os.path.join(directory, name), trusted)
        more = list[EvidenceProblem]()
        if checked.manifest is not None and checked.manifest.previous is None:
            firsts += 1
            if firsts > 1:
                more.append(EvidenceProblem("broken", name, "a second run that says that it is the first of its directory"))
        elif checked.manifest is not None and checked.manifest.previous is not None:
            previous = checked.manifest.previous.folder
            if previous in before:
                more.append(EvidenceProblem("broken", name, f"{before[previous]} says too that it follows {previous}: the chain forks"))
            before.setdefault(previous, name)
        yield msgspec.structs.replace(checked, problems=[*checked.problems, *more])


def _files(folder: str, name: str, manifest: RunManifest) -> Iterator[EvidenceProblem]:
    for path, times in Counter(file.path for file in manifest.files).items():
        if times > 1:
            yield EvidenceProblem("refused", f"{name}/{path}", f"the manifest names it {times} times")
    for file in manifest.files:
        problem = _file(folder, name, file)
        if problem:
            yield problem
    known = {file.path for file in manifest.files}
    yield from (EvidenceProblem("added", f"{name}/{path}", "the manifest does not name it") for path in files(folder) if path not in known)


def _file(folder: str, name: str, file: FileDigest) -> EvidenceProblem | None:
    shown = f"{name}/{file.path}"
    if file.path in (MANIFEST, ENVELOPE) or not _SHA256.fullmatch(file.sha256) or file.size < 0:
        return EvidenceProblem("refused", shown, "no entry as assay writes it")
    try:
        size = _size(folder, file.path)
        if size is not None and size != file.size:
            return EvidenceProblem("changed", shown, f"it has {size:,} bytes, and the manifest says {file.size:,}")
        actual = digest_of(folder, file.path)
    except FileNotFoundError:
        return EvidenceProblem("missing", shown, "the manifest names it")
    except (OSError, ValueError) as error:
        return EvidenceProblem("refused", shown, f"{getattr(error, 'strerror', None) or error}; it was not read")
    if actual != file:
        return EvidenceProblem("changed", shown, f"its sha256 is {actual.sha256}, and the manifest says {file.sha256}")
    return None


def _size(folder: str, name: str) -> int | None:
    """The size of a file by its place alone; None where `digest_of` has to say what is wrong with it."""
    parts = name.split("/")
    if any(part in ("", os.curdir, os.pardir) or "\0" in part for part in parts):
        return None
    path = folder
    for part in parts:
        path = os.path.join(path, part)
        if os.path.islink(path):
            return None
    return os.path.getsize(path) if os.path.isfile(path) else None


def _previous(folder: str, name: str, manifest: RunManifest) -> Iterator[EvidenceProblem]:
    previous = manifest.previous
    if previous is None:
        return
    beside = os.path.join(os.path.dirname(os.path.abspath(folder)), previous.folder)
    if not FOLDER.fullmatch(previous.folder):
        yield EvidenceProblem(
            "refused", name, f"the run before it is said to be {previous.folder!r:.200}, which is no name of a run folder"
        )
    elif not os.path.lexists(beside):
        yield EvidenceProblem("unseen", name, f"the run before it, {previous.folder}, is not beside it")
    elif os.path.islink(beside):
        yield EvidenceProblem("refused", name, f"the run before it, {previous.folder}, is a link, which is not followed")
    else:
        try:
            digest = manifest_bytes(beside)[1]
        except OSError as error:
            yield EvidenceProblem(
                "broken", name, f"the manifest of {previous.folder}, the run before it, cannot be read: {error.strerror or error}"
            )
            return
        if digest != previous.manifest:
            yield EvidenceProblem("broken", name, f"the manifest of the run before it, {previous.folder}, is not the one that it follows")


def _signatures(folder: str, name: str, digest: str, trusted: Mapping[str, Public] | None) -> tuple[list[str], list[EvidenceProblem]]:
    """The trusted keys that signed, and what is wrong with the signatures."""
    if trusted is None:
        return [], []
    shown = f"{name}/{ENVELOPE}"
    if not os.path.lexists(os.path.join(folder, ENVELOPE)):
        return [], [EvidenceProblem("unseen", name, "nobody signed it")]
    try:
        told = signature.checked(read(folder, ENVELOPE, MAX_JSON), digest, trusted)
    except OSError as error:
        return [], [EvidenceProblem("refused", shown, f"{error.strerror or error}; it was not read")]
    problems = [EvidenceProblem("signature", shown, told.problem)] if told.problem else []
    if not told.by and not told.problem:
        problems.append(
            EvidenceProblem("unseen", shown, f"signed by keys that are not among those given: {', '.join(told.unknown)[:500] or 'none'}")
        )
    return told.by, problems
