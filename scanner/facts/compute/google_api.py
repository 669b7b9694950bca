"""Cloud Run and Cloud Functions by their REST resources.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
"""

from __future__ import annotations

from assay.scanner.facts.bindings import OWN
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.google import InvocableAt, invocable
from assay.scanner.facts.compute.kinds import Invocable

READERS = (
    Reader(
        Invocable,
        ("run.googleapis.com/Service",),
        invocable,
        InvocableAt(
            name="metadata.name",
            bindings=OWN,
            ingress="ingress",
            unchecked="invokerIamDisabled",
            address_disabled="defaultUriDisabled",
            proxied="iapEnabled",
            annotations="metadata.annotations",
        ),
    ),
    Reader(Invocable, ("run.googleapis.com/Job",), invocable, InvocableAt(name="metadata.name", bindings=OWN)),
    # https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#ServiceConfig
    Reader(
        Invocable,
        ("cloudfunctions.googleapis.com/Function",),
        invocable,
        InvocableAt(bindings=OWN, ingress="serviceConfig.ingressSettings"),
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v1/projects.locations.functions
    Reader(
        Invocable,
        ("cloudfunctions.googleapis.com/CloudFunction",),
        invocable,
        InvocableAt(bindings=OWN, ingress="ingressSettings"),
    ),
)
