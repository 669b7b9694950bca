"""URLs of buckets as paths: what they name is fetched before a run, and removed behind it."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import click

from assay.scanner.buckets.errors import BucketError
from assay.scanner.cli import judging, sharding, watching
from assay.scanner.cli.decorated import decorated
from assay.scanner.sources.fetched import is_url

_OPTIONS = (
    click.option(
        "--limit-download",
        type=judging.Size(),
        help="Bytes of objects of s3:// and gs:// that may be on this disk at once; 0 for what fits.  [default: 16G]",
    ),
)
_NOT = {
    "since": "revisions are those of a repository",
    "evidence": "it is of files that can be judged again: copy the objects to this machine",
    "fixes": "an object is no file that could be fixed",
    "beside": "other scanners read files: copy the objects to this machine",
}


def options(command: Any) -> Any:
    """The options of a command that fetches what is in buckets."""
    return decorated(command, _OPTIONS)


@contextlib.contextmanager
def _removing() -> Iterator[None]:
    """Whoever stops the process, as batch systems do, leaves nothing on the disk."""

    def stopped(number: int, _: Any) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)  # a second one would end what removes it
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, stopped)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def fetched(arguments: dict[str, Any]) -> Iterator[list[str]]:
    """The paths of a command line, with what URLs name as files of this machine as long as this lasts. Raises BucketError, ShardError."""
    paths = list(arguments["paths"])
    if not any(map(is_url, paths)):
        yield paths
        return
    for name, why in _NOT.items():
        if arguments.get(name):
            raise BucketError(f"leave --{'with' if name == 'beside' else name} out for what is in a bucket: {why}")
    from assay.scanner.buckets import fetching
    from assay.scanner.sources.interface import Share

    given = arguments["limit_download"]
    limits = fetching.DEFAULT if given is None else fetching.FetchLimits(given)
    share = Share(*sharding.number(arguments)) if arguments["shard"] else Share(-1) if arguments["cluster"] else None
    with _removing(), contextlib.ExitStack() as kept:
        with watching.progress(arguments["quiet"]) as tick:
            local = kept.enter_context(fetching.fetched(paths, share, limits, tick))
        yield local
