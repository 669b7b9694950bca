"""Stacks of several templates: nested, exporting to each other, and synthesised by the CDK; and templates that macros rewrite."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.facts.model import identity
from assay.scanner.sources.cloudformation import parameters
from assay.scanner.sources.interface import Item
from assay.scanner.sources.overlay import DISK
from assay.scanner.sources.raw import Exported, Reference, Unknown
from assay.scanner.sources.values import Value
from tests.sources.cloudformation.reading import collect, gaps, read, said

CHILD = """
Parameters:
  KeyArn: {Type: String}
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Condition: IsProd
    Properties: {KmsMasterKeyId: !Ref KeyArn, QueueName: !Ref Inner}
  Inner: {Type: AWS::SNS::Topic}
Outputs:
  Arn: {Value: !GetAtt Inner.TopicArn}
"""
PARENT = """
Parameters:
  Env: {Type: String}
Resources:
  Key: {Type: AWS::KMS::Key}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./nested/child.yaml
      Parameters: {KeyArn: !GetAtt Key.Arn, Stage: !Ref Env}
  User: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !GetAtt Child.Outputs.Arn}}
"""


def addresses(items: list[Item]) -> list[str]:
    return [item.address for item in items]


def test_a_nested_stack_is_a_part_of_the_stack_that_nests_it(tmp_path: Path) -> None:
    files = {"parent.yaml": PARENT, "nested/child.yaml": CHILD}
    collection, by_itself = collect(tmp_path, files, parameters={"Env": "prod"})
    assert by_itself.name.endswith("child.yaml")  # its caller gives it more than its own defaults do
    assert not gaps([collection]) and collection.coverage.files.found == collection.coverage.files.parsed == 2
    by_name = {item.address.rpartition(".")[2]: item for item in collection.items}
    queue = by_name["Child/Queue"]
    assert queue["KmsMasterKeyId"].data == Reference("AWS::KMS::Key.Key", "Arn")
    assert queue["QueueName"].data == Reference("AWS::SNS::Topic.Child/Inner")
    assert queue.location().file.endswith("nested/child.yaml") and queue.root.endswith("parent.yaml")
    assert by_name["User"]["KmsMasterKeyId"].data == Reference("AWS::SNS::Topic.Child/Inner", "TopicArn")


def test_the_conditions_of_a_nested_stack_depend_on_what_it_is_given(tmp_path: Path) -> None:
    collection, _ = collect(tmp_path, {"parent.yaml": PARENT, "nested/child.yaml": CHILD})
    exists = {world.holds["Child/IsProd"]: "AWS::SQS::Queue.Child/Queue" in addresses(world.items) for world in collection.worlds}
    assert exists == {True: True, False: False}


def test_a_template_that_is_not_at_hand_is_a_gap(tmp_path: Path) -> None:
    for at, url in enumerate(
        ("https://s3.amazonaws.com/b/child.yaml", "missing.yaml", "../../../../etc/passwd", "parent.yaml", "{Ref: Env}", "/etc/passwd")
    ):
        collections = collect(tmp_path / str(at), {"parent.yaml": PARENT.replace("./nested/child.yaml", url)}, parameters={"Env": "x"})
        assert [gap.code for gap in gaps(collections)] == ["module_missing"], url
        user = next(item for item in collections[0].items if item.address.endswith("User"))
        assert isinstance(user["KmsMasterKeyId"].data, Unknown)


def test_templates_that_nest_each_other_are_read_once(tmp_path: Path) -> None:
    text = "Resources:\n  S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {}}}}}\n  T: {{Type: AWS::SNS::Topic}}\n"
    collections = collect(tmp_path, {"a.yaml": text.format("b.yaml"), "b.yaml": text.format("a.yaml")})
    assert len(collections) == 1 and "AWS::SNS::Topic.S/T" in addresses(collections[0].items)
    assert [gap.code for gap in gaps(collections)] == ["module_missing"]


EXPORTER = """
Resources:
  Key: {Type: AWS::KMS::Key}
Outputs:
  KeyArn: {Value: !GetAtt Key.Arn, Export: {Name: shared-key}}
