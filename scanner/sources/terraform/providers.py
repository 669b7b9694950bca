"""What of a provider configuration says which account it manages, and as whom.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
"""

LOGIN = (
    "access_key", "secret_key", "token", "profile", "shared_config_files", "shared_credentials_files", "allowed_account_ids", "project",
    "credentials", "impersonate_service_account",
)  # fmt: skip
"""Arguments."""
ROLES = ("assume_role", "assume_role_with_web_identity")
"""Nested blocks."""
