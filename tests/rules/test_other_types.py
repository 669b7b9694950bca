"""Rules on resource types that no kind models: `applies_to: {terraform: aws_sqs_queue}`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.results.model import Result
from tests.scans import assay_json, judge, rule, write

QUEUES = """\
variable "team" {}
resource "aws_kms_key" "k" {}
resource "aws_sqs_queue" "plain" {
  name = "public-a"
}
resource "aws_sqs_queue" "literal" {
  name              = "trade-a"
  kms_master_key_id = "alias/trade"
  tags              = { owner = "trade" }
  ports             = [443, 8443]
}
resource "aws_sqs_queue" "referring" {
  name              = "trade-${var.team}"
  kms_master_key_id = aws_kms_key.k.arn
  tags              = { owner = var.team }
  ports             = [443, var.team]
}
resource "aws_sqs_queue" "unset" {
  name              = var.team
  kms_master_key_id = var.team
  tags              = var.team
  ports             = var.team
}
"""


@pytest.fixture
def queues(tmp_path: Path) -> Path:
    return write(tmp_path / "code", {"main.tf": QUEUES})


def judged(code: Path, that: str, message: str = "m", **assertion: Any) -> dict[str, Result]:
    text = rule(applies_to={"terraform": "aws_sqs_queue"}, **{"assert": [{"that": that, "message": message, **assertion}]})
    policies = write(code.parent / "policies" / "team", {"rule.yaml": text}).parent
    return {result.resource.name: result for result in judge(code, "team.rule", policies=[str(policies)])}


def by_label(results: dict[str, Result]) -> dict[str, str]:
    return {result.resource.address.partition(".")[2]: result.verdict for result in results.values()}


CASES = {
    "resource.attributes.kms_master_key_id != null": ["fail", "pass", "pass", "unknown"],
    "resource.attributes.kms_master_key_id == 'alias/trade'": ["fail", "pass", "unknown", "unknown"],
    "!resource.attributes.name.startsWith('public-')": ["fail", "pass", "unknown", "unknown"],
    "resource.attributes.name == 'trade-a'": ["fail", "pass", "unknown", "unknown"],
    "resource.attributes.tags != null": ["fail", "pass", "pass", "unknown"],
    "resource.attributes.tags != null && resource.attributes.tags.owner == 'trade'": ["fail", "pass", "unknown", "unknown"],
    "resource.attributes.tags != null && resource.attributes.tags.centre != null": ["fail", "fail", "fail", "unknown"],
    "resource.attributes.ports != null && resource.attributes.ports.exists(p, p == 443)": ["fail", "pass", "unknown", "unknown"],
    "resource.attributes.ports != null && resource.attributes.ports.all(p, p != 22)": ["fail", "pass", "unknown", "unknown"],
    "resource.attributes.ports == null || resource.attributes.ports == [443, 8443]": ["pass", "pass", "unknown", "unknown"],
    "resource.name.startsWith('trade-')": ["fail", "pass", "unknown", "unknown"],
    "resource.cloud == 'aws'": ["pass", "pass", "pass", "pass"],
}


@pytest.mark.parametrize("that", CASES)
def test_verdicts(that: str, queues: Path) -> None:
    assert by_label(judged(queues, that)) == dict(zip(("plain", "literal", "referring", "unset"), CASES[that], strict=True))


@pytest.mark.parametrize("when", [{}, {"when": "resource.cloud == 'aws'"}])
def test_an_attribute_that_is_a_text_decides_nothing_whatever_it_says(when: dict[str, str], tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"main.tf": 'resource "aws_sqs_queue" "q" {\n  name = "not applicable"\n}\n'})
    text = rule(applies_to={"terraform": "aws_sqs_queue"}, **{"assert": [{"that": "resource.attributes.name", "message": "m"}]}, **when)
    policies = write(tmp_path / "policies", {"rule.yaml": text})
    assert [result.verdict for result in judge(code, "team.rule", policies=[str(policies)])] == ["error"]


def test_the_unknown_attribute_is_named(queues: Path) -> None:
    result = next(
        judgement
        for judgement in judged(queues, "resource.attributes.kms_master_key_id != null").values()
        if judgement.verdict == "unknown"
    )
    (fact,) = result.unknown
    assert fact.fact == "attributes.kms_master_key_id"
    assert "team" in fact.reason
    assert "--var team=VALUE" in fact.settles_it


def test_the_evidence_is_at_the_line_of_the_attribute(queues: Path) -> None:
    results = judged(queues, "resource.attributes.kms_master_key_id != null", "no key: {attributes.kms_master_key_id}")
    passing = results["trade-a"]
    (evidence,) = passing.evidence
    assert (evidence.fact, evidence.observed) == ("attributes.kms_master_key_id", "alias/trade")
    assert evidence.location is not None
    assert (Path(evidence.location.file).name, evidence.location.line) == (
        "main.tf",
        1 + QUEUES.splitlines().index('  kms_master_key_id = "alias/trade"'),
    )
    assert results["public-a"].message == "no key: absent"
    assert passing.resource.kind == "Resource"


def test_blocks_are_lists_and_each_takes_their_objects(tmp_path: Path) -> None:
    text = """\
