"""Where an input tells settings, as data."""

from __future__ import annotations

from assay.scanner.facts.spelling import Spelling


class Map(Spelling, frozen=True, eq=False, kw_only=True):
    """Settings that are a map."""

    path: str
    of: str = ""
    """Whose they are, beside the resource: `the build`."""
    failed: str = ""
    """What the provider says where it cannot show them."""
    scripts: tuple[str, ...] = ()
    """Beginnings of the names of those that are scripts."""


class Pairs(Spelling, frozen=True, eq=False, kw_only=True):
    """Settings that are a list of pairs."""

    path: str
    key: str = "name"
    value: str = "value"
    of: str = ""
    unless: str = ""
    """What says that the value is only the name of where it is kept."""
    references: tuple[str, ...] = ()
    """Of those which of its words."""
    scripts: tuple[str, ...] = ()


class Containers(Spelling, frozen=True, eq=False, kw_only=True):
    """Containers as ECS and Batch define them: a list, one, or their JSON text."""

    path: str
    below: tuple[str, ...] = ()
    """Lists in the document that have the containers, where it is not these itself."""


class PodContainers(Spelling, frozen=True, eq=False, kw_only=True):
    """Containers as Cloud Run and Kubernetes define them."""

    path: str
    name: str = "name"
    pairs: str = "env"
    key: str = "name"
    value: str = "value"
    words: tuple[str, ...] = ("command", "args")


class Script(Spelling, frozen=True, eq=False, kw_only=True):
    """A script that a machine runs when it starts, plain or in base64."""

    path: str
    label: str = "user data"
    blocks: str = ""
    """Objects that each have the path."""
    number: str = ""
    """What tells these apart."""


class Written(Spelling, frozen=True, eq=False, kw_only=True):
    """A place where a secret belongs, and where code may write one."""

    path: str
    label: str
    late: bool = False
    """Neither plans nor states keep it."""
    blocks: str = ""
    """Blocks that each have the path."""
    kept: bool = False
    """What stands there names where the secret is kept."""
    text: bool = False
    """Only text counts there."""
    placeholders: bool = False
    """A value may stand there until another is put in its place."""
    only: str = ""
    """A path that has to say one of `words` for it to count."""
    words: tuple[str, ...] = ()


class Named(Spelling, frozen=True, eq=False, kw_only=True):
    """Pairs of a name and a value, where secrets belong among others: code may write one under a name that says so."""

    path: str
    key: str = "name"
    value: str = "value"


class Content(Spelling, frozen=True, eq=False, kw_only=True):
    """A document, or a text, that is shown as a whole: what is a secret in it, by its form or by a name in it."""

    path: str
    label: str
    blocks: str = ""
    """Blocks that each have the path."""


class Stated(Spelling, frozen=True, eq=False, kw_only=True):
    """A document, or a text, that code hands to what keeps it: which secrets are written in it.

    What is made elsewhere is kept there, and what is not known, whoever applies the code gives.
    """

    path: str
    label: str


class Commands(Spelling, frozen=True, eq=False, kw_only=True):
    """Commands that run where code is applied: which secrets are written in them. Nobody else sees what they are given."""

    path: str
    label: str
    blocks: str


class Build(Spelling, frozen=True, eq=False, kw_only=True):
    """What a build of CodeBuild does, in YAML: its variables and its commands. What it takes from a store of secrets is there by name."""

    path: str
    label: str = "the buildspec"


class Code(Spelling, frozen=True, eq=False, kw_only=True):
    """The source of a program, where a secret is told by its form alone: a name may stand before a call, or another name."""

    path: str
    label: str


Source = Map | Pairs | Containers | PodContainers | Script | Written | Named | Content | Stated | Commands | Build | Code


class ConfiguredAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the settings of something."""

    settings: tuple[Source, ...]
    seldom: bool = False
    """Whether it is no matter without any, since it seldom has some."""

    @property
    def writes(self) -> bool:
        """Whether it tells of places where code may write a secret alone."""
        return all(isinstance(source, (Written, Named)) for source in self.settings)
