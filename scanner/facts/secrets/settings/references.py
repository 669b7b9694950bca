"""Attributes of resources that are secrets themselves, so that whatever takes one holds it in plain text.

They are marked as sensitive on the pages of the providers: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password,
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/secretsmanager_secret_version,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/data-sources/secret_manager_secret_version
"""

from __future__ import annotations

from assay.scanner.sources.raw import Reference

_SECRET: dict[str, tuple[str, ...]] = {
    "random_password": ("result",),
    "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
    "aws_iam_access_key": ("secret", "ses_smtp_password_v4"),
    "aws_secretsmanager_secret_version": ("secret_string", "secret_binary"),
    "aws_secretsmanager_random_password": ("random_password",),
    "aws_cognito_user_pool_client": ("client_secret",),
    "aws_db_instance": ("password",),
    "aws_rds_cluster": ("master_password",),
    "aws_docdb_cluster": ("master_password",),
    "aws_redshift_cluster": ("master_password",),
    "aws_elasticache_replication_group": ("auth_token",),
    "aws_kms_secrets": ("plaintext",),
    "aws_eks_cluster_auth": ("token",),
    "aws_ecr_authorization_token": ("password", "authorization_token"),
    "google_secret_manager_secret_version": ("secret_data",),
    "google_secret_manager_secret_version_access": ("secret_data",),
    "google_secret_manager_regional_secret_version": ("secret_data",),
    "google_secret_manager_regional_secret_version_access": ("secret_data",),
    "google_service_account_key": ("private_key",),
    "google_service_account_access_token": ("access_token",),
    "google_client_config": ("access_token",),
    "google_storage_hmac_key": ("secret",),
    "google_apikeys_key": ("key_string",),
    "google_sql_user": ("password",),
    "google_redis_instance": ("auth_string",),
    "vault_generic_secret": ("data", "data_json"),
    "vault_kv_secret_v2": ("data", "data_json"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-accesskey.html#aws-resource-iam-accesskey-return-values
    "AWS::IAM::AccessKey": ("SecretAccessKey",),
    "AWS::Cognito::UserPoolClient": ("ClientSecret",),
}
"""By type, also of data sources."""
_MAYBE: dict[str, tuple[str, ...]] = {
    "aws_ssm_parameter": ("value", "insecure_value"),
    "aws_ssm_parameters_by_path": ("values",),
    "random_string": ("result",),
    "external": ("result",),
}
"""What is a secret where it is used as one."""


_RESOLVED = ("secretsmanager", "ssm-secure")
"""Stores of which CloudFormation puts the secret itself where a template has `{{resolve:…}}`, so that whoever may describe the resource
reads it: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""


def secret_of(reference: Reference) -> str:
    """What secret an attribute is, in words; empty where it is none."""
    if reference.is_data and reference.type in _RESOLVED:
        return f"the secret {reference.address.rpartition('.')[2]}"
    if reference.type == "AWS::SecretsManager::Secret" and reference.attribute.startswith("SecretString"):
        return f"the value of {reference.address}"
    return f"the value of {reference.address}" if _among(_SECRET, reference) else ""


def maybe_secret(reference: Reference) -> bool:
    """Whether an attribute is a secret where the name of what takes it says so."""
    return _among(_MAYBE, reference)


def _among(table: dict[str, tuple[str, ...]], reference: Reference) -> bool:
    return reference.attribute.partition(".")[0].partition("[")[0] in table.get(reference.type, ())
