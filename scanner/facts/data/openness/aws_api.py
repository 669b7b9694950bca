"""Public addresses and shared copies in the live account.

Of snapshots of volumes, the account is asked for those that everybody can restore; each of RDS is asked with whom it is shared.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.openness import aws_config
from assay.scanner.facts.data.openness.aws import AddressAt, DomainAt, SharedAt, address, domain, listed_as_public, shared
from assay.scanner.facts.data.openness.kinds import DataCopy
from assay.scanner.facts.keys.at_rest.aws_api import BROKERS, DOMAINS, INSTANCES, STREAM_CLUSTERS, WAREHOUSES
from assay.scanner.sources.aws.calls import Call, Listing

_EC2 = "arn:{partition}:ec2:{region}:{account}"
_MANUAL = (("SnapshotType", "=manual"),)
_SNAPSHOT = Call("rds", "DescribeDBSnapshotAttributes", (("DBSnapshotIdentifier", "DBSnapshotIdentifier"),))
_CLUSTER_SNAPSHOT = Call("rds", "DescribeDBClusterSnapshotAttributes", (("DBClusterSnapshotIdentifier", "DBClusterSnapshotIdentifier"),))
PUBLIC_SNAPSHOTS = Listing(
    "ec2.public_snapshot",
    Call("ec2", "DescribeSnapshots", (("OwnerIds", '=["self"]'), ("RestorableByUserIds", '=["all"]')), page_size=1000),
    entries="Snapshots",
    id=f"{_EC2}:snapshot/{{SnapshotId}}",
)
IMAGES = Listing("ec2.image", Call("ec2", "DescribeImages", (("Owners", '=["self"]'),)), entries="Images", id=f"{_EC2}:image/{{ImageId}}")
SNAPSHOTS = Listing(
    "rds.snapshot",
    Call("rds", "DescribeDBSnapshots", _MANUAL, page_size=100),
    entries="DBSnapshots",
    id="DBSnapshotArn",
    gone=("DBSnapshotNotFound", "DBSnapshotNotFoundFault"),
    details=(_SNAPSHOT,),
    recorded=aws_config.SNAPSHOT,
)
CLUSTER_SNAPSHOTS = Listing(
    "rds.cluster_snapshot",
    Call("rds", "DescribeDBClusterSnapshots", _MANUAL, page_size=100),
    entries="DBClusterSnapshots",
    id="DBClusterSnapshotArn",
    gone=("DBClusterSnapshotNotFoundFault",),
    details=(_CLUSTER_SNAPSHOT,),
    recorded=aws_config.CLUSTER_SNAPSHOT,
)
LISTINGS = (PUBLIC_SNAPSHOTS, IMAGES, SNAPSHOTS, CLUSTER_SNAPSHOTS)
_ATTRIBUTES = "describe_db_snapshot_attributes.DBSnapshotAttributesResult.DBSnapshotAttributes"
_CLUSTER_ATTRIBUTES = "describe_db_cluster_snapshot_attributes.DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes"
_STATUS = "describe_domain.DomainStatus"
# https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainStatus.html
DOMAIN = DomainAt(
    name="DomainName",
    network=f"{_STATUS}.VPCOptions.SubnetIds",
    users=f"{_STATUS}.AdvancedSecurityOptions.Enabled",
    anonymous=f"{_STATUS}.AdvancedSecurityOptions.AnonymousAuthEnabled",
    policies=(f"{_STATUS}.AccessPolicies",),
)
_CONNECTIVITY = "Provisioned.BrokerNodeGroupInfo.ConnectivityInfo"
READERS = (
    Reader(DataCopy, (INSTANCES.type,), address, AddressAt(name="DBInstanceIdentifier", public="PubliclyAccessible")),
    Reader(DataCopy, (WAREHOUSES.type,), address, AddressAt(name="ClusterIdentifier", public="PubliclyAccessible")),
    Reader(DataCopy, (BROKERS.type,), address, AddressAt(name="BrokerName", public="describe_broker.PubliclyAccessible")),
    Reader(
        DataCopy,
        (STREAM_CLUSTERS.type,),
        address,
        AddressAt(name="ClusterName", public=f"{_CONNECTIVITY}.PublicAccess.Type", word="SERVICE_PROVIDED_EIPS"),
    ),
    Reader(DataCopy, (DOMAINS.type,), domain, DOMAIN),
    Reader(DataCopy, (PUBLIC_SNAPSHOTS.type,), listed_as_public, SharedAt(name="SnapshotId")),
    Reader(DataCopy, (IMAGES.type,), shared, SharedAt(name="ImageId", flag="Public")),
    Reader(DataCopy, (SNAPSHOTS.type,), shared, SharedAt(name="DBSnapshotIdentifier", attributes=(_ATTRIBUTES, "restore"))),
    Reader(
        DataCopy,
        (CLUSTER_SNAPSHOTS.type,),
        shared,
        SharedAt(name="DBClusterSnapshotIdentifier", attributes=(_CLUSTER_ATTRIBUTES, "restore")),
    ),
)
