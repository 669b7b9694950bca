"""What the user's editor sets (`initializationOptions`). It stands where a command line stands for a scan."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from assay.scanner.editor.messages import Chosen
from assay.scanner.options import Severity

Shown = Literal["error", "warning", "information", "hint", "off"]
_OF_SEVERITY: dict[Severity, Shown] = {"critical": "error", "high": "error", "medium": "warning", "low": "warning"}


class EditorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options, by the names that editors send. Each has a default."""

    profile: str | None = None
    controls: list[str] = []
    frameworks: list[str] = []
    severities: dict[Severity, Shown] = {}
    """How failures are shown, by the severity of their control."""
    unknown: Literal["information", "hint", "off"] = "hint"
    accepted: Literal["hint", "off"] = "off"
    """What is waived, or in the baseline."""
    debounce: int = 150
    """Milliseconds without a change before text is judged."""
    waiver_days: int = 90
    """From today to the last day of a waiver that is offered."""
    limit_memory: int | None = None
    limit_seconds: float | None = None

    @property
    def chosen(self) -> Chosen:
        """What of it decides verdicts."""
        return Chosen(self.profile, tuple(self.controls), tuple(self.frameworks), self.limit_memory, self.limit_seconds)

    def shown(self, severity: str) -> Shown:
        """How a failure of a control is shown."""
        return next((shown for name, shown in (*self.severities.items(), *_OF_SEVERITY.items()) if name == severity), "warning")


_RANGES = {"debounce": (0, 10_000), "waiver_days": (1, 366), "limit_memory": (0, 1 << 62), "limit_seconds": (0, 1_000_000_000)}


def settings_of(given: Any) -> tuple[EditorSettings, list[str]]:
    """The settings that an editor sent, and what of it cannot be used: the others count all the same."""
    if given is None:
        return EditorSettings(), []
    if not isinstance(given, Mapping):
        return EditorSettings(), ["initializationOptions are no object; see docs/editors.md"]
    settings, problems = EditorSettings(), list[str]()
    for name, value in given.items():
        try:
            one = msgspec.convert({str(name): value}, EditorSettings)
            least, most = _RANGES.get(name, (None, None))
            number = getattr(one, name, None)
            if least is not None and most is not None and number is not None and not least <= number <= most:
                raise msgspec.ValidationError(f"it is from {least:,} to {most:,}")
            settings = msgspec.structs.replace(settings, **{name: getattr(one, name)})
        except msgspec.ValidationError as error:
            problems.append(_problem(str(name), error))
    return settings, problems


def _problem(name: str, error: msgspec.ValidationError) -> str:
    if name in EditorSettings.__struct_fields__:
        return f"initializationOptions: {name}: {error}; it is left out, see docs/editors.md"
    near = difflib.get_close_matches(name, EditorSettings.__struct_fields__, 1)
    known = f"did you mean {near[0]}?" if near else f"known: {', '.join(EditorSettings.__struct_fields__)}"
    return f"initializationOptions: there is no option {name!r}; {known}"
