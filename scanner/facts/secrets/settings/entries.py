"""A setting that is to be judged, by each name that it may have."""

from __future__ import annotations

from typing import Any, NamedTuple

from assay.scanner.facts.secrets.settings.values import Answer, Linked, joined, script, shown
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value


class Entry(NamedTuple):
    """A setting that is to be judged."""

    names: tuple[str, ...]
    """Each that it may have; an empty one stands for any."""
    of: str
    raw: Any
    linked: Linked
    seen: tuple[Location, ...]
    scripts: tuple[str, ...] = ()
    """Beginnings of the names of scripts."""

    @property
    def name(self) -> str:
        """Its name; empty where that is not known."""
        return self.names[0] if len(self.names) == 1 else ""

    def answer(self) -> Answer:
        """What it shows; not known where it shows something under one of its names alone."""
        answers = [
            script(self.raw, self.linked) if name.startswith(self.scripts) else shown(name, self.raw, self.linked) for name in self.names
        ]
        if all(answers) or not any(answers):
            return joined(answers)
        return Unknown(
            "which name a setting has, and so whether it is a secret", "scan the plan, or give the variable", next(iter(self.seen), None)
        )


def names_of(name: Value[Any], scripts: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names that a setting may have."""
    if isinstance(name.data, str):
        return (name.data,)
    return tuple(option for option in name.options if isinstance(option, str)) or ("", *scripts[:1])
