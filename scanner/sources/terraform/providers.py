"""What of a provider configuration says which account it manages, and as whom.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.terraform import tree

LOGIN = (
    "access_key", "secret_key", "token", "profile", "shared_config_files", "shared_credentials_files", "allowed_account_ids", "project",
    "credentials", "impersonate_service_account",
)  # fmt: skip
"""Arguments."""
ROLES = ("assume_role", "assume_role_with_web_identity")
"""Nested blocks."""


def provider_key(expression: Any) -> tuple[str, ...]:
    """Name and alias in a reference to a provider configuration: `aws.west`, in JSON and in old code in quotes. Empty where it is none.

    https://developer.hashicorp.com/terraform/language/meta-arguments/resource-provider
    """
    names: list[str] = []
    if isinstance(expression, tree.Index):  # one of several configurations of an alias, as OpenTofu has them
        expression = expression.of
    while isinstance(expression, tree.Attribute):
        names.insert(0, expression.name)
        expression = expression.of
    if isinstance(expression, tree.Name):
        return (expression.name, *names[:1])
    text = expression.value if isinstance(expression, tree.Literal) and isinstance(expression.value, str) else ""
    return tuple(text.split(".")[:2]) if text else ()


OF_PROVIDERS = "provider."
"""Types of items that are the configuration of a provider begin so."""


def provider_type(name: str) -> str:
    """The type of the item that the configuration of a provider is: its own of AWS and Google, one of all others."""
    return OF_PROVIDERS + (name if name in ("aws", "google", "google-beta") else "other")
