"""What the estate is that a run looks at: its clouds, regions and environments, and whether everything of it is there to be seen."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from assay.scanner.globs import PathRule


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """An environment: what is in one of its accounts, is written below one of its paths, or has one of its tags."""

    accounts: tuple[str, ...] = ()
    """Numbers of AWS accounts, ids of Google Cloud projects."""
    paths: tuple[PathRule, ...] = ()
    tags: dict[str, str] = {}
    """Tags or labels, each with a glob over its value: any of them."""
    regions: dict[str, tuple[str, ...]] | None = None
    """Where it is deployed, by cloud; None for where the estate is."""
    shared: bool = False
    """It serves the others (an organisation's account, one of tools), and is no stack of its own."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A difference within the estate that is meant: who says so, why, and until when."""

    control: str
    """Id or glob of the control of the estate that would find it."""
    what: str
    """Glob over what the control names: a tier, a component, another control."""
    between: tuple[str, ...] = ()
    """Regions, clouds or environments of which one is concerned; empty for all."""
    owner: str
    reason: str
    expires: datetime.date
    """The last day on which it counts."""
    file: str = ""
    line: int = 0


class Records(msgspec.Struct, frozen=True):
    """A class of records: what keeps them, by its roles, and for how long they have to be kept."""

    roles: tuple[str, ...]
    days: int | None = None
    """As it is written down; None where nobody says it."""


class EstateOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The estate, as whoever runs the scan describes it."""

    clouds: tuple[str, ...] = ()
    """Those that it is deployed to; empty for those that are seen."""
    regions: dict[str, tuple[str, ...]] = {}
    """Its stack regions, by cloud."""
    environments: dict[str, Environment] = {}
    production: str = ""
    """The environment that the others are held against."""
    complete: frozenset[str] = frozenset()
    """`code`, `live`: of this, everything is among what is scanned, so that what is not seen is not there."""
    records: dict[str, Records] = {}
    """Classes of records that have to be kept: orders, prompts, logs."""
    differences: tuple[Difference, ...] = ()
    directory: str = "."
    """What has to be scanned for code to be complete: this directory, or one around it."""
    file: str = ""
    line: int = 0

    @property
    def stacks(self) -> list[str]:
        """The environments that are stacks of their own; one without a name where none is named."""
        return [name for name, entry in self.environments.items() if not entry.shared] or [""]

    def clouds_of(self, environment: str) -> tuple[str, ...]:
        """The clouds that an environment is deployed to; empty where the configuration does not say."""
        entry = self.environments.get(environment)
        return tuple(entry.regions) if entry is not None and entry.regions is not None else self.clouds

    def regions_of(self, environment: str, cloud: str) -> tuple[str, ...]:
        """Its regions on a cloud; empty where the configuration does not say."""
        entry = self.environments.get(environment)
        return (self.regions if entry is None or entry.regions is None else entry.regions).get(cloud, ())


class EnvironmentConfig(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of `estate.environments`: what is of it; any of the keys."""

    accounts: list[str] = []
    """Numbers of AWS accounts, ids of Google Cloud projects."""
    paths: list[str] = []
    """Globs over the files and directories of its code, relative to the directory of the file."""
    tags: dict[str, str] = {}
    regions: dict[str, list[str]] | None = None
    """Where it is deployed, by cloud, where that differs from the estate."""
    shared: bool = False
    """It serves the others (the account of an organisation, of tools), and is no stack of its own."""


class RecordsConfig(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of `estate.records`: a class of records that have to be kept."""

    roles: list[str] = []
    """The roles of what keeps them; the name of the class where none is given."""
    days: int | None = None
    """For how long they have to be kept, as it is written down."""


class DifferenceConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An entry of `estate.differences`: what is meant to differ, who says so, why, and until when."""

    control: str
    what: str
    between: list[str] = []
    owner: str
    reason: str
    expires: datetime.date


class EstateConfig(msgspec.Struct, forbid_unknown_fields=True):
    """The deployment as a whole: what the controls of the area `estate` hold together."""

    clouds: list[Literal["aws", "google"]] = []
    """Those that it is deployed to; those that are seen where none is named."""
    regions: dict[str, list[str]] | None = None
    """Its stack regions, by cloud; those of `params.stack_regions` where none are named."""
    environments: dict[str, EnvironmentConfig] = {}
    production: str = ""
    """The environment that the others are held against: `prod` or `production` where none is named, else the first."""
    complete: bool | list[Literal["code", "live"]] = False
    """Everything of it is scanned together, all code or all live accounts: what is not seen there is not there."""
    records: dict[str, RecordsConfig] = {}
    differences: list[DifferenceConfig] = []


def estate_of(config: EstateConfig, regions: Mapping[str, Sequence[str]], file: str, lines: Mapping[tuple[Any, ...], int]) -> EstateOptions:
    """The estate that a configuration describes. `regions`: those of the params. Raises ValueError with a key and what is wrong there."""
    known = list(config.environments)
    production = config.production or next((name for name in ("prod", "production") if name in known), known[0] if known else "")
    if config.production and config.production not in known:
        raise ValueError(
            ("estate", "production"), f"there is no environment {config.production!r}; it is one of {', '.join(known) or 'none'}"
        )
    for name, entry in config.environments.items():
        if not (entry.accounts or entry.paths or entry.tags):
            raise ValueError(
                ("estate", "environments", name), "says nothing of what is in it; give one of accounts, paths and tags at least"
            )
    for at, difference in enumerate(config.differences):
        if not (difference.owner.strip() and difference.reason.strip()):
            raise ValueError(("estate", "differences", at), f"the difference of {difference.control} has no owner or no reason")
    return EstateOptions(
        clouds=tuple(config.clouds),
        regions=_regions(config.regions if config.regions is not None else regions),
        environments={name: _environment(entry, file) for name, entry in config.environments.items()},
        production=production,
        complete=frozenset(config.complete if isinstance(config.complete, list) else _SOURCES if config.complete else ()),
        records={name: Records(tuple(entry.roles) or (name,), entry.days) for name, entry in config.records.items()},
        differences=tuple(
            Difference(
                control=one.control, what=one.what, between=tuple(one.between), owner=one.owner, reason=one.reason, expires=one.expires,
                file=file, line=lines.get(("estate", "differences", at), 1),
            )
            for at, one in enumerate(config.differences)
        ),
        directory=os.path.dirname(file) or ".",
        file=file,
        line=lines.get(("estate",), 1),
    )  # fmt: skip


_SOURCES = ("code", "live")


def _environment(entry: EnvironmentConfig, file: str) -> Environment:
    paths = tuple(PathRule(glob, "", os.path.dirname(file) or ".", file) for glob in entry.paths)
    regions = None if entry.regions is None else _regions(entry.regions)
    return Environment(accounts=tuple(entry.accounts), paths=paths, tags=entry.tags, regions=regions, shared=entry.shared)


def _regions(given: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {cloud: tuple(dict.fromkeys(regions)) for cloud, regions in given.items()}
