"""Each type of resource that can be asked about: the ARN that its name makes, and what refers to that.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assay.scanner.facts.catalogue import catalogue
from tests.questions.test_asked import HOME, TASKS, allow, document, role, who_can

AT_HOME = f"us-east-1:{HOME}"


class Type(NamedTuple):
    type: str
    action: str
    name: str
    """The property that names a resource; empty where AWS makes the name up."""
    refers: tuple[str, ...]
    """The attributes that are the ARN."""
    arn: str = ""
    """Of a resource called `trade`, behind the partition."""
    more: dict[str, str] = {}  # noqa: RUF012


ARN, BOTH = ("arn",), ("arn", "id")
TERRAFORM = (
    Type("aws_s3_bucket", "s3:ListBucket", "bucket", ARN, "s3:::trade"),
    Type("aws_secretsmanager_secret", "secretsmanager:GetSecretValue", "name", BOTH, f"secretsmanager:{AT_HOME}:secret:trade-*"),
    Type("aws_kms_key", "kms:Decrypt", "", ARN),
    Type("aws_kms_replica_key", "kms:Decrypt", "", ARN),
    Type("aws_sqs_queue", "sqs:SendMessage", "name", ARN, f"sqs:{AT_HOME}:trade"),
    Type("aws_sns_topic", "sns:Publish", "name", BOTH, f"sns:{AT_HOME}:trade"),
    Type("aws_lambda_function", "lambda:InvokeFunction", "function_name", ARN, f"lambda:{AT_HOME}:function:trade"),
    Type("aws_ecr_repository", "ecr:PutImage", "name", ARN, f"ecr:{AT_HOME}:repository/trade"),
    Type("aws_dynamodb_table", "dynamodb:GetItem", "name", ARN, f"dynamodb:{AT_HOME}:table/trade"),
    Type("aws_kinesis_stream", "kinesis:PutRecord", "name", ARN, f"kinesis:{AT_HOME}:stream/trade"),
    Type("aws_cloudwatch_event_bus", "events:PutEvents", "name", ARN, f"events:{AT_HOME}:event-bus/trade"),
    Type("aws_efs_file_system", "elasticfilesystem:ClientWrite", "", ARN),
    Type("aws_opensearch_domain", "es:ESHttpGet", "domain_name", ARN, f"es:{AT_HOME}:domain/trade"),
    Type("aws_backup_vault", "backup:DeleteBackupVault", "name", ARN, f"backup:{AT_HOME}:backup-vault:trade"),
    Type("aws_iam_role", "iam:DeleteRole", "name", ARN, f"iam::{HOME}:role/team/trade", {"path": "/team/"}),
    Type("aws_iam_user", "iam:DeleteUser", "name", ARN, f"iam::{HOME}:user/team/trade", {"path": "/team/"}),
    Type("aws_iam_group", "iam:DeleteGroup", "name", ARN, f"iam::{HOME}:group/team/trade", {"path": "/team/"}),
    Type("aws_iam_policy", "iam:DeletePolicy", "name", BOTH, f"iam::{HOME}:policy/team/trade", {"path": "/team/"}),
    Type("aws_cloudwatch_log_group", "logs:DeleteLogGroup", "name", ARN, f"logs:{AT_HOME}:log-group:trade"),
    Type("aws_ssm_parameter", "ssm:GetParameter", "name", ARN, f"ssm:{AT_HOME}:parameter/trade"),
    Type("aws_ecs_cluster", "ecs:DeleteCluster", "name", BOTH, f"ecs:{AT_HOME}:cluster/trade"),
    Type("aws_ecs_service", "ecs:UpdateService", "name", BOTH, f"ecs:{AT_HOME}:service/main/trade"),
    Type("aws_ecs_task_definition", "ecs:RunTask", "family", ARN, f"ecs:{AT_HOME}:task-definition/trade:*"),
    Type("aws_codebuild_project", "codebuild:StartBuild", "name", BOTH, f"codebuild:{AT_HOME}:project/trade"),
    Type("aws_db_instance", "rds:DeleteDBInstance", "identifier", ARN, f"rds:{AT_HOME}:db:trade"),
    Type("aws_rds_cluster", "rds:DeleteDBCluster", "cluster_identifier", ARN, f"rds:{AT_HOME}:cluster:trade"),
    Type("aws_docdb_cluster", "rds:DeleteDBCluster", "cluster_identifier", ARN, f"rds:{AT_HOME}:cluster:trade"),
    Type("aws_neptune_cluster", "rds:DeleteDBCluster", "cluster_identifier", ARN, f"rds:{AT_HOME}:cluster:trade"),
    Type("aws_redshift_cluster", "redshift:DeleteCluster", "cluster_identifier", ARN, f"redshift:{AT_HOME}:cluster:trade"),
    Type(
        "aws_elasticache_replication_group",
        "elasticache:DeleteReplicationGroup",
        "replication_group_id",
        ARN,
        f"elasticache:{AT_HOME}:replicationgroup:trade",
    ),
    Type("aws_instance", "ec2:StopInstances", "", ARN),
    Type("aws_ebs_volume", "ec2:DeleteVolume", "", ARN),
    Type("aws_security_group", "ec2:DeleteSecurityGroup", "", ARN),
    Type("aws_subnet", "ec2:DeleteSubnet", "", ARN),
    Type("aws_vpc", "ec2:DeleteVpc", "", ARN),
    Type("aws_cognito_user_pool", "cognito-idp:DeleteUserPool", "", ARN),
    Type("aws_cloudtrail", "cloudtrail:StopLogging", "name", BOTH, f"cloudtrail:{AT_HOME}:trail/trade"),
    Type("aws_cloudwatch_metric_alarm", "cloudwatch:DeleteAlarms", "alarm_name", ARN, f"cloudwatch:{AT_HOME}:alarm:trade"),
    Type("aws_cloudwatch_event_rule", "events:DeleteRule", "name", ARN, f"events:{AT_HOME}:rule/trade"),
    Type("aws_kinesis_firehose_delivery_stream", "firehose:PutRecord", "name", BOTH, f"firehose:{AT_HOME}:deliverystream/trade"),
    Type("aws_acm_certificate", "acm:DeleteCertificate", "", BOTH),
    Type("aws_cloudfront_distribution", "cloudfront:DeleteDistribution", "", ARN),
)
GET, REF = ("Arn",), ("",)
CLOUDFORMATION = (
    Type("AWS::S3::Bucket", "s3:ListBucket", "BucketName", GET, "s3:::trade"),
    Type("AWS::SecretsManager::Secret", "secretsmanager:GetSecretValue", "Name", ("", "Id"), f"secretsmanager:{AT_HOME}:secret:trade-*"),
    Type("AWS::KMS::Key", "kms:Decrypt", "", GET),
    Type("AWS::KMS::ReplicaKey", "kms:Decrypt", "", GET),
    Type("AWS::SQS::Queue", "sqs:SendMessage", "QueueName", GET, f"sqs:{AT_HOME}:trade"),
    Type("AWS::SNS::Topic", "sns:Publish", "TopicName", ("", "TopicArn"), f"sns:{AT_HOME}:trade"),
    Type("AWS::Lambda::Function", "lambda:InvokeFunction", "FunctionName", GET, f"lambda:{AT_HOME}:function:trade"),
    Type("AWS::ECR::Repository", "ecr:PutImage", "RepositoryName", GET, f"ecr:{AT_HOME}:repository/trade"),
    Type("AWS::DynamoDB::Table", "dynamodb:GetItem", "TableName", GET, f"dynamodb:{AT_HOME}:table/trade"),
    Type("AWS::Kinesis::Stream", "kinesis:PutRecord", "Name", GET, f"kinesis:{AT_HOME}:stream/trade"),
    Type("AWS::Events::EventBus", "events:PutEvents", "Name", GET, f"events:{AT_HOME}:event-bus/trade"),
    Type("AWS::EFS::FileSystem", "elasticfilesystem:ClientWrite", "", GET),
    Type("AWS::OpenSearchService::Domain", "es:ESHttpGet", "DomainName", GET, f"es:{AT_HOME}:domain/trade"),
    Type("AWS::IAM::Role", "iam:DeleteRole", "RoleName", GET, f"iam::{HOME}:role/team/trade", {"Path": "/team/"}),
    Type("AWS::IAM::User", "iam:DeleteUser", "UserName", GET, f"iam::{HOME}:user/team/trade", {"Path": "/team/"}),
    Type("AWS::IAM::Group", "iam:DeleteGroup", "GroupName", GET, f"iam::{HOME}:group/team/trade", {"Path": "/team/"}),
    Type(
        "AWS::IAM::ManagedPolicy",
        "iam:DeletePolicy",
        "ManagedPolicyName",
        ("", "PolicyArn"),
        f"iam::{HOME}:policy/team/trade",
        {"Path": "/team/"},
    ),
    Type("AWS::Logs::LogGroup", "logs:DeleteLogGroup", "LogGroupName", GET, f"logs:{AT_HOME}:log-group:trade"),
    Type("AWS::Logs::LogGroup", "logs:PutLogEvents", "LogGroupName", GET, f"logs:{AT_HOME}:log-group:trade:*"),
    Type("AWS::SSM::Parameter", "ssm:GetParameter", "Name", (), f"ssm:{AT_HOME}:parameter/trade"),
    Type("AWS::ECS::Cluster", "ecs:DeleteCluster", "ClusterName", GET, f"ecs:{AT_HOME}:cluster/trade"),
    Type("AWS::ECS::Service", "ecs:UpdateService", "ServiceName", REF, f"ecs:{AT_HOME}:service/main/trade"),
    Type("AWS::ECS::TaskDefinition", "ecs:RunTask", "Family", REF, f"ecs:{AT_HOME}:task-definition/trade:*"),
    Type("AWS::CodeBuild::Project", "codebuild:StartBuild", "Name", GET, f"codebuild:{AT_HOME}:project/trade"),
    Type("AWS::RDS::DBInstance", "rds:DeleteDBInstance", "DBInstanceIdentifier", ("DBInstanceArn",), f"rds:{AT_HOME}:db:trade"),
    Type("AWS::RDS::DBCluster", "rds:DeleteDBCluster", "DBClusterIdentifier", ("DBClusterArn",), f"rds:{AT_HOME}:cluster:trade"),
    Type("AWS::Neptune::DBCluster", "rds:DeleteDBCluster", "DBClusterIdentifier", (), f"rds:{AT_HOME}:cluster:trade"),
    Type("AWS::Redshift::Cluster", "redshift:DeleteCluster", "ClusterIdentifier", (), f"redshift:{AT_HOME}:cluster:trade"),
    Type("AWS::Cognito::UserPool", "cognito-idp:DeleteUserPool", "", GET),
    Type("AWS::CloudTrail::Trail", "cloudtrail:StopLogging", "TrailName", GET, f"cloudtrail:{AT_HOME}:trail/trade"),
    Type("AWS::CloudWatch::Alarm", "cloudwatch:DeleteAlarms", "AlarmName", GET, f"cloudwatch:{AT_HOME}:alarm:trade"),
    Type("AWS::Events::Rule", "events:DeleteRule", "Name", GET, f"events:{AT_HOME}:rule/trade"),
    Type(
        "AWS::KinesisFirehose::DeliveryStream", "firehose:PutRecord", "DeliveryStreamName", GET, f"firehose:{AT_HOME}:deliverystream/trade"
    ),
    Type("AWS::CertificateManager::Certificate", "acm:DeleteCertificate", "", REF),
)


def expected(one: Type) -> dict[str, bool]:
    """Who may: by each attribute that is the ARN, and by the ARN in writing where it is known."""
    return {**{f"by-{attribute or 'ref'}": True for attribute in one.refers}, **({"by-arn-in-writing": True} if one.arn else {})}


def policies(one: Type, references: dict[str, Any]) -> dict[str, str]:
    """Policies by who has them; that of `for-another` names a resource of another name."""
    named = {f"by-{attribute or 'ref'}": value for attribute, value in references.items()}
    if one.arn:
        named["by-arn-in-writing"] = f"arn:aws:{one.arn}"
        named["for-another"] = f"arn:aws:{one.arn}".replace("trade", "other")
    return {who: document(allow(one.action, value)) for who, value in named.items()}


@pytest.mark.parametrize("one", TERRAFORM, ids=lambda one: f"{one.type} {one.action}")
def test_types_of_terraform(one: Type, tmp_path: Path) -> None:
    body = {**one.more, **({one.name: "trade"} if one.name else {})}
    if one.type == "aws_iam_role":
        body |= role()
    references = {attribute: f"${{{one.type}.asked.{attribute}}}" for attribute in one.refers}
    roles = {
        who: {"name": who, **role(), "inline_policy": [{"name": "p", "policy": policy}]}
        for who, policy in policies(one, references).items()
    }
    resources: dict[str, dict[str, Any]] = {"aws_iam_role": roles}
    resources.setdefault(one.type, {})["asked"] = body
    provider = {"aws": [{"region": "us-east-1", "allowed_account_ids": [HOME]}]}
    (tmp_path / "main.tf.json").write_text(json.dumps({"provider": provider, "resource": resources}))
    assert who_can(one.action, f"{one.type}.asked", tmp_path) == expected(one)


@pytest.mark.parametrize("one", CLOUDFORMATION, ids=lambda one: f"{one.type} {one.action}")
def test_types_of_templates(one: Type, tmp_path: Path) -> None:
    references = {attribute: {"Fn::GetAtt": ["Asked", attribute]} if attribute else {"Ref": "Asked"} for attribute in one.refers}
    trust = json.loads(document({"Effect": "Allow", "Principal": TASKS, "Action": "sts:AssumeRole"}))
    body = {**one.more, **({one.name: "trade"} if one.name else {})}
    if one.type == "AWS::IAM::Role":
        body["AssumeRolePolicyDocument"] = trust
    resources: dict[str, Any] = {"Asked": {"Type": one.type, "Properties": body}}
    for who, policy in policies(one, references).items():
        written = [{"PolicyName": "p", "PolicyDocument": json.loads(policy)}]
        name = "".join(part.title() for part in who.split("-"))
        resources[name] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": who, "AssumeRolePolicyDocument": trust, "Policies": written},
        }
    (tmp_path / "t.json").write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
    assert who_can(one.action, f"{one.type}.Asked", tmp_path / "t.json") == expected(one)


class GoogleType(NamedTuple):
    type: str
    iam: str
    """What the resources begin with that bind on it."""
    owner: str
    """Where these name it."""
    role: str
    permissions: tuple[str, ...]
    """Of the role, on what the type has, and on what is in it."""
    named: str
    """As conditions have it: https://cloud.google.com/iam/docs/conditions-resource-attributes#resource-name"""
    name: str = "name"
    more: dict[str, str] = {}  # noqa: RUF012


