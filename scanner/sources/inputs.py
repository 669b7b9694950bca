"""What inputs there are. A new input is one entry here, one folder beside this file, and a module of readers in the areas that it shows."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Collection

import msgspec

from assay.scanner import plugins
from assay.scanner.sources.repository.names import is_one


class Format(msgspec.Struct, frozen=True):
    """Files that are recognised by their content, whatever they are called.

    Its module has `sources(paths, named, options)`, which gives the Sources that read files of it. A file that has the marks of several
    formats is given to each. The reader decides by what is in it, and enters every path that it was given in the ledger (`Coverage.enter`):
    judged, of another kind, or unread, with a gap. What it does not enter is a gap.
    """

    name: str
    module: str
    marks: tuple[tuple[bytes, ...], ...]
    """Of each group, one text has to be in the file, of ASCII letters, digits and `"-./:_`: any escapes for them are undone."""
    starts: tuple[bytes, ...] = ()
    """The first characters other than white space, where it is not called by one of `suffixes`."""
    suffixes: tuple[str, ...] = ()
    """Ends of the names, in lower case, that such files mostly have: one that is called so may begin with anything."""
    yaml: bool = False
    """Whether it may be in YAML, and then be called and begin in any way that YAML may."""
    names: tuple[str, ...] = ()
    """Names by which a tool finds such files, whatever is in them."""
    called: Callable[[str], bool] | None = None
    """Whether a tool finds a file by its path, whatever is in it: where there are too many names to list. Of such a format nothing else is
    looked for in files."""
    packed: bool = False
    """Whether it is read where it is compressed with gzip, too; the marks are then in the first PEEK_BYTES of its text (packed.py)."""


class Input(msgspec.Struct, frozen=True):
    """One way in which infrastructure is described."""

    name: str
    """As rules name it under `judged` and `applies_to`."""
    columns: dict[str, str]
    """Modules of readers in facts/<area>/ to the titles of their columns in the matrix of controls."""
    of: dict[str, tuple[str, ...]] = {}
    """Modules of readers to texts, one of which is in every type that they read or join: they are loaded where there are such types."""
    live: bool = False
    """It shows what is, rather than what code asks for."""
    remedy: str = ""
    """As rules name it under `remediation`; empty where they name none for it."""
    remedy_title: str = ""
    fence: str = ""
    """The language of a remedy in Markdown."""
    formats: tuple[Format, ...] = ()
    """Its files, beside Terraform's, which have names of their own (terraform/files.py)."""


_OTHER_PROVIDERS = (
    "kubernetes_", "kubectl_", "helm_", "null_resource", "terraform_data", "local_file", "local_sensitive_file", "github_", "gitlab_",
    "tfe_variable", "circleci_", "vault_", "mysql_user", "postgresql_role", "mongodbatlas_", "snowflake_user",
)  # fmt: skip
"""Of types that run on a cloud, or beside it: facts/secrets/settings/beside_clouds.py."""

