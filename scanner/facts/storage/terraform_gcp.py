"""Cloud Storage in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/storage_bucket"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts import policies
from assay.scanner.facts.base import Companions, Stack, identity, if_there, reads
from assay.scanner.facts.google_iam import BINDING_PARTS, bindings_of
from assay.scanner.facts.keys._old import key_ref
from assay.scanner.facts.storage import google
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value, any_of, first_known

NAMES = ("name",)
_IAM = {f"google_storage_{level}_iam_{part}": "bucket" for level in ("bucket", "managed_folder") for part in BINDING_PARTS}
_ACLS = {
    "google_storage_bucket_acl": "bucket",
    "google_storage_default_object_acl": "bucket",
    "google_storage_bucket_access_control": "bucket",
    "google_storage_default_object_access_control": "bucket",
}


@reads("google_storage_bucket", orphans=_IAM | _ACLS, names=NAMES, companions=("google_org_policy_policy",))
def bucket(item: Item, stack: Stack) -> Bucket:
    parts = {type_: stack.companions(item, type_, via, names=NAMES) for type_, via in (_IAM | _ACLS).items()}
    prevention = item["public_access_prevention"]
    inherited = _organisation(item, stack, "storage.publicAccessPrevention")
    # False unless it is set: https://cloud.google.com/storage/docs/json_api/v1/buckets#resource
    uniform = item["uniform_bucket_level_access"].default(False).truth()
    return google.bucket(
        identity(item, name=item["name"], companions=parts.values()),
        prevention=prevention,
        prevented_above=inherited.default(google.not_here("this code")),
        uniform=uniform,
        uniform_above=_organisation(item, stack, "storage.uniformBucketLevelAccess").default(False),
        versioned=item["versioning.enabled"],
        retention=item["retention_policy.retention_period"],
        locked=item["retention_policy.is_locked"],
        key=key_ref(item["encryption.default_kms_key_name"], stack),
        # An organisation policy that is not in the code is no reason to keep a public grant in it.
        grants=_grants(parts, any_of([google.prevented(prevention), inherited.default(False)]), uniform),
    )


def _organisation(item: Item, stack: Stack, constraint: str) -> Value[bool]:
    """Whether an organisation policy of this code enforces a constraint for a bucket; absent where none speaks of it."""
    project = first_known(item["project"], item.account).data
    values: list[Value[Any]] = []
    for policy, node in zip(stack.of("google_org_policy_policy"), stack.beside(item, "google_org_policy_policy"), strict=True):
        name, parent = str(policy["name"].data), policy["parent"].data
        if not name.endswith(constraint) or (
            isinstance(parent, str) and parent.startswith("projects/") and parent != f"projects/{project}"
        ):
            continue
        rules, more = policy.blocks("spec.rules")
        values += [if_there(rule["enforce"].truth(), node, False) for rule in rules] + ([Value(more)] if more else [])
    return any_of(values) if values else Value(None)


def _grants(parts: dict[str, Companions], blocked: Value[Any], uniform: Value[Any]) -> Value[Any]:
    bindings = [binding for type_ in _IAM for binding in bindings_of(type_, parts[type_])]
    acls: list[Any] = []
    ineffective = any_of([uniform, blocked])
    for type_ in _ACLS:
        for node in parts[type_].nodes:
            acls += _acl(node, ineffective)
        acls += [parts[type_].more] if parts[type_].more and uniform.data is not True else []
    return google.grants(bindings, acls, blocked)


def _acl(node: Any, ineffective: Value[Any]) -> list[Any]:
    """ACL entries `ROLE:entity` (https://cloud.google.com/storage/docs/access-control/lists), and predefined ACLs."""
    found: list[Any] = [*google.predefined_acl(node["predefined_acl"], ineffective)]
    entries = node["role_entity"]
    for entry in entries.data if isinstance(entries.data, list) else [entries.data] if entries.unknown else []:
        value: Value[Any] = Value(entry, entries.seen)
        public = value.then(lambda text: str(text).rpartition(":")[2] in policies.PUBLIC_MEMBERS)
        found.append(google.acl_grant(value.then(str), value.then(lambda text: str(text).partition(":")[0]), public, ineffective))
    return found + google.acl_entries(node, ineffective)