RUNS, CALLS = "roles/run.admin", "roles/cloudfunctions.admin"
GOOGLE = (
    GoogleType(
        "google_storage_bucket",
        "",
        "bucket",
        "roles/storage.admin",
        ("storage.objects.get", "storage.buckets.delete"),
        "projects/_/buckets/trade",
    ),
    GoogleType(
        "google_secret_manager_secret",
        "",
        "secret_id",
        "roles/secretmanager.admin",
        ("secretmanager.versions.access", "secretmanager.secrets.delete"),
        "projects/trade-prod/secrets/trade",
        "secret_id",
    ),
    GoogleType(
        "google_secret_manager_regional_secret",
        "",
        "secret_id",
        "roles/secretmanager.admin",
        ("secretmanager.versions.access",),
        "projects/trade-prod/locations/us-central1/secrets/trade",
        "secret_id",
    ),
    GoogleType("google_pubsub_topic", "", "topic", "roles/pubsub.admin", ("pubsub.topics.publish",), "projects/trade-prod/topics/trade"),
    GoogleType(
        "google_pubsub_subscription",
        "",
        "subscription",
        "roles/pubsub.admin",
        ("pubsub.subscriptions.consume",),
        "projects/trade-prod/subscriptions/trade",
    ),
    GoogleType(
        "google_kms_crypto_key",
        "",
        "crypto_key_id",
        "roles/cloudkms.admin",
        ("cloudkms.cryptoKeys.update", "cloudkms.cryptoKeyVersions.destroy"),
        "",
        "name",
        {"key_ring": "${google_kms_key_ring.ring.id}"},
    ),
    GoogleType(
        "google_cloud_run_v2_service",
        "",
        "name",
        RUNS,
        ("run.services.delete", "run.routes.invoke"),
        "projects/trade-prod/locations/us-central1/services/trade",
    ),
    GoogleType(
        "google_cloud_run_service",
        "",
        "service",
        RUNS,
        ("run.revisions.delete", "run.configurations.get"),
        "projects/trade-prod/locations/us-central1/services/trade",
    ),
    GoogleType(
        "google_cloud_run_v2_job",
        "",
        "name",
        RUNS,
        ("run.jobs.run", "run.executions.delete", "run.tasks.get"),
        "projects/trade-prod/locations/us-central1/jobs/trade",
    ),
    GoogleType(
        "google_cloudfunctions2_function",
        "",
        "cloud_function",
        CALLS,
        ("cloudfunctions.functions.delete",),
        "projects/trade-prod/locations/us-central1/functions/trade",
    ),
    GoogleType(
        "google_cloudfunctions_function",
        "",
        "cloud_function",
        CALLS,
        ("cloudfunctions.functions.invoke",),
        "projects/trade-prod/locations/us-central1/functions/trade",
    ),
    GoogleType(
        "google_artifact_registry_repository",
        "",
        "repository",
        "roles/artifactregistry.admin",
        ("artifactregistry.repositories.uploadArtifacts",),
        "projects/trade-prod/locations/us-central1/repositories/trade",
        "repository_id",
    ),
    GoogleType(
        "google_cloud_tasks_queue",
        "",
        "name",
        "roles/cloudtasks.admin",
        ("cloudtasks.tasks.create",),
        "projects/trade-prod/locations/us-central1/queues/trade",
    ),
    GoogleType(
        "google_service_account",
        "",
        "service_account_id",
        "roles/owner",
        ("iam.serviceAccounts.delete", "iam.serviceAccountKeys.create"),
        "",
        "account_id",
    ),
)


