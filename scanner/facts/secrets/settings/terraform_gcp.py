"""Settings in Terraform for Google Cloud, and where it takes secrets.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service, and the page of each resource beside it
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.places import ConfiguredAt, Map, Pairs, PodContainers, Script, Source, Written
from assay.scanner.facts.secrets.settings.providers import ProviderAt, provider
from assay.scanner.facts.secrets.settings.settings import configured
from assay.scanner.sources.secret_settings import SCRIPT_KEYS

_MACHINES = (
    "google_compute_instance",
    "google_compute_instance_template",
    "google_compute_region_instance_template",
    "google_compute_instance_from_template",
)


def _writes(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources), always=False)


def _shows(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources))


def _seldom(type_: str, name: str, *sources: Source) -> Reader:
    """What may have settings of its own, and is no matter without them."""
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources, seldom=True), always=False)


def _one(path: str) -> Written:
    """A secret in a place of its own, in blocks of which there may be several."""
    blocks, _, last = path.rpartition(".")
    return Written(path=last, label=path, blocks=blocks)


# Services that run something with settings of their own
_RUNNING = (
    _shows(
        "google_cloudbuild_trigger",
        "name",
        Map(path="substitutions"),
        Map(path="build.substitutions", of="the build"),
        PodContainers(path="build.step", name="id", pairs="", words=("env", "args")),
        PodContainers(path="build.options", pairs="", words=("env",)),
        Script(path="script", label="script", blocks="build.step"),
    ),
    _shows("google_workflows_workflow", "name", Map(path="user_env_vars"), Script(path="source_contents", label="source_contents")),
    _shows(
        "google_composer_environment",
        "name",
        Map(path="config.software_config.env_variables"),
        Map(path="config.software_config.airflow_config_overrides", of="Airflow"),
    ),
    _shows(
        "google_dataproc_cluster",
        "name",
        Map(path="cluster_config.gce_cluster_config.metadata", scripts=SCRIPT_KEYS),
        Map(path="cluster_config.software_config.override_properties"),
    ),
    _shows("google_dataflow_job", "name", Map(path="parameters")),
    _shows("google_dataflow_flex_template_job", "name", Map(path="parameters")),
    _shows("google_workbench_instance", "name", Map(path="gce_setup.metadata", scripts=SCRIPT_KEYS)),
    _seldom(
        "google_cloud_scheduler_job",
        "name",
        Map(path="http_target.headers", of="the request"),
        Map(path="app_engine_http_target.headers", of="the request"),
    ),
    _seldom(
        "google_cloud_tasks_queue",
        "name",
        Pairs(path="http_target.header_overrides", key="header.key", value="header.value", of="the request"),
    ),
    _seldom(
        "google_monitoring_uptime_check_config",
        "display_name",
        Map(path="http_check.headers", of="the request"),
        _one("http_check.auth_info.password"),
    ),
    _shows(
        "google_monitoring_notification_channel",
        "display_name",
        Map(path="labels"),
        *(_one(f"sensitive_labels.{label}") for label in ("auth_token", "password", "service_key")),
    ),
)
_PROFILES = {
    "google_datastream_connection_profile": ("mysql_profile", "postgresql_profile", "oracle_profile", "sql_server_profile"),
    "google_database_migration_service_connection_profile": ("mysql", "postgresql", "oracle"),
}
# Places that take one secret, by the type and what it is called.
_PLACES: dict[tuple[str, str], tuple[str, ...]] = {
    **{(type_, "connection_profile_id"): tuple(f"{block}.password" for block in blocks) for type_, blocks in _PROFILES.items()},
    ("google_sql_source_representation_instance", "name"): ("password",),
    ("google_bigquery_connection", "connection_id"): ("cloud_sql.credential.password",),
    ("google_bigquery_data_transfer_config", "display_name"): ("sensitive_params.secret_access_key",),
    ("google_storage_transfer_job", "description"): (
        "transfer_spec.aws_s3_data_source.aws_access_key.secret_access_key",
        "transfer_spec.azure_blob_storage_data_source.azure_credentials.sas_token",
    ),
    ("google_netapp_active_directory", "name"): ("password",),
    ("google_kms_secret_ciphertext", "crypto_key"): ("plaintext",),
    # Keys of TLS, of VPN tunnels, of routers, of signed addresses
    ("google_compute_ssl_certificate", "name"): ("private_key",),
    ("google_compute_region_ssl_certificate", "name"): ("private_key",),
    ("google_certificate_manager_certificate", "name"): ("self_managed.pem_private_key",),
    ("google_compute_vpn_tunnel", "name"): ("shared_secret",),
    ("google_compute_router", "name"): ("md5_authentication_keys.key",),
    ("google_compute_router_peer", "name"): ("md5_authentication_key.key",),
    ("google_compute_backend_bucket_signed_url_key", "name"): ("key_value",),
    ("google_compute_backend_service_signed_url_key", "name"): ("key_value",),
    # Keys that disks are encrypted with, which their user keeps: https://cloud.google.com/compute/docs/disks/customer-supplied-encryption
    ("google_compute_disk", "name"): ("disk_encryption_key.raw_key",),
    ("google_compute_region_disk", "name"): ("disk_encryption_key.raw_key",),
    ("google_compute_snapshot", "name"): ("snapshot_encryption_key.raw_key", "source_disk_encryption_key.raw_key"),
    ("google_compute_image", "name"): ("image_encryption_key.raw_key",),
    # Secrets of clients by which people sign in
    ("google_compute_backend_service", "name"): ("iap.oauth2_client_secret",),
    ("google_compute_region_backend_service", "name"): ("iap.oauth2_client_secret",),
    ("google_app_engine_application", "project"): ("iap.oauth2_client_secret",),
    ("google_identity_platform_default_supported_idp_config", "idp_id"): ("client_secret",),
    ("google_identity_platform_oauth_idp_config", "name"): ("client_secret",),
    ("google_iam_workforce_pool_provider", "provider_id"): ("oidc.client_secret.value.plain_text",),
}
READERS = (
    Reader(
        Configured,
        ("google_cloud_run_v2_service", "google_cloud_run_v2_worker_pool"),
        configured,
        ConfiguredAt(name="name", settings=(PodContainers(path="template.containers"),)),
    ),
    Reader(
        Configured,
        ("google_cloud_run_v2_job",),
        configured,
        ConfiguredAt(name="name", settings=(PodContainers(path="template.template.containers"),)),
    ),
    Reader(
        Configured,
        ("google_cloud_run_service",),
        configured,
        ConfiguredAt(name="name", settings=(PodContainers(path="template.spec.containers"),)),
    ),
    Reader(
        Configured,
        ("google_cloudfunctions_function",),
        configured,
        ConfiguredAt(name="name", settings=(Map(path="environment_variables"), Map(path="build_environment_variables", of="the build"))),
    ),
    Reader(
        Configured,
        ("google_cloudfunctions2_function",),
        configured,
        ConfiguredAt(
            name="name",
            settings=(Map(path="service_config.environment_variables"), Map(path="build_config.environment_variables", of="the build")),
        ),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/app_engine_standard_app_version
    Reader(
        Configured,
        ("google_app_engine_standard_app_version", "google_app_engine_flexible_app_version"),
        configured,
        ConfiguredAt(name="service", settings=(Map(path="env_variables"),)),
    ),
    Reader(
        Configured,
        _MACHINES,
        configured,
        ConfiguredAt(
            name="name",
            settings=(
                Map(path="metadata", scripts=SCRIPT_KEYS),
                Script(path="metadata_startup_script", label="startup-script"),
                _one("boot_disk.disk_encryption_key_raw"),
                _one("attached_disk.disk_encryption_key_raw"),
            ),
        ),
    ),
    Reader(
        Configured,
        ("google_compute_project_metadata",),
        configured,
        ConfiguredAt(settings=(Map(path="metadata", scripts=SCRIPT_KEYS),)),
    ),
    Reader(
        Configured,
        ("google_compute_project_metadata_item",),
        configured,
        ConfiguredAt(name="key", settings=(Pairs(path="", key="key", value="value", scripts=SCRIPT_KEYS),)),
    ),
    *(
        _writes(
            type_,
            "secret",
            Written(path="secret_data", label="secret_data", placeholders=True),
            Written(path="secret_data_wo", label="secret_data_wo", late=True, placeholders=True),
        )
        for type_ in ("google_secret_manager_secret_version", "google_secret_manager_regional_secret_version")
    ),
    _writes(
        "google_sql_user", "name", Written(path="password", label="password"), Written(path="password_wo", label="password_wo", late=True)
    ),
    _writes(
        "google_sql_database_instance",
        "name",
        Written(path="root_password", label="root_password"),
        Written(path="root_password_wo", label="root_password_wo", late=True),
        Written(path="password", label="replica_configuration.password", blocks="replica_configuration"),
    ),
    _writes("google_alloydb_cluster", "cluster_id", Written(path="password", label="initial_user.password", blocks="initial_user")),
    _writes("google_alloydb_user", "user_id", Written(path="password", label="password")),
    *_RUNNING,
    *(_writes(type_, name, *(_one(path) for path in paths)) for (type_, name), paths in _PLACES.items()),
    Reader(Configured, ("provider.google", "provider.google-beta"), provider, ProviderAt(), always=False),
)
