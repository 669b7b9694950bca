"""Results: what a run says. The shape of `Report` is the JSON contract (docs/json-contract.md, reports/schemas/assay-results-2.json)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from assay.scanner.facts.model import BlockRef, Mark
from assay.scanner.results.opinion import Opinion
from assay.scanner.rules.judgement import VERDICTS, WORST, Evidence, Step, UnknownFact, Verdict, worst
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.revision import Revision

__all__ = [
    "VERDICTS",
    "WORST",
    "ControlOutcome",
    "Evidence",
    "FrameworkOutcome",
    "InForce",
    "Report",
    "ResourceRef",
    "Result",
    "Revision",
    "Run",
    "Setting",
    "StandsFor",
    "Step",
    "Summary",
    "Tool",
    "UnknownFact",
    "Verdict",
    "fingerprint",
    "worst",
]

StandsFor = Literal["itself", "instances", "part", "unlisted"]
"""`instances`: how many there are is not known; `part`: it is declared elsewhere, and only a part of it here; `unlisted`: all of its type
in its account and region, which could not be listed."""


class ResourceRef(msgspec.Struct, frozen=True, gc=False):
    """Which resource a result speaks of."""

    id: str
    kind: str
    name: str
    cloud: str
    account: str | None
    region: str | None
    address: str
    root: str
    """What the address is relative to: the root module's directory, the plan's file."""
    blocks: list[BlockRef]
    type: str = ""
    """The input's own type name: `aws_s3_bucket`, `AWS::S3::Bucket`, `s3.bucket`, `storage.googleapis.com/Bucket`."""
    named: bool = False
    """`name` is the provider's; else it is the label of the block."""
    stands_for: StandsFor = "itself"
    also_in: list[str] | None = []
    """Further regions in which the provider shows it as a resource of its own; None where they are not known."""
    also_named: list[str] = []
    """Other names that the provider knows it by, as far as they are known: aliases of a key."""
    tags: dict[str, str] = {}
    """Tags or labels, as far as they are known."""
    marks: list[Mark] = []
    """What the resource itself says of findings on it."""
    in_example: bool = False
    """Its root module or template is in a directory of examples or tests, by the name of that (`examples`, `tests` and the like)."""


WaivedBy = Literal["configuration", "comment", "mark", "checkov", "trivy"]
"""Where a waiver stands: in a configuration, in a comment of the code, in the resource itself (metadata, annotation, tag), or in a comment
for another scanner."""


class Waived(msgspec.Struct, frozen=True):
    """Who accepts a finding, why, and for how long."""

    by: WaivedBy
    owner: str
    reason: str
    ticket: str
    expires: str
    """The last day on which it holds, as `YYYY-MM-DD`; empty for comments for other scanners that have none."""
    file: str
    line: int
    verdict: Verdict
    """What the verdict is without it."""
    expired: bool = False
    """Its last day is over: the verdict is what it is without it."""


Standing = Literal["", "new", "known"]
"""Beside what was accepted before (a baseline, another revision): `new` or `known`; empty where nothing was compared."""


class Course(msgspec.Struct, frozen=True):
    """What a history knows of a finding."""

    state: Literal["new", "regressed", "known"]
    """`new`: the run is the first that found it, or found it failing; `regressed`: it was over or waived, and fails again; `known`: it was
    so before."""
    first: str
    """When it was found first: RFC 3339, UTC, as all times here."""
    since: str
    """Since when it fails, or is waived or unknown."""
    times: int
    """How often it began to fail."""


class Result(msgspec.Struct, frozen=True, gc=False):
    """One verdict of one control on one resource, or on one element of a list of it."""

    control: str
    title: str
    severity: str
    verdict: Verdict
    fingerprint: str
    message: str
    element: str
    """Which element of a list fact the verdict is for; empty for the resource itself."""
    resource: ResourceRef
    evidence: list[Evidence]
    unknown: list[UnknownFact]
    waiver: Waived | None = None
    """The waiver that makes it `waived`, or one that has expired."""
    standing: Standing = ""
    course: Course | msgspec.UnsetType = msgspec.UNSET
    """Of a finding, where a history is kept."""
    owner: str | msgspec.UnsetType = msgspec.UNSET
    """Where the configuration says whose what is; empty for what is nobody's."""
    steps: list[Step] | msgspec.UnsetType = msgspec.UNSET
    """Of a finding that stands on a way (an identity that becomes another, a request that reaches what answers it): its steps in order."""


class ControlOutcome(msgspec.Struct, frozen=True):
    """A control that the run judged: its worst verdict; `not_applicable` where it met no resource."""

    id: str
    title: str
    severity: str
    verdict: Verdict
    resources: int
    frameworks: dict[str, list[str]] = {}
    """Framework to the ids of its requirements that the control serves."""
    reason: str = ""
    """Why it is `not_applicable`; empty for every other verdict."""


class FrameworkOutcome(msgspec.Struct, frozen=True):
    """A framework that controls of the run serve: how much of it they judge."""

    id: str
    title: str
    version: str
    publisher: str
    url: str
    sections: int
    """How many it has, without headings."""
    judged: int
    """How many of these at least one control of the run judges; the others are for people."""


class Tool(msgspec.Struct, frozen=True):
    """What made a report."""

    name: str
    version: str
    policies: str
    """Digest of the rules that were applied."""


