"""What a run is asked to do."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from assay.scanner import option_values as values
from assay.scanner.estate_options import EstateOptions
from assay.scanner.globs import PathRule

if TYPE_CHECKING:
    from assay.scanner.sources.overlay import Overlay

PathLike: TypeAlias = str | os.PathLike[str]
Paths: TypeAlias = PathLike | Sequence[PathLike]
"""One path, or several: a string is one path, not its characters."""

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
NEVER = "never"
"""The value of `fail_on` by which no failure fails a run."""


class Limits(msgspec.Struct, frozen=True):
    """What reading and judging one collection may take. Raises OptionsError for values that cannot be meant."""

    memory: int | None = None
    """Bytes; 0 for no limit; None for one that grows with the input."""
    seconds: float | None = None
    """Of the processor; 0 for no limit; None for one that grows with the input."""

    def __post_init__(self) -> None:
        for name, value, types in (("memory", self.memory, int), ("seconds", self.seconds, (int, float))):
            most = _MOST[name]
            if value is not None and (isinstance(value, bool) or not isinstance(value, types) or not 0 <= value <= most):
                allowed = f"{'an integer' if types is int else 'a number'} up to {most:,}, 0 for no limit, or None for the default"
                raise values.refused(f"the limit of {name}", value, allowed)


_MOST = {"memory": 1 << 62, "seconds": 1_000_000_000}
"""What the kernel takes."""


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


class AccessQuestion(msgspec.Struct, frozen=True):
    """What somebody asks of who may do something (analysis/access/asking)."""

    action: str
    """An action of AWS or a permission of Google, as the provider spells it."""
    resource: str
    """A name, an address, an ARN or a pattern of these; `*` for actions that are on no single resource."""


class Options(msgspec.Struct, kw_only=True, frozen=True):
    """What to scan and by which rules. Raises OptionsError for values that cannot be meant."""

    paths: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    """Values of root module variables, as on terraform's command line."""
    must_declare: tuple[str, ...] = ()
    """Names of those variables of which it is a gap that no root module declares them; the others may be for another scan."""
    var_files: tuple[str, ...] = ()
    workspace: str | None = None
    """What `terraform.workspace` is; None: what the code fixes, else `default` and, where code asks for it, any other."""
    parameters: dict[str, str] = {}
    """Values of template parameters (CloudFormation)."""
    must_take: tuple[str, ...] = ()
    """Names of those parameters of which it is a gap that no template declares them; the others may be for another scan."""
    parameter_files: tuple[str, ...] = ()
    region: str | None = None
    """Where templates that do not say it are deployed."""
    account: str | None = None
    code: str | None = None
    """The source that scanned plans were made from."""
    policies: tuple[str, ...] = ()
    """Folders of rules beside the built-in ones."""
    overrides: tuple[str, ...] = ()
    """Ids of built-in controls, profiles and frameworks that those of these folders may replace."""
    profile: str | None = None
    controls: tuple[str, ...] = ()
    """Ids or globs; empty for all of the profile."""
    frameworks: tuple[str, ...] = ()
    """Ids of frameworks: only the controls that serve one of them; empty for all."""
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
    estate: EstateOptions | None = None
    """The deployment as a whole; None where nobody describes it, and nothing is said of it."""
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
    root_modules: frozenset[str] = frozenset()
    """Directories of Terraform code, as reports name them, that are judged by themselves whoever calls them."""
    untouched: frozenset[str] = frozenset()
    """Directories of Terraform code, as reports name them, of which it is known that nothing in `changed` can be part of them."""
    asked: AccessQuestion | None = None
    """What is asked beside the rules: some kinds are read for its sake alone."""
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
            workspace: str | None = None,
            parameters: Mapping[str, str] = ...,
            must_take: str | Sequence[str] = (),
            parameter_files: Paths = (),
            region: str | None = None,
            account: str | None = None,
            code: PathLike | None = None,
            policies: Paths = (),
            overrides: str | Sequence[str] = (),
            profile: str | None = None,
            controls: str | Sequence[str] = (),
            frameworks: str | Sequence[str] = (),
            params: Mapping[str, Any] = ...,
            control_params: Mapping[str, Mapping[str, Any]] = ...,
            disabled: Mapping[str, str] = ...,
            roles: Mapping[str, Sequence[Selector]] = ...,
            attestations: Sequence[Attestation] = (),
            estate: EstateOptions | None = None,
            today: datetime.date | None = None,
            severities: Mapping[str, str] = ...,
            fail_on: str = "low",
            allow_empty: bool = False,
            configuration: str | None = None,
            exclude: str | Sequence[str | PathRule] = (),
            libraries: str | Sequence[str | PathRule] = (),
            root_modules: frozenset[str] = ...,
            untouched: frozenset[str] = ...,
            asked: AccessQuestion | None = None,
            limits: Limits | None = None,
            arguments: Sequence[str] = (),
            changed: frozenset[str] | None = None,
            overlay: Overlay | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            given = getattr(self, name)
            if (kept := check(name, given)) is not given:
                msgspec.structs.force_setattr(self, name, kept)


