"""Lambda, ECS, AWS Batch and App Runner in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.containers import JobAt, TaskAt, job, task
from assay.scanner.facts.compute.functions import ACCOUNT, ORGANIZATION, SOURCE, TOKEN, FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable, Mounting, Runner, TaskDefinition
from assay.scanner.facts.compute.runners import MACHINE, MACHINES, EnvironmentAt, FixedAt, TasksAt, environment, fixed, tasks
from assay.scanner.facts.compute.volumes import DISK, FILES, FOLDER, VolumesAt, mounting
from assay.scanner.facts.spelling import Link, Many, Referrer

VERSIONS = (("AWS::Lambda::Alias", "FunctionName"), ("AWS::Lambda::Version", "FunctionName"))

CLUSTERS = ("AWS::ECS::Cluster",)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html
DEFAULTS = {
    "provider": "CapacityProvider",
    "defaults": Referrer("AWS::ECS::ClusterCapacityProviderAssociations", "Cluster", "DefaultCapacityProviderStrategy"),
    "own_default": "DefaultCapacityProviderStrategy",
    "cluster_names": ("ClusterName",),
}

APP_RUNNER = "AWS::AppRunner::Service"
ON_THE_INTERNET = "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible"

READERS = (
    Reader(
        Invocable,
        ("AWS::Lambda::Function",),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionName",),
            permissions=Many("AWS::Lambda::Permission", "FunctionName", through=VERSIONS),
            principal="Principal",
            action="Action",
            bounds=(
                ("SourceArn", *SOURCE),
                ("SourceAccount", *ACCOUNT),
                ("PrincipalOrgID", *ORGANIZATION),
                ("EventSourceToken", *TOKEN),
            ),
            urls=(Many("AWS::Lambda::Url", "TargetFunctionArn", "AuthType", through=VERSIONS),),
        ),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apprunner-service.html
    Reader(Invocable, (APP_RUNNER,), app_runner.service, app_runner.ServiceAt(name="ServiceName", public=ON_THE_INTERNET)),
    Reader(
        TaskDefinition,
        ("AWS::ECS::TaskDefinition",),
        task,
        TaskAt(
            name="Family",
            containers="ContainerDefinitions",
            system="RuntimePlatform.OperatingSystemFamily",
            processes="PidMode",
            memory="IpcMode",
        ),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobdefinition.html
    Reader(
        TaskDefinition,
        ("AWS::Batch::JobDefinition",),
        job,
        JobAt(name="JobDefinitionName", container="ContainerProperties", others=("NodeProperties", "EcsProperties"), pods="EksProperties"),
        always=False,
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html
    Reader(
        Runner,
        ("AWS::Batch::ComputeEnvironment",),
        environment,
        EnvironmentAt(name="ComputeEnvironmentName", resources="ComputeResources.Type"),
    ),
    Reader(Runner, ("AWS::Lambda::Function",), fixed, FixedAt(name="FunctionName", sort="function", by="Lambda", serverless=True)),
    Reader(Runner, (APP_RUNNER,), fixed, FixedAt(name="ServiceName", sort="service", by="App Runner", serverless=True)),
    Reader(Runner, ("AWS::EC2::Instance",), fixed, FixedAt(sort="instance", by=MACHINE)),
    Reader(
        Runner,
        ("AWS::AutoScaling::AutoScalingGroup",),
        fixed,
        FixedAt(name="AutoScalingGroupName", sort="group of instances", by=MACHINES),
    ),
    Reader(Runner, ("AWS::EC2::SpotFleet", "AWS::EC2::EC2Fleet"), fixed, FixedAt(sort="fleet of instances", by=MACHINES)),
    Reader(Runner, ("AWS::Lightsail::Instance",), fixed, FixedAt(name="InstanceName", sort="instance", by=MACHINE)),
    Reader(Runner, ("AWS::ElasticBeanstalk::Environment",), fixed, FixedAt(name="EnvironmentName", sort="environment", by=MACHINES)),
    Reader(Runner, ("AWS::EMR::Cluster",), fixed, FixedAt(name="Name", sort="cluster of EMR", by=MACHINES)),
    # Its nodes are instances, though EKS starts them: https://docs.aws.amazon.com/eks/latest/userguide/automode.html
    Reader(
        Runner,
        ("AWS::EKS::Cluster",),
        fixed,
        FixedAt(name="Name", sort="cluster", by="nodes that are machines", where="ComputeConfig.Enabled"),
        always=False,
    ),
    Reader(Runner, ("AWS::EKS::Nodegroup",), fixed, FixedAt(name="NodegroupName", sort="group of nodes", by=MACHINES)),
    Reader(
        Runner,
        ("AWS::ECS::Service",),
        tasks,
        TasksAt(
            name="ServiceName",
            sort="service",
            launch="LaunchType",
            strategy="CapacityProviderStrategy",
            external="DeploymentController.Type",
            cluster=Link("Cluster", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Runner,
        ("AWS::ECS::TaskSet",),
        tasks,
        TasksAt(
            sort="task set",
            launch="LaunchType",
            strategy="CapacityProviderStrategy",
            cluster=Link("Cluster", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Runner,
        ("AWS::Scheduler::Schedule",),
        tasks,
        TasksAt(
            name="Name",
            sort="scheduled task",
            runs="Target.EcsParameters",
            launch="Target.EcsParameters.LaunchType",
            strategy="Target.EcsParameters.CapacityProviderStrategy",
            cluster=Link("Target.Arn", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Runner,
        ("AWS::Events::Rule",),
        tasks,
        TasksAt(
            name="Name",
            sort="scheduled task",
            blocks="Targets",
            runs="EcsParameters",
            launch="EcsParameters.LaunchType",
            strategy="EcsParameters.CapacityProviderStrategy",
            cluster=Link("Arn", CLUSTERS),
            **DEFAULTS,  # type: ignore[arg-type]
        ),
        always=False,
    ),
    Reader(
        Mounting,
        ("AWS::ECS::TaskDefinition",),
        mounting,
        VolumesAt(
            name="Family",
            volumes=("Volumes",),
            called="Name",
            kept=(
                ("EFSVolumeConfiguration", FILES),
                ("FSxWindowsFileServerVolumeConfiguration", FILES),
                ("Host.SourcePath", FOLDER),
            ),
            shared="DockerVolumeConfiguration.Scope",
            at_launch="ConfiguredAtLaunch",
            started_by=Referrer("AWS::ECS::Service", "TaskDefinition"),
        ),
    ),
    Reader(
        Mounting,
        ("AWS::ECS::Service",),
        mounting,
        VolumesAt(name="ServiceName", volumes=("VolumeConfigurations",), called="Name", kept=(("ManagedEBSVolume", DISK),)),
    ),
    Reader(
        Mounting,
        ("AWS::Lambda::Function",),
        mounting,
        VolumesAt(name="FunctionName", volumes=("FileSystemConfigs",), called="LocalMountPath", kept=(("Arn", FILES),)),
    ),
    # Nothing can be mounted into it: https://docs.aws.amazon.com/apprunner/latest/dg/develop.html
    Reader(Mounting, (APP_RUNNER,), mounting, VolumesAt(name="ServiceName", volumes=())),
)
