"""Plans: what `terraform show -json` wrote, and excerpts in its shape.

data/plan.json is the plan of data/plan.tf and its module, made offline by terraform 1.11.4 with the AWS provider 5.100.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.run import Options, Scan
from assay.scanner.sources.discover import discover
from assay.scanner.sources.interface import Collection
from assay.scanner.sources.raw import Document, Either, Reference, Text, Unknown
from assay.scanner.sources.terraform.plan import PlanSource, is_plan, sources
from assay.scanner.sources.terraform.plan_items import PlanItem
from assay.scanner.sources.terraform.planned import merge
from tests.sources.terraform.reading import collect, write

REAL: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "plan.json").read_text("utf-8"))


def collected(content: dict[str, Any]) -> Collection:
    (collection,) = PlanSource("plan.json", content).collect()
    return collection


def items(content: dict[str, Any]) -> dict[str, PlanItem]:
    collection = collected(content)
    assert not collection.coverage.gaps, collection.coverage.gaps
    return {item.address: item for item in collection.items if isinstance(item, PlanItem)}


def resource(address: str, values: dict[str, Any], unknown: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One resource of a plan in all the places where terraform writes it."""
    local = address.split(".")[-2:] if "[" not in address else address.split("[", maxsplit=1)[0].split(".")[-2:]
    return {"address": address, "mode": "managed", "type": local[0], "name": local[1], "values": values, "unknown": unknown or {}, **more}


def plan(*resources: dict[str, Any], configuration: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {
            "root_module": {
                "resources": [{key: resource[key] for key in resource if key not in ("unknown", "actions")} for resource in resources]
            }
        },
        "resource_changes": [
            {
                "address": resource["address"],
                "mode": resource["mode"],
                "change": {"actions": resource.get("actions", ["create"]), "after_unknown": resource["unknown"]},
            }
            for resource in resources
        ],
        "configuration": {"root_module": configuration or {}},
        **more,
    }


# A real plan


def test_every_managed_resource_of_a_real_plan_is_an_item() -> None:
    created = {change["address"] for change in REAL["resource_changes"] if change["mode"] == "managed"}
    providers = {"provider.aws", "provider.aws.west"}
    assert set(items(REAL)) == created | providers | {"var.password"} and len(created) == 12


def test_values_of_a_real_plan() -> None:
    by_address = items(REAL)
    assert by_address["aws_kms_key.main"]["enable_key_rotation"].data is True
    assert by_address["aws_db_instance.db"]["storage_encrypted"].data is True
    web = by_address["aws_security_group.web"]
    nodes, more = web.blocks("ingress")
    assert more is None and [node["from_port"].data for node in nodes] == [443, 80]
    assert web["ingress.0.cidr_blocks"].data == ["0.0.0.0/0"]


def test_a_part_that_is_known_after_apply_hides_nothing_beside_it() -> None:
    nodes = items(REAL)["aws_security_group.web"].blocks("ingress")[0]
    assert nodes[0]["security_groups"].data == [] and not isinstance(nodes[1]["cidr_blocks"].data, Unknown)
    data = nodes[1]["security_groups"].data
    assert data is not None and data != []


def test_references_of_a_real_plan_lead_to_resources() -> None:
    by_address = items(REAL)
    rule = "rule.0.apply_server_side_encryption_by_default.0.kms_master_key_id"
    for key in ("a", "b"):
        encryption = by_address[f'aws_s3_bucket_server_side_encryption_configuration.logs["{key}"]']
        assert encryption[rule].data == Reference("aws_kms_key.main", "arn")
        assert encryption.link("bucket").data.address == f'aws_s3_bucket.logs["{key}"]'
    assert by_address["aws_s3_bucket_policy.west"].link("bucket").data == Reference("aws_s3_bucket.west", "id")


def test_references_go_into_and_out_of_a_module_that_is_called_data() -> None:
    by_address = items(REAL)
    assert by_address["module.data.aws_sns_topic.alarms"]["kms_master_key_id"].data == Reference("aws_kms_key.main", "arn")
    assert by_address["aws_sns_topic_subscription.alarm"]["topic_arn"].data == Reference("module.data.aws_sns_topic.alarms", "arn")


def test_a_policy_that_is_written_at_apply_is_put_together_from_its_statements() -> None:
    document = items(REAL)["aws_s3_bucket_policy.west"]["policy"].data
    assert isinstance(document, Document)
    (statement,) = document.content["Statement"]
    assert (statement["Sid"], statement["Effect"], statement["Action"]) == ("Read", "Allow", ["s3:GetObject"])
    assert statement["Principal"] == "*" or statement["Principal"] == {"AWS": ["*"]}
    assert "known after apply" in repr(statement["Resource"]) or isinstance(statement["Resource"][0], (Reference, Text))


