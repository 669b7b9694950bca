"""The network `default` of Google's projects. https://cloud.google.com/vpc/docs/vpc#default-network"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.network.defaults.kinds import NetworkDefaults
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

DEFAULT = "default"
NOT_LEGACY: Value[bool] = Value(False)


class DefaultNetworkAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the name of a network."""

    name: Annotated[Place, "in_default_network"] = "name"
    range: Annotated[Place, "legacy"] = "IPv4Range"
    """The one range of a legacy network, of an input in which there are such."""


def network(view: View, at: DefaultNetworkAt) -> NetworkDefaults:
    """Its firewall rules let SSH and RDP in from everywhere, so that there should be none (CIS Google Cloud 3.1).

    Legacy networks have one range and no subnetworks (CIS Google Cloud 3.2): https://cloud.google.com/vpc/docs/legacy
    """
    return _told(view, at, short(view[at.name]).equals(DEFAULT), view[at.range].is_set())


class NewProjectAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where Terraform tells whether a new project keeps its default network."""

    automatic: Annotated[Place, "in_default_network"]


def project(view: View, at: NewProjectAt) -> NetworkDefaults:
    """It does unless it says otherwise: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project"""
    return _told(view, at, view[at.automatic].default(True).truth())


def looked_up(*types: str) -> Index:
    """Networks and subnetworks that code looks up, by their addresses, to what names them."""
    return Index(types, lambda item: [(item.address, item[path]) for path in ("name", "self_link")])


class InNetworkAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a network by what names it."""

    looked_up: Annotated[Index | None, "in_default_network"] = None


class MachineAt(InNetworkAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells in which networks a machine is."""

    name: Place = "name"
    interfaces: Annotated[str, "in_default_network"] = "networkInterfaces"
    network: Annotated[str, "in_default_network"] = "network"
    """This and the next are those of an interface."""
    subnetwork: Annotated[str, "in_default_network"] = "subnetwork"


def machine(view: View, at: MachineAt) -> NetworkDefaults | None:
    """An interface that names neither network nor subnetwork is in the network `default`; None of a machine that is not.

    https://cloud.google.com/compute/docs/reference/rest/v1/instances
    """
    interfaces, more = view.inner(at.interfaces)
    inside = any_of([*[_is_default(interface, at) for interface in interfaces], *([view.says(more)] if more else [])])
    return None if inside.data is False else _told(view, at, inside)


class UserAt(InNetworkAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells in which network the machines of a service are."""

    name: Place = "name"
    network: Annotated[str, "in_default_network"] = "network"
    subnetwork: Annotated[str, "in_default_network"] = "subnetwork"
    unless: Annotated[Place, "*"] = ""
    """What is there where it has no machines of its own."""


def user(view: View, at: UserAt) -> NetworkDefaults | None:
    """A cluster, a job or a notebook whose machines are in the network `default` where nothing else is named; None where they are not.

    https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters,
    https://cloud.google.com/dataproc/docs/reference/rest/v1/ClusterConfig#GceClusterConfig,
    https://cloud.google.com/dataflow/docs/guides/specifying-networks, https://cloud.google.com/vertex-ai/docs/workbench/reference/rest
    """
    inside = all_of([view.exists(at.unless).negate(), _is_default(view, at)])
    return None if inside.data is False else _told(view, at, inside)


def _is_default(interface: View, at: MachineAt | UserAt) -> Value[bool]:
    network, subnetwork = interface.link(at.network), interface.link(at.subnetwork)
    if network.absent and subnetwork.absent:
        return interface.says(True)
    return any_of([_names_default(interface, at, named) for named in (network, subnetwork) if not named.absent])


def _names_default(interface: View, at: InNetworkAt, named: Value[Any]) -> Value[bool]:
    """Whether something names the network `default`, or the subnetwork that it has in each region, or looks one of them up."""
    if isinstance(named.data, Reference) and at.looked_up is not None:
        default = any_of([name.then(_is_called_default) for name in interface.index(at.looked_up).get(named.data.address, [])])
        return Value(default.data, (*named.seen, *default.seen))
    return named.then(_is_called_default)


def _is_called_default(name: Any) -> bool | Unknown:
    """Whether a name or a path ends in `default`; what code declares is judged as the network that it is."""
    if isinstance(name, Reference):
        name = name.address
        if not name.startswith("//"):
            return False
    return str(name).rpartition("/")[2] == DEFAULT


def _told(view: View, at: Any, default: Value[bool], legacy: Value[bool] = NOT_LEGACY) -> NetworkDefaults:
    name = view[at.name] if at.name != "name" else named(view.item)
    return NetworkDefaults(
        identity=view.identity(name), in_default_network=default, used=view.says(True), legacy=legacy, group_open=view.says(False)
    )
