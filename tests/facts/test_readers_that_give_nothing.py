"""Readers that may give nothing for an item of their types say so: a comparison counts on a result of all others."""

from __future__ import annotations

import pytest

from assay.scanner.facts.catalogue import Reader, catalogue
from assay.scanner.sources.inputs import code_readers, live_readers

AREAS = ("storage", "keys", "data", "secrets", "messaging", "resilience", "observe", "edge", "access", "network", "compute", "analysis")
HANGS_ON = {
    "analysis.access.google.database": ("deleted",),
    "analysis.access.secrets_aws.secret": ("primary",),
    "analysis.exposure.app_runner.app_runner": ("state",),
    "analysis.exposure.workloads.workload": ("runs",),
    "compute.app_runner.scaled": ("state",),
    "compute.app_runner.service": ("state",),
    "compute.app_runner.worker": ("state",),
    "compute.runners.environment": ("status",),
    "compute.runners.fixed": ("state", "where"),
    "data.backups.aws.store": ("part_of",),
    "data.backups.google.database": ("deleted",),
    "data.caches.caches.cache": ("member",),
    "data.databases.rds.store": ("part_of",),
    "data.databases.sql.instance": ("sort",),
    "data.deletion.guards.guard": ("part_of", "deleted", "sort"),
    "data.google.database": ("deleted",),
    "data.openness.google.networks": ("sort",),
    "data.openness.google.shared": ("part_of_whole",),
    "keys.kms.key": ("manager",),
    "messaging.channels.channel": ("given",),
    "messaging.stores.store": ("given",),
    "observe.metrics.aws.cluster": ("state",),
    "observe.retention.google.bucket": ("state",),
    "observe.sources.aws.task": ("pods",),
    "resilience.restores.google.database": ("primary", "deleted", "sort"),
    "secrets.secrets_manager.secret": ("primary",),
    "secrets.settings.settings.configured": ("writes", "seldom"),
}
"""Meanings that give nothing only where an input tells one of these of their spelling."""
LIVE_ALONE = (
    "network.firewall_policies.firewall_policy",
    "network.perimeters.service_controls.project",
    "network.remote.filters.firewall_policy",
)
"""Those that give nothing only of what has the fields of an API, be it live or declared."""


def meaning(reader: Reader) -> str:
    return f"{reader.meaning.__module__.removeprefix('assay.scanner.').removeprefix('facts.')}.{reader.meaning.__name__}"


READERS = {
    (name, meaning(reader), reader.types): reader
    for name in (*code_readers(), *live_readers())
    for reader in catalogue(name).all_readers()
    if meaning(reader).partition(".")[0] in AREAS
}


@pytest.mark.parametrize("area", AREAS)
def test_a_reader_says_whether_it_may_give_nothing(area: str) -> None:
    readers = [(name, reader) for (name, called, _), reader in READERS.items() if called.startswith(f"{area}.")]
    wrong = [f"{meaning(reader)} of {', '.join(reader.types)}" for name, reader in readers if reader.always != always(reader, name)]
    assert readers
    assert not wrong


def always(reader: Reader, name: str) -> bool:
    """Whether a reader gives a resource for every item, by what its meaning returns and what decides that."""
    if "None" not in str(reader.meaning.__annotations__["return"]):
        return True
    if meaning(reader) in LIVE_ALONE:
        return name not in live_readers()
    fields = HANGS_ON.get(meaning(reader))
    return fields is not None and not any(getattr(reader.spelling, field) for field in fields)
