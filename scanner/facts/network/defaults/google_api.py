"""Default networks by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1/networks"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.google import DefaultNetworkAt, MachineAt, UserAt, machine, network, user
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults

READERS = (
    Reader(NetworkDefaults, ("compute.googleapis.com/Network",), network, DefaultNetworkAt()),
    Reader(NetworkDefaults, ("compute.googleapis.com/Instance",), machine, MachineAt(), always=False),
    Reader(
        NetworkDefaults,
        ("compute.googleapis.com/InstanceTemplate",),
        machine,
        MachineAt(interfaces="properties.networkInterfaces"),
        always=False,
    ),
    # Interfaces of Cloud Run name one of the two: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
    *(
        Reader(
            NetworkDefaults,
            (f"run.googleapis.com/{type_}",),
            machine,
            MachineAt(interfaces=f"{below}.vpcAccess.networkInterfaces"),
            always=False,
        )
        for type_, below in (("Service", "template"), ("WorkerPool", "template"), ("Job", "template.template"))
    ),
    Reader(NetworkDefaults, ("vpcaccess.googleapis.com/Connector",), user, UserAt(subnetwork="subnet.name"), always=False),
    # Deployment Manager has the whole request: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.zones.clusters/create
    Reader(
        NetworkDefaults,
        ("container.googleapis.com/Cluster",),
        user,
        UserAt(
            network="networkConfig.network|network|cluster.network", subnetwork="networkConfig.subnetwork|subnetwork|cluster.subnetwork"
        ),
        always=False,
    ),
)
