"""What scales ECS services in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appautoscaling_policy"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.scaling.claims import ClaimAt, claims
from assay.scanner.facts.compute.scaling.ecs import ServiceAt, service
from assay.scanner.facts.compute.scaling.kinds import ScaledService
from assay.scanner.facts.compute.scaling.metrics import MetricAt, PolicyAt
from assay.scanner.facts.spelling import Link, Referrer

_CLAIM = ClaimAt(namespace="service_namespace", resource="resource_id")

READERS = (
    Reader(
        ScaledService,
        ("aws_ecs_service",),
        service,
        ServiceAt(
            name="name",
            cluster=Link("cluster", ("aws_ecs_cluster",)),
            cluster_name="name",
            scheduling="scheduling_strategy",
            targets=claims("aws_appautoscaling_target", _CLAIM),
            policies=claims("aws_appautoscaling_policy", _CLAIM),
            least="min_capacity",
            most="max_capacity",
            halted="suspended_state.dynamic_scaling_out_suspended",
            policy=PolicyAt(
                tracking="target_tracking_scaling_policy_configuration",
                predefined="predefined_metric_specification.predefined_metric_type",
                custom="customized_metric_specification",
                customized=MetricAt(
                    metric="metric_name",
                    namespace="namespace",
                    queries="metrics",
                    id="id",
                    expression="expression",
                    of_query="metric_stat.metric.metric_name",
                    namespace_of_query="metric_stat.metric.namespace",
                    returned="return_data",
                    dimensions=("dimensions", "name", "value"),
                ),
                steps="step_scaling_policy_configuration",
                adjustments="step_adjustment",
                adjustment="scaling_adjustment",
                # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm
                alarms=Referrer("aws_cloudwatch_metric_alarm", "alarm_actions"),
                enabled="actions_enabled",
                alarmed=MetricAt(
                    metric="metric_name",
                    namespace="namespace",
                    queries="metric_query",
                    id="id",
                    expression="expression",
                    of_query="metric.metric_name",
                    namespace_of_query="metric.namespace",
                    returned="return_data",
                    dimension_map="dimensions",
                ),
            ),
        ),
        always=False,
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apprunner_auto_scaling_configuration_version
    Reader(
        ScaledService,
        ("aws_apprunner_service",),
        app_runner.scaled,
        app_runner.ScaledAt(
            name="service_name",
            configuration=Link("auto_scaling_configuration_arn", ("aws_apprunner_auto_scaling_configuration_version",)),
            least="min_size",
            most="max_size",
        ),
    ),
)
