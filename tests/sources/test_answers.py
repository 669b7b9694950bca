"""Answers of accounts that are found again in a snapshot, as evidence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from assay import Options, Scan
from assay.scanner.sources import answers
from assay.scanner.sources.answers import AnswerKey
from tests.scans import ROOT, assay

AT = "2026-11-01T00:00:00Z"
HEAD = {"record": "snapshot", "format": "assay-snapshot/1", "cloud": "aws", "started": AT, "tool": "assay", "scope": {}}
BUCKET = ROOT / "fixtures/controls/storage/bucket-not-public/aws/aws-fail-document.ndjson"


def item(id_: str, account: str = "1", **more: Any) -> dict[str, Any]:
    told = {"operation": "s3:GetBucketPolicy", "time": AT, "data": {"Policy": json.dumps({"Statement": [{"Effect": "Allow"}]})}}
    given = {
        "record": "item",
        "type": "s3.bucket",
        "id": id_,
        "account": account,
        "region": "us-east-1",
        "operation": "s3:ListBuckets",
        "time": AT,
    }
    return {**given, "listed": {"Name": id_}, "answers": {"get_bucket_policy": told}} | more


def snapshot(path: Path, *records: Any) -> str:
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in (HEAD, *records)]
    path.write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    return str(path)


def test_the_answer_about_the_resource_itself(tmp_path: Path) -> None:
    path = snapshot(tmp_path / "s.gz", item("a"), item("b"))
    key, listed = AnswerKey("aws:1", "a", "s3:GetBucketPolicy", AT), AnswerKey("aws:1", "a", "s3:ListBuckets", AT)
    answer_list = answers.find([path], {key, listed, AnswerKey("aws:2", "a", "s3:ListBuckets", AT)})
    assert answer_list.keys() == {key, listed}
    assert json.loads(answer_list[key]) == {"Policy": {"Statement": [{"Effect": "Allow"}]}}


def test_an_answer_about_another_resource_counts_where_it_is_the_only_one(tmp_path: Path) -> None:
    key = AnswerKey("aws:1", "elsewhere", "s3:GetBucketPolicy", AT)
    assert answers.find([snapshot(tmp_path / "one.gz", item("a"))], {key})[key].startswith("{")
    assert answers.find([snapshot(tmp_path / "two.gz", item("a"), item("b"))], {key}) == {}


def test_what_may_be_secret_is_left_out_again(tmp_path: Path) -> None:
    told = {
        "operation": "lambda:GetFunction",
        "time": AT,
        "data": {"Environment": {"Variables": {"DB_PASSWORD": "hunter2-is-secret"}}, "Unheard": "hunter2-too"},
    }
    path = snapshot(tmp_path / "s.gz", item("a", answers={"get_function": told}))
    (text,) = answers.find([path], {AnswerKey("aws:1", "a", "lambda:GetFunction", AT)}).values()
    assert "hunter2" not in text and "DB_PASSWORD" in text


def test_a_long_answer_is_cut_and_says_so(tmp_path: Path) -> None:
    told = {"operation": "x:Y", "time": AT, "data": {"Names": [f"name-{number}" for number in range(5000)]}}
    path = snapshot(tmp_path / "s.gz", item("a", answers={"y": told}))
    (text,) = answers.find([path], {AnswerKey("aws:1", "a", "x:Y", AT)}).values()
    assert len(text) < answers.MAX_TEXT + 200 and text.endswith("more lines in the snapshot")


@pytest.mark.parametrize(
    "line", [b"{", b"[1]", b'{"record": "item", "answers": 5}', b'{"record": "item", "id": 7}', b"\xff", b"[" * 3000, b"null"]
)
def test_a_damaged_line_hides_no_other(tmp_path: Path, line: bytes) -> None:
    path = snapshot(tmp_path / "s.gz", line, item("a"))
    assert len(answers.find([path, str(tmp_path / "none"), __file__], {AnswerKey("aws:1", "a", "s3:GetBucketPolicy", AT)})) == 1


def test_assets_by_the_call_that_listed_them(tmp_path: Path) -> None:
    asset = {"record": "asset", "name": "//x/a", "assetType": "storage.googleapis.com/Bucket", "updateTime": AT}
    head = {**HEAD, "cloud": "google"}
    listed = [
        {"record": "listed", "content": content, "operation": "cloudasset.ListAssets", "time": AT} for content in ("RESOURCE", "IAM_POLICY")
    ]
    policy = {"bindings": [{"role": "roles/viewer", "members": ["allUsers"]}]}
    path = tmp_path / "s.ndjson"
    records = [head, {**asset, "resource": {"data": {"name": "a"}}}, {**asset, "iamPolicy": policy}, *listed]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    (text,) = answers.find([str(path)], {AnswerKey("google:p", "//x/a", "cloudasset.ListAssets", AT)}).values()
    assert json.loads(text) == {"resource": {"name": "a"}, "iamPolicy": policy}


def test_a_finding_of_a_snapshot_has_its_answer_and_its_caller_in_the_report(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assay("scan", "--no-config", BUCKET, "--control", "storage.bucket-not-public", "-r", f"html={page}")
    text = page.read_text()
    result = next(result for result in Scan(Options(paths=[str(BUCKET)])).report().results if result.verdict == "fail" and result.evidence)
    assert result.evidence[0].location is not None and f"to {result.evidence[0].location.caller}</summary>" in text
    assert "&#34;Resource&#34;: &#34;arn:aws:s3:::trade-orders/*&#34;" in text


def test_the_rule_stands_once_in_the_report(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    ran = assay("scan", "--no-config", ROOT / "fixtures/demo", "-r", f"html={page}", "-r", "json")
    met = [control for control in json.loads(ran.stdout)["controls"] if control["resources"]]
    assert page.read_text().count("<dt>Rule (CEL)</dt>") == len(met) > 5
