"""The SARIF side of controls: rules with help, and frameworks as taxonomies (SARIF 2.1.0, 3.49 and 3.19.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

from assay.reports.markdown_text import prose
from assay.reports.view import remediation
from assay.scanner import lazy_re
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.rules.model import Control, Framework, Section
from assay.scanner.words import shown, visible

Object: TypeAlias = dict[str, Any]

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""`security-severity`, which GitHub reads as critical over 9.0, high from 7.0, medium from 4.0, low from 0.1."""
TAGS = 10
"""GitHub shows this many tags of a rule; all framework sections are in the taxonomies."""
_CHARACTER = r"(?:[A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_URI = lazy_re.pattern(rf"https?://[A-Za-z0-9.-]+(?:/{_CHARACTER}*)?(?:\?{_CHARACTER}*)?(?:#{_CHARACTER}*)?")
"""A URI of a page (RFC 3986); of own frameworks, what is none is left out."""


class SarifRules:
    """SarifRules and taxonomies of a report, and where each rule stands in the list."""

    def __init__(self, report: Report, context: Context) -> None:
        headings = {result.control: (result.title, result.severity) for result in report.results}
        headings |= {control.id: (control.title, control.severity) for control in report.controls}
        for change in report.history.changes if report.history else ():  # of a control that the run may not have
            title = context.controls[change.control].title if change.control in context.controls else change.control
            headings.setdefault(change.control, (title, change.severity))
        ids = sorted(headings)
        self.index = {id_: index for index, id_ in enumerate(ids)}
        known = {id_: context.controls[id_] for id_ in ids if id_ in context.controls}
        names = sorted({name for control in known.values() for name in control.frameworks})
        self._components = {name: index for index, name in enumerate(names)}
        self._sections = {name: _served(name, known.values()) for name in names}
        self.descriptors = [self._rule(id_, *headings[id_], known.get(id_)) for id_ in ids]
        self.taxonomies = [_taxonomy(name, sections, context.frameworks.get(name)) for name, sections in self._sections.items()]

    def reference(self, control: str) -> Object:
        """What refers to the rule of a control (reportingDescriptorReference, 3.52)."""
        return {"id": visible(control), "index": self.index[control]}

    def supported(self) -> list[Object]:
        """What refers to each taxonomy (toolComponentReference, 3.54)."""
        return [{"name": visible(name), "index": index} for name, index in self._components.items()]

    def _rule(self, id_: str, title: str, severity: str, control: Control | None) -> Object:
        rule: Object = {
            "id": visible(id_),
            "shortDescription": {"text": plain(title)},
            "fullDescription": {"text": plain(control.why if control else title, keep="\n")},
            "help": _help(title, control),
            "defaultConfiguration": {"level": LEVELS.get(severity, "warning")},
            "properties": {"tags": _tags(control)},
        }
        if severity in SCORES:
            rule["properties"]["security-severity"] = SCORES[severity]
        if control and control.frameworks:
            rule["relationships"] = [
                {"target": self._taxon(name, section), "kinds": ["relevant"]}
                for name, sections in sorted(control.frameworks.items())
                for section in dict.fromkeys(sections)
            ]
        return rule

    def _taxon(self, name: str, section: str) -> Object:
        return {"id": visible(section), "index": self._sections[name][section], "toolComponent": self._component(name)}

    def _component(self, name: str) -> Object:
        return {"name": visible(name), "index": self._components[name]}


def plain(text: str, keep: str = "") -> str:
    """A plain text message: what reads as an embedded link (3.11.6) is escaped, what is not visible is written out."""
    parts = shown(text.strip(), keep).split("]")
    # A part is in a link where the bracket that ends it is followed by one that opens. By parts, so that the time is linear.
    links = [after.startswith("(") for after in parts[1:]] + [False]
    return "]".join(part.replace("[", "\\[") if link else part for part, link in zip(parts, links, strict=True)) or "(none)"


def _served(name: str, controls: Iterable[Control]) -> dict[str, int]:
    """The sections of a framework that controls serve, each with its place among them."""
    sections = sorted({section for control in controls for section in control.frameworks.get(name, ())})
    return {section: index for index, section in enumerate(sections)}


def _taxonomy(name: str, sections: Iterable[str], framework: Framework | None) -> Object:
    """A framework (toolComponent, 3.19) with those of its sections that the rules refer to; bare ids where nothing is known of it."""
    if framework is None:
        return {"name": visible(name), "isComprehensive": False, "taxa": [{"id": visible(section)} for section in sections]}
    built: Object = {"name": visible(name), "fullName": shown(framework.title), "shortDescription": {"text": plain(framework.title)}}
    for key, text in (("version", framework.version), ("organization", framework.publisher)):
        if text:
            built[key] = shown(text)
    if _URI.fullmatch(framework.url):
        built["informationUri"] = framework.url
    return built | {"isComprehensive": False, "taxa": [_of_section(id_, framework.sections.get(id_)) for id_ in sections]}


def _of_section(id_: str, section: Section | None) -> Object:
    if section is None:
        return {"id": visible(id_)}
    told = {key: visible(text) for key, text in (("assessment", section.assessment), ("level", section.level)) if text}
    taxon: Object = {"id": visible(id_), "shortDescription": {"text": plain(section.title)}}
    return taxon | ({"properties": told} if told else {})


def _tags(control: Control | None) -> list[str]:
    """`security` first: GitHub shows `security-severity` only with it."""
    frameworks = control.frameworks if control else {}
    sections = [visible(f"{name}/{section}") for name, ids in sorted(frameworks.items()) for section in ids]
    return list(dict.fromkeys(["security", *sections]))[:TAGS]


def _help(title: str, control: Control | None) -> Object:
    if control is None:
        return {"text": plain(title), "markdown": prose(title)}
    tool, way = remediation(control)
    text, markdown = plain(control.why, keep="\n"), prose(control.why)
    if way.strip():
        text += f"\n\nFix ({visible(tool)}):\n{plain(way, keep=chr(10))}"
        markdown += f"\n\n**Fix ({prose(tool)})**\n\n{_fenced(way)}"
    return {"text": text, "markdown": markdown}


def _fenced(text: str) -> str:
    """A code block whose fence is longer than any in the text."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}\n{visible(text.strip(), keep=chr(10))}\n{fence}"
