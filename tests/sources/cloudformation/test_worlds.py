"""Conditions that nothing decides: which combinations are possible, and what is said of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assay.scanner.results import worlds as merging
from assay.scanner.results.model import Result
from assay.scanner.run import Options, Scan
from assay.scanner.sources.interface import Collection, Wanted
from assay.scanner.sources.raw import Either, Unknown
from tests.sources.cloudformation.reading import collect, gaps, read


def worlds_of(top: Path, conditions: str, parameters: str = "Env: {Type: String}", **options: Any) -> list[dict[str, bool]]:
    """The worlds of a template of which every condition is used."""
    names = [line.partition(":")[0].strip() for line in conditions.strip().splitlines()]
    text = "Parameters:\n" + "".join(f"  {line.strip()}\n" for line in parameters.strip().splitlines())
    text += "Conditions:\n" + "".join(f"  {line.strip()}\n" for line in conditions.strip().splitlines())
    text += "Resources:\n" + "".join(f"  R{name}: {{Type: AWS::B::C, Condition: {name}}}\n" for name in names)
    [collection] = collect(top, text, **options)
    assert not gaps([collection])
    for world in collection.worlds:
        assert [item.address for item in world.items] == [f"AWS::B::C.R{name}" for name in names if world.holds[name]]
    return [world.holds for world in collection.worlds]


def vectors(holdings: list[dict[str, bool]]) -> list[str]:
    return sorted("".join("ft"[value] for _, value in sorted(world.items())) for world in holdings)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ("A: !Equals [!Ref Env, prod]", ["f", "t"]),
        ("A: !Equals [!Ref Env, prod]\nB: !Equals [!Ref Env, dev]", ["ff", "ft", "tf"]),
        ("A: !Equals [!Ref Env, prod]\nB: !Not [!Condition A]", ["ft", "tf"]),
        ("A: !Equals [!Ref Env, prod]\nB: !Not [!Equals [prod, !Ref Env]]", ["ft", "tf"]),
        ("A: !Equals [!Ref Env, '']\nB: !Or [!Condition A, !Equals [!Ref Env, dev]]", ["ff", "ft", "tt"]),
        ("A: !Equals [!Ref Env, prod]\nB: !And [!Condition A, !Equals [!Ref AWS::Region, us-east-1]]", ["ff", "tf", "tt"]),
        ("A: !Equals [!Sub '${Env}-x', prod-x]", ["f", "t"]),
        ("A: !Equals [!FindInMap [M, !Ref Env, k], 'true']", ["f", "t"]),
    ],
)
def test_possible_combinations(tmp_path: Path, conditions: str, expected: list[str]) -> None:
    more = "Env: {Type: String}\nMappings: {}" if "FindInMap" not in conditions else "Env: {Type: String, AllowedValues: [p, d]}"
    if "FindInMap" in conditions:
        text = f"Parameters:\n  {more}\nMappings:\n  M: {{p: {{k: 'true'}}, d: {{k: 'false'}}}}\nConditions:\n  {conditions}\n"
        text += "Resources:\n  R: {Type: AWS::B::C, Condition: A}\n"
        holdings = [world.holds for world in collect(tmp_path, text)[0].worlds]
    else:
        holdings = worlds_of(tmp_path, conditions)
    assert vectors(holdings) == expected


@pytest.mark.parametrize(
    "left", ["!GetAtt K.Arn", "!Ref K", "!Ref AWS::Region", "!Ref AWS::StackId", '!Sub "a-${P}"', "!Sub 'arn:aws:s3:::${AWS::StackName}'"]
)
def test_what_is_never_empty_is_not_compared_with_nothing(tmp_path: Path, left: str) -> None:
    text = f"""
Parameters: {{P: {{Type: String}}}}
Conditions: {{Empty: !Equals [{left}, ""], Filled: !Not [!Equals ["", {left}]]}}
Resources:
  K: {{Type: AWS::KMS::Key}}
  Not: {{Type: AWS::SQS::Queue, Condition: Empty}}
  Is: {{Type: AWS::SQS::Queue, Condition: Filled}}
