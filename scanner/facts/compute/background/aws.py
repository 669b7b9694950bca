"""Services of ECS, what starts its tasks by the clock, and functions of Lambda.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Annotated, Any

from assay.scanner.facts.compute.background.kinds import Listener, Sharer, Worker
from assay.scanner.facts.compute.runners import TasksAt, strategy
from assay.scanner.facts.spelling import Index, Link, Place, Referrer, Spelling
from assay.scanner.facts.statements import statements
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_SPOT = "FARGATE_SPOT"


class SetAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a task set tells what it runs, and on what. The defaults are the API's names."""

    sets: Annotated[Referrer | str, "listeners", "thrifty", "by", "sharers"] = ""
    """The task sets of a service that another than ECS deploys."""
    launch: str = "launchType"
    strategy: str = "capacityProviderStrategy"
    task: str = "taskDefinition"


class ServiceAt(TasksAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells this of a service, or of what starts tasks by the clock."""

    task: Annotated[str, "sharers"] = ""
    """The task definition that it runs."""
    balancers: Annotated[tuple[str | Referrer, ...], "listeners", "sharers"] = ()
    """Blocks that register it, or its task sets, with load balancers."""
    of_sets: Annotated[SetAt, "listeners", "thrifty", "by", "sharers"] = SetAt()
    weight: Annotated[str, "thrifty"] = ""
    base: Annotated[str, "thrifty"] = ""
    definitions: Annotated[Link | None, "sharers"] = None
    family: Annotated[str, "sharers"] = ""
    """Of a task definition."""
    services: Annotated[Index, "sharers"]
    """Task definition to the services that run it (`by_definition`)."""


def service(view: View, at: ServiceAt) -> Worker:
    """A service, or a task set. What another than ECS deploys says nothing of its tasks: its task sets do.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
    """
    sets, more = _sets(view, at)
    if sets is None:
        running = [(view, at.task)]
        thrifty, by = _placed(view, at, at.strategy, at.launch)
    else:
        running = [(one, at.of_sets.task) for one in sets]
        thrifty, by = _all_placed(view, at, sets, more)
    return Worker(
        identity=view.identity(view.called(at.name)),
        sort=view.says(at.sort),
        per_run=view.says(False),
        thrifty=thrifty,
        by=view.says(by),
        listeners=view.says([*_listeners(view, at), *([more] if more else [])]),
        sharers=view.says(_sharers(view, running, at, more)),
    )


def _sets(view: View, at: ServiceAt) -> tuple[list[View] | None, Unknown | None]:
    """The task sets of a service that another deploys, and why there may be more; None where ECS itself deploys it."""
    if not at.external or view[at.external].equals("EXTERNAL").data is not True:
        return None, None
    sets, more = view.inner(at.of_sets.sets)
    if not sets and more is None and isinstance(at.of_sets.sets, Referrer):  # whoever deploys it may make them with the API
        more = Unknown(f"the task sets of {view.item.address} are not here", "scan the live account", view.location)
    return sets, more


def _all_placed(view: View, at: ServiceAt, sets: list[View], more: Unknown | None) -> tuple[Value[bool], str]:
    """Whether every task set is placed on spare capacity, and on what they are, in words."""
    told = [_placed(one, at, at.of_sets.strategy, at.of_sets.launch) for one in sets]
    words = ", ".join(dict.fromkeys(by for _, by in told)) or ("what is not known" if more else "nothing")
    return all_of([*(spot for spot, _ in told), *([view.says(more)] if more else [])]), words


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
        sharers=view.says(_sharers(view, [(one, at.task) for one in starting], at, more)),
    )


def _placed(view: View, at: ServiceAt, own: str, launch_at: str) -> tuple[Value[bool], str]:
    """Whether a strategy places tasks on spare capacity: by a weight or a base, or since it names no other provider; and on what it places
    them, in words.

    `own` and `launch_at`: where the strategy and the launch type stand.
    """
    blocks, more = strategy(view, at, own, launch_at)
    told = [_is_spot(block, at, alone=len(blocks) == 1) for block in blocks]
    names = ", ".join(describe(block[at.provider].raw) for block in blocks)
    launch = view[launch_at].data
    words = names or (launch if isinstance(launch, str) and launch else "what is not known" if more else "EC2")
    return any_of([*told, *([view.says(more)] if more else [])] or [view.says(False)]), words


def _is_spot(block: View, at: ServiceAt, *, alone: bool) -> Value[bool]:
    spot = block[at.provider].equals(_SPOT)
    placed = any_of([block[at.weight].default(0).number().then(_some), block[at.base].default(0).number().then(_some)])
    return spot if alone else all_of([spot, placed])


def _some(number: Any) -> bool:
    return bool(number)


def _listeners(view: View, at: ServiceAt) -> list[Any]:
    blocks, more = view.inner(*at.balancers)
    listeners = [
        Listener(what=Value("a target group of a load balancer", (block.location,)), there=Value(True, (block.location,)))
        for block in blocks
    ]
    return [*listeners, *([more] if more else [])]


def _sharers(view: View, running: list[tuple[View, str]], at: ServiceAt, more: Unknown | None) -> list[Any]:
    """Other services and task sets that run the same definitions. `running`: what runs them, each with the path to its definition."""
    known = view.index(at.services)
    own = {id(view.item), *(id(one.item) for one, _ in running)}
    every = {id(item): item for items in known.values() for item in items if id(item) not in own}
    strangers = {key: item for key, item in every.items() if isinstance(item, Unlisted) or not view.apart(item)}
    told = [_keys(view, one, path, at) for one, path in running]
    sharers: list[Any] = [why for why in (*told, more) if isinstance(why, Unknown)] if strangers else []
    keys = [key for runner_keys in told if not isinstance(runner_keys, Unknown) for key in runner_keys]
    others = {id(item): item for key in (*keys, None) for item in known.get(key, ()) if id(item) in strangers} if keys else {}
    open_ = {id(item) for item in known.get(None, ())}
    for item in others.values():
        if isinstance(item, Unlisted):
            sharers.append(item.why)
            continue
        other = view.of(item)
        blocks, doubt = other.surely.inner(*at.balancers)
        listens: Value[bool] = Value(True if blocks else doubt or False, (item.location(),))
        if id(item) in open_ and listens.data is not False:
            why = f"whether {item.address} runs the same task definition, which is not known of it"
            listens = Value(Unknown(why, "scan the plan, or the live account", item.location()))
        sharers.append(Sharer(name=Value(item.address, (item.location(),)), listens=other.weighed(listens, absence=False)))
    return sharers


def _keys(view: View, one: View, path: str, at: ServiceAt) -> set[str] | Unknown:
    """What a task definition is known by: its address, and its family."""
    named = one.link(path).data
    key = family(named)
    if not key:
        return unknown_inside(named) or Unknown(f"which task definition {view.item.address} runs", "scan the plan", view.location)
    if at.definitions is None:
        return {key}
    if (target := view.named(key, at.definitions)) is not None:
        return {key, *filter(None, [_family_of(target, at)])}
    # By the text of its family; others may refer to the definition that has it.
    others = ((other, view.named(other, at.definitions)) for other in view.index(at.services) if isinstance(other, str))
    return {key, *(other for other, target in others if target is not None and _family_of(target, at) == key)}


def _family_of(definition: View, at: ServiceAt) -> str | None:
    name = definition[at.family].data
    return name if isinstance(name, str) else None


def family(data: Any) -> str:
    """`trade-scan` of its ARN or of `trade-scan:3`; of a reference its address."""
    if isinstance(data, Text) and isinstance(data.parts[0], Reference):
        data = data.parts[0]  # its family or ARN, with a revision behind it
    text = spelled(data)
    if isinstance(data, Reference) and not text.startswith("arn:"):
        return text
    return "" if unknown_inside(data) else text.rpartition("/")[2].partition(":")[0]


def by_definition(paths: Mapping[str, str], sets: str = "") -> Index:
    """Task definition to what runs it, of some types, which a path of each tells; under None what it is not known of.

    `sets`: where an item has task sets in it.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Item]]:
        if isinstance(item, Unlisted):
            yield None, item
            return
        nodes, more = item.blocks(sets) if sets else ([], None)
        named = [item.link(paths[item.type]).data, *(node.link("taskDefinition").data for node in nodes), more]
        for key in dict.fromkeys(family(data) or None for data in named if data is not None):
            yield key, item

    return Index(tuple(paths), records)


class FunctionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what leads to a function."""

    urls: Annotated[Place, "listeners"] = ()
    targets: Annotated[tuple[Referrer, ...], "listeners"] = ()
    """What registers it with load balancers."""
    policies: Annotated[Place, "listeners"] = ()
    """Where what registers it is not told: the policies by which load balancers may call it, without which none does."""


_BALANCERS = "elasticloadbalancing.amazonaws.com"


def function(view: View, at: FunctionAt) -> Worker:
    """A function runs when it is called; a URL of its own is a way in: https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html"""
    url = view.exists(at.urls)
    listeners: list[Any] = [Listener(what=view.says("a URL of its own"), there=url)] if url.data is not False else []
    for join in at.targets:
        target = view.referrers(join).exist
        listeners += [Listener(what=view.says("a target group of a load balancer"), there=target)] if target.data is not False else []
    listeners += [doubt for document in view.values(at.policies) if (doubt := _may_lead(view, document)) is not None]
    return Worker(
        identity=view.identity(view.called(at.name)),
        sort=view.says("function"),
        per_run=view.says(True),
        thrifty=view.says(True),
        by=view.says("calls"),
        listeners=view.says(listeners),
        sharers=view.says([]),
    )


def _may_lead(view: View, policy: Value[Any]) -> Unknown | None:
    """Why a load balancer may lead to a function: its policy lets them call it.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    """
    for statement in statements(policy):
        if isinstance(statement, Unknown):
            return statement
        named = any(kind == "Service" and Value(who).equals(_BALANCERS).data is not False for kind, who in statement.principals)
        if named and statement.allows is not False:
            reason = f"whether a target group leads to {view.item.address}, which load balancers may call"
            return Unknown(reason, "look at the target groups of type lambda, which are not asked for", view.location)
    return None
