"""What statements of a bucket's policy say of CloudFront, and of others who read.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.statements import Condition, Statement, principal_account
from assay.scanner.globs import matches
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of


def covers(statement: Statement, wanted: tuple[str, ...]) -> Value[bool]:
    """Whether a statement is for one of some actions."""
    fits = any_of([Value[bool](_fits(action, wanted), statement.seen) for action in statement.actions])
    return fits.negate() if statement.not_action else fits


def _fits(action: Any, wanted: tuple[str, ...]) -> bool | Unknown:
    if isinstance(action, str):
        return any(matches(action.lower(), name) for name in wanted)
    return unknown_inside(action) or Unknown(f"which action {describe(action)} is", "scan the plan or the live account")


_EXACT = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")


def sources(statement: Statement) -> list[Any] | Unknown:
    """What conditions say the source of a request has to be; empty where they do not."""
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    return [value for condition in statement.conditions if _is_source(condition) for value in condition.values]


def _is_source(condition: Condition) -> bool:
    """A test that fails where the key is absent: neither `IfExists` nor `ForAllValues`."""
    operator = condition.operator.lower()
    return condition.key == "aws:sourcearn" and operator.removeprefix("foranyvalue:") in _EXACT


_DISTRIBUTION = lazy_re.pattern(r"arn:[\w-]+:cloudfront::[^:*?]+:distribution/[^*?/]+", re.IGNORECASE)


def pinned(statement: Statement) -> Value[bool]:
    """Whether a statement for CloudFront counts for named distributions alone, by `aws:SourceArn` without wildcards."""
    named = sources(statement)
    if isinstance(named, Unknown):
        return Value(named, statement.seen)
    tests = [Value[bool](_names_one(source), statement.seen) for source in named]
    return all_of(tests) if tests else Value(False, statement.seen)


def _names_one(source: Any) -> bool | Unknown:
    if isinstance(source, Unknown):
        return source
    if isinstance(source, Reference):
        return True
    if isinstance(source, Text):
        text = "".join(part if isinstance(part, str) else "x" for part in source.parts)
        last = source.parts[-1]
        if isinstance(last, Unknown):
            return unknown_inside(source) or last
        return _DISTRIBUTION.fullmatch(text) is not None or (len(source.parts) == 1 and isinstance(last, Reference))
    return _DISTRIBUTION.fullmatch(str(source)) is not None


def of_one(statement: Statement) -> Value[bool]:
    """Whether a condition names identities one by one. The root of an account is then its root user alone, and not the account:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    if isinstance(statement.conditions, Unknown):
        return Value(statement.conditions, statement.seen)
    tests = [
        condition for condition in statement.conditions if condition.key == "aws:principalarn" and condition.operator.lower() in _EXACT
    ]
    texts = [str(value) for condition in tests for value in condition.values]
    return Value(bool(texts) and not any("*" in text or "?" in text for text in texts), statement.seen)


def foreign(who: Any, account: str | None, seen: Any) -> Value[bool]:
    """Whether a principal is of another account than the bucket's; `account` is that of the bucket, None where it is not known."""
    owner = principal_account(who)
    if isinstance(owner, Unknown):
        return Value(owner, seen)
    if owner in ("", "this") or owner == account:
        return Value(False, seen)
    if account is None:
        reason = f"whether account {owner} is the account of the bucket"
        return Value(Unknown(reason, "set accounts in assay.yaml, or scan the live account"), seen)
    return Value(True, seen)
