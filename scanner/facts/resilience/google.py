"""Records of Cloud DNS with routing policies, and backends of Google's load balancer.

https://cloud.google.com/dns/docs/routing-policies-overview, https://cloud.google.com/load-balancing/docs/health-check-concepts
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import named
from assay.scanner.facts.resilience.kinds import Failover, UserDestination
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, any_of

_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")


class RecordAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the routing policy of a record. The defaults are the API's names; several paths are tried in turn."""

    name: Place = "name"
    policies: Annotated[tuple[str, ...], "destinations"] = ("routingPolicy.geo.items", "routingPolicy.wrr.items")
    """Lists of the answers that it chooses from …"""
    spelled_flat: Annotated[tuple[str, ...], "destinations"] = ()
    """… and where an input has them one level higher."""
    primary: Annotated[str, "destinations"] = "routingPolicy.primaryBackup"
    place: Annotated[tuple[str, ...], "destinations"] = ("location", "weight")
    """What an answer is called by."""
    inside: Annotated[str, "destinations"] = "healthCheckedTargets.internalLoadBalancers"
    """Of an answer: load balancers, whose health counts by itself."""
    outside: Annotated[str, "destinations"] = "healthCheckedTargets.externalEndpoints"
    """Of an answer: addresses, of which a health check is asked for."""
    check: Annotated[str, "destinations"] = "routingPolicy.healthCheck"


def record(view: View, at: RecordAt) -> Failover:
    """A policy of a primary and a backup always checks the primary; one without a policy gives the same answer always."""
    answers, more = view.inner(*at.policies)
    if not answers and not more:
        answers, more = view.inner(*at.spelled_flat)
    checked = view.link(at.check).is_set()
    primary, unknown = view.inner(at.primary)
    destinations: list[Any] = [
        UserDestination(
            name=answer.called(at.place).text(),
            needs_check=view.says(True),
            checked=_checked(answer, at, checked),
        )
        for answer in answers
    ]
    doubts = [doubt for doubt in (more, unknown) if doubt]
    return Failover(
        identity=view.identity(view[at.name]),
        chooses=any_of([view.says(bool(answers or primary)), *map(view.says, doubts)]),
        destinations=view.says([*destinations, *doubts]),
    )


def _checked(answer: View, at: RecordAt, checked: Value[bool]) -> Value[bool]:
    inside, more = answer.inner(at.inside)
    outside = answer.exists(at.outside)
    blocks, unknown = answer.inner(at.outside)
    addresses = any_of([outside, answer.says(True if blocks else unknown or False)])
    return any_of([answer.says(True if inside else more or False), all_of([addresses, checked])])


class BackendAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how a backend service learns that a backend does not work. The defaults are the API's names."""

    name: Place = "name"
    scheme: Annotated[Place, "chooses"] = "loadBalancingScheme"
    backends: Annotated[str, "chooses"] = "backends"
    checks: Annotated[str, "destinations"] = "healthChecks"
    outliers: Annotated[str, "destinations"] = "outlierDetection"


def backend(view: View, at: BackendAt) -> Failover:
    """Serverless backends take no health checks; a region that keeps failing is ejected by outlier detection.

    https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts#outlier_detection_for_serverless_negs
    """
    backends, more = view.inner(at.backends)
    outliers, unknown = view.inner(at.outliers)
    checks = view[at.checks].then(bool)
    several = view.says(more) if more else view.says(len(backends) > 1)
    destination: Any = UserDestination(
        name=view.says("the backend"),
        needs_check=view.says(True),
        checked=any_of([checks, view.says(True if outliers else unknown or False)]),
    )
    return Failover(
        identity=view.identity(named(view.item)),
        chooses=all_of([view[at.scheme].default("EXTERNAL").equals(*_EXTERNAL), several]),
        destinations=view.says([destination]),
    )
