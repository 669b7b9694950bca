"""What scales ECS services in the live account.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.aws_api import RUNNERS, SCALING, SERVICES
from assay.scanner.facts.compute.scaling.claims import ClaimAt, claims
from assay.scanner.facts.compute.scaling.cloudformation import CUSTOMIZED
from assay.scanner.facts.compute.scaling.ecs import ServiceAt, service
from assay.scanner.facts.compute.scaling.kinds import ScaledService
from assay.scanner.facts.compute.scaling.metrics import PolicyAt
from assay.scanner.facts.spelling import Link, Referrer
from assay.scanner.sources.aws.calls import Call, Listing

_OF_ECS = (("ServiceNamespace", "=ecs"),)
# Not every target has an ARN of its own in the answer, and a service has one target.
TARGETS = Listing(
    "application_autoscaling.target",
    Call("application-autoscaling", "DescribeScalableTargets", _OF_ECS, page_size=50),
    entries="ScalableTargets",
    id="arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/{ResourceId}",
)
POLICIES = Listing(
    "application_autoscaling.policy",
    Call("application-autoscaling", "DescribeScalingPolicies", _OF_ECS, page_size=10),
    entries="ScalingPolicies",
    id="PolicyARN",
)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
ALARM_TAGS = Call("cloudwatch", "ListTagsForResource", (("ResourceARN", "AlarmArn"),))
ALARMS = Listing(
    "cloudwatch.alarm",
    Call("cloudwatch", "DescribeAlarms", page_size=100),
    entries="MetricAlarms",
    id="AlarmArn",
    gone=("ResourceNotFoundException",),
    details=(ALARM_TAGS,),
)
LISTINGS = (TARGETS, POLICIES, ALARMS)
_SERVICE = "describe_services.services"
_CLAIM = ClaimAt(namespace="ServiceNamespace", resource="ResourceId")

READERS = (
    Reader(
        ScaledService,
        (SERVICES.type,),
        service,
        ServiceAt(
            name=f"{_SERVICE}.serviceName",
            cluster=Link("ClusterArn", ()),
            cluster_name="",
            scheduling=f"{_SERVICE}.schedulingStrategy",
            state=f"{_SERVICE}.status",
            targets=claims(TARGETS.type, _CLAIM),
            policies=claims(POLICIES.type, _CLAIM),
            least="MinCapacity",
            most="MaxCapacity",
            halted="SuspendedState.DynamicScalingOutSuspended",
            policy=PolicyAt(
                tracking="TargetTrackingScalingPolicyConfiguration",
                predefined="PredefinedMetricSpecification.PredefinedMetricType",
                custom="CustomizedMetricSpecification",
                customized=CUSTOMIZED,
                steps="StepScalingPolicyConfiguration",
                adjustments="StepAdjustments",
                adjustment="ScalingAdjustment",
                names=("PolicyARN",),
                alarms=Referrer(ALARMS.type, "AlarmActions"),
                enabled="ActionsEnabled",
                alarmed=CUSTOMIZED,
                whole=True,
            ),
        ),
        always=False,
    ),
    Reader(
        ScaledService,
        (RUNNERS.type,),
        app_runner.scaled,
        app_runner.ScaledAt(name="ServiceName", least=f"{SCALING}.MinSize", most=f"{SCALING}.MaxSize", state="Status"),
        always=False,
    ),
)
