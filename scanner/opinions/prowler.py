"""Results of Prowler: `json-ocsf` and `csv` of versions 4 and 5, and the `json` of its versions 2 and 3.

OCSF: prowler/lib/outputs/ocsf/ocsf.py (https://github.com/prowler-cloud/prowler/blob/master/prowler/lib/outputs/ocsf/ocsf.py): the check is
`metadata.event_code`, the verdict `status_code` (PASS, FAIL or MANUAL), and a muted finding has the status `Suppressed`, whatever its
verdict. CSV: examples/output/example_output_aws.csv there, with semicolons; a muted finding has `True` in its column MUTED
(https://docs.prowler.com/user-guide/cli/tutorials/mutelist). The oldest shape: `Check_Output_JSON_AWS` in prowler/lib/outputs/models.py of
version 3.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

import msgspec

from assay.scanner.opinions.interface import Claim, Claims, OpinionError, collected, decoded
from assay.scanner.results.opinion import TheirVerdict
from assay.scanner.sources.encodings import utf8

SCANNER = "prowler"
_VERDICTS: dict[str, TheirVerdict] = {"PASS": "pass", "FAIL": "fail", "MUTED": "skipped"}
"""`MANUAL` leaves the decision to a person: it is not known."""
_COLUMNS = ("CHECK_ID", "STATUS", "STATUS_EXTENDED", "MUTED", "RESOURCE_UID", "RESOURCE_NAME", "REGION", "ACCOUNT_UID")
_KINDS = "Prowler (json-ocsf or csv, or json of version 3)"


class _Product(msgspec.Struct):
    version: str = ""


class _Metadata(msgspec.Struct):
    event_code: str = ""
    product: _Product | None = None


class _Account(msgspec.Struct):
    uid: str | None = None


class _Cloud(msgspec.Struct):
    account: _Account | None = None


class _Resource(msgspec.Struct):
    uid: str | None = None
    name: str | None = None
    region: str | None = None


class _Finding(msgspec.Struct):
    """A finding in either shape of JSON."""

    metadata: _Metadata | None = None
    status: str | None = None
    status_code: str | None = None
    status_detail: str | None = None
    message: str | None = None
    resources: list[_Resource] = []
    cloud: _Cloud | None = None
    check: str = msgspec.field(name="CheckID", default="")
    old_status: str = msgspec.field(name="Status", default="")
    extended: str = msgspec.field(name="StatusExtended", default="")
    resource_id: str = msgspec.field(name="ResourceId", default="")
    resource_arn: str = msgspec.field(name="ResourceArn", default="")
    resource_name: str = msgspec.field(name="ResourceName", default="")
    account: str = msgspec.field(name="AccountId", default="")
    region: str = msgspec.field(name="Region", default="")
    location: str = msgspec.field(name="Location", default="")


def read(content: bytes, file: str) -> Claims:
    """The results in a file. Raises OpinionError."""
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"[", b"{", b"") and b";" in content[:4_096]:
        return _of_rows(content, file)
    findings: list[_Finding] = decoded(content, list[_Finding], file, _KINDS)
    versions = (finding.metadata.product.version for finding in findings if finding.metadata and finding.metadata.product)
    claims = [claim for finding in findings for claim in (_ocsf(finding) if finding.metadata else _old(finding))]
    if findings and not claims:
        raise OpinionError(f"{file}: these are no results of {_KINDS}: no entry names a check")
    return _said(next(versions, ""), claims)


def _said(version: str, claims: list[Claim]) -> Claims:
    return collected(SCANNER, version, claims, failures_only=not any(claim.verdict == "pass" for claim in claims))


def _ocsf(finding: _Finding) -> Iterator[Claim]:
    verdict = "skipped" if finding.status == "Suppressed" else _VERDICTS.get(finding.status_code or "", "unknown")
    check = finding.metadata.event_code if finding.metadata else ""
    if not check:
        return
    account = (finding.cloud.account.uid if finding.cloud and finding.cloud.account else None) or ""
    for resource in finding.resources or [_Resource()]:
        reason, uid, name = finding.status_detail or finding.message or check, resource.uid or "", resource.name or ""
        yield Claim(check, verdict, reason, uid or name, (name,), account=account, region=resource.region or "")


def _old(finding: _Finding) -> Iterator[Claim]:
    if finding.check:
        verdict = _VERDICTS.get(finding.old_status, "unknown")
        names, resource = (finding.resource_id, finding.resource_name), finding.resource_arn or finding.resource_id
        region = finding.region or finding.location
        yield Claim(finding.check, verdict, finding.extended, resource, names, account=finding.account, region=region)


def _of_rows(content: bytes, file: str) -> Claims:
    """The results in a table. Raises OpinionError."""
    try:
        rows = csv.DictReader(io.StringIO(utf8(content).decode(), newline=""), delimiter=";", strict=True)
        columns, table = rows.fieldnames or (), list(rows)
    except (csv.Error, ValueError) as error:
        raise OpinionError(f"{file}: these are no results of {_KINDS}: {error}") from None
    if missing := [name for name in _COLUMNS if name not in columns]:
        raise OpinionError(f"{file}: these are no results of {_KINDS}: the table has no column {', '.join(missing)}")
    if cut := next((number for number, row in enumerate(table, 1) if None in row.values()), 0):
        raise OpinionError(f"{file}: row {cut} of the table has fewer cells than it has columns: the file was cut")
    return _said(table[0].get("PROWLER_VERSION", "") if table else "", list(map(_row, table)))


def _row(row: Mapping[str, str]) -> Claim:
    check, status, reason, muted, uid, name, region, account = (row[column] for column in _COLUMNS)
    verdict = "skipped" if muted.casefold() == "true" else _VERDICTS.get(status, "unknown")
    return Claim(check, verdict, reason or check, uid or name, (name,), account=account, region=region)
