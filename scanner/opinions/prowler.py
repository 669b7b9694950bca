"""Results of Prowler: `json-ocsf` of today, and the `json` of its versions 2 and 3.

https://github.com/prowler-cloud/prowler/blob/master/examples/output/example_output_aws.ocsf.json: the check is `metadata.event_code`, the
verdict `status_code`, a muted finding has the status `Suppressed` (https://docs.prowler.com/user-guide/cli/tutorials/mutelist,
https://schema.ocsf.io/1.4.0/classes/detection_finding).
The older shape: `Check_Output_JSON_AWS` in prowler/lib/outputs/models.py of version 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner.opinions.interface import Claim, Claims, collected, decoded
from assay.scanner.results.opinion import TheirVerdict

SCANNER = "prowler"
_VERDICTS: dict[str, TheirVerdict] = {"PASS": "pass", "FAIL": "fail", "MUTED": "skipped"}


class _Product(msgspec.Struct):
    version: str = ""


class _Metadata(msgspec.Struct):
    event_code: str = ""
    product: _Product | None = None


class _Resource(msgspec.Struct):
    uid: str = ""
    name: str = ""
    region: str = ""


class _Finding(msgspec.Struct):
    """A finding in either shape."""

    metadata: _Metadata | None = None
    status: str = ""
    status_code: str = ""
    status_detail: str | None = None
    message: str | None = None
    resources: list[_Resource] = []
    check: str = msgspec.field(name="CheckID", default="")
    old_status: str = msgspec.field(name="Status", default="")
    extended: str = msgspec.field(name="StatusExtended", default="")
    resource_id: str = msgspec.field(name="ResourceId", default="")
    resource_arn: str = msgspec.field(name="ResourceArn", default="")
    resource_name: str = msgspec.field(name="ResourceName", default="")
    region: str = msgspec.field(name="Region", default="")
    location: str = msgspec.field(name="Location", default="")


def read(content: bytes, file: str) -> Claims:
    """The results in a file. Raises OpinionError."""
    findings: list[_Finding] = decoded(content, list[_Finding], file, "Prowler (json-ocsf, or json of version 3)")
    versions = (finding.metadata.product.version for finding in findings if finding.metadata and finding.metadata.product)
    claims = [claim for finding in findings for claim in (_ocsf(finding) if finding.metadata else _old(finding))]
    return collected(SCANNER, next(versions, ""), claims, failures_only=not any(claim.verdict == "pass" for claim in claims))


def _ocsf(finding: _Finding) -> Iterator[Claim]:
    verdict = "skipped" if finding.status == "Suppressed" else _VERDICTS.get(finding.status_code, "unknown")
    check = finding.metadata.event_code if finding.metadata else ""
    for resource in finding.resources or [_Resource()]:
        reason = finding.status_detail or finding.message or check
        yield Claim(check, verdict, reason, resource.uid or resource.name, (resource.name,), region=resource.region)


def _old(finding: _Finding) -> Iterator[Claim]:
    if finding.check:
        verdict = _VERDICTS.get(finding.old_status, "unknown")
        names = (finding.resource_id, finding.resource_name)
        resource = finding.resource_arn or finding.resource_id
        yield Claim(finding.check, verdict, finding.extended, resource, names, region=finding.region or finding.location)
