"""Security groups, firewall rules and firewall policies as ways in: what they let through is told in the rooms of their services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.model import Resource
from assay.scanner.facts.network.firewall_policies import FirewallPolicyAt, let_in, policy_rules
from assay.scanner.facts.network.google import FirewallAt, firewall_openings
from assay.scanner.facts.network.remote.kinds import PortFilter, RemoteAccess
from assay.scanner.facts.network.security_groups import GroupRulesAt, group_openings
from assay.scanner.facts.view import View

Told = Callable[[View, Any, list[Any]], Resource]
"""Makes a resource of a kind from a view, its name and what it lets in."""


def port_filter(view: View, name: Any, openings: list[Any]) -> PortFilter:
    """What keeps the state of connections, as all but network ACLs do."""
    return PortFilter(identity=view.identity(name), openings=view.says(openings), stateless=view.says(False))


def remote_access(view: View, name: Any, openings: list[Any]) -> RemoteAccess:
    """What is no VPN."""
    return RemoteAccess(
        identity=view.identity(name),
        openings=view.says(openings),
        cluster=view.says(False),
        vpn=view.says(False),
        identified=view.says(True),
        connections_logged=view.says(True),
        authorizations=view.says([]),
    )


def of_group(kind: Told) -> Callable[[View, GroupRulesAt], Resource]:
    """The meaning of a security group: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"""

    def security_group(view: View, at: GroupRulesAt) -> Resource:
        openings, more = group_openings(view, at)
        return kind(view, view[at.name], [*openings, *([more] if more else [])])

    return security_group


def of_rule(kind: Told) -> Callable[[View, FirewallAt], Resource | None]:
    """The meaning of a firewall rule of Google's; one for egress is none."""

    def firewall(view: View, at: FirewallAt) -> Resource | None:
        told = firewall_openings(view, at)
        return None if told is None else kind(view, view[at.name], [*told[0], *([told[1]] if told[1] else [])])

    return firewall


def of_policy(kind: Told) -> Callable[[View, FirewallPolicyAt], Resource | None]:
    """The meaning of a firewall policy: what all its rules let in. A live policy without associations is in force nowhere."""

    def firewall_policy(view: View, at: FirewallPolicyAt) -> Resource | None:
        if is_live(view.item) and view["associations"].absent:
            return None
        rules, more = policy_rules(view, at)
        openings = [told for _, admitted in let_in(rules, at) for told in admitted]
        return kind(view, view[at.name], [*openings, *([more] if more else [])])

    return firewall_policy
