"""What a comparison says. The shape of `Comparison` is the JSON contract assay-compare/1 (docs/compare.md)."""

from __future__ import annotations

from typing import Literal

import msgspec

from assay.scanner.results.model import InForce, Verdict
from assay.scanner.sources.coverage import Gap

Status = Literal[
    "fails_live",
    "fails_live_code_unknown",
    "fails_both",
    "live_without_code",
    "fails_code",
    "ambiguous",
    "unknown",
    "not_seen",
    "code_not_deployed",
    "one_side",
    "passes_both",
    "not_applicable",
]
STATUSES: dict[Status, tuple[str, str]] = {
    "fails_live": ("passes in code, fails live", "the cloud drifted from the code, or was changed past the pipeline"),
    "fails_live_code_unknown": ("fails live, not known in code", "the code alone does not tell; the cloud does"),
    "fails_both": ("fails in both", "correct the code and deploy it"),
    "live_without_code": ("live without code", "nothing in the code that was given makes these"),
    "fails_code": ("fails in code, passes live", "the code is not applied yet, or the cloud was mended by hand"),
    "ambiguous": ("ambiguous", "which resource of the code is which live one cannot be told"),
    "unknown": ("unknown on one side", "and no failure on the live side"),
    "not_seen": ("not seen", "the other side did not look where these would be"),
    "code_not_deployed": ("code not deployed", "the live side looked where these would be, and they are not there"),
    "one_side": ("judged on one side only", "the other side has no verdict of this control on them"),
    "passes_both": ("passes in both", "code and cloud agree"),
    "not_applicable": ("not applicable in both", "the control does not speak of them"),
}
"""Every status with its name and what it means, the worst first."""


class SideFinding(msgspec.Struct, frozen=True):
    """A result of one side; the whole of it is in the report of that side, under the same fingerprint."""

    verdict: Verdict
    fingerprint: str
    message: str
    element: str
    address: str
    root: str


class SideResource(msgspec.Struct, frozen=True):
    """A resource of one side."""

    id: str
    name: str
    address: str
    root: str
    type: str
    account: str | None
    region: str | None


class Half(msgspec.Struct, frozen=True):
    """What one side says of a row: `verdict` is the worst of its findings, None where it has none."""

    verdict: Verdict | None
    resources: list[SideResource]
    findings: list[SideFinding]


class ComparedRow(msgspec.Struct, frozen=True):
    """One control on one resource, as code and the live side have it; of one side only where the two could not be joined."""

    status: Status
    control: str
    title: str
    severity: str
    kind: str
    cloud: str
    code: Half
    live: Half
    joined_by: str | None
    """`state`, `name` or `scope` (the project or account that both speak of); None where the two sides were not joined."""
    reason: str
    settles_it: str


class Side(msgspec.Struct, frozen=True):
    """Where one side comes from, and what it did not see."""

    targets: list[str]
    started: str
    finished: str
    version: str
    policies: str
    results: int
    resources: int
    gaps: list[Gap]
    in_force: InForce = InForce()


class StateUse(msgspec.Struct, frozen=True):
    """A Terraform state: the root module that it is of, and how many resources of the code it identified."""

    file: str
    root: str | None
    resources: int
    identified: int


class Counts(msgspec.Struct, frozen=True):
    """How many there are; rows by status as well."""

    rows: int
    statuses: dict[str, int]
    joined: int
    """Resources that are in both."""
    code_only: int
    live_only: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A whole comparison."""

    schema: str = "assay-compare/1"
    version: str
    """Of Assay."""
    compared: str
    """RFC 3339, UTC."""
    code: Side
    live: Side
    states: list[StateUse]
    summary: Counts
    rows: list[ComparedRow]
    gaps: list[Gap]
    """What kept the comparison itself from being whole, beside the gaps of each side."""
    in_force: InForce = InForce()
    """What the comparison itself was judged by: the configuration, and `fail_on`."""
