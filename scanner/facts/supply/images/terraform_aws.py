"""Images on AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecr_repository"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader

from .kinds import ImageSource
from .repositories import EcrAt, ecr
from .running import OneAt, TaskAt, one, task

READERS = (
    Reader(
        ImageSource,
        ("aws_ecr_repository",),
        ecr,
        EcrAt(name="name", names=("name", "id"), mutability="image_tag_mutability", exclusions="image_tag_mutability_exclusion_filter"),
    ),
    Reader(
        ImageSource, ("aws_ecs_task_definition",), task, TaskAt(name="family", sort="task definition", containers="container_definitions")
    ),
    Reader(
        ImageSource,
        ("aws_batch_job_definition",),
        task,
        TaskAt(
            name="name",
            sort="job definition",
            containers="container_properties",
            others=("node_properties", "ecs_properties"),
            pods="eks_properties",
        ),
        always=False,
    ),
    Reader(ImageSource, ("aws_lambda_function",), one, OneAt(name="function_name", sort="function", image="image_uri"), always=False),
    Reader(
        ImageSource,
        ("aws_apprunner_service",),
        one,
        OneAt(name="service_name", sort="service", image="source_configuration.image_repository.image_identifier"),
        always=False,
    ),
)
