"""ECR: whether images are scanned, and who may pull them.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.policies import aws_grants
from assay.scanner.facts.spelling import Beside, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of, gather

from .deployed import deployed
from .filters import names
from .kinds import ImageRepository, ScannedRepository


class RepositoryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a repository."""

    policies: Annotated[Place, "grants"]


class ScansAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether the images in a repository are scanned."""

    on_push: Annotated[str, "scanned"] = ""
    """Whether it asks for scans itself."""
    registry: Annotated[Beside | None, "scanned"] = None
    """What says it for the registry of a region; the following are places in it."""
    kind: Annotated[str, "scanned"] = ""
    rules: Annotated[str, "scanned"] = ""
    frequency: Annotated[str, "scanned"] = ""
    filters: Annotated[str, "scanned"] = ""
    filter: Annotated[str, "scanned"] = ""
    effective: Annotated[str, "scanned"] = ""
    """Of a live repository, how often it is scanned by what counts of all these."""
    images: Annotated[Referrer | None, "deployed"] = None
    """What runs and names an image in it."""


def repository(view: View, at: RepositoryAt) -> ImageRepository:
    """A private repository."""
    return ImageRepository(
        identity=view.identity(view.called(at.name)),
        sort=view.says("repository"),
        images=view.says(True),
        public=view.says(False),
        grants=gather([aws_grants(document, view.account) for document in view.values(at.policies)]),
    )


def public(view: View, at: RepositoryAt) -> ImageRepository:
    """A repository of ECR Public: https://docs.aws.amazon.com/AmazonECR/latest/public/what-is-ecr.html"""
    return ImageRepository(
        identity=view.identity(view.called(at.name)),
        sort=view.says("public repository"),
        images=view.says(True),
        public=view.says(True),
        grants=gather([aws_grants(document, view.account) for document in view.values(at.policies)]),
    )


def scans(view: View, at: ScansAt) -> ScannedRepository:
    """A private repository."""
    return ScannedRepository(
        identity=view.identity(view.called(at.name)),
        images=view.says(True),
        scanned=view[at.effective].default("MANUAL").equals(*_SCANNING) if at.effective else _scanned(view, at),
        deployed=deployed(view, at.images),
    )


_SCANNING = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")


def _scanned(view: View, at: ScansAt) -> Value[bool]:
    """By the configuration of its registry, which each region has one of; where that is not here, only its own flag says it."""
    assert at.registry is not None
    flag = view[at.on_push].default(False).truth()
    configurations = [one for one in view.beside(at.registry) if not view.apart(one.item)]
    if configurations:
        told = [_by_registry(view, one, at, flag) for one in configurations]
        return told[0] if len(told) == 1 else _agreed(view, told)
    if flag.data is not False:
        return flag
    reason = f"{view.item.address} asks for no scans, and whether its registry has rules that scan it is not here"
    return Value(
        Unknown(reason, "scan the configuration of the registry together with this, or the live account", view.location), flag.seen
    )


def _agreed(view: View, told: list[Value[bool]]) -> Value[bool]:
    if all(one.data is told[0].data for one in told) and not told[0].unknown:
        return told[0]
    reason = f"which of several configurations is of the registry of {view.item.address}"
    return view.says(Unknown(reason, "give their providers regions", view.location))


def _by_registry(view: View, registry: View, at: ScansAt, flag: Value[bool]) -> Value[bool]:
    """Enhanced scanning takes in what its filters name, whatever a repository says.

    Basic scanning sets what its filters do not name to manual scans; without filters the flag of the repository counts.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
    """
    written = registry.surely
    rules, more = written.inner(at.rules)
    scanning = [(rule, rule[at.frequency].equals(*_SCANNING)) for rule in rules]
    matched = any_of([*[all_of([on, _names(view, rule, at)]) for rule, on in scanning], view.says(more or False)])
    enhanced = written[at.kind].default("BASIC").equals("ENHANCED")
    if matched.data is True or enhanced.data is True:
        value = matched
    elif enhanced.data is False:
        filtered = any_of([*[on for _, on in scanning], view.says(more or False)])
        value = any_of([matched, flag if filtered.data is False or flag.data is False else _either(view)])
    else:
        value = matched if matched.data is flag.data is False else Value(enhanced.unknown or matched.unknown or _either(view).unknown)
    # Where the configuration may not exist, the flag counts alone, and says nothing where it is off.
    if registry.doubt is None or (value.data is True and flag.data is True):
        return Value(value.data, (*value.seen, *written.says(None).seen))
    return Value(registry.doubt, value.seen)


def _either(view: View) -> Value[bool]:
    reason = f"{view.item.address} asks for scans, and no filter of its registry is for it, which sets it to manual scans"
    return view.says(Unknown(reason, "let a filter of the registry name it", view.location))


def _names(view: View, rule: View, at: ScansAt) -> Value[bool]:
    blocks, more = rule.inner(at.filters)
    name = view.called(at.name)
    told: list[Value[bool]] = [Value(names(block[at.filter].raw, name), block[at.filter].seen) for block in blocks]
    return any_of([*told, view.says(more or False)])
