"""Listeners of load balancers of AWS, and the policies by which they negotiate TLS."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.edge.tls.negotiation import DEFAULT_POLICY, Negotiation, load_balancing, of, side
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.values import Value

_BY_DEFAULT = "(the default)"


class ListenerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a listener. The defaults are the API's names."""

    protocol: Annotated[Place, "terminates_tls"] = "Protocol"
    port: Annotated[Place, "sides"] = "Port"
    policy: Annotated[Place, "sides"] = "SslPolicy"
    policies: Annotated[Index | None, "sides"] = None
    """Policies by name, where the input lists them (`by_name`)."""


def by_name(type_: str) -> Index:
    """What DescribeSSLPolicies answers, by name: what each lets peers negotiate.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SslPolicy.html
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if not isinstance(item, Unlisted):
            versions, ciphers = item["SslProtocols"].data, item["Ciphers"].data
            if isinstance(versions, list) and isinstance(ciphers, list):
                yield str(item["Name"].data).lower(), of(list(map(str, versions)), [str(cipher["Name"]) for cipher in ciphers])

    return Index((type_,), records)


def listener(view: View, at: ListenerAt) -> TlsEndpoint:
    """Listeners of application load balancers for HTTPS, and of network load balancers for TLS."""
    protocol = view[at.protocol].default("HTTP")
    policy = view[at.policy]
    listed = view.index(at.policies) if at.policies else {}

    def negotiation(name: Any) -> Any:
        return next(iter(listed.get(str(name).lower(), ())), None) or load_balancing(name)

    used = policy.then(lambda name: name or DEFAULT_POLICY).text()
    return TlsEndpoint(
        identity=view.identity(view[at.name]),
        terminates_tls=protocol.equals("HTTPS", "TLS"),
        sides=view.says([side(port_name(view, at.port), named(policy), used.then(negotiation))]),
    )


def port_name(view: View, place: Place) -> Value[Any]:
    """What a port is called in a message."""
    return view[place].text().then(lambda number: f"port {number}" if number else "the listener")


def named(policy: Value[Any]) -> Value[Any]:
    """What a policy is called in a message, with what it is where nothing is written."""
    return policy.then(lambda name: name or f"{DEFAULT_POLICY} {_BY_DEFAULT}").text()


def negotiated(attributes: dict[str, Any]) -> Negotiation | Any:
    """What the attributes of a negotiation policy of a classic load balancer let peers negotiate: names to `true` or `false`.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-ssl-security-policy.html
    """
    reference = attributes.get("Reference-Security-Policy")
    if reference:
        return load_balancing(reference)
    on = [name for name, flag in attributes.items() if str(flag).lower() == "true"]
    versions = [name for name in on if name.startswith("Protocol-")]
    return of(versions, [name for name in on if not name.startswith("Protocol-") and name != "Server-Defined-Cipher-Order"])