INPUTS = (
    Input(
        "terraform",
        {"terraform_aws": "Terraform, AWS", "terraform_gcp": "Terraform, Google Cloud"},
        {
            "terraform_aws": ("aws", "provider.other", "terraform_output", "terraform_variable", "terraform_local", *_OTHER_PROVIDERS),
            "terraform_gcp": ("google",),
        },
        remedy="terraform",
        remedy_title="Terraform",
        fence="hcl",
    ),
    Input(
        "plan",
        {},
        formats=(
            Format(
                "plan",
                "assay.scanner.sources.terraform.plan",
                ((b'"format_version"',), (b'"planned_values"',)),
                (b"{",),
                (".json",),
            ),
        ),
    ),
    Input(
        "cloudformation",
        {"cloudformation": "CloudFormation, CDK"},
        remedy="cloudformation",
        remedy_title="CloudFormation",
        fence="yaml",
        formats=(
            Format(
                "cloudformation",
                "assay.scanner.sources.cloudformation.source",
                (
                    (b"AWS::", b"AWSTemplateFormatVersion", b"Transform", b"aws:cloudformation:stack"),
                    (b"Resources", b"artifacts"),
                ),
                (b"{",),
                (".yaml", ".yml", ".json", ".template", ".cfn", ".cform"),
                yaml=True,
            ),
        ),
    ),
    Input(
        "aws",
        {"aws_api": "AWS live"},
        live=True,
        remedy="aws",
        remedy_title="AWS CLI",
        fence="sh",
        formats=(
            Format(
                "aws_config",
                "assay.scanner.sources.aws.config",
                ((b"onfigurationItem", b"Results"), (b"resourceType",), (b"AWS::",)),
                (b"{", b"["),
                (".json",),
                packed=True,
            ),
        ),
    ),
    Input(
        "google",
        {"google_api": "Google Cloud live and asset export"},
        live=True,
        remedy="gcloud",
        remedy_title="gcloud",
        fence="sh",
        formats=(
            Format(
                "assets",
                "assay.scanner.sources.gcp.assets",
                ((b'"asset_type"', b'"assetType"', b'"ackId"'), (b'"//', b'"\\/\\/', b'"message"')),
                (b"{", b"["),
                (".json", ".ndjson", ".jsonl"),
                packed=True,
            ),
        ),
    ),
    Input(
        "config_connector",
        {"google_api": "Config Connector"},
        formats=(
            Format(
                "config_connector",
                "assay.scanner.sources.config_connector.source",
                ((b"cnrm.cloud.google.com", b"kustomize.toolkit.fluxcd.io", b"argoproj.io"), (b"kind",)),
                (b"{", b"["),
                (".yaml", ".yml", ".json"),
                yaml=True,
                names=("kustomization.yaml", "kustomization.yml", "Kustomization"),
            ),
        ),
    ),
    Input(
        "deployment_manager",
        {"google_api": "Deployment Manager"},
        remedy="deployment_manager",
        remedy_title="Deployment Manager",
        fence="yaml",
        formats=(
            Format(
                "deployment_manager",
                "assay.scanner.sources.deployment_manager.source",
                (
                    (b"resources",),
                    (b"type", b"action"),
                    (b"gcp-types/", b"composite:", b".v1", b".v2", b".v3", b".v4", b".beta.", b".alpha.", b".jinja", b".j2", b".py"),
                ),
                (b"{",),
                (".yaml", ".yml", ".json", ".jinja", ".jinja2", ".j2"),
                yaml=True,
            ),
        ),
    ),
    Input(
        "repository",
        {"repository": "Files of a repository"},
        remedy="repository",
        remedy_title="Files of a repository",
        formats=(Format("repository", "assay.scanner.sources.repository.source", (), called=is_one),),
    ),
)
"""In the order of the matrix of controls."""
_SAME = {"plan": "terraform"}
"""Inputs that show what another one shows: a plan is read by the readers of code."""


@functools.cache
def table() -> tuple[Input, ...]:
    """All inputs, those that other distributions add last."""
    return (*INPUTS, *(load(value) for value in plugins.installed(plugins.SOURCES).values()))


def load(value: str) -> Input:
    """The input that an entry point names: `package.module:NAME`."""
    module, _, name = value.partition(":")
    input_: Input = getattr(importlib.import_module(module), name)
    return input_


@functools.cache
def readers(name: str) -> tuple[str, ...]:
    """The modules of readers of an input."""
    return tuple(_known(name).columns)


def _known(name: str) -> Input:
    return next(known for known in table() if known.name == _SAME.get(name, name))


@functools.cache
def by_types(name: str) -> bool:
    """Whether which modules read an input depends on the types that are in it; packages of others may read any type anywhere."""
    return bool(_known(name).of) and not plugins.installed(plugins.FACTS)


def readers_of(name: str, types: Collection[str]) -> tuple[str, ...]:
    """The modules of readers that have something to read among items of some types, of an input that `by_types` is true of."""
    known = _known(name)
    has = {module for module, texts in known.of.items() if any(text in type_ for type_ in types for text in texts)}
    return tuple(module for module in known.columns if module in has or module not in known.of)


@functools.cache
def is_live(name: str) -> bool:
    """Whether an input shows what is."""
    return any(known.live for known in table() if known.name == name)


@functools.cache
def code_readers() -> tuple[str, ...]:
    """The modules of readers that show what code asks for alone: those of Google's REST resources show live ones too."""
    live = live_readers()
    return tuple(dict.fromkeys(reader for known in table() for reader in known.columns if reader not in live))


@functools.cache
def live_readers() -> tuple[str, ...]:
    """The modules of readers that show what is."""
    return tuple(dict.fromkeys(reader for known in table() if known.live for reader in known.columns))


SNAPSHOT = Format(
    "snapshot",
    "assay.scanner.sources.snapshot",
    ((b'"assay-snapshot/', b'"record":"'),),
    (b"{",),
    (".snapshot", ".ndjson"),
    packed=True,
)
"""What live accounts of any cloud answered, kept in a file."""


@functools.cache
def formats() -> tuple[Format, ...]:
    """The formats of files: each is tried on each file."""
    return (SNAPSHOT, *(format_ for known in table() for format_ in known.formats))


@functools.cache
def suffixes(name: str | None = None) -> tuple[str, ...]:
    """Ends of the names that files of a format mostly have; of all formats, and of code of Terraform, where none is named."""
    named = dict.fromkeys(suffix for format_ in formats() if name in (None, format_.name) for suffix in format_.suffixes)
    if name is not None:
        return tuple(named)
    return (*named, ".tf", ".tofu", *(f"{suffix}.gz" for suffix in named if suffix.startswith((".json", ".ndjson", ".snapshot"))))
