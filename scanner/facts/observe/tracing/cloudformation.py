"""Tracing in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-tracingconfig.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.tracing.aws import FunctionAt, StageAt, TaskAt, function, stage, task
from assay.scanner.facts.observe.tracing.kinds import TraceSource
from assay.scanner.facts.spelling import Link

READERS = (
    Reader(
        TraceSource,
        ("AWS::Lambda::Function",),
        function,
        FunctionAt(name="FunctionName", mode="TracingConfig.Mode", variables="Environment.Variables", layers="Layers"),
    ),
    Reader(
        TraceSource,
        ("AWS::ECS::TaskDefinition",),
        task,
        TaskAt(name="Family", containers="ContainerDefinitions", repositories=Link("", ("AWS::ECR::Repository",)), called="RepositoryName"),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html
    Reader(TraceSource, ("AWS::ApiGateway::Stage",), stage, StageAt(name="StageName", enabled="TracingEnabled")),
)
