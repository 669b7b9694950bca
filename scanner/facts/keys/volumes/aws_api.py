"""Encryption by default in the live account: each region answers for itself, and the answer as a whole is the region.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.volumes.aws import DefaultAt, default
from assay.scanner.facts.keys.volumes.kinds import VolumeDefault
from assay.scanner.sources.aws.calls import Call, Listing

REGIONS = Listing(
    "ec2.encryption_by_default",
    Call("ec2", "GetEbsEncryptionByDefault"),
    entries="",
    id="arn:{partition}:ec2:{region}:{account}:encryption-by-default",
)
LISTINGS = (REGIONS,)
READERS = (Reader(VolumeDefault, (REGIONS.type,), default, DefaultAt(on=f"{REGIONS.call.name}.EbsEncryptionByDefault")),)
