"""Roles of tasks and functions of the live account. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import DESCRIBE_TASK, FUNCTIONS, TASKS
from assay.scanner.facts.iam.aws_api import ROLES
from assay.scanner.facts.iam.running.aws import RunAt, runs
from assay.scanner.facts.iam.running.identities import by_address
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import Named, running
from assay.scanner.facts.spelling import Link

_TASK = f"{DESCRIBE_TASK.name}.taskDefinition"
_INDEX = running(
    {TASKS.type: Named(("value",), (f"{_TASK}.taskRoleArn",)), FUNCTIONS.type: Named(("FunctionName",), ("Role",))}, (DESCRIBE_TASK.name,)
)
_IDENTITIES = by_address({ROLES.type: "RoleName"})
READERS = (
    Reader(
        RunsAs,
        (TASKS.type,),
        runs,
        RunAt(
            name="value",
            sort="task",
            role=Link(f"{_TASK}.taskRoleArn", (ROLES.type,)),
            launcher=f"{_TASK}.executionRoleArn",
            index=_INDEX,
            identities=_IDENTITIES,
        ),
    ),
    Reader(
        RunsAs,
        (FUNCTIONS.type,),
        runs,
        RunAt(name="FunctionName", sort="function", role=Link("Role", (ROLES.type,)), index=_INDEX, identities=_IDENTITIES),
    ),
)
