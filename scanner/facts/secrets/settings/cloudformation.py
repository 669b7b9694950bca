"""Settings in CloudFormation, and where it takes secrets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html, and the page of each resource
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings.declarations import DeclaredAt, declaration, output_of_stack
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.passwords import CLOUDFORMATION
from assay.scanner.facts.secrets.settings.places import (
    Build,
    Code,
    ConfiguredAt,
    Containers,
    Content,
    Map,
    Named,
    Pairs,
    PodContainers,
    Script,
    Source,
    Written,
)
from assay.scanner.facts.secrets.settings.settings import configured

_OF_APP = "SourceConfiguration.{}.RuntimeEnvironmentVariables"
_POD = "EksProperties.PodProperties"
_ATTRIBUTES_OF_STREAMS = "HttpEndpointDestinationConfiguration.RequestConfiguration.CommonAttributes"
_OF_GLUE = (
    "BasicAuthenticationCredentials.Password",
    *(
        f"OAuth2Properties.OAuth2Credentials.{name}"
        for name in ("AccessToken", "JwtToken", "RefreshToken", "UserManagedClientApplicationClientSecret")
    ),
)
_PARAMETERS_OF_CONNECTIONS = tuple(
    f"AuthParameters.{of}.{kind}"
    for of in ("InvocationHttpParameters", "OAuthParameters.OAuthHttpParameters")
    for kind in ("HeaderParameters", "QueryStringParameters", "BodyParameters")
)


def _shows(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources))


def _writes(type_: str, name: str, path: str, block: str = "", placeholders: bool = False) -> Reader:
    written = Written(path=path, label=path, blocks=block, placeholders=placeholders)
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=(written,)), always=False)


def _takes(type_: str, name: str, *sources: Source) -> Reader:
    """What takes secrets in several places; nothing where none is written."""
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources), always=False)


def _at(path: str, blocks: str = "") -> Written:
    """A place where a secret belongs, called by its last step."""
    return Written(path=path, label=path.rpartition(".")[2], blocks=blocks)


READERS = (
    _shows("AWS::ECS::TaskDefinition", "Family", Containers(path="ContainerDefinitions")),
    _shows("AWS::Lambda::Function", "FunctionName", Map(path="Environment.Variables"), Code(path="Code.ZipFile", label="Code.ZipFile")),
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
        Build(path="Source.BuildSpec"),
        Content(path="Source.Location", label="Source.Location"),
        Content(path="Location", label="SecondarySources.Location", blocks="SecondarySources"),
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
    _takes("AWS::RDS::DBInstance", "DBInstanceIdentifier", _at("MasterUserPassword"), _at("TdeCredentialPassword")),
    _writes("AWS::RDS::DBCluster", "DBClusterIdentifier", "MasterUserPassword"),
    _writes("AWS::Redshift::Cluster", "ClusterIdentifier", "MasterUserPassword"),
    _writes("AWS::RedshiftServerless::Namespace", "NamespaceName", "AdminUserPassword"),
    _writes("AWS::DocDB::DBCluster", "DBClusterIdentifier", "MasterUserPassword"),
    _writes("AWS::DocDBElastic::Cluster", "ClusterName", "AdminUserPassword"),
    _writes("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", "AuthToken"),
    _writes("AWS::ElastiCache::User", "UserId", "Passwords"),
    _writes("AWS::MemoryDB::User", "UserName", "Passwords", "AuthenticationMode"),
    _takes("AWS::AmazonMQ::Broker", "BrokerName", _at("Password", "Users"), _at("LdapServerMetadata.ServiceAccountPassword")),
    _takes(
        "AWS::DMS::Endpoint",
        "EndpointIdentifier",
        _at("Password"),
        _at("KafkaSettings.SaslPassword"),
        _at("KafkaSettings.SslClientKeyPassword"),
        _at("OracleSettings.AsmPassword"),
        _at("RedisSettings.AuthPassword"),
    ),
    _writes("AWS::DirectoryService::MicrosoftAD", "Name", "Password"),
    *(
        _writes(type_, "DomainName", "MasterUserPassword", "AdvancedSecurityOptions.MasterUserOptions")
        for type_ in ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain")
    ),
    # Other sorts name where the token is kept: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ImportSourceCredentials.html
    _takes(
        "AWS::CodeBuild::SourceCredential",
        "ServerType",
        Written(path="Token", label="Token", only="AuthType", words=("BASIC_AUTH", "PERSONAL_ACCESS_TOKEN", "OAUTH")),
    ),
    *(_takes(type_, name, *map(_at, paths)) for type_, (name, paths) in CLOUDFORMATION.items()),
    _writes("AWS::Lightsail::Database", "RelationalDatabaseName", "MasterUserPassword"),
    _writes("AWS::Timestream::InfluxDBInstance", "Name", "Password"),
    _writes("AWS::IAM::User", "UserName", "Password", "LoginProfile"),
    _writes("AWS::EC2::VPNConnection", "", "PreSharedKey", "VpnTunnelOptionsSpecifications"),
    _writes("AWS::CodePipeline::Webhook", "Name", "SecretToken", "AuthenticationConfiguration"),
    _takes(
        "AWS::FSx::FileSystem",
        "",
        _at("WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password"),
        _at("OntapConfiguration.FsxAdminPassword"),
    ),
    _takes(
        "AWS::FSx::StorageVirtualMachine",
        "Name",
        _at("SvmAdminPassword"),
        _at("ActiveDirectoryConfiguration.SelfManagedActiveDirectoryConfiguration.Password"),
    ),
    _takes(
        "AWS::Events::Connection",
        "Name",
        _at("AuthParameters.ApiKeyAuthParameters.ApiKeyValue"),
        _at("AuthParameters.BasicAuthParameters.Password"),
        _at("AuthParameters.OAuthParameters.ClientParameters.ClientSecret"),
        *(Named(path=path, key="Key", value="Value") for path in _PARAMETERS_OF_CONNECTIONS),
    ),
    _takes(
        "AWS::KinesisFirehose::DeliveryStream",
        "DeliveryStreamName",
        _at("HttpEndpointDestinationConfiguration.EndpointConfiguration.AccessKey"),
        Named(path=_ATTRIBUTES_OF_STREAMS, key="AttributeName", value="AttributeValue"),
        _at("SplunkDestinationConfiguration.HECToken"),
        _at("RedshiftDestinationConfiguration.Password"),
        _at("SnowflakeDestinationConfiguration.PrivateKey"),
        _at("SnowflakeDestinationConfiguration.KeyPassphrase"),
    ),
    _takes(
        "AWS::Cognito::UserPoolIdentityProvider",
        "ProviderName",
        _at("ProviderDetails.client_secret"),
        _at("ProviderDetails.private_key"),
    ),
    _takes("AWS::ElasticLoadBalancingV2::Listener", "", _at("AuthenticateOidcConfig.ClientSecret", "DefaultActions")),
    _takes("AWS::ElasticLoadBalancingV2::ListenerRule", "", _at("AuthenticateOidcConfig.ClientSecret", "Actions")),
    _takes(
        "AWS::CloudFront::Distribution",
        "DistributionConfig.Comment",
        Named(path="DistributionConfig.Origins.OriginCustomHeaders", key="HeaderName", value="HeaderValue"),
    ),
    _shows(
        "AWS::CodePipeline::Pipeline",
        "Name",
        _at("Configuration.OAuthToken", "Stages.Actions"),
        Content(path="Configuration.EnvironmentVariables", label="EnvironmentVariables", blocks="Stages.Actions"),
    ),
    _takes(
        "AWS::Glue::Connection",
        "ConnectionInput.Name",
        _at("ConnectionInput.ConnectionProperties.PASSWORD"),
        *(_at(f"ConnectionInput.AuthenticationConfiguration.{path}") for path in _OF_GLUE),
    ),
    _takes("AWS::QuickSight::DataSource", "Name", _at("Credentials.CredentialPair.Password")),
    _takes("AWS::DataSync::LocationSMB", "ServerHostname", _at("Password")),
    _takes("AWS::DataSync::LocationObjectStorage", "BucketName", _at("SecretKey")),
    _takes("AWS::ApiGateway::ApiKey", "Name", _at("Value")),
    _takes("AWS::IAM::ServerCertificate", "ServerCertificateName", _at("PrivateKey")),
    _shows("AWS::ElasticBeanstalk::Environment", "EnvironmentName", Pairs(path="OptionSettings", key="OptionName", value="Value")),
    _shows("AWS::ElasticBeanstalk::ConfigurationTemplate", "", Pairs(path="OptionSettings", key="OptionName", value="Value")),
    _shows("AWS::Glue::Job", "Name", Map(path="DefaultArguments"), Map(path="NonOverridableArguments")),
    _shows(
        "AWS::Amplify::App",
        "Name",
        Pairs(path="EnvironmentVariables", key="Name", value="Value"),
        _at("OauthToken"),
        _at("AccessToken"),
        _at("BasicAuthConfig.Password"),
    ),
    _shows(
        "AWS::Amplify::Branch",
        "BranchName",
        Pairs(path="EnvironmentVariables", key="Name", value="Value"),
        _at("BasicAuthConfig.Password"),
    ),
    _shows("AWS::MWAA::Environment", "Name", Map(path="AirflowConfigurationOptions")),
    _shows("AWS::ApiGateway::Stage", "StageName", Map(path="Variables")),
    _shows("AWS::ApiGatewayV2::Stage", "StageName", Map(path="StageVariables")),
    _shows("AWS::ApiGateway::Method", "", Map(path="Integration.RequestParameters"), Map(path="Integration.RequestTemplates")),
    _shows("AWS::Synthetics::Canary", "Name", Map(path="RunConfig.EnvironmentVariables")),
    _shows("AWS::SageMaker::Model", "ModelName", Map(path="PrimaryContainer.Environment")),
    _shows(
        "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        "NotebookInstanceLifecycleConfigName",
        Script(path="Content", label="OnCreate", blocks="OnCreate"),
        Script(path="Content", label="OnStart", blocks="OnStart"),
    ),
    _shows("AWS::Lightsail::Instance", "InstanceName", Script(path="UserData")),
    _shows(
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        Content(path="DefinitionString", label="DefinitionString"),
        Content(path="Definition", label="Definition"),
    ),
    _shows("AWS::CloudFront::Function", "Name", Code(path="FunctionCode", label="FunctionCode")),
    _shows("AWS::SSM::Document", "Name", Content(path="Content", label="Content")),
    _shows("AWS::ImageBuilder::Component", "Name", Content(path="Data", label="Data")),
    Reader(Configured, ("AWS::Template::Output",), output_of_stack, DeclaredAt(path="Value", label="value"), always=False),
    Reader(Configured, ("AWS::Template::Parameter",), declaration, DeclaredAt(path="Default", label="default"), always=False),
)
