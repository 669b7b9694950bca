"""Lambda, ECS, AWS Batch and App Runner in the live account.

https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute import app_runner, aws_config
from assay.scanner.facts.compute.containers import JobAt, TaskAt, job, task
from assay.scanner.facts.compute.functions import FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable, Mounting, Runner, TaskDefinition
from assay.scanner.facts.compute.runners import MACHINE, MACHINES, EnvironmentAt, FixedAt, TasksAt, environment, fixed, tasks
from assay.scanner.facts.compute.volumes import DISK, FILES, FOLDER, VolumesAt, mounting
from assay.scanner.facts.messaging.aws_api import EVENT_TARGETS, SCHEDULES
from assay.scanner.facts.spelling import Many, Referrer
from assay.scanner.sources.aws.calls import Call, Listing

_GONE = "ResourceNotFoundException"
"""Also what Lambda answers where something has no policy."""
POLICY = Call("lambda", "GetPolicy", (("FunctionName", "FunctionName"),), absent=(_GONE,))
ALIAS_POLICY = Call("lambda", "GetPolicy", (("FunctionName", "OfFunction"), ("Qualifier", "Name")), absent=(_GONE,))
# Of an archive; images take none: https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
CODE_SIGNING = Call("lambda", "GetFunctionCodeSigningConfig", (("FunctionName", "FunctionName"),), when=("PackageType", "Zip"))
FUNCTIONS = Listing(
    "lambda.function",
    Call("lambda", "ListFunctions"),
    entries="Functions",
    id="FunctionArn",
    of_whole_account=True,
    gone=(_GONE,),
    details=(POLICY, CODE_SIGNING),
    recorded=aws_config.FUNCTION,
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
DESCRIBE_TASK = Call("ecs", "DescribeTaskDefinition", (("taskDefinition", "value"), ("include", '=["TAGS"]')))
TASKS = Listing(
    "ecs.task_definition",
    Call("ecs", "ListTaskDefinitionFamilies", (("status", "=ACTIVE"),), page_size=100),
    entries="families",
    id="arn:{partition}:ecs:{region}:{account}:task-definition/{value}",
    of_whole_account=True,
    gone=("ClientException",),
    details=(DESCRIBE_TASK,),
    recorded=aws_config.TASK,
)
# https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobDefinitions.html
JOBS = Listing(
    "batch.job_definition",
    Call("batch", "DescribeJobDefinitions", (("status", "=ACTIVE"),), page_size=100),
    entries="jobDefinitions",
    id="jobDefinitionArn",
)
# https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeComputeEnvironments.html
ENVIRONMENTS = Listing(
    "batch.compute_environment",
    Call("batch", "DescribeComputeEnvironments", page_size=100),
    entries="computeEnvironments",
    id="computeEnvironmentArn",
)
DESCRIBE_CLUSTER = Call("ecs", "DescribeClusters", (("clusters", "value"), ("include", '=["SETTINGS"]')))
CLUSTERS = Listing(
    "ecs.cluster",
    Call("ecs", "ListClusters", page_size=100),
    entries="clusterArns",
    id="value",
    gone=("ClusterNotFoundException",),
    details=(DESCRIBE_CLUSTER,),
    recorded=aws_config.CLUSTER,
)
DESCRIBE_SERVICE = Call("ecs", "DescribeServices", (("cluster", "ClusterArn"), ("services", "value"), ("include", '=["TAGS"]')))
SERVICES = Listing(
    "ecs.service",
    Call("ecs", "ListServices", (("cluster", "value"),), page_size=100),
    entries="serviceArns",
    id="value",
    parent=CLUSTERS.type,
    known=(("ClusterArn", "value"),),
    gone=("ClusterNotFoundException",),
    details=(DESCRIBE_SERVICE,),
    recorded=aws_config.SERVICE,
)
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html
USER_DATA = Call("ec2", "DescribeInstanceAttribute", (("InstanceId", "InstanceId"), ("Attribute", "=userData")))
INSTANCES = Listing(
    "ec2.instance",
    Call("ec2", "DescribeInstances", page_size=1000),
    entries="Reservations[].Instances",
    id="arn:{partition}:ec2:{region}:{account}:instance/{InstanceId}",
    gone=("InvalidInstanceID.NotFound",),
    details=(USER_DATA,),
    recorded=aws_config.INSTANCE,
)
SCALING_GROUPS = Listing(
    "autoscaling.group",
    Call("autoscaling", "DescribeAutoScalingGroups", page_size=100),
    entries="AutoScalingGroups",
    id="AutoScalingGroupARN",
    recorded=aws_config.SCALING_GROUP,
)
EKS_CLUSTERS = Listing(
    "eks.cluster",
    Call("eks", "ListClusters", page_size=100),
    entries="clusters",
    id="arn:{partition}:eks:{region}:{account}:cluster/{value}",
    gone=("ResourceNotFoundException",),
    details=(Call("eks", "DescribeCluster", (("name", "value"),)),),
)
NODE_GROUPS = Listing(
    "eks.node_group",
    Call("eks", "ListNodegroups", (("clusterName", "value"),), page_size=100),
    entries="nodegroups",
    id="arn:{partition}:eks:{region}:{account}:nodegroup/{Cluster}/{value}",
    parent=EKS_CLUSTERS.type,
    known=(("Cluster", "value"),),
)
# https://docs.aws.amazon.com/general/latest/gr/apprunner.html. It is closed to new customers and comes to no more regions:
# https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html
APP_RUNNER_REGIONS = (
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "us-east-1", "us-east-2", "us-west-2",
)  # fmt: skip
RUNNER = "describe_service.Service"
DESCRIBE_RUNNER = Call("apprunner", "DescribeService", (("ServiceArn", "ServiceArn"),))
_SCALED_BY = f"{RUNNER}.AutoScalingConfigurationSummary.AutoScalingConfigurationArn"
DESCRIBE_SCALING = Call("apprunner", "DescribeAutoScalingConfiguration", (("AutoScalingConfigurationArn", _SCALED_BY),))
SCALING = "describe_auto_scaling_configuration.AutoScalingConfiguration"
RUNNERS = Listing(
    "apprunner.service",
    Call("apprunner", "ListServices", marker=("NextToken", "NextToken")),
    entries="ServiceSummaryList",
    id="ServiceArn",
    regions=APP_RUNNER_REGIONS,
    gone=("ResourceNotFoundException",),
    details=(DESCRIBE_RUNNER, DESCRIBE_SCALING),
)
ON_THE_INTERNET = f"{RUNNER}.NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible"
LISTINGS = (
    FUNCTIONS, URLS, ALIASES, TASKS, JOBS, ENVIRONMENTS, CLUSTERS, SERVICES, INSTANCES, SCALING_GROUPS,
    EKS_CLUSTERS, NODE_GROUPS, RUNNERS,
)  # fmt: skip
_SERVICE, _SCHEDULED = "describe_services.services", "get_schedule.Target.EcsParameters"
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
        Invocable,
        (RUNNERS.type,),
        app_runner.service,
        app_runner.ServiceAt(name="ServiceName", public=ON_THE_INTERNET, state="Status"),
        always=False,
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
    Reader(
        Runner,
        (ENVIRONMENTS.type,),
        environment,
        EnvironmentAt(name="computeEnvironmentName", resources="computeResources.type", status="status"),
        always=False,
    ),
    Reader(Runner, (FUNCTIONS.type,), fixed, FixedAt(name="FunctionName", sort="function", by="Lambda", serverless=True)),
    Reader(
        Runner,
        (RUNNERS.type,),
        fixed,
        FixedAt(name="ServiceName", sort="service", by="App Runner", serverless=True, state="Status"),
        always=False,
    ),
    Reader(Runner, (INSTANCES.type,), fixed, FixedAt(name="InstanceId", sort="instance", by=MACHINE, state="State.Name"), always=False),
    Reader(Runner, (SCALING_GROUPS.type,), fixed, FixedAt(name="AutoScalingGroupName", sort="group of instances", by=MACHINES)),
    Reader(Runner, (NODE_GROUPS.type,), fixed, FixedAt(name="value", sort="group of nodes", by=MACHINES)),
    Reader(
        Runner,
        (SERVICES.type,),
        tasks,
        TasksAt(
            name=f"{_SERVICE}.serviceName|value",
            sort="service",
            launch=f"{_SERVICE}.launchType",
            strategy=f"{_SERVICE}.capacityProviderStrategy",
            provider="capacityProvider",
            external=f"{_SERVICE}.deploymentController.type",
        ),
        always=False,
    ),
    Reader(
        Runner,
        (SCHEDULES.type,),
        tasks,
        TasksAt(
            name="Name",
            sort="scheduled task",
            runs=f"{_SCHEDULED}",
            launch=f"{_SCHEDULED}.LaunchType",
            strategy=f"{_SCHEDULED}.CapacityProviderStrategy",
            provider="capacityProvider",
        ),
        always=False,
    ),
    Reader(
        Runner,
        (EVENT_TARGETS.type,),
        tasks,
        TasksAt(
            name="Id",
            sort="scheduled task",
            runs="EcsParameters",
            launch="EcsParameters.LaunchType",
            strategy="EcsParameters.CapacityProviderStrategy",
            provider="capacityProvider",
        ),
        always=False,
    ),
    Reader(
        Mounting,
        (TASKS.type,),
        mounting,
        VolumesAt(
            name="value",
            volumes=(f"{_TASK}.volumes",),
            called="name",
            kept=(
                ("efsVolumeConfiguration", FILES),
                ("fsxWindowsFileServerVolumeConfiguration", FILES),
                ("host.sourcePath", FOLDER),
            ),
            shared="dockerVolumeConfiguration.scope",
            at_launch="configuredAtLaunch",
            names=(f"{_TASK}.taskDefinitionArn",),
            started_by=Referrer(SERVICES.type, f"{_SERVICE}.taskDefinition", calls=(DESCRIBE_SERVICE.name,)),
        ),
    ),
    Reader(
        Mounting,
        (SERVICES.type,),
        mounting,
        VolumesAt(
            name=f"{_SERVICE}.serviceName|value",
            volumes=(f"{_SERVICE}.deployments.0.volumeConfigurations",),
            called="name",
            kept=(("managedEBSVolume", DISK),),
        ),
    ),
    Reader(
        Mounting,
        (FUNCTIONS.type,),
        mounting,
        VolumesAt(name="FunctionName", volumes=("FileSystemConfigs",), called="LocalMountPath", kept=(("Arn", FILES),)),
    ),
    # Nothing can be mounted into it: https://docs.aws.amazon.com/apprunner/latest/dg/develop.html
    Reader(Mounting, (RUNNERS.type,), mounting, VolumesAt(name="ServiceName", volumes=())),
)
