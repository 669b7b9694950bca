"""Google's load balancer and Cloud Armor. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from assay.scanner.facts.edge.attached import names_firewall
from assay.scanner.facts.edge.kinds import EntryPoint, FirewallRule, Listener, LoadBalancer, WebFirewall
from assay.scanner.facts.google_assets import is_live, missing
from assay.scanner.facts.spelling import Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
_DEFAULT_PRIORITY = 2_147_483_647


class BackendAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a backend service, or of a bucket, which has no protocol. The defaults are the API's names."""

    name: Place = "name"
    scheme: Place = "loadBalancingScheme"
    protocol: Place = "protocol"
    policy: Annotated[Link, "waf_attached"] = Link("securityPolicy", ())
    """Buckets take edge security policies only: https://cloud.google.com/armor/docs/security-policy-overview#edge-security-policies"""


def backend(view: View, at: BackendAt) -> EntryPoint:
    """External unless it says otherwise: https://cloud.google.com/compute/docs/reference/rest/v1/backendServices

    Cloud Armor takes backend services of some protocols: https://cloud.google.com/armor/docs/security-policy-overview#requirements
    """
    return EntryPoint(
        identity=view.identity(view[at.name]),
        internet_facing=view[at.scheme].default("EXTERNAL").equals(*_EXTERNAL),
        accepts_waf=view[at.protocol].default("HTTP").equals("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL"),
        waf_attached=names_firewall(view, at.policy),
        declared=view.says(False),  # a backend names its policy itself
        attached_elsewhere=view.says(False),
    )


class SecurityPolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a security policy. A rule has `action`, `priority` and `preview` in every input."""

    name: Place = "name"
    rules: str = "rules"
    separate: tuple[Referrer, ...] = ()
    """Rules of their own. Whether a policy blocks anything cannot be said from one of them, so that none is judged alone."""
    ranges: str = "match.config.srcIpRanges"
    """This and the next are those of a rule."""
    expression: str = "match.expr.expression"


def security_policy(view: View, at: SecurityPolicyAt) -> WebFirewall:
    """The default rule allows unless the policy says otherwise: https://cloud.google.com/armor/docs/security-policy-overview"""
    rules, more = view.inner(at.rules)
    separate = view.referrers(*at.separate)
    if not rules and not more and is_live(view.item):
        # Every policy has a default rule, so that an asset without one does not show them.
        reason = f"the rules of {view.item.address} are not in the asset"
        more = Unknown(reason, "read it with gcloud compute security-policies describe", view.location)
    rules += separate.views
    default = [rule for rule in rules if rule["priority"].number().data == _DEFAULT_PRIORITY]
    openers = _openers(rules, at)
    told = {id(rule): _rule(rule, openers) for rule in rules}
    others: list[Any] = [told[id(rule)] for rule in rules if rule not in default]
    return WebFirewall(
        identity=view.identity(view[at.name], *separate.items),
        blocks_by_default=any_of([told[id(rule)].enforced for rule in default]) if default else view.says(False),
        rules=view.says(others + [doubt for doubt in (more, separate.more) if doubt]),
    )


Opener: TypeAlias = tuple[View, Value[bool]]
"""A rule, and whether it lets every request through."""


def _openers(rules: list[View], at: SecurityPolicyAt) -> list[Opener]:
    """The rules that may let every request through; of those that certainly do, the one that decides first is enough."""
    may = [(rule, admits) for rule in rules if (admits := _admits_all(rule, at)).data is not False]
    numbers = {id(rule): number for rule, admits in may if admits.data is True and (number := rule["priority"].number().data) is not None}
    known = {key: number for key, number in numbers.items() if isinstance(number, (int, float))}
    first = min(known, key=known.__getitem__, default=None)
    return [(rule, admits) for rule, admits in may if id(rule) not in known or id(rule) == first]


def _rule(rule: View, openers: list[Opener]) -> FirewallRule:
    """A rule blocks what comes to it: of the rules that a request matches, the one with the lowest number decides.

    https://cloud.google.com/armor/docs/security-policy-overview#eval-order
    """
    acts = rule["action"].then(
        lambda name: isinstance(name, str) and (name.startswith("deny") or name in ("throttle", "rate_based_ban", "redirect"))
    )
    let_through = any_of([all_of([_earlier(other, rule), admits]) for other, admits in openers if other is not rule])
    return FirewallRule(name=rule.says(f"priority {rule['priority'].data}"), enforced=all_of([acts, _in_force(rule), let_through.negate()]))


def _in_force(rule: View) -> Value[bool]:
    return rule["preview"].default(False).truth().negate()


def _earlier(other: View, rule: View) -> Value[bool]:
    """Whether another rule decides before one."""
    return other["priority"].number().then(lambda number: rule["priority"].number().then(lambda own: number < own).raw)


def _admits_all(rule: View, at: SecurityPolicyAt) -> Value[bool]:
    """Whether a rule lets every request through, so that none comes to those behind it."""
    ranges = [value.equals("*", "0.0.0.0/0") for value in rule[at.ranges].elements()]
    every = any_of([rule[at.expression].equals("true"), *ranges])
    return all_of([rule["action"].equals("allow"), _in_force(rule), every])


class ForwardingRuleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a load balancer: a forwarding rule with its proxy and URL map. The defaults are the API's names."""

    name: Place = "name"
    scheme: Place = "loadBalancingScheme"
    service_connection: Place = "pscConnectionId"
    """The id that an endpoint of Private Service Connect has."""
    port: Place = "portRange"
    target: Link
    url_map: Link
    """Of a proxy."""
    matchers: str = "pathMatchers"
    """Of a URL map."""
    rules: tuple[str, ...] = ("pathRules", "routeRules")
    """Of a matcher."""
    default_redirect: str = "defaultUrlRedirect.httpsRedirect"
    """Of a URL map or a matcher: whether it redirects to HTTPS what no rule is for."""
    redirect: str = "urlRedirect.httpsRedirect"
    """Of a rule."""


# What a forwarding rule points to, by a part of its type or of the collection in its name: (is HTTP, has TLS).
_TARGETS = {
    "httpsprox": (True, True),
    "httpprox": (True, False),
    "sslprox": (False, True),
    **dict.fromkeys(("tcpprox", "grpcprox", "targetpool", "targetinstance", "vpngateway", "serviceattachment"), (False, False)),
}


def forwarding_rule(view: View, at: ForwardingRuleAt) -> LoadBalancer | None:
    """One rule is one listener. Internal rules are no entry; passthrough rules have no proxy and are not HTTP.

    Endpoints of Private Service Connect have no scheme: https://cloud.google.com/compute/docs/reference/rest/v1/forwardingRules
    """
    scheme, target, proxy = view[at.scheme], view.link(at.target), view.target(at.target)
    sort = _target_sort(view, at)
    connects = "serviceattachment" in sort or target.data in ("all-apis", "vpc-sc") or view[at.service_connection].is_set().data
    external = scheme.default("EXTERNAL").equals(*_EXTERNAL)
    if external.data is False or (connects and not scheme.is_set().data):
        return None
    traffic = (False, False) if target.absent else next((told for part, told in _TARGETS.items() if part in sort), None)
    if traffic is None:
        unknown: Value[Any] = Value(target.unknown or missing(view.item, "the proxy", "compute.googleapis.com/TargetHttpProxy"))
        http = encrypted = protocol = redirects = unknown
    else:
        http, encrypted = (Value(flag, target.seen) for flag in traffic)
        protocol = Value("HTTPS" if encrypted.data else "HTTP" if http.data else "TCP", target.seen)
        redirects = _redirects(view, proxy, at) if http.data and not encrypted.data else Value(False)
    listener = Listener(
        name=view.says(view.item.address), port=view[at.port].text(), protocol=protocol, encrypted=encrypted, only_redirects=redirects
    )
    who = view.identity(view[at.name])
    who.perhaps = external.unknown
    return LoadBalancer(
        identity=who,
        http=http,
        listeners=view.says([listener]),
        serves_https=any_of([encrypted, redirects]),
    )


def is_vpn(view: View, at: ForwardingRuleAt) -> bool:
    """Whether a forwarding rule is for a gateway of Classic VPN."""
    return "vpngateway" in _target_sort(view, at)


def _target_sort(view: View, at: ForwardingRuleAt) -> str:
    """What a forwarding rule points to: a type, or the collection in a name, in lower case without `_`."""
    proxy = view.target(at.target)
    return proxy.item.type.lower().replace("_", "") if proxy else _sort(view.link(at.target).data)


def _sort(target: Any) -> str:
    """The type that a reference names, or the collection in a name: `targethttpproxies` of `…/global/targetHttpProxies/web`."""
    if isinstance(target, Reference) and not target.address.startswith("//"):
        return target.type.lower().replace("_", "")
    name = target.address if isinstance(target, Reference) else target
    if isinstance(name, Text):
        name = "".join(part if isinstance(part, str) else "*" for part in name.parts)
    return name.rsplit("/", 2)[-2].lower() if isinstance(name, str) and "/" in name else ""


def _redirects(view: View, proxy: View | None, at: ForwardingRuleAt) -> Value[bool]:
    """Whether every way through the URL map behind a forwarding rule redirects to HTTPS."""
    if proxy is None:
        return Value(missing(view.item, "the proxy", "compute.googleapis.com/TargetHttpProxy"))
    url_map = proxy.target(at.url_map)
    if url_map is None:
        return Value(missing(proxy.item, "the URL map", "compute.googleapis.com/UrlMap"))
    url_map = url_map.surely
    ways = [url_map[at.default_redirect]]
    matchers, more = url_map.inner(at.matchers)
    for matcher in matchers:
        rules, unknown = matcher.inner(*at.rules)
        ways += [matcher[at.default_redirect], *(rule[at.redirect] for rule in rules)]
        more = more or unknown
    return all_of([*[way.default(False).truth() for way in ways], *([Value(more)] if more else [])])
