"""Which findings an event pattern of EventBridge, or a filter of Security Command Center, is for.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html,
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-all-findings.html,
https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-access-analyzer.html,
https://cloud.google.com/security-command-center/docs/how-to-api-filter-notifications
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Unknown, unknown_inside

HUB = ("aws.securityhub", "Security Hub Findings - Imported")
ANALYZER = ("aws.access-analyzer", "Access Analyzer Finding")
"""Source and type of the events of a service."""
_NARROWED = "whether the event pattern leaves findings out"
_WAY = "let the pattern name no more than source, detail-type, severity, workflow and state of the record"
# Of each finding of Security Hub, what may be asked for, and what has to be among it.
_WANTED = {
    ("Severity", "Label"): {"HIGH", "CRITICAL"},
    ("Workflow", "Status"): {"NEW"},
    ("RecordState",): {"ACTIVE"},
}


def tells(pattern: Any, event: tuple[str, str]) -> bool | Unknown | None:
    """Whether events of severe findings match; None where the pattern is for something else."""
    content = decode(pattern)
    about = is_about(content, event)
    if about is not True or not isinstance(content, dict):
        return about
    if set(content) - {"source", "detail-type", "detail"}:
        return Unknown(_NARROWED, _WAY)
    detail = content.get("detail")
    if detail is None:
        return True
    if event is ANALYZER:
        return _allows(detail, {("status",): {"ACTIVE"}})
    if not isinstance(detail, dict) or set(detail) != {"findings"}:
        return unknown_inside(detail) or Unknown(_NARROWED, _WAY)
    return _allows(detail["findings"], _WANTED)


def is_about(content: Any, event: tuple[str, str]) -> bool | Unknown | None:
    """Whether a pattern is for events of a source and a type, whatever else it asks for; None where it is for others."""
    if isinstance(content, Unknown):
        return content
    if not isinstance(content, dict):
        return None
    source, sort = content.get("source"), content.get("detail-type")
    if source is None and sort is None:
        return unknown_inside(content) or Unknown(_NARROWED, _WAY)
    parts = [names(given, wanted) for given, wanted in zip((source, sort), event, strict=True) if given is not None]
    return None if False in parts else next((part for part in parts if isinstance(part, Unknown)), True)


def names(given: Any, wanted: str) -> bool | Unknown:
    """Whether a list of matchers has one for a text."""
    matches = [_matches(one, wanted) for one in given] if isinstance(given, list) else [unknown_inside(given) or False]
    return True if True in matches else next((one for one in matches if isinstance(one, Unknown)), False)


def _matches(one: Any, wanted: str) -> bool | Unknown:
    if isinstance(one, str):
        return one == wanted
    if isinstance(one, dict) and set(one) == {"prefix"} and isinstance(one["prefix"], str):
        return wanted.startswith(one["prefix"])
    return unknown_inside(one) or Unknown(f"whether the event pattern matches {wanted}", _WAY)


def _allows(given: Any, wanted: dict[tuple[str, ...], set[str]], above: tuple[str, ...] = ()) -> bool | Unknown:
    """Whether filters that are ANDed let pass what is wanted."""
    if isinstance(given, Unknown):
        return given
    if above in wanted:
        answers = [names(given, text) for text in sorted(wanted[above])]
    elif isinstance(given, dict) and any(path[: len(above)] == above for path in wanted):
        answers = [_allows(inner, wanted, (*above, key)) for key, inner in given.items()]
    else:
        return unknown_inside(given) or Unknown(_NARROWED, _WAY)
    return False if False in answers else next((one for one in answers if isinstance(one, Unknown)), True)


# A comparison of a filter; `:` is for a part of a text.
_COMPARISON = lazy_re.pattern(r"""(-|\bNOT\s+)?\b([a-z_.]+)\s*(!=|=|:|>=|<=|>|<)\s*(?:"([^"]*)"|'([^']*)'|([^\s()"']+))""", re.IGNORECASE)
_SEVERE = {"HIGH", "CRITICAL"}
_NEW = "UNDEFINED"
"""Of a finding that was never muted nor unmuted: https://cloud.google.com/security-command-center/docs/reference/rest/v2/Mute"""
_KNOWN = {"state": {"ACTIVE"}, "severity": _SEVERE, "mute": {_NEW}}


def passes(filter_: Any) -> bool | Unknown:
    """Whether a filter of notifications lets pass active findings of high and critical severity; without one all pass.

    Told of filters that ask for values of state, severity and mute alone; OR binds more tightly than AND:
    https://cloud.google.com/security-command-center/docs/reference/rest/v1/organizations.notificationConfigs#streamingconfig
    """
    why = unknown_inside(filter_)
    if why:
        return why
    text = filter_ if isinstance(filter_, str) else ""
    if not text.strip():
        return True
    unclear = Unknown("whether the filter leaves findings out", "let it ask for values of state, severity and mute alone")
    rest = _COMPARISON.sub(" ", text)
    if re.sub(r"\bAND\b|\bOR\b|[()\s]", "", rest):
        return unclear
    asked: dict[str, set[str]] = {}
    for match in _COMPARISON.finditer(text):
        negated, field, operator = match[1], match[2].lower(), match[3]
        value = next(part for part in match.groups()[3:] if part is not None).upper()
        if field == "mute" and value == "MUTED" and (bool(negated) ^ (operator == "!=")):
            continue
        if negated or operator != "=" or field not in _KNOWN:
            return unclear
        asked.setdefault(field, set()).add(value)
    if _mixed(text):
        return unclear
    unmuted = _NEW in asked.pop("mute", {_NEW})
    return unmuted and all(values >= _KNOWN[field] for field, values in asked.items())


def _mixed(text: str) -> bool:
    """Whether fields are told apart by OR, or one is asked for twice by AND: then a set for each field does not say what passes."""
    seen: set[str] = set()
    for clause in re.split(r"\bAND\b", text):
        fields = {match[2].lower() for match in _COMPARISON.finditer(clause)}
        beside = len(_COMPARISON.findall(clause)) - len(re.findall(r"\bOR\b", clause)) != 1  # what stands beside is ANDed too
        negated = any(match[1] or match[3] == "!=" for match in _COMPARISON.finditer(clause))
        if beside or len(fields) != 1 or (fields & seen and not negated) or (negated and len(_COMPARISON.findall(clause)) > 1):
            return True
        seen |= fields
    return False