"""
IMPORTER = """
Resources:
  Key: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !ImportValue shared-key, QueueName: !ImportValue other}}
"""


def test_imports_are_resolved_within_a_run(tmp_path: Path) -> None:
    collections = collect(tmp_path, {"exporter.yaml": EXPORTER, "importer.yaml": IMPORTER})
    importer = next(collection for collection in collections if collection.name.endswith("importer.yaml"))
    [queue] = importer.items
    assert queue["KmsMasterKeyId"].data == Reference("AWS::KMS::Key.exporter/Key", "Arn")
    assert addresses(importer.context) == ["AWS::KMS::Key.exporter/Key"]
    unknown = queue["QueueName"].data
    assert isinstance(unknown, Exported) and "other is exported by another stack" in unknown.reason


NESTING = """
Resources:
  Keys: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: exporter.yaml}}
  Queues: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: importer.yaml}}
"""


def test_imports_are_resolved_between_nested_stacks(tmp_path: Path) -> None:
    items = read(tmp_path, {"main.yaml": NESTING, "exporter.yaml": EXPORTER, "importer.yaml": IMPORTER})
    assert items["Queues/Key"]["KmsMasterKeyId"].data == Reference("AWS::KMS::Key.Keys/Key", "Arn")
    assert isinstance(items["Queues/Key"]["QueueName"].data, Exported)


def test_an_import_that_may_be_of_a_nested_stack_is_declared_elsewhere_no_more_than_here(tmp_path: Path) -> None:
    importer = "Parameters:\n  Stack: {Type: String}\n" + IMPORTER
    for name, written in (("shared-key", "key"), ("other", "q")):
        importer = importer.replace(f"!ImportValue {name}", f"{{Fn::ImportValue: !Sub '${{Stack}}-{written}'}}")
    exporter = EXPORTER.replace("shared-key", "!Sub '${AWS::StackName}-key'")
    items = read(tmp_path, {"main.yaml": NESTING, "exporter.yaml": exporter, "importer.yaml": importer})
    key, name = items["Queues/Key"]["KmsMasterKeyId"].data, items["Queues/Key"]["QueueName"].data
    assert isinstance(key, Unknown) and not isinstance(key, Exported) and isinstance(name, Exported)


def test_imports_are_resolved_from_what_another_stack_nests(tmp_path: Path) -> None:
    nesting = NESTING.replace("importer.yaml", "missing.yaml")
    collections = collect(tmp_path, {"main.yaml": nesting, "exporter.yaml": EXPORTER, "importer.yaml": IMPORTER})
    importer = next(collection for collection in collections if collection.name.endswith("importer.yaml"))
    assert importer.items[0]["KmsMasterKeyId"].data == Reference("AWS::KMS::Key.main/Keys/Key", "Arn")
    assert "AWS::KMS::Key.main/Keys/Key" in addresses(importer.context)


def test_what_a_stack_exports_itself_is_declared_elsewhere_no_more_than_here(tmp_path: Path) -> None:
    text = """
    Resources:
      B: {Type: AWS::S3::Bucket}
      P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !ImportValue mine}}
    Outputs:
      B: {Value: !Ref B, Export: {Name: mine}}
      C: {Value: x, Export: {Name: !ImportValue mine}}
    """
    data = read(tmp_path, text)["P"]["Bucket"].data
    assert isinstance(data, Unknown) and not isinstance(data, Exported)


def test_the_id_of_a_part_is_that_of_its_owner(tmp_path: Path) -> None:
    text = """
    Resources:
      B: {Type: AWS::S3::Bucket}
      P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref B}}
      Q: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref P}}
      X: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref X}}
      N: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: orders}}
      U: {Type: AWS::SQS::Queue, Properties: {Of: !Ref Q, Text: !Sub "${N}-logs", Itself: !Ref X, Secret: !GetAtt R.Id}}
      R: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref S}}
      S: {Type: AWS::SecretsManager::Secret}
    """
    user = read(tmp_path, text)["U"]
    assert user["Of"].data == Reference("AWS::S3::Bucket.B") and user["Text"].data == "orders-logs"
    assert user["Itself"].unknown is not None and user["Secret"].data == Reference("AWS::SecretsManager::Secret.S")


def test_an_import_that_may_mean_two_exports_is_unknown(tmp_path: Path) -> None:
    collections = collect(tmp_path, {"one.yaml": EXPORTER, "two.yaml": EXPORTER, "importer.yaml": IMPORTER})
    importer = next(collection for collection in collections if collection.name.endswith("importer.yaml"))
    assert isinstance(importer.items[0]["KmsMasterKeyId"].data, Unknown)


def test_an_output_of_another_stack(tmp_path: Path) -> None:
    files = assembly()
    files["cdk.out/Shop.template.json"]["Outputs"] = {"Name": {"Value": {"Ref": "OrdersBucket1A2B"}}}
    call = {"Fn::GetStackOutput": {"StackName": "shop-prod", "OutputName": "Name", "Region": "eu-west-1"}}
    other = {"Fn::GetStackOutput": {"StackName": "shop-prod", "OutputName": "Name", "Region": "us-east-1"}}
    files["t.json"] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": call, "KmsMasterKeyId": other}}}}
    collection = next(
        collection for collection in collect(tmp_path, files) if collection.name.endswith("t.json") and "cdk.out" not in collection.name
    )
    assert collection.items[0]["QueueName"].data == Reference("AWS::S3::Bucket.shop-prod/OrdersBucket1A2B")
    assert "AWS::S3::Bucket.shop-prod/OrdersBucket1A2B" in addresses(collection.context)
    assert isinstance(collection.items[0]["KmsMasterKeyId"].data, Unknown)


def assembly(environment: str = "aws://111122223333/eu-west-1") -> dict[str, Any]:
    template = {
        "Resources": {
            "OrdersBucket1A2B": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": {"Fn::Sub": "o-${AWS::Region}-${AWS::AccountId}-${AWS::StackName}"}},
                "Metadata": {"aws:cdk:path": "Shop/Orders/Bucket/Resource"},
            },
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::URLSuffix}/assets/x.json"}},
                "Metadata": {"aws:cdk:path": "Shop/N.NestedStack/N.NestedStackResource", "aws:asset:path": "ShopN.nested.template.json"},
            },
        }
    }
    trace = ["Bucket (/app/node_modules/aws-cdk-lib/aws-s3/lib/bucket.js:1:1)", "    at new Orders (/app/lib/orders.ts:12:5)"]
    metadata = {"/Shop/Orders/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "OrdersBucket1A2B", "trace": trace}]}
    manifest = {
        "version": "36.0.0",
        "artifacts": {
            "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
            "Shop": {
                "type": "aws:cloudformation:stack", "environment": environment, "metadata": metadata,
                "properties": {"templateFile": "Shop.template.json", "stackName": "shop-prod"},
            },
            "Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}},
            "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
        },
    }  # fmt: skip
    inner = {
        "artifacts": {
            "Other": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://unknown-account/unknown-region",
                "properties": {"templateFile": "Other.template.json"},
            }
        }
    }
    return {
        "cdk.out/manifest.json": manifest,
        "cdk.out/Shop.template.json": template,
        "cdk.out/ShopN.nested.template.json": {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}},
        "cdk.out/assembly-Stage/manifest.json": inner,
        "cdk.out/assembly-Stage/Other.template.json": {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}},
        "cdk.out/tree.json": {"tree": {"attributes": {"aws:cdk:cloudformation:type": "AWS::S3::Bucket"}}, "Resources": 1},
    }


def test_an_assembly(tmp_path: Path) -> None:
    collections = {collection.name.rpartition("/")[2]: collection for collection in collect(tmp_path, assembly())}
    assert sorted(collections) == ["Other.template.json", "Shop.template.json"] and not gaps(list(collections.values()))
    bucket, _, topic = collections["Shop.template.json"].items
    assert topic.address == "AWS::SNS::Topic.Nested/T"
    assert bucket["BucketName"].data == "o-eu-west-1-111122223333-shop-prod"
    assert (bucket.region.data, bucket.account.data) == ("eu-west-1", "111122223333")
    other = collections["Other.template.json"].items[0]
    assert other.region.absent and other.account.absent


def test_a_resource_is_called_as_its_construct(tmp_path: Path) -> None:
    bucket = next(collection for collection in collect(tmp_path, assembly()) if collection.name.endswith("Shop.template.json")).items[0]
    who = identity(bucket, Value(None))
    assert who.name == "Shop/Orders/Bucket" and who.address == "AWS::S3::Bucket.OrdersBucket1A2B"
    assert [(block.address, block.file, block.start_line) for block in who.blocks][1:] == [("Shop/Orders/Bucket", "/app/lib/orders.ts", 12)]


def test_a_named_manifest_leads_to_its_templates(tmp_path: Path) -> None:
    from assay.scanner.options import Options
    from assay.scanner.sources.cloudformation.source import CloudFormationSource

    collect(tmp_path, assembly())
    manifest = str(tmp_path / "cdk.out" / "manifest.json")
    messages = said(CloudFormationSource([manifest], {manifest}, Options()))
    assert [collection.name.rpartition("/")[2] for collection in messages] == ["Shop.template.json", "Other.template.json"]


def test_a_manifest_that_is_none_is_a_gap(tmp_path: Path) -> None:
    collections = collect(tmp_path, {"manifest.json": '{          "artifacts" aws:cloudformation:stack'})
    assert [gap.code for gap in gaps(collections)] == ["parse_error"]
    assert collect(tmp_path, {"manifest.json": '{"artifacts": 1, "x": "aws:cloudformation:stack"}'}) == []


# Macros.


def test_loops(tmp_path: Path) -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Parameters:
      Names: {Type: CommaDelimitedList, Default: "a-1,b-2"}
    Resources:
      Fn::ForEach::Topics:
        - Name
        - !Ref Names
        - "Topic&{Name}":
            Type: AWS::SNS::Topic
            Properties:
              TopicName: !Sub "x-${Name}"
              Fn::ForEach::Props:
                - K
                - [A, B]
                - "${K}Prop": !Ref Name
      Plain: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Topica1}}
    """
    items = read(tmp_path, text)
    assert list(items) == ["Topica1", "Topicb2", "Plain"]
    assert items["Topicb2"].attributes().data == {"TopicName": "x-b-2", "AProp": "b-2", "BProp": "b-2"}
    assert items["Topicb2"].location().line == 9 and items["Plain"]["TopicName"].data == Reference("AWS::SNS::Topic.Topica1")


