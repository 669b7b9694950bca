"""Triggers of Cloud Build in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloudbuild_trigger"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.supply.pipelines.kinds import Pipeline
from assay.scanner.facts.supply.pipelines.triggers import TriggerAt, trigger

AT = TriggerAt(
    name="name",
    build="build",
    steps="step",
    images="images",
    waits="wait_for",
    secrets="secret_env",
    tolerated="allow_failure",
    exit_codes="allow_exit_codes",
)
TYPE = "google_cloudbuild_trigger"
READERS = (Reader(Pipeline, (TYPE,), trigger, AT, always=False),)
