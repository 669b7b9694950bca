"""What a permission amounts to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from assay.scanner.facts.condition_keys import of_resources
from assay.scanner.facts.denials import denied
from assay.scanner.facts.iam.kinds import Permission
from assay.scanner.facts.statements import Statement, marked, reach_bounded, statements
from assay.scanner.sources.values import Reference, Text, Unknown, Value, all_of, any_of, describe, unknown_inside


def statement_permission(statement: Statement | Unknown, denials: Iterable[Statement] = ()) -> Permission | Unknown | None:
    """A statement as a permission; None where it denies. `denials`: the statements of all policies of the identity."""
    if isinstance(statement, Unknown):
        return statement
    if statement.allows is False:
        return None
    parts = [Value(statement.allows), _wild_action(statement), _wild_resource(statement), reach_bounded(statement).negate()]
    wide = all_of(parts)
    if wide.data is not False:
        wide = all_of([wide, denied(statement, denials, of_resources).negate()])
    actions = ("everything but " if statement.not_action else "") + ", ".join(describe(action) for action in statement.actions)
    resources = ("everything but " if statement.not_resource else "") + ", ".join(describe(resource) for resource in statement.resources)
    name = f"{actions or 'nothing'} on {resources or 'its own resource'}"
    return Permission(
        name=Value(f"{statement.sid}: {name}" if statement.sid else name, statement.seen), wildcard=Value(wide.data, statement.seen)
    )


def document_permissions(document: Value[Any]) -> list[Any]:
    """What a policy document by itself allows, as Permission or Unknown; its denials are subtracted."""
    return permissions_of(statements(document))


def permissions_of(written: list[Statement | Unknown], denials: Iterable[Statement] = ()) -> list[Any]:
    """What statements allow, as Permission or Unknown, less what they and `denials` deny."""
    denying = [*(statement for statement in written if isinstance(statement, Statement) and statement.allows is not True), *denials]
    return [permission for statement in written if (permission := statement_permission(statement, denying)) is not None]


def _wild_action(statement: Statement) -> Value[bool]:
    if statement.not_action:
        return Value(True, statement.seen)
    return any_of([Value.of(action).then(_every_action) for action in statement.actions])


def _every_action(action: Any) -> bool | Unknown:
    """Every action of a service, or of all: `*`, `s3:*`, `s3:?*`."""
    if isinstance(action, list):
        return any_of([Value.of(element).then(_every_action) for element in action]).data  # type: ignore[no-any-return]
    text = marked(action) if isinstance(action, Text) else action
    if not isinstance(text, str):
        return Unknown(f"which actions {describe(action)} are", "scan the plan")
    service, colon, name = text.partition(":")
    if "\0" in name or (not colon and "\0" in text):
        # Some sign of its name is known to be none of a wildcard.
        return False if name.replace("\0", "").strip("*?") else _not_told(action, f"which actions {describe(action)} are")
    return _all_wild(service) or (bool(colon) and _all_wild(name))


def _all_wild(name: str) -> bool:
    return "*" in name and not name.strip("*?")


def _not_told(raw: Any, what: str) -> Unknown:
    return unknown_inside(raw) or Unknown(what, "scan the plan")


def _wild_resource(statement: Statement) -> Value[bool]:
    if statement.not_resource:
        return Value(True, statement.seen)
    return any_of([Value.of(resource).then(_every_resource) for resource in statement.resources])


_TYPE = re.compile(r"^/?[\w-]+[/:](?=[*?])")


def _every_resource(resource: Any) -> bool | Unknown:
    """`*`, or an ARN whose resource part is nothing but wildcards: `arn:aws:s3:::*/*`, `arn:aws:dynamodb:*:*:table/*`."""
    if isinstance(resource, list):
        return any_of([Value.of(element).then(_every_resource) for element in resource]).data  # type: ignore[no-any-return]
    if isinstance(resource, Reference):
        return False  # it names one resource
    if isinstance(resource, Text):
        if not isinstance(resource.parts[0], str):
            return resource.unknown if isinstance(resource.parts[0], Unknown) and resource.unknown else False
        resource = marked(resource)  # partition, region and account do not matter, and a name that is not known is a name
    if not isinstance(resource, str):
        return Unknown(f"which resources {describe(resource)} are", "scan the plan")
    if not resource.startswith("arn:"):
        return resource.strip("*?") == "" and "*" in resource
    fields = resource.split(":", 5)
    if len(fields) < 6:
        return fields[-1].endswith("*")  # whatever comes after the service or the region
    # All but S3 begin with the type of the resource; there `orders/*` is what is in one bucket.
    name = fields[5] if fields[2] == "s3" else _TYPE.sub("", fields[5])
    return name.strip("*?/:") == "" and "*" in name


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
