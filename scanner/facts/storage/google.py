"""Cloud Storage buckets, whatever input spells them."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.base import Identity
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.interface import Node
from assay.scanner.sources.values import Unknown, Value, all_of, any_of, gather

_PUBLIC_ACL = ("publicRead", "publicReadWrite", "authenticatedRead")


def bucket(
    who: Identity,
    *,
    prevention: Value[Any],
    prevented_above: Value[bool],
    uniform: Value[bool],
    uniform_above: Value[bool],
    versioned: Value[Any],
    retention: Value[Any],
    locked: Value[Any],
    key: Value[KeyRef | None],
    grants: Value[Any],
) -> Bucket:
    """`prevented_above` and `uniform_above`: whether an organisation policy enforces it. `key`: of default encryption."""
    return Bucket(
        identity=who,
        public_access_blocked=any_of([prevented(prevention), prevented_above]),
        block_declared=prevention.is_set(),
        acls_disabled=any_of([uniform, uniform_above]),
        versioned=versioned.default(False).truth(),
        retention_locked=all_of([retention.is_set(), locked.default(False).truth()]),
        encryption_key=key,
        encryption=key.then(lambda held: "kms" if held else "google"),
        receives_access_logs=Value(False),
        grants=grants,
    )


def prevented(prevention: Value[Any]) -> Value[bool]:
    """Whether the bucket itself enforces public access prevention: https://cloud.google.com/storage/docs/public-access-prevention"""
    return prevention.default("inherited").equals("enforced")


def grants(bindings: list[Any], acls: list[Any], blocked: Value[Any]) -> Value[Any]:
    """Everybody's access by bindings and access lists. `blocked`: public access is ineffective."""
    return gather([Value(policies.google_grants(bindings, blocked) + acls)])


def acl_entries(node: Node, ineffective: Value[Any]) -> list[Grant]:
    """The grant of an object with `entity` and `role`, https://cloud.google.com/storage/docs/access-control/lists"""
    entity = node["entity"]
    if entity.absent:
        return []
    return [acl_grant(entity, node["role"], entity.equals(*policies.PUBLIC_MEMBERS), ineffective)]


def predefined_acl(name: Value[Any], ineffective: Value[Any]) -> list[Grant]:
    if name.absent:
        return []
    return [acl_grant(name, Value("predefined ACL"), name.equals(*_PUBLIC_ACL), ineffective)]


def acl_grant(who: Value[Any], actions: Value[Any], public: Value[bool], ineffective: Value[Any]) -> Grant:
    return Grant(principal=who, actions=actions, public=public, foreign=Value(False), exposed=all_of([public, ineffective.negate()]))


def not_here(where: str) -> Unknown:
    """Why inherited prevention of public access is not known."""
    return Unknown(
        f"public access prevention is inherited, and the organisation policy is not in {where}",
        "set it to enforced, or scan the live bucket",
    )
