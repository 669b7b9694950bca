"""What is mounted into what runs code, and stays when that ends.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html,
https://cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.compute.kinds import Mounting, Volume
from assay.scanner.facts.google_assets import short
from assay.scanner.facts.spelling import Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

FILES, FOLDER, DISK = "a file system that outlives it", "a folder of the machine", "a disk"
"""What stays, in words."""


class VolumesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of volumes. All but the lists themselves are places in one of them."""

    volumes: tuple[str, ...]
    called: Annotated[str, "volumes"] = ""
    kept: Annotated[tuple[tuple[str, str], ...], "volumes"] = ()
    """What makes a volume one that stays, where it is set, with what that is in words."""
    shared: Annotated[str, "volumes"] = ""
    """`shared` of a volume of Docker that outlives its task on the machine."""
    buckets: Annotated[tuple[tuple[str, str], ...], "volumes"] = ()
    """A bucket of Cloud Storage, and whether it can only be read."""
    driver: Annotated[str, "volumes"] = ""
    """Of the v1 API: what mounts a volume; by `gcsfuse.run.googleapis.com` it is a bucket."""
    at_launch: Annotated[str, "volumes"] = ""
    """Who starts the task says what the volume is."""
    started_by: Annotated[Referrer | None, "volumes"] = None
    """Services that start it, which are judged by what they say."""


def mounting(view: View, at: VolumesAt) -> Mounting:
    """Scratch space, secrets, sockets of databases and what can only be read do not stay."""
    blocks, more = view.inner(*at.volumes)
    told = [_volume(view, block, at) for block in blocks]
    return Mounting(
        identity=view.identity(short(view.called(at.name))),
        volumes=view.says([*filter(None, told), *([more] if more else [])]),
    )


def _volume(view: View, block: View, at: VolumesAt) -> Volume | Unknown | None:
    seen = (block.location,)
    at_launch = block[at.at_launch].default(False).truth()
    if at_launch.data is not False:
        if at.started_by is not None and view.referrers(at.started_by).exist.data is True:
            return None
        reason = f"what a volume of {view.item.address} is, which is configured when it starts"
        return Unknown(reason, "scan the service that starts it together with this", block.location)
    tests = [(_is_there(block[path]), words) for path, words in at.kept]
    if at.shared:
        tests.append((block[at.shared].equals("shared"), "a volume of the machine"))
    tests += [(_writes(block, at, bucket, read), "a bucket that it can write to") for bucket, read in at.buckets]
    what = next((words for value, words in tests if value.data is True), next((words for value, words in tests if value.unknown), ""))
    return Volume(
        name=Value(describe(block[at.called].raw) if at.called and not block[at.called].absent else "its volume", seen),
        kept=Value(any_of([value for value, _ in tests]).data, seen) if tests else Value(False, seen),
        what=Value(what or "scratch space, or something to read", seen),
    )


def _writes(block: View, at: VolumesAt, bucket: str, read: str) -> Value[bool]:
    """A bucket can be written unless it says otherwise: https://cloud.google.com/run/docs/reference/rest/v2/Volume#GCSVolumeSource"""
    there = block[at.driver].equals("gcsfuse.run.googleapis.com") if at.driver and bucket == at.driver else _is_there(block[bucket])
    return all_of([there, block[read].default(False).truth().negate()])


def _is_there(value: Value[Any]) -> Value[bool]:
    """Whether a block or a setting is written; a plan writes no block as []."""
    return value.then(lambda data: data not in (None, [], ""))
