"""What configuration items amount to, answer by answer."""

from __future__ import annotations

from typing import Any

import pytest

from assay.scanner.facts.data import aws_config as data
from assay.scanner.facts.data.openness import aws_config as openness
from assay.scanner.facts.keys import aws_config as keys
from assay.scanner.facts.messaging import aws_config as messaging
from assay.scanner.facts.network import aws_config as network
from assay.scanner.facts.secrets import aws_config as secrets
from assay.scanner.facts.storage import aws_config as storage
from assay.scanner.sources.aws.recorded import NOT_SET, ConfigurationItem, Recorded, spelled
from assay.scanner.sources.raw import Unknown

NAME = "trade"
EVERY_PART = {"AccessControlList": None, "BucketPolicy": {"policyText": None}, "BucketVersioningConfiguration": {"status": "Off"}}
"""What an item of every bucket has."""


def item(configuration: Any = None, more: dict[str, Any] | None = None, **fields: Any) -> ConfigurationItem:
    given = {"type": "", "id": "id-of-trade", "name": NAME, "arn": "arn:aws:x:us-east-1:123456789012:trade", "is_whole": True, **fields}
    common = {"account": "123456789012", "region": "us-east-1", "time": "2026-11-01T00:00:00Z", "status": "OK"}
    return ConfigurationItem(**given, **common, configuration=spelled(configuration or {}), supplementary=more or {})


def answer(recorded: Recorded, call: str, configured: ConfigurationItem) -> Any:
    return dict(recorded.answers)[call](configured)


def bucket(call: str, **more: Any) -> Any:
    return answer(storage.BUCKET, call, item(more={**EVERY_PART, **more}))


def reason(value: Any) -> str:
    assert isinstance(value, Unknown)
    return value.reason


# Buckets.


def test_a_bucket_is_listed() -> None:
    assert storage.BUCKET.listed(item({"creationDate": "2026-01-01"})) == {"Name": NAME, "CreationDate": "2026-01-01"}
    assert storage.BUCKET.listed(item(name="")) == {"Name": "id-of-trade", "CreationDate": None}


@pytest.mark.parametrize(
    ("part", "call", "expected"),
    [
        ("PublicAccessBlockConfiguration", "get_public_access_block", {"PublicAccessBlockConfiguration": {"blockPublicAcls": True}}),
        ("BucketWebsiteConfiguration", "get_bucket_website", {"blockPublicAcls": True}),
    ],
)
def test_a_part_that_is_as_the_answer_is(part: str, call: str, expected: Any) -> None:
    assert bucket(call, **{part: {"blockPublicAcls": True}}) == expected
    assert bucket(call) is NOT_SET
    assert bucket(call, **{part: None}) is None
    assert answer(storage.BUCKET, call, item(more=EVERY_PART, is_whole=False)) is None
    for left_out in EVERY_PART:
        rest = {name: part for name, part in EVERY_PART.items() if name != left_out}
        assert answer(storage.BUCKET, call, item(more=rest)) is None


def test_policies() -> None:
    assert bucket("get_bucket_policy", BucketPolicy={"policyText": "{}"}) == {"Policy": "{}"}
    assert bucket("get_bucket_policy") is bucket("get_bucket_policy_status") is NOT_SET
    assert bucket("get_bucket_policy_status", BucketPolicy={"policyText": "{}"}) is None
    assert bucket("get_bucket_policy", BucketPolicy={}) is None
    assert bucket("get_bucket_policy", BucketPolicy=None) is None


def test_grants_of_acls() -> None:
    groups = "http://acs.amazonaws.com/groups"
    granted = {
        "AllUsers": ("Read", f"{groups}/global/AllUsers", "READ"),
        "AuthenticatedUsers": ("ReadAcp", f"{groups}/global/AuthenticatedUsers", "READ_ACP"),
        "LogDelivery": ("WriteAcp", f"{groups}/s3/LogDelivery", "WRITE_ACP"),
        f"{groups}/global/AllUsers": ("FULL_CONTROL", f"{groups}/global/AllUsers", "FULL_CONTROL"),
    }
    grants: list[Any] = [{"grantee": who, "permission": permission} for who, (permission, _, _) in granted.items()]
    expected = [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission} for _, uri, permission in granted.values()]
    grants += [{"grantee": {"id": "abc"}, "permission": permission} for permission in ("FullControl", "Write")]
    expected += [{"Grantee": {"Type": "CanonicalUser", "ID": "abc"}, "Permission": permission} for permission in ("FULL_CONTROL", "WRITE")]
    assert bucket("get_bucket_acl", AccessControlList={"grantList": grants}) == {"Grants": expected}
    assert bucket("get_bucket_acl", AccessControlList={"grantList": None, "grantSet": grants}) == {"Grants": expected}
    assert bucket("get_bucket_acl", AccessControlList={"grantList": None}) is None
    assert bucket("get_bucket_acl") is None


