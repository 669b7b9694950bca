"""Protection against deletion on AWS, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.deletion.guards import GuardAt, guard
from assay.scanner.facts.data.deletion.kinds import DeletionGuard

_GUARDS = {
    "AWS::DynamoDB::Table": GuardAt(name="TableName", protected="DeletionProtectionEnabled"),
    "AWS::DynamoDB::GlobalTable": GuardAt(
        name="TableName", copies=("Replicas",), copy_region="Region", copy_protected="DeletionProtectionEnabled"
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": GuardAt(name="Name", attributes="LoadBalancerAttributes"),
    "AWS::RDS::DBInstance": GuardAt(name="DBInstanceIdentifier", protected="DeletionProtection", part_of="DBClusterIdentifier"),
    "AWS::RDS::DBCluster": GuardAt(name="DBClusterIdentifier", protected="DeletionProtection"),
    "AWS::DocDB::DBCluster": GuardAt(name="DBClusterIdentifier", protected="DeletionProtection"),
    "AWS::Neptune::DBCluster": GuardAt(name="DBClusterIdentifier", protected="DeletionProtection"),
    "AWS::Cognito::UserPool": GuardAt(name="UserPoolName", protected="DeletionProtection"),
}
READERS = tuple(Reader(DeletionGuard, (type_,), guard, at, always=not at.part_of) for type_, at in _GUARDS.items())
