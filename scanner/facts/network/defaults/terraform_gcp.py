"""Default networks in Terraform for Google Cloud.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.google import (
    DefaultNetworkAt,
    MachineAt,
    NewProjectAt,
    UserAt,
    looked_up,
    machine,
    network,
    project,
    user,
)
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults

_LOOKED_UP = looked_up("data.google_compute_network", "data.google_compute_subnetwork")
_MACHINES, _INTERFACES = "cluster_config.gce_cluster_config", "gce_setup.network_interfaces"
READERS = (
    Reader(NetworkDefaults, ("google_compute_network",), network, DefaultNetworkAt(range="")),
    Reader(NetworkDefaults, ("google_project",), project, NewProjectAt(name="project_id", automatic="auto_create_network")),
    Reader(
        NetworkDefaults,
        (
            "google_compute_instance",
            "google_compute_instance_from_template",
            "google_compute_instance_template",
            "google_compute_region_instance_template",
        ),
        machine,
        MachineAt(looked_up=_LOOKED_UP, interfaces="network_interface"),
        always=False,
    ),
    # Interfaces of Cloud Run name one of the two: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
    Reader(
        NetworkDefaults,
        ("google_cloud_run_v2_service", "google_cloud_run_v2_worker_pool"),
        machine,
        MachineAt(looked_up=_LOOKED_UP, interfaces="template.vpc_access.network_interfaces"),
        always=False,
    ),
    Reader(
        NetworkDefaults,
        ("google_cloud_run_v2_job",),
        machine,
        MachineAt(looked_up=_LOOKED_UP, interfaces="template.template.vpc_access.network_interfaces"),
        always=False,
    ),
    Reader(NetworkDefaults, ("google_vpc_access_connector",), user, UserAt(looked_up=_LOOKED_UP, subnetwork="subnet.name"), always=False),
    Reader(NetworkDefaults, ("google_container_cluster",), user, UserAt(looked_up=_LOOKED_UP), always=False),
    Reader(NetworkDefaults, ("google_dataflow_job",), user, UserAt(looked_up=_LOOKED_UP), always=False),
    # Options of the pipeline may stand among the parameters:
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/dataflow_flex_template_job
    Reader(
        NetworkDefaults,
        ("google_dataflow_flex_template_job",),
        user,
        UserAt(looked_up=_LOOKED_UP, network="network|parameters.network", subnetwork="subnetwork|parameters.subnetwork"),
        always=False,
    ),
    Reader(
        NetworkDefaults,
        ("google_dataproc_cluster",),
        user,
        UserAt(looked_up=_LOOKED_UP, network=f"{_MACHINES}.network", subnetwork=f"{_MACHINES}.subnetwork", unless="virtual_cluster_config"),
        always=False,
    ),
    Reader(
        NetworkDefaults,
        ("google_workbench_instance",),
        user,
        UserAt(looked_up=_LOOKED_UP, network=f"{_INTERFACES}.network", subnetwork=f"{_INTERFACES}.subnet"),
        always=False,
    ),
)
