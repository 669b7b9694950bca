"""Listeners of application load balancers, however an input writes them."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.base import Companions, Stack, identity, if_there
from assay.scanner.facts.edge.kinds import Listener, LoadBalancer
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value, all_of, any_of


class Names(msgspec.Struct, frozen=True):
    """Where an input writes what a load balancer does."""

    listeners: tuple[str, ...]
    """The types of listeners."""
    balancer: str
    """Where a listener names its load balancer."""
    rules: tuple[str, ...]
    """The types of the rules of a listener."""
    listener: str
    """Where a rule names its listener."""
    name: str
    type: str
    port: str
    protocol: str
    default_actions: str
    actions: str
    """Actions of a rule."""
    action_type: str
    redirect_protocol: str
    without_listener: Unknown | None = None
    """Why a load balancer without any listener may have some; None where all of them show."""


NO_LISTENER = Unknown(
    "no listener of it is in this code", "scan the code that declares its listeners together with this, or the live account"
)


def load_balancer(item: Item, stack: Stack, names: Names) -> LoadBalancer:
    held = [stack.companions(item, type_, names.balancer) for type_ in names.listeners]
    pairs = [pair for group in held for pair in group.pairs]
    listeners: list[Any] = [_listener(each, node, stack, names) for each, node in pairs]
    doubts = [group.more for group in held if group.more]
    if not listeners and not doubts:
        doubts = [names.without_listener] if names.without_listener else []
    encrypted = [if_there(listener.encrypted, node, False) for listener, (_, node) in zip(listeners, pairs, strict=True)]
    sort = item[names.type]
    return LoadBalancer(
        identity=identity(item, name=item[names.name], companions=held),
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html: application is the default
        http=sort.default("application").equals("application") if sort.unknown is None else _by_protocol(listeners),
        listeners=Value(listeners + doubts, (item.location(),)),
        serves_https=any_of([*encrypted, *[Value(doubt, (item.location(),)) for doubt in doubts]]),
    )


def _by_protocol(listeners: list[Any]) -> Value[bool]:
    """A load balancer that is declared elsewhere is an application load balancer where its listeners speak HTTP."""
    return any_of([each.protocol.default("HTTP").equals("HTTP", "HTTPS") for each in listeners])


def _listener(item: Item, node: Node, stack: Stack, names: Names) -> Listener:
    # An ALB listener without a protocol is refused by AWS: taken for HTTP.
    protocol = item[names.protocol].then(lambda name: name.upper() if isinstance(name, str) else name)
    harmless = _harmless(item, names.default_actions, names)
    for type_ in names.rules:
        rules: Companions = stack.companions(item, type_, names.listener)
        harmless += [Value(rules.more, (item.location(),))] if rules.more else []
        for rule in rules.nodes:
            harmless += _harmless(rule, names.actions, names)
    return Listener(
        name=Value(item.address, (item.location(),)),
        port=item[names.port].text(),
        protocol=protocol,
        encrypted=protocol.default("HTTP").equals("HTTPS", "TLS"),
        # One that may not exist does no harm if it does not.
        only_redirects=if_there(all_of(harmless) if harmless else Value(False, (item.location(),)), node, True),
    )


def _harmless(holder: Node, path: str, names: Names) -> list[Value[bool]]:
    """Of each action at a path, whether it lets nothing through in the clear."""
    actions, more = holder.blocks(path)
    found = [redirects(action[names.action_type], action[names.redirect_protocol]) for action in actions]
    return [*found, *([Value(more, (holder.location(),))] if more else [])]


def redirects(kind: Value[Any], target: Value[Any]) -> Value[bool]:
    """Whether an action of an HTTP listener lets no request through in the clear. `#{protocol}`, the default, keeps HTTP.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
    """
    secure = target.default("#{protocol}").equals("HTTPS")
    return any_of([kind.equals("fixed-response"), all_of([kind.equals("redirect"), secure])])
