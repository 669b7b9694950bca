"""Tracing in the live account. https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import DESCRIBE_TASK, FUNCTIONS, TASKS
from assay.scanner.facts.edge.aws_api import STAGES
from assay.scanner.facts.observe.tracing.aws import FunctionAt, StageAt, TaskAt, function, stage, task
from assay.scanner.facts.observe.tracing.kinds import TraceSource

READERS = (
    Reader(
        TraceSource,
        (FUNCTIONS.type,),
        function,
        FunctionAt(name="FunctionName", mode="TracingConfig.Mode", variables="Environment.Variables", layers="Layers", layer="Arn"),
    ),
    Reader(TraceSource, (TASKS.type,), task, TaskAt(name="value", containers=f"{DESCRIBE_TASK.name}.taskDefinition.containerDefinitions")),
    # https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html
    Reader(TraceSource, (STAGES.type,), stage, StageAt(name="stageName", enabled="tracingEnabled")),
)
