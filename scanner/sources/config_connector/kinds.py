"""Kinds of Config Connector by the asset types that readers know, and where their fields differ from the REST API.

https://cloud.google.com/config-connector/docs/reference/overview has a page for each kind.
"""

from __future__ import annotations

import msgspec

from assay.scanner.sources.gcp.conventions import asset_type, plural

COMPUTE = "compute.googleapis.com"
RESOURCES = "cloudresourcemanager.googleapis.com"
PROJECT = f"{RESOURCES}/Project"
POLICY = "orgpolicy.googleapis.com/Policy"


class Kind(msgspec.Struct, frozen=True):
    """How a kind of Config Connector becomes the REST resource that readers know."""

    asset: str
    way: str
    """How its full name is made: `bucket`, `compute`, `project`, `account`, `policy`; else the parent that is to be completed."""
    collection: str = ""
    names: dict[str, str] = {}
    """A key of the manifest, at any depth, to the key of the REST API. A key that ends in `Ref` is renamed without it."""
    moves: dict[str, str] = {}
    """A path of the manifest to the path of the REST API, with keys already renamed."""
    regional: str = ""
    """The asset type of one that is not in location `global`."""


ANYWHERE = "anywhere"
"""The way of what stands in a location where its manifest names one, and in the project itself where it does not."""
_INTERFACES = {
    "networkInterface": "networkInterfaces",
    "accessConfig": "accessConfigs",
    "ipv6AccessConfig": "ipv6AccessConfigs",
    "kmsKey": "kmsKeyName",
}
_KEYS = {"kmsKey": "kmsKeyName", "kmsKeySelfLink": "kmsKeyName"}
"""How a REST resource calls the key that a manifest refers to."""
_PROXY = {"sslPolicy": "sslPolicy"}
_URL_MAP = {"pathMatcher": "pathMatchers", "pathRule": "pathRules", "hostRule": "hostRules"}
KINDS: dict[str, Kind] = {
    "StorageBucket": Kind(
        "storage.googleapis.com/Bucket",
        "bucket",
        names={"kmsKey": "defaultKmsKeyName"},
        moves={
            "uniformBucketLevelAccess": "iamConfiguration.uniformBucketLevelAccess.enabled",
            "bucketPolicyOnly": "iamConfiguration.bucketPolicyOnly.enabled",
            "publicAccessPrevention": "iamConfiguration.publicAccessPrevention",
            "lifecycleRule": "lifecycle.rule",
        },
    ),
    "StorageManagedFolder": Kind("storage.googleapis.com/ManagedFolder", "{bucket}", "managedFolders"),
    "KMSKeyRing": Kind("cloudkms.googleapis.com/KeyRing", "projects/{project}/locations/{location}", "keyRings"),
    "KMSCryptoKey": Kind("cloudkms.googleapis.com/CryptoKey", "{keyRing}", "cryptoKeys"),
    "SecretManagerSecret": Kind(
        "secretmanager.googleapis.com/Secret",
        "projects/{project}",
        "secrets",
        names={"kmsKey": "kmsKeyName", "auto": "automatic", "topic": "name"},
    ),
    "FirestoreDatabase": Kind(
        "firestore.googleapis.com/Database",
        "projects/{project}",
        "databases",
        names={"locationID": "locationId", "kmsKey": "kmsKeyName"},
    ),
    "PubSubTopic": Kind("pubsub.googleapis.com/Topic", "projects/{project}", "topics", names={"kmsKey": "kmsKeyName"}),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/cloudscheduler/cloudschedulerjob
    "CloudSchedulerJob": Kind(
        "cloudscheduler.googleapis.com/Job",
        "projects/{project}/locations/{location}",
        "jobs",
        names={"topic": "topicName", "serviceAccount": "serviceAccountEmail"},
    ),
    "PubSubSubscription": Kind("pubsub.googleapis.com/Subscription", "projects/{project}", "subscriptions"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/sql/sqlinstance
    "SQLInstance": Kind(
        "sqladmin.googleapis.com/Instance",
        "projects/{project}",
        "instances",
        names={"masterInstance": "masterInstanceName"},
        moves={"encryptionKMSCryptoKey": "diskEncryptionConfiguration.kmsKeyName"},
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/sql/sqluser
    "SQLUser": Kind("sqladmin.googleapis.com/User", "projects/{project}", "users"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/secretmanager/secretmanagersecretversion
    "SecretManagerSecretVersion": Kind("secretmanager.googleapis.com/SecretVersion", "projects/{project}", "versions"),
    # https://github.com/GoogleCloudPlatform/k8s-config-connector/tree/master/apis/parametermanager/v1alpha1
    "ParameterManagerParameter": Kind(
        "parametermanager.googleapis.com/Parameter", "projects/{project}/locations/{location}", "parameters", names=_KEYS
    ),
    "ParameterManagerParameterVersion": Kind("parametermanager.googleapis.com/ParameterVersion", "{parameter}", "versions"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/bigtable/bigtableinstance
    "BigtableInstance": Kind("bigtableadmin.googleapis.com/Instance", "projects/{project}", "instances", names={"kmsKey": "kmsKeyName"}),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/bigtable/bigtabletable
    "BigtableTable": Kind("bigtableadmin.googleapis.com/Table", "{instance}", "tables"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/eventarc/eventarctrigger
    "EventarcTrigger": Kind(
        "eventarc.googleapis.com/Trigger",
        "projects/{project}/locations/{location}",
        "triggers",
        names={"matchingCriteria": "eventFilters", "cloudRunService": "cloudRun"},
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/artifactregistry/artifactregistryrepository
    "ArtifactRegistryRepository": Kind(
        "artifactregistry.googleapis.com/Repository", "projects/{project}/locations/{location}", "repositories", names=_KEYS
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/cloudbuild/cloudbuildtrigger
    "CloudBuildTrigger": Kind("cloudbuild.googleapis.com/BuildTrigger", ANYWHERE, "triggers", names={"step": "steps"}),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/logging/logginglogbucket, …/logginglogsink
    "LoggingLogBucket": Kind("logging.googleapis.com/LogBucket", "projects/{project}/locations/{location}", "buckets"),
    "LoggingLogExclusion": Kind("logging.googleapis.com/LogExclusion", "projects/{project}", "exclusions"),
    "LoggingLogMetric": Kind("logging.googleapis.com/LogMetric", "projects/{project}", "metrics"),
    "LoggingLogSink": Kind("logging.googleapis.com/LogSink", "projects/{project}", "sinks"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/cloudids/cloudidsendpoint
    "CloudIDSEndpoint": Kind("ids.googleapis.com/Endpoint", "projects/{project}/locations/{location}", "endpoints"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/serviceusage/service
    "Service": Kind("serviceusage.googleapis.com/Service", "projects/{project}", "services"),
    "RunService": Kind("run.googleapis.com/Service", "projects/{project}/locations/{location}", "services"),
    "RunJob": Kind("run.googleapis.com/Job", "projects/{project}/locations/{location}", "jobs"),
    "ComputeFirewall": Kind(
        f"{COMPUTE}/Firewall", "compute", "firewalls", names={"allow": "allowed", "deny": "denied", "protocol": "IPProtocol"}
    ),
    "ComputeFirewallPolicy": Kind(f"{COMPUTE}/FirewallPolicy", ANYWHERE, "firewallPolicies"),
    "ComputeNetworkFirewallPolicy": Kind(f"{COMPUTE}/NetworkFirewallPolicy", ANYWHERE, "networkFirewallPolicies"),
    "ComputeNetwork": Kind(f"{COMPUTE}/Network", "compute", "networks"),
    "ComputeInstance": Kind(f"{COMPUTE}/Instance", ANYWHERE, "instances", names=_INTERFACES),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computeinstancetemplate
    "ComputeInstanceTemplate": Kind(
        f"{COMPUTE}/InstanceTemplate",
        "compute",
        "instanceTemplates",
        names=_INTERFACES,
        moves={"networkInterfaces": "properties.networkInterfaces"},
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/cloudfunctions/cloudfunctionsfunction: of the first generation
    "CloudFunctionsFunction": Kind("cloudfunctions.googleapis.com/CloudFunction", ANYWHERE, "functions"),
    "ComputeForwardingRule": Kind(
        f"{COMPUTE}/GlobalForwardingRule",
        "compute",
        "forwardingRules",
        names={"ipProtocol": "IPProtocol"},
        regional=f"{COMPUTE}/ForwardingRule",
    ),
    "ComputeTargetHTTPProxy": Kind(f"{COMPUTE}/TargetHttpProxy", "compute", "targetHttpProxies"),
    "ComputeTargetHTTPSProxy": Kind(f"{COMPUTE}/TargetHttpsProxy", "compute", "targetHttpsProxies", names=_PROXY),
    "ComputeTargetSSLProxy": Kind(f"{COMPUTE}/TargetSslProxy", "compute", "targetSslProxies", names=_PROXY),
    "ComputeTargetTCPProxy": Kind(f"{COMPUTE}/TargetTcpProxy", "compute", "targetTcpProxies"),
    "ComputeTargetGRPCProxy": Kind(f"{COMPUTE}/TargetGrpcProxy", "compute", "targetGrpcProxies"),
    "ComputeSSLPolicy": Kind(f"{COMPUTE}/SslPolicy", "compute", "sslPolicies"),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computemanagedsslcertificate
    "ComputeManagedSSLCertificate": Kind(f"{COMPUTE}/SslCertificate", "compute", "sslCertificates"),
    "ComputeSSLCertificate": Kind(f"{COMPUTE}/SslCertificate", "compute", "sslCertificates"),
    "CertificateManagerCertificate": Kind(
        "certificatemanager.googleapis.com/Certificate", "projects/{project}/locations/{location}", "certificates"
    ),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computeregionnetworkendpointgroup
    "ComputeRegionNetworkEndpointGroup": Kind(f"{COMPUTE}/NetworkEndpointGroup", "compute", "networkEndpointGroups"),
    "ComputeURLMap": Kind(f"{COMPUTE}/UrlMap", "compute", "urlMaps", names=_URL_MAP),
    "ComputeBackendService": Kind(f"{COMPUTE}/BackendService", "compute", "backendServices", regional=f"{COMPUTE}/RegionBackendService"),
    "ComputeBackendBucket": Kind(f"{COMPUTE}/BackendBucket", "compute", "backendBuckets", names={"bucket": "bucketName"}),
    "ComputeSecurityPolicy": Kind(f"{COMPUTE}/SecurityPolicy", "compute", "securityPolicies", names={"rule": "rules"}),
    "DNSRecordSet": Kind("dns.googleapis.com/ResourceRecordSet", "projects/{project}", "rrsets"),
    "IAMServiceAccount": Kind("iam.googleapis.com/ServiceAccount", "account", "serviceAccounts"),
    "IAMCustomRole": Kind("iam.googleapis.com/Role", "projects/{project}", "roles", names={"permissions": "includedPermissions"}),
    "IAMWorkloadIdentityPool": Kind(
        "iam.googleapis.com/WorkloadIdentityPool", "projects/{project}/locations/{location}", "workloadIdentityPools"
    ),
    "IAMWorkloadIdentityPoolProvider": Kind("iam.googleapis.com/WorkloadIdentityPoolProvider", "{workloadIdentityPool}", "providers"),
    "Project": Kind(PROJECT, "project", "projects", moves={"name": "displayName"}),
    # https://cloud.google.com/config-connector/docs/reference/resource-docs/accesscontextmanager/accesscontextmanagerserviceperimeter
    "AccessContextManagerServicePerimeter": Kind(
        "identity.accesscontextmanager.googleapis.com/ServicePerimeter", "{accessPolicy}", "servicePerimeters"
    ),
    "ResourceManagerPolicy": Kind(POLICY, "policy", "policies"),
}
# What may hold bindings and is no kind of its own here, or has no item: asset types by kind.
HOLDERS = {
    "Project": PROJECT,
    "Folder": f"{RESOURCES}/Folder",
    "Organization": f"{RESOURCES}/Organization",
    **{name: kind.asset for name, kind in KINDS.items() if kind.way not in ("policy", "project")},
}
HIGH = {"Project": "projects", "Folder": "folders", "Organization": "organizations"}
BINDINGS = ("IAMPolicy", "IAMPartialPolicy", "IAMPolicyMember", "IAMAuditConfig")
# Entries of lists of another resource: the key of its reference, its kind, and the list.
ENTRIES = {
    "StorageBucketAccessControl": ("bucketRef", "StorageBucket", "acl"),
    "StorageDefaultObjectAccessControl": ("bucketRef", "StorageBucket", "defaultObjectAcl"),
    "ComputeBackendBucketSignedURLKey": ("backendBucketRef", "ComputeBackendBucket", "cdnPolicy.signedUrlKeyNames"),
    "ComputeFirewallPolicyRule": ("firewallPolicyRef", "ComputeFirewallPolicy", "rules"),
    "ComputeNetworkFirewallPolicyRule": ("firewallPolicyRef", "ComputeNetworkFirewallPolicy", "rules"),
}
# https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computefirewallpolicyrule
ENTRY_NAMES = {"srcIPRanges": "srcIpRanges", "destIPRanges": "destIpRanges"}
"""A key of an entry, at any depth, to the key of the REST API."""
# The kind that a reference means, by its key.
REFERENCES = {
    "serviceRef": "RunService",
    "keyRingRef": "KMSKeyRing",
    "parameterRef": "ParameterManagerParameter",
    "kmsKeyRef": "KMSCryptoKey",
    "kmsKeyNameRef": "KMSCryptoKey",
    "kmsKeySelfLinkRef": "KMSCryptoKey",
    "cryptoKeyRef": "KMSCryptoKey",
    "customerManagedKeyRef": "KMSCryptoKey",
    "encryptionKeyRef": "KMSCryptoKey",
    "encryptionKMSCryptoKeyRef": "KMSCryptoKey",
    "diskEncryptionKMSCryptoKeyRef": "KMSCryptoKey",
    "bootDiskKMSCryptoKeyRef": "KMSCryptoKey",
    "gcePdKmsKeyRef": "KMSCryptoKey",
    "kmsCryptoKeyRef": "KMSCryptoKey",
    "instanceTemplateRef": "ComputeInstanceTemplate",
    "masterInstanceRef": "SQLInstance",
    "primaryClusterNameRef": "AlloyDBCluster",
    "instanceRef": "SpannerInstance",
    "bucketRef": "StorageBucket",
    "storageBucketRef": "StorageBucket",
    "loggingLogBucketRef": "LoggingLogBucket",
    "topicRef": "PubSubTopic",
    "pubSubTopicRef": "PubSubTopic",
    "deadLetterTopicRef": "PubSubTopic",
    "networkRef": "ComputeNetwork",
    "subnetworkRef": "ComputeSubnetwork",
    "connectorRef": "VPCAccessConnector",
    "vpcConnectorRef": "VPCAccessConnector",
    "urlMapRef": "ComputeURLMap",
    "backendServiceRef": "ComputeBackendService",
    "backendBucketRef": "ComputeBackendBucket",
    "securityPolicyRef": "ComputeSecurityPolicy",
    "sslPolicyRef": "ComputeSSLPolicy",
    "edgeSecurityPolicyRef": "ComputeSecurityPolicy",
    "targetHTTPProxyRef": "ComputeTargetHTTPProxy",
    "targetHTTPSProxyRef": "ComputeTargetHTTPSProxy",
    "targetSSLProxyRef": "ComputeTargetSSLProxy",
    "targetTCPProxyRef": "ComputeTargetTCPProxy",
    "targetGRPCProxyRef": "ComputeTargetGRPCProxy",
    "workloadIdentityPoolRef": "IAMWorkloadIdentityPool",
    "serviceAccountRef": "IAMServiceAccount",
    "projectRef": "Project",
    "accessPolicyRef": "AccessContextManagerAccessPolicy",
    "folderRef": "Folder",
    "organizationRef": "Organization",
}
# https://cloud.google.com/config-connector/docs/reference/resource-docs/monitoring/monitoringalertpolicy
LISTED = {"notificationChannels": "MonitoringNotificationChannel"}
"""Lists of references, by their key."""


def kind_of(name: str, service: str, wanted: frozenset[str] | None) -> Kind | None:
    """What a kind is; None for one that is not known. `wanted`: the asset types that something reads.

    By convention `RedisInstance` of the API group `redis.cnrm.cloud.google.com` is the asset type `redis.googleapis.com/Instance`.
    """
    known = KINDS.get(name)
    if known is not None or not service or not name.lower().startswith(service):
        return known
    noun = name[len(service) :]
    asset = asset_type(service, noun)
    return Kind(asset, ANYWHERE, plural(noun[:1].lower() + noun[1:]), names=_KEYS) if asset in (wanted or ()) else None


def holder_of(name: str, service: str, wanted: frozenset[str] | None) -> str | None:
    """The asset type of a kind that bindings are set on, None where it is not known."""
    if name in HOLDERS:
        return HOLDERS[name]
    kind = kind_of(name, service, wanted)
    return kind.asset if kind is not None else None
