"""Triggers of Cloud Build by their REST resource. https://cloud.google.com/build/docs/api/reference/rest/v1/projects.triggers"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.supply.pipelines.kinds import Pipeline
from assay.scanner.facts.supply.pipelines.triggers import TriggerAt, trigger

AT = TriggerAt(
    build="build",
    steps="steps",
    images="images",
    waits="waitFor",
    secrets="secretEnv",
    tolerated="allowFailure",
    exit_codes="allowExitCodes",
)
TYPE = "cloudbuild.googleapis.com/BuildTrigger"
READERS = (Reader(Pipeline, (TYPE,), trigger, AT, always=False),)
