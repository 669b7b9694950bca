"""Reads folders of rules, checks them without running them, compiles them once, and keeps the result on disk by digest."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from assay.scanner import __version__, cache
from assay.scanner.errors import SelectionError
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.model import Resource
from assay.scanner.rules.model import MAX_SIZE, Assertion, Control, Framework, Profile, RuleError, RuleErrors
from assay.scanner.sources.overlay import DISK, inside

FRAMEWORKS, PROFILES = "frameworks", "profiles"
"""Names of folders whose files are no controls."""
RESOURCE_KIND = "Resource"
"""The kind of resources that a rule names by their input's own type."""


class CompiledAssertion(msgspec.Struct):
    """An assertion with its checked expressions and the facts they read (paths as tuples; `*` is any element).

    `contents` are those of them of which more is asked than whether they are null, or which elements they have.
    """

    text: Assertion
    that: bytes
    when: bytes
    of_all: bytes
    """The assertion on all elements of its list in one expression; empty for an assertion on the resource itself."""
    reads: list[tuple[str, ...]]
    contents: list[tuple[str, ...]]
    each: tuple[str, ...]
    """Path of the list fact; empty for an assertion on the resource itself."""
    steps: tuple[str, ...] = ()
    """Path of the fact that tells the way which a finding stands on; empty where none does."""


class CompiledControl(msgspec.Struct):
    """A control with its checked expressions, and the facts that decide whether it applies."""

    control: Control
    file: str
    kind: str
    source_type: str
    """The input's own type where the rule names one instead of a kind."""
    when: bytes
    when_reads: list[tuple[str, ...]]
    when_contents: list[tuple[str, ...]]
    assertions: list[CompiledAssertion]
    evidence: list[tuple[str, ...]]
    """Paths of facts that decide nothing, and that evidence has as well."""
    outcome: bytes
    """One expression that is true where the control applies and every assertion holds, false where it applies and one does not hold, and
    NOT_APPLICABLE where it does not apply; empty where there is none."""


class RuleSet(msgspec.Struct):
    """All rules of some folders."""

    digest: str
    controls: list[CompiledControl]
    profiles: dict[str, Profile]
    replaced: dict[str, str] = {}
    """Id of each built-in control, profile or framework that an own one stands for, to the file of that."""
    frameworks: dict[str, Framework] = {}
    """By id, in the order of ids."""

    def by_id(self) -> dict[str, Control]:
        """Every control by its id."""
        return {compiled.control.id: compiled.control for compiled in self.controls}


@functools.cache
def builtin_folder() -> Path:
    """The rules that come with Assay."""
    return (Path(__file__).parents[2] / "policies").resolve()


class _RuleFile(msgspec.Struct, frozen=True):
    """A file as it stood when it was listed."""

    path: str
    modified: int
    """In nanoseconds of the file system's clock."""
    size: int


_MOST_FILES = 5_000
_SETTLED = 2_000_000_000
"""Nanoseconds after which a file that is written again has another time, on any file system."""


def load(folders: Iterable[Path], kinds: Mapping[str, type[Resource]] | None = None, overrides: Iterable[str] = ()) -> RuleSet:
    """Every rule below the folders. Raises RuleErrors with all that is wrong, and SelectionError for an override that replaces nothing.

    `kinds` are what rules may apply to, by name; those of the catalogue where they are not given. `overrides` are ids of built-in controls,
    profiles and frameworks that those of other folders may replace. The built-in frameworks are always there. Files that have not changed
    are read once in a process.
    """
    distinct = {os.path.realpath(folder): folder for folder in reversed(list(folders))}
    if str(builtin_folder()) not in distinct:
        distinct.setdefault(str(builtin_folder() / FRAMEWORKS), builtin_folder() / FRAMEWORKS)
    files = tuple(file for folder in reversed(distinct.values()) for file in _listed(str(folder)))
    known = tuple((catalogue().kinds if kinds is None else kinds).items())
    changing = max((file.modified for file in files), default=0) > time.time_ns() - _SETTLED
    replacing = tuple(sorted(set(overrides)))
    rules = _read(files, known, replacing) if changing else _read_once(files, known, replacing)
    for id_ in replacing:
        if id_ not in rules.replaced:
            builtin = [*rules.profiles, *rules.frameworks, *rules.by_id()]
            way = nearest(id_, builtin) if id_ not in builtin else "no rule of your own has that id: remove it from the list"
            problem = f"overrides: {id_!r} replaces no built-in control, profile or framework"
            raise SelectionError(f"{problem}; {way or 'see assay controls list'}", "overrides", id_)
    return rules


