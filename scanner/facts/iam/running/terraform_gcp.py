"""Service accounts of what runs code, in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/cloud_run_v2_service"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.accounts import IDENTITIES
from assay.scanner.facts.iam.running.google import MachineAt, NodesAt, RunAt, machine, nodes, runs
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import Named, running

_V2, _V1, _JOB, _POOL = (
    "google_cloud_run_v2_service",
    "google_cloud_run_service",
    "google_cloud_run_v2_job",
    "google_cloud_run_v2_worker_pool",
)
_SECOND, _FIRST = "google_cloudfunctions2_function", "google_cloudfunctions_function"
_ACCOUNTS = {
    _V2: ("template.service_account",),
    _POOL: ("template.service_account",),
    _V1: ("template.spec.service_account_name",),
    _JOB: ("template.template.service_account",),
    _SECOND: ("service_config.service_account_email",),
    _FIRST: ("service_account_email",),
}
_SORTS = {_V2: "service", _V1: "service", _JOB: "job", _POOL: "pool of workers", _SECOND: "function", _FIRST: "function"}
_INDEX = running({type_: Named(("name",), paths) for type_, paths in _ACCOUNTS.items()})
READERS = (
    *(
        Reader(RunsAs, (type_,), runs, RunAt(name="name", sort=_SORTS[type_], accounts=paths, index=_INDEX, identities=IDENTITIES))
        for type_, paths in _ACCOUNTS.items()
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_instance#service_account
    Reader(
        RunsAs,
        (
            "google_compute_instance",
            "google_compute_instance_from_template",
            "google_compute_instance_template",
            "google_compute_region_instance_template",
        ),
        machine,
        MachineAt(name="name", sort="instance", blocks=("service_account",), email="email", identities=IDENTITIES),
    ),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_cluster: of Autopilot
    Reader(
        RunsAs,
        ("google_container_cluster",),
        nodes,
        NodesAt(
            name="name",
            account="cluster_autoscaling.auto_provisioning_defaults.service_account",
            made="enable_autopilot",
            identities=IDENTITIES,
        ),
        always=False,
    ),
    Reader(
        RunsAs,
        ("google_container_node_pool",),
        nodes,
        NodesAt(name="name", account="node_config.service_account", identities=IDENTITIES),
        always=False,
    ),
)
