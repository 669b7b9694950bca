"""Which alarms a rule of EventBridge is for, when these change their state.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.audit.posture.patterns import is_about, names
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Unknown, references_in, unknown_inside

_CHANGES = ("aws.cloudwatch", "CloudWatch Alarm State Change")
_NARROWED = "whether the event pattern leaves out that the alarm is raised"
_WAY = "let the pattern name no more than source, detail-type, resources, the alarm and its new state"


def raises(pattern: Any, address: str, name: Any) -> bool | Unknown | None:
    """Whether a pattern matches when an alarm, of which the address and the name are given, is raised; None where it is for others."""
    content = decode(pattern)
    about = is_about(content, _CHANGES)
    if about is not True or not isinstance(content, dict):
        return about
    detail = content.get("detail", {})
    state = detail.get("state", {}) if isinstance(detail, dict) else None
    if set(content) - {"source", "detail-type", "resources", "detail"} or not isinstance(detail, dict) or not isinstance(state, dict):
        return unknown_inside(content) or Unknown(_NARROWED, _WAY)
    if set(detail) - {"alarmName", "state"} or set(state) - {"value"}:
        return unknown_inside(content) or Unknown(_NARROWED, _WAY)
    asked = [_is_among(content.get("resources"), address, name), _is_among(detail.get("alarmName"), address, name)]
    asked += [names(state["value"], "ALARM")] if "value" in state else []
    return None if False in asked else next((answer for answer in asked if isinstance(answer, Unknown)), True)


def _is_among(listed: Any, address: str, name: Any) -> bool | Unknown:
    """Whether one of some matchers is for an alarm, by its ARN or its name; without matchers all alarms match."""
    if listed is None:
        return True
    answers = [_is_it(matcher, address, name) for matcher in (listed if isinstance(listed, list) else [listed])]
    return True if True in answers else next((answer for answer in answers if isinstance(answer, Unknown)), False)


def _is_it(matcher: Any, address: str, name: Any) -> bool | Unknown:
    references = references_in(matcher)
    if references and not any(reference.is_data for reference in references):
        return any(reference.address == address for reference in references)
    if not isinstance(name, str):
        return unknown_inside(matcher) or Unknown(_NARROWED, _WAY)
    return names([matcher.rpartition(":alarm:")[2] if isinstance(matcher, str) else matcher], name)
