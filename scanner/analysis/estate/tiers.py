"""The tiers of the reference topology, and what is of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.model import Resource
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

Holds = Callable[[Any], Value[bool]]
"""Whether a resource of a kind is of the tier."""
_AWS, _GOOGLE = frozenset({"aws"}), frozenset({"google"})
_BOTH = _AWS | _GOOGLE


class TierAt(msgspec.Struct, frozen=True, eq=False):
    """A tier: the kinds of which one stands for it, each with what makes it so."""

    kinds: dict[str, Holds]
    regional: frozenset[str] = frozenset()
    """The clouds on which every region has its own; on others one is there for all of them."""
    clouds: frozenset[str] = _BOTH


def _any(_: Any) -> Value[bool]:
    return Value(True)


def _is(*sorts: str) -> Holds:
    return lambda resource: resource.sort.equals(*sorts)


def _is_no_schedule(store: Any) -> Value[bool]:
    """A schedule keeps the message that it sends, and nothing that anybody puts there."""
    return Value("schedule" not in store.identity.type.lower())


def _by_nat(workload: Any) -> Value[bool]:
    standings = workload.subnets.data
    if not isinstance(standings, list):
        return Value(standings if isinstance(standings, Unknown) else False, workload.subnets.seen)
    ways = [Value(one) if isinstance(one, Unknown) else one.through_nat for one in standings]
    return any_of([*ways, Value(False)])


TIERS: dict[str, TierAt] = {
    "cdn": TierAt({"Distribution": lambda one: one.enabled}),
    "dns": TierAt({"PublicName": lambda one: one.leads_users}),
    "lb": TierAt({"LoadBalancer": lambda one: one.http}, _AWS),
    "waf": TierAt({"WebFirewall": _any}, _AWS),
    "auth": TierAt({"Directory": _any}),
    "ui_service": TierAt({"Workload": _is("service")}, _BOTH),
    "background_jobs": TierAt({"Workload": _is("scheduled task", "job", "function"), "Worker": lambda one: one.per_run}, _BOTH),
    "queue": TierAt({"MessageStore": _is_no_schedule}, _AWS),
    "scheduler": TierAt({"Trigger": _is("schedule")}, _AWS),
    "data": TierAt({"DataStore": _any}, _AWS),
    "objects": TierAt({"Bucket": _any}, _AWS),
    "secrets": TierAt({"Secret": _any}, _AWS),
    "logs": TierAt({"LogStore": _any}, _AWS),
    "tracing": TierAt({"TraceSource": lambda one: one.traced}, _AWS),
    "threat_detection": TierAt({"ThreatDetection": lambda one: one.on}, _AWS),
    "nat": TierAt({"Workload": _by_nat}, _BOTH),
    "vpc_sc": TierAt({"DataPerimeter": lambda one: one.held}, clouds=_GOOGLE),
}
"""By their names. A queue, a secret and a bucket of Google Cloud are there for all regions; a schedule calls whichever it is told to."""
NEEDED = {
    "Distribution": frozenset({"enabled"}),
    "PublicName": frozenset({"leads_users"}),
    "LoadBalancer": frozenset({"http"}),
    "WebFirewall": frozenset({"blocks_by_default"}),
    "Directory": frozenset({"own_users"}),
    "Workload": frozenset({"sort", "subnets.through_nat"}),
    "Worker": frozenset({"per_run"}),
    "MessageStore": frozenset({"encrypted"}),
    "Trigger": frozenset({"sort"}),
    "DataStore": frozenset({"replicated"}),
    "Bucket": frozenset({"versionable"}),
    "Secret": frozenset({"copies"}),
    "LogStore": frozenset({"retention_days"}),
    "TraceSource": frozenset({"traced"}),
    "ThreatDetection": frozenset({"on"}),
    "DataPerimeter": frozenset({"held"}),
}
"""What has to be known of these kinds; of those of which one is enough, a fact that costs nothing."""


def tiers_of(resource: Resource, kind: str) -> Iterator[tuple[str, Value[bool]]]:
    """The tiers that a resource is of, or may be; also each that it has the name of as a role."""
    roles = resource.identity.roles
    for name, tier in TIERS.items():
        if kind in tier.kinds:
            holds = tier.kinds[kind](resource)
            if holds.data is not False:
                yield name, holds
        if isinstance(roles, list) and name in roles:
            yield name, Value(True)