"""
    assert set(read(tmp_path, text)) == {"K", "Is"}


def test_a_parameter_may_be_empty(tmp_path: Path) -> None:
    text = 'Parameters: {P: {Type: String}}\nConditions: {Empty: !Equals [!Ref P, ""]}\nResources:\n  Q: {Type: AWS::SQS::Queue, Condition: Empty}\n'
    [collection] = collect(tmp_path, text)
    assert len(collection.worlds) == 2


def test_allowed_values_bound_what_is_possible(tmp_path: Path) -> None:
    conditions = "A: !Equals [!Ref Env, prod]\nB: !Equals [!Ref Env, dev]\nC: !Equals [!Ref Env, test]"
    assert vectors(worlds_of(tmp_path, conditions, "Env: {Type: String, AllowedValues: [prod, dev]}")) == ["ftf", "tff"]


def test_defaults_and_given_values_decide(tmp_path: Path) -> None:
    text = """
    Parameters:
      Env: {Type: String, Default: dev}
    Conditions:
      IsProd: !Equals [!Ref Env, prod]
    Resources:
      P: {Type: AWS::B::C, Condition: IsProd}
      D: {Type: AWS::B::C, Properties: {V: !If [IsProd, p, d]}}
    """
    [collection] = collect(tmp_path, text)
    assert not collection.worlds and [item.address for item in collection.items] == ["AWS::B::C.D"]
    assert collection.items[0]["V"].data == "d" and collection.coverage.blocks.found == 1, "what is left out was found"
    [collection] = collect(tmp_path, text, parameters={"Env": "prod"})
    assert [item.address for item in collection.items] == ["AWS::B::C.P", "AWS::B::C.D"] and collection.items[1]["V"].data == "p"
    [collection] = collect(tmp_path, text, region="eu-west-1")
    assert not collection.worlds


def test_a_parameter_has_the_value_that_its_world_comes_from(tmp_path: Path) -> None:
    text = """
    Parameters:
      Env: {Type: String, AllowedValues: [prod, dev, test]}
    Conditions:
      IsProd: !Equals [!Ref Env, prod]
    Resources:
      R: {Type: AWS::B::C, Properties: {V: !Ref Env, W: !If [IsProd, x, !Ref AWS::NoValue]}}
    """
    [collection] = collect(tmp_path, text)
    values = {world.holds["IsProd"]: [world.items[0][name].raw for name in "VW"] for world in collection.worlds}
    assert values[True] == ["prod", "x"]
    assert isinstance(values[False][0], Either) and values[False][0].options == ("dev", "test") and values[False][1] is None


def test_conditions_that_lead_nowhere_are_unknown(tmp_path: Path) -> None:
    text = """
    Conditions:
      A: !Not [!Condition B]
      B: !Not [!Condition A]
      C: 5
      D: !Equals [a]
      E: !And [x, y]
    Resources:
      RA: {Type: AWS::B::C, Condition: A}
      RC: {Type: AWS::B::C, Condition: C}
      RD: {Type: AWS::B::C, Condition: D}
      RE: {Type: AWS::B::C, Condition: E}
      RF: {Type: AWS::B::C, Condition: Missing}
      RG: {Type: AWS::B::C, Condition: [x]}
    """
    [collection] = collect(tmp_path, text)
    assert not collection.worlds and len(collection.items) == 6
    assert all(isinstance(item.template, Unknown) for item in collection.items)
    told = {item.address[-2:]: item.template for item in collection.items}
    assert [told["RF"].reason.partition(" in ")[0], told["RF"].settles_it] == ["there is no condition Missing", "correct the template"]
    assert told["RA"].reason == "whether condition B holds: condition A leads back to itself", "one condition is named, and once"


def test_the_number_of_combinations_is_bounded(tmp_path: Path) -> None:
    conditions = "\n".join(f"C{at:02}: !Equals [!Sub '${{Env}}{at}', x]" for at in range(40))
    assert worlds_of(tmp_path, conditions) == []


KEY = """
Parameters:
  Env: {Type: String}
  Opt: {Type: String, AllowedValues: [on, off]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Opted: !Equals [!Ref Opt, "true"]
Resources:
  Rotated: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true, Description: !If [IsProd, a, b]}}
  Never: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: !If [IsProd, false, !Ref AWS::NoValue]}}
  Sometimes: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: !If [IsProd, true, false]}}
  Both: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: !If [IsProd, !If [Opted, true, false], true]}}
  OnlyProd: {Type: AWS::KMS::Key, Condition: IsProd, Properties: {EnableKeyRotation: false}}
