"""Settings by Google's REST resources, and where manifests and templates write secrets.

https://cloud.google.com/run/docs/reference/rest/v2/Container, https://cloud.google.com/compute/docs/reference/rest/v1/instances
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings.declarations import DeclaredAt, declaration, output_of_stack
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.places import ConfiguredAt, Map, Pairs, PodContainers, Script, Source, Written
from assay.scanner.facts.secrets.settings.settings import configured
from assay.scanner.sources.secret_settings import SCRIPT_KEYS

_RUN, _FUNCTIONS, _COMPUTE = "run.googleapis.com", "cloudfunctions.googleapis.com", "compute.googleapis.com"
_NAME = "metadata.name|name"


def _shows(type_: str, name: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources))


def _writes(type_: str, *sources: Source) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name="name", settings=sources), always=False)


def _password(path: str) -> tuple[Written, ...]:
    """As text, as Deployment Manager has it; in Config Connector its value, or where in Kubernetes it is kept."""
    return (
        Written(path=f"{path}.value", label=path),
        Written(path=f"{path}.valueFrom", label=path, kept=True),
        Written(path=path, label=path, text=True),
    )


def _metadata(path: str) -> Pairs:
    return Pairs(path=path, key="key", value="value", scripts=SCRIPT_KEYS)


READERS = (
    # Both versions of the API: https://cloud.google.com/run/docs/reference/rest/v1/RevisionSpec
    *(
        _shows(type_, _NAME, PodContainers(path="template.containers"), PodContainers(path="spec.template.spec.containers"))
        for type_ in (f"{_RUN}/Service", f"{_RUN}/WorkerPool")
    ),
    _shows(
        f"{_RUN}/Job",
        _NAME,
        PodContainers(path="template.template.containers"),
        PodContainers(path="spec.template.spec.template.spec.containers"),
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#ServiceConfig
    _shows(
        f"{_FUNCTIONS}/Function",
        "name",
        Map(path="serviceConfig.environmentVariables"),
        Map(path="buildConfig.environmentVariables", of="the build"),
    ),
    # https://cloud.google.com/functions/docs/reference/rest/v1/projects.locations.functions
    _shows(
        f"{_FUNCTIONS}/CloudFunction",
        "name",
        Map(path="environmentVariables"),
        Map(path="buildEnvironmentVariables", of="the build"),
    ),
    # Config Connector has metadata as a list: https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computeinstance
    _shows(
        f"{_COMPUTE}/Instance",
        "name",
        _metadata("metadata.items"),
        _metadata("metadata"),
        Script(path="metadataStartupScript", label="startup-script"),
    ),
    _shows(
        f"{_COMPUTE}/InstanceTemplate",
        "name",
        _metadata("properties.metadata.items"),
        _metadata("metadata"),
        Script(path="metadataStartupScript", label="startup-script"),
    ),
    # https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.triggers
    _shows(
        "cloudbuild.googleapis.com/BuildTrigger",
        "name",
        Map(path="substitutions"),
        Map(path="build.substitutions", of="the build"),
    ),
    _shows(f"{_COMPUTE}/Project", "name", _metadata("commonInstanceMetadata.items")),
    # With `valueFrom`, it is in a secret of Kubernetes. Neither the API nor the inventory shows what is in a version.
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/secretmanager/secretmanagersecretversion
    _writes(
        "secretmanager.googleapis.com/SecretVersion",
        Written(path="secretData.value", label="secret_data", placeholders=True),
        Written(path="secretData.valueFrom", label="secret_data", kept=True),
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/sql/sqluser
    _writes("sqladmin.googleapis.com/User", *_password("password")),
    _writes("sqladmin.googleapis.com/Instance", *_password("rootPassword")),
    Reader(Configured, ("deployment.output",), output_of_stack, DeclaredAt(path="value"), always=False),
    Reader(Configured, ("deployment.property",), declaration, DeclaredAt(path="value", label="default"), always=False),
)
