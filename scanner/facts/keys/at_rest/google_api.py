"""What keeps data on Google Cloud, by the REST resources of its services. https://cloud.google.com/kms/docs/cmek"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.at_rest.kinds import DataAtRest
from assay.scanner.facts.keys.at_rest.stores import DevicesAt, StoreAt, devices, store
from assay.scanner.facts.keys.google import rest_key
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.view import View

_COMPUTE = "compute.googleapis.com"


def _at(sort: str, key: str, **more: Any) -> StoreAt:
    return StoreAt(sort=sort, key=rest_key(key), **more)


def log_bucket(view: View, at: StoreAt) -> DataAtRest | None:
    """A log bucket. `_Required` takes a key only by settings of the folder or organisation that its project is made in.

    https://cloud.google.com/logging/docs/routing/managed-encryption-storage
    """
    bucket = store(view, at)
    return None if bucket.identity.name == "_Required" else bucket


_ANNOTATION = "run.googleapis.com/encryption-key"
"""Of the v1 API: https://cloud.google.com/run/docs/securing/using-cmek#yaml"""


def _supplied(key: str) -> str:
    """Where a key stands that the customer keeps, or what the provider tells of it: https://cloud.google.com/compute/docs/reference/rest/v1/disks"""
    return f"{key}.rawKey|{key}.rsaEncryptedKey|{key}.sha256"


_DISKS: dict[str, Any] = {
    "part": "deviceName",
    "noun": "disk",
    "first": "boot disk",
    "key": rest_key("diskEncryptionKey.kmsKeyName|kmsKeyName"),
    "supplied": _supplied("diskEncryptionKey"),
    "scratch": "type",
}
STORES = {
    "artifactregistry.googleapis.com/Repository": _at("registry", "kmsKeyName"),
    "run.googleapis.com/Service": _at("service", "template.encryptionKey", annotation=("spec.template.metadata.annotations", _ANNOTATION)),
    "run.googleapis.com/Job": _at("job", "template.template.encryptionKey", annotation=("spec.template.metadata.annotations", _ANNOTATION)),
    "cloudfunctions.googleapis.com/Function": _at("function", "kmsKeyName"),
    "cloudfunctions.googleapis.com/CloudFunction": _at("function", "kmsKeyName"),
    f"{_COMPUTE}/Disk": _at("disk", "diskEncryptionKey.kmsKeyName", supplied=_supplied("diskEncryptionKey")),
    f"{_COMPUTE}/RegionDisk": _at("disk", "diskEncryptionKey.kmsKeyName", supplied=_supplied("diskEncryptionKey")),
    f"{_COMPUTE}/Snapshot": _at("snapshot", "snapshotEncryptionKey.kmsKeyName", supplied=_supplied("snapshotEncryptionKey")),
    f"{_COMPUTE}/Image": _at("image", "imageEncryptionKey.kmsKeyName", supplied=_supplied("imageEncryptionKey")),
    "sqladmin.googleapis.com/Instance": _at(
        "database",
        "diskEncryptionConfiguration.kmsKeyName",
        outside="instanceType",
        own_source=rest_key("diskEncryptionConfiguration.kmsKeyName"),
        primary=Link("masterInstanceName", ("sqladmin.googleapis.com/Instance",)),
    ),
    "spanner.googleapis.com/Database": _at("database", "encryptionConfig.kmsKeyName|encryptionConfig.kmsKeyNames"),
    "alloydb.googleapis.com/Cluster": _at("database cluster", "encryptionConfig.kmsKeyName"),
    "bigtableadmin.googleapis.com/Cluster": _at("database", "encryptionConfig.kmsKeyName"),
    "bigquery.googleapis.com/Dataset": _at("dataset", "defaultEncryptionConfiguration.kmsKeyName"),
    "file.googleapis.com/Instance": _at("file system", "kmsKeyName"),
    "eventarc.googleapis.com/Channel": _at("event channel", "cryptoKeyName"),
    # What its API keeps, secrets among it: https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets
    "container.googleapis.com/Cluster": _at(
        "cluster",
        "databaseEncryption.keyName|cluster.databaseEncryption.keyName",
        on="databaseEncryption.state|cluster.databaseEncryption.state",
    ),
    "container.googleapis.com/NodePool": _at(
        "node pool", "config.bootDiskKmsKey|nodePool.config.bootDiskKmsKey|nodeConfig.bootDiskKMSCryptoKey"
    ),
    "dataproc.googleapis.com/Cluster": _at("cluster", "config.encryptionConfig.gcePdKmsKeyName|config.encryptionConfig.gcePdKmsKey"),
    "composer.googleapis.com/Environment": _at("workflow environment", "config.encryptionConfig.kmsKeyName"),
    "datafusion.googleapis.com/Instance": _at("pipeline", "cryptoKeyConfig.keyReference"),
    **{
        f"aiplatform.googleapis.com/{of}": _at(sort, "encryptionSpec.kmsKeyName")
        for of, sort in (
            ("Dataset", "dataset"),
            ("Endpoint", "model endpoint"),
            ("Featurestore", "feature store"),
            ("Index", "search index"),
            ("Tensorboard", "experiment store"),
        )
    },
    "managedkafka.googleapis.com/Cluster": _at("message broker", "gcpConfig.kmsKey|gcpConfig.kmsKeyName"),
    "healthcare.googleapis.com/Dataset": _at("dataset", "encryptionSpec.kmsKeyName"),
    "dataform.googleapis.com/Repository": _at("source repository", "kmsKeyName"),
    "apigee.googleapis.com/Instance": _at("API gateway", "diskEncryptionKeyName|diskEncryptionKMSCryptoKey"),
    "gkebackup.googleapis.com/BackupPlan": _at(
        "backup plan", "backupConfig.encryptionKey.gcpKmsEncryptionKey|backupConfig.encryptionKey.kmsKeyName"
    ),
    f"{_COMPUTE}/MachineImage": _at("machine image", "machineImageEncryptionKey.kmsKeyName"),
    "workflows.googleapis.com/Workflow": _at("workflow", "cryptoKeyName|kmsCryptoKey"),
}
DEVICES = {
    # Only a template says which disks are made with an instance; those that exist are assets of their own.
    f"{_COMPUTE}/Instance": DevicesAt(sort="instance", parts=("disks", "bootDisk"), data="initializeParams", **_DISKS),
    f"{_COMPUTE}/InstanceTemplate": DevicesAt(sort="instance template", parts=("properties.disks", "disk"), without="source", **_DISKS),
}
READERS = (
    *(Reader(DataAtRest, (type_,), store, at) for type_, at in STORES.items()),
    *(Reader(DataAtRest, (type_,), devices, at) for type_, at in DEVICES.items()),
    Reader(DataAtRest, ("logging.googleapis.com/LogBucket",), log_bucket, _at("log bucket", "cmekSettings.kmsKeyName"), always=False),
)
