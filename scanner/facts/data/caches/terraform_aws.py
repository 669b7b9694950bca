"""Caches of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.caches.caches import CacheAt, cache
from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.keys.references import terraform_key
from assay.scanner.facts.spelling import Link

_GROUP = CacheAt(
    name="replication_group_id",
    key=terraform_key("kms_key_id"),
    at_rest="at_rest_encryption_enabled",
    in_transit="transit_encryption_enabled",
    mode="transit_encryption_mode",
    engine="engine",
    tokens=("auth_token", "auth_token_wo", "user_group_ids"),
    network="subnet_group_name",
    datastore=Link("global_replication_group_id", ("aws_elasticache_global_replication_group",)),
    primary=Link("primary_replication_group_id", ("aws_elasticache_replication_group",)),
    inherited=("auth_token", "auth_token_wo"),
)
# A cluster by itself has no encryption at rest, and no users.
_CLUSTER = CacheAt(name="cluster_id", in_transit="transit_encryption_enabled", network="subnet_group_name", member="replication_group_id")
# TLS and encryption at rest cannot be switched off: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.deployment.html
_SERVERLESS = CacheAt(name="name", key=terraform_key("kms_key_id"), in_transit_unset=True, tokens=("user_group_id",), network="subnet_ids")
_MEMORYDB = CacheAt(
    name="name",
    key=terraform_key("kms_key_arn"),
    in_transit="tls_enabled",
    in_transit_unset=True,
    acl="acl_name",
    network="subnet_group_name",
)
READERS = (
    Reader(Cache, ("aws_elasticache_replication_group",), cache, _GROUP),
    Reader(Cache, ("aws_elasticache_cluster",), cache, _CLUSTER, always=False),
    Reader(Cache, ("aws_elasticache_serverless_cache",), cache, _SERVERLESS),
    Reader(Cache, ("aws_memorydb_cluster",), cache, _MEMORYDB),
)
