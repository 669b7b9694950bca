"""Keys that pipelines sign in to a cloud with, by the files that define these."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.credentials.kinds import StaticCredential
from assay.scanner.facts.iam.credentials.pipelines import keys
from assay.scanner.facts.supply.pipelines.files import AT, TYPES

READERS = (Reader(StaticCredential, TYPES, keys, AT, always=False),)
