"""Compute Engine instances that a firewall rule is for. https://cloud.google.com/compute/docs/reference/rest/v1/instances"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.base import Stack
from assay.scanner.facts.google_assets import is_live
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


def behind_load_balancer(item: Item, stack: Stack) -> Value[bool]:
    """Whether the instances that a rule targets have no address on the internet, so that only a load balancer leads to them."""
    seen = (item.location(),)
    if not is_live(item):
        return Value(Unknown(f"what the targets of {item.address} are is not known", "scan the live project", item.location()), seen)
    networks = _networks(stack)
    unlisted = next((each for each in networks.values() if isinstance(each, Unknown)), None)
    targets = {each for name in ("targetTags", "targetServiceAccounts") for each in _texts(item[name])}
    reached = [each for each in networks.get(_network(item.link("network").data), []) if each.labels & targets]
    if any(each.external for each in reached):
        return Value(False, seen)
    if unlisted or not networks:
        why = unlisted or Unknown(f"which instances {item.address} is for is not in the assets that were read", f"include {INSTANCE}")
        return Value(why, seen)
    return Value(True if reached else Unknown(f"no instance has a target of {item.address} at the moment", _WAY), seen)


def _networks(stack: Stack) -> dict[str, Any]:
    """The instances on each network of the whole input, which may be shared by projects; an Unknown where there may be more of them."""
    key = "instances by network"
    if key not in stack.shared:
        found: dict[str, Any] = {}
        for each in stack.everywhere(INSTANCE):
            interfaces, more = each.blocks("networkInterfaces")
            if more:
                found[""] = more
            accounts, _ = each.blocks("serviceAccounts")
            labels = frozenset([*_texts(each["tags.items"]), *(str(account["email"].data) for account in accounts)])
            for interface in interfaces:
                external = not (interface["accessConfigs"].absent and interface["ipv6AccessConfigs"].absent)
                found.setdefault(_network(interface.link("network").data), []).append(Machine(labels, external))
        stack.shared[key] = found
    held: dict[str, Any] = stack.shared[key]
    return held


def _network(data: Any) -> str:
    return data.address if isinstance(data, Reference) else str(data)


def _texts(value: Value[Any]) -> list[str]:
    return [each for each in value.data if isinstance(each, str)] if isinstance(value.data, list) else []
