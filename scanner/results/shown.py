"""What results and gaps show of a collection: everything but its sensitive texts, and credentials of well-known forms, marked or not."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from msgspec import UNSET, structs

from assay.scanner.results.model import Evidence, ResourceRef, Result, Step, UnknownFact
from assay.scanner.results.opinion import Check, Compared, Opinion
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.secret_text import told_without_tokens
from assay.scanner.sources.sensitive import Sensitive


def result_of(result: Result, sensitive: Sensitive) -> Result:
    """A result without the texts that are not to be shown. What it is known by from run to run stays."""
    if not sensitive and not any(_without_tokens(text) != text for text in _told(result)):
        return result
    sensitive = sensitive.beside((result.resource.name, result.resource.id, result.resource.address))
    mask = functools.partial(_masked, sensitive)
    return structs.replace(
        result,
        message=mask(result.message),
        element=mask(result.element),
        resource=_resource(result.resource, sensitive),
        evidence=[_evidence(evidence, sensitive) for evidence in result.evidence],
        unknown=[_unknown(fact, sensitive) for fact in result.unknown],
        steps=[_step(step, sensitive) for step in result.steps] if result.steps else UNSET,
    )


def _told(result: Result) -> Iterator[str]:
    """What a result tells in words of ours, which may quote a value of the input."""
    yield from (result.message, result.element)
    for evidence in result.evidence:
        yield evidence.observed
    for fact in result.unknown:
        yield fact.reason
        yield fact.settles_it
    for step in result.steps or ():
        yield step.what
        yield step.by


def gap_of(gap: Gap, sensitive: Sensitive) -> Gap:
    """A gap without the texts that are not to be shown."""
    return structs.replace(gap, reason=_masked(sensitive, gap.reason), settles_it=_masked(sensitive, gap.settles_it))


def opinion_of(opinion: Opinion, sensitive: Sensitive) -> Opinion:
    """What another scanner says, which may quote what the code marks, without the texts that are not to be shown."""
    mask = sensitive.mask
    return structs.replace(
        opinion,
        rows=[_row(row, sensitive if row.ours is None else sensitive.beside((row.address,))) for row in opinion.rows],
        others=[_check(check, sensitive) for check in opinion.others],
        problems=[mask(problem) for problem in opinion.problems],
    )


def _row(row: Compared, sensitive: Sensitive) -> Compared:
    checks = [_check(check, sensitive) for check in row.checks]
    return structs.replace(row, address=sensitive.mask(row.address), our_reason=sensitive.mask(row.our_reason), checks=checks)


def _check(check: Check, sensitive: Sensitive) -> Check:
    mask = sensitive.mask
    return structs.replace(check, id=mask(check.id), reason=mask(check.reason), resource=mask(check.resource), file=mask(check.file))


def _resource(resource: ResourceRef, sensitive: Sensitive) -> ResourceRef:
    mask = sensitive.mask
    return structs.replace(
        resource,
        id=mask(resource.id),
        name=mask(resource.name),
        address=mask(resource.address),
        also_named=[mask(name) for name in resource.also_named],
        tags={name: value for name, value in resource.tags.items() if mask(name) is name and mask(value) is value},
        marks=[structs.replace(mark, text=mask(mark.text)) for mark in resource.marks],
        blocks=[structs.replace(block, address=mask(block.address)) for block in resource.blocks],
    )


def _evidence(evidence: Evidence, sensitive: Sensitive) -> Evidence:
    return structs.replace(evidence, observed=_masked(sensitive, evidence.observed))


def _step(step: Step, sensitive: Sensitive) -> Step:
    return structs.replace(step, what=_masked(sensitive, step.what), by=_masked(sensitive, step.by))


def _unknown(fact: UnknownFact, sensitive: Sensitive) -> UnknownFact:
    return structs.replace(fact, reason=_masked(sensitive, fact.reason), settles_it=_masked(sensitive, fact.settles_it))


def _masked(sensitive: Sensitive, text: str) -> str:
    """A text of ours, which may quote a value of the input."""
    return sensitive.mask(_without_tokens(text))


_without_tokens = functools.lru_cache(4096)(told_without_tokens)
