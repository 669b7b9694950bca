"""Whether a run looked where a finding of the other was. What it did not look for is neither fixed nor gone."""

from __future__ import annotations

import functools
import posixpath
from typing import Literal

from assay.scanner.analysis.estate.kinds import ESTATE
from assay.scanner.compare.resources import LIVE_ROOTS, judged_resources
from assay.scanner.compare.seen import LiveSide
from assay.scanner.diff.scopes import Scopes, is_apart
from assay.scanner.gate.baseline import known_gap
from assay.scanner.results.model import Report, ResourceRef, Result
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.terraform.files import is_code

Absence = tuple[Literal["gone", "left_scope", "unobserved"], str]
"""What the absence of a resource means, and why."""
_SHARD = "shard_missing"
_WHOLE = frozenset({"nothing_found", "nothing_judged", "not_found", "interrupted", _SHARD})
"""Codes of gaps that may hide anything of the input."""
_LEAVING_OUT = ("exclude", "roots.")
"""What settings are called that leave parts of a tree out."""


class Looked:
    """What one run looked at, asked by findings of the other."""

    def __init__(self, report: Report, scopes: Scopes, other: Report, other_scopes: Scopes, shares: bool) -> None:
        """`shares`: something of the code is in both, or both name the same. Else nothing tells that a directory is the same one: outside
        of a repository, scopes are relative to what was named."""
        self._report, self._scopes, self._other_scopes, self._shares = report, scopes, other_scopes, shares
        self._roots = {scopes.of(result.resource.root) for result in report.results}
        before = {_gap_key(gap, other_scopes) for gap in other.coverage.gaps if known_gap(gap, lambda _: "") is not None}
        self._gaps = [gap for gap in report.coverage.gaps if _gap_key(gap, scopes) not in before]
        self._left_out = sorted(_left_out(report) - _left_out(other))

    @functools.cached_property
    def _live(self) -> LiveSide:
        return LiveSide(self._report, judged_resources(self._report))

    def absent(self, result: Result) -> Absence:
        """What it means that the run says nothing of the resource of a result of the other run."""
        resource = result.resource
        if resource.root.startswith(LIVE_ROOTS):
            return self._absent_live(resource)
        return self._absent_in_estate() if resource.root == ESTATE else self._absent_in_code(resource)

    def _absent_in_estate(self) -> Absence:
        if ESTATE not in self._roots:
            return "left_scope", "the deployment as a whole was not judged"
        if self._gaps:
            return "unobserved", str(self._gaps[0])
        return "gone", "the deployment as a whole was judged, and it is not there"

    def _absent_live(self, resource: ResourceRef) -> Absence:
        scope = f"{resource.cloud}:{resource.account}"
        if gap := next((gap for gap in self._gaps if gap.scope == scope or gap.code == _SHARD), None):
            return "unobserved", str(gap)
        if left := next((left for left in self._report.coverage.left_out if left.scope == scope), None):
            return "left_scope", f"{left.scope} was left out: {left.reason}"
        doubt = self._live.doubt_about(resource)
        if doubt is None:
            return "gone", "it was listed where it was, and is not there"
        reason, way = doubt
        scopes = self._live.accounts if resource.cloud == "aws" else self._live.projects
        regions = {call.region for call in self._report.coverage.calls if call.account == resource.account}
        elsewhere = bool(resource.region) and bool(regions) and resource.region not in regions | {"global"}
        is_out = (resource.account is not None and resource.account not in scopes) or elsewhere
        return ("left_scope" if is_out else "unobserved"), f"{reason}; {way}"

    def _absent_in_code(self, resource: ResourceRef) -> Absence:
        root = self._other_scopes.of(resource.root)
        files = {self._other_scopes.of(block.file) for block in resource.blocks if block.file}
        places = {root, *(posixpath.dirname(file) or "." for file in files if file != root)}
        if gap := next((gap for gap in self._gaps if self._hides(gap, places)), None):
            return "unobserved", str(gap)
        if since := next((comparison.name for comparison in self._report.gate.comparisons if comparison.kind == "revision"), None):
            return "left_scope", f"only what changed since {since} was judged"
        if self._left_out:
            return "left_scope", f"the run leaves out more: {', '.join(self._left_out)}"
        if not self._shares or not any(self._covers(target, root, resource) for target in self._report.run.targets):
            return "left_scope", f"nothing tells that the run looked at its root ({root})"
        return "gone", f"the run looked at its root ({root})"

    def _covers(self, target: str, root: str, resource: ResourceRef) -> bool:
        """Whether a target holds a root, or is the file that the resource is in."""
        if is_code(posixpath.basename(target)):
            own = {self._other_scopes.of(block.file) for block in resource.blocks if block.address == resource.address}
            return own == {self._scopes.of(target)}
        scope = self._scopes.of_target(target)
        return scope is not None and (scope in (".", root) or root.startswith(f"{scope}/"))

    def _hides(self, gap: Gap, places: set[str]) -> bool:
        """Whether a gap may hide what is made in some directories: it is of one, of a file in one, or of what they are in."""
        if gap.code in _WHOLE:
            return True
        if is_apart(gap.scope):
            return False
        scope = self._scopes.of(gap.scope)
        if scope in ("", ".") or scope in places or (posixpath.dirname(scope) or ".") in places:
            return True
        return any(place.startswith(f"{scope}/") for place in places)


def _gap_key(gap: Gap, scopes: Scopes) -> tuple[str, str, str]:
    return gap.code, scopes.of(gap.scope), gap.reason


def _left_out(report: Report) -> set[str]:
    """What a run was told to leave out."""
    settings = report.run.in_force.settings
    return {f"{setting.name} {setting.value}" for setting in settings if setting.name.startswith(_LEAVING_OUT)}
