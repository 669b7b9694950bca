"""Rules as data: a control is one YAML file."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from assay.scanner import options
from assay.scanner.errors import AssayError

Severity = options.Severity
SEVERITIES = options.SEVERITIES

MAX_SIZE = 1_000_000
"""Bytes of a file of rules or of configuration: the largest rule of the catalogue has 6,000."""


class Assertion(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One line of CEL that must hold."""

    that: str
    message: str
    each: str = ""
    """A list fact (`resource.grants`): the assertion is judged for each element."""
    as_: str = msgspec.field(name="as", default="")
    """The name of an element in `that` and `message`."""
    when: str = ""
    """Where this is false, the assertion does not count."""
    steps: str = ""
    """A fact of the resource or the element that is a list of steps (`reader.steps`): the way that a finding stands on."""


class Remedy(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """One way to mend a finding in one input, as edits of what is written (docs/fixing.md). Of several, the first that is proven counts."""

    on: str = ""
    """The type of the block that it edits, as the input calls it, of those that the finding was read from: `aws_kms_key`,
    `AWS::KMS::Key`, the kind of a manifest. Empty with `revoke`."""
    within: str = ""
    """Path of nested blocks, in templates of a list or map: what is edited is those of them that the evidence of the finding stands in, and
    paths begin there. `self`: the block itself, where the evidence stands in it."""
    where: dict[str, Any] = {}
    """What the block has to say for the remedy to be one of it: path to a value, or a list of those that it may have. `{}` is what is
    there, whatever it says, and null what is not."""
    set: dict[str, Any] = {}
    """What is so afterwards. A map is a block in Terraform, a list of maps the blocks that are known by their first key; text that is
    `${…}` as a whole is written as that expression. In templates, `name[]` stands for each element of a list."""
    remove: list[str] = []
    """Paths (`a.b`) of attributes and blocks that go; `self` is the block itself, or what `within` leads to."""
    drop: dict[str, list[Any]] = {}
    """Path of a list to the elements that go from it."""
    include: dict[str, list[Any]] = {}
    """Path of a list to the elements that come to it, behind those that are there."""
    statement: dict[str, Any] = {}
    """Path of an argument that is an access policy to a statement that comes to it, as JSON has it. In its texts, `{judged}` is the
    reference to what the finding is of."""
    revoke: list[Literal["principal", "action", "self"]] = []
    """What goes of the statement of an access policy that the evidence of the finding stands in, whatever holds it: one principal or one
    action of several, or the statement itself, in the order in which they are tried."""
    add: str | dict[str, Any] = ""
    """What is declared after the block: Terraform code, or resources of a template by their names. In texts, `{label}` is the name of the
    block, `{name}` the same with `-` for `_`, `{self}` the reference to it, `{new}` a name for what is declared. In code, `{.name}` is that
    argument of the block as it is written; a line is left out where there is none."""
    decision: str = ""
    """Alone, as the last of some remedies: why no edit mends what the others are not for."""
    review: str = ""
    """Why somebody decides on it: it replaces the resource, costs, or cuts traffic. Empty for an edit that is safe to apply."""


class Control(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A control: what an auditor reads and what is judged."""

    id: str
    title: str
    severity: Severity
    origin: str
    applies_to: str | dict[str, str]
    """A kind, or an input and its own type name: `{terraform: aws_sfn_state_machine}`."""
    assertions: list[Assertion] = msgspec.field(name="assert")
    why: str
    remediation: dict[str, str]
    fix: dict[str, list[Remedy] | str] = {}
    """Input to the edits that mend a finding there, in the order in which they are tried, or to why no edit can."""
    when: str = ""
    """CEL; where it is false the control does not apply to a resource."""
    attested: str = ""
    """What somebody has to state where no input shows whether the control holds; empty where no statement can settle it."""
    params: dict[str, Any] = {}
    """Values that `params.name` reads; a map with the keys `aws` and `google` gives one for each cloud. One that is null is not set: what
    hangs on it is unknown until the configuration sets it."""
    judged: dict[str, str] = {}
    """Where an input shows only part: input to what it cannot show."""
    frameworks: dict[str, list[str]] = {}
    """Id of each framework to the ids of its sections that ask for this control."""
    evidence: list[str] = []
    """Facts (`resource.deployed.scan`) that the evidence of a pass or a failure has beside those that decide. They decide nothing."""
    peers: dict[str, list[str]] = {}
    aliases: list[str] = []


class Profile(msgspec.Struct, forbid_unknown_fields=True):
    """A named set of controls: ids or globs."""

    id: str
    title: str
    controls: list[str]


class Section(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What a framework asks for under one id."""

    title: str
    """In our own words, but for official titles in the public domain."""
    assessment: Literal["", "automated", "manual"] = ""
    """How its publisher has it checked; empty where the publisher says nothing."""
    level: str = ""
    """What the publisher grades it by: `L1`, `L2` (CIS); `low`, `moderate` (the lowest baseline of SP 800-53B); `standard`, `required`,
    `addressable` (HIPAA)."""
    heading: bool = False
    """It groups those below it, and asks for nothing itself."""
    unverified: bool = False
    """No copy of the framework was at hand in which the id could be read."""


class Framework(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, frozen=True):
    """A framework with all of its sections, in its order."""

    id: str
    title: str
    version: str = ""
    publisher: str = ""
    url: str = ""
    licence: str = ""
    """On what terms ids and titles stand here."""
    sources: list[str] = []
    """Where the ids were read."""
    read: str = ""
    """When, as `YYYY-MM-DD`."""
    mappings: list[str] = []
    """What is published of which checks serve which section: what the mappings of controls follow."""
    note: str = ""
    sections: dict[str, Section]


class RuleError(AssayError):
    """A rule file that cannot be used: where, what, and the way out."""

    def __init__(self, file: str, line: int, problem: str, way: str = "") -> None:
        self.file, self.line, self.problem, self.way = file, line, problem, way
        super().__init__(f"{file}{f':{line}' if line else ''}: {problem}" + (f"; {way}" if way else ""))


class RuleErrors(AssayError):
    """All errors of a set of rules."""

    def __init__(self, errors: list[RuleError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))
