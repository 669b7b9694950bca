"""What other scanners say of the same resources, beside our verdicts: part of the JSON contract."""

from __future__ import annotations

from typing import Literal

import msgspec

from assay.scanner.rules.judgement import Verdict

TheirVerdict = Literal["pass", "fail", "skipped", "unknown"]
"""`skipped`: somebody told the scanner to accept it; `unknown`: it leaves the decision to a person."""
Relation = Literal["differ", "only_theirs", "only_ours", "agree"]
"""`only_theirs`: this run judged nothing by that control there; `only_ours`: the other scanner says nothing of it."""


class Check(msgspec.Struct, frozen=True):
    """One result of another scanner, in its own words."""

    id: str
    """The scanner's id of the check."""
    verdict: TheirVerdict
    reason: str
    resource: str
    """As that scanner names it; empty where it does not."""
    file: str = ""
    line: int = 0
    """The first line, from 1; 0 where it names none."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A control on a resource, judged by both or by one of the two."""

    relation: Relation
    control: str
    title: str
    severity: str
    address: str
    root: str
    ours: Verdict | None
    """The worst of the run's verdicts of the control on the resource; None where there is none."""
    our_reason: str
    theirs: TheirVerdict | None
    """The worst of `checks`; None where there is none."""
    checks: list[Check]


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What one scanner says beside a run. It changes no verdict and no exit code."""

    scanner: str
    version: str
    """Empty where it does not say."""
    file: str = ""
    """The file that its results were read from; empty where it was run beside."""
    results: int = 0
    """How many results it gave."""
    agree: int = 0
    differ: int = 0
    only_theirs: int = 0
    only_ours: int = 0
    without_control: int = 0
    """Results of checks that no control of the run names as its peer."""
    failures_only: bool = False
    """It gave failures alone, so that its silence does not say that something passes."""
    rows: list[Compared] = []
    """Those that differ first, then by severity, control and address."""
    others: list[Check] = []
    """The results without a control, where they were asked for (`--all`)."""
    problems: list[str] = []
    """Why it says less than it could: files that it could not read, a run that failed."""
