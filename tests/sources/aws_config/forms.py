"""What live accounts answered, as AWS Config delivers it: the fields that its schemas name, in their spelling.

https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types. What Config does not record is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

TIME = "2026-11-01T00:00:00.000Z"
_GROUPS = {"global/AllUsers": "AllUsers", "global/AuthenticatedUsers": "AuthenticatedUsers", "s3/LogDelivery": "LogDelivery"}
_PERMISSIONS = {"FULL_CONTROL": "FullControl", "READ": "Read", "WRITE": "Write", "READ_ACP": "ReadAcp", "WRITE_ACP": "WriteAcp"}


def camel(data: Any) -> Any:
    """Names as the older types write them: with a small first letter."""
    if isinstance(data, dict):
        return {name[:1].lower() + name[1:]: camel(value) for name, value in data.items()}
    return [camel(element) for element in data] if isinstance(data, list) else data


def answered(record: dict[str, Any], name: str) -> Any:
    """The data of an answer; None where there is none."""
    answer = record.get("answers", {}).get(name) or {}
    return answer.get("data") if answer.get("outcome", "answered") == "answered" else None


def is_absent(record: dict[str, Any], name: str) -> bool:
    return (record.get("answers", {}).get(name) or {}).get("outcome") == "absent"


Form = tuple[str, str, dict[str, Any], dict[str, Any]]
"""Type, id, configuration, supplementary configuration."""


def _bucket(record: dict[str, Any]) -> Form | None:
    if any(record.get("answers", {}).get(call, {}).get("outcome") in ("denied", "failed") for call in _LEFT_OUT_WHERE_UNSET):
        return None  # an item without these says that there is none
    name, more = record["listed"]["Name"], dict[str, Any]()
    if block := answered(record, "get_public_access_block"):
        more["PublicAccessBlockConfiguration"] = camel(block["PublicAccessBlockConfiguration"])
    policy = answered(record, "get_bucket_policy")
    if policy is not None or is_absent(record, "get_bucket_policy"):
        more["BucketPolicy"] = {"policyText": policy["Policy"] if policy else None}
    if (acl := answered(record, "get_bucket_acl")) is not None:
        # A text within the JSON, as Config delivers it.
        more["AccessControlList"] = json.dumps(
            {"grantSet": None, "grantList": [_grant(grant) for grant in acl["Grants"]], "owner": {"id": "a"}}
        )
    if encryption := answered(record, "get_bucket_encryption"):
        rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
        more["ServerSideEncryptionConfiguration"] = {"rules": [_encryption(rule) for rule in rules]}
    if (versioning := answered(record, "get_bucket_versioning")) is not None:
        more["BucketVersioningConfiguration"] = {"status": versioning.get("Status", "Off"), "isMfaDeleteEnabled": None}
    if (logging := answered(record, "get_bucket_logging")) is not None:
        to = logging.get("LoggingEnabled", {})
        more["BucketLoggingConfiguration"] = {"destinationBucketName": to.get("TargetBucket"), "logFilePrefix": to.get("TargetPrefix")}
    if website := answered(record, "get_bucket_website"):
        more["BucketWebsiteConfiguration"] = camel(website)
    if lock := answered(record, "get_object_lock_configuration"):
        more["ObjectLockConfiguration"] = camel(lock["ObjectLockConfiguration"])
    if lifecycle := answered(record, "get_bucket_lifecycle_configuration"):
        more["BucketLifecycleConfiguration"] = {"rules": [_rule(rule) for rule in lifecycle["Rules"]]}
    for call, part, none in _OF_EVERY_BUCKET:
        if call not in record.get("answers", {}):  # the control of this recording does not ask for it
            more[part] = none
    return "AWS::S3::Bucket", name, {"name": name, "creationDate": TIME}, more


_LEFT_OUT_WHERE_UNSET = ("get_public_access_block", "get_bucket_website", "get_bucket_lifecycle_configuration")
_OF_EVERY_BUCKET: tuple[tuple[str, str, Any], ...] = (
    ("get_bucket_policy", "BucketPolicy", {"policyText": None}),
    ("get_bucket_acl", "AccessControlList", '{"grantSet": null, "grantList": null}'),
    ("get_bucket_versioning", "BucketVersioningConfiguration", {"status": "Off", "isMfaDeleteEnabled": None}),
)


def _grant(grant: dict[str, Any]) -> dict[str, Any]:
    uri = grant["Grantee"].get("URI", "").removeprefix("http://acs.amazonaws.com/groups/")
    grantee: Any = _GROUPS[uri] if uri else {"id": grant["Grantee"]["ID"], "displayName": None}
    return {"grantee": grantee, "permission": _PERMISSIONS[grant["Permission"]]}


def _encryption(rule: dict[str, Any]) -> dict[str, Any]:
    default = rule["ApplyServerSideEncryptionByDefault"]
    told = {"sseAlgorithm": default["SSEAlgorithm"], "kmsMasterKeyID": default.get("KMSMasterKeyID")}
    return {"applyServerSideEncryptionByDefault": told, "bucketKeyEnabled": rule.get("BucketKeyEnabled", False)}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    expires = rule.get("Expiration", {})
    transitions = [
        {"days": transition.get("Days", -1), "date": transition.get("Date"), "storageClass": transition.get("StorageClass")}
        for transition in rule.get("Transitions", [])
    ]
    return {
        "id": rule.get("ID"),
        "prefix": rule.get("Prefix"),
        "status": rule["Status"],
        "expirationInDays": expires.get("Days", -1),
        "expirationDate": expires.get("Date"),
        "expiredObjectDeleteMarker": expires.get("ExpiredObjectDeleteMarker", False),
        "transitions": transitions or None,
        "filter": {"predicate": _predicate(rule["Filter"])} if "Filter" in rule else None,
    }


def _predicate(within: dict[str, Any]) -> Any:
    inner = within.get("And", within)
    operands: list[dict[str, Any]] = []
    if "Prefix" in inner:
        operands.append({"type": "LifecyclePrefixPredicate", "prefix": inner["Prefix"]})
    for tag in [*inner.get("Tags", []), *([inner["Tag"]] if "Tag" in inner else [])]:
        operands.append({"type": "LifecycleTagPredicate", "tag": {"key": tag["Key"], "value": tag["Value"]}})
    for which in ("GreaterThan", "LessThan"):
        if f"ObjectSize{which}" in inner:
            operands.append({"type": f"LifecycleObjectSize{which}Predicate", f"objectSize{which}": inner[f"ObjectSize{which}"]})
    if "And" in within:
        return {"type": "LifecycleAndOperator", "operands": operands}
    return operands[0] if operands else None


def _account(record: dict[str, Any]) -> Form | None:
    block = answered(record, "get_public_access_block")
    return block and ("AWS::S3::AccountPublicAccessBlock", record["account"], camel(block["PublicAccessBlockConfiguration"]), {})


def _point(record: dict[str, Any]) -> Form:
    return "AWS::S3::AccessPoint", record["listed"]["Name"], answered(record, "get_access_point") or record["listed"], {}


def _key(record: dict[str, Any]) -> Form | None:
    metadata, rotation = (answered(record, "describe_key") or {}).get("KeyMetadata"), answered(record, "get_key_rotation_status")
    more = {} if rotation is None else {"KeyRotationStatus": rotation["KeyRotationEnabled"]}
    return metadata and ("AWS::KMS::Key", record["listed"]["KeyId"], camel(metadata), more)


def _table(record: dict[str, Any]) -> Form | None:
    table = (answered(record, "describe_table") or {}).get("Table")
    if table is None:
        return None
    told = camel({name: value for name, value in table.items() if name not in ("DeletionProtectionEnabled", "MultiRegionConsistency")})
    if "sSEDescription" in told:
        sse = told.pop("sSEDescription")
        told["ssedescription"] = {
            name.replace("kMSMasterKeyArn", "kmsmasterKeyArn").replace("sSEType", "ssetype"): text for name, text in sse.items()
        }
    for copy in told.get("replicas", ()):
        if "kMSMasterKeyId" in copy:
            copy["kmsmasterKeyId"] = copy.pop("kMSMasterKeyId")
    backups = answered(record, "describe_continuous_backups")
    return "AWS::DynamoDB::Table", table["TableName"], told, {} if backups is None else camel(backups)


def _queue(record: dict[str, Any]) -> Form | None:
    attributes = (answered(record, "get_queue_attributes") or {}).get("Attributes")
    return attributes and ("AWS::SQS::Queue", record["listed"]["value"], {"QueueUrl": record["listed"]["value"], **attributes}, {})


def _topic(record: dict[str, Any]) -> Form | None:
    attributes = (answered(record, "get_topic_attributes") or {}).get("Attributes")
    return attributes and ("AWS::SNS::Topic", record["id"], {"TopicArn": record["id"], **attributes}, {})


def _identity(type_: str, *documents: str) -> Callable[[dict[str, Any]], Form]:
    def form(record: dict[str, Any]) -> Form:
        return type_, record["id"], camel(_encoded(record["listed"], documents)), {}

    return form


def _encoded(data: Any, names: Iterable[str]) -> Any:
    if isinstance(data, list):
        return [_encoded(element, names) for element in data]
    if not isinstance(data, dict):
        return data
    return {
        name: quote(value if isinstance(value, str) else json.dumps(value)) if name in names else _encoded(value, names)
        for name, value in data.items()
    }


def _group(record: dict[str, Any]) -> Form:
    listed = json.loads(json.dumps(record["listed"]))
    for rule in [*listed.get("IpPermissions", []), *listed.get("IpPermissionsEgress", [])]:
        rule["Ipv4Ranges"] = rule.get("IpRanges", [])
        rule["IpRanges"] = [range_["CidrIp"] for range_ in rule["Ipv4Ranges"]]
    return "AWS::EC2::SecurityGroup", listed["GroupId"], camel(listed), {}


def _listed(type_: str, id_: str, spelling: Callable[[Any], Any] = camel, without: Iterable[str] = ()) -> Callable[[dict[str, Any]], Form]:
    def form(record: dict[str, Any]) -> Form:
        told = {name: value for name, value in record["listed"].items() if name not in without}
        return type_, str(record["listed"].get(id_) or record["id"]), spelling(told), {}

    return form


def _database(record: dict[str, Any]) -> Form:
    listed = record["listed"]
    is_replica = "ReadReplicaSourceDBInstanceIdentifier" in listed or "ReadReplicaSourceDBClusterIdentifier" in listed
    states = [{"statusType": "read replication", "normal": True, "status": "replicating"}] if is_replica else []
    told = {name: value for name, value in listed.items() if name != "ReadReplicaSourceDBClusterIdentifier"}
    return "AWS::RDS::DBInstance", listed["DBInstanceIdentifier"], {**camel(told), "statusInfos": states}, {}


def _function(record: dict[str, Any]) -> Form:
    listed, policy = camel(record["listed"]), answered(record, "get_policy")
    if "kMSKeyArn" in listed:
        listed["kmskeyArn"] = listed.pop("kMSKeyArn")
    listed.setdefault("environment", None)
    if "vpcConfig" in listed:
        listed["vpcConfig"].pop("vpcId", None)
    return "AWS::Lambda::Function", listed["functionName"], listed, {} if policy is None else {"Policy": json.dumps(policy["Policy"])}


def _task(record: dict[str, Any]) -> Form | None:
    task = (answered(record, "describe_task_definition") or {}).get("taskDefinition")
    if task is None:
        return None
    told = _pascal({name: value for name, value in task.items() if name not in ("runtimePlatform", "revision", "compatibilities")})
    return "AWS::ECS::TaskDefinition", task["taskDefinitionArn"], told, {}


def _pascal(data: Any) -> Any:
    if isinstance(data, dict):
        return {name[:1].upper() + name[1:]: _pascal(value) for name, value in data.items()}
    return [_pascal(element) for element in data] if isinstance(data, list) else data


def _distribution(record: dict[str, Any]) -> Form:
    settings = {**record["listed"], **((answered(record, "get_distribution_config") or {}).get("DistributionConfig", {}))}
    outside = {name: settings.pop(name) for name in ("Id", "ARN", "DomainName", "Status") if name in settings}
    told = {
        "id": outside.get("Id"),
        "arn": outside.get("ARN"),
        "domainName": outside.get("DomainName"),
        "distributionConfig": camel(settings),
    }
    return "AWS::CloudFront::Distribution", outside["Id"], told, {}


def _file_system(record: dict[str, Any]) -> Form:
    listed = record["listed"]
    told = {"Arn": listed["FileSystemArn"], **{name: listed[name] for name in ("FileSystemId", "Encrypted", "KmsKeyId") if name in listed}}
    return "AWS::EFS::FileSystem", listed["FileSystemId"], told, {}


def _secret(record: dict[str, Any]) -> Form:
    listed = record["listed"]
    kept = ("ARN", "Name", "Description", "RotationEnabled", "RotationLambdaARN")
    told = {name: listed[name] for name in kept if name in listed} | ({"KMSKeyId": listed["KmsKeyId"]} if "KmsKeyId" in listed else {})
    rules = listed.get("RotationRules")
    if rules:
        told["RotationRules"] = {"AutomaticallyAfterDays": rules.get("AutomaticallyAfterDays")}
        if "ScheduleExpression" in rules:
            told["RotationRules"]["RotationScheduleExpression"] = rules["ScheduleExpression"]
    return "AWS::SecretsManager::Secret", listed["ARN"], told, {}


def _repository(record: dict[str, Any]) -> Form:
    listed = record["listed"]
    kept = ("imageTagMutability", "imageScanningConfiguration", "encryptionConfiguration", "repositoryName")
    told = _pascal({name: listed[name] for name in kept if name in listed})
    return "AWS::ECR::Repository", listed["repositoryName"], {"Arn": listed["repositoryArn"], **told}, {}


def _cluster(record: dict[str, Any]) -> Form | None:
    [cluster] = (answered(record, "describe_clusters") or {}).get("clusters") or [None]
    if cluster is None:
        return None
    told = _pascal(
        {name: cluster[name] for name in ("clusterName", "capacityProviders", "defaultCapacityProviderStrategy") if name in cluster}
    )
    settings = {"ClusterSettings": _pascal(cluster["settings"])} if "settings" in cluster else {}
    return "AWS::ECS::Cluster", cluster.get("clusterName", "c"), {"Arn": record["id"], **told, **settings}, {}


_OF_SERVICE = (
    "capacityProviderStrategy", "deploymentController", "desiredCount", "enableECSManagedTags", "enableExecuteCommand",
    "healthCheckGracePeriodSeconds", "launchType", "loadBalancers", "networkConfiguration", "placementConstraints", "platformVersion",
    "propagateTags", "schedulingStrategy", "serviceArn", "serviceName", "serviceRegistries", "taskDefinition",
)  # fmt: skip


def _service(record: dict[str, Any]) -> Form | None:
    [service] = (answered(record, "describe_services") or {}).get("services") or [None]
    if service is None:
        return None
    told = _pascal({name: service[name] for name in _OF_SERVICE if name in service})
    deployed = service.get("deploymentConfiguration", {})
    told["DeploymentConfiguration"] = {
        name[:1].upper() + name[1:]: deployed[name] for name in ("maximumPercent", "minimumHealthyPercent") if name in deployed
    }
    return "AWS::ECS::Service", record["id"], {**told, "Cluster": record["listed"].get("ClusterArn")}, {}


def _classic(record: dict[str, Any]) -> Form:
    told = camel(record["listed"])
    for listener in told.get("listenerDescriptions", ()):
        if "sSLCertificateId" in listener["listener"]:
            listener["listener"]["sslcertificateId"] = listener["listener"].pop("sSLCertificateId")
    told = {{"dNSName": "dnsname", "vPCId": "vpcid"}.get(name, name): value for name, value in told.items()}
    told |= {name: {"value": told[name]} for name in ("securityGroups", "subnets") if name in told}
    policies = answered(record, "describe_load_balancer_policies")
    more = {} if policies is None else {"LoadBalancerPolicies": json.dumps(camel(policies.get("PolicyDescriptions", [])))}
    return "AWS::ElasticLoadBalancing::LoadBalancer", told["loadBalancerName"], told, more


def _stream(record: dict[str, Any]) -> Form | None:
    summary = (answered(record, "describe_stream_summary") or {}).get("StreamDescriptionSummary")
    if summary is None:
        return None
    told = {"Arn": record["id"], "Name": record["listed"]["StreamName"], "RetentionPeriodHours": 24}
    if summary.get("EncryptionType", "NONE") != "NONE":
        told["StreamEncryption"] = {"EncryptionType": summary["EncryptionType"], "KeyId": summary.get("KeyId")}
    return "AWS::Kinesis::Stream", told["Name"], told, {}


def _copy(type_: str, id_: str, call: str, of: str) -> Callable[[dict[str, Any]], Form]:
    def form(record: dict[str, Any]) -> Form:
        shared = answered(record, call)
        more = {} if shared is None else {f"{of}Attributes": camel(shared[f"{of}AttributesResult"][f"{of}Attributes"])}
        return type_, record["listed"][id_], camel(record["listed"]), more

    return form


def _certificate(record: dict[str, Any]) -> Form | None:
    certificate = (answered(record, "describe_certificate") or {}).get("Certificate")
    return certificate and ("AWS::ACM::Certificate", record["id"], camel(certificate), {})


def _plain(data: Any) -> Any:
    return data


FORMS: dict[str, Callable[[dict[str, Any]], Form | None]] = {
    "s3.bucket": _bucket,
    "s3control.account": _account,
    "s3control.access-point": _point,
    "kms.key": _key,
    "kms.alias": _listed("AWS::KMS::Alias", "AliasName", _plain),
    "dynamodb.table": _table,
    "sqs.queue": _queue,
    "sns.topic": _topic,
    "iam.role": _identity("AWS::IAM::Role", "AssumeRolePolicyDocument", "PolicyDocument"),
    "iam.user": _identity("AWS::IAM::User", "PolicyDocument"),
    "iam.group": _identity("AWS::IAM::Group", "PolicyDocument"),
    "iam.policy": _identity("AWS::IAM::Policy", "Document"),
    "ec2.security_group": _group,
    "ec2.network_interface": _listed("AWS::EC2::NetworkInterface", "NetworkInterfaceId"),
    "ec2.vpc": _listed("AWS::EC2::VPC", "VpcId"),
    "ec2.subnet": _listed("AWS::EC2::Subnet", "SubnetId"),
    "ec2.route_table": _listed("AWS::EC2::RouteTable", "RouteTableId"),
    "ec2.nat_gateway": _listed("AWS::EC2::NatGateway", "NatGatewayId", camel, ("AvailabilityMode",)),
    "ec2.vpc_endpoint": _listed("AWS::EC2::VPCEndpoint", "VpcEndpointId"),
    "ecr.repository": _repository,
    "ec2.flow_log": _listed("AWS::EC2::FlowLog", "FlowLogId"),
    "ec2.network_acl": _listed("AWS::EC2::NetworkAcl", "NetworkAclId"),
    "ec2.volume": _listed("AWS::EC2::Volume", "VolumeId"),
    "ec2.instance": _listed("AWS::EC2::Instance", "InstanceId"),
    "efs.file_system": _file_system,
    "rds.instance": _database,
    "rds.cluster": _listed("AWS::RDS::DBCluster", "DBClusterIdentifier", camel, ("GlobalClusterIdentifier",)),
    "lambda.function": _function,
    "ecs.task_definition": _task,
    "elbv2.load_balancer": _listed("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"),
    "elbv2.listener": _listed("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn", _plain),
    "cloudfront.distribution": _distribution,
    "secretsmanager.secret": _secret,
    "ecs.cluster": _cluster,
    "ecs.service": _service,
    "autoscaling.group": _listed("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName"),
    "elb.load_balancer": _classic,
    "apigateway.rest_api": _listed("AWS::ApiGateway::RestApi", "id", _plain),
    "apigateway.stage": _listed("AWS::ApiGateway::Stage", "stageName", _plain, ("restApiId", "endpointTypes")),
    "kinesis.stream": _stream,
    "backup.vault": _listed("AWS::Backup::BackupVault", "BackupVaultName", _plain),
    "rds.snapshot": _copy("AWS::RDS::DBSnapshot", "DBSnapshotIdentifier", "describe_db_snapshot_attributes", "DBSnapshot"),
    "rds.cluster_snapshot": _copy(
        "AWS::RDS::DBClusterSnapshot", "DBClusterSnapshotIdentifier", "describe_db_cluster_snapshot_attributes", "DBClusterSnapshot"
    ),
    "redshift.cluster": _listed("AWS::Redshift::Cluster", "ClusterIdentifier"),
    "acm.certificate": _certificate,
    "cloudtrail.trail": _listed("AWS::CloudTrail::Trail", "TrailARN"),
}
_GLOBAL = ("iam.", "cloudfront.")


def item(record: dict[str, Any]) -> dict[str, Any] | None:
    """The configuration item of a resource; None of one that Config does not record."""
    made = FORMS[record["type"]](record) if record["type"] in FORMS else None
    if not made:
        return None
    type_, id_, configuration, more = made
    id_ = record["id"] if id_.startswith("(redacted") else id_
    region = "global" if record["type"].startswith(_GLOBAL) else record["region"] or "us-east-1"
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": TIME,
        "configurationStateId": 1,
        "awsAccountId": record["account"],
        "configurationItemStatus": "OK",
        "resourceType": type_,
        "resourceId": id_,
        "resourceName": id_.rpartition("/")[2],
        "ARN": record["id"],
        "awsRegion": region,
        "availabilityZone": "Not Applicable",
        "tags": None if untold(record) else tags(record),
        "relatedEvents": [],
        "relationships": [],
        "configuration": configuration,
        "supplementaryConfiguration": more,
    }


def untold(record: dict[str, Any]) -> bool:
    """Whether a call that tells the tags was denied, so that the account does not tell them."""
    return any("tag" in name and answer.get("outcome") == "denied" for name, answer in record.get("answers", {}).items())


def tags(record: dict[str, Any]) -> dict[str, str]:
    """Those that any answer tells."""
    told = [record["listed"], *(answer.get("data") for answer in record.get("answers", {}).values())]
    for data in told:
        if not isinstance(data, dict):
            continue
        alone = [inner[0] for inner in data.values() if isinstance(inner, list) and len(inner) == 1 and isinstance(inner[0], dict)]
        for at in (data, *alone, *(inner for inner in data.values() if isinstance(inner, dict))):
            for name in ("Tags", "TagList", "TagSet", "tags"):
                if isinstance(at.get(name), list):
                    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in at[name]}
                if isinstance(at.get(name), dict):
                    return dict(at[name])
    return {}


def snapshot(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What a delivery channel delivers of some resources."""
    items = [made for record in records if (made := item(record))]
    return {"fileVersion": "1.0", "configSnapshotId": "94ccff53-83be-42d9-996f-b4624b3c1a55", "configurationItems": items}
