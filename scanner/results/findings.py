"""Results of judgements: the resource that they speak of, and what they are known by from run to run."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import structs

from assay.scanner.facts.model import BlockRef, Identity, Resource
from assay.scanner.results.model import ResourceRef, Result, StandsFor, fingerprint
from assay.scanner.rules.judgement import Evidence, Judgement, UnknownFact
from assay.scanner.rules.view import Attributes
from assay.scanner.sources.terraform.roots import is_example


def results(resource: Resource | Attributes, scope: str, judgements: Iterable[Judgement]) -> Iterator[Result]:
    """The results of what is judged of one resource. `scope` is what its address is relative to, the same wherever a run starts."""
    references: dict[tuple[int, ...] | None, ResourceRef] = {}  # by the numbers of the blocks; None for all
    contributed: _Contributed | None = None
    who = resource.identity
    in_example = is_example(scope)
    for judgement in judgements:
        numbers = None
        if judgement.element_key:
            contributed = contributed or _Contributed(who)
            numbers = contributed.of_element(judgement.evidence)
        reference = references.get(numbers)
        if reference is None:
            blocks = who.blocks if numbers is None else [who.blocks[number] for number in numbers]
            reference = references[numbers] = resource_ref(resource, blocks, in_example)
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
            steps=judgement.steps or msgspec.UNSET,
        )


def _settled_here(unknown: list[UnknownFact], type_: str) -> list[UnknownFact]:
    """What could not be told, with what settles it where the resource is declared: only Terraform has plans.

    Its types are the only ones without a mark in them: `aws_s3_bucket`, `AWS::S3::Bucket`, `storage.googleapis.com/Bucket`, `s3.bucket`.
    """
    if type_.replace("_", "").isalnum():
        return unknown
    return [
        fact if (way := _without_plan(fact.settles_it)) == fact.settles_it else structs.replace(fact, settles_it=way) for fact in unknown
    ]


def _without_plan(settles_it: str) -> str:
    return settles_it.replace("scan the plan or the live", "scan the live").replace("scan the plan", "scan the live resource")


def resource_ref(resource: Resource | Attributes, blocks: list[BlockRef], in_example: bool = False) -> ResourceRef:
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
        tags=who.tags,
        marks=who.marks,
        in_example=in_example,
    )


class _Contributed:
    """The blocks that a resource is made of, by their lines: there may be thousands of them, and as many elements."""

    def __init__(self, who: Identity) -> None:
        self.blocks = who.blocks
        self.own = [at for at, block in enumerate(who.blocks) if _is_own(block, who)]
        placed: dict[str, list[tuple[int, int, int]]] = {}
        for at, block in enumerate(who.blocks):
            if block.start_line is not None:
                placed.setdefault(block.file, []).append((block.start_line, block.end_line or 0, at))
        self._by_line = {file: sorted(spans) for file, spans in placed.items()}
        self._ends = {file: list(itertools.accumulate((end for _, end, _ in spans), max)) for file, spans in self._by_line.items()}
        """The last line of all blocks up to each of those in `_by_line`."""

    def of_element(self, evidence: list[Evidence]) -> tuple[int, ...] | None:
        """The numbers of the resource's own block, of the call of the module that has it, and of those that the evidence was seen in.

        None, which is all of them, where the evidence is in none of the others.
        """
        places = {(place.file, place.line) for told in evidence if (place := told.location) and place.line}
        contributed = sorted({*self.own, *(at for file, line in places for at in self._around(file, line))})
        if len(contributed) == len(self.blocks):
            return None
        return tuple(contributed) if len(contributed) > len(self.own) else None

    def _around(self, file: str, line: int) -> Iterator[int]:
        """The numbers of the blocks that a line is in."""
        spans, ends = self._by_line.get(file, []), self._ends.get(file, [])
        last = bisect.bisect_right(spans, line, key=lambda span: span[0]) - 1
        while last >= 0 and ends[last] >= line:
            if spans[last][1] >= line:
                yield spans[last][2]
            last -= 1


def _is_own(block: BlockRef, who: Identity) -> bool:
    return block.address == who.address or who.address.startswith(f"{block.address}.")


def _stands_for(who: Identity) -> StandsFor:
    if who.unlisted is not None:
        return "unlisted"
    return "part" if who.elsewhere is not None else "instances" if who.template is not None else "itself"
