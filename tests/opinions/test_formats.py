"""Results of other scanners in their own formats, held against a scan of the same code."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from assay import reports
from assay.scanner.opinions import match
from assay.scanner.opinions.addresses import bare, may_be
from assay.scanner.opinions.interface import MAX_NAME, Claim, OpinionError
from assay.scanner.opinions.places import ClaimedResources
from assay.scanner.opinions.saved import FORMATS, read
from tests.opinions.programs import script
from tests.patience import SOON
from tests.scans import FAILING, ROOT, assay, assay_json, judge, write

DATA = Path(__file__).parent / "data"
VALIDATOR = jsonschema_rs.validator_for(json.loads((Path(reports.__file__).parent / "schemas/assay-results-2.json").read_text("utf-8")))


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """checkov's results with the paths that they have on this machine."""
    path = tmp_path / "checkov.json"
    path.write_text((DATA / "checkov.json").read_text("utf-8").replace("{top}", DATA.as_posix()), "utf-8")
    return path


def opinion(format_: str, file: Path, *arguments: Any) -> dict[str, Any]:
    """The one opinion of a scan."""
    _, report, _ = assay_json("--import", format_, file, *arguments)
    VALIDATOR.validate(report)
    (opinion,) = report["opinions"]
    return opinion


def rows(document: dict[str, Any], control: str) -> dict[str, tuple[str, str | None, str | None]]:
    """Address to relation, our verdict and theirs."""
    return {row["address"]: (row["relation"], row["ours"], row["theirs"]) for row in document["rows"] if row["control"] == control}


def test_checkov_is_matched_by_instance_module_and_logical_id(recorded: Path) -> None:
    imported = opinion("checkov", recorded, DATA / "terraform", DATA / "templates")
    assert (imported["scanner"], imported["version"], imported["failures_only"], imported["problems"]) == ("checkov", "3.3.30", False, [])
    assert rows(imported, "storage.versioning-enabled") == {
        "aws_s3_bucket.shard[0]": ("agree", "pass", "pass"),
        "aws_s3_bucket.shard[1]": ("agree", "pass", "pass"),
        "aws_s3_bucket.open": ("agree", "fail", "fail"),
        'module.exports["eu"].aws_s3_bucket.this': ("differ", "fail", "skipped"),
        'module.exports["us"].aws_s3_bucket.this': ("differ", "fail", "skipped"),
        "AWS::S3::Bucket.Orders": ("agree", "pass", "pass"),
        "AWS::S3::Bucket.Exports": ("agree", "fail", "fail"),
    }
    assert imported["only_theirs"] == 0


def test_checks_of_a_companion_are_of_the_resource_that_it_belongs_to(recorded: Path) -> None:
    """checkov judges aws_s3_bucket_public_access_block by four checks, where one control asks about the bucket."""
    imported = opinion("checkov", recorded, DATA / "terraform", "--control", "storage.public-access-blocked")
    (row,) = [row for row in imported["rows"] if row["address"] == "aws_s3_bucket.open"]
    assert (row["relation"], row["ours"], row["theirs"]) == ("differ", "unknown", "fail")
    assert 'variable "public" has no value' in row["our_reason"]
    assert {check["id"]: check["verdict"] for check in row["checks"]} == {
        "CKV2_AWS_6": "fail",
        "CKV_AWS_53": "fail",
        "CKV_AWS_54": "pass",
        "CKV_AWS_55": "pass",
        "CKV_AWS_56": "pass",
    }
    assert row["checks"][1]["resource"] == "aws_s3_bucket_public_access_block.open"
    assert row["checks"][1]["line"] == 31


def test_what_was_not_scanned_here_is_theirs_alone(recorded: Path) -> None:
    imported = opinion("checkov", recorded, DATA / "terraform", "--control", "storage.versioning-enabled")
    assert rows(imported, "storage.versioning-enabled")["AWS::S3::Bucket.Exports"] == ("only_theirs", None, "fail")
    assert imported["only_theirs"] == 2


