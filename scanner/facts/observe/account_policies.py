"""Policies of CloudWatch Logs that a whole account has in a region, for all of its log groups or some of them.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.facts.spelling import Beside
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

SUBSCRIPTION = "SUBSCRIPTION_FILTER_POLICY"
DATA_PROTECTION = "DATA_PROTECTION_POLICY"


class AccountPolicyAt(msgspec.Struct, frozen=True, kw_only=True):
    """Where an input tells of such policies. The defaults are Terraform's names."""

    policies: Beside
    name: str = "policy_name"
    type: str = "policy_type"
    document: str = "policy_document"
    criteria: str = "selection_criteria"


class Policy(msgspec.Struct, frozen=True):
    """A policy of the account and the region of a log group."""

    view: View
    applies: Value[bool]
    """Whether it is of the type that was asked for, exists, and is for this log group."""


def policies(group: View, at: AccountPolicyAt, type_: str) -> Iterator[Policy]:
    """The policies of one type that may be for a log group."""
    for other in group.beside(at.policies):
        if group.apart(other.item):
            continue
        if isinstance(other.item, Unlisted):
            yield Policy(other, group.says(other.item.why))
            continue
        of_type = other.surely[at.type].equals(type_)
        if of_type.data is False:
            continue
        applies = of_type if of_type.unknown else other.weighed(_selected(group, other, at), absence=False)
        yield Policy(other, applies)


def _selected(group: View, policy: View, at: AccountPolicyAt) -> Value[bool]:
    """A policy without criteria is for all log groups; which ones a text of criteria leaves out is not worked out."""
    criteria: Value[Any] = policy.surely[at.criteria]
    return criteria.then(
        lambda text: (
            True
            if text in (None, "")
            else Unknown(
                f"whether {policy.item.address}, which is for some log groups, is for {group.item.address}",
                "give the log group a policy of its own",
                policy.location,
            )
        )
    )
