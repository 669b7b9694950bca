"""Load balancers of AWS as entries of users: which of their routes ask users to sign in.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.access.kinds import Directory, RequestRoute, UserEntry
from assay.scanner.facts.edge.entry_points import INLINE
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, references_in
from assay.scanner.sources.values import Value, all_of, any_of, first_known

_AUTHENTICATES, _VERIFIES = ("authenticate-oidc", "authenticate-cognito"), "jwt-validation"
_ANSWERS = ("redirect", "fixed-response")
_IN_APP = attestable("whether the service verifies the signed token that comes with each request is in its code")
_PROVIDER = attestable("whether the identity provider asks every user for a second factor is a setting of that provider")
_HINT = attestable("the identity provider decides whose accounts get in: the parameter hd of a request is a hint, not a check")


class EntryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the routes of a load balancer. The defaults are the API's names."""

    scheme: Place = "Scheme"
    published: tuple[Referrer, ...] = ()
    """What brings users of the internet to an internal load balancer: VPC origins of CloudFront."""
    type: Place = "Type"
    dns: Place = ""
    """Its name in DNS, by which distributions mean it."""
    listeners: tuple[Referrer, ...]
    rules: tuple[Referrer, ...]
    port: Place = "Port"
    default_actions: str = "DefaultActions"
    actions: str = "Actions"
    action: str = "Type"
    unauthenticated: str = "AuthenticateOidcConfig.OnUnauthenticatedRequest|AuthenticateCognitoConfig.OnUnauthenticatedRequest"
    issuer: str = "AuthenticateOidcConfig.Issuer|JwtValidationConfig.Issuer"
    conditions: str = "Conditions"
    patterns: tuple[str, ...] = ("PathPatternConfig.Values", "Values")
    field: str = "Field"
    priority: Place = "Priority"
    fronts: Index | None = None
    """Distributions with functions at the edge, by what their origins are (`fronted`)."""


def entry(view: View, at: EntryAt) -> UserEntry:
    """An application load balancer that faces the internet, unless it says otherwise. By a VPC origin an internal one does, too.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html,
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """
    return UserEntry(
        identity=view.identity(view[at.name]),
        internet_facing=any_of([internal(view, at).negate(), view.referrers(*at.published).exist]),
        asks_users=view[at.type].default("application").equals("application"),
        routes=view.says(routes(view, at)),
    )


def directory(view: View, at: EntryAt) -> Directory | None:
    """A load balancer that signs users in by an identity provider, without a user pool between them."""
    known = [route for route in routes(view, at) if isinstance(route, RequestRoute)]
    direct = [route for route in known if isinstance(route.issuer.data, str) or route.issuer.unknown]
    if not direct:
        return None
    seen = direct[0].issuer.seen
    return Directory(
        identity=view.identity(view[at.name]),
        own_users=Value(False, seen),
        second_factor=Value("OFF", seen),
        federates=Value(True, seen),
        federated_second_factor=Value(_PROVIDER, seen),
        open_sign_up=Value(False, seen),
        restricts_domains=Value(_HINT, seen),
        members=Value([], seen),
        domains=Value([], seen),
    )


def internal(view: View, at: EntryAt) -> Value[bool]:
    """Whether only VPCs reach it: by a flag, a scheme, or because it is made for them alone."""
    scheme = view[at.scheme].then(lambda setting: {"internal": True, "internet-facing": False}.get(setting, setting))
    return any_of([scheme.default(False).truth(), view[at.type].default("application").equals(INLINE)])


