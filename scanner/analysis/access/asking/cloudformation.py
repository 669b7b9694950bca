"""What can be asked about in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.analysis.access.cloudformation import IDENTITIES, ORGANISATION, RUNS
from assay.scanner.facts.compute.cloudformation import VERSIONS
from assay.scanner.facts.spelling import Many, One

from .aws import PermissionsAt
from .sorts import Sort, readers

_REF = ""
"""What `Ref` gives."""


def _sort(type_: str, prefix: str, name: str, *, arns: tuple[str, ...] = ("Arn",), by_name: tuple[str, ...] = (_REF,), **more: Any) -> Sort:
    """A type of which `Ref` is the name, unless it is among `arns`."""
    called = tuple(path for path in by_name if path not in arns)
    return Sort(type_, prefix, name, arns, called, (name,) if name else (), **more)


_AT_HOME, _POLICY = "{region}:{account}", "PolicyDocument"
_BY_REF = (_REF, "Arn")
_TABLE: dict[str, Any] = {"policies": "ResourcePolicy.PolicyDocument", "has_policy_for": "dynamodb", "alone": False}
_SORTS = (
    _sort(
        "AWS::S3::Bucket",
        "s3:::",
        "BucketName",
        policies=One("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
        has_policy_for="s3",
        alone=False,
    ),
    _sort(
        "AWS::SecretsManager::Secret",
        f"secretsmanager:{_AT_HOME}:secret:",
        "Name",
        arns=(_REF, "Id"),
        policies=One("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
        has_policy_for="secretsmanager",
    ),
    _sort("AWS::KMS::Key", f"kms:{_AT_HOME}:key/", "", policies="KeyPolicy", has_policy_for="kms", must_allow=True),
    _sort("AWS::KMS::ReplicaKey", f"kms:{_AT_HOME}:key/", "", policies="KeyPolicy", has_policy_for="kms", must_allow=True),
    _sort(
        "AWS::SQS::Queue",
        f"sqs:{_AT_HOME}:",
        "QueueName",
        by_name=("QueueName",),
        policies=(One("AWS::SQS::QueuePolicy", "Queues", _POLICY), One("AWS::SQS::QueueInlinePolicy", "Queue", _POLICY)),
        has_policy_for="sqs",
    ),
    _sort(
        "AWS::SNS::Topic",
        f"sns:{_AT_HOME}:",
        "TopicName",
        arns=(_REF, "TopicArn"),
        by_name=("TopicName",),
        policies=(
            One("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument"),
            One("AWS::SNS::TopicInlinePolicy", "TopicArn", "PolicyDocument"),
        ),
        has_policy_for="sns",
    ),
    _sort(
        "AWS::Lambda::Function",
        f"lambda:{_AT_HOME}:function:",
        "FunctionName",
        permissions=PermissionsAt(
            companions=Many("AWS::Lambda::Permission", "FunctionName", through=VERSIONS),
            principal="Principal",
            action="Action",
            otherwise="lambda:InvokeFunction",
            conditions=(("ArnLike", "aws:SourceArn", "SourceArn"), ("StringEquals", "aws:SourceAccount", "SourceAccount")),
        ),
        has_policy_for="lambda",
    ),
    _sort("AWS::ECR::Repository", f"ecr:{_AT_HOME}:repository/", "RepositoryName", policies="RepositoryPolicyText", has_policy_for="ecr"),
    _sort("AWS::DynamoDB::Table", f"dynamodb:{_AT_HOME}:table/", "TableName", **_TABLE),
    _sort(
        "AWS::Kinesis::Stream",
        f"kinesis:{_AT_HOME}:stream/",
        "Name",
        policies=Many("AWS::Kinesis::ResourcePolicy", "ResourceArn", "ResourcePolicy"),
        has_policy_for="kinesis",
    ),
    _sort("AWS::Events::EventBus", f"events:{_AT_HOME}:event-bus/", "Name", policies="Policy", has_policy_for="events"),
    _sort(
        "AWS::EFS::FileSystem",
        f"elasticfilesystem:{_AT_HOME}:file-system/",
        "",
        policies="FileSystemPolicy",
        has_policy_for="elasticfilesystem",
    ),
    _sort(
        "AWS::OpenSearchService::Domain",
        f"es:{_AT_HOME}:domain/",
        "DomainName",
        policies="AccessPolicies",
        has_policy_for="es",
        alone=False,
    ),
    _sort(
        "AWS::Backup::BackupVault", f"backup:{_AT_HOME}:backup-vault:", "BackupVaultName", policies="AccessPolicy", has_policy_for="backup"
    ),
    _sort(
        "AWS::IAM::Role",
        "iam::{account}:role/",
        "RoleName",
        path="Path",
        policies="AssumeRolePolicyDocument",
        has_policy_for="sts",
        must_allow=True,
    ),
    _sort("AWS::IAM::User", "iam::{account}:user/", "UserName", path="Path"),
    _sort("AWS::IAM::Group", "iam::{account}:group/", "GroupName", path="Path"),
    _sort("AWS::IAM::ManagedPolicy", "iam::{account}:policy/", "ManagedPolicyName", arns=(_REF, "PolicyArn"), by_name=(), path="Path"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html, under Return values
    _sort("AWS::Logs::LogGroup", f"logs:{_AT_HOME}:log-group:", "LogGroupName", behind=":*"),
    _sort("AWS::SSM::Parameter", f"ssm:{_AT_HOME}:parameter/", "Name"),
    _sort("AWS::ECS::Cluster", f"ecs:{_AT_HOME}:cluster/", "ClusterName"),
    _sort("AWS::ECS::Service", f"ecs:{_AT_HOME}:service/*/", "ServiceName", arns=(_REF,), by_name=("Name",)),
    _sort("AWS::ECS::TaskDefinition", f"ecs:{_AT_HOME}:task-definition/", "Family", arns=(_REF,), by_name=(), behind=":*"),
    _sort("AWS::CodeBuild::Project", f"codebuild:{_AT_HOME}:project/", "Name"),
    _sort("AWS::RDS::DBInstance", f"rds:{_AT_HOME}:db:", "DBInstanceIdentifier", arns=("DBInstanceArn",)),
    _sort("AWS::RDS::DBCluster", f"rds:{_AT_HOME}:cluster:", "DBClusterIdentifier", arns=("DBClusterArn",)),
    _sort("AWS::Neptune::DBCluster", f"rds:{_AT_HOME}:cluster:", "DBClusterIdentifier"),
    _sort("AWS::Redshift::Cluster", f"redshift:{_AT_HOME}:cluster:", "ClusterIdentifier"),
    _sort("AWS::EC2::Instance", f"ec2:{_AT_HOME}:instance/", ""),
    _sort("AWS::EC2::Volume", f"ec2:{_AT_HOME}:volume/", ""),
    _sort("AWS::EC2::SecurityGroup", f"ec2:{_AT_HOME}:security-group/", "", by_name=("GroupId",)),
    _sort("AWS::EC2::Subnet", f"ec2:{_AT_HOME}:subnet/", ""),
    _sort("AWS::EC2::VPC", f"ec2:{_AT_HOME}:vpc/", ""),
    _sort("AWS::Cognito::UserPool", f"cognito-idp:{_AT_HOME}:userpool/", ""),
    _sort("AWS::CloudTrail::Trail", f"cloudtrail:{_AT_HOME}:trail/", "TrailName"),
    _sort("AWS::CloudWatch::Alarm", f"cloudwatch:{_AT_HOME}:alarm:", "AlarmName"),
    _sort("AWS::Events::Rule", f"events:{_AT_HOME}:rule/", "Name", by_name=()),
    _sort("AWS::KinesisFirehose::DeliveryStream", f"firehose:{_AT_HOME}:deliverystream/", "DeliveryStreamName"),
    _sort("AWS::CertificateManager::Certificate", f"acm:{_AT_HOME}:certificate/", "", arns=(_REF,), by_name=()),
    _sort("AWS::CloudFront::Distribution", "cloudfront::{account}:distribution/", ""),
)
READERS = readers(_SORTS, IDENTITIES, RUNS, ORGANISATION)
