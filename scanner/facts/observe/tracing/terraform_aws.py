"""Tracing in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function#tracing_config"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.tracing.aws import FunctionAt, StageAt, TaskAt, function, stage, task
from assay.scanner.facts.observe.tracing.kinds import TraceSource
from assay.scanner.facts.spelling import Link

READERS = (
    Reader(
        TraceSource,
        ("aws_lambda_function",),
        function,
        FunctionAt(name="function_name", mode="tracing_config.mode", variables="environment.variables", layers="layers"),
    ),
    Reader(
        TraceSource,
        ("aws_ecs_task_definition",),
        task,
        TaskAt(name="family", containers="container_definitions", repositories=Link("", ("aws_ecr_repository",)), called="name"),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_stage
    Reader(TraceSource, ("aws_api_gateway_stage",), stage, StageAt(name="stage_name", enabled="xray_tracing_enabled")),
)
