"""Whom a denial is for: by its principals, and by what conditions say of `aws:PrincipalArn`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.denials import covers
from assay.scanner.facts.model import Identity
from assay.scanner.facts.statements import Condition, Statement
from assay.scanner.sources.raw import Reference, Text, Unknown

_EQUAL, _OTHER = ("arnequals", "arnlike", "stringequals", "stringlike"), ("arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike")


def as_for(denial: Statement, who: Identity) -> Statement | None:
    """A denial as it is for an identity, less what says whom it is for; None where it is not for that one."""
    if denial.principals and not denial.not_principal and not any(kind == "*" for kind, _ in denial.principals):
        if not any(_is(principal, who) is True for _, principal in denial.principals):
            return None
        denial = msgspec.structs.replace(denial, principals=[])
    if denial.not_principal:
        return (
            None
            if any(_is(principal, who) is not False for _, principal in denial.principals)
            else msgspec.structs.replace(denial, principals=[], not_principal=False)
        )
    if isinstance(denial.conditions, Unknown):
        return denial
    left: list[Condition] = []
    for condition in denial.conditions:
        operator = condition.operator.lower()
        if condition.key != "aws:principalarn" or operator not in (*_EQUAL, *_OTHER):
            left.append(condition)
            continue
        named = [_is(value, who) for value in condition.values]
        if (True in named) is (operator in _OTHER) or None in named:
            return None
    return msgspec.structs.replace(denial, conditions=left)


def _is(principal: Any, who: Identity) -> bool | None:
    """Whether a principal, or a pattern of one, is an identity; None where that is not known."""
    if isinstance(principal, Unknown):
        return None
    reference = principal if isinstance(principal, Reference) else None
    if reference is not None:
        return reference.address == who.address
    if isinstance(principal, Text):
        text = "".join(part if isinstance(part, str) else "*" for part in principal.parts)
        references = [part for part in principal.parts if isinstance(part, Reference)]
        if any(part.address == who.address for part in references):
            return True
    else:
        text = str(principal)
    if who.id.startswith("arn:"):
        return covers(text, who.id)
    sort, _, path = text.rpartition(":")[2].partition("/")
    named = covers(path.rpartition("/")[2], who.name) if who.unnamed is None else None
    return named if sort in ("role", "user") or named is None else text == "*"
