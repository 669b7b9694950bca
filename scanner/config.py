"""`assay.yaml`: what a project would otherwise repeat on every command line.

The file may be part of what is judged, written by whoever opened a pull request: what it names stays below its own directory, and the
report says what it changed (results/model.py, InForce).
"""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from assay.scanner.errors import AssayError, SelectionError
from assay.scanner.estate_options import EstateConfig, EstateOptions, estate_of
from assay.scanner.gate.waivers import LONGEST_DAYS, Waiver
from assay.scanner.globs import PathRule
from assay.scanner.options import NEVER, SEVERITIES, Attestation, Selector
from assay.scanner.owners import OwnersConfig
from assay.scanner.rules.model import MAX_SIZE
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import DISK, Overlay, inside
from assay.scanner.sources.secret_text import without_secrets

if TYPE_CHECKING:
    from assay.scanner.rules.yaml_lines import Path as YamlPath

T = TypeVar("T")
DEFAULT_FILE = "assay.yaml"
_MISNAMED = ("assay.yml", ".assay.yaml", ".assay.yml")
"""What other tools would call such a file: who writes it means it to count."""


class ConfigurationError(AssayError):
    """A configuration that cannot be used: names the file, the line and the way out."""


class ControlConfig(msgspec.Struct, forbid_unknown_fields=True):
    """What `controls.ID` sets for one control."""

    params: dict[str, Any] = {}
    enabled: bool = True
    """A control that is not enabled is not judged by."""
    severity: str | None = None
    """Another severity than the control's own."""
    reason: str = ""
    """Why it is not enabled, or has another severity."""


class WaiverConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An entry of `waivers`: findings that somebody accepts for a time (gate/waivers.py). What it selects is given by one of `resource`,
    `path` and `tags` at least."""

    control: str
    resource: str = ""
    path: str = ""
    tags: dict[str, str] = {}
    owner: str
    reason: str
    ticket: str = ""
    expires: datetime.date


class AttestationConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An entry of `attestations`: what somebody states of a control that no input shows."""

    control: str
    statement: str
    holds: bool = True
    """False: the control is stated not to be met."""
    owner: str
    date: datetime.date
    expires: datetime.date
    link: str = ""
    resource: str = "*"
    tags: dict[str, str] = {}


class Inline(msgspec.Struct, forbid_unknown_fields=True):
    """What comments and marks in the code count."""

    enabled: bool = True
    accept: list[Literal["checkov", "trivy"]] = []
    """Other scanners whose comments count too."""


