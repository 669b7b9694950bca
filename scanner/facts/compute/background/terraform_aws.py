"""Background services of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.background.aws import FunctionAt, ServiceAt, SetAt, by_definition, function, scheduled, service
from assay.scanner.facts.compute.background.kinds import Worker
from assay.scanner.facts.compute.terraform_aws import ALIASES, APP_RUNNER, CLUSTERS, DEFAULTS, ON_THE_INTERNET
from assay.scanner.facts.spelling import Link, Many, Referrer

_COMMON: dict[str, Any] = {
    "weight": "weight",
    "base": "base",
    "definitions": Link("", ("aws_ecs_task_definition", "data.aws_ecs_task_definition")),
    "family": "family",
    "balancers": ("load_balancer", Referrer("aws_ecs_task_set", "service", "load_balancer")),
    "services": by_definition({"aws_ecs_service": "task_definition", "aws_ecs_task_set": "task_definition"}),
    **DEFAULTS,
}
_SCHEDULED = "target.ecs_parameters"
READERS = (
    Reader(
        Worker,
        ("aws_ecs_service", "aws_ecs_task_set"),
        service,
        ServiceAt(
            name="name",
            names=("name",),
            sort="service",
            external="deployment_controller.type",
            of_sets=SetAt(
                sets=Referrer("aws_ecs_task_set", "service"),
                launch="launch_type",
                strategy="capacity_provider_strategy",
                task="task_definition",
            ),
            launch="launch_type",
            strategy="capacity_provider_strategy",
            task="task_definition",
            cluster=Link("cluster", CLUSTERS),
            **_COMMON,
        ),
    ),
    Reader(
        Worker,
        ("aws_scheduler_schedule",),
        scheduled,
        ServiceAt(
            name="name",
            sort="schedule",
            runs=_SCHEDULED,
            launch=f"{_SCHEDULED}.launch_type",
            strategy=f"{_SCHEDULED}.capacity_provider_strategy",
            task=f"{_SCHEDULED}.task_definition_arn",
            **_COMMON,
        ),
        always=False,
    ),
    Reader(
        Worker,
        ("aws_cloudwatch_event_target",),
        scheduled,
        ServiceAt(
            name="target_id",
            sort="schedule",
            runs="ecs_target",
            launch="ecs_target.launch_type",
            strategy="ecs_target.capacity_provider_strategy",
            task="ecs_target.task_definition_arn",
            **_COMMON,
        ),
        always=False,
    ),
    Reader(
        Worker,
        ("aws_lambda_function",),
        function,
        FunctionAt(
            name="function_name",
            names=("function_name",),
            urls=(Many("aws_lambda_function_url", "function_name", through=ALIASES),),
            # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_target_group_attachment
            targets=(
                Referrer("aws_lb_target_group_attachment", "target_id", through=ALIASES),
                Referrer("aws_alb_target_group_attachment", "target_id", through=ALIASES),
            ),
        ),
    ),
    Reader(Worker, (APP_RUNNER,), app_runner.worker, app_runner.ServiceAt(name="service_name", public=ON_THE_INTERNET)),
)
