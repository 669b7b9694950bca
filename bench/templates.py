"""Measures Assay against checkov on CloudFormation: the synthesised CDK app, and generated templates. Prints a Markdown table.

    python bench/templates.py [--runs N]

checkov has a virtual environment of its own, as in run.py. Figures are CPU seconds (user and system) of whole processes. Exit code 1 where
a target is missed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from run import ASSAY, TOP, bytecode, checkov, measure

CDK = TOP / "fixtures" / "trade_streamer" / "aws" / "cdk" / "cdk.out"
TARGETS = {"CDK output": 10.0, "6,000": 5.0}
"""Times less CPU than checkov."""
PER_TEMPLATE = 120
_GROUP = """\
  Key{n}:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{AWS: !Sub "arn:aws:iam::${{AWS::AccountId}}:root"}}, Action: "kms:*", Resource: "*"}}
  Bucket{n}:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${{Stage}}-data-{n}"
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {{SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt Key{n}.Arn}}
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      VersioningConfiguration: {{Status: !If [Keep, Enabled, Suspended]}}
  Policy{n}:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket{n}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: "s3:*"
            Resource: !Sub "${{Bucket{n}.Arn}}/*"
            Condition: {{Bool: {{"aws:SecureTransport": "false"}}}}
  Role{n}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{Service: ecs-tasks.amazonaws.com}}, Action: "sts:AssumeRole"}}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {{Effect: Allow, Action: ["s3:GetObject"], Resource: !Sub "${{Bucket{n}.Arn}}/*"}}
  Group{n}:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: tasks
      SecurityGroupIngress:
        - {{IpProtocol: tcp, FromPort: 8080, ToPort: 8080, CidrIp: 10.0.0.0/16}}
  Secret{n}:
    Type: AWS::SecretsManager::Secret
    Properties:
      KmsKeyId: !Ref Key{n}
      ReplicaRegions:
        - {{Region: us-west-2, KmsKeyId: "arn:aws:kms:us-west-2:111122223333:key/1"}}
"""
_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {Type: String, Default: prod}
Conditions:
  Keep: !Equals [!Ref Stage, prod]
Resources:
"""


def generate(folder: Path, resources: int) -> Path:
    """Templates with so many resources in all, in groups of six that refer to each other."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(resources // PER_TEMPLATE):
        first = number * PER_TEMPLATE // 6
        groups = [_GROUP.format(n=n) for n in range(first, first + PER_TEMPLATE // 6)]
        (folder / f"stack-{number}.yaml").write_text(_HEAD + "".join(groups), encoding="utf-8")
    return folder


def main() -> None:
    runs = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 3
    peer = [checkov(), "--framework", "cloudformation", "--skip-download", "--quiet", "--compact", "-o", "json", "-d"]
    missed = False
    bytecode()
    print("| templates | assay CPU s | wall s | peak MB | checkov CPU s | checkov / assay | target |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        for name, tree in (("CDK output", CDK), ("6,000", generate(Path(scratch) / "templates", 6000))):
            ours, wall, peak = measure([*ASSAY, f"json={scratch}/out.json", str(tree)], runs)
            theirs, _, _ = measure([*peer, str(tree)], max(1, runs // 2))
            missed |= theirs / ours < TARGETS[name]
            print(f"| {name} | {ours:.2f} | {wall:.2f} | {peak:.0f} | {theirs:.1f} | {theirs / ours:.1f} | {TARGETS[name]:.0f} |")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
