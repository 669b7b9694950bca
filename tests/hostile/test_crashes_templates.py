"""Templates, manifests, exports and snapshots of any shape end no run: each costs only itself."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.results.model import Report
from assay.scanner.run import Scan
from tests.scans import write

CONTROL = "storage.versioning-enabled"
GOOD = '{"Resources": {"Good": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}}}'
NAME = "//storage.googleapis.com/bad"
ASSET = {"name": NAME, "asset_type": "storage.googleapis.com/Bucket", "resource": {"data": {"name": "bad", "versioning": {}}}}
HEADER = {
    "record": "snapshot",
    "format": "assay-snapshot/1",
    "cloud": "aws",
    "tool": "assay",
    "started": "2026-11-01T00:00:00Z",
    "scope": {},
}
AWS: list[dict[str, Any]] = [
    HEADER,
    {"record": "account", "account": "111122223333", "name": "a", "caller": "arn:aws:iam::111122223333:role/r", "regions": ["eu-west-1"]},
    {"record": "region", "region": "global", "complete": True},
    {
        "record": "item", "type": "s3.bucket", "id": "arn:aws:s3:::bad", "account": "111122223333", "region": "eu-west-1",
        "operation": "s3:ListBuckets", "time": "2026-11-01T00:00:00Z", "listed": {"Name": "bad"},
        "answers": {"get_bucket_versioning": {"data": {}, "operation": "s3:GetBucketVersioning", "time": "2026-11-01T00:00:00Z"}},
    },
    {"record": "account_end", "account": "111122223333", "complete": True},
    {"record": "end", "finished": "2026-11-01T00:00:00Z", "complete": True},
]  # fmt: skip


def lines(*records: Any) -> bytes:
    return b"".join(record if isinstance(record, bytes) else json.dumps(record).encode() + b"\n" for record in records)


def scan(folder: Path, name: str, content: bytes | str) -> Report:
    """A scan of a file beside one that is good, which is judged whatever the other says."""
    report = Scan(Options(paths=[str(write(folder, {name: content, "zz-good.json": GOOD}))])).report()
    assert any(result.resource.address.endswith(".Good") and result.verdict == "pass" for result in report.results)
    return report


def failing(report: Report) -> bool:
    return any(result.verdict == "fail" and result.control == CONTROL and "bad" in result.resource.address for result in report.results)


def test_what_the_others_are_compared_with(tmp_path: Path) -> None:
    assert failing(scan(tmp_path / "a", "s.ndjson", lines(*AWS))) and failing(scan(tmp_path / "b", "a.ndjson", lines(ASSET)))


@pytest.mark.parametrize(
    "first",
    [
        {**HEADER, "cloud": {}},
        {**HEADER, "cloud": []},
        {**HEADER, "cloud": None},
        {**HEADER, "format": "assay-snapshot/9"},
        b"\xff" + lines(HEADER),
        lines(HEADER).replace(b'"aws"', b'"aws\xff"'),
    ],
)
def test_a_snapshot_of_which_the_header_is_damaged_is_a_gap(tmp_path: Path, first: Any) -> None:
    assert scan(tmp_path, "s.ndjson", lines(first, *AWS[1:])).coverage.gaps


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff\n", b'{"record": "item\xff"}\n', b'{"record": "item", "id": "\\ud800"}\n', b"null\n", b"[]\n", b"5\n", b"{}\n", b"[" * 90_000 + b"\n",
        b'{"record": "item"}\n', b'{"record": 5}\n', b'{"record": {}}\n', b'{"record": "calls", "count": 1e999999}\n', b'{"a": ' + b"9" * 5_000 + b"}\n",
        lines({**AWS[3], "listed": []}), lines({**AWS[3], "answers": {"get_bucket_versioning": {"data": {"Status": {"x": []}}}}}),
        lines({**AWS[3], "region": None}), lines({"record": "unlisted", "type": 5}), lines({"record": "account", "account": {}}),
    ],
)  # fmt: skip
def test_a_damaged_line_of_a_snapshot_costs_only_itself(tmp_path: Path, damage: bytes) -> None:
    assert failing(scan(tmp_path / "before", "s.ndjson", lines(*AWS[:3], damage, *AWS[3:])))
    assert failing(scan(tmp_path / "after", "s.ndjson", lines(*AWS[:4], damage, *AWS[4:])))


@pytest.mark.parametrize("packed", [lambda data: data[:-9], lambda data: data + b"garbage", lambda data: data[:-8] + b"\0" * 8])
def test_compressed_data_that_is_damaged_is_a_gap(tmp_path: Path, packed: Any) -> None:
    report = scan(tmp_path / "a", "s.ndjson.gz", packed(gzip.compress(lines(*AWS))))
    assert failing(report) and report.coverage.gaps
    assert scan(tmp_path / "b", "a.ndjson.gz", packed(gzip.compress(lines(ASSET)))).coverage.gaps


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff\n", b"{\n", b"null\n", b"{}\n", b'{"name": 5, "asset_type": []}\n', lines({**ASSET, "name": "//x/\ud800"}),
        lines({**ASSET, "name": "//x/y", "ancestors": ["projects/\ud800"]}), lines({"name": "//x/y"}), lines({**ASSET, "resource": 5, "name": "//x/z"}),
        lines({**ASSET, "name": NAME + "2", "resource": {"data": {"metageneration": 0}}}).replace(b": 0}", b": " + b"9" * 5_000 + b"}"),
        lines({**ASSET, "name": NAME + "2", "resource": {"data": {"versioning": 0}}}).replace(b": 0}", b": " + b"[" * 5_000 + b"]" * 5_000 + b"}"),
        lines({"name": "//x/y", "assetType": "a/B", "folders": 5, "versionedResources": [5]}), lines({"results": [{"policy": 5, "folders": 5}]}),
        lines({**ASSET, "name": "//x/y", "resource": {"data": '"text"'}}), lines({"message": {"data": "eHg="}}), lines({"assets": {}}),
        lines({**ASSET, "name": NAME + "3", "iam_policy": {"bindings": [5, None, {"members": {}}]}}), lines({"asset": {"name": []}}),
    ],
)  # fmt: skip
def test_a_damaged_record_of_an_export_costs_only_itself(tmp_path: Path, damage: bytes) -> None:
    assert failing(scan(tmp_path / "after", "a.ndjson", lines(ASSET, damage)))
    report = scan(tmp_path / "before", "a.ndjson", lines(damage, ASSET))
    assert failing(report) or report.coverage.gaps  # a file that begins so may be something else


WRONG: list[Any] = [
    None,
    [],
    {},
    5,
    True,
    "\ud800",
    [None],
    [[]],
    {"a": None},
    1e300,
    {"Ref": []},
    {"Fn::GetAtt": [{}, 1]},
    {"Fn::If": [{}, 1, 2]},
]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_wrong_shapes_in_a_template(tmp_path: Path, wrong: Any) -> None:
    bucket = {"Type": "AWS::S3::Bucket"}
    stack = {"Type": "AWS::CloudFormation::Stack"}
    content: dict[str, Any] = {
        "AWSTemplateFormatVersion": wrong,
        "Transform": wrong,
        "Parameters": {"P": wrong, "Q": {"Type": wrong, "Default": wrong, "AllowedValues": wrong, "NoEcho": wrong}},
        "Mappings": {"M": wrong, "N": {"a": wrong}},
        "Conditions": {"C": wrong, "D": {"Fn::And": wrong}, "E": {"Fn::Equals": [wrong, {"Ref": "Q"}]}},
        "Outputs": {"O": wrong, "U": {"Value": wrong, "Export": {"Name": wrong}}},
        "Resources": {
            "A": wrong,
            "B": {**bucket, "Properties": wrong},
            "C": {**bucket, "Condition": wrong},
            "D": {**bucket, "Properties": {"VersioningConfiguration": wrong, "BucketName": {"Fn::FindInMap": ["N", wrong, {"Ref": "Q"}]}}},
            "E": {**bucket, "Metadata": wrong, "Condition": "E", "DependsOn": ["E", wrong]},
            "S": {**stack, "Properties": {"TemplateURL": wrong, "Parameters": wrong}},
            "T": {**stack, "Properties": {"TemplateURL": "t.json", "Parameters": {"Q": wrong}}, "Metadata": {"aws:asset:path": wrong}},
            "Fn::ForEach::L": ["X", wrong, {"F${X}": bucket}],
            "Fn::Transform": wrong,
        },
    }
    scan(tmp_path / "whole", "t.json", json.dumps(content))
    for section in content:
        scan(tmp_path / section, "t.json", json.dumps({**content, section: wrong}))
    manifest = {
        "artifacts": {"A": wrong, "B": {"type": "aws:cloudformation:stack", "metadata": wrong, "environment": wrong, "properties": wrong}}
    }
    scan(tmp_path / "cdk", "manifest.json", json.dumps(manifest))


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_wrong_shapes_in_deployments_and_manifests(tmp_path: Path, wrong: Any) -> None:
    bucket = {"name": "bad", "type": "storage.v1.bucket"}
    entries = [
        bucket,
        {**bucket, "name": wrong},
        {**bucket, "properties": wrong},
        {**bucket, "accessControl": wrong},
        {"type": wrong},
        wrong,
    ]
    assert failing(scan(tmp_path / "dm", "c.yaml", json.dumps({"imports": wrong, "outputs": wrong, "resources": entries})))
    head = {"apiVersion": "storage.cnrm.cloud.google.com/v1beta1", "kind": "StorageBucket"}
    good = {**head, "metadata": {"name": "bad"}, "spec": {}}
    objects = [
        good,
        {**head, "metadata": wrong},
        {**head, "spec": wrong},
        {**good, "metadata": {"name": wrong, "annotations": wrong}},
        wrong,
    ]
    report = scan(tmp_path / "cc", "m.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    assert failing(report) or (wrong == "\ud800" and report.coverage.gaps)  # which YAML refuses as a whole