def test_counts_add_up(recorded: Path) -> None:
    imported = opinion("checkov", recorded, DATA / "terraform", DATA / "templates")
    relations = [row["relation"] for row in imported["rows"]]
    assert {name: relations.count(name) for name in ("agree", "differ", "only_theirs", "only_ours")} == {
        name: imported[name] for name in ("agree", "differ", "only_theirs", "only_ours")
    }
    assert relations == sorted(relations, key=["differ", "only_theirs", "only_ours", "agree"].index)
    assert imported["others"] == [] and imported["without_control"] > 0


def test_checks_without_a_control_are_shown_when_they_are_asked_for(recorded: Path) -> None:
    imported = opinion("checkov", recorded, DATA / "terraform", "--all")
    assert len(imported["others"]) == imported["without_control"]
    events = [check for check in imported["others"] if check["id"] == "CKV2_AWS_62"]
    assert {check["resource"] for check in events} >= {"aws_s3_bucket.shard[0]", "aws_s3_bucket.open"}
    text = assay("scan", "--no-config", DATA / "terraform", "--import", "checkov", recorded, "--all").stdout
    assert "FAIL CKV2_AWS_62: Ensure S3 buckets should have event notifications enabled" in text


def test_trivy() -> None:
    imported = opinion("trivy", DATA / "trivy.json", DATA / "terraform", "--all")
    assert (imported["scanner"], imported["version"], imported["failures_only"]) == ("trivy", "0.68.1", False)
    versioned = rows(imported, "storage.versioning-enabled")
    assert versioned["aws_s3_bucket.shard[0]"] == ("differ", "pass", "fail")
    assert versioned["aws_s3_bucket.shard[1]"] == ("agree", "pass", "pass")
    assert versioned['module.exports["eu"].aws_s3_bucket.this'] == ("differ", "fail", "skipped")
    assert versioned["aws_s3_bucket.open"] == ("only_ours", "fail", None)
    assert rows(imported, "keys.rotation-and-policy") == {"aws_kms_key.data": ("agree", "fail", "fail")}
    assert [check["id"] for check in imported["others"]] == ["AWS-9999"]
    (row,) = [row for row in imported["rows"] if "eu" in row["address"] and row["theirs"]]
    assert row["checks"][0]["reason"].endswith("(suppressed: versions are kept elsewhere)")


LIVE = ROOT / "fixtures/controls/storage/versioning-enabled/aws"


def test_prowler_names_live_resources_by_their_arn() -> None:
    imported = opinion("prowler", DATA / "prowler-ocsf.json", LIVE / "aws-fail.ndjson", "--all")
    assert (imported["scanner"], imported["version"]) == ("prowler", "5.8.0")
    assert rows(imported, "storage.versioning-enabled") == {"arn:aws:s3:::trade-orders": ("agree", "fail", "fail")}
    (public,) = [row for row in imported["rows"] if row["control"] == "storage.bucket-not-public"]
    assert public["theirs"] == "skipped"
    assert [check["verdict"] for check in imported["others"]] == ["unknown"]


def test_prowler_in_a_table() -> None:
    """The fourth row is of another account: a bucket of the same name there says nothing of ours."""
    imported = opinion("prowler", DATA / "prowler.csv", LIVE / "aws-fail.ndjson", "--all")
    assert (imported["scanner"], imported["version"], imported["results"]) == ("prowler", "5.8.0", 4)
    assert rows(imported, "storage.versioning-enabled") == {
        "arn:aws:s3:::trade-orders": ("agree", "fail", "fail"),
        "trade-orders": ("only_theirs", None, "pass"),
    }
    (public,) = [row for row in imported["rows"] if row["control"] == "storage.bucket-not-public"]
    assert public["theirs"] == "skipped"
    assert [(check["id"], check["verdict"]) for check in imported["others"]] == [("account_maintain_current_contact_details", "unknown")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("RESOURCE_UID", "RESOURCE_ARN"), "the table has no column RESOURCE_UID"),
        (lambda text: text[: text.rindex("trade-orders")], "row 4 of the table has fewer cells than it has columns"),
        (lambda text: text.rstrip() + ';"', "these are no results of Prowler"),
    ],
)
def test_a_table_that_is_none_of_prowlers_or_was_cut(change: Callable[[str], str], said: str, tmp_path: Path) -> None:
    file = tmp_path / "prowler.csv"
    file.write_text(change((DATA / "prowler.csv").read_text("utf-8")), "utf-8")
    with pytest.raises(OpinionError, match=said):
        read("prowler", str(file))


