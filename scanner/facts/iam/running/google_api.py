"""Service accounts of what runs code, by their REST resources. https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.running.google import MachineAt, NodesAt, RunAt, machine, nodes, runs
from assay.scanner.facts.iam.running.identities import by_address
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import Named, running

_RUN, _FUNCTIONS = "run.googleapis.com", "cloudfunctions.googleapis.com"
# Both versions of the API: https://cloud.google.com/run/docs/reference/rest/v1/RevisionSpec
_SERVICE = ("template.serviceAccount", "spec.template.spec.serviceAccountName")
_JOB = ("template.template.serviceAccount", "spec.template.spec.template.spec.serviceAccountName")
_TYPES = {
    f"{_RUN}/Service": ("service", _SERVICE),
    f"{_RUN}/WorkerPool": ("pool of workers", _SERVICE),
    f"{_RUN}/Job": ("job", _JOB),
    f"{_FUNCTIONS}/Function": ("function", ("serviceConfig.serviceAccountEmail",)),
    f"{_FUNCTIONS}/CloudFunction": ("function", ("serviceAccountEmail",)),
}
_NAME = "metadata.name|name"
_INDEX = running({type_: Named(("metadata.name", "name"), paths) for type_, (_, paths) in _TYPES.items()})
_IDENTITIES = by_address({"iam.googleapis.com/ServiceAccount": "email|accountId|name"}, project="projectId")
READERS = (
    *(
        Reader(RunsAs, (type_,), runs, RunAt(name=_NAME, sort=sort, accounts=paths, index=_INDEX, identities=_IDENTITIES))
        for type_, (sort, paths) in _TYPES.items()
    ),
    Reader(
        RunsAs,
        ("compute.googleapis.com/Instance",),
        machine,
        MachineAt(name="name", sort="instance", blocks=("serviceAccounts",), email="email", identities=_IDENTITIES),
    ),
    # Config Connector has the account beside the properties.
    Reader(
        RunsAs,
        ("compute.googleapis.com/InstanceTemplate",),
        machine,
        MachineAt(
            name="name",
            sort="instance",
            blocks=("properties.serviceAccounts", "serviceAccounts"),
            email="email",
            identities=_IDENTITIES,
        ),
    ),
    # Of Autopilot. https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
    Reader(
        RunsAs,
        ("container.googleapis.com/Cluster",),
        nodes,
        NodesAt(
            account="autoscaling.autoprovisioningNodePoolDefaults.serviceAccount|clusterAutoscaling.autoProvisioningDefaults.serviceAccount",
            made="autopilot.enabled|enableAutopilot|cluster.autopilot.enabled",
            identities=_IDENTITIES,
        ),
        always=False,
    ),
    Reader(
        RunsAs,
        ("container.googleapis.com/NodePool",),
        nodes,
        NodesAt(account="config.serviceAccount|nodeConfig.serviceAccount", identities=_IDENTITIES),
        always=False,
    ),
)
