"""Images by the files of a repository that build them. https://docs.docker.com/reference/dockerfile/"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.images import dockerfiles, pipelines
from assay.scanner.facts.secrets.images.kinds import ImageBuild
from assay.scanner.facts.supply.pipelines.files import AT, TYPES
from assay.scanner.sources.repository.names import DOCKERFILE

READERS = (
    Reader(ImageBuild, (DOCKERFILE,), dockerfiles.dockerfile, dockerfiles.AT),
    Reader(ImageBuild, TYPES, pipelines.arguments, AT, always=False),
)
