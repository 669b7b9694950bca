"""What explicit denials take from an allowing statement.

A denial always wins: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. It is subtracted where it
certainly reaches all that is allowed, and spares nobody but fixed callers (or nothing but fixed resources). One that spares whoever uses
TLS takes nothing. Where that hangs on what is not known, so does the answer.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.facts.condition_keys import of_callers
from assay.scanner.facts.statements import Statement, TestOf, leaves_bounded, means_everyone
from assay.scanner.sources.raw import Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of


class Spared(NamedTuple):
    """What a denial may spare and yet count: it then leaves nothing that matters."""

    by_conditions: TestOf
    """How a condition key bounds whoever, or whatever, is spared."""
    actions: Callable[[Any], bool | Unknown] = lambda _: False
    """Whether it does not matter that a denial excepts an action."""
    resources: Callable[[Any], bool | Unknown] = lambda _: False
    """Whether it does not matter that a denial excepts a resource."""


_MAX_COMPARISONS = 100_000
"""A policy of AWS has at most 10,240 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

FIXED_CALLERS = Spared(of_callers)
"""What is granted to everyone is not, if a denial leaves it to fixed callers."""


def denied(allow: Statement, denials: Iterable[Statement], spared: Spared = FIXED_CALLERS) -> Value[bool]:
    """Whether denials leave nothing of what a statement allows, or nothing that matters.

    `denials`: the statements of the same policy (of an identity, of all its policies). Those that allow count for nothing, those whose
    effect is not known may.
    """
    denying = [denial for denial in denials if denial.allows is not True and denial is not allow]
    bounding = [(denial, bounds) for denial in denying if (bounds := _leaves_bounded(denial, spared)).data is not False]
    pairs = [(action, resource) for action in _actions(allow) for resource in _resources(allow) if _meant(action, resource)]
    if not bounding or not pairs:
        return Value(False, allow.seen)
    if len(pairs) * sum(len(denial.actions) + len(denial.resources) for denial, _ in bounding) > _MAX_COMPARISONS:
        return Value(Unknown("the policy is too long to compare what it allows with what it denies", "split it"), allow.seen)
    return all_of([_taken(action, resource, bounding, spared) for action, resource in pairs])


def _leaves_bounded(denial: Statement, spared: Spared) -> Value[bool]:
    """Whether it denies, and its principals and conditions spare nobody who is not bounded."""
    effect = denial.allows if isinstance(denial.allows, Unknown) else denial.allows is False
    return Value(all_of([Value(effect), _of_everyone(denial), leaves_bounded(denial, spared.by_conditions)]).data, denial.seen)


def _taken(action: Any, resource: Any, bounding: list[tuple[Statement, Value[bool]]], spared: Spared) -> Value[bool]:
    """Whether one of some denials reaches all that an action on a resource stands for."""
    reached: list[Value[bool]] = [
        Value(all_of([bounds, _reaches(denial, action, resource, spared)]).data, denial.seen) for denial, bounds in bounding
    ]
    return any_of(reached)


def _actions(statement: Statement) -> list[Any]:
    return ["*"] if statement.not_action else statement.actions


def _resources(statement: Statement) -> list[Any]:
    """A trust policy names no resource: the role is the resource."""
    return ["*"] if statement.not_resource or not statement.resources else statement.resources


_OF_OBJECTS = lazy_re.pattern(r"s3:(?:get|put|delete|restore|replicate)object|s3:abortmultipartupload", re.I)


def _meant(action: Any, resource: Any) -> bool:
    """Whether an action is one of such a resource: those of objects do not reach `arn:aws:s3:::bucket` itself.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html#security_iam_service-with-iam-id-based-policies-resources
    """
    if not isinstance(action, str) or not isinstance(resource, str) or not _OF_OBJECTS.match(action):
        return True
    return not re.fullmatch(r"arn:[\w-]+:s3:::[^/*?]+", resource)


