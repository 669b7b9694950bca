"""Types of Deployment Manager by the asset types that readers know, and how each names its resources.

A type is written as `storage.v1.bucket` or as `gcp-types/storage-v1:buckets`. Properties are the resource of the REST API together with the
parameters of the request that creates it: `secretId` and `parent` stand beside `replication`.
https://cloud.google.com/deployment-manager/docs/configuration/supported-resource-types
"""

from __future__ import annotations

from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.sources.gcp.conventions import asset_type, plural, singular

_LEGACY = lazy_re.pattern(r"([a-z][a-z0-9]*)\.(v\d\w*|alpha|beta)\.([\w.]+)")
_PROVIDED = lazy_re.pattern(r"gcp-types/([a-z][a-z0-9]*)-(v\d\w*|alpha|beta):([\w.]+)")
COMPUTE, IAM, STORAGE = "compute.googleapis.com", "iam.googleapis.com", "storage.googleapis.com"
RESOURCES = "cloudresourcemanager.googleapis.com"


class Type(NamedTuple):
    """What a type of Deployment Manager makes, and how the full name of that is put together."""

    asset: str
    """The asset type."""
    way: str
    """How its full name is made: `bucket`, `account`, `project`; `global` and `region` of Compute Engine; else `parent`, as requested."""
    collection: str
    ids: tuple[str, ...] = ("name",)
    """Properties that may hold its id."""
    body: str = ""
    """Where the request keeps the resource itself, in APIs that do not take it as a whole."""


class Attached(NamedTuple):
    """A resource that is a part of another."""

    asset: str
    """The type of the other."""
    owner: str
    """The property that names it."""
    path: str
    """The list of the other that it is an element of."""


_COMPUTE_GLOBAL = {
    "backendBucket": ("BackendBucket", "backendBuckets"),
    "backendService": ("BackendService", "backendServices"),
    "firewall": ("Firewall", "firewalls"),
    "globalForwardingRule": ("GlobalForwardingRule", "forwardingRules"),
    "network": ("Network", "networks"),
    "securityPolicy": ("SecurityPolicy", "securityPolicies"),
    "sslCertificate": ("SslCertificate", "sslCertificates"),
    "sslPolicy": ("SslPolicy", "sslPolicies"),
    "targetGrpcProxy": ("TargetGrpcProxy", "targetGrpcProxies"),
    "targetHttpProxy": ("TargetHttpProxy", "targetHttpProxies"),
    "targetHttpsProxy": ("TargetHttpsProxy", "targetHttpsProxies"),
    "targetSslProxy": ("TargetSslProxy", "targetSslProxies"),
    "targetTcpProxy": ("TargetTcpProxy", "targetTcpProxies"),
    "urlMap": ("UrlMap", "urlMaps"),
}
_COMPUTE_REGION = {
    "forwardingRule": ("ForwardingRule", "forwardingRules"),
    "regionBackendService": ("RegionBackendService", "backendServices"),
    "regionSecurityPolicy": ("RegionSecurityPolicy", "securityPolicies"),
    "regionTargetHttpProxy": ("TargetHttpProxy", "targetHttpProxies"),
    "regionTargetHttpsProxy": ("TargetHttpsProxy", "targetHttpsProxies"),
    "regionTargetTcpProxy": ("TargetTcpProxy", "targetTcpProxies"),
    "regionSslCertificate": ("SslCertificate", "sslCertificates"),
    "regionSslPolicy": ("SslPolicy", "sslPolicies"),
    "regionUrlMap": ("UrlMap", "urlMaps"),
    "subnetwork": ("Subnetwork", "subnetworks"),
    "targetPool": ("TargetPool", "targetPools"),
}


