"""Whether AWS Config sees every change: its recorder, and policies that may keep it from reading something."""

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
        raise NotRecorded("AWS Config has no recorder in the region")
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


_CHANGES = ("s3:put", "s3:delete", "s3:create", "s3:restore", "s3:replicate", "s3:abort", "s3:bypass", "s3:update", "s3:getobject")
"""What actions begin with that read no setting of a bucket."""
_OLD_TLS = {"1.0", "1.1", "1.2"}
"""A policy that wants at least one of these lets every service of AWS in: https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/"""


def may_keep_out(policy: Any) -> bool:
    """Whether a bucket's policy may deny AWS Config, which asks by TLS, a setting of the bucket. What cannot be told may."""
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not all(isinstance(statement, dict) for statement in statements):
        return True
    return any(statement.get("Effect") != "Allow" and not _is_harmless(statement) for statement in statements)


def _is_harmless(denial: dict[str, Any]) -> bool:
    """Whether a denial is of those alone who ask without TLS, or by an old version of it, or of what reads no setting."""
    conditions = denial.get("Condition")
    for operator, keys in conditions.items() if isinstance(conditions, dict) else ():
        for key, value in keys.items() if isinstance(keys, dict) else ():
            values = [str(entry).lower() for entry in (value if isinstance(value, list) else [value])]
            if operator.lower() == "bool" and key.lower() == "aws:securetransport" and values == ["false"]:
                return True
            if operator.lower() == "numericlessthan" and key.lower() == "s3:tlsversion" and set(values) <= _OLD_TLS:
                return True
    actions = denial.get("Action")
    actions = [actions] if isinstance(actions, str) else actions
    return isinstance(actions, list) and bool(actions) and all(str(action).lower().startswith(_CHANGES) for action in actions)