@pytest.mark.parametrize("one", GOOGLE, ids=lambda one: one.type)
def test_types_of_google_in_terraform(one: GoogleType, tmp_path: Path) -> None:
    """By a binding on the resource, and by one on its project: for everything, and under conditions on its name."""
    ann, ben, cal, dee, eve, fay = (f"user:{name}@example.com" for name in ("ann", "ben", "cal", "dee", "eve", "fay"))
    binding = f"{one.type}_iam_member"
    resource = {one.name: "trade", "project": "trade-prod", **one.more}
    if "/locations/" in one.named:
        resource["region" if one.type == "google_cloudfunctions_function" else "location"] = "us-central1"
    resources: dict[str, dict[str, Any]] = {
        one.type: {"asked": resource, "other": {**resource, one.name: "other"}},
        binding: {
            "ann": {one.owner: f"${{{one.type}.asked.id}}", "role": one.role, "member": ann},
            "dee": {one.owner: f"${{{one.type}.other.id}}", "role": one.role, "member": dee},
        },
        "google_project_iam_member": {"ben": {"project": "trade-prod", "role": one.role, "member": ben}},
    }
    expected = {ann: True, ben: True}
    if "key_ring" in one.more:
        resources["google_kms_key_ring"] = {"ring": {"name": "ring", "project": "trade-prod", "location": "us-central1"}}
        bound = {"key_ring_id": "${google_kms_key_ring.ring.id}", "role": one.role, "member": fay}
        resources["google_kms_key_ring_iam_member"] = {"fay": bound}
        expected[fay] = True
    if one.named:
        head, _, last = one.named.rpartition("/")
        for who, named in ((cal, one.named), (eve, f"{head}/{last.replace('trade', 'other')}")):
            condition = {"title": "by name", "expression": f'resource.name.startsWith("{named}")'}
            bound = {"project": "trade-prod", "role": one.role, "member": who, "condition": condition}
            resources["google_project_iam_member"][who[5:8]] = bound
        expected[cal] = True
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": resources}))
    for permission in one.permissions:
        assert who_can(permission, f"{one.type}.asked", tmp_path) == expected, permission


