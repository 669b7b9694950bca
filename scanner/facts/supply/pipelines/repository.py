"""Pipelines by the files of a repository that define them."""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.supply.pipelines.files import AT, TYPES, pipeline
from assay.scanner.facts.supply.pipelines.kinds import Pipeline

READERS = (Reader(Pipeline, TYPES, pipeline, AT, always=False),)
