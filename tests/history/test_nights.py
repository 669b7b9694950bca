"""What becomes of findings from night to night, in SQLite and in PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scans import assay, write

OFF = 'resource "aws_dynamodb_table" "{0}" {{\n  name     = "{0}"\n  hash_key = "id"\n}}\n'
ON = OFF.replace("}}\n", "  point_in_time_recovery {{\n    enabled = true\n  }}\n}}\n")
OPEN = OFF.replace("}}\n", "  point_in_time_recovery {{\n    enabled = var.on\n  }}\n}}\n") + 'variable "on" {{}}\n'
WAIVER = """waivers:
  - control: data.pitr-enabled
    resource: "*orders*"
    owner: team@example.com
    reason: rebuilt from the stream
    expires: {}
"""


class Nights:
    """Runs over one tree that changes, one after another."""

    def __init__(self, where: str, tree: Path) -> None:
        self.where, self.tree = where, tree

    def run(self, *arguments: str, **files: str) -> dict[str, Any]:
        """A night over these files; its JSON report."""
        for old in self.tree.glob("infra/*.tf"):
            old.unlink()
        write(self.tree, {f"infra/{name}.tf": text for name, text in files.items()})
        report = self.tree / "report.json"
        ran = assay(
            "scan", self.tree / "infra", "--control", "data.pitr-enabled", "--history", self.where, "-r", f"json={report}", *arguments
        )
        self.code, self.said = ran.exit_code, ran.stderr
        read: dict[str, Any] = json.loads(report.read_text())
        return read


@pytest.fixture
def nights(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    return Nights(where, tree)


def events(report: dict[str, Any]) -> dict[str, int]:
    events: dict[str, int] = report["history"]["events"]
    return events


def states(report: dict[str, Any]) -> dict[str, str]:
    return {result["resource"]["address"]: result["course"]["state"] for result in report["results"] if "course" in result}


def test_a_finding_appears_is_fixed_and_comes_back(nights: Nights) -> None:
    first = nights.run(a=OFF.format("orders"))
    assert events(first) == {"new": 1} and states(first) == {"aws_dynamodb_table.orders": "new"} and first["history"]["previous"] == ""
    second = nights.run(a=OFF.format("orders"))
    assert events(second) == {} and states(second) == {"aws_dynamodb_table.orders": "known"}
    assert second["history"]["previous"] == first["run"]["started"]
    (course,) = [result["course"] for result in second["results"]]
    assert course == {"state": "known", "first": first["run"]["started"], "since": first["run"]["started"], "times": 1}
    third = nights.run(a=ON.format("orders"))
    assert events(third) == {"fixed": 1} and states(third) == {} and third["history"]["open"] == 0
    (change,) = third["history"]["changes"]
    assert (change["event"], change["address"], change["since"]) == ("fixed", "aws_dynamodb_table.orders", first["run"]["started"])
    fourth = nights.run(a=OFF.format("orders"))
    assert events(fourth) == {"regressed": 1}
    (course,) = [result["course"] for result in fourth["results"]]
    assert course == {"state": "regressed", "first": first["run"]["started"], "since": fourth["run"]["started"], "times": 2}
    assert [night["open"] for night in fourth["history"]["nights"]] == [1, 1, 0, 1]


def test_what_is_not_seen_is_never_fixed(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    broken = nights.run(a=OFF.format("orders"), b="resource {")
    assert events(broken) == {"unobserved": 1}
    assert (broken["history"]["open"], broken["history"]["unobserved"]) == (2, 1)
    assert broken["history"]["changes"][0]["reason"].endswith("correct the file")
    still = nights.run(a=OFF.format("orders"), b="resource {")
    assert events(still) == {} and still["history"]["unobserved"] == 1
    again = nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    assert events(again) == {"seen": 1} and again["history"]["unobserved"] == 0
    assert {result["course"]["since"] for result in again["results"]} == {again["history"]["nights"][0]["started"]}
    gone = nights.run(a=OFF.format("orders"))
    assert events(gone) == {"gone": 1} and gone["history"]["open"] == 1


def test_what_mends_while_it_is_not_seen_is_fixed_once_it_is(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    nights.run(a="resource {", b=OFF.format("fills"))
    mended = nights.run(a=ON.format("orders"), b=OFF.format("fills"))
    assert events(mended) == {"fixed": 1} and mended["history"]["unobserved"] == 0


def test_what_cannot_be_told_for_a_while_keeps_its_age(nights: Nights) -> None:
    first = nights.run(a=OFF.format("orders"))
    open_ = nights.run(a=OPEN.format("orders"))
    assert "fixed" not in events(open_) and "settled" not in events(open_)
    assert (open_["history"]["open"] + open_["history"]["unknown"]) >= 1
    again = nights.run(a=OPEN.format("orders"))
    assert events(again) == {}, "a finding that another took the place of is no news in the next night"
    mended = nights.run(a=ON.format("orders"))
    assert events(mended)["fixed"] == 1
    fixed = next(change for change in mended["history"]["changes"] if change["event"] == "fixed")
    assert fixed["since"] == first["run"]["started"]
    assert mended["history"]["open"] == mended["history"]["unknown"] == mended["history"]["unobserved"] == 0


def test_a_waiver_begins_and_ends(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"))
    write(nights.tree, {"assay.yaml": WAIVER.format("2027-06-30")})
    waived = nights.run(a=OFF.format("orders"))
    assert events(waived) == {"waived": 1} and (waived["history"]["open"], waived["history"]["waived"]) == (0, 1)
    (nights.tree / "assay.yaml").unlink()
    assert events(nights.run(a=OFF.format("orders"))) == {"unwaived": 1}


def test_another_scope_says_nothing_of_this_one(nights: Nights, tmp_path: Path) -> None:
    nights.run(a=OFF.format("orders"))
    write(nights.tree, {"other/main.tf": OFF.format("other")})
    ran = assay("scan", "other", "--control", "data.pitr-enabled", "--history", nights.where, "-r", "json")
    other = json.loads(ran.stdout)
    assert events(other) == {"new": 1, "left_scope": 1} and other["history"]["open"] == 2
    assert events(nights.run(a=OFF.format("orders"))) == {"left_scope": 1, "seen": 1}


def test_only_what_is_new_fails_the_run(nights: Nights) -> None:
    nights.run("--fail-on-new", a=OFF.format("orders"))
    assert nights.code == 1 and "assay: history: 1 new; 1 finding open" in nights.said
    nights.run("--fail-on-new", a=OFF.format("orders"))
    assert nights.code == 0
    nights.run("--fail-on-new", a=OFF.format("orders") + OFF.format("fills"))
    assert nights.code == 1


def test_what_nobody_knew_to_fail_fails_the_run(nights: Nights) -> None:
    nights.run(a=OPEN.format("orders"))
    failing = nights.run("--fail-on-new", a=OFF.format("orders"))
    assert nights.code == 1 and "new" in states(failing).values()


def test_what_is_not_waived_any_more_fails_the_run(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"))
    write(nights.tree, {"assay.yaml": WAIVER.format("2027-06-30")})
    nights.run("--fail-on-new", a=OFF.format("orders"))
    assert nights.code == 0
    (nights.tree / "assay.yaml").unlink()
    failing = nights.run("--fail-on-new", a=OFF.format("orders"))
    assert nights.code == 1 and states(failing) == {"aws_dynamodb_table.orders": "regressed"}


def test_a_control_that_another_rule_judges_is_told(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"))
    write(nights.tree, {"assay.yaml": "controls:\n  data.pitr-enabled:\n    severity: low\n    reason: it is a cache\n"})
    fixed = nights.run(a=ON.format("orders"))
    assert fixed["history"]["changes"][0]["rule_changed"] is True
    told = json.loads(assay("history", nights.where, "--format", "json").stdout)
    assert told["groups"] == [], "no time to repair is taken from it"


def test_lines_have_it_too(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"))
    ran = assay("scan", "infra", "--control", "data.pitr-enabled", "--history", nights.where, "-r", "jsonl")
    _, result, end = map(json.loads, ran.stdout.splitlines())
    assert result["result"]["course"]["state"] == "known" and end["end"]["history"]["open"] == 1


def test_what_is_no_more_has_its_whole_fingerprint_and_its_file(nights: Nights) -> None:
    """Also of a finding that could not be seen in between: formats close by it what they opened by it."""
    first = nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    opened = {result["resource"]["address"]: result["fingerprint"] for result in first["results"]}
    assert first["history"]["oldest"] == first["run"]["started"]
    nights.run(a="resource {{", b=OFF.format("fills"))
    last = nights.run(a=ON.format("orders"))
    assert {change["address"]: (change["event"], change["fingerprint"], change["file"]) for change in last["history"]["changes"]} == {
        "aws_dynamodb_table.orders": ("fixed", opened["aws_dynamodb_table.orders"], "infra/a.tf"),
        "aws_dynamodb_table.fills": ("gone", opened["aws_dynamodb_table.fills"], "infra/b.tf"),
    }
    assert last["history"]["oldest"] == ""


def test_the_oldest_that_is_open_counts_from_when_it_failed_last(nights: Nights) -> None:
    nights.run(a=OFF.format("orders"))
    nights.run(a=ON.format("orders"))
    third = nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    assert third["history"]["oldest"] == third["run"]["started"]