def test_a_sensitive_value_of_a_real_plan_is_judged_and_not_shown() -> None:
    collection = collected(REAL)
    (item,) = [item for item in collection.items if item.address == "aws_db_instance.db"]
    assert item["password"].data == "hunter2-secret"
    assert collection.sensitive is not None and collection.sensitive.mask("the password hunter2-secret") == "the password (sensitive)"


def test_regions_of_a_real_plan() -> None:
    by_address = items(REAL)
    assert by_address["aws_kms_key.main"].region.data == "us-east-1"
    assert by_address["aws_s3_bucket.west"].region.data == "us-west-2"
    assert by_address["module.data.aws_sns_topic.alarms"].region.data == "us-east-1"


def test_code_beside_a_plan_gives_the_lines(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": 'resource "probe" "p" {\n  a = 1\n  b = probe.q.id\n}\nresource "probe" "q" {}\n'})
    from assay.scanner.sources.terraform.hcl import TerraformSource

    code = TerraformSource([str(tmp_path)], boundary=[str(tmp_path)], show=lambda path: Path(path).name)
    content = plan(resource("probe.p", {"a": 1}, {"b": True}), resource("probe.q", {}))
    (collection,) = PlanSource("plan.json", content, code).collect()
    item = collection.items[0]
    assert (item.location().file, item.location().line, item["a"].seen[0].line) == ("main.tf", 1, 2)
    assert item["b"].data == Reference("probe.q", "id")


# Excerpts


def test_what_is_known_after_apply_is_unknown_only_there() -> None:
    item = items(plan(resource("probe.p", {"a": 1, "rule": [{"v": 1}, {}]}, {"b": True, "rule": [{}, {"v": True}]}), configuration={
        "resources": [{"address": "probe.p", "expressions": {"a": {}, "b": {}, "rule": [{"v": {}}]}}]
    }))["probe.p"]  # fmt: skip
    assert item["a"].data == 1 and item["rule.0.v"].data == 1
    assert isinstance(item["b"].data, Unknown) and isinstance(item["rule.1.v"].data, Unknown)
    assert isinstance(item.blocks("rule")[0][1]["v"].data, Unknown)


def test_what_the_configuration_does_not_write_is_left_to_the_provider() -> None:
    configuration = {"resources": [{"address": "probe.p", "expressions": {"a": {"constant_value": 1}}}]}
    item = items(plan(resource("probe.p", {"a": 1}, {"arn": True}), configuration=configuration))["probe.p"]
    assert item["arn"].data is None and item.blocks("arn") == ([], None)


def test_without_a_configuration_nothing_is_taken_for_left_out() -> None:
    content = plan(resource("probe.p", {}, {"policy": True}))
    assert isinstance(items(content)["probe.p"]["policy"].data, Unknown)
    del content["configuration"]
    assert isinstance(items(content)["probe.p"]["policy"].data, Unknown)


def test_dynamic_blocks_whose_number_is_unknown() -> None:
    configuration = {"resources": [{"address": "probe.p", "expressions": {"rule": {"references": ["var.x"]}}}]}
    item = items(plan(resource("probe.p", {}, {"rule": True}), configuration=configuration))["probe.p"]
    nodes, more = item.blocks("rule")
    assert nodes == [] and isinstance(more, Unknown)


@pytest.mark.parametrize(
    ("actions", "judged"),
    [(["create"], True), (["update"], True), (["no-op"], True), (["delete", "create"], True), (["create", "delete"], True)],
)
def test_resources_that_will_exist_are_items(actions: list[str], judged: bool) -> None:
    assert ("probe.p" in items(plan(resource("probe.p", {}, actions=actions)))) is judged


def test_deleted_resources_are_not_judged_and_nothing_refers_to_them() -> None:
    configuration = {
        "resources": [
            {"address": "probe.p", "expressions": {"key": {"references": ["aws_kms_key.k[0].arn", "aws_kms_key.k[0]", "aws_kms_key.k"]}}},
        ]
    }
    content = plan(resource("probe.p", {}, {"key": True}), configuration=configuration)
    content["resource_changes"].append({"address": "aws_kms_key.k[0]", "mode": "managed", "change": {"actions": ["delete"], "after": None}})
    assert list(items(content)) == ["probe.p"]


def test_several_possible_targets_are_either_of_them() -> None:
    configuration = {
        "resources": [{"address": "probe.p", "expressions": {"key": {"references": ["probe.a.arn", "probe.a", "probe.b.arn", "probe.b"]}}}]
    }
    content = plan(resource("probe.p", {}, {"key": True}), resource("probe.a", {}), resource("probe.b", {}), configuration=configuration)
    raw = items(content)["probe.p"]["key"].raw
    assert isinstance(raw, Either) and set(raw.options) == {Reference("probe.a", "arn"), Reference("probe.b", "arn")}


def test_a_reference_follows_the_key_of_the_reader() -> None:
    configuration = {
        "resources": [
            {
                "address": "probe.p",
                "expressions": {"bucket": {"references": ["each.value.id", "each.value"]}},
                "for_each_expression": {"references": ["probe.b"]},
            },
            {"address": "probe.b", "expressions": {}},
        ]
    }
    both = [resource(f'probe.{name}["{key}"]', {}, {"bucket": True} if name == "p" else {}) for name in "pb" for key in ("x", "y.z")]
    by_address = items(plan(*both, configuration=configuration))
    for key in ("x", "y.z"):
        assert by_address[f'probe.p["{key}"]'].link("bucket").data.address == f'probe.b["{key}"]'


def test_sensitive_values_are_known_wherever_they_are() -> None:
    values = {"a": "secret-a", "list": ["secret-b", "shown"], "map": {"k": "secret-c"}, "all": {"k": ["secret-d"]}}
    marks = {"a": True, "list": [True, False], "map": {"k": True}, "all": True}
    collection = collected(plan(resource("probe.p", values, sensitive_values=marks)))
    assert collection.sensitive is not None
    assert collection.sensitive.mask("secret-a secret-b secret-c secret-d shown") == " ".join(["(sensitive)"] * 4 + ["shown"])


def test_a_sensitive_null_is_absent() -> None:
    assert items(plan(resource("probe.p", {"a": None}, sensitive_values={"a": True})))["probe.p"]["a"].absent


@pytest.mark.parametrize(
    ("values", "unknown", "merged"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": [1, 2]}, {"a": [False, False]}, {"a": [1, 2]}),
        ({"a": [1]}, {"a": None}, {"a": [1]}),
        (None, {}, {}),
        (None, None, None),
        (5, False, 5),
        ([], [], []),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
    ],
)
def test_values_without_unknown_parts_stay_as_they_are(values: Any, unknown: Any, merged: Any) -> None:
    assert merge(values, unknown) == merged


def test_unknown_elements_are_added_where_the_values_lack_them() -> None:
    merged = merge({"a": [{"b": 1}]}, {"a": [{}, {"b": True}], "c": {"d": True}})
    assert merged["a"][0] == {"b": 1} and isinstance(merged["a"][1]["b"], Unknown) and isinstance(merged["c"]["d"], Unknown)


def test_an_errored_plan_is_judged_with_a_gap() -> None:
    collection = collected(plan(resource("probe.p", {}), errored=True))
    assert [gap.code for gap in collection.coverage.gaps] == ["plan_errored"] and len(collection.items) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"complete": False}, "does not cover the whole configuration"),
        (
            {"complete": False, "deferred_changes": [{"reason": "resource_config_unknown", "resource_change": {"address": "probe.later"}}]},
            "leaves 1 changes for later: probe.later",
        ),
        ({"deferred_changes": ["?"] * 9, "complete": None}, "leaves 9 changes for later"),
    ],
)
def test_a_plan_that_says_it_is_incomplete_is_judged_with_a_gap(more: dict[str, Any], said: str) -> None:
    collection = collected(plan(resource("probe.p", {}), **more))
    (gap,) = collection.coverage.gaps
    assert gap.code == "plan_incomplete" and said in gap.reason and len(collection.items) == 1