variable "size" {}
resource "aws_sqs_queue" "q" {
  name = "q"
  rule {
    port = 22
  }
  rule {
    port = 443
    note = "n"
  }
  rule {
    port = var.size
  }
}
"""
    code = write(tmp_path / "code", {"main.tf": text})
    policies = tmp_path / "policies"
    assertion = {"each": "resource.attributes.rule", "as": "rule", "that": "rule.port == 443", "message": "port {rule.port}"}
    write(policies / "team", {"rule.yaml": rule(applies_to={"terraform": "aws_sqs_queue"}, **{"assert": [assertion]})})
    results = judge(code, "team.rule", policies=[str(policies)])
    assert [(result.verdict, result.message) for result in results] == [
        ("fail", "port 22"),
        ("unknown", "not known whether port (unknown port)"),
    ]
    assert len({result.fingerprint for result in results}) == 2
    noted = judged(code, "resource.attributes.rule.exists(r, r.note != null && r.note == 'n')")
    assert [note.verdict for note in noted.values()] == ["pass"]


@pytest.mark.parametrize(("attribute", "expected"), [("ports", "error"), ("tags", "pass"), ("absent", "pass")])
def test_each_of_something_else_is_no_crash(attribute: str, expected: str, queues: Path) -> None:
    results = judged(queues, "p.x == null", each=f"resource.attributes.{attribute}", **{"as": "p"})
    assert results["trade-a"].verdict == expected


def test_what_looks_secret_is_not_shown(tmp_path: Path) -> None:
    hidden = [f"hidden{at}" for at in range(8)]
    text = f"""\