def test_a_loop_over_something_unknown_is_a_gap(tmp_path: Path) -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Parameters:
      Names: {Type: CommaDelimitedList}
    Resources:
      Fn::ForEach::Topics: [Name, !Ref Names, {"T${Name}": {Type: AWS::SNS::Topic}}]
      Fn::ForEach::Broken: [Name]
    """
    assert [gap.code for gap in gaps(collect(tmp_path, text))] == ["input_failed", "input_failed"]


def test_loops_in_loops_are_bounded(tmp_path: Path) -> None:
    body: Any = {"T${A}${B}${C}${D}": {"Type": "AWS::SNS::Topic"}}
    for name in "ABCD":
        body = {f"Fn::ForEach::{name}": [name, [str(at) for at in range(200)], body]}
    collections = collect(tmp_path, {"t.json": {"Transform": "AWS::LanguageExtensions", "Resources": body, "AWSTemplateFormatVersion": ""}})
    assert [gap.code for gap in gaps(collections)] == ["input_failed"]


def test_includes(tmp_path: Path) -> None:
    text = """
    Resources:
      Q:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: orders
          Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./common.yaml}}
    """
    item = read(tmp_path, {"t.yaml": text, "common.yaml": "KmsMasterKeyId: !Sub 'alias/${AWS::Partition}'\n"})["Q"]
    assert item["KmsMasterKeyId"].data == "alias/aws" and item["QueueName"].data == "orders"


@pytest.mark.parametrize(
    "call",
    [
        "{Name: AWS::Include, Parameters: {Location: s3://b/k}}",
        "{Name: AWS::Include, Parameters: {Location: ../../../etc/passwd}}",
        "{Name: Mine}",
        "text",
        "[]",
    ],
)
def test_what_a_macro_writes_is_not_known(tmp_path: Path, call: str) -> None:
    text = f"Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: orders\n      Fn::Transform: {call}\n"
    collections = collect(tmp_path, text)
    if call == "[]":
        assert not gaps(collections)
        return
    assert [gap.code for gap in gaps(collections)] == ["macro_unsupported"]
    assert isinstance(collections[0].items[0]["QueueName"].data, Unknown) and isinstance(collections[0].items[0]["Other"].data, Unknown)


def test_macros_and_modules_are_gaps(tmp_path: Path) -> None:
    text = "Transform: [Mine, AWS::LanguageExtensions]\nResources:\n  M: {Type: My::Own::Thing::MODULE}\n  Q: {Type: AWS::SQS::Queue}\n"
    assert [gap.code for gap in gaps(collect(tmp_path, text))] == ["macro_unsupported", "macro_unsupported"]


SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Secret: {Type: String, NoEcho: true}
Globals:
  Function: {Runtime: python3.12}
Conditions:
  Here: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  Work:
    Type: AWS::Serverless::Function
    Condition: Here
    Properties:
      Handler: a.b
      CodeUri: s3://b/k
      Policies: [AmazonS3ReadOnlyAccess]
      Environment:
        Variables:
          PASSWORD: hunter2
          REGION: !Ref AWS::Region
          SECRET: !Ref Secret
  Table: {Type: AWS::Serverless::SimpleTable}
"""


