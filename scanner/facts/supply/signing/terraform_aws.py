"""Signatures on AWS, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_code_signing_config"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link

from .aws import FunctionAt, ImagesAt, function, images
from .kinds import DeployCheck

READERS = (
    Reader(DeployCheck, ("aws_ecs_task_definition",), images, ImagesAt(name="family", sort="task definition")),
    Reader(DeployCheck, ("aws_batch_job_definition",), images, ImagesAt(name="name", sort="job definition")),
    Reader(
        DeployCheck,
        ("aws_apprunner_service",),
        images,
        ImagesAt(name="service_name", sort="service", image="source_configuration.image_repository.image_identifier"),
        always=False,
    ),
    Reader(
        DeployCheck,
        ("aws_lambda_function",),
        function,
        FunctionAt(
            name="function_name",
            package="package_type",
            image="image_uri",
            configuration=Link("code_signing_config_arn", ("aws_lambda_code_signing_config",)),
            policy="policies.untrusted_artifact_on_deployment",
        ),
    ),
)
