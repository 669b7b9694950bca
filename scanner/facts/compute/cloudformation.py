"""Lambda, ECS and AWS Batch in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.containers import JobAt, TaskAt, job, task
from assay.scanner.facts.compute.functions import ACCOUNT, ORGANIZATION, SOURCE, TOKEN, FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable, TaskDefinition
from assay.scanner.facts.spelling import Many

_VERSIONS = (("AWS::Lambda::Alias", "FunctionName"), ("AWS::Lambda::Version", "FunctionName"))

READERS = (
    Reader(
        Invocable,
        ("AWS::Lambda::Function",),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionName",),
            permissions=Many("AWS::Lambda::Permission", "FunctionName", through=_VERSIONS),
            principal="Principal",
            action="Action",
            bounds=(
                ("SourceArn", *SOURCE),
                ("SourceAccount", *ACCOUNT),
                ("PrincipalOrgID", *ORGANIZATION),
                ("EventSourceToken", *TOKEN),
            ),
            urls=(Many("AWS::Lambda::Url", "TargetFunctionArn", "AuthType", through=_VERSIONS),),
        ),
    ),
    Reader(
        TaskDefinition,
        ("AWS::ECS::TaskDefinition",),
        task,
        TaskAt(
            name="Family",
            containers="ContainerDefinitions",
            system="RuntimePlatform.OperatingSystemFamily",
            processes="PidMode",
            memory="IpcMode",
        ),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobdefinition.html
    Reader(
        TaskDefinition,
        ("AWS::Batch::JobDefinition",),
        job,
        JobAt(name="JobDefinitionName", container="ContainerProperties", others=("NodeProperties", "EcsProperties"), pods="EksProperties"),
        always=False,
    ),
)
