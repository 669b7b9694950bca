"""What became of findings in a run of a history, in the words of the command line and of reports."""

from __future__ import annotations

from assay.scanner.results.model import HistoryReport

EVENTS = {
    "new": "new",
    "regressed": "back",
    "unwaived": "no longer waived",
    "waived": "waived",
    "unknown": "became unknown",
    "unobserved": "not observed",
    "left_scope": "left the scope",
    "seen": "seen again",
    "fixed": "fixed",
    "gone": "gone",
    "settled": "settled",
}
"""An event to what it is called. `settled`: could not be told, and passes now."""


def changed(history: HistoryReport) -> str:
    """What a run changed, with the number of each. Before the first run nothing was known that could become unknown."""
    names = EVENTS if history.previous else EVENTS | {"unknown": "unknown"}
    told = [f"{history.events[name]} {said}" for name, said in names.items() if name in history.events]
    return ", ".join(told) or "nothing changed"


def unseen(history: HistoryReport) -> str:
    """How much of what the history knows the run did not see; empty where it saw all."""
    return f", {history.unobserved} of what is known not seen" if history.unobserved else ""
