"""Tags and labels of Terraform's resources: their own, and those that their provider adds.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/resource-tagging,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference#default_labels
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assay.scanner.sources.marks import tags_of

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.configurations import Configuration

OWN = ("tags", "labels", "resource_labels", "user_labels", "settings.user_labels", "metadata.labels")
"""Where resources have tags or labels."""
TAKE_DEFAULTS = frozenset((
    "aws_alb", "aws_api_gateway_stage", "aws_cloudfront_distribution", "aws_default_security_group", "aws_dynamodb_table", "aws_elb",
    "aws_iam_policy", "aws_iam_role", "aws_iam_user", "aws_kms_external_key", "aws_kms_key", "aws_kms_replica_external_key",
    "aws_kms_replica_key", "aws_lb", "aws_s3_bucket", "aws_secretsmanager_secret", "aws_security_group", "aws_waf_web_acl",
    "aws_wafregional_web_acl", "aws_wafv2_web_acl", "google_cloud_run_v2_service", "google_compute_forwarding_rule",
    "google_compute_global_forwarding_rule", "google_kms_crypto_key", "google_secret_manager_regional_secret",
    "google_secret_manager_secret", "google_storage_bucket",
))  # fmt: skip
"""Of the types that are judged, those that have `tags_all` or `terraform_labels` (`terraform providers schema`).

Any other type has what its provider adds where its block has tags of its own: no waiver by a tag is for what cannot have one.
"""
WITH_DEFAULTS = ("tags_all", "terraform_labels")
"""Where a plan has them together with those of the provider."""


def own_places(type_: str) -> tuple[str, ...]:
    """The attributes of a type that may be tags: network tags of Google's instances are none."""
    return OWN[1:] if type_.startswith("google_") else OWN[:1]


def added_by(configuration: Configuration) -> Any:
    """What a provider adds to each resource that takes tags."""
    if configuration.block.labels[0].startswith("google"):
        return configuration["default_labels"].data
    return configuration.nested("default_tags", "tags").data


def planned(values: dict[str, Any], type_: str) -> dict[str, str]:
    """The tags of a resource of a plan: those of its provider among them, where the plan knows them."""
    whole = next((values[name] for name in WITH_DEFAULTS if isinstance(values.get(name), dict)), None)
    return tags_of(*(_at(values, path) for path in own_places(type_)), whole)


def _at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values[0] if isinstance(values, list) and values else values
        values = values.get(name) if isinstance(values, dict) else None
    return values
