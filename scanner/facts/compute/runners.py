"""Whose machines code runs on: those of a serverless service, or some that somebody has to manage.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch-type-comparison.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.compute import app_runner
from assay.scanner.facts.compute.kinds import Runner
from assay.scanner.facts.google_assets import short
from assay.scanner.facts.spelling import Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of

MACHINE, MACHINES = "a machine of its own", "machines of its own"
"""What code runs on, in words."""


class FixedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """What has one answer for all of its type."""

    sort: str
    by: str
    """In words."""
    serverless: bool = False
    unless: Annotated[Place, "serverless"] = ""
    """A flag of the few that the provider runs all the same: Autopilot of GKE."""
    where: Annotated[Place, "serverless"] = ""
    """A flag without which it runs nothing by itself: Auto Mode of EKS."""
    state: Annotated[Place, "serverless"] = ""
    """Of a live machine; one that is gone is still told of for a while."""


_GONE = ("terminated", "shutting-down", *app_runner.GONE)


def fixed(view: View, at: FixedAt) -> Runner | None:
    """A function, a service of Cloud Run, a machine, a group of machines."""
    if at.state and view[at.state].equals(*_GONE).data is True:
        return None
    by_itself = view[at.where].default(False).truth() if at.where else view.says(True)
    if by_itself.data is False:
        return None
    serverless = view[at.unless].default(False).truth() if at.unless else view.says(at.serverless)
    return Runner(
        identity=view.identity(short(view.called(at.name))),
        sort=view.says(at.sort),
        serverless=by_itself.negate() if at.where else serverless,
        by=view.says(at.by),
    )


class EnvironmentAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells on what the jobs of a compute environment of AWS Batch run."""

    resources: Annotated[Place, "serverless", "by"]
    """`EC2`, `SPOT`, `FARGATE` or `FARGATE_SPOT`; nothing of one that somebody else manages."""
    status: Annotated[Place, "serverless"] = ""
    """Of a live one; one that is gone is still told of for a while."""


def environment(view: View, at: EnvironmentAt) -> Runner | None:
    """A compute environment. https://docs.aws.amazon.com/batch/latest/userguide/compute_environments.html"""
    if at.status and view[at.status].equals("DELETED", "DELETING").data is True:
        return None
    resources = view[at.resources]
    return Runner(
        identity=view.identity(view.called(at.name)),
        sort=view.says("compute environment"),
        serverless=resources.equals("FARGATE", "FARGATE_SPOT"),
        by=view.says(MACHINES if resources.absent else describe(resources.raw)),
    )


class TasksAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what the tasks of ECS run on."""

    sort: str
    blocks: Annotated[str, "serverless", "by"] = ""
    """Of what starts several things, the blocks that the other places are in; empty for the item itself."""
    runs: Annotated[str, "serverless", "by"] = ""
    """What such an item, or a block of it, must have to start tasks at all."""
    launch: Annotated[str, "serverless", "by"]
    strategy: Annotated[str, "serverless", "by"]
    provider: str = "capacity_provider"
    external: Annotated[Place, "serverless"] = ""
    """Who deploys a service: where that is another, its task sets say what they run on."""
    cluster: Annotated[Link | None, "serverless", "by"] = None
    defaults: Annotated[Referrer | None, "serverless", "by"] = None
    """Of a cluster: what adds its capacity providers, with the path of the default strategy in it."""
    own_default: str = ""
    """The same in the cluster itself."""
    cluster_names: tuple[str, ...] = ()


def tasks(view: View, at: TasksAt) -> Runner | None:
    """A service, a task set, or what starts tasks by the clock; None where it starts none, or others say what it runs on."""
    if at.external and view[at.external].equals("EXTERNAL").data is True:
        return None
    blocks, more = view.inner(at.blocks) if at.blocks else ([view], None)
    starting = [one for one in blocks if not at.runs or one[at.runs].data not in (None, [])]  # a plan writes no block as []
    if not starting and more is None:
        return None
    told = [_run_on(one, at) for one in starting]
    return Runner(
        identity=view.identity(view.called(at.name)),
        sort=view.says(at.sort),
        serverless=all_of([*[serverless for serverless, _ in told], *([view.says(more)] if more else [])]),
        by=view.says(", ".join(dict.fromkeys(words for _, words in told)) or "something that is not known"),
    )


def _run_on(one: View, at: TasksAt) -> tuple[Value[Any], str]:
    """A strategy goes before a launch type; without both, the default strategy of the cluster counts, and then EC2.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    blocks, more = one.inner(at.strategy)
    if blocks or more:
        return _by_strategy(one, at, blocks, more)
    launch = one[at.launch]
    if launch.data in (None, ""):
        return _by_default(one, at)
    named = launch.equals("FARGATE")
    if None not in launch.options:
        return named, describe(launch.raw)
    default, words = _by_default(one, at)  # it may be left out
    agree = [Value(option).equals("FARGATE").data for option in launch.options if option is not None]
    return (
        default if all(is_fargate is default.data for is_fargate in agree) else one.says(launch.unknown)
    ), f"what is not known, or {words}"


def _by_strategy(one: View, at: TasksAt, blocks: list[View], more: Unknown | None) -> tuple[Value[Any], str]:
    providers = [block.link(at.provider) for block in blocks]
    told: list[Value[Any]] = [provider.then(_is_fargate) for provider in providers]
    return all_of([*told, *([one.says(more)] if more else [])]), ", ".join(describe(provider.raw) for provider in providers)


_PROVIDERS = ("aws_ecs_capacity_provider", "AWS::ECS::CapacityProvider")


def _is_fargate(name: Any) -> bool | Unknown:
    """What names another resource is a capacity provider of the customer's: those of Fargate are no resources."""
    if isinstance(name, Reference) and name.type in _PROVIDERS:
        return False
    equal: bool | Unknown = Value(name).equals("FARGATE", "FARGATE_SPOT").data
    return equal


def _by_default(one: View, at: TasksAt) -> tuple[Value[Any], str]:
    blocks, more = _default_strategy(one, at)
    if not blocks and more is not None:
        return one.says(more), "the default of its cluster"
    if blocks or more:
        return _by_strategy(one, at, blocks, more)
    return one.says(False), "EC2, which is the default"


def _default_strategy(one: View, at: TasksAt) -> tuple[list[View], Unknown | None]:
    """The default strategy of a cluster, and why there may be more of it."""
    cluster = one.target(at.cluster) if at.cluster is not None else None
    if cluster is None:
        reason = f"{one.item.address} names neither a launch type nor capacity providers, and the default of its cluster is not read"
        return [], Unknown(reason, "name the launch type, or scan the cluster together with this", one.location)
    return one.of(cluster.item, at.cluster_names).inner(at.own_default, *([at.defaults] if at.defaults else []))


def strategy(one: View, at: TasksAt, own: str, launch_at: str) -> tuple[list[View], Unknown | None]:
    """The strategy that counts, with why there may be more of it: its own, else, without a launch type, the default of its cluster.

    `own` and `launch_at`: where it tells these two.
    """
    blocks, more = one.inner(own)
    if blocks or more:
        return blocks, more
    launch = one[launch_at]
    return _default_strategy(one, at) if launch.data in (None, "") else ([], launch.unknown)
