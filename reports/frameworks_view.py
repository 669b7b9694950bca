"""What a report says of frameworks: a chapter each, with every section, the controls that judge it, and what they found.

Plain data for whoever lays it out. A section that no control judges is there, for people to judge; of a framework only headings are left
out. That all controls of a section pass does not say that all it asks for is met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from assay.scanner.results.model import WORST, Report, Verdict, worst
from assay.scanner.rules.frameworks import JudgedSection, coverage
from assay.scanner.rules.model import Control, Framework, Section

SectionVerdict = Verdict | Literal["manual", "left_out"]
"""The worst verdict of the controls; `not_applicable` where they met nothing that they ask of; `manual` where no control judges the
section; `left_out` where controls would, and the run was not asked to judge by any of them."""


class SectionRow(msgspec.Struct, frozen=True):
    """A section of a framework."""

    id: str
    title: str
    assessment: str
    """`automated` or `manual`, as the publisher has it; empty where it says nothing."""
    level: str
    """The publisher's grade (`L1`, `moderate`, `required`); empty where there is none."""
    controls: list[str]
    """Ids of the controls of the run that judge it, in order."""
    left_out: list[str]
    """Ids of those that would, and that the run did not judge by."""
    verdict: SectionVerdict
    counts: dict[Verdict, int]
    """Resources that these controls judged, each once, by the worst verdict on it; verdicts that none has are not in it."""
    unverified: bool = False
    """No copy of the framework was at hand in which the id could be read."""

    @property
    def resources(self) -> int:
        """How many resources the controls judged."""
        return sum(self.counts.values())


class Chapter(msgspec.Struct, frozen=True):
    """A framework, as a run judged it."""

    id: str
    title: str
    version: str
    publisher: str
    url: str
    read: str
    """When the ids were read, as `YYYY-MM-DD`."""
    note: str
    judged: int
    """Sections that at least one control of the run judges."""
    total: int
    """Sections, without headings."""
    rows: list[SectionRow]
    """In the order of the framework."""
    elsewhere: list[SectionRow] = []
    """What controls of the run serve and the framework does not have as a section: of a report that another version made, or of a
    framework that is not at hand. They have no title."""

    @property
    def for_controls(self) -> list[SectionRow]:
        """What controls judge, or would judge."""
        return [row for row in (*self.rows, *self.elsewhere) if row.verdict != "manual"]

    @property
    def for_people(self) -> list[SectionRow]:
        """What no control judges."""
        return [row for row in (*self.rows, *self.elsewhere) if row.verdict == "manual"]

    @property
    def share(self) -> float:
        """The part that controls of the run judge, from 0 to 1."""
        return self.judged / self.total if self.total else 0.0


def chapters(report: Report, frameworks: Mapping[str, Framework], controls: Mapping[str, Control]) -> list[Chapter]:
    """A chapter for each framework that controls of the run serve, by id; for those that the run was limited to, where it was.

    `frameworks` and `controls` are those of the context, by id; `controls` may have some that the run did not judge by. What a control of
    the run serves is what the report says of it.
    """
    ran = {outcome.id for outcome in report.controls}
    served = {name for outcome in report.controls for name, sections in outcome.frameworks.items() if sections}
    wanted = sorted(report.run.in_force.frameworks or served)
    others = [control for id_, control in controls.items() if id_ not in ran]
    outcomes = _Outcomes(report)
    return [
        _chapter(frameworks.get(name) or Framework(id=name, title=name, sections={}), outcomes, others) for name in dict.fromkeys(wanted)
    ]


class _Outcomes:
    """What the controls of a run found."""

    def __init__(self, report: Report) -> None:
        self.outcomes = sorted(report.controls, key=lambda outcome: outcome.id)
        self.verdicts = {outcome.id: outcome.verdict for outcome in self.outcomes}
        self.judged: dict[str, dict[int, int]] = {}
        """Control to the numbers of the resources that it judged, each with the place of its worst verdict in WORST."""
        numbers: dict[tuple[str | None, ...], int] = {}
        rank = {verdict: place for place, verdict in enumerate(WORST)}
        for result in report.results:
            judged, resource, place = self.judged.setdefault(result.control, {}), result.resource, rank[result.verdict]
            key = numbers.setdefault((resource.root, resource.account, resource.region, resource.address), len(numbers))
            judged[key] = min(judged.get(key, place), place)
        self._counts: dict[tuple[str, ...], dict[Verdict, int]] = {}

    def serving(self, framework: str) -> dict[str, list[str]]:
        """Section to the controls that serve it."""
        serving: dict[str, list[str]] = {}
        for outcome in self.outcomes:
            for section in dict.fromkeys(outcome.frameworks.get(framework, ())):
                serving.setdefault(section, []).append(outcome.id)
        return serving

    def counts(self, controls: Iterable[str]) -> dict[Verdict, int]:
        """Resources by the worst verdict of these controls, worst first. Sections share their controls: counted once for each set."""
        key = tuple(controls)
        if key not in self._counts:
            together: dict[int, int] = {}
            for control in key:
                for resource, place in self.judged.get(control, {}).items():
                    together[resource] = min(together.get(resource, place), place)
            tally = Counter(together.values())
            self._counts[key] = {verdict: tally[place] for place, verdict in enumerate(WORST) if tally[place]}
        return self._counts[key]


def _chapter(framework: Framework, outcomes: _Outcomes, others: Iterable[Control]) -> Chapter:
    serving, covered = outcomes.serving(framework.id), coverage(framework, others)
    rows = [_row(row, serving.pop(row.id, []), outcomes) for row in covered.sections]
    beyond = [_row(JudgedSection(id_, Section(title=""), []), controls, outcomes) for id_, controls in sorted(serving.items())]
    return Chapter(
        id=framework.id,
        title=framework.title,
        version=framework.version,
        publisher=framework.publisher,
        url=framework.url,
        read=framework.read,
        note=framework.note,
        judged=sum(bool(row.controls) for row in rows),
        total=len(rows),
        rows=rows,
        elsewhere=beyond,
    )


def _row(of_others: JudgedSection, controls: list[str], outcomes: _Outcomes) -> SectionRow:
    section = of_others.section
    return SectionRow(
        id=of_others.id,
        title=section.title,
        assessment=section.assessment,
        level=section.level,
        controls=controls,
        left_out=of_others.controls,
        verdict=worst(outcomes.verdicts[control] for control in controls) if controls else "left_out" if of_others.controls else "manual",
        counts=outcomes.counts(controls),
        unverified=section.unverified,
    )
