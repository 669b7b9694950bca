"""What a view of a resource says where much, or nothing, is known of it."""

from __future__ import annotations

from pathlib import Path

from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.view import MAX_RIVALS, DeclaredJoins, View
from assay.scanner.options import Options
from assay.scanner.run import Scan
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.scans import write

WHY = Unknown("which of them it is", "say which")


def test_of_several_reasons_that_of_this_code_comes_first(tmp_path: Path) -> None:
    folder = write(tmp_path, {"main.tf": 'resource "aws_s3_bucket_policy" "p" {}\n'})
    (collection,) = TerraformSource([str(folder)], boundary=[str(folder)]).collect()
    elsewhere = Elsewhere("aws_s3_bucket", "logs", collection.items[0])
    view = View(elsewhere, ItemIndex(collection), DeclaredJoins({}))
    assert view.first_of([None, elsewhere.why, None, WHY]) == WHY
    assert view.first_of([None, elsewhere.why]) == elsewhere.why
    assert view.first_of([None, None]) is None
    here = View(collection.items[0], ItemIndex(collection), DeclaredJoins({}))
    assert here.first_of([None, WHY]) == WHY


def test_each_type_that_has_too_many_companions_is_a_gap(tmp_path: Path) -> None:
    buckets = {"aws_s3_bucket": "orders", "aws_s3_directory_bucket": "quotes--use1-az4--x-s3"}
    code = "".join(f'resource "{type_}" "b" {{\n  bucket = "{name}"\n}}\n' for type_, name in buckets.items())
    for number in range(MAX_RIVALS + 1):
        for type_ in buckets:
            code += f'resource "aws_s3_bucket_policy" "{type_}_{number}" {{\n  bucket = {type_}.b.id\n  policy = "{{}}"\n}}\n'
    scan = Scan(Options(paths=(str(write(tmp_path, {"main.tf": code})),), controls=("storage.bucket-not-public",)))
    list(scan)
    told = [gap.reason for gap in scan.coverage.gaps if f"more than {MAX_RIVALS}" in gap.reason]
    assert len(told) == len(buckets) and all(any(f"{type_}.b" in reason for reason in told) for type_ in buckets)
