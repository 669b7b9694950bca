"""KMS in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html"""

from __future__ import annotations

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.keys import kms
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Value


@reads("AWS::KMS::Key", companions=("AWS::KMS::Alias",))
def key(item: Item, stack: Stack) -> Key:
    # AWS_KMS makes the material unless it says otherwise; the template has no key store, so there is none of one's own.
    imported = item["Origin"].default("AWS_KMS").equals("EXTERNAL")
    days = kms.rotation_days(item["EnableKeyRotation"], item["RotationPeriodInDays"])
    return Key(
        identity=identity(item, name=item["Description"]),
        rotatable=kms.rotatable(item["KeySpec"], item["KeyUsage"], Value(None)),
        imported=imported,
        rotation_days=kms.outside(imported, days),
        enabled=item["Enabled"].default(True).truth(),
        grants=kms.grants(item, [item["KeyPolicy"]]),
    )


@reads("AWS::KMS::ReplicaKey")
def replica_key(item: Item, stack: Stack) -> Key:
    # Rotation is a property of the primary: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-manage.html
    return Key(
        identity=identity(item, name=item["Description"]),
        rotatable=Value(False, (item.location(),)),
        imported=Value(False, (item.location(),)),
        rotation_days=Value(None, (item.location(),)),
        enabled=item["Enabled"].default(True).truth(),
        grants=kms.grants(item, [item["KeyPolicy"]]),
    )
