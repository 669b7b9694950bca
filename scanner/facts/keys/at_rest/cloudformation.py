"""What keeps data on AWS, in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest
from assay.scanner.facts.keys.at_rest.stores import DevicesAt, SeveralAt, StoreAt, devices, several, store
from assay.scanner.facts.keys.references import template_admitting_key, template_key
from assay.scanner.facts.spelling import Link

_RDS = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")


def _at(sort: str, key: str, **more: Any) -> StoreAt:
    return StoreAt(sort=sort, key=template_key(key), **more)


_RESTORED = "SourceDBClusterIdentifier|SnapshotIdentifier"
_INSTANCE = (
    "SourceDBInstanceIdentifier|SourceDBClusterIdentifier|DBSnapshotIdentifier|DBClusterSnapshotIdentifier|SourceDbiResourceId"
    "|SourceDBInstanceAutomatedBackupsArn"
)
"""What an instance is made from, whose key it keeps: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"""


def _database(sort: str, name: str, source: str, *types: str, **more: Any) -> StoreAt:
    """`source`: what it is made from, a resource of `types` where that is in the template."""
    made_from: dict[str, Any] = {"source": Link(source, types), "own_source": template_key("KmsKeyId")}
    return _at(sort, "KmsKeyId", name=name, on="StorageEncrypted", **made_from, **more)


STORES = {
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    "AWS::Logs::LogGroup": StoreAt(sort="log group", key=template_admitting_key("KmsKeyId"), name="LogGroupName"),
    "AWS::ECR::Repository": _at(
        "registry", "EncryptionConfiguration.KmsKey", name="RepositoryName", on="EncryptionConfiguration.EncryptionType"
    ),
    "AWS::Lambda::Function": _at("function", "KmsKeyArn", name="FunctionName", filled="Environment.Variables|Environment"),
    # Copies of its image or its source: https://docs.aws.amazon.com/apprunner/latest/dg/security-data-protection-encryption.html
    "AWS::AppRunner::Service": _at("service", "EncryptionConfiguration.KmsKey", name="ServiceName"),
    # https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html
    "AWS::EC2::Volume": _at("volume", "KmsKeyId", on="Encrypted", source=Link("SnapshotId", ("AWS::EC2::Volume",))),
    "AWS::EFS::FileSystem": _at("file system", "KmsKeyId", on="Encrypted"),
    "AWS::Backup::BackupVault": _at("backup vault", "EncryptionKeyArn", name="BackupVaultName"),
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    "AWS::CloudTrail::Trail": StoreAt(sort="trail", key=template_admitting_key("KMSKeyId"), name="TrailName"),
    "AWS::ECS::Cluster": _at("cluster", "Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId", name="ClusterName"),
    # The storage of an instance in a cluster is the cluster's.
    "AWS::RDS::DBInstance": _database("database", "DBInstanceIdentifier", _INSTANCE, *_RDS, empty="DBClusterIdentifier"),
    "AWS::RDS::DBCluster": _database("database cluster", "DBClusterIdentifier", _RESTORED, *_RDS),
    "AWS::DocDB::DBCluster": _database("document database", "DBClusterIdentifier", _RESTORED, "AWS::DocDB::DBCluster"),
    "AWS::Neptune::DBCluster": _database("graph database", "DBClusterIdentifier", _RESTORED, "AWS::Neptune::DBCluster"),
    # Encrypted unless that is switched off: https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-db-encryption.html
    "AWS::Redshift::Cluster": _at(
        "data warehouse",
        "KmsKeyId",
        name="ClusterIdentifier",
        on="Encrypted",
        on_unset=True,
        source=Link("SnapshotIdentifier", ("AWS::Redshift::Cluster",)),
    ),
    "AWS::RedshiftServerless::Namespace": _at("data warehouse", "KmsKeyId", name="NamespaceName"),
    "AWS::OpenSearchService::Domain": _at(
        "search domain", "EncryptionAtRestOptions.KmsKeyId", name="DomainName", on="EncryptionAtRestOptions.Enabled"
    ),
    "AWS::Elasticsearch::Domain": _at(
        "search domain", "EncryptionAtRestOptions.KmsKeyId", name="DomainName", on="EncryptionAtRestOptions.Enabled"
    ),
    "AWS::KinesisFirehose::DeliveryStream": _at(
        "delivery stream",
        "DeliveryStreamEncryptionConfigurationInput.KeyARN",
        name="DeliveryStreamName",
        on="DeliveryStreamEncryptionConfigurationInput.KeyType",
        empty="KinesisStreamSourceConfiguration",
    ),
    "AWS::DocDBElastic::Cluster": _at("document database", "KmsKeyId", name="ClusterName"),
    "AWS::FSx::FileSystem": _at("file system", "KmsKeyId"),
    "AWS::Cassandra::Table": _at("table", "EncryptionSpecification.KmsKeyIdentifier", name="TableName"),
    "AWS::MSK::Cluster": _at("message broker", "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId", name="ClusterName"),
    "AWS::AmazonMQ::Broker": _at("message broker", "EncryptionOptions.KmsKeyId", name="BrokerName"),
    "AWS::Timestream::Database": _at("database", "KmsKeyId", name="DatabaseName"),
    "AWS::SageMaker::NotebookInstance": _at("notebook", "KmsKeyId", name="NotebookInstanceName"),
    "AWS::CodeArtifact::Domain": _at("registry", "EncryptionKey", name="DomainName"),
    # What its API keeps, secrets among it: https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
    "AWS::EKS::Cluster": _at("cluster", "EncryptionConfig.0.Provider.KeyArn", name="Name"),
    "AWS::MWAA::Environment": _at("workflow environment", "KmsKey", name="Name"),
    "AWS::SageMaker::Domain": _at("studio domain", "KmsKeyId", name="DomainName"),
    "AWS::KinesisVideo::Stream": _at("video stream", "KmsKeyId", name="Name"),
    "AWS::DMS::ReplicationInstance": _at("replication instance", "KmsKeyId", name="ReplicationInstanceIdentifier"),
    "AWS::Kendra::Index": _at("search index", "ServerSideEncryptionConfiguration.KmsKeyId", name="Name"),
    "AWS::CodeCommit::Repository": _at("source repository", "KmsKeyId", name="RepositoryName"),
    "AWS::CustomerProfiles::Domain": _at("profile domain", "DefaultEncryptionKey", name="DomainName"),
    "AWS::DataZone::Domain": _at("data catalogue", "KmsKeyIdentifier", name="Name"),
    "AWS::DSQL::Cluster": _at("database cluster", "KmsEncryptionKey"),
    "AWS::FinSpace::Environment": _at("time series database", "KmsKeyId", name="Name"),
    "AWS::Location::Tracker": _at("location tracker", "KmsKeyId", name="TrackerName"),
    "AWS::Location::GeofenceCollection": _at("geofence collection", "KmsKeyId", name="CollectionName"),
    "AWS::M2::Environment": _at("mainframe environment", "KmsKeyId", name="Name"),
    "AWS::M2::Application": _at("mainframe application", "KmsKeyId", name="Name"),
    "AWS::NeptuneGraph::Graph": _at("graph database", "KmsKeyIdentifier", name="GraphName"),
    "AWS::APS::Workspace": _at("metrics workspace", "KmsKeyArn", name="Alias"),
    "AWS::QBusiness::Application": _at("assistant", "EncryptionConfiguration.KmsKeyId", name="DisplayName"),
    "AWS::S3Tables::TableBucket": _at(
        "table bucket", "EncryptionConfiguration.KMSKeyArn", name="TableBucketName", on="EncryptionConfiguration.SSEAlgorithm"
    ),
    "AWS::SageMaker::EndpointConfig": _at("model endpoint", "KmsKeyId", name="EndpointConfigName"),
    "AWS::SecurityLake::DataLake": _at("data lake", "EncryptionConfiguration.KmsKeyId"),
    "AWS::CloudTrail::EventDataStore": _at("event data store", "KmsKeyId", name="Name"),
    "AWS::Bedrock::Agent": _at("agent", "CustomerEncryptionKeyArn", name="AgentName"),
    "AWS::Glue::DataCatalogEncryptionSettings": _at(
        "data catalogue",
        "DataCatalogEncryptionSettings.EncryptionAtRest.SseAwsKmsKeyId",
        name="CatalogId",
        on="DataCatalogEncryptionSettings.EncryptionAtRest.CatalogEncryptionMode",
    ),
    "AWS::EMR::Studio": _at("studio", "EncryptionKeyArn", name="Name"),
    "AWS::OSIS::Pipeline": _at("pipeline", "EncryptionAtRestOptions.KmsKeyArn", name="PipelineName"),
    "AWS::DMS::ReplicationConfig": _at("replication", "ComputeConfig.KmsKeyId", name="ReplicationConfigIdentifier"),
    # The history of an execution has what goes in and comes out: https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    "AWS::StepFunctions::StateMachine": _at("state machine", "EncryptionConfiguration.KmsKeyId", name="StateMachineName"),
}
SEVERAL = {
    "AWS::WorkSpaces::Workspace": SeveralAt(
        stores=tuple(_at(f"{of.lower()} volume", "VolumeEncryptionKey", on=f"{of}VolumeEncryptionEnabled") for of in ("Root", "User")),
    ),
    "AWS::SageMaker::FeatureGroup": SeveralAt(
        name="FeatureGroupName",
        stores=(
            _at("online store", "OnlineStoreConfig.SecurityConfig.KmsKeyId", filled="OnlineStoreConfig.EnableOnlineStore"),
            _at("offline store", "OfflineStoreConfig.S3StorageConfig.KmsKeyId", filled="OfflineStoreConfig"),
        ),
    ),
}
_SNAPSHOT = Link("Ebs.SnapshotId", ("AWS::EC2::Volume",))
_VOLUME: dict[str, Any] = {"noun": "volume", "first": "root volume"}
DEVICES = {
    "AWS::EC2::Instance": DevicesAt(
        sort="instance",
        parts=("BlockDeviceMappings",),
        part="DeviceName",
        data="Ebs",
        key=template_key("Ebs.KmsKeyId"),
        on="Ebs.Encrypted",
        source=_SNAPSHOT,
        **_VOLUME,
        root=("root volume", "volume /dev/xvda", "volume /dev/sda1"),
        template="LaunchTemplate",
    ),
    # It names no key, so that its volumes have that of the region.
    "AWS::AutoScaling::LaunchConfiguration": DevicesAt(
        name="LaunchConfigurationName",
        sort="launch configuration",
        parts=("BlockDeviceMappings",),
        part="DeviceName",
        data="Ebs",
        key=template_key(""),
        on="Ebs.Encrypted",
        source=_SNAPSHOT,
        **_VOLUME,
        root=("root volume", "volume /dev/xvda", "volume /dev/sda1"),
    ),
    "AWS::EC2::LaunchTemplate": DevicesAt(
        name="LaunchTemplateName",
        sort="launch template",
        parts=("LaunchTemplateData.BlockDeviceMappings",),
        part="DeviceName",
        **_VOLUME,
        data="Ebs",
        key=template_key("Ebs.KmsKeyId"),
        on="Ebs.Encrypted",
        source=_SNAPSHOT,
    ),
}
READERS = (
    *(Reader(DataAtRest, (type_,), several, at) for type_, at in SEVERAL.items()),
    *(Reader(DataAtRest, (type_,), store, at) for type_, at in STORES.items()),
    *(Reader(DataAtRest, (type_,), devices, at) for type_, at in DEVICES.items()),
)
