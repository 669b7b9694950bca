"""Pipelines by the files that define them."""

from __future__ import annotations

from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.supply.pipelines import buildspec, cloudbuild, github, gitlab, meaning
from assay.scanner.facts.supply.pipelines.kinds import Pipeline
from assay.scanner.facts.supply.pipelines.model import PipelineModel
from assay.scanner.facts.view import View
from assay.scanner.sources.repository.item import DOCUMENT, FileItem
from assay.scanner.sources.repository.names import BUILDSPEC, CLOUDBUILD, GITHUB, GITLAB

_SYSTEMS = {GITHUB: github.pipeline, GITLAB: gitlab.pipeline, CLOUDBUILD: cloudbuild.pipeline, BUILDSPEC: buildspec.pipeline}
TYPES = tuple(_SYSTEMS)


class FileAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a file tells what its pipeline does."""

    document: str


AT = FileAt(document=DOCUMENT)


def model(view: View, at: FileAt) -> PipelineModel:
    """The pipeline that a file defines, which nobody changes. Raises OverBudget."""
    return view.once(_model, at)


def _model(view: View, at: FileAt) -> PipelineModel:
    content = view[at.document].data
    return _SYSTEMS[view.item.type](content["document"], content["files"])


def pipeline(view: View, at: FileAt) -> Pipeline | None:
    """The pipeline that a file defines; None where it releases nothing, or runs as a part of others of its folder alone."""
    assert isinstance(view.item, FileItem)
    if view[at.document].data.get("part"):
        return None
    return meaning.resource(view, model(view, at), view.item.place)
