"""Resources in the AWS Security Finding Format: their types, regions and partitions.

https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
"""

from __future__ import annotations

from assay.reports import findings
from assay.reports.sarif_rules import Object
from assay.scanner import lazy_re
from assay.scanner.results.model import ResourceRef, Result
from assay.scanner.results.telling import place

_ACCOUNT, _REGION = lazy_re.pattern(r"[0-9]{12}"), lazy_re.pattern(r"[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}")
_ID, _KEY, _VALUE, _FIELD, _TAGS = 512, 128, 256, 1024, 50
TYPES = {
    "AwsAutoScalingAutoScalingGroup": ("autoscaling.group", "aws_autoscaling_group", "AWS::AutoScaling::AutoScalingGroup"),
    "AwsBackupBackupPlan": ("backup.plan", "aws_backup_plan", "AWS::Backup::BackupPlan"),
    "AwsBackupBackupVault": ("backup.vault", "aws_backup_vault", "AWS::Backup::BackupVault"),
    "AwsCertificateManagerCertificate": ("acm.certificate", "aws_acm_certificate", "AWS::CertificateManager::Certificate"),
    "AwsCloudFrontDistribution": ("cloudfront.distribution", "aws_cloudfront_distribution", "AWS::CloudFront::Distribution"),
    "AwsCloudTrailTrail": ("cloudtrail.trail", "aws_cloudtrail", "AWS::CloudTrail::Trail"),
    "AwsDynamoDbTable": ("dynamodb.table", "aws_dynamodb_table", "AWS::DynamoDB::Table"),
    "AwsEc2Instance": ("ec2.instance", "aws_instance", "AWS::EC2::Instance"),
    "AwsEc2SecurityGroup": ("ec2.security-group", "aws_security_group", "AWS::EC2::SecurityGroup"),
    "AwsEc2Subnet": ("ec2.subnet", "aws_subnet", "AWS::EC2::Subnet"),
    "AwsEc2Volume": ("ec2.volume", "aws_ebs_volume", "AWS::EC2::Volume"),
    "AwsEc2Vpc": ("ec2.vpc", "aws_vpc", "AWS::EC2::VPC"),
    "AwsEcrRepository": ("ecr.repository", "aws_ecr_repository", "AWS::ECR::Repository"),
    "AwsEcsCluster": ("ecs.cluster", "aws_ecs_cluster", "AWS::ECS::Cluster"),
    "AwsEcsService": ("ecs.service", "aws_ecs_service", "AWS::ECS::Service"),
    "AwsEksCluster": ("eks.cluster", "aws_eks_cluster", "AWS::EKS::Cluster"),
    "AwsElbv2LoadBalancer": ("elbv2.load-balancer", "aws_lb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    "AwsIamGroup": ("iam.group", "aws_iam_group", "AWS::IAM::Group"),
    "AwsIamPolicy": ("iam.policy", "aws_iam_policy", "AWS::IAM::ManagedPolicy"),
    "AwsIamRole": ("iam.role", "aws_iam_role", "AWS::IAM::Role"),
    "AwsIamUser": ("iam.user", "aws_iam_user", "AWS::IAM::User"),
    "AwsKinesisStream": ("kinesis.stream", "aws_kinesis_stream", "AWS::Kinesis::Stream"),
    "AwsKmsKey": ("kms.key", "aws_kms_key", "AWS::KMS::Key"),
    "AwsLambdaFunction": ("lambda.function", "aws_lambda_function", "AWS::Lambda::Function"),
    "AwsOpenSearchServiceDomain": ("opensearch.domain", "aws_opensearch_domain", "AWS::OpenSearchService::Domain"),
    "AwsRdsDbCluster": ("rds.cluster", "aws_rds_cluster", "AWS::RDS::DBCluster"),
    "AwsRdsDbInstance": ("rds.instance", "aws_db_instance", "AWS::RDS::DBInstance"),
    "AwsRedshiftCluster": ("redshift.cluster", "aws_redshift_cluster", "AWS::Redshift::Cluster"),
    "AwsRoute53HostedZone": ("route53.zone", "aws_route53_zone", "AWS::Route53::HostedZone"),
    "AwsS3AccessPoint": ("s3control.access-point", "aws_s3_access_point", "AWS::S3::AccessPoint"),
    "AwsS3Bucket": ("s3.bucket", "aws_s3_bucket", "AWS::S3::Bucket"),
    "AwsSecretsManagerSecret": ("secretsmanager.secret", "aws_secretsmanager_secret", "AWS::SecretsManager::Secret"),
    "AwsSnsTopic": ("sns.topic", "aws_sns_topic", "AWS::SNS::Topic"),
    "AwsSqsQueue": ("sqs.queue", "aws_sqs_queue", "AWS::SQS::Queue"),
    "AwsStepFunctionStateMachine": ("states.state-machine", "aws_sfn_state_machine", "AWS::StepFunctions::StateMachine"),
}
"""Types of Security Hub to those of the inputs; what is in none of them is `Other`."""
_BY_INPUT = {name: type_ for type_, names in TYPES.items() for name in names}
_PROVIDERS = {"aws": "AWS", "google": "GCP"}


def is_account(text: str) -> bool:
    """Whether it is the number of an account of AWS."""
    return _ACCOUNT.fullmatch(text) is not None


def region(resource: ResourceRef) -> str:
    """The region of AWS that a resource is in; empty where it is in none, or that is not known."""
    told = resource.region or "" if resource.cloud == "aws" else ""
    return told if _REGION.fullmatch(told) and len(told) <= 16 else ""


def partition(region_: str) -> str:
    """The partition of a region: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html"""
    return next((name for start, name in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")) if region_.startswith(start)), "aws")


def resource(result: Result) -> Object:
    """The resource that a finding is about. What is in code has its root and address for an id: there is no ARN yet."""
    ref, seen, where = result.resource, place(result), region(result.resource)
    id_ = ref.id if ref.id.startswith("arn:") or ref.cloud == "google" else findings.subject(result)
    made: Object = {"Type": _BY_INPUT.get(ref.type, "Other"), "Id": _text(id_, _ID)}
    if ref.cloud in _PROVIDERS:
        made["Provider"] = _PROVIDERS[ref.cloud]
    if where:
        made |= {"Region": where, "Partition": partition(where)}
    if ref.tags:
        made["Tags"] = {_text(name, _KEY): _text(value, _VALUE) for name, value in sorted(ref.tags.items())[:_TAGS]}
    told = {
        "kind": ref.kind, "type": ref.type, "name": ref.name, "address": ref.address, "root": ref.root, "account": ref.account,
        "region": ref.region, "stands-for": ref.stands_for, "file": seen.file if seen else "",
        "line": str(seen.line) if seen and seen.line > 0 else "",
    }  # fmt: skip
    made["Details"] = {"Other": {f"assay/{name}": _text(text, _FIELD) for name, text in told.items() if text}}
    return made


def _text(text: str, most: int) -> str:
    shown = findings.line(text, most)
    return shown if shown.strip() else "(none)"
