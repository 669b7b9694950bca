"""Whether a side looked where something would be. What was not looked for is not known to be missing."""

from __future__ import annotations

import functools

from assay.scanner.compare import names
from assay.scanner.compare.resources import JudgedResource
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.model import cloud_of
from assay.scanner.results.model import Report, ResourceRef
from assay.scanner.sources.aws.calls import Listing
from assay.scanner.sources.coverage import CallCount, Gap
from assay.scanner.sources.inputs import code_readers, live_readers

Doubt = tuple[str, str]
"""Why it is not known whether a resource is there, and what settles it."""


@functools.cache
def _readers(cloud: str, kind: str, family: str, inputs: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The types of some inputs that are read as a kind, and the kinds that every resource of such types has a result of.

    A reader may give nothing: every role is a set of permissions, but few are federated.
    """
    types: list[str] = []
    always: set[str] = set()
    for type_, readers in catalogue(*inputs).readers.items():
        if cloud_of(type_) != cloud or (family and names.family(type_) != family) or names.is_binding(type_):
            continue
        types += [type_ for reader in readers if reader.kind.__name__ == kind]
        always |= {reader.kind.__name__ for reader in readers if reader.always}
    return tuple(types), frozenset(always)


def _readers_of(ref: ResourceRef, inputs: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    return _readers(ref.cloud, ref.kind, "" if names.is_binding(ref.type) else names.family(ref.type), inputs)


def _silent(ref: ResourceRef, inputs: tuple[str, ...], judged: set[str]) -> Doubt | None:
    """Why a side may have a resource without a result of its kind: it always has one of another kind, which no control judged."""
    always = _readers_of(ref, inputs)[1]
    if ref.kind in always or not always or not judged.isdisjoint(always):
        return None
    others = ", ".join(sorted(always))
    return f"it has a result as {ref.kind} only where that applies, and no control on {others} was judged", "compare with all controls"


class LiveSide:
    """What the live side looked at: the calls of an audit, or what an export holds."""

    def __init__(self, report: Report, resources: list[JudgedResource]) -> None:
        self._listings = catalogue(*live_readers()).listings
        self._judged = {resource.ref.kind for resource in resources}
        self._gaps = [gap for gap in report.coverage.gaps if not gap.code.startswith("call_")]
        self._calls: dict[tuple[str, str, str], list[CallCount]] = {}
        self._regions: dict[str, set[str]] = {}
        for call in report.coverage.calls:
            if call.account:
                self._calls.setdefault((call.account, call.service, call.operation), []).append(call)
                self._regions.setdefault(call.account, set()).add(call.region)
        self.accounts = sorted({call.account for call in report.coverage.calls if call.account})
        self.projects = sorted({resource.ref.account for resource in resources if resource.ref.cloud == "google" and resource.ref.account})
        self._exported = {
            (resource.ref.account, resource.ref.kind, names.family(resource.ref.type))
            for resource in resources
            if resource.ref.cloud == "google"
        }

    def judges(self, ref: ResourceRef) -> bool:
        """Whether resources of this type can be judged live at all."""
        return bool(self._types(ref))

    def doubt_about(self, ref: ResourceRef) -> Doubt | None:
        """Why a resource that is not there may be there all the same; None where it would have been seen."""
        return (self._aws(ref) if ref.cloud == "aws" else self._google(ref)) or _silent(ref, live_readers(), self._judged)

    def _types(self, ref: ResourceRef) -> tuple[str, ...]:
        """The live types that are of the kind and family of a resource of the code."""
        return _readers_of(ref, live_readers())[0]

    def _aws(self, ref: ResourceRef) -> Doubt | None:
        accounts = [ref.account] if ref.account else self.accounts
        if not accounts or not set(accounts) <= set(self.accounts):
            return f"account {ref.account or '(unknown)'} was not audited", "audit that account too"
        doubts = (
            self._listed(account, self._listings[type_], ref)
            for account in accounts
            for type_ in self._types(ref)
            if type_ in self._listings
        )
        return next((doubt for doubt in doubts if doubt), None) or self._in_gap(accounts, ref)

    def _listed(self, account: str, listing: Listing, ref: ResourceRef) -> Doubt | None:
        """Why the calls that list a type may have missed the resource; None where they were answered wherever it could be."""
        label = listing.call.label
        calls = self._calls.get((account, listing.call.service, listing.call.operation), [])
        if unanswered := next((call for call in calls if call.outcome != "answered" and _in_regions(call.region, ref, listing)), None):
            way = f"grant {unanswered.permission}" if unanswered.outcome == "denied" else "audit again, or go on with --resume"
            return f"{label} was {unanswered.outcome} in account {account} ({unanswered.code})", way
        if listing.parent:  # asked only where there is a parent
            return self._listed(account, self._listings[listing.parent], ref)
        asked = {call.region for call in calls}
        if not asked:
            return f"{label} was not called in account {account}", "audit with the controls and services that need it"
        wanted = {region for region in (ref.region, *(ref.also_in or ())) if region}
        if listing.everywhere:  # once for the account; what is in a region counts where that region was audited
            asked = self._regions.get(account, set()) if listing.region else wanted
        missing = sorted(wanted - asked)
        if missing:
            return f"{', '.join(missing)} of account {account} was not audited for {label}", "audit that region too"
        return None

    def _in_gap(self, accounts: list[str], ref: ResourceRef) -> Doubt | None:
        for gap in self._gaps:
            scope = gap.scope.removeprefix("aws:") if gap.scope.startswith("aws:") else ""
            account, _, region = scope.partition("/")
            elsewhere = (account and account not in accounts) or (region and ref.region and region not in (ref.region, "global"))
            if not elsewhere:
                return _of_gap(gap)
        return None

    def _google(self, ref: ResourceRef) -> Doubt | None:
        if ref.account and ref.account not in self.projects:
            return f"nothing of project {ref.account} is on the live side", "audit or export that project too"
        if self._gaps:
            return _of_gap(self._gaps[0])
        projects = [ref.account] if ref.account else self.projects
        wanted = {names.family(type_) for type_ in self._types(ref)}
        if not any((project, ref.kind, family) in self._exported for project in projects for family in wanted):
            kind = f"{ref.kind} ({ref.type})" if ref.type else ref.kind
            return f"the live side holds no {kind} at all: the type may not have been exported", "export all types of the project"
        return None


class CodeSide:
    """What the code that was given speaks of."""

    def __init__(self, report: Report, resources: list[JudgedResource]) -> None:
        self._gaps = report.coverage.gaps
        self._judged = {resource.ref.kind for resource in resources}
        self._clouds = {resource.ref.cloud for resource in resources} | {cloud_of(type_) for type_ in report.coverage.unsupported_types}
        self._accounts: dict[str, set[str | None]] = {}
        for resource in resources:
            self._accounts.setdefault(resource.ref.cloud, set()).add(resource.ref.account)

    def judges(self, ref: ResourceRef) -> bool:
        """Whether code that makes such a resource is judged, and not only what other code says of it."""
        return bool(_readers_of(ref, code_readers())[0])

    def doubt_about(self, ref: ResourceRef) -> Doubt | None:
        """Why code that makes a live resource may be there all the same."""
        if self._gaps:
            return _of_gap(self._gaps[0])
        if ref.cloud not in self._clouds:
            return f"the code that was given has nothing of {ref.cloud}", "name its code too"
        accounts = self._accounts.get(ref.cloud, {None})
        if ref.account and None not in accounts and ref.account not in accounts:
            return f"the code that was given has nothing of {ref.account}", "name the code of that account too"
        return _silent(ref, code_readers(), self._judged)


def _in_regions(region: str, ref: ResourceRef, listing: Listing) -> bool:
    return listing.everywhere or not ref.region or region in (ref.region, *(ref.also_in or ()))


def _of_gap(gap: Gap) -> Doubt:
    return f"{gap.scope} was not read to the end: {gap.reason}", gap.settles_it
