"""Organisation policies as they are effective at an asset, from those that are set on its project, folders and organisation.

https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy
"""

from __future__ import annotations

from typing import Any, TypeAlias

from assay.scanner.sources.gcp.entry import AssetEntry
from assay.scanner.sources.gcp.inventory import Inventory
from assay.scanner.sources.gcp.names import RESOURCE_MANAGER
from assay.scanner.sources.gcp.records import ORG_POLICY, RESOURCE
from assay.scanner.sources.raw import Unknown

Effective: TypeAlias = tuple[dict[str, dict[str, Any]], Unknown | None]
CONSTRAINTS = ("storage.publicAccessPrevention", "storage.uniformBucketLevelAccess")
"""The constraints that readers read. An audit that cannot see the organisation asks the Organization Policy API for them."""


def effective(inventory: Inventory, entry: AssetEntry) -> Effective:
    """The policies by constraint (named without `constraints/`), and why there may be more of them; None where there are no more.

    A policy is {"constraint": "constraints/…", "rules": [as in the v2 API], "from": full name of where it is set}. What resets to Google's
    default has no rules.
    """
    key = (entry.scope, entry.lineage)
    policies = inventory.policies_at.get(key)
    if policies is None:
        policies = inventory.policies_at[key] = _effective(inventory, entry)
    return policies


def _effective(inventory: Inventory, entry: AssetEntry) -> Effective:
    scopes, more = inventory.chain(entry)
    policies = _told_by_api(inventory, scopes[0]) if scopes else {}
    inheriting: set[str] = set()
    for depth, scope in enumerate(scopes):
        set_here = inventory.silent(ORG_POLICY, scopes[depth:]) or _set_on(inventory, scope)
        if isinstance(set_here, Unknown):
            more = set_here
            break
        for name, inherits, rules in set_here:
            if name in policies and name not in inheriting:
                continue
            policy = policies.setdefault(name, _policy(name, [], scope))
            policy["rules"] = [*policy["rules"], *rules]
            (inheriting.add if inherits else inheriting.discard)(name)
    for name in inheriting if more else ():  # what is inherited from above is not known
        policies[name]["rules"].append(more)
    return policies, more


def _told_by_api(inventory: Inventory, scope: str) -> dict[str, dict[str, Any]]:
    """The policies of a project that the Organization Policy API gave as those in effect."""
    answers = inventory.effective.get(scope, {})
    return {name: _policy(name, _rules(answer.get("spec")), scope) for name, answer in answers.items() if not isinstance(answer, Unknown)}


def _policy(name: str, rules: list[Any], scope: str) -> dict[str, Any]:
    return {"constraint": f"constraints/{name}", "rules": rules, "from": RESOURCE_MANAGER + scope}


def enforced(policy: dict[str, Any]) -> bool | Unknown | None:
    """Whether a boolean constraint is enforced; None where the policy only resets it to Google's default."""
    rules = [rule for rule in policy["rules"] if isinstance(rule, dict)]
    doubt = next((rule for rule in policy["rules"] if isinstance(rule, Unknown)), None)
    plain = [_flag(rule.get("enforce")) for rule in rules if not rule.get("condition")]
    conditional = [_flag(rule.get("enforce")) for rule in rules if rule.get("condition")]
    if not rules:
        return doubt
    answer = plain[0] if plain else False
    if any(flag != answer for flag in conditional):
        reason = f"{policy['constraint']} is enforced on condition of tags"
        return Unknown(reason, "look at the tags of the resource")
    return answer


def _flag(raw: Any) -> bool:
    """A flag that is false is left out of the JSON of a protobuf message."""
    return raw is True or str(raw).lower() == "true"


def _set_on(inventory: Inventory, scope: str) -> list[tuple[str, bool, list[Any]]] | Unknown:
    """(constraint, whether it inherits, rules) for every policy that is set on a project, folder or organisation."""
    policies: dict[str, tuple[str, bool, list[Any]]] = {}
    asset = inventory.scope_asset(scope)
    listed = inventory.content(asset, ORG_POLICY) if asset else None
    for policy in listed if isinstance(listed, list) else [listed] if listed is not None else []:
        if not isinstance(policy, dict):
            malformed = Unknown(f"the organisation policies of {scope} are no policies", "export again")
            return policy if isinstance(policy, Unknown) else malformed
        name = _bare(policy.get("constraint", ""))
        policies[name] = (name, *_from_v1(policy))
    for entry in inventory.policies_of(scope):
        data = inventory.content(entry, RESOURCE)
        name = _bare(entry.address)
        spec = data.get("spec") if isinstance(data, dict) else data
        if isinstance(spec, dict):
            policies[name] = (name, bool(spec.get("inheritFromParent")), _rules(spec))
        elif isinstance(spec, Unknown) or entry.place(RESOURCE) is None:
            why = spec if isinstance(spec, Unknown) else Unknown(f"what {entry.name} says is not exported", "export resources too")
            policies[name] = (name, False, [why])
    return list(policies.values())


def _rules(spec: Any) -> list[Any]:
    """The rules of a policy in the form of the v2 API; none where it resets to Google's default."""
    rules = spec.get("rules") if isinstance(spec, dict) and not spec.get("reset") else None
    return rules if isinstance(rules, list) else []


def _from_v1(policy: dict[str, Any]) -> tuple[bool, list[Any]]:
    """(whether it inherits, rules) of the first form of the API: https://cloud.google.com/resource-manager/reference/rest/v1/Policy"""
    flag, values = policy.get("booleanPolicy"), policy.get("listPolicy")
    if isinstance(flag, dict):
        return False, [{"enforce": flag.get("enforced", False)}]
    if not isinstance(values, dict):
        return False, []
    inherits = bool(values.get("inheritFromParent"))
    if values.get("allValues") in ("ALLOW", 1):
        return inherits, [{"allowAll": True}]
    if values.get("allValues") in ("DENY", 2):
        return inherits, [{"denyAll": True}]
    return inherits, [{"values": {name: values[name] for name in ("allowedValues", "deniedValues") if values.get(name)}}]


def _bare(name: Any) -> str:
    """`storage.publicAccessPrevention` of a constraint's or policy's name."""
    return str(name).rpartition("/")[2]
