"""KMS in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys import kms
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.spelling import Fixed, Referrer

_GENERATED = tuple((type_, "TargetKeyId") for type_ in ("AWS::KMS::Key", "AWS::KMS::ReplicaKey"))
_ALIASES = Referrer("AWS::KMS::Alias", "TargetKeyId", "AliasName", generated=_GENERATED)

READERS = (
    Reader(
        Key,
        ("AWS::KMS::Key",),
        kms.key,
        kms.KeyAt(
            name="Description",
            spec="KeySpec",
            usage="KeyUsage",
            origin="Origin",
            rotates="EnableKeyRotation",
            period="RotationPeriodInDays",
            enabled="Enabled",
            policies="KeyPolicy",
            aliases=_ALIASES,
        ),
    ),
    Reader(
        Key,
        ("AWS::KMS::ReplicaKey",),
        kms.key,
        kms.KeyAt(name="Description", replica=Fixed("REPLICA"), enabled="Enabled", policies="KeyPolicy", aliases=_ALIASES),
    ),
)
