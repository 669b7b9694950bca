"""What can be asked about in a live account, where every resource is called by its ARN."""

from __future__ import annotations

from typing import Any

from assay.scanner.analysis.access.aws_api import IDENTITIES, KEY_GRANTS, ORGANISATION, RUNS

from .sorts import Sort, readers

_WITH_POLICY: dict[str, dict[str, Any]] = {
    "s3.bucket": {"policies": "get_bucket_policy.Policy", "has_policy_for": "s3", "alone": False},
    "secretsmanager.secret": {"policies": "get_resource_policy.ResourcePolicy", "has_policy_for": "secretsmanager"},
    "kms.key": {"policies": "get_key_policy.Policy", "has_policy_for": "kms", "must_allow": True, "grants": KEY_GRANTS},
    "sqs.queue": {"policies": "get_queue_attributes.Attributes.Policy", "has_policy_for": "sqs"},
    "sns.topic": {"policies": "get_topic_attributes.Attributes.Policy", "has_policy_for": "sns"},
    "lambda.function": {"policies": "get_policy.Policy", "has_policy_for": "lambda"},
    "ecr.repository": {"policies": "get_repository_policy.policyText", "has_policy_for": "ecr"},
    "dynamodb.table": {"policies": "get_resource_policy.Policy", "has_policy_for": "dynamodb", "alone": False},
    "kinesis.stream": {"policies": "get_resource_policy.Policy", "has_policy_for": "kinesis"},
    "events.bus": {"policies": "Policy", "has_policy_for": "events"},
    "iam.role": {"policies": "AssumeRolePolicyDocument", "has_policy_for": "sts", "must_allow": True},
}
_NAMES = {
    "s3.bucket": "Name", "secretsmanager.secret": "Name", "kms.key": "KeyId", "lambda.function": "FunctionName",
    "ecr.repository": "repositoryName", "iam.role": "RoleName", "iam.user": "UserName", "iam.group": "GroupName",
    "iam.policy": "PolicyName",
    "logs.group": "logGroupName", "ssm.parameter": "Name", "events.bus": "Name", "events.rule": "Name",
    "rds.instance": "DBInstanceIdentifier", "rds.cluster": "DBClusterIdentifier", "ec2.instance": "InstanceId", "ec2.volume": "VolumeId",
    "ec2.security_group": "GroupId", "ec2.subnet": "SubnetId", "ec2.vpc": "VpcId", "cognito.user_pool": "Id", "cloudtrail.trail": "Name",
    "redshift.cluster": "ClusterIdentifier",
}  # fmt: skip
_OTHERS = (
    "sqs.queue", "sns.topic", "dynamodb.table", "kinesis.stream", "ecs.cluster", "ecs.service", "ecs.task_definition", "codebuild.project",
    "cloudwatch.alarm", "efs.file_system", "opensearch.domain", "backup.vault", "acm.certificate", "cloudfront.distribution",
    "elasticache.group",
)  # fmt: skip
_SORTS = tuple(Sort(type_, "", _NAMES.get(type_, ""), ("",), (), **_WITH_POLICY.get(type_, {})) for type_ in (*_NAMES, *_OTHERS))
READERS = readers(_SORTS, IDENTITIES, RUNS, ORGANISATION)
