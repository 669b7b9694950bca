"""Background services in the live account. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.aws_api import ALIAS_POLICY, ALIASES, DESCRIBE_SERVICE, FUNCTIONS, ON_THE_INTERNET, RUNNERS, SERVICES, URLS
from assay.scanner.facts.compute.background.aws import FunctionAt, ServiceAt, SetAt, by_definition, function, scheduled, service
from assay.scanner.facts.compute.background.kinds import Worker
from assay.scanner.facts.messaging.aws_api import EVENT_TARGETS, SCHEDULES
from assay.scanner.facts.spelling import Index, Many

_SERVICE, _SCHEDULED = "describe_services.services", "get_schedule.Target.EcsParameters"
_BY_DEFINITION = by_definition({SERVICES.type: f"{_SERVICE}.taskDefinition"}, sets=f"{_SERVICE}.taskSets")
_COMMON: dict[str, Any] = {
    "provider": "capacityProvider",
    "weight": "weight",
    "base": "base",
    "balancers": (f"{_SERVICE}.loadBalancers", f"{_SERVICE}.taskSets.loadBalancers"),
    "services": Index(_BY_DEFINITION.types, _BY_DEFINITION.records, calls=(DESCRIBE_SERVICE.name,)),
}
READERS = (
    Reader(
        Worker,
        (SERVICES.type,),
        service,
        ServiceAt(
            name=f"{_SERVICE}.serviceName|value",
            sort="service",
            external=f"{_SERVICE}.deploymentController.type",
            of_sets=SetAt(sets=f"{_SERVICE}.taskSets"),
            launch=f"{_SERVICE}.launchType",
            strategy=f"{_SERVICE}.capacityProviderStrategy",
            task=f"{_SERVICE}.taskDefinition",
            **_COMMON,
        ),
    ),
    Reader(
        Worker,
        (SCHEDULES.type,),
        scheduled,
        ServiceAt(
            name="Name",
            sort="schedule",
            runs=_SCHEDULED,
            launch=f"{_SCHEDULED}.LaunchType",
            strategy=f"{_SCHEDULED}.CapacityProviderStrategy",
            task=f"{_SCHEDULED}.TaskDefinitionArn",
            **_COMMON,
        ),
        always=False,
    ),
    Reader(
        Worker,
        (EVENT_TARGETS.type,),
        scheduled,
        ServiceAt(
            name="Id",
            sort="schedule",
            runs="EcsParameters",
            launch="EcsParameters.LaunchType",
            strategy="EcsParameters.CapacityProviderStrategy",
            task="EcsParameters.TaskDefinitionArn",
            **_COMMON,
        ),
        always=False,
    ),
    Reader(
        Worker,
        (FUNCTIONS.type,),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionArn",),
            urls=(Many(URLS.type, "OfFunction"),),
            policies=("get_policy.Policy", Many(ALIASES.type, "OfFunction", "get_policy.Policy", calls=(ALIAS_POLICY.name,))),
        ),
    ),
    Reader(
        Worker,
        (RUNNERS.type,),
        app_runner.worker,
        app_runner.ServiceAt(name="ServiceName", public=ON_THE_INTERNET, state="Status"),
        always=False,
    ),
)
