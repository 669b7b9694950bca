"""`assay evidence verify`: whether run folders are as they were written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from assay.scanner.cli import EXIT_FAILED, EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console
from assay.scanner.errors import AssayError
from assay.scanner.words import many

if TYPE_CHECKING:
    from assay.scanner.evidence.check import CheckedFolder


@click.command("verify")
@click.argument("path", metavar="RUN|DIR", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--key", "keys", multiple=True, type=click.Path(exists=True, dir_okay=False), help="A public key that is trusted. Repeatable."
)
@click.option("--unsigned", is_flag=True, help="Check the digests and the chain alone: anybody may have written them.")
def command(path: str, keys: tuple[str, ...], unsigned: bool) -> None:
    """Check one run folder, or all of a directory: every file by its digest, the chain of runs, the signatures.

    Exit codes: 1 something was changed, is missing, was added, or a signature is wrong; 3 something could not be checked: it is not signed
    by a key that is given, or the run before is not there; 2 wrong usage; 0 none of these.
    """
    sys.exit(_verify(path, keys, unsigned))


def _verify(path: str, names: tuple[str, ...], unsigned: bool) -> int:
    from assay.scanner.evidence import check, folder, keys
    from assay.scanner.evidence.model import MANIFEST

    if unsigned and names:
        console.tell("assay: --unsigned and --key contradict each other; give one of them")
        return EXIT_USAGE
    try:
        trusted = None if unsigned else {name: keys.public(name) for name in names}
        one = os.path.lexists(os.path.join(path, MANIFEST)) or folder.FOLDER.fullmatch(os.path.basename(os.path.abspath(path))) is not None
        folders = [check.check(path, trusted)] if one else list(check.check_all(path, trusted))
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    if not folders:
        console.tell(f"assay: {path}: no run folder is there; assay scan --evidence {path} makes one")
        return EXIT_USAGE
    for checked in folders:
        _tell(checked, unsigned)
    return _outcome(folders)


def _tell(checked: CheckedFolder, unsigned: bool) -> None:
    manifest = checked.manifest
    if manifest is not None:
        before = f"follows {manifest.previous.folder}" if manifest.previous else "the first of its directory"
        none = "signatures not checked" if unsigned else "no trusted signature"
        signed = f"signed by {', '.join(checked.signed_by)}" if checked.signed_by else none
        counts = f"{checked.files} of {many(len(manifest.files), 'file')} as the manifest says"
        console.show(console.one_line(f"{checked.name}: {counts}; {before}; {signed}"))
        console.show(f"  manifest sha256 {checked.digest}")
    for problem in checked.problems:
        console.show(console.one_line(f"  {problem.kind:<9} {problem.what}: {problem.why}"))


def _outcome(folders: Iterable[CheckedFolder]) -> int:
    kinds = {problem.kind for checked in folders for problem in checked.problems}
    if kinds - {"unseen"}:
        console.show("FAIL: not as it was written")
        return EXIT_FAILED
    if kinds:
        console.show("INCOMPLETE: what could be checked is as it was written")
        return EXIT_INCOMPLETE
    console.show("OK: as it was written")
    return EXIT_OK