def _read(files: tuple[_RuleFile, ...], kinds: tuple[tuple[str, type[Resource]], ...], overrides: tuple[str, ...]) -> RuleSet:
    contents = [(Path(file.path), _content(file.path)) for file in files]
    digest = hashlib.sha256(__version__.encode())
    for path, content in contents:
        digest.update(b"\0".join((os.fsencode(path.parent.name), os.fsencode(path.name), content, b"")))
    for id_ in overrides:
        digest.update(b"\0override\0" + id_.encode("utf-8", "replace"))
    name = digest.hexdigest()
    digest.update(_code(kinds))
    digest.update(b"\0".join(os.fsencode(path) for path, _ in contents))  # what is kept names the files
    cached = _cached(digest.hexdigest(), name)
    if cached is None:
        from assay.scanner.rules.compile import compile_files

        cached = compile_files(contents, name, dict(kinds), overrides)
        cache.write(f"rules-{digest.hexdigest()[:32]}", msgspec.msgpack.encode(cached))
    return cached


_read_once = functools.lru_cache(16)(_read)


@functools.lru_cache(16)
def _code(kinds: tuple[tuple[str, type[Resource]], ...]) -> bytes:
    """Digest of what a compiled rule depends on beside the rule: this package, and the modules of kinds and of their parts."""
    package = Path(__file__).parents[1]
    files = {*Path(__file__).parent.glob("*.py"), *package.glob("facts/*.py"), *package.glob("facts/*/kinds.py")}
    modules = {sys.modules[kind.__module__] for _, kind in kinds if kind.__module__ in sys.modules}
    files |= {Path(module.__file__) for module in modules if module.__file__}
    digest = hashlib.sha256(repr([(name, kind.__module__, kind.__qualname__) for name, kind in kinds]).encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.digest()


def _content(path: str) -> bytes:
    try:
        content = DISK.read(path, MAX_SIZE + 1)
    except OSError as error:
        raise RuleErrors([RuleError(path, 0, f"cannot be read: {error.strerror}")]) from None
    if len(content) > MAX_SIZE:
        raise RuleErrors([RuleError(path, 0, f"larger than {MAX_SIZE:,} bytes", "cut it into several rules")])
    return content


def _listed(folder: str) -> Sequence[_RuleFile]:
    return _builtin(folder) if inside(folder, str(builtin_folder())) else _rule_files(folder)


@functools.cache
def _builtin(folder: str) -> Sequence[_RuleFile]:
    """Listed once: nobody changes what is installed while it runs."""
    return _rule_files(folder)


def _rule_files(folder: str) -> list[_RuleFile]:
    if not os.path.isdir(folder):
        raise RuleErrors([RuleError(folder, 0, "is not a directory of rules")])
    files: list[_RuleFile] = []
    real = os.path.realpath(folder)
    pending = [folder]
    while pending:
        for entry in _entries(pending.pop()):
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif problem := _problem(entry, real):
                raise RuleErrors([RuleError(entry.path, 0, problem, "put the rules themselves into the folder")])
            elif _is_rule(entry):
                status = entry.stat()
                files.append(_RuleFile(entry.path, status.st_mtime_ns, status.st_size))
    if len(files) > _MOST_FILES:
        raise RuleErrors([RuleError(folder, 0, f"holds more than {_MOST_FILES:,} files", "name the folder of the rules themselves")])
    if not files:
        raise RuleErrors([RuleError(folder, 0, "holds no rules: name a folder with files that end in .yaml or .yml")])
    return sorted(files, key=lambda file: file.path.split(os.sep))


def _is_rule(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith((".yaml", ".yml"))


def _problem(entry: os.DirEntry[str], folder: str) -> str:
    """Why rules would be missing; empty where none are. Links lead to files of the same folder only: an error could show others."""
    if entry.is_symlink() and entry.is_dir():
        return "is a link to a directory, which is not followed"
    if not _is_rule(entry):
        return ""
    if entry.is_symlink() and not inside(os.path.realpath(entry.path), folder):
        return "is a link that leads out of its folder of rules"
    return "" if entry.is_file() else "is no regular file"


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError as error:
        raise RuleErrors([RuleError(directory, 0, f"cannot be read: {error.strerror}")]) from None


def _cached(key: str, digest: str) -> RuleSet | None:
    with contextlib.suppress(msgspec.DecodeError):
        if (kept := cache.read(f"rules-{key[:32]}")) is not None:
            rule_set = msgspec.msgpack.decode(kept, type=RuleSet)
            return rule_set if rule_set.digest == digest else None
    return None


def nearest(wanted: str, known: Iterable[str]) -> str:
    """` did you mean X?` for a message, empty where nothing is near."""
    import difflib  # slow to import, and used for mistakes only

    near = difflib.get_close_matches(wanted, list(known), 1)
    return f"did you mean {near[0]}?" if near else ""


def select(rules: RuleSet, patterns: Iterable[str], profile: str | None, frameworks: Iterable[str] = ()) -> list[CompiledControl]:
    """The controls of a profile that serve one of the frameworks, if any are named, and match one of the patterns (ids or globs).

    Raises SelectionError that says what is not there.
    """
    chosen = list(rules.controls)
    if profile is not None:
        if profile not in rules.profiles:
            raise SelectionError(
                f"there is no profile {profile!r}; {nearest(profile, rules.profiles) or 'known: ' + ', '.join(rules.profiles)}", "profile"
            )
        wanted = rules.profiles[profile].controls
        chosen = [compiled for compiled in chosen if any(fnmatchcase(compiled.control.id, pattern) for pattern in wanted)]
    if wanted_frameworks := list(frameworks):
        chosen = _serving(rules, chosen, wanted_frameworks)
    patterns = list(patterns)
    known = {name for compiled in chosen for name in _names(compiled.control)}
    globs = [pattern for pattern in patterns if pattern not in known]
    for pattern in globs:
        if not any(_matches(compiled.control, pattern) for compiled in chosen):
            if any(_matches(compiled.control, pattern) for compiled in rules.controls):
                raise SelectionError(f"{pattern!r} matches only controls that the profile or the frameworks leave out; name one of the two")
            way = "name one at a time" if "," in pattern else nearest(pattern, rules.by_id()) or "see assay controls list"
            raise SelectionError(f"no control matches {pattern!r}; {way}")
    if not patterns:
        return chosen
    named = set(patterns)
    return [
        compiled
        for compiled in chosen
        if not named.isdisjoint(_names(compiled.control)) or any(_matches(compiled.control, pattern) for pattern in globs)
    ]


def framework(rules: RuleSet, name: str) -> Framework:
    """The framework of an id. Raises SelectionError, which names the nearest, where there is none."""
    if name not in rules.frameworks:
        way = nearest(name, rules.frameworks) or "known: " + ", ".join(rules.frameworks)
        raise SelectionError(f"there is no framework {name!r}; {way}")
    return rules.frameworks[name]


def _serving(rules: RuleSet, chosen: Iterable[CompiledControl], frameworks: list[str]) -> list[CompiledControl]:
    for name in frameworks:
        framework(rules, name)
    serving = [compiled for compiled in chosen if any(compiled.control.frameworks.get(name) for name in frameworks)]
    if not serving:
        raise SelectionError(f"no control that is selected serves {' or '.join(frameworks)}; see assay controls coverage {frameworks[0]}")
    return serving


def adjusted(
    rules: RuleSet, selected: Iterable[CompiledControl], disabled: Iterable[str], severities: Mapping[str, str]
) -> list[CompiledControl]:
    """The selected controls without those that are disabled, with other severities.

    Raises SelectionError for a control that is not there.
    """
    off, known = set(disabled), rules.by_id()
    for id_ in (*off, *severities):
        if id_ not in known:
            raise SelectionError(f"there is no control {id_!r}; {nearest(id_, known) or 'see assay controls list'}", "controls", id_)
    return [
        compiled
        if compiled.control.id not in severities
        else msgspec.structs.replace(compiled, control=msgspec.structs.replace(compiled.control, severity=severities[compiled.control.id]))
        for compiled in selected
        if compiled.control.id not in off
    ]


def _names(control: Control) -> tuple[str, ...]:
    return (control.id, *control.aliases)


def _matches(control: Control, pattern: str) -> bool:
    return fnmatchcase(control.id, pattern) or pattern in control.aliases
