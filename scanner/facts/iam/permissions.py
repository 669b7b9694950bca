"""What a permission amounts to."""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.facts.iam.kinds import Permission
from assay.scanner.facts.statements import BOUNDING_KEYS, Statement, bounded, marked, statements
from assay.scanner.sources.values import Reference, Text, Unknown, Value, all_of, any_of, describe

# Keys that limit which resources, or through which service, an action reaches; a region or TLS does not reduce privilege.
RESOURCE_KEYS = (BOUNDING_KEYS - {"aws:sourceip", "aws:vpcsourceip", "aws:userid"}) | {
    "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "kms:viaservice", "kms:encryptioncontext", "iam:passedtoservice",
    "iam:permissionsboundary",
}  # fmt: skip
_TAG_KEYS = ("aws:requesttag/", *(f"{service}:resourcetag/" for service in ("aws", "ec2", "ssm", "secretsmanager", "iam")))


def statement_permission(statement: Statement | Unknown) -> Permission | Unknown | None:
    """A statement as a permission; None where it denies."""
    if isinstance(statement, Unknown):
        return statement
    if statement.allows is False:
        return None
    keys = set(RESOURCE_KEYS)
    if isinstance(statement.conditions, list):
        keys |= {condition.key for condition in statement.conditions if condition.key.startswith(_TAG_KEYS)}
    wide = all_of([Value(statement.allows), _wild_action(statement), _wild_resource(statement), bounded(statement, keys).negate()])
    actions = ("everything but " if statement.not_action else "") + ", ".join(describe(action) for action in statement.actions)
    resources = ("everything but " if statement.not_resource else "") + ", ".join(describe(resource) for resource in statement.resources)
    name = f"{actions or 'nothing'} on {resources or 'its own resource'}"
    return Permission(
        name=Value(f"{statement.sid}: {name}" if statement.sid else name, statement.seen), wildcard=Value(wide.data, statement.seen)
    )


def document_permissions(document: Value[Any]) -> list[Any]:
    """What a policy document allows, as Permission or Unknown; denials give nothing."""
    return [permission for statement in statements(document) if (permission := statement_permission(statement)) is not None]


def _wild_action(statement: Statement) -> Value[bool]:
    if statement.not_action:
        return Value(True, statement.seen)
    return any_of([Value.of(action).then(_every_action) for action in statement.actions])


def _every_action(action: Any) -> bool | Unknown:
    if isinstance(action, str):
        service, _, name = action.partition(":")
        return not service.strip("*") or not name.strip("*") if name or action.strip("*") == "" else False
    return action if isinstance(action, Unknown) else Unknown(f"which actions {describe(action)} are", "scan the plan")


def _wild_resource(statement: Statement) -> Value[bool]:
    if statement.not_resource:
        return Value(True, statement.seen)
    return any_of([Value.of(resource).then(_every_resource) for resource in statement.resources])


def _every_resource(resource: Any) -> bool | Unknown:
    """`*`, or an ARN whose resource part is nothing but wildcards: `arn:aws:s3:::*/*`, `arn:aws:dynamodb:*:*:table/*`."""
    if isinstance(resource, Reference):
        return False  # it names one resource
    if isinstance(resource, Text):
        if not isinstance(resource.parts[0], str):
            return resource.parts[0] if isinstance(resource.parts[0], Unknown) else False
        resource = marked(resource)  # partition, region and account do not matter, and a name that is not known is a name
    if not isinstance(resource, str):
        return resource if isinstance(resource, Unknown) else Unknown(f"which resources {describe(resource)} are", "scan the plan")
    if not resource.startswith("arn:"):
        return resource.strip("*") == ""
    fields = resource.split(":", 5)
    if len(fields) < 6:
        return fields[-1].strip("*") == ""
    # All but S3 begin with the type of the resource; there `orders/*` is what is in one bucket.
    name = fields[5] if fields[2] == "s3" else re.sub(r"^[a-z-]+[/:](?=\*)", "", fields[5])
    return name.strip("*/:") == ""


# AWS-managed policies by what they amount to: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
# Policies named …FullAccess allow every action of a service on every resource.
PRIVILEGED = {
    "AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "SystemAdministrator", "AdministratorAccess-Amplify",
    "AdministratorAccess-AWSElasticBeanstalk",
}  # fmt: skip
HARMLESS = {
    "AmazonECSTaskExecutionRolePolicy", "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess", "CloudWatchAgentServerPolicy", "AmazonSSMManagedInstanceCore", "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaDynamoDBExecutionRole", "AWSLambdaKinesisExecutionRole", "ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess",
    "AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly", "AmazonS3ReadOnlyAccess", "AmazonDynamoDBReadOnlyAccess",
    "AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonRDSEnhancedMonitoringRole",
    "AmazonAPIGatewayPushToCloudWatchLogs", "AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore",
    "AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores",
    "AWSConfigRole", "AWS_ConfigRole", "CloudWatchReadOnlyAccess", "AWSSupportAccess", "Billing", "AmazonEC2ReadOnlyAccess",
}  # fmt: skip
_MANAGED = re.compile(r"^arn:(?:aws[a-z-]*|\0):iam::aws:policy/(?:[\w-]+/)*([\w-]+)$")


def managed_policy(arn: Value[Any]) -> Permission:
    """An AWS-managed policy by its ARN, whatever the partition."""
    text = marked(arn.data) if isinstance(arn.data, Text) else arn.data
    match = _MANAGED.match(text) if isinstance(text, str) else None
    if match is None:
        why = arn.unknown or Unknown(
            f"what the policy {describe(arn.data)} allows: it is declared elsewhere", "scan it together with this, or the live account"
        )
        return Permission(name=Value(describe(arn.data), arn.seen), wildcard=Value(why, arn.seen))
    name = match[1]
    wild: Any = name in PRIVILEGED or name.endswith("FullAccess")
    if not wild and name not in HARMLESS:
        wild = Unknown(f"what the AWS-managed policy {name} allows is not in our table", "scan the live account")
    return Permission(name=Value(f"AWS-managed policy {name}", arn.seen), wildcard=Value(wild, arn.seen))


# Google: https://cloud.google.com/iam/docs/roles-overview#basic

_BROAD_ROLES = ("roles/owner", "roles/editor", "roles/viewer", "roles/admin", "roles/writer", "roles/reader")
_SERVICE_AGENT = re.compile(r"^serviceAccount:(?:\d+@cloudservices|(?:service|project)-\d+@[\w.-]+\.iam)\.gserviceaccount\.com$")


def is_service_agent(member: Any) -> bool:
    """A service account that Google made for one of its services: https://cloud.google.com/iam/docs/service-agents"""
    return isinstance(member, str) and bool(_SERVICE_AGENT.match(member))


def role_permission(role: Value[Any], member: Any) -> Permission:
    """A role that a member has at project level or above."""

    def wide(name: Any) -> bool | Unknown:
        if isinstance(name, str):
            return name in _BROAD_ROLES or bool(re.fullmatch(r"roles/[\w.]+\.admin", name))
        return False if isinstance(name, Reference) else Unknown(f"which role {describe(name)} is", "scan the plan")

    return Permission(
        name=Value(f"{describe(role.data)} for {describe(member)}", role.seen),
        wildcard=Value(False, role.seen) if is_service_agent(member) else role.then(wide),
    )
