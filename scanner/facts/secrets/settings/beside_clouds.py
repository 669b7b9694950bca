"""Settings in Terraform of what runs on a cloud and is no resource of it, and where other providers take secrets: type, places.

https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/secret_v1,
https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release,
https://developer.hashicorp.com/terraform/language/provisioners, and the page of each other resource
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.places import Commands, ConfiguredAt, Map, Named, PodContainers, Source, Stated, Written
from assay.scanner.facts.secrets.settings.settings import configured

_NAME = "metadata.name"
_POD, _TEMPLATE = "spec", "spec.template.spec"


def _secret(path: str) -> Written:
    return Written(path=path, label=path)


def _store(path: str, late: bool = False) -> Written:
    return Written(path=path, label=path, placeholders=True, late=late)


def _document(path: str) -> Stated:
    return Stated(path=path, label=path)


def _containers(pod: str) -> tuple[Source, ...]:
    return PodContainers(path=f"{pod}.container"), PodContainers(path=f"{pod}.init_container")


_KUBERNETES: dict[str, tuple[Source, ...]] = {
    "secret": (_store("data"), _store("binary_data"), _store("data_wo", late=True)),
    "config_map": (Map(path="data"),),
    "pod": _containers(_POD),
    **dict.fromkeys(("deployment", "stateful_set", "daemon_set", "daemonset", "replication_controller", "job"), _containers(_TEMPLATE)),
    "cron_job": _containers(f"spec.job_template.{_TEMPLATE}"),
}
"""Types of the Kubernetes provider, which each have a second name with the version of their API."""
_PROVISIONED: tuple[Source, ...] = (
    Commands(path="command", label="the command of a provisioner", blocks="provisioner"),
    Commands(path="inline", label="the commands of a provisioner", blocks="provisioner"),
    Written(path="environment", label="the environment of a provisioner", blocks="provisioner", placeholders=True),
    *(
        Written(path=path, label=f"connection.{path}", blocks=blocks)
        for blocks in ("connection", "provisioner.connection")
        for path in ("password", "private_key")
    ),
)
_OTHERS: dict[str, tuple[str, tuple[Source, ...]]] = {
    "kubernetes_manifest": ("manifest.metadata.name", (_document("manifest"),)),
    "kubectl_manifest": ("name", (_document("yaml_body"),)),
    "helm_release": (
        "name",
        (_document("values"), Named(path="set"), Named(path="set_list"), Named(path="set_sensitive"), _secret("repository_password")),
    ),
    **dict.fromkeys(("null_resource", "terraform_data"), ("", _PROVISIONED)),
    **dict.fromkeys(("local_file", "local_sensitive_file"), ("filename", (_document("content"),))),
    **dict.fromkeys(
        (f"github_{of}" for of in ("actions_secret", "actions_environment_secret", "actions_organization_secret", "codespaces_secret",
                                   "codespaces_organization_secret", "codespaces_user_secret", "dependabot_secret",
                                   "dependabot_organization_secret")),
        ("secret_name", (_store("plaintext_value"), _store("value"))),
    ),
    **dict.fromkeys((f"gitlab_{of}_variable" for of in ("project", "group", "instance")), ("key", (Named(path="", key="key"),))),
    "tfe_variable": ("key", (Named(path="", key="key"),)),
    **dict.fromkeys((f"circleci_{of}environment_variable" for of in ("", "context_")), ("name", (_store("value"),))),
    **dict.fromkeys(
        (f"vault_{of}" for of in ("generic_secret", "generic_endpoint", "kv_secret", "kv_secret_v2")), ("path", (_store("data_json"),))
    ),
    "vault_aws_secret_backend": ("path", (_secret("secret_key"),)),
    "vault_gcp_secret_backend": ("path", (_secret("credentials"),)),
    "mysql_user": ("user", (_secret("plaintext_password"),)),
    "postgresql_role": ("name", (_secret("password"),)),
    "mongodbatlas_database_user": ("username", (_secret("password"),)),
    "snowflake_user": ("name", (_secret("password"),)),
}  # fmt: skip


def _reader(type_: str, name: str, sources: tuple[Source, ...]) -> Reader:
    return Reader(Configured, (type_,), configured, ConfiguredAt(name=name, settings=sources, seldom=True), always=False)


READERS = (
    *(
        _reader(f"kubernetes_{type_}{version}", _NAME, sources)
        for type_, sources in _KUBERNETES.items()
        for version in (("",) if type_ == "daemonset" else ("", "_v1"))
    ),
    *(_reader(type_, name, sources) for type_, (name, sources) in _OTHERS.items()),
)