@pytest.mark.parametrize(("name", "separator"), [({"Ref": "Name"}, ""), ("/app/token", ""), ("token", "/"), (None, "/")])
def test_a_parameter_of_a_template(name: Any, separator: str, tmp_path: Path) -> None:
    """Where its name begins with a slash, that is the one behind `parameter`: a policy leaves its own out."""
    trust = json.loads(document({"Effect": "Allow", "Principal": TASKS, "Action": "sts:AssumeRole"}))
    by_ref = {"Fn::Sub": f"arn:aws:ssm:us-east-1:{HOME}:parameter{separator}${{Asked}}"}
    policy = {"Version": "2012-10-17", "Statement": [allow("ssm:GetParameter", by_ref)]}
    resources = {
        "Asked": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name} if name else {}},
        "Web": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "web",
                "AssumeRolePolicyDocument": trust,
                "Policies": [{"PolicyName": "p", "PolicyDocument": policy}],
            },
        },
    }
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": {"Name": {"Type": "String"}}, "Resources": resources}
    (tmp_path / "t.json").write_text(json.dumps(template))
    assert who_can("ssm:GetParameter", "AWS::SSM::Parameter.Asked", tmp_path / "t.json") == {"web": True}


LIVE = Path(__file__).parents[2] / "fixtures" / "controls" / "iam" / "no-wildcard-privilege" / "aws" / "aws-fail-administrator.ndjson"
LIVE_TYPES = {
    "s3.bucket": ("s3:ListBucket", "s3:::trade", "Name"),
    "secretsmanager.secret": ("secretsmanager:GetSecretValue", f"secretsmanager:{AT_HOME}:secret:trade-a1b2c3", "Name"),
    "lambda.function": ("lambda:InvokeFunction", f"lambda:{AT_HOME}:function:trade", "FunctionName"),
    "ecr.repository": ("ecr:PutImage", f"ecr:{AT_HOME}:repository/trade", "repositoryName"),
    "iam.user": ("iam:DeleteUser", f"iam::{HOME}:user/trade", "UserName"),
    "iam.group": ("iam:DeleteGroup", f"iam::{HOME}:group/trade", "GroupName"),
    "iam.policy": ("iam:DeletePolicy", f"iam::{HOME}:policy/trade", "PolicyName"),
    "logs.group": ("logs:DeleteLogGroup", f"logs:{AT_HOME}:log-group:trade", "logGroupName"),
    "ssm.parameter": ("ssm:GetParameter", f"ssm:{AT_HOME}:parameter/trade", "Name"),
    "events.bus": ("events:PutEvents", f"events:{AT_HOME}:event-bus/trade", "Name"),
    "events.rule": ("events:DeleteRule", f"events:{AT_HOME}:rule/trade", "Name"),
    "rds.instance": ("rds:DeleteDBInstance", f"rds:{AT_HOME}:db:trade", "DBInstanceIdentifier"),
    "rds.cluster": ("rds:DeleteDBCluster", f"rds:{AT_HOME}:cluster:trade", "DBClusterIdentifier"),
    "ec2.instance": ("ec2:StopInstances", f"ec2:{AT_HOME}:instance/trade", "InstanceId"),
    "ec2.volume": ("ec2:DeleteVolume", f"ec2:{AT_HOME}:volume/trade", "VolumeId"),
    "ec2.security_group": ("ec2:DeleteSecurityGroup", f"ec2:{AT_HOME}:security-group/trade", "GroupId"),
    "ec2.subnet": ("ec2:DeleteSubnet", f"ec2:{AT_HOME}:subnet/trade", "SubnetId"),
    "ec2.vpc": ("ec2:DeleteVpc", f"ec2:{AT_HOME}:vpc/trade", "VpcId"),
    "cognito.user_pool": ("cognito-idp:DeleteUserPool", f"cognito-idp:{AT_HOME}:userpool/trade", "Id"),
    "cloudtrail.trail": ("cloudtrail:StopLogging", f"cloudtrail:{AT_HOME}:trail/trade", "Name"),
    "redshift.cluster": ("redshift:DeleteCluster", f"redshift:{AT_HOME}:cluster:trade", "ClusterIdentifier"),
    "sqs.queue": ("sqs:SendMessage", f"sqs:{AT_HOME}:trade", ""),
    "sns.topic": ("sns:Publish", f"sns:{AT_HOME}:trade", ""),
    "dynamodb.table": ("dynamodb:GetItem", f"dynamodb:{AT_HOME}:table/trade", ""),
    "kinesis.stream": ("kinesis:PutRecord", f"kinesis:{AT_HOME}:stream/trade", ""),
    "ecs.cluster": ("ecs:DeleteCluster", f"ecs:{AT_HOME}:cluster/trade", ""),
    "ecs.service": ("ecs:UpdateService", f"ecs:{AT_HOME}:service/main/trade", ""),
    "ecs.task_definition": ("ecs:RunTask", f"ecs:{AT_HOME}:task-definition/trade:1", ""),
    "codebuild.project": ("codebuild:StartBuild", f"codebuild:{AT_HOME}:project/trade", ""),
    "cloudwatch.alarm": ("cloudwatch:DeleteAlarms", f"cloudwatch:{AT_HOME}:alarm:trade", ""),
    "efs.file_system": ("elasticfilesystem:ClientWrite", f"elasticfilesystem:{AT_HOME}:file-system/trade", ""),
    "opensearch.domain": ("es:ESHttpGet", f"es:{AT_HOME}:domain/trade", ""),
    "backup.vault": ("backup:DeleteBackupVault", f"backup:{AT_HOME}:backup-vault:trade", ""),
    "acm.certificate": ("acm:DeleteCertificate", f"acm:{AT_HOME}:certificate/trade", ""),
    "cloudfront.distribution": ("cloudfront:DeleteDistribution", f"cloudfront::{HOME}:distribution/trade", ""),
    "elasticache.group": ("elasticache:DeleteReplicationGroup", f"elasticache:{AT_HOME}:replicationgroup:trade", ""),
}
"""Type of a live account to an action, the ARN of a resource, and where it is called `trade`; empty where only the ARN tells."""


