"""What the code and a live account do not agree on, as the control estate.iac-managed judges it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.scanner import lazy_re
from assay.scanner.analysis.estate.kinds import Drift, ManagedAccount
from assay.scanner.analysis.estate.placing import Places
from assay.scanner.analysis.estate.summary import Scope, Summary
from assay.scanner.analysis.estate.view import EstateView
from assay.scanner.compare.model import ComparedRow, Half, SideFinding, SideResource, Status
from assay.scanner.estate_options import EstateOptions
from assay.scanner.results.model import Report, ResourceRef, Result, worst
from assay.scanner.results.telling import told
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

CONTROL = "estate.iac-managed"
_STATUS: dict[str, Status] = {"fail": "fails_live", "waived": "fails_live", "unknown": "unknown", "error": "unknown", "pass": "passes_both"}
_OF_ACCOUNT = lazy_re.pattern(r"cloudresourcemanager\.googleapis\.com/\w+|\w+\.(?:account|region)")
"""Types of what stands for an account, a project or a region itself."""
_MADE_FOR_ALL = lazy_re.pattern(
    r"arn:[\w-]+:(?:events:.*:event-bus/default|iam::\d+:role/aws-service-role/.*|kms:.*:alias/aws/.*)|.*/buckets/_(?:Default|Required)"
)
"""What a provider makes for itself in every account:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-what-is-how-it-works-concepts.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html, https://cloud.google.com/logging/docs/store-log-entries#buckets"""


class Drifts:
    """The drifts of the live accounts of a comparison."""

    def __init__(self, estate: EstateOptions | None) -> None:
        self._view = EstateView(Summary(), estate or EstateOptions())
        self._places = Places(self._view.estate)
        self._made: dict[tuple[str, str], dict[str, bool | Unknown]] = {}
        self._drifted: dict[tuple[str, str], dict[tuple[str, str], bool | Unknown]] = {}

    def enter(self, ref: ResourceRef, made: bool | Unknown, drifted: Iterable[tuple[str, bool | Unknown]]) -> None:
        """A live resource, as one of its kinds: whether code makes it, and the controls of which it is not, or may not be, as code says."""
        if not ref.account or ref.stands_for == "unlisted" or _OF_ACCOUNT.fullmatch(ref.type) or _MADE_FOR_ALL.fullmatch(ref.id):
            return
        account = (ref.cloud, ref.account)
        known = self._made.setdefault(account, {}).get(ref.id, False)
        self._made[account][ref.id] = any_of([Value(known), Value(made)]).data
        self._drifted.setdefault(account, {}).update({(ref.id, control): agrees for control, agrees in drifted})

    def accounts(self) -> list[ManagedAccount]:
        """Every account that the live side looked at."""
        accounts = []
        for (cloud, account), made in sorted(self._made.items()):
            scope = Scope("live", cloud, self._places.of(account, (), {}))
            drifts = [_drift(id_, "", managed, True) for id_, managed in sorted(made.items()) if managed is not True]
            drifts += [_drift(id_, control, True, agrees) for (id_, control), agrees in sorted(self._drifted[cloud, account].items())]
            accounts.append(ManagedAccount(identity=self._view.identity(scope, account), compared=Value(True), drifts=Value(drifts)))
        return accounts


def _drift(id_: str, control: str, managed: bool | Unknown, agrees: bool | Unknown) -> Drift:
    return Drift(name=Value(id_), control=Value(control), managed=Value(managed), agrees=Value(agrees))


def without(report: Report) -> Report:
    """A report without what one side alone says of its accounts."""
    return msgspec.structs.replace(report, results=[result for result in report.results if result.control != CONTROL])


def rows(results: Iterable[Result]) -> list[ComparedRow]:
    """The results on accounts, a row for each account."""
    by_account: dict[str, list[Result]] = {}
    for result in results:
        by_account.setdefault(result.resource.address, []).append(result)
    return [_row(of_account) for of_account in by_account.values()]


def _row(results: list[Result]) -> ComparedRow:
    first, verdict = results[0], worst(result.verdict for result in results)
    ref = first.resource
    findings = [SideFinding(one.verdict, one.fingerprint, told(one), one.element, ref.address, ref.root) for one in results]
    ways = dict.fromkeys(unknown.settles_it for one in results for unknown in one.unknown)
    return ComparedRow(
        status=_STATUS.get(verdict, "not_applicable"),
        control=first.control,
        title=first.title,
        severity=first.severity,
        kind=ref.kind,
        cloud=ref.cloud,
        code=Half(None, [], []),
        live=Half(verdict, [SideResource(ref.id, ref.name, ref.address, ref.root, ref.type, ref.account, ref.region)], findings),
        joined_by=None,
        reason="what code makes, and what is live, as a whole",
        settles_it="; ".join(ways),
    )