class Exclusion(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of `exclude`: a glob over paths, with the reason."""

    path: str
    reason: str = ""


class RootConfig(msgspec.Struct, forbid_unknown_fields=True):
    """What `roots.GLOB` says of directories of Terraform code."""

    kind: Literal["module"]
    """A library: judged through what calls it, and not by its own defaults."""


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of the file. Paths are relative to it."""

    policies: list[str] = []
    overrides: list[str] = []
    """Ids of built-in controls and profiles that own ones may replace."""
    profile: str | None = None
    fail_on: str | None = None
    strict: bool = False
    allow_empty: bool = False
    var_files: list[str] = []
    vars: dict[str, str] = {}
    params: dict[str, Any] = {}
    controls: dict[str, ControlConfig] = {}
    roles: dict[str, list[Selector]] = {}
    """What resources are to the deployment: a role to what selects the resources that have it, any of the entries."""
    attestations: list[AttestationConfig] = []
    estate: EstateConfig | None = None
    owners: OwnersConfig | None = None
    """Whose what was found is."""
    waivers: list[WaiverConfig] = []
    waiver_files: list[str] = []
    """Files with a list of further waivers."""
    exclude: list[str | Exclusion] = []
    """Globs over paths that are left out, relative to the directory of the file."""
    roots: dict[str, RootConfig] = {}
    """Globs over directories of Terraform code, relative to the directory of the file."""
    longest_waiver_days: int = LONGEST_DAYS
    inline: Inline = msgspec.field(default_factory=Inline)
    baseline: str | None = None


class Config(Settings):
    """The settings of a file with its name; those of no file have none."""

    file: str = ""
    stated: list[Attestation] = []
    """The attestations of the file, with their places."""
    described: EstateOptions | None = None
    """The estate of the file, with its places."""
    accepted: list[Waiver] = []
    """The waivers of the file and of those that it names, with their places."""
    lines: dict[tuple[str | int, ...], int] = {}
    """The line of each key of the file."""

    def place(self, key: str, path: str) -> str:
        """Where the file names a path, as the beginning of a message; nothing of a path that it does not name."""
        named = getattr(self, key)
        entries = named if isinstance(named, list) else [named]
        line = self.lines.get((key, entries.index(path)), self.lines.get((key,))) if path in entries else None
        return f"{self.file}:{line}: {key}: " if line else ""

    def located(self, error: SelectionError) -> AssayError:
        """An error with the place in the file that it is about, if it is about one."""
        key: tuple[str | int, ...] = error.key
        if key[:1] == ("overrides",) and key[1] in self.overrides:
            key = ("overrides", self.overrides.index(str(key[1])))
        while key and key not in self.lines:
            key = key[:-1]
        return ConfigurationError(f"{self.file}:{self.lines[key]}: {error}") if key else error

    @property
    def excluded(self) -> tuple[PathRule, ...]:
        """What is left out."""
        entries = (Exclusion(entry) if isinstance(entry, str) else entry for entry in self.exclude)
        return tuple(self._rule(entry.path, without_secrets(entry.reason)) for entry in entries)

    @property
    def libraries(self) -> tuple[PathRule, ...]:
        """Which directories of Terraform code are libraries."""
        return tuple(map(self._rule, self.roots))

    def _rule(self, glob: str, reason: str = "") -> PathRule:
        return PathRule(glob, reason, os.path.dirname(self.file) or ".", self.file)


_WAYS = {"policies": "--policies", "var_files": "--var-file"}
"""Keys with paths to the option that takes such a path from anywhere."""


def of_tree() -> Config:
    """The settings of the `assay.yaml` in the working directory; none where there is no such file. Raises ConfigurationError."""
    if not os.path.lexists(DEFAULT_FILE):
        if misnamed := next(filter(os.path.lexists, _MISNAMED), None):
            raise ConfigurationError(f"{misnamed}: is not read: call it {DEFAULT_FILE}, or name it: --config {misnamed}")
        return Config()
    if not inside(os.path.realpath(DEFAULT_FILE), os.path.realpath(os.curdir)):
        raise ConfigurationError(f"{DEFAULT_FILE}: a link that leads out of the working directory; name its target: --config FILE")
    return read(Path(DEFAULT_FILE))


def read(path: Path, overlay: Overlay = DISK) -> Config:
    """The settings of a file, which is read from an overlay. Raises ConfigurationError."""
    data, lines = _data(path, overlay)
    data = _without_empty(data)
    try:
        settings = msgspec.convert({} if data is None else data, Settings)
    except msgspec.ValidationError as error:
        told = _with_key(error, data)
        way = f"{_nearest_field(str(told))}see docs/configuration.md"
        raise ConfigurationError(f"{path}{_line(str(told), lines)}: {_plain(told)}; {way}") from None
    if settings.fail_on not in (None, *SEVERITIES, NEVER):
        known = ", ".join((*SEVERITIES, NEVER))
        raise ConfigurationError(f"{path}:{lines['fail_on',]}: fail_on is {settings.fail_on!r}; it is one of {known}")
    for key in (*_WAYS, "waiver_files"):
        setattr(settings, key, [_beside(path, key, at, text, lines) for at, text in enumerate(getattr(settings, key))])
    if settings.baseline is not None:
        settings.baseline = _beside(path, "baseline", 0, settings.baseline, lines)
    for control, chosen in settings.controls.items():
        _check_control(f"{path}:{lines.get(('controls', control), 1)}: controls.{control}", chosen)
    excluded = [entry if isinstance(entry, str) else entry.path for entry in settings.exclude]
    for key, globs in (("exclude", excluded), ("roots", list(settings.roots))):
        if not all(glob.strip() for glob in globs):
            raise ConfigurationError(f"{path}:{lines.get((key,), 1)}: {key}: an empty path; name what is meant, relative to {path}")
    stated = [_attestation(path, at, entry, lines) for at, entry in enumerate(settings.attestations)]
    for role, selectors in settings.roles.items():
        for at, selector in enumerate(selectors):
            if selector == Selector():
                place = f"{path}:{lines.get(('roles', role, at), 1)}: roles.{role}"
                raise ConfigurationError(f"{place}: says nothing of its resources; give one of resource, type and tags at least")
    described = None if settings.estate is None else _estate(path, settings, lines)
    accepted = [_waiver(path, at, entry, lines, "waivers") for at, entry in enumerate(settings.waivers)]
    for file in map(Path, settings.waiver_files):
        accepted += _waivers(file, overlay)
    return Config(
        **msgspec.structs.asdict(settings), file=str(path), stated=stated, described=described, accepted=accepted, lines=dict(lines)
    )


def _without_empty(data: Any) -> Any:
    """The keys of a file that say something: `params:` with comments alone below it is a null of YAML, and says nothing. A name that is
    no key stays, so that it is refused."""
    if not isinstance(data, dict):
        return data
    return {key: value for key, value in data.items() if value is not None or key not in Settings.__struct_fields__}


def _check_control(place: str, chosen: ControlConfig) -> None:
    if chosen.severity not in (None, *SEVERITIES):
        raise ConfigurationError(f"{place}: severity is {chosen.severity!r}; it is one of {', '.join(SEVERITIES)}")
    if (not chosen.enabled or chosen.severity) and not chosen.reason.strip():
        raise ConfigurationError(f"{place}: say why, as the reports do: reason: …")


def _estate(path: Path, settings: Settings, lines: dict[YamlPath, int]) -> EstateOptions:
    given = settings.params.get("stack_regions")
    by_cloud: dict[str, Any] = (
        given if isinstance(given, dict) else dict.fromkeys(("aws", "google"), given) if isinstance(given, list) else {}
    )
    regions = {
        cloud: names for cloud, names in by_cloud.items() if isinstance(names, list) and all(isinstance(name, str) for name in names)
    }
    try:
        return estate_of(settings.estate or EstateConfig(), regions, str(path), lines)
    except ValueError as error:
        key, problem = error.args
        raise ConfigurationError(f"{path}:{lines.get(key, 1)}: {'.'.join(map(str, key))}: {problem}") from None


def _attestation(path: Path, at: int, entry: AttestationConfig, lines: dict[YamlPath, int]) -> Attestation:
    line = lines.get(("attestations", at), 1)
    for name in ("statement", "owner"):
        if not getattr(entry, name).strip():
            raise ConfigurationError(f"{path}:{line}: the attestation of {entry.control} has no {name}")
    if entry.expires < entry.date:
        raise ConfigurationError(f"{path}:{line}: the attestation of {entry.control} expires before its date, {entry.date}")
    return Attestation(
        control=entry.control, statement=entry.statement, holds=entry.holds, owner=entry.owner, date=entry.date, expires=entry.expires,
        link=entry.link, covers=Selector(resource=entry.resource, tags=entry.tags), file=str(path), line=line,
    )  # fmt: skip


def _waivers(path: Path, overlay: Overlay) -> list[Waiver]:
    """The waivers of a file that holds a list of them. Raises ConfigurationError."""
    data, lines = _data(path, overlay)
    try:
        entries = msgspec.convert([] if data is None else data, list[WaiverConfig])
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}{_line(str(error), lines)}: {_plain(error)}; a list of waivers: docs/configuration.md") from None
    return [_waiver(path, at, entry, lines) for at, entry in enumerate(entries)]


