"""What a run is asked to do."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from assay.scanner.errors import OptionsError
from assay.scanner.globs import PathRule

if TYPE_CHECKING:
    from assay.scanner.sources.overlay import Overlay

PathLike: TypeAlias = str | os.PathLike[str]
Paths: TypeAlias = PathLike | Sequence[PathLike]
"""One path, or several: a string is one path, not its characters."""


class Limits(msgspec.Struct, frozen=True):
    """What reading and judging one collection may take. Raises OptionsError for values that cannot be meant."""

    memory: int | None = None
    """Bytes; 0 for no limit; None for one that grows with the input."""
    seconds: float | None = None
    """Of the processor; 0 for no limit; None for one that grows with the input."""

    def __post_init__(self) -> None:
        for name, value in (("memory", self.memory), ("seconds", self.seconds)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf):
                raise OptionsError(f"the limit of {name} is {value!r}; give a number, 0 for no limit, or None for the default")


class Selector(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which resources are meant: those of which everything holds that it says. Globs: `*` is any text, `?` any character."""

    resource: str = "*"
    """Over the address, the id and the name."""
    type: str = "*"
    """Over the type as the input calls it: `aws_s3_bucket`, `AWS::S3::Bucket`, `s3.bucket`, `storage.googleapis.com/Bucket`."""
    tags: dict[str, str] = {}
    """Tags or labels that it has, each with a glob over its value."""


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody states of a control that no input shows, for a time."""

    control: str
    """Id or glob."""
    statement: str
    holds: bool = True
    """False: it is stated that the control is not met."""
    owner: str
    date: datetime.date
    """When it was stated."""
    expires: datetime.date
    """The last day on which it counts."""
    link: str = ""
    """Where the proof is."""
    covers: Selector = Selector()
    """The resources that it speaks of."""
    file: str = ""
    line: int = 0


class Options(msgspec.Struct, kw_only=True, frozen=True):
    """What to scan and by which rules. Raises OptionsError for values that cannot be meant."""

    paths: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    """Values of root module variables, as on terraform's command line."""
    must_declare: tuple[str, ...] = ()
    """Names of those variables of which it is a gap that no root module declares them; the others may be for another scan."""
    var_files: tuple[str, ...] = ()
    workspace: str = "default"
    parameters: dict[str, str] = {}
    """Values of template parameters (CloudFormation)."""
    parameter_files: tuple[str, ...] = ()
    region: str | None = None
    """Where templates that do not say it are deployed."""
    account: str | None = None
    code: str | None = None
    """The source that scanned plans were made from."""
    policies: tuple[str, ...] = ()
    """Folders of rules beside the built-in ones."""
    overrides: tuple[str, ...] = ()
    """Ids of built-in controls and profiles that those of these folders may replace."""
    profile: str | None = None
    controls: tuple[str, ...] = ()
    """Ids or globs; empty for all of the profile."""
    params: dict[str, Any] = {}
    """Values for the params of all controls that have them."""
    control_params: dict[str, dict[str, Any]] = {}
    """Values for the params of one control."""
    disabled: dict[str, str] = {}
    """Controls that are not judged by, though they would be selected, each with the reason."""
    roles: dict[str, tuple[Selector, ...]] = {}
    """What resources are to the deployment: a role to what selects the resources that have it."""
    attestations: tuple[Attestation, ...] = ()
    """What is stated of controls that no input shows."""
    today: datetime.date | None = None
    """The day on which statements have to count; None for the present one, by UTC."""
    severities: dict[str, str] = {}
    """Controls that have another severity than their own."""
    fail_on: str = "low"
    """The lowest severity whose failures fail the run, or `never`; a report says it, and whoever runs the scan acts on it."""
    allow_empty: bool = False
    """A run in which nothing was judged is no gap: for hooks and gates that may meet no infrastructure."""
    configuration: str | None = None
    """The file that some of this comes from, as the report names it."""
    exclude: tuple[PathRule, ...] = ()
    """What is left out below the paths; what is named itself is not."""
    libraries: tuple[PathRule, ...] = ()
    """Directories of Terraform code that are judged through what calls them alone, and not by their own defaults."""
    limits: Limits | None = None
    """Collections are read and judged in a process of their own, under these limits; None: in this process."""
    arguments: tuple[str, ...] = ()
    """The command line, as the report keeps it."""
    changed: frozenset[str] | None = None
    """Real paths of files: of Terraform code, only root modules that one of them may be part of are judged. None for all."""
    overlay: Overlay | None = None
    """Where code and templates are read from, None for disk. Large inputs (plans, snapshots, exports) are always read from disk."""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            paths: Paths = (),
            variables: Mapping[str, str] = ...,
            must_declare: str | Sequence[str] = (),
            var_files: Paths = (),
            workspace: str = "default",
            parameters: Mapping[str, str] = ...,
            parameter_files: Paths = (),
            region: str | None = None,
            account: str | None = None,
            code: PathLike | None = None,
            policies: Paths = (),
            overrides: str | Sequence[str] = (),
            profile: str | None = None,
            controls: str | Sequence[str] = (),
            params: Mapping[str, Any] = ...,
            control_params: Mapping[str, Mapping[str, Any]] = ...,
            disabled: Mapping[str, str] = ...,
            roles: Mapping[str, Sequence[Selector]] = ...,
            attestations: Sequence[Attestation] = (),
            today: datetime.date | None = None,
            severities: Mapping[str, str] = ...,
            fail_on: str = "low",
            allow_empty: bool = False,
            configuration: str | None = None,
            exclude: str | Sequence[str | PathRule] = (),
            libraries: str | Sequence[str | PathRule] = (),
            limits: Limits | None = None,
            arguments: Sequence[str] = (),
            changed: frozenset[str] | None = None,
            overlay: Overlay | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        self._set({name: _paths(name, getattr(self, name)) for name in ("paths", "var_files", "parameter_files", "policies")})
        self._set({name: _texts(name, getattr(self, name)) for name in ("controls", "overrides", "arguments", "must_declare")})
        self._set({name: _named_texts(name, getattr(self, name)) for name in ("variables", "parameters", "disabled", "severities")})
        self._set({name: _rules(name, getattr(self, name)) for name in ("exclude", "libraries")})
        self._set({"roles": {name: tuple(selectors) for name, selectors in self.roles.items()}, "attestations": tuple(self.attestations)})
        if self.code is not None and not isinstance(self.code, (str, os.PathLike)):
            raise OptionsError(f"code is {self.code!r}; give one path")
        if self.code is not None:
            self._set({"code": os.fspath(self.code)})

    def _set(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            msgspec.structs.force_setattr(self, name, value)


def _paths(name: str, value: Any) -> tuple[str, ...]:
    values = (value,) if isinstance(value, (str, os.PathLike)) else value
    try:
        return tuple(os.fspath(path) for path in values)
    except TypeError:
        raise OptionsError(f"{name} is {value!r}; give a path or a list of paths") from None


def _texts(name: str, value: Any) -> tuple[str, ...]:
    values = (value,) if isinstance(value, str) else value
    if isinstance(values, (bytes, Mapping)) or not all(isinstance(text, str) for text in values):
        raise OptionsError(f"{name} is {value!r}; give a text or a list of texts")
    return tuple(values)


def _rules(name: str, value: Any) -> tuple[PathRule, ...]:
    values = (value,) if isinstance(value, (str, PathRule)) else value
    if isinstance(values, (bytes, Mapping)) or not all(isinstance(rule, (str, PathRule)) and rule for rule in values):
        raise OptionsError(f"{name} is {value!r}; give a glob or a list of globs")
    return tuple(PathRule(rule, file="the options") if isinstance(rule, str) else rule for rule in values)


def _named_texts(name: str, value: Any) -> dict[str, str]:
    for key, text in value.items() if isinstance(value, Mapping) else ((value, None),):
        if not isinstance(text, str):
            way = f"{name}={{'zones': '[\"a\", \"b\"]'}}"
            raise OptionsError(f"{name} maps names to texts, as on the command line, and {key!r} has none: {way}")
    return dict(value)