@pytest.mark.parametrize(("reason", "sure"), [("instance_count_unknown", False), ("resource_config_unknown", True)])
def test_what_is_left_for_later_is_read(reason: str, sure: bool) -> None:
    """A resource whose count is not known yet may or may not exist: nothing is missing for certain."""
    change = {"actions": ["create"], "after": {"name": "later"}, "after_unknown": {"link": True}}
    later = {"address": "probe.later", "mode": "managed", "type": "probe", "change": change}
    content = plan(resource("probe.p", {}), complete=False, deferred_changes=[{"reason": reason, "resource_change": later}])
    (item,) = (item for item in collected(content).items if item.address == "probe.later")
    assert item["name"].data == "later" and item["link"].unknown is not None
    assert (item.template is None) is sure


def test_a_complete_plan_has_no_gap() -> None:
    assert not collected(plan(resource("probe.p", {}), complete=True, deferred_changes=[], errored=False)).coverage.gaps


@pytest.mark.parametrize(("actions", "judged"), [(["forget"], False), (["delete"], False), (["create", "forget"], True), (["no-op"], True)])
def test_what_is_no_longer_managed_is_not_judged(actions: list[str], judged: bool) -> None:
    """`planned_values` of a real plan list a forgotten resource, without values."""
    gone = resource("probe.gone", {}, actions=actions)
    assert ("probe.gone" in items(plan(resource("probe.p", {}), gone))) is judged