WITH_POLICY = {
    "s3.bucket", "secretsmanager.secret", "lambda.function", "ecr.repository", "events.bus", "sqs.queue", "sns.topic", "dynamodb.table",
    "kinesis.stream",
}  # fmt: skip
"""Those whose own policies were not read."""


@pytest.mark.parametrize("type_", LIVE_TYPES)
def test_types_of_live_accounts(type_: str, tmp_path: Path) -> None:
    """Of an account of which one role may do everything."""
    action, arn, name = LIVE_TYPES[type_]
    lines = LIVE.read_text("utf-8").replace("123456789012", HOME).splitlines()
    regions = [line for line in lines if json.loads(line)["record"] == "region"]
    *shared, account_end, calls, end = [line for line in lines if line not in regions]
    listing = catalogue("aws_api").listings[type_]
    region = "us-east-1" if ":us-east-1:" in arn else ""
    item = {
        "record": "item",
        "account": HOME,
        "id": f"arn:aws:{arn}",
        "type": type_,
        "region": region,
        "operation": listing.call.label,
        "time": "2026-11-01T00:00:00Z",
        "listed": {name: "trade"} if name else {},
    }
    snapshot = tmp_path / "account.ndjson"
    parts = [*shared, regions[0], json.dumps(item), *regions[1:]] if not region else [*shared, *regions, json.dumps(item)]
    snapshot.write_text("\n".join([*parts, account_end, calls, end]) + "\n", "utf-8")
    for asked in (f"arn:aws:{arn}", f"*:{arn}", *(["trade"] if name else [])):
        answers = who_can(action, asked, snapshot)
        assert "trade-order" in answers, (asked, answers)
        if type_ not in WITH_POLICY:
            assert answers == {"trade-order": True}, asked


