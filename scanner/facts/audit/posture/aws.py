"""Security Hub and IAM Access Analyzer, which look at each region for themselves.

https://docs.aws.amazon.com/securityhub/latest/userguide/what-is-securityhub.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.audit.posture.patterns import ANALYZER, HUB, tells
from assay.scanner.facts.spelling import Index, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

# https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html: of the other types, those of unused access look
# at what the account's own roles use, and those of internal access at access from within the organisation.
EXTERNAL = ("ACCOUNT", "ORGANIZATION")
_ON = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


class RulesAt(msgspec.Struct, frozen=True):
    """Where an input tells of rules of EventBridge. The defaults are the API's names."""

    rules: Index
    targets: str | Referrer
    pattern: str = "EventPattern"
    bus: str = "EventBusName"
    state: str = "State"
    switch: str = ""
    """A flag in place of the state, of older code."""
    names: tuple[str, ...] = ()
    """By which targets name a rule."""


class AggregatorsAt(msgspec.Struct, frozen=True):
    """Where code tells that findings of other regions are collected in one.

    https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateFindingAggregator.html
    """

    aggregators: Index
    mode: str
    regions: str


class HubAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells of Security Hub in a region."""

    by_default: Annotated[str, "standards"]
    """Whether the standards that AWS chooses are subscribed; they are where nothing is written."""
    subscriptions: Annotated[Index, "standards"]
    policies: Annotated[Index | None, "standards"] = None
    """What subscribes standards for accounts of the organisation."""
    rules: Annotated[RulesAt, "told"]
    aggregators: Annotated[AggregatorsAt | None, "told"] = None


class AnalyzerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells of an analyzer."""

    type: Annotated[str, "*"]
    rules: Annotated[RulesAt, "told"]
    aggregators: Annotated[AggregatorsAt | None, "told"] = None
    hubs: Annotated[Index, "told"]


class RegionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a region of a live account tells of its services."""

    hub: Annotated[str, "on"]
    standards: Annotated[str, "standards"]
    analyzers: Annotated[str, "analyzed"]
    organization: Annotated[str, "analyzed"]
    administrator: Annotated[str, "told"]
    aggregators: Annotated[str, "told"]
    rules: Annotated[RulesAt, "told"]


def hub(view: View, at: HubAt) -> PostureService:
    """A hub of code. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/securityhub_account,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityhub-hub.html: default standards are
    subscribed unless it says no.
    """
    subscribed = [other.weighed(here, absence=False) for other, here in _same(view, at.subscriptions)]
    above = "whether a policy of the organisation subscribes standards here"
    policies = view.index(at.policies).get(None, ()) if at.policies else ()
    doubt: list[Value[bool]] = [view.says(Unknown(above, "scan the live account", view.location))] if policies else []
    told = _reached(view, at.rules, at.aggregators, HUB)
    return _service(
        view,
        sort="hub",
        name=view[at.name],
        standards=any_of([view[at.by_default].default(True).truth(), *subscribed, *doubt, view.says(False)]),
        told=any_of(told) if told else view.says(_nobody(view)),
    )


def analyzer(view: View, at: AnalyzerAt) -> PostureService | None:
    """An analyzer of code; None of one for access that is unused, or from within. Security Hub imports its findings where that is on:
    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-internal-providers.html
    """
    external = view[at.type].default(EXTERNAL[0]).equals(*EXTERNAL)
    if external.data is False:
        return None
    hubs = [other.weighed(here, absence=False) for other, here in _same(view, at.hubs)]
    imported = [all_of([any_of(hubs), one]) for one in _reached(view, at.rules, at.aggregators, HUB)] if hubs else []
    told = [*_reached(view, at.rules, None, ANALYZER), *imported]
    return _service(
        view,
        sort="analyzer",
        name=view[at.name],
        analyzed=external,
        told=any_of(told) if told else view.says(_nobody(view)),
    )


def region(view: View, at: RegionAt) -> PostureService:
    """A region of a live account.

    An analyzer of the organisation, which is in the account that administers it, covers the accounts of all members:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-getting-started.html. An administrator of Security Hub receives what
    its members find: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-accounts.html
    """
    subscriptions, more = view.inner(at.standards)
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_StandardsSubscription.html
    standards = [one["StandardsStatus"].equals("PENDING", "READY", "INCOMPLETE") for one in subscriptions]
    analyzers, others = view.inner(at.analyzers)
    analyzed = [all_of([one["type"].equals(*EXTERNAL), one["status"].equals("ACTIVE")]) for one in analyzers]
    told = _reached(view, at.rules, None, HUB)
    return _service(
        view,
        sort="region",
        name=view.item.region,
        on=view[at.hub].is_set(),
        standards=any_of([*standards, view.says(more or False)]),
        analyzed=any_of([*analyzed, view.says(others or False), _beyond(view, at.organization, _ANALYZED)]),
        told=any_of([*told, _beyond(view, at.administrator, _ADMINISTERED), _beyond(view, at.aggregators, _AGGREGATED)]),
    )


_ANALYZED = (
    "whether an analyzer of the organisation covers this account",
    "look at the account that administers IAM Access Analyzer, and set analyzed_by_organization for this control if it does",
)
_ADMINISTERED = ("whether anybody hears of findings in the account that administers Security Hub", "audit that account")
_AGGREGATED = ("whether anybody hears of findings in the region that they are collected in", "look at the rules of EventBridge there")


def _beyond(view: View, path: str, why: tuple[str, str]) -> Value[bool]:
    """False where something is not there, and Unknown why it may serve where it is."""
    there = view[path]
    return there.then(lambda data: Unknown(*why, view.location) if data not in (None, "", []) else False)


def _nobody(view: View) -> Unknown:
    way = "scan the live account, or set findings_are_pulled for this control if they are"
    return Unknown("whether anybody hears of findings: no rule of this code is for them", way, view.location)


def _reached(view: View, at: RulesAt, collecting: AggregatorsAt | None, event: tuple[str, str]) -> list[Value[bool]]:
    """Of each rule for findings of the region, and of regions in which they are collected, whether it tells somebody of them."""
    told: list[Value[bool]] = []
    aggregators = [view.of(item) for item in view.index(collecting.aggregators).get(None, ())] if collecting else []
    for item in view.index(at.rules).get(None, ()):
        if isinstance(item, Unlisted):
            if not view.apart(item):
                told.append(view.says(item.why))
            continue
        rule = view.of(item, at.names)
        for_it = speaks(rule.surely, at, lambda pattern: tells(pattern, event))
        here = any_of([of_same_region(view, item), *(_collected(view, one, collecting, item) for one in aggregators if collecting)])
        value = rule.weighed(all_of([here, for_it]), absence=False) if for_it is not None else view.says(False)
        surely = for_it is not None and here.data is True and rule.doubt is None
        if surely or value.data is not False:  # a rule that may be another's, and tells nobody, says nothing of this
            told.append(value)
    return told


def speaks(rule: View, at: RulesAt, asks: Callable[[Any], bool | Unknown | None]) -> Value[bool] | None:
    """Whether a rule is on, has a target, and is for some events; None where it is for others. `asks` says of its pattern which it is for.

    Services send events to the default bus: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html. Without a state
    a rule is on: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    """
    if rule[at.pattern].absent or rule[at.bus].default("default").data in ("", None):
        return None
    for_it = asks(rule[at.pattern].data)
    bus = rule[at.bus].default("default").then(lambda name: name.rpartition("/")[2] if isinstance(name, str) else name).equals("default")
    if for_it is None or bus.data is False:
        return None
    switch = rule[at.switch]
    on = rule[at.state].default("ENABLED").equals(*_ON) if switch.absent else switch.truth()
    targets, more = rule.inner(at.targets)
    return all_of([rule.says(for_it), bus, on, rule.says(True if targets else more or False)])


def _collected(view: View, aggregator: View, at: AggregatorsAt, rule: Item) -> Value[bool]:
    """Whether findings of a region are collected in that of a rule."""
    mode, own = aggregator[at.mode], view.item.region
    listed = any_of([one.equals(own.data) if isinstance(own.data, str) else own.then(_flat) for one in aggregator[at.regions].elements()])
    inside = {
        "ALL_REGIONS": view.says(True),
        "SPECIFIED_REGIONS": listed,
        "ALL_REGIONS_EXCEPT_SPECIFIED": listed.negate(),
        "NO_REGIONS": view.says(False),
    }.get(str(mode.data), view.says(mode.unknown or False))
    return aggregator.weighed(all_of([of_same_region(aggregator, rule), inside]), absence=False)


def _flat(data: Any) -> Any:
    return data if isinstance(data, Unknown) else False


def _same(view: View, index: Index) -> list[tuple[View, Value[bool]]]:
    """The items of the same account and region, each with whether it is known to be."""
    others = [(view.of(item), of_same_region(view, item)) for item in view.index(index).get(None, ()) if not isinstance(item, Unlisted)]
    return [(other, here) for other, here in others if here.data is not False]


def of_same_region(view: View, item: Item) -> Value[bool]:
    """Whether an item is of the account and region of this one: so are two of which code says neither otherwise."""
    own, other, same = view.item.region.data, item.region.data, view.item.same_account(item)
    if same is False or view.apart(item):
        return view.says(False)
    if own == other and same:
        return view.says(True)
    return view.says(Unknown(f"whether {item.address} is of the same region", "give the provider a region", item.location()))


def _service(view: View, *, sort: str, name: Value[Any], **facts: Value[bool]) -> PostureService:
    return PostureService(
        identity=view.identity(name),
        sort=view.says(sort),
        on=facts.get("on", view.says(True)),
        standards=facts.get("standards", view.says(True)),
        analyzed=facts.get("analyzed", view.says(True)),
        told=facts["told"],
        severe=view.says(True),
    )