variable "x" {{}}
resource "aws_sqs_queue" "q" {{
  name          = "q"
  password      = "{hidden[0]}"
  client_secret = "{hidden[1]}-${{var.x}}"
  tags          = {{ api_key = "{hidden[2]}", deep = {{ auth_token = "{hidden[3]}" }}, plain = "shown1" }}
  secrets       = ["{hidden[4]}"]
  rule {{
    connection_string = "{hidden[5]}"
    port              = 1
  }}
  user {{
    master_password = "{hidden[6]}"
  }}
  access_key         = "{hidden[7]}"
  secret_arn         = "shown2"
  max_password_age   = 4711
}}
"""
    code = write(tmp_path / "code", {"main.tf": text})
    read = ("password", "client_secret", "tags", "secrets", "rule", "user", "access_key", "secret_arn", "max_password_age")
    message = " ".join(f"{{attributes.{name}}}" for name in read)
    conditions = " && ".join(f"resource.attributes.{name} == null" for name in read)
    assertion = {"each": "resource.attributes.rule", "as": "r", "that": "r.port == 2", "message": "{r.connection_string}"}
    compare = {"that": "resource.attributes.password == 'x' || resource.attributes.tags.deep.auth_token == 'x'", "message": "m"}
    assertions = [{"that": conditions, "message": message}, assertion, compare]
    policies = write(
        tmp_path / "policies" / "team", {"rule.yaml": rule(applies_to={"terraform": "aws_sqs_queue"}, **{"assert": assertions})}
    ).parent
    code_, report, _ = assay_json(code, "--policies", policies, "--control", "team.rule")
    written = json.dumps(report)
    assert (code_, report["summary"]["verdicts"]["fail"]) == (1, 3)
    assert [address for address in hidden if address in written] == []
    assert [text for text in ("shown1", "shown2", "4711") if text not in written] == []
    assert written.count("(not shown)") >= len(hidden)


def test_the_same_rule_judges_a_plan(tmp_path: Path) -> None:
    def planned(name: str, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "address": f"aws_sqs_queue.{name}", "mode": "managed", "type": "aws_sqs_queue", "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws", "values": values,
        }  # fmt: skip

    def change(name: str, unknown: dict[str, Any], sensitive: dict[str, Any]) -> dict[str, Any]:
        return {
            **planned(name, {}),
            "change": {"actions": ["create"], "before": None, "after": {}, "after_unknown": unknown, "after_sensitive": sensitive},
        }

    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [planned("a", {"key": "k"}), planned("b", {"key": None}), planned("c", {})]}},
        "resource_changes": [change("a", {}, {}), change("b", {}, {}), change("c", {"key": True}, {})],
        "configuration": {"root_module": {}},
    }
    code = write(tmp_path / "code", {"plan.json": json.dumps(plan)})
    assert by_label(judged(code, "resource.attributes.key != null")) == {"a": "pass", "b": "fail", "c": "unknown"}


def test_a_type_that_a_rule_names_counts_as_supported(tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"main.tf": 'resource "aws_glacier_vault" "a" {}\nresource "aws_glacier_vault" "b" {}\n'})
    policies = write(
        tmp_path / "policies" / "team",
        {"rule.yaml": rule(applies_to={"terraform": "aws_glacier_vault"}, **{"assert": [{"that": "true", "message": "m"}]})},
    ).parent
    _, report, _ = assay_json(code, "--policies", policies, "--control", "team.rule")
    assert report["coverage"]["unsupported_types"] == {}
    _, report, _ = assay_json(code)
    assert report["coverage"]["unsupported_types"] == {"aws_glacier_vault": 2}


def test_an_element_known_after_apply_is_unknown_and_says_so(tmp_path: Path) -> None:
    code = write(
        tmp_path / "code", {"main.tf": 'resource "aws_subnet" "s" {}\nresource "aws_lb" "b" {\n  subnets = [aws_subnet.s.id]\n}\n'}
    )
    text = rule(
        applies_to={"terraform": "aws_lb"},
        **{"assert": [{"each": "resource.attributes.subnets", "as": "subnet", "that": "subnet.public == false", "message": "m"}]},
    )
    policies = write(tmp_path / "policies", {"team/rule.yaml": text})
    (result,) = judge(code, "team.rule", policies=[str(policies)])
    assert (result.verdict, result.unknown[0].fact, result.element) == ("unknown", "an element", "aws_subnet.s.id")
    assert "aws_subnet.s.id is known after apply" in result.unknown[0].reason


def test_the_evidence_of_an_element_is_its_own_and_that_of_another_list_all_of_it(tmp_path: Path) -> None:
    code = 'resource "aws_x" "x" {\n  a {\n    size = 1\n  }\n  b {\n    size = 2\n  }\n  b {\n    size = 3\n  }\n}\n'
    that = "y.size == 9 && resource.attributes.b.exists(z, z.size == 3)"
    text = rule(applies_to={"terraform": "aws_x"}, **{"assert": [
        {"each": "resource.attributes.a", "as": "y", "that": that, "message": "a"},
        {"each": "resource.attributes.b", "as": "z", "that": "z.size > 0", "message": "b"},
    ]})  # fmt: skip
    policies = write(tmp_path / "policies", {"team/rule.yaml": text})
    (result,) = judge(write(tmp_path / "code", {"main.tf": code}), "team.rule", policies=[str(policies)])
    assert [(item.fact, item.observed) for item in result.evidence if item.fact.endswith("size")] == [
        ("attributes.a[].size", "1"), ("attributes.b[].size", "2"), ("attributes.b[].size", "3"),
    ]  # fmt: skip
