"""Subnetworks, machines, Cloud Run and functions in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader

from .google import GoogleWorkloadAt, SubnetworkAt, google_workload, subnetwork
from .kinds import Subnet, Workload
from .placed import placed

_ADDRESSES = ("access_config", "ipv6_access_config")
_MACHINES = ("google_compute_instance", "google_compute_instance_template", "google_compute_region_instance_template")
_ACCESS = {
    "google_cloud_run_v2_service": ("service", "template.vpc_access"),
    "google_cloud_run_v2_job": ("job", "template.template.vpc_access"),
    "google_cloud_run_v2_worker_pool": ("worker pool", "template.vpc_access"),
}
_PLACED = {
    **dict.fromkeys(_MACHINES, ("network_interface[].subnetwork",)),
    **{type_: (f"{access}.network_interfaces[].subnetwork",) for type_, (_, access) in _ACCESS.items()},
    "google_vpc_access_connector": ("subnet.name",),
}
_FUNCTIONS = {"google_cloudfunctions2_function": "service_config.vpc_connector", "google_cloudfunctions_function": "vpc_connector"}

READERS = (
    Reader(
        Subnet,
        ("google_compute_subnetwork",),
        subnetwork,
        SubnetworkAt(ipv6="ipv6_access_type", workloads=placed(_PLACED)),
    ),
    *(
        Reader(
            Workload,
            (type_,),
            google_workload,
            GoogleWorkloadAt(sort=sort, connectors=(f"{access}.connector",), interfaces=(f"{access}.network_interfaces",)),
        )
        for type_, (sort, access) in _ACCESS.items()
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service
    Reader(
        Workload,
        ("google_cloud_run_service",),
        google_workload,
        GoogleWorkloadAt(sort="service", annotations="template.metadata.annotations"),
    ),
    *(
        Reader(Workload, (type_,), google_workload, GoogleWorkloadAt(sort="function", connectors=(connector,)))
        for type_, connector in _FUNCTIONS.items()
    ),
    Reader(
        Workload,
        _MACHINES,
        google_workload,
        GoogleWorkloadAt(sort="instance", machine=True, interfaces=("network_interface",), addresses=_ADDRESSES),
    ),
)
