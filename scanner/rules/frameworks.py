"""What controls have to do with frameworks: whether their mappings lead anywhere, and which sections of a framework controls judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from assay.scanner import lazy_re
from assay.scanner.rules.load import nearest
from assay.scanner.rules.model import Control, Framework, RuleError, Section

if TYPE_CHECKING:
    from assay.scanner.rules.yaml_lines import Path

_ID = lazy_re.pattern(r"[a-z][a-z0-9_]*")
_LONGEST_TITLE = 300
"""Characters of a title: tables of reports repeat it."""


class JudgedSection(msgspec.Struct, frozen=True):
    """A section of a framework with the ids of the controls that judge it, in order; none where it is for people to judge."""

    id: str
    section: Section
    controls: list[str]


class FrameworkCoverage(msgspec.Struct, frozen=True):
    """The sections of a framework, in its order and without its headings, each with the controls that judge it."""

    framework: Framework
    sections: list[JudgedSection]

    @property
    def judged(self) -> int:
        """How many sections at least one control judges."""
        return sum(bool(row.controls) for row in self.sections)

    @property
    def share(self) -> float:
        """That part of all sections, from 0 to 1; 0 for a framework without any."""
        return self.judged / len(self.sections) if self.sections else 0.0


def coverage(framework: Framework, controls: Iterable[Control]) -> FrameworkCoverage:
    """Which of the controls judge which section. That a control judges a section does not say that it judges all that the section asks."""
    serving: dict[str, list[str]] = {}
    for control in controls:
        for section in dict.fromkeys(control.frameworks.get(framework.id, ())):
            serving.setdefault(section, []).append(control.id)
    asking = ((id_, section) for id_, section in framework.sections.items() if not section.heading)
    return FrameworkCoverage(framework, [JudgedSection(id_, section, sorted(serving.get(id_, ()))) for id_, section in asking])


def malformed(framework: Framework, file: str, lines: Mapping[Path, int]) -> list[RuleError]:
    """What is wrong with a framework's own file."""
    errors = []
    if not _ID.fullmatch(framework.id):
        errors.append(RuleError(file, lines.get(("id",), 1), f"the id {framework.id!r} is not one word in lower case, such as cis_aws_7_0"))
    if not framework.sections:
        errors.append(RuleError(file, lines.get(("sections",), 1), "the framework has no sections", "list all of them"))
    for id_, section in framework.sections.items():
        line = lines.get(("sections", id_), 1)
        if not id_.strip() or not section.title.strip():
            errors.append(RuleError(file, line, "a section needs an id and a title"))
        elif len(section.title) > _LONGEST_TITLE:
            errors.append(RuleError(file, line, f"a title longer than {_LONGEST_TITLE} characters", "say it in fewer words"))
    return errors


def unfounded(control: Control, file: str, lines: Mapping[Path, int], frameworks: Mapping[str, Framework]) -> list[RuleError]:
    """The mappings of a control that lead nowhere: to a framework or a section that is not there, or to a heading."""
    errors = []
    for name, sections in control.frameworks.items():
        framework = frameworks.get(name)
        if framework is None:
            way = nearest(name, frameworks) or f"describe it in frameworks/{name}.yaml beside the rules"
            errors.append(RuleError(file, lines.get(("frameworks", name), 1), f"there is no framework {name!r}", way))
            continue
        for at, id_ in enumerate(sections):
            if problem := _problem(id_, framework):
                line = lines.get(("frameworks", name, at), lines.get(("frameworks", name), 1))
                errors.append(RuleError(file, line, *problem))
    return errors


def _problem(id_: str, framework: Framework) -> tuple[str, str] | None:
    section = framework.sections.get(id_)
    if section is None:
        return f"{framework.id} has no section {id_!r}", nearest(id_, framework.sections) or f"see assay controls coverage {framework.id}"
    if section.heading:
        return f"{id_} of {framework.id} is a heading, which asks for nothing itself", "name the sections below it"
    return None
