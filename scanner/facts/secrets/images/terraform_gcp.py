"""Images that triggers of Cloud Build build, in Terraform."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.images.kinds import ImageBuild
from assay.scanner.facts.secrets.images.pipelines import trigger
from assay.scanner.facts.supply.pipelines.terraform_gcp import AT, TYPE

READERS = (Reader(ImageBuild, (TYPE,), trigger, AT, always=False),)