def test_grants_that_are_not_as_they_are_recorded() -> None:
    grants = ["x", {"grantee": 7}, {"grantee": {"name": "x"}}, {"grantee": "Nobody", "permission": "Read"}, {"grantee": "AllUsers"}]
    one, two, three, who, what = bucket("get_bucket_acl", AccessControlList={"grantList": grants})["Grants"]
    unknown = "a grant of the bucket's ACL is not as AWS Config records it"
    assert {reason(one), reason(two), reason(three), reason(who["Grantee"]["URI"]), reason(what["Permission"])} == {unknown}


@pytest.mark.parametrize(("status", "expected"), [("Off", {}), ("Enabled", {"Status": "Enabled"}), ("Suspended", {"Status": "Suspended"})])
def test_versioning(status: str, expected: Any) -> None:
    assert bucket("get_bucket_versioning", BucketVersioningConfiguration={"status": status}) == expected
    assert bucket("get_bucket_versioning", BucketVersioningConfiguration={"status": "Other"}) is None
    assert bucket("get_bucket_versioning", BucketVersioningConfiguration=None) is None


def test_logging() -> None:
    given = {"destinationBucketName": "logs", "logFilePrefix": "trade/"}
    assert bucket("get_bucket_logging", BucketLoggingConfiguration=given) == {
        "LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "trade/"}
    }
    without = bucket("get_bucket_logging", BucketLoggingConfiguration={"destinationBucketName": "logs"})
    assert without == {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}
    assert bucket("get_bucket_logging", BucketLoggingConfiguration={"destinationBucketName": None}) == {}
    assert bucket("get_bucket_logging", BucketLoggingConfiguration={}) is None


def test_encryption_tags_and_lock() -> None:
    rules = [{"bucketKeyEnabled": True}]
    told = bucket("get_bucket_encryption", ServerSideEncryptionConfiguration={"rules": rules})
    assert told == {"ServerSideEncryptionConfiguration": {"rules": rules}}
    assert bucket("get_bucket_encryption", ServerSideEncryptionConfiguration={"rules": []}) is None
    assert bucket("get_bucket_encryption") is None
    assert answer(storage.BUCKET, "get_bucket_tagging", item(tags={"a": "b"})) == {"TagSet": [{"Key": "a", "Value": "b"}]}
    assert answer(storage.BUCKET, "get_bucket_tagging", item(tags={})) is NOT_SET
    assert answer(storage.BUCKET, "get_bucket_tagging", item()) is None
    lock = {"objectLockEnabled": "Enabled"}
    assert bucket("get_object_lock_configuration", ObjectLockConfiguration=lock) == {"ObjectLockConfiguration": lock}
    assert bucket("get_object_lock_configuration") is None


def lifecycle(*rules: Any) -> Any:
    return bucket("get_bucket_lifecycle_configuration", BucketLifecycleConfiguration={"rules": list(rules)})["Rules"]


