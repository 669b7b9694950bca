"""Rules as data: a control is one YAML file."""

from __future__ import annotations

from typing import Any

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
    peers: dict[str, list[str]] = {}
    aliases: list[str] = []


class Profile(msgspec.Struct, forbid_unknown_fields=True):
    """A named set of controls: ids or globs."""

    id: str
    title: str
    controls: list[str]


class RuleError(AssayError):
    """A rule file that cannot be used: where, what, and the way out."""

    def __init__(self, file: str, line: int, problem: str, way: str = "") -> None:
        self.file, self.line, self.problem, self.way = file, line, problem, way
        super().__init__(f"{file}:{line}: {problem}" + (f"; {way}" if way else ""))


class RuleErrors(AssayError):
    """All errors of a set of rules."""

    def __init__(self, errors: list[RuleError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))
