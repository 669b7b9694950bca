"""Workload identity federation, whatever the input.

https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.supply.kinds import Federation, Subject
from assay.scanner.facts.supply.subjects import condition_pins
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Reference, Text, Unknown, Value, describe

_PINNING = re.compile(r"/(?:subject|attribute\.(?:repository|repository_id|sub|project_path|workflow_ref|job_workflow_ref))/[^*]+$")
_POOL = re.compile(r"(?:projects/([^/]+)/locations/[^/]+)?/workloadIdentityPools/([^/]+)/")
"""The project and the pool in the name of an identity, or of a provider."""
_OTHERS = ("aws", "saml", "x509")
"""What tells providers of other tokens, which no CI system makes."""


class ProviderAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which tokens a provider accepts."""

    condition: str
    audiences: str
    state: str = ""
    pool: str | Link
    """What names its pool: a link, or the provider's own full name."""
    members: Index
    """The members of bindings by their pool (see `members`)."""


def federation(view: View, at: ProviderAt) -> Federation | None:
    """A provider of tokens; None where it is off, or accepts none of a CI system."""
    gone = view["disabled"].truth().data is True or view[at.state].equals("DELETED").data is True
    if gone or view.inner(*_OTHERS)[0]:
        return None
    condition = view[at.condition]
    return Federation(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        # Without allowed audiences, only the provider's own full name is accepted.
        audience_pinned=Value(True, view[at.audiences].seen),
        subjects=Value([_by_condition(condition, _bound(view, at))], condition.seen),
    )


def members(bindings: Iterable[Binding | Unknown]) -> Iterator[tuple[Hashable, Any]]:
    """Pool to the members of bindings that are its identities, each with its project; under None why there may be more."""
    for binding in bindings:
        if isinstance(binding, Unknown):
            yield None, binding
            continue
        parts = binding.member.parts if isinstance(binding.member, Text) else ()
        pools: dict[str, str | None] = {part.address: None for part in parts if isinstance(part, Reference)}
        if match := _POOL.search(flat(binding.member)):
            pools[match[2]] = match[1]
        yield from [(pool, (project, binding.member)) for pool, project in pools.items()]


def _bound(view: View, at: ProviderAt) -> list[Any]:
    """For every binding that lets identities of the provider's pool in: whether it names a repository."""
    named = (view.link(at.pool) if isinstance(at.pool, Link) else view[at.pool].default(view.item.address)).data
    pool = named.address if isinstance(named, Reference) else str(named)
    match = _POOL.search(pool)
    project, pool = (match[1], match[2]) if match else (None, pool)
    known = view.index(at.members)
    bound = [member for of, member in known.get(pool, ()) if project is None or _same(of, project)]
    return [names_repository(member) for member in bound] + known.get(None, [])


def _same(one: str | None, other: str) -> bool:
    """Whether two names can mean one project, which may stand there by its id or by its number."""
    return one is None or one == other or one.isdecimal() != other.isdecimal()


def _by_condition(condition: Value[Any], members: list[Any]) -> Subject:
    """The condition of the provider may pin the repository, or else every binding that uses the pool."""
    pattern: Value[str] = Value(describe(condition.data) if not condition.absent else "*", condition.seen)
    pins: Any = False
    if isinstance(condition.data, str):
        pins = condition_pins(condition.data)
    elif isinstance(condition.data, Text):
        text = "".join(part if isinstance(part, str) else "unknown" for part in condition.data.parts)
        pins = condition_pins(text) and (
            condition.data.unknown or Unknown(f"the condition {condition.data} is known after apply", "scan the plan")
        )
    elif not condition.absent:
        pins = condition.unknown or Unknown("the condition is known after apply", "scan the plan")
    if pins is not True and members and all(member is True for member in members):
        pins, pattern = True, Value("the members of the bindings", condition.seen)
    elif pins is False and not any(member is False for member in members):
        pins = next((member for member in members if isinstance(member, Unknown)), False)
    return Subject(pattern=pattern, scoped=Value(pins, condition.seen))


def names_repository(member: Any) -> bool:
    """Whether a member of a binding is one repository, or one subject, of a pool."""
    return bool(_PINNING.search(flat(member)))


def flat(member: Any) -> str:
    """A member as text, with something in the place of what is not known."""
    return "".join(part if isinstance(part, str) else "x" for part in member.parts) if isinstance(member, Text) else str(member)
