"""What a diff of two runs says. The shape of `Diff` is the JSON contract assay-diff/1 (docs/diff.md)."""

from __future__ import annotations

from typing import Literal

import msgspec

from assay.scanner.compare.model import Side
from assay.scanner.results.model import Result, Verdict

State = Literal[
    "new",
    "regressed",
    "unwaived",
    "became_unknown",
    "new_unknown",
    "still_unknown",
    "unobserved",
    "left_scope",
    "waived",
    "gone",
    "settled",
    "fixed",
]
STATES: dict[State, tuple[str, str]] = {
    "new": ("new", "fails now, and did not before"),
    "regressed": ("regressed", "fails again: the old run says of it that it was over"),
    "unwaived": ("no longer waived", "what was accepted counts again"),
    "became_unknown": ("became unknown", "was told before, and cannot be told now"),
    "new_unknown": ("newly unknown", "cannot be told, and the old run says nothing of it"),
    "still_unknown": ("still unknown", "could not be told before either; what is not known of it is another"),
    "unobserved": ("not observed", "the new run could not see it: nothing says that it was fixed"),
    "left_scope": ("left the scope", "the new run did not look there: nothing says that it was fixed"),
    "waived": ("waived", "is accepted now"),
    "gone": ("gone", "the new run looked where it was, and it is not there"),
    "settled": ("settled", "could not be told before, and is told now"),
    "fixed": ("fixed", "failed before, and the new run says that it does not"),
}
"""Every state with its name and what it means, the worst first. What is in both runs with the same verdict is counted as unchanged."""
COUNTING: frozenset[State] = frozenset({"new", "regressed", "unwaived"})
"""States in which a failure counts now and did not before."""

RuleChanged = Literal["", "control", "digest"]
"""`control`: its params, severity or file differ between the runs; `digest`: the rules as a whole do, and nothing says that this one is the
same; empty: both runs judged by the same rules."""


class Change(msgspec.Struct, frozen=True):
    """A finding whose state is not what it was. Of one that is in one run alone, the verdict of the other is the worst that the control has
    there on the same resource; None where it has none."""

    state: State
    reason: str
    control: str
    title: str
    severity: str
    fingerprint: str
    before: Verdict | None
    after: Verdict | None
    rule_changed: RuleChanged
    old: Result | None
    new: Result | None

    @property
    def result(self) -> Result:
        """As the new run has it, or else the old one."""
        result = self.new or self.old
        assert result is not None
        return result


class RuleDifference(msgspec.Struct, frozen=True):
    """A control by which the two runs did not judge alike, or by which only one of them judged."""

    control: str
    what: list[str]


class RulesCompared(msgspec.Struct, frozen=True):
    """What the two runs were judged by."""

    same: bool
    """The digests of the rules are the same, and so is all that is set."""
    controls: list[RuleDifference]
    options: list[str]
    """What else differs of what the runs were judged by, as sentences."""


class Sums(msgspec.Struct, frozen=True):
    """How many findings there are."""

    states: dict[str, dict[str, int]]
    """State to severity to number; states that did not occur are left out."""
    unchanged: dict[str, int]
    """Verdict to the number of findings that both runs have with it."""
    rule_changed: int
    """Changes of controls that were not judged alike."""


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """A whole diff."""

    schema: str = "assay-diff/1"
    version: str
    """Of Assay."""
    made: str
    """RFC 3339, UTC."""
    old: Side
    new: Side
    incomplete: list[Literal["old", "new"]]
    """Sides that could not see or judge everything."""
    rules: RulesCompared
    notes: list[str]
    """What whoever reads the diff should know of the two sides."""
    summary: Sums
    changes: list[Change]
