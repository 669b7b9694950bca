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
            settings=(Map(path="metadata", scripts=SCRIPT_KEYS), Script(path="metadata_startup_script", label="startup-script")),
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
    ),
    _writes("google_alloydb_cluster", "cluster_id", Written(path="password", label="initial_user.password", blocks="initial_user")),
    _writes("google_alloydb_user", "user_id", Written(path="password", label="password")),
    Reader(Configured, ("provider.google", "provider.google-beta"), provider, ProviderAt(), always=False),
)
