"""Subnetworks, machines, Cloud Run and functions in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value

from .google import GoogleWorkloadAt, SubnetworkAt, google_workload, subnetwork
from .google_nat import Nat, NatsAt, NetworkPlace, by_name
from .kinds import Subnet, Workload
from .placed import placed

_ADDRESSES = ("access_config", "ipv6_access_config")
_MACHINES = (
    "google_compute_instance", "google_compute_instance_from_template", "google_compute_instance_template",
    "google_compute_region_instance_template",
)  # fmt: skip
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


def _nat(nat: Item) -> Iterator[tuple[Hashable, Any]]:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_router_nat"""
    if nat["type"].default("PUBLIC").equals("PRIVATE").data is True:
        return
    ranges = nat["source_subnetwork_ip_ranges_to_nat"]
    listed_, more = nat.blocks("subnetwork")
    named = [block.link("name") for block in listed_]
    doubt = nat.template or ranges.unknown or more or next((name.unknown for name in named if name.unknown), None)
    every = None if ranges.unknown else str(ranges.data).startswith("ALL_SUBNETWORKS")
    names = tuple(spelled(name.data) for name in named if not name.unknown)
    region = nat["region"].otherwise(nat.region)
    yield "nat", Nat(nat.address, spelled(nat.link("router").data), "", _text(region), every, names, doubt)


def _place(item: Item) -> Iterator[tuple[Hashable, Any]]:
    region = _text(item["region"].otherwise(item.region))
    yield item.address, NetworkPlace(spelled(item.link("network").data), region)
    yield by_name(item["name"].data, region, item), item.address


def _connector(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """By a subnetwork, or a network and a range of its own: .../resources/vpc_access_connector"""
    region = _text(item["region"].otherwise(item.region))
    yield item.address, NetworkPlace(spelled(item.link("network").data), region, spelled(item.link("subnet.name").data))


def _text(value: Value[Any]) -> str:
    return value.data if isinstance(value.data, str) else ""


NATS = NatsAt(
    nats=Index(("google_compute_router_nat",), _nat),
    routers=Index(("google_compute_router",), _place),
    subnetworks=Index(("google_compute_subnetwork",), _place),
    connectors=Index(("google_vpc_access_connector",), _connector),
)
_INGRESS = ("service_config.ingress_settings", "ingress_settings")
"""Of the second generation, and of the first."""
_EGRESS = {
    "google_cloudfunctions2_function": "service_config.vpc_connector_egress_settings",
    "google_cloudfunctions_function": "vpc_connector_egress_settings",
}

READERS = (
    Reader(
        Subnet,
        ("google_compute_subnetwork",),
        subnetwork,
        SubnetworkAt(ipv6="ipv6_access_type", stack="stack_type", access="private_ip_google_access", workloads=placed(_PLACED)),
    ),
    *(
        Reader(
            Workload,
            (type_,),
            google_workload,
            GoogleWorkloadAt(
                sort=sort,
                connectors=(f"{access}.connector",),
                interfaces=(f"{access}.network_interfaces",),
                egress=f"{access}.egress",
                nats=NATS,
                asked=sort == "service",
                ingress=("ingress",),
                address_disabled="default_uri_disabled",
            ),
        )
        for type_, (sort, access) in _ACCESS.items()
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_service
    Reader(
        Workload,
        ("google_cloud_run_service",),
        google_workload,
        GoogleWorkloadAt(
            sort="service", annotations="template.metadata.annotations", nats=NATS, asked=True, own_annotations="metadata.annotations"
        ),
    ),
    *(
        Reader(
            Workload,
            (type_,),
            google_workload,
            GoogleWorkloadAt(sort="function", connectors=(connector,), egress=_EGRESS[type_], nats=NATS, asked=True, ingress=_INGRESS),
        )
        for type_, connector in _FUNCTIONS.items()
    ),
    Reader(
        Workload,
        _MACHINES,
        google_workload,
        GoogleWorkloadAt(sort="instance", machine=True, interfaces=("network_interface",), addresses=_ADDRESSES, nats=NATS),
    ),
)
