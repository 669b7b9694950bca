"""Settings in the live account, as whoever may describe its resources reads them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html,
https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentResponse.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import DESCRIBE_TASK, FUNCTIONS, INSTANCES, JOBS, TASKS, USER_DATA
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.places import ConfiguredAt, Containers, Map, Pairs, PodContainers, Script
from assay.scanner.facts.secrets.settings.settings import configured
from assay.scanner.sources.aws.calls import Call, Listing

# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html
GET_PROJECT = Call("codebuild", "BatchGetProjects", (("names", "value"),))
PROJECTS = Listing(
    "codebuild.project",
    Call("codebuild", "ListProjects"),
    entries="projects",
    id="arn:{partition}:codebuild:{region}:{account}:project/{value}",
    details=(GET_PROJECT,),
)
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html
TEMPLATE_VERSIONS = Call(
    "ec2", "DescribeLaunchTemplateVersions", (("LaunchTemplateId", "LaunchTemplateId"), ("Versions", '=["$Default","$Latest"]'))
)
TEMPLATES = Listing(
    "ec2.launch_template",
    Call("ec2", "DescribeLaunchTemplates", page_size=200),
    entries="LaunchTemplates",
    id="arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
    gone=("InvalidLaunchTemplateId.NotFound",),
    details=(TEMPLATE_VERSIONS,),
)
# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchConfiguration.html
CONFIGURATIONS = Listing(
    "autoscaling.launch_configuration",
    Call("autoscaling", "DescribeLaunchConfigurations", page_size=100),
    entries="LaunchConfigurations",
    id="LaunchConfigurationARN",
)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: values of parameters with NoEcho are asterisks
STACKS = Listing("cloudformation.stack", Call("cloudformation", "DescribeStacks"), entries="Stacks", id="StackId")
LISTINGS = (PROJECTS, TEMPLATES, CONFIGURATIONS, STACKS)
_POD = "eksProperties.podProperties"
READERS = (
    Reader(
        Configured,
        (TASKS.type,),
        configured,
        ConfiguredAt(name="value", settings=(Containers(path=f"{DESCRIBE_TASK.name}.taskDefinition.containerDefinitions"),)),
    ),
    Reader(
        Configured,
        (FUNCTIONS.type,),
        configured,
        ConfiguredAt(name="FunctionName", settings=(Map(path="Environment.Variables", failed="Environment.Error"),)),
    ),
    Reader(
        Configured,
        (JOBS.type,),
        configured,
        ConfiguredAt(
            name="jobDefinitionName",
            settings=(
                Containers(path="containerProperties"),
                Containers(path="ecsProperties", below=("taskproperties", "containers")),
                Containers(path="nodeProperties", below=("noderangeproperties", "container")),
                PodContainers(path=f"{_POD}.containers"),
                PodContainers(path=f"{_POD}.initContainers"),
            ),
        ),
    ),
    Reader(
        Configured,
        (PROJECTS.type,),
        configured,
        ConfiguredAt(
            name="value",
            settings=(
                Pairs(
                    path=f"{GET_PROJECT.name}.projects.environment.environmentVariables",
                    unless="type",
                    references=("PARAMETER_STORE", "SECRETS_MANAGER"),
                ),
            ),
        ),
    ),
    Reader(
        Configured,
        (INSTANCES.type,),
        configured,
        ConfiguredAt(name="InstanceId", settings=(Script(path=f"{USER_DATA.name}.UserData.Value"),)),
    ),
    Reader(
        Configured,
        (TEMPLATES.type,),
        configured,
        ConfiguredAt(
            name="LaunchTemplateName",
            settings=(
                Script(
                    path="LaunchTemplateData.UserData", blocks=f"{TEMPLATE_VERSIONS.name}.LaunchTemplateVersions", number="VersionNumber"
                ),
            ),
        ),
    ),
    Reader(
        Configured,
        (CONFIGURATIONS.type,),
        configured,
        ConfiguredAt(name="LaunchConfigurationName", settings=(Script(path="UserData"),)),
    ),
    Reader(
        Configured,
        (STACKS.type,),
        configured,
        ConfiguredAt(
            name="StackName",
            settings=(
                Pairs(path="Outputs", key="OutputKey", value="OutputValue", of="the outputs"),
                Pairs(path="Parameters", key="ParameterKey", value="ParameterValue", of="the parameters"),
                Pairs(path="Parameters", key="ParameterKey", value="ResolvedValue", of="the parameters"),
            ),
        ),
    ),
)
