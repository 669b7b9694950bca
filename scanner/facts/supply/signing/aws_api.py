"""Signatures in the live account. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import CODE_SIGNING, FUNCTIONS, JOBS, RUNNER, RUNNERS, TASKS
from assay.scanner.facts.spelling import Link
from assay.scanner.sources.aws.calls import Call, Listing

from .aws import FunctionAt, ImagesAt, function, images
from .kinds import DeployCheck

CONFIGURATIONS = Listing(
    "lambda.code_signing", Call("lambda", "ListCodeSigningConfigs"), entries="CodeSigningConfigs", id="CodeSigningConfigArn"
)
LISTINGS = (CONFIGURATIONS,)

READERS = (
    Reader(DeployCheck, (TASKS.type,), images, ImagesAt(name="value", sort="task definition")),
    Reader(DeployCheck, (JOBS.type,), images, ImagesAt(name="jobDefinitionName", sort="job definition")),
    Reader(
        DeployCheck,
        (RUNNERS.type,),
        images,
        ImagesAt(
            name="ServiceName",
            sort="service",
            image=f"{RUNNER}.SourceConfiguration.ImageRepository.ImageIdentifier",
            state="Status",
        ),
        always=False,
    ),
    Reader(
        DeployCheck,
        (FUNCTIONS.type,),
        function,
        FunctionAt(
            name="FunctionName",
            package="PackageType",
            configuration=Link(f"{CODE_SIGNING.name}.CodeSigningConfigArn", (CONFIGURATIONS.type,)),
            policy="CodeSigningPolicies.UntrustedArtifactOnDeployment",
        ),
    ),
)
