"""OSCAL component definition 1.2.1 of a catalogue of controls (https://pages.nist.gov/OSCAL/reference/1.2.1/component-definition/).

One component, the program that validates. It supports each control of the catalogue, in full, and each section of a framework that they
serve, in part: the statement of a section says by which controls, and what nobody but a person can judge stays with the section.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assay.reports.json_report import encoded
from assay.reports.markdown_text import block, prose, span
from assay.reports.oscal_text import (
    VERSION,
    markup,
    markup_line,
    oscal_id,
    prop,
    props,
    section_id,
    statement_id,
    string,
    token,
    without_empty,
)
from assay.reports.sarif_rules import Object
from assay.reports.times import moment, stamp
from assay.scanner.results.formats import Catalogue, FrameworkSource
from assay.scanner.rules.model import Assertion, Control

CATALOGS = {
    "nist_800_53_r5": (
        "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json"
    )
}
"""Frameworks that are published in OSCAL, in whose ids their sections are named. Of the others a resource says where they are."""
_COMPONENT = oscal_id("component", "assay")


def render(catalogue: Catalogue) -> bytes:
    """One document, with a final line feed."""
    controls = sorted(catalogue.controls, key=lambda control: control.id)
    served = _served(controls)
    implementations = [_own(catalogue, controls)] if controls else []
    implementations += [_of_framework(name, sections, catalogue) for name, sections in sorted(served.items())]
    component = without_empty(
        {
            "uuid": _COMPONENT,
            "type": "validation",
            "title": "Assay",
            "description": "Judges infrastructure on AWS and Google Cloud, in code and in live accounts, by the controls below.",
            "props": props({"version": catalogue.version, "policies": catalogue.digest}),
            "control-implementations": implementations,
        }
    )
    resources = [_catalogue(catalogue), *(_source(name, catalogue.frameworks.get(name)) for name in sorted(served) if name not in CATALOGS)]
    document = {
        "uuid": oscal_id("component-definition", catalogue.digest),
        "metadata": {
            "title": "Controls of Assay",
            "last-modified": _time(catalogue),
            "version": string(catalogue.version),
            "oscal-version": VERSION,
            "remarks": "A control serves a part of a section. What no program can see of a section has to be shown in another way.",
        },
        "components": [component],
        "back-matter": {"resources": resources},
    }
    return encoded({"component-definition": document}) + b"\n"


def _time(catalogue: Catalogue) -> str:
    made = moment(catalogue.made)
    return stamp(made) if made else "1970-01-01T00:00:00.000Z"


def _served(controls: Iterable[Control]) -> dict[str, dict[str, list[Control]]]:
    """Framework to section to the controls that serve it."""
    served: dict[str, dict[str, list[Control]]] = {}
    for control in controls:
        for name, sections in control.frameworks.items():
            for section in dict.fromkeys(sections):
                served.setdefault(name, {}).setdefault(section, []).append(control)
    return served


def _catalogue(catalogue: Catalogue) -> Object:
    described = f"{len(catalogue.controls)} controls. Their digest says which they are; assay controls show ID tells one."
    return {
        "uuid": _controls(catalogue),
        "title": "The controls",
        "description": described,
        "props": props({"policies": catalogue.digest or "none"}),
    }


def _controls(catalogue: Catalogue) -> str:
    return oscal_id("controls", catalogue.digest)


def _source(name: str, source: FrameworkSource | None) -> Object:
    """Where a framework is that is not published in OSCAL."""
    link = source.url if source and source.url.startswith("https://") and source.url.isascii() and " " not in source.url else ""
    return without_empty(
        {
            "uuid": _framework(name),
            "title": markup_line(source.title if source else name),
            "description": markup(f"{source.publisher}: {source.title}" if source else f"{name}: no file of the rules says what it is"),
            "props": [prop("framework", name)],
            "rlinks": [{"href": link}] if link and not set(link) & set('"<>\\^`{|}#') else [],
        }
    )


def _framework(name: str) -> str:
    return oscal_id("framework", name)


def _own(catalogue: Catalogue, controls: Sequence[Control]) -> Object:
    return {
        "uuid": oscal_id("implementation", "assay"),
        "source": f"#{_controls(catalogue)}",
        "description": "Each control is judged of every resource that it applies to, and has a verdict for each.",
        "implemented-requirements": [_requirement(control) for control in controls],
    }


def _requirement(control: Control) -> Object:
    id_ = token(control.id)
    applies = control.applies_to if isinstance(control.applies_to, str) else " ".join(map(": ".join, sorted(control.applies_to.items())))
    told = {"control-id": control.id, "severity": control.severity, "applies-to": applies, "origin": control.origin}
    told |= {f"param-{token(name)}": str(value) for name, value in sorted(control.params.items())}
    sections = [prop("requirement", f"{name} {section}") for name, ids in sorted(control.frameworks.items()) for section in ids]
    return {
        "uuid": oscal_id("requirement", control.id),
        "control-id": id_,
        "description": prose(control.title),
        "props": [*props(told), *sections],
        "statements": [
            {
                "statement-id": statement_id(id_),
                "uuid": oscal_id("statement", control.id),
                "description": _statement(control),
                "remarks": _shown_in_part(control),
            }
        ],
    }


def _statement(control: Control) -> str:
    """How a control is implemented: what has to be so, why, and how it is brought about."""
    applies = [f"- {span(control.when, 2_000)}; elsewhere it is not applicable"] if control.when else []
    parts = [prose(control.title), prose(control.why), "\n".join(["It is judged by:", *applies, *map(_assertion, control.assertions)])]
    parts += [f"What no input shows is as somebody states: {prose(control.attested)}"] if control.attested else []
    for tool, way in sorted(control.remediation.items()):
        parts.append(f"To bring it about by {span(tool)}:\n\n{block(way)}")
    return "\n\n".join(parts)


def _assertion(assertion: Assertion) -> str:
    elements = f" for each {span(assertion.as_)} of {span(assertion.each)}" if assertion.each else ""
    where = f", where {span(assertion.when, 2_000)}" if assertion.when else ""
    return f"- {span(assertion.that, 2_000)}{elements}{where}"


def _shown_in_part(control: Control) -> str:
    """What an input cannot show."""
    told = [f"- {span(name)}: {prose(reason)}" for name, reason in sorted(control.judged.items())]
    return "\n".join(["What an input cannot show:", *told]) if told else "Every input that has such resources shows all that it asks."


def _of_framework(name: str, sections: dict[str, list[Control]], catalogue: Catalogue) -> Object:
    source = catalogue.frameworks.get(name)
    return {
        "uuid": oscal_id("implementation", name),
        "source": CATALOGS.get(name) or f"#{_framework(name)}",
        "description": markup(f"Sections of {source.title if source else name} that controls serve in part"),
        "props": [prop("framework", name)],
        "implemented-requirements": [_section(name, section, controls) for section, controls in sorted(sections.items())],
    }


def _section(name: str, section: str, controls: Sequence[Control]) -> Object:
    id_ = section_id(name, section)
    listed = "\n".join(f"- {span(control.id)}: {prose(control.title)}" for control in controls)
    return {
        "uuid": oscal_id("requirement", name, section),
        "control-id": id_,
        "description": f"A part of {span(f'{name} {section}')} is judged by:\n\n{listed}",
        "props": [prop("section", section), *(prop("control-id", control.id) for control in controls)],
        "statements": [
            {
                "statement-id": statement_id(id_),
                "uuid": oscal_id("statement", name, section),
                "description": f"In part, where these controls pass:\n\n{listed}",
            }
        ],
    }
