"""AWS Security Finding Format: requests that Security Hub takes, one finding for each control and resource, honest times."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from assay.reports import asff, asff_resources
from assay.scanner.facts.model import BlockRef
from assay.scanner.results import formats
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report
from assay.scanner.sources.coverage import Coverage
from tests.reports import asff_model, samples


def requests(report: Report, context: Context | None = None) -> list[Any]:
    content = b"".join(formats.parts("asff")(report, context or samples.context()))
    made = [json.loads(line) for line in content.decode().split("\n")[:-1]]
    for request in made:
        asff_model.check(request)
    return made


def findings_of(report: Report, context: Context | None = None) -> list[Any]:
    every = [finding for request in requests(report, context) for finding in request["Findings"]]
    assert len({finding["Id"] for finding in every}) == len(every)
    return every


def one(result: samples.Result, **more: Any) -> Any:
    (finding, _) = findings_of(msgspec.structs.replace(samples.report([result], Coverage()), **more))
    return finding


REPORTS = pytest.mark.parametrize(
    "report", [samples.report(), samples.compared(), samples.empty(), samples.many(600)], ids=["one", "compared", "empty", "many"]
)


@REPORTS
def test_every_request_is_as_aws_describes_it(report: Report) -> None:
    judged = {(result.control, result.resource.root, result.resource.address) for result in report.results}
    assert len(findings_of(report)) == len(judged) + len(report.coverage.gaps) + 1


@pytest.mark.parametrize("text", [*samples.HOSTILE, "\U0001f600" * 3_000])
@pytest.mark.parametrize("valid", [True, False])
def test_no_text_breaks_it(text: str, valid: bool) -> None:
    findings_of(*samples.hostile(text, valid=valid))


def test_a_request_has_a_hundred_findings_at_most() -> None:
    assert [len(request["Findings"]) for request in requests(samples.many(250))] == [100, 100, 50, 1]


def test_a_request_has_six_million_bytes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asff, "MOST_BYTES_OF_ALL", 20_000)
    made = list(asff.requests(samples.many(100), samples.context()))
    assert len(made) > 2 and all(sum(map(len, map(json.dumps, batch))) <= 21_000 for batch in made)


def test_the_largest_finding_that_can_be_is_within_its_limit() -> None:
    text = '"\\' * 3_000 + "\U0001f600" * 3_000
    tags = {f"{number} {text}": text for number in range(80)}
    resource = samples.resource("x" * 600, *[BlockRef(text, text, 1, 2)], tags=tags, account="123456789012")
    fact = samples.Evidence(text, text, text, None)
    result = samples.result(text, "fail", resource, text, element=text, evidence=[fact] * 100)
    (finding, _) = findings_of(samples.report([result], Coverage()))
    assert len(json.dumps(finding, ensure_ascii=False).encode()) < asff.MOST_BYTES


def test_elements_of_a_resource_are_one_finding_and_a_pass_updates_it() -> None:
    failed = [samples.result("edge.lb-https-only", "fail", samples.LISTENER, f"{text} serves HTTP", element=text) for text in ("a", "b")]
    (finding, _) = findings_of(samples.report(failed, Coverage()))
    passed = one(samples.result("edge.lb-https-only", "pass", samples.LISTENER))
    assert finding["Description"] == "a serves HTTP; b serves HTTP"
    assert finding["Id"] == passed["Id"] and passed["Compliance"]["Status"] == "PASSED"
    other = one(samples.result("edge.lb-https-only", "pass", samples.LOGS))
    assert other["Id"] != passed["Id"], "Id is of the rule and the resource"


@pytest.mark.parametrize(
    ("verdict", "status", "label", "state"),
    [
        ("fail", "FAILED", "CRITICAL", "ACTIVE"),
        ("waived", "FAILED", "INFORMATIONAL", "ACTIVE"),
        ("unknown", "WARNING", "INFORMATIONAL", "ACTIVE"),
        ("error", "NOT_AVAILABLE", "INFORMATIONAL", "ACTIVE"),
        ("pass", "PASSED", "INFORMATIONAL", "ACTIVE"),
        ("not_applicable", "NOT_AVAILABLE", "INFORMATIONAL", "ARCHIVED"),
    ],
)
def test_verdicts(verdict: Any, status: str, label: str, state: str) -> None:
    waiver = samples.ACCEPTED if verdict == "waived" else None
    finding = one(samples.result("storage.public-access-blocked", verdict, samples.LOGS, waiver=waiver))
    provided = finding["FindingProviderFields"]["Severity"]
    assert (finding["Compliance"]["Status"], provided["Label"], finding["RecordState"]) == (status, label, state)
    assert provided["Original"] == "critical" and finding["ProductFields"]["assay/verdict"] == verdict
    assert ("Workflow" in finding) == (verdict == "waived") == ("Note" in finding)


def test_times_say_what_is_known() -> None:
    report = samples.compared()
    known = next(result for result in report.results if result.standing == "known")
    new = next(result for result in report.results if result.standing == "new" and result.resource.cloud == "google")
    every = {finding["ProductFields"].get("assay/fingerprints"): finding for finding in findings_of(report)}
    first = one(known, gate=report.gate)
    assert first["CreatedAt"] == first["FirstObservedAt"] == "2026-11-01T08:00:00.000Z", "it was in the baseline"
    assert first["UpdatedAt"] == "2026-11-20T08:00:02.500Z"
    assert every[new.fingerprint]["CreatedAt"] == "2026-11-20T08:00:02.500Z"
    assert every[new.fingerprint]["FirstObservedAt"] == every[new.fingerprint]["LastObservedAt"] == "2026-11-20T08:00:01.000Z"
    assert "FirstObservedAt" not in one(samples.results()[1]), "nobody knows since when"


def test_a_hub_keeps_its_times_and_gives_its_account() -> None:
    report = samples.report([samples.results()[1]], Coverage())
    (plain, _) = findings_of(report)
    earlier = asff.HubRecord("2025-01-01T00:00:00.000Z", "2024-12-31T00:00:00.000Z", "2026-01-01T00:00:00.000Z")
    hub = asff.Hub("111122223333", "eu-west-1", {plain["Id"]: earlier})
    (batch,) = asff.requests(report, samples.context(), hub)
    asff_model.check({"Findings": batch})
    assert (batch[0]["AwsAccountId"], batch[0]["CreatedAt"], batch[0]["FirstObservedAt"]) == (
        "111122223333",
        earlier.created,
        earlier.observed,
    )
    assert batch[0]["ProductArn"] == "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"
    assert batch[0]["Id"] == plain["Id"] and plain["AwsAccountId"] == asff.NO_ACCOUNT


def test_a_live_resource_is_in_its_account() -> None:
    resource_ = samples.resource(
        "arn:aws-cn:s3:::logs", root="aws:111122223333", account="111122223333", region="cn-north-1", type="s3.bucket"
    )
    finding = one(samples.result("keys.rotation", "fail", resource_))
    assert finding["ProductArn"].startswith("arn:aws-cn:securityhub:cn-north-1:111122223333:")
    (resource,) = finding["Resources"]
    assert (resource["Type"], resource["Id"], resource["Partition"], resource["Region"]) == (
        "AwsS3Bucket", "arn:aws-cn:s3:::logs", "aws-cn", "cn-north-1",
    )  # fmt: skip


def test_accounts_and_regions_are_requests_of_their_own() -> None:
    results = [
        samples.result("keys.rotation", "fail", samples.resource(f"{account} {region}", account=account, region=region))
        for region in ("eu-west-1", "us-east-1")
        for account in ("111122223333", "444455556666")
    ]
    arns = [{finding["ProductArn"] for finding in request["Findings"]} for request in requests(samples.report(results, Coverage()))]
    assert len(arns) == 5 and all(len(arn) == 1 for arn in arns)


def test_types_are_those_of_security_hub() -> None:
    assert set(asff_resources.TYPES) <= set(asff_model.service().shape_for("ResourceDetails").members)


def test_what_was_not_seen_is_a_finding_and_the_run_no_pass() -> None:
    every = findings_of(samples.report([samples.result("keys.rotation", "pass", samples.LOGS)], samples.some_coverage()))
    assert sorted(finding["GeneratorId"] for finding in every) == [
        "assay/assay.gate", "assay/assay.module_missing", "assay/assay.parse_error", "assay/keys.rotation",
    ]  # fmt: skip
    assert every[-1]["Compliance"]["Status"] == "FAILED", "the gate lets more through"
    quiet = samples.report([samples.result("keys.rotation", "pass", samples.LOGS)], samples.some_coverage())
    quiet = msgspec.structs.replace(quiet, gate=samples.GateReport())
    assert findings_of(quiet)[-1]["Compliance"]["Status"] == "WARNING"
