"""Memorystore in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/redis_instance"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.caches.caches import CacheAt, cache
from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.keys.references import crypto_key
from assay.scanner.facts.spelling import Referrer

_INSTANCE = CacheAt(
    name="name",
    key=crypto_key("customer_managed_key"),
    in_transit="transit_encryption_mode",
    sign_in="auth_enabled",
    network="authorized_network",
)
_CLUSTER = CacheAt(
    name="name",
    key=crypto_key("kms_key"),
    in_transit="transit_encryption_mode",
    sign_in="authorization_mode",
    names=("name", "id"),
    connections=("psc_configs[].network",),
    # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/redis_cluster_user_created_connections
    separate=(
        Referrer("google_redis_cluster_user_created_connections", "name", "cluster_endpoints[].connections[].psc_connection.network"),
    ),
)
_VALKEY = CacheAt(
    name="instance_id",
    key=crypto_key("kms_key"),
    in_transit="transit_encryption_mode",
    sign_in="authorization_mode",
    names=("instance_id", "name", "id"),
    connections=("desired_auto_created_endpoints[].network", "desired_psc_auto_connections[].network"),
    separate=(
        Referrer(
            "google_memorystore_instance_desired_user_created_endpoints",
            "name",
            "desired_user_created_endpoints[].connections[].psc_connection.network",
        ),
    ),
)
# It has neither encryption nor users: https://cloud.google.com/memorystore/docs/memcached/networking
_MEMCACHED = CacheAt(name="name", network="authorized_network")
READERS = (
    Reader(Cache, ("google_redis_instance",), cache, _INSTANCE),
    Reader(Cache, ("google_redis_cluster",), cache, _CLUSTER),
    Reader(Cache, ("google_memorystore_instance",), cache, _VALKEY),
    Reader(Cache, ("google_memcache_instance",), cache, _MEMCACHED),
)
