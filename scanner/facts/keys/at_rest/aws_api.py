"""What keeps data in the live account.

DescribeDBInstances and DescribeDBClusters of RDS tell of the databases of DocumentDB and Neptune too.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusters.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data import aws_config as databases
from assay.scanner.facts.keys import aws_config
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest
from assay.scanner.facts.keys.at_rest.stores import StoreAt, store
from assay.scanner.facts.keys.aws_api import live_key
from assay.scanner.sources.aws.calls import Call, Listing

_EC2 = "arn:{partition}:ec2:{region}:{account}"
_DOMAIN = Call("opensearch", "DescribeDomain", (("DomainName", "DomainName"),), action="es:DescribeDomain")
_FUNCTION = "lambda.function"
_RUNNER = "apprunner.service"
_TRAIL = "cloudtrail.trail"
# A group has two at most: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html
SUBSCRIPTIONS = Call("logs", "DescribeSubscriptionFilters", (("logGroupName", "logGroupName"),))
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDataProtectionPolicy.html
PROTECTION = Call(
    "logs",
    "GetDataProtectionPolicy",
    (("logGroupIdentifier", "logGroupName"),),
    absent=("ResourceNotFoundException",),
    when=("dataProtectionStatus", "ACTIVATED"),
)
LOG_GROUPS = Listing(
    "logs.group",
    Call("logs", "DescribeLogGroups", page_size=50),
    entries="logGroups",
    id="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}",
    gone=("ResourceNotFoundException",),
    details=(SUBSCRIPTIONS, PROTECTION),
)
_REPOSITORY_POLICY = Call(
    "ecr", "GetRepositoryPolicy", (("repositoryName", "repositoryName"),), absent=("RepositoryPolicyNotFoundException",)
)
_SCANNING = Call("ecr", "BatchGetRepositoryScanningConfiguration", (("repositoryNames", "repositoryName"),))
REGISTRIES = Listing(
    "ecr.repository",
    Call("ecr", "DescribeRepositories", page_size=1000),
    entries="repositories",
    id="repositoryArn",
    gone=("RepositoryNotFoundException",),
    details=(_REPOSITORY_POLICY, _SCANNING),
    recorded=aws_config.REPOSITORY,
)
VOLUMES = Listing(
    "ec2.volume",
    Call("ec2", "DescribeVolumes", page_size=500),
    entries="Volumes",
    id=f"{_EC2}:volume/{{VolumeId}}",
    recorded=aws_config.VOLUME,
)
SNAPSHOTS = Listing(
    "ec2.snapshot",
    Call("ec2", "DescribeSnapshots", (("OwnerIds", '=["self"]'),), page_size=1000),
    entries="Snapshots",
    id=f"{_EC2}:snapshot/{{SnapshotId}}",
)
FILE_SYSTEMS = Listing(
    "efs.file_system",
    Call("efs", "DescribeFileSystems", action="elasticfilesystem:DescribeFileSystems"),
    entries="FileSystems",
    id="FileSystemArn",
    recorded=aws_config.FILE_SYSTEM,
)
VAULTS = Listing(
    "backup.vault",
    Call("backup", "ListBackupVaults"),
    entries="BackupVaultList",
    id="BackupVaultArn",
    recorded=aws_config.VAULT,
)
INSTANCES = Listing(
    "rds.instance",
    Call("rds", "DescribeDBInstances", page_size=100),
    entries="DBInstances",
    id="DBInstanceArn",
    recorded=databases.INSTANCE,
)
CLUSTERS = Listing(
    "rds.cluster",
    Call("rds", "DescribeDBClusters", page_size=100),
    entries="DBClusters",
    id="DBClusterArn",
    recorded=databases.CLUSTER,
)
WAREHOUSES = Listing(
    "redshift.cluster",
    Call("redshift", "DescribeClusters", page_size=100),
    entries="Clusters",
    id="arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}",
    recorded=databases.WAREHOUSE,
)
DOMAINS = Listing(
    "opensearch.domain",
    Call("opensearch", "ListDomainNames", action="es:ListDomainNames"),
    entries="DomainNames",
    id="arn:{partition}:es:{region}:{account}:domain/{DomainName}",
    gone=("ResourceNotFoundException",),
    details=(_DOMAIN,),
)
# https://docs.aws.amazon.com/MSK/2.0/APIReference/v2-clusters.html
STREAM_CLUSTERS = Listing("kafka.cluster", Call("kafka", "ListClustersV2", page_size=100), entries="ClusterInfoList", id="ClusterArn")
# https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers-broker-id.html
BROKERS = Listing(
    "mq.broker",
    Call("mq", "ListBrokers", page_size=100),
    entries="BrokerSummaries",
    id="BrokerArn",
    gone=("NotFoundException",),
    details=(Call("mq", "DescribeBroker", (("BrokerId", "BrokerId"),)),),
)
# https://docs.aws.amazon.com/fsx/latest/APIReference/API_FileSystem.html
SHARES = Listing("fsx.file_system", Call("fsx", "DescribeFileSystems"), entries="FileSystems", id="ResourceARN")
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html
NOTEBOOKS = Listing(
    "sagemaker.notebook",
    Call("sagemaker", "ListNotebookInstances", page_size=100),
    entries="NotebookInstances",
    id="NotebookInstanceArn",
    details=(Call("sagemaker", "DescribeNotebookInstance", (("NotebookInstanceName", "NotebookInstanceName"),)),),
)
LISTINGS = (
    LOG_GROUPS, REGISTRIES, VOLUMES, SNAPSHOTS, FILE_SYSTEMS, VAULTS, INSTANCES, CLUSTERS, WAREHOUSES, DOMAINS, STREAM_CLUSTERS, BROKERS,
    SHARES, NOTEBOOKS,
)  # fmt: skip
_ABOUT = "describe_domain.DomainStatus.EncryptionAtRestOptions"


def _at(sort: str, key: str, **more: Any) -> StoreAt:
    return StoreAt(sort=sort, key=live_key(key), **more)


STORES = {
    LOG_GROUPS.type: _at("log group", "kmsKeyId", name="logGroupName"),
    REGISTRIES.type: _at("registry", "encryptionConfiguration.kmsKey", name="repositoryName", on="encryptionConfiguration.encryptionType"),
    _FUNCTION: _at("function", "KMSKeyArn", name="FunctionName", filled="Environment.Variables"),
    # Copies of its image or its source: https://docs.aws.amazon.com/apprunner/latest/dg/security-data-protection-encryption.html
    _RUNNER: _at("service", "describe_service.Service.EncryptionConfiguration.KmsKey", name="ServiceName"),
    VOLUMES.type: _at("volume", "KmsKeyId", name="VolumeId", on="Encrypted"),
    SNAPSHOTS.type: _at("snapshot", "KmsKeyId", name="SnapshotId", on="Encrypted"),
    FILE_SYSTEMS.type: _at("file system", "KmsKeyId", name="Name|FileSystemId", on="Encrypted"),
    VAULTS.type: _at("backup vault", "EncryptionKeyArn", name="BackupVaultName"),
    _TRAIL: _at("trail", "KmsKeyId", name="Name"),
    # The storage of an instance in a cluster is the cluster's.
    INSTANCES.type: _at("database", "KmsKeyId", name="DBInstanceIdentifier", on="StorageEncrypted", empty="DBClusterIdentifier"),
    CLUSTERS.type: _at("database cluster", "KmsKeyId", name="DBClusterIdentifier", on="StorageEncrypted"),
    WAREHOUSES.type: _at("data warehouse", "KmsKeyId", name="ClusterIdentifier", on="Encrypted"),
    DOMAINS.type: _at("search domain", f"{_ABOUT}.KmsKeyId", name="DomainName", on=f"{_ABOUT}.Enabled"),
    # A serverless cluster takes no key: https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html
    STREAM_CLUSTERS.type: _at(
        "message broker", "Provisioned.EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId", name="ClusterName", filled="Provisioned"
    ),
    BROKERS.type: _at("message broker", "describe_broker.EncryptionOptions.KmsKeyId", name="BrokerName"),
    SHARES.type: _at("file system", "KmsKeyId", name="FileSystemId"),
    NOTEBOOKS.type: _at("notebook", "describe_notebook_instance.KmsKeyId", name="NotebookInstanceName"),
}
READERS = tuple(Reader(DataAtRest, (type_,), store, at) for type_, at in STORES.items())
