"""The files of a run folder as data. Each is JSON with its keys in order, so that the same run has the same bytes."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.results.model import Revision, Run, Tool
from assay.scanner.words import defused_json

T = TypeVar("T")
MANIFEST, ENVELOPE, RUN, INPUTS, ARCHIVE = "manifest.json", "manifest.dsse.json", "run.json", "inputs.json", "inputs.zip"
REPORTS, CONFIGURATION, RESULTS = "reports", "configuration", "reports/results.json"
MAX_JSON = 200_000_000
"""Bytes of a file of JSON in a run folder that is read."""


class EvidenceError(AssayError):
    """A run folder that cannot be written or read: names the file and the way out."""


class FileDigest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the run folder."""

    path: str
    """Below the run folder, with `/`."""
    sha256: str
    size: int


class Previous(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The run before, of the same directory."""

    folder: str
    manifest: str
    """sha256 of its manifest."""


class RunManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run folder holds."""

    schema: Literal["assay-evidence/1"] = "assay-evidence/1"
    run: str
    """Id of the run, as the reports have it."""
    started: str
    finished: str
    exit_code: int
    tool: Tool
    revisions: list[Revision] = []
    """The commits that what was scanned is of."""
    previous: Previous | None = None
    """None for the first run of a directory."""
    files: list[FileDigest]
    """All but the manifest itself and its signatures, by path."""


class Snapshot(msgspec.Struct, frozen=True):
    """What live accounts answered."""

    file: str
    """In the run folder."""
    cloud: str
    shown: str
    """What the reports call it."""


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a run was made, as far as it takes to make it again."""

    schema: Literal["assay-evidence-run/1"] = "assay-evidence-run/1"
    command: str
    """`scan`, `audit aws`, `audit gcp`."""
    run: Run
    tool: Tool
    options: dict[str, Any]
    """The options of the command by name, without the values of variables and external ids."""
    withheld: list[str] = []
    """What of the options is not here, since it may be secret: `var NAME`, `parameter NAME`, `external_id`."""
    directory: str
    """The working directory."""
    today: str
    """The day by which waivers and statements end, as `YYYY-MM-DD`."""
    exit_code: int
    python: str
    platform: str
    snapshot: Snapshot | None = None
    configuration: list[str] = []
    """The files that configured it, as the reports name them, in the order of `configuration/`."""


Kind: TypeAlias = Literal["file", "directory", "link", "special"]


class FileEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a run found: a file with its digest, a directory, a link."""

    path: str
    """Absolute, on the machine of the run, no link on its way."""
    kind: Kind
    target: str = ""
    """Of a link."""
    sha256: str = ""
    """Of the file as it was after the run; empty where nobody read it, or it could not be read."""
    size: int = 0
    became: str = ""
    """What the run made of it: judged, other, excluded, unread; empty for what is not below its targets."""
    why: str = ""
    configures: bool = False
    """A configuration, waivers, a baseline, own rules, guardrails, values."""
    stored: Literal["whole", "masked", "none"] = "none"
    """`masked`: without what reports do not show."""
    member: str = ""
    """In the archive."""
    stored_sha256: str = ""
    """Of the member."""
    note: str = ""
    """Why it is not stored, or what is to be known of it."""


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run read."""

    schema: Literal["assay-evidence-inputs/1"] = "assay-evidence-inputs/1"
    mode: str
    """How files are stored: `masked`, `whole` or `digests`."""
    entries: list[FileEntry]


def encode(value: Any) -> bytes:
    """As JSON, indented by two, with a final line feed."""
    return defused_json(msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2)) + b"\n"


def decode(content: bytes, type_: type[T], name: str) -> T:
    """A file of a run folder. Raises EvidenceError."""
    try:
        return msgspec.json.decode(content, type=type_)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise EvidenceError(f"{name}: not what assay writes there: {error}") from None
