"""Secrets Manager: what its settings mean."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts import policies
from assay.scanner.facts.ages import days_ago
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy, several
from assay.scanner.facts.secrets.schedules import schedule_days
from assay.scanner.facts.spelling import Namesakes, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, gather


class SecretAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a secret."""

    home: Annotated[Unknown, "regions"]
    """Why the region that a secret is made in may not be known."""
    primary: Annotated[Place, "regions"] = ""
    """The region of what it is a replica of, of an input that lists replicas too."""
    key: Annotated[KeyLink, "copies.encryption_key"]
    replicas: Annotated[str, "copies", "regions", "replicated"]
    """Its replicas, and below that what is told of one."""
    replica_region: Annotated[str, "copies", "regions", "replicated"]
    replica_key: Annotated[KeyLink, "copies.encryption_key"]
    replica_status: Annotated[str, "regions", "replicated"] = ""
    namesakes: Annotated[Namesakes, "regions", "replicated"]
    """Secrets of the same name: CI/CD may copy a secret to each region instead of replicating it."""
    rotates: Annotated[Place, "rotation_days"] = ""
    """Whether it does, of an input that says so beside the period."""
    days: Annotated[Place, "rotation_days"]
    schedule: Annotated[Place, "rotation_days"]
    rotated_by: Annotated[Place, "rotation_consumed"]
    service: Annotated[Place, "managed_by_service"] = ""
    changed: Annotated[Place, "days_since_rotation"] = ""
    """When it last rotated, or was made, of a live account."""
    policy: Annotated[Place, "grants"] = ""
    policies: Annotated[Place, "grants"] = ()
    """Policies that are resources of their own."""


def secret(view: View, at: SecretAt) -> Secret | None:
    """A replica is judged with its primary."""
    if _is_replica(view, at):
        return None
    # Without a key, the AWS-managed alias/aws/secretsmanager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    own = SecretCopy(region=_home(view, at), encryption_key=at.key.key(view))
    blocks, more = view.inner(at.replicas)
    copies = [SecretCopy(region=block[at.replica_region], encryption_key=at.replica_key.key(block)) for block in blocks]
    usable = [_in_sync(block[at.replica_status].data, copy, block) for block, copy in zip(blocks, copies, strict=True)]
    replicas = [place for place in (own, *usable, more) if place]
    others = _namesakes(view, at)
    days = _rotation_days(view[at.days], view[at.schedule])
    documents = [policies.required(document) for document in view.values(at.policies)] + [view[at.policy]]
    return Secret(
        identity=view.identity(view[at.name]),
        copies=view.says([own, *copies, *([more] if more else [])]),
        regions=view.says([*replicas, *others]),
        replicated=view.says(several(replicas, others)),
        automatic_replication=Value(False),
        rotation_days=view[at.rotates].default(False).then(lambda on: days.data if on else None) if at.rotates else days,
        rotation_consumed=view.exists(at.rotated_by),
        managed_by_service=view[at.service].is_set(),
        days_since_rotation=_age(view, at),
        grants=gather([policies.aws_grants(document, view.account) for document in documents]),
    )


def _home(view: View, at: SecretAt) -> Value[Any]:
    """The region that a secret is made in: its provider's, which of a secret that is declared elsewhere is not known."""
    return view.says(view.item.why) if isinstance(view.item, Elsewhere) else view.item.region.default(at.home)


def _is_replica(view: View, at: SecretAt) -> bool:
    primary = view[at.primary].data
    return isinstance(primary, str) and primary not in ("", view.item.region.data)


def _in_sync(status: Any, copy: SecretCopy, block: View) -> SecretCopy | Unknown | None:
    """A replica that can be used; None where its replication failed."""
    if status == "InProgress":
        return Unknown(f"the replica in {copy.region.data} is being made", "audit again later", block.location)
    return None if status == "Failed" else copy


def _namesakes(view: View, at: SecretAt) -> list[SecretCopy | Unknown]:
    others = [other for other in view.namesakes(at.namesakes) if not _is_replica(other, at)]
    return [other.doubt or SecretCopy(region=other.item.region.default(at.home), encryption_key=Value(None)) for other in others]


def _age(view: View, at: SecretAt) -> Value[Any]:
    """Days between the last rotation, or the creation of a secret that never rotated, and the audit."""

    changed = view[at.changed]
    return Value(None) if changed.absent else changed.then(lambda text: days_ago(view, text, "when it was last rotated"))


def _rotation_days(days: Value[Any], schedule: Value[Any]) -> Value[Any]:
    """Days between rotations, by their number or by the schedule expression. Terraform writes 0 where there is no number."""
    return days.number().then(lambda number: number or None).otherwise(schedule.text().then(schedule_days))
