"""Containers and their logs in the live account. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import DESCRIBE_TASK, JOBS, TASKS
from assay.scanner.facts.observe.sources.aws import AWSLOGS, TaskAt, task
from assay.scanner.facts.observe.sources.kinds import LogSource

READERS = (
    Reader(
        LogSource,
        (TASKS.type,),
        task,
        TaskAt(name="value", sort="task definition", containers=f"{DESCRIBE_TASK.name}.taskDefinition.containerDefinitions"),
    ),
    # Of jobs awslogs is the driver that is there by default: https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
    Reader(
        LogSource,
        (JOBS.type,),
        task,
        TaskAt(
            name="jobDefinitionName",
            sort="job definition",
            containers="containerProperties",
            default=AWSLOGS,
            others=("nodeProperties", "ecsProperties"),
            pods="eksProperties",
        ),
        always=False,
    ),
)
