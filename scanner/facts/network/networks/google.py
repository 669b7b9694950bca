"""Networks and subnetworks of Google: flow logs and the log of DNS queries.

https://cloud.google.com/vpc/docs/using-flow-logs, https://cloud.google.com/dns/docs/monitoring
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

# Proxies, Private Service Connect and Private NAT have no machines in their subnets, and no flow logs:
# https://cloud.google.com/vpc/docs/subnets#purpose, https://cloud.google.com/vpc/docs/flow-logs#specifications
_WITHOUT = ("INTERNAL_HTTPS_LOAD_BALANCER", "REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT", "PRIVATE_NAT")


class ConfigAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of configurations of flow logs that are resources of their own. The defaults are the API's names."""

    of_subnet: Annotated[Referrer | None, "flows_recorded"] = None
    of_network: Annotated[Referrer | None, "flows_recorded"] = None
    state: Annotated[str, "flows_recorded"] = "state"
    sampling: Annotated[str, "flows_recorded"] = "flowSampling"


class SubnetworkAt(ConfigAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells what is recorded of a subnetwork."""

    name: Place = "name"
    purpose: Annotated[Place, "carries_flows"] = "purpose"
    enabled: Annotated[Place, "flows_recorded"] = "logConfig.enable|enableFlowLogs"
    block: Annotated[str, "flows_recorded"] = ""
    """A block that is there where flow logs are on, in place of a flag."""
    flow_sampling: Annotated[Place, "flows_recorded"] = "logConfig.flowSampling"
    filter: Annotated[Place, "flows_recorded"] = "logConfig.filterExpr"
    network: Annotated[Link, "flows_recorded"]


def subnetwork(view: View, at: SubnetworkAt) -> TrafficRecord:
    """Half of the flows are recorded unless it says otherwise, and all that are match the filter.

    https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    """
    enabled = _is_there(view, at.block) if at.block else view[at.enabled].default(False).truth()
    own = all_of([enabled, _samples(view[at.flow_sampling]), view[at.filter].equals("false").negate()])
    network = view.target(at.network)
    configured = [_configured(view, at.of_subnet, at), _configured(network, at.of_network, at) if network else Value[bool](False)]
    return TrafficRecord(
        identity=view.identity(named(view.item)),
        carries_flows=view[at.purpose].default("PRIVATE").equals(*_WITHOUT).negate(),
        flows_recorded=own if own.data is True else any_of([own, *configured]),
        resolves_names=view.says(False),
        queries_recorded=view.says(False),
    )


def _is_there(view: View, path: str) -> Value[bool]:
    blocks, more = view.inner(path)
    return view.says(True if blocks else more or False)


def _samples(share: Value[Any]) -> Value[bool]:
    """Whether any flow is recorded: a share of 0 is none."""
    return share.default(0.5).number().then(lambda number: number > 0)


def _configured(view: View, join: Referrer | None, at: ConfigAt) -> Value[bool]:
    """https://cloud.google.com/network-intelligence-center/docs/reference/networkmanagement/rest/v1/projects.locations.vpcFlowLogsConfigs"""
    if join is None:
        return view.says(False)
    configs = view.referrers(join)
    on: list[Value[Any]] = []
    for config in configs.views:
        enabled = config.surely[at.state].default("ENABLED").equals("ENABLED")
        on.append(config.weighed(all_of([enabled, _samples(config.surely[at.sampling])]), absence=False))
    return any_of([*on, *([view.says(configs.more)] if configs.more else [])])


def of_networks(url: str, *types: str) -> Index:
    """Network to the DNS policies that are for it; under None why one may be for any."""

    def records(policy: Item) -> Iterator[tuple[Hashable, Any]]:
        networks, more = policy.blocks("networks")
        if isinstance(policy, Unlisted):
            yield None, policy.why
            return
        for network in networks:
            named = next((link for path in url.split("|") if not (link := network.link(path)).absent), None)
            key = spelled(named.data) if named is not None else ""
            if key:
                yield key, policy
            elif named is not None:
                reason = f"{policy.address} may be for it: which network it is for is not known"
                yield None, Unknown(reason, "scan the plan or the live project", policy.location())
        if more:
            yield None, more

    return Index(types, records)


class NetworkAt(ConfigAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells what is recorded of a network."""

    name: Place = "name"
    automatic: Annotated[Place, "carries_flows"] = "autoCreateSubnetworks"
    """It makes a subnetwork in every region by itself."""
    policies: Annotated[Index, "queries_recorded"]
    """Network to its DNS policies (`of_networks`)."""
    logs: Annotated[str, "queries_recorded"] = "enableLogging"
    """Of a policy."""


def network(view: View, at: NetworkAt) -> TrafficRecord:
    """Subnetworks that a network makes by itself have no flow logs; in the live project each of them is judged itself.

    https://cloud.google.com/vpc/docs/vpc#auto-mode-considerations
    """
    known = view.index(at.policies)
    policies = [view.of(policy) for policy in known.get(view.item.address, ())]
    logged = [policy.weighed(policy.surely[at.logs].default(False).truth(), absence=False) for policy in policies]
    automatic = view.says(False) if is_live(view.item) else view[at.automatic].default(False).truth()
    return TrafficRecord(
        identity=view.identity(named(view.item)),
        carries_flows=automatic,
        flows_recorded=_configured(view, at.of_network, at),
        resolves_names=view.says(True),
        queries_recorded=any_of([*logged, *map(view.says, known.get(None, ()))]),
    )
