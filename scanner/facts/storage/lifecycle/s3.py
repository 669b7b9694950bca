"""S3 Lifecycle. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.spelling import One, Place, Spelling
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle
from assay.scanner.facts.storage.lifecycle.rules import Step, lifecycle, said
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

ARCHIVES = ("GLACIER", "GLACIER_IR", "DEEP_ARCHIVE")
"""STANDARD_IA and ONEZONE_IA are no archives: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html"""
_SMALLEST = 128 * 1024
"""Smaller objects are not moved unless a rule says so: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""


class RuleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a rule tells what it does."""

    status: str
    prefixes: tuple[str, ...]
    filters: tuple[str, ...]
    """What else it may be limited by."""
    larger: tuple[str, ...]
    """The size that objects have to have, in bytes."""
    transitions: tuple[str, ...]
    days: str
    date: str
    expires: str
    """Days to the expiration."""


class LifecycleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the rules of a bucket."""

    rules: Annotated[tuple[tuple[str | One, RuleAt], ...], "archived_after", "archived_perhaps", "deleted_after"]
    tags: Place = ""
    """Where a live account tells its tags."""


def bucket(view: View, at: LifecycleAt) -> BucketLifecycle:
    """Without a rule, objects stay in the class that they were written to: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html"""
    archives: list[Step] = []
    deletes: list[Step] = []
    doubts: list[Unknown | None] = []
    for place, rule_at in at.rules:
        rules, more = view.inner(place)
        # What the bucket itself says of its lifecycle where it is declared elsewhere, its companion says.
        doubts.append(None if view.elsewhere and isinstance(place, str) else more)
        for rule in rules:
            moved, gone, open_ = _steps(rule, rule_at)
            archives += moved
            deletes += gone
            doubts.append(open_)
    return lifecycle(view, view.identity(view[at.name]), archives, deletes, view.first_of(doubts))


def _steps(rule: View, at: RuleAt) -> tuple[list[Step], list[Step], Unknown | None]:
    enabled = rule[at.status].equals("Enabled", "true", True)
    limited = any_of([*(said(rule[path]) for path in (*at.prefixes, *at.filters)), *(_larger(rule[path]) for path in at.larger)])
    limited = Value(limited.data, limited.seen or (rule.location,))
    transitions, more = rule.inner(*at.transitions)
    archives = [
        Step(all_of([enabled, transition["storage_class|StorageClass"].equals(*ARCHIVES)]), limited, _days(transition, at))
        for transition in transitions
    ]
    return archives, [Step(enabled, limited, rule[at.expires].number())], None if enabled.data is False else more


def _days(transition: View, at: RuleAt) -> Value[Any]:
    """One by a date moves nothing that is written after it."""
    days = transition[at.days].number()
    by_date = said(transition[at.date])
    return days.default(Value(None).data if by_date.data is True else by_date.unknown or 0)


def _larger(size: Value[Any]) -> Value[bool]:
    return size.number().then(lambda least: least is not None and least > _SMALLEST)
