"""What the shards of a run have in common: rules, options and input. Every shard is of one plan, and only shards of one are merged.

Each shard makes the plan itself, of the same checkout, and the first puts it beside the shards. It holds no times, no absolute place and no
value of a variable: the same input gives the same plan on every machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from assay.scanner import __version__
from assay.scanner.estate_options import EstateOptions
from assay.scanner.globs import PathRule
from assay.scanner.options import Attestation, Options, Selector
from assay.scanner.shards.errors import ShardError
from assay.scanner.sources import fetched
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.listing import Fate, FileListing

FORMAT = "assay-shards/1"
NAME = "plan.json"
MAX_SHARDS = 100_000
_WHOLE = 64 << 20
"""Bytes of a file whose content counts as a whole; of a larger one, its size, its first and its last such part do."""
_PIECE = 1 << 20


class JudgingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options that say by what a run is judged and what it is over, as the report of all shards needs them."""

    paths: tuple[str, ...]
    policies: tuple[str, ...]
    overrides: tuple[str, ...]
    profile: str | None
    controls: tuple[str, ...]
    frameworks: tuple[str, ...]
    params: dict[str, Any]
    control_params: dict[str, dict[str, Any]]
    disabled: dict[str, str]
    severities: dict[str, str]
    roles: dict[str, tuple[Selector, ...]]
    attestations: tuple[Attestation, ...]
    estate: EstateOptions | None
    exclude: tuple[PathRule, ...]
    libraries: tuple[PathRule, ...]
    allow_empty: bool
    workspace: str | None
    region: str | None
    account: str | None
    code: str | None
    var_files: tuple[str, ...]
    parameter_files: tuple[str, ...]
    must_declare: tuple[str, ...]
    must_take: tuple[str, ...]
    configuration: str | None

    @staticmethod
    def of(options: Options) -> JudgingOptions:
        """Those of a run."""
        given = {name: getattr(options, name) for name in JudgingOptions.__struct_fields__}
        return JudgingOptions(**{**given, "paths": tuple(map(fetched.called, options.paths))})

    def fields(self) -> dict[str, Any]:
        """As Options take them."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


class ShardPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is cut into shards."""

    format: str = FORMAT
    version: str = __version__
    """Of Assay."""
    rules: str
    """Digest of the rules with their params."""
    of: int
    """How many shards there are."""
    options: JudgingOptions
    variables: tuple[str, ...] = ()
    """The names of variables whose values were given."""
    values: str = ""
    """A digest of these values and of those of template parameters, which takes long to make: they may be secret."""
    inputs: str
    """Digest of the files that are there, by name and content."""
    objects: dict[str, str] = {}
    """URL of every object of a bucket that there is, to what changes with its content."""
    named: list[str]
    candidates: dict[str, tuple[str, ...]]
    settled: dict[str, Fate]
    """The three as in a FileListing."""
    gaps: list[Gap] = []
    """What of the paths cannot be used."""

    def listing(self) -> FileListing:
        """What there is below the paths."""
        return FileListing(set(self.named), dict(self.candidates), dict(self.settled))

    def encoded(self) -> bytes:
        """As it is kept."""
        return msgspec.json.encode(self) + b"\n"

    @property
    def id(self) -> str:
        """A digest of everything that it says."""
        return hashlib.sha256(self.encoded()).hexdigest()


def make(options: Options, rules: str, of: int, listing: FileListing, gaps: list[Gap]) -> ShardPlan:
    """The plan of a run in `of` shards. `rules`: their digest; `listing` and `gaps`: of its paths (targets.sources)."""
    return ShardPlan(
        rules=rules,
        of=of,
        options=JudgingOptions.of(options),
        variables=tuple(sorted(options.variables)),
        values=_sealed({"variables": options.variables, "parameters": options.parameters}),
        inputs=digest(options, listing),
        objects=dict(sorted(fetched.current().versions.items())),
        named=sorted(listing.named),
        candidates=dict(listing.candidates),
        settled=dict(listing.settled),
        gaps=gaps,
    )


def decoded(content: bytes, where: str) -> ShardPlan:
    """The plan that is kept at a place. Raises ShardError."""
    try:
        plan = msgspec.json.decode(content, type=ShardPlan)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ShardError(f"{where}: no plan of shards that this version reads: {error}") from None
    if plan.format != FORMAT or not 1 <= plan.of <= MAX_SHARDS:
        raise ShardError(
            f"{where}: a plan of shards that this version does not read ({plan.format:.40}): merge with the version that wrote it"
        )
    return plan


def difference(one: ShardPlan, other: ShardPlan) -> str:
    """In what two plans differ, in words; empty where they are the same."""
    if one.version != other.version:
        return f"the version of Assay ({one.version} and {other.version})"
    if one.of != other.of:
        return f"how many shards there are ({one.of} and {other.of})"
    mine, theirs = one.options, other.options
    options = [name for name in mine.__struct_fields__ if getattr(mine, name) != getattr(theirs, name)]
    if options:
        return f"the options ({', '.join(options)})"
    if one.rules != other.rules:
        return "the rules or their params"
    if (one.variables, one.values) != (other.variables, other.values):
        return "the values of variables or parameters"
    return "" if one.id == other.id else "the files: they were judged in different states of them"


def _sealed(values: Mapping[str, Mapping[str, str]]) -> str:
    """A digest of values, slow enough that short ones are not found by trying."""
    if not any(values.values()):
        return ""
    text = msgspec.json.encode(values, order="deterministic")
    return hashlib.scrypt(text, salt=FORMAT.encode(), n=1 << 14, r=8, p=1, dklen=32).hex()


def digest(options: Options, listing: FileListing) -> str:
    """By the content of every file below the paths and of those that options name: code may read any of them (`file()`). Objects of buckets
    have versions instead."""
    whole = hashlib.sha256()
    unparsed = {name for name, fate in listing.settled.items() if fate.became in ("other", "unread") and not name.endswith("/")}
    for name in sorted({*listing.candidates, *unparsed, *options.var_files, *options.parameter_files}):
        if fetched.is_url(name):
            continue
        whole.update(os.fsencode(name) + b"\0")
        for piece in _pieces(name):
            whole.update(piece)
    return whole.hexdigest()


def _pieces(path: str) -> Iterator[bytes]:
    """What of a file counts, with its size; nothing of one that cannot be read."""
    try:
        with open(path, "rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            yield size.to_bytes(8, "big")
            starts = (0,) if size <= 2 * _WHOLE else (0, size - _WHOLE)
            for start in starts:
                opened.seek(start)
                left = size - start if len(starts) == 1 or start else _WHOLE
                while left > 0 and (piece := opened.read(min(_PIECE, left))):
                    left -= len(piece)
                    yield piece
    except OSError:
        yield b"unread"
