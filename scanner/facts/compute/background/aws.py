"""Services of ECS, what starts its tasks by the clock, and functions of Lambda.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Annotated, Any

from assay.scanner.facts.compute.background.kinds import Listener, Sharer, Worker
from assay.scanner.facts.compute.runners import TasksAt, strategy
from assay.scanner.facts.item_index import spelled
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_SPOT = "FARGATE_SPOT"


class ServiceAt(TasksAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells this of a service, or of what starts tasks by the clock."""

    task: Annotated[str, "sharers"] = ""
    """The task definition that it runs."""
    balancers: Annotated[tuple[str, ...], "listeners"] = ()
    """Blocks that register it with load balancers."""
    weight: Annotated[str, "thrifty"] = ""
    base: Annotated[str, "thrifty"] = ""
    definitions: Annotated[Link | None, "sharers"] = None
    family: Annotated[str, "sharers"] = ""
    """Of a task definition."""
    services: Annotated[Index, "sharers"]
    """Task definition to the services that run it (`by_definition`)."""


def service(view: View, at: ServiceAt) -> Worker | None:
    """A service, or a task set."""
    thrifty, by = _capacity(view, at)
    return Worker(
        identity=view.identity(view.called(at.name)),
        sort=view.says(at.sort),
        per_run=view.says(False),
        thrifty=thrifty,
        by=by,
        listeners=view.says(_listeners(view, at)),
        sharers=view.says(_sharers(view, view, at)),
    )


def scheduled(view: View, at: ServiceAt) -> Worker | None:
    """What starts tasks by the clock; None where it starts none."""
    blocks, more = view.inner(at.blocks) if at.blocks else ([view], None)
    starting = [one for one in blocks if one[at.runs].data not in (None, [])]  # a plan writes no block as []
    if not starting and more is None:
        return None
    return Worker(
        identity=view.identity(view.called(at.name)),
        sort=view.says(at.sort),
        per_run=view.says(True),
        thrifty=view.says(True),
        by=view.says("tasks that end"),
        listeners=view.says([]),
        sharers=view.says([*(sharer for one in starting for sharer in _sharers(view, one, at)), *([more] if more else [])]),
    )


def _capacity(view: View, at: ServiceAt) -> tuple[Value[bool], Value[str]]:
    """Whether a strategy places tasks on spare capacity: by a weight or a base, or since it names no other provider."""
    blocks, more = strategy(view, at)
    told = [_is_spot(block, at, alone=len(blocks) == 1) for block in blocks]
    names = ", ".join(describe(block[at.provider].raw) for block in blocks)
    launch = view[at.launch].data
    words = names or (launch if isinstance(launch, str) and launch else "what is not known" if more else "EC2")
    return any_of([*told, *([view.says(more)] if more else [])] or [view.says(False)]), view.says(words)


def _is_spot(block: View, at: ServiceAt, *, alone: bool) -> Value[bool]:
    spot = block[at.provider].equals(_SPOT)
    placed = any_of([block[at.weight].default(0).number().then(_some), block[at.base].default(0).number().then(_some)])
    return spot if alone else all_of([spot, placed])


def _some(number: Any) -> bool:
    return bool(number)


def _listeners(view: View, at: ServiceAt) -> list[Any]:
    blocks, more = view.inner(*at.balancers)
    found = [
        Listener(what=Value("a target group of a load balancer", (block.location,)), there=Value(True, (block.location,)))
        for block in blocks
    ]
    return [*found, *([more] if more else [])]


def _sharers(view: View, one: View, at: ServiceAt) -> list[Any]:
    """Other services that run the same definition."""
    known = view.index(at.services)
    keys = _keys(view, one, at)
    if isinstance(keys, Unknown):
        return [keys] if any(item is not view.item for items in known.values() for item in items) else []
    others = {id(item): item for key in (*keys, None) for item in known.get(key, ()) if item is not view.item}
    open_ = {id(item) for item in known.get(None, ())}
    found: list[Any] = []
    for item in others.values():
        if isinstance(item, Unlisted):
            found.append(item.why)
            continue
        other = view.of(item)
        blocks, more = other.surely.inner(*at.balancers)
        listens: Value[bool] = Value(True if blocks else more or False, (item.location(),))
        if id(item) in open_ and listens.data is not False:
            why = f"whether {item.address} runs the same task definition, which is not known of it"
            listens = Value(Unknown(why, "scan the plan, or the live account", item.location()))
        found.append(Sharer(name=Value(item.address, (item.location(),)), listens=other.weighed(listens, absence=False)))
    return found


def _keys(view: View, one: View, at: ServiceAt) -> set[str] | Unknown:
    """What a task definition is known by: its address, and its family."""
    named = one.link(at.task).data
    key = family(named)
    if not key:
        return unknown_inside(named) or Unknown(f"which task definition {view.item.address} runs", "scan the plan", view.location)
    keys = {key}
    target = view.named(named, at.definitions) if at.definitions is not None and isinstance(named, (Reference, str)) else None
    if target is not None and isinstance(target[at.family].data, str):
        keys.add(str(target[at.family].data))
    return keys


def family(data: Any) -> str:
    """`trade-scan` of its ARN or of `trade-scan:3`; of a reference its address."""
    if isinstance(data, Text) and isinstance(data.parts[0], Reference):
        data = data.parts[0]  # its family or ARN, with a revision behind it
    text = spelled(data)
    if isinstance(data, Reference):
        return text
    return "" if unknown_inside(data) else text.rpartition("/")[2].partition(":")[0]


def by_definition(paths: Mapping[str, str]) -> Index:
    """Task definition to the services of some types that run it, which a path of each tells; under None those of which it is not known."""

    def records(item: Item) -> Iterator[tuple[Hashable, Item]]:
        if isinstance(item, Unlisted):
            yield None, item
        elif item.link(paths[item.type]).data is not None:
            yield family(item.link(paths[item.type]).data) or None, item

    return Index(tuple(paths), records)


class FunctionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what leads to a function."""

    urls: Annotated[Place, "listeners"] = ()
    targets: Annotated[tuple[Referrer, ...], "listeners"] = ()
    """What registers it with load balancers."""


def function(view: View, at: FunctionAt) -> Worker:
    """A function runs when it is called; a URL of its own is a way in: https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html"""
    url = view.exists(at.urls)
    listeners = [Listener(what=view.says("a URL of its own"), there=url)] if url.data is not False else []
    for join in at.targets:
        target = view.referrers(join).exist
        listeners += [Listener(what=view.says("a target group of a load balancer"), there=target)] if target.data is not False else []
    return Worker(
        identity=view.identity(view.called(at.name)),
        sort=view.says("function"),
        per_run=view.says(True),
        thrifty=view.says(True),
        by=view.says("calls"),
        listeners=view.says(listeners),
        sharers=view.says([]),
    )
