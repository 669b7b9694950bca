"""Background services in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.background.aws import FunctionAt, ServiceAt, SetAt, by_definition, function, scheduled, service
from assay.scanner.facts.compute.background.kinds import Worker
from assay.scanner.facts.compute.cloudformation import APP_RUNNER, CLUSTERS, DEFAULTS, ON_THE_INTERNET, VERSIONS
from assay.scanner.facts.spelling import Link, Many, Referrer

_COMMON: dict[str, Any] = {
    "weight": "Weight",
    "base": "Base",
    "definitions": Link("", ("AWS::ECS::TaskDefinition",)),
    "family": "Family",
    "balancers": ("LoadBalancers", Referrer("AWS::ECS::TaskSet", "Service", "LoadBalancers")),
    "services": by_definition({"AWS::ECS::Service": "TaskDefinition", "AWS::ECS::TaskSet": "TaskDefinition"}),
    **DEFAULTS,
}
_SCHEDULED = "Target.EcsParameters"
READERS = (
    Reader(
        Worker,
        ("AWS::ECS::Service", "AWS::ECS::TaskSet"),
        service,
        ServiceAt(
            name="ServiceName",
            names=("ServiceName",),
            sort="service",
            external="DeploymentController.Type",
            of_sets=SetAt(
                sets=Referrer("AWS::ECS::TaskSet", "Service"),
                launch="LaunchType",
                strategy="CapacityProviderStrategy",
                task="TaskDefinition",
            ),
            launch="LaunchType",
            strategy="CapacityProviderStrategy",
            task="TaskDefinition",
            cluster=Link("Cluster", CLUSTERS),
            **_COMMON,
        ),
    ),
    Reader(
        Worker,
        ("AWS::Scheduler::Schedule",),
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
        ("AWS::Events::Rule",),
        scheduled,
        ServiceAt(
            name="Name",
            sort="schedule",
            blocks="Targets",
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
        ("AWS::Lambda::Function",),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionName",),
            urls=(Many("AWS::Lambda::Url", "TargetFunctionArn", through=VERSIONS),),
            targets=(Referrer("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets.0.Id", through=VERSIONS),),
        ),
    ),
    Reader(Worker, (APP_RUNNER,), app_runner.worker, app_runner.ServiceAt(name="ServiceName", public=ON_THE_INTERNET)),
)
