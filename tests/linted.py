"""Which templates among the fixtures cfn-lint has found to be valid, by their content: what is new or changed since is linted by the tests.

`python -m tests.linted` lints all of them, and writes `fixtures/linted.txt` where none has an error. A newer cfn-lint knows more: run it then.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.scans import ROOT

RECORD = ROOT / "fixtures" / "linted.txt"


def digest(template: Path) -> str:
    return hashlib.sha256(template.read_bytes()).hexdigest()[:32]


def not_yet(templates: Iterable[Path]) -> list[Path]:
    """Those of which the record does not say that they are valid."""
    known = set(RECORD.read_text("ascii").split())
    return [template for template in templates if digest(template) not in known]


def main() -> int:
    """Lint every template, and write the record."""
    from tests.test_cloudformation_fixtures import CASES, errors

    problems = errors(*CASES)
    print(*problems, sep="\n")
    if not problems:
        RECORD.write_text("".join(f"{line}\n" for line in sorted({digest(case) for case in CASES})), "ascii")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
