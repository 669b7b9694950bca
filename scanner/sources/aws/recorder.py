"""Whether a configuration recorder of AWS Config sees every change, and since when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

_ROLE = ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
_CONTINUOUS, _ALL = "CONTINUOUS", "ALL_SUPPORTED_RESOURCE_TYPES"


class NotRecorded(Exception):
    """AWS Config does not record every change; the text says why not."""


def recording_since(recorders: Iterable[Any], statuses: Iterable[Any], types: Iterable[str]) -> datetime.datetime:
    """Since when a region's recorder records every change of `types`, by what describes the recorders and their status.

    Raises NotRecorded: for no recorder, or one that is for some types, records once a day, acts as a role of its own – whose permissions
    and the organisation's policies would decide what it sees – or was not started, or does not deliver.
    https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html
    """
    ours = [recorder for recorder in recorders if not recorder.get("servicePrincipal")]  # others are of a service, for some types
    if len(ours) != 1:
        raise NotRecorded("AWS Config has no recorder there")
    [recorder] = ours
    group = recorder.get("recordingGroup") or {}
    strategy = (group.get("recordingStrategy") or {}).get("useOnly") or _ALL
    if group.get("allSupported") is not True or strategy != _ALL:
        raise NotRecorded("the recorder of AWS Config is for some types only")
    # None is continuous: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingMode.html
    mode = recorder.get("recordingMode") or {}
    others = [one for one in mode.get("recordingModeOverrides") or [] if one.get("recordingFrequency") != _CONTINUOUS]
    daily = {type_ for one in others for type_ in one.get("resourceTypes") or []}
    if mode.get("recordingFrequency", _CONTINUOUS) != _CONTINUOUS or daily & set(types):
        raise NotRecorded("the recorder of AWS Config records once a day")
    if not str(recorder.get("roleARN")).endswith(_ROLE):
        raise NotRecorded("the recorder of AWS Config acts as another role than AWSServiceRoleForConfig: what that may see is not known")
    return _started(next((status for status in statuses if status.get("name") == recorder.get("name")), {}))


def _started(status: dict[str, Any]) -> datetime.datetime:
    """Since when a recorder is on without a break: each start is the last one."""
    if status.get("recording") is not True:
        raise NotRecorded("the recorder of AWS Config is stopped")
    if str(status.get("lastStatus")).upper() != "SUCCESS":
        raise NotRecorded("the recorder of AWS Config does not deliver what it records")
    try:
        return datetime.datetime.fromisoformat(str(status.get("lastStartTime")))
    except ValueError:
        raise NotRecorded("AWS Config does not say when its recorder was started") from None
