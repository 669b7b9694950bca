"""A moto server over HTTP, and small estates in accounts of their own."""

from __future__ import annotations

import atexit
import functools
import itertools
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import botocore.config
import msgspec

from assay.scanner.live.aws import make_plan
from assay.scanner.results.model import Report
from assay.scanner.run import Options, Scan
from assay.scanner.sources.aws.plan import AccountPlan
from assay.scanner.sources.aws.request import Request
from assay.scanner.sources.aws.source import AuditSource, SnapshotSource
from fixtures import server as moto

HOME, COPY = "us-east-1", "eu-west-1"
_SESSION = boto3.session.Session()  # its models are read once
_CONFIG = botocore.config.Config(account_id_endpoint_mode="disabled", retries={"max_attempts": 1})


class Keys(msgspec.Struct):
    """Credentials of a role in an account of moto's."""

    account: str
    key: str
    secret: str
    token: str

    def environment(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, "AWS_SESSION_TOKEN": self.token}

    def client(self, service: str, region: str = HOME) -> Any:
        return _SESSION.client(
            service,
            region,
            endpoint_url=server(),
            config=_CONFIG,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            aws_session_token=self.token,
        )


def enter(account: str, endpoint: str) -> Keys:
    """Credentials in any account: moto makes it when somebody assumes a role there."""
    sts = boto3.client("sts", HOME, endpoint_url=endpoint, aws_access_key_id="testing", aws_secret_access_key="testing")
    credentials = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/assay", RoleSessionName="tests")["Credentials"]
    return Keys(account, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def trusts(**principal: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


def allows(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def seed(keys: Keys, copy: str = COPY) -> dict[str, str]:
    """Something that passes and something that fails for most controls: in us-east-1, a little in `copy`."""
    named = _keys(keys)
    _buckets(keys, named["key"])
    _tables(keys, named["key"], copy)
    _databases(keys, named["key"])
    _secrets(keys, named["key"], copy)
    _roles(keys)
    _edge(keys, named)
    return named


def _keys(keys: Keys) -> dict[str, str]:
    kms = keys.client("kms")
    rotating = kms.create_key(Description="rotating")["KeyMetadata"]
    kms.enable_key_rotation(KeyId=rotating["KeyId"])
    kms.create_alias(AliasName="alias/trade", TargetKeyId=rotating["KeyId"])
    still = kms.create_key(Description="still", Policy=_anyone("kms:*"))["KeyMetadata"]
    return {"key": rotating["Arn"], "still": still["Arn"]}


def _anyone(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}]})


def _buckets(keys: Keys, key: str) -> None:
    s3 = keys.client("s3")
    good, bad = f"good-{keys.account}", f"bad-{keys.account}"
    s3.create_bucket(Bucket=good, ObjectOwnership="BucketOwnerEnforced")
    s3.put_public_access_block(
        Bucket=good,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_versioning(Bucket=good, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=good,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]
        },
    )
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{keys.account}:root"},
                "Action": "s3:*",
                "Resource": f"arn:aws:s3:::{good}/*",
            }
        ],
    }
    s3.put_bucket_policy(Bucket=good, Policy=json.dumps(policy))
    points = keys.client("s3control")
    points.meta.events.register("before-send", _on_this_machine)
    points.create_access_point(
        AccountId=keys.account,
        Name="good",
        Bucket=good,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    points.put_access_point_policy(AccountId=keys.account, Name="good", Policy=json.dumps(policy))
    s3.create_bucket(Bucket=bad)
    s3.put_bucket_acl(Bucket=bad, ACL="public-read")
    policy["Statement"][0] |= {"Principal": "*", "Resource": f"arn:aws:s3:::{bad}/*"}
    s3.put_bucket_policy(Bucket=bad, Policy=json.dumps(policy))


def _on_this_machine(request: Any, **_: Any) -> None:
    """Access points are at a host for each account, which no server on this machine has."""
    request.url = re.sub(r"//\d{12}\.", "//", request.url)


def _tables(keys: Keys, key: str, copy: str) -> None:
    schema: dict[str, Any] = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    }
    ours = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    here = keys.client("dynamodb")
    here.create_table(TableName="orders", SSESpecification=ours, **schema)
    here.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    here.create_table(TableName="quotes", **schema)
    keys.client("dynamodb", copy).create_table(TableName="orders", **schema)


