"""Subnetworks, machines, Cloud Run and functions by their REST resources.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services, https://cloud.google.com/compute/docs/reference/rest/v1
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader

from .google import GoogleWorkloadAt, SubnetworkAt, google_workload, subnetwork
from .kinds import Subnet, Workload
from .placed import placed

_ADDRESSES = ("accessConfigs", "ipv6AccessConfigs")
_MACHINES = {
    "compute.googleapis.com/Instance": "networkInterfaces",
    "compute.googleapis.com/InstanceTemplate": "properties.networkInterfaces",
}
_SERVICE, _JOB = "run.googleapis.com/Service", "run.googleapis.com/Job"
_ACCESS = {_SERVICE: ("service", "template.vpcAccess"), _JOB: ("job", "template.template.vpcAccess")}
_PLACED = {
    **{type_: (f"{interfaces}[].subnetwork",) for type_, interfaces in _MACHINES.items()},
    **{type_: (f"{access}.networkInterfaces[].subnetwork",) for type_, (_, access) in _ACCESS.items()},
}

READERS = (
    Reader(Subnet, ("compute.googleapis.com/Subnetwork",), subnetwork, SubnetworkAt(workloads=placed(_PLACED))),
    *(
        Reader(
            Workload,
            (type_,),
            google_workload,
            GoogleWorkloadAt(
                sort=sort,
                name="metadata.name|name",
                connectors=(f"{access}.connector",),
                interfaces=(f"{access}.networkInterfaces",),
                # https://cloud.google.com/run/docs/reference/rest/v1/ExecutionTemplateSpec: both have them on what is run
                annotations="spec.template.metadata.annotations",
            ),
        )
        for type_, (sort, access) in _ACCESS.items()
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#ServiceConfig
    Reader(
        Workload,
        ("cloudfunctions.googleapis.com/Function",),
        google_workload,
        GoogleWorkloadAt(sort="function", connectors=("serviceConfig.vpcConnector",)),
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v1/projects.locations.functions
    Reader(
        Workload,
        ("cloudfunctions.googleapis.com/CloudFunction",),
        google_workload,
        GoogleWorkloadAt(sort="function", connectors=("vpcConnector",)),
    ),
    *(
        Reader(
            Workload,
            (type_,),
            google_workload,
            GoogleWorkloadAt(sort="instance", machine=True, interfaces=(interfaces,), addresses=_ADDRESSES),
        )
        for type_, interfaces in _MACHINES.items()
    ),
)
