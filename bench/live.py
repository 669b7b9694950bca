"""Measures an audit of AWS accounts against a bare boto3 loop over the same calls, and against Prowler, on one moto server in one run.

    python bench/live.py [--buckets N] [--no-prowler]

The moto server is a process of its own. Figures are CPU seconds (user and system) of whole processes. Prowler has a virtual environment of
its own below the cache directory and scans the same services in the same region. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
from run import bytecode, measure

TOP = Path(__file__).resolve().parents[1]
REGION = "us-east-1"
BARE, PROWLER = 1.5, 5.0
"""Most CPU beside the bare loop; least times less CPU than Prowler."""
RECORD = """
import json, sys
from assay.scanner.sources.aws import asking
calls, ask = [], asking.Asker.ask
def recorded(self, account, region, call, parameters, *unit):
    calls.append((call.service, region, call.name, parameters))
    return ask(self, account, region, call, parameters, *unit)
asking.Asker.ask = recorded
from assay.scanner.cli import cli
try:
    cli(["snapshot", "aws", "-o", sys.argv[2], "--regions", sys.argv[3], "--quiet", "--no-config"])
except SystemExit:
    pass
json.dump(calls, open(sys.argv[1], "w"))
"""
LOOP = """
import json, os, sys
import boto3, botocore.config, botocore.exceptions
clients = {}
own = os.environ["AWS_ENDPOINT_URL"].partition("//")[2]
def local(request, **_):
    host = request.url.partition("//")[2].partition("/")[0]
    if host != own:
        request.url = request.url.replace(host, own, 1)
for service, region, name, parameters in json.load(open(sys.argv[1])):
    if (service, region) not in clients:
        clients[service, region] = boto3.client(service, region_name=region)
        clients[service, region].meta.events.register("before-send", local)
    try:
        getattr(clients[service, region], name)(**parameters)
    except botocore.exceptions.ClientError:
        pass
"""
SERVICES = ["s3", "kms", "dynamodb", "secretsmanager", "iam", "ec2", "elbv2", "wafv2", "cloudfront", "apigateway"]


def fill_account(buckets: int) -> None:
    """Resources of every service, in one account and region."""
    s3, kms, iam, ec2 = boto3.client("s3"), boto3.client("kms"), boto3.client("iam"), boto3.client("ec2")
    keys = [kms.create_key(Description=f"k{number}")["KeyMetadata"]["Arn"] for number in range(buckets // 10)]
    for number in range(buckets):
        name = f"bench-{number}"
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[number % len(keys)]}
        s3.put_bucket_encryption(
            Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
        )
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for number in range(buckets // 2):
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
        iam.put_role_policy(RoleName=f"r{number}", PolicyName="own", PolicyDocument=document)
        ec2.create_security_group(GroupName=f"g{number}", Description="bench", VpcId=vpc)
        boto3.client("secretsmanager").create_secret(Name=f"s{number}", SecretString="{}", KmsKeyId=keys[number % len(keys)])
        boto3.client("dynamodb").create_table(
            TableName=f"t{number}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def moto() -> subprocess.Popen[bytes]:
    """A moto server as a process of its own, which boto3 talks to from then on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_DEFAULT_REGION=REGION,
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
        MOTO_EC2_LOAD_DEFAULT_AMIS="false",
    )
    server = subprocess.Popen(
        [Path(sys.executable).with_name("moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        time.sleep(0.2)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
    raise SystemExit("the moto server does not answer")


def prowler() -> str:
    """The program, installed where it is not there yet."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay-bench" / "prowler"
    program = home / "bin" / "prowler"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "prowler"], check=True)
    return str(program)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--buckets", type=int, default=150)
    parser.add_argument("--no-prowler", action="store_true")
    options = parser.parse_args()
    bytecode()
    server = moto()
    try:
        fill_account(options.buckets)
        sys.exit(compare(options.no_prowler))
    finally:
        server.terminate()


def compare(without_prowler: bool) -> int:
    """Measure and print; 1 where a target is missed."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        calls, snapshot = f"{scratch}/calls.json", f"{scratch}/snapshot.gz"
        subprocess.run([sys.executable, "-c", RECORD, calls, snapshot, REGION], check=True, cwd=TOP)
        count = len(json.loads(Path(calls).read_text()))
        audit = [sys.executable, "-m", "assay", "audit", "aws", "--no-config", "--quiet", "--regions", REGION]
        ours, wall, peak = measure([*audit, "--report", f"json={scratch}/out.json"], 3)
        bare, bare_wall, _ = measure([sys.executable, "-c", LOOP, calls], 3)
        print("| | CPU s | wall s | ms CPU a call | calls a second |\n| --- | --- | --- | --- | --- |")
        for name, cpu, took in ((f"assay audit, judged ({peak:.0f} MB)", ours, wall), ("bare boto3 loop", bare, bare_wall)):
            print(f"| {name}, {count:,} calls | {cpu:.2f} | {took:.1f} | {cpu / count * 1000:.2f} | {count / took:.0f} |")
        print(f"\n- {ours / bare:.2f} times the CPU of the bare loop (at most {BARE})")
        missed = ours / bare > BARE
        if not without_prowler:
            scan = [prowler(), "aws", "--services", *SERVICES, "--region", REGION, "--output-formats", "csv", "-z"]
            theirs, their_wall, their_peak = measure([*scan, "--output-directory", scratch, "--no-banner"], 1)
            print(f"- Prowler: {theirs:.1f} s CPU, {their_wall:.0f} s, {their_peak:.0f} MB")
            print(f"- {theirs / ours:.1f} times less CPU than Prowler (at least {PROWLER})")
            missed |= theirs / ours < PROWLER
    return int(missed)


if __name__ == "__main__":
    main()
