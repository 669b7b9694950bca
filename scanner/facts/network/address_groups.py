"""Address groups of Google: ranges that rules of firewall policies name together.

https://cloud.google.com/firewall/docs/about-address-groups
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import Span, opening
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

_SERVICE = "//networksecurity.googleapis.com/"


def declared(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """A group of code by its address and its full name: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/network_security_address_group"""
    parent, project = item["parent"], item["project"].otherwise(item.account)
    above = parent.data if not parent.absent else f"projects/{project.data}" if isinstance(project.data, str) else None
    location, name = item["location"].data, item["name"].data
    yield item.address, item["items"]
    if all(isinstance(part, str) for part in (above, location, name)):
        yield f"{above}/locations/{location}/addressGroups/{name}", item["items"]


def _asset(item: Item) -> Iterator[tuple[Hashable, Any]]:
    for name in (item.address, item.address.removeprefix(_SERVICE)):
        yield name, item["items"]


TERRAFORM = Index(("google_network_security_address_group",), declared)
ASSETS = Index(("networksecurity.googleapis.com/AddressGroup",), _asset)
"""https://cloud.google.com/firewall/docs/reference/network-security/rest/v1/projects.locations.addressGroups"""


def openings_of_groups(rule: View, groups: Index | None, path: str, span: Span) -> list[Opening]:
    """The traffic of a rule for the ranges of address groups; of one that is declared elsewhere it is not known what they are."""
    openings: list[Opening] = []
    for group in rule.link(path).elements():
        name = spelled(group.data) if not group.unknown else ""
        known: list[Value[Any]] = rule.index(groups).get(name, []) if groups is not None and name else []
        if known:
            openings += [opening(range_, span) for range_ in known[0].elements()]
        else:
            why = group.unknown or Unknown(f"which addresses are in address group {describe(group.data)}", _WAY, rule.location)
            openings.append(opening(Value(f"address group {describe(group.data)}", group.seen), span, why))
    return openings


_WAY = "scan what declares it together with this, or name the ranges in the rule"
