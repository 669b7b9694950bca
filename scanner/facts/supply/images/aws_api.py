"""Images in the live account. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import FUNCTIONS, JOBS, RUNNER, RUNNERS, TASKS
from assay.scanner.facts.keys.at_rest.aws_api import REGISTRIES

from .kinds import ImageSource
from .repositories import EcrAt, ecr
from .running import OneAt, TaskAt, one, task

LISTINGS = ()
_TASK = "describe_task_definition.taskDefinition.containerDefinitions"

READERS = (
    Reader(
        ImageSource,
        (REGISTRIES.type,),
        ecr,
        EcrAt(name="repositoryName", mutability="imageTagMutability", exclusions="imageTagMutabilityExclusionFilters"),
    ),
    Reader(ImageSource, (TASKS.type,), task, TaskAt(name="value", sort="task definition", containers=_TASK)),
    Reader(
        ImageSource,
        (JOBS.type,),
        task,
        TaskAt(
            name="jobDefinitionName",
            sort="job definition",
            containers="containerProperties",
            others=("nodeProperties", "ecsProperties"),
            pods="eksProperties",
        ),
        always=False,
    ),
    Reader(ImageSource, (FUNCTIONS.type,), one, OneAt(name="FunctionName", sort="function", package="PackageType"), always=False),
    Reader(
        ImageSource,
        (RUNNERS.type,),
        one,
        OneAt(
            name="ServiceName",
            sort="service",
            image=f"{RUNNER}.SourceConfiguration.ImageRepository.ImageIdentifier",
            state="Status",
        ),
        always=False,
    ),
)
