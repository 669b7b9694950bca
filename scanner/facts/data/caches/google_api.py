"""Memorystore by its REST resources. https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.caches.caches import CacheAt, cache
from assay.scanner.facts.data.caches.kinds import Cache
from assay.scanner.facts.keys.google import rest_key

_INSTANCE = CacheAt(
    key=rest_key("customerManagedKey"), in_transit="transitEncryptionMode", sign_in="authEnabled", network="authorizedNetwork"
)
_OF_ENDPOINT = ("pscAutoConnection.network", "pscConnection.network")
"""Of a connection that the service makes, or its user. Answers have the first beside what was asked for."""
_CLUSTER = CacheAt(
    key=rest_key("kmsKey|kmsKeyName"),
    in_transit="transitEncryptionMode",
    sign_in="authorizationMode",
    connections=("pscConfigs[].network", *(f"clusterEndpoints[].connections[].{network}" for network in _OF_ENDPOINT)),
)
_VALKEY = CacheAt(
    key=rest_key("kmsKey|kmsKeyName"),
    in_transit="transitEncryptionMode",
    sign_in="authorizationMode",
    connections=("pscAutoConnections[].network", *(f"endpoints[].connections[].{network}" for network in _OF_ENDPOINT)),
)
# It has neither encryption nor users: https://cloud.google.com/memorystore/docs/memcached/networking
_MEMCACHED = CacheAt(network="authorizedNetwork")
READERS = (
    Reader(Cache, ("redis.googleapis.com/Instance",), cache, _INSTANCE),
    Reader(Cache, ("redis.googleapis.com/Cluster",), cache, _CLUSTER),
    Reader(Cache, ("memorystore.googleapis.com/Instance",), cache, _VALKEY),
    Reader(Cache, ("memcache.googleapis.com/Instance",), cache, _MEMCACHED),
)
