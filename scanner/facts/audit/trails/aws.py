"""Trails of CloudTrail, as the record of an account.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from assay.scanner.facts.audit.trails.kinds import ApiTrail, Exemption
from assay.scanner.facts.observe.trails import TrailsAt, names
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of


class TrailAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a trail records. The defaults are CloudFormation's names."""

    trails: Annotated[TrailsAt, "recorded", "recorded_here", "lacking", "exemptions"]
    validated: Annotated[str, "*"] = "EnableLogFileValidation"
    global_events: Annotated[str, "*"] = "IncludeGlobalServiceEvents"
    """Of services that are in no region: IAM, STS, CloudFront."""
    error: Annotated[str, "*"] = ""
    """Why the last file could not be delivered."""
    management: Annotated[str, "*"] = "IncludeManagementEvents"
    """Of a basic event selector, as is the next."""
    excluded: Annotated[str, "*"] = "ExcludeManagementEventSources"


class _Told(NamedTuple):
    """What a trail records."""

    recorded: Value[bool]
    lacking: list[str]
    exemptions: list[Exemption | Unknown]


def trail(view: View, at: TrailAt) -> ApiTrail:
    """A trail of code. One beside a trail of the same account that records everything may be for something else."""
    own = _told(view, at)
    others = [(other, _told(other.surely, at)) for other in _others(view, at)]
    beside = [other.weighed(all_of([told.recorded, _same_account(view, other)]), absence=False) for other, told in others]
    whole = any_of([own.recorded, *beside])
    best = own if own.recorded.data is True else next((told for (_, told), ok in zip(others, beside, strict=True) if ok.data is True), own)
    return _api_trail(view, at, "trail", whole, best)


def account(view: View, at: TrailAt) -> ApiTrail:
    """A live account: each region lists the trails that record there, also one of the organisation that another account has.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
    """
    items = view.index(at.trails.trails).get(None, ())
    unlisted = [view.says(item.why) for item in items if isinstance(item, Unlisted)]
    told = [_told(view.of(item), at) for item in {item.address: item for item in items if not isinstance(item, Unlisted)}.values()]
    told.sort(key=lambda one: (one.recorded.data is not True, len(one.exemptions), len(one.lacking)))
    nothing = _Told(view.says(False), ["it has no trail"], [])
    return _api_trail(
        view, at, "account", any_of([*(one.recorded for one in told), *unlisted, view.says(False)]), told[0] if told else nothing
    )


def _api_trail(view: View, at: TrailAt, sort: str, recorded: Value[bool], told: _Told) -> ApiTrail:
    name = view[at.name] if at.name else view.item.account
    return ApiTrail(
        identity=view.identity(name),
        sort=view.says(sort),
        recorded=recorded,
        recorded_here=recorded,
        lacking=view.says(", ".join(told.lacking)),
        exemptions=view.says(told.exemptions if recorded.data is True else []),
    )


def _others(view: View, at: TrailAt) -> Iterator[View]:
    """The other trails of the input."""
    for item in view.index(at.trails.trails).get(None, ()):
        if item.address != view.item.address and not isinstance(item, Unlisted):
            yield view.of(item)


def _same_account(view: View, other: View) -> Value[bool]:
    same = view.item.same_account(other.item)
    if same is not None:
        return other.says(same)
    return other.says(Unknown(f"whether {other.item.address} is of the same account", "scan the live account", other.location))


def _told(trail: View, at: TrailAt) -> _Told:
    """What a trail by itself records. Its defaults are those of CreateTrail, but for logging, which an input says for itself.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
    """
    reads, writes, exemptions = _management(trail, at)
    tests = {
        "it is not logging": trail[at.trails.logging].default(at.trails.logging_by_default).truth(),
        "it records one region": trail[at.trails.multi_region].default(False).truth(),
        "it leaves out services that are in no region": trail[at.global_events].default(True).truth(),
        "its files are not validated": trail[at.validated].default(False).truth(),
        "it does not record what is read": reads,
        "it does not record what is written": writes,
        "its files cannot be delivered": trail[at.error].is_set().negate() if at.error else trail.says(True),
    }
    return _Told(all_of(tests.values()), [text for text, value in tests.items() if value.data is False], exemptions)


def _management(trail: View, at: TrailAt) -> tuple[Value[bool], Value[bool], list[Exemption | Unknown]]:
    """Whether all that is read by management events is recorded, and all that is written; and which sources of events are left out.

    A trail without selectors records all of them:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """
    basic, more = trail.inner(at.trails.basic)
    advanced, further = trail.inner(at.trails.advanced)
    if doubt := more or further:
        reads, writes = [trail.says(doubt)], [trail.says(doubt)]
    elif not basic and not advanced:
        return trail.says(True), trail.says(True), []
    else:
        reads, writes = [trail.says(False)], [trail.says(False)]
    exemptions: list[Exemption | Unknown] = []
    for selector in basic:
        on = selector[at.management].default(True).truth()
        direction = selector[at.trails.direction].default("All")
        reads.append(all_of([on, direction.equals("All", "ReadOnly")]))
        writes.append(all_of([on, direction.equals("All", "WriteOnly")]))
        if on.data is not False:
            exemptions += _exemptions(selector[at.excluded])
    for selector in advanced:
        read, written, left_out = _advanced(selector, at)
        reads.append(read)
        writes.append(written)
        exemptions += left_out
    return any_of(reads), any_of(writes), exemptions


def _advanced(selector: View, at: TrailAt) -> tuple[Value[bool], Value[bool], list[Exemption | Unknown]]:
    """Whether an advanced selector is for all management events that read, and for all that write; and the sources that it leaves out.

    Of these events it tells `readOnly`, and sources that are not wanted; any other field narrows what it is for:
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """
    fields, more = selector.inner(at.trails.fields)
    tests, reads, writes = ([selector.says(more)] if more else [] for _ in range(3))
    category: list[Value[bool]] = [selector.says(more or False)]
    exemptions: list[Exemption | Unknown] = []
    for field in fields:
        equals, name = field[at.trails.equals], field[at.trails.field].default("").text().then(str.lower)
        if name.unknown:
            category.append(field.says(name.unknown))
            tests.append(field.says(name.unknown))
        elif name.data == "eventcategory":
            category.append(names(equals, "Management"))
        elif name.data == "readonly":
            reads.append(names(equals, "true"))
            writes.append(names(equals, "false"))
        elif name.data == "eventsource" and equals.absent and not field[at.trails.not_equals].absent:
            exemptions += _exemptions(field[at.trails.not_equals])
        else:
            tests.append(field.says(False))
    mine = any_of(category)
    return all_of([mine, *tests, *reads]), all_of([mine, *tests, *writes]), exemptions if mine.data is not False else []


def _exemptions(sources: Value[list[str]]) -> list[Exemption | Unknown]:
    return [element.unknown or Exemption(name=element) for element in sources.elements()]
