"""Cloud Trace in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_service"""

from __future__ import annotations

from assay.scanner.facts.bindings import PARTS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.tracing.google import TraceServiceAt, of_block, service
from assay.scanner.facts.observe.tracing.kinds import TraceSource
from assay.scanner.facts.spelling import Index

_BINDINGS = Index(tuple(f"google_project_iam_{part}" for part in PARTS), of_block)

READERS = (Reader(TraceSource, ("google_project_service",), service, TraceServiceAt(service="service", bindings=_BINDINGS), always=False),)
