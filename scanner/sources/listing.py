"""The ledger of files: what there is below the targets of a run, and what became of each file.

Every file is judged, of another kind, left out by a rule that has a name, or unread, which is a gap. A directory that is left out as
a whole is one entry, with `/` at its end: what is in it is not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

Became = Literal["unread", "judged", "other", "excluded"]
_ORDER: tuple[Became, ...] = ("unread", "judged", "other", "excluded")


_RULES = {
    ".git": "the store of git",
    ".terraform": "what terraform init fetched",
    "node_modules": "packages of npm",
    "__pycache__": "compiled Python",
    "venv": "a virtual environment of Python",
}
_HIDDEN = "a directory whose name begins with a dot"
_WORKFLOWS = ".github"
"""Such a directory that is looked into: it holds what builds and releases."""
EXCLUDED, LIBRARY = "excluded by ", "a library, judged through what calls it"
"""How a rule of a configuration begins (globs.py); and that of libraries of Terraform code."""
UNCHANGED = "not touched since the revision that the run is compared with"
_EXCLUSIONS = frozenset({*_RULES.values(), _HIDDEN, LIBRARY, UNCHANGED})


def is_exclusion(why: str) -> bool:
    """Whether a reason is a rule by which something is left out."""
    return why in _EXCLUSIONS or why.startswith(EXCLUDED)


def excluded(name: str) -> str | None:
    """The rule by which a directory of this name is left out; None where it is not."""
    return _RULES.get(name) or (_HIDDEN if name.startswith(".") and name != _WORKFLOWS else None)


class Fate(msgspec.Struct, frozen=True):
    """What became of a file. `why`: the format that it is judged as, else the reason, in words that many files share."""

    became: Became
    why: str


Fates: TypeAlias = dict[tuple[str, str], Fate]
"""What readers say of the files that they were given: (file as reports name it, format) to its fate."""


def decisive(fates: Iterable[Fate]) -> Fate:
    """The one of several that counts for a file: what was not read before what was judged, in any order. Raises ValueError for none."""
    return min(fates, key=lambda fate: (_ORDER.index(fate.became), fate.why))


def enter(whole: Fates, part: Mapping[tuple[str, str], Fate]) -> None:
    """Add what a part of a run says."""
    for key, fate in part.items():
        known = whole.get(key)
        whole[key] = fate if known is None else decisive((known, fate))


class FileListing(msgspec.Struct):
    """What there is below the targets. Files have the names that reports give them."""

    named: set[str] = msgspec.field(default_factory=set)
    """The files that the user named."""
    candidates: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """File to the formats that it may be of: the reader of each says what it is."""
    settled: dict[str, Fate] = msgspec.field(default_factory=dict)
    """Of the others, what became of them: no reader is asked."""

    def settle(self, file: str, fate: Fate) -> None:
        """Enter a file, or a directory that is left out, that no reader is given."""
        if file not in self.candidates:
            self.settled[file] = fate

    def may_be(self, file: str, *formats: str) -> None:
        """Enter a file that may be of some formats."""
        self.candidates[file] = tuple(dict.fromkeys((*self.candidates.get(file, ()), *formats)))
        self.settled.pop(file, None)


class FilesBelow(msgspec.Struct):
    """How many files there are below the targets: `found` = `judged` + `other` + `excluded` + `unread`."""

    found: int = 0
    judged: int = 0
    """Read by a reader of their format."""
    other: int = 0
    """Of no kind that is read."""
    excluded: int = 0
    """Left out by a rule that has a name; a directory counts once."""
    unread: int = 0
    """May hold what is not judged; each stands in a gap."""
    reasons: dict[str, int] = msgspec.field(default_factory=dict)
    """Of those that are of another kind or left out, why, to how many."""
