"""Compute Engine instances that a firewall rule is for. https://cloud.google.com/compute/docs/reference/rest/v1/instances"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.spelling import Contribution, Index, Link, Place
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of

INSTANCE = "compute.googleapis.com/Instance"
_WAY = "name the ranges that need it as the source, or waive the rule"


class Machine(msgspec.Struct, frozen=True):
    """An instance on one network."""

    labels: frozenset[str]
    """Its network tags and the mail addresses of its service accounts."""
    external: bool
    """It has an external address there."""


def _machines(instance: Item) -> Iterator[tuple[Hashable, Any]]:
    interfaces, more = instance.blocks("networkInterfaces")
    if more:
        yield None, more
    accounts, _ = instance.blocks("serviceAccounts")
    labels = frozenset([*_texts(instance["tags.items"]), *(str(account["email"].data) for account in accounts)])
    for interface in interfaces:
        external = not (interface["accessConfigs"].absent and interface["ipv6AccessConfigs"].absent)
        yield spelled(interface.link("network").data), Machine(labels, external)


MACHINES = Contribution(types=(INSTANCE,), records=_machines, name="google.machines")
"""The instances on each network, which may be shared by projects; under None why there may be more of them."""


def declared(*types: str) -> Index:
    """The instances that Terraform declares, and those made of its templates, by each of their network tags and service accounts."""
    return Index(types, _declared)


def _declared(instance: Item) -> Iterator[tuple[Hashable, Any]]:
    """https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_instance"""
    accounts, _ = instance.blocks("service_account")
    labels = [*instance["tags"].elements(), *(account.link("email") for account in accounts)]
    interfaces, more = instance.blocks("network_interface")
    for interface in interfaces:
        addresses = [interface.blocks(path) for path in ("access_config", "ipv6_access_config")]
        doubt = next((doubt for _, doubt in addresses if doubt), None)
        external: Any = True if any(blocks for blocks, _ in addresses) else doubt or False
        network = interface.link("network").data
        for label in labels:
            key = _label(label.data)
            yield key, label.text().unknown if key is None else (instance, spelled(network), external)
    if more:
        yield None, more


def _label(data: Any) -> str | None:
    """A tag, a mail address, or the address of the service account that has it; None where it is not known."""
    return data.address if isinstance(data, Reference) else data if isinstance(data, str) else None


def behind_load_balancer(view: View, network: Link, targets: tuple[Place, ...], declared_here: Index | None) -> Value[bool]:
    """Whether the instances that a rule targets have no address on the internet, so that only a load balancer leads to them."""
    if not is_live(view.item):
        return _of_declared(view, network, targets, declared_here)
    networks = view.index(MACHINES)
    labels = {text for place in targets for text in _texts(view[place])}
    reached = [machine for machine in networks.get(spelled(view.link(network).data), ()) if machine.labels & labels]
    if any(machine.external for machine in reached):
        return view.says(False)
    if None in networks or not networks:
        missing = f"which instances {view.item.address} is for is not in the assets that were read"
        return view.says(next(iter(networks.get(None, ())), None) or Unknown(missing, f"include {INSTANCE}"))
    return view.says(True if reached else Unknown(f"no instance has a target of {view.item.address} at the moment", _WAY))


def _of_declared(view: View, network: Link, targets: tuple[Place, ...], at: Index | None) -> Value[bool]:
    """By the instances of this code; a target that none of them has may be anything."""
    unseen = Unknown(f"what the targets of {view.item.address} are is not in this code", "scan the live project", view.location)
    labels = [label for place in targets for label in (view.link(place) if isinstance(place, str) else view[place]).elements()]
    if at is None:
        return view.says(unseen)
    by_label = view.index(at)
    own = spelled(view.link(network).data)
    near = ("", own)  # one that is not known, or that its subnetwork tells, may be any
    inside: list[Value[bool]] = []
    for label in labels:
        key = _label(label.data)
        here = [record for record in (by_label.get(key, ()) if key else ()) if not own or record[1] in near]
        if key is None or label.unknown or not here:
            inside.append(view.says(label.text().unknown or unseen))
        for item, where, external in here:
            reason = f"whether {item.address} is in the network of {view.item.address} is not known"
            may_be = Unknown(reason, "scan the live project", item.location())
            outside: Value[Any] = Value(may_be if "" in (where, own) and external is not False else external, (item.location(),))
            inside.append(view.of(item).weighed(outside, absence=False).negate())
    doubts = [view.says(doubt) for doubt in by_label.get(None, ()) if doubt]
    return all_of([*inside, *doubts]) if inside else view.says(unseen)


def _texts(value: Value[Any]) -> list[str]:
    return [text for text in value.data if isinstance(text, str)] if isinstance(value.data, list) else []
