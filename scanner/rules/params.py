"""The params of controls: their defaults with the configured values in their place."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import msgspec

from assay.scanner.errors import SelectionError
from assay.scanner.facts.model import CLOUDS
from assay.scanner.rules.load import RuleSet, nearest
from assay.scanner.rules.model import Control


class GivenParams:
    """Configured values: `everywhere` for every control that has a param of the name, `by_control` for one control.

    Raises SelectionError for a control or param that is not there, which would else go unseen, and for a value of another type.
    """

    def __init__(self, everywhere: dict[str, Any], by_control: dict[str, dict[str, Any]], rules: RuleSet) -> None:
        self.everywhere, self.by_control, self.rules = everywhere, by_control, rules
        controls = rules.by_id()
        _check(("params",), everywhere, {name: value for control in controls.values() for name, value in control.params.items()})
        for control, params in by_control.items():
            if control not in controls:
                raise SelectionError(
                    f"controls: there is no control {control!r}; {nearest(control, controls) or 'see assay controls list'}",
                    "controls",
                    control,
                )
            _check(("controls", control, "params"), params, controls[control].params)

    def of(self, control: Control) -> dict[str, Any]:
        """The params of one control."""
        given = {**self.everywhere, **self.by_control.get(control.id, {})}
        return {name: _for_all_clouds(given[name], value) if name in given else value for name, value in control.params.items()}

    def digest(self) -> str:
        """What is applied: the rules and the configured values."""
        if not self.everywhere and not self.by_control:
            return self.rules.digest
        given = msgspec.json.encode((self.everywhere, self.by_control), order="deterministic")
        return hashlib.sha256(self.rules.digest.encode() + given).hexdigest()


def _check(key: tuple[str, ...], params: dict[str, Any], defaults: dict[str, Any]) -> None:
    place = ".".join(key)
    for name, value in params.items():
        if name not in defaults:
            way = nearest(name, defaults) or (f"known: {', '.join(defaults)}" if defaults else "the control has none")
            raise SelectionError(f"{place}: there is no param {name!r}; {way}", *key, name)
        if not _alike(value, defaults[name]):
            raise SelectionError(f"{place}: {name} is {value!r}, but has to be {_wanted(defaults[name])}", *key, name)


def _wanted(default: Any) -> str:
    """What can stand for a default, for who gave something else."""
    like = _by_cloud(default)[0]
    words = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}.get(type(like), "a value")
    if isinstance(like, list) and like:
        words = f"a list like {like!r}"
    return f"{words}, or one for each cloud: {{aws: …, google: …}}"


def _alike(value: Any, default: Any) -> bool:
    """Whether a configured value can stand for a default: of the same type, or a map of such by cloud."""
    likes = _by_cloud(default)
    return all(any(_is_like(candidate, like) for like in likes) for candidate in _by_cloud(value))


def _is_like(value: Any, like: Any) -> bool:
    """Of one type, lists by their elements too; anything where the default is null. Numbers have to fit in 64 bits, which is what CEL
    computes with."""
    if like is None and not isinstance(value, (int, float)):
        return True
    if isinstance(value, list):
        return isinstance(like, list) and all(any(_is_like(element, other) for other in like or _SCALARS) for element in value)
    if isinstance(value, bool) or isinstance(like, bool):
        return isinstance(value, bool) and isinstance(like, bool)
    if isinstance(value, (int, float)):
        return isinstance(like, (int, float)) and (math.isfinite(value) if isinstance(value, float) else -(1 << 63) <= value < 1 << 63)
    return type(value) is type(like)


_SCALARS = ("", 0, False)
"""What the elements of a list may be like whose default is empty."""


def _for_all_clouds(value: Any, default: Any) -> Any:
    """A configured value; where it is for one cloud alone, with the default of the others."""
    if not _is_by_cloud(value):
        return value
    return {**{cloud: default[cloud] if _is_by_cloud(default) else default for cloud in CLOUDS if cloud not in value}, **value}


def _is_by_cloud(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= CLOUDS


def _by_cloud(value: Any) -> list[Any]:
    return list(value.values()) if _is_by_cloud(value) else [value]
