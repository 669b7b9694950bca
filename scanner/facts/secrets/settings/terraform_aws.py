"""Settings in Terraform for AWS, and where it takes secrets.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition, and the page of each resource beside it
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings.declarations import DeclaredAt, declaration
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.places import ConfiguredAt, Containers, Map, Pairs, PodContainers, Script, Source, Written
from assay.scanner.facts.secrets.settings.providers import ProviderAt, provider
from assay.scanner.facts.secrets.settings.settings import configured

_OF_APP = "source_configuration.{}.runtime_environment_variables"
_POD = "eks_properties.pod_properties"


def _writes(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources), always=False)


def _password(path: str, block: str = "") -> tuple[Written, Written]:
    """A password, or the argument that neither plans nor states keep: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only"""
    return Written(path=path, label=path, blocks=block), Written(path=f"{path}_wo", label=f"{path}_wo", late=True, blocks=block)


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
            settings=(Pairs(path="environment.environment_variable", unless="type", references=("PARAMETER_STORE", "SECRETS_MANAGER")),),
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
    _writes("aws_mq_broker", "broker_name", Written(path="password", label="user.password", blocks="user")),
    _writes("aws_dms_endpoint", "endpoint_id", Written(path="password", label="password")),
    _writes("aws_directory_service_directory", "name", Written(path="password", label="password")),
    _writes(
        "aws_opensearch_domain",
        "domain_name",
        Written(path="master_user_password", label="master_user_password", blocks="advanced_security_options.master_user_options"),
    ),
    Reader(Configured, ("provider.aws",), provider, ProviderAt(forms=True), always=False),
    Reader(Configured, ("provider.other",), provider, ProviderAt(), always=False),
    Reader(Configured, ("terraform_output",), declaration, DeclaredAt(path="value"), always=False),
    Reader(Configured, ("terraform_variable",), declaration, DeclaredAt(path="default"), always=False),
)
