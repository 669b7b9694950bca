"""The forms in which assets are written beside exports: rows of BigQuery, pages, feeds, histories, compressed files, other encodings."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import Unknown
from tests.scans import VERSIONING, assay_json
from tests.sources.gcp.exports import bucket, collected, items, project, write

ORDERS = "//storage.googleapis.com/orders"
PUBLIC = {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]}
VERSIONED = bucket(data={"versioning": {"enabled": True}})


def row(asset: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An asset as `bq query --format=json` prints it: the resource as text, and null in every column that is not filled."""
    columns: dict[str, Any] = {"iam_policy": None, "org_policy": [], "access_policy": None, "update_time": "2026-11-20 08:00:00.000000 UTC"}
    resource = asset.get("resource")
    text = {"version": "v1", "data": json.dumps(resource["data"])} if resource else None
    return {**columns, **asset, "resource": text, **more}


def message(asset: dict[str, Any], since: str, **more: Any) -> dict[str, Any]:
    """What a feed sends: https://cloud.google.com/asset-inventory/docs/monitoring-asset-changes"""
    return {"asset": asset, "window": {"startTime": since}, "priorAssetState": "PRESENT", "priorAsset": asset, **more}


def pulled(data: str) -> dict[str, Any]:
    """What `gcloud pubsub subscriptions pull --format=json` prints of a message."""
    return {"ackId": "x", "message": {"data": base64.b64encode(data.encode()).decode(), "messageId": "7"}}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(row(VERSIONED)) + "\n",
        json.dumps([row(VERSIONED)]),
        json.dumps({"readTime": "2026-11-20T08:00:00Z", "assets": [VERSIONED]}),
        json.dumps({"readTime": "2026-11-20T08:00:00Z", "assets": [VERSIONED]}, indent=2),
        json.dumps([{"assets": []}, {"assets": [VERSIONED]}]),
        json.dumps(VERSIONED, indent=2),
        json.dumps({"assets": [bucket("other")], "nextPageToken": "x"}, indent=2) + "\n" + json.dumps({"assets": [VERSIONED]}, indent=2) + "\n",
        json.dumps([VERSIONED]) + "\n" + json.dumps([bucket("other")]) + "\n",
        json.dumps(message(VERSIONED, "2026-11-20T08:00:00Z")) + "\n",
        json.dumps({"assets": [message(VERSIONED, "2026-11-20T08:00:00Z")]}),
        json.dumps([pulled(json.dumps(message(VERSIONED, "2026-11-20T08:00:00Z")))], indent=2),
        json.dumps({"results": [VERSIONED | {"resource": None, "versionedResources": [{"version": "v1", "resource": {"versioning": {"enabled": True}}}]}]}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "packed",
    [
        str.encode,
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: gzip.compress(text.encode()),
    ],
)
def test_every_form_is_read(tmp_path: Path, content: str, packed: Any) -> None:
    """Found below a directory, whatever it is called."""
    (tmp_path / "assets").write_bytes(packed(content))
    assert items(tmp_path)[ORDERS]["versioning.enabled"].data is True
    assert [gap for collection in collected(tmp_path) for gap in collection.coverage.gaps] == []


def test_a_column_that_is_not_filled_is_no_policy(tmp_path: Path) -> None:
    """Else a table of resources would say that nobody has access, and that no organisation policy is set."""
    path = write(tmp_path / "rows.json", row(project()), row(VERSIONED))
    item = items(path)[ORDERS]
    assert isinstance(item["#iam_policy.bindings"].data, Unknown)
    assert isinstance(item["#enforced:storage.publicAccessPrevention"].data, Unknown)
    both = write(tmp_path / "policies.json", row(VERSIONED, resource=None, iam_policy=PUBLIC, update_time="2026-11-21 08:00:00 UTC"))
    item = items(path, both)[ORDERS]
    assert item["#iam_policy.bindings"].data == PUBLIC["bindings"] and item["versioning.enabled"].data is True
    empty = row(VERSIONED, resource={"version": None, "data": None}, update_time="2026-11-22 08:00:00 UTC")
    assert items(path, write(tmp_path / "empty.json", empty))[ORDERS]["versioning.enabled"].data is True


def test_times_of_both_spellings_are_compared(tmp_path: Path) -> None:
    later = row(bucket(data={"n": 2}), update_time="2026-11-20 09:00:00.000000 UTC")
    earlier = bucket(data={"n": 1}, update_time="2026-11-20T08:00:00.000Z")
    assert items(write(tmp_path / "x.json", later, earlier))[ORDERS]["n"].data == 2


