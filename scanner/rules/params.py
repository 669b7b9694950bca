"""The params of controls: their defaults with the configured values in their place."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from assay.scanner.errors import SelectionError
from assay.scanner.facts.model import CLOUDS
from assay.scanner.rules.load import RuleSet, nearest
from assay.scanner.rules.model import Control


class Given:
    """Configured values: `everywhere` for every control that has a param of the name, `by_control` for one control.

    Raises SelectionError for a control or param that is not there, which would else go unseen, and for a value of another type.
    """

    def __init__(self, everywhere: dict[str, Any], by_control: dict[str, dict[str, Any]], rules: RuleSet) -> None:
        self.everywhere, self.by_control, self.rules = everywhere, by_control, rules
        controls = rules.by_id()
        _check("params", everywhere, {name: value for control in controls.values() for name, value in control.params.items()})
        for control, params in by_control.items():
            if control not in controls:
                raise SelectionError(
                    f"controls: there is no control {control!r}; {nearest(control, controls) or 'see assay controls list'}"
                )
            _check(f"controls.{control}.params", params, controls[control].params)

    def of(self, control: Control) -> dict[str, Any]:
        """The params of one control."""
        given = {**self.everywhere, **self.by_control.get(control.id, {})}
        return {name: given.get(name, value) for name, value in control.params.items()}

    def digest(self) -> str:
        """What is applied: the rules and the configured values."""
        if not self.everywhere and not self.by_control:
            return self.rules.digest
        given = msgspec.json.encode((self.everywhere, self.by_control), order="deterministic")
        return hashlib.sha256(self.rules.digest.encode() + given).hexdigest()


def _check(place: str, params: dict[str, Any], defaults: dict[str, Any]) -> None:
    for name, value in params.items():
        if name not in defaults:
            raise SelectionError(f"{place}: there is no param {name!r}; {nearest(name, defaults) or 'known: ' + ', '.join(defaults)}")
        if not _alike(value, defaults[name]):
            raise SelectionError(f"{place}: {name} is {value!r}, but has to be like {defaults[name]!r}")


def _alike(value: Any, default: Any) -> bool:
    """Whether a configured value can stand for a default: of the same type, or a map of such by cloud."""
    values, likes = _by_cloud(value), _by_cloud(default)
    number = isinstance(likes[0], (int, float)) and not isinstance(likes[0], bool)
    kinds: tuple[type, ...] = (int, float) if number else (type(likes[0]),)
    return all(isinstance(candidate, kinds) and isinstance(candidate, bool) is isinstance(likes[0], bool) for candidate in values)


def _by_cloud(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) and value and value.keys() <= CLOUDS else [value]