def test_prowler_of_version_3_and_names_of_another_region() -> None:
    imported = opinion("prowler", DATA / "prowler-3.json", LIVE / "aws-fail.ndjson")
    assert rows(imported, "storage.versioning-enabled") == {"arn:aws:s3:::trade-orders": ("differ", "fail", "pass")}
    (elsewhere,) = [row for row in imported["rows"] if row["theirs"] == "fail"]
    assert (elsewhere["relation"], elsewhere["control"], elsewhere["ours"]) == ("only_theirs", "storage.bucket-not-public", None)


def test_sarif_of_a_tool_that_no_control_names() -> None:
    imported = opinion("sarif", DATA / "tool.sarif", DATA / "terraform")
    assert (imported["scanner"], imported["version"], imported["results"]) == ("sometool", "1.2.3", 3)
    assert rows(imported, "keys.rotation-and-policy") == {"aws_kms_key.data": ("agree", "fail", "fail")}
    versioned = rows(imported, "storage.versioning-enabled")
    assert versioned["aws_s3_bucket.open"] == ("differ", "fail", "pass")  # by a path of another machine
    assert versioned['module.exports["eu"].aws_s3_bucket.this'] == ("differ", "fail", "skipped")
    assert {row["control"] for row in imported["rows"]} == {"keys.rotation-and-policy", "storage.versioning-enabled"}


def test_sarif_says_which_rule_which_file_and_what_is_no_verdict(tmp_path: Path) -> None:
    """A rule of an extension, an artifact by its index; what is gone, what has no level, what is not accepted as suppressed."""
    at = {"physicalLocation": {"artifactLocation": {"index": 0}, "region": {"startLine": 1, "endLine": 3}}}
    driver = {"name": "SomeTool", "rules": [{"id": "DRIVER"}]}
    tool = {"driver": driver, "extensions": [{"name": "rules", "rules": [{"id": "OTHER"}, {"id": "CKV_AWS_7"}]}]}
    rejected = [{"kind": "external", "status": "rejected"}]
    results = [
        {"rule": {"index": 1, "toolComponent": {"index": 0}}, "message": {"text": "of an extension"}, "locations": [at]},
        {"ruleId": "CKV_AWS_7", "kind": "pass", "message": {"text": "passes"}, "suppressions": rejected, "locations": [at]},
        {"ruleId": "CKV_AWS_7", "kind": "review", "message": {"text": "review"}, "locations": [at]},
        *[{"ruleId": "CKV_AWS_7", "message": {"text": "says nothing"}, "locations": [at], **more}
          for more in ({"baselineState": "absent"}, {"level": "none"}, {"kind": "notApplicable"}, {"kind": "informational"})],
    ]  # fmt: skip
    file = tmp_path / "log.sarif"
    run = {"tool": tool, "artifacts": [{"location": {"uri": "infra/main.tf"}}], "results": results}
    file.write_text(json.dumps({"version": "2.1.0", "runs": [run]}), "utf-8")
    (claims,) = read("sarif", str(file))
    assert [(claim.check, claim.verdict, claim.file, claim.reason) for claim in claims.claims] == [
        ("CKV_AWS_7", "fail", "infra/main.tf", "of an extension"),
        ("CKV_AWS_7", "pass", "infra/main.tf", "passes"),
        ("CKV_AWS_7", "unknown", "infra/main.tf", "review"),
    ]


