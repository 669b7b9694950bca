"""What scales ECS services in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.scaling.claims import ClaimAt, claims
from assay.scanner.facts.compute.scaling.ecs import ServiceAt, service
from assay.scanner.facts.compute.scaling.kinds import ScaledService
from assay.scanner.facts.compute.scaling.metrics import MetricAt, PolicyAt
from assay.scanner.facts.spelling import Link, Referrer

CUSTOMIZED = MetricAt(
    metric="MetricName",
    namespace="Namespace",
    queries="Metrics",
    id="Id",
    expression="Expression",
    of_query="MetricStat.Metric.MetricName",
    namespace_of_query="MetricStat.Metric.Namespace",
    returned="ReturnData",
    dimensions=("Dimensions", "Name", "Value"),
)
"""The names of the API, also in alarms."""

READERS = (
    Reader(
        ScaledService,
        ("AWS::ECS::Service",),
        service,
        ServiceAt(
            name="ServiceName",
            cluster=Link("Cluster", ("AWS::ECS::Cluster",)),
            cluster_name="ClusterName",
            scheduling="SchedulingStrategy",
            targets=claims("AWS::ApplicationAutoScaling::ScalableTarget", ClaimAt(namespace="ServiceNamespace", resource="ResourceId")),
            policies=claims(
                "AWS::ApplicationAutoScaling::ScalingPolicy", ClaimAt(namespace="ServiceNamespace", resource="ScalingTargetId|ResourceId")
            ),
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
                alarms=Referrer("AWS::CloudWatch::Alarm", "AlarmActions"),
                enabled="ActionsEnabled",
                alarmed=CUSTOMIZED,
            ),
        ),
        always=False,
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apprunner-autoscalingconfiguration.html
    Reader(
        ScaledService,
        ("AWS::AppRunner::Service",),
        app_runner.scaled,
        app_runner.ScaledAt(
            name="ServiceName",
            configuration=Link("AutoScalingConfigurationArn", ("AWS::AppRunner::AutoScalingConfiguration",)),
            least="MinSize",
            most="MaxSize",
        ),
    ),
)
