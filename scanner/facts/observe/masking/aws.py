"""Data protection policies of CloudWatch Logs.

A policy masks what is written after it was made, for everybody without logs:Unmask.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/userguide/mask-sensitive-log-data.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.observe.account_policies import DATA_PROTECTION, AccountPolicyAt, policies
from assay.scanner.facts.observe.masking.kinds import MaskedLog
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Reference, Unknown, unknown_inside
from assay.scanner.sources.values import Value, any_of

_DEIDENTIFY, _AUDIT = "Deidentify", "Audit"


class GroupAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the data protection policy of a log group."""

    policies: Annotated[Place, "masked", "found"]
    account: Annotated[AccountPolicyAt, "masked", "found"]
    blocks: Annotated[Link | None, "masked", "found"] = None
    """A data block of Terraform that a policy may be written as."""
    class_: str = ""


def group(view: View, at: GroupAt) -> MaskedLog | None:
    """A log group; None of one of the class DELIVERY, in which nobody reads.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/userguide/CloudWatch_Logs_Log_Classes.html
    """
    delivers, identity = view[at.class_].equals("DELIVERY"), view.identity(view.called(at.name))
    if delivers.data is True:
        return None
    identity.perhaps = delivers.unknown
    own = [value for place in _places(at.policies) for value in view.values(place) if not value.absent]
    return MaskedLog(
        identity=identity,
        sort=view.says("log group"),
        masked=_any(view, at, own, _DEIDENTIFY),
        found=_any(view, at, own, _AUDIT),
    )


def _places(place: Place) -> tuple[Any, ...]:
    return place if isinstance(place, tuple) else (place,)


def _any(view: View, at: GroupAt, own: list[Value[Any]], operation: str) -> Value[bool]:
    """Whether the policy of the log group or one of the account does something with what it finds."""
    tests = [_does(view, at, value, operation) for value in own]
    for policy in policies(view, at.account, DATA_PROTECTION):
        does = _does(view, at, policy.view.surely[at.account.document], operation)
        if does.data is not False:
            tests.append(does if policy.applies.data is True else policy.applies)
    return any_of([*tests, view.says(False)])


def _does(view: View, at: GroupAt, written: Value[Any], operation: str) -> Value[bool]:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/userguide/cloudwatch-logs-data-protection-policies.html"""
    target = written.data
    block = view.named(target, at.blocks) if isinstance(target, Reference) and at.blocks else None
    if block is not None:
        return any_of(_of_blocks(block, operation))
    return written.then(lambda raw: _of_document(decode(raw), operation, view))


def _of_document(content: Any, operation: str, view: View) -> bool | Unknown:
    if not isinstance(content, dict):
        why = f"what the data protection policy of {view.item.address} says is not known"
        return unknown_inside(content) or Unknown(why, "scan the plan or the live account", view.location)
    listed = content.get("Statement")
    doubt: Unknown | None = None
    for statement in listed if isinstance(listed, list) else [listed]:
        does = statement.get("Operation") if isinstance(statement, dict) else statement
        if isinstance(does, dict) and operation in does:
            return True
        doubt = doubt or (None if isinstance(does, dict) else unknown_inside(does))
    return doubt or False


def _of_blocks(block: View, operation: str) -> Iterator[Value[bool]]:
    """https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/cloudwatch_log_data_protection_policy_document"""
    statements, more = block.inner("statement")
    for statement in statements:
        operations, open_ = statement.inner(f"operation.{operation.lower()}")
        yield statement.says(True if operations else open_ or False)
    yield block.says(more or False)
