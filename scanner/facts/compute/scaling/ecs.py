"""ECS: what scales a service. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.compute.scaling.claims import Claim, Names, by_name
from assay.scanner.facts.compute.scaling.kinds import ScaledService, Signal
from assay.scanner.facts.compute.scaling.metrics import PolicyAt, signals
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of, any_of


class ServiceAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what scales a service."""

    cluster: Link
    """The cluster that it is in; `default` where it names none."""
    cluster_name: str
    """Of a cluster, its name."""
    scheduling: Annotated[Place, "scalable"]
    state: Place = ""
    """Of a live service; one that is being deleted is still told of for a while."""
    targets: Index
    """Targets by what they name (claims.py)."""
    policies: Annotated[Index, "signals", "automatic"]
    least: Annotated[str, "roomy", "least"]
    """Of a target."""
    most: Annotated[str, "roomy", "most"]
    """Of a target."""
    halted: Annotated[str, "suspended"]
    """Of a target, whether scaling out is suspended."""
    policy: Annotated[PolicyAt, "signals"]


def service(view: View, at: ServiceAt) -> ScaledService | None:
    """A target lets its number change, and policies say when. None for one that is gone.

    A daemon has no number: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if at.state and view[at.state].equals("INACTIVE", "DRAINING").data is True:
        return None
    who, cluster = _names(view, at), _cluster(view, at)
    targets, open_target = _claiming(view, _known(view, at.targets, who, ()), who, cluster, {})
    verdicts = {target.item.address: target.doubt for target in targets}
    policies, open_policy = _claiming(view, _known(view, at.policies, who, verdicts), who, cluster, verdicts)
    there = [target.weighed(target.surely.says(True), absence=False) for target in targets]
    automatic = any_of([*there, *([view.says(open_target)] if open_target else [])])
    if not targets and automatic.data is False and policies:
        # A policy is taken for a target alone that is there: API_PutScalingPolicy.html, ObjectNotFoundException
        reason = f"{policies[0].item.address} scales {view.item.address}, and the target that it needs is declared elsewhere"
        automatic = view.says(Unknown(reason, "scan that together with this, or the live account", policies[0].location))
    policy_signals: list[Signal | Unknown] = [signal for policy in policies for signal in signals(policy, at.policy, who)]
    return ScaledService(
        identity=view.identity(view.called(at.name), *(companion.item for companion in (*targets, *policies))),
        sort=view.says("service"),
        scalable=view[at.scheduling].default("REPLICA").equals("DAEMON").negate(),
        automatic=automatic,
        roomy=all_of([_has_room(target.surely, at) for target in targets]) if targets else view.says(True),
        least=_bound(view, targets, at.least),
        most=_bound(view, targets, at.most),
        suspended=any_of([target.surely[at.halted].default(False).truth() for target in targets]) if targets else view.says(False),
        signals=view.says([*policy_signals, *([open_policy] if open_policy else [])]),
    )


def _bound(view: View, targets: list[View], path: str) -> Value[Any]:
    """A bound of the target of a service; absent where there is none."""
    if len(targets) < 2:
        return targets[0].surely[path].number() if targets else view.says(None)
    return view.says(Unknown(f"which of several targets bounds {view.item.address}", "scan the live account", view.location))


def _has_room(target: View, at: ServiceAt) -> Value[bool]:
    """Both bounds are required: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html"""
    least, most = target[at.least].number(), target[at.most].number()
    if least.absent or most.absent:
        return target.says(Unknown(f"the bounds of {target.item.address} are not said", "say the least and the most", target.location))
    return most.then(lambda upper: least.then(lambda lower: upper > lower).raw)


def _names(view: View, at: ServiceAt) -> Names:
    name = view.called(at.name)
    return Names(frozenset([view.item.address]), spelled(name.data))


def _cluster(view: View, at: ServiceAt) -> Names:
    """The cluster by its address and its name, of which an ARN has it as its last part."""
    linked = view.link(at.cluster).data
    if linked is None:
        return Names(text="default")
    named = view.target(at.cluster)
    if named is not None:
        return Names(frozenset([named.item.address]), spelled(named.surely[at.cluster_name].data))
    text = spelled(view[at.cluster].data)
    if isinstance(linked, Reference) and not linked.address.startswith("arn:"):
        return Names(frozenset([linked.address]))
    return Names(text=text.rpartition("/")[2])


def _known(view: View, index: Index, who: Names, targets: Iterable[str]) -> Iterator[Claim | Unknown]:
    """The claims that may be for a service, each once; those by any name where its own is open."""
    known = view.index(index)
    named = [by_name(who.text)] if who.known else [key for key in known if isinstance(key, tuple)]
    keys: list[Any] = [*who.addresses, *named, *targets, None]
    done: set[int] = set()
    for key in keys:
        for record in known.get(key, ()):
            if id(record) not in done:
                done.add(id(record))
                yield record


def _claiming(
    view: View, claims: Iterable[Claim | Unknown], who: Names, cluster: Names, targets: dict[str, Unknown | None]
) -> tuple[list[View], Unknown | None]:
    """The items whose claims are on a service, and why there may be more of them. `targets`: addresses of the targets that are."""
    items: list[Item] = []
    more: Unknown | None = None
    for claim in claims:
        if isinstance(claim, Unknown):
            more = more or claim
            continue
        named = _by_target(claim, targets) if claim.targets else claim.of(view.item, who, cluster)
        if claim.targets and named is None:
            named = claim.of(view.item, who, cluster)
        if named and claim.of_ecs:
            items.append(claim.item)
        elif named is not False:
            more = more or claim.why
    return [view.of(item) for item in items], more


def _by_target(claim: Claim, targets: dict[str, Unknown | None]) -> bool | None:
    """Whether the target that a policy names is one of the service; None where it names one of several."""
    common = claim.targets & targets.keys()
    if not common:
        return False
    return True if len(claim.targets) == 1 else None
