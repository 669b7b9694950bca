"""Images on AWS in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader

from .kinds import ImageSource
from .repositories import EcrAt, ecr
from .running import OneAt, TaskAt, one, task

READERS = (
    Reader(
        ImageSource,
        ("AWS::ECR::Repository",),
        ecr,
        EcrAt(
            name="RepositoryName",
            mutability="ImageTagMutability",
            exclusions="ImageTagMutabilityExclusionFilters",
            filter="ImageTagMutabilityExclusionFilterValue",
        ),
    ),
    Reader(
        ImageSource, ("AWS::ECS::TaskDefinition",), task, TaskAt(name="Family", sort="task definition", containers="ContainerDefinitions")
    ),
    Reader(
        ImageSource,
        ("AWS::Batch::JobDefinition",),
        task,
        TaskAt(
            name="JobDefinitionName",
            sort="job definition",
            containers="ContainerProperties",
            others=("NodeProperties", "EcsProperties"),
            pods="EksProperties",
        ),
        always=False,
    ),
    Reader(ImageSource, ("AWS::Lambda::Function",), one, OneAt(name="FunctionName", sort="function", image="Code.ImageUri"), always=False),
    Reader(
        ImageSource,
        ("AWS::AppRunner::Service",),
        one,
        OneAt(name="ServiceName", sort="service", image="SourceConfiguration.ImageRepository.ImageIdentifier"),
        always=False,
    ),
)
