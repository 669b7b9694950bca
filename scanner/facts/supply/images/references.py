"""How containers name their images: `registry/name`, `registry/name:tag`, `registry/name@sha256:…`.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

from __future__ import annotations

from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside

_DIGEST = lazy_re.pattern(r"[^@]+@sha256:[0-9a-f]{64}")
_NAMED = frozenset(
    {
        # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/ecr_image
        ("aws_ecr_image", "image_uri"),
        # https://registry.terraform.io/providers/hashicorp/google/latest/docs/data-sources/artifact_registry_docker_image
        ("google_artifact_registry_docker_image", "self_link"),
        ("docker_image", "repo_digest"),
    }
)
"""Attributes that name an image by its digest."""
_UNNAMED = frozenset(
    {
        ("aws_ecr_repository", "repository_url"),
        ("AWS::ECR::Repository", "RepositoryUri"),
        ("google_artifact_registry_repository", "registry_uri"),
        ("docker_image", "name"),
        ("docker_registry_image", "name"),
    }
)
"""Attributes that name an image by no digest: a repository, or what was pushed to it by a tag."""


def pinned(raw: Any) -> bool | Unknown:
    """Whether an image is named by a digest. What stands behind `@` is one, whatever it is: nothing else may stand there."""
    if isinstance(raw, str):
        return _DIGEST.fullmatch(raw.strip()) is not None
    if isinstance(raw, Reference):
        return _by_attribute(raw)
    if isinstance(raw, Text):
        return _of_text(raw)
    return unknown_inside(raw) or Unknown("which image is named is not known", "scan the plan or what is deployed")


def _by_attribute(reference: Reference) -> bool | Unknown:
    attribute = (reference.type, reference.attribute)
    if attribute in _NAMED or attribute in _UNNAMED:
        return attribute in _NAMED
    return Unknown(f"whether {reference.address}.{reference.attribute} names a digest", "scan the plan or what is deployed")


def _of_text(text: Text) -> bool | Unknown:
    """Of a text with parts that are not known: a colon behind the last known slash begins a tag."""
    written = "".join(part if isinstance(part, str) else "\0" for part in text.parts)
    if "@" in written:
        digest = written.rpartition("@")[2]
        return "\0" in digest or _DIGEST.fullmatch(f"image@{digest}") is not None
    last = text.parts[-1]
    if isinstance(last, Reference) and len(text.parts) > 1 and (last.type, last.attribute) in _NAMED:
        return True
    if ":" in written.rpartition("/")[2]:
        return False
    if isinstance(last, str) or (isinstance(last, Reference) and (last.type, last.attribute) in _UNNAMED):
        return False  # it ends in a name without a tag, which is `latest`
    return unknown_inside(text) or Unknown("which image is named is not known", "scan the plan or what is deployed")
