"""The ledger of a run: what was found, read and not read, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import UNSET, UnsetType

from assay.scanner.sources import listing
from assay.scanner.sources.listing import Became, Fate, Fates, FilesBelow


class Gap(msgspec.Struct, frozen=True):
    """Something of the input that was not judged. `code` is one of a closed list, see docs/json-contract.md."""

    scope: str
    code: str
    reason: str
    settles_it: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.scope}:{self.line}" if self.line else self.scope
        return f"{place}: {self.reason}; {self.settles_it}"


class FileCounts(msgspec.Struct):
    """How many files there are, and what became of them."""

    found: int = 0
    parsed: int = 0
    failed: int = 0


class Blocks(msgspec.Struct):
    """`found` = `evaluated` + `unsupported` + `template`, plus those that a gap covers."""

    found: int = 0
    evaluated: int = 0
    unsupported: int = 0
    template: int = 0
    joined: int = 0
    """Of those evaluated, the ones of types that are read for what they say of others only."""


class CallCount(msgspec.Struct, frozen=True):
    """Calls of one operation in one account and region that ended alike. For each operation, the counts add up to the calls requested."""

    account: str
    region: str
    """`global` for services without regions, S3 included."""
    service: str
    operation: str
    outcome: str
    """`answered`, `denied`, `failed`, or `unchanged`: it was not made, since the answer of an earlier snapshot is still so."""
    code: str
    """The provider's error code; empty where the answer is a value, also for codes that say `not configured`. Of what an audit only asked
    so as to ask for less, also beside `answered`."""
    permission: str
    count: int


class LeftOut(msgspec.Struct, frozen=True):
    """An account or project that was listed and, as the user asked or its state demands, not judged."""

    scope: str
    """`aws:ACCOUNT`, `google:PROJECT`."""
    name: str
    """What its owners call it; empty where that is not known."""
    reason: str
    part: str = ""
    """The part of the accounts that it is of, as `3/4`, where the run was of another part alone."""


class Named(msgspec.Struct, frozen=True):
    """What an account or project of the run is called, and where it is in its organisation."""

    scope: str
    """`aws:ACCOUNT`, `google:PROJECT`."""
    name: str
    """Empty where that is not known."""
    path: str
    """The names of the organisational units or folders that it is in, from the root inwards: `Root/Workloads`; empty where that is not
    known."""


class Coverage(msgspec.Struct):
    """The ledger of a collection, or of a whole run: what was found, and what became of it."""

    files: FileCounts = msgspec.field(default_factory=FileCounts)
    blocks: Blocks = msgspec.field(default_factory=Blocks)
    unsupported_types: dict[str, int] = msgspec.field(default_factory=dict)
    gaps: list[Gap] = msgspec.field(default_factory=list)
    calls: list[CallCount] = msgspec.field(default_factory=list)
    """What was asked of live accounts, and how it ended."""
    left_out: list[LeftOut] = msgspec.field(default_factory=list)
    """Accounts and projects that are there and are no part of the run."""
    accounts: list[Named] = msgspec.field(default_factory=list)
    """Accounts and projects of the run that have a name or a place which is known."""
    through_callers: list[str] = msgspec.field(default_factory=list)
    """Directories of Terraform code that could be applied as they are, since every variable has a default, and that are judged with the
    values of their callers alone: their place says that they are modules."""
    tree: FilesBelow = msgspec.field(default_factory=FilesBelow)
    """Of a whole run: the files below its targets."""
    fates: Fates | UnsetType = UNSET
    """What became of files, as their readers say it; no part of a report, which has `tree`."""

    def enter(self, file: str, format_: str, became: Became, why: str = "") -> None:
        """Say what became of a file, `file` as reports name it, that may be of a format."""
        fates = {} if self.fates is UNSET else self.fates
        listing.enter(fates, {(file, format_): Fate(became, why or format_)})
        self.fates = fates

    @staticmethod
    def merged(parts: Iterable[Coverage]) -> Coverage:
        """The ledger of several parts of a run, in whatever groups they are merged: numbers and calls add up, equal gaps are one."""
        whole = Coverage()
        gaps: dict[Gap, None] = {}
        calls: dict[CallCount, int] = {}
        left_out: dict[LeftOut, None] = {}
        accounts: dict[Named, None] = {}
        through_callers: set[str] = set()
        fates: Fates = {}
        for part in parts:
            _add(whole.files, part.files)
            _add(whole.blocks, part.blocks)
            _add_tree(whole.tree, part.tree)
            listing.enter(fates, part.fates or {})
            _count(whole.unsupported_types, part.unsupported_types)
            gaps.update(dict.fromkeys(part.gaps))
            left_out.update(dict.fromkeys(part.left_out))
            accounts.update(dict.fromkeys(part.accounts))
            through_callers.update(part.through_callers)
            for call in part.calls:
                key = msgspec.structs.replace(call, count=0)
                calls[key] = calls.get(key, 0) + call.count
        whole.gaps, whole.left_out, whole.accounts, whole.fates = list(gaps), list(left_out), list(accounts), fates or UNSET
        whole.through_callers = sorted(through_callers)
        whole.calls = [msgspec.structs.replace(call, count=count) for call, count in calls.items()]
        return whole


def _add(whole: FileCounts | Blocks, part: FileCounts | Blocks) -> None:
    for name in whole.__struct_fields__:
        setattr(whole, name, getattr(whole, name) + getattr(part, name))


def _add_tree(whole: FilesBelow, part: FilesBelow) -> None:
    for name in ("found", "judged", "other", "excluded", "unread"):
        setattr(whole, name, getattr(whole, name) + getattr(part, name))
    _count(whole.reasons, part.reasons)


def _count(whole: dict[str, int], part: Mapping[str, int]) -> None:
    for name, number in part.items():
        whole[name] = whole.get(name, 0) + number
