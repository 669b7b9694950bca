"""Reads folders of rules, checks them without running them, compiles them once, and keeps the result on disk by digest."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from assay.scanner import __version__
from assay.scanner.rules.model import Assertion, Control, Profile, RuleError, RuleErrors

NOT_CONTROLS = ("frameworks", "profiles")
RESOURCE_KIND = "Resource"
"""The kind of resources that a rule names by their input's own type."""


class CompiledAssertion(msgspec.Struct):
    """An assertion with its checked expressions and the facts they read (paths as tuples; `*` is any element).

    `contents` are those of them of which more is asked than whether they are null, or which elements they have.
    """

    text: Assertion
    that: bytes
    when: bytes
    reads: list[tuple[str, ...]]
    contents: list[tuple[str, ...]]
    each: tuple[str, ...]
    """Path of the list fact; empty for an assertion on the resource itself."""


class CompiledControl(msgspec.Struct):
    control: Control
    file: str
    kind: str
    source_type: str
    """The input's own type where the rule names one instead of a kind."""
    when: bytes
    when_reads: list[tuple[str, ...]]
    when_contents: list[tuple[str, ...]]
    assertions: list[CompiledAssertion]


class RuleSet(msgspec.Struct):
    """All rules of some folders."""

    digest: str
    controls: list[CompiledControl]
    profiles: dict[str, Profile]

    def by_id(self) -> dict[str, Control]:
        return {compiled.control.id: compiled.control for compiled in self.controls}


def builtin_folder() -> Path:
    """The rules that come with Assay."""
    return (Path(__file__).parents[2] / "policies").resolve()


def load(folders: Iterable[Path]) -> RuleSet:
    """Every rule below the folders. Raises RuleErrors with all that is wrong."""
    files = [(path, path.read_bytes()) for folder in folders for path in _rule_files(folder)]
    digest = hashlib.sha256(__version__.encode())
    for path, content in files:
        digest.update(b"\0".join((path.parent.name.encode(), path.name.encode(), content, b"")))
    name = digest.hexdigest()
    for path in _code():
        digest.update(path.read_bytes())
    cached = _cached(digest.hexdigest(), name)
    if cached is None:
        from assay.scanner.rules.compile import compile_files

        cached = compile_files(files, name)
        _store(digest.hexdigest(), cached)
    return cached


def _code() -> list[Path]:
    """What a compiled rule depends on beside the rule: this package, and the facts of all kinds."""
    package = Path(__file__).parents[1]
    return [*sorted(Path(__file__).parent.glob("*.py")), *sorted(package.glob("facts/*/kinds.py"))]


def _rule_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RuleErrors([RuleError(str(folder), 0, "is not a directory of rules")])
    return sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())


def _cache_file(key: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "assay", f"rules-{key[:32]}.msgpack")


def _cached(key: str, digest: str) -> RuleSet | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        found = msgspec.msgpack.decode(_cache_file(key).read_bytes(), type=RuleSet)
        return found if found.digest == digest else None
    return None


def _store(key: str, rules: RuleSet) -> None:
    """Write the cache beside and rename, so that no other process reads half of it. Without a cache all still works."""
    path = _cache_file(key)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
            out.write(msgspec.msgpack.encode(rules))
        os.replace(out.name, path)


def nearest(wanted: str, known: Iterable[str]) -> str:
    """` did you mean X?` for a message, empty where nothing is near."""
    near = difflib.get_close_matches(wanted, list(known), 1)
    return f"did you mean {near[0]}?" if near else ""


def select(rules: RuleSet, patterns: Iterable[str], profile: str | None) -> list[CompiledControl]:
    """The controls of a profile that match one of the patterns (ids or globs). Raises LookupError that says what is not there."""
    from fnmatch import fnmatchcase

    chosen: list[Any] = rules.controls
    if profile is not None:
        if profile not in rules.profiles:
            raise LookupError(
                f"there is no profile {profile!r}; {nearest(profile, rules.profiles) or 'known: ' + ', '.join(rules.profiles)}"
            )
        wanted = rules.profiles[profile].controls
        chosen = [each for each in chosen if any(fnmatchcase(each.control.id, pattern) for pattern in wanted)]
    patterns = list(patterns)
    for pattern in patterns:
        if not any(fnmatchcase(each.control.id, pattern) or pattern in each.control.aliases for each in chosen):
            raise LookupError(f"no control matches {pattern!r}; {nearest(pattern, rules.by_id()) or 'see assay controls list'}")
    if patterns:
        chosen = [
            each
            for each in chosen
            if any(fnmatchcase(each.control.id, each_pattern) or each_pattern in each.control.aliases for each_pattern in patterns)
        ]
    return chosen