def _databases(keys: Keys, key: str) -> None:
    rds = keys.client("rds")
    sign_in = {"MasterUsername": "reports", "MasterUserPassword": "not-a-real-one"}
    rds.create_db_instance(
        DBInstanceIdentifier="reports",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        BackupRetentionPeriod=0,
        **sign_in,
    )
    rds.create_global_cluster(GlobalClusterIdentifier="ledger", Engine="aurora-postgresql")
    rds.create_db_cluster(
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        GlobalClusterIdentifier="ledger",
        BackupRetentionPeriod=14,
        StorageEncrypted=True,
        KmsKeyId=key,
        **sign_in,
    )


def _secrets(keys: Keys, key: str, copy: str) -> None:
    here = keys.client("secretsmanager")
    replicated = here.create_secret(Name="api", SecretString="hunter2", KmsKeyId=key, AddReplicaRegions=[{"Region": copy}])
    here.put_resource_policy(SecretId=replicated["ARN"], ResourcePolicy=trusts(AWS=f"arn:aws:iam::{keys.account}:root"))
    alone = here.create_secret(Name="alone", SecretString="hunter2")
    here.put_resource_policy(SecretId=alone["ARN"], ResourcePolicy=_anyone("secretsmanager:GetSecretValue"))


def _roles(keys: Keys) -> None:
    iam = keys.client("iam")
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=trusts(Service="ecs-tasks.amazonaws.com"))
    iam.put_role_policy(RoleName="task", PolicyName="read", PolicyDocument=allows("s3:GetObject"))
    wild = iam.create_policy(PolicyName="wild", PolicyDocument=allows("*"))["Policy"]["Arn"]
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=trusts(AWS="*"))
    iam.attach_role_policy(RoleName="admin", PolicyArn=wild)
    narrow = iam.create_policy(PolicyName="narrow", PolicyDocument=allows("s3:Get*"))["Policy"]["Arn"]
    iam.create_role(RoleName="bound", AssumeRolePolicyDocument=trusts(Service="ecs-tasks.amazonaws.com"), PermissionsBoundary=narrow)
    iam.attach_role_policy(RoleName="bound", PolicyArn=wild)
    iam.create_policy(PolicyName="loose", PolicyDocument=allows("*"))
    iam.create_user(UserName="ops")
    iam.create_group(GroupName="team")
    hub = json.loads(trusts(Federated=f"arn:aws:iam::{keys.account}:oidc-provider/token.actions.githubusercontent.com"))
    hub["Statement"][0] |= {"Action": "sts:AssumeRoleWithWebIdentity"}
    iam.create_role(RoleName="ci-any", AssumeRolePolicyDocument=json.dumps(hub))
    hub["Statement"][0]["Condition"] = {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:trade/streamer:ref:refs/heads/main",
        }
    }
    iam.create_role(RoleName="ci-main", AssumeRolePolicyDocument=json.dumps(hub))


