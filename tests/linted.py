"""What tools of others have found to be valid, by content: tests let them look again at what is new or changed since, and at a part of the rest.

`python -m tests.linted` lints all templates among the fixtures, and what fixes make of them, lets the AWS provider look at what fixes make of
code, and writes `fixtures/linted.txt` and `fixtures/mended.txt` where nothing has an error. A newer tool knows more: run it then.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from tests.scans import ROOT

LINTED = ROOT / "fixtures" / "linted.txt"
"""Templates of cases."""
MENDED = ROOT / "fixtures" / "mended.txt"
"""What fixes make of cases."""
AGAIN = 20
"""One of so many that are known is looked at again."""
T = TypeVar("T")


def digest(*texts: str | bytes) -> str:
    """Of all texts, each with its length."""
    parts = [text.encode("utf-8") if isinstance(text, str) else text for text in texts]
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()[:32]


def of_file(path: Path) -> str:
    return digest(path.read_bytes())


def to_check(record: Path, things: Sequence[T], digest_of: Callable[[T], str]) -> list[T]:
    """Those of which a record does not say that they are valid, and some of the others."""
    known = set(record.read_text("ascii").split()) if record.is_file() else set[str]()
    return [thing for at, thing in enumerate(things) if at % AGAIN == 0 or digest_of(thing) not in known]


def write(record: Path, digests: Iterable[str]) -> None:
    record.write_text("".join(f"{line}\n" for line in sorted(set(digests))), "ascii")


def main() -> int:
    """Look at everything, and write the records."""
    from tests.fix.test_cases import check_fixes
    from tests.test_cloudformation_fixtures import CASES, errors

    problems = errors(*CASES)
    print(*problems, sep="\n")
    if problems:
        return 1
    write(LINTED, map(of_file, CASES))
    MENDED.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as where:
        write(MENDED, check_fixes(Path(where)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
