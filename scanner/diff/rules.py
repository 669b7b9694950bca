"""Whether two runs were judged by the same rules. A verdict that changed may be one that the rule changed."""

from __future__ import annotations

from collections.abc import Iterator

from assay.scanner.diff.model import RuleChanged, RuleDifference, RulesCompared
from assay.scanner.results.model import Report

_OF_CONTROLS = "controls."
_NOT_JUDGED_BY = frozenset({"fail_on", "allow_empty"})
"""Settings that say what a verdict means for a run, and change none."""


class RulesOfBoth:
    """The rules of both runs."""

    def __init__(self, old: Report, new: Report) -> None:
        self._old, self._new = old, new
        self._is_same_digest = old.tool.policies == new.tool.policies
        self._by_control = {control: what for control in self._controls() if (what := list(self._differences(control)))}

    def changed(self, control: str) -> RuleChanged:
        """How far a control was not the same in both runs."""
        return "control" if control in self._by_control else "" if self._is_same_digest else "digest"

    def compared(self) -> RulesCompared:
        """What differs, as the diff has it."""
        controls = [RuleDifference(control, what) for control, what in sorted(self._by_control.items())]
        options = list(self._options())
        return RulesCompared(not controls and not options and self._is_same_digest, controls, options)

    def _controls(self) -> set[str]:
        return {control.id for report in (self._old, self._new) for control in report.controls}

    def _differences(self, control: str) -> Iterator[str]:
        """How a control differs, as sentences."""
        theirs = [{outcome.id: outcome for outcome in report.controls}.get(control) for report in (self._old, self._new)]
        was, is_ = theirs
        if was is None or is_ is None:
            yield f"judged by the {'new' if was is None else 'old'} run alone"
            return
        if was.severity != is_.severity:
            yield f"severity was {was.severity}, is {is_.severity}"
        files = [report.run.in_force.replaced.get(control, "") for report in (self._old, self._new)]
        if files[0] != files[1]:
            yield f"the rule was {files[0] or 'the built-in one'}, is {files[1] or 'the built-in one'}"
        yield from self._settings(f"{_OF_CONTROLS}{control}.params.")

    def _settings(self, start: str) -> Iterator[str]:
        """Settings whose names begin so, where they differ."""
        before, after = ({setting.name: setting for setting in report.run.in_force.settings} for report in (self._old, self._new))
        for name in sorted(before.keys() | after.keys()):
            if name.startswith(start):
                was, is_ = before.get(name), after.get(name)
                default = (was or is_).default if was or is_ else ""  # type: ignore[union-attr]
                values = [setting.value if setting else f"{default} (the default)" for setting in (was, is_)]
                if values[0] != values[1]:
                    yield f"{name.removeprefix(start)} was {values[0]}, is {values[1]}"

    def _options(self) -> Iterator[str]:
        """What else differs that verdicts may hang on."""
        old, new = self._old, self._new
        if not self._is_same_digest:
            versions = f"assay {old.tool.version}" + (f", then {new.tool.version}" if old.tool.version != new.tool.version else "")
            yield f"the digest of the rules was {old.tool.policies[:12]}, is {new.tool.policies[:12]} ({versions})"
        for name in ("profile", "frameworks", "policies", "var_files", "variables"):
            was, is_ = getattr(old.run.in_force, name), getattr(new.run.in_force, name)
            if was != is_:
                yield f"{name} was {_text(was)}, is {_text(is_)}"
        before, after = (
            {(setting.name, setting.value) for setting in report.run.in_force.settings if not setting.name.startswith(_OF_CONTROLS)}
            for report in (old, new)
        )
        yield from (f"{name} was {value}" for name, value in sorted(before - after) if name not in _NOT_JUDGED_BY)
        yield from (f"{name} is {value}" for name, value in sorted(after - before) if name not in _NOT_JUDGED_BY)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) and value else str(value or "none")
