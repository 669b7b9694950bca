"""Google IAM in Terraform: bindings on projects, folders and organisations, custom roles, bindings on service accounts."""

from __future__ import annotations

from typing import Any

from scanner.facts.base import Stack, identity, reads
from scanner.facts.google_iam import node_bindings
from scanner.facts.iam.kinds import Permission, PermissionSet, TrustPolicy
from scanner.facts.iam.permissions import is_service_agent, role_permission
from scanner.facts.iam.trust import google_trust
from scanner.facts.policies import Binding
from scanner.sources.interface import Item
from scanner.sources.values import Unknown, Value

_HIGH = tuple(f"google_{level}_iam_{part}" for level in ("project", "folder", "organization") for part in ("member", "binding", "policy"))
_ON_ACCOUNTS = tuple(f"google_service_account_iam_{part}" for part in ("member", "binding", "policy"))


@reads(*_HIGH)
def bindings(item: Item, stack: Stack) -> PermissionSet:
    found: list[Any] = []
    held = node_bindings(item.type, item)
    for binding in held:
        found.append(binding if isinstance(binding, Unknown) else role_permission(Value(binding.role, binding.seen), binding.member))
    if not found and not item["role"].absent:  # the members are not known to be any
        found = [role_permission(item["role"], "nobody")]
    agents = [isinstance(binding, Binding) and is_service_agent(binding.member) for binding in held]
    return _permission_set(item, Value(None), found, only_agents=bool(agents) and all(agents))


@reads("google_project_iam_custom_role", "google_organization_iam_custom_role")
def custom_role(item: Item, stack: Stack) -> PermissionSet:
    held = item["permissions"]
    listed = held.data if isinstance(held.data, list) else [held.data] if held.data is not None else []
    found = [
        Permission(name=Value(each, held.seen), wildcard=Value(each, held.seen).then(lambda name: "*" in str(name)))
        if not isinstance(each, Unknown)
        else each
        for each in listed
    ]
    return _permission_set(item, item["role_id"], found)


def _permission_set(item: Item, name: Value[Any], found: list[Any], only_agents: bool = False) -> PermissionSet:
    return PermissionSet(
        identity=identity(item, name=name),
        permissions=Value(found, (item.location(),)),
        limited_by_boundary=Value(False),
        service_linked=Value(only_agents, (item.location(),)),
    )


@reads(*_ON_ACCOUNTS)
def service_account_bindings(item: Item, stack: Stack) -> TrustPolicy:
    found = [trust for binding in node_bindings(item.type, item) if (trust := google_trust(binding)) is not None]
    return TrustPolicy(
        identity=identity(item, name=item["service_account_id"]),
        trusts=Value(found, (item.location(),)),
        service_linked=Value(False),
        federated_only=Value(False),
    )
