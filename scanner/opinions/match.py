"""Another scanner's results beside ours: the same control on the same resource, by the ids of checks that the control names as its peers.

What is compared is the whole that a control asks of a resource. A scanner may ask it by several checks, of several blocks: together they
fail where one of them fails.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from assay.scanner.opinions.interface import Claim, Claims, shown
from assay.scanner.opinions.places import ClaimedResources, Key, key_of
from assay.scanner.results.model import Report, Result, Verdict, worst
from assay.scanner.results.opinion import Check, Compared, Opinion, Relation, TheirVerdict
from assay.scanner.rules.model import SEVERITIES, Control
from assay.scanner.rules.peers import normal
from assay.scanner.words import many

_WORST: tuple[TheirVerdict, ...] = ("fail", "unknown", "skipped", "pass")
_ORDER: tuple[Relation, ...] = ("differ", "only_theirs", "only_ours", "agree")
_SAME: dict[TheirVerdict, tuple[Verdict, ...]] = {
    "fail": ("fail",),
    "pass": ("pass", "not_applicable"),
    "skipped": ("pass", "not_applicable"),
    "unknown": ("unknown", "error"),
}
"""Their verdict to those of ours that say the same. What they were told to accept disagrees with a failure, unless that is waived here."""
MAX_CHECKS, MAX_REASONS = 20, 3
MAX_PAIRS = 5_000_000
"""Pairs of a result and a resource: a line of a module is of all its instances."""
NOTHING_JUDGED = "this run judged nothing by this control there"


class OurResults(msgspec.Struct, frozen=True):
    """What another scanner's results are compared with."""

    report: Report
    controls: Mapping[str, Control]
    """Those that the run judged by."""
    paths: Sequence[str]
    """What the run scanned."""
    everything: bool = False
    """Keep the results that no control asks for, too."""
    names: Mapping[str, str] = {}
    """What the report calls files by another name than their own, to where they are: standard input."""
    changed_only: bool = False
    """The run left out what did not change: what it did not judge is nothing that only the other scanner sees."""


def opinion(claims: Claims, beside: OurResults, file: str = "") -> Opinion:
    """What a scanner says beside a run; `file`: where its results were read from."""
    peers = _peers(claims.scanner, beside.controls.values())
    ours = _by_control(beside.report.results, _controls_of(peers, claims))
    related = _against(claims, peers, ours, beside)
    rows = [_both(beside.controls[control], ours[control, key], claimed) for (control, key), claimed in related.theirs.items()]
    rows += [_theirs(beside.controls[control], claimed) for (control, _, _), claimed in related.alone.items()]
    rows += [
        _ours(beside.controls[at[0]], results) for at, results in ours.items() if at not in related.theirs and _says_something(results)
    ]
    counts = Counter(row.relation for row in rows)
    return Opinion(
        scanner=shown(claims.scanner),
        version=claims.version,
        file=file,
        results=len(claims.claims),
        agree=counts["agree"],
        differ=counts["differ"],
        only_theirs=counts["only_theirs"],
        only_ours=counts["only_ours"],
        without_control=len(related.others),
        failures_only=claims.failures_only,
        rows=sorted(rows, key=_row_order),
        others=sorted(map(_check, related.others), key=_check_order) if beside.everything else [],
        problems=[*claims.problems, *related.problems],
    )


class _Related(msgspec.Struct):
    """Claims by what they are about."""

    theirs: dict[tuple[str, Key], list[Claim]] = {}
    """Those on what this run judged, by control and resource."""
    alone: dict[tuple[str, str, str], list[Claim]] = {}
    """Those on what it did not judge, by control, file and name."""
    others: list[Claim] = []
    """Those that no control asks for."""
    problems: list[str] = []


def _against(claims: Claims, peers: Mapping[str, Sequence[str]], ours: Container[tuple[str, Key]], beside: OurResults) -> _Related:
    places = ClaimedResources(beside.report.results, beside.paths, beside.names)
    related, pairs = _Related(), 0
    for number, claim in enumerate(claims.claims):
        controls = peers.get(normal(claim.check), ())
        if not controls:
            related.others.append(claim)
            continue
        resources = places.of(claim, claims.base)
        pairs += len(resources) * len(controls)
        if pairs > MAX_PAIRS:
            related.problems.append(
                f"the last {many(len(claims.claims) - number, 'result')} could not be compared: too many resources for each"
            )
            break
        for control in controls:
            judged = [key for key in resources if (control, key) in ours]
            for key in judged:
                related.theirs.setdefault((control, key), []).append(claim)
            if not judged and (places.knows(claim.file, claims.base) or not beside.changed_only):
                related.alone.setdefault((control, claim.file, claim.resource), []).append(claim)
    return related


