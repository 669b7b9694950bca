"""The findings of a run, counted by what they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from assay.scanner.results.model import Report, Result
from assay.scanner.rules.model import SEVERITIES


class RollupRow(msgspec.Struct):
    """What is of one account, organisational unit, owner, control or section of a framework."""

    name: str
    title: str = ""
    """Of an account, what its owners call it; empty where that is not known."""
    path: str = ""
    """Of an account, the organisational units or folders that it is in."""
    failing: dict[str, int] = {}
    """Severity to the number of failures that count: those that were known before do not."""
    unknown: int = 0
    """What could not be judged, an error among it."""
    waived: int = 0
    passing: int = 0
    new: int = 0
    """Of the failures, those that a history calls new or back."""

    @property
    def rank(self) -> tuple[object, ...]:
        """The worst first."""
        return (*(-self.failing.get(severity, 0) for severity in SEVERITIES), -self.unknown, self.name)


def rows(report: Report, by: str) -> list[RollupRow]:
    """One row for each of a group that has a finding, the worst first. `by`: one of GROUPS."""
    by_name: dict[str, RollupRow] = {}
    named = {named_account.scope: named_account for named_account in report.coverage.accounts} if by == "account" else {}
    for name, result in GROUPS[by](report):
        row = by_name.get(name)
        if row is None:
            known = named.get(name)
            row = by_name[name] = RollupRow(name, known.name, known.path) if known else RollupRow(name)
        if result.verdict == "fail" and result.standing != "known":
            row.failing[result.severity] = row.failing.get(result.severity, 0) + 1
            row.new += int(result.course.state != "known") if result.course else 0
        elif result.verdict in ("unknown", "error"):
            row.unknown += 1
        elif result.verdict == "waived":
            row.waived += 1
        elif result.verdict == "pass":
            row.passing += 1
    return sorted((row for row in by_name.values() if row.failing or row.unknown or row.waived), key=lambda row: row.rank)


def _by(name: Callable[[Result], str]) -> Callable[[Report], Iterator[tuple[str, Result]]]:
    return lambda report: ((name(result), result) for result in report.results)


def account_of(result: Result) -> str:
    """The account or project of a result with its cloud, as the ledger of accounts has it; of code its root."""
    ref = result.resource
    return f"{ref.cloud}:{ref.account}" if ref.account else ref.root


def _owners(report: Report) -> Iterable[tuple[str, Result]]:
    """Nothing where nobody says whose what is."""
    return ((result.owner, result) for result in report.results if isinstance(result.owner, str))


def _units(report: Report) -> Iterator[tuple[str, Result]]:
    """The unit or folder that an account is in; nothing where that is not known of any."""
    paths = {entry.scope: entry.path for entry in report.coverage.accounts if entry.path}
    for result in report.results if paths else ():
        yield paths.get(account_of(result), ""), result


def _sections(report: Report) -> Iterator[tuple[str, Result]]:
    """The sections of the frameworks that the controls of the run serve."""
    serves = {control.id: control.frameworks for control in report.controls}
    for result in report.results:
        for framework, sections in serves.get(result.control, {}).items():
            yield from ((f"{framework} {section}", result) for section in sections)


GROUPS: dict[str, Callable[[Report], Iterable[tuple[str, Result]]]] = {
    "account": _by(account_of),
    "unit": _units,
    "owner": _owners,
    "control": _by(lambda result: result.control),
    "framework": _sections,
}
"""What results are counted by, to each result with the name of what it is of: a result may be of several."""
