"""SARIF: valid by the published schema, consistent inside, and silent about nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import msgspec
import pytest

from assay.reports import sarif
from assay.reports.sarif import artifact, render
from assay.scanner.facts.model import BlockRef
from assay.scanner.results.model import GateReport, Report
from assay.scanner.rules.model import Framework, Section
from assay.scanner.sources.coverage import Coverage, FileCounts, Gap
from assay.scanner.sources.raw import Location
from tests.reports import samples

VALIDATOR = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text("utf-8")), validate_formats=True
)


def run(report: Report, **more: Any) -> Any:
    log = json.loads(render(report, samples.context(**more)))
    VALIDATOR.validate(log)
    check_indexes(log["runs"][0])
    return log["runs"][0]


def check_indexes(tool_run: Any) -> None:
    """What the schema cannot see: that indexes, ids and kinds agree."""
    driver = tool_run["tool"]["driver"]
    for result in tool_run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["kind"] == "fail") == (result["level"] != "none")
    for rule in driver["rules"]:
        for relation in rule.get("relationships", ()):
            taxonomy = tool_run["taxonomies"][relation["target"]["toolComponent"]["index"]]
            assert taxonomy["name"] == relation["target"]["toolComponent"]["name"]
            assert relation["target"]["id"] == taxonomy["taxa"][relation["target"]["index"]]["id"]
    codes = {notification["id"] for notification in driver.get("notifications", ())}
    invocation = tool_run["invocations"][0]
    told = [*invocation["toolExecutionNotifications"], *invocation.get("toolConfigurationNotifications", ())]
    assert codes == {note["descriptor"]["id"] for note in told}


def of(tool_run: Any, control: str, kind: str = "fail") -> Any:
    return [result for result in tool_run["results"] if result["ruleId"] == control and result["kind"] == kind]


def notes(tool_run: Any, code: str) -> Any:
    return [
        notification
        for notification in tool_run["invocations"][0]["toolExecutionNotifications"]
        if notification["descriptor"]["id"] == code
    ]


@pytest.mark.parametrize("report", [samples.report(), samples.empty(), samples.many(60)], ids=["realistic", "empty", "many"])
def test_reports_follow_the_published_schema(report: Report) -> None:
    tool_run = run(report)
    assert len(tool_run["results"]) == sum(result.verdict in ("fail", "waived", "unknown") for result in report.results)


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_no_text_breaks_the_schema(hostile: str) -> None:
    report, context = samples.hostile(hostile)
    log = json.loads(render(report, context))
    VALIDATOR.validate(log)
    check_indexes(log["runs"][0])


def test_a_log_that_is_not_sarif_is_refused() -> None:
    log = json.loads(render(samples.report(), samples.context()))
    log["runs"][0]["results"][0]["kind"] = "unknown"
    assert not VALIDATOR.is_valid(log)


def test_kinds_and_levels() -> None:
    tool_run = run(samples.report())
    pairs = {(result["properties"]["verdict"], result["kind"], result["level"]) for result in tool_run["results"]}
    assert pairs == {
        ("fail", "fail", "error"),
        ("waived", "fail", "error"),
        ("unknown", "open", "none"),
    }
    assert tool_run["properties"]["verdicts"]["pass"] == 1
    suppressed = [result["properties"]["verdict"] for result in tool_run["results"] if "suppressions" in result]
    assert suppressed == ["waived"]


@pytest.mark.parametrize(
    ("control", "level", "score"),
    [
        ("storage.public-access-blocked", "error", "9.5"),
        ("edge.lb-https-only", "error", "8.0"),
        ("storage.versioning-enabled", "warning", "5.5"),
        ("keys.rotation", "note", "2.0"),
    ],
)
def test_severities(control: str, level: str, score: str) -> None:
    tool_run = run(samples.report([samples.result(control, "fail", samples.LOGS, "no")]))
    rule = tool_run["tool"]["driver"]["rules"][0]
    assert tool_run["results"][0]["level"] == rule["defaultConfiguration"]["level"] == level
    assert rule["properties"]["security-severity"] == score


def test_rules_have_help_tags_and_all_their_frameworks() -> None:
    tool_run = run(samples.report())
    rule = next(rule for rule in tool_run["tool"]["driver"]["rules"] if rule["id"] == "storage.public-access-blocked")
    assert "Fix (terraform):\nSet all four flags:" in rule["help"]["text"]
    assert "**Fix (terraform)**\n\n```\nSet all four flags:" in rule["help"]["markdown"]
    assert "helpUri" not in rule
    assert (rule["properties"]["tags"][0], len(rule["properties"]["tags"])) == ("security", 10)
    assert len(rule["relationships"]) == 14
    assert [taxonomy["name"] for taxonomy in tool_run["taxonomies"]] == ["nist_800_53_r5", "pci_dss_4_0"]


def test_frameworks_are_taxonomies_with_titles() -> None:
    sections = {"1.3.1": Section(title="Traffic in is limited", assessment="manual", level="L1"), "9": Section(title="Not referred to")}
    known = Framework(
        id="pci_dss_4_0", title="PCI", version="4.0.1", publisher="PCI SSC", url="https://example.org/a?b=c", sections=sections
    )
    nist, pci = run(samples.report(), frameworks={"pci_dss_4_0": known})["taxonomies"]
    assert pci == {
        "name": "pci_dss_4_0",
        "fullName": "PCI",
        "shortDescription": {"text": "PCI"},
        "version": "4.0.1",
        "organization": "PCI SSC",
        "informationUri": "https://example.org/a?b=c",
        "isComprehensive": False,
        "taxa": [
            {"id": "1.3.1", "shortDescription": {"text": "Traffic in is limited"}, "properties": {"assessment": "manual", "level": "L1"}},
            {"id": "4.2.1"},
        ],
    }
    assert set(nist) == {"name", "isComprehensive", "taxa"}


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_no_text_of_a_framework_breaks_the_schema(hostile: str) -> None:
    known = Framework(
        id="pci_dss_4_0",
        title=hostile,
        version=hostile,
        publisher=hostile,
        url=f"https://{hostile}",
        sections={"1.3.1": Section(title=hostile)},
    )
    run(samples.report(), frameworks={"pci_dss_4_0": known})


def test_the_fence_is_longer_than_any_in_the_text() -> None:
    controls = samples.controls()
    controls["keys.rotation"] = msgspec.structs.replace(controls["keys.rotation"], remediation={"terraform": "````\nx\n````"})
    tool_run = run(samples.report(), controls=controls)
    rule = next(rule for rule in tool_run["tool"]["driver"]["rules"] if rule["id"] == "keys.rotation")
    assert "\n`````\n````\nx\n````\n`````" in rule["help"]["markdown"]


def test_locations_name_the_line_of_the_attribute_and_the_resource() -> None:
    logs = of(run(samples.report()), "storage.public-access-blocked")[-2]
    location = logs["locations"][0]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "storage/main.tf", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 7, "endLine": 7},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "storage/aws_s3_bucket.logs"
    assert [location["physicalLocation"]["region"]["startLine"] for location in logs["relatedLocations"]] == [1, 5]
    assert logs["partialFingerprints"] == {"policyFingerprint/v1": samples.results()[1].fingerprint}


def test_the_way_of_a_finding_is_a_code_flow() -> None:
    (result,) = [result for result in run(samples.report())["results"] if "codeFlows" in result]
    assert result["ruleId"] == "edge.lb-https-only"
    ((thread,),) = [flow["threadFlows"] for flow in result["codeFlows"]]
    steps = [location["location"] for location in thread["locations"]]
    said = [step["message"]["text"] for step in steps]
    assert said == ["the internet", "the rule of aws_security_group.web", "b:8080", "its target group", "aws_ecs_service.order"]
    lines = [step["physicalLocation"]["region"]["startLine"] if "physicalLocation" in step else None for step in steps]
    assert lines == [None, 12, 1, None, 21]
    assert {step["logicalLocations"][0]["fullyQualifiedName"] for step in steps} == {"the internet", "b:8080", "aws_ecs_service.order"}


def test_a_live_result_has_a_logical_location_only() -> None:
    live = of(run(samples.report()), "storage.public-access-blocked")[0]
    assert "physicalLocation" not in live["locations"][0]
    assert live["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "//storage.googleapis.com/fills"


def test_a_plan_has_no_lines() -> None:
    result = samples.result("keys.rotation", "fail", samples.DATA[0], "no")
    physical = run(samples.report([result]))["results"][0]["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "plans/prod%20%231/%C3%BC.json", "uriBaseId": "SRCROOT"}}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b#c?.tf", "a%20b%23c%3F.tf"),
        ("./a//b.tf", "a/b.tf"),
        ("../x.tf", "../x.tf"),
        ("a:b.tf", "a%3Ab.tf"),
        ("50%.tf", "50%25.tf"),
        ("\udcff.tf", "%FF.tf"),
        ("\ud800.tf", "%3F.tf"),
        ("\x1b.tf", "%1B.tf"),
    ],
)
def test_uris_are_relative_and_encoded(file: str, uri: str) -> None:
    assert artifact(file) == {"uri": uri, "uriBaseId": "SRCROOT"}


def test_an_absolute_file_stays_absolute() -> None:
    assert artifact("/srv/a b.tf") == {"uri": "file:///srv/a%20b.tf"}


def test_related_locations_are_limited_and_say_so() -> None:
    blocks = [BlockRef(f"aws_x.b{number}", "a.tf", number, number) for number in range(1, 15)]
    result = run(samples.report([samples.result("keys.rotation", "fail", samples.resource("aws_x.b1", *blocks), "no")]))["results"][0]
    assert len(result["relatedLocations"]) == 10
    assert result["properties"]["relatedLocationsLeftOut"] == 3


def test_errors_and_gaps_are_notifications() -> None:
    tool_run = run(samples.report())
    (error,) = notes(tool_run, "rule_error")
    assert (error["level"], error["associatedRule"]["id"]) == ("error", "team.own-rule")
    (parse,) = notes(tool_run, "parse_error")
    assert parse["locations"][0]["physicalLocation"]["region"] == {"startLine": 12, "endLine": 12}
    assert parse["level"] == "error"
    assert notes(tool_run, "module_missing")[0]["level"] == "warning"
    assert "aws_xray_group 5, aws_sfn_state_machine 2" in notes(tool_run, "unsupported_types")[0]["message"]["text"]
    assert "2 blocks" in notes(tool_run, "instances_unknown")[0]["message"]["text"]


PASSED = samples.result("keys.rotation", "pass", samples.LOGS)


@pytest.mark.parametrize(
    ("verdict", "coverage", "successful"),
    [
        ("fail", Coverage(), True),
        ("error", Coverage(), False),
        ("pass", Coverage(FileCounts(2, 1, 1)), False),
        ("pass", Coverage(gaps=[Gap("plan.json", "input_failed", "no json", "write it again")]), False),
        ("pass", Coverage(gaps=[Gap("m", "module_missing", "not here", "init")]), True),
    ],
)
def test_a_run_is_successful_when_every_input_was_read(verdict: Any, coverage: Coverage, successful: bool) -> None:
    result = msgspec.structs.replace(PASSED, verdict=verdict)
    assert run(samples.report([result], coverage))["invocations"][0]["executionSuccessful"] is successful


def test_times_are_given_only_where_they_are_times() -> None:
    report = samples.report()
    assert run(report)["invocations"][0]["endTimeUtc"] == "2026-11-20T08:00:02.5Z"
    odd = msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, started="yesterday"))
    assert "startTimeUtc" not in run(odd)["invocations"][0]


def test_the_category_is_the_same_for_the_same_targets() -> None:
    report = samples.report()
    assert run(report)["automationDetails"]["id"] == "assay/storage+network/0190c2f4"
    long = msgspec.structs.replace(report, run=msgspec.structs.replace(report.run, targets=[f"stack/{number}" for number in range(90)]))
    category, _, last = run(long)["automationDetails"]["id"].rpartition("/")
    assert (len(category), last) == (len("assay/") + 16, "0190c2f4")


def test_an_unknown_says_what_settles_it() -> None:
    (unknown,) = of(run(samples.report()), "storage.public-access-blocked", "open")
    assert unknown["message"]["text"].endswith("grants: denied; grant s3:GetBucketPolicy")


def test_a_name_cannot_become_a_link() -> None:
    result = samples.result("keys.rotation", "fail", samples.LOGS, "see [here](https://x.invalid) and a[0]")
    assert run(samples.report([result]))["results"][0]["message"]["text"].endswith("see \\[here](https://x.invalid) and a[0]")


def test_what_is_too_much_is_cut_by_severity_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 8)
    tool_run = run(samples.report())
    assert [result["properties"]["verdict"] for result in tool_run["results"]] == ["fail"] * 4 + ["waived"] + ["unknown"] * 3
    (note,) = notes(tool_run, "results_left_out")
    assert "left out: 3 unknown" in note["message"]["text"]


@pytest.mark.long
def test_the_limit_is_that_of_github() -> None:
    tool_run = run(samples.many(100_001))
    assert len(tool_run["results"]) == 25_000
    assert "left out: 1 fail" in notes(tool_run, "results_left_out")[0]["message"]["text"]


def test_every_uri_is_a_file_of_the_report() -> None:
    report = samples.report()
    files = {block.file for result in report.results for block in result.resource.blocks} | {
        "storage/variables.tf",
        "network/broken.tf",
        "assay.yaml",
    }

    def uris(node: Any) -> Any:
        if isinstance(node, dict):
            yield from [node["uri"]] if "uri" in node else []
            node = list(node.values())
        for child in node if isinstance(node, list) else ():
            yield from uris(child)

    uri_set = {unquote(uri) for uri in uris(run(report))}
    assert uri_set == files


def test_the_location_of_a_variable_is_kept_for_an_unknown() -> None:
    unknown = samples.UnknownFact("f", "r", "s", Location("v.tf", 3, 5))
    result = run(samples.report([samples.result("keys.rotation", "unknown", samples.LOGS, unknown=[unknown])]))["results"][0]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "endLine": 5}


def test_columns_are_given_where_they_are_known() -> None:
    unknown = samples.UnknownFact("f", "r", "s", Location("v.tf", 3, 5, 7, 2, 40, 90))
    tool_run = run(samples.report([samples.result("keys.rotation", "unknown", samples.LOGS, unknown=[unknown])]))
    region = tool_run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "endLine": 5, "startColumn": 7, "endColumn": 2}
    assert tool_run["columnKind"] == "unicodeCodePoints"


def test_a_waiver_is_a_suppression_with_its_reason_and_place() -> None:
    (waived,) = [result for result in run(samples.report())["results"] if result["properties"]["verdict"] == "waived"]
    (suppression,) = waived["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"] == "waived by platform until 2027-03-31: moved by March (OPS-7), assay.yaml:12"
    assert suppression["location"]["physicalLocation"]["region"] == {"startLine": 12, "endLine": 12}


@pytest.mark.parametrize(
    ("by", "kind"), [("configuration", "external"), ("comment", "inSource"), ("mark", "inSource"), ("checkov", "inSource")]
)
def test_where_a_waiver_stands(by: Any, kind: str) -> None:
    waiver = msgspec.structs.replace(samples.ACCEPTED, by=by, file="", line=0)
    result = run(samples.report([samples.result("keys.rotation", "waived", samples.LOGS, waiver=waiver)]))["results"][0]
    assert result["suppressions"][0]["kind"] == kind and "location" not in result["suppressions"][0]


def test_a_waiver_that_is_over_suppresses_nothing() -> None:
    results = run(samples.compared())["results"]
    assert [result for result in results if "suppressions" in result] == [
        result for result in results if result["properties"]["verdict"] == "waived"
    ]


def test_all_results_stand_beside_the_baseline_or_none() -> None:
    assert {result.get("baselineState") for result in run(samples.compared())["results"]} == {"new", "unchanged"}
    (known,) = [result for result in run(samples.compared())["results"] if result["baselineState"] == "unchanged"]
    assert known["properties"]["element"] == "a:80"
    alone = msgspec.structs.replace(samples.report(), gate=GateReport())
    assert not any("baselineState" in result for result in run(alone)["results"])
    over = msgspec.structs.replace(samples.gate().comparisons[0], expired=True)
    ended = msgspec.structs.replace(samples.compared(), gate=msgspec.structs.replace(samples.gate(), comparisons=[over]))
    assert not any("baselineState" in result for result in run(ended)["results"])


def test_what_is_gone_is_counted_and_no_result() -> None:
    tool_run = run(samples.compared())
    assert tool_run["properties"]["comparisons"][0]["gone"] == 1
    assert tool_run["properties"]["waivers"][1].startswith(
        "edge.lb-https-only for the block below: waived by edge until 2026-06-30, which is over"
    )
    assert not any(result.get("baselineState") == "absent" for result in tool_run["results"])


def test_a_weaker_configuration_and_warnings_of_the_gate_are_notifications() -> None:
    told = run(samples.report())["invocations"][0]["toolConfigurationNotifications"]
    assert [(note["descriptor"]["id"], note["level"], note["message"]["text"]) for note in told] == [
        ("configuration_change", "error", "assay.yaml: fail_on is high, and was low"),
        ("gate", "warning", "assay.yaml:14: the waiver is for nothing that was found"),
    ]


@pytest.mark.parametrize("hostile", samples.HOSTILE)
def test_no_text_of_the_gate_breaks_the_schema(hostile: str) -> None:
    report, context = samples.hostile(hostile)
    results = [msgspec.structs.replace(result, standing="known") for result in report.results]
    log = json.loads(render(msgspec.structs.replace(report, results=results), context))
    VALIDATOR.validate(log)


def test_what_another_scanner_says_stands_in_properties() -> None:
    """Of a result, whose relation is told; of the run, what it alone finds and what it lacks. It is no result, since each is an alert."""
    compared = samples.compared()
    beside, alone = run(compared), run(msgspec.structs.replace(compared, opinions=[]))
    assert len(beside["results"]) == len(alone["results"])
    told = [result["properties"]["opinions"] for result in beside["results"] if "opinions" in result["properties"]]
    assert {(entry["scanner"], entry["version"], entry["relation"]) for entries in told for entry in entries} == {
        ("checkov", "3.2.1", "differ"),
        ("checkov", "3.2.1", "only_ours"),
    }
    assert any(entry["text"] == "checkov 3.2.1 differs: pass: CKV_AWS_53 the account blocks it" for entries in told for entry in entries)
    (opinion,) = beside["properties"]["opinions"]
    assert [row["relation"] for row in opinion["rows"]] == ["differ", "only_theirs", "only_ours"]
    assert opinion["problems"] == ["checkov could not parse broken.tf"]
    assert (opinion["others"], opinion["leftOut"]) == (["fail: CKV2_AWS_61 no lifecycle (storage/main.tf:1 aws_s3_bucket.logs)"], 0)