class Setting(msgspec.Struct, frozen=True, omit_defaults=True):
    """A setting whose value is not its default; both as text, JSON for what is no text."""

    name: str
    """`fail_on`, `allow_empty`, `controls.ID.params.NAME`."""
    value: str
    default: str
    place: str = ""
    """Where it is set, as `FILE:LINE`; empty for what the command line says."""
    reason: str = ""
    """Why a control has another severity."""


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was judged by, beside the built-in controls with their defaults."""

    configuration: str | None = None
    """The configuration file; None where none was read."""
    profile: str | None = None
    frameworks: list[str] = []
    """Frameworks that the run was limited to: ids."""
    policies: list[str] = []
    """Folders of own rules."""
    replaced: dict[str, str] = {}
    """Id of each built-in control, profile or framework that an own one stands for, to the file of that."""
    left_out: list[str] = []
    """Ids of controls that are there and that the run did not judge by."""
    settings: list[Setting] = []
    """What differs from the defaults."""
    var_files: list[str] = []
    variables: list[str] = []
    """Names of variables whose values were given; the values may be secret."""


class Run(msgspec.Struct, frozen=True):
    """Times are RFC 3339 in UTC. `arguments` is the command line with the values of variables left out."""

    id: str
    started: str
    finished: str
    arguments: list[str]
    targets: list[str]
    in_force: InForce = InForce()
    revisions: list[Revision] = []
    """The commits that the targets are of, as far as they are in repositories of git. Known at the end of a run."""


class Summary(msgspec.Struct, frozen=True):
    """Counts of a run: results by verdict, resources that a control was asked of, controls."""

    verdicts: dict[str, int]
    resources: int
    controls: int


class WaiverUse(msgspec.Struct, frozen=True):
    """A waiver of a run, and how many findings it is for."""

    by: WaivedBy
    control: str
    """Id or glob."""
    resource: str
    """What it selects, in words."""
    owner: str
    reason: str
    ticket: str
    expires: str
    file: str
    line: int
    findings: int
    """Findings that it is for; 0 for one that is for nothing that this run found."""
    expired: bool = False
    refused: str = ""
    """Why it does not count though it is for findings: what the guardrails forbid."""


class StatementUse(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody states of a control that no input shows, and how many results rest on it."""

    control: str
    """Id or glob."""
    resource: str
    """What it speaks of, in words."""
    statement: str
    holds: bool
    """False: it is stated that the control is not met."""
    owner: str
    date: str
    expires: str
    """The last day on which it counts, as `YYYY-MM-DD`."""
    link: str
    """Where the proof is; may be empty."""
    file: str
    line: int
    results: int
    refused: str = ""
    """Why it does not count."""


class PastFinding(msgspec.Struct, frozen=True):
    """A finding of a baseline or another revision that is not there any more."""

    fingerprint: str
    control: str
    address: str
    element: str


class BaselineComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What the findings of a run are compared with: a baseline, or another revision of the code."""

    kind: Literal["baseline", "revision"]
    name: str
    """The baseline's file, or the revision as it was named."""
    made: str
    """When the baseline was made (RFC 3339), or the id of the commit."""
    expires: str = ""
    """The last day on which a baseline holds."""
    expired: bool = False
    new: int = 0
    known: int = 0
    gone: list[PastFinding] = []


class GateReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run means for a team: what was accepted, by whom and until when, and what it was compared with."""

    waivers: list[WaiverUse] = []
    attestations: list[StatementUse] = []
    """What is stated of controls that no input shows."""
    comparisons: list[BaselineComparison] = []
    changes: list[str] = []
    """How the configuration lets through more than at the revision that the run is compared with; each fails the run."""
    known_gaps: list[Gap] = []
    """Those of the gaps of the run that were there before, as they are now: they leave it complete."""
    warnings: list[str] = []
    """What those who look after the gate should see: waivers that are over, or for nothing."""


class HistoryChange(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of earlier runs that this one has no result of, and what became of it."""

    event: Literal["fixed", "gone", "settled", "unobserved", "left_scope"]
    """`unobserved`, `left_scope`: it was not seen, which says nothing of it."""
    fingerprint: str
    control: str
    severity: str
    address: str
    root: str
    file: str
    """The first that it was in, as fingerprints name it; empty where it was in none."""
    element: str
    account: str
    region: str
    since: str
    """Since when it was known to fail, or, of one that never did, known at all."""
    reason: str
    rule_changed: bool
    """Another rule judged than before."""


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """A run of the history."""

    started: str
    complete: bool
    open: int
    """Findings that fail when it was over, those among them that it could not see."""
    new: int
    regressed: int
    fixed: int


class HistoryReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the history says of a run."""

    previous: str
    """When the run began that it is compared with; empty for the first."""
    open: int
    oldest: str
    """Since when the one of them fails that has failed longest; empty where none does."""
    waived: int
    unknown: int
    unobserved: int
    """Of these, how many the run could not see."""
    events: dict[str, int]
    """What became of findings in this run, with the number of each."""
    nights: list[Night]
    """The runs before this one, and itself at the end: at most 30."""
    changes: list[HistoryChange]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run, as the JSON contract has it."""

    schema: str = "assay-results/2"
    tool: Tool
    run: Run
    summary: Summary
    controls: list[ControlOutcome]
    frameworks: list[FrameworkOutcome] = []
    """Those that controls of the run serve, by id."""
    results: Sequence[Result]
    """In the order of results/keeping.py. A list, unless every format only passes over them."""
    gate: GateReport = GateReport()
    opinions: list[Opinion] = []
    """What other scanners say beside it."""
    history: HistoryReport | msgspec.UnsetType = msgspec.UNSET
    """Where one is kept."""
    coverage: Coverage


def fingerprint(control: str, assertion: str, cloud: str, scope: str, resource: str, element: str) -> str:
    """Identity of a finding: it survives moving the code, other lines, other messages and other severities."""
    parts = "\0".join((control, assertion, cloud, scope, resource, element))
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()
