"""Where the settings of a run are written: a report names the line, so that whoever reads it finds who set it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from assay.scanner.sources.secret_text import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assay.scanner.config import Config
    from assay.scanner.results.model import InForce, Setting

_OF_CONTROL = "controls."


def placed(told: InForce, config: Config, given: Mapping[str, object]) -> InForce:
    """What is in force, each setting with its line in the configuration, and the guardrails. `given`: what the command line says, which has
    no line."""
    if rails := given.get("guardrails"):
        from assay.scanner.results.model import Setting

        told = msgspec.structs.replace(told, settings=[*told.settings, Setting("guardrails", str(rails), "none")])
    told = msgspec.structs.replace(
        told, settings=[msgspec.structs.replace(setting, value=without_secrets(setting.value)) for setting in told.settings]
    )
    if not config.file:
        return told
    excluded = iter(range(len(config.exclude)))
    settings = [_placed(setting, config, () if given.get(setting.name) else _keys(setting.name, excluded)) for setting in told.settings]
    return msgspec.structs.replace(told, settings=settings)


def _placed(setting: Setting, config: Config, keys: tuple[tuple[str | int, ...], ...]) -> Setting:
    line = next((config.lines[key] for key in keys if key in config.lines), 0)
    if not line:
        return setting
    weighed = setting.name.startswith(_OF_CONTROL) and setting.name.endswith(".severity")
    reason = config.controls[setting.name[len(_OF_CONTROL) : -len(".severity")]].reason if weighed else ""
    return msgspec.structs.replace(setting, place=f"{config.file}:{line}", reason=without_secrets(reason))


def _keys(name: str, excluded: Iterator[int]) -> tuple[tuple[str | int, ...], ...]:
    """Where in the file a setting may stand, the nearest first. Ids of controls and globs have dots of their own."""
    if name == "exclude":
        return (("exclude", next(excluded)),)
    if name.startswith("roots."):
        return (("roots", name.removeprefix("roots.").removesuffix(".kind")),)
    if not name.startswith(_OF_CONTROL):
        return ((name,),)
    inner = name.removeprefix(_OF_CONTROL)
    control, of_params, param = inner.rpartition(".params.")
    if of_params:
        return ("controls", control, "params", param), ("params", param)
    control, _, key = inner.rpartition(".")
    return ("controls", control, key), ("controls", control)
