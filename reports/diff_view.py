"""What the formats of a diff share: the order of states, what a change is called, and the outcome in words."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.reports import findings
from assay.reports.in_force import in_force_briefly
from assay.reports.view import OverallOutcome, where
from assay.scanner.compare.model import Side
from assay.scanner.diff.model import COUNTING, STATES, Change, Diff, State
from assay.scanner.results.ledger import told
from assay.scanner.results.telling import message_of, place
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.words import many

WORDS: dict[State, str] = {
    "new": "fail",
    "regressed": "fail",
    "unwaived": "fail",
    "became_unknown": "unknown",
    "new_unknown": "unknown",
    "still_unknown": "unknown",
    "unobserved": "unknown",
    "left_scope": "unknown",
    "waived": "waived",
    "gone": "not_applicable",
    "settled": "pass",
    "fixed": "pass",
}
"""State to the verdict whose colour it has."""
RULE_CHANGED = {
    "control": "the control was judged otherwise in the old run",
    "digest": "",  # said once of all
    "": "",
}


class StateChanges(msgspec.Struct):
    """The changes of one state."""

    state: State
    title: str
    meaning: str
    changes: list[Change]


def sections(diff: Diff) -> list[StateChanges]:
    """The states that occurred, the worst first."""
    by_state: dict[State, list[Change]] = {}
    for change in diff.changes:
        by_state.setdefault(change.state, []).append(change)
    return [StateChanges(state, *STATES[state], by_state[state]) for state in STATES if state in by_state]


def table(diff: Diff) -> list[tuple[str, list[int]]]:
    """State to its number of each severity, of other severities, and of all; the worst first."""
    rows = []
    for state, numbers in ((state, diff.summary.states[state]) for state in STATES if state in diff.summary.states):
        known = [numbers.get(severity, 0) for severity in SEVERITIES]
        rows.append((STATES[state][0], [*known, sum(numbers.values())]))
    return rows


def unchanged(diff: Diff) -> str:
    """What is as it was, by verdict."""
    counts = diff.summary.unchanged
    return ", ".join(f"{number} {verdict}" for verdict, number in counts.items()) or "nothing"


def position(change: Change) -> str:
    """Where to look: the file and the line, or the call; of what is in the old run alone, as that run has it."""
    return where(place(change.result))


def headed(change: Change) -> str:
    """The resource of a change, and what is said of it."""
    seen = place(change.result)
    resource = change.result.resource.address if seen and seen.file else findings.subject(change.result)
    return f"{resource}: {message_of(change.result)}"


def why(change: Change) -> str:
    """Why it has its state, and what of its rule differs; of what was not failing, what it was."""
    before = f"was {change.before.replace('_', ' ')} before" if change.state in COUNTING and change.before else ""
    known = "known by the baseline" if change.new is not None and change.new.standing == "known" else ""
    return "; ".join(filter(None, (before, change.reason, known, RULE_CHANGED[change.rule_changed])))


def shortly(change: Change) -> str:
    """A change in one line, without its place."""
    verdicts = f"{_verdict(change.before)} → {_verdict(change.after)}"
    return f"{change.severity} {change.control} {findings.subject(change.result)}: {verdicts}"


def _verdict(verdict: str | None) -> str:
    return verdict.replace("_", " ") if verdict else "no result"


def rules(diff: Diff) -> Iterator[str]:
    """How the runs were not judged alike, as sentences."""
    yield from diff.rules.options
    for difference in diff.rules.controls:
        yield f"{difference.control}: {'; '.join(difference.what)}"


def side(told_of: Side) -> str:
    """Where one side comes from, and how much of it was seen."""
    gaps = f", not seen: {many(len(told_of.gaps), 'gap')}" if told_of.gaps else ""
    by = in_force_briefly(told_of.in_force)
    named = ", ".join(told_of.targets) or "(live)"
    return f"{named} at {told_of.finished}: {many(told_of.results, 'verdict')}{gaps}{f'; {by}' if by else ''}"


def gaps(diff: Diff) -> list[str]:
    """What was not seen, as sentences; of both sides once."""
    return told(dict.fromkeys([*diff.old.gaps, *diff.new.gaps]))


def outcome(diff: Diff) -> OverallOutcome:
    """The whole in a word and a sentence. Nothing that was not seen counts as fixed."""
    said = [f"{sum(diff.summary.states[state].values())} {STATES[state][0]}" for state in STATES if state in diff.summary.states]
    counting = any(change.state in COUNTING and change.after == "fail" for change in diff.changes)
    unknown = any(change.state not in COUNTING and WORDS[change.state] == "unknown" for change in diff.changes)
    word = "fail" if counting else "incomplete" if diff.incomplete else "unknown" if unknown else "pass"
    parts = [", ".join(said) or "no changes", f"{sum(diff.summary.unchanged.values())} unchanged"]
    parts += [f"the {' and the '.join(diff.incomplete)} run {'are' if diff.incomplete[1:] else 'is'} incomplete"] if diff.incomplete else []
    parts += [f"{diff.summary.rule_changed} of the changes may come of the rules"] if diff.summary.rule_changed else []
    return OverallOutcome(word, "; ".join(parts))
