"""Results of judgements: the resource that they speak of, and what they are known by from run to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import structs

from assay.scanner.facts.model import BlockRef, Identity, Resource
from assay.scanner.results.model import ResourceRef, Result, StandsFor, fingerprint
from assay.scanner.rules.judgement import Evidence, Judgement, UnknownFact
from assay.scanner.rules.view import Attributes
from assay.scanner.sources.raw import Location


def results(resource: Resource | Attributes, scope: str, judgements: Iterable[Judgement]) -> Iterator[Result]:
    """The results of what is judged of one resource. `scope` is what its address is relative to, the same wherever a run starts."""
    whole: ResourceRef | None = None
    who = resource.identity
    for judgement in judgements:
        if judgement.element_key:
            reference = resource_ref(resource, _blocks_of_element(who, judgement.evidence))
        else:
            reference = whole = whole or resource_ref(resource, who.blocks)
        control = judgement.control
        yield Result(
            control=control.id,
            title=control.title,
            severity=control.severity,
            verdict=judgement.verdict,
            fingerprint=fingerprint(control.id, judgement.assertion, who.cloud, scope, who.id, judgement.element_key),
            message=judgement.message,
            element=judgement.element,
            resource=reference,
            evidence=judgement.evidence,
            unknown=_settled_here(judgement.unknown, who.type),
        )


def _settled_here(unknown: list[UnknownFact], type_: str) -> list[UnknownFact]:
    """What could not be told, with what settles it where the resource is declared: only Terraform has plans.

    Its types are the only ones without a mark in them: `aws_s3_bucket`, `AWS::S3::Bucket`, `storage.googleapis.com/Bucket`, `s3.bucket`.
    """
    if type_.replace("_", "").isalnum():
        return unknown
    return [structs.replace(fact, settles_it=_without_plan(fact.settles_it)) for fact in unknown]


def _without_plan(settles_it: str) -> str:
    return settles_it.replace("scan the plan or the live", "scan the live").replace("scan the plan", "scan the live resource")


def resource_ref(resource: Resource | Attributes, blocks: list[BlockRef]) -> ResourceRef:
    """The resource of a result, with those of its blocks that the result speaks of."""
    who = resource.identity
    return ResourceRef(
        id=who.id,
        kind=type(resource).__name__ if isinstance(resource, Resource) else "Resource",
        name=who.name,
        cloud=who.cloud,
        account=who.account,
        region=who.region,
        address=who.address,
        root=who.root,
        blocks=blocks,
        type=who.type,
        named=who.unnamed is None and who.unlisted is None,
        stands_for=_stands_for(who),
        also_in=resource.also_in if isinstance(resource, Resource) else [],
        also_named=resource.also_named if isinstance(resource, Resource) else [],
    )


def _blocks_of_element(who: Identity, evidence: list[Evidence]) -> list[BlockRef]:
    """The resource's own block, the call of the module that has it, and those that the evidence was seen in.

    All of them where the evidence is in none of the others.
    """
    places = [observation.location for observation in evidence if observation.location and observation.location.line]
    own = [block for block in who.blocks if block.address == who.address or who.address.startswith(f"{block.address}.")]
    contributed = [block for block in who.blocks if block in own or any(_within(place, block) for place in places)]
    return contributed if len(contributed) > len(own) or len(who.blocks) == len(own) else who.blocks


def _stands_for(who: Identity) -> StandsFor:
    if who.unlisted is not None:
        return "unlisted"
    return "part" if who.elsewhere is not None else "instances" if who.template is not None else "itself"


def _within(place: Location, block: BlockRef) -> bool:
    return place.file == block.file and block.start_line is not None and block.start_line <= place.line <= (block.end_line or 0)
