"""Caches in the live account. https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeReplicationGroups.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.caches.caches import CacheAt, cache
from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.keys.aws_api import live_key
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item

GROUPS = Listing("elasticache.group", Call("elasticache", "DescribeReplicationGroups"), entries="ReplicationGroups", id="ARN")
CLUSTERS = Listing("elasticache.cluster", Call("elasticache", "DescribeCacheClusters"), entries="CacheClusters", id="ARN")
SERVERLESS = Listing("elasticache.serverless", Call("elasticache", "DescribeServerlessCaches"), entries="ServerlessCaches", id="ARN")
MEMORYDB = Listing("memorydb.cluster", Call("memorydb", "DescribeClusters"), entries="Clusters", id="ARN")
LISTINGS = (GROUPS, CLUSTERS, SERVERLESS, MEMORYDB)


def _members(cluster: Item) -> Iterator[tuple[Hashable, Any]]:
    """A replication group by its name to the subnet group of a member; under None why there may be more of them."""
    group = cluster["ReplicationGroupId"]
    if isinstance(group.data, str):
        yield group.data, cluster["CacheSubnetGroupName"]


_GROUP = CacheAt(
    name="ReplicationGroupId",
    key=live_key("KmsKeyId"),
    at_rest="AtRestEncryptionEnabled",
    in_transit="TransitEncryptionEnabled",
    mode="TransitEncryptionMode",
    tokens=("UserGroupIds",),
    sign_in="AuthTokenEnabled",
    groups=Index((CLUSTERS.type,), _members),
)
# A cluster by itself has no encryption at rest, and no users.
_CLUSTER = CacheAt(
    name="CacheClusterId", in_transit="TransitEncryptionEnabled", network="CacheSubnetGroupName", member="ReplicationGroupId"
)
# TLS and encryption at rest cannot be switched off: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.deployment.html
_SERVERLESS = CacheAt(
    name="ServerlessCacheName", key=live_key("KmsKeyId"), in_transit_unset=True, tokens=("UserGroupId",), network="SubnetIds"
)
_MEMORYDB = CacheAt(
    name="Name", key=live_key("KmsKeyId"), in_transit="TLSEnabled", in_transit_unset=True, acl="ACLName", network="SubnetGroupName"
)
READERS = (
    Reader(Cache, (GROUPS.type,), cache, _GROUP),
    Reader(Cache, (CLUSTERS.type,), cache, _CLUSTER, always=False),
    Reader(Cache, (SERVERLESS.type,), cache, _SERVERLESS),
    Reader(Cache, (MEMORYDB.type,), cache, _MEMORYDB),
)