def routes(view: View, at: EntryAt) -> list[Any]:
    """A route for the default of each listener and for each of its rules; Unknown where there may be more."""
    companions = view.referrers(*at.listeners)
    entry_routes: list[Any] = []
    for owner in companions.views:
        listener = owner.surely
        name = f"port {listener[at.port].data}" if isinstance(listener[at.port].data, (int, str)) else listener.item.label
        entry_routes.append(_route(owner, listener, at.default_actions, f"{name}, default", Value([]), view, at))
        rules = listener.referrers(*at.rules)
        for rule in rules.views:
            if rule["IsDefault"].data is not True:  # of the live account, the default action of its listener once more
                priority = rule.surely[at.priority].data
                called = f"{name}, rule {priority}" if isinstance(priority, (int, str)) else f"{name}, {rule.item.label}"
                entry_routes.append(_route(rule, rule.surely, at.actions, called, _paths(rule, at), view, at))
        entry_routes += [rules.more] if rules.more else []
    return entry_routes + ([companions.more] if companions.more else [])


def _route(owner: View, told: View, path: str, name: str, paths: Value[Any], balancer: View, at: EntryAt) -> RequestRoute:
    """`owner` is in doubt where it may not exist: then nobody comes in by it."""
    actions, more = told.inner(path)
    doubt = [told.says(more)] if more else []
    kinds = [action[at.action] for action in actions]
    asked = [
        all_of([kind.equals(*_AUTHENTICATES), action[at.unauthenticated].default("authenticate").equals("allow").negate()])
        for kind, action in zip(kinds, actions, strict=True)
    ]
    verified = [kind.equals(_VERIFIES) for kind in kinds]
    signs_in = any_of([*asked, *verified, *doubt])
    if signs_in.data is False and (function := _function(balancer, at)):
        signs_in = function
    passes = [kind.equals(*_ANSWERS, *_AUTHENTICATES, _VERIFIES).negate() for kind in kinds]
    tokens = any_of([*verified, *doubt])
    return RequestRoute(
        name=told.says(name),
        serves=owner.weighed(any_of([*passes, *doubt]), absence=False),
        paths=paths,
        signs_in=owner.weighed(signs_in, absence=True),
        issuer=first_known(*(action[at.issuer].text() for action in actions)) if actions else told.says(None),
        verifies_tokens=owner.weighed(tokens if tokens.data is not False else Value(_IN_APP, tokens.seen), absence=True),
    )


def _paths(rule: View, at: EntryAt) -> Value[Any]:
    """The patterns of the first condition on paths; conditions of a rule are ANDed, patterns of one condition ORed."""
    conditions, more = rule.surely.inner(at.conditions)
    for condition in conditions:
        for place in at.patterns:
            field = condition[at.field]
            if place == "Values" and field.equals("path-pattern").data is not True:
                continue
            patterns = condition[place]
            if not patterns.absent:
                return patterns.then(lambda data: data if isinstance(data, list) else [data])
    return rule.says(more if more else [])


def _function(balancer: View, at: EntryAt) -> Value[Any] | None:
    """What a function at the edge before the load balancer does is in its code."""
    if at.fronts is None:
        return None
    dns = balancer[at.dns].data if at.dns else None
    keys = [balancer.item.address, *([dns.lower()] if isinstance(dns, str) else [])]
    records = [record for key in keys for record in balancer.index(at.fronts).get(key, ())]
    if not records:
        return None
    reason = f"whether the function at the edge of {records[0].address} asks users to sign in is in its code"
    return Value(attestable(reason), (records[0].location(),))


def fronted(origins: str, domain: str, functions: tuple[tuple[str, str, str], ...], *types: str) -> Index:
    """Distributions that run a function on requests of viewers, by the address and the name in DNS of what their origins are.

    `functions`: paths of their behaviours, in these of the associations, and in these of the type of the event.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if not any(_on_requests(item, path) for path in functions):
            return
        for origin in item.blocks(origins)[0]:
            named = origin.link(domain).data
            yield from ((reference.address, item) for reference in references_in(named))
            if isinstance(named, str):
                yield named.lower(), item

    return Index(types, records)


def _on_requests(item: Item, path: tuple[str, str, str]) -> bool:
    behaviours, associations, event = path
    nodes, more = item.blocks(behaviours)
    for node in nodes:
        inner, unknown = node.blocks(associations)
        if unknown or any(isinstance(one[event].data, Unknown) or one[event].data in ("viewer-request", "origin-request") for one in inner):
            return True
    return more is not None
