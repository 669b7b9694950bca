"""Memorystore by its REST resources. https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.caches.caches import CacheAt, cache
from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.keys.google import rest_key

_INSTANCE = CacheAt(
    key=rest_key("customerManagedKey"), in_transit="transitEncryptionMode", sign_in="authEnabled", network="authorizedNetwork"
)
_CLUSTER = CacheAt(key=rest_key("kmsKey"), in_transit="transitEncryptionMode", sign_in="authorizationMode", connections=("pscConfigs",))
_VALKEY = CacheAt(
    key=rest_key("kmsKey"),
    in_transit="transitEncryptionMode",
    sign_in="authorizationMode",
    connections=("pscAutoConnections",),
)
# It has neither encryption nor users: https://cloud.google.com/memorystore/docs/memcached/networking
_MEMCACHED = CacheAt(network="authorizedNetwork")
READERS = (
    Reader(Cache, ("redis.googleapis.com/Instance",), cache, _INSTANCE),
    Reader(Cache, ("redis.googleapis.com/Cluster",), cache, _CLUSTER),
    Reader(Cache, ("memorystore.googleapis.com/Instance",), cache, _VALKEY),
    Reader(Cache, ("memcache.googleapis.com/Instance",), cache, _MEMCACHED),
)
