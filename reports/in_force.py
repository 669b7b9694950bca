"""What a run was judged by, in words: whole for a section of a report, and in one line for its outcome."""

from __future__ import annotations

from msgspec.structs import replace

from assay.scanner.results.model import InForce, Setting
from assay.scanner.words import many

_LONGEST = 300
_LISTED = 5
"""Entries of a list that people are told; the JSON report has all."""


def in_force(told: InForce) -> list[tuple[str, str]]:
    """What a run was judged by, as headings and what stands under them: always the configuration, and what is not the default."""
    changed = [f"{setting.name} is {setting.value}{_at(setting)}, by default {setting.default}" for setting in _together(told.settings)]
    given = [*told.var_files, *([many(len(told.variables), "value")] if told.variables else [])]
    sections = [
        ("Profile", told.profile or ""),
        ("Frameworks", ", ".join(told.frameworks)),
        ("Own policies", _few(told.policies)),
        ("Built-in rules replaced", _few([f"{id_} by {file}" for id_, file in told.replaced.items()], "; ")),
        ("Not the defaults", _few(changed, "; ")),
        ("Controls left out", f"{len(told.left_out)}: {_few(told.left_out)}" if told.left_out else ""),
        ("Variables from", _few(given)),
    ]
    return [("Configuration", told.configuration or "none"), *((heading, text) for heading, text in sections if text)]


def _few(entries: list[str], between: str = ", ") -> str:
    more = len(entries) - _LISTED
    shown = [entry if len(entry) <= _LONGEST else f"{entry[:_LONGEST]}…" for entry in entries[:_LISTED]]
    return between.join([*shown, *([f"and {more} more"] if more > 0 else [])])


def in_force_briefly(told: InForce) -> str:
    """The same in a few words for the outcome: empty for the built-in controls with their defaults."""
    named = [told.configuration or "", f"profile {told.profile}" if told.profile else ""]
    named += [f"frameworks {_few(told.frameworks)}"] if told.frameworks else []
    named += [f"own policies {_few(told.policies)}"] if told.policies else []
    named += [_few([f"{id_} replaced by {file}" for id_, file in told.replaced.items()])]
    settings = _together(told.settings)
    others = [f"{setting.name} {setting.value}{_at(setting)}" for setting in settings if not setting.name.startswith("controls.")]
    named += [_few(others)]
    named += [_few([_briefly(setting) for setting in settings if setting.name.startswith("controls.")])]
    left_out = len(told.left_out) if told.profile or told.frameworks else 0
    named += [f"{many(left_out, 'control')} left out"] if left_out else []
    return ", ".join(filter(None, named))


def _together(settings: list[Setting]) -> list[Setting]:
    """The same with a param that one line sets for several controls told once, where the first of them stands."""
    groups: dict[object, list[Setting]] = {}
    for setting in settings:
        param = setting.name.partition(".params.")[2] if setting.name.startswith("controls.") and setting.place else ""
        key = (param, setting.value, setting.default, setting.place, setting.reason) if param else id(setting)
        groups.setdefault(key, []).append(setting)
    return [
        replace(group[0], name=f"{group[0].name.partition('.params.')[2]} of {many(len(group), 'control')}") if len(group) > 1 else group[0]
        for group in groups.values()
    ]


def _briefly(setting: Setting) -> str:
    """What is set for one control, in a few words: which it is, and why, are what somebody asks who sees that it is not the default."""
    inner = setting.name.removeprefix("controls.")
    control, of_params, param = inner.rpartition(".params.")
    if of_params:
        return f"{control} {param} {setting.value}{_at(setting)}"
    control, _, key = inner.rpartition(".")
    if key == "enabled":
        return f"{control} off{setting.value.removeprefix('false')}{_at(setting)}"
    return f"{control} {setting.value}{_at(setting)}"


def _at(setting: Setting) -> str:
    return (f": {setting.reason}" if setting.reason else "") + (f" at {setting.place}" if setting.place else "")
