"""The page of the reference architecture: every control stands where its origin says, and nowhere else."""

from __future__ import annotations

import re

import pytest

from assay.scanner.rules.load import builtin_folder, load
from tests.scans import ROOT

ORIGINS = {compiled.control.id: compiled.control.origin for compiled in load([builtin_folder()]).controls}
BESIDE = "Beside the architecture"


def rows() -> dict[str, dict[str, list[str]]]:
    """Section of the page to its controls, each with the statements that it stands at."""
    by_section: dict[str, dict[str, list[str]]] = {}
    section = statement = ""
    for line in (ROOT / "docs" / "seed-coverage.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif control := re.search(r"\| \[([a-z]+\.[a-z0-9-]+)\]\(controls/", line):
            cells = re.split(r"(?<!\\)\| ", line)
            if section != BESIDE:
                statement = cells[2].strip().replace("\\|", "|") or statement
            by_section.setdefault(section, {}).setdefault(control[1], []).append(statement if section != BESIDE else cells[4])
    return by_section


PAGE = rows()


@pytest.mark.parametrize("control", ORIGINS)
def test_a_control_stands_where_its_origin_says(control: str) -> None:
    origin = ORIGINS[control]
    standing = {section for section, controls in PAGE.items() if control in controls}
    if not origin.startswith("§"):
        assert standing == {BESIDE}
        return
    assert {section[:2] for section in standing} == set(re.findall(r"§\d", origin))
    shown = [statement for section in standing for statement in PAGE[section][control]]
    quotes = [quote for quote in re.findall("“([^”]*)”", origin) if f"row “{quote}”" not in origin]
    for quote in quotes:
        assert any(all(part.strip() in statement for part in quote.split("…")) for statement in shown), quote
    for statement in shown:
        assert "as a whole" in statement or any(part.strip() in statement for quote in quotes for part in quote.split("…")), statement


def test_every_control_is_on_the_page_and_no_other() -> None:
    assert {control for controls in PAGE.values() for control in controls} == set(ORIGINS)


def test_nothing_of_the_deployment_fails_and_what_does_not_pass_has_a_reason() -> None:
    text = (ROOT / "docs" / "seed-coverage.md").read_text("utf-8")
    rows = [line.split("](controls/")[1].split(" | ") for line in text.splitlines() if "](controls/" in line]
    verdicts = [cell.strip() for row in rows for cell in row[1:3]]
    notes = re.findall(r"^(\d+)\. ", text.partition("## Why not all pass")[2], re.MULTILINE)
    assert {re.sub(r" \(\d+\).*", "", verdict).rstrip(" |") for verdict in verdicts} <= {
        "pass",
        "unknown",
        "not applicable",
        "nothing to judge",
    }
    assert {number for verdict in verdicts for number in re.findall(r"\((\d+)\)", verdict)} == set(notes)
    assert "nothing of the kind is in the code" not in text, "a reason that nobody wrote down"
