"""Roles of tasks and functions in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.running.aws import RunAt, runs
from assay.scanner.facts.iam.running.identities import by_address
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import Named, running
from assay.scanner.facts.spelling import Link

_TASK, _FUNCTION, _APP = "AWS::ECS::TaskDefinition", "AWS::Lambda::Function", "AWS::AppRunner::Service"
_OF_APP = "InstanceConfiguration.InstanceRoleArn"
_INDEX = running(
    {
        _TASK: Named(("Family",), ("TaskRoleArn",)),
        _FUNCTION: Named(("FunctionName",), ("Role",)),
        _APP: Named(("ServiceName",), (_OF_APP,)),
    }
)
_ROLES = ("AWS::IAM::Role",)
_IDENTITIES = by_address({"AWS::IAM::Role": "RoleName"})
READERS = (
    Reader(
        RunsAs,
        (_TASK,),
        runs,
        RunAt(
            name="Family", sort="task", role=Link("TaskRoleArn", _ROLES), launcher="ExecutionRoleArn", index=_INDEX, identities=_IDENTITIES
        ),
    ),
    Reader(
        RunsAs,
        (_FUNCTION,),
        runs,
        RunAt(name="FunctionName", sort="function", role=Link("Role", _ROLES), index=_INDEX, identities=_IDENTITIES),
    ),
    Reader(
        RunsAs, (_APP,), runs, RunAt(name="ServiceName", sort="service", role=Link(_OF_APP, _ROLES), index=_INDEX, identities=_IDENTITIES)
    ),
)
