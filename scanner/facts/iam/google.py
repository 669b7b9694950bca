"""What Google's bindings and roles amount to, whatever input spells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.base import Identity
from assay.scanner.facts.iam.kinds import Permission, PermissionSet, TrustPolicy
from assay.scanner.facts.iam.permissions import is_service_agent, role_permission
from assay.scanner.facts.iam.trust import google_trust, unread_role
from assay.scanner.facts.policies import Binding
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Unknown, Value


def bindings(who: Identity, item: Item, held: list[Binding | Unknown], found: list[Any] | None = None) -> PermissionSet:
    """What the members of bindings at project level or above may do."""
    permissions = found or [
        each if isinstance(each, Unknown) else role_permission(Value(each.role, each.seen), each.member) for each in held
    ]
    agents = [isinstance(each, Binding) and is_service_agent(each.member) for each in held]
    return _permission_set(who, item, permissions, only_agents=bool(agents) and all(agents))


def custom_role(who: Identity, item: Item, held: Value[Any]) -> PermissionSet:
    """A role by the permissions that it lists."""
    listed = held.data if isinstance(held.data, list) else [held.data] if held.data is not None else []
    found = [
        Permission(name=Value(each, held.seen), wildcard=Value(each, held.seen).then(lambda name: "*" in str(name)))
        if not isinstance(each, Unknown)
        else each
        for each in listed
    ]
    return _permission_set(who, item, found)


def _permission_set(who: Identity, item: Item, found: list[Any], only_agents: bool = False) -> PermissionSet:
    return PermissionSet(
        identity=who,
        permissions=Value(found, (item.location(),)),
        limited_by_boundary=Value(False),
        service_linked=Value(only_agents, (item.location(),)),
    )


def trust_policy(
    who: Identity, item: Item, held: list[Binding | Unknown], acting: Callable[[str], bool | Unknown] = unread_role
) -> TrustPolicy:
    """Who may act as a service account by the bindings on it. `acting`: whether a custom role, given by its name, lets its members."""
    found = [trust for binding in held if (trust := google_trust(binding, acting)) is not None]
    return TrustPolicy(
        identity=who,
        trusts=Value(found, (item.location(),)),
        service_linked=Value(False),
        federated_only=Value(False),
    )
