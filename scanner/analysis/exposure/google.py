"""Subnetworks of Google and what runs beside them: machines, Cloud Run and functions."""

from __future__ import annotations

import json
from typing import Annotated, Any

from assay.scanner.facts.google_assets import short
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.steps import step
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Document, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of

from .google_nat import NatsAt, served
from .kinds import Standing, Subnet, TrafficSource, Workload
from .placed import inside
from .sources import way_in


class SubnetworkAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a subnetwork. The defaults are the API's names."""

    name: Place = "name"
    ipv6: Annotated[Place, "gives_public_addresses", "private"] = "ipv6AccessType"
    access: Annotated[Place, "private_google_access"] = "privateIpGoogleAccess"
    stack: Annotated[Place, "gives_public_addresses", "private"] = "stackType"
    workloads: Annotated[Index, "holds_workloads", "holds"]


def subnetwork(view: View, at: SubnetworkAt) -> Subnet:
    """External IPv6 addresses are those of a subnetwork of that type: https://cloud.google.com/vpc/docs/subnets#ipv6-ranges

    Whatever its routes, a machine without an address of the internet is reached by none:
    https://cloud.google.com/vpc/docs/vpc#internet_access_reqs
    """
    holds, what = inside(view, at.workloads, view.item.address)
    gives = _external(view, at)
    access: Value[Any] = view[at.access].default(False).truth()
    return Subnet(
        identity=view.identity(short(view[at.name])),
        holds_workloads=holds,
        holds=what,
        private=gives.negate(),
        routes=Value([], gives.seen),
        gives_public_addresses=gives,
        private_paths=Value([], gives.seen),
        # Off unless it says otherwise: https://cloud.google.com/vpc/docs/configure-private-google-access
        private_google_access=access,
    )


def _external(view: View, at: SubnetworkAt) -> Value[bool]:
    """Whether its IPv6 addresses are of the internet; one that has such says of which type they are.

    https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    """
    sort, stack = view[at.ipv6], view[at.stack]
    if sort.absent and stack.equals("IPV4_IPV6", "IPV6_ONLY").data is not False:
        reason = f"whether the IPv6 addresses of {view.item.address} are external is not said"
        return Value(stack.unknown or Unknown(reason, "set the type of its IPv6 addresses", view.location), stack.seen)
    return sort.equals("EXTERNAL")


class GoogleWorkloadAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a workload of Google."""

    sort: str
    name: Place = "name"
    connectors: Annotated[tuple[str, ...], "in_network"] = ()
    """A connector to a network."""
    interfaces: Annotated[tuple[str, ...], "in_network"] = ()
    """Lists of interfaces in a network (Direct VPC egress), or of a machine."""
    annotations: Annotated[str, "in_network"] = ""
    """Of the v1 API, which has both there."""
    egress: Annotated[Place, "all_traffic"] = ""
    """What goes through the network: `ALL_TRAFFIC`, `PRIVATE_RANGES_ONLY`."""
    subnetwork: str = "subnetwork"
    """Of an interface."""
    nats: Annotated[NatsAt, "subnets"]
    ingress: Annotated[tuple[str, ...], "accepts"] = ()
    """Who may ask it: `INGRESS_TRAFFIC_ALL`, `ALLOW_ALL`, `all`."""
    own_annotations: Annotated[Place, "accepts"] = ""
    """Of the service itself in the v1 API, where that stands."""
    address_disabled: Annotated[Place, "accepts"] = ""
    """Of Cloud Run: it has no address of its own."""
    asked: bool = False
    """It answers requests."""
    machine: bool = False
    """It stands in a network by itself."""
    addresses: Annotated[tuple[str, ...], "public_address"] = ()
    """Of an interface of a machine: the addresses of the internet that it has."""


def google_workload(view: View, at: GoogleWorkloadAt) -> Workload:
    """A machine, a Cloud Run service or job, or a function."""
    return Workload(
        identity=view.identity(short(view[at.name])),
        sort=view.says(at.sort),
        own_interface=view.says(True),
        runs_at_edge=view.says(False),
        in_network=view.says(True) if at.machine else _attached(view, at),
        public_address=any_of(_addresses(view, at)) if at.machine else view.says(False),
        subnets=view.says(_standings(view, at)),
        accepts=view.says([_anyone(view, at)] if at.asked else []),
        all_traffic=view.says(True) if at.machine else _all_traffic(view, at),
        leaves_by_itself=any_of(_addresses(view, at)) if at.machine else view.says(False),
    )


_LIMITED = (
    "internal", "internal-and-cloud-load-balancing", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    "INGRESS_TRAFFIC_NONE", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB",
)  # fmt: skip


def _limited(setting: Any, view: View) -> Any:
    """Whether a setting keeps the internet out; `…_UNSPECIFIED` says neither."""
    if isinstance(setting, str) and setting.endswith("UNSPECIFIED"):
        return Unknown(f"who may ask {view.item.address} is not said", "set its ingress", view.location)
    return Value(setting).equals(*_LIMITED).data


def _anyone(view: View, at: GoogleWorkloadAt) -> TrafficSource:
    """Without a setting everybody may ask: https://cloud.google.com/run/docs/securing/ingress

    Who may invoke it is another thing: behind an external load balancer without IAP that is everybody, too.
    https://cloud.google.com/functions/docs/networking/network-settings#ingress_settings
    """
    ingress = view[at.ingress]
    disabled = view[at.address_disabled]
    if at.own_annotations:
        annotations = view[at.own_annotations]
        ingress = ingress.otherwise(annotation(annotations, "ingress"))
        disabled = disabled.otherwise(annotation(annotations, "default-url-disabled"))
    limited = ingress.default("all").then(lambda setting: _limited(setting, view))
    return TrafficSource(
        name=Value("anyone on the internet", ingress.seen),
        trusted=any_of([limited, disabled.default(False).truth()]),
        steps=way_in(view, "anyone on the internet", "its own address, past the load balancer", ingress),
    )


_ALL = ("ALL_TRAFFIC", "all-traffic", "all")


def _all_traffic(view: View, at: GoogleWorkloadAt) -> Value[bool]:
    """Only what is for private addresses, unless it says otherwise: https://cloud.google.com/run/docs/configuring/vpc-direct-vpc"""
    egress = view[at.egress]
    if at.annotations:
        egress = egress.otherwise(annotation(view[at.annotations], "vpc-access-egress"))
    return egress.equals(*_ALL)


