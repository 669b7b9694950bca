"""Snapshots: replayed to the byte, cut off, hostile, gone on with."""

from __future__ import annotations

import datetime
import gzip
import json
import re
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.scanner.sources import snapshot
from assay.scanner.sources.aws import records
from assay.scanner.sources.aws.asking import plain
from assay.scanner.sources.aws.resume import resumed
from tests.sources.aws.estate import HOME, Keys, Run, audit, judged, replay
from tests.sources.aws.faults import TAP, Sent, Wire, denied, error, on

KNOWN = ("pass", "fail", "not_applicable")
OTHER = "us-west-2"
REGIONS = (HOME, OTHER)


@pytest.fixture(scope="module")
def taken(seeded: Keys, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Run]:
    """A snapshot of the seeded account, and the audit that wrote it."""
    path = str(tmp_path_factory.mktemp("taken") / "estate.snapshot")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in seeded.environment().items():
            patch.setenv(name, value)
        return path, audit(regions=REGIONS, out=path)


@pytest.fixture(scope="module")
def lines(taken: tuple[str, Run]) -> list[bytes]:
    return list(snapshot.lines(taken[0]))


def no_wrong_verdict(run: Run, whole: Run) -> None:
    expected: dict[tuple[str, str], set[str]] = {}
    for key, verdict in whole.verdicts.items():
        expected.setdefault((key[0], key[2]), set()).add(verdict)
    for key, verdict in run.verdicts.items():
        if verdict in KNOWN:
            # Where the line of a bucket is lost, its access point is judged by itself.
            address = re.sub(r"s3:[\w-]+:(\d+):accesspoint/(\w+)$", r"s3:::\2-\1", key[2])
            assert verdict in expected[key[0], address], (key, verdict)
            assert verdict != "pass" or expected[key[0], address] == {"pass"}, key


def test_a_replay_is_identical_to_the_byte(taken: tuple[str, Run]) -> None:
    path, live = taken
    assert len(live.report.results) > 50
    assert judged(replay(path).report) == judged(live.report)


def test_it_is_compressed_lines_each_of_which_is_a_record(taken: tuple[str, Run], lines: list[bytes]) -> None:
    assert Path(taken[0]).read_bytes()[:2] == b"\x1f\x8b"
    kinds = [type(records.decode(line)).__name__ for line in gzip.decompress(Path(taken[0]).read_bytes()).splitlines()]
    assert len(kinds) == len(lines)
    assert (kinds[0], kinds[-1]) == ("HeaderRecord", "EndRecord")
    assert b"hunter2" not in b"".join(lines)


@pytest.mark.parametrize("part", [0.999, 0.97, 0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.15, 0.05])
def test_one_that_is_cut_off_judges_what_is_before_the_cut(part: float, taken: tuple[str, Run], tmp_path: Path) -> None:
    cut = tmp_path / "cut.snapshot"
    content = Path(taken[0]).read_bytes()
    cut.write_bytes(content[: int(len(content) * part)])
    run = replay(str(cut))
    assert any(gap.startswith("incomplete_snapshot") for gap in run.gaps)
    assert run.scan.incomplete
    no_wrong_verdict(run, taken[1])


