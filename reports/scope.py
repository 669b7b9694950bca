"""Which commit a run is of, in words."""

from __future__ import annotations

from assay.scanner.results.model import Report, Revision
from assay.scanner.words import many

NOT_IN_GIT = "none: what was scanned is in no repository of git"


def committed(revision: Revision) -> str:
    """How what was scanned differs from its commit."""
    if revision.clean is None:
        return f"whether what was scanned is as committed is not known: {revision.reason}" if revision.reason else "not compared"
    if revision.clean:
        return "what was scanned is as committed"
    counted = (
        (revision.changed, "differs", "differ"),
        (revision.added, "is not in it", "are not in it"),
        (revision.removed, "is missing", "are missing"),
    )
    said = [f"{many(number, 'file')} {one if number == 1 else more}" for number, one, more in counted if number]
    return f"not as committed: {', '.join(said)}"


def revisions(report: Report) -> list[tuple[str, str, str]]:
    """Of each repository: the commit, the branch with the targets that are in it unless all are, and how what was scanned differs."""
    several = len(report.run.revisions) > 1 or {*report.run.targets} != {
        target for revision in report.run.revisions for target in revision.targets
    }
    return [
        (
            revision.commit,
            "; of ".join(filter(None, [revision.branch, ", ".join(revision.targets) if several else ""])),
            committed(revision),
        )
        for revision in report.run.revisions
    ]


def is_live(report: Report) -> bool:
    """Whether accounts were asked, so that no commit is of what was judged."""
    return bool(report.coverage.calls)
