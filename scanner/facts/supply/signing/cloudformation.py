"""Signatures on AWS, in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-codesigningconfig.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link

from .aws import FunctionAt, ImagesAt, function, images
from .kinds import DeployCheck

READERS = (
    Reader(DeployCheck, ("AWS::ECS::TaskDefinition",), images, ImagesAt(name="Family", sort="task definition")),
    Reader(DeployCheck, ("AWS::Batch::JobDefinition",), images, ImagesAt(name="JobDefinitionName", sort="job definition")),
    Reader(
        DeployCheck,
        ("AWS::AppRunner::Service",),
        images,
        ImagesAt(name="ServiceName", sort="service", image="SourceConfiguration.ImageRepository.ImageIdentifier"),
        always=False,
    ),
    Reader(
        DeployCheck,
        ("AWS::Lambda::Function",),
        function,
        FunctionAt(
            name="FunctionName",
            package="PackageType",
            image="Code.ImageUri",
            configuration=Link("CodeSigningConfigArn", ("AWS::Lambda::CodeSigningConfig",)),
            policy="CodeSigningPolicies.UntrustedArtifactOnDeployment",
        ),
    ),
)
