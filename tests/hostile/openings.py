"""Small open configurations, and what a scan says of a tree with one in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assay.scanner.run import Options, Scan
from tests.scans import write

Files = dict[str, Any]
CONTROL = "network.ingress-https-only"
GROUP = """resource "aws_security_group" "open" {
  name = "x"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
CLOSED = GROUP.replace("0.0.0.0/0", "10.0.0.0/8")
BY_DEFAULT = 'variable "cidr" {\n  default = "0.0.0.0/0"\n}\n' + GROUP.replace('"0.0.0.0/0"', "var.cidr")
"""Open, unless a caller gives another value."""


def told(top: Path, files: dict[str, str | bytes], links: dict[str, str] | None = None) -> tuple[set[str], set[str]]:
    """The verdicts on a tree and the codes of its gaps. `links`: where one is to where it leads."""
    write(top, files)
    for name, target in (links or {}).items():
        (top / name).symlink_to(target)
    scan = Scan(Options(paths=[str(top)], controls=[CONTROL]))
    verdicts = {result.verdict for result in scan}
    return verdicts, {gap.code for gap in scan.coverage.gaps}


def call(source: str, more: str = "") -> str:
    """A module call that gives a harmless value."""
    return f'module "m" {{\n  source = "{source}"\n  cidr   = "10.0.0.0/8"\n{more}}}\n'
