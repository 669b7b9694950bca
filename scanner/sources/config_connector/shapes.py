"""The shape of a manifest against that of the REST resource, and back to where a value is written."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.config_connector.kinds import Kind
from assay.scanner.sources.config_connector.manifests import Manifest
from assay.scanner.sources.gcp.declared import Path
from assay.scanner.sources.raw import Location, Unknown


def replication(shaped: dict[str, Any]) -> None:
    """`automatic: true` of earlier versions is an empty object."""
    policy = shaped.get("replication")
    if isinstance(policy, dict) and isinstance(policy.get("automatic"), bool):
        policy["automatic"] = {} if policy["automatic"] else None


def services(shaped: Any) -> Any:
    """The services of a URL map as the REST API has them: what one of the references below `service` or `defaultService` names.

    https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computeurlmap
    """
    if isinstance(shaped, list):
        return [services(element) for element in shaped]
    if not isinstance(shaped, dict):
        return shaped
    return {key: _chosen(value) if key in ("service", "defaultService") else services(value) for key, value in shaped.items()}


def _chosen(value: Any) -> Any:
    return next((target for target in value.values() if target is not None), None) if isinstance(value, dict) else value


def identity(shaped: dict[str, Any]) -> None:
    """The one service account of a machine as the list that the REST API has.

    https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computeinstance
    """
    account = shaped.pop("serviceAccount", None)
    if isinstance(account, dict):
        shaped["serviceAccounts"] = [{"email": account.get("serviceAccount", account.get("email")), "scopes": account.get("scopes")}]
    elif account is not None:
        shaped["serviceAccounts"] = account


def organisation_policy(spec: dict[str, Any]) -> dict[str, Any]:
    """A policy of the organisation as the REST API has it.

    https://cloud.google.com/config-connector/docs/reference/resource-docs/resourcemanager/resourcemanagerpolicy
    """
    flag, values = spec.get("booleanPolicy"), spec.get("listPolicy")
    if isinstance(flag, Unknown) or isinstance(values, Unknown):
        return {"spec": {"rules": flag if isinstance(flag, Unknown) else values}}
    if isinstance(flag, dict):
        return {"spec": {"rules": [{"enforce": flag.get("enforced", False)}]}}
    if not isinstance(values, dict):
        return {"spec": {"rules": []}}
    allow, deny = (side if isinstance(side := values.get(name), dict) else {} for name in ("allow", "deny"))
    listed = {"allowedValues": allow.get("values"), "deniedValues": deny.get("values")}
    rule: dict[str, Any] = {"values": listed} if any(listed.values()) else {}
    rule |= {name: True for name, side in (("allowAll", allow), ("denyAll", deny)) if side.get("all") is True}
    return {"spec": {"rules": [rule] if rule else [], "inheritFromParent": values.get("inheritFromParent")}}


def put(data: dict[str, Any], path: list[str], value: Any) -> None:
    """Set a value at a path of keys, with the maps on the way; what stands in the way as something else is left."""
    for name in path[:-1]:
        inner = data.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        data = inner
    data[path[-1]] = value


def placing(manifest: Manifest, kind: Kind) -> Any:
    """Places of paths of the REST resource in the manifest."""
    moved = {tuple(path.split(".")): source for source, path in kind.moves.items()}
    written = {name: key for key, name in kind.names.items()}

    def place(below: Path) -> Location:
        if below[:1] != ("spec",):
            return manifest.place(below)
        rest = below[1:]
        for path, source in moved.items():
            if rest[: len(path)] == path:
                return manifest.place(("spec", source))
        property_path: Path = ("spec",)
        for name in rest:
            key = written.get(name, name) if isinstance(name, str) else name
            data = _at(manifest.spec, property_path[1:])
            property_path = (*property_path, f"{key}Ref" if isinstance(data, dict) and key not in data and f"{key}Ref" in data else key)
        return manifest.place(property_path)

    return place


def _at(data: Any, path: Path) -> Any:
    for name in path:
        if isinstance(data, dict) and isinstance(name, str):
            data = data.get(name)
        elif isinstance(data, list) and isinstance(name, int) and name < len(data):
            data = data[name]
        else:
            return None
    return data


def renamed(data: Any, names: dict[str, str]) -> Any:
    """The same with other keys, at any depth."""
    if isinstance(data, list):
        return [renamed(element, names) for element in data]
    if isinstance(data, dict):
        return {names.get(key, key): renamed(value, names) for key, value in data.items()}
    return data