_TOPIC = Type("pubsub.googleapis.com/Topic", "parent", "topics", ("topic", "name"))
_SUBSCRIPTION = Type("pubsub.googleapis.com/Subscription", "parent", "subscriptions", ("subscription", "name"))
_BUCKET = Type(f"{STORAGE}/Bucket", "bucket", "")
_ACCOUNT = Type(f"{IAM}/ServiceAccount", "account", "serviceAccounts", ("accountId",))
_SINK = Type("logging.googleapis.com/LogSink", "parent", "sinks", ("sink", "name"))
_PROJECT = Type(f"{RESOURCES}/Project", "project", "projects", ("projectId",))
TYPES: dict[tuple[str, str], Type] = {
    ("storage", "bucket"): _BUCKET,
    ("storage", "buckets"): _BUCKET,
    ("iam", "serviceAccount"): _ACCOUNT,
    ("iam", "projects.serviceAccounts"): _ACCOUNT,
    ("iam", "projects.serviceAccounts.keys"): Type(f"{IAM}/ServiceAccountKey", "parent", "keys"),
    ("iam", "projects.roles"): Type(f"{IAM}/Role", "parent", "roles", ("roleId",), "role"),
    ("iam", "organizations.roles"): Type(f"{IAM}/Role", "parent", "roles", ("roleId",), "role"),
    ("iam", "projects.locations.workloadIdentityPools"): Type(
        f"{IAM}/WorkloadIdentityPool", "parent", "workloadIdentityPools", ("workloadIdentityPoolId",)
    ),
    ("iam", "projects.locations.workloadIdentityPools.providers"): Type(
        f"{IAM}/WorkloadIdentityPoolProvider", "parent", "providers", ("workloadIdentityPoolProviderId",)
    ),
    ("cloudkms", "projects.locations.keyRings"): Type("cloudkms.googleapis.com/KeyRing", "parent", "keyRings", ("keyRingId",)),
    ("cloudkms", "projects.locations.keyRings.cryptoKeys"): Type(
        "cloudkms.googleapis.com/CryptoKey", "parent", "cryptoKeys", ("cryptoKeyId",)
    ),
    ("secretmanager", "projects.secrets"): Type("secretmanager.googleapis.com/Secret", "parent", "secrets", ("secretId",)),
    ("pubsub", "topic"): _TOPIC,
    ("pubsub", "projects.topics"): _TOPIC,
    ("pubsub", "subscription"): _SUBSCRIPTION,
    ("pubsub", "projects.subscriptions"): _SUBSCRIPTION,
    ("logging", "projects.locations.buckets"): Type("logging.googleapis.com/LogBucket", "parent", "buckets", ("bucketId",)),
    ("logging", "projects.sinks"): _SINK,
    ("logging", "sink"): _SINK,
    ("logging", "projects.metrics"): Type("logging.googleapis.com/LogMetric", "parent", "metrics", ("metric", "name")),
    ("logging", "projects.exclusions"): Type("logging.googleapis.com/LogExclusion", "parent", "exclusions"),
    ("firestore", "projects.databases"): Type("firestore.googleapis.com/Database", "parent", "databases", ("databaseId",)),
    ("cloudresourcemanager", "project"): _PROJECT,
    ("cloudresourcemanager", "projects"): _PROJECT,
    # https://cloud.google.com/deployment-manager/docs/configuration/enable-services
    ("deploymentmanager", "virtual.enableService"): Type("serviceusage.googleapis.com/Service", "parent", "services", ("serviceName",)),
    ("orgpolicy", "projects.policies"): Type("orgpolicy.googleapis.com/Policy", "parent", "policies"),
    ("orgpolicy", "folders.policies"): Type("orgpolicy.googleapis.com/Policy", "parent", "policies"),
    ("orgpolicy", "organizations.policies"): Type("orgpolicy.googleapis.com/Policy", "parent", "policies"),
    ("accesscontextmanager", "accessPolicies.servicePerimeters"): Type(
        "identity.accesscontextmanager.googleapis.com/ServicePerimeter", "parent", "servicePerimeters"
    ),
    # The v1 API is Knative's, which names its resources in their metadata: https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services
    ("run", "namespaces.services"): Type("run.googleapis.com/Service", "parent", "services"),
    ("run", "projects.locations.services"): Type("run.googleapis.com/Service", "parent", "services", ("serviceId", "name")),
    ("eventarc", "projects.locations.triggers"): Type("eventarc.googleapis.com/Trigger", "parent", "triggers", ("triggerId",)),
    **{
        ("compute", name): Type(f"{COMPUTE}/{asset}", way, collection)
        for way, nouns in (("global", _COMPUTE_GLOBAL), ("region", _COMPUTE_REGION))
        for noun, (asset, collection) in nouns.items()
        for name in (noun, plural(noun))
    },
}
_FUNCTION = ("projects.locations.functions", "function")
PARTS: dict[tuple[str, str], Attached] = {
    ("storage", f"{noun}AccessControl{plural}"): Attached(_BUCKET.asset, "bucket", path)
    for noun, path in (("bucket", "acl"), ("defaultObject", "defaultObjectAcl"))
    for plural in ("", "s")
}
# What a virtual type or an action sets bindings on, by the last word of its collection: (asset type, service, collection in a name).
HOLDERS = {
    "buckets": (_BUCKET.asset, "storage", ""),
    "topics": (_TOPIC.asset, "pubsub", "topics"),
    "subscriptions": (_SUBSCRIPTION.asset, "pubsub", "subscriptions"),
    "secrets": ("secretmanager.googleapis.com/Secret", "secretmanager", "secrets"),
    "keyRings": ("cloudkms.googleapis.com/KeyRing", "cloudkms", "keyRings"),
    "cryptoKeys": ("cloudkms.googleapis.com/CryptoKey", "cloudkms", "cryptoKeys"),
    "serviceAccounts": (_ACCOUNT.asset, "iam", "serviceAccounts"),
    "services": ("run.googleapis.com/Service", "run", "services"),
    "jobs": ("run.googleapis.com/Job", "run", "jobs"),
    "functions": ("cloudfunctions.googleapis.com/CloudFunction", "cloudfunctions", "functions"),
    "functions of v2": ("cloudfunctions.googleapis.com/Function", "cloudfunctions", "functions"),
    "repositories": ("artifactregistry.googleapis.com/Repository", "artifactregistry", "repositories"),
    "projects": (_PROJECT.asset, "cloudresourcemanager", ""),
    "folders": (f"{RESOURCES}/Folder", "cloudresourcemanager", ""),
    "organizations": (f"{RESOURCES}/Organization", "cloudresourcemanager", ""),
}
OWNERS = ("resource", "bucket", "topic", "subscription", "secret", "name")
"""Properties by which a virtual type or an action names what it sets bindings on."""
HIGH = ("projects", "folders", "organizations")


