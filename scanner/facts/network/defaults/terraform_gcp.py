"""Default networks in Terraform for Google Cloud.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_network
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.google import DefaultNetworkAt, MachineAt, NewProjectAt, machine, network, project
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults

READERS = (
    Reader(NetworkDefaults, ("google_compute_network",), network, DefaultNetworkAt()),
    Reader(NetworkDefaults, ("google_project",), project, NewProjectAt(name="project_id", automatic="auto_create_network")),
    Reader(
        NetworkDefaults,
        ("google_compute_instance", "google_compute_instance_from_template", "google_compute_instance_template"),
        machine,
        MachineAt(interfaces="network_interface"),
        always=False,
    ),
)
