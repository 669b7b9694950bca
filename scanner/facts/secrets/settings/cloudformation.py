"""Settings in CloudFormation, and where it takes secrets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html, and the page of each resource
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings.declarations import DeclaredAt, declaration, output_of_stack
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.places import ConfiguredAt, Containers, Map, Pairs, PodContainers, Script, Source, Written
from assay.scanner.facts.secrets.settings.settings import configured

_OF_APP = "SourceConfiguration.{}.RuntimeEnvironmentVariables"
_POD = "EksProperties.PodProperties"


def _shows(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources))


def _writes(type_: str, name: str, path: str, block: str = "", placeholders: bool = False) -> Reader:
    written = Written(path=path, label=path, blocks=block, placeholders=placeholders)
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=(written,)), always=False)


READERS = (
    _shows("AWS::ECS::TaskDefinition", "Family", Containers(path="ContainerDefinitions")),
    _shows("AWS::Lambda::Function", "FunctionName", Map(path="Environment.Variables")),
    _shows(
        "AWS::AppRunner::Service",
        "ServiceName",
        Pairs(path=_OF_APP.format("ImageRepository.ImageConfiguration"), key="Name", value="Value"),
        Pairs(path=_OF_APP.format("CodeRepository.CodeConfiguration.CodeConfigurationValues"), key="Name", value="Value"),
    ),
    # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html
    _shows(
        "AWS::CodeBuild::Project",
        "Name",
        Pairs(
            path="Environment.EnvironmentVariables",
            key="Name",
            value="Value",
            unless="Type",
            references=("PARAMETER_STORE", "SECRETS_MANAGER"),
        ),
    ),
    _shows(
        "AWS::Batch::JobDefinition",
        "JobDefinitionName",
        Containers(path="ContainerProperties"),
        Containers(path="EcsProperties", below=("taskproperties", "containers")),
        Containers(path="NodeProperties", below=("noderangeproperties", "container")),
        PodContainers(path=f"{_POD}.Containers", pairs="Env", key="Name", value="Value", words=("Command", "Args"), name="Name"),
        PodContainers(path=f"{_POD}.InitContainers", pairs="Env", key="Name", value="Value", words=("Command", "Args"), name="Name"),
    ),
    _shows("AWS::EC2::Instance", "", Script(path="UserData")),
    _shows("AWS::EC2::LaunchTemplate", "LaunchTemplateName", Script(path="LaunchTemplateData.UserData")),
    _shows("AWS::AutoScaling::LaunchConfiguration", "LaunchConfigurationName", Script(path="UserData")),
    _writes("AWS::SecretsManager::Secret", "Name", "SecretString", placeholders=True),
    _writes("AWS::RDS::DBInstance", "DBInstanceIdentifier", "MasterUserPassword"),
    _writes("AWS::RDS::DBCluster", "DBClusterIdentifier", "MasterUserPassword"),
    _writes("AWS::Redshift::Cluster", "ClusterIdentifier", "MasterUserPassword"),
    _writes("AWS::RedshiftServerless::Namespace", "NamespaceName", "AdminUserPassword"),
    _writes("AWS::DocDB::DBCluster", "DBClusterIdentifier", "MasterUserPassword"),
    _writes("AWS::DocDBElastic::Cluster", "ClusterName", "AdminUserPassword"),
    _writes("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", "AuthToken"),
    _writes("AWS::ElastiCache::User", "UserId", "Passwords"),
    _writes("AWS::MemoryDB::User", "UserName", "Passwords", "AuthenticationMode"),
    _writes("AWS::AmazonMQ::Broker", "BrokerName", "Password", "Users"),
    _writes("AWS::DMS::Endpoint", "EndpointIdentifier", "Password"),
    _writes("AWS::DirectoryService::MicrosoftAD", "Name", "Password"),
    _writes("AWS::OpenSearchService::Domain", "DomainName", "MasterUserPassword", "AdvancedSecurityOptions.MasterUserOptions"),
    Reader(Configured, ("AWS::Template::Output",), output_of_stack, DeclaredAt(path="Value", label="value"), always=False),
    Reader(Configured, ("AWS::Template::Parameter",), declaration, DeclaredAt(path="Default", label="default"), always=False),
)
