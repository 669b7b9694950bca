"""How many workers a run is worth.

Each worker judges its share of the input, and reads of the rest what it has to know: of root modules which modules they have. That is a
tenth of a run of Terraform code, a third where all call modules, and less of an inventory, so that a second core nearly halves a long
run; a short one is over before that counts (bench/README.md).
"""

from __future__ import annotations

import contextlib
import os

from assay.scanner.sources import fetched
from assay.scanner.sources.listing import FileListing

WORTH = 1_000_000
"""Bytes of input from which on there is more than one worker: a second or more of work, several of Terraform code (bench/shards.py)."""
_QUOTA = "/sys/fs/cgroup/cpu.max"


def available() -> int:
    """The cores that this process may use: those that it is bound to, within the quota of its container (cgroup v2)."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        cores = os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError, ZeroDivisionError), open(_QUOTA, encoding="ascii") as file:
        quota, period = file.read().split()
        cores = min(cores, int(quota) // int(period))  # "max" is no number
    return max(cores, 1)


def worth(listing: FileListing) -> int:
    """The workers for some files: one for little work, or where one collection is all that there can be."""
    cores = available()
    if cores == 1 or _parts(listing) < 2:
        return 1
    size = 0
    for file in listing.candidates:
        with contextlib.suppress(OSError):
            size += os.path.getsize(fetched.located(file))
        if size >= WORTH:
            return cores
    return 1


def _parts(listing: FileListing) -> int:
    """How many collections there may be: directories of code, and files of other formats, of which an inventory has many."""
    places = set()
    for file, formats in listing.candidates.items():
        if not {"assets", "snapshot", "aws_config"}.isdisjoint(formats):
            return 2
        places.add(os.path.dirname(file) if "terraform" in formats else file)
        if len(places) > 1:
            return 2
    return len(places)
