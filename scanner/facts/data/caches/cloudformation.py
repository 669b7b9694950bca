"""Caches of AWS in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.caches.caches import CacheAt, cache
from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.keys.references import template_key
from assay.scanner.facts.spelling import Link

_GROUP = CacheAt(
    name="ReplicationGroupId",
    key=template_key("KmsKeyId"),
    at_rest="AtRestEncryptionEnabled",
    in_transit="TransitEncryptionEnabled",
    mode="TransitEncryptionMode",
    engine="Engine",
    tokens=("AuthToken", "UserGroupIds"),
    network="CacheSubnetGroupName",
    # Its primary group is of another region, and so of another stack.
    datastore=Link("GlobalReplicationGroupId", ("AWS::ElastiCache::GlobalReplicationGroup",)),
)
# A cluster by itself has no encryption at rest, and no users.
_CLUSTER = CacheAt(name="ClusterName", in_transit="TransitEncryptionEnabled", network="CacheSubnetGroupName")
# TLS and encryption at rest cannot be switched off: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.deployment.html
_SERVERLESS = CacheAt(
    name="ServerlessCacheName", key=template_key("KmsKeyId"), in_transit_unset=True, tokens=("UserGroupId",), network="SubnetIds"
)
_MEMORYDB = CacheAt(
    name="ClusterName",
    key=template_key("KmsKeyId"),
    in_transit="TLSEnabled",
    in_transit_unset=True,
    acl="ACLName",
    network="SubnetGroupName",
)
READERS = (
    Reader(Cache, ("AWS::ElastiCache::ReplicationGroup",), cache, _GROUP),
    Reader(Cache, ("AWS::ElastiCache::CacheCluster",), cache, _CLUSTER),
    Reader(Cache, ("AWS::ElastiCache::ServerlessCache",), cache, _SERVERLESS),
    Reader(Cache, ("AWS::MemoryDB::Cluster",), cache, _MEMORYDB),
)
