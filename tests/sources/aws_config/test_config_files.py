"""Files of AWS Config: their shapes, which item of a resource counts, what is not known, and what is damaged."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.results.model import Result, worst
from assay.scanner.run import Options, Scan
from assay.scanner.sources.aws.config import ConfigSource
from assay.scanner.sources.interface import Unlisted, Wanted

ACCOUNT, HOME, OTHER = "123456789012", "us-east-1", "eu-west-1"
VERSIONING = "storage.versioning-enabled"
EARLY, LATE = "2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"


def item(type_: str, id_: str, told: Any, more: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/config/latest/developerguide/example-s3-snapshot.html"""
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": EARLY,
        "configurationStateId": 1,
        "awsAccountId": ACCOUNT,
        "configurationItemStatus": "OK",
        "resourceType": type_,
        "resourceId": id_,
        "resourceName": id_,
        "ARN": f"arn:aws:s3:::{id_}" if type_ == "AWS::S3::Bucket" else f"arn:aws:ec2:{HOME}:{ACCOUNT}:x/{id_}",
        "awsRegion": HOME,
        "tags": {},
        "configuration": told,
        "supplementaryConfiguration": more or {},
        **fields,
    }


def bucket(status: str = "Enabled", name: str = "orders", **fields: Any) -> dict[str, Any]:
    more = {"BucketPolicy": {"policyText": None}, "BucketVersioningConfiguration": {"status": status, "isMfaDeleteEnabled": None}}
    return item("AWS::S3::Bucket", name, {"name": name}, more, **fields)


def volume(encrypted: bool | None, **fields: Any) -> dict[str, Any]:
    told = {"volumeId": "vol-1"} | ({} if encrypted is None else {"encrypted": encrypted})
    return item("AWS::EC2::Volume", "vol-1", told, **fields)


def snapshot(*items: Any, **head: Any) -> dict[str, Any]:
    return {"fileVersion": "1.0", "configSnapshotId": "94ccff53", "configurationItems": list(items), **head}


def write(path: Path, data: Any) -> Path:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def scan(path: Path, *controls: str) -> tuple[list[Result], Scan]:
    ran = Scan(Options(paths=[str(path)], controls=list(controls)))
    return list(ran), ran


def verdicts(path: Path, control: str) -> dict[str, str]:
    by_address: dict[str, list[str]] = {}
    for result in scan(path, control)[0]:
        by_address.setdefault(result.resource.address, []).append(result.verdict)
    return {address: str(worst(results)) for address, results in by_address.items()}


def only(path: Path, control: str = VERSIONING, address: str = "arn:aws:s3:::orders") -> str | None:
    return verdicts(path, control).get(address)


@pytest.mark.parametrize("name", ["ConfigSnapshot.json.gz", "ConfigSnapshot.json"])
def test_a_snapshot_is_scanned_packed_or_not(tmp_path: Path, name: str) -> None:
    assert verdicts(write(tmp_path / name, snapshot(bucket(), bucket("Off", "open"))), VERSIONING) == {
        "arn:aws:s3:::orders": "pass",
        "arn:aws:s3:::open": "fail",
    }


def as_text(data: dict[str, Any]) -> dict[str, Any]:
    """As the API gives an item: its parts are JSON text."""
    told = {name: value for name, value in data.items() if name not in ("awsAccountId", "ARN")}
    more = {name: json.dumps(value) for name, value in data["supplementaryConfiguration"].items()}
    parts = {"configuration": json.dumps(data["configuration"]), "supplementaryConfiguration": more}
    return {**told, **parts, "accountId": ACCOUNT, "arn": data["ARN"], "configurationItemCaptureTime": 1793491200.0}


@pytest.mark.parametrize(
    "file",
    [
        {"configurationItems": [as_text(bucket())]},
        {"baseConfigurationItems": [as_text(bucket())], "unprocessedResourceKeys": []},
        {"BaseConfigurationItems": [as_text(bucket())], "UnprocessedResourceIdentifiers": []},
        {"QueryInfo": {"SelectFields": []}, "Results": [json.dumps(as_text(bucket()))]},
        [bucket()],
        bucket(),
    ],
    ids=["history", "batch", "aggregate", "query", "array", "one"],
)
def test_what_the_command_line_prints_is_scanned(tmp_path: Path, file: Any) -> None:
    verdict_of = verdicts(write(tmp_path / "items.json", file), VERSIONING)
    assert verdict_of.pop("arn:aws:s3:::orders") == "pass"
    assert list(verdict_of.values()) == ["unknown"], "there may be other buckets"