class TypeName(NamedTuple):
    """A type name taken apart."""

    service: str
    version: str
    noun: str


def spelled(name: str) -> TypeName | None:
    """None for what is no type of Google's: a template, a composite type, a type provider of a project."""
    match = _LEGACY.fullmatch(name) or _PROVIDED.fullmatch(name)
    return TypeName(*match.groups()) if match else None


def resource_type(name: TypeName, wanted: frozenset[str] | None) -> Type | None:
    """What a type is; None for one that is not known. `wanted`: the asset types that something reads."""
    if name.service == "cloudfunctions" and name.noun in _FUNCTION:
        # The two versions of the API are two types of assets: https://cloud.google.com/asset-inventory/docs/asset-types
        asset = "Function" if name.version.startswith("v2") else "CloudFunction"
        return Type(f"cloudfunctions.googleapis.com/{asset}", "parent", "functions", ("functionId", "function", "name"))
    return TYPES.get((name.service, name.noun)) or _by_convention(name, wanted or frozenset())


def _by_convention(name: TypeName, wanted: frozenset[str]) -> Type | None:
    """`gcp-types/redis-v1:projects.locations.instances` and `redis.v1.instance` are assets of type `redis.googleapis.com/Instance`."""
    collection = name.noun.rpartition(".")[2]
    noun = singular(collection)
    asset = asset_type(name.service, noun)
    return Type(asset, "parent", plural(noun), (f"{noun}Id", noun, "name")) if asset in wanted else None


def holder(name: TypeName) -> str | None:
    """The word for what a virtual type or an action sets bindings on: `buckets` of `virtual.buckets.iamMemberBinding`."""
    words = name.noun.split(".")
    if (words[0] == "virtual" and words[-1] == "iamMemberBinding" and len(words) > 2) or (words[-1] == "setIamPolicy" and len(words) > 1):
        word = words[-2]
        if word in _OF_ONE_SERVICE and name.service != HOLDERS[word][1]:
            return None
        word = f"{word} of v2" if word == "functions" and name.version.startswith("v2") else word
        return word if word in HOLDERS else None
    return None


_OF_ONE_SERVICE = ("services", "jobs", "functions", "repositories")
"""Words that other services have, too."""


_ASKING = ("get", "getIamPolicy", "list", "aggregatedList", "search", "testIamPermissions")
"""Methods that change nothing. The policy that `getIamPolicy` gives is what others have set, to which a patch adds."""


def changes(action: str) -> bool:
    """Whether an action calls a method that makes or changes a resource of a type that is known: `storage.buckets.insert`.

    Actions that set bindings are judged (`holder`).
    """
    name = spelled(action)
    if name is None or holder(name) is not None:
        return False
    words = name.noun.split(".")
    words = words[1:] if words[0] == name.service else words
    if words[-1] in _ASKING:
        return False
    collection = ".".join(words[:-1])
    return (name.service, collection) in TYPES or (name.service, collection) in PARTS


# Fields that the APIs answer with and that no request sets: a template may hold them, and they come to nothing. A retention policy is
# locked by a call of its own.
# https://cloud.google.com/storage/docs/json_api/v1/buckets#resource,
# https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys,
# https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases,
# https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions,
# https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions
_ANSWERED: dict[str, tuple[tuple[str, ...], ...]] = {
    "storage.googleapis.com/Bucket": (("retentionPolicy", "isLocked"), ("retentionPolicy", "effectiveTime")),
    "cloudkms.googleapis.com/CryptoKey": (("primary",), ("createTime",)),
    "cloudkms.googleapis.com/CryptoKeyVersion": (("createTime",),),
    "firestore.googleapis.com/Database": (("createTime",), ("deleteTime",)),
    "secretmanager.googleapis.com/SecretVersion": (("createTime",), ("state",)),
    "pubsub.googleapis.com/Subscription": (("detached",), ("state",)),
}


def settable(asset: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a template asks for, without what its API only answers with."""
    for path in _ANSWERED.get(asset, ()):
        data = _without(data, path)
    return data


def _without(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, rest = path[0], path[1:]
    if not rest:
        return {name: value for name, value in data.items() if name != first}
    inner = data.get(first)
    return {**data, first: _without(inner, rest)} if isinstance(inner, dict) else data
