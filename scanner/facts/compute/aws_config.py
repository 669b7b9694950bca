"""Functions, tasks, services and machines in AWS Config.

https://github.com/awslabs/aws-config-resource-schema, `AWS::Lambda::Function`, `AWS::ECS::TaskDefinition`, `AWS::ECS::Service`. Of the
scripts of machines, and of the volumes and alarms of a deployment, there is nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.sources.aws.recorded import AUDIT, AnyCase, ConfigurationItem, Recorded, as_listed
from assay.scanner.sources.raw import Unknown


def _function(item: ConfigurationItem) -> Any:
    fields = item.fields("KMSKeyArn", "Layers", "VpcConfig", "FileSystemConfigs", "DeadLetterConfig", "Description")
    network = fields.get("VpcConfig")
    if isinstance(network, dict) and network.get("SubnetIds") and network.get("VpcId") is None:
        network["VpcId"] = Unknown("AWS Config does not record the VPC of a function", AUDIT)
    return fields


def _policy(item: ConfigurationItem) -> Any:
    policy = item.more("Policy")
    return {"Policy": msgspec.json.encode(policy).decode()} if isinstance(policy, dict) else None


FUNCTION = Recorded("AWS::Lambda::Function", _function, (("get_policy", _policy),))
INSTANCE = as_listed("AWS::EC2::Instance", "IamInstanceProfile", "KeyName", "PublicIpAddress", "SubnetId", "VpcId")


def _family(item: ConfigurationItem) -> Any:
    family, revision = _revision(item)
    return {"value": family} if revision >= 0 else None


def _revision(item: ConfigurationItem) -> tuple[str, int]:
    """The family and the revision; -1 of one that is not in use any more."""
    family, _, number = str(item.configuration.get("TaskDefinitionArn") or item.arn).rpartition("/")[2].partition(":")
    active = item.configuration.get("Status") in (None, "ACTIVE")
    return family, int(number) if active and number.isdecimal() and len(number) < 20 else -1


def _task(item: ConfigurationItem) -> Any:
    left_out = ("ExecutionRoleArn", "TaskRoleArn", "IpcMode", "PidMode", "Volumes", "ProxyConfiguration", "PlacementConstraints", "Status")
    return {"taskDefinition": item.fields(*left_out)}


TASK = Recorded("AWS::ECS::TaskDefinition", _family, (("describe_task_definition", _task),), newest=_revision)


def _cluster(item: ConfigurationItem) -> Any:
    """As CloudFormation has it. One that was deleted is inactive for ECS, and no more there for Config."""
    fields = item.fields()
    fields |= {"settings": fields.get("ClusterSettings"), "status": "ACTIVE"}
    return {"clusters": [fields]}


CLUSTER = Recorded(
    "AWS::ECS::Cluster", lambda item: {"value": item.configuration.get("Arn") or item.arn}, (("describe_clusters", _cluster),)
)


def _service(item: ConfigurationItem) -> Any:
    """As CloudFormation has it. A service has a launch type or a strategy, and sets of tasks where others than ECS deploy it.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html
    """
    fields = item.fields()
    one_of_them = ("LaunchType", "CapacityProviderStrategy")
    given = [name for name in one_of_them if item.configuration.get(name)]
    if len(given) == 1:
        fields |= {name: None for name in one_of_them if name not in given}
    controller = item.configuration.get("DeploymentController")
    if isinstance(controller, dict) and controller.get("Type") == "ECS":
        fields["taskSets"] = None
    deployed = item.configuration.get("DeploymentConfiguration")
    if isinstance(deployed, dict):
        fields["DeploymentConfiguration"] = AnyCase(deployed, frozenset(), fields.of)
    return {"services": [fields]}


def _listed_service(item: ConfigurationItem) -> Any:
    return {"value": item.configuration.get("ServiceArn") or item.arn, "ClusterArn": item.configuration.get("Cluster")}


SERVICE = Recorded("AWS::ECS::Service", _listed_service, (("describe_services", _service),))
SCALING_GROUP = as_listed("AWS::AutoScaling::AutoScalingGroup")
