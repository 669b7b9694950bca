"""Backends of Google's load balancer, by the addresses that Cloud Armor admits.

https://cloud.google.com/armor/docs/security-policy-overview: of the rules that a request matches, that with the lowest number for its
priority decides; the default rule, which a policy always has, allows unless it says otherwise.
"""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.access.admission.kinds import Admission, AdmittedSource
from assay.scanner.facts.access.admission.sources import EVERYBODY, everybody, narrowed, of_range
from assay.scanner.facts.edge.google import BackendAt
from assay.scanner.facts.google_assets import is_live, missing
from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Link, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

Told = list[Any]
_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")


class ArmorAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whom a security policy admits. The defaults are the API's names."""

    rules: tuple[str, ...] = ("rules",)
    separate: tuple[Referrer, ...] = ()
    """Rules of their own."""
    ranges: str = "match.config.srcIpRanges"
    expression: str = "match.expr.expression"
    conform: str = "rateLimitOptions.conformAction"


class AdmittingBackendAt(BackendAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells whom a backend admits."""

    policy: Annotated[Link, "sources"] = Link("securityPolicy", ())
    edge: Annotated[Link | None, "openings"] = None
    """The edge policy of a backend service, which stands before its other policy."""
    armor: ArmorAt = ArmorAt()


def backend(view: View, at: AdmittingBackendAt) -> Admission:
    """External unless it says otherwise: https://cloud.google.com/compute/docs/reference/rest/v1/backendServices"""
    return Admission(
        identity=view.identity(view[at.name]),
        internet_facing=view[at.scheme].default("EXTERNAL").equals(*_EXTERNAL),
        accepts_waf=view[at.protocol].default("HTTP").equals("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL"),
        only_from_cdn=view.says(False),
        sources=view.says(_by_policy(view, at.policy, at.armor)),
        openings=view.says(_by_policy(view, at.edge, at.armor) if at.edge else [everybody((view.location,))]),
    )


def _by_policy(view: View, link: Link, at: ArmorAt) -> Told:
    named = view.link(link)
    if named.absent or named.data == "":
        return [everybody(named.seen or (view.location,))]
    policy = view.target(link)
    if policy is not None:
        return _admitted(policy.surely, at)
    return [named.unknown or missing(view.item, "the security policy", "compute.googleapis.com/SecurityPolicy")]


def _admitted(policy: View, at: ArmorAt) -> Told:
    """Whom a policy admits: what its rules allow, in the order of their priorities, up to one that decides on everybody else."""
    rules, more = policy.inner(*at.rules)
    separate = policy.referrers(*at.separate)
    doubt = more or separate.more
    if not rules and not doubt and is_live(policy.item):
        reason = f"the rules of {policy.item.address} are not in the asset"
        doubt = Unknown(reason, "read it with gcloud compute security-policies describe", policy.location)
    told: Told = []
    ordered: list[tuple[float, View]] = []
    for rule in (*rules, *separate.views):
        priority = rule.surely["priority"].number()
        if not isinstance(priority.data, (int, float)):
            reason = f"in which order the rules of {policy.item.address} decide"
            return [priority.unknown or Unknown(reason, "give each rule a priority", rule.location)]
        ordered.append((priority.data, rule))
    limit: Unknown | None = None
    """Why few may be left by now of those whom the following rules are for."""
    for _, owner in sorted(ordered, key=lambda pair: pair[0]):
        rule = owner.surely
        matched, admits, previewed = _matched(rule, at), _admits(rule, at), rule["preview"].default(False).truth()
        if previewed.data is True:
            continue
        open_ = owner.doubt or admits.unknown or previewed.unknown
        if admits.data is not False:
            told += _limited(matched, open_ or limit)
        if not open_ and any(isinstance(source, AdmittedSource) and source.source.data == EVERYBODY for source in matched):
            return [*told, doubt] if doubt else told
        if admits.data is not True:
            left = _left(rule, at)
            if left is not None and not open_:
                return [*told, *_limited(left, limit), *([doubt] if doubt else [])]
            limit = limit or open_ or _much(rule, matched, at)
    return [*told, limit or doubt or everybody((policy.location,))]


def _limited(told: Told, why: Unknown | None) -> Told:
    return [narrowed(source, why) if why and isinstance(source, AdmittedSource) else source for source in told]


_ATTACKS = lazy_re.pattern(r"\s*evaluate(PreconfiguredWaf|PreconfiguredExpr|ThreatIntelligence)\([^()!]*\)\s*")


def _much(rule: View, matched: Told, at: ArmorAt) -> Unknown | None:
    """Why a rule that denies may deny so many that few are left: those for signatures of attacks, or some ranges, do not."""
    text = rule[at.expression]
    if isinstance(text.data, str) and all(_ATTACKS.fullmatch(part) for part in text.data.split("||")):
        return None
    wide = [
        source for source in matched if isinstance(source, AdmittedSource) and ipaddress.ip_network(source.source.data).prefixlen < _WIDE
    ]
    unknown = next((source for source in matched if isinstance(source, Unknown)), None)
    return unknown or (
        Unknown("who is left by a rule that denies most addresses", "deny by the default rule", rule.location) if wide else None
    )


_WIDE = 2


def _admits(rule: View, at: ArmorAt) -> Value[Any]:
    """Whether a rule lets through what it matches. One that redirects does not.

    Rates are limited of what gets through: https://cloud.google.com/armor/docs/rate-limiting-overview
    """

    def admits(action: Any) -> Any:
        name = str(action)
        if name in ("throttle", "rate_based_ban"):
            return rule[at.conform].default("allow").equals("allow").data
        return True if name == "allow" else False if name.startswith("deny") or name.startswith("redirect") else _unclear(rule)

    return rule["action"].text().then(admits)


def _unclear(rule: View) -> Unknown:
    return Unknown("what a rule does with the requests that it matches", "let it allow or deny", rule.location)


_ONE = lazy_re.pattern(r"\s*(?P<not>!?)\s*inIpRange\(\s*origin\.ip\s*,\s*(?P<quote>['\"])(?P<range>[0-9a-fA-F.:/]+)(?P=quote)\s*\)\s*")


def _terms(rule: View, at: ArmorAt, joint: str, negated: bool) -> list[Value[Any]] | None:
    """The ranges of an expression that consists of `inIpRange(origin.ip, '…')` alone, joined by `||`, or negated and joined by `&&`.

    https://cloud.google.com/armor/docs/rules-language-reference
    """
    text = rule[at.expression]
    if not isinstance(text.data, str):
        return None
    matches = [_ONE.fullmatch(part) for part in text.data.split(joint)]
    if not all(match is not None and bool(match["not"]) is negated for match in matches):
        return None
    return [Value(match["range"], text.seen) for match in matches if match is not None]


def _matched(rule: View, at: ArmorAt) -> Told:
    """The addresses of the requests that a rule is for."""
    expression = rule[at.expression]
    if not expression.absent:
        terms = _terms(rule, at, "||", negated=False)
        if expression.data == "true":
            return [everybody(expression.seen)]
        if terms is not None:
            return [of_range(term) for term in terms]
        why = Unknown("whom a rule is for whose expression is about more than addresses", "match by ranges of addresses", rule.location)
        return [expression.unknown or why]
    ranges = listed(rule.node, at.ranges)
    if not ranges:
        return [Unknown("which addresses a rule is for", "give it ranges of addresses", rule.location)]
    return [everybody(value.seen) if value.data == "*" else of_range(value) for value in ranges]


def _left(rule: View, at: ArmorAt) -> Told | None:
    """Whom a rule leaves that denies all but some ranges."""
    terms = _terms(rule, at, "&&", negated=True)
    return None if terms is None else [of_range(term) for term in terms]
