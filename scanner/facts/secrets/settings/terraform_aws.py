"""Settings in Terraform for AWS, and where it takes secrets.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition, and the page of each resource beside it
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings import beside_clouds
from assay.scanner.facts.secrets.settings.declarations import DeclaredAt, declaration, local_value
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.passwords import TERRAFORM
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
from assay.scanner.facts.secrets.settings.providers import ProviderAt, provider
from assay.scanner.facts.secrets.settings.settings import configured

_OF_APP = "source_configuration.{}.runtime_environment_variables"
_POD = "eks_properties.pod_properties"
_RULES_OF_LISTENERS = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_PARAMETERS_OF_CONNECTIONS = tuple(
    f"{of}.{kind}" for of in ("invocation_http_parameters", "oauth.oauth_http_parameters") for kind in ("header", "query_string", "body")
)


def _writes(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources), always=False)


def _shows(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources))


def _password(path: str, block: str = "") -> tuple[Written, Written]:
    """A password, or the argument that neither plans nor states keep: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only"""
    return Written(path=path, label=path, blocks=block), Written(path=f"{path}_wo", label=f"{path}_wo", late=True, blocks=block)


def _at(path: str, blocks: str = "") -> Written:
    """A place where a secret belongs, called by its last step."""
    return Written(path=path, label=path.rpartition(".")[2], blocks=blocks)


READERS = (
    Reader(
        Configured,
        ("aws_ecs_task_definition",),
        configured,
        ConfiguredAt(name="family", settings=(Containers(path="container_definitions"),)),
    ),
    Reader(
        Configured,
        ("aws_lambda_function",),
        configured,
        ConfiguredAt(name="function_name", settings=(Map(path="environment.variables"),)),
    ),
    Reader(
        Configured,
        ("aws_apprunner_service",),
        configured,
        ConfiguredAt(
            name="service_name",
            settings=(
                Map(path=_OF_APP.format("image_repository.image_configuration")),
                Map(path=_OF_APP.format("code_repository.code_configuration.code_configuration_values")),
            ),
        ),
    ),
    Reader(
        Configured,
        ("aws_codebuild_project",),
        configured,
        ConfiguredAt(
            name="name",
            # Others name a parameter or a secret: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html
            settings=(
                Pairs(path="environment.environment_variable", unless="type", references=("PARAMETER_STORE", "SECRETS_MANAGER")),
                Build(path="source.buildspec"),
                Content(path="source.location", label="source.location"),
                Content(path="location", label="secondary_sources.location", blocks="secondary_sources"),
            ),
        ),
    ),
    Reader(
        Configured,
        ("aws_batch_job_definition",),
        configured,
        ConfiguredAt(
            name="name",
            settings=(
                Containers(path="container_properties"),
                Containers(path="ecs_properties", below=("taskproperties", "containers")),
                Containers(path="node_properties", below=("noderangeproperties", "container")),
                PodContainers(path=f"{_POD}.containers"),
                PodContainers(path=f"{_POD}.init_containers"),
            ),
        ),
    ),
    Reader(
        Configured,
        ("aws_instance", "aws_spot_instance_request"),
        configured,
        ConfiguredAt(name="tags.Name", settings=(Script(path="user_data|user_data_base64"),)),
    ),
    Reader(
        Configured,
        ("aws_launch_template", "aws_launch_configuration"),
        configured,
        ConfiguredAt(name="name", settings=(Script(path="user_data|user_data_base64"),)),
    ),
    _writes(
        "aws_secretsmanager_secret_version",
        "secret_id",
        Written(path="secret_string", label="secret_string", placeholders=True),
        Written(path="secret_binary", label="secret_binary", placeholders=True),
        Written(path="secret_string_wo", label="secret_string_wo", late=True, placeholders=True),
    ),
    # Of a parameter that is no SecureString, secrets.config-store-holds-no-secrets speaks.
    _writes(
        "aws_ssm_parameter",
        "name",
        Written(path="value", label="value", only="type", words=("SecureString",), placeholders=True),
        Written(path="value_wo", label="value_wo", only="type", words=("SecureString",), placeholders=True, late=True),
    ),
    _writes("aws_db_instance", "identifier", *_password("password")),
    _writes("aws_rds_cluster", "cluster_identifier", *_password("master_password")),
    _writes("aws_redshift_cluster", "cluster_identifier", *_password("master_password")),
    _writes("aws_redshiftserverless_namespace", "namespace_name", *_password("admin_user_password")),
    _writes("aws_docdb_cluster", "cluster_identifier", *_password("master_password")),
    _writes("aws_docdbelastic_cluster", "name", Written(path="admin_user_password", label="admin_user_password")),
    _writes("aws_elasticache_replication_group", "replication_group_id", Written(path="auth_token", label="auth_token")),
    _writes(
        "aws_elasticache_user",
        "user_id",
        Written(path="passwords", label="passwords"),
        Written(path="passwords", label="passwords", blocks="authentication_mode"),
    ),
    _writes("aws_memorydb_user", "user_name", Written(path="passwords", label="passwords", blocks="authentication_mode")),
    _writes(
        "aws_mq_broker",
        "broker_name",
        Written(path="password", label="user.password", blocks="user"),
        _at("ldap_server_metadata.service_account_password"),
    ),
    _writes(
        "aws_dms_endpoint",
        "endpoint_id",
        _at("password"),
        _at("kafka_settings.sasl_password"),
        _at("kafka_settings.ssl_client_key_password"),
        _at("redis_settings.auth_password"),
    ),
    _writes("aws_directory_service_directory", "name", Written(path="password", label="password")),
    *(
        _writes(type_, "domain_name", _at("advanced_security_options.master_user_options.master_user_password"))
        for type_ in ("aws_opensearch_domain", "aws_elasticsearch_domain")
    ),
    # Other sorts name where the token is kept: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ImportSourceCredentials.html
    _writes(
        "aws_codebuild_source_credential",
        "server_type",
        Written(path="token", label="token", only="auth_type", words=("BASIC_AUTH", "PERSONAL_ACCESS_TOKEN", "OAUTH")),
    ),
    _writes("aws_chime_voice_connector_termination_credentials", "", _at("password", "credentials")),
    *(_writes(type_, name, *map(_at, paths)) for type_, (name, paths) in TERRAFORM.items()),
    _writes("aws_lightsail_database", "relational_database_name", Written(path="master_password", label="master_password")),
    _writes("aws_timestreaminfluxdb_db_instance", "name", Written(path="password", label="password")),
    _writes("aws_fsx_windows_file_system", "tags.Name", _at("self_managed_active_directory.password")),
    _writes("aws_fsx_ontap_file_system", "tags.Name", _at("fsx_admin_password")),
    _writes(
        "aws_fsx_ontap_storage_virtual_machine",
        "name",
        _at("svm_admin_password"),
        _at("active_directory_configuration.self_managed_active_directory_configuration.password"),
    ),
    _writes(
        "aws_cloudwatch_event_connection",
        "name",
        _at("auth_parameters.api_key.value"),
        _at("auth_parameters.basic.password"),
        _at("auth_parameters.oauth.client_parameters.client_secret"),
        *(Named(path=f"auth_parameters.{of}", key="key") for of in _PARAMETERS_OF_CONNECTIONS),
    ),
    _writes(
        "aws_kinesis_firehose_delivery_stream",
        "name",
        _at("http_endpoint_configuration.access_key"),
        Named(path="http_endpoint_configuration.request_configuration.common_attributes"),
        _at("splunk_configuration.hec_token"),
        _at("redshift_configuration.password"),
        _at("snowflake_configuration.private_key"),
        _at("snowflake_configuration.key_passphrase"),
    ),
    _writes("aws_cognito_identity_provider", "provider_name", _at("provider_details.client_secret"), _at("provider_details.private_key")),
    *(
        _writes(type_, "", Written(path="client_secret", label="client_secret", blocks=f"{action}.authenticate_oidc"))
        for types, action in ((("aws_lb_listener", "aws_alb_listener"), "default_action"), (_RULES_OF_LISTENERS, "action"))
        for type_ in types
    ),
    _writes("aws_cloudfront_distribution", "comment", Named(path="origin.custom_header")),
    _writes("aws_codepipeline_webhook", "name", _at("authentication_configuration.secret_token")),
    _shows(
        "aws_codepipeline",
        "name",
        _at("configuration.OAuthToken", "stage.action"),
        Content(path="configuration.EnvironmentVariables", label="EnvironmentVariables", blocks="stage.action"),
    ),
    _writes("aws_glue_connection", "name", _at("connection_properties.PASSWORD")),
    _writes("aws_vpn_connection", "tags.Name", _at("tunnel1_preshared_key"), _at("tunnel2_preshared_key")),
    _writes("aws_storagegateway_gateway", "gateway_name", _at("smb_guest_password"), _at("smb_active_directory_settings.password")),
    _writes("aws_quicksight_data_source", "name", _at("credentials.credential_pair.password")),
    _writes("aws_datasync_location_smb", "server_hostname", _at("password")),
    _writes("aws_datasync_location_object_storage", "bucket_name", _at("secret_key")),
    _writes("aws_kms_ciphertext", "", _at("plaintext")),
    _writes("aws_api_gateway_api_key", "name", _at("value")),
    _writes("aws_sns_platform_application", "name", _at("platform_credential")),
    _writes("aws_iam_server_certificate", "name", _at("private_key")),
    _writes("aws_acm_certificate", "domain_name", _at("private_key")),
    _shows("aws_elastic_beanstalk_environment", "name", Pairs(path="setting")),
    _shows("aws_elastic_beanstalk_configuration_template", "name", Pairs(path="setting")),
    _shows(
        "aws_glue_job",
        "name",
        Map(path="default_arguments"),
        Map(path="non_overridable_arguments"),
        _at("source_control_details.auth_token"),
    ),
    _shows(
        "aws_amplify_app",
        "name",
        Map(path="environment_variables"),
        _at("oauth_token"),
        _at("access_token"),
        _at("basic_auth_credentials"),
    ),
    _shows("aws_amplify_branch", "branch_name", Map(path="environment_variables"), _at("basic_auth_credentials")),
    _shows("aws_mwaa_environment", "name", Map(path="airflow_configuration_options")),
    _shows("aws_api_gateway_stage", "stage_name", Map(path="variables")),
    _shows("aws_apigatewayv2_stage", "name", Map(path="stage_variables")),
    _shows("aws_api_gateway_integration", "", Map(path="request_parameters"), Map(path="request_templates")),
    _shows("aws_synthetics_canary", "name", Map(path="run_config.environment_variables")),
    _shows("aws_sagemaker_model", "name", Map(path="primary_container.environment")),
    _shows(
        "aws_sagemaker_notebook_instance_lifecycle_configuration",
        "name",
        Script(path="on_create", label="on_create"),
        Script(path="on_start", label="on_start"),
    ),
    _shows("aws_lightsail_instance", "name", Script(path="user_data")),
    _shows("aws_sfn_state_machine", "name", Content(path="definition", label="definition")),
    _shows("aws_cloudfront_function", "name", Code(path="code", label="code")),
    _shows("aws_ssm_document", "name", Content(path="content", label="content")),
    _shows("aws_imagebuilder_component", "name", Content(path="data", label="data")),
    Reader(Configured, ("provider.aws",), provider, ProviderAt(forms=True), always=False),
    Reader(Configured, ("provider.other",), provider, ProviderAt(), always=False),
    Reader(Configured, ("terraform_output",), declaration, DeclaredAt(path="value"), always=False),
    Reader(Configured, ("terraform_variable",), declaration, DeclaredAt(path="default"), always=False),
    Reader(Configured, ("terraform_local",), local_value, DeclaredAt(path="value"), always=False),
    *beside_clouds.READERS,
)
