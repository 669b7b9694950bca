"""Whom a statement is for: by its principals, and by what conditions say of whoever calls.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from assay.scanner.facts.condition_keys import NEGATED, POSITIVE
from assay.scanner.facts.denials import covers, overlaps
from assay.scanner.facts.model import Identity
from assay.scanner.facts.statements import Condition, Statement, means_everyone, names_whole_account, principal_account
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

_ARN, _IS_SERVICE = "aws:principalarn", "aws:principalisawsservice"


def as_for(statement: Statement, who: Identity) -> Statement | None:
    """A statement as it is for an identity, less what says whom it is for; None where it is not for that one.

    Where that is not known, neither is what it does for that one.
    """
    named = names(statement, who)
    if named is False:
        return None
    left = statement.conditions
    if not isinstance(left, Unknown):
        left = [condition for condition in left if _holds(condition, who) is None]
    effect = named if isinstance(named, Unknown) else statement.allows
    return msgspec.structs.replace(statement, allows=effect, principals=[], not_principal=False, conditions=left)


def names(statement: Statement, who: Identity) -> bool | Unknown:
    """Whether a statement is for an identity. What other conditions ask, and those that are not known, is not looked at."""
    parts: list[Value[bool]] = []
    if statement.principals:
        # The account among those whom a denial spares is its root user: they are named beside it.
        whole = not statement.not_principal
        listed = any_of([Value(_is_among(kind, principal, who, whole)) for kind, principal in statement.principals])
        parts.append(listed.negate() if statement.not_principal else listed)
    if not isinstance(statement.conditions, Unknown):
        parts += [Value(answer) for condition in statement.conditions if (answer := _holds(condition, who)) is not None]
    return all_of(parts).data  # type: ignore[no-any-return]


def callers(entry: Statement, spared: Iterable[list[Any]] = ()) -> list[tuple[str, Any]]:
    """Whom an allowing statement is for: where a condition leaves of everybody those of some ARNs alone, these.

    `spared`: those whom denials of what it allows leave, for each of them (`spares`).
    """
    conditions = [] if isinstance(entry.conditions, Unknown) else entry.conditions
    asked = [condition.values for condition in conditions if condition.key == _ARN and condition.compares in POSITIVE]
    left = next((values for values in (*asked, *spared) if values), None)
    if left is None or entry.not_principal:
        return entry.principals
    return [
        pair
        for kind, who in entry.principals
        for pair in ([("AWS", value) for value in left] if kind == "*" or means_everyone(who) else [(kind, who)])
    ]


def spares(denial: Statement) -> tuple[list[Any], Statement]:
    """Whom a denial for everyone else spares by their ARNs, and the denial as it is for the others."""
    if isinstance(denial.conditions, Unknown) or denial.not_principal:
        return [], denial
    sparing = [one for one in denial.conditions if one.key == _ARN and one.compares in NEGATED]
    left = [one for one in denial.conditions if one not in sparing and of_people(one) is not True]
    return [value for one in sparing for value in one.values], msgspec.structs.replace(denial, conditions=left)


def _holds(condition: Condition, who: Identity) -> bool | Unknown | None:
    """Whether an identity is what a condition asks of whoever calls; None of a condition that asks something else."""
    if condition.key == _IS_SERVICE:
        return of_people(condition)
    negated = condition.compares in NEGATED
    if condition.key != _ARN or not (negated or condition.compares in POSITIVE):
        return None
    matched = any_of([*(Value(_is(value, who)) for value in condition.values), Value(False)])
    return (matched.negate() if negated else matched).data  # type: ignore[no-any-return]


def of_people(condition: Condition) -> bool | None:
    """Whether a condition holds for roles and users, as opposed to services of AWS that call; None where it asks something else.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
    """
    said = {str(value).lower() for value in condition.values}
    if condition.key != _IS_SERVICE or condition.compares != "bool" or len(said) != 1:
        return None
    return said == {"false"}


def _is_among(kind: str, principal: Any, who: Identity, whole: bool) -> bool | Unknown:
    """Whether a principal is an identity, or everyone, or the account of that one where that counts (`whole`)."""
    if kind == "*":
        return True
    if kind != "AWS":
        return False
    if not names_whole_account(principal):
        return means_everyone(principal) or _is(principal, who)
    if not whole:
        return False
    owner = principal_account(principal)
    if isinstance(owner, Unknown) or owner in ("", "this"):
        return owner if isinstance(owner, Unknown) else True
    if who.account is not None:
        return owner == who.account
    return Unknown(f"whether {who.name} is of the account {owner}", "set accounts in assay.yaml, or scan the live account")


def _is(principal: Any, who: Identity) -> bool | Unknown:
    """Whether a principal, or a pattern of one, is an identity."""
    if isinstance(principal, Unknown):
        return principal
    if isinstance(principal, Reference):
        return principal.address == who.address
    parts = principal.parts if isinstance(principal, Text) else (str(principal),)
    references = [part for part in parts if isinstance(part, Reference)]
    if any(part.address == who.address for part in references):
        return True
    others = {part.address for part in references if part.type == who.type}
    marks = [_REFERRED if isinstance(part, Reference) and part.address in others else _OPEN for part in parts]
    text = "".join(part if isinstance(part, str) else mark for part, mark in zip(parts, marks, strict=True))
    if who.id.startswith("arn:"):
        return covers(text, who.id) or (_not_told(principal) if _OPEN in text and overlaps(text.replace(_OPEN, "*"), who.id) else False)
    sort, _, path = text.rpartition(":")[2].partition("/")
    folder, _, name = path.rpartition("/")
    owner = text.split(":", 5)[4] if text.count(":") > 4 else ""
    if (owner.isdecimal() and who.account not in (None, owner)) or _OTHER_SORT.get(sort, "\0") in who.type.lower():
        return False
    if _REFERRED in name:
        return False  # it is called as another one is
    if sort not in ("role", "user"):
        return _not_told(principal) if _OPEN in sort else text == "*"
    if folder and "*" in name and (who.unnamed is not None or overlaps(name, who.name)):
        return _not_told(principal)  # which path it has is not told here
    if who.unnamed is not None:
        return True if name == "*" else who.unnamed
    return covers(name, who.name) or (_not_told(principal) if _OPEN in name and overlaps(name.replace(_OPEN, "*"), who.name) else False)


_OTHER_SORT = {"role": "user", "user": "role"}
_OPEN, _REFERRED = "\0", "\1"
"""A part of an ARN that is not known, and one that is what another identity is called."""


def _not_told(principal: Any) -> Unknown:
    why = principal.unknown if isinstance(principal, Text) else None
    return why or Unknown(f"whom {describe(principal)} names", "scan the plan or the live account")
