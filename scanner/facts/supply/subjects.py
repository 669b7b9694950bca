"""Conditions on the tokens of CI systems.

https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.statements import Condition, Statement
from assay.scanner.facts.supply.kinds import Subject
from assay.scanner.sources.values import Location, Text, Unknown, Value, describe

CI_ISSUERS = (
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "oidc.circleci.com",
    "api.bitbucket.org",
    "agent.buildkite.com",
)
_AUDIENCES = ("sts.amazonaws.com",)
_EQUAL = ("stringequals", "stringlike", "stringequalsignorecase")
_GITHUB = re.compile(
    r"^repo:[\w.-]+(?:@\d+)?/[\w.-]+(?:@\d+)?:(?:environment:[^*]+|ref:refs/(?:heads|tags)/[^*]+|ref:refs/(?:heads|tags)/[^*/]+/\*|job_workflow_ref:.+)$"
)
_GITLAB = re.compile(r"^project_path:[^*:]+/[^*:]+:ref_type:(?:branch|tag):ref:[^*]+$")
_TERRAFORM = re.compile(r"^organization:[^*:]+:project:[^*:]+:workspace:[^*:]+:run_phase:")


def audience(statement: Statement) -> bool | Unknown:
    """Whether the statement pins the audience of the token."""
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    for condition in statement.conditions:
        if condition.key.endswith(":aud") and _counts(condition):
            unknown = next((value for value in condition.values if isinstance(value, Unknown)), None)
            return unknown or all("*" not in str(value) for value in condition.values)
    return False


def subjects(statement: Statement) -> list[Subject | Unknown]:
    """The subjects that the statement admits."""
    if isinstance(statement.conditions, Unknown):
        return [statement.conditions]
    admitted_subjects: list[Subject | Unknown] = []
    for condition in statement.conditions:
        if condition.key.endswith((":sub", ":job_workflow_ref")) and _counts(condition):
            admitted_subjects += [_subject(value, condition, statement.seen) for value in condition.values]
    return admitted_subjects or [Subject(pattern=Value("*", statement.seen), scoped=Value(False, statement.seen))]


def _counts(condition: Condition) -> bool:
    """ForAllValues and IfExists hold where the claim is missing."""
    return condition.operator.lower().removeprefix("foranyvalue:") in _EQUAL


def _subject(value: Any, condition: Condition, seen: tuple[Location, ...]) -> Subject:
    return Subject(pattern=Value(describe(value), seen), scoped=Value(_scoped(value, condition), seen))


def _scoped(value: Any, condition: Condition) -> bool | Unknown:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Text):
        guesses = ["".join(part if isinstance(part, str) else guess for part in value.parts) for guess in ("some", "some/some")]
        if any(matches(text, condition) for text in guesses):
            return value.unknown or Unknown(f"the subject {value} is known after apply", "scan the plan")
        return False
    return matches(str(value), condition)


def matches(text: str, condition: Condition) -> bool:
    """Whether a text of a condition names one repository and pins a branch, tag, environment or workflow."""
    if condition.key.endswith(":job_workflow_ref"):
        return bool(re.match(r"^[\w.-]+/[\w.-]+/\.github/workflows/[^*]+@[^*]+$", text))
    if "?" in text and condition.operator.lower().endswith("like"):
        return False
    return any(pattern.match(text) for pattern in (_GITHUB, _GITLAB, _TERRAFORM))


# Google: the attribute condition of a provider is CEL over the token's claims.
# https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions

_CLAIM = (
    r"(?:assertion|attribute)\.(repository|repository_id|sub|project_path|project_id|workflow_ref|job_workflow_ref|terraform_workspace_id)"
)
_PINNED = re.compile(_CLAIM + r"\s*(?:==\s*['\"][^'\"*]+['\"]|in\s*\[[^\]]+\])|google\.subject\s*==\s*['\"][^'\"*]+['\"]")
_STARTS = re.compile(_CLAIM + r"\.startsWith\(\s*['\"]repo:[\w.-]+/[\w.-]+[:'\"]")


def condition_pins(expression: str) -> bool | Unknown:
    """Whether an attribute condition admits only named repositories: each side of every `||` has to."""
    ways = re.split(r"\|\|", expression)
    return all(_PINNED.search(way) or _STARTS.search(way) for way in ways)