P, L = "projects/trade-prod", "projects/trade-prod/locations/us-central1"
ASSETS = {
    "storage.googleapis.com/Bucket": ("trade", "roles/storage.admin", "storage.objects.get"),
    "secretmanager.googleapis.com/Secret": (f"{P}/secrets/trade", "roles/secretmanager.admin", "secretmanager.secrets.delete"),
    "pubsub.googleapis.com/Topic": (f"{P}/topics/trade", "roles/pubsub.admin", "pubsub.topics.publish"),
    "pubsub.googleapis.com/Subscription": (f"{P}/subscriptions/trade", "roles/pubsub.admin", "pubsub.subscriptions.consume"),
    "cloudkms.googleapis.com/CryptoKey": (
        f"{L}/keyRings/ring/cryptoKeys/trade",
        "roles/cloudkms.admin",
        "cloudkms.cryptoKeyVersions.destroy",
    ),
    "run.googleapis.com/Service": (f"{L}/services/trade", RUNS, "run.configurations.get"),
    "run.googleapis.com/Job": (f"{L}/jobs/trade", RUNS, "run.jobs.run"),
    "cloudfunctions.googleapis.com/Function": (f"{L}/functions/trade", CALLS, "cloudfunctions.functions.delete"),
    "cloudfunctions.googleapis.com/CloudFunction": (f"{L}/functions/trade", CALLS, "cloudfunctions.functions.delete"),
    "artifactregistry.googleapis.com/Repository": (
        f"{L}/repositories/trade",
        "roles/artifactregistry.admin",
        "artifactregistry.repositories.uploadArtifacts",
    ),
    "cloudtasks.googleapis.com/Queue": (f"{L}/queues/trade", "roles/cloudtasks.admin", "cloudtasks.tasks.create"),
    "iam.googleapis.com/ServiceAccount": (
        f"{P}/serviceAccounts/trade@trade-prod.iam.gserviceaccount.com",
        "roles/owner",
        "iam.serviceAccountKeys.create",
    ),
    "compute.googleapis.com/Instance": (f"{P}/zones/us-central1-a/instances/trade", "roles/compute.admin", "compute.instances.delete"),
}
"""Type of an asset to what it is called, and a role with one of its permissions."""


