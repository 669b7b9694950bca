"""The parts of OSCAL assessment results that are of the run as a whole: its document, what it reviewed, what it did not see, its log."""

from __future__ import annotations

from collections.abc import Iterator

from assay.reports import findings
from assay.reports.in_force import in_force
from assay.reports.oscal_text import VERSION, markup, markup_line, oscal_id, prop, props, section_id, string, token, without_empty
from assay.reports.requirements import sections
from assay.reports.sarif_rules import Object
from assay.reports.times import finished, stamp, started
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Gap
from assay.scanner.words import many

_TOOL = oscal_id("component", "assay")
_UNKNOWN = (
    "An observation whose verdict is unknown or error has no finding: it is neither satisfied nor not satisfied. A finding that a section "
    "of a framework is not satisfied says that a control that serves it fails; no section is found satisfied."
)


def document(report: Report) -> Object:
    """The document without its results."""
    plan = oscal_id("plan", report.run.id)
    return {
        "uuid": oscal_id("assessment-results", report.run.id),
        "metadata": {
            "title": markup_line(f"Assessment by {report.tool.name} of {', '.join(report.run.targets) or 'nothing'}"),
            "last-modified": stamp(finished(report.run)),
            "version": string(report.run.id),
            "oscal-version": VERSION,
            "props": props({"tool-version": report.tool.version, "policies": report.tool.policies}),
            "remarks": _UNKNOWN,
        },
        "import-ap": {"href": f"#{plan}", "remarks": "There is no assessment plan in OSCAL: the resource says what was asked for."},
        "results": [],
        "back-matter": {"resources": [_plan(report, plan), _catalogue(report)]},
    }


def _plan(report: Report, uuid: str) -> Object:
    asked = [f"arguments: {' '.join(report.run.arguments)}", f"targets: {', '.join(report.run.targets)}"]
    asked += [f"{heading}: {text}" for heading, text in in_force(report.run.in_force)]
    return {"uuid": uuid, "title": "What the run was asked for", "description": markup("\n".join(asked))}


def _catalogue(report: Report) -> Object:
    """The controls are no catalog of OSCAL: their digest says which they are."""
    described = f"{many(len(report.controls), 'control')}; assay controls export --format oscal writes them as a component definition"
    return {
        "uuid": _controls(report),
        "title": "The controls",
        "description": markup(described),
        "props": props({"policies": report.tool.policies}) or [prop("policies", "")],
    }


def _controls(report: Report) -> str:
    return oscal_id("controls", report.tool.policies)


def result(report: Report) -> Object:
    """The result of the run without its lists, and without what they refer to."""
    verdicts = {f"count-{verdict.replace('_', '-')}": number for verdict, number in sorted(report.summary.verdicts.items())}
    told = {"run-id": report.run.id, **verdicts, "gaps": len(report.coverage.gaps), "resources": report.summary.resources}
    if history := report.history:
        told |= {f"history-{name}": number for name, number in history.events.items()}
        told |= {"history-previous": history.previous, "history-open": history.open, "history-oldest": history.oldest}
    return without_empty(
        {
            "uuid": oscal_id("result", report.run.id),
            "title": markup_line(f"Run {report.run.id}"),
            "description": markup("\n".join(findings.totals(report))),
            "start": stamp(started(report.run)),
            "end": stamp(finished(report.run)),
            "props": props({token(name): value for name, value in told.items()}),
            "reviewed-controls": _reviewed(report),
            "assessment-log": {"entries": list(_log(report))},
            "remarks": seen_in_part(report),
        }
    )


def assets(report: Report) -> Object:
    """What judged: the program, on a platform that is nothing else."""
    tool = {
        "uuid": _TOOL,
        "type": "software",
        "title": markup_line(report.tool.name),
        "description": "The program that judged.",
        "props": props({"version": report.tool.version or "0", "policies": report.tool.policies}),
        "status": {"state": "operational"},
    }
    platform = {"uuid": oscal_id("platform", "assay"), "uses-components": [{"component-uuid": _TOOL}]}
    return {"components": [tool], "assessment-platforms": [platform]}


