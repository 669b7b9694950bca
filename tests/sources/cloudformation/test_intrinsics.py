"""Functions of templates: what they give where all is known, and where some of it is not."""

from __future__ import annotations

import base64
import ipaddress
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.facts.statements import names_whole_account, principal_account
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Either, Reference, Text, Unknown
from tests.sources.cloudformation.reading import collect, gaps, read, value

KEY = "  Key:\n    Type: AWS::KMS::Key\n"
PARAMETERS = """
Parameters:
  Name: {Type: String, Default: orders}
  Many: {Type: CommaDelimitedList, Default: "a, b,c"}
  Count: {Type: Number, Default: 3}
  Unset: {Type: String}
  Size: {Type: String, AllowedValues: [small, large]}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /img/latest}
Mappings:
  Sizes:
    eu-west-1: {big: 10, list: [x, y]}
    us-east-1: {big: 20, list: [x, y]}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Name", "orders"),
        ("!Ref Many", ["a", "b", "c"]),
        ("!Ref Count", 3),
        ("!Sub '${Name}-${Count}'", "orders-3"),
        ("!Sub ['${A}-${!Name}', {A: !Ref Name}]", "orders-${Name}"),
        ("!Sub 'arn:${AWS::Partition}:s3:::x.${AWS::URLSuffix}'", "arn:aws:s3:::x.amazonaws.com"),
        ("!Join ['-', [a, !Ref Name, 1, true]]", "a-orders-1-true"),
        ("!Join [',', !Ref Many]", "a,b,c"),
        ("!Select [1, !Ref Many]", "b"),
        ("!Select ['2', !Split ['-', 'a-b-c']]", "c"),
        ("!FindInMap [Sizes, eu-west-1, big]", 10),
        ("!Select [1, !FindInMap [Sizes, eu-west-1, list]]", "y"),
        ("!FindInMap [Sizes, nowhere, big, {DefaultValue: !Ref Name}]", "orders"),
        ("!Base64 'x: 1'", base64.b64encode(b"x: 1").decode()),
        ("!Cidr [10.0.0.0/16, 3, 8]", [str(network) for network in list(ipaddress.ip_network("10.0.0.0/16").subnets(new_prefix=24))[:3]]),
        ("{'Fn::ToJsonString': {a: !Ref Name}}", '{"a":"orders"}'),
        ("{'Fn::Length': !Ref Many}", 3),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("{a: 1, b: !Ref AWS::NoValue}", {"a": 1}),
        ("!Ref AWS::NoValue", None),
        ("{'Ref': 'Name'}", "orders"),
        ("2012-10-17", "2012-10-17"),
        ("012345678901", "012345678901"),
        ("22:22", "22:22"),
        ("on", True),
    ],
)
def test_known(tmp_path: Path, expression: str, expected: Any) -> None:
    result = value(tmp_path, expression, PARAMETERS)
    assert result == expected and type(result) is type(expected)


def test_texts_of_references_are_split_where_commas_are_written(tmp_path: Path) -> None:
    key, unset = Reference("AWS::KMS::Key.Key"), "Parameters:\n  Unset: {Type: String}\n"
    assert value(tmp_path, "!Split [',', !Sub '${Key},a']", KEY) == [key, "a"]
    assert value(tmp_path, "!Select [1, !Split [',', !Join [',', [a, !Ref Key]]]]", KEY) == key
    assert isinstance(value(tmp_path, "!Split [':', !Sub 'a:${Key.Arn}']", KEY), Unknown)  # an ARN has colons of its own
    own = "  Own: {Type: Custom::Subnets}\n"
    assert isinstance(value(tmp_path, "!Split [',', !Sub '${Own},a']", own), Unknown)
    assert isinstance(value(tmp_path, "!Split [',', !Join [',', [!Ref Key, !Ref Unset]]]", KEY + unset), Unknown)


def test_a_list_of_a_nested_stack_may_be_joined_of_references(tmp_path: Path) -> None:
    parent = """
    Resources:
      Key: {Type: AWS::KMS::Key}
      Child:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: child.yaml
          Parameters: {Many: !Sub "${Key} , a", One: !Ref Key, Arn: !GetAtt Key.Arn, Other: !GetAtt Own.Ids}
      Own: {Type: Custom::Subnets}
    """
    child = """
    Parameters:
      Many: {Type: CommaDelimitedList}
      One: {Type: CommaDelimitedList}
      Arn: {Type: CommaDelimitedList}
      Other: {Type: CommaDelimitedList}
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties: {A: !Ref Many, B: !Ref One, C: !Select [1, !Ref Many], D: !Select [0, !Ref Arn], E: !Ref Other}
    """
    key = Reference("AWS::KMS::Key.Key")
    items = read(tmp_path, {"t.yaml": parent, "child.yaml": child})
    assert items["Child/Topic"].attributes().data == {
        "A": [key, "a"], "B": [key], "C": "a", "D": Reference(key.address, "Arn"), "E": Reference("Custom::Subnets.Own", "Ids"),
    }  # fmt: skip


def test_ranges_of_networks_are_those_that_are_written(tmp_path: Path) -> None:
    networks = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Pooled: {Type: AWS::EC2::VPC, Properties: {Ipv4IpamPoolId: pool-1}}
  Own: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !GetAtt Own.CidrBlock}}
"""
    assert value(tmp_path, "!GetAtt Vpc.CidrBlock", networks) == "10.0.0.0/16"
    assert value(tmp_path, "!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]", networks) == "10.0.1.0/24"
    assert value(tmp_path, "!GetAtt Pooled.CidrBlock", networks) == Reference("AWS::EC2::VPC.Pooled", "CidrBlock")
    assert value(tmp_path, "!GetAtt Own.CidrBlock", networks) == Reference("AWS::EC2::VPC.Own", "CidrBlock")


