"""What each source fills the tables with."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.tables.columns import HISTORIES, OF_REPORTS, REPORTS, SNAPSHOTS, TABLES
from tests.history.conftest import server, where
from tests.history.test_nights import OFF, ON, Nights, nights
from tests.query.conftest import EXPIRES, Ask
from tests.scans import ROOT, assay

__all__ = ["nights", "server", "where"]
LIVE = ROOT / "fixtures" / "trade_streamer" / "aws" / "live" / "snapshot.ndjson.gz"
DENIED = ROOT / "fixtures" / "controls" / "access" / "sso-at-edge" / "aws" / "aws-unknown-rules-denied.ndjson"


def report_of(run: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((run / "report.json").read_text("utf-8"))
    return read


def test_results_are_those_of_the_report(run: Path, ask: Ask) -> None:
    rows = ask("SELECT * FROM results", run / "report.json")
    said = report_of(run)["results"]
    assert len(rows) == len(said) > 5
    by_mark = {row["fingerprint"]: row for row in rows}
    for result in said:
        row, ref = by_mark[result["fingerprint"]], result["resource"]
        same = ("control", "title", "severity", "verdict", "standing", "message", "element")
        assert {name: row[name] for name in same} == {name: result[name] for name in same}
        assert (row["resource"], row["tags"], row["root"], row["account"]) == (ref["id"], ref["tags"], ref["root"], ref["account"])
        assert row["run"] == report_of(run)["run"]["id"] and row["source"] == str(run / "report.json")
    waived = next(row for row in rows if row["verdict"] == "waived")
    assert (waived["waived_by"], waived["waiver_owner"], waived["waiver_expires"]) == ("configuration", "checkout@example.com", EXPIRES)
    assert next(row for row in rows if row["verdict"] == "fail")["course"] == "new"


def test_every_form_of_a_report_says_the_same(run: Path, ask: Ask) -> None:
    [folder] = (run / "evidence").iterdir()
    assert [path.name for path in folder.glob("reports/parquet/*")]
    for table in OF_REPORTS:
        sql = f"SELECT * EXCLUDE (source) FROM {table.name} ORDER BY ALL"
        said = ask(sql, run / "report.json")
        assert said or table.name == "calls"
        for source in (run / "report.jsonl", folder, run / "evidence"):
            assert ask(sql, source) == said, (table.name, source)


def test_facts_are_the_evidence_and_what_is_unknown(run: Path, ask: Ask) -> None:
    rows = ask("SELECT * FROM facts", run / "report.json")
    results = report_of(run)["results"]
    assert len([row for row in rows if row["value"] is not None]) == sum(len(result["evidence"]) for result in results)
    assert len([row for row in rows if not row["known"]]) == sum(len(result["unknown"]) for result in results) > 0
    [row] = [row for row in rows if row["control"] == "storage.versioning-enabled" and not row["known"]]
    assert row["fact"] == "versioned" and "has no value" in row["reason"] and "--var status" in row["settles_it"]
    assert row["file"].endswith("unknown/main.tf") and row["line"] > 0


def test_resources_stand_once(run: Path, ask: Ask) -> None:
    rows = ask("SELECT * FROM resources", run / "report.json", run / "report.json")
    named = {(result["resource"]["root"], result["resource"]["id"], result["resource"]["kind"]) for result in report_of(run)["results"]}
    assert sorted((row["root"], row["resource"], row["kind"]) for row in rows) == sorted([*named, *named])
    assert rows[0]["tags"] in ({"Owner": "checkout", "Name": "=1+1"}, {})


def test_waivers_gaps_controls_and_runs(run: Path, ask: Ask) -> None:
    report = run / "report.json"
    [waiver] = ask("SELECT * FROM waivers WHERE expires > current_date + 290", report)
    assert (waiver["owner"], waiver["ticket"], waiver["expired"], waiver["findings"]) == ("checkout@example.com", "SHOP-1", False, 2)
    [gap] = ask("SELECT * FROM gaps", report)
    assert gap["code"] == "parse_error" and gap["known"] is False and gap["scope"].endswith("x.tf")
    [one] = ask("SELECT complete, started, results, open, typeof(started) AS type FROM runs", report)
    said = report_of(run)
    assert one["complete"] is False and one["type"] == "TIMESTAMP"
    assert (one["results"], one["open"]) == (len(said["results"]), said["summary"]["verdicts"]["fail"])
    assert one["started"][:19] == said["run"]["started"][:19].replace("T", " ")
    [served] = ask("SELECT frameworks['cis_aws_7_0'] AS cis FROM controls WHERE control = 'storage.bucket-not-public'", report)
    assert served["cis"] == ["2.21"]
    assert "the run is incomplete" in assay("query", "FROM results", report).stderr


def test_a_snapshot_holds_resources_as_they_were_answered_and_calls(ask: Ask) -> None:
    lines = [json.loads(line) for line in gzip.decompress(LIVE.read_bytes()).splitlines()]
    [count] = ask("SELECT count(*) AS n, any_value(cloud) AS cloud FROM resources", LIVE)
    assert count["n"] == sum(line["record"] == "item" for line in lines) and count["cloud"] == "aws"
    asked = "SELECT sum(\"count\") AS n FROM calls WHERE outcome = 'failed'"
    assert ask(asked, LIVE) == [{"n": sum(line["count"] for line in lines if line["record"] == "calls" and line["outcome"] == "failed")}]
    [tagged] = ask(
        "SELECT tags['Role'] AS role, seen FROM resources WHERE type = 's3.bucket' AND tags['Role'] = 'lb-logs-bucket' LIMIT 1", LIVE
    )
    assert tagged == {"role": "lb-logs-bucket", "seen": "2026-11-01 00:00:00"}
    assert ask("SELECT count(*) AS n FROM results", LIVE) == [{"n": 0}]
    [denied] = ask("SELECT account, operation, permission FROM calls WHERE outcome = 'denied'", DENIED)
    assert denied == {"account": "123456789012", "operation": "DescribeRules", "permission": "elasticloadbalancing:DescribeRules"}
    [gap] = ask("SELECT scope, code, settles_it FROM gaps", DENIED)
    assert gap["code"] == "call_denied" and gap["settles_it"] == "grant elasticloadbalancing:DescribeRules"


def test_what_a_snapshot_left_out_stays_left_out(tmp_path: Path, ask: Ask) -> None:
    item = {
        "record": "item", "type": "lambda.function", "id": "f", "account": "1", "region": "us-east-1", "operation": "lambda:ListFunctions",
        "time": "2026-11-01T00:00:00Z", "listed": {"Environment": {"Variables": {"TOKEN": "(redacted)"}}},
    }  # fmt: skip
    path = snapshot(tmp_path, [item])
    assert ask("SELECT data->>'$.listed.Environment.Variables.TOKEN' AS token FROM resources", path) == [{"token": "(redacted)"}]


def snapshot(folder: Path, records: list[dict[str, Any]], cloud: str = "aws", end: bool = True) -> Path:
    head = {
        "record": "snapshot",
        "format": "assay-snapshot/1",
        "cloud": cloud,
        "tool": "assay 0.1.0",
        "started": "2026-11-01T00:00:00Z",
        "scope": {},
    }
    last = [{"record": "end", "finished": "2026-11-01T00:01:00Z", "complete": True}] if end else []
    path = folder / "s.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in (head, *records, *last)))
    return path


def test_a_snapshot_of_google(tmp_path: Path, ask: Ask) -> None:
    asset = {
        "record": "asset", "name": "//storage.googleapis.com/b", "assetType": "storage.googleapis.com/Bucket", "ancestors": ["projects/42"],
        "resource": {"location": "us-east1", "data": {"labels": {"owner": "team"}, "versioning": {"enabled": True}}},
        "iamPolicy": {"bindings": []}, "updateTime": "2026-10-01T00:00:00.123456789Z",
    }  # fmt: skip
    [row] = ask("SELECT * FROM resources", snapshot(tmp_path, [asset], "google"))
    assert (row["resource"], row["account"], row["region"], row["tags"]) == (asset["name"], "42", "us-east1", {"owner": "team"})
    assert row["data"]["resource"]["versioning"] == {"enabled": True} and row["seen"].startswith("2026-10-01 00:00:00.123")


@pytest.mark.parametrize(
    "broken", [b"{]\n", b'{"record":"item"}\n', b'{"record":"calls","count":"x"}\n', b"\xff\n", b"[" * 100_000 + b"\n"]
)
def test_a_damaged_snapshot_gives_what_can_be_read(broken: bytes, tmp_path: Path, ask: Ask) -> None:
    path = snapshot(tmp_path, [], end=False)
    path.write_bytes(path.read_bytes() + broken)
    rows = ask("SELECT code FROM gaps, resources UNION ALL SELECT code FROM gaps", path)
    assert {row["code"] for row in rows} == {"parse_error", "incomplete_snapshot"}
    assert ask("SELECT complete, finished FROM runs", path) == [{"complete": False, "finished": None}]


def test_a_history_in_both_databases(nights: Nights, ask: Ask) -> None:
    nights.run(a=OFF.format("orders"), b=OFF.format("fills"))
    report = nights.run(a=ON.format("orders"), b=OFF.format("fills"))
    runs = ask("SELECT * FROM runs ORDER BY started", nights.where)
    assert [(run["open"], run["results"], run["complete"]) for run in runs] == [(2, 2, True), (1, 2, True)]
    assert runs[1]["run"] == report["run"]["id"]
    table = ask("SELECT * FROM findings ORDER BY address", nights.where)
    assert [(row["address"], row["state"], row["control"]) for row in table] == [
        ("aws_dynamodb_table.fills", "open", "data.pitr-enabled"), ("aws_dynamodb_table.orders", "fixed", "data.pitr-enabled"),
    ]  # fmt: skip
    assert table[0]["closed"] is None and table[1]["closed"] == runs[1]["started"] and table[0]["first_seen"] == runs[0]["started"]
    events = ask("SELECT event, run FROM changes ORDER BY started, event", nights.where)
    assert [event["event"] for event in events] == ["new", "new", "fixed"]
    both = ask(
        "SELECT f.address FROM findings AS f JOIN results AS r ON r.fingerprint[:32] = f.fingerprint WHERE r.verdict = 'fail'",
        nights.where, nights.tree / "report.json",
    )  # fmt: skip
    assert both == [{"address": "aws_dynamodb_table.fills"}]


def test_a_report_from_standard_input(run: Path) -> None:
    for form in ("json", "jsonl"):
        ran = assay("query", "SELECT count(*) AS n FROM results", "-", "--format", "json", given=(run / f"report.{form}").read_bytes())
        assert json.loads(ran.stdout) == [{"n": len(report_of(run)["results"])}]


def test_every_table_is_filled_by_what_it_says(run: Path, ask: Ask) -> None:
    sources = {REPORTS: run / "report.json", SNAPSHOTS: LIVE, HISTORIES: run / "history.db"}
    empty = {("calls", REPORTS)}
    for table in TABLES.values():
        for kind, source in sources.items():
            [count] = ask(f"SELECT count(*) AS n FROM {table.name}", source)
            assert (count["n"] > 0) == (kind in table.of and (table.name, kind) not in empty), (table.name, kind)


def test_a_report_of_an_earlier_version_lacks_columns_and_nothing_else(run: Path, tmp_path: Path, ask: Ask) -> None:
    report = report_of(run)
    report["schema"] = "assay-results/1"
    for result in report["results"]:
        for name in ("type", "named", "tags", "marks", "in_example", "stands_for", "also_in", "also_named"):
            result["resource"].pop(name, None)
        result.pop("course", None)
    (tmp_path / "old.json").write_text(json.dumps(report), encoding="utf-8")
    rows = ask("SELECT DISTINCT type, tags, first_seen FROM results", tmp_path / "old.json")
    assert rows == [{"type": "", "tags": {}, "first_seen": None}]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.json", "missing.json: there is no such file or directory; give a report"),
        ("main.tf", "main.tf: no report, run folder, snapshot or history; give a report"),
        (".", ".: a directory that is no run folder; give a report"),
        ("cut.jsonl", "cut.jsonl: it has no closing line"),
        ("less.jsonl", "less.jsonl: its counts are not those of its results"),
        ("less.json", "less.json: its counts are not those of its results"),
        ("future.json", "future.json: a report of format assay-results/9"),
        ("old.ndjson", "old.ndjson: it cannot be read: a snapshot that is damaged, or of another version"),
        ("empty.db", "empty.db holds no history"),
        ("mysql://x/y", "mysql:// is neither"),
    ],
)
def test_what_is_no_source_is_refused(name: str, said: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    lines = (run / "report.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "main.tf").write_text("resource {}")
    (tmp_path / "cut.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    (tmp_path / "less.jsonl").write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    report = report_of(run)
    (tmp_path / "less.json").write_text(json.dumps({**report, "results": report["results"][1:]}), encoding="utf-8")
    (tmp_path / "future.json").write_text(json.dumps({**report, "schema": "assay-results/9"}), encoding="utf-8")
    (tmp_path / "old.ndjson").write_text('{"record":"snapshot","format":"assay-snapshot/9"}\n')
    with sqlite3.connect(tmp_path / "empty.db") as database:
        database.execute("CREATE TABLE t (a)")
    monkeypatch.chdir(tmp_path)
    ran = assay("query", "FROM results", name)
    assert ran.exit_code == 2 and said in ran.stderr and not ran.stdout


def test_the_password_of_a_history_is_in_no_column(run: Path) -> None:
    ran = assay("query", "FROM findings", "postgresql://assay:hunter2secret@127.0.0.1:1/none")
    assert ran.exit_code == 2 and "hunter2secret" not in ran.stderr