def origins() -> list[Object]:
    """Who says so: the program."""
    return [{"actors": [{"type": "tool", "actor-uuid": _TOOL}]}]


def _reviewed(report: Report) -> Object:
    """The controls of the run, of which one that met no resource is in an observation; and the sections that those serve that met one."""
    clouds: dict[str, set[str]] = {}
    for judged in report.results:
        clouds.setdefault(judged.control, set()).add(judged.resource.cloud)
    served: dict[str, set[str]] = {}
    for control in report.controls:
        for name, section in sections(control.frameworks, clouds[control.id]) if control.id in clouds else ():
            served.setdefault(name, set()).add(section)
    ids = sorted({token(control.id) for control in report.controls})
    selections: list[Object] = [
        {
            "description": "The controls of the run." if ids else "The run had no controls: OSCAL has no empty selection.",
            "links": [{"href": f"#{_controls(report)}", "rel": "reference"}],
            "include-controls": [{"control-id": id_} for id_ in ids or ["no-control"]],
        }
    ]
    for name, of_name in sorted(served.items()):
        selections.append(
            {
                "description": markup(f"Sections of {name} that controls serve by which something was judged. Each is judged in part."),
                "props": [prop("framework", name)],
                "include-controls": [{"control-id": id_} for id_ in sorted({section_id(name, section) for section in of_name})],
            }
        )
    return {"control-selections": selections}


def seen_in_part(report: Report) -> str:
    """A sentence about what the run did not see; empty where it saw everything."""
    unseen, known = len(report.coverage.gaps), len(report.gate.known_gaps)
    if not unseen:
        return ""
    return f"Of what was seen: {many(unseen, 'gap')}" + (f" ({known} known from before)" if known else "") + " of the run are observations."


def gaps(report: Report) -> Iterator[Object]:
    """What was not judged, as observations."""
    times: dict[str, int] = {}
    for gap, known in findings.gaps(report):
        name = "\0".join((gap.code, gap.scope, str(gap.line), gap.reason))
        number = times[name] = times.get(name, 0) + 1
        yield _gap(gap, f"{name} {number}", known, report)


def _gap(gap: Gap, name: str, known: bool, report: Report) -> Object:
    told = {"verdict": "not-judged", "code": gap.code, "scope": gap.scope, "line": gap.line or "", "standing": "known" if known else ""}
    return {
        "uuid": oscal_id("gap", name),
        "title": markup_line(f"not judged: {gap.code}"),
        "description": markup(str(gap)),
        "props": props(told),
        "methods": ["UNKNOWN"],
        "types": ["discovery"],
        "origins": origins(),
        "collected": stamp(finished(report.run)),
        "remarks": markup(gap.settles_it),
    }


def without_resources(report: Report) -> Iterator[Object]:
    """Controls that met no resource, as observations."""
    for control in sorted(report.controls, key=lambda control: control.id):
        if not control.resources:
            yield {
                "uuid": oscal_id("no resource", control.id),
                "title": markup_line(control.title),
                "description": markup(control.reason or "it met no resource"),
                "props": props({"control-id": control.id, "verdict": control.verdict, "severity": control.severity}),
                "methods": ["TEST"],
                "types": ["control-objective"],
                "origins": origins(),
                "collected": stamp(finished(report.run)),
            }


def _log(report: Report) -> Iterator[Object]:
    """What became of the run: its waivers, what lets more through than before, warnings, and what another scanner says."""
    entries = [("run", "; ".join(findings.totals(report)))]
    entries += findings.of_run(report)
    entries += [
        ("gone", f"{past.control} on {past.address} {past.element}".strip())
        for comparison in report.gate.comparisons
        for past in comparison.gone
    ]
    for number, (title, text) in enumerate(entries):
        yield {
            "uuid": oscal_id("log", report.run.id, str(number)),
            "title": title,
            "description": markup(text),
            "start": stamp(started(report.run)),
            "end": stamp(finished(report.run)),
        }
