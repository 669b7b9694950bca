"""Policies that data blocks build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Document, Either, Reference, Text, Unknown
from tests.sources.terraform.reading import read

VARIABLES = 'variable "unset" {}\n'


def policy(tmp_path: Path, body: str, more: str = "") -> dict[str, Any]:
    text = (
        f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\nresource "probe" "p" {{\n  policy = data.aws_iam_policy_document.d.json\n}}\n'
    )
    data = read(tmp_path, text + VARIABLES + more)["probe.p"]["policy"].data
    assert isinstance(data, Document)
    content = decode(data)
    assert isinstance(content, dict)
    return content


def test_a_statement_in_full(tmp_path: Path) -> None:
    document = policy(
        tmp_path,
        'version = "2008-10-17"\nstatement {\n sid = "One"\n effect = "Deny"\n actions = ["s3:*"]\n not_resources = ["arn:aws:s3:::b"]\n'
        ' principals {\n  type = "AWS"\n  identifiers = ["a", "b"]\n }\n principals {\n  type = "Service"\n  identifiers = ["c"]\n }\n'
        ' condition {\n  test = "Bool"\n  variable = "aws:SecureTransport"\n  values = ["false"]\n }\n'
        ' condition {\n  test = "Bool"\n  variable = "aws:MultiFactorAuthPresent"\n  values = ["true"]\n }\n}',
    )
    assert document == {
        "Version": "2008-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Deny",
                "Action": ["s3:*"],
                "NotResource": ["arn:aws:s3:::b"],
                "Principal": {"AWS": ["a", "b"], "Service": ["c"]},
                "Condition": {"Bool": {"aws:SecureTransport": ["false"], "aws:MultiFactorAuthPresent": ["true"]}},
            }
        ],
    }


def test_what_the_provider_adds_by_itself(tmp_path: Path) -> None:
    document = policy(tmp_path, 'statement {\n actions = ["s3:Get"]\n resources = []\n}')
    assert document == {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get"]}]}


def test_everyone_is_written_as_a_star(tmp_path: Path) -> None:
    body = 'statement {\n principals {\n  type = "*"\n  identifiers = ["*"]\n }\n}'
    assert policy(tmp_path, body)["Statement"][0]["Principal"] == "*"


@pytest.mark.parametrize("attribute", ["actions", "resources", "not_actions", "effect", "sid"])
def test_an_unknown_attribute_stays_in_its_statement(tmp_path: Path, attribute: str) -> None:
    document = policy(tmp_path, f'statement {{\n {attribute} = var.unset\n}}\nstatement {{\n actions = ["known"]\n}}')
    assert len(document["Statement"]) == 2 and document["Statement"][1]["Action"] == ["known"]
    assert any(isinstance(value, Unknown) for value in document["Statement"][0].values())


def test_references_stay_in_the_statement(tmp_path: Path) -> None:
    body = 'statement {\n resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]\n}'
    reference = Reference("aws_s3_bucket.b", "arn")
    assert policy(tmp_path, body, 'resource "aws_s3_bucket" "b" {}\n')["Statement"][0]["Resource"] == [reference, Text((reference, "/*"))]


@pytest.mark.parametrize(
    ("blocks", "key"),
    [
        ('principals {\n type = var.unset\n identifiers = ["a"]\n}', "Principal"),
        ('dynamic "principals" {\n for_each = var.unset\n content {\n  type = "AWS"\n  identifiers = ["a"]\n }\n}', "Principal"),
        ('condition {\n test = var.unset\n variable = "a"\n values = ["b"]\n}', "Condition"),
        ('dynamic "condition" {\n for_each = var.unset\n content {\n  test = "a"\n  variable = "a"\n  values = ["b"]\n }\n}', "Condition"),
    ],
)
def test_unknown_blocks_are_unknown_principals_and_conditions(tmp_path: Path, blocks: str, key: str) -> None:
    assert isinstance(policy(tmp_path, f"statement {{\n{blocks}\n}}")["Statement"][0][key], Unknown)


def test_statements_whose_number_is_unknown_leave_an_unknown_among_them(tmp_path: Path) -> None:
    body = 'statement {\n actions = ["known"]\n}\ndynamic "statement" {\n for_each = var.unset\n content {\n  actions = [statement.value]\n }\n}'
    first, second = policy(tmp_path, body)["Statement"]
    assert first["Action"] == ["known"] and isinstance(second, Unknown)


def test_statements_of_a_known_number(tmp_path: Path) -> None:
    body = 'dynamic "statement" {\n for_each = ["a", "b"]\n content {\n  sid = "S${statement.key}"\n  actions = [statement.value]\n }\n}'
    assert [(statement["Sid"], statement["Action"]) for statement in policy(tmp_path, body)["Statement"]] == [("S0", ["a"]), ("S1", ["b"])]


OTHERS = (
    'data "aws_iam_policy_document" "source" {\n statement {\n  sid = "Same"\n  actions = ["source"]\n }\n statement {\n  actions = ["nameless"]\n }\n}\n'
    'data "aws_iam_policy_document" "override" {\n statement {\n  sid = "Same"\n  effect = "Deny"\n  actions = ["override"]\n }\n}\n'
)


def actions(document: dict[str, Any]) -> list[Any]:
    return [statement if isinstance(statement, Unknown) else statement["Action"][0] for statement in document["Statement"]]


def test_source_documents_come_first_and_own_statements_replace_theirs(tmp_path: Path) -> None:
    body = 'source_policy_documents = [data.aws_iam_policy_document.source.json]\nstatement {\n sid = "Same"\n actions = ["own"]\n}'
    assert actions(policy(tmp_path, body, OTHERS)) == ["own", "nameless"]


def test_override_documents_replace_own_statements(tmp_path: Path) -> None:
    body = 'override_policy_documents = [data.aws_iam_policy_document.override.json]\nstatement {\n sid = "Same"\n actions = ["own"]\n}'
    assert actions(policy(tmp_path, body, OTHERS)) == ["override"]


def test_documents_given_as_text(tmp_path: Path) -> None:
    body = (
        'source_policy_documents = [jsonencode({ Statement = { Sid = "A", Action = ["one"] } }), '
        '"{\\"Statement\\": [{\\"Action\\": [\\"two\\"]}]}"]\noverride_json = jsonencode({ Statement = [{ Sid = "A", Action = ["three"] }] })'
    )
    assert actions(policy(tmp_path, body)) == ["three", "two"]


@pytest.mark.parametrize("attribute", ["source_policy_documents", "override_policy_documents"])
@pytest.mark.parametrize("given", ["[var.unset]", "var.unset", "[aws_x.y.policy]", '["not json"]', "[for each in var.unset : each]"])
def test_a_document_that_is_not_known_may_say_anything(tmp_path: Path, attribute: str, given: str) -> None:
    document = policy(tmp_path, f'{attribute} = {given}\nstatement {{\n actions = ["own"]\n}}')
    assert any(isinstance(statement, Unknown) for statement in document["Statement"])
    assert any(isinstance(statement, dict) and statement["Action"] == ["own"] for statement in document["Statement"])


def test_a_document_that_contains_itself_ends(tmp_path: Path) -> None:
    document = policy(tmp_path, "source_policy_documents = [data.aws_iam_policy_document.d.json]")
    assert "refers to itself" in repr(document)


def test_a_document_by_condition_is_one_of_two(tmp_path: Path) -> None:
    more = 'resource "probe" "q" {\n  policy = var.unset ? data.aws_iam_policy_document.source.json : data.aws_iam_policy_document.override.json\n}\n'
    raw = read(tmp_path, VARIABLES + OTHERS + more)["probe.q"]["policy"].raw
    assert isinstance(raw, Either) and [actions(option.content) for option in raw.options] == [["source", "nameless"], ["override"]]


def test_a_document_for_each_key(tmp_path: Path) -> None:
    text = (
        'data "aws_iam_policy_document" "d" {\n for_each = toset(["x", "y"])\n statement {\n  actions = [each.key]\n }\n}\n'
        'resource "probe" "p" {\n for_each = toset(["x", "y"])\n policy = data.aws_iam_policy_document.d[each.key].json\n}\n'
    )
    items = read(tmp_path, text)
    assert [actions(items[f'probe.p["{key}"]']["policy"].data.content) for key in "xy"] == [["x"], ["y"]]


def test_a_google_policy(tmp_path: Path) -> None:
    text = (
        'data "google_iam_policy" "d" {\n binding {\n  role = "roles/viewer"\n  members = ["allUsers", var.unset]\n'
        '  condition {\n   title = "t"\n   expression = "e"\n  }\n }\n'
        ' dynamic "binding" {\n  for_each = var.unset\n  content {\n   role = binding.value\n   members = []\n  }\n }\n}\n'
        'resource "probe" "p" {\n  policy = data.google_iam_policy.d.policy_data\n}\n'
    )
    first, second = read(tmp_path, text + VARIABLES)["probe.p"]["policy"].data.content["bindings"]
    assert (first["role"], first["members"][0], first["condition"]) == ("roles/viewer", "allUsers", {"title": "t", "expression": "e"})
    assert isinstance(first["members"][1], Unknown) and isinstance(second, Unknown)


def test_the_audit_of_a_google_policy(tmp_path: Path) -> None:
    text = (
        'data "google_iam_policy" "d" {\n'
        ' audit_config {\n  service = "a"\n  audit_log_configs {\n   log_type = "DATA_READ"\n   exempted_members = ["user:x"]\n  }\n }\n'
        ' audit_config {\n  service = "b"\n  audit_log_configs {\n   log_type = "DATA_READ"\n  }\n'
        '  dynamic "audit_log_configs" {\n   for_each = var.unset\n   content {\n    log_type = "DATA_WRITE"\n   }\n  }\n }\n}\n'
        'resource "probe" "p" {\n  policy = data.google_iam_policy.d.policy_data\n}\n'
    )
    first, second = read(tmp_path, text + VARIABLES)["probe.p"]["policy"].data.content["auditConfigs"]
    assert first == {"service": "a", "auditLogConfigs": [{"logType": "DATA_READ", "exemptedMembers": ["user:x"]}]}
    assert second["auditLogConfigs"][0] == {"logType": "DATA_READ", "exemptedMembers": None}
    assert [isinstance(log, Unknown) for log in second["auditLogConfigs"]] == [False, True], "there may be more"


def test_other_data_blocks_give_references(tmp_path: Path) -> None:
    text = 'data "aws_x" "d" {}\nresource "probe" "p" {\n  policy = data.aws_x.d.json\n}\n'
    assert read(tmp_path, text)["probe.p"]["policy"].data == Reference("data.aws_x.d", "json")
