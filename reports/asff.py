"""AWS Security Finding Format: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html.

A line is one request of BatchImportFindings, within its limits
(https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html). A finding is a control and a resource:
Security Hub knows it by its `Id`, so that what passes tomorrow updates what fails today. `assay push securityhub` sends the same to a
hub, with the account and region of that, and with the times that the hub knows of earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from assay.reports import asff_resources, findings, history_view, opinions_view
from assay.reports.json_report import encoded
from assay.reports.judged import JudgedPair, population, stable_id
from assay.reports.requirements import sections
from assay.reports.sarif_rules import Object
from assay.reports.times import finished, first_known, moment, seen, stamp
from assay.reports.view import outcome, remediation, severity_rank
from assay.scanner import lazy_re
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result
from assay.scanner.results.telling import message_of, observed
from assay.scanner.sources.coverage import Gap

MOST_FINDINGS, MOST_BYTES, MOST_BYTES_OF_ALL = 100, 240_000, 6_000_000
"""Of a request: findings, bytes of a finding, bytes of all of them."""
GENERATOR = "assay/"
"""How the generator of every finding begins."""
NO_ACCOUNT, NO_REGION = "000000000000", "us-east-1"
"""Where a report names none, as for code: Security Hub refuses the first, and `assay push securityhub` puts its own."""
TYPES = ["Software and Configuration Checks/Industry and Regulatory Standards"]
LABELS = {"critical": "CRITICAL", "high": "HIGH", "medium": "MEDIUM", "low": "LOW"}
STATUSES = {
    "fail": "FAILED", "waived": "FAILED", "unknown": "WARNING", "pass": "PASSED", "error": "NOT_AVAILABLE",
    "not_applicable": "NOT_AVAILABLE",
}  # fmt: skip
"""Verdict to `Compliance.Status`: a warning is that `some information is missing`."""
_TITLE, _DESCRIPTION, _ID, _NOTE, _FIELD, _REQUIREMENT, _REQUIREMENTS, _FIELDS = 256, 1024, 512, 512, 1024, 64, 32, 50
_MESSAGES = 5


class HubRecord(msgspec.Struct, frozen=True):
    """What a hub knows of a finding: RFC 3339, empty where it has none."""

    created: str
    observed: str
    updated: str


class Hub(msgspec.Struct, frozen=True):
    """Where findings go."""

    account: str
    region: str
    earlier: Mapping[str, HubRecord] = {}
    """By the Id of the finding."""


def is_later(earlier: HubRecord, finding: Object) -> bool:
    """Whether a hub keeps what it has: it takes an update only of a later time.
    https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html"""
    updated, ours = moment(earlier.updated), moment(finding["UpdatedAt"])
    return updated is not None and ours is not None and ours <= updated


def render(report: Report, context: Context) -> bytes:
    """A request a line: what `aws securityhub batch-import-findings --cli-input-json` takes."""
    return b"".join(chunks(report, context))


def chunks(report: Report, context: Context) -> Iterator[bytes]:
    """The same line by line."""
    return (encoded({"Findings": batch}) + b"\n" for batch in requests(report, context))


def requests(report: Report, context: Context, hub: Hub | None = None) -> Iterator[list[Object]]:
    """The findings of each request: all of one account and region, since Security Hub takes no others."""
    batch: list[Object] = []
    size = 0
    for finding in _findings(report, context, hub):
        bytes_ = len(encoded(finding)) + 1
        full = len(batch) == MOST_FINDINGS or size + bytes_ > MOST_BYTES_OF_ALL
        if batch and (full or batch[0]["ProductArn"] != finding["ProductArn"]):
            yield batch
            batch, size = [], 0
        batch.append(finding)
        size += bytes_
    if batch:
        yield batch


def _findings(report: Report, context: Context, hub: Hub | None) -> Iterator[Object]:
    made = _Findings(report, context, hub)
    yield from (made.of_judged(judged) for judged in sorted(population(report), key=made.place))
    yield from (made.of_gap(gap, known) for gap, known in findings.gaps(report))
    yield made.of_run()


class _Findings:
    """Findings of one run."""

    def __init__(self, report: Report, context: Context, hub: Hub | None) -> None:
        self.report, self.context, self.hub = report, context, hub
        self._outcomes = {control.id: control for control in report.controls}
        self._rows, self._finished = opinions_view.of_resources(report), stamp(finished(report.run))

    def place(self, judged: JudgedPair) -> tuple[str, str]:
        """The account and region that a finding is in."""
        if self.hub is not None:
            return self.hub.account, self.hub.region
        resource = judged.results[0].resource
        account = resource.account or ""
        return account if asff_resources.is_account(account) else NO_ACCOUNT, asff_resources.region(resource) or NO_REGION

    def of_judged(self, judged: JudgedPair) -> Object:
        """A control and a resource."""
        deciding, first = judged.deciding, judged.deciding[0]
        worst = min(deciding, key=lambda result: severity_rank(result.severity))
        made = self._finding(self.place(judged), first.control, stable_id("asff", *judged.key), first.title, _messages(deciding))
        made["LastObservedAt"] = stamp(max(seen(result, self.report.run) for result in judged.results))
        made |= _severity(LABELS.get(worst.severity, "MEDIUM") if judged.verdict == "fail" else "INFORMATIONAL", worst.severity)
        made["Resources"] = [asff_resources.resource(first)]
        made["Compliance"] = {"Status": STATUSES[judged.verdict], **self._requirements(first.control, first.resource.cloud)}
        made["RecordState"] = "ARCHIVED" if judged.verdict == "not_applicable" else "ACTIVE"
        made["ProductFields"] = self._fields(judged)
        if first.waiver is not None:
            told = _text(findings.accepted(first.waiver), _NOTE)
            made["Note"] = {"Text": told, "UpdatedBy": "assay", "UpdatedAt": self._finished}
        if judged.verdict == "waived":
            made["Workflow"] = {"Status": "SUPPRESSED"}
        tool, way = remediation(self.context.controls.get(first.control))
        if way.strip():
            made["Remediation"] = {"Recommendation": {"Text": _text(f"{tool}: {way.strip()}", _NOTE)}}
        self._times(made, judged)
        return made

    def _times(self, made: Object, judged: JudgedPair) -> None:
        """`CreatedAt` is what the hub has; else when a history found the finding first, or the baseline was made that has it; else when
        this run ended. When a finding was first observed is said where somebody knows it."""
        known = [since for result in judged.deciding if (since := first_known(result, self.report)) is not None]
        since = min(known, default=None) if judged.course or judged.standing == "known" else None
        if since is not None:
            made["CreatedAt"] = made["FirstObservedAt"] = min(stamp(since), self._finished)
        elif judged.standing == "new":
            made["FirstObservedAt"] = made["LastObservedAt"]
        if (earlier := self.hub.earlier.get(made["Id"]) if self.hub else None) is not None:
            made["CreatedAt"] = earlier.created or made["CreatedAt"]
            if earlier.observed:
                made["FirstObservedAt"] = earlier.observed

    def of_gap(self, gap: Gap, known: bool) -> Object:
        """Something that was not judged."""
        told = f"not judged{' (known from before)' if known else ''}: {gap}"
        uid = stable_id("gap", gap.code, gap.scope, str(gap.line), gap.reason, gap.settles_it)
        made = self._of_run(f"assay.{gap.code}", uid, "Not judged", told, gap.scope)
        made["Compliance"] = {"Status": "WARNING"}
        made["ProductFields"] = {"assay/code": _text(gap.code, _FIELD), "assay/settles-it": _text(gap.settles_it, _FIELD)}
        return made

    def of_run(self) -> Object:
        """The run: what it comes to, and beside it what the gate and other scanners say."""
        report, said = self.report, outcome(self.report)
        told = [f"{heading}: {text}" for heading, text in findings.of_run(report)]
        more = len(told) - (_FIELDS - 5)
        shown = [*told[: _FIELDS - 5], *([f"and {more} more; the json report has all"] if more > 0 else [])]
        description = "; ".join(findings.totals(report))
        made = self._of_run("assay.gate", stable_id("run", *report.run.targets), "The run as a whole", description, "run")
        made["Compliance"] = {"Status": {"fail": "FAILED", "pass": "PASSED"}.get(said.word, "WARNING")}
        made["ProductFields"] = {f"assay/{number:02}": _text(text, _FIELD) for number, text in enumerate(shown, 1)}
        made["ProductFields"] |= {"assay/run": _text(report.run.id, _FIELD), "assay/policies": _text(report.tool.policies, _FIELD)}
        return made

    def _of_run(self, control: str, uid: str, title: str, told: str, about: str) -> Object:
        place = (self.hub.account, self.hub.region) if self.hub else self._only_place()
        made = self._finding(place, control, uid, title, told)
        made["Resources"] = [{"Type": "Other", "Id": _text(about, _ID)}]
        return made | _severity("INFORMATIONAL", "") | {"RecordState": "ACTIVE"}

    def _only_place(self) -> tuple[str, str]:
        """The account and region of everything, where there is one of each."""
        accounts = {call.account for call in self.report.coverage.calls if asff_resources.is_account(call.account)}
        return next(iter(accounts)) if len(accounts) == 1 else NO_ACCOUNT, NO_REGION

    def _finding(self, place: tuple[str, str], control: str, uid: str, title: str, description: str) -> Object:
        account, region = place
        return {
            "SchemaVersion": "2018-10-08",
            "Id": f"{GENERATOR}{_text(control, 300)}/{uid}",
            "ProductArn": f"arn:{asff_resources.partition(region)}:securityhub:{region}:{account}:product/{account}/default",
            "GeneratorId": f"{GENERATOR}{_text(control, 300)}",
            "AwsAccountId": account,
            "CreatedAt": self._finished,
            "UpdatedAt": self._finished,
            "Title": _text(title, _TITLE),
            "Description": _text(description, _DESCRIPTION),
        }

    def _requirements(self, control: str, cloud: str) -> Object:
        control_outcome = self._outcomes.get(control)
        served = sections(control_outcome.frameworks, {cloud}) if control_outcome else []
        listed = [_text(f"{name} {section}", _REQUIREMENT) for name, section in served[:_REQUIREMENTS]]
        return {"SecurityControlId": _text(control, _REQUIREMENT * 4), **({"RelatedRequirements": listed} if listed else {})}

    def _fields(self, judged: JudgedPair) -> dict[str, str]:
        """What the format has no place for."""
        first = judged.deciding[0]
        unknown = [fact for result in judged.deciding for fact in result.unknown]
        rows = self._rows.get(opinions_view.of_result(first), ())
        told = {
            "verdict": judged.verdict, "standing": judged.standing, "results": str(len(judged.results)),
            "fingerprints": _listed(result.fingerprint for result in judged.results), "severity": first.severity,
            "elements": _listed(result.element for result in judged.deciding),
            "evidence": _listed(map(observed, first.evidence)),
            "unknown": _listed(f"{fact.fact}: {fact.reason}" for fact in unknown),
            "settles-it": _listed(fact.settles_it for fact in unknown), "run": self.report.run.id,
            "policies": self.report.tool.policies, "version": self.report.tool.version,
            **history_view.course_fields(judged.course), "other-scanners": _listed(opinions_view.beside(*row) for row in rows),
        }  # fmt: skip
        return {f"assay/{name}": _text(value, _FIELD) for name, value in told.items() if value}


def _severity(label: str, original: str) -> Object:
    """The provider's own; Security Hub lets nobody but its users set the other."""
    severity = {"Label": label, **({"Original": _text(original, 64)} if original else {})}
    return {"FindingProviderFields": {"Severity": severity, "Types": TYPES}}


def _messages(deciding: Sequence[Result]) -> str:
    more = len(deciding) - _MESSAGES
    told = list(dict.fromkeys(map(message_of, deciding[:_MESSAGES])))
    return "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])


def _listed(texts: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(filter(None, texts)))


_BLANK = lazy_re.pattern(r"\s*")


def _text(text: str, most: int) -> str:
    """A text of the type NonEmptyString, which has a character that is no space."""
    shown = findings.line(text, most)
    return "(none)" if _BLANK.fullmatch(shown) else shown
