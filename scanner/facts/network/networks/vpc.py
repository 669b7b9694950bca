"""VPCs of AWS with their flow logs and the query logs of their resolver."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.network.networks.kinds import TrafficRecord
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_RECORDED = ("ALL", "REJECT")
"""Accepted traffic alone does not show who tried and was refused."""


class VpcAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what is recorded of a VPC. The defaults are the API's names."""

    flow_logs: Annotated[tuple[Referrer, ...], "flows_recorded"]
    """Flow logs of the VPC."""
    subnets: Annotated[tuple[Referrer, ...], "flows_recorded"]
    subnet_logs: Annotated[tuple[Referrer, ...], "flows_recorded"]
    """Flow logs of one of these."""
    subnet_names: tuple[str, ...] = ()
    """As `names`, of subnets."""
    traffic: Annotated[str, "flows_recorded"] = "TrafficType"
    """Of a flow log, this and the next."""
    delivery: Annotated[str, "flows_recorded"] = ""
    resolves: Annotated[Place, "resolves_names"] = ""
    """Whether the resolver answers in the VPC."""
    query_logs: Annotated[tuple[Referrer, ...], "queries_recorded"]
    """What associates the VPC with a configuration of query logs."""
    owner: Annotated[Place, "flows_recorded", "queries_recorded"] = ""
    """The account whose VPC it is."""


def vpc(view: View, at: VpcAt) -> TrafficRecord:
    """The resolver answers unless it is switched off: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html"""
    whole = _recorded(view, at.flow_logs, at)
    # What is written next is only looked at where it matters.
    flows = whole if whole.data is True else any_of([whole, _all_subnets(view, at)])
    queries = view.referrers(*at.query_logs)
    return TrafficRecord(
        identity=view.identity(view[at.name]),
        carries_flows=view.says(True),
        flows_recorded=_by_owner(view, flows, at),
        resolves_names=view[at.resolves].default(True).truth(),
        queries_recorded=_by_owner(view, queries.exist, at),
    )


def _recorded(view: View, joins: tuple[Referrer, ...], at: VpcAt) -> Value[bool]:
    """Whether a flow log of a VPC or subnet records what is refused, and is delivered.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
    """
    logs = view.referrers(*joins)
    recorded: list[Value[Any]] = []
    for log in logs.views:
        delivered = log.surely[at.delivery].equals("FAILED").negate()
        recorded.append(log.weighed(all_of([log.surely[at.traffic].equals(*_RECORDED), delivered]), absence=False))
    return any_of([*recorded, *([view.says(logs.more)] if logs.more else [])])


def _all_subnets(view: View, at: VpcAt) -> Value[bool]:
    """Whether there are subnets here, and each of them has a flow log of its own."""
    subnets = view.referrers(*at.subnets)
    recorded = [_recorded(view.of(subnet.item, at.subnet_names), at.subnet_logs, at) for subnet in subnets.views]
    if not recorded:
        return view.says(False)
    return all_of([*recorded, *([view.says(subnets.more)] if subnets.more else [])])


def _by_owner(view: View, recorded: Value[bool], at: VpcAt) -> Value[bool]:
    """A VPC that another account shares is recorded there, which this account does not see."""
    owner = view[at.owner].data
    if recorded.data is False and isinstance(owner, str) and view.account is not None and owner != view.account:
        return view.says(Unknown(f"what account {owner}, whose VPC this is, records of it", "scan that account", view.location))
    return recorded
