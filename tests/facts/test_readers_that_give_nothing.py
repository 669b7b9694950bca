"""Readers that may give nothing for an item of their types say so: a comparison counts on a result of all others."""

from __future__ import annotations

import pytest

from assay.scanner.facts.catalogue import Reader, catalogue
from assay.scanner.sources.inputs import code_readers, live_readers

AREAS = ("storage", "keys", "data", "secrets", "messaging", "resilience", "observe")
HANGS_ON = {
    "data.backups.aws.store": ("part_of",),
    "data.backups.google.database": ("deleted",),
    "data.caches.caches.cache": ("member",),
    "data.databases.rds.store": ("part_of",),
    "data.databases.sql.instance": ("sort",),
    "data.deletion.guards.guard": ("part_of", "deleted", "sort"),
    "data.google.database": ("deleted",),
    "data.openness.google.networks": ("sort",),
    "keys.kms.key": ("manager",),
    "messaging.channels.channel": ("given",),
    "messaging.stores.store": ("given",),
    "observe.metrics.aws.cluster": ("state",),
    "observe.retention.google.bucket": ("state",),
    "observe.sources.aws.task": ("pods",),
    "resilience.restores.google.database": ("primary", "deleted", "sort"),
    "secrets.secrets_manager.secret": ("primary",),
    "secrets.settings.settings.configured": ("writes",),
}
"""Meanings that give nothing only where an input tells one of these of their spelling."""


def meaning(reader: Reader) -> str:
    return f"{reader.meaning.__module__.removeprefix('assay.scanner.facts.')}.{reader.meaning.__name__}"


READERS = {
    (name, meaning(reader), reader.types): reader
    for name in (*code_readers(), *live_readers())
    for reader in catalogue(name).all_readers()
    if meaning(reader).partition(".")[0] in AREAS
}


@pytest.mark.parametrize("area", AREAS)
def test_a_reader_says_whether_it_may_give_nothing(area: str) -> None:
    readers = [reader for (_, called, _), reader in READERS.items() if called.startswith(f"{area}.")]
    wrong = [f"{meaning(reader)} of {', '.join(reader.types)}" for reader in readers if reader.always != always(reader)]
    assert readers
    assert not wrong


def always(reader: Reader) -> bool:
    """Whether a reader gives a resource for every item, by what its meaning returns and what decides that."""
    if "None" not in str(reader.meaning.__annotations__["return"]):
        return True
    fields = HANGS_ON.get(meaning(reader))
    return fields is not None and not any(getattr(reader.spelling, field) for field in fields)
