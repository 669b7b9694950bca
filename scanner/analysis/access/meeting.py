"""Whether what is asked about meets the conditions of a statement, as far as the input tells what their keys hold.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from assay.scanner.facts.condition_keys import NEGATED, POSITIVE, of_resources
from assay.scanner.facts.denials import overlaps
from assay.scanner.facts.statements import Condition, Statement, marked
from assay.scanner.sources.raw import Text, Unknown

from .arns import POLICY_VARIABLE


class Told(msgspec.Struct, frozen=True):
    """What condition keys hold, in lower case."""

    values: Mapping[str, list[str] | Unknown]
    """Key to its values, of which one may have `*` for what is not known; a reason where they are not known."""
    absent: tuple[str, ...] = ()
    """Beginnings of keys that hold nothing but what is in `values`."""
    met: tuple[str, ...] = ()
    """Beginnings of keys that are taken to hold whatever a statement asks."""
    regions: tuple[str | None, ...] = ()
    """Those that a request is made in, None for one that is not known; empty where whoever asks chooses."""


def meets(statement: Statement, told: Told) -> bool | Unknown:
    """Whether all conditions hold. What they say of who calls, and from where, is taken to hold: it is not about the resource."""
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    answers = [_holds(condition, told, statement) for condition in statement.conditions]
    if False in answers:
        return False
    return next((answer for answer in answers if isinstance(answer, Unknown)), True)


def narrowed(denial: Statement, told: Told) -> Statement | None:
    """A denial less the conditions that certainly hold; None where one certainly does not. What is not told is left in it."""
    if isinstance(denial.conditions, Unknown):
        return denial
    left: list[Condition] = []
    effect = denial.allows
    for condition in denial.conditions:
        is_told = condition.key in told.values or condition.key.startswith(told.absent)
        holds = _holds(condition, told, denial) if is_told else None
        if holds is False:
            return None
        if isinstance(holds, Unknown):
            effect = holds
        elif holds is None:
            left.append(condition)
    return msgspec.structs.replace(denial, allows=effect, conditions=left)


def _holds(condition: Condition, told: Told, statement: Statement) -> bool | Unknown:
    key, operator = condition.key, condition.operator.lower()
    if key.startswith(told.met):
        return True
    known = told.values.get(key)
    if known is None and not key.startswith(told.absent):
        return True if of_resources(key) is None and not key.startswith("secretsmanager:") else _untold(condition, statement)
    if isinstance(known, Unknown):
        return known
    return _compares(operator, known or [], condition, statement)


def _compares(operator: str, told: list[str], condition: Condition, statement: Statement) -> bool | Unknown:
    plain = condition.compares
    if plain == "null":
        return (not told) is ([str(value).lower() for value in condition.values] == ["true"])
    negated = plain in NEGATED
    if plain not in (*POSITIVE, "bool") and not negated:
        return _untold(condition, statement)
    if (
        not told
    ):  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
        return negated or operator.endswith("ifexists") or operator.startswith("forallvalues:")
    matched = [_matches(value, told, plain) for value in condition.values]
    if True in matched:
        return not negated
    return _untold(condition, statement) if None in matched else negated


def _matches(value: Any, told: list[str], operator: str) -> bool | None:
    """Whether a value of a condition is one of some; None where that hangs on what is not known."""
    if not isinstance(value, (str, Text)):
        return None
    written = POLICY_VARIABLE.sub("\0", marked(value) if isinstance(value, Text) else value)
    if NEGATED.get(operator, operator).startswith("stringequals"):
        written = written.translate(_LITERAL)
    text = written.replace("\0", "*")
    fold = str.lower if "ignorecase" in operator or operator == "bool" else str
    same = [overlaps(fold(text), fold(one)) for one in told]
    if not any(same):
        return False
    is_told = "\0" not in written and not any("*" in one for one in told)
    return True if is_told or fold(text) in map(fold, told) else None


_LITERAL = {ord("*"): "\ue100", ord("?"): "\ue101"}
"""Of operators that read no wildcards, for the characters themselves, which no value has."""


def _untold(condition: Condition, statement: Statement) -> Unknown:
    place = statement.seen[0] if statement.seen else None
    return Unknown(f"whether {condition.key} is what a condition of a statement asks", "name the resource in the statement", place)