def test_a_deposed_object_says_nothing_of_the_object_in_its_place() -> None:
    content = plan(resource("probe.p", {"a": 1}, {"b": True}))
    deposed = {"address": "probe.p", "mode": "managed", "deposed": "4b1f0c2a", "change": {"actions": ["delete"], "after_unknown": {}}}
    content["resource_changes"].append(deposed)
    item = items(content)["probe.p"]
    assert item["a"].data == 1 and item["b"].unknown is not None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_plan_in_the_encodings_of_shells_is_read(tmp_path: Path, encoding: str) -> None:
    """PowerShell writes UTF-16 where a program's output goes to a file."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = tmp_path / "tfplan.json"
    path.write_bytes((mark + json.dumps(plan(resource("probe.p", {"name": "\u00e9"})))).encode(encoding))
    discovered = discover([str(tmp_path)])
    assert discovered.inputs == {"plan": [str(path)]}
    (source,) = sources(discovered.inputs["plan"], set(), Options(paths=(str(path),)))
    (collection,) = source.collect()
    assert not collection.coverage.gaps and [item["name"].data for item in collection.items] == ["\u00e9"]


def test_modules_of_a_plan_nest() -> None:
    content = plan()
    content["planned_values"]["root_module"] = {
        "child_modules": [{"address": "module.a", "child_modules": [{"address": 'module.a.module.b["x.y"]', "resources": [
            {"address": 'module.a.module.b["x.y"].probe.p', "mode": "managed", "type": "probe", "name": "p", "values": {"v": 1}}
        ]}]}]
    }  # fmt: skip
    content["configuration"] = {
        "provider_config": {"probe": {"name": "probe", "expressions": {"region": {"constant_value": "r1"}}}},
        "root_module": {"module_calls": {"a": {"module": {"module_calls": {"b": {"module": {"resources": [
            {"address": "probe.p", "provider_config_key": "probe", "expressions": {"v": {}}}
        ]}}}}}}},
    }  # fmt: skip
    item = items(content)['module.a.module.b["x.y"].probe.p']
    assert item["v"].data == 1 and item.region.data == "r1" and item.type == "probe"


# What only looks like a plan


@pytest.mark.parametrize(
    "content",
    [
        {"format_version": "1.2", "planned_values": None},
        {"format_version": "1.2", "planned_values": []},
        {"format_version": "1.2", "planned_values": {"root_module": []}},
        {"format_version": "1.2", "planned_values": {"root_module": {"resources": 5}}},
        {"format_version": "1.2", "planned_values": {"root_module": {"resources": [5]}}},
        {"format_version": "1.2", "planned_values": {"root_module": {"resources": [{"mode": "managed"}]}}},
        {"format_version": "1.2", "planned_values": {}, "resource_changes": 5},
        {"format_version": "1.2", "planned_values": {}, "resource_changes": [{}]},
        {"format_version": "1.2", "planned_values": {}, "resource_changes": [{"address": "a.b", "change": None}]},
        {"format_version": "1.2", "planned_values": {}, "configuration": []},
        {"format_version": "1.2", "planned_values": {}, "configuration": None},
        {"format_version": "1.2", "planned_values": {}, "variables": []},
        {"format_version": "1.2", "planned_values": {}, "variables": {"a": 5}},
        {"format_version": "1.2", "planned_values": {}, "prior_state": 5},
        {"format_version": "1.2", "planned_values": {}, "prior_state": {"values": None}},
    ],
)
def test_a_plan_of_another_shape_is_a_gap_or_empty(content: dict[str, Any]) -> None:
    assert is_plan(content)
    collection = collected(content)
    assert collection.items == [] and [gap.code for gap in collection.coverage.gaps] in ([], ["input_failed"])


@pytest.mark.parametrize(
    "content", [None, [], 5, "plan", {}, {"format_version": "1.0"}, {"planned_values": {}}, {"format_version": "1.0", "values": {}}]
)
def test_other_json_is_no_plan(content: Any) -> None:
    assert not is_plan(content)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"format_version": "1.2", "terraform_version": "1"}', ["unsupported"]),
        ('{"name": "package"}', ["unsupported"]),
        ("{", ["parse_error"]),
        ("", ["parse_error"]),
        ("[" * 100_000, ["parse_error"]),
        ("\x00", ["parse_error"]),
    ],
)
def test_a_named_file_that_is_no_plan_is_a_gap(tmp_path: Path, text: str, codes: list[str]) -> None:
    (tmp_path / "p.json").write_text(text)
    path = str(tmp_path / "p.json")
    assert discover([path]).inputs == {"plan": [path]}
    assert [gap.code for gap in Scan(Options(paths=[path])).report().coverage.gaps] == codes


def test_plans_are_found_among_other_json(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a/plan.json": json.dumps(plan(resource("probe.p", {}))), "a/package.json": '{"name": "x"}', "a/main.tf": "", "b/x.json": "{"},
    )
    discovered = discover([str(tmp_path)])
    assert discovered.inputs == {"plan": [str(tmp_path / "a" / "plan.json")]} and discovered.gaps == []
    assert discovered.directories == [str(tmp_path / "a")]


def mutations(data: Any) -> list[tuple[Any, Any]]:
    """Every container and key of a document."""
    entries: list[tuple[Any, Any]] = []
    for key, inner in data.items() if isinstance(data, dict) else enumerate(data):
        entries.append((data, key))
        if isinstance(inner, (dict, list)):
            entries += mutations(inner)
    return entries


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_change_to_a_real_plan_makes_reading_fail(data: st.DataObject) -> None:
    content = copy.deepcopy(REAL)
    for _ in range(data.draw(st.integers(1, 3))):
        places = mutations(content)
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        holder[key] = data.draw(st.sampled_from([None, [], {}, 5, "x", True, [None], [[]], {"a": None}]))
    if not is_plan(content):
        return
    for item in collected(content).items:
        assert isinstance(item.address, str)
        assert item["policy"] is not None and item.region is not None and item.link("bucket") is not None
        assert isinstance(item.blocks("ingress")[0], list) and item.attributes() is not None
        assert item["rule.0.apply_server_side_encryption_by_default.0.kms_master_key_id"] is not None


def test_the_code_of_the_real_plan_says_the_same(tmp_path: Path) -> None:
    """Reading the code gives what terraform planned, wherever both know a plain value."""
    data = Path(__file__).parent / "data"
    write(tmp_path, {"main.tf": (data / "plan.tf").read_bytes(), "data/main.tf": (data / "plan_module.tf").read_bytes()})
    (collection,) = collect(tmp_path)
    code = {item.address: item for item in collection.items}
    planned = items(REAL)
    assert planned.keys() == {address for address in code if not address.startswith("data.")}
    compared = 0
    for address, item in planned.items():
        for name, value in code[address].attributes().data.items():
            if isinstance(value, (str, bool, int)) and isinstance(item[name].data, (str, bool, int)):
                assert item[name].data == value, (address, name)
                compared += 1
    assert compared >= 15


def _resource(address: str, provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
    type_, _, name = address.partition(".")
    planned = {"address": address, "mode": "managed", "type": type_, "name": name, "values": {}}
    return planned, {"address": address, "mode": "managed", "type": type_, "name": name, "provider_config_key": provider, "expressions": {}}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"region": {"constant_value": "us-west-2"}}, True),
        ({"profile": {"constant_value": "other"}}, None),
        ({"assume_role": [{"role_arn": {"references": ["var.role"]}}]}, None),
        ({"allowed_account_ids": {"constant_value": ["222222222222"]}}, None),
        ({"allowed_account_ids": {"constant_value": ["222222222222", "333333333333"]}}, None),
    ],
)
def test_whether_two_providers_of_a_plan_are_of_one_account(other: dict[str, Any], expected: bool | None) -> None:
    pairs = [_resource("aws_s3_bucket.b", "aws"), _resource("aws_s3_account_public_access_block.a", "aws.other")]
    content = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [planned for planned, _ in pairs]}},
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}},
                "aws.other": {"name": "aws", "alias": "other", "expressions": other},
            },
            "root_module": {"resources": [configured for _, configured in pairs]},
        },
    }
    (collection,) = PlanSource("plan.json", content).collect()
    bucket, block, *_ = collection.items
    assert bucket.same_account(block) is expected
    content["configuration"]["provider_config"]["aws"]["expressions"]["allowed_account_ids"] = {"constant_value": ["111111111111"]}  # type: ignore[index]
    (collection,) = PlanSource("plan.json", content).collect()
    bucket, block, *_ = collection.items
    assert bucket.account.data == "111111111111"
    known = other.get("allowed_account_ids", {}).get("constant_value")
    assert bucket.same_account(block) is (False if known == ["222222222222"] else None)
