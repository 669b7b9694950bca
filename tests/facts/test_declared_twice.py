"""Files of one directory that declare the same: what stands beside a declaration means that one."""

from __future__ import annotations

from pathlib import Path

from tests.scans import judge, write

_KEPT = """resource "aws_s3_bucket" "orders" {
  bucket = "trade-orders"
}

resource "aws_s3_bucket_versioning" "orders" {
  bucket = aws_s3_bucket.orders.id
  versioning_configuration { status = "Enabled" }
}
"""
_LOST = _KEPT.replace("trade-orders", "trade-exports").replace("Enabled", "Suspended")


def said(path: Path) -> dict[tuple[str, str], str]:
    """File and address of what is judged, to its verdict."""
    results = judge(path, "storage.versioning-enabled")
    assert len({(result.resource.blocks[0].file, result.resource.address) for result in results}) == len(results)
    return {(Path(result.resource.blocks[0].file).name, result.resource.address): result.verdict for result in results}


def test_a_reference_means_what_its_own_file_declares(tmp_path: Path) -> None:
    write(tmp_path, {"kept.tf": _KEPT, "lost.tf": _LOST})
    assert said(tmp_path) == {("kept.tf", "aws_s3_bucket.orders"): "pass", ("lost.tf", "aws_s3_bucket.orders"): "fail"}
    assert said(tmp_path / "kept.tf") == {("kept.tf", "aws_s3_bucket.orders"): "pass"}
    assert said(tmp_path / "lost.tf") == {("lost.tf", "aws_s3_bucket.orders"): "fail"}


def test_what_stands_in_another_file_may_mean_either(tmp_path: Path) -> None:
    bucket, versioning = _KEPT.split("\n\n")
    write(tmp_path, {"one.tf": bucket, "other.tf": bucket.replace("trade-orders", "trade-exports"), "versioning.tf": versioning})
    assert said(tmp_path) == {("one.tf", "aws_s3_bucket.orders"): "pass", ("other.tf", "aws_s3_bucket.orders"): "pass"}


def test_a_name_means_what_has_it_in_whichever_file(tmp_path: Path) -> None:
    by_name = (
        'resource "aws_s3_bucket_versioning" "b" {\n  bucket = "trade-orders"\n  versioning_configuration { status = "Suspended" }\n}\n'
    )
    write(tmp_path, {"kept.tf": _KEPT, "lost.tf": _LOST + by_name})
    assert said(tmp_path) == {("kept.tf", "aws_s3_bucket.orders"): "unknown", ("lost.tf", "aws_s3_bucket.orders"): "fail"}


def test_what_is_joined_to_is_that_of_the_file(tmp_path: Path) -> None:
    topic = 'resource "aws_kms_key" "k" {\n  %s\n}\nresource "aws_sns_topic" "%s" {\n  kms_master_key_id = aws_kms_key.k.id\n}\n'
    write(tmp_path, {"off.tf": topic % ("is_enabled = false", "off"), "on.tf": topic % ("is_enabled = true", "on")})
    results = judge(tmp_path, "messaging.queue-encrypted-cmk")
    assert {result.resource.name: result.verdict for result in results} == {"off": "fail", "on": "pass"}