def test_one_that_is_cut_off_at_any_line(taken: tuple[str, Run], lines: list[bytes], tmp_path: Path) -> None:
    """No missing companion is taken for an absent one: neither pass nor fail may turn into the other."""
    judged_somewhere = 0
    for at in range(1, len(lines), 4):
        cut = tmp_path / "cut.ndjson"
        cut.write_bytes(b"".join(lines[:at]) + lines[at][: len(lines[at]) // 2])
        run = replay(str(cut))
        assert any(gap.startswith("incomplete_snapshot") for gap in run.gaps), at
        no_wrong_verdict(run, taken[1])
        judged_somewhere += any(verdict in KNOWN for verdict in run.verdicts.values())
    assert judged_somewhere > 3


def test_a_line_that_is_lost_is_not_a_resource_that_is_absent(taken: tuple[str, Run], lines: list[bytes], tmp_path: Path) -> None:
    for at in range(1, len(lines) - 1, 5):
        damaged = tmp_path / "damaged.ndjson"
        damaged.write_bytes(b"".join([*lines[:at], b'{"record": "it\n', *lines[at + 1 :]]))
        run = replay(str(damaged))
        assert any(gap.startswith("parse_error") for gap in run.gaps)
        no_wrong_verdict(run, taken[1])


ODD: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["..", "*", "arn:aws:iam::1:root", 1e400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    paths = [path] if path else []
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, entry in entries:
        paths += _paths(entry, (*path, name))
    return paths


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large])
def test_hostile_lines_never_raise(data: st.DataObject, lines: list[bytes], tmp_path: Path) -> None:
    changed = list(lines)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        record = json.loads(lines[at])
        path = data.draw(st.sampled_from(_paths(record)))
        holder = record
        for name in path[:-1]:
            holder = holder[name]
        holder[path[-1]] = data.draw(ODD)
        changed[at] = json.dumps(record).encode() + b"\n"
    hostile = tmp_path / "hostile.ndjson"
    hostile.write_bytes(b"".join(changed))
    run = replay(str(hostile))
    assert not any("could not be judged to the end" in gap for gap in run.gaps), run.gaps
    resumed([str(hostile)], str(tmp_path), scope_of(hostile))


@given(parts=st.lists(st.binary(max_size=60), max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_snapshot_at_all(parts: list[bytes], lines: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "noise.ndjson"
    path.write_bytes(lines[0] + b"\n".join(parts))
    assert replay(str(path)).scan.incomplete


def scope_of(path: Path) -> dict[str, Any]:
    """What the snapshot was asked for; where it has no header any more, nothing."""
    return (snapshot.read_header(str(path)) or {}).get("scope") or {"calls": [], "shared": [], "regions": []}


def test_names_of_a_hostile_snapshot_are_no_paths(lines: list[bytes], tmp_path: Path) -> None:
    scratch = tmp_path / "in" / "scratch"
    scratch.mkdir(parents=True)
    hostile = tmp_path / "hostile.ndjson"
    text = b"".join(lines).replace(b'"us-west-2"', b'"../../../outside"')
    account = json.loads(next(line for line in lines if b'"record":"account"' in line))["account"].encode()
    hostile.write_bytes(text.replace(account, b"../" + account))
    assert resumed([str(hostile)], str(scratch), scope_of(hostile))
    assert {path.name for path in tmp_path.iterdir()} == {"in", "hostile.ndjson"}
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["scratch"]


def test_no_credential_is_in_it(taken: tuple[str, Run], seeded: Keys) -> None:
    content = b"".join(snapshot.lines(taken[0]))
    assert content and [key for key in (seeded.key, seeded.secret, seeded.token) if key.encode() in content] == []


def test_only_its_owner_may_read_it(taken: tuple[str, Run]) -> None:
    assert Path(taken[0]).stat().st_mode & 0o077 == 0


def test_answers_are_plain_data() -> None:
    when = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    record = plain({"At": when, "Bytes": b"b", "Nested": [{"Name": "n"}], "ResponseMetadata": {"HTTPStatusCode": 200}})
    assert record == {"At": "2026-01-02T00:00:00Z", "Bytes": "bytes", "Nested": [{"Name": "n"}]}


# Going on


@pytest.fixture
def baseline(estate: Keys, taken: tuple[str, Run]) -> Run:
    """What an uninterrupted run says."""
    return taken[1]


def without_times(report: Any) -> list[Any]:
    """Results without their evidence, which says when each answer came."""
    return [msgspec.structs.replace(result, evidence=[], unknown=[]) for result in report.results]


def asked(wire: Wire, region: str) -> int:
    """Listings of a region's own services that were asked for."""
    return sum(
        count for (label, where), count in wire.calls.items() if where == region and label in ("kms:ListKeys", "dynamodb:ListTables")
    )


def test_going_on_after_an_interruption(baseline: Run, wire: Wire, tmp_path: Path) -> None:
    out, stopping = str(tmp_path / "a.snapshot"), threading.Event()

    def stop(sent: Sent) -> None:
        if sent.region == OTHER and sent.label == "elbv2:DescribeLoadBalancers":
            stopping.set()

    wire.fault = stop
    first = audit(regions=REGIONS, out=out, stopping=stopping)
    assert any(gap.startswith("interrupted") for gap in first.gaps)
    no_wrong_verdict(first, baseline)
    assert judged(replay(out).report) == judged(first.report)
    wire.fault = None
    second = audit(regions=REGIONS, out=out, earlier=[out])
    assert without_times(second.report) == without_times(baseline.report)
    assert not second.gaps
    assert judged(replay(out).report) == judged(second.report)


def test_complete_regions_are_not_asked_again(baseline: Run, wire: Wire, tmp_path: Path) -> None:
    out = str(tmp_path / "a.snapshot")
    wire.fault = lambda sent: error(sent, "InternalFailure", 500) if sent.region == OTHER and sent.service == "kms" else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.endpoint.time", type("", (), {"sleep": staticmethod(lambda _: None)}))
        first = audit(regions=REGIONS, out=out)
    assert any("InternalFailure" in gap for gap in first.gaps)
    wire.fault = None
    wire.calls.clear()
    second = audit(regions=REGIONS, out=out, earlier=[out])
    assert asked(wire, HOME) == 0
    assert asked(wire, OTHER) == 2
    assert ("s3:ListBuckets", HOME) not in wire.calls
    assert not second.gaps, "what failed then and was answered now is no gap any more"
    assert without_times(second.report) == without_times(baseline.report)


def test_a_denied_call_stays_in_the_ledger_of_a_region_that_is_taken_over(estate: Keys, wire: Wire, tmp_path: Path) -> None:
    out = str(tmp_path / "a.snapshot")
    wire.fault = on("kms:GetKeyPolicy", denied)
    first = audit(out=out)
    wire.fault = None
    second = audit(out=out, earlier=[out])
    assert second.ledger("kms:GetKeyPolicy") == first.ledger("kms:GetKeyPolicy") == {"denied AccessDenied": 2}
    assert [gap for gap in second.gaps if "GetKeyPolicy" in gap]


@pytest.mark.parametrize("part", [0.98, 0.8, 0.5, 0.25])
def test_going_on_after_a_cut(part: float, baseline: Run, taken: tuple[str, Run], wire: Wire, tmp_path: Path) -> None:
    out = tmp_path / "a.snapshot.partial"
    content = Path(taken[0]).read_bytes()
    out.write_bytes(content[: int(len(content) * part)])
    second = audit(regions=REGIONS, out=str(tmp_path / "a.snapshot"), earlier=[str(out)])
    assert without_times(second.report) == without_times(baseline.report)
    assert not second.gaps


def test_going_on_takes_the_better_of_two(baseline: Run, taken: tuple[str, Run], wire: Wire, tmp_path: Path) -> None:
    """The snapshot of a whole run, and what a second one left behind when it was killed."""
    content = Path(taken[0]).read_bytes()
    (tmp_path / "a.partial").write_bytes(content[: len(content) // 2])
    second = audit(regions=REGIONS, earlier=[taken[0], str(tmp_path / "a.partial")])
    assert asked(wire, HOME) == asked(wire, OTHER) == 0
    assert without_times(second.report) == without_times(baseline.report)


def test_a_tap_is_under_these_tests(wire: Wire, estate: Keys) -> None:
    audit(controls=["storage.versioning-enabled"])
    assert TAP.wire is wire
    assert wire.sent
