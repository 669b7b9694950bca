"""Variables of the Serverless Framework in parts of its templates."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assay.scanner.sources.cloudformation.serverless_variables import is_variable, with_variables
from assay.scanner.sources.raw import Given, Text, Unknown

from .reading import collect


@pytest.mark.parametrize(
    "text",
    [
        "${self:custom.domain}", "${opt:stage, 'dev'}", "${sls:stage}", "${param:key}", "${cf:other.Arn}", "${cf(eu-west-1):other.Arn}", "${env:STAGE}",
        "${file(./settings.${opt:stage}.yml):retention}", "${self:custom.pitr.${opt:stage, self:provider.stage}}", "${strToBool(${opt:on})}",
        "${self:custom.open",
    ],
)  # fmt: skip
def test_a_variable_alone_is_not_known(text: str) -> None:
    value = with_variables(text)
    assert isinstance(value, Given) and value.name and not value.filled


@pytest.mark.parametrize(
    "text",
    [
        "", "orders", "${AWS::Region}", "arn:aws:s3:::home/${aws:username}/*", "${saml:sub}", "${s3:prefix}", "${ssm:resourceTag/Team}", "${env:-prod}",
        "echo ${param:-x} ${opt:0:3}", "#!/bin/sh\necho ${env:TEMP}\n", "${Bucket}", "${!self:x}", "{{resolve:ssm:x}}",
    ],
)  # fmt: skip
def test_what_else_has_braces_is_text(text: str) -> None:
    assert with_variables(text) == text


def test_what_stands_around_a_variable_is_known() -> None:
    value = with_variables("reports-${opt:stage}-${self:custom.name}.log")
    assert isinstance(value, Text)
    assert [part if isinstance(part, str) else "?" for part in value.parts] == ["reports-", "?", "-", "?", ".log"]
    assert is_variable("self:custom.name") and not is_variable("AWS::Region") and not is_variable("Table.Arn")


def test_long_texts_cost_little() -> None:
    start = time.perf_counter()
    with_variables("${self:a" * 100_000)
    with_variables("${self:a}" * 10_000)
    assert isinstance(with_variables("${self:a}" * 100_000), Unknown)
    assert time.perf_counter() - start < 5


TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: "${opt:stage}"}
Mappings:
  Days: {a: {keep: "${self:custom.days}"}}
Conditions:
  Production: !Equals ["${opt:stage}", prod]
Resources:
  Orders: {Type: AWS::S3::Bucket, Condition: Production, Properties: {BucketName: !Sub "orders-${self:custom.name}-${AWS::Region}"}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref Stage, RetentionInDays: !FindInMap [Days, a, keep]}}
"""


def test_conditions_on_a_variable_are_open(tmp_path: Path) -> None:
    [collection] = collect(tmp_path, TEMPLATE)
    assert {world.holds["Production"]: len(world.items) for world in collection.worlds} == {True: 2, False: 1}
    by_name = {item.address.rpartition(".")[2]: item for world in collection.worlds for item in world.items}
    name = by_name["Orders"]["BucketName"].data
    assert isinstance(name, Text) and name.parts[0] == "orders-"
    assert isinstance(by_name["Log"]["LogGroupName"].data, Unknown) and isinstance(by_name["Log"]["RetentionInDays"].data, Unknown)