def _of_everyone(denial: Statement) -> Value[bool]:
    """Whom a denial is for. One that excepts some leaves those: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
    if denial.not_principal:
        return all_of([Value.of(who).then(means_everyone).negate() for _, who in denial.principals])
    if not denial.principals:
        return Value(True)  # a policy of an identity
    return any_of([Value(True) if kind == "*" else Value.of(who).then(means_everyone) for kind, who in denial.principals])


def _reaches(denial: Statement, action: Any, resource: Any, spared: Spared) -> Value[bool]:
    actions, resources = denial.actions, denial.resources or ["*"]
    return all_of(
        [
            _all_but(actions, action, spared.actions, True) if denial.not_action else _among(actions, action, True),
            _all_but(resources, resource, spared.resources, False) if denial.not_resource else _among(resources, resource, False),
        ]
    )


def _among(patterns: list[Any], wanted: Any, fold: bool) -> Value[bool]:
    """Whether all that `wanted` stands for is among what some patterns stand for."""
    return any_of([_covers(pattern, wanted, fold) for pattern in patterns] or [Value(False)])


def _all_but(patterns: list[Any], wanted: Any, harmless: Callable[[Any], bool | Unknown], fold: bool) -> Value[bool]:
    """Whether nothing of what `wanted` stands for is excepted by some patterns, or nothing that matters."""
    doubt: Value[bool] | None = None
    for pattern in patterns:
        excepted = Value.of(pattern).then(harmless)
        if excepted.data is not True:
            excepted = any_of([excepted, _apart(pattern, wanted, fold)])
        if excepted.data is False:
            return excepted
        doubt = doubt or (excepted if excepted.unknown else None)
    return doubt or Value(True)


def _covers(pattern: Any, wanted: Any, fold: bool) -> Value[bool]:
    one, other = _spelled(fold, pattern, wanted)
    if covers(one, other):
        return Value(True)
    return Value(_not_told(pattern, wanted) if is_open(one + other) and overlaps(loose(one), loose(other)) else False)


def _apart(pattern: Any, wanted: Any, fold: bool) -> Value[bool]:
    one, other = _spelled(fold, pattern, wanted)
    if not overlaps(loose(one), loose(other)):
        return Value(True)
    return Value(_not_told(pattern, wanted) if is_open(one + other) else False)


def _not_told(*raw: Any) -> Unknown:
    why = next((why for data in raw if (why := unknown_inside(data)) is not None), None)
    return why or Unknown("whether a denial is for what is allowed: names are known after apply", "scan the plan or the live resource")


# Patterns with `*` and `?`. A part that is not known is one sign, the same wherever the same part stands.

_SIGNS = 0xF0000
"""From here on, characters of a plane for private use."""
_WILD = lazy_re.pattern("[*?]")
_LONGEST = 2048
"""Characters of an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
_PAIRS = 16_384
"""Of patterns, whose comparisons are kept: the statements of an account are held against the same few resources, again and again."""


def _spelled(fold: bool, *raw: Any) -> list[str]:
    signs: dict[str, str] = {}
    texts: list[str] = []
    for data in raw:
        text = ""
        for part in data.parts if isinstance(data, Text) else (data,):
            sign = part if isinstance(part, str) else signs.setdefault(repr(part), chr(_SIGNS + len(signs)))
            text += sign.lower() if fold else sign
        texts.append(text)
    return texts


def is_open(text: str) -> bool:
    """Whether a part of a pattern is not known."""
    return any(ord(character) >= _SIGNS for character in text)


def loose(text: str) -> str:
    """A pattern in which what is not known is anything."""
    return "".join("*" if ord(character) >= _SIGNS else character for character in text)


@functools.lru_cache(_PAIRS)
def covers(pattern: str, other: str) -> bool:
    """Whether every text of the pattern `other` is one of `pattern`, as far as comparing them sign by sign shows it."""
    if len(pattern) > _LONGEST or len(other) > _LONGEST:
        return False
    if not _WILD.search(pattern):
        return pattern == other
    reached = _past_stars(pattern, {0})
    for sign in other:
        stay = {at for at in reached if at < len(pattern) and pattern[at] == "*"}
        go = {at + 1 for at in reached if at < len(pattern) and _is_one_of(sign, pattern[at])}
        reached = _past_stars(pattern, stay | go)
        if not reached:
            return False
    return len(pattern) in reached


def _is_one_of(sign: str, accepted: str) -> bool:
    """Whether a sign, a wildcard included, stands for nothing but what one sign of a pattern accepts."""
    return accepted != "*" and (sign == accepted or (accepted == "?" and sign != "*" and not is_open(sign)))


def _past_stars(pattern: str, reached: set[int]) -> set[int]:
    past = set(reached)
    for at in reached:
        stars = len(pattern[at:]) - len(pattern[at:].lstrip("*"))
        past.update(range(at, at + stars + 1))
    return past


@functools.lru_cache(_PAIRS)
def overlaps(one: str, other: str) -> bool:
    """Whether some text is of both patterns; True for what is too long to compare."""
    if len(one) > _LONGEST or len(other) > _LONGEST:
        return True
    if not _WILD.search(one) and not _WILD.search(other):
        return one == other
    first, second = _WILD.split(one, maxsplit=1)[0], _WILD.split(other, maxsplit=1)[0]
    if not first.startswith(second) and not second.startswith(first):
        return False  # they begin differently
    following = [False] * (len(other) + 1)
    for i in range(len(one), -1, -1):
        row = [False] * (len(other) + 1)
        for j in range(len(other), -1, -1):
            at_end = i == len(one) and j == len(other)
            skip = (i < len(one) and one[i] == "*" and following[j]) or (j < len(other) and other[j] == "*" and row[j + 1])
            both = i < len(one) and j < len(other) and _may_be_equal(one[i], other[j]) and following[j + 1]
            star = i < len(one) and j < len(other) and ((one[i] == "*" and row[j + 1]) or (other[j] == "*" and following[j]))
            row[j] = at_end or skip or both or star
        following = row
    return following[0]


def _may_be_equal(one: str, other: str) -> bool:
    return one == other or "?" in (one, other)