def test_serverless_resources(tmp_path: Path) -> None:
    pytest.importorskip("samtranslator")
    items = read(tmp_path, SAM, region="eu-west-1")
    work = items["Work"]
    assert work.type == "AWS::Lambda::Function" and work["Runtime"].data == "python3.12"
    assert work["Environment.Variables.PASSWORD"].data == "hunter2" and work["Environment.Variables.PASSWORD"].seen[0].line == 19
    assert work["Environment.Variables.REGION"].data == "eu-west-1" and isinstance(work["Environment.Variables.SECRET"].data, Unknown)
    role = items["WorkRole"]
    assert role.location().line == 10 and "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" in role["ManagedPolicyArns"].data
    assert items["Table"].type == "AWS::DynamoDB::Table"
    assert list(read(tmp_path, SAM, region="us-east-1")) == ["Table", "Secret"]


KEPT = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
Globals:
  Function: {CodeUri: src/, Environment: {Variables: {SECRET: !Ref Secret}}}
Resources:
  Local: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, CodeUri: ./local}}
  Inline: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: a.b, InlineCode: pass}}
  Image: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}
  Named:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      FunctionName: !Sub ${AWS::StackName}-${Stage}
      Policies: [{Statement: [{Effect: Allow, Action: s3:GetObject, Resource: !Sub "arn:${AWS::Partition}:s3:::${Secret}-b/*"}]}]
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Stage, DefinitionUri: api.yaml}}
  Http: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: api.yaml}}
  Steps: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: steps.json, Role: !Sub "arn:aws:iam::${AWS::AccountId}:role/r"}}
  Plain: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${AWS::StackName}-${AWS::Region}"}}
