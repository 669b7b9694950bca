"""What the server asks of the process that judges, and what that answers: structs, sent as worker/wire.py sends them (which knows no struct
whose fields are given by name alone)."""

from __future__ import annotations

import msgspec

from assay.scanner.results.model import Result, WaiverUse
from assay.scanner.sources.coverage import Gap


class Chosen(msgspec.Struct, frozen=True):
    """What the user's editor sets beside the configuration, as the options of `assay scan` do."""

    profile: str | None = None
    controls: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    limit_memory: int | None = None
    """Bytes; None for what grows with the input."""
    limit_seconds: float | None = None


class JudgeRequest(msgspec.Struct, frozen=True):
    """Judge what a change touches: as `assay scan PATH` in a directory would, over text that is not saved."""

    number: int
    directory: str
    """The working directory, absolute: its `assay.yaml` counts."""
    path: str
    """What is scanned, relative to that."""
    changed: tuple[str, ...]
    """Absolute paths of the files that changed."""
    first: tuple[str, ...]
    """Those of files that people look at: what is in them is judged first."""
    addresses: tuple[str, ...]
    """Addresses of resources elsewhere of which something is shown in these files."""
    unsaved: dict[str, bytes]
    """Absolute paths to the text that an editor holds."""
    anew: bool
    """There may be other files than before."""
    chosen: Chosen = Chosen()
    lost: dict[str, str] = {}
    """What earlier processes were lost over, and how."""


class Cancel(msgspec.Struct, frozen=True):
    """Nobody waits for a request any more."""

    number: int


class Explain(msgspec.Struct, frozen=True):
    """Tell all of a finding that was sent."""

    number: int
    directory: str
    fingerprint: str


class Mend(msgspec.Struct, frozen=True):
    """Find edits by which findings are gone and nothing is worse, over text that is not saved."""

    number: int
    directory: str
    path: str
    fingerprints: tuple[str, ...]
    unsaved: dict[str, bytes]
    chosen: Chosen
    decided: bool
    """Somebody chose this one, and decides on what it may cost; else only what is safe is done."""


class PartEntered(msgspec.Struct, frozen=True):
    """What is read, or judged, from now on."""

    name: str


class JudgedPart(msgspec.Struct, frozen=True):
    """What is found in a root module, a template or the like: verdicts that somebody has to look at, as the gate leaves them."""

    number: int
    input: str
    root: str
    """Relative to the directory of the request, as all places."""
    results: list[Result]
    gaps: list[Gap]
    files: tuple[str, ...] = ()
    """It says all of these files, and of no other; empty where it says all of the root."""
    broken: tuple[str, ...] = ()
    """Files of the same input that could not be read, so that what is said may not be all."""
    why: dict[str, str] = {}
    """Why the controls of these results ask what they ask."""
    fixable: tuple[str, ...] = ()
    """Those of them that say how such findings are fixed."""


class Finished(msgspec.Struct, frozen=True):
    """A request is answered, to its end unless it was cancelled."""

    number: int
    cancelled: bool = False
    roots: dict[str, tuple[str, ...]] = {}
    """Input to all roots that there are of it, for inputs that the request was about."""
    waivers: list[WaiverUse] = []
    """Those that do not count, of the resources that were judged."""


class CannotJudge(msgspec.Struct, frozen=True):
    """Why nothing can be judged: configuration or rules that cannot be used."""

    number: int
    reason: str


class Mended(msgspec.Struct, frozen=True):
    """What files say with the edits that were proven, in which nothing else is changed."""

    number: int
    files: dict[str, bytes]
    """By absolute path; empty where nothing was proven."""
    told: list[str]
    """What the edits do, and what somebody should know of them, or why there are none."""


class Explained(msgspec.Struct, frozen=True):
    """A finding as `assay explain` tells it; empty where there is none such."""

    number: int
    text: str
