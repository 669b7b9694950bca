"""What providers compute and are sure to give, though code does not tell it."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.raw import Document, Encoded, Reference, Text

IDENTITY = (
    "id",
    "arn",
    "name",
    "self_link",
    "key_id",
    "email",
    "member",
    "unique_id",
    "dns_name",
    "invoke_arn",
    "url",
    "uri",
    "fqdn",
    "writer_identity",
)
"""Attributes that the provider computes for every resource and that are never null once it exists."""
_GENERATED = frozenset({
    ("random_password", "result"), ("random_password", "bcrypt_hash"), ("random_string", "result"), ("random_uuid", "result"),
    ("random_id", "hex"), ("random_id", "dec"), ("random_id", "b64_url"), ("random_id", "b64_std"),
    ("random_bytes", "hex"), ("random_bytes", "base64"), ("tls_private_key", "private_key_pem"), ("tls_private_key", "public_key_openssh"),
    ("aws_iam_access_key", "secret"), ("google_service_account_key", "private_key"),
    ("google_kms_key_handle", "kms_key"), ("google_project", "number"),
    ("google_compute_instance_template", "self_link_unique"), ("google_storage_hmac_key", "secret"), ("google_apikeys_key", "key_string"),
    ("google_compute_address", "address"), ("google_compute_global_address", "address"), ("aws_eip", "public_ip"),
})  # fmt: skip
"""Types with what is made for them: https://registry.terraform.io/providers/hashicorp/random/latest/docs, …/tls, …/google and …/aws"""


def is_identity(type_: str, attribute: str) -> bool:
    """Whether an attribute of a resource is a text that is neither null nor empty once the resource exists."""
    return attribute in IDENTITY or attribute.endswith(("_id", "_arn", "_name")) or (type_, attribute) in _GENERATED


_ANSWERED = frozenset({
    ("aws_ssm_parameter", "value"), ("aws_caller_identity", "account_id"), ("aws_partition", "partition"), ("aws_partition", "dns_suffix"),
    ("aws_region", "name"), ("aws_region", "region"), ("google_project", "project_id"), ("google_project", "number"),
    ("aws_iam_policy_document", "json"), ("aws_iam_policy_document", "minified_json"), ("google_iam_policy", "policy_data"),
})  # fmt: skip
"""Types of data sources with what they always answer: https://registry.terraform.io/providers/hashicorp/aws/latest/docs and …/google/…"""


def never_empty(raw: Any) -> bool:
    """Whether a value is certainly a text that is not empty, though it is not known."""
    if isinstance(raw, (Document, Encoded)):
        return True
    if isinstance(raw, Text):
        return any(part != "" if isinstance(part, str) else never_empty(part) for part in raw.parts)
    if not isinstance(raw, Reference):
        return False
    return raw.attribute in ("id", "arn") or (raw.type, raw.attribute) in _ANSWERED if raw.is_data else is_identity(raw.type, raw.attribute)
