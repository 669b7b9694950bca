"""Public addresses of AWS, in CloudFormation, which shares no copies.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-redshift-cluster.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.openness.aws import BY_NETWORK, AddressAt, DomainAt, address, domain
from assay.scanner.facts.data.openness.kinds import DataCopy

_PUBLIC = "PubliclyAccessible"
_ADDRESSES = {
    "AWS::RDS::DBInstance": AddressAt(name="DBInstanceIdentifier", public=_PUBLIC, unset=BY_NETWORK),
    "AWS::Neptune::DBInstance": AddressAt(name="DBInstanceIdentifier", public=_PUBLIC),
    "AWS::Redshift::Cluster": AddressAt(name="ClusterIdentifier", public=_PUBLIC),
    "AWS::RedshiftServerless::Workgroup": AddressAt(name="WorkgroupName", public=_PUBLIC),
    "AWS::AmazonMQ::Broker": AddressAt(name="BrokerName", public=_PUBLIC),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-msk-cluster-publicaccess.html
    "AWS::MSK::Cluster": AddressAt(
        name="ClusterName", public="BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type", word="SERVICE_PROVIDED_EIPS"
    ),
    "AWS::Timestream::InfluxDBInstance": AddressAt(name="Name", public=_PUBLIC),
    "AWS::Lightsail::Database": AddressAt(name="RelationalDatabaseName", public=_PUBLIC),
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opensearchservice-domain.html
_DOMAIN = DomainAt(
    name="DomainName",
    network="VPCOptions.SubnetIds",
    users="AdvancedSecurityOptions.Enabled",
    anonymous="AdvancedSecurityOptions.AnonymousAuthEnabled",
    policies=("AccessPolicies",),
)
READERS = (
    *(Reader(DataCopy, (type_,), address, at) for type_, at in _ADDRESSES.items()),
    Reader(DataCopy, ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"), domain, _DOMAIN),
)