def test_references_are_known_to_be_there(tmp_path: Path) -> None:
    assert value(tmp_path, "!Ref Key", KEY) == Reference("AWS::KMS::Key.Key")
    assert value(tmp_path, "!GetAtt Key.Arn", KEY) == Reference("AWS::KMS::Key.Key", "Arn") == value(tmp_path, "!GetAtt [Key, Arn]", KEY)
    assert value(tmp_path, "!Sub '${Key.Arn}'", KEY) == Reference("AWS::KMS::Key.Key", "Arn")
    assert value(tmp_path, "!Sub '${Key}/x'", KEY) == Text((Reference("AWS::KMS::Key.Key"), "/x"))
    assert Reference("AWS::KMS::Key.Key", "Arn").type == "AWS::KMS::Key"


def test_what_is_computed_from_a_reference_links_to_it(tmp_path: Path) -> None:
    item = read(tmp_path, "Resources:\n  R:\n    Type: AWS::B::C\n    Properties: {P: !Select [6, !Split [':', !GetAtt Key.Arn]]}\n" + KEY)[
        "R"
    ]
    assert isinstance(item["P"].data, Unknown)
    assert item.link("P").data == Reference("AWS::KMS::Key.Key")


def test_the_account_is_that_of_the_stack(tmp_path: Path) -> None:
    whole, root = value(tmp_path, "!Ref AWS::AccountId"), value(tmp_path, "!Sub 'arn:aws:iam::${AWS::AccountId}:root'")
    assert principal_account(whole) == principal_account(root) == "this"
    assert names_whole_account(whole) and names_whole_account(root)
    assert value(tmp_path, "!Sub 'arn:aws:iam::${AWS::AccountId}:root'", account="111122223333") == "arn:aws:iam::111122223333:root"


def test_the_region(tmp_path: Path) -> None:
    unknown = value(tmp_path, "!Ref AWS::Region")
    assert isinstance(unknown, Unknown) and unknown.settles_it == "pass --region"
    assert value(tmp_path, "!Sub '${AWS::Partition}:${AWS::Region}'", region="cn-north-1") == "aws-cn:cn-north-1"
    result = value(tmp_path, "!FindInMap [Sizes, !Ref AWS::Region, big]", PARAMETERS)
    assert isinstance(result, Either) and set(result.options) == {10, 20}
    assert value(tmp_path, "!Select [0, !FindInMap [Sizes, !Ref AWS::Region, list]]", PARAMETERS) == "x"


def test_availability_zones_differ_though_they_are_not_known(tmp_path: Path) -> None:
    first, second = (value(tmp_path, f"!Select [{at}, !GetAZs '']") for at in (0, 1))
    assert isinstance(first, Reference) and isinstance(second, Reference) and first != second and first.is_data


