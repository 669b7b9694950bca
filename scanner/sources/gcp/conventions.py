"""How Google names the types of its resources: collections of APIs (`cryptoKeys`), asset types (`CryptoKey`), kinds of Config Connector.

The tables of each input say where it is otherwise; a type that no table has and that a reader wants is found by these rules.
https://cloud.google.com/asset-inventory/docs/asset-types, https://google.aip.dev/122
"""

from __future__ import annotations


def singular(collection: str) -> str:
    """`policy` of `policies`, `targetHttpProxy` of `targetHttpProxies`, `address` of `addresses`, `instance` of `instances`."""
    if collection.endswith("ies"):
        return collection[:-3] + "y"
    if collection.endswith(("sses", "xes", "ches", "shes")):
        return collection[:-2]
    return collection.removesuffix("s")


def plural(noun: str) -> str:
    """`policies` of `policy`, `addresses` of `address`, `keyRings` of `keyRing`, `gateways` of `gateway`."""
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "o", "u"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("ss", "x", "ch", "sh")) else "s")


def asset_type(service: str, noun: str) -> str:
    """`redis.googleapis.com/Instance` of `redis` and `instance`."""
    return f"{service}.googleapis.com/{noun[:1].upper()}{noun[1:]}"
