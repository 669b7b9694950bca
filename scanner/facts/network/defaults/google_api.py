"""Default networks by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1/networks"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.defaults.google import DefaultNetworkAt, MachineAt, machine, network
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults

READERS = (
    Reader(NetworkDefaults, ("compute.googleapis.com/Network",), network, DefaultNetworkAt()),
    Reader(NetworkDefaults, ("compute.googleapis.com/Instance",), machine, MachineAt(), always=False),
)