def test_unset_parameters(tmp_path: Path) -> None:
    unset = value(tmp_path, "!Ref Unset", PARAMETERS)
    assert isinstance(unset, Unknown) and "--parameter Unset=" in unset.settles_it
    assert unset.location is not None and unset.location.line == 11
    size = value(tmp_path, "!Ref Size", PARAMETERS)
    assert isinstance(size, Either) and size.options == ("small", "large")
    assert value(tmp_path, "!Sub 'x-${Size}'", PARAMETERS).options == ("x-small", "x-large")
    assert value(tmp_path, "!Ref Image", PARAMETERS) == Reference("data.ssm./img/latest")
    assert value(tmp_path, "!Ref Unset", PARAMETERS, parameters={"Unset": "given"}) == "given"


def test_a_secret_is_judged(tmp_path: Path) -> None:
    more = "Parameters:\n  Password: {Type: String, NoEcho: true, Default: changeme}\n"
    assert value(tmp_path, "!Ref Password", more) == "changeme"
    assert value(tmp_path, "!Ref Password", more, parameters={"Password": "x"}) == "x"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'{{resolve:secretsmanager:prod/db:SecretString:password}}'", Reference("data.secretsmanager.prod/db", "password")),
        ("'{{resolve:ssm-secure:name:1}}'", Reference("data.ssm-secure.name:1")),
        ("!Sub '{{resolve:secretsmanager:${Key}:SecretString:password}}'", Reference("AWS::KMS::Key.Key", "SecretString:password")),
        ("!Join ['', ['{{resolve:secretsmanager:', !Ref Key, '}}']]", Reference("AWS::KMS::Key.Key")),
        ("'user:{{resolve:ssm:p}}@host'", Text(("user:", Reference("data.ssm.p"), "@host"))),
    ],
)
def test_dynamic_references(tmp_path: Path, expression: str, expected: Any) -> None:
    assert value(tmp_path, expression, KEY) == expected


def test_json_with_a_reference_inside_is_a_document(tmp_path: Path) -> None:
    result = value(tmp_path, "{'Fn::ToJsonString': {Statement: [{Principal: {AWS: !GetAtt Key.Arn}}]}}", KEY)
    assert decode(result) == {"Statement": [{"Principal": {"AWS": Reference("AWS::KMS::Key.Key", "Arn")}}]}


@pytest.mark.parametrize(
    "expression",
    [
        "!Ref Nobody", "!GetAtt Nobody.Arn", "!GetAtt x", "!Ref [a]", "!Sub [a]", "!Sub {a: b}", "!Join [a]", "!Join [a, b, c]",
        "!Select [x, [a]]", "!Select [5, [a]]", "!Select []", "!Split ['', a]", "!Split a", "!FindInMap [No, a, b]", "!FindInMap [a]",
        "!If [Nobody, a, b]", "!If [a]", "!Base64 [a]", "!Cidr [x, 1, 2]", "!Cidr [10.0.0.0/16, 1000000, 8]", "!Cidr [10.0.0.0/16, 3, 99]",
        "!ImportValue [a]", "!ImportValue unknown", "{'Fn::ToJsonString': 1}", "{'Fn::Length': 1}", "!Nonsense x", "!Equals [a, a]",
        "{Ref: a, 'Fn::Sub': b}", "!Sub '${}'", "!Sub '${Nobody.Arn}'", "!Ref AWS::Nothing", "!GetAtt [Key, [a]]",
    ],
)  # fmt: skip
def test_malformed_is_unknown(tmp_path: Path, expression: str) -> None:
    assert isinstance(value(tmp_path, expression), Unknown)


def test_undecided_conditions_of_many_parameters_give_both_values(tmp_path: Path) -> None:
    names = [f"P{at}" for at in range(6)]
    text = "Parameters:\n" + "".join(f"  {name}: {{Type: String}}\n" for name in names)
    text += "Conditions:\n" + "".join(f"  C{name}: !Equals [!Ref {name}, x]\n" for name in names)
    text += "Resources:\n" + "".join(
        f"  R{name}:\n    Type: AWS::B::C\n    Condition: C{name}\n    Properties: {{V: !If [C{name}, a, b], W: !If [C{name}, a, a]}}\n"
        for name in names
    )
    collections = collect(tmp_path, text)
    assert not gaps(collections) and not collections[0].worlds and len(collections[0].items) == 6
    for item in collections[0].items:
        assert isinstance(item["V"].raw, Either) and item["V"].options == ("a", "b")
        assert item["W"].data == "a"
        assert item.template is not None and "has no value" in item.template.reason
