"""Subnetworks, machines, Cloud Run and functions by their REST resources.

https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services, https://cloud.google.com/compute/docs/reference/rest/v1
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.google_assets import short
from assay.scanner.facts.spelling import Contribution, Index
from assay.scanner.facts.targets import spelled
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown

from .google import GoogleWorkloadAt, SubnetworkAt, google_workload, subnetwork
from .google_nat import Nat, NatsAt, NetworkPlace, by_name
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

_ROUTER, _SUBNETWORK, _CONNECTOR = (
    "compute.googleapis.com/Router",
    "compute.googleapis.com/Subnetwork",
    "vpcaccess.googleapis.com/Connector",
)


def _nats(router: Item) -> Iterator[tuple[Hashable, Any]]:
    """https://cloud.google.com/compute/docs/reference/rest/v1/routers"""
    nats, more = router.blocks("nats")
    network, region = spelled(router.link("network").data), _region(router)
    for nat in nats:
        if nat["type"].default("PUBLIC").equals("PRIVATE").data is True:
            continue
        ranges = nat["sourceSubnetworkIpRangesToNat"]
        listed, doubt = nat.blocks("subnetworks")
        names = tuple(name for block in listed if (name := spelled(block.link("name").data)))
        every = None if ranges.unknown else str(ranges.data).startswith("ALL_SUBNETWORKS")
        yield "nat", Nat(f"{router.address} {nat['name'].data}", "", network, region, every, names, ranges.unknown or doubt)
    if more:
        yield "nat", Nat(router.address, "", network, region, None, (), more)


def _place(item: Item) -> Iterator[tuple[Hashable, Any]]:
    yield item.address, NetworkPlace(spelled(item.link("network").data), _region(item))
    yield by_name(short(item["name"]).data, _region(item), item), item.address


def _connector(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """https://cloud.google.com/vpc/docs/reference/vpcaccess/rest/v1/projects.locations.connectors: of the region in its name.

    It names its network, or its subnetwork and the project of that, by their short names.
    """
    parts = str(item["name"].data).split("/")
    project, region = (parts[1], parts[3]) if len(parts) > 3 else (str(item.account.data), _region(item))
    of_subnet = item["subnet.projectId"].default(project).data
    network = _full(project, "global/networks", item["network"].data)
    yield item.address, NetworkPlace(network, region, _full(of_subnet, f"regions/{region}/subnetworks", item["subnet.name"].data))


def _full(project: Any, collection: str, name: Any) -> str:
    """The full name of a resource of Compute Engine that is named by the last part of it."""
    if not isinstance(name, str) or not name or not isinstance(project, str):
        return ""
    return f"//compute.googleapis.com/projects/{project}/{collection}/{name.rpartition('/')[2]}"


def _region(item: Item) -> str:
    """`us-central1` of a region's name or address."""
    region = item["region"].otherwise(item.region).data
    return region.rpartition("/")[2] if isinstance(region, str) else ""


NATS = NatsAt(
    nats=Contribution(types=(_ROUTER,), records=_nats, name="google.nats"),
    routers=Index((), lambda item: []),
    subnetworks=Contribution(types=(_SUBNETWORK,), records=_place, name="google.subnetworks"),
    connectors=Contribution(types=(_CONNECTOR,), records=_connector, name="google.connectors"),
)
"""Networks may be shared by projects, and their routers stand in another than what they serve."""


def _standing(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Without a subnetwork it is the one that has the name of the network, in the region of the service.

    https://cloud.google.com/run/docs/reference/rest/v2/Container#NetworkInterface
    """
    yield from _BY_NAME.records(item)
    for interface in item.blocks(f"{_ACCESS[item.type][1]}.networkInterfaces")[0] if item.type in _ACCESS else ():
        if interface["subnetwork"].absent:
            reason = f"whether {item.address} stands in it: it names a network and no subnetwork"
            yield None, Unknown(reason, "name the subnetwork", item.location())


_BY_NAME = placed(_PLACED)
STANDING = Index(_BY_NAME.types, _standing)

READERS = (
    Reader(Subnet, ("compute.googleapis.com/Subnetwork",), subnetwork, SubnetworkAt(workloads=STANDING)),
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
                egress=f"{access}.egress",
                nats=NATS,
                asked=sort == "service",
                ingress=("ingress",),
                own_annotations="metadata.annotations",
                address_disabled="defaultUriDisabled",
            ),
        )
        for type_, (sort, access) in _ACCESS.items()
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#ServiceConfig
    Reader(
        Workload,
        ("cloudfunctions.googleapis.com/Function",),
        google_workload,
        GoogleWorkloadAt(
            sort="function",
            connectors=("serviceConfig.vpcConnector",),
            egress="serviceConfig.vpcConnectorEgressSettings",
            nats=NATS,
            asked=True,
            ingress=("serviceConfig.ingressSettings",),
        ),
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v1/projects.locations.functions
    Reader(
        Workload,
        ("cloudfunctions.googleapis.com/CloudFunction",),
        google_workload,
        GoogleWorkloadAt(
            sort="function",
            connectors=("vpcConnector",),
            egress="vpcConnectorEgressSettings",
            nats=NATS,
            asked=True,
            ingress=("ingressSettings",),
        ),
    ),
    *(
        Reader(
            Workload,
            (type_,),
            google_workload,
            GoogleWorkloadAt(sort="instance", machine=True, interfaces=(interfaces,), addresses=_ADDRESSES, nats=NATS),
        )
        for type_, interfaces in _MACHINES.items()
    ),
)