def test_the_latest_item_counts(tmp_path: Path) -> None:
    write(tmp_path / "a.json", snapshot(bucket("Off"), bucket("Enabled", configurationItemCaptureTime=LATE)))
    write(tmp_path / "b.json", {"fileVersion": "1.0", "configurationItems": [bucket("Off")]})
    assert only(tmp_path) == "pass"
    write(tmp_path / "b.json", {"configurationItems": [bucket("Off", configurationItemCaptureTime="2026-11-02T02:00:00+01:00")]})
    assert only(tmp_path) == "fail", "one hour later, in another zone"


def test_what_was_deleted_is_gone(tmp_path: Path) -> None:
    write(tmp_path / "a.json", snapshot(bucket(), bucket(name="kept")))
    gone = bucket(configurationItemStatus="ResourceDeleted", configurationItemCaptureTime=LATE, configuration=None)
    write(tmp_path / "b.json", {"configurationItems": [gone]})
    assert verdicts(tmp_path, VERSIONING) == {"arn:aws:s3:::kept": "pass"}


def test_a_resource_that_is_not_recorded_may_be_anything(tmp_path: Path) -> None:
    other = bucket(name="other", configurationItemStatus="ResourceNotRecorded", configuration=None)
    verdict_of = verdicts(write(tmp_path / "a.json", snapshot(bucket(), other)), VERSIONING)
    assert sorted(verdict_of.values()) == ["pass", "unknown"]


def test_a_type_without_items_is_not_known_to_be_absent(tmp_path: Path) -> None:
    results, _ = scan(write(tmp_path / "a.json", snapshot(volume(True))), VERSIONING)
    [result] = results
    assert result.verdict == "unknown"
    assert "whether AWS Config records it is not known" in result.unknown[0].reason


def test_what_no_item_tells_is_unknown_for_a_whole_account(tmp_path: Path) -> None:
    results, _ = scan(write(tmp_path / "a.json", snapshot(volume(True))), "accounts.root-mfa")
    assert {result.verdict for result in results} == {"unknown"}


def test_what_an_item_lacks_is_unknown(tmp_path: Path) -> None:
    lacking = bucket()
    del lacking["supplementaryConfiguration"]["BucketVersioningConfiguration"]
    assert only(write(tmp_path / "a.json", snapshot(lacking))) == "unknown"


def test_a_field_that_an_item_lacks_is_unknown(tmp_path: Path) -> None:
    open_to_all = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = {"roleName": "r", "path": "/", "arn": f"arn:aws:iam::{ACCOUNT}:role/r", "rolePolicyList": [], "attachedManagedPolicies": []}
    for told, verdict in (({"assumeRolePolicyDocument": quote(json.dumps(open_to_all))}, "fail"), ({}, "unknown")):
        written = item("AWS::IAM::Role", "AROA1", role | told, awsRegion="global", ARN=role["arn"])
        assert only(write(tmp_path / "a.json", snapshot(written)), "iam.trust-policy-scoped", str(role["arn"])) == verdict


def test_regions_do_not_vouch_for_each_other(tmp_path: Path) -> None:
    elsewhere = item("AWS::EC2::VPC", "vpc-1", {"vpcId": "vpc-1"}, awsRegion=OTHER)
    verdict_of = verdicts(write(tmp_path / "a.json", snapshot(bucket(), elsewhere)), VERSIONING)
    assert verdict_of.pop("arn:aws:s3:::orders") == "pass"
    assert list(verdict_of.values()) == ["unknown"], "the buckets of the other region"


def test_types_that_nothing_reads_are_counted(tmp_path: Path) -> None:
    tables = [item("AWS::Athena::WorkGroup", str(number % 2), {}) for number in range(4)]
    _, ran = scan(write(tmp_path / "a.json", snapshot(bucket(), *tables)), VERSIONING)
    assert ran.coverage.unsupported_types == {"AWS::Athena::WorkGroup": 2}
    assert not ran.coverage.gaps