def _peers(scanner: str, controls: Iterable[Control]) -> dict[str, list[str]]:
    """Id of a check to the controls that name it as a peer; of a scanner that no control names, whatever scanner it is of."""
    all_controls = list(controls)
    named = {name for control in all_controls for name in control.peers}
    peers: dict[str, list[str]] = {}
    for control in all_controls:
        for name, checks in control.peers.items():
            if name == scanner or scanner not in named:
                for check in checks:
                    asking = peers.setdefault(normal(check), [])
                    if control.id not in asking:
                        asking.append(control.id)
    return peers


def _controls_of(peers: Mapping[str, Iterable[str]], claims: Claims) -> set[str]:
    """The controls that a scanner of _NAMED has a check for; of any other, those that it says something of."""
    said = {normal(claim.check) for claim in claims.claims} & peers.keys() if claims.scanner not in _NAMED else peers.keys()
    return {control for check in said for control in peers[check]}


_NAMED = ("checkov", "trivy", "prowler")


def _by_control(results: Iterable[Result], controls: set[str]) -> dict[tuple[str, Key], list[Result]]:
    grouped: dict[tuple[str, Key], list[Result]] = {}
    for result in results:
        if result.control in controls:
            grouped.setdefault((result.control, key_of(result.resource)), []).append(result)
    return grouped


def _says_something(results: Iterable[Result]) -> bool:
    return any(result.verdict != "not_applicable" for result in results)


def _both(control: Control, results: Sequence[Result], claims: Sequence[Claim]) -> Compared:
    theirs = _worst(claims)
    judged = worst({result.waiver.verdict if result.waiver and result.verdict == "waived" else result.verdict for result in results})
    accepted = theirs == "skipped" and all(result.verdict not in ("fail", "unknown", "error") for result in results)
    return _row("agree" if accepted or judged in _SAME[theirs] else "differ", control, results, claims)


def _theirs(control: Control, claims: Sequence[Claim]) -> Compared:
    return _row("only_theirs", control, [], claims)


def _ours(control: Control, results: Sequence[Result]) -> Compared:
    return _row("only_ours", control, results, [])


def _row(relation: Relation, control: Control, results: Sequence[Result], claims: Sequence[Claim]) -> Compared:
    resource = results[0].resource if results else None
    return Compared(
        relation=relation,
        control=control.id,
        title=control.title,
        severity=results[0].severity if results else control.severity,
        address=resource.address if resource else shown(claims[0].resource),
        root=resource.root if resource else "",
        ours=worst({result.verdict for result in results}) if results else None,
        our_reason=_reason(results) if results else NOTHING_JUDGED,
        theirs=_worst(claims) if claims else None,
        checks=sorted(map(_check, claims), key=_check_order)[:MAX_CHECKS],
    )


def _worst(claims: Iterable[Claim]) -> TheirVerdict:
    return min((claim.verdict for claim in claims), key=_WORST.index)


def _reason(results: Sequence[Result]) -> str:
    decides = worst({result.verdict for result in results})
    deciding = [result for result in results if result.verdict == decides]
    texts = list(dict.fromkeys(text for result in deciding for text in _texts(result)))
    more = f"; and {len(texts) - MAX_REASONS} more" if len(texts) > MAX_REASONS else ""
    return "; ".join(texts[:MAX_REASONS]) + more


def _texts(result: Result) -> list[str]:
    message = result.message or result.title
    return [f"{message}: {missing.reason}" for missing in result.unknown] if result.verdict == "unknown" and result.unknown else [message]


def _check(claim: Claim) -> Check:
    return Check(shown(claim.check), claim.verdict, claim.reason, shown(claim.resource), shown(_relative(claim.file)), claim.line)


def _relative(file: str) -> str:
    """As the rest of a report names files: relative to the working directory where they are below it."""
    below = os.path.relpath(file) if os.path.isabs(file) else file
    return (file if below.startswith(os.pardir) else below).replace(os.sep, "/")


def _check_order(check: Check) -> tuple[int, str, str, int, str, str]:
    return _WORST.index(check.verdict), check.id, check.file, check.line, check.resource, check.reason


def _row_order(row: Compared) -> tuple[int, int, int, str, str, str]:
    severity = SEVERITIES.index(row.severity) if row.severity in SEVERITIES else len(SEVERITIES)
    return _ORDER.index(row.relation), row.theirs != "fail" and row.ours != "fail", severity, row.control, row.root, row.address
