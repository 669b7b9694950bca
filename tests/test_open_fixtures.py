"""A setting of a fixture that is open between two values gives the verdict that both values give, or unknown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.scanner.fixtures import verdicts
from tests.scans import ROOT
from tests.shares import number

FIXTURES = ROOT / "fixtures" / "controls"
SETTING = re.compile(r'^(?P<indent> +)(?P<name>[a-z_]+)(?P<gap> += )(?P<value>"[^"$%\\]*"|true|false|\d+)$', re.MULTILINE)
ONE_IN = 19
"""Of the settings. Which these are hangs on each one alone, so that a new fixture adds its own and leaves the others."""
# What is no setting of a resource, or decides with others whether the provider takes it at all.
_NAMES = (
    "source", "for_each", "count", "region", "region_name", "provider", "default", "type", "alias", "version", "load_balancer_type", "protocol_type", "id",
    # What resources are joined by: another name makes another resource of it.
    "key_ring_id", "name", "bucket", "project", "function_name",
    # Of one constraint an organisation or a project has one policy.
    "parent",
)  # fmt: skip


def settings() -> tuple[list[tuple[Path, re.Match[str]]], dict[str, list[str]]]:
    """Where a fixture in Terraform sets something to a literal, and the literals that any of them sets it to."""
    places: list[tuple[Path, re.Match[str]]] = []
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for path in sorted(FIXTURES.glob("*/*/terraform/*/main.tf")):
        for match in SETTING.finditer(path.read_text(encoding="utf-8")):
            if match["name"] not in _NAMES:
                places.append((path, match))
                values[match["name"]][match["value"]] = None
    return places, {name: list(of_name) for name, of_name in values.items()}


def samples(one_in: int = ONE_IN) -> Iterator[tuple[Path, re.Match[str], str]]:
    places, values = settings()
    for path, match in places:
        place = f"{path.relative_to(FIXTURES)}:{match.start()}"
        others = [value for value in values[match["name"]] if value != match["value"]]
        if others and number(place) % one_in == 0:
            yield path, match, min(others, key=lambda other: number(f"{place} {other}"))


@pytest.mark.parametrize("part", range(4))
def test_an_open_setting_gives_what_both_of_its_values_give_or_unknown(part: int, tmp_path: Path) -> None:
    """What passes though it is open may be out of scope for one of the values, where the control does not apply."""
    decided = 0
    for at, (path, match, other) in enumerate(list(samples())[part::4]):
        text = path.read_text(encoding="utf-8")
        control = f"{path.parts[-5]}.{path.parts[-4]}"
        folder = tmp_path / str(at)
        folder.mkdir()
        for sibling in path.parent.iterdir():
            if sibling.is_file() and sibling.name != "main.tf":
                (folder / sibling.name).write_bytes(sibling.read_bytes())
        conditional = f"{match['indent']}{match['name']}{match['gap']}var.open_setting ? {match['value']} : {other}"
        changed = text[: match.start()] + conditional + text[match.end() :]
        (folder / "main.tf").write_text(changed + '\nvariable "open_setting" {\n  type = bool\n}\n', encoding="utf-8")
        opened = verdicts(control, folder, [])
        known = {address: verdict for address, verdict in opened.items() if verdict not in ("unknown", "error")}
        chosen = [verdicts(control, folder, [], variables={"open_setting": value}) for value in ("true", "false") if known]
        for address, verdict in known.items():
            decided += 1
            given = {result.get(address, "not_applicable") for result in chosen} - {"unknown"}
            line = text.count("\n", 0, match.start()) + 1
            alike = {verdict, "not_applicable"} if verdict == "pass" else {verdict}
            assert given <= alike, f"{path}:{line} {conditional.strip()}: {address}: {verdict}"
    assert decided > 10