def test_lifecycle() -> None:
    moved = {"days": 90, "date": None, "storageClass": "GLACIER"}
    gone = {"expirationInDays": 400, "expirationDate": None, "expiredObjectDeleteMarker": False}
    assert lifecycle({"id": "one", "status": "Enabled", "transitions": [moved], **gone}) == [
        {
            "ID": "one",
            "Status": "Enabled",
            "Prefix": "",
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
            "Expiration": {"Days": 400},
        }
    ]
    by_date = {"expirationInDays": -1, "expirationDate": "2027-01-01", "expiredObjectDeleteMarker": True}
    transition = {"days": -1, "date": "2026-12-01", "storageClass": "DEEP_ARCHIVE"}
    assert lifecycle({"id": "two", "status": "Disabled", "prefix": "logs/", "transitions": [transition], **by_date}) == [
        {
            "ID": "two",
            "Status": "Disabled",
            "Prefix": "logs/",
            "Transitions": [{"Date": "2026-12-01", "StorageClass": "DEEP_ARCHIVE"}],
            "Expiration": {"Date": "2027-01-01", "ExpiredObjectDeleteMarker": True},
        }
    ]
    assert lifecycle({"id": "three", "status": "Enabled"}) == [{"ID": "three", "Status": "Enabled", "Prefix": "", "Transitions": []}]
    assert bucket("get_bucket_lifecycle_configuration") is NOT_SET
    assert bucket("get_bucket_lifecycle_configuration", BucketLifecycleConfiguration={"rules": None}) is None


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (None, {}),
        ({"type": "LifecyclePrefixPredicate", "prefix": "logs/"}, {"Prefix": "logs/"}),
        ({"type": "LifecycleTagPredicate", "tag": {"key": "a", "value": "b"}}, {"Tag": {"key": "a", "value": "b"}}),
        ({"type": "LifecycleObjectSizeGreaterThanPredicate", "objectSizeGreaterThan": 5}, {"ObjectSizeGreaterThan": 5}),
        ({"type": "LifecycleObjectSizeLessThanPredicate", "objectSizeLessThan": 7}, {"ObjectSizeLessThan": 7}),
        (
            {
                "type": "LifecycleAndOperator",
                "operands": [
                    {"type": "LifecyclePrefixPredicate", "prefix": "logs/"},
                    {"type": "LifecycleTagPredicate", "tag": {"key": "a"}},
                    {"type": "LifecycleTagPredicate", "tag": {"key": "b"}},
                ],
            },
            {"And": {"Prefix": "logs/", "Tags": [{"key": "a"}, {"key": "b"}]}},
        ),
        ({"type": "LifecycleAndOperator", "operands": None}, {"And": {}}),
    ],
)
def test_filters_of_rules(predicate: Any, expected: Any) -> None:
    assert lifecycle({"filter": {"predicate": predicate}})[0]["Filter"] == expected


@pytest.mark.parametrize("predicate", [{"type": "Other"}, {"type": "LifecycleAndOperator", "operands": [{"type": "Other"}]}])
def test_a_filter_of_another_kind(predicate: Any) -> None:
    told = lifecycle({"filter": {"predicate": predicate}})[0]["Filter"]
    assert reason(told) == "a filter of a lifecycle rule is of a kind that is not known"


def test_blocks_of_accounts_and_access_points() -> None:
    block = answer(storage.ACCOUNT, "get_public_access_block", item({"blockPublicAcls": True}))
    assert block == {"PublicAccessBlockConfiguration": {"blockPublicAcls": True}}
    point = item({"Name": "reports", "Bucket": NAME})
    told = {"AccessPointArn": point.arn, "Name": "reports", "Bucket": NAME, "OfBucket": NAME}
    assert storage.POINT.listed(point) == told
    got = answer(storage.POINT, "get_access_point", point)
    assert got.get("VpcConfiguration") is None
    assert isinstance(got.get("NetworkOrigin"), Unknown)


# Queues, topics and streams.


def test_queues() -> None:
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/trade"
    assert messaging.QUEUE.listed(item({"QueueUrl": url})) == {"value": url}
    assert messaging.QUEUE.listed(item({"QueueUrl": "https://example.com/other"})) == {"value": "trade"}
    assert messaging.QUEUE.listed(item({"QueueUrl": 7}, arn="")) == {"value": NAME}
    policy = {"Statement": []}
    given = item({"Policy": policy, "RedrivePolicy": policy, "RedriveAllowPolicy": policy})
    told = answer(messaging.QUEUE, "get_queue_attributes", given)["Attributes"]
    assert [told[name] for name in ("Policy", "RedrivePolicy", "RedriveAllowPolicy")] == ['{"Statement":[]}'] * 3
    assert told["QueueArn"] == given.arn
    own = item({"QueueArn": "arn:aws:sqs:us-east-1:123456789012:own", "Policy": "{}"})
    told = answer(messaging.QUEUE, "get_queue_attributes", own)["Attributes"]
    assert (told["QueueArn"], told["Policy"]) == ("arn:aws:sqs:us-east-1:123456789012:own", "{}")
    assert told.get("KmsMasterKeyId") is told.get("KmsDataKeyReusePeriodSeconds") is None
    assert isinstance(told.get("SqsManagedSseEnabled"), Unknown)
    assert answer(messaging.QUEUE, "list_queue_tags", item(tags={"a": "b"})) == {"Tags": {"a": "b"}}
    assert answer(messaging.QUEUE, "list_queue_tags", item()) is None


