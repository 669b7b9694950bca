"""Organisation policies in effect. https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.raw import Unknown
from tests.sources.gcp.exports import MANAGER, asset, bucket, items, node, project, write

PREVENTION = "storage.publicAccessPrevention"
ON, OFF = ({"constraint": f"constraints/{PREVENTION}", "booleanPolicy": {"enforced": flag}} for flag in (True, False))
RESET = {"constraint": f"constraints/{PREVENTION}", "restoreDefault": {}}
SOMETHING = {"constraint": "constraints/compute.skipDefaultNetworkCreation", "booleanPolicy": {"enforced": True}}


def v2(scope: str, spec: dict[str, Any], constraint: str = PREVENTION) -> dict[str, Any]:
    name = f"//orgpolicy.googleapis.com/{scope}/policies/{constraint}"
    above = ["projects/111111111111", "folders/22", "organizations/33"]
    return asset(name, "orgpolicy.googleapis.com/Policy", {"name": name[26:], "spec": spec}, above=above[above.index(scope) :])


def read(tmp_path: Path, *assets: Any) -> Any:
    return items(write(tmp_path / "x.json", bucket(), *assets))["//storage.googleapis.com/orders"]


@pytest.mark.parametrize(
    ("on_project", "on_folder", "on_organization", "enforced"),
    [
        ([SOMETHING], [], [ON], True),
        ([SOMETHING], [OFF], [ON], False),
        ([ON], [OFF], [SOMETHING], True),
        ([OFF], [ON], [ON], False),
        ([], [], [SOMETHING], None),
        ([RESET], [ON], [ON], None),
        ([], [{"constraint": f"constraints/{PREVENTION}", "booleanPolicy": {}}], [ON], False),
    ],
)
def test_the_nearest_decides(tmp_path: Path, on_project: Any, on_folder: Any, on_organization: Any, enforced: Any) -> None:
    assets = [
        project(org_policy=on_project),
        node("folders/22", org_policy=on_folder),
        node("organizations/33", org_policy=on_organization),
    ]
    assert read(tmp_path, *assets)[f"#enforced:{PREVENTION}"].data is enforced


def test_what_is_set_above_the_export_is_unknown(tmp_path: Path) -> None:
    assert isinstance(read(tmp_path, project(org_policy=[SOMETHING]))[f"#enforced:{PREVENTION}"].data, Unknown)
    assert read(tmp_path, project(org_policy=[ON]))[f"#enforced:{PREVENTION}"].data is True
    assert isinstance(read(tmp_path, node("organizations/33", org_policy=[ON]), project())[f"#enforced:{PREVENTION}"].data, bool)


@pytest.mark.parametrize(
    ("spec", "enforced"),
    [
        ({"rules": [{"enforce": True}]}, True),
        ({"rules": [{"enforce": False}]}, False),
        ({"rules": [{}]}, False),
        ({"reset": True}, None),
        ({"rules": [{"enforce": True, "condition": {"expression": "resource.matchTag('1/env', 'dev')"}}, {"enforce": True}]}, True),
        ({"rules": [{"enforce": True, "condition": {"expression": "resource.matchTag('1/env', 'dev')"}}, {"enforce": False}]}, "unknown"),
        ({"rules": [{"enforce": True, "condition": {"expression": "resource.matchTag('1/env', 'dev')"}}]}, "unknown"),
    ],
)
def test_policies_of_the_second_api(tmp_path: Path, spec: Any, enforced: Any) -> None:
    data = read(tmp_path, project(), v2("organizations/33", spec))[f"#enforced:{PREVENTION}"].data
    assert isinstance(data, Unknown) if enforced == "unknown" else data is enforced


def test_lists_inherit_where_they_say_so(tmp_path: Path) -> None:
    constraint = "gcp.resourceLocations"
    above = v2("organizations/33", {"rules": [{"values": {"allowedValues": ["in:eu-locations"]}}]}, constraint)
    below = {"rules": [{"values": {"deniedValues": ["europe-west2"]}}], "inheritFromParent": True}
    item = read(tmp_path, project(), above, v2("projects/111111111111", below, constraint))
    assert [entry["constraint"] for entry in item["#org_policy"].data] == [f"constraints/{constraint}"]
    assert item["#org_policy"].data[0]["rules"] == [*below["rules"], {"values": {"allowedValues": ["in:eu-locations"]}}]
    assert item["#org_policy"].data[0]["from"] == f"{MANAGER}projects/trade"
    alone = read(tmp_path, project(), above, v2("projects/111111111111", below | {"inheritFromParent": False}, constraint))
    assert alone["#org_policy"].data[0]["rules"] == below["rules"]


def test_inherited_values_that_are_not_exported_are_unknown(tmp_path: Path) -> None:
    first = {"constraint": "constraints/gcp.resourceLocations", "listPolicy": {"inheritFromParent": True, "allValues": "DENY"}}
    rules = read(tmp_path, project(org_policy=[first]))["#org_policy:gcp.resourceLocations"].data["rules"]
    assert rules[0] == {"denyAll": True} and isinstance(rules[1], Unknown)
