"""What is known of the scans of the images that run: those of ECR that task definitions name.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.spelling import Referrer
from assay.scanner.facts.view import View
from assay.scanner.sources.aws.items import walk
from assay.scanner.sources.values import Value

from .kinds import DeployedImage

_IMAGE = lazy_re.pattern(
    r"(?P<registry>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)"
    r"/(?P<name>[^:@\s]+)(?::(?P<tag>[^@\s]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html, without what a tag adds to a digest, which decides."""
CONTAINERS = "describe_task_definition.taskDefinition.containerDefinitions"
_MOST = 50
"""Images of a task definition; ECS takes ten containers."""


def images(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The images of ECR that a task definition names, each once, as what is asked about them: by digest, else by tag."""
    return list(_images(walk(task, CONTAINERS)))


def _images(containers: Any) -> Iterator[dict[str, Any]]:
    told = {container.get("image") for container in containers if isinstance(container, dict)} if isinstance(containers, list) else set()
    for image in sorted(image for image in told if isinstance(image, str))[:_MOST]:
        named = _IMAGE.fullmatch(image.strip())
        if named is None:
            continue
        id_ = {"imageDigest": named["digest"]} if named["digest"] else {"imageTag": named["tag"] or "latest"}
        yield {
            "image": image, "registryId": named["registry"], "region": named["region"], "repositoryName": named["name"],
            "imageId": id_, "maxResults": 1,
        }  # fmt: skip


def deployed(view: View, join: Referrer | None) -> Value[list[DeployedImage]]:
    """The images of a repository that are deployed. What could not be asked is said of each; it decides nothing."""
    companions = view.referrers(join) if join is not None else None
    by_name: dict[str, DeployedImage] = {}
    for image in companions.views if companions else ():
        if image["region"].data == view.item.region.data and image["registryId"].data == view.account:
            told = _told(image)
            by_name.setdefault(str(told.image.data), told)
    if companions is not None and companions.more is not None:
        called, seen = "other images that run", (view.location,)
        by_name[called] = DeployedImage(image=Value(called, seen), scan=Value(f"{called}: not known: {companions.more.reason}", seen))
    return Value(list(by_name.values()), (view.location,))


def _told(image: View) -> DeployedImage:
    called = f"{image['repositoryName'].data}{_reference(image)}"
    status = image[f"{_SCAN}.imageScanStatus.status"]
    if status.unknown is not None:
        said = f"not known: {status.unknown.reason}"
    else:
        said = "not scanned" if status.absent else f"scan {status.data}{_findings(image)}"
    return DeployedImage(image=Value(called, status.seen), scan=Value(f"{called}: {said}", status.seen))


def _findings(image: View) -> str:
    """When a scan was completed, and what it found."""
    at, counts = (image[f"{_SCAN}.imageScanFindings.{name}"].data for name in ("imageScanCompletedAt", "findingSeverityCounts"))
    when = f" {at}" if isinstance(at, str) else ""
    listed = [f"{count} {severity.lower()}" for severity, count in counts.items()] if isinstance(counts, dict) else []
    return f"{when}; known vulnerabilities: {', '.join(listed) or 'none'}"


_SCAN = "describe_image_scan_findings"


def _reference(image: View) -> str:
    digest, tag = image["imageId.imageDigest"].data, image["imageId.imageTag"].data
    resolved = image[f"{_SCAN}.imageId.imageDigest"].data
    if isinstance(tag, str):
        return f":{tag}" + (f"@{resolved}" if isinstance(resolved, str) else "")
    return f"@{digest}"