"""


def test_serverless_templates_are_judged_as_people_keep_them(tmp_path: Path) -> None:
    """Local files are uploaded by `sam package`, and names that only a deployment knows stay as they are written."""
    pytest.importorskip("samtranslator")
    items = read(tmp_path, KEPT)
    types = {items[name].type for name in ("Local", "Inline", "Image", "Named")}
    assert types == {"AWS::Lambda::Function"} and items["Plain"].type == "AWS::S3::Bucket"
    assert items["Image"]["PackageType"].data == "Image" and items["Inline"]["Code.ZipFile"].data == "pass"
    assert items["Plain"]["BucketName"].data.parts[0] == Reference("AWS::StackName")
    secret = items["Local"]["Environment.Variables.SECRET"].data
    assert secret == "hunter2" or isinstance(secret, Unknown)  # a default is in the template; what is given is not shown
    resource = items["NamedRole"]["Policies"].data[0]["PolicyDocument"]["Statement"][0]["Resource"]
    assert "AssayMark" not in repr([item.attributes() for item in items.values()]) and str(resource).startswith("arn:")


def test_one_refused_serverless_resource_costs_only_itself(tmp_path: Path) -> None:
    pytest.importorskip("samtranslator")
    bad = "  Bad: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Policies: [x], Events: {A: {Type: Nothing}}}}\n"
    collections = collect(tmp_path, KEPT + bad)
    assert {gap.code for gap in gaps(collections)} == {"input_failed"}
    types = {item.address: item.type for collection in collections for item in collection.items}
    assert types["AWS::Lambda::Function.Local"] == "AWS::Lambda::Function" and "AWS::Serverless::Function.Bad" in types


@pytest.mark.parametrize("properties", ["{CodeUri: 5}", "{Events: [x]}", "5", "{Environment: {Ref: x}, Events: {A: {Type: Api}}}"])
def test_refused_serverless_resources_are_gaps(tmp_path: Path, properties: str) -> None:
    pytest.importorskip("samtranslator")
    text = f"Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {{Type: AWS::Serverless::Function, Properties: {properties}}}\n"
    assert {gap.code for gap in gaps(collect(tmp_path, text))} == {"input_failed"}


def test_applications_of_a_repository_are_not_looked_up(tmp_path: Path) -> None:
    pytest.importorskip("samtranslator")
    text = "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: x, SemanticVersion: '1'}}}\n"
    assert [gap.code for gap in gaps(collect(tmp_path, text))] == ["module_missing"]
    text += "  Q: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !GetAtt A.Outputs.Key}}\n"
    (key,) = (item["KmsMasterKeyId"].data for one in collect(tmp_path, text) for item in one.items)
    assert isinstance(key, Unknown) and key.reason == "A is an application of a repository, which is not here"


# Parameter files.


@pytest.mark.parametrize(
    "content",
    [
        [
            {"ParameterKey": "A", "ParameterValue": "x"},
            {"ParameterKey": "L", "ParameterValue": "a,b"},
            {"ParameterKey": "U", "UsePreviousValue": True},
        ],
        ["A=x", "L=a,b"],
        {"Parameters": {"A": "x", "L": ["a", "b"]}, "Tags": {"t": "v"}},
        {"A": "x", "L": "a,b"},
    ],
)
def test_parameter_files(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(content), "utf-8")
    assert parameters.given([str(path)], {"L": "c"}, DISK) == ({"A": "x", "L": "c"}, [])
    assert parameters.given([str(path)], {}, DISK)[0] == {"A": "x", "L": "a,b"}


@pytest.mark.parametrize("content", ["", "{", "5", "[5]", "[[]]", '["x"]'])
def test_a_parameter_file_of_another_form_is_a_gap(tmp_path: Path, content: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(content, "utf-8")
    values, problems = parameters.given([str(path)], {}, DISK)
    assert values == {} and [gap.code for gap in problems] == ["parse_error"]


def test_without_the_translator_serverless_resources_are_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "assay.scanner.sources.cloudformation.serverless", raising=False)
    monkeypatch.delattr("assay.scanner.sources.cloudformation.serverless", raising=False)
    monkeypatch.setitem(sys.modules, "samtranslator.parser.parser", None)
    [collection] = collect(tmp_path, SAM, region="eu-west-1")
    [gap] = gaps([collection])
    assert gap.code == "macro_unsupported" and "assay[cloudformation-sam]" in gap.settles_it and gap.line == 2
    serverless = ["AWS::Serverless::Function.Work", "AWS::Serverless::SimpleTable.Table"]
    assert addresses(collection.items) == [*serverless, "AWS::Template::Parameter.Secret"]


def test_what_an_api_deploys_is_called_alike_in_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
        Transform: AWS::Serverless-2016-10-31
        Globals: {Api: {AlwaysDeploy: true}}
        Resources:
          Orders:
            Type: AWS::Serverless::Api
            Properties: {StageName: prod, AlwaysDeploy: true, DefinitionBody: {openapi: 3.0.1, paths: {/orders: {get: {}}}}}
        """
    names = set()
    for now in (1.0, 2.0):
        monkeypatch.setattr("time.time", lambda now=now: now)
        names |= {item.address for item in read(tmp_path, text).values() if item.type == "AWS::ApiGateway::Deployment"}
    assert len(names) == 1
