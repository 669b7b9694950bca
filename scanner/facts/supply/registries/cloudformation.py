"""ECR in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-registryscanningconfiguration.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside

from .ecr import RepositoryAt, ScansAt, public, repository, scans
from .kinds import ImageRepository, ScannedRepository

READERS = (
    Reader(
        ImageRepository,
        ("AWS::ECR::Repository",),
        repository,
        RepositoryAt(
            name="RepositoryName",
            policies="RepositoryPolicyText",
        ),
    ),
    Reader(
        ScannedRepository,
        ("AWS::ECR::Repository",),
        scans,
        ScansAt(
            name="RepositoryName",
            on_push="ImageScanningConfiguration.ScanOnPush",
            registry=Beside("AWS::ECR::RegistryScanningConfiguration"),
            kind="ScanType",
            rules="Rules",
            frequency="ScanFrequency",
            filters="RepositoryFilters",
            filter="Filter",
        ),
    ),
    Reader(
        ImageRepository,
        ("AWS::ECR::PublicRepository",),
        public,
        RepositoryAt(name="RepositoryName", policies="RepositoryPolicyText"),
    ),
)
