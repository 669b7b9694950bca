"""SARIF 2.1.0 for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePath
from urllib.parse import quote

import msgspec

from assay.reports import opinions_view, sarif_flows, sarif_gate, sarif_history
from assay.reports.in_force import in_force, in_force_briefly
from assay.reports.sarif_rules import LEVELS, Object, SarifRules, plain
from assay.reports.view import BROKEN, WORDS, severity_rank, unsupported, verdicts
from assay.scanner import lazy_re
from assay.scanner.facts.model import BlockRef
from assay.scanner.results.fixes import Fix, Replacement
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result
from assay.scanner.results.opinion import Compared, Opinion
from assay.scanner.results.telling import place, told
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Location
from assay.scanner.words import defused_json, many, shown, visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
KINDS = {"fail": "fail", "waived": "fail", "unknown": "open"}
"""Verdict to the kind of a result, in the order in which results are kept. The others give no result, since code scanning shows every
result as an alert whatever its kind; the properties of the run count them, and the JSON report has them."""
MOST_RESULTS = 25_000
"""GitHub refuses a run with more."""
MOST_RELATED = 10
MOST_NOTIFICATIONS = 5_000
"""GitHub takes no file of more than 10 MB."""
_TIME = lazy_re.pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


def render(report: Report, context: Context) -> bytes:
    """One run, without indents: uploads are limited in size. Results are verdicts, notifications are errors and what was not seen."""
    rules = SarifRules(report, context)
    results, left_out = _kept(report)
    left_out += Counter(absent=len(sarif_history.past(report)) - (MOST_RESULTS - len(results)))  # what is none or less is dropped
    notifications, configured = _notifications(report, rules, left_out), _configured(report)
    rows = opinions_view.of_resources(report)
    run: Object = {
        "tool": {"driver": _driver(report, rules, [*notifications, *configured])},
        "automationDetails": {"id": _automation(report)},
        "invocations": [_invocation(report, notifications, configured)],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The directory in which the scan was started."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            *(
                _result(result, rules, _baseline(report, result), rows.get(opinions_view.of_result(result), ()))
                | _fixes(result, context.fixes.get(result.fingerprint))
                for result in results
            ),
            *sarif_history.absent(report, rules, _physical, MOST_RESULTS - len(results)),
        ],
        "properties": _properties(report),
    }
    if rules.taxonomies:
        run["taxonomies"] = rules.taxonomies
    return defused_json(msgspec.json.encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})) + b"\n"


def _baseline(report: Report, result: Result) -> str:
    """How a result stands beside what was before; empty where the run is compared with nothing."""
    if sarif_gate.is_compared(report):
        return sarif_gate.baseline_state(result)
    return sarif_history.baseline_state(result.course or None) if sarif_history.is_baseline(report) else ""


def _kept(report: Report) -> tuple[list[Result], Counter[str]]:
    """The results that fit, failures first and by severity, and how many of each verdict do not."""
    order = {verdict: rank for rank, verdict in enumerate(KINDS)}
    results = [result for result in report.results if result.verdict in KINDS]
    results.sort(
        key=lambda result: (order[result.verdict], severity_rank(result.severity), result.control, result.resource.address, result.element)
    )
    return results[:MOST_RESULTS], Counter(result.verdict for result in results[MOST_RESULTS:])


def _driver(report: Report, rules: SarifRules, notifications: list[Object]) -> Object:
    driver: Object = {"name": visible(report.tool.name) or "assay", "rules": rules.descriptors}
    if report.tool.version:
        driver["version"] = visible(report.tool.version)
    if notifications:
        driver["notifications"] = [{"id": id_} for id_ in sorted({notification["descriptor"]["id"] for notification in notifications})]
    if rules.taxonomies:
        driver["supportedTaxonomies"] = rules.supported()
    return driver


def _automation(report: Report) -> str:
    """Category and run (3.17.3): the category is the same for every run over the same targets."""
    targets = "+".join(report.run.targets)
    if len(targets) > 100:
        targets = hashlib.sha256(targets.encode("utf-8", "replace")).hexdigest()[:16]
    return visible(f"assay/{targets}/{report.run.id.replace('/', '-')}")


def _invocation(report: Report, notifications: list[Object], configured: list[Object]) -> Object:
    broken = report.coverage.files.failed or any(gap.code in BROKEN for gap in report.coverage.gaps)
    errors = any(result.verdict == "error" for result in report.results)
    invocation: Object = {
        "executionSuccessful": not (broken or errors),
        "arguments": [shown(argument) for argument in report.run.arguments],
        "toolExecutionNotifications": notifications,
    }
    if configured:
        invocation["toolConfigurationNotifications"] = configured
    for name, time in (("startTimeUtc", report.run.started), ("endTimeUtc", report.run.finished)):
        if _TIME.fullmatch(time):
            invocation[name] = time.replace("+00:00", "Z")
    return invocation


def _properties(report: Report) -> Object:
    return {
        "policies": visible(report.tool.policies),
        "runId": visible(report.run.id),
        "targets": [shown(target) for target in report.run.targets],
        "inForce": {heading: shown(text) for heading, text in in_force(report.run.in_force)},
        "verdicts": dict(verdicts(report)),
        "unsupportedTypes": {shown(type_): number for type_, number in unsupported(report)},
        **sarif_gate.properties(report),
        **sarif_history.properties(report),
    }


def _result(result: Result, rules: SarifRules, baseline: str, rows: Sequence[tuple[Opinion, Compared]]) -> Object:
    failed = KINDS[result.verdict] == "fail"
    related = _related(result)
    built: Object = {
        "ruleId": visible(result.control),
        "ruleIndex": rules.index[result.control],
        "kind": KINDS[result.verdict],
        "level": LEVELS.get(result.severity, "warning") if failed else "none",
        "message": {"text": _message(result)},
        "locations": [_location(place(result), result)],
        "partialFingerprints": {"policyFingerprint/v1": visible(result.fingerprint)},
        "properties": {"verdict": result.verdict, "severity": visible(result.severity), "resource": shown(result.resource.id)},
    }
    if related:
        built["relatedLocations"] = related[:MOST_RELATED]
    if flows := sarif_flows.of_result(result, _physical):
        built["codeFlows"] = flows
    if len(related) > MOST_RELATED:
        built["properties"]["relatedLocationsLeftOut"] = len(related) - MOST_RELATED
    if result.owner:
        built["properties"]["owner"] = shown(result.owner)
    if result.element:
        built["properties"]["element"] = shown(result.element)
    if rows:
        built["properties"]["opinions"] = sarif_gate.opinions(rows)
    if baseline:
        built["baselineState"] = baseline
    if result.course:
        known = sarif_history.of_course(result.course)
        built |= {**known, "properties": built["properties"] | known["properties"]}
    if suppressions := sarif_gate.suppressions(result, _physical):
        built["suppressions"] = suppressions
    return built


def _fixes(result: Result, fix: Fix | None) -> Object:
    """The proven fix of a failure (3.55). Who applies it without looking takes those whose property is `safe`."""
    if result.verdict != "fail" or fix is None or not fix.replacements:
        return {}
    changes = [
        {"artifactLocation": artifact(file), "replacements": [_replacement(replacement) for replacement in replacements]}
        for file, replacements in groupby(fix.replacements, lambda replacement: replacement.place.file)
    ]
    told = f"{fix.title}; for review: {fix.because}" if fix.because else fix.title
    properties = {"applicability": "review" if fix.because else "safe"}
    return {"fixes": [{"description": {"text": plain(told)}, "artifactChanges": changes, "properties": properties}]}


def _replacement(made: Replacement) -> Object:
    """A region by columns of characters (`columnKind`), and by bytes: who reads one leaves the other (3.30.4)."""
    place = made.place
    region = {"startLine": place.line, "startColumn": place.column, "endLine": place.end_line, "endColumn": place.end_column}
    region |= {"byteOffset": place.start, "byteLength": place.end - place.start}
    return {"deletedRegion": region, "insertedContent": {"text": made.text}}


def _message(result: Result) -> str:
    said = told(result)
    if result.verdict == "unknown":
        said += "".join(f"; {unknown.fact}: {unknown.reason}; {unknown.settles_it}" for unknown in result.unknown)
    return plain(f"{result.resource.address}: {said}")


def _location(seen: Location | None, result: Result) -> Object:
    """Where to look, and always which resource."""
    logical = {"name": shown(result.resource.name), "fullyQualifiedName": shown(_qualified(result)), "kind": "resource"}
    built: Object = {"logicalLocations": [logical]}
    if seen is not None and seen.file:
        built["physicalLocation"] = _physical(seen.file, seen.line, seen.end_line, seen.column, seen.end_column)
    return built


def _qualified(result: Result) -> str:
    resource = result.resource
    return f"{resource.root}/{resource.address}" if resource.root not in ("", ".") else resource.address


def _physical(file: str, line: int, end_line: int, column: int = 0, end_column: int = 0) -> Object:
    """Columns of 0 are not known: the region is then the lines as a whole."""
    built: Object = {"artifactLocation": artifact(file)}
    if line > 0:
        built["region"] = {"startLine": line, "endLine": max(line, end_line)}
        if column > 0 and end_column > 0:
            built["region"] |= {"startColumn": column, "endColumn": end_column}
    return built


def artifact(file: str) -> Object:
    """A file relative to where the scan started, as a URI reference; an absolute one stays absolute."""
    path = PurePath(file)
    encoded = quote(path.as_posix().encode("utf-8", "surrogateescape" if _from_system(file) else "replace"), safe="/")
    return {"uri": f"file://{encoded}"} if path.is_absolute() else {"uri": encoded, "uriBaseId": "SRCROOT"}


def _from_system(file: str) -> bool:
    """Whether the name is one that Python reads from the file system: bytes that are no UTF-8 are half surrogates from U+DC80."""
    return not any("\ud800" <= char <= "\udc7f" or "\udd00" <= char <= "\udfff" for char in file)


def _related(result: Result) -> list[Object]:
    """The other blocks that the resource was read from."""
    seen = place(result)

    def is_main(block: BlockRef) -> bool:
        return seen is not None and (block.file, block.start_line or 0) == (seen.file, seen.line)

    return [
        {
            "message": {"text": plain(block.address)},
            "physicalLocation": _physical(block.file, block.start_line or 0, block.end_line or 0),
        }
        for block in result.resource.blocks
        if block.file and not is_main(block)
    ]


def _notifications(report: Report, rules: SarifRules, left_out: Counter[str]) -> list[Object]:
    built = [_rule_error(result, rules) for result in report.results if result.verdict == "error"]
    before = set(report.gate.known_gaps)
    built += [_gap(gap, gap in before) for gap in report.coverage.gaps]
    if len(built) > MOST_NOTIFICATIONS:
        built.sort(key=lambda notification: notification["level"] != "error")
        more = f"{len(built) - MOST_NOTIFICATIONS} more errors and gaps; the json report has all"
        built = [*built[:MOST_NOTIFICATIONS], _notification("notifications_left_out", "warning", more)]
    blocks, types = report.coverage.blocks, unsupported(report)
    if blocks.unsupported or types:
        listed = ", ".join(f"{type_} {number}" for type_, number in types)
        built.append(
            _notification(
                "unsupported_types", "note", f"{many(blocks.unsupported, 'block')} of types without rules: {listed or 'not listed'}"
            )
        )
    if blocks.template:
        built.append(
            _notification("instances_unknown", "note", f"{many(blocks.template, 'block')} with a number of instances that is not known")
        )
    if left_out:
        listed = ", ".join(f"{number} {WORDS.get(verdict, verdict)}" for verdict, number in left_out.items())
        built.append(
            _notification("results_left_out", "warning", f"more than {MOST_RESULTS} results; left out: {listed}; the json report has all")
        )
    return built


def _configured(report: Report) -> list[Object]:
    """What is in force beside the built-in controls with their defaults, and what the gate says of itself (3.20.21)."""
    built = [_notification("configuration_change", "error", change) for change in report.gate.changes]
    built += [_notification("gate", "warning", warning) for warning in sarif_gate.warnings(report)]
    if in_force_briefly(report.run.in_force):
        told = "; ".join(f"{heading}: {text}" for heading, text in in_force(report.run.in_force))
        built.append(_notification("in_force", "note", told))
    return built


def _rule_error(result: Result, rules: SarifRules) -> Object:
    built = _notification("rule_error", "error", _message(result))
    return built | {"associatedRule": rules.reference(result.control), "locations": [_location(place(result), result)]}


def _gap(gap: Gap, known: bool) -> Object:
    level = "note" if known else "error" if gap.code in BROKEN else "warning"
    built = _notification(gap.code, level, f"known from before: {gap}" if known else str(gap))
    if gap.scope and (gap.line or gap.code == "parse_error"):
        built["locations"] = [{"physicalLocation": _physical(gap.scope, gap.line, gap.line)}]
    return built


def _notification(code: str, level: str, text: str) -> Object:
    return {"descriptor": {"id": visible(code) or "gap"}, "level": level, "message": {"text": plain(text)}}