def _standings(view: View, at: GoogleWorkloadAt) -> list[Standing | Unknown]:
    """The subnetworks that a workload has interfaces in, by itself or by a connector, and how Cloud NAT serves them."""
    told: list[Standing | Unknown] = []
    for path in at.interfaces:
        interfaces, more = view.inner(path)
        told += [_served(view, at, interface.link(at.subnetwork)) for interface in interfaces]
        told += [more] if more else []
    for path in at.connectors:
        if not (connector := view.link(path)).absent:
            told.append(_by_connector(view, at, connector))
    if at.annotations:
        annotations = view.link(at.annotations)
        if (connector := annotation(annotations, "vpc-access-connector")).data:
            told.append(_by_connector(view, at, connector))
        told += [_served(view, at, subnetwork) for subnetwork in _subnetworks(annotation(annotations, "network-interfaces"))]
    return told


def _subnetworks(written: Value[Any]) -> list[Value[Any]]:
    """The subnetworks of the list of interfaces in an annotation, which is JSON.

    https://cloud.google.com/run/docs/configuring/vpc-direct-vpc: `[{"network": "trade", "subnetwork": "services"}]`
    """
    if written.data in (None, ""):
        return []
    listed = decode(written.data)
    if not isinstance(listed, list):
        why = (
            written.unknown
            or unknown_inside(listed)
            or Unknown(f"which subnetwork {describe(written.data)[:80]} names", "write it as a JSON list")
        )
        return [Value(why, written.seen)]
    return [Value.of(interface.get("subnetwork") if isinstance(interface, dict) else interface, written.seen) for interface in listed]


def _by_connector(view: View, at: GoogleWorkloadAt, connector: Value[Any]) -> Standing:
    known, name = view.index(at.nats.connectors), "" if connector.unknown else spelled(connector.data)
    place = next(iter(known.get(name) or known.get(f"//vpcaccess.googleapis.com/{name}") or ()), None)
    if place is None:
        reason = f"the connector {describe(connector.data)} of {view.item.address} is not among what was read"
        why = connector.unknown or Unknown(reason, "scan the code that declares it together with this, or the live project", view.location)
        return _standing(connector, view.says(why), "a way that is not known")
    return _standing(connector, *served(view, at.nats, place.subnetwork, None if place.subnetwork else place))


def _served(view: View, at: GoogleWorkloadAt, subnetwork: Value[Any]) -> Standing:
    if subnetwork.unknown or subnetwork.absent:
        why = subnetwork.unknown or Unknown(f"{view.item.address} names no subnetwork", "name the subnetwork", view.location)
        return _standing(subnetwork, view.says(why), "a way that is not known")
    return _standing(subnetwork, *served(view, at.nats, spelled(subnetwork.data), None))


def _standing(name: Value[Any], through: Value[Any], way: str) -> Standing:
    called = "a subnetwork that is not known" if name.unknown or name.absent else describe(name.data)
    start = step(called, name.seen)
    return Standing(
        name=Value(called, name.seen),
        public=Value(False, name.seen),
        entry=Value([start]),
        leaves=through,
        through_nat=through,
        exit=Value([start, step(way)]),
    )


def _addresses(view: View, at: GoogleWorkloadAt) -> list[Value[bool]]:
    """Whether each interface has an address of the internet. An empty block gives one, too.

    https://cloud.google.com/compute/docs/reference/rest/v1/instances#AccessConfig
    """
    told: list[Value[bool]] = []
    for path in at.interfaces:
        interfaces, more = view.inner(path)
        told += [view.says(more)] if more else []
        for interface in interfaces:
            for name in at.addresses:
                blocks, doubt = interface.inner(name)
                told.append(Value(True if blocks else doubt or False, (interface.location,)))
    return told


def _attached(view: View, at: GoogleWorkloadAt) -> Value[bool]:
    """https://cloud.google.com/run/docs/configuring/connecting-vpc: by a connector, or by interfaces of its own."""
    told = [view[path].is_set() for path in at.connectors]
    for path in at.interfaces:
        blocks, more = view.inner(path)
        told.append(view.says(True if blocks else more or False))
    if at.annotations:
        annotations = view[at.annotations]
        told.append(annotation(annotations, "vpc-access-connector").is_set())
        told.append(annotation(annotations, "network-interfaces").then(_interfaces_written))
    return any_of(told)


def _interfaces_written(text: Any) -> bool | Unknown:
    """Whether the list of interfaces in an annotation, which is JSON, has any."""
    if isinstance(text, Document):
        return text.content if isinstance(text.content, Unknown) else bool(text.content)
    if isinstance(text, Text):
        return True
    if text in (None, ""):
        return False
    try:
        return bool(json.loads(str(text)))
    except ValueError:
        return Unknown(f"the annotation run.googleapis.com/network-interfaces is no JSON: {str(text)[:80]}", "write it as a JSON list")


def annotation(annotations: Value[Any], name: str) -> Value[Any]:
    """A setting of the v1 API: https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services#Service"""
    return annotations.then(lambda data: data.get(f"run.googleapis.com/{name}") if isinstance(data, dict) else None)