def _targets(name: str, value: Any) -> tuple[str, ...]:
    paths = _PATHS(name, value)
    if not paths and value != ():
        raise values.refused(name, value, f"a path at least, or leave {name} out where the scan is given its sources")
    return paths


def _overlay(name: str, value: Any) -> Overlay:
    """By what it can do: the class is of a layer above this one."""
    if isinstance(value, type) or not all(callable(getattr(value, method, None)) for method in ("read", "names", "is_file")):
        raise values.refused(name, value, "an Overlay of assay.scanner.sources.overlay")
    return value  # type: ignore[no-any-return]


def _selector(name: str, value: Any) -> Selector:
    selector = values.of_type(Selector, "a Selector of assay.scanner.options")(name, value)
    values.word(f"{name}.resource", selector.resource)
    values.word(f"{name}.type", selector.type)
    _TEXTS_BY_NAME(f"{name}.tags", selector.tags)
    return selector


def _of_role(name: str, value: Any) -> Selector:
    selector = _selector(name, value)
    if selector == Selector():
        raise values.refused(name, value, "one of resource, type and tags at least: it says nothing of its resources")
    return selector


def _attestation(name: str, value: Any) -> Attestation:
    stated = values.of_type(Attestation, "an Attestation of assay.scanner.options")(name, value)
    for field in ("control", "statement", "owner"):
        values.word(f"{name}.{field}", getattr(stated, field))
    for field in ("link", "file"):
        values.text(f"{name}.{field}", getattr(stated, field))
    _FLAG(f"{name}.holds", stated.holds)
    values.of_type(int, "the number of a line")(f"{name}.line", stated.line)
    _selector(f"{name}.covers", stated.covers)
    if values.date(f"{name}.expires", stated.expires) < values.date(f"{name}.date", stated.date):
        raise values.refused(f"{name}.expires", stated.expires, f"a day that is not before its date, {stated.date}")
    return stated


def _estate(name: str, value: Any) -> EstateOptions:
    estate = values.of_type(EstateOptions, "EstateOptions of assay.scanner.estate_options")(name, value)
    try:
        msgspec.convert(msgspec.to_builtins(estate), EstateOptions)
    except (msgspec.ValidationError, TypeError) as error:
        raise values.refused(name, value, f"EstateOptions whose fields are of their types: {error}") from None
    return estate


_PATHS = values.several(values.path, (str, os.PathLike), "a path or a list of paths")
_WORDS = values.several(values.word, str, "a text or a list of texts")
_GLOBS = values.several(values.glob, (str, PathRule), "a glob or a list of globs")
_FLAG = values.of_type(bool, "True or False")
_TEXTS_BY_NAME = values.named(values.text, "texts by name")
_AS_ON_COMMAND_LINE = values.named(values.as_on_command_line, "texts by name, as on the command line: {'zones': '[\"a\", \"b\"]'}")
_PARAMS = values.named(values.plain, "values by the names of params")
_CHECKS: dict[str, values.Check[Any]] = {
    "paths": _targets,
    "variables": _AS_ON_COMMAND_LINE,
    "must_declare": _WORDS,
    "var_files": _PATHS,
    "workspace": values.optional(values.word),
    "parameters": _AS_ON_COMMAND_LINE,
    "must_take": _WORDS,
    "parameter_files": _PATHS,
    "region": values.optional(values.word),
    "account": values.optional(values.word),
    "code": values.optional(values.path),
    "policies": _PATHS,
    "overrides": _WORDS,
    "profile": values.optional(values.word),
    "controls": _WORDS,
    "frameworks": _WORDS,
    "params": _PARAMS,
    "control_params": values.named(_PARAMS, "params by control"),
    "disabled": values.named(values.word, "reasons by control"),
    "roles": values.named(values.several(_of_role, Selector, "a list of Selectors"), "Selectors by role"),
    "attestations": values.several(_attestation, Attestation, "a list of Attestations"),
    "estate": values.optional(_estate),
    "today": values.optional(values.date),
    "severities": values.named(values.one_of(*SEVERITIES), "severities by control"),
    "fail_on": values.one_of(*SEVERITIES, NEVER),
    "allow_empty": _FLAG,
    "configuration": values.optional(values.word),
    "exclude": _GLOBS,
    "libraries": _GLOBS,
    "root_modules": lambda name, value: frozenset(_PATHS(name, value)),
    "untouched": lambda name, value: frozenset(_PATHS(name, value)),
    "asked": values.optional(values.of_type(AccessQuestion, "an AccessQuestion of assay.scanner.options")),
    "limits": values.optional(values.of_type(Limits, "Limits")),
    "arguments": values.several(values.text, str, "a list of texts"),
    "changed": values.optional(lambda name, value: frozenset(_PATHS(name, value))),
    "overlay": values.optional(_overlay),
}