WRONG = [
    (7, "it is no object"),
    ({**bucket(), "resourceId": None, "resourceName": None}, "it names no resource"),
    ({**bucket(), "awsAccountId": None}, "AWS::S3::Bucket orders names no account"),
    ({**bucket(), "awsRegion": 1}, "AWS::S3::Bucket orders names no region"),
    ({**bucket(), "configuration": "no JSON"}, "AWS::S3::Bucket orders has no configuration"),
    ({**bucket(), "configurationItemStatus": "New"}, "the status of AWS::S3::Bucket orders is 'New'"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_what_is_no_item_is_a_gap_by_name(tmp_path: Path, wrong: Any, why: str) -> None:
    results, ran = scan(write(tmp_path / "a.json", snapshot(bucket(name="kept"), wrong)), VERSIONING)
    assert {result.resource.address: result.verdict for result in results}["arn:aws:s3:::kept"] == "pass"
    assert "unknown" in {result.verdict for result in results}, "it may have been a bucket"
    [gap] = ran.coverage.gaps
    assert (gap.code, why in gap.reason) == ("parse_error", True), gap


SHAPES = [None, 7, "text", [], [7], {"rules": 7}, {"grantList": [7]}, {"rules": [7, None]}, {"policyText": {}}, {"status": ["Enabled"]}]


@pytest.mark.parametrize("part", ["BucketVersioningConfiguration", "AccessControlList", "BucketPolicy", "BucketLifecycleConfiguration"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_parts_of_any_shape_pass_nothing(tmp_path: Path, part: str, shape: Any) -> None:
    hostile = bucket()
    hostile["supplementaryConfiguration"][part] = shape
    results, _ = scan(write(tmp_path / "a.json", snapshot(hostile, bucket(name="kept"))), "storage.bucket-not-public", VERSIONING)
    passed = {result.resource.address for result in results if result.control == VERSIONING and result.verdict == "pass"}
    assert "arn:aws:s3:::kept" in passed
    assert "arn:aws:s3:::orders" not in passed or part != "BucketVersioningConfiguration"


@pytest.mark.parametrize("tags", [[{"key": 7, "value": "a"}], [{"value": "a"}], [7], [None], "a"], ids=str)
def test_tags_of_any_shape_are_none(tmp_path: Path, tags: Any) -> None:
    assert only(write(tmp_path / "a.json", snapshot(bucket(tags=tags)))) == "pass"


TYPES = sorted({listing.recorded.type for listing in catalogue("aws_api").listings.values() if listing.recorded})


@pytest.mark.parametrize("shape", [7, [7], [None], {"items": 7}, "x"], ids=str)
def test_configurations_of_any_shape_end_no_run(tmp_path: Path, shape: Any) -> None:
    known = (
        "ipPermissions",
        "rolePolicyList",
        "policyVersionList",
        "distributionConfig",
        "statusInfos",
        "vpcConfig",
        "RotationRules",
        "Policy",
    )
    odd: Any = {**dict(zip("abcdefg", SHAPES, strict=False)), **dict.fromkeys(known, shape)}
    _, ran = scan(write(tmp_path / "a.json", snapshot(*(item(type_, "x", odd) for type_ in TYPES))))
    assert not [gap for gap in ran.coverage.gaps if gap.code == "input_failed"], ran.coverage.gaps


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["ConfigSnapshot.json.gz", "ConfigSnapshot.json"])
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path: Path, name: str, cut: float) -> None:
    whole = write(tmp_path / name, snapshot(*(bucket(name=f"b{number}") for number in range(2000)))).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(len(whole) * cut)])
    results, ran = scan(tmp_path, VERSIONING)
    assert [gap.code for gap in ran.coverage.gaps] == ["parse_error"]
    assert {result.verdict for result in results} == {"pass", "unknown"}


def test_deep_and_large_values_are_gaps(tmp_path: Path) -> None:
    deep = b'{"configurationItems": [{"resourceType": "AWS::S3::Bucket", "a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}]}"
    _, ran = scan(write(tmp_path / "a.json", deep), VERSIONING)
    assert [gap.code for gap in ran.coverage.gaps] == ["parse_error"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ConfigSnapshot.json"
    padding = "x" * 2000
    with path.open("w") as file:
        file.write('{"fileVersion": "1.0", "configSnapshotId": "a", "configurationItems": [')
        for number in range(20_000):
            region = f"r-{number % 100}"
            file.write(("," if number else "") + json.dumps(volume(True, resourceId=f"vol-{number}", awsRegion=region, padding=padding)))
        file.write("]}")
    listings = {name: listing for name, listing in catalogue("aws_api").listings.items() if name == "ec2.volume"}
    tracemalloc.start()
    items = 0
    for collection in ConfigSource([str(path)]).collect(Wanted(frozenset(listings), frozenset(listings), listings)):
        items += sum(1 for item in collection.items if not isinstance(item, Unlisted))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert items == 20_000
    assert peak < path.stat().st_size / 2


def test_what_other_files_have_is_none_of_it(tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"Results": [{"resourceType": 7}], "note": "AWS::S3::Bucket"})
    _, ran = scan(tmp_path, VERSIONING)
    assert ran.coverage.tree.other == 1
