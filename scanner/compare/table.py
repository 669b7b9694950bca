"""The table of controls and resources: one row for each control on what is one resource, with the status of both sides together.

    comparison = compare(code_report, live_report, states)

Every result of either side is in exactly one row.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import msgspec

from assay.scanner import __version__
from assay.scanner.compare import names, seen
from assay.scanner.compare.join import Group, join
from assay.scanner.compare.model import STATUSES, Comparison, Counts, Finding, Half, Named, Row, Side, StateUse, Status
from assay.scanner.compare.state import State, States
from assay.scanner.compare.subjects import Subject, subjects
from assay.scanner.results.model import Report, ResourceRef, Result, Verdict, worst
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.sources.interface import Gap

_ORDER = {status: at for at, status in enumerate(STATUSES)}
_FINE = ("passes_both", "fails_code", "not_applicable")
_FAILING, _OPEN = ("fail", "waived"), ("unknown", "error")
_SAID = 3
"""Ways to settle an unknown verdict that a row tells."""


class _Told(msgspec.Struct, frozen=True):
    """The status of a row, and what is said beside it."""

    status: Status
    reason: str = ""
    settles_it: str = ""


def compare(code: Report, live: Report, states: Iterable[State] = (), gaps: Iterable[Gap] = ()) -> Comparison:
    """Both sides in one table. `gaps` are inputs that could not be read, such as a state."""
    states = list(states)
    code_subjects, live_subjects = subjects(code), subjects(live)
    known = States(states, code_subjects)
    looked = seen.Live(live, live_subjects)
    groups = join(code_subjects, live_subjects, known, looked.accounts)
    table = _Table(code, live, seen.Code(code, code_subjects), looked, known)
    table.learn(groups)
    rows = sorted((row for group in groups for row in table.rows(group)), key=_rank)
    return Comparison(
        version=__version__,
        compared=datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        code=_side(code, code_subjects),
        live=_side(live, live_subjects),
        states=[StateUse(each.file, known.roots[each.file], len(each.identities), len(known.identified[each.file])) for each in states],
        summary=Counts(
            rows=len(rows),
            statuses={status: sum(row.status == status for row in rows) for status in STATUSES},
            joined=sum(bool(group.code and group.live and not group.ambiguous) for group in groups),
            code_only=sum(not group.live for group in groups),
            live_only=sum(not group.code for group in groups),
        ),
        rows=rows,
        gaps=[*gaps, *known.gaps],
    )


class _Table:
    """Makes the rows of groups."""

    def __init__(self, code: Report, live: Report, made: seen.Code, looked: seen.Live, states: States) -> None:
        self.made, self.looked, self.states = made, looked, states
        self.code_controls = {each.id for each in code.controls}
        self.live_controls = {each.id for each in live.controls}
        self._made_by: dict[tuple[str, str], str] = {}
        self._deployed_as: dict[tuple[str, str], str] = {}

    def learn(self, groups: Iterable[Group]) -> None:
        """What is on both sides under one kind is there under every other: a role without a federated principal is a role."""
        for group in groups:
            for ours in group.code if group.live and not group.ambiguous else ():
                for theirs in group.live:
                    self._made_by[theirs.ref.cloud, theirs.ref.id] = names.show(ours.ref)
                    self._deployed_as[ours.ref.root, ours.ref.address] = theirs.ref.id

    def rows(self, group: Group) -> list[Row]:
        code, live = _by_control(group.code), _by_control(group.live)
        alone = self._code_only(group) if not group.live and not group.ambiguous else None
        found = []
        for control in dict.fromkeys([*code, *live]):
            ours, theirs = code.get(control, []), live.get(control, [])
            first = (ours or theirs)[0]
            told = alone or self._told(group, control, ours, theirs)
            found.append(
                Row(
                    status=told.status,
                    control=control,
                    title=first.title,
                    severity=min((each.severity for each in (*ours, *theirs)), key=_severity),
                    kind=first.resource.kind,
                    cloud=first.resource.cloud,
                    code=_half(group.code, ours),
                    live=_half(group.live, theirs),
                    joined_by=group.by,
                    reason=told.reason,
                    settles_it=told.settles_it or _ways([*ours, *theirs]) if told.status != "passes_both" else "",
                )
            )
        return found

    def _told(self, group: Group, control: str, ours: Sequence[Result], theirs: Sequence[Result]) -> _Told:
        if group.ambiguous:
            return _Told("ambiguous", group.ambiguous, group.settles_it)
        if group.code:
            told = self._both(control, ours, theirs)
            return (told.status in _FINE and self._missing(group)) or told
        return self._live_only(group.live[0].ref, theirs)

    def _code_only(self, group: Group) -> _Told:
        ref = group.code[0].ref
        if live := self._deployed_as.get((ref.root, ref.address)):
            return _Told("one_side", f"it is deployed as {live}, on which this control has no verdict")
        if not self.looked.judges(ref):
            what = ref.type or ref.kind
            return _Told("one_side", f"no live resource of type {what} can be judged", "scan the code; this is no matter of the live side")
        if self.states.lacks(ref):
            return _Told("code_not_deployed", "it is not in the state of its root module", "deploy the code")
        doubt = self.looked.looked(names.placed(ref, group.gone))
        if doubt is not None:
            return _Told("not_seen", *doubt)
        if group.gone:
            return _Told("code_not_deployed", f"the state knows it as {group.gone}, which is not there any more", "deploy the code again")
        where = "in its account" if ref.account else "on the live side; the code does not say in which account it is to be"
        return _Told("code_not_deployed", f"no such {ref.kind} is {where}", "deploy the code, or give its --state FILE")

    def _missing(self, group: Group) -> _Told | None:
        """The copy of a resource, in another region, that its code makes and that is not among the live ones."""
        there = {each.ref.region for each in group.live}
        for ref in (each.ref for each in group.code if each.ref.also_in and each.ref.region and None not in there):
            for region in sorted({str(ref.region), *(ref.also_in or ())} - there):
                doubt = self.looked.looked(msgspec.structs.replace(ref, region=region, also_in=[]))
                if doubt is not None:
                    return _Told("not_seen", f"its copy in {region}: {doubt[0]}", doubt[1])
                return _Told("code_not_deployed", f"its copy in {region} is not there", "deploy the code")
        return None

    def _live_only(self, ref: ResourceRef, theirs: Sequence[Result]) -> _Told:
        if ref.stands_for == "unlisted":
            return _Told("unknown", "which of these there are could not be listed")
        alone: Status = "fails_live_code_unknown" if any(each.verdict in _FAILING for each in theirs) else "one_side"
        if maker := self._made_by.get((ref.cloud, ref.id)) or self.states.address(ref):
            return _Told(alone, f"{maker} makes it, on which this control has no verdict")
        if not self.made.judges(ref):
            why = f"code that makes a {ref.type or ref.kind} is not judged as {ref.kind}: whether there is some cannot be told"
            return _Told(alone, why, "give the Terraform state of the code: --state FILE")
        doubt = self.made.looked(ref)
        if doubt is not None:
            return _Told("not_seen", *doubt)
        return _Told("live_without_code", "nothing in the code makes it", "import it into the code, or delete it")

    def _both(self, control: str, ours: Sequence[Result], theirs: Sequence[Result]) -> _Told:
        if not theirs:
            return _Told("one_side", _silent("live", control in self.live_controls))
        if not ours:
            failing = control in self.code_controls and any(each.verdict in _FAILING for each in theirs)
            return _Told("fails_live_code_unknown" if failing else "one_side", _silent("code", control in self.code_controls))
        return _status(worst(each.verdict for each in ours), worst(each.verdict for each in theirs))


def _silent(side: str, judged: bool) -> str:
    where = "live side" if side == "live" else "code"
    return f"the {where} has no result of it" if judged else f"the {where} was not judged by this control"


def _status(code: Verdict, live: Verdict) -> _Told:
    """The status of what is on both sides. A waived failure is a failure that someone accepted."""
    if live in _FAILING:
        if code in _FAILING:
            return _Told("fails_both")
        return _Told("fails_live_code_unknown" if code in _OPEN else "fails_live")
    if live in _OPEN or code in _OPEN:
        return _Told("unknown")
    if code in _FAILING:
        return _Told("fails_code")
    if code == live:
        return _Told("passes_both" if code == "pass" else "not_applicable")
    return _Told("one_side", f"the control does not apply to the {'live side' if live == 'not_applicable' else 'code'}")


def _by_control(held: list[Subject]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for subject in held:
        for result in subject.results:
            found.setdefault(result.control, []).append(result)
    return found


def _half(held: list[Subject], results: list[Result]) -> Half:
    resources = [
        Named(each.ref.id, each.ref.name, each.ref.address, each.ref.root, each.ref.type, each.ref.account, each.ref.region)
        for each in held
    ]
    findings = [
        Finding(each.verdict, each.fingerprint, each.message, each.element, each.resource.address, each.resource.root) for each in results
    ]
    return Half(worst(each.verdict for each in results) if results else None, resources, findings)


def _ways(results: list[Result]) -> str:
    """What would settle what is unknown."""
    ways = list(dict.fromkeys(unknown.settles_it for each in results for unknown in each.unknown))
    more = f"; and {len(ways) - _SAID} more" if len(ways) > _SAID else ""
    return "; ".join(ways[:_SAID]) + more


def _side(report: Report, held: list[Subject]) -> Side:
    gaps = sorted(report.coverage.gaps, key=lambda gap: (gap.scope, gap.line, gap.code, gap.reason))
    run = report.run
    return Side(run.targets, run.started, run.finished, report.tool.version, report.tool.policies, len(report.results), len(held), gaps)


def _severity(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _rank(row: Row) -> tuple[object, ...]:
    """The worst status first; within it what fails live, then the worst severity."""
    place = [(each.root, each.address, each.id) for each in (*row.code.resources, *row.live.resources)]
    return _ORDER[row.status], row.live.verdict not in _FAILING, _severity(row.severity), row.control, row.kind, place