def _waiver(path: Path, at: int, entry: WaiverConfig, lines: dict[YamlPath, int], *inside: str) -> Waiver:
    line = lines.get((*inside, at), 1)
    if not (entry.resource or entry.path or entry.tags):
        raise ConfigurationError(f'{path}:{line}: a waiver says what it is for: resource, path or tags; resource: "*" is everything')
    for name in ("owner", "reason"):
        if not getattr(entry, name).strip():
            raise ConfigurationError(f"{path}:{line}: the waiver of {entry.control} has no {name}")
    return Waiver(
        control=entry.control, resource=entry.resource or "*", path=entry.path or "*", tags=tuple(sorted(entry.tags.items())),
        owner=entry.owner, reason=entry.reason, ticket=entry.ticket, expires=entry.expires, file=str(path), line=line,
    )  # fmt: skip


def load_file(path: Path, shape: type[T], page: str) -> T:
    """What a file of YAML says, as a struct; `page`: where that is described. Raises ConfigurationError."""
    data, lines = _data(path)
    try:
        return msgspec.convert({} if data is None else data, shape)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path}{_line(str(error), lines)}: {_plain(error)}; see {page}") from None


def _plain(error: msgspec.ValidationError) -> str:
    """What is wrong with a value, in the words of who writes it."""
    return str(error).replace("Invalid RFC3339 encoded date", "this is no date, which is written as 2027-01-31")


