"""ECR in the live account. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetRepositoryScanningConfiguration.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import TASKS
from assay.scanner.facts.keys.at_rest.aws_api import REGISTRIES
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.aws.calls import Call, Listing

from .deployed import images
from .ecr import RepositoryAt, ScansAt, public, repository, scans
from .kinds import ImageRepository, ScannedRepository

_PUBLIC_POLICY = Call(
    "ecr-public", "GetRepositoryPolicy", (("repositoryName", "repositoryName"),), absent=("RepositoryPolicyNotFoundException",)
)
# https://docs.aws.amazon.com/general/latest/gr/ecr-public.html: repositories are told of in one region
PUBLIC = Listing(
    "ecr_public.repository",
    Call("ecr-public", "DescribeRepositories", page_size=1000),
    entries="repositories",
    id="repositoryArn",
    regions=("us-east-1",),
    gone=("RepositoryNotFoundException",),
    details=(_PUBLIC_POLICY,),
)
_SCAN = Call(
    "ecr",
    "DescribeImageScanFindings",
    (("registryId", "registryId"), ("repositoryName", "repositoryName"), ("imageId", "imageId"), ("maxResults", "maxResults")),
    absent=("ScanNotFoundException",),
    when=("registryId", "@account"),  # another account answers to whom it chooses
)
DEPLOYED = Listing(
    "ecs.task_image",
    TASKS.call,
    entries="",
    made=images,
    id="{TaskArn}/{image}",
    parent=TASKS.type,
    region="region",
    known=(("TaskArn", "describe_task_definition.taskDefinition.taskDefinitionArn"),),
    joined_across_regions=True,
    gone=("ImageNotFoundException", "RepositoryNotFoundException"),
    details=(_SCAN,),
)
LISTINGS = (PUBLIC, DEPLOYED)

READERS = (
    Reader(
        ImageRepository,
        (REGISTRIES.type,),
        repository,
        RepositoryAt(
            name="repositoryName",
            policies="get_repository_policy.policyText",
        ),
    ),
    Reader(
        ScannedRepository,
        (REGISTRIES.type,),
        scans,
        ScansAt(
            name="repositoryName",
            names=("repositoryName",),
            effective="batch_get_repository_scanning_configuration.scanningConfigurations.scanFrequency",
            images=Referrer(DEPLOYED.type, "repositoryName", calls=(_SCAN.name,)),
        ),
    ),
    Reader(
        ImageRepository,
        (PUBLIC.type,),
        public,
        RepositoryAt(name="repositoryName", policies="get_repository_policy.policyText"),
    ),
)
