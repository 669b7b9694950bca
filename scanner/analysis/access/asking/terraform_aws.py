"""What can be asked about in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs"""

from __future__ import annotations

from typing import Any

from assay.scanner.analysis.access.terraform_aws import GRANTS, IDENTITIES, ORGANISATION, RUNS
from assay.scanner.facts.compute.terraform_aws import ALIASES
from assay.scanner.facts.spelling import Many, One, Place

from .aws import PermissionsAt
from .sorts import Sort, readers


def _sort(
    type_: str, prefix: str, name: str = "name", *, arns: tuple[str, ...] = ("arn",), names: tuple[str, ...] = (), **more: Any
) -> Sort:
    """A type of which `id` is the name, unless it is among `arns`."""
    called = tuple(dict.fromkeys(path for path in (name, "id") if path not in arns and path))
    return Sort(type_, prefix, name, arns, called, names or called, **more)


def _own(type_: str, owner: str, path: str = "policy", *, beside: str = "policy") -> Place:
    """A policy that is written in the resource, or by a resource of its own."""
    return (beside, One(type_, owner, path)) if beside else One(type_, owner, path)


_AT_HOME = "{region}:{account}"
_KEYS: dict[str, Any] = {"has_policy_for": "kms", "must_allow": True, "grants": GRANTS}
_IDS = ("arn", "id")
_SORTS = (
    _sort("aws_s3_bucket", "s3:::", "bucket", policies=_own("aws_s3_bucket_policy", "bucket"), has_policy_for="s3", alone=False),
    _sort(
        "aws_secretsmanager_secret",
        f"secretsmanager:{_AT_HOME}:secret:",
        arns=_IDS,
        names=("name", "arn", "id"),
        policies=_own("aws_secretsmanager_secret_policy", "secret_arn"),
        has_policy_for="secretsmanager",
    ),
    _sort("aws_kms_key", f"kms:{_AT_HOME}:key/", "key_id", policies=_own("aws_kms_key_policy", "key_id"), **_KEYS),
    _sort("aws_kms_replica_key", f"kms:{_AT_HOME}:key/", "key_id", policies=_own("aws_kms_key_policy", "key_id"), **_KEYS),
    _sort(
        "aws_sqs_queue", f"sqs:{_AT_HOME}:", names=("url", "id"), policies=_own("aws_sqs_queue_policy", "queue_url"), has_policy_for="sqs"
    ),
    _sort("aws_sns_topic", f"sns:{_AT_HOME}:", arns=_IDS, names=_IDS, policies=_own("aws_sns_topic_policy", "arn"), has_policy_for="sns"),
    _sort(
        "aws_lambda_function",
        f"lambda:{_AT_HOME}:function:",
        "function_name",
        names=("function_name", "arn"),
        permissions=PermissionsAt(
            companions=Many("aws_lambda_permission", "function_name", through=ALIASES),
            principal="principal",
            action="action",
            otherwise="lambda:InvokeFunction",
            conditions=(("ArnLike", "aws:SourceArn", "source_arn"), ("StringEquals", "aws:SourceAccount", "source_account")),
        ),
        has_policy_for="lambda",
    ),
    _sort(
        "aws_ecr_repository",
        f"ecr:{_AT_HOME}:repository/",
        policies=_own("aws_ecr_repository_policy", "repository", beside=""),
        has_policy_for="ecr",
    ),
    _sort(
        "aws_dynamodb_table",
        f"dynamodb:{_AT_HOME}:table/",
        policies=_own("aws_dynamodb_resource_policy", "resource_arn", beside=""),
        has_policy_for="dynamodb",
        alone=False,
    ),
    _sort(
        "aws_kinesis_stream",
        f"kinesis:{_AT_HOME}:stream/",
        names=_IDS,
        policies=Many("aws_kinesis_resource_policy", "resource_arn", "policy"),
        has_policy_for="kinesis",
    ),
    _sort(
        "aws_cloudwatch_event_bus",
        f"events:{_AT_HOME}:event-bus/",
        policies=One("aws_cloudwatch_event_bus_policy", "event_bus_name", "policy", unsaid="default"),
        permissions=PermissionsAt(
            companions=Many("aws_cloudwatch_event_permission", "event_bus_name", unsaid="default"),
            principal="principal",
            action="action",
            otherwise="events:PutEvents",
            condition=("condition.type", "condition.key", "condition.value"),
        ),
        has_policy_for="events",
    ),
    _sort(
        "aws_efs_file_system",
        f"elasticfilesystem:{_AT_HOME}:file-system/",
        "",
        policies=_own("aws_efs_file_system_policy", "file_system_id", beside=""),
        has_policy_for="elasticfilesystem",
    ),
    _sort(
        "aws_opensearch_domain",
        f"es:{_AT_HOME}:domain/",
        "domain_name",
        policies=_own("aws_opensearch_domain_policy", "domain_name", "access_policies", beside="access_policies"),
        has_policy_for="es",
        alone=False,
    ),
    _sort(
        "aws_backup_vault",
        f"backup:{_AT_HOME}:backup-vault:",
        policies=_own("aws_backup_vault_policy", "backup_vault_name", beside=""),
        has_policy_for="backup",
    ),
    _sort("aws_iam_role", "iam::{account}:role/", path="path", policies="assume_role_policy", has_policy_for="sts", must_allow=True),
    _sort("aws_iam_user", "iam::{account}:user/", path="path"),
    _sort("aws_iam_group", "iam::{account}:group/", path="path"),
    _sort("aws_iam_policy", "iam::{account}:policy/", arns=_IDS, path="path"),
    _sort("aws_cloudwatch_log_group", f"logs:{_AT_HOME}:log-group:"),
    _sort("aws_ssm_parameter", f"ssm:{_AT_HOME}:parameter/"),
    _sort("aws_ecs_cluster", f"ecs:{_AT_HOME}:cluster/", arns=_IDS),
    _sort("aws_ecs_service", f"ecs:{_AT_HOME}:service/*/", arns=("id", "arn")),
    _sort("aws_ecs_task_definition", f"ecs:{_AT_HOME}:task-definition/", "family", behind=":*"),
    _sort("aws_codebuild_project", f"codebuild:{_AT_HOME}:project/", arns=_IDS),
    _sort("aws_db_instance", f"rds:{_AT_HOME}:db:", "identifier"),
    _sort("aws_rds_cluster", f"rds:{_AT_HOME}:cluster:", "cluster_identifier"),
    _sort("aws_docdb_cluster", f"rds:{_AT_HOME}:cluster:", "cluster_identifier"),
    _sort("aws_neptune_cluster", f"rds:{_AT_HOME}:cluster:", "cluster_identifier"),
    _sort("aws_redshift_cluster", f"redshift:{_AT_HOME}:cluster:", "cluster_identifier"),
    _sort("aws_elasticache_replication_group", f"elasticache:{_AT_HOME}:replicationgroup:", "replication_group_id"),
    _sort("aws_instance", f"ec2:{_AT_HOME}:instance/", ""),
    _sort("aws_ebs_volume", f"ec2:{_AT_HOME}:volume/", ""),
    _sort("aws_security_group", f"ec2:{_AT_HOME}:security-group/", ""),
    _sort("aws_subnet", f"ec2:{_AT_HOME}:subnet/", ""),
    _sort("aws_vpc", f"ec2:{_AT_HOME}:vpc/", ""),
    _sort("aws_cognito_user_pool", f"cognito-idp:{_AT_HOME}:userpool/", ""),
    _sort("aws_cloudtrail", f"cloudtrail:{_AT_HOME}:trail/", arns=_IDS),
    _sort("aws_cloudwatch_metric_alarm", f"cloudwatch:{_AT_HOME}:alarm:", "alarm_name"),
    _sort("aws_cloudwatch_event_rule", f"events:{_AT_HOME}:rule/"),
    _sort("aws_kinesis_firehose_delivery_stream", f"firehose:{_AT_HOME}:deliverystream/", arns=_IDS),
    _sort("aws_acm_certificate", f"acm:{_AT_HOME}:certificate/", "", arns=_IDS),
    _sort("aws_cloudfront_distribution", "cloudfront::{account}:distribution/", ""),
)
READERS = readers(_SORTS, IDENTITIES, RUNS, ORGANISATION)
