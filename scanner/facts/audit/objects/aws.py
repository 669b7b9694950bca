"""Trails of CloudTrail that record data events of S3, as the record of an account.

A trail records no data events unless its selectors ask for them:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, NamedTuple

from assay.scanner.facts.audit.objects.kinds import ObjectTrail
from assay.scanner.facts.audit.objects.selectors import Selected, selected
from assay.scanner.facts.audit.trails.kinds import Exemption
from assay.scanner.facts.observe.trails import TrailsAt
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of


class ObjectsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what trails record of objects."""

    trails: Annotated[TrailsAt, "*"]
    error: Annotated[str, "*"] = ""
    """Why the last file could not be delivered."""


class _Told(NamedTuple):
    """What a trail records of all buckets: what each of its selectors does for reads, and for writes."""

    reads: list[Selected]
    writes: list[Selected]
    short: list[str]
    """In words, why it records nothing, or not everywhere."""


def trail(view: View, at: ObjectsAt) -> ObjectTrail:
    """A trail of code, with those of the same account beside it: one may be for reads and another for writes, or for management events."""
    told = [_told(view, at), *(_beside(view, other, at) for other in _others(view, at))]
    return _object_trail(view, at, "trail", view[at.name], told)


def account(view: View, at: ObjectsAt) -> ObjectTrail:
    """A live account: each region lists the trails that record there, also one of the organisation that another account has.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
    """
    items = view.index(at.trails.trails).get(None, ())
    unlisted = [Selected(view.says(item.why), []) for item in items if isinstance(item, Unlisted)]
    listed = {item.address: item for item in items if not isinstance(item, Unlisted)}
    told = [_told(view.of(item), at) for item in listed.values()]
    if unlisted:
        told.append(_Told(unlisted, unlisted, []))
    return _object_trail(view, at, "account", view.item.account, told or [_Told([], [], ["it has no trail"])])


def _object_trail(view: View, at: ObjectsAt, sort: str, name: Value[str], told: list[_Told]) -> ObjectTrail:
    reads = [option for one in told for option in one.reads]
    writes = [option for one in told for option in one.writes]
    exemptions = {
        str(exemption.name.raw) if isinstance(exemption, Exemption) else exemption: exemption
        for exemption in (*_left_out(reads), *_left_out(writes))
    }
    return ObjectTrail(
        identity=view.identity(name),
        sort=view.says(sort),
        reads_recorded=any_of([*(option.whole for option in reads), view.says(False)]),
        writes_recorded=any_of([*(option.whole for option in writes), view.says(False)]),
        reads_lacking=view.says(_lacking("read from", [(one.short, one.reads) for one in told])),
        writes_lacking=view.says(_lacking("written to", [(one.short, one.writes) for one in told])),
        exemptions=view.says(list(exemptions.values())),
    )


def _left_out(options: list[Selected]) -> list[Exemption | Unknown]:
    """What the record leaves out: of several that are complete but for this, of the one that leaves out least.

    Where another may be complete, and it is not known whether it is, nothing can be said of it.
    """
    complete = [option.left_out for option in options if option.whole.data is True]
    fewest = min(complete, key=len) if complete else []
    doubt = next((option.whole.unknown for option in options if option.whole.unknown and len(option.left_out) < len(fewest)), None)
    return [doubt] if doubt else fewest


def _lacking(done: str, trails: Iterable[tuple[list[str], list[Selected]]]) -> str:
    """Of the trail that comes nearest, what is not so."""
    missing = f"no selector is for what is {done} every bucket"
    lacking = [[*short, *([] if any(option.wanted.data is not False for option in options) else [missing])] for short, options in trails]
    nearest = min(lacking, key=len)
    return ", ".join(nearest) or "nothing that is known"


def _others(view: View, at: ObjectsAt) -> Iterator[View]:
    """The other trails of the input that are, or may be, of the same account."""
    for item in view.index(at.trails.trails).get(None, ()):
        if item.address != view.item.address and not isinstance(item, Unlisted) and view.item.same_account(item) is not False:
            yield view.of(item)


def _beside(view: View, other: View, at: ObjectsAt) -> _Told:
    """What another trail records, if it exists and is of the same account."""
    told = _told(other.surely, at)
    same = view.item.same_account(other.item)
    way = Unknown(f"whether {other.item.address} is of the same account", "scan the live account", other.location)
    mine = other.says(way if same is None else same)

    def counted(options: list[Selected]) -> list[Selected]:
        return [option._replace(whole=other.weighed(all_of([mine, option.whole]), absence=False)) for option in options]

    return told._replace(reads=counted(told.reads), writes=counted(told.writes))


def _told(trail: View, at: ObjectsAt) -> _Told:
    """What a trail by itself records. One of a single region records buckets of that region alone:

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-multi-region-trails.html
    """
    tests = {
        "it is not logging": trail[at.trails.logging].default(at.trails.logging_by_default).truth(),
        "it records one region": trail[at.trails.multi_region].default(False).truth(),
        "its files cannot be delivered": trail[at.error].is_set().negate() if at.error else trail.says(True),
    }
    works = all_of(tests.values())
    reads, writes = selected(trail, at.trails)
    return _Told(_where(works, reads), _where(works, writes), [text for text, value in tests.items() if value.data is False])


def _where(works: Value[bool], options: list[Selected]) -> list[Selected]:
    return [option._replace(whole=all_of([works, option.wanted])) for option in options]
