"""Services of App Runner, by the subnets that their connector reaches into.

https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.compute.app_runner import GONE, on_the_internet
from assay.scanner.facts.spelling import Link, Place
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import describe
from assay.scanner.sources.values import Value

from .interfaces import not_read
from .kinds import TrafficSource, Workload
from .placed import subnets_at
from .sources import way_in
from .standings import SubnetsAt, standings


class AppRunnerAt(SubnetsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a service."""

    public: Annotated[Place, "accepts"]
    """Whether it has an address on the internet."""
    connector: Annotated[Link, "in_network", "subnets"]
    """What connects it to a network; its `subnets` are those of that."""
    state: Place = ""


def app_runner(view: View, at: AppRunnerAt) -> Workload | None:
    """Without a connector it is in no network of the customer's; with one, all that it sends goes there."""
    if view[at.state].equals(*GONE).data is True:
        return None
    public = on_the_internet(view, at.public)
    connected = view[at.connector].then(lambda named: named not in (None, ""))
    return Workload(
        identity=view.identity(view.called(at.name)),
        sort=view.says("service"),
        own_interface=view.says(True),
        runs_at_edge=view.says(False),
        in_network=connected,
        public_address=view.says(False),
        subnets=view.says(standings(view, at, _subnets(view, at)) if connected.data is not False else []),
        accepts=view.says(
            [
                TrafficSource(
                    name=view.says("anyone"),
                    trusted=public.negate(),
                    steps=way_in(view, "anyone", "its address on the internet", public),
                )
            ]
        ),
        all_traffic=view.says(True),
        leaves_by_itself=view.says(False),
    )


def _subnets(view: View, at: AppRunnerAt) -> list[Value[Any]]:
    named = view.link(at.connector)
    if named.absent:
        return []
    connector = view.target(at.connector)
    if connector is None:
        return [Value(named.unknown or not_read(view, f"the connector {describe(named.data)}"), named.seen)]
    return [subnet for path in at.subnets for subnet in subnets_at(connector.surely.node, path)]