@pytest.mark.parametrize("type_", ASSETS)
def test_types_of_google_in_exports(type_: str, tmp_path: Path) -> None:
    """By a binding on it, and by two on its project under conditions on its name, of which one is for another."""
    path, role_, permission = ASSETS[type_]
    name = f"//{type_.partition('/')[0]}/{path}"
    ancestors = ["projects/123456789012", "organizations/456789012345"]
    project = "//cloudresourcemanager.googleapis.com/projects/123456789012"
    kind = "cloudresourcemanager.googleapis.com/Project"
    written = "projects/_/buckets/trade" if path == "trade" else path.replace("trade-prod", "123456789012", 1)
    conditional = [
        {"role": role_, "members": [f"user:{who}@example.com"], "condition": {"title": "t", "expression": f'resource.name == "{named}"'}}
        for who, named in (("cal", written), ("eve", f"{written}-other"))
    ]

    def policy(of: str, asset_type: str, *bindings: Any) -> dict[str, Any]:
        return {"name": of, "assetType": asset_type, "ancestors": ancestors, "iamPolicy": {"version": 3, "bindings": list(bindings)}}

    def resource(of: str, asset_type: str, data: dict[str, Any]) -> dict[str, Any]:
        parts = {"version": "v1", "location": "us-central1", "parent": project, "data": data}
        return {"name": of, "assetType": asset_type, "ancestors": ancestors, "resource": parts}

    assets = [
        resource(project, kind, {"projectId": "trade-prod", "projectNumber": "123456789012", "lifecycleState": "ACTIVE"}),
        policy(project, kind, *conditional),
        resource(name, type_, {"name": path}),
        policy(name, type_, {"role": role_, "members": ["user:ann@example.com"]}),
    ]
    (tmp_path / "assets.ndjson").write_text("\n".join(map(json.dumps, assets)) + "\n")
    answers = who_can(permission, name, tmp_path / "assets.ndjson")
    assert {who: certain for who, certain in answers.items() if who.startswith("user:")} == {
        "user:ann@example.com": True,
        "user:cal@example.com": True,
    }