def test_text_that_is_no_json_is_an_asset_without_content(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.json", row(VERSIONED) | {"resource": {"version": "v1", "data": '{"versioning": {"enab'}})
    assert isinstance(items(path)[ORDERS]["versioning.enabled"].data, Unknown)
    assert [gap.code for collection in collected(path) for gap in collection.coverage.gaps] == ["parse_error"]


def test_the_latest_of_a_history_counts(tmp_path: Path) -> None:
    told = [message(bucket(data={"n": number}), f"2026-11-{20 + number}T08:00:00Z") for number in (2, 3, 1)]
    assert items(write(tmp_path / "history.json", {"assets": told}))[ORDERS]["n"].data == 3
    assert items(write(tmp_path / "feed.json", *told))[ORDERS]["n"].data == 3


def test_what_was_deleted_is_not_there(tmp_path: Path) -> None:
    there = message(VERSIONED, "2026-11-20T08:00:00Z")
    gone = message({name: VERSIONED[name] for name in ("name", "asset_type", "ancestors")}, "2026-11-21T08:00:00Z", deleted=True)
    again = message(VERSIONED, "2026-11-22T08:00:00Z")
    assert items(write(tmp_path / "a.json", there, gone)) == {}
    assert items(write(tmp_path / "b.json", gone, there)) == {}
    assert set(items(write(tmp_path / "c.json", again, gone, there))) == {ORDERS}


def test_a_feed_tells_of_no_other_asset(tmp_path: Path) -> None:
    """One message with the policy of a project says nothing of the policies of its buckets."""
    told = message(project(iam_policy={"bindings": []}), "2026-11-20T08:00:00Z")
    item = items(write(tmp_path / "x.json", told, VERSIONED))[ORDERS]
    assert isinstance(item["#iam_policy.bindings"].data, Unknown)
    assert isinstance(item["#inherited_bindings"].data[0], Unknown)


def test_a_list_without_its_last_page_is_a_gap(tmp_path: Path) -> None:
    path = write(tmp_path / "page.json", {"assets": [project(iam_policy={"bindings": []}), VERSIONED], "nextPageToken": "x"})
    collections = collected(path)
    assert [gap.code for collection in collections for gap in collection.coverage.gaps] == ["parse_error"]
    item = next(item for collection in collections for item in collection.items if item.address == ORDERS)
    assert isinstance(item["#iam_policy.bindings"].data, Unknown)
    last = write(tmp_path / "last.json", {"assets": [bucket("other")]})
    assert [gap for collection in collected(path, last) for gap in collection.coverage.gaps] == []


def test_a_project_that_is_being_deleted_is_left_out(tmp_path: Path) -> None:
    """In the words of v1 and v3 of the API; the other projects are judged."""
    other = bucket("other", above=["projects/222222222222"])
    for state in ({"lifecycleState": "DELETE_REQUESTED"}, {"state": "DELETE_REQUESTED"}):
        shut = project()
        shut["resource"]["data"] |= state
        collections = collected(write(tmp_path / "x.json", shut, bucket(), project("222222222222", "keys"), other))
        assert [collection.name for collection in collections] == ["google:keys"]
        assert [(entry.scope, entry.reason) for entry in collections[0].coverage.left_out] == [
            ("google:trade", "the project is being deleted")
        ]
    (alone,) = collected(write(tmp_path / "x.json", shut, bucket()))
    assert not alone.items and len(alone.coverage.left_out) == 1


@pytest.mark.parametrize("data", ["hello", "{}", '{"asset": 7}', ""])
def test_messages_of_another_topic_are_no_export(tmp_path: Path, data: str) -> None:
    write(tmp_path / "x.json", bucket())
    write(tmp_path / "messages.json", [pulled(data)])
    assert [gap for collection in collected(tmp_path) for gap in collection.coverage.gaps] == []
    assert set(items(tmp_path)) == {ORDERS}


def test_names_alone_are_a_gap(tmp_path: Path) -> None:
    """What `gcloud asset search-all-resources` prints without a read mask; below a directory too."""
    write(tmp_path / "search.json", [{"name": ORDERS, "assetType": "storage.googleapis.com/Bucket", "displayName": "orders"}])
    code, report, _ = assay_json(tmp_path, *VERSIONING)
    assert (code, [result["verdict"] for result in report["results"]]) == (3, ["unknown"])
    assert [gap["code"] for gap in report["coverage"]["gaps"]] == ["parse_error"]


@pytest.mark.parametrize("end", [20, -20])
def test_compressed_data_that_is_cut_off_is_a_gap(tmp_path: Path, end: int) -> None:
    whole = gzip.compress("".join(json.dumps(bucket(f"b{number}")) + "\n" for number in range(50)).encode())
    path = tmp_path / "shard.json.gz"
    path.write_bytes(whole[:end])
    code, report, _ = assay_json(path, *VERSIONING)
    assert (code == 0, bool(report["coverage"]["gaps"])) == (False, True)


def test_a_history_that_is_cut_off_is_a_gap(tmp_path: Path) -> None:
    """Below a directory, where what is no export is passed over."""
    told = json.dumps({"assets": [message(VERSIONED, "2026-11-20T08:00:00Z")]}, indent=2)
    (tmp_path / "history.json").write_text(told[:-30])
    code, report, _ = assay_json(tmp_path, *VERSIONING)
    assert (code, [gap["code"] for gap in report["coverage"]["gaps"]]) == (3, ["parse_error"])


def test_an_export_whose_first_line_is_damaged_is_one_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", VERSIONED)
    path.write_bytes(b'{"name": "//x\n' + path.read_bytes())
    collections = collected(tmp_path)
    assert [gap.line for collection in collections for gap in collection.coverage.gaps] == [1]
    assert [item.address for collection in collections for item in collection.items] == [ORDERS]


@pytest.mark.parametrize(
    "told",
    [{"assets": 7}, {"assets": [7]}, {"asset": 7}, {"assets": [{"asset": []}]}, {"assets": [[[[[[]]]]]]}, {"window": 7, "asset": {}}],
)
def test_odd_envelopes_are_gaps(tmp_path: Path, told: Any) -> None:
    path = write(tmp_path / "x.json", VERSIONED, told)
    collections = collected(path)
    assert [item.address for collection in collections for item in collection.items] == [ORDERS]
    assert [gap.line for collection in collections for gap in collection.coverage.gaps] == [2]
