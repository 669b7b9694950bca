"""Lambda, ECS and AWS Batch in the live account.

https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.containers import JobAt, TaskAt, job, task
from assay.scanner.facts.compute.functions import FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable, TaskDefinition
from assay.scanner.facts.spelling import Many
from assay.scanner.sources.aws.calls import Call, Listing

_GONE = "ResourceNotFoundException"
"""Also what Lambda answers where something has no policy."""
POLICY = Call("lambda", "GetPolicy", (("FunctionName", "FunctionName"),), absent=(_GONE,))
ALIAS_POLICY = Call("lambda", "GetPolicy", (("FunctionName", "OfFunction"), ("Qualifier", "Name")), absent=(_GONE,))
FUNCTIONS = Listing(
    "lambda.function", Call("lambda", "ListFunctions"), entries="Functions", id="FunctionArn", gone=(_GONE,), details=(POLICY,)
)
URLS = Listing(
    "lambda.url",
    Call("lambda", "ListFunctionUrlConfigs", (("FunctionName", "FunctionName"),)),
    entries="FunctionUrlConfigs",
    id="FunctionUrl",
    parent=FUNCTIONS.type,
    known=(("OfFunction", "FunctionArn"),),
)
# What has a policy of its own: https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html#API_GetPolicy_RequestSyntax
ALIASES = Listing(
    "lambda.alias",
    Call("lambda", "ListAliases", (("FunctionName", "FunctionName"),)),
    entries="Aliases",
    id="AliasArn",
    parent=FUNCTIONS.type,
    known=(("OfFunction", "FunctionArn"),),
    gone=(_GONE,),
    details=(ALIAS_POLICY,),
)
# The newest revision of each family: DescribeTaskDefinition takes the name of a family for that.
DESCRIBE_TASK = Call("ecs", "DescribeTaskDefinition", (("taskDefinition", "value"),))
TASKS = Listing(
    "ecs.task_definition",
    Call("ecs", "ListTaskDefinitionFamilies", (("status", "=ACTIVE"),), page_size=100),
    entries="families",
    id="arn:{partition}:ecs:{region}:{account}:task-definition/{value}",
    gone=("ClientException",),
    details=(DESCRIBE_TASK,),
)
# https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html
JOBS = Listing(
    "batch.job_definition",
    Call("batch", "DescribeJobDefinitions", (("status", "=ACTIVE"),), page_size=100),
    entries="jobDefinitions",
    id="jobDefinitionArn",
)
LISTINGS = (FUNCTIONS, URLS, ALIASES, TASKS, JOBS)
_TASK = "describe_task_definition.taskDefinition"

READERS = (
    Reader(
        Invocable,
        (FUNCTIONS.type,),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionArn",),
            policies=("get_policy.Policy", Many(ALIASES.type, "OfFunction", "get_policy.Policy", calls=(ALIAS_POLICY.name,))),
            # Of a URL for an alias, FunctionArn ends with the name of that.
            urls=(Many(URLS.type, "OfFunction", "AuthType"),),
        ),
    ),
    Reader(
        TaskDefinition,
        (TASKS.type,),
        task,
        TaskAt(
            name="value",
            containers=f"{_TASK}.containerDefinitions",
            system=f"{_TASK}.runtimePlatform.operatingSystemFamily",
            processes=f"{_TASK}.pidMode",
            memory=f"{_TASK}.ipcMode",
        ),
    ),
    Reader(
        TaskDefinition,
        (JOBS.type,),
        job,
        JobAt(name="jobDefinitionName", container="containerProperties", others=("nodeProperties", "ecsProperties"), pods="eksProperties"),
        always=False,
    ),
)
