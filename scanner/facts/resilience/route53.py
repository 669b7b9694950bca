"""Records of Route 53 and their health checks. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.indexes import view_under
from assay.scanner.facts.resilience.kinds import Failover, UserDestination
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_DISTRIBUTIONS = ("aws_cloudfront_distribution", "AWS::CloudFront::Distribution")


class RecordAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a record. The defaults are the API's names."""

    name: Place = "Name"
    records: Annotated[str, "chooses", "destinations"] = ""
    """Of a group, its records."""
    identifier: Annotated[Place, "destinations"] = "SetIdentifier"
    policies: Annotated[tuple[str, ...], "chooses"] = (
        "Region", "GeoLocation", "GeoProximityLocation", "Failover", "Weight", "MultiValueAnswer", "CidrRoutingConfig",
    )  # fmt: skip
    """Any of these makes it one of several answers."""
    failover: Annotated[Place, "destinations"] = "Failover"
    alias: Annotated[str, "destinations"] = "AliasTarget.DNSName"
    evaluates: Annotated[Place, "destinations"] = "AliasTarget.EvaluateTargetHealth"
    check: Annotated[Link, "destinations"]
    """The health check that it names; this and the next two are of the check."""
    checks: Annotated[Index | None, "destinations"] = None
    """Health checks by id, where the input lists them."""
    disabled: Annotated[str, "destinations"] = "HealthCheckConfig.Disabled"
    inverted: Annotated[str, "destinations"] = "HealthCheckConfig.Inverted"


def record(view: View, at: RecordAt) -> Failover:
    """A record without a routing policy is the only answer for its name."""
    return Failover(identity=view.identity(view[at.name]), chooses=_chooses(view, at), destinations=view.says([_destination(view, at)]))


def group(view: View, at: RecordAt) -> Failover:
    """Several records in one resource. One without a routing policy is no answer among others."""
    records, more = view.inner(at.records)
    chosen: list[tuple[Value[bool], Any]] = []
    for one in records:
        chooses, destination = _chooses(one, at), _destination(one, at)
        if chooses.data is not False:
            destination.needs_check = all_of([chooses, destination.needs_check])
            chosen.append((chooses, destination))
    return Failover(
        identity=view.identity(records[0][at.name] if records else view.says(None)),
        chooses=any_of([*(chooses for chooses, _ in chosen), view.says(more or False)]),
        destinations=view.says([*(destination for _, destination in chosen), *([more] if more else [])]),
    )


def _chooses(view: View, at: RecordAt) -> Value[bool]:
    return any_of([is_chosen(view, path) for path in at.policies])


def _destination(view: View, at: RecordAt) -> Any:
    return UserDestination(
        name=view[at.identifier].text().then(lambda name: name or "the record"),
        needs_check=view[at.failover].default("PRIMARY").equals("SECONDARY").negate(),
        checked=_checked(view, at),
    )


def is_chosen(view: View, path: str) -> Value[bool]:
    """A policy is a block, or a value: a region, a weight, a flag."""
    value = view.link(path)
    if isinstance(value.data, (str, int, float, Reference, Text)):  # a flag is an int
        return value.then(lambda data: data is not False and data != "")
    blocks, more = view.inner(path)
    return view.says(True if blocks else more or False)


def _checked(view: View, at: RecordAt) -> Value[bool]:
    """An inverted check sends users to what does not work; one that is disabled counts as healthy, and then an alias decides.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    evaluates = all_of([view[at.evaluates].default(False).truth(), _has_health(view, at)])
    named = view.link(at.check)
    if named.absent or named.data == "":
        return evaluates
    check = _check(view, at)
    if isinstance(check, Unknown):
        return evaluates if evaluates.data is True else view.says(check)
    check = check.surely
    upright = check[at.inverted].default(False).truth().negate()
    enabled = check[at.disabled].default(False).truth().negate()
    return all_of([upright, any_of([enabled, evaluates])])


def _check(view: View, at: RecordAt) -> View | Unknown:
    target = view.target(at.check) if at.checks is None else view_under(view, at.checks, view[at.check].data)
    reason = f"whether the health check of {view.item.address} is on: it is declared elsewhere"
    return target or view.link(at.check).unknown or Unknown(reason, "scan it together with this, or the account that has it", view.location)


def _has_health(view: View, at: RecordAt) -> Value[bool]:
    """An alias to a distribution has no health that could be evaluated.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html, under EvaluateTargetHealth
    """
    named = view.link(at.alias).data
    if not isinstance(named, Reference) and isinstance(view[at.alias].data, (str, Text)):
        named = view[at.alias].data
    end = named.parts[-1] if isinstance(named, Text) else named
    if isinstance(end, Reference):
        return view.says(end.type not in _DISTRIBUTIONS)
    if isinstance(end, Unknown):
        return view.says(end)
    return view.says(not str(end).rstrip(".").lower().endswith("cloudfront.net"))