def test_sarif_says_what_its_files_are_relative_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the same name stands in the working directory: the one that the log means is below its base."""
    tree = write(tmp_path / "repo", dict.fromkeys(("main.tf", "infra/main.tf"), FAILING))
    monkeypatch.chdir(tree)
    at = {"physicalLocation": {"artifactLocation": {"uri": "main.tf", "uriBaseId": "ROOT"}, "region": {"startLine": 1}}}
    run = {"tool": {"driver": {"name": "SomeTool"}}, "results": [{"ruleId": "CKV_AWS_21", "message": {"text": "no"}, "locations": [at]}]}
    for base, meant in ((f"file://{tree}/infra/", "infra"), ("file:///github/workspace/", "."), ("", ".")):
        bases = {"originalUriBaseIds": {"ROOT": {"uri": base}}} if base else {}
        file = tmp_path / "log.sarif"
        file.write_text(json.dumps({"version": "2.1.0", "runs": [{**run, **bases}]}), "utf-8")
        imported = opinion("sarif", file, ".", "--control", "storage.versioning-enabled")
        assert [row["root"] for row in imported["rows"] if row["relation"] == "agree"] == [meant]


def test_opinions_change_neither_verdicts_nor_the_exit_code(recorded: Path) -> None:
    alone, before, _ = assay_json(DATA / "templates", "--control", "keys.rotation-and-policy")
    beside, after, _ = assay_json(DATA / "templates", "--control", "keys.rotation-and-policy", "--import", "checkov", recorded)
    assert alone == beside == 0
    assert before["results"] == after["results"] and before["summary"] == after["summary"]
    assert before["opinions"] == [] and len(after["opinions"]) == 1


def test_a_report_that_was_written_is_compared_later(recorded: Path, tmp_path: Path) -> None:
    for format_ in ("json", "jsonl"):
        saved = tmp_path / f"run.{format_}"
        assay("scan", "--no-config", DATA / "terraform", "-r", f"{format_}={saved}")
        ran = assay("report", saved, "--no-config", "--import", "checkov", recorded, "-r", "json")
        (opinion,) = json.loads(ran.stdout)["opinions"]
        assert rows(opinion, "storage.versioning-enabled")["aws_s3_bucket.open"] == ("agree", "fail", "fail")
        both = tmp_path / f"both.{format_}"
        assay("scan", "--no-config", DATA / "terraform", "--import", "checkov", recorded, "-r", f"{format_}={both}")
        assert len(json.loads(assay("report", both, "--no-config", "-r", "json").stdout)["opinions"]) == 1


@pytest.mark.parametrize("format_", ["text", "html", "markdown"])
def test_reports_for_people_show_both_verdicts(recorded: Path, format_: str) -> None:
    shown = assay("scan", "--no-config", DATA / "terraform", "--import", "checkov", recorded, "-r", format_).stdout
    flat = " ".join(shown.split())
    assert "checkov 3.3.30" in flat and "only theirs" in flat
    assert "unknown: not known whether public access to open is not blocked" in flat
    assert "CKV_AWS_53" in flat


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"3",
        b'{"a": 1}',
        b"[[[[",
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"version": "2.0.0", "runs": []}',
    ],
    ids=range(11),
)
def test_other_files_are_refused_with_a_sentence(format_: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "results"
    file.write_bytes(content)
    if (format_, content) == ("prowler", b"[]"):  # a run without findings
        assert read(format_, str(file))[0].claims == []
        return
    with pytest.raises(OpinionError, match="results"):
        read(format_, str(file))
    ran = assay("scan", "--no-config", DATA / "terraform", "--import", format_, file)
    assert ran.exit_code == 2 and ran.stdout == "" and len(ran.stderr.splitlines()) == 1


def test_a_plan_whose_lines_are_those_of_its_code(tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"main.tf": FAILING})
    values = {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "values": {"bucket": "orders"}}
    values["provider_name"] = "registry.terraform.io/hashicorp/aws"
    change = {**values, "change": {"actions": ["create"], "before": None, "after": values["values"], "after_unknown": {}}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {"root_module": {"resources": [values]}},
        "resource_changes": [change],
        "configuration": {"root_module": {"resources": [{**values, "expressions": {"bucket": {"constant_value": "orders"}}}]}},
    }
    file = write(tmp_path, {"plan.json": json.dumps(plan)}) / "plan.json"
    record = {"check_id": "CKV_AWS_21", "check_result": {"result": "FAILED"}, "resource": "aws_s3_bucket.b", "file_abs_path": str(file)}
    results = (
        write(tmp_path, {"checkov.json": json.dumps({"check_type": "terraform_plan", "results": {"failed_checks": [record]}})})
        / "checkov.json"
    )
    for source in ([], ["--source", code]):
        imported = opinion("checkov", results, file, *source, "--control", "storage.versioning-enabled")
        assert rows(imported, "storage.versioning-enabled") == {"aws_s3_bucket.b": ("agree", "fail", "fail")}


def test_standard_input_is_the_file_that_checkov_was_given(tmp_path: Path) -> None:
    record = '{"check_id": "CKV_AWS_21", "check_result": {"result": "FAILED"}, "resource": "aws_s3_bucket.b", "file_abs_path": "%s"}'
    body = f"""path = next(a for a in sys.argv if a.startswith('--file=')).removeprefix('--file=')
