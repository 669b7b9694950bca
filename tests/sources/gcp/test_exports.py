"""Exports in files: kinds of content and shards put together, both spellings, what is missing, what is broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.facts.spelling import Contribution
from assay.scanner.run import Options, Scan
from assay.scanner.sources.gcp.records import camel
from assay.scanner.sources.raw import Reference, Unknown
from tests.sources.gcp.exports import MANAGER, asset, bucket, collected, items, node, project, write

ORDERS = "//storage.googleapis.com/orders"
PUBLIC = {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"], "condition": {"expression": "x"}}]}


def one(path: Path, *assets: Any) -> Any:
    """The bucket `orders` of an export."""
    return items(write(path / "export.json", *assets))[ORDERS]


def test_shards_and_kinds_of_content_are_one_inventory(tmp_path: Path) -> None:
    write(tmp_path / "resource-0", project())
    write(tmp_path / "resource-1", bucket(data={"versioning": {"enabled": True}}))
    write(tmp_path / "deeper" / "iam-0", bucket(iam_policy=PUBLIC) | {"resource": None}, project(iam_policy={"bindings": []}))
    collections = collected(tmp_path)
    assert [collection.name for collection in collections] == ["google:trade"]
    item = {item.address: item for item in collections[0].items}[ORDERS]
    assert item["versioning.enabled"].data is True
    assert item["#iam_policy.bindings"].data == PUBLIC["bindings"]
    assert item.location().file.endswith("resource-1") and item["#iam_policy"].seen[0].file.endswith("iam-0")
    assert (item.root, item.account.data) == ("google:trade", "trade")
    assert collections[0].coverage.files.found == 3


def test_keys_that_users_choose_keep_their_spelling() -> None:
    """In what the client libraries spell in their own way: `iam_policy`."""
    free = {name: {"cost_center": "a"} for name in ("labels", "annotations", "metadata", "tags")}
    assert camel({"audit_configs": [{"log_type": 1}], **free}) == {"auditConfigs": [{"logType": 1}], **free}


def test_both_spellings_and_arrays(tmp_path: Path) -> None:
    snake = bucket(data={"versioning": {"enabled": True}}, iam_policy=PUBLIC)
    camel = {"assetType": snake["asset_type"], "iamPolicy": PUBLIC, **{name: snake[name] for name in ("name", "ancestors", "resource")}}
    for number, content in enumerate(
        (json.dumps(snake), json.dumps(camel), json.dumps([snake], indent=2), "\ufeff" + json.dumps(camel) + "\n\n")
    ):
        path = tmp_path / str(number) / "assets.json"
        path.parent.mkdir()
        path.write_text(content)
        item = items(path)[ORDERS]
        assert item["versioning.enabled"].data is True and item["#iam_policy.bindings"].data == PUBLIC["bindings"], content


def test_results_of_a_search(tmp_path: Path) -> None:
    above = {"project": "projects/111111111111", "folders": ["folders/22"], "organization": "organizations/33"}
    resource = {"name": "orders", "retention_policy": {"is_locked": True}, "labels": {"my_label": "x"}}
    fields = {"name": ORDERS, "assetType": "storage.googleapis.com/Bucket", "location": "eu", **above}
    path = write(
        tmp_path / "search.json",
        fields | {"versionedResources": [{"version": "v1", "resource": resource}]},
        {"resource": ORDERS, "assetType": "storage.googleapis.com/Bucket", "policy": PUBLIC, **above},
    )
    item = items(path)[ORDERS]
    assert item["retentionPolicy.isLocked"].data is True and item["labels.my_label"].data == "x"
    assert (item["#version"].data, item.region.data) == ("v1", "eu")
    assert item["#iam_policy.bindings"].data == PUBLIC["bindings"]
    assert item["#ancestors"].data[-1] == f"{MANAGER}organizations/33"


def test_what_is_empty_is_absent_and_numbers_are_whole(tmp_path: Path) -> None:
    data = {"versioning": {}, "lifecycle": {"rule": []}, "a": {"b": {"c": {}}}, "n": 30.0, "half": 0.5, "size": "12", "list": [{}, 1.0]}
    item = one(tmp_path, bucket(data=data))
    for path in ("versioning", "versioning.enabled", "lifecycle.rule", "lifecycle", "a"):
        assert item[path].absent, path
    assert (item["n"].data, item["half"].data, item["size"].number().data, item["list"].data) == (30, 0.5, 12, [{}, 1])
    assert isinstance(item["n"].data, int)
    assert (item["#has:versioning"].data, item["#has:retentionPolicy"].data) == (True, False)


def test_a_content_that_was_not_exported_is_unknown(tmp_path: Path) -> None:
    """Absent would be: nobody has access."""
    item = one(tmp_path, project(), bucket())
    assert isinstance(item["#iam_policy.bindings"].data, Unknown)
    assert "iam-policy" in item["#iam_policy"].data.settles_it
    assert isinstance(item["#enforced:storage.publicAccessPrevention"].data, Unknown)
    assert isinstance(one(tmp_path, project(), bucket(iam_policy=PUBLIC) | {"resource": None})["versioning.enabled"].data, Unknown)


def test_no_policy_is_known_where_the_project_has_one(tmp_path: Path) -> None:
    assert one(tmp_path, project(iam_policy={"bindings": []}), bucket())["#iam_policy.bindings"].absent
    other = bucket("other", iam_policy=PUBLIC)
    assert one(tmp_path, project(), bucket(), other)["#iam_policy.bindings"].absent
    elsewhere = bucket("other", iam_policy=PUBLIC, above=["projects/999"])
    assert isinstance(one(tmp_path, project(), bucket(), elsewhere)["#iam_policy.bindings"].data, Unknown)


def test_bindings_are_inherited_with_their_conditions(tmp_path: Path) -> None:
    role = {
        "role": "roles/editor",
        "members": ["user:a@example.com"],
        "condition": {"expression": "request.time < timestamp('2027-01-01T00:00:00Z')"},
    }
    policies = [
        project(iam_policy={"bindings": [role]}),
        node("folders/22", iam_policy=PUBLIC),
        node("organizations/33", iam_policy={"etag": "x"}),
    ]
    item = one(tmp_path, *policies, bucket())
    assert [(binding["role"], binding["from"]) for binding in item["#inherited_bindings"].data] == [
        ("roles/editor", f"{MANAGER}projects/trade"),
        ("roles/storage.objectViewer", f"{MANAGER}folders/22"),
    ]
    assert item["#inherited_bindings"].data[0]["condition"] == role["condition"]
    partly = one(tmp_path, policies[0], bucket())["#inherited_bindings"].data
    assert [isinstance(entry, Unknown) for entry in partly] == [False, True, True]


def test_number_and_id_of_a_project_are_one(tmp_path: Path) -> None:
    key = "cloudkms.googleapis.com/projects/trade/locations/eu/keyRings/r/cryptoKeys/k"
    secret = asset("//secretmanager.googleapis.com/projects/111111111111/secrets/s", "secretmanager.googleapis.com/Secret", {"name": "x"})
    path = write(
        tmp_path / "x.json",
        project(),
        secret,
        asset(f"//{key}", "cloudkms.googleapis.com/CryptoKey", {}),
        bucket(
            data={
                "encryption": {"defaultKmsKeyName": key.replace("trade", "111111111111").partition("/")[2]},
                "logging": {"logBucket": "logs"},
            }
        ),
    )
    by_address = items(path)
    assert "//secretmanager.googleapis.com/projects/trade/secrets/s" in by_address
    target = by_address[ORDERS].link("encryption.defaultKmsKeyName").data
    assert target == Reference(f"//{key}") and target.address in by_address
    assert by_address[ORDERS].link("logging.logBucket").data == "logs"


def test_a_number_is_learnt_from_names_where_no_project_is_exported(tmp_path: Path) -> None:
    network = asset("//compute.googleapis.com/projects/trade/global/networks/n", "compute.googleapis.com/Network", {})
    assert one(tmp_path, network, bucket()).account.data == "trade"


def test_service_accounts_are_named_by_mail_address(tmp_path: Path) -> None:
    account = asset(
        "//iam.googleapis.com/projects/trade/serviceAccounts/1234567",
        "iam.googleapis.com/ServiceAccount",
        {"email": "a@trade.iam.gserviceaccount.com"},
    )
    assert list(items(write(tmp_path / "x.json", account))) == [
        "//iam.googleapis.com/projects/trade/serviceAccounts/a@trade.iam.gserviceaccount.com"
    ]


def test_the_latest_of_two_exports_counts(tmp_path: Path) -> None:
    write(tmp_path / "a.json", bucket(data={"n": 2}, update_time="2026-02-01T00:00:00Z"))
    write(tmp_path / "b.json", bucket(data={"n": 1}, update_time="2026-01-01T00:00:00Z"))
    assert items(tmp_path / "a.json", tmp_path / "b.json")[ORDERS]["n"].data == 2


def test_each_project_is_a_collection_that_sees_the_others(tmp_path: Path) -> None:
    other = bucket("other", above=["projects/222222222222", "organizations/33"])
    path = write(
        tmp_path / "x.json", project(), project("222222222222", "keys"), node("organizations/33", iam_policy=PUBLIC), bucket(), other
    )
    collections = collected(path)
    assert [collection.scope for collection in collections] == ["google:organizations/33", "google:keys", "google:trade"]
    assert {item.address for item in collections[2].context} == {f"{MANAGER}organizations/33"}
    named = Contribution(types=("storage.googleapis.com/Bucket",), records=lambda item: [(item.address, item["name"].data)], name="names")
    assert collections[2].beyond is not None
    assert set(collections[2].beyond.index(named)) == {ORDERS, "//storage.googleapis.com/other"}
    assert collections[2].beyond.index(named) is collections[0].beyond.index(named)  # type: ignore[union-attr] # once for the whole input


def test_types_that_nobody_reads_are_counted_once(tmp_path: Path) -> None:
    disk = asset("//compute.googleapis.com/projects/trade/zones/z/disks/d", "compute.googleapis.com/Disk", {})
    path = write(tmp_path / "x.json", bucket(), disk, disk | {"resource": None, "iam_policy": PUBLIC}, disk | {"name": disk["name"] + "2"})
    collections = collected(path, wanted=frozenset({"storage.googleapis.com/Bucket"}))
    assert [item.address for collection in collections for item in collection.items] == [ORDERS]
    assert collections[0].coverage.unsupported_types == {"compute.googleapis.com/Disk": 2}
    assert (collections[0].coverage.blocks.found, collections[0].coverage.blocks.unsupported) == (2, 2)


def test_a_file_that_is_cut_off_leaves_open_what_it_held(tmp_path: Path) -> None:
    """A bucket whose policy was in the lost part would else count as one without a policy."""
    write(tmp_path / "resource", project(), bucket(), bucket("other"))
    policies = write(tmp_path / "policies", project(iam_policy={"bindings": []}) | {"resource": None}, bucket("other", iam_policy=PUBLIC))
    policies.write_text(policies.read_text()[:-20])
    collections = collected(tmp_path)
    assert [gap.code for gap in collections[0].coverage.gaps] == ["parse_error"]
    item = next(item for item in collections[0].items if item.address == ORDERS)
    assert isinstance(item["#iam_policy"].data, Unknown)
    assert item["name"].data == "orders"


@pytest.mark.parametrize(
    "line",
    [
        '{"asset_type": "a.googleapis.com/B", "name": 5, "resource": {}}',
        '{"asset_type": "a.googleapis.com/B", "name": "//x", "resource": {"data": {',
        '{"asset_type": ["x"], "resource": {}, "name": "//x/y"}',
        '{"asset_type": "x", "resource": {}}',
        "[" * 100_000,
        '{"asset_type": "a.googleapis.com/B", "name": "//x/y", "resource": {"data": ' + '{"a":' * 100_000,
        "\x00\xff",
        '{"versionedResources": 7, "asset_type": "x/y", "name": "//x"}',
        '{"policy": 7, "asset_type": "x/y", "resource": "//x"}',
    ],
)
def test_broken_lines_are_gaps(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "x.json", bucket())
    path.write_bytes(path.read_bytes() + line.encode("utf-8", "surrogateescape") + b"\n" + path.read_bytes().replace(b"orders", b"later"))
    collections = collected(path)
    addresses = {item.address for collection in collections for item in collection.items}
    assert {ORDERS, "//storage.googleapis.com/later"} <= addresses
    if not any(address.startswith("//x") for address in addresses):
        assert len(collections[0].coverage.gaps) == 1 and collections[0].coverage.gaps[0].line == 2


@pytest.mark.parametrize("data", ["text", [], 7, [1, 2], {"versioning": [], "encryption": 3, "n": {"versioning": 1}}])
def test_odd_shapes_are_no_crash(tmp_path: Path, data: Any) -> None:
    item = one(
        tmp_path,
        project(iam_policy="x", org_policy={"a": 1}),
        node("folders/22", iam_policy=[1], org_policy=[7]),
        bucket(data=data, iam_policy=[3]),
    )
    for path in (
        "versioning.enabled",
        "encryption.defaultKmsKeyName",
        "#iam_policy.bindings",
        "#inherited_bindings",
        "#org_policy",
        "#ancestors",
        "#version",
    ):
        item[path]
    if not isinstance(data, dict):
        assert isinstance(item["versioning.enabled"].data, Unknown)
    assert all(isinstance(binding, Unknown) for binding in item["#inherited_bindings"].data)
    assert isinstance(item["#enforced:storage.publicAccessPrevention"].data, Unknown)


def test_what_is_nested_too_deep_is_unknown(tmp_path: Path) -> None:
    data: Any = 1
    for _ in range(700):
        data = {"a": data}
    item = one(tmp_path, bucket(data={"deep": data, "name": "orders"}))
    assert isinstance(item["deep"].data, Unknown) and item["name"].data == "orders"


def test_json_that_is_no_export(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", {"asset_type": "shoe", "name": "//x", "resource": {}})
    assert not [item for collection in collected(tmp_path) for item in collection.items]
    assert [gap.code for gap in Scan(Options(paths=[str(path)])).report().coverage.gaps] == ["unsupported"]


def test_projects_have_their_names_and_folders_as_far_as_they_are_told(tmp_path: Path) -> None:
    told = project() | {"resource": {"version": "v1", "data": {"projectId": "trade", "projectNumber": "111111111111", "name": "Trading"}}}
    folder = node("folders/22", resource={"version": "v3", "data": {"name": "folders/22", "displayName": "Apps/EU"}})
    collections = collected(write(tmp_path / "named.json", told, folder, node("organizations/33"), bucket()))
    named = [account for collection in collections for account in collection.coverage.accounts]
    assert [(account.scope, account.name, account.path) for account in named] == [("google:trade", "Trading", "33/Apps∕EU")]
    alone = collected(write(tmp_path / "alone" / "bucket.json", bucket()))
    assert [account for collection in alone for account in collection.coverage.accounts] == []
