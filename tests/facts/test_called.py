"""What resources are called and where they are, in every input: a row for each kind and type that a case of a control has.

`python -m tests.facts.test_called` writes the rows anew; see what changed before you commit it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner import fixtures
from assay.scanner.results.model import ResourceRef
from assay.scanner.rules import yaml_lines
from tests.scans import ROOT, judge

FIXTURES = ROOT / "fixtures" / "controls"
TABLE = Path(__file__).with_name("called.jsonl")


class Called(msgspec.Struct, frozen=True, array_like=True):
    """How a resource of a case is told from others."""

    control: str
    case: str
    kind: str
    type: str
    address: str
    id: str
    """Empty where it is the address."""
    name: str
    named: bool
    account: str | None
    region: str | None
    also_in: list[str] | None
    also_named: list[str]


def called(control: str, case: str) -> Iterator[Called]:
    folder = FIXTURES / control.replace(".", "/", 1)
    seen: dict[tuple[str, str], ResourceRef] = {}
    for result in judge(folder / case, control, **fixtures.configured(folder, case), allow_empty=True):
        seen[result.resource.kind, result.resource.address] = result.resource
    for one in seen.values():
        id_ = "" if one.id == one.address else one.id
        row = Called(
            control, case, one.kind, one.type, one.address, id_, one.name, one.named, one.account, one.region, one.also_in, one.also_named
        )
        if str(FIXTURES) not in f"{row}":
            yield row


def rows() -> list[Called]:
    return msgspec.json.Decoder(Called).decode_lines(TABLE.read_bytes())


@pytest.mark.parametrize("control", sorted({row.control for row in rows()}))
def test_what_resources_are_called(control: str) -> None:
    for case, expected in groupby((row for row in rows() if row.control == control), lambda row: row.case):
        assert set(map(msgspec.json.encode, expected)) <= set(map(msgspec.json.encode, called(control, case)))


def chosen() -> list[Called]:
    """Of each kind and type in each input, the first resource with a name of the provider's, else the first."""
    first: dict[tuple[Any, ...], Called] = {}
    for listed in sorted(FIXTURES.glob("*/*/expected.yaml")):
        control = ".".join(listed.parts[-3:-1])
        for case in sorted(yaml_lines.load(listed.read_text(encoding="utf-8"))[0]):
            if (listed.parent / case / "code").exists():
                continue
            for row in called(control, case):
                key = (row.kind, row.type, case.partition("/")[0])
                if key not in first or (row.named and not first[key].named):
                    first[key] = row
    return sorted(first.values(), key=lambda row: (row.control, row.case, row.address))


if __name__ == "__main__":
    TABLE.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in chosen()))