def test_topics_and_streams() -> None:
    topic = item({"TopicArn": "arn:aws:sns:us-east-1:123456789012:own", "Policy": {"Statement": []}})
    assert messaging.TOPIC.listed(topic) == {"TopicArn": "arn:aws:sns:us-east-1:123456789012:own"}
    assert messaging.TOPIC.listed(item()) == {"TopicArn": item().arn}
    assert answer(messaging.TOPIC, "get_topic_attributes", topic)["Attributes"]["Policy"] == '{"Statement":[]}'
    stream = item({"Name": "own", "Arn": "arn:own", "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/own"}})
    assert messaging.STREAM.listed(stream) == {"StreamName": "own", "StreamARN": "arn:own"}
    assert messaging.STREAM.listed(item()) == {"StreamName": NAME, "StreamARN": item().arn}
    told = answer(messaging.STREAM, "describe_stream_summary", stream)["StreamDescriptionSummary"]
    assert [told[name] for name in ("StreamName", "StreamARN", "EncryptionType", "KeyId")] == ["own", "arn:own", "KMS", "alias/own"]
    assert "EncryptionType" not in answer(messaging.STREAM, "describe_stream_summary", item())["StreamDescriptionSummary"]


# Secrets and keys.


def test_secrets() -> None:
    rules = {"AutomaticallyAfterDays": 30, "ScheduleExpression": "rate(30 days)"}
    told = secrets.SECRET.listed(item({"Name": "feed", "RotationRules": rules}))
    assert told["RotationRules"] == rules
    by_other_name = secrets.SECRET.listed(item({"RotationRules": {"RotationScheduleExpression": "rate(7 days)"}}))
    assert by_other_name["RotationRules"] == {"AutomaticallyAfterDays": None, "ScheduleExpression": "rate(7 days)"}
    for name in ("KmsKeyId", "RotationLambdaARN", "RotationRules", "Description", "RotationEnabled"):
        assert secrets.SECRET.listed(item({"Name": "feed"})).get(name) is None
    assert isinstance(told.get("PrimaryRegion"), Unknown)
    assert secrets.SECRET.listed(item({"Deleted": True})) is secrets.SECRET.listed(item({"Deleted": "true"})) is None
    assert secrets.SECRET.listed(item({"Deleted": False})) is not None


def test_keys() -> None:
    assert keys.KEY.listed(item({"KeyId": "own", "Arn": "arn:own"})) == {"KeyId": "own", "KeyArn": "arn:own"}
    assert keys.KEY.listed(item()) == {"KeyId": "id-of-trade", "KeyArn": item().arn}
    told = answer(keys.KEY, "describe_key", item({"KeySpec": "SYMMETRIC_DEFAULT"}))["KeyMetadata"]
    assert told["KeySpec"] == "SYMMETRIC_DEFAULT"
    for name in ("CustomKeyStoreId", "MultiRegionConfiguration", "Description", "DeletionDate", "ValidTo"):
        assert told.get(name) is None
    assert isinstance(told.get("KeyState"), Unknown)
    assert answer(keys.KEY, "get_key_rotation_status", item({"KeyManager": "AWS"})) is NOT_SET
    assert answer(keys.KEY, "get_key_rotation_status", item({"KeyManager": "CUSTOMER"})) is None
    off = item({"KeyManager": "CUSTOMER"}, {"KeyRotationStatus": False})
    assert answer(keys.KEY, "get_key_rotation_status", off) == {"KeyRotationEnabled": False}
    on = answer(keys.KEY, "get_key_rotation_status", item({}, {"KeyRotationStatus": True}))
    assert on["KeyRotationEnabled"] is True
    assert reason(on["RotationPeriodInDays"]) == "AWS Config does not record how often a key rotates"


def test_what_keys_encrypt() -> None:
    alias = item({"AliasName": "alias/own", "TargetKeyId": "arn:aws:kms:us-east-1:123456789012:key/own"})
    assert keys.ALIAS.listed(alias) == {"AliasName": "alias/own", "AliasArn": alias.arn, "TargetKeyId": "own"}
    assert keys.ALIAS.listed(item({"AliasName": "alias/aws/s3"}))["TargetKeyId"] is None
    files = keys.FILE_SYSTEM.listed(item({"FileSystemId": "fs-1", "Arn": "arn:fs", "Encrypted": True}, tags={"Name": "own"}))
    assert files == {"FileSystemArn": "arn:fs", "Name": "own", "FileSystemId": "fs-1", "Encrypted": True, "KmsKeyId": None}
    assert keys.FILE_SYSTEM.listed(item({"Arn": "arn:fs"}))["Name"] is None
    assert keys.REPOSITORY.listed(item({"Arn": "arn:own"}))["repositoryArn"] == "arn:own"
    assert keys.REPOSITORY.listed(item())["repositoryArn"] == item().arn
    assert keys.VOLUME.listed(item({"Encrypted": False})).get("KmsKeyId") is None


