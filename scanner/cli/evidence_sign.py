"""`assay evidence sign`: sign the manifest of a run folder."""

from __future__ import annotations

import os
import sys

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console
from assay.scanner.errors import AssayError


@click.command("sign")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, file_okay=False))
@click.option("--key", required=True, metavar="FILE|awskms:KEY|gcpkms://KEY", help="The private key.")
def command(run: str, key: str) -> None:
    """Sign the run folder RUN, beside the signatures that it has: a reviewer may sign what a team has signed."""
    from assay.scanner.evidence import keys, signing

    try:
        signer = keys.signer(key)
        signing.sign(run, signer)
    except AssayError as error:
        console.refused(error)
        sys.exit(EXIT_USAGE)
    console.show(f"{os.path.normpath(run)}: signed by {signer.keyid}")
    sys.exit(EXIT_OK)