def _edge(keys: Keys, named: dict[str, str]) -> None:
    ec2, elb = keys.client("ec2"), keys.client("elbv2")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=f"{HOME}{zone}")["Subnet"]["SubnetId"]
        for at, zone in enumerate("ab")
    ]
    front = ec2.create_security_group(GroupName="front", Description="front", VpcId=network)["GroupId"]
    back = ec2.create_security_group(GroupName="back", Description="back", VpcId=network)["GroupId"]
    world = {"IpProtocol": "tcp", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    for port in (443, 80):
        ec2.authorize_security_group_ingress(GroupId=front, IpPermissions=[{**world, "FromPort": port, "ToPort": port}])
    ec2.authorize_security_group_ingress(GroupId=back, IpPermissions=[{**world, "FromPort": 22, "ToPort": 22}])
    office = [{"Cidr": "198.51.100.0/24"}]
    offices = ec2.create_managed_prefix_list(PrefixListName="offices", AddressFamily="IPv4", MaxEntries=1, Entries=office)["PrefixList"]
    named = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": offices["PrefixListId"]}]}
    ec2.authorize_security_group_ingress(GroupId=front, IpPermissions=[named])
    ec2.create_network_interface(SubnetId=subnets[0], Groups=[back])
    balancer = elb.create_load_balancer(Name="front", Subnets=subnets, SecurityGroups=[front], Scheme="internet-facing")
    front_arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    elb.create_listener(LoadBalancerArn=front_arn, Protocol="HTTP", Port=80, DefaultActions=[redirect])
    certificate = keys.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    elb.create_listener(
        LoadBalancerArn=front_arn, Protocol="HTTPS", Port=443, DefaultActions=[answer], Certificates=[{"CertificateArn": certificate}]
    )
    open_ = elb.create_load_balancer(Name="open", Subnets=subnets, SecurityGroups=[back], Scheme="internet-facing")
    listener = elb.create_listener(
        LoadBalancerArn=open_["LoadBalancers"][0]["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[redirect]
    )["Listeners"][0]["ListenerArn"]
    elb.create_rule(ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern", "Values": ["/x"]}], Actions=[answer])
    classic = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 8080}
    keys.client("elb").create_load_balancer(LoadBalancerName="classic", Listeners=[classic], Subnets=subnets, SecurityGroups=[back])
    named |= {"front": front_arn, "web_acl": _firewalls(keys)}
    keys.client("wafv2").associate_web_acl(WebACLArn=named["web_acl"], ResourceArn=front_arn)
    api = keys.client("apigateway")
    made = api.create_rest_api(name="quotes")["id"]
    root = api.get_resources(restApiId=made)["items"][0]["id"]
    api.put_method(restApiId=made, resourceId=root, httpMethod="GET", authorizationType="NONE")
    api.put_integration(restApiId=made, resourceId=root, httpMethod="GET", type="MOCK")
    api.create_deployment(restApiId=made, stageName="prod")
    origin = {
        "Id": "o",
        "DomainName": "o.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    keys.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "r",
            "Comment": "site",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "o",
                "ViewerProtocolPolicy": "redirect-to-https",
                "MinTTL": 0,
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            },
        }
    )


def _firewalls(keys: Keys) -> str:
    waf = keys.client("wafv2")
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    rule = {
        "Name": "block",
        "Priority": 0,
        "Action": {"Block": {}},
        "VisibilityConfig": seen,
        "Statement": {"GeoMatchStatement": {"CountryCodes": ["AQ"]}},
    }
    common: dict[str, Any] = {"VisibilityConfig": seen}
    group = waf.create_rule_group(Name="group", Scope="REGIONAL", Capacity=10, Rules=[rule], **common)["Summary"]["ARN"]
    refers = {
        "Name": "refers",
        "Priority": 0,
        "OverrideAction": {"None": {}},
        "VisibilityConfig": seen,
        "Statement": {"RuleGroupReferenceStatement": {"ARN": group}},
    }
    acl = waf.create_web_acl(Name="front", Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[refers], **common)
    waf.create_web_acl(Name="idle", Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=[], **common)
    waf.create_web_acl(Name="edge", Scope="CLOUDFRONT", DefaultAction={"Block": {}}, Rules=[], **common)
    return str(acl["Summary"]["ARN"])


