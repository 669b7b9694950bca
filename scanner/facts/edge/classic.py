"""Classic load balancers of AWS. They cannot redirect, and no web ACL can be attached to them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-listener-config.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.edge.kinds import Listener, LoadBalancer
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

_HTTP_PORT = 80
_ENCRYPTED = ("HTTPS", "SSL")


class ClassicBalancerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a classic load balancer. The last two are paths within a listener."""

    name: Place = "LoadBalancerName"
    listeners: str = "Listeners"
    protocol: str = "Protocol"
    port: str = "LoadBalancerPort"


def classic_balancer(view: View, at: ClassicBalancerAt) -> LoadBalancer:
    """It balances HTTP where a listener speaks HTTP, or takes whatever arrives on port 80."""
    blocks, more = view.inner(at.listeners)
    listeners: list[Any] = [_listener(view, block, at) for block in blocks]
    doubts = [more] if more else []
    speaks = [any_of([listener.protocol.equals("HTTP", "HTTPS"), listener.port.equals(str(_HTTP_PORT))]) for listener in listeners]
    return LoadBalancer(
        identity=view.identity(view[at.name]),
        http=any_of([*speaks, *map(view.says, doubts)]),
        listeners=view.says(listeners + doubts),
        serves_https=any_of([*(listener.encrypted for listener in listeners), *map(view.says, doubts)]),
    )


def _listener(view: View, block: View, at: ClassicBalancerAt) -> Listener:
    protocol = block[at.protocol].text().then(lambda name: name.upper() if isinstance(name, str) else name)
    port = block[at.port].number()
    terminates = protocol.equals(*_ENCRYPTED)
    return Listener(
        name=view.says(view.item.address),
        port=block[at.port].text(),
        protocol=protocol,
        encrypted=terminates if terminates.data is not False else _passes_tls(protocol, port),
        only_redirects=Value(False, protocol.seen),
    )


def _passes_tls(protocol: Value[Any], port: Value[Any]) -> Value[bool]:
    """Whether what a listener hands on as it arrives is encrypted: on port 80 it is not, on others that is not seen."""
    if protocol.equals("TCP").data is not True or port.equals(_HTTP_PORT).data is True:
        return Value(False, protocol.seen)
    return Value(Unknown("whether what a TCP listener hands on is encrypted", "have the load balancer terminate TLS"), protocol.seen)
