"""Two reports to what changed between them: every finding of either is in exactly one state.

A finding is known by its fingerprint. What passes has another than what fails, so that of a finding that is in one report alone, what the
control says there on the same resource tells whether it is fixed, unknown now, or was not looked for.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from assay.scanner import __version__
from assay.scanner.compare.resources import judged_resources
from assay.scanner.compare.table import side_of
from assay.scanner.diff.looked import Looked
from assay.scanner.diff.model import STATES, Change, Diff, State, Sums
from assay.scanner.diff.rules import RulesOfBoth
from assay.scanner.diff.scopes import Scopes, is_apart
from assay.scanner.results.model import VERDICTS, WORST, Report, Result, Verdict, worst
from assay.scanner.rules.model import SEVERITIES

FINDINGS: frozenset[Verdict] = frozenset({"fail", "unknown", "error", "waived"})
"""Verdicts that somebody has looked at, or has to."""
_OPEN: frozenset[Verdict] = frozenset({"unknown", "error"})
"""Verdicts that do not tell."""
_Key = tuple[str, ...]


class _Run:
    """One report, by what is asked of it."""

    def __init__(self, report: Report, scopes: Scopes) -> None:
        self.scopes, self.controls = scopes, {control.id for control in report.controls}
        self.findings: dict[str, Result] = {}
        self.by_control: dict[tuple[str, _Key], list[Result]] = {}
        self.resources: set[_Key] = set()
        for result in report.results:
            key = self.key(result)
            self.resources.add(key)
            self.by_control.setdefault((result.control, key), []).append(result)
            if result.verdict in FINDINGS:
                known = self.findings.get(result.fingerprint)
                if known is None or WORST.index(result.verdict) < WORST.index(known.verdict):
                    self.findings[result.fingerprint] = result
        self.over = {past.fingerprint for comparison in report.gate.comparisons for past in comparison.gone}
        """What the run says of it that it was there and is not any more."""

    def key(self, result: Result) -> _Key:
        """Which resource a result speaks of, as both reports name it."""
        resource = result.resource
        return (resource.cloud, self.scopes.of(resource.root), resource.id)


class _Join:
    """Both reports, finding by finding."""

    def __init__(self, old: Report, new: Report) -> None:
        old_scopes = Scopes(old, {result.resource.root for result in new.results})
        new_scopes = Scopes(new, {result.resource.root for result in old.results})
        _align(old, old_scopes, new, new_scopes)
        self.old, self.new = _Run(old, old_scopes), _Run(new, new_scopes)
        shares = old.run.targets == new.run.targets or any(not is_apart(key[1]) for key in self.old.resources & self.new.resources)
        self._old_looked = Looked(old, old_scopes, new, new_scopes, shares)
        self._new_looked = Looked(new, new_scopes, old, old_scopes, shares)
        self.rules = RulesOfBoth(old, new)

    def changes(self) -> list[Change]:
        """What is not as it was, the worst first."""
        appeared = [self._appeared(new) for fingerprint, new in self.new.findings.items() if fingerprint not in self.old.findings]
        return sorted([*self.of_old(), *appeared], key=_rank)

    def of_old(self) -> Iterator[Change]:
        """What is not as it was of the findings of the old report."""
        for fingerprint, old in self.old.findings.items():
            new = self.new.findings.get(fingerprint)
            if new is None:
                yield self._disappeared(old)
            elif old.verdict != new.verdict:
                yield self._change(_of_both(old, new), old, new, old.verdict, new.verdict)

    def unchanged(self) -> dict[str, int]:
        """Findings that both have with the same verdict, by it."""
        counts: dict[str, int] = {}
        for fingerprint, new in self.new.findings.items():
            old = self.old.findings.get(fingerprint)
            if old is not None and old.verdict == new.verdict:
                counts[new.verdict] = counts.get(new.verdict, 0) + 1
        return {verdict: counts[verdict] for verdict in VERDICTS if verdict in counts}

    @property
    def shares_nothing(self) -> bool:
        """No resource is in both reports, and each has some."""
        return bool(self.old.resources and self.new.resources) and self.old.resources.isdisjoint(self.new.resources)

    def _change(
        self, said: tuple[State, str], old: Result | None, new: Result | None, before: Verdict | None, after: Verdict | None
    ) -> Change:
        result = new or old
        assert result is not None
        return Change(
            said[0], said[1], result.control, result.title, result.severity, result.fingerprint, before, after,
            self.rules.changed(result.control), old, new,
        )  # fmt: skip

    def _appeared(self, new: Result) -> Change:
        """A finding that the new report has alone."""
        beside = self.old.by_control.get((new.control, self.new.key(new)), [])
        before = worst({result.verdict for result in beside}) if beside else None
        why = "" if beside else self._why_not_before(new)
        state: State
        if new.verdict == "waived":
            state = "waived"
        elif new.verdict == "fail":
            state = "regressed" if new.fingerprint in self.old.over else "new"
        elif self._left(beside, self.new, _OPEN):
            state = "still_unknown"
        else:
            state = "became_unknown" if beside else "new_unknown"
        return self._change((state, why), None, new, before, new.verdict)

    def _why_not_before(self, new: Result) -> str:
        """Why the old report says nothing of the control on the resource of a finding."""
        if new.control not in self.old.controls:
            return "the old run did not judge by this control"
        if self.new.key(new) in self.old.resources:
            return "the old run had nothing of it that the control asks of"
        state, reason = self._old_looked.absent(new)
        return "the resource is new" if state == "gone" else f"the old run did not see it: {reason}"

    def _disappeared(self, old: Result) -> Change:
        """A finding that the old report has alone."""
        beside = self.new.by_control.get((old.control, self.old.key(old)), [])
        after = worst({result.verdict for result in beside}) if beside else None
        return self._change(self._became(old, beside), old, None, old.verdict, after)

    def _became(self, old: Result, beside: list[Result]) -> tuple[State, str]:
        """`beside`: what the control says of the same resource in the new report."""
        if old.control not in self.new.controls:
            return "left_scope", "the new run did not judge by this control"
        if not beside:
            state, reason = self._new_looked.absent(old)
            if state == "gone" and self.old.key(old) in self.new.resources:
                return "gone", "the resource is there, and nothing of it that the control asks of"
            return state, reason
        if doubt := self._left(beside, self.old, _OPEN):
            return ("still_unknown" if _unwaived(old) in _OPEN else "became_unknown"), doubt.message
        if _unwaived(old) in _OPEN:
            fails = self._left(beside, self.old, frozenset({"fail"}))
            return "settled", "it fails now, as a finding of another fingerprint" if fails else ""
        return "fixed", ""

    @staticmethod
    def _left(beside: list[Result], other: _Run, verdicts: frozenset[Verdict]) -> Result | None:
        """The first of some results that has, waived or not, one of some verdicts, and is none of the findings of the other report."""
        return next((result for result in beside if _unwaived(result) in verdicts and result.fingerprint not in other.findings), None)


def diff(old: Report, new: Report, incomplete: tuple[bool, bool] = (False, False)) -> Diff:
    """What changed from one report to another; `incomplete`: which of them could not see or judge everything."""
    joined = _Join(old, new)
    changes = joined.changes()
    return Diff(
        version=__version__,
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        old=side_of(old, judged_resources(old)),
        new=side_of(new, judged_resources(new)),
        incomplete=[*(["old"] if incomplete[0] else []), *(["new"] if incomplete[1] else [])],  # type: ignore[list-item]
        rules=joined.rules.compared(),
        notes=_notes(joined),
        summary=_sums(changes, joined.unchanged()),
        changes=changes,
    )


def became(old: Report, new: Report) -> Iterator[Change]:
    """What became of the findings of a report that are not as they were, in any order."""
    yield from _Join(old, new).of_old()


def _of_both(old: Result, new: Result) -> tuple[State, str]:
    """The state of a finding that both reports have, with different verdicts."""
    if new.verdict == "waived":
        return "waived", ""
    was = _unwaived(old)
    if old.verdict == "waived" and was == new.verdict:
        return "unwaived", "its waiver is over" if new.waiver is not None and new.waiver.expired else "nothing waives it any more"
    if new.verdict == "fail":
        return "new", "it could not be told before" if was in _OPEN else ""
    return ("still_unknown" if was in _OPEN else "became_unknown"), new.message


def _unwaived(result: Result) -> Verdict:
    """The verdict of a result without its waiver."""
    return result.waiver.verdict if result.verdict == "waived" and result.waiver is not None else result.verdict


def _align(old: Report, old_scopes: Scopes, new: Report, new_scopes: Scopes) -> None:
    """Where nothing else tells the scope of a root, a fingerprint that both reports have tells that it is the same as the other's; without
    one, that both call the root alike."""
    roots = {result.fingerprint: result.resource.root for result in old.results}
    shared = {(result.resource.root, roots[result.fingerprint]): None for result in new.results if result.fingerprint in roots}
    for ours, theirs in shared:
        new_scopes.alias(ours, old_scopes.of(theirs))
        old_scopes.alias(theirs, new_scopes.of(ours))
    for root in set.intersection(*({result.resource.root for result in report.results} for report in (old, new))):
        if old_scopes.knows(root) != new_scopes.knows(root):
            known, other = (old_scopes, new_scopes) if old_scopes.knows(root) else (new_scopes, old_scopes)
            other.alias(root, known.of(root))


def _notes(joined: _Join) -> list[str]:
    if not joined.shares_nothing:
        return []
    shown = [", ".join(sorted({key[1] for key in run.resources})[:3]) for run in (joined.old, joined.new)]
    return [
        f"no resource is in both runs (roots of the old one: {shown[0]}; of the new one: {shown[1]}): two directories of one "
        "repository are two deployments; compare two runs of the same one"
    ]


def _sums(changes: list[Change], unchanged: dict[str, int]) -> Sums:
    states: dict[str, dict[str, int]] = {}
    for state in STATES:
        of_state = [change.severity for change in changes if change.state == state]
        if of_state:
            order = [*SEVERITIES, *sorted(set(of_state) - set(SEVERITIES))]
            states[state] = {severity: of_state.count(severity) for severity in order if severity in of_state}
    return Sums(states, unchanged, sum(bool(change.rule_changed) for change in changes))


_ORDER = {state: at for at, state in enumerate(STATES)}
_SEVERITY: dict[str, int] = {severity: at for at, severity in enumerate(SEVERITIES)}


def _rank(change: Change) -> tuple[object, ...]:
    resource = change.result.resource
    severity = _SEVERITY.get(change.severity, len(_SEVERITY))
    return _ORDER[change.state], severity, change.control, resource.root, resource.address, change.result.element, change.fingerprint
