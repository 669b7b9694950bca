"""The estate of a run, put together while its collections come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from assay.scanner.analysis.estate import recording
from assay.scanner.analysis.estate.placing import Places, example
from assay.scanner.analysis.estate.recording import Recorder, is_deployed, region_of
from assay.scanner.analysis.estate.summary import Sighting, Summary, Verdicts, put
from assay.scanner.estate_options import EstateOptions

NEEDED = recording.NEEDED


class Finding(Protocol):
    """A result, as far as it is summed up: of the results that a collection gives."""

    @property
    def control(self) -> str:
        """Its id."""

    @property
    def verdict(self) -> str:
        """`pass`, `fail`, …"""

    @property
    def resource(self) -> Any:
        """What it speaks of: its cloud, account, region, address, root, blocks, type and tags."""


class Taking:
    """Makes the summaries of collections, and keeps that of all of them."""

    def __init__(self, estate: EstateOptions) -> None:
        self.estate, self.summary = estate, Summary()
        self._places = Places(estate)

    def recorder(self, source: str) -> Recorder:
        """What enters the resources of a collection. `source`: `code` or `live`."""
        return Recorder(self.estate, source, self._places)

    def take(self, name: str, summary: Summary | None, source: str, findings: Iterable[Finding], incomplete: bool) -> None:
        """Enter a collection with its findings, as the gate leaves them. `incomplete`: not all of it could be read."""
        if summary is not None:
            self.summary.add(summary)
        if incomplete:
            put(self.summary.gaps, (source, name), Sighting(name))
        for finding in findings:
            if finding.verdict != "not_applicable" and is_deployed(finding.resource.cloud, finding.resource.type):
                self._count(finding, source)

    def _count(self, finding: Finding, source: str) -> None:
        who = finding.resource
        scope, region = self._places.scope(source, who), region_of(who.cloud, who.type, who.region)
        put(self.summary.verdicts, (scope, finding.control, region), Verdicts({finding.verdict: example(who)}))