CONTROLS = (
    "data.encrypted-cmk",
    "data.pitr-enabled",
    "data.replicated-multi-region",
    "edge.lb-https-only",
    "edge.waf-attached",
    "edge.waf-effective",
    "iam.no-wildcard-privilege",
    "iam.trust-policy-scoped",
    "keys.rotation-and-policy",
    "network.ingress-https-only",
    "secrets.encrypted-cmk",
    "secrets.replicated-to-stack-regions",
    "secrets.resource-policy-not-public",
    "secrets.rotation-enabled",
    "storage.bucket-not-public",
    "storage.encrypted-cmk",
    "storage.public-access-blocked",
    "storage.uniform-access",
    "storage.versioning-enabled",
    "supply.ci-oidc-scoped",
)
"""What the estate is judged by where a test names no controls: it holds what these ask about, and moto answers each of their calls. What
others ask of an account stands in the recordings among the fixtures.
"""
UNANSWERED = (
    "cloudfront:ListCloudFrontOriginAccessIdentities",
    "cloudfront:ListOriginAccessControls",
    "cloudfront:ListResponseHeadersPolicies",
    "cloudfront:ListVpcOrigins",
    "ec2:DescribeClientVpnEndpoints",
    "logs:DescribeDeliveries",
    "logs:DescribeDeliverySources",
    "network-firewall:ListFirewalls",
    "route53resolver:ListResolverQueryLogConfigAssociations",
)
"""Calls that moto has no answer for, or one that botocore cannot read."""


class Run(msgspec.Struct):
    """One audit: its report, and the source that collected."""

    report: Report
    source: Any
    scan: Any

    @property
    def verdicts(self) -> dict[tuple[str, ...], str]:
        """Verdict by control, root, resource, element and fingerprint."""
        return {
            (result.control, result.resource.root, result.resource.address, result.element, result.fingerprint): result.verdict
            for result in self.report.results
        }

    @property
    def gaps(self) -> list[str]:
        """But for calls that moto has no answer for."""
        return [f"{gap.code} {gap}" for gap in self.report.coverage.gaps if not any(f"{label}: " in gap.reason for label in UNANSWERED)]

    @property
    def requested(self) -> int:
        return sum(call.count for call in self.report.coverage.calls)

    def ledger(self, operation: str) -> dict[str, int]:
        """Outcome and code to the count of one operation."""
        by_name: dict[str, int] = {}
        for call in self.report.coverage.calls:
            if f"{call.service}:{call.operation}" == operation:
                name = f"{call.outcome} {call.code}".strip()
                by_name[name] = by_name.get(name, 0) + call.count
        return by_name


def audit(
    *,
    controls: Sequence[str] = (),
    regions: Sequence[str] = (HOME,),
    out: str | None = None,
    earlier: Sequence[str] = (),
    plan: AccountPlan | None = None,
    stopping: threading.Event | None = None,
    services: Sequence[str] = (),
    **request: Any,
) -> Run:
    """An audit with the credentials of the environment."""
    scan = Scan(Options(paths=["aws"], controls=list(controls) or CONTROLS))
    source = AuditSource(Request(regions=regions, **request), plan or make_plan(scan.selected, services), out, earlier)
    if stopping is not None:
        source.stopping = stopping
    scan.sources = [source]
    return Run(scan.report(), source, scan)


def replay(path: str, controls: Sequence[str] = ()) -> Run:
    """What the snapshot at a path is judged as."""
    scan = Scan(Options(paths=[path], controls=list(controls) or CONTROLS))
    scan.sources = [SnapshotSource(path)]
    return Run(scan.report(), scan.sources[0], scan)


def judged(report: Report) -> bytes:
    """What must not differ between an audit and its replay."""
    return msgspec.json.encode([report.results, report.coverage])


def _account_ids() -> Iterator[str]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return (f"{200 + worker}{at:09d}" for at in itertools.count(1))


ACCOUNT_IDS = _account_ids()
"""Ids that no other test has, nor any of another worker."""


@functools.cache
def server() -> str:
    """The URL of the one moto server of this process."""
    running, url = moto.start()
    atexit.register(running.stop)
    return url


@functools.cache
def seeded_account() -> Keys:
    """An account with something in it, for tests that only read."""
    keys = enter(next(ACCOUNT_IDS), server())
    seed(keys)
    return keys
