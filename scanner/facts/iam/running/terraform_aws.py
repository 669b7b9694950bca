"""Roles of tasks and functions in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.running.aws import RunAt, runs
from assay.scanner.facts.iam.running.identities import by_address
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import Named, running
from assay.scanner.facts.spelling import Link

_TASK, _FUNCTION, _APP = "aws_ecs_task_definition", "aws_lambda_function", "aws_apprunner_service"
_OF_APP = "instance_configuration.instance_role_arn"
_INDEX = running(
    {
        _TASK: Named(("family",), ("task_role_arn",)),
        _FUNCTION: Named(("function_name",), ("role",)),
        _APP: Named(("service_name",), (_OF_APP,)),
    }
)
_ROLES = ("aws_iam_role", "data.aws_iam_role")
_IDENTITIES = by_address({"aws_iam_role": "name", "data.aws_iam_role": "name"})
READERS = (
    Reader(
        RunsAs,
        (_TASK,),
        runs,
        RunAt(
            name="family",
            sort="task",
            role=Link("task_role_arn", _ROLES),
            launcher="execution_role_arn",
            index=_INDEX,
            identities=_IDENTITIES,
        ),
    ),
    Reader(
        RunsAs,
        (_FUNCTION,),
        runs,
        RunAt(name="function_name", sort="function", role=Link("role", _ROLES), index=_INDEX, identities=_IDENTITIES),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apprunner_service
    Reader(
        RunsAs, (_APP,), runs, RunAt(name="service_name", sort="service", role=Link(_OF_APP, _ROLES), index=_INDEX, identities=_IDENTITIES)
    ),
)
