"""Functions, tasks and machines in AWS Config.

https://github.com/awslabs/aws-config-resource-schema, `AWS::Lambda::Function`, `AWS::ECS::TaskDefinition`. Of the scripts of machines
there is nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.sources.aws.recorded import AUDIT, Configured, Recorded, as_listed
from assay.scanner.sources.raw import Unknown


def _function(item: Configured) -> Any:
    fields = item.fields("KMSKeyArn", "Layers", "VpcConfig", "FileSystemConfigs", "DeadLetterConfig", "Description")
    network = fields.get("VpcConfig")
    if isinstance(network, dict) and network.get("SubnetIds") and network.get("VpcId") is None:
        network["VpcId"] = Unknown("AWS Config does not record the VPC of a function", AUDIT)
    return fields


def _policy(item: Configured) -> Any:
    found = item.more("Policy")
    return {"Policy": msgspec.json.encode(found).decode()} if isinstance(found, dict) else None


FUNCTION = Recorded("AWS::Lambda::Function", _function, (("get_policy", _policy),))
INSTANCE = as_listed("AWS::EC2::Instance", "IamInstanceProfile", "KeyName", "PublicIpAddress", "SubnetId", "VpcId")


def _family(item: Configured) -> Any:
    family, revision = _revision(item)
    return {"value": family} if revision >= 0 else None


def _revision(item: Configured) -> tuple[str, int]:
    """The family and the revision; -1 of one that is not in use any more."""
    family, _, number = str(item.configuration.get("TaskDefinitionArn") or item.arn).rpartition("/")[2].partition(":")
    active = item.configuration.get("Status") in (None, "ACTIVE")
    return family, int(number) if active and number.isdecimal() and len(number) < 20 else -1


def _task(item: Configured) -> Any:
    left_out = ("ExecutionRoleArn", "TaskRoleArn", "IpcMode", "PidMode", "Volumes", "ProxyConfiguration", "PlacementConstraints", "Status")
    return {"taskDefinition": item.fields(*left_out)}


TASK = Recorded("AWS::ECS::TaskDefinition", _family, (("describe_task_definition", _task),), newest=_revision)