# Tables, databases and their snapshots.


def test_tables() -> None:
    assert data.TABLE.listed(item()) == data.REGIONAL_TABLE.listed(item()) == {"value": NAME}
    assert data.TABLE.listed(item(name="")) == {"value": "id-of-trade"}
    table = answer(data.TABLE, "describe_table", item({"TableName": NAME}))["Table"]
    assert table["TableName"] == NAME
    for name in ("SSEDescription", "StreamSpecification", "Replicas", "GlobalTableVersion", "LatestStreamArn"):
        assert table.get(name) is None
    assert isinstance(table.get("DeletionProtectionEnabled"), Unknown)
    assert answer(data.TABLE, "list_tags_of_resource", item(tags={"a": "b"})) == {"Tags": [{"Key": "a", "Value": "b"}]}


def recovery(**told: Any) -> Any:
    more = {"ContinuousBackupsDescription": {"pointInTimeRecoveryDescription": told}}
    return answer(data.TABLE, "describe_continuous_backups", item(more=more))["ContinuousBackupsDescription"][
        "PointInTimeRecoveryDescription"
    ]


def test_recovery_of_tables() -> None:
    off = recovery(pointInTimeRecoveryStatus="DISABLED", recoveryPeriodInDays=35)
    assert off == {"PointInTimeRecoveryStatus": "DISABLED"}
    on = recovery(pointInTimeRecoveryStatus="ENABLED", recoveryPeriodInDays=35)
    assert on == {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35}
    assert reason(recovery(pointInTimeRecoveryStatus="ENABLED")["RecoveryPeriodInDays"]) == "the item has no number of days"
    for more in ({}, {"ContinuousBackupsDescription": {}}, {"ContinuousBackupsDescription": {"pointInTimeRecoveryDescription": None}}):
        assert answer(data.TABLE, "describe_continuous_backups", item(more=more)) is None


@pytest.mark.parametrize("direction", ["IpPermissions", "IpPermissionsEgress"])
def test_rules_of_security_groups(direction: str) -> None:
    def ranges(rule: dict[str, Any]) -> Any:
        (told,) = network.SECURITY_GROUP.listed(item({direction: [{"ipProtocol": "-1", **rule}]}))[direction]
        return told["IpRanges"]

    described = {"cidrIp": "10.0.0.0/8", "description": "inside"}
    assert ranges({"ipRanges": ["0.0.0.0/0"]}) == [{"CidrIp": "0.0.0.0/0"}]
    assert [entry.get("CidrIp") for entry in ranges({"ipv4Ranges": [described], "ipRanges": ["10.0.0.0/8"]})] == ["10.0.0.0/8"]
    assert "no list of ranges" in reason(ranges({}))


def test_databases() -> None:
    instance = data.INSTANCE.listed(item({"StatusInfos": []}))
    for name in ("KmsKeyId", "DBClusterIdentifier", "ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier"):
        assert instance.get(name) is None
    replica = data.INSTANCE.listed(item({"StatusInfos": [{"Status": "replicating"}]}))
    assert isinstance(replica.get("ReadReplicaSourceDBClusterIdentifier"), Unknown)
    for name in ("KmsKeyId", "ReplicationSourceIdentifier", "ReadReplicaIdentifiers"):
        assert data.CLUSTER.listed(item()).get(name) is None
    assert data.WAREHOUSE.listed(item()).get("KmsKeyId") is None


@pytest.mark.parametrize(
    ("recorded", "of", "call"),
    [
        (openness.SNAPSHOT, "DBSnapshot", "describe_db_snapshot_attributes"),
        (openness.CLUSTER_SNAPSHOT, "DBClusterSnapshot", "describe_db_cluster_snapshot_attributes"),
    ],
)
def test_snapshots(recorded: Recorded, of: str, call: str) -> None:
    assert recorded.listed(item({"SnapshotType": "automated"})) is recorded.listed(item({"SnapshotType": "awsbackup"})) is None
    assert recorded.listed(item({"SnapshotType": "manual"})).get("KmsKeyId") is None
    shared = [{"attributeName": "restore", "attributeValues": ["all"]}]
    told = answer(recorded, call, item(more={f"{of}Attributes": shared}))
    assert told == {f"{of}AttributesResult": {f"{of}Attributes": shared}}
    assert answer(recorded, call, item()) is None