def _data(path: Path, overlay: Overlay = DISK) -> tuple[Any, dict[YamlPath, int]]:
    import yaml

    from assay.scanner.rules import yaml_lines

    try:
        content = overlay.read(str(path), MAX_SIZE + 1)
        if len(content) > MAX_SIZE:
            raise ConfigurationError(f"{path}: larger than {MAX_SIZE:,} bytes; put what is not configuration elsewhere")
        return yaml_lines.load(utf8(content).decode())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except UnicodeError:
        raise ConfigurationError(f"{path}: not valid UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigurationError(f"{path}{f':{mark.line + 1}' if mark else ''}: not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not YAML: {' '.join(str(error).split())}") from None


def _beside(file: Path, key: str, at: int, text: str, lines: dict[YamlPath, int]) -> str:
    """A path of the file as the process can open it. Raises ConfigurationError where it leads out of the directory of the file."""
    place = f"{file}:{lines.get((key, at), 1)}: {key}"
    if "\0" in text:
        raise ConfigurationError(f"{place}: {text!r} is no path")
    path = file.parent / text
    if not inside(os.path.realpath(path), os.path.realpath(file.parent)):
        way = "put it below that directory" + (f", or name it on the command line: {_WAYS[key]}" if key in _WAYS else "")
        raise ConfigurationError(f"{place}: {text!r} leads out of the directory of the configuration file; {way}")
    if key != "policies" and os.path.exists(path) and not os.path.isfile(path):  # no error for a name that is too long
        raise ConfigurationError(f"{place}: {text!r} is no regular file")
    return str(path)


def _with_key(error: msgspec.ValidationError, data: Any) -> msgspec.ValidationError:
    """What msgspec finds fault with, with the key of the map that it writes as `[...]`."""
    top = re.search(r"\$\.(\w+)\[\.\.\.\]", str(error))
    if top is None:
        return error
    for key, value in data[top[1]].items():
        try:
            msgspec.convert({top[1]: {key: value}}, Settings)
        except msgspec.ValidationError as alone:
            return msgspec.ValidationError(str(alone).replace("[...]", f"[{key!r}]", 1))
    return error


_INSIDE: dict[str, Any] = {
    "attestations": AttestationConfig, "controls": ControlConfig, "exclude": Exclusion, "owners": OwnersConfig, "roles": Selector,
    "roots": RootConfig, "waivers": WaiverConfig,
}  # fmt: skip
"""What the entries of a key are made of."""


def _nearest_field(problem: str) -> str:
    """The key of the file that one may be meant for that is not known, as the way out."""
    unknown = re.search(r"unknown field `([^`]+)`(?: - at `\$\.(\w+))?", problem)
    if unknown is None:
        return ""
    import difflib  # slow to import, and used for mistakes only

    known = _INSIDE[unknown[2]].__struct_fields__ if unknown[2] in _INSIDE else Settings.__struct_fields__ if not unknown[2] else ()
    near = difflib.get_close_matches(unknown[1].replace("-", "_").lower(), known, 1, cutoff=0.7)
    return f"did you mean {near[0]}? " if near else ""


def _line(problem: str, lines: dict[YamlPath, int]) -> str:
    """`:LINE` of what msgspec finds fault with: the nearest place around it that is known, or the field that it does not know."""
    at = re.search(r"`?\$((?:\.\w+|\[\d+\]|\['[^'\n]*'\])+)", problem)
    parts = re.findall(r"\['([^'\n]*)'\]|\[(\d+)\]|\.(\w+)", at[1]) if at else []
    path: YamlPath = tuple(int(number) if number else key or name for key, number, name in parts)
    if field := re.search(r"unknown field `([^`]+)`", problem):
        path = (*path, field[1])
    while path and path not in lines:
        path = path[:-1]
    return f":{lines[path]}" if path in lines else ""
