"""Load balancers of AWS with their listeners."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.kinds import Listener, LoadBalancer
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, any_of


class BalancerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a load balancer, of its listeners and of their rules. The defaults are the API's names."""

    name: Place = "Name"
    type: Annotated[Place, "http"] = "Type"
    listeners: Annotated[tuple[Referrer, ...], "listeners", "serves_https"]
    rules: Annotated[tuple[Referrer, ...], "listeners"]
    """Rules of a listener. They say what it does beside its default, so that one of a listener declared elsewhere tells nothing alone."""
    port: Place = "Port"
    protocol: Place = "Protocol"
    default_actions: str = "DefaultActions"
    actions: str = "Actions"
    """Those of a rule."""
    action: str = "Type"
    """The type of an action."""
    redirect_protocol: str = "RedirectConfig.Protocol"


def load_balancer(view: View, at: BalancerAt) -> LoadBalancer:
    """A load balancer for HTTP, unless it says otherwise."""
    companions = view.referrers(*at.listeners)
    listeners: list[Any] = [_listener(listener, at) for listener in companions.views]
    encrypted = [owner.weighed(listener.encrypted, absence=False) for listener, owner in zip(listeners, companions.views, strict=True)]
    more = companions.more
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html: application is the default
    application = view[at.type].default("application").equals("application")
    speaks = _speaks_http(listeners)
    return LoadBalancer(
        identity=view.identity(view[at.name]),
        http=speaks if view.elsewhere or (application.unknown and speaks.data is True) else application,
        listeners=view.says(listeners + ([more] if more else [])),
        serves_https=any_of([*encrypted, *([view.says(more)] if more else [])]),
    )


def _speaks_http(listeners: list[Any]) -> Value[bool]:
    """A load balancer whose type is not known is an application load balancer where its listeners speak HTTP."""
    return any_of([listener.protocol.default("HTTP").equals("HTTP", "HTTPS") for listener in listeners])


def _listener(view: View, at: BalancerAt) -> Listener:
    listener = view.surely
    # An ALB listener without a protocol is refused by AWS: taken for HTTP.
    protocol = listener[at.protocol].then(lambda name: name.upper() if isinstance(name, str) else name)
    rules = listener.referrers(*at.rules)
    harmless = _harmless(listener, at.default_actions, at)
    harmless += [action for rule in rules.views for action in _harmless(rule, at.actions, at)]
    harmless += [listener.says(rules.more)] if rules.more else []
    return Listener(
        name=listener.says(listener.item.address),
        port=listener[at.port].text(),
        protocol=protocol,
        encrypted=protocol.default("HTTP").equals("HTTPS", "TLS"),
        # One that may not exist does no harm if it does not.
        only_redirects=view.weighed(all_of(harmless) if harmless else listener.says(False), absence=True),
    )


def _harmless(owner: View, path: str, at: BalancerAt) -> list[Value[bool]]:
    """Of each action at a path, whether it lets no request through in the clear. `#{protocol}`, the default, keeps HTTP.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
    """
    actions, more = owner.inner(path)
    harmless: list[Value[bool]] = []
    for action in actions:
        secure = action[at.redirect_protocol].default("#{protocol}").equals("HTTPS")
        kind = action[at.action]
        harmless.append(any_of([kind.equals("fixed-response"), all_of([kind.equals("redirect"), secure])]))
    return harmless + ([owner.says(more)] if more else [])
