"""Classic load balancers of AWS, whose listeners negotiate TLS by policies that are made for one load balancer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-ssl-security-policy.html
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from assay.scanner.facts.edge.tls.kinds import TlsEndpoint, TlsSide
from assay.scanner.facts.edge.tls.listeners import named, negotiated, port_name
from assay.scanner.facts.edge.tls.negotiation import DEFAULT_POLICY, Negotiation, load_balancing, side
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, unknown_inside
from assay.scanner.sources.values import Value, any_of

_ENCRYPTED = ("HTTPS", "SSL")
_NEGOTIATES = "SSLNegotiationPolicyType"


class PoliciesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of policies of a load balancer; the paths are those of one policy."""

    place: str | Referrer
    name: Place = "PolicyName"
    type: str = "PolicyType"
    """Empty where all of them are for TLS."""
    attributes: str = "Attributes"
    attribute: str = "Name"
    value: str = "Value"
    ports: str = ""
    """The ports that a policy says it is for."""


class ClassicTlsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a classic load balancer. The defaults are the API's names."""

    listeners: Annotated[str, "terminates_tls", "sides"] = "Listeners"
    protocol: Annotated[str, "terminates_tls"] = "Protocol"
    """This and the following are paths within a listener."""
    port: Annotated[str, "sides"] = "LoadBalancerPort"
    policy_names: Annotated[str, "sides"] = "PolicyNames"
    policies: Annotated[tuple[PoliciesAt, ...], "sides"] = (PoliciesAt(place="Policies", ports="LoadBalancerPorts"),)
    assigned: Annotated[Referrer | None, "sides"] = None
    """Companions that give policies to a port."""
    assigned_port: Annotated[str, "sides"] = ""
    assigned_names: Annotated[str, "sides"] = ""


class _Policy(msgspec.Struct, frozen=True):
    name: Any
    negotiation: Value[Any] | None
    """None of a policy that is not for TLS, such as one that keeps sessions on one instance."""
    ports: Value[Any]


def classic_balancer(view: View, at: ClassicTlsAt) -> TlsEndpoint:
    """Its listeners for HTTPS and SSL."""
    blocks, more = view.inner(at.listeners)
    doubts = [view.says(more)] if more else []
    encrypted = [(block, block[at.protocol].equals(*_ENCRYPTED)) for block in blocks]
    policies, unknown = _policies(view, at)
    sides: list[Any] = [
        _side(view, block, at, policies, unknown) if terminates.data else terminates.unknown
        for block, terminates in encrypted
        if terminates.data is not False
    ]
    return TlsEndpoint(
        identity=view.identity(view[at.name]),
        terminates_tls=any_of([*(terminates for _, terminates in encrypted), *doubts]),
        sides=view.says([*sides, *([more] if more else [])]),
    )


def _policies(view: View, at: ClassicTlsAt) -> tuple[list[_Policy], Unknown | None]:
    """The policies that the input shows, and why there may be more."""
    policies: list[_Policy] = []
    unknown: Unknown | None = None
    for source in at.policies:
        blocks, more = view.inner(source.place)
        unknown = unknown or more
        for block in blocks:
            for_tls = not source.type or block[source.type].equals(_NEGOTIATES).data is not False
            ports = block[source.ports] if source.ports else Value[Any](None)
            policies.append(_Policy(block[source.name].data, _negotiation(block, source) if for_tls else None, ports))
    return policies, unknown


def _negotiation(policy: View, at: PoliciesAt) -> Value[Any]:
    attributes, more = policy.inner(at.attributes)
    pairs = [(attribute[at.attribute].text(), attribute[at.value].text()) for attribute in attributes]
    doubt = more or next((value.unknown for pair in pairs for value in pair if value.unknown), None)
    return policy.says(doubt or negotiated({str(name.data): value.data for name, value in pairs}))


def _side(view: View, listener: View, at: ClassicTlsAt, policies: list[_Policy], unknown: Unknown | None) -> TlsSide:
    """A listener without a policy for TLS gets the default one.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/ssl-config-update.html
    """
    port, names = listener[at.port].text(), listener[at.policy_names]
    assigned: list[Value[Any]] = [names] if not names.absent else []
    doubts = [unknown] if unknown else []
    if at.assigned is not None:
        companions = view.referrers(at.assigned)
        doubts += [companions.more] if companions.more else []
        for companion in companions.views:
            same = companion[at.assigned_port].text().equals(port.data) if isinstance(port.data, str) else port
            assigned += [companion[at.assigned_names]] if same.data is True else []
            doubts += [same.unknown] if same.unknown else []
    chosen: list[tuple[Any, Value[Any]]] = []
    for value in assigned:
        doubts += [value.unknown] if value.unknown else []
        for name in value.data if isinstance(value.data, list) else []:
            named_so = [policy for policy in policies if policy.name == name]
            chosen += [(name, policy.negotiation) for policy in named_so if policy.negotiation is not None]
            if not named_so:  # AWS has policies of its own, which need no block
                known = load_balancing(name)
                chosen += [(name, view.says(known))] if isinstance(known, Negotiation) else []
                doubts += [unknown_inside(name) or known] if isinstance(known, Unknown) else []
    for policy in policies:
        for_port = _is_for(policy.ports, port)
        if policy.negotiation is not None and for_port.data is not False:
            chosen += [(policy.name, policy.negotiation)] if for_port.data is True else []
            doubts += [for_port.unknown] if for_port.unknown else []
    if doubts and not chosen:
        return side(port_name(listener, at.port), view.says(doubts[0]), view.says(doubts[0]))
    if not chosen:
        return side(port_name(listener, at.port), named(view.says(None)), view.says(load_balancing(DEFAULT_POLICY)))
    name, negotiation = chosen[-1]
    return side(port_name(listener, at.port), view.says(str(name)), negotiation)


def _is_for(ports: Value[Any], port: Value[Any]) -> Value[bool]:
    """Whether a policy says that it is for a port."""
    if ports.absent:
        return Value(False)
    listed = ports.data if isinstance(ports.data, list) else [ports.raw]
    numbers = [Value.of(number, ports.seen).text() for number in listed]
    return any_of([number.equals(port.data) if isinstance(port.data, str) else port for number in numbers])