"""


def judged(top: Path, text: str) -> dict[str, Result]:
    (top / "t.yaml").write_text(text, "utf-8")
    report = Scan(Options(paths=[str(top)], controls=["keys.rotation-and-policy"])).report()
    assert not report.coverage.gaps and report.coverage.blocks.found == report.summary.resources == len(report.results) == 5
    return {result.resource.address.rpartition(".")[2]: result for result in report.results}


def test_what_worlds_do_not_agree_on_says_when_it_is_so(tmp_path: Path) -> None:
    results = judged(tmp_path, KEY)
    said = {name: (result.verdict, result.message.partition(" when ")[2]) for name, result in results.items()}
    assert said == {
        "Rotated": ("pass", ""),
        "Never": ("fail", ""),
        "Sometimes": ("fail", "IsProd is false"),
        "Both": ("fail", "Opted is false and IsProd is true"),
        "OnlyProd": ("fail", ""),
    } or said["Both"] == ("fail", "IsProd is true and Opted is false")


def test_one_world_is_judged_as_it_is() -> None:
    from assay.scanner.sources.coverage import Coverage

    assert list(merging.judged(Collection("x", [], Coverage()), lambda collection: iter(["r"]))) == ["r"]  # type: ignore[list-item]


UNDECIDED = "Parameters:\n  Env: {Type: String}\nConditions:\n" + "".join(f"  C{at}: !Equals [!Sub '${{Env}}{at}', x]\n" for at in range(6))


def test_below_an_undecided_value_each_branch_is_followed(tmp_path: Path) -> None:
    text = UNDECIDED + "Resources:\n  R:\n    Type: AWS::B::C\n    Properties:\n"
    text += "".join(f"      U{at}: !If [C{at}, 1, 2]\n" for at in range(6))
    text += "      E: !If [C1, {A: kms, B: [{N: 1}]}, {A: aes, B: [{N: 1}]}]\n      O: !If [C1, {A: kms}, !Ref AWS::NoValue]\n"
    text += "      L: [!If [C1, {N: 1}, !Ref AWS::NoValue], {N: 2}]\n      M: [!If [C1, {N: 1}, {N: 1}], {N: 2}]\n"
    [collection] = collect(tmp_path, text)
    item = collection.items[0]
    assert not collection.worlds and item["E.A"].options == ("kms", "aes") and item["E.A"].equals("kms").unknown
    assert item["E.B.0.N"].data == 1 and item["O.A"].options == ("kms", None)
    assert isinstance(item["L.0.N"].data, Unknown) and isinstance(item["L.N"].data, Unknown) and isinstance(item["L.1.N"].data, Unknown)
    assert item["M.N"].data == 1 and item["M.1.N"].data == 2
    assert len(item.blocks("L")[0]) == 1 and isinstance(item.blocks("L")[1], Unknown)


def test_conditions_of_what_nothing_reads_tell_nothing_apart(tmp_path: Path) -> None:
    metadata = "  M: {Type: AWS::CDK::Metadata, Condition: Here}\n"
    text = f"Conditions:\n  Here: !Equals [!Ref AWS::Region, us-east-1]\nResources:\n  K: {{Type: AWS::KMS::Key}}\n{metadata}"
    (tmp_path / "t.yaml").write_text(text, "utf-8")
    from assay.scanner.sources.cloudformation.source import CloudFormationSource

    source = CloudFormationSource([str(tmp_path / "t.yaml")], set(), Options())
    assert len(next(source.collect()).worlds) == 2
    source = CloudFormationSource([str(tmp_path / "t.yaml")], set(), Options())
    [collection] = source.collect(Wanted(frozenset({"AWS::KMS::Key"})))
    assert not collection.worlds and [item.template is None for item in collection.items] == [True, False]


def test_what_hangs_on_the_same_undecided_conditions_exists_together(tmp_path: Path) -> None:
    names = "ABCDE"  # 32 combinations, which are not judged one by one
    text = "Parameters:\n" + "".join(f"  P{name}: {{Type: String}}\n" for name in names)
    text += "Conditions:\n" + "".join(f"  {name}: !Equals [!Ref P{name}, x]\n" for name in names)
    text += "Resources:\n" + "".join(
        f"  R{name}: {{Type: AWS::B::C, Condition: {name}}}\n  S{name}: {{Type: AWS::B::C, Condition: {name}}}\n" for name in names
    )
    text += "  N: {Type: AWS::CloudFormation::Stack, Condition: A, Properties: {TemplateURL: n.yaml, Parameters: {P: !Ref PA}}}\n"
    inner = "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {P: {Type: String}}\nConditions: {A: !Equals [!Ref P, y]}\n"
    inner += "Resources:\n  X: {Type: AWS::B::C}\n  Y: {Type: AWS::B::C, Condition: A}\n"
    collection = next(
        collection for collection in collect(tmp_path, {"t.yaml": text, "n.yaml": inner}) if collection.name.endswith("t.yaml")
    )
    items = {item.address.partition(".")[2]: item for item in collection.items}
    assert not collection.worlds and all(item.template is not None for item in items.values())
    assert items["RA"].coexists(items["SA"]) and not items["RA"].coexists(items["RB"])
    assert items["N/X"].coexists(items["RA"]) and items["RA"].coexists(items["N/X"]) and not items["RB"].coexists(items["N/X"])
    assert items["N/Y"].coexists(items["N/X"]) and not items["N/X"].coexists(items["N/Y"])
    assert not items["RA"].coexists(items["N/Y"]), "a condition of the same name in another template is another"


def test_no_plan_is_asked_for_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources:\n"
        "  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x,"
        " SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !GetAtt X.Cidr}]}}\n"
        "  X: {Type: Custom::Thing, Properties: {ServiceToken: arn:aws:lambda:eu-west-1:123456789012:function:f}}\n"
    )
    report = Scan(Options(paths=[str(tmp_path)])).report()
    settling = [fact.settles_it for result in report.results for fact in result.unknown]
    assert set(settling) == {"scan the live resource"}


STORED = """
Parameters:
  Stored: {Type: AWS::SSM::Parameter::Value<String>, Default: /trade/kept}
Conditions:
  Keep: !Equals [!Ref Stored, "yes"]
  KeepToo: !Equals ["yes", "{{resolve:ssm:/trade/kept}}"]
  Other: !Equals [!Ref Stored, "no"]
Resources:
  A: {Type: AWS::SNS::Topic, Condition: Keep}
  B: {Type: AWS::SNS::Topic, Condition: KeepToo}
  C: {Type: AWS::SNS::Topic, Condition: %s}
"""


def test_what_is_asked_of_a_store_has_one_answer(tmp_path: Path) -> None:
    [collection] = collect(tmp_path / "one", STORED % "Keep")
    assert [set(world.holds.values()) for world in collection.worlds] == [{True}, {False}]
    [collection] = collect(tmp_path / "two", STORED % "Other")
    assert len(collection.worlds) == 4
