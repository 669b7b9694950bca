"""Lambda, ECS and AWS Batch in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.containers import JobAt, TaskAt, job, task
from assay.scanner.facts.compute.functions import ACCOUNT, ORGANIZATION, SOURCE, TOKEN, FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable, TaskDefinition
from assay.scanner.facts.spelling import Many

_ALIASES = (("aws_lambda_alias", "function_name"),)

READERS = (
    Reader(
        Invocable,
        ("aws_lambda_function",),
        function,
        FunctionAt(
            name="function_name",
            names=("function_name",),
            permissions=Many("aws_lambda_permission", "function_name", through=_ALIASES),
            principal="principal",
            action="action",
            bounds=(
                ("source_arn", *SOURCE),
                ("source_account", *ACCOUNT),
                ("principal_org_id", *ORGANIZATION),
                ("event_source_token", *TOKEN),
            ),
            # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_url
            urls=(Many("aws_lambda_function_url", "function_name", "authorization_type", through=_ALIASES),),
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition
    Reader(
        TaskDefinition,
        ("aws_ecs_task_definition",),
        task,
        TaskAt(
            name="family",
            containers="container_definitions",
            system="runtime_platform.operating_system_family",
            processes="pid_mode",
            memory="ipc_mode",
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/batch_job_definition
    Reader(
        TaskDefinition,
        ("aws_batch_job_definition",),
        job,
        JobAt(name="name", container="container_properties", others=("node_properties", "ecs_properties"), pods="eks_properties"),
        always=False,
    ),
)
