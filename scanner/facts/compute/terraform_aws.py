"""Lambda, ECS, AWS Batch and App Runner in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.containers import JobAt, TaskAt, job, task
from assay.scanner.facts.compute.functions import ACCOUNT, ORGANIZATION, SOURCE, TOKEN, FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable, Mounting, Runner, TaskDefinition
from assay.scanner.facts.compute.runners import MACHINE, MACHINES, EnvironmentAt, FixedAt, TasksAt, environment, fixed, tasks
from assay.scanner.facts.compute.volumes import DISK, FILES, FOLDER, VolumesAt, mounting
from assay.scanner.facts.spelling import Link, Many, Referrer

ALIASES = (("aws_lambda_alias", "function_name"),)

CLUSTERS = ("aws_ecs_cluster",)
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_cluster_capacity_providers
DEFAULTS = {
    "defaults": Referrer("aws_ecs_cluster_capacity_providers", "cluster_name", "default_capacity_provider_strategy"),
    "cluster_names": ("name",),
}

APP_RUNNER = "aws_apprunner_service"
ON_THE_INTERNET = "network_configuration.ingress_configuration.is_publicly_accessible"

READERS = (
    Reader(
        Invocable,
        ("aws_lambda_function",),
        function,
        FunctionAt(
            name="function_name",
            names=("function_name",),
            permissions=Many("aws_lambda_permission", "function_name", through=ALIASES),
            principal="principal",
            action="action",
            bounds=(
                ("source_arn", *SOURCE),
                ("source_account", *ACCOUNT),
                ("principal_org_id", *ORGANIZATION),
                ("event_source_token", *TOKEN),
            ),
            # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_url
            urls=(Many("aws_lambda_function_url", "function_name", "authorization_type", through=ALIASES),),
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apprunner_service
    Reader(Invocable, (APP_RUNNER,), app_runner.service, app_runner.ServiceAt(name="service_name", public=ON_THE_INTERNET)),
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
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/batch_compute_environment
    Reader(
        Runner,
        ("aws_batch_compute_environment",),
        environment,
        EnvironmentAt(name="compute_environment_name|name", resources="compute_resources.type"),
    ),
    Reader(Runner, ("aws_lambda_function",), fixed, FixedAt(name="function_name", sort="function", by="Lambda", serverless=True)),
    Reader(Runner, (APP_RUNNER,), fixed, FixedAt(name="service_name", sort="service", by="App Runner", serverless=True)),
    Reader(Runner, ("aws_instance", "aws_spot_instance_request"), fixed, FixedAt(name="tags.Name", sort="instance", by=MACHINE)),
    Reader(Runner, ("aws_autoscaling_group",), fixed, FixedAt(name="name", sort="group of instances", by=MACHINES)),
    Reader(Runner, ("aws_spot_fleet_request",), fixed, FixedAt(name="tags.Name", sort="fleet of instances", by=MACHINES)),
    Reader(Runner, ("aws_ec2_fleet",), fixed, FixedAt(name="tags.Name", sort="fleet of instances", by=MACHINES)),
    Reader(Runner, ("aws_lightsail_instance",), fixed, FixedAt(name="name", sort="instance", by=MACHINE)),
    Reader(Runner, ("aws_elastic_beanstalk_environment",), fixed, FixedAt(name="name", sort="environment", by=MACHINES)),
    Reader(Runner, ("aws_emr_cluster",), fixed, FixedAt(name="name", sort="cluster of EMR", by=MACHINES)),
    # Its nodes are instances, though EKS starts them: https://docs.aws.amazon.com/eks/latest/userguide/automode.html
    Reader(
        Runner,
        ("aws_eks_cluster",),
        fixed,
        FixedAt(name="name", sort="cluster", by="nodes that are machines", where="compute_config.enabled"),
        always=False,
    ),
    Reader(Runner, ("aws_eks_node_group",), fixed, FixedAt(name="node_group_name", sort="group of nodes", by=MACHINES)),
    Reader(
        Runner,
        ("aws_ecs_service",),
        tasks,
        TasksAt(
            name="name",
            sort="service",
            launch="launch_type",
            strategy="capacity_provider_strategy",
            external="deployment_controller.type",
            cluster=Link("cluster", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_set
    Reader(
        Runner,
        ("aws_ecs_task_set",),
        tasks,
        TasksAt(
            sort="task set",
            launch="launch_type",
            strategy="capacity_provider_strategy",
            cluster=Link("cluster", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Runner,
        ("aws_scheduler_schedule",),
        tasks,
        TasksAt(
            name="name",
            sort="scheduled task",
            runs="target.ecs_parameters",
            launch="target.ecs_parameters.launch_type",
            strategy="target.ecs_parameters.capacity_provider_strategy",
            cluster=Link("target.arn", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Runner,
        ("aws_cloudwatch_event_target",),
        tasks,
        TasksAt(
            name="target_id",
            sort="scheduled task",
            runs="ecs_target",
            launch="ecs_target.launch_type",
            strategy="ecs_target.capacity_provider_strategy",
            cluster=Link("arn", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Mounting,
        ("aws_ecs_task_definition",),
        mounting,
        VolumesAt(
            name="family",
            volumes=("volume",),
            called="name",
            kept=(
                ("efs_volume_configuration", FILES),
                ("fsx_windows_file_server_volume_configuration", FILES),
                ("host_path", FOLDER),
            ),
            shared="docker_volume_configuration.scope",
            at_launch="configure_at_launch",
            started_by=Referrer("aws_ecs_service", "task_definition"),
        ),
    ),
    Reader(
        Mounting,
        ("aws_ecs_service",),
        mounting,
        VolumesAt(name="name", volumes=("volume_configuration",), called="name", kept=(("managed_ebs_volume", DISK),)),
    ),
    Reader(
        Mounting,
        ("aws_lambda_function",),
        mounting,
        VolumesAt(name="function_name", volumes=("file_system_config",), called="local_mount_path", kept=(("arn", FILES),)),
    ),
    # Nothing can be mounted into it: https://docs.aws.amazon.com/apprunner/latest/dg/develop.html
    Reader(Mounting, (APP_RUNNER,), mounting, VolumesAt(name="service_name", volumes=())),
)
