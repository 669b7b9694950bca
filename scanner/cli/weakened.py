"""What a change of the configuration lets through that it did not let through before: whoever reviews the change should see it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from assay.scanner.config import Config
from assay.scanner.gate.waivers import Waiver
from assay.scanner.options import NEVER, SEVERITIES
from assay.scanner.results.model import Result, Waived

_STRENGTH = (NEVER, *SEVERITIES)
"""Values of `fail_on`, from the one that lets everything through."""


def weakened(before: Config, now: Config, revision: str, rules: Iterable[str] = ()) -> list[str]:
    """Sentences, one for each way in which the configuration of now is weaker than that of a revision. `rules`: files of own rules that are
    not what they were: whether they ask for less, no comparison tells.
    """
    rewritten = [f"{os.path.relpath(file)}: an own rule or profile is not what it was" for file in rules]
    return [f"{change} (compared with {revision})" for change in (*_changes(before, now), *rewritten)]


def waived_in_code(result: Result, waiver: Waived, revision: str) -> str:
    """A sentence on a finding that a waiver in the code is for, as it was not at a revision."""
    terms = f"{f', until {waiver.expires}' if waiver.expires else ''}{f', by {waiver.owner}' if waiver.owner else ''}"
    what = f"a waiver of {result.control} for {result.resource.address} in the code{terms}"
    return f"{waiver.file}:{waiver.line}: {what} (compared with {revision})"


def _changes(before: Config, now: Config) -> Iterator[str]:
    file = now.file or before.file
    yield from (f"{file}: {change}" for change in (*_loosened(before, now), *_others(before, now), *_controls(before, now)))
    known = {_essence(waiver) for waiver in before.accepted}
    for waiver in now.accepted:
        if _essence(waiver) not in known:
            what = f"a waiver of {waiver.control} for {waiver.selects}, until {waiver.expires}, by {waiver.owner}"
            yield f"{waiver.file}:{waiver.line}: {what}"
    yield from _stated(before, now)


def _stated(before: Config, now: Config) -> Iterator[str]:
    known = [msgspec.structs.replace(stated, file="", line=0, link="", date=stated.expires) for stated in before.stated]
    for stated in now.stated:
        if stated.holds and msgspec.structs.replace(stated, file="", line=0, link="", date=stated.expires) not in known:
            yield f"{stated.file}:{stated.line}: {stated.owner} attests {stated.control} until {stated.expires}"


def _loosened(before: Config, now: Config) -> Iterator[str]:
    was, is_ = before.fail_on or "low", now.fail_on or "low"
    if _STRENGTH.index(is_) < _STRENGTH.index(was):
        yield f"fail_on was {was} and is {is_}"
    if before.strict and not now.strict:
        yield "strict was true and is false"
    if now.allow_empty and not before.allow_empty:
        yield "allow_empty was false and is true"
    if now.longest_waiver_days > before.longest_waiver_days:
        yield f"longest_waiver_days was {before.longest_waiver_days} and is {now.longest_waiver_days}"
    if now.inline.enabled and not before.inline.enabled:
        yield "comments in the code count now"
    if added := _added(before.inline.accept, now.inline.accept):
        yield f"comments for {' and '.join(added)} count now"


def _others(before: Config, now: Config) -> Iterator[str]:
    """What decides verdicts, and is not plainly weaker or stronger."""
    for name in ("profile", "baseline", "params", "roles"):
        if getattr(before, name) != getattr(now, name):
            yield f"{name} was {_text(getattr(before, name))} and is {_text(getattr(now, name))}"
    for name in ("policies", "overrides", "var_files"):
        if added := _added(getattr(before, name), getattr(now, name)):
            yield f"{name} has {', '.join(added)} now"
    known = {rule.glob for rule in before.excluded}
    yield from (f"{rule} is excluded now" for rule in now.excluded if rule.glob not in known)
    if added := _added(list(before.roots), now.roots):
        yield f"{', '.join(added)} are judged through what calls them alone now (roots)"
    if now.vars != before.vars:
        yield f"vars are others: {', '.join(sorted({name for name, _ in now.vars.items() ^ before.vars.items()}))}"


def _controls(before: Config, now: Config) -> Iterator[str]:
    for id_, chosen in now.controls.items():
        earlier = before.controls.get(id_)
        if not chosen.enabled and (earlier is None or earlier.enabled):
            yield f"{id_} is not judged by any more: {chosen.reason}"
        if chosen.severity and (earlier is None or earlier.severity != chosen.severity):
            yield f"{id_} has the severity {chosen.severity} now: {chosen.reason}"
        if chosen.params != (earlier.params if earlier else {}):
            yield f"the params of {id_} are {_text(chosen.params)} now"


def _added(before: Sequence[str], now: Iterable[str]) -> list[str]:
    return [value for value in now if value not in before]


def _essence(waiver: Waiver) -> Waiver:
    """A waiver without its place and its words."""
    return msgspec.structs.replace(waiver, file="", line=0, reason="", ticket="", owner="")


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
