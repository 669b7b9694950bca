"""Cloud Storage in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.spelling import Index, Link, Many
from assay.scanner.facts.storage import google
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of, first_known


def _constraint(policy: Item) -> Iterator[tuple[Hashable, tuple[Item, Unknown | None]]]:
    """A policy by the constraint that its name ends with, and why it may be for another; under None where that end is not known."""
    name = policy["name"]
    for option in name.options or (name.data,):
        end = option.parts[-1] if isinstance(option, Text) else option
        if isinstance(end, str):
            yield end.rpartition("/")[2], (policy, name.unknown)
        else:
            why = name.unknown or unknown_inside(option) or Unknown(f"the name of {policy.address} is known after apply", "scan the plan")
            yield None, (policy, why)


_POLICIES = Index(("google_org_policy_policy",), _constraint)
"""Constraint to the organisation policies for it: https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/org_policy_policy"""
_PROJECT = Link("project", ("google_project",))


def _enforced(view: View, constraint: str) -> Value[bool]:
    """Whether an organisation policy of this code enforces a constraint for a bucket; absent where none speaks of it.

    The policy that is nearest to the bucket counts alone:
    https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy
    """
    above = _above(view)
    near: dict[int, list[View]] = {}
    elsewhere: list[tuple[View, Any]] = []
    for policy in _speaking_of(view, constraint):
        parent = policy.surely["parent"].data
        if not any(policy.surely.inner("spec")):
            continue  # it has `dry_run_spec` alone, which audits and enforces nothing
        if (name := spelled(parent)) and name in above:
            near.setdefault(above.index(name), []).append(policy)
        elif not _is_other_project(parent, above[0]):
            elsewhere.append((policy, parent))
    nearest: Value[bool] = Value(None)
    for distance in sorted(near, reverse=True):  # without a policy that may not exist, that above it counts
        absence = nearest.data
        nearest = any_of([policy.weighed(_by_rules(policy.surely), absence) for policy in near[distance]])
    for policy, parent in elsewhere:
        # Below what is known to be above a bucket only a policy can be of which the parent is not known, or is its project.
        nearer = not near or (min(near) > 0 and (not isinstance(parent, str) or parent.startswith(_PROJECTS)))
        absence = nearest.data or False
        if nearer and policy.weighed(_by_rules(policy.surely), absence).data is not absence:
            return policy.says(_whether_below(view, policy, parent))
    return nearest


def _whether_below(view: View, policy: View, parent: Any) -> Unknown:
    why = unknown_inside(parent)
    if why is not None:
        reason = f"whether {view.item.address} lies below what {policy.item.address} is for: {why.reason}"
        return Unknown(reason, f"{why.settles_it}, or scan the live bucket", policy.location)
    reason = f"whether {view.item.address} lies below {describe(parent)}, which {policy.item.address} is for"
    return Unknown(reason, "scan the live bucket", policy.location)


def _speaking_of(view: View, constraint: str) -> Iterator[View]:
    """The policies for a constraint, in doubt where they may be for another."""
    index = view.index(_POLICIES)
    for item, why in (*index.get(constraint, ()), *index.get(None, ())):
        policy = view.of(item)
        policy.doubt = policy.doubt or why
        yield policy


def _by_rules(policy: View) -> Value[bool]:
    """Whether the rules of a policy enforce a constraint: one without a condition, unless another for tags says otherwise.

    https://cloud.google.com/resource-manager/docs/organization-policy/tags-organization-policy
    """
    rules, more = policy.inner("spec.rules")
    conditional = [any(rule.inner("condition")) for rule in rules]
    flags = [rule["enforce"].truth() for rule in rules]
    answer = any_of([flag for flag, limited in zip(flags, conditional, strict=True) if not limited])
    if more or any(limited and flag.data is not answer.data for flag, limited in zip(flags, conditional, strict=True)):
        reason = f"for which tags a rule of {policy.item.address} holds"
        return policy.says(more or Unknown(reason, "scan the live bucket", policy.location))
    return answer


_PROJECTS = "projects/"


def _is_other_project(parent: Any, own: str) -> bool:
    """Whether the parent of a policy is certainly not the project `own`: a project has an id and a number, and either may name it.

    https://cloud.google.com/resource-manager/docs/creating-managing-projects#identifying_projects
    """
    if not isinstance(parent, str) or not parent.startswith(_PROJECTS) or not _LITERAL.fullmatch(own):
        return False
    return parent.removeprefix(_PROJECTS).isdigit() is own.removeprefix(_PROJECTS).isdigit()


_LITERAL = lazy_re.pattern(r"projects/[\w.:-]+")


def _above(view: View) -> list[str]:
    """What a bucket is known to be in, as the parent of a policy is written: its project, and what that is declared to be in.

    Empty where that has no name: of two values that are not known nothing says that they are one.
    """
    parents = [spelled(Text((_PROJECTS, first_known(view["project"], view.item.account).data)))]
    project = view.target(_PROJECT)
    if project is not None:
        folder = project["folder_id"].data
        parents.append(folder if isinstance(folder, str) and folder.startswith("folders/") else spelled(Text(("folders/", folder))))
        parents.append(spelled(Text(("organizations/", project["org_id"].data))))
    return parents


_ACLS = ("google_storage_bucket_acl", "google_storage_default_object_acl", "google_storage_object_acl")
_ENTRIES = (
    "google_storage_bucket_access_control", "google_storage_default_object_access_control", "google_storage_object_access_control",
)  # fmt: skip
BUCKET = google.BucketAt(
    name="name",
    names=("name",),
    prevention="public_access_prevention",
    prevented_above=lambda view: _enforced(view, "storage.publicAccessPrevention"),
    looked_in="this code",
    # The second is its name before version 4 of the provider:
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/version_4_upgrade
    uniform="uniform_bucket_level_access|bucket_policy_only",
    uniform_above=lambda view: _enforced(view, "storage.uniformBucketLevelAccess"),
    versioned="versioning.enabled",
    retention="retention_policy.retention_period",
    locked="retention_policy.is_locked",
    key=crypto_key("encryption.default_kms_key_name"),
    filter="ip_filter.mode",
    ranges="ip_filter.public_network_source.allowed_ip_cidr_ranges",
    bindings=iam("google_storage_bucket_iam", "bucket") + iam("google_storage_managed_folder_iam", "bucket"),
    predefined=tuple(Many(acl, "bucket", "predefined_acl") for acl in _ACLS),
    role_entities=tuple(Many(acl, "bucket", "role_entity") for acl in _ACLS),
    entries=tuple(Many(entry, "bucket") for entry in _ENTRIES),
    joins=(_POLICIES, _PROJECT),
)
READERS = (Reader(Bucket, ("google_storage_bucket",), google.bucket, BUCKET),)
