"""Guardrails: what an organisation lets a repository's own configuration say.

A file that the repository cannot change, given to every run of a gate (`--guardrails FILE`). What it forbids is refused before anything is
judged; waivers that it forbids do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from assay.scanner.globs import matches
from assay.scanner.rules.model import SEVERITIES


class Guardrails(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The keys of the file. Without one, everything is allowed."""

    never_waive: tuple[str, ...] = ()
    """Ids or globs of controls whose findings nobody may waive."""
    longest_waiver_days: int | None = None
    """How far ahead the last day of a waiver may be."""
    fail_on: str | None = None
    """The highest severity that a run may begin to fail at: with `medium`, it may be `medium` or `low`."""
    required: tuple[str, ...] = ()
    """Ids or globs of controls that every run judges by, with the severity, the rule and the params that they have."""
    comments: bool = True
    """Whether comments and marks in the code may waive."""
    baseline: bool = True
    """Whether what was there before may be left uncounted."""
    params: bool = True
    """Whether params of controls may be changed; those of `required` ones may not."""
    may_set: tuple[str, ...] = ()
    """Params that may be changed all the same, as `CONTROL.params.NAME` or globs: those that ask nothing until a team sets them."""
    attestations: bool = True
    """Whether the configuration may state what no input shows."""
    exclude: bool = True
    """Whether paths may be excluded."""
    strict: bool = False
    """Whether an unknown verdict makes a run incomplete whatever the repository says."""


class RunRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked to do, as far as guardrails speak of it."""

    fail_on: str
    judged: frozenset[str]
    """Controls that it judges by."""
    known: frozenset[str]
    """All that there are."""
    severities: Mapping[str, tuple[str, str]] = {}
    """Controls whose severity is another than their own: their own, and that."""
    disabled: Iterable[str] = ()
    """Controls that the configuration switches off."""
    replaced: Iterable[str] = ()
    """Built-in controls that own ones stand for."""
    params: Sequence[str] = ()
    """Names of params whose values differ from the defaults."""
    attested: Sequence[str] = ()
    """Controls, or globs, that statements of the configuration are on."""
    excluded: Sequence[str] = ()
    baseline: bool = False


def refused(rails: Guardrails, asked: RunRequest) -> list[str]:
    """What the guardrails forbid of what a run is asked, as sentences."""
    problems: list[str] = []
    if rails.fail_on is not None:
        problems += _below(rails.fail_on, asked)
    for glob in rails.required:
        named = [control for control in sorted(asked.known) if matches(glob, control)]
        if not named:
            problems.append(f"the guardrails require {glob}, and there is no such control")
        problems += [f"{control} is not judged by, and the guardrails require it" for control in named if control not in asked.judged]
        changed = [*asked.severities, *asked.replaced]
        problems += [f"{control} is changed, and the guardrails require it as it is" for control in named if control in changed]
    problems += _got_round(rails, asked)
    params = [name for name in asked.params if not any(matches(glob, name.removeprefix("controls.")) for glob in rails.may_set)]
    if not rails.params and params:
        problems.append(f"params are changed ({', '.join(params)}), and the guardrails forbid that")
    elif required := [name for name in params if any(matches(glob, _control_of(name)) for glob in rails.required)]:
        problems.append(f"params are changed ({', '.join(required)}), and the guardrails require these controls as they are")
    if not rails.attestations and asked.attested:
        problems.append(f"controls are attested ({', '.join(asked.attested)}), and the guardrails forbid that")
    if not rails.exclude and asked.excluded:
        problems.append(f"paths are excluded ({', '.join(asked.excluded)}), and the guardrails forbid that")
    if not rails.baseline and asked.baseline:
        problems.append("a baseline is given, and the guardrails forbid that")
    return problems


def _got_round(rails: Guardrails, asked: RunRequest) -> Iterator[str]:
    """What has the effect of a waiver that the guardrails forbid: findings of a control that is off, weighs less or asks for less."""
    ways = ((asked.disabled, "switched off"), (_lighter(asked), "given a lower severity"), (asked.replaced, "replaced"))
    for controls, what in ways:
        for control in sorted(controls):
            if any(matches(glob, control) for glob in rails.never_waive):
                yield f"{control} is {what}, and the guardrails forbid to waive it"


def _lighter(asked: RunRequest) -> list[str]:
    return [control for control, (own, given) in asked.severities.items() if SEVERITIES.index(given) > SEVERITIES.index(own)]


def _control_of(param: str) -> str:
    """The control whose param is called `controls.CONTROL.params.NAME`."""
    return param.removeprefix("controls.").partition(".params.")[0]


def _below(fail_on: str, asked: RunRequest) -> Iterator[str]:
    """What would fail by the guardrails, and does not by what is asked."""
    if _weaker(asked.fail_on, fail_on):
        order = (*SEVERITIES, "never")
        allowed = " or ".join(order[order.index(fail_on) : len(SEVERITIES)])
        yield f"fail_on is {asked.fail_on}, and the guardrails allow {allowed}"
    for control, (own, given) in asked.severities.items():
        if not _weaker(fail_on, own) and _weaker(fail_on, given):
            yield f"{control} is {given} instead of {own}, which takes it below the {fail_on} of the guardrails"


def _weaker(asked: str, allowed: str) -> bool:
    """Whether a run that fails at one severity lets more pass than at another: `critical` lets most pass, but for `never`."""
    strength = ("never", *SEVERITIES)
    return strength.index(asked) < strength.index(allowed)
