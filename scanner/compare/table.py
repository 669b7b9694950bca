"""The table of controls and resources: one row for each control on what is one resource, with the status of both sides together.

    comparison = compare(code_report, live_report, states)

Every result of either side is in exactly one row.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

import msgspec

from assay.scanner import __version__
from assay.scanner.analysis.estate.kinds import ESTATE, ManagedAccount
from assay.scanner.compare import managed, names, seen
from assay.scanner.compare.join import MatchedResources, join
from assay.scanner.compare.model import STATUSES, ComparedRow, Comparison, Counts, Half, Side, SideFinding, SideResource, StateUse, Status
from assay.scanner.compare.resources import JudgedResource, judged_resources
from assay.scanner.compare.state import State, States
from assay.scanner.estate_options import EstateOptions
from assay.scanner.results.model import Report, ResourceRef, Result, Verdict, worst
from assay.scanner.results.telling import told
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Unknown

_ORDER = {status: place for place, status in enumerate(STATUSES)}
_LIVE_IS_FINE = ("passes_both", "fails_code", "not_applicable")
_FAILING, _OPEN = ("fail", "waived"), ("unknown", "error")
_WAYS_TOLD = 3
"""Ways to settle an unknown verdict that a row tells."""


class _Outcome(msgspec.Struct, frozen=True):
    """The status of a row, and what is said beside it."""

    status: Status
    reason: str = ""
    settles_it: str = ""


JudgeAccounts = Callable[[list[ManagedAccount]], Iterable[Result]]


def compare(
    code: Report,
    live: Report,
    states: Iterable[State] = (),
    gaps: Iterable[Gap] = (),
    estate: EstateOptions | None = None,
    judge_accounts: JudgeAccounts | None = None,
) -> Comparison:
    """Both sides in one table. `gaps` are inputs that could not be read, such as a state; `judge_accounts` gives the verdicts on what is
    live as a whole, of which there is then a row for each account."""
    states = list(states)
    if judge_accounts is not None:  # what a side says of this by itself is that the other one is missing
        code, live = managed.without(code), managed.without(live)
    code_resources, live_resources = judged_resources(code), judged_resources(live)
    known = States(states, code_resources)
    live_side = seen.LiveSide(live, live_resources)
    matches = join(code_resources, live_resources, known, live_side.accounts)
    table = _Table(code, live, seen.CodeSide(code, code_resources), live_side, known)
    table.learn(matches)
    of_accounts = managed.rows(judge_accounts(table.accounts(matches, estate))) if judge_accounts is not None else []
    rows = sorted([*of_accounts, *(row for match in _by_doubt(matches) for row in table.rows(match))], key=_rank)
    return Comparison(
        version=__version__,
        compared=datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        code=side_of(code, code_resources),
        live=side_of(live, live_resources),
        states=[
            StateUse(state.file, known.roots[state.file], len(state.identities), len(known.identified[state.file])) for state in states
        ],
        summary=Counts(
            rows=len(rows),
            statuses={status: sum(row.status == status for row in rows) for status in STATUSES},
            joined=sum(bool(match.code and match.live and not match.ambiguous) for match in matches),
            code_only=sum(not match.live for match in matches),
            live_only=sum(not match.code for match in matches),
        ),
        rows=rows,
        gaps=[*gaps, *known.gaps],
    )


class _Table:
    """Makes the rows of matches."""

    def __init__(self, code: Report, live: Report, code_side: seen.CodeSide, live_side: seen.LiveSide, states: States) -> None:
        self.code_side, self.live_side, self.states = code_side, live_side, states
        self.code_controls = {control.id for control in code.controls}
        self.live_controls = {control.id for control in live.controls}
        self._made_by: dict[tuple[str, str], str] = {}
        self._deployed_as: dict[tuple[str, str], str] = {}

    def learn(self, matches: Iterable[MatchedResources]) -> None:
        """Enter what is on both sides. That holds for every kind of it: a role without a federated principal is a role all the same."""
        for match in matches:
            for ours in match.code if match.live and not match.ambiguous else ():
                for theirs in match.live:
                    self._made_by[theirs.ref.cloud, theirs.ref.id] = names.show(ours.ref)
                    self._deployed_as[ours.ref.root, ours.ref.address] = theirs.ref.id

    def rows(self, match: MatchedResources) -> list[ComparedRow]:
        """One row for each control that has a result on either side."""
        code, live = _by_control(match.code), _by_control(match.live)
        of_estate = (match.code or match.live)[0].ref.root == ESTATE
        alone = self._code_only(match) if not match.live and not match.ambiguous and not of_estate else None
        rows = []
        for control in dict.fromkeys([*code, *live]):
            ours, theirs = code.get(control, []), live.get(control, [])
            first = (ours or theirs)[0]
            outcome = alone or self._outcome(match, control, ours, theirs)
            rows.append(
                ComparedRow(
                    status=outcome.status,
                    control=control,
                    title=first.title,
                    severity=min((result.severity for result in (*ours, *theirs)), key=_severity),
                    kind=first.resource.kind,
                    cloud=first.resource.cloud,
                    code=_half(match.code, ours),
                    live=_half(match.live, theirs),
                    joined_by=match.by,
                    reason=outcome.reason,
                    settles_it=outcome.settles_it or _ways([*ours, *theirs]) if outcome.status != "passes_both" else "",
                )
            )
        return rows

    def accounts(self, matches: Iterable[MatchedResources], estate: EstateOptions | None) -> list[ManagedAccount]:
        """The live accounts with what the code does not make, or does otherwise."""
        drifts = managed.Drifts(estate)
        matches = list(matches)
        in_code = {ours.ref.kind for match in matches for ours in match.code}
        for match in matches:
            drifted = self._drifted(match)
            for theirs in match.live:
                if theirs.ref.root != ESTATE:
                    drifts.enter(theirs.ref, self._is_made(match, theirs.ref, theirs.ref.kind in in_code), drifted)
        return drifts.accounts()

    def _is_made(self, match: MatchedResources, ref: ResourceRef, in_code: bool) -> bool | Unknown:
        """Whether code makes a live resource; `in_code`: it has some of this kind."""
        if match.ambiguous:
            return Unknown(match.ambiguous, match.settles_it)
        if match.code:
            return True
        outcome = self._live_only(ref, [])
        if outcome.status == "live_without_code" and in_code and not ref.named:
            return Unknown(f"which of the code {ref.id} is, whose name was not answered", "audit again, with what tells its name")
        if outcome.status == "live_without_code":
            return False
        return Unknown(outcome.reason, outcome.settles_it) if outcome.settles_it else True

    def _drifted(self, match: MatchedResources) -> list[tuple[str, bool | Unknown]]:
        """The controls that a resource passes in code and fails live; Unknown where the code does not tell."""
        if match.ambiguous or not match.code:
            return []
        code, live = _by_control(match.code), _by_control(match.live)
        drifted: list[tuple[str, bool | Unknown]] = []
        for control in sorted(code.keys() & live.keys()):
            status = _status(worst(result.verdict for result in code[control]), worst(result.verdict for result in live[control])).status
            if status == "fails_live":
                drifted.append((control, False))
            elif status == "fails_live_code_unknown":
                ways = _ways(code[control])
                drifted.append((control, Unknown(f"what {control} says of {names.show(match.code[0].ref)} in code", ways)))
        return drifted

    def _outcome(self, match: MatchedResources, control: str, ours: Sequence[Result], theirs: Sequence[Result]) -> _Outcome:
        if match.ambiguous:
            return _Outcome("ambiguous", match.ambiguous, match.settles_it)
        if (match.code or match.live)[0].ref.root == ESTATE and not (match.code and match.live):
            return _Outcome("one_side", "each side says what it sees of the whole")
        if match.code:
            outcome = self._both(control, ours, theirs)
            return (outcome.status in _LIVE_IS_FINE and self._missing(match)) or outcome
        return self._live_only(match.live[0].ref, theirs)

    def _code_only(self, match: MatchedResources) -> _Outcome:
        ref = match.code[0].ref
        if live := self._deployed_as.get((ref.root, ref.address)):
            return _Outcome("one_side", f"it is deployed as {live}, on which this control has no verdict")
        if not self.live_side.judges(ref):
            type_ = ref.type or ref.kind
            return _Outcome(
                "one_side", f"no live resource of type {type_} can be judged", "scan the code; this is no matter of the live side"
            )
        if names.is_binding(ref.type) and ref.stands_for == "itself" and names.scope_key(ref) is None:
            return _Outcome("one_side", "live, a binding is judged with the whole policy of what it is on", "see what is said of that")
        if self.states.lacks(ref):
            return _Outcome("code_not_deployed", "it is not in the state of its root module", "deploy the code")
        doubt = self.live_side.doubt_about(names.placed(ref, match.gone))
        if doubt is not None:
            return _Outcome("not_seen", *doubt)
        if match.gone:
            return _Outcome(
                "code_not_deployed", f"the state knows it as {match.gone}, which is not there any more", "deploy the code again"
            )
        where = "in its account" if ref.account else "on the live side; the code does not say in which account it is to be"
        return _Outcome("code_not_deployed", f"no such {ref.kind} is {where}", "deploy the code, or give its --state FILE")

    def _missing(self, match: MatchedResources) -> _Outcome | None:
        """The outcome where the code makes copies in several regions and one of them is not among the live resources; else None."""
        regions = {resource.ref.region for resource in match.live}
        if None in regions:
            return None
        for ref in (resource.ref for resource in match.code if resource.ref.also_in and resource.ref.region):
            for region in sorted({str(ref.region), *(ref.also_in or ())} - regions):
                doubt = self.live_side.doubt_about(msgspec.structs.replace(ref, region=region, also_in=[]))
                if doubt is not None:
                    return _Outcome("not_seen", f"its copy in {region}: {doubt[0]}", doubt[1])
                return _Outcome("code_not_deployed", f"its copy in {region} is not there", "deploy the code")
        return None

    def _live_only(self, ref: ResourceRef, theirs: Sequence[Result]) -> _Outcome:
        if ref.stands_for == "unlisted":
            return _Outcome("unknown", "which of these there are could not be listed")
        alone: Status = "fails_live_code_unknown" if any(result.verdict in _FAILING for result in theirs) else "one_side"
        if maker := self._made_by.get((ref.cloud, ref.id)) or self.states.address(ref):
            return _Outcome(alone, f"{maker} makes it, on which this control has no verdict")
        if not self.code_side.judges(ref):
            why = f"code that makes a {ref.type or ref.kind} is not judged as {ref.kind}: whether there is some cannot be told"
            return _Outcome(alone, why, "give the Terraform state of the code: --state FILE")
        doubt = self.code_side.doubt_about(ref)
        if doubt is not None:
            return _Outcome("not_seen", *doubt)
        return _Outcome("live_without_code", "nothing in the code makes it", "import it into the code, or delete it")

    def _both(self, control: str, ours: Sequence[Result], theirs: Sequence[Result]) -> _Outcome:
        if not theirs:
            return _Outcome("one_side", _no_result("live", control in self.live_controls))
        if not ours:
            failing = control in self.code_controls and any(result.verdict in _FAILING for result in theirs)
            return _Outcome("fails_live_code_unknown" if failing else "one_side", _no_result("code", control in self.code_controls))
        return _status(worst(result.verdict for result in ours), worst(result.verdict for result in theirs))


def _by_doubt(matches: Iterable[MatchedResources]) -> list[MatchedResources]:
    """The matches, those of a kind of which the same doubt is told as one."""
    grouped: dict[tuple[object, ...], MatchedResources] = {}
    for match in matches:
        ref = (match.code or match.live)[0].ref
        key = (ref.cloud, ref.kind, match.by, match.ambiguous, match.settles_it) if match.ambiguous else (id(match),)
        if key in grouped:
            first = grouped[key]
            grouped[key] = msgspec.structs.replace(first, code=[*first.code, *match.code], live=[*first.live, *match.live])
        else:
            grouped[key] = match
    return list(grouped.values())


def _no_result(side: str, judged: bool) -> str:
    where = "live side" if side == "live" else "code"
    return f"the {where} has no result of it" if judged else f"the {where} was not judged by this control"


def _status(code: Verdict, live: Verdict) -> _Outcome:
    """The status of what is on both sides. A waived failure is a failure that someone accepted."""
    if live in _FAILING:
        if code in _FAILING:
            return _Outcome("fails_both")
        return _Outcome("fails_live_code_unknown" if code in _OPEN else "fails_live")
    if live in _OPEN or code in _OPEN:
        return _Outcome("unknown")
    if code in _FAILING:
        return _Outcome("fails_code")
    if code == live:
        return _Outcome("passes_both" if code == "pass" else "not_applicable")
    return _Outcome("one_side", f"the control does not apply to the {'live side' if live == 'not_applicable' else 'code'}")


def _by_control(resources: list[JudgedResource]) -> dict[str, list[Result]]:
    results: dict[str, list[Result]] = {}
    for resource in resources:
        for result in resource.results:
            results.setdefault(result.control, []).append(result)
    return results


def _half(resources: list[JudgedResource], results: list[Result]) -> Half:
    verdict = worst(result.verdict for result in results) if results else None
    return Half(verdict, [_side_resource(resource.ref) for resource in resources], [_finding(result) for result in results])


def _side_resource(ref: ResourceRef) -> SideResource:
    return SideResource(ref.id, ref.name, ref.address, ref.root, ref.type, ref.account, ref.region)


def _finding(result: Result) -> SideFinding:
    resource = result.resource
    return SideFinding(result.verdict, result.fingerprint, told(result), result.element, resource.address, resource.root)


def _ways(results: list[Result]) -> str:
    """What would settle what is unknown."""
    ways = list(dict.fromkeys(unknown.settles_it for result in results for unknown in result.unknown))
    more = f"; and {len(ways) - _WAYS_TOLD} more" if len(ways) > _WAYS_TOLD else ""
    return "; ".join(ways[:_WAYS_TOLD]) + more


def side_of(report: Report, resources: list[JudgedResource]) -> Side:
    """Where a side comes from, and what it did not see."""
    gaps = sorted(report.coverage.gaps, key=lambda gap: (gap.scope, gap.line, gap.code, gap.reason))
    run = report.run
    return Side(
        run.targets,
        run.started,
        run.finished,
        report.tool.version,
        report.tool.policies,
        len(report.results),
        len(resources),
        gaps,
        run.in_force,
    )


def _severity(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _rank(row: ComparedRow) -> tuple[object, ...]:
    """The worst status first; within it what fails live, then the worst severity."""
    place = [(resource.root, resource.address, resource.id) for resource in (*row.code.resources, *row.live.resources)]
    return _ORDER[row.status], row.live.verdict not in _FAILING, _severity(row.severity), row.control, row.kind, place
