"""Which ECS service a scalable target or a scaling policy is for.

Application Auto Scaling knows a service by a text, `service/CLUSTER/SERVICE`:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html. In code it is mostly put together from
references, so that what it refers to counts first, and else the names.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.spelling import Index, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Made, Reference, Text, Unknown, references_in, unknown_inside, without_keys

SERVICES = ("aws_ecs_service", "AWS::ECS::Service")
CLUSTERS = ("aws_ecs_cluster", "AWS::ECS::Cluster")
TARGETS = ("aws_appautoscaling_target", "AWS::ApplicationAutoScaling::ScalableTarget")
_ANY = '["*"]'


class Names(msgspec.Struct, frozen=True):
    """What something is known by: addresses of resources of this input, of which it is one, and a text."""

    addresses: frozenset[str] = frozenset()
    text: str = ""

    @property
    def known(self) -> bool:
        """Whether the text is the whole name, and no part of it is open."""
        return bool(self.text) and "\0" not in self.text and "${" not in self.text

    def same(self, other: Names) -> bool | None:
        """Whether both name one thing; None where that cannot be told."""
        if self.addresses and other.addresses:
            common = self.addresses & other.addresses
            if not common:
                return None if any(_alike(one, two) for one in self.addresses for two in other.addresses) else False
            if len(self.addresses) == len(other.addresses) == 1:
                return True
        if self.known and other.known:
            return self.text == other.text
        return True if self.text and self.text == other.text else None


def _alike(one: str, two: str) -> bool:
    """Whether one address stands for instances of a block of which the other may be one."""
    return (_ANY in one or _ANY in two) and without_keys(one) == without_keys(two)


class Claim(msgspec.Struct, frozen=True):
    """A target or a policy with what it names."""

    item: Item
    service: Names
    cluster: Names
    targets: frozenset[str]
    """Of a policy, the addresses of the targets that it names, of which one is meant."""
    why: Unknown
    """Why it cannot be told which service it is for, where it cannot."""
    of_ecs: bool = True
    """Whether it is known to be for something of ECS."""

    def of(self, item: Item, service: Names, cluster: Names) -> bool | None:
        """Whether it is for a service; None where that cannot be told."""
        named = service.same(self.service)
        if named is False or (self.service.addresses and len(self.service.addresses) == 1 and named):
            return named
        regions = {one.region.data for one in (item, self.item)}
        if item.same_account(self.item) is False or (len(regions) == 2 and all(isinstance(region, str) for region in regions)):
            return False
        within = cluster.same(self.cluster)
        return False if within is False else named and within


class ClaimAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a target or a policy is for."""

    namespace: str
    """The service that it scales things of; of Application Auto Scaling, ECS is one of many."""
    resource: str
    """The text, or the target of a policy."""


def by_name(text: str) -> tuple[str]:
    """The key of a name, which is no address."""
    return (text,)


def claims(type_: str, at: ClaimAt) -> Index:
    """Targets or policies by the addresses of what they name and by its name; under None those that may be for any service."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
        elif (claim := _claim(item, at)) is not None:
            keys = {*claim.service.addresses, *claim.targets}
            yield from [(key, claim) for key in keys]
            if claim.service.known:
                yield by_name(claim.service.text), claim
            if not (keys or claim.service.known) or any(_ANY in key for key in keys):
                yield None, claim

    return Index((type_,), records)


def _claim(item: Item, at: ClaimAt) -> Claim | None:
    """None for what scales something else."""
    namespace = item[at.namespace]
    if isinstance(namespace.data, str) and namespace.data.lower() != "ecs":
        return None
    data, linked = _first(item, at.resource, linked=False), _first(item, at.resource, linked=True)
    text = _segments(data)
    if text is not None and text[0] != ("service",) and all(isinstance(part, str) for part in text[0]):
        return None  # `table/positions`
    by_link = _segments(linked)
    cluster, service = (text[1], text[2]) if text is not None and len(text) == 3 else ((), ())
    # A plan lists what an expression refers to, without saying what stands where in it; so does what is computed: `split(":", ….id)[5]`.
    references = [one for one in linked.of if isinstance(one, Reference)] if isinstance(linked, Made) else references_in(linked)
    of_cluster, of_service = (
        [references_in(list(part)) for part in by_link[1:]] if by_link and len(by_link) == 3 else (references, references)
    )
    reason = f"which service {item.address} scales"
    open_ = namespace.unknown or unknown_inside(data)
    why = Unknown(f"{reason}: {open_.reason}", open_.settles_it, item.location()) if open_ else None
    return Claim(
        item=item,
        service=Names(_addresses(of_service, SERVICES), _spelled(service)),
        cluster=Names(_addresses(of_cluster, CLUSTERS), _spelled(cluster)),
        targets=_addresses(references, TARGETS),
        why=why or Unknown(f"{reason} is not known", "scan the plan or the live account", item.location()),
        of_ecs=namespace.unknown is None,
    )


def _first(item: Item, path: str, *, linked: bool) -> Any:
    """What is written at the first path that is there."""
    values = (item.link(alternative) if linked else item[alternative] for alternative in path.split("|"))
    return next((value.data for value in values if value.data is not None), None)


def _addresses(references: list[Reference], types: tuple[str, ...]) -> frozenset[str]:
    """Those that refer to a resource of some types. Of a template, the address says the type (`AWS::ECS::Service.Scan`)."""
    return frozenset(one.address for one in references if one.type in types or one.address.rpartition(".")[0] in types)


def _spelled(parts: tuple[Any, ...]) -> str:
    return spelled(parts[0] if len(parts) == 1 else Text(parts)) if parts else ""


def _segments(data: Any) -> list[tuple[Any, ...]] | None:
    """What stands between the slashes; None where the text as a whole is not known. A target's own id goes on after `|`."""
    if not isinstance(data, (str, Text)):
        return None
    segments: list[list[Any]] = [[]]
    for part in data.parts if isinstance(data, Text) else (data,):
        if not isinstance(part, str):
            segments[-1].append(part)
            continue
        said, ended, _ = part.partition("|")
        first, *further = said.split("/")
        segments[-1] += [first] if first else []
        segments += [[piece] if piece else [] for piece in further]
        if ended:
            break
    return [tuple(segment) for segment in segments]
