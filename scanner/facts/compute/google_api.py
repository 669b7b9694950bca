"""Cloud Run and Cloud Functions by their REST resources.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
"""

from __future__ import annotations

from assay.scanner.facts.bindings import OWN
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.google import InvocableAt, invocable
from assay.scanner.facts.compute.kinds import Invocable, Mounting, Runner
from assay.scanner.facts.compute.runners import MACHINE, MACHINES, FixedAt, fixed
from assay.scanner.facts.compute.volumes import FILES, VolumesAt, mounting

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
    Reader(
        Runner,
        (
            "run.googleapis.com/Service",
            "run.googleapis.com/Job",
            "run.googleapis.com/WorkerPool",
            "cloudfunctions.googleapis.com/Function",
            "cloudfunctions.googleapis.com/CloudFunction",
        ),
        fixed,
        FixedAt(name="metadata.name|name", sort="service", by="Cloud Run", serverless=True),
    ),
    Reader(Runner, ("compute.googleapis.com/Instance",), fixed, FixedAt(name="name", sort="instance", by=MACHINE)),
    Reader(
        Runner,
        ("compute.googleapis.com/InstanceGroupManager", "compute.googleapis.com/RegionInstanceGroupManager"),
        fixed,
        FixedAt(name="name", sort="group of instances", by=MACHINES),
    ),
    # https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
    Reader(
        Runner,
        ("container.googleapis.com/Cluster",),
        fixed,
        FixedAt(name="name", sort="cluster", by="nodes of its own", unless="autopilot.enabled|enableAutopilot|cluster.autopilot.enabled"),
    ),
    Reader(Runner, ("container.googleapis.com/NodePool",), fixed, FixedAt(name="name", sort="group of nodes", by=MACHINES)),
    # https://cloud.google.com/run/docs/reference/rest/v2/Volume, https://cloud.google.com/run/docs/reference/rest/v1/RevisionSpec#Volume
    Reader(
        Mounting,
        ("run.googleapis.com/Service", "run.googleapis.com/Job", "run.googleapis.com/WorkerPool"),
        mounting,
        VolumesAt(
            name="metadata.name|name",
            volumes=(
                "template.volumes",
                "template.template.volumes",
                "spec.template.spec.volumes",
                "spec.template.spec.template.spec.volumes",
            ),
            called="name",
            kept=(("nfs", FILES),),
            driver="csi.driver",
            buckets=(("gcs", "gcs.readOnly"), ("csi.driver", "csi.readOnly")),
        ),
    ),
)
