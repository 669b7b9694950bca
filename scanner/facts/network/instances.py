"""Compute Engine instances that a firewall rule is for. https://cloud.google.com/compute/docs/reference/rest/v1/instances"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.spelling import Contribution, Link, Place
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Unknown, Value

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
        yield _network(interface.link("network").data), Machine(labels, external)


MACHINES = Contribution(types=(INSTANCE,), records=_machines, name="google.machines")
"""The instances on each network, which may be shared by projects; under None why there may be more of them."""


def behind_load_balancer(view: View, network: Link, targets: tuple[Place, ...]) -> Value[bool]:
    """Whether the instances that a rule targets have no address on the internet, so that only a load balancer leads to them."""
    if not is_live(view.item):
        return view.says(Unknown(f"what the targets of {view.item.address} are is not known", "scan the live project", view.location))
    networks = view.index(MACHINES)
    labels = {text for place in targets for text in _texts(view[place])}
    reached = [machine for machine in networks.get(_network(view.link(network).data), ()) if machine.labels & labels]
    if any(machine.external for machine in reached):
        return view.says(False)
    if None in networks or not networks:
        missing = f"which instances {view.item.address} is for is not in the assets that were read"
        return view.says(next(iter(networks.get(None, ())), None) or Unknown(missing, f"include {INSTANCE}"))
    return view.says(True if reached else Unknown(f"no instance has a target of {view.item.address} at the moment", _WAY))


def _network(data: Any) -> str:
    return data.address if isinstance(data, Reference) else str(data)


def _texts(value: Value[Any]) -> list[str]:
    return [text for text in value.data if isinstance(text, str)] if isinstance(value.data, list) else []
