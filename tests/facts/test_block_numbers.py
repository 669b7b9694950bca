"""Blocks of which nobody tells how many there are: the verdict that every number of them gives, or unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.fixtures import verdicts
from assay.scanner.sources import numbers

OPEN = 'variable "open" {}\n'
GROUP = """
resource "aws_security_group" "web" {{
  name = "web"
{ingress}
}}
"""
INGRESS = """
  dynamic "ingress" {{
    for_each = {for_each}
    content {{
      from_port   = {port}
      to_port     = {port}
      protocol    = "tcp"
      cidr_blocks = {ranges}
    }}
  }}
"""


def ingress(for_each: str = "var.open", port: str = "22", ranges: str = '["10.0.0.0/8"]') -> str:
    return INGRESS.format(for_each=for_each, port=port, ranges=ranges)


OPEN_TO_ALL = '["0.0.0.0/0"]'
STATIC = '  ingress {\n    from_port = 22\n    to_port = 22\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n'


@pytest.mark.parametrize(("blocks", "verdict"), [
    (ingress(), "pass"),
    (ingress(ranges=OPEN_TO_ALL), "unknown"),
    (ingress(port="ingress.value", ranges='["10.0.0.0/8"]'), "pass"),
    (ingress(port="ingress.value", ranges=OPEN_TO_ALL), "unknown"),
    (ingress(ranges="ingress.value"), "unknown"),
    (ingress() + ingress(ranges='["192.168.0.0/16"]'), "pass"),
    (ingress() + ingress(ranges=OPEN_TO_ALL), "unknown"),
    (ingress(ranges=OPEN_TO_ALL) + STATIC, "fail"),
    (ingress(for_each='var.open ? ["10.0.0.0/8"] : ["10.1.0.0/16"]', ranges="[ingress.value]"), "pass"),
    (ingress(for_each='var.open ? ["0.0.0.0/0"] : ["::/0", "0.0.0.0/0"]', ranges="[ingress.value]"), "fail"),
    (ingress(for_each='var.open ? ["0.0.0.0/0"] : []', ranges="[ingress.value]"), "unknown"),
    # four of which nothing is known are more than are tried
    (ingress() * 4, "unknown"),
])  # fmt: skip
def test_ingress_blocks_of_an_open_number(tmp_path: Path, blocks: str, verdict: str) -> None:
    (tmp_path / "main.tf").write_text(OPEN + GROUP.format(ingress=blocks), encoding="utf-8")
    assert verdicts("network.ingress-https-only", tmp_path, []) == {"aws_security_group.web": verdict}


BUCKET = """
resource "aws_s3_bucket" "orders" {{
  bucket = "trade-orders"
  dynamic "versioning" {{
    for_each = var.open
    content {{
      enabled = {enabled}
    }}
  }}
}}
"""


@pytest.mark.parametrize(("enabled", "verdict"), [("false", "fail"), ("true", "unknown"), ("versioning.value", "unknown")])
def test_a_block_that_may_not_be_there(tmp_path: Path, enabled: str, verdict: str) -> None:
    (tmp_path / "main.tf").write_text(OPEN + BUCKET.format(enabled=enabled), encoding="utf-8")
    assert verdicts("storage.versioning-enabled", tmp_path, []) == {"aws_s3_bucket.orders": verdict}


def test_blocks_within_blocks_of_an_open_number(tmp_path: Path) -> None:
    """An inner number is open wherever an outer one makes a block of it, and each is chosen by itself."""
    code = """
resource "aws_s3_bucket" "orders" {
  bucket = "trade-orders"
  dynamic "server_side_encryption_configuration" {
    for_each = var.open
    content {
      dynamic "rule" {
        for_each = var.open
        content {
          apply_server_side_encryption_by_default {
            sse_algorithm = "%s"
          }
        }
      }
    }
  }
}
"""
    for algorithm, verdict in (("AES256", "fail"), ("aws:kms", "unknown")):
        (tmp_path / "main.tf").write_text(OPEN + code % algorithm, encoding="utf-8")
        assert verdicts("storage.encrypted-cmk", tmp_path, []) == {"aws_s3_bucket.orders": verdict}


def test_every_combination_is_read_once() -> None:
    def read() -> tuple[int, ...]:
        first = numbers.choice("first", 3) if numbers.is_chosen("first") else -1
        second = numbers.choice("second", 2) if first and numbers.is_chosen("second") else -1
        return first, second

    assert sorted(numbers.in_each(read)) == [(0, -1), (1, 0), (1, 1), (2, 0), (2, 1)]
    assert read() == (-1, -1)
    with numbers.reading() as current:
        assert read() == (-1, -1)
    assert set(current.met) == {"first", "second"}


def test_more_combinations_than_are_tried_give_none() -> None:
    def read() -> list[int]:
        return [numbers.choice(key, 3) for key in range(4) if numbers.is_chosen(key)]

    assert numbers.in_each(read) == []
