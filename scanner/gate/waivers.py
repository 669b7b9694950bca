"""Waivers: findings that somebody accepts, with a name, a reason and a last day."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Container, Iterable, Iterator

import msgspec

from assay.scanner.globs import at_or_below, matches
from assay.scanner.results.model import Result, Waived, WaivedBy, WaiverUse
from assay.scanner.sources.secret_text import without_secrets
from assay.scanner.words import many

LONGEST_DAYS = 366
"""How far ahead the last day of a waiver may be, where nobody says otherwise."""
WAIVABLE = ("fail", "unknown")


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """One waiver, wherever it stands."""

    by: WaivedBy = "configuration"
    control: str
    """Id or glob."""
    resource: str = "*"
    """Glob over the address, the id and the name of a resource."""
    path: str = "*"
    """Glob over the files that a resource is written in; a directory is everything below it."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags or labels that a resource has, each with a glob over its value."""
    owner: str = ""
    reason: str = ""
    ticket: str = ""
    expires: datetime.date | None = None
    """The last day on which it holds; None for comments for other scanners that have none."""
    file: str = ""
    line: int = 0
    fault: str = ""
    """Why it cannot count: it lacks a date or a reason, or names no control that there is."""

    @property
    def selects(self) -> str:
        """What it selects, in words."""
        tags = [f"{name}={value}" for name, value in self.tags]
        parts = [self.resource if self.resource != "*" else "", f"in {self.path}" if self.path != "*" else "", *tags]
        return " ".join(filter(None, parts)) or ("every resource" if self.by == "configuration" else "the resource that it stands at")

    def is_for(self, result: Result, path_of: Callable[[str], str]) -> bool:
        """Whether it is for a finding; `path_of` gives a file as waivers name it."""
        return (
            matches(self.control, result.control)
            and any(matches(self.resource, name) for name in _names(result))
            and (self.path == "*" or any(at_or_below(self.path, path_of(block.file)) for block in result.resource.blocks))
            and all(name in result.resource.tags and matches(value, result.resource.tags[name]) for name, value in self.tags)
        )


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """On which terms waivers count."""

    today: datetime.date
    longest_days: int = LONGEST_DAYS
    dated: bool = False
    """Whether comments for other scanners, which may have no last day, need one too."""
    never: tuple[str, ...] = ()
    """Globs of controls that nobody may waive."""

    def forbids(self, control: str) -> bool:
        """Whether nobody may waive the findings of a control, whatever glob a waiver names it by."""
        return any(matches(glob, control) for glob in self.never)

    def refused(self, waiver: Waiver) -> str:
        """Why a waiver does not count, whatever it is for; empty where it does, or did until its last day."""
        if waiver.fault:
            return waiver.fault
        if waiver.expires is None and self.dated:
            return "it has no last day, and the guardrails ask for one"
        if waiver.expires is not None and (waiver.expires - self.today).days > self.longest_days:
            return f"its last day is more than {many(self.longest_days, 'day')} away"
        return ""

    def expired(self, waiver: Waiver) -> bool:
        """Whether the last day of a waiver is over."""
        return waiver.expires is not None and waiver.expires < self.today


class Waivers:
    """The waivers of a run, and what each of them was for."""

    def __init__(self, waivers: Iterable[Waiver], terms: Terms, path_of: Callable[[str], str] = os.path.normpath) -> None:
        self._terms, self._path_of = terms, path_of
        self._uses: dict[Waiver, int] = dict.fromkeys(waivers, 0)
        self._configured = list(self._uses)
        self._forbidden: dict[Waiver, str] = {}
        """Waiver to why it does not count for some of the findings that it is for."""

    def applied(self, result: Result, beside: Iterable[Waiver] = ()) -> Result:
        """A finding as the waivers leave it: those of the run, and those that stand at its resource."""
        if result.verdict not in WAIVABLE:
            return result
        expired: Waiver | None = None
        for waiver in (*self._configured, *beside):
            if not waiver.is_for(result, self._path_of):
                if waiver.fault:  # in a comment, a slip in the id must not look as if nothing stood there
                    self._uses.setdefault(waiver, 0)
                continue
            self._uses[waiver] = self._uses.get(waiver, 0) + 1
            if self._terms.forbids(result.control):
                self._forbidden.setdefault(waiver, f"the guardrails forbid to waive {result.control}")
                continue
            if self._terms.refused(waiver):
                continue
            if self._terms.expired(waiver):
                expired = expired or waiver
                continue
            return msgspec.structs.replace(result, verdict="waived", waiver=_waived(waiver, result, False))
        if expired is None:
            return result
        message = f"{result.message} (waived until {expired.expires}, which is over)"
        return msgspec.structs.replace(result, message=message, waiver=_waived(expired, result, True))

    def uses(self) -> list[WaiverUse]:
        """Every waiver with the number of findings that it was for, by control and place."""
        return sorted(map(self._use, self._uses), key=lambda use: (use.control, use.file, use.line, use.resource))

    def out_of_reach(self, looks_for: Callable[[Waiver], bool]) -> frozenset[WaiverUse]:
        """The waivers of the configuration for what the run does not look at: that it found nothing of it says nothing of them."""
        return frozenset(self._use(waiver) for waiver in self._configured if not self._uses[waiver] and not looks_for(waiver))

    def _use(self, waiver: Waiver) -> WaiverUse:
        return WaiverUse(
            waiver.by, waiver.control, waiver.selects, waiver.owner, without_secrets(waiver.reason), waiver.ticket, _day(waiver),
            waiver.file, waiver.line, self._uses[waiver], self._terms.expired(waiver),
            self._terms.refused(waiver) or self._forbidden.get(waiver, ""),
        )  # fmt: skip


def told(uses: Iterable[WaiverUse], selected: Iterable[str], out_of_reach: Container[WaiverUse] = ()) -> Iterator[str]:
    """Waivers that somebody should look at, as sentences: those that do not count, are over, or are for nothing that was found.

    `selected`: the controls of the run; a waiver of another one is no matter of it, and neither is one that is `out_of_reach`.
    """
    controls = list(selected)
    for use in uses:
        of_run = any(matches(use.control, control) for control in controls) and use not in out_of_reach
        if not of_run and not use.refused:
            continue
        place = f"{use.file}:{use.line}" if use.line else use.file
        what = f"{place}: the waiver of {use.control} for {use.resource}"
        if use.refused:
            yield f"{what} does not count: {use.refused}"
        elif use.expired:
            now = "what it was for counts again" if use.findings else "it is for nothing that was found"
            yield f"{what} ended on {use.expires}; {now}"
        elif not use.findings:
            yield f"{what} is for nothing that was found; remove it"


def _names(result: Result) -> tuple[str, ...]:
    return result.resource.address, result.resource.id, result.resource.name


def _waived(waiver: Waiver, result: Result, expired: bool) -> Waived:
    return Waived(
        waiver.by, waiver.owner, without_secrets(waiver.reason), waiver.ticket, _day(waiver), waiver.file, waiver.line, result.verdict,
        expired,
    )  # fmt: skip


def _day(waiver: Waiver) -> str:
    return waiver.expires.isoformat() if waiver.expires else ""