def test_a_custom_role_of_an_export(tmp_path: Path) -> None:
    """It holds what it lists, and nothing is known of one that is not there."""
    kind, name = "pubsub.googleapis.com/Topic", "//pubsub.googleapis.com/projects/trade-prod/topics/trade"
    ancestors = ["projects/123456789012", "organizations/456789012345"]
    bindings = [
        {"role": f"projects/trade-prod/roles/{role_}", "members": [f"user:{who}@example.com"]}
        for who, role_ in (("ann", "publisher"), ("ben", "reader"), ("cal", "elsewhere"))
    ]
    roles = [
        {
            "name": f"//iam.googleapis.com/projects/trade-prod/roles/{role_}",
            "assetType": "iam.googleapis.com/Role",
            "ancestors": ancestors,
            "resource": {"data": {"name": f"projects/trade-prod/roles/{role_}", "includedPermissions": [permission]}},
        }
        for role_, permission in (("publisher", "pubsub.topics.publish"), ("reader", "pubsub.topics.get"))
    ]
    topic = {"name": name, "assetType": kind, "ancestors": ancestors}
    assets = [
        *roles,
        {**topic, "resource": {"data": {"name": "projects/trade-prod/topics/trade"}}},
        {**topic, "iamPolicy": {"bindings": bindings}},
    ]
    (tmp_path / "assets.ndjson").write_text("\n".join(map(json.dumps, assets)) + "\n")
    answers = who_can("pubsub.topics.publish", name, tmp_path / "assets.ndjson")
    assert {who: certain for who, certain in answers.items() if who.startswith("user:")} == {
        "user:ann@example.com": True,
        "user:cal@example.com": False,
    }
