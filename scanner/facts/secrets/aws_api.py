"""Secrets Manager in the live account. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html"""

from __future__ import annotations

import datetime
from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.keys._old import KEY_NEEDS, in_region, live_key
from assay.scanner.facts.secrets import secrets_manager
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item, Node, Unlisted
from assay.scanner.sources.values import Unknown, Value, any_of, first_known

_SECRET = (("SecretId", "ARN"),)
DESCRIBE = Call("secretsmanager", "DescribeSecret", _SECRET)
POLICY = Call("secretsmanager", "GetResourcePolicy", _SECRET)
SECRETS = listing(
    Listing(
        "secretsmanager.secret",
        Call("secretsmanager", "ListSecrets", page_size=100),
        entries="SecretList",
        id="ARN",
        joined_across_regions=True,
        gone=("ResourceNotFoundException",),
        details=(DESCRIBE, POLICY),
    )
)
_HOME = Unknown("the region of a secret of that name", "audit that region too")
_STATUS = "describe_secret.ReplicationStatus"


@reads(
    SECRETS.type,
    needs={
        "copies": (DESCRIBE,),
        "copies.encryption_key": KEY_NEEDS,
        "regions": (DESCRIBE,),
        "replicated": (DESCRIBE,),
        "grants": (POLICY,),
    },
)
def secret(item: Item, stack: Stack) -> Secret | None:
    if _is_replica(item):
        return None  # judged with its primary
    own = SecretCopy(region=item.region, encryption_key=live_key(item["KmsKeyId"], item, stack))
    blocks, more = item.blocks(_STATUS)
    unseen = [more] if more else []
    copies = [
        SecretCopy(region=block["Region"], encryption_key=live_key(in_region(block["KmsKeyId"], block["Region"], item), item, stack))
        for block in blocks
    ]
    in_sync = [each for block, copy in zip(blocks, copies, strict=True) if (each := _in_sync(block, copy)) is not None]
    regions: list[Any] = [own, *in_sync, *unseen, *_namesakes(item, stack)]
    account = item.account.data if isinstance(item.account.data, str) else None
    rotates = item["RotationEnabled"].default(False)
    days = secrets_manager.rotation_days(item["RotationRules.AutomaticallyAfterDays"], item["RotationRules.ScheduleExpression"])
    return Secret(
        identity=identity(item, name=item["Name"]),
        copies=Value([own, *copies, *unseen], (item.location(),)),
        regions=Value(regions, (item.location(),)),
        replicated=secrets_manager.replicated(regions, item),
        automatic_replication=Value(False),
        rotation_days=rotates.then(lambda on: days.data if on else None),
        # A secret that another service manages rotates without a function of the customer's.
        rotation_consumed=any_of([item["RotationLambdaARN"].is_set(), item["OwningService"].is_set()]),
        managed_by_service=item["OwningService"].is_set(),
        days_since_rotation=_age(item),
        grants=policies.aws_grants(item["get_resource_policy.ResourcePolicy"], account),
    )


def _is_replica(item: Item) -> bool:
    primary = item["PrimaryRegion"].data
    return isinstance(primary, str) and primary not in ("", item.region.data)


def _namesakes(item: Item, stack: Stack) -> list[Any]:
    """Secrets of the same name that are no replicas: CI/CD may copy a secret to each region instead of replicating it."""
    same = [each for each, _ in stack.namesakes(item, "Name") if not _is_replica(each)]
    found: list[Any] = [SecretCopy(region=each.region.default(_HOME), encryption_key=Value(None)) for each in same]
    return found + [each.why for each in stack.of(SECRETS.type) if isinstance(each, Unlisted)]  # there may be one among those


def _in_sync(block: Node, copy: SecretCopy) -> Any:
    """A replica that can be used; None where its replication failed."""
    status = block["Status"].data
    if status == "InProgress":
        return Unknown(f"the replica in {block['Region'].data} is being made", "audit again later", block.location())
    return None if status == "Failed" else copy


def _age(item: Item) -> Value[Any]:
    """Days between the last rotation, or the creation of a secret that never rotated, and the audit."""
    last = first_known(item["LastRotatedDate"], item["CreatedDate"])
    seen = item.location().time

    def days(text: Any) -> Any:
        try:
            return (datetime.datetime.fromisoformat(seen) - datetime.datetime.fromisoformat(str(text))).days
        except (TypeError, ValueError):
            return Unknown("when it was last rotated cannot be read", "audit again", item.location())

    return Value(None) if last.absent else last.then(days)
