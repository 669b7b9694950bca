"""`assay evidence keygen`: a key to sign with."""

from __future__ import annotations

import sys
from typing import Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console
from assay.scanner.errors import AssayError


@click.command("keygen")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@click.option("--from", "kms", metavar="awskms:KEY|gcpkms://KEY", help="Make no key: write the public one of this key of KMS as FILE.pub.")
def command(file: str, kms: str | None) -> None:
    """Make an Ed25519 key: the private one as FILE, which only its owner may read, the public one as FILE.pub."""
    sys.exit(_keygen(file, kms))


def _keygen(file: str, kms: str | None) -> int:
    from assay.scanner.evidence import keys

    try:
        if kms is None:
            keyid = keys.generate(file)
        elif kms.startswith((keys.AWS, keys.GOOGLE)):
            key: Any = keys.signer(kms)
            keys.write_public(f"{file}.pub", key.public)
            keyid = key.keyid
        else:
            console.tell(f"assay: --from takes {keys.AWS}KEY or {keys.GOOGLE}KEY")
            return EXIT_USAGE
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    console.show(f"{file}.pub: give it to whoever checks; its id is {keyid}")
    return EXIT_OK
