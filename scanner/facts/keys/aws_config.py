"""KMS keys, volumes, file systems, vaults of backups and repositories of images in AWS Config.

Of the policy of a key, and of how often it rotates, there is nothing.

https://github.com/awslabs/aws-config-resource-schema, `AWS::KMS::Key`
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import AUDIT, NOT_SET, ConfigurationItem, Recorded, as_listed
from assay.scanner.sources.raw import Unknown


def _key(item: ConfigurationItem) -> dict[str, Any]:
    return {"KeyId": item.configuration.get("KeyId") or item.id, "KeyArn": item.configuration.get("Arn") or item.arn}


def _metadata(item: ConfigurationItem) -> dict[str, Any]:
    """What a key lacks that is not in a key store, in several regions or imported is left out."""
    return {"KeyMetadata": item.fields("CustomKeyStoreId", "MultiRegionConfiguration", "Description", "DeletionDate", "ValidTo")}


def _rotation(item: ConfigurationItem) -> Any:
    if item.configuration.get("KeyManager") == "AWS":
        return NOT_SET  # what is asked of keys of customers
    rotates = item.more("KeyRotationStatus")
    if not isinstance(rotates, bool):
        return None
    period = Unknown("AWS Config does not record how often a key rotates", AUDIT)
    return {"KeyRotationEnabled": rotates, **({"RotationPeriodInDays": period} if rotates else {})}


KEY = Recorded("AWS::KMS::Key", _key, (("describe_key", _metadata), ("get_key_rotation_status", _rotation)))


def _alias(item: ConfigurationItem) -> Any:
    fields = item.fields("TargetKeyId")
    target = fields.get("TargetKeyId")
    key = target.rpartition("key/")[2] if isinstance(target, str) else target
    return {"AliasName": fields.get("AliasName"), "AliasArn": item.arn, "TargetKeyId": key}


ALIAS = Recorded("AWS::KMS::Alias", _alias)
VOLUME = as_listed("AWS::EC2::Volume", "KmsKeyId")


def _file_system(item: ConfigurationItem) -> dict[str, Any]:
    fields = item.fields("KmsKeyId", "Name")
    names = ("FileSystemId", "Encrypted", "KmsKeyId")
    return {"FileSystemArn": fields.get("Arn"), "Name": item.tags.get("Name") if isinstance(item.tags, dict) else None} | {
        name: fields.get(name) for name in names
    }


VAULT = as_listed("AWS::Backup::BackupVault")
FILE_SYSTEM = Recorded("AWS::EFS::FileSystem", _file_system)


def _repository(item: ConfigurationItem) -> Any:
    """As CloudFormation has it; its encryption may not be recorded."""
    fields = item.fields()
    fields["repositoryArn"] = fields.get("Arn") if isinstance(fields.get("Arn"), str) else item.arn
    return fields


REPOSITORY = Recorded("AWS::ECR::Repository", _repository)
