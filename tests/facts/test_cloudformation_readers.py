"""What the readers of CloudFormation join beyond the cases of the controls: stacks of one assembly, older ways of writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assay.scanner.run import Options, Scan
from tests.scans import verdicts, write

OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WAF, LISTED = "edge.waf-attached", "iam.no-wildcard-privilege"
INGRESS, PUBLIC = "network.ingress-https-only", "storage.bucket-not-public"


def resource(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties}


def one(folder: Path, control: str, **resources: dict[str, Any]) -> dict[str, str]:
    return verdicts(write(folder, {"t.json": json.dumps({"Resources": resources})}), control)


def assembly(folder: Path, control: str, **stacks: dict[str, Any]) -> dict[str, str]:
    """The verdicts on the stacks of one assembly in one account and region."""
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/us-east-1",
            "properties": {"templateFile": f"{name}.json"},
        }
        for name in stacks
    }
    files = {f"{name}.json": json.dumps(template) for name, template in stacks.items()}
    return verdicts(write(folder, {**files, "manifest.json": json.dumps({"version": "48.0.0", "artifacts": artifacts})}), control)


def exporting(value: Any, **resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources, "Outputs": {"Shared": {"Value": value, "Export": {"Name": "shared"}}}}


SHARED = {"Fn::ImportValue": "shared"}


def test_a_policy_in_another_stack_makes_a_bucket_public(tmp_path: Path) -> None:
    owner = exporting({"Ref": "Orders"}, Orders=resource("AWS::S3::Bucket"))
    user = {"Resources": {"Policy": resource("AWS::S3::BucketPolicy", Bucket=SHARED, PolicyDocument=OPEN)}}
    assert "fail" in assembly(tmp_path / "a", PUBLIC, owner=owner, user=user).values()
    owner["Resources"]["Orders"]["Properties"] = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True}}
    assert set(assembly(tmp_path / "b", PUBLIC, owner=owner, user=user).values()) == {"pass"}


def test_a_policy_on_a_role_of_another_stack_is_judged_where_it_is(tmp_path: Path) -> None:
    owner = exporting({"Ref": "Role"}, Role=resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST))
    user = {"Resources": {"Policy": resource("AWS::IAM::Policy", PolicyName="p", Roles=[SHARED], PolicyDocument=ALL)}}
    assert assembly(tmp_path, LISTED, owner=owner, user=user) == {"AWS::IAM::Role.Role": "pass", "AWS::IAM::Policy.Policy": "fail"}


def test_a_rule_in_another_stack_opens_a_group(tmp_path: Path) -> None:
    owner = exporting({"Fn::GetAtt": ["Web", "GroupId"]}, Web=resource("AWS::EC2::SecurityGroup", GroupDescription="g"))
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    user = {"Resources": {"Rule": resource("AWS::EC2::SecurityGroupIngress", GroupId=SHARED, **rule)}}
    assert "fail" in assembly(tmp_path, INGRESS, owner=owner, user=user).values()


def test_a_key_of_another_stack_is_known_to_be_one(tmp_path: Path) -> None:
    owner = exporting({"Fn::GetAtt": ["Key", "Arn"]}, Key=resource("AWS::KMS::Key", EnableKeyRotation=True))
    user = {"Resources": {"Etrade": resource("AWS::SecretsManager::Secret", KmsKeyId=SHARED)}}
    assert assembly(tmp_path, "secrets.encrypted-cmk", owner=owner, user=user) == {"AWS::SecretsManager::Secret.Etrade": "pass"}


def test_a_rule_may_name_its_group(tmp_path: Path) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    group = resource("AWS::EC2::SecurityGroup", GroupDescription="g", GroupName="trade-web")
    for named in ("trade-web", {"Ref": "Web"}):
        verdict_of = one(tmp_path, INGRESS, Web=group, Rule=resource("AWS::EC2::SecurityGroupIngress", GroupName=named, **rule))
        assert verdict_of == {"AWS::EC2::SecurityGroup.Web": "fail"}


def test_companions_of_what_is_declared_elsewhere_are_judged(tmp_path: Path) -> None:
    policy = resource("AWS::S3::BucketPolicy", Bucket="trade-orders", PolicyDocument=OPEN)
    assert one(tmp_path / "a", PUBLIC, Policy=policy) == {"AWS::S3::BucketPolicy.Policy": "fail"}
    listener = resource(
        "AWS::ElasticLoadBalancingV2::Listener", LoadBalancerArn="arn:x", Port=80, Protocol="HTTP", DefaultActions=[{"Type": "forward"}]
    )
    assert one(tmp_path / "b", "edge.lb-https-only", Http=listener) == {"AWS::ElasticLoadBalancingV2::Listener.Http": "fail"}
    rule = resource("AWS::EC2::SecurityGroupIngress", GroupId="sg-1", IpProtocol="-1", CidrIp="0.0.0.0/0")
    assert one(tmp_path / "c", INGRESS, Rule=rule) == {"AWS::EC2::SecurityGroupIngress.Rule": "fail"}


def test_policies_that_are_not_seen_are_not_harmless(tmp_path: Path) -> None:
    maker = resource("Custom::Policies", ServiceToken="arn:aws:lambda:us-east-1:111122223333:function:f")
    role = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, ManagedPolicyArns={"Fn::GetAtt": ["Maker", "Arns"]})
    assert one(tmp_path / "a", LISTED, Maker=maker, Role=role) == {"AWS::IAM::Role.Role": "unknown"}
    named = resource("AWS::SSO::PermissionSet", Name="n", InstanceArn="arn:i", CustomerManagedPolicyReferences=[{"Name": "trade"}])
    assert one(tmp_path / "b", LISTED, Set=named) == {"AWS::SSO::PermissionSet.Set": "unknown"}
    empty = resource("AWS::IAM::Policy", PolicyName="p", Roles=["trade"])
    assert one(tmp_path / "c", LISTED, Policy=empty) == {"AWS::IAM::Policy.Policy": "unknown"}
    for broken in ("x", [["x"]], 5):
        role = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=broken)
        assert one(tmp_path / "d", LISTED, Role=role) == {"AWS::IAM::Role.Role": "unknown"}


def test_replicas_that_a_function_of_the_cdk_makes(tmp_path: Path) -> None:
    keys = {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}}
    table = resource("AWS::DynamoDB::Table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}, **keys)
    copy = resource("Custom::DynamoDBReplica", TableName={"Ref": "Orders"}, Region="us-west-2")
    for control, alone, copied in (
        ("data.encrypted-cmk", "pass", "unknown"),
        ("data.pitr-enabled", "pass", "unknown"),
        ("data.replicated-multi-region", "fail", "pass"),
    ):
        assert one(tmp_path / "a", control, Orders=table) == {"AWS::DynamoDB::Table.Orders": alone}
        assert one(tmp_path / "b", control, Orders=table, Copy=copy) == {"AWS::DynamoDB::Table.Orders": copied}


def test_an_alias_of_a_key_that_is_switched_off(tmp_path: Path) -> None:
    key = resource("AWS::KMS::Key", Enabled=False)
    alias = resource("AWS::KMS::Alias", AliasName="alias/trade", TargetKeyId={"Ref": "Key"})
    keys = {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": "Alias"}}}
    verdict_of = one(tmp_path, "data.encrypted-cmk", Key=key, Alias=alias, Orders=resource("AWS::DynamoDB::Table", **keys))
    assert verdict_of == {"AWS::DynamoDB::Table.Orders": "fail"}


def test_a_bucket_may_log_to_itself(tmp_path: Path) -> None:
    verdict_of = one(tmp_path, "storage.encrypted-cmk", Logs=resource("AWS::S3::Bucket", LoggingConfiguration={"LogFilePrefix": "l/"}))
    assert verdict_of == {"AWS::S3::Bucket.Logs": "not_applicable"}


def test_classic_associations_count(tmp_path: Path) -> None:
    balancer = resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Subnets=["subnet-1", "subnet-2"])
    resource_ = resource("AWS::WAFRegional::WebACLAssociation", ResourceArn={"Ref": "Api"}, WebACLId="1")
    verdict_of = one(tmp_path, WAF, Api=balancer, Association=resource_)
    assert verdict_of == {"AWS::ElasticLoadBalancingV2::LoadBalancer.Api": "pass"}


def test_a_policy_of_an_unknown_role_is_harmless_if_it_would_be(tmp_path: Path) -> None:
    role = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST)
    unknown = {"Fn::Transform": {"Name": "NameOfRole"}}
    for document, expected in ((TRUST, "pass"), (ALL, "unknown")):
        policy = resource("AWS::IAM::Policy", PolicyName="p", Roles=[unknown], PolicyDocument=document)
        verdict_of = one(tmp_path, LISTED, Role=role, Policy=policy)
        assert verdict_of["AWS::IAM::Role.Role"] == expected
        assert verdict_of["AWS::IAM::Policy.Policy"] == ("pass" if expected == "pass" else "fail")


def test_a_policy_that_names_its_role_by_text_counts_whichever_controls_are_selected(tmp_path: Path) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "order", "AssumeRolePolicyDocument": TRUST}}
    policy = {"Type": "AWS::IAM::RolePolicy", "Properties": {"RoleName": "order", "PolicyName": "all", "PolicyDocument": ALL}}
    write(tmp_path, {"t.json": json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R": role, "P": policy}})})
    report = Scan(Options(paths=[str(tmp_path)])).report()
    assert [result.verdict for result in report.results if result.control == LISTED] == ["fail"]
