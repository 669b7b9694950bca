"""Attributes that a provider computes, and that equal an argument of the same resource.

What refers to one of them refers to what the argument names: `aws_s3_bucket_policy.this.id` is the bucket. From the section "Attribute
Reference" of each page below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources, and the ids by which its section
"Import" names the resource; https://registry.terraform.io/providers/hashicorp/null/latest/docs/data-sources/data_source and
https://developer.hashicorp.com/terraform/language/resources/terraform-data. Arguments themselves need no entry: what is configured is
followed anyway.
"""

from __future__ import annotations

_BUCKET = {"id": "bucket"}
_EQUAL: dict[str, dict[str, str]] = {
    "aws_s3_bucket_accelerate_configuration": _BUCKET,
    "aws_s3_bucket_cors_configuration": _BUCKET,
    "aws_s3_bucket_lifecycle_configuration": _BUCKET,
    "aws_s3_bucket_logging": _BUCKET,
    "aws_s3_bucket_notification": _BUCKET,
    "aws_s3_bucket_object_lock_configuration": _BUCKET,
    "aws_s3_bucket_ownership_controls": _BUCKET,
    "aws_s3_bucket_policy": _BUCKET,
    "aws_s3_bucket_public_access_block": _BUCKET,
    "aws_s3_bucket_replication_configuration": _BUCKET,
    "aws_s3_bucket_request_payment_configuration": _BUCKET,
    "aws_s3_bucket_server_side_encryption_configuration": _BUCKET,
    "aws_s3_bucket_versioning": _BUCKET,
    "aws_s3_bucket_website_configuration": _BUCKET,
    "data.aws_s3_bucket": _BUCKET,
    "data.google_iam_role": {"id": "name"},
    "data.null_data_source": {"outputs": "inputs"},
    "terraform_data": {"output": "input"},
    "aws_api_gateway_rest_api_policy": {"id": "rest_api_id"},
    "aws_backup_vault_lock_configuration": {"id": "backup_vault_name"},
    "aws_backup_vault_notifications": {"id": "backup_vault_name"},
    "aws_backup_vault_policy": {"id": "backup_vault_name"},
    "aws_dynamodb_resource_policy": {"id": "resource_arn"},
    "aws_ecr_lifecycle_policy": {"id": "repository"},
    "aws_ecr_repository_policy": {"id": "repository"},
    "aws_ecs_cluster_capacity_providers": {"id": "cluster_name"},
    "aws_efs_backup_policy": {"id": "file_system_id"},
    "aws_efs_file_system_policy": {"id": "file_system_id"},
    "aws_glacier_vault_lock": {"id": "vault_name"},
    "aws_iam_user_login_profile": {"id": "user"},
    "aws_kms_alias": {"target_key_arn": "target_key_id"},
    "aws_kms_key_policy": {"id": "key_id"},
    "aws_rds_cluster_activity_stream": {"id": "resource_arn"},
    "aws_s3control_access_point_policy": {"id": "access_point_arn"},
    "aws_secretsmanager_secret_policy": {"id": "secret_arn"},
    "aws_secretsmanager_secret_rotation": {"id": "secret_id"},
    "aws_secretsmanager_secret_version": {"arn": "secret_id"},
    "aws_sns_topic_policy": {"id": "arn"},
    "aws_sqs_queue_policy": {"id": "queue_url"},
    "aws_sqs_queue_redrive_allow_policy": {"id": "queue_url"},
    "aws_sqs_queue_redrive_policy": {"id": "queue_url"},
    "aws_wafv2_web_acl_logging_configuration": {"id": "resource_arn"},
}


def argument(type_: str, attribute: str) -> str:
    """The argument that an attribute equals, else the attribute itself. The type of a data source begins with `data.`."""
    return _EQUAL.get(type_, {}).get(attribute, attribute)
