"""Recorders of AWS Config. https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html"""

from __future__ import annotations

from typing import Annotated

import msgspec

from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.spelling import Index, One, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

ALL = "ALL_SUPPORTED_RESOURCE_TYPES"


class GroupAt(msgspec.Struct, frozen=True):
    """Where a recorder tells which types it is for. The defaults are the API's names."""

    group: str = "recordingGroup"
    all: str = "recordingGroup.allSupported"
    globals: str = "recordingGroup.includeGlobalResourceTypes"
    strategy: str = "recordingGroup.recordingStrategy.useOnly"
    all_by_default: bool = False
    """A group that does not say it is for all types."""


class RecorderAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells of a recorder."""

    group: Annotated[GroupAt, "*"]
    switched: Annotated[One | None, "on"] = None
    """What switches it on; None where a recorder is on as soon as it is there."""
    others: Annotated[Index, "globals"]
    """All recorders, under no key."""


class RegionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a region of a live account tells of its recorders."""

    group: Annotated[GroupAt, "*"] = GroupAt()
    recorders: Annotated[str, "*"]
    states: Annotated[str, "on", "delivered"]
    others: Annotated[Index, "globals"]
    """All regions, under no key."""


def recorder(view: View, at: RecorderAt) -> ChangeRecord:
    """A recorder of code. In Terraform it is only on with a resource of its own that switches it on:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/config_configuration_recorder_status
    """
    on = view.says(True)
    if at.switched is not None:
        state = view.referrers(at.switched)
        on = state[at.switched.path].default(False).truth() if state.views or state.more else view.says(False)
    own = _globals(view, at.group)
    elsewhere = Unknown("whether the recorder of another region is for roles of IAM", "scan the live account", view.location)
    others = [view.of(item) for item in view.index(at.others).get(None, ()) if item.address != view.item.address]
    beside = [other.weighed(_globals(other.surely, at.group), absence=False) for other in others]
    return ChangeRecord(
        identity=view.identity(view[at.name]),
        sort=view.says("recorder"),
        on=on,
        everything=_everything(view, at.group),
        globals=any_of([own, *beside, view.says(elsewhere)]),
        delivered=view.says(True),
    )


def region(view: View, at: RegionAt) -> ChangeRecord:
    """A region of a live account, with the recorder that its owner made: that of a service of AWS is for that service."""
    recorders, more = _own(view, at)
    states, unknown = view.inner(at.states)
    doubt = [view.says(why) for why in (more, unknown) if why]
    names = [one["name"].data for one in recorders]
    mine = [state for state in states if state["name"].data in names]
    others = [item for item in view.index(at.others).get(None, ()) if item.address != view.item.address]
    beside = [view.says(item.why) if isinstance(item, Unlisted) else _any_globals(view.of(item), at) for item in others]
    return ChangeRecord(
        identity=view.identity(view.item.region),
        sort=view.says("region"),
        on=any_of([*(state["recording"].truth() for state in mine), *doubt, view.says(False)]),
        everything=any_of([*(_everything(one, at.group) for one in recorders), *doubt, view.says(False)]),
        globals=any_of([_any_globals(view, at), *beside]),
        delivered=all_of([*(state["lastStatus"].default("").equals("Failure").negate() for state in mine), *doubt]),
    )


def _own(view: View, at: RegionAt) -> tuple[list[View], Unknown | None]:
    recorders, more = view.inner(at.recorders)
    return [one for one in recorders if one["servicePrincipal"].data in (None, "")], more


def _any_globals(view: View, at: RegionAt) -> Value[bool]:
    recorders, more = _own(view, at)
    return any_of([*(_globals(one, at.group) for one in recorders), view.says(more or False)])


def _everything(view: View, at: GroupAt) -> Value[bool]:
    """Without a group, all types: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html"""
    groups, more = view.inner(at.group)
    if not groups:
        return view.says(more or True)
    strategy = view[at.strategy]
    return strategy.equals(ALL) if not strategy.absent and strategy.data != "" else view[at.all].default(at.all_by_default).truth()


def _globals(view: View, at: GroupAt) -> Value[bool]:
    return all_of([_everything(view, at), view[at.globals].default(False).truth()])
