"""Google IAM resources in Terraform: member, binding and policy blocks of any kind of resource as bindings.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Companions
from assay.scanner.facts.policies import Binding, google_bindings, google_policy_bindings
from assay.scanner.sources.interface import Node
from assay.scanner.sources.values import Unknown, Value

BINDING_PARTS = ("member", "binding", "policy")


def bindings_of(type_: str, companions: Companions) -> list[Binding | Unknown]:
    """All bindings of companion blocks of one type; an Unknown where there may be more."""
    found = [binding for node in companions.nodes for binding in node_bindings(type_, node)]
    return found + ([companions.more] if companions.more else [])


def node_bindings(type_: str, node: Node) -> list[Binding | Unknown]:
    if type_.endswith("_policy"):
        return google_policy_bindings(node["policy_data"])
    members = node["member"] if type_.endswith("_member") else node["members"]
    return google_bindings(node["role"], members, condition(node))


def condition(node: Node) -> Value[Any]:
    return node["condition.expression"]
