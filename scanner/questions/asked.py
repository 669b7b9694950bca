"""Questions of any action on any resource, as AWS and Google spell it: `sqs:SendMessage`, `pubsub.topics.publish`."""

from __future__ import annotations

import difflib

import msgspec

from assay.scanner.analysis.access.asking import actions
from assay.scanner.results.model import Report, ResourceRef, Result

from .access import Answer, answers

CONTROLS = ("ask.allowed", "ask.named", "ask.candidates", "ask.anywhere")
"""The rules that answer."""
_MANY = 10


def problem(action: str, resource: str) -> str:
    """Why it cannot be asked, whatever is scanned, and the way out; empty where it can."""
    said = actions.problem(action)
    if said or actions.is_google(action):
        return said
    if actions.is_of_no_resource(action) and resource != "*":
        return f"{action} is on no single resource; ask who can {action} '*'"
    if resource.startswith("arn:") and not actions.targets(action, [resource]):
        return f"{action} is not done to such a resource as {resource}"
    return ""


def who_can(report: Report, action: str, resource: str) -> list[Answer] | str:
    """Everybody who may do it, or why that cannot be told, with the way out."""
    if _of(report, "ask.candidates", "pass"):
        return sorted(answers(result for result in report.results if result.control == "ask.allowed"))
    if resource == "*" or resource.startswith("arn:"):
        return _anywhere(report, resource)
    misfits = [result.resource for result in _of(report, "ask.named", "fail")]
    others = [result.resource for result in _of(report, "ask.candidates", "fail")]
    if misfits:
        near = f"; it is done to {_near(others, resource)}" if others else ""
        return f"{action} is not done to {_listed(misfits)}{near}"
    if not others:
        untold = [result for result in _of(report, "ask.candidates", "unknown") if _is_of(result.resource.type, action)]
        why = f"{untold[0].unknown[0].reason}; {untold[0].unknown[0].settles_it}" if untold and untold[0].unknown else ""
        return f"nothing that {action} is done to was found{f' ({why})' if why else ''}; name it by its ARN, or scan what declares it"
    return f"nothing is called {resource!r} that {action} is done to; there are {_near(others, resource)}"


def _of(report: Report, control: str, verdict: str) -> list[Result]:
    return [result for result in report.results if result.control == control and result.verdict == verdict]


def _is_of(type_: str, action: str) -> bool:
    """Whether a type of a live account is of the service of an action: `sqs.queue`."""
    return type_.partition(".")[0].lower() == action.partition(":")[0].lower()


def _anywhere(report: Report, resource: str) -> list[Answer] | str:
    results = [result for result in report.results if result.control == "ask.anywhere"]
    if not results:
        return "no identity of AWS was found: scan what declares roles and users"
    return sorted(msgspec.structs.replace(answer, resource=resource, name=resource) for answer in answers(results))


def _listed(resources: list[ResourceRef]) -> str:
    shown = list(dict.fromkeys(f"{one.name} ({one.type})" for one in resources))
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def _near(resources: list[ResourceRef], name: str) -> str:
    """Some of what there is, what is called most alike first."""
    names = sorted({one.name if one.named else one.address for one in resources})
    near = difflib.get_close_matches(name, names, n=_MANY, cutoff=0.3)
    shown = [*near, *(other for other in names if other not in near)]
    return ", ".join(shown[:_MANY]) + (f" and {len(shown) - _MANY} more" if len(shown) > _MANY else "")