print('{{"check_type": "terraform", "results": {{"failed_checks": [{record}]}}}}' % path)"""
    program = script(tmp_path, body)
    ran = assay(
        "scan", "--no-config", "-", "--checkov", program, "-r", "json", "--control", "storage.versioning-enabled", given=FAILING.encode()
    )
    (opinion,) = json.loads(ran.stdout)["opinions"]
    assert rows(opinion, "storage.versioning-enabled") == {"aws_s3_bucket.b": ("agree", "fail", "fail")}
    assert opinion["rows"][0]["checks"][0]["file"] == "<stdin>"


def test_claims_about_too_many_resources_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "MAX_PAIRS", 2)
    imported = opinion("sarif", DATA / "tool.sarif", DATA / "terraform")
    assert imported["problems"] == ["the last 1 result could not be compared: too many resources for each"]


@pytest.mark.parametrize(
    "resource", ["[" * 100_000, "module." * 20_000 + "x", 'a["' * 30_000, "module.a[" * 20_000 + "b", 'a["\\"' * 20_000]
)
def test_addresses_without_end_take_little_time(resource: str) -> None:
    began = time.process_time()
    for address in (resource, resource[:MAX_NAME]):
        assert bare(address) is not None and may_be(address, "aws_s3_bucket.b") is not None
    assert time.process_time() - began < SOON


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("main.tf", ""),  # three files have that name
        ("a/main.tf", "a/main.tf"),
        ("/home/runner/work/repo/repo/a/main.tf", "a/main.tf"),
        ("/elsewhere/main.tf", ""),
        ("/elsewhere/a/main.tf/", "a/main.tf"),
        ("b/x/main.tf", "b/x/main.tf"),
        ("/ci/x/main.tf", ""),  # two files of the run end so, and neither is named from the top
        ("../repo/a/main.tf", "a/main.tf"),
        ("", ""),
    ],
)
def test_files_of_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str) -> None:
    tree = write(tmp_path / "repo", dict.fromkeys(("a/main.tf", "b/x/main.tf", "c/x/main.tf"), FAILING))
    monkeypatch.chdir(tree)
    claimed = ClaimedResources(judge(Path(), "storage.versioning-enabled"), ["."], {}).of(
        Claim("CKV_AWS_21", "fail", "", "aws_s3_bucket.b", file=name or "-")
    )
    assert [root for root, _, _ in claimed] == ([Path(meant).parent.as_posix()] if meant else [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("aws_s3_bucket.b", "aws_s3_bucket.b[0]", True),
        ("aws_s3_bucket.b[0]", "aws_s3_bucket.b[1]", False),
        ('aws_s3_bucket.b["eu"]', "aws_s3_bucket.b[eu]", True),
        ('aws_s3_bucket.b["eu.west[0]"]', 'aws_s3_bucket.b["eu.west[1]"]', False),
        ("module.a.aws_s3_bucket.b", "module.c.aws_s3_bucket.b", False),
        ("module.a.aws_s3_bucket.b", "aws_s3_bucket.b", True),
        ('module.a["x"].aws_s3_bucket.b', "module.a.aws_s3_bucket.b", True),
        ('module.a["x"].aws_s3_bucket.b', 'module.a["y"].aws_s3_bucket.b', False),
        ('module.a["x.module.y"].aws_s3_bucket.b', "module.a.aws_s3_bucket.b", True),
        ("module.a.module.d.aws_s3_bucket.b", "module.a.aws_s3_bucket.b", False),
        ("module.a.aws_s3_bucket.b[?]", "module.a.aws_s3_bucket.b[3]", True),
    ],
)
def test_addresses_that_may_be_of_one_resource(one: str, other: str, same: bool) -> None:
    assert bare(one) == bare(other) == "aws_s3_bucket.b"
    assert may_be(one, other) is may_be(other, one) is same


CALLED = 'resource "aws_s3_bucket" "this" {\n  bucket = var.name\n}\nvariable "name" {}\n'
ESTATE = {
    "modules/bucket/main.tf": CALLED,
    "prod/main.tf": 'module "a" {\n  source = "../modules/bucket"\n  name = "a"\n}\nmodule "b" {\n  source = "../modules/bucket"\n  name = "b"\n}\n',
    "test/main.tf": 'module "a" {\n  source = "../modules/bucket"\n  name = "c"\n}\n',
}


def versioned(resource: str, result: str, caller: str = "", file: str = "/modules/bucket/main.tf") -> dict[str, Any]:
    more = {"caller_file_path": caller} if caller else {}
    return {"check_id": "CKV_AWS_21", "check_result": {"result": result}, "resource": resource, "file_path": file,
            "file_line_range": [1, 3], **more}  # fmt: skip


def compared(tmp_path: Path, *records: Any) -> dict[tuple[str, str], tuple[str, str | None, str | None]]:
    """Root and address to relation, our verdict and theirs: a module that two roots call, one of them twice."""
    tree = write(tmp_path / "estate", ESTATE)
    results = tmp_path / "checkov.json"
    results.write_text(json.dumps({"check_type": "terraform", "results": {"failed_checks": list(records)}}), "utf-8")
    imported = opinion("checkov", results, tree, "--control", "storage.versioning-enabled")
    return {(Path(row["root"]).name, row["address"]): (row["relation"], row["ours"], row["theirs"]) for row in imported["rows"]}


def test_a_call_of_a_module_is_another_than_the_next(tmp_path: Path) -> None:
    comparison = compared(tmp_path, versioned("module.b.aws_s3_bucket.this", "FAILED"), versioned("module.z.aws_s3_bucket.this", "FAILED"))
    assert comparison == {
        ("prod", "module.a.aws_s3_bucket.this"): ("only_ours", "fail", None),
        ("prod", "module.b.aws_s3_bucket.this"): ("agree", "fail", "fail"),
        ("test", "module.a.aws_s3_bucket.this"): ("only_ours", "fail", None),
        ("", "module.z.aws_s3_bucket.this"): ("only_theirs", None, "fail"),
    }


def test_a_module_that_two_roots_call_is_told_apart_by_the_file_that_calls_it(tmp_path: Path) -> None:
    own = "module.a.aws_s3_bucket.this"
    comparison = compared(tmp_path, versioned(own, "FAILED", "/prod/main.tf"), versioned(own, "PASSED", "/test/main.tf"))
    assert comparison["prod", own] == ("agree", "fail", "fail") and comparison["test", own] == ("differ", "fail", "pass")


def test_without_the_file_that_calls_it_a_claim_is_of_both_roots(tmp_path: Path) -> None:
    comparison = compared(tmp_path, versioned("module.a.aws_s3_bucket.this", "FAILED"))
    assert [comparison[root, "module.a.aws_s3_bucket.this"][0] for root in ("prod", "test")] == ["agree", "agree"]


def test_an_instance_that_is_not_there_is_theirs_alone(tmp_path: Path) -> None:
    tree = write(tmp_path / "code", {"main.tf": 'resource "aws_s3_bucket" "b" {\n  count = 2\n  bucket = "b-${count.index}"\n}\n'})
    record = versioned("aws_s3_bucket.b[2]", "FAILED", file="/main.tf")
    results = tmp_path / "checkov.json"
    results.write_text(json.dumps({"check_type": "terraform", "results": {"failed_checks": [record]}}), "utf-8")
    imported = opinion("checkov", results, tree, "--control", "storage.versioning-enabled")
    assert rows(imported, "storage.versioning-enabled") == {
        "aws_s3_bucket.b[0]": ("only_ours", "fail", None),
        "aws_s3_bucket.b[1]": ("only_ours", "fail", None),
        "aws_s3_bucket.b[2]": ("only_theirs", None, "fail"),
    }


def test_trivy_names_nothing_where_a_whole_configuration_passes(tmp_path: Path) -> None:
    bucket = 'resource "%s" "b" {\n  %s = "b"\n  location = "EU"\n}\n'
    tree = write(tmp_path / "estate", {"a/main.tf": bucket % ("aws_s3_bucket", "bucket") + bucket % ("google_storage_bucket", "name"),
                                       "b/main.tf": bucket % ("aws_s3_bucket", "bucket")})  # fmt: skip
    finding = {"ID": "AWS-0090", "Status": "PASS", "Title": "versions", "CauseMetadata": {"Provider": "AWS", "Service": "s3"}}
    for artifact, target in ((str(tree / "a"), "."), (str(tree), "a"), (str(tree / "a"), "main.tf"), (str(tree / "a"), "")):
        file = tmp_path / "trivy.json"
        report = {"SchemaVersion": 2, "ArtifactName": artifact, "Results": [{"Target": target, "Misconfigurations": [finding]}]}
        file.write_text(json.dumps(report), "utf-8")
        imported = opinion("trivy", file, tree, "--control", "storage.versioning-enabled")
        told = {(Path(row["root"]).name, row["address"]): (row["relation"], row["theirs"]) for row in imported["rows"]}
        assert told == {
            ("a", "aws_s3_bucket.b"): ("differ", "pass"),
            ("a", "google_storage_bucket.b"): ("only_ours", None),
            ("b", "aws_s3_bucket.b"): ("only_ours", None),
        }


def test_trivy_names_the_calls_of_a_module(tmp_path: Path) -> None:
    tree = write(tmp_path / "estate", ESTATE)
    cause = {"Resource": "module.a.aws_s3_bucket.this", "StartLine": 1, "EndLine": 3,
             "Occurrences": [{"Resource": "module.a", "Filename": "prod/main.tf", "Location": {"StartLine": 1, "EndLine": 4}}]}  # fmt: skip
    finding = {"ID": "AWS-0090", "Status": "FAIL", "Message": "no versions", "CauseMetadata": cause}
    report = {"SchemaVersion": 2, "ArtifactName": ".", "Results": [{"Target": "modules/bucket/main.tf", "Misconfigurations": [finding]}]}
    file = tmp_path / "trivy.json"
    file.write_text(json.dumps(report), "utf-8")
    imported = opinion("trivy", file, tree, "--control", "storage.versioning-enabled")
    assert [(Path(row["root"]).name, row["relation"]) for row in imported["rows"] if row["theirs"]] == [("prod", "agree")]
