"""What manifests of IAM attach to a policy: bindings with their members, and audit configurations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from assay.scanner.sources.config_connector.manifests import Manifest
from assay.scanner.sources.gcp.deployment import AUDIT_CONFIGS, BINDINGS
from assay.scanner.sources.raw import Reference, Text, Unknown

Named: TypeAlias = Callable[[str, Any], Any]
"""A field and the reference in it to what that names: a Reference, Unknown, or None where it names nothing."""


def binding_parts(manifest: Manifest, named: Named) -> dict[str, list[Any]]:
    """What a manifest attaches to an IAM policy: bindings, audit configurations, or both, by where they belong.

    https://cloud.google.com/config-connector/docs/reference/resource-docs/iam/iamauditconfig
    """
    spec: dict[str, Any] = manifest.spec if isinstance(manifest.spec, dict) else {}
    if manifest.kind == "IAMAuditConfig":
        config = {name: spec.get(name) for name in ("service", "auditLogConfigs")}
        return {AUDIT_CONFIGS: [config if isinstance(manifest.spec, dict) else unread(manifest)]}
    bindings = list(_listed(manifest, spec, named)) if isinstance(manifest.spec, dict) else [unread(manifest)]
    audited = spec.get("auditConfigs")
    configs = audited if isinstance(audited, list) else [] if audited is None else [audited]
    return {BINDINGS: bindings, **({AUDIT_CONFIGS: configs} if configs else {})}


def _listed(manifest: Manifest, spec: dict[str, Any], named: Named) -> Iterable[Any]:
    if manifest.kind == "IAMPolicyMember":
        yield {"role": spec.get("role"), "members": [_member(manifest, spec, named)], "condition": spec.get("condition")}
        return
    bindings = spec.get("bindings")
    for binding in bindings if isinstance(bindings, list) else [] if bindings is None else [bindings]:
        if not isinstance(binding, dict):
            yield binding if isinstance(binding, Unknown) else unread(manifest)
            continue
        members = binding.get("members")
        listed = [_member(manifest, member, named) for member in members] if isinstance(members, list) else members
        yield {"role": binding.get("role"), "members": listed, "condition": binding.get("condition")}


def _member(manifest: Manifest, entry: Any, named: Named) -> Any:
    """`member`, or the identity of another resource that `memberFrom` names."""
    if not isinstance(entry, dict):
        return entry
    source = entry.get("memberFrom")
    if entry.get("member") is not None or not isinstance(source, dict):
        return entry.get("member", source if isinstance(source, Unknown) else unread(manifest))
    for key, reference in source.items():
        target = named(key, reference)
        if isinstance(target, Reference):
            return Text(("serviceAccount:", Reference(target.address, "email")))
        return target if target is not None else unread(manifest)
    return unread(manifest)


def unread(manifest: Manifest) -> Unknown:
    """Why nothing is known of what a manifest says."""
    if isinstance(manifest.spec, Unknown):
        return manifest.spec
    return Unknown(f"{manifest.kind} is not as its definition has it", "correct it", manifest.place())
