"""Endpoints of a network, by which it reaches services of AWS: https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

from .kinds import PrivatePath
from .placed import subnets_at
from .routing import Association, RoutingAt, declared_network, key_of, tables_of

USUAL = (
    "dynamodb", "s3", "secretsmanager", "kms", "sqs", "sns", "ecr.api", "ecr.dkr", "logs", "monitoring", "ssm", "sts", "events", "states",
    "kinesis-streams", "xray", "lambda", "bedrock-runtime",
)  # fmt: skip
"""Services that workloads use most. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"""
_ELSEWHERE = "scan the code that declares it together with this, or the live account"


class EndpointsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the endpoints of networks. The defaults are the API's names."""

    endpoints: Index
    """Network to its endpoints (`by_network`); under None is why there may be more."""
    service: str
    type: str
    tables: str
    """Of a gateway endpoint: the route tables that lead to it."""
    associations: Index = Index((), lambda item: [])
    """Endpoint to route tables that are linked to it apart."""
    private_names: str
    """Of an interface endpoint: the service's own name leads to it."""
    state: str = ""
    """Of a live one."""
    id: str = ""
    """As `key_of` takes it."""


def by_network(type_: str, vpc: str) -> Index:
    """Endpoints by what names their network."""
    return Index((type_,), functools.partial(_by_network, vpc))


def _by_network(vpc: str, endpoint: Item) -> Iterator[tuple[Hashable, Any]]:
    if isinstance(endpoint, Unlisted) and endpoint.of_other_regions:
        return  # a network is of one region
    network = endpoint.link(vpc)
    key = spelled(network.data) if not isinstance(endpoint, Unlisted) else ""
    if key:
        yield key, endpoint
    else:
        why = network.unknown or Unknown("its network is not known", _ELSEWHERE)
        yield None, Unknown(f"whether {endpoint.address} is of the same network: {why.reason}", why.settles_it, endpoint.location())


def paths_of(view: View, routing: RoutingAt, at: EndpointsAt) -> list[PrivatePath]:
    """How a subnet reaches the services that workloads use most, and all others that its network has endpoints of."""
    network = spelled(view.link(routing.vpc).data)
    by_key = view.index(at.endpoints)
    endpoints: list[Item] = by_key.get(network, []) if network else []
    doubts = [view.says(doubt) for doubt in by_key.get(None, ())]
    if not _declared(view, routing) and not any(isinstance(one, Unknown) for one in by_key.get(None, ())):
        doubts += _foreign(view, routing)
    services: dict[str, list[Value[bool]]] = {service: [] for service in USUAL}
    for endpoint in endpoints:
        name = _service(endpoint[at.service].data)
        leads = view.of(endpoint).weighed(_leads(view, routing, at, endpoint), absence=False)
        if isinstance(name, Unknown):
            doubts.append(Value(name if leads.data is not False else False, leads.seen))
        else:
            services.setdefault(name, []).append(leads)
    return [
        PrivatePath(service=view.says(service), private=any_of([*told, *doubts, view.says(False)])) for service, told in services.items()
    ]


def _declared(view: View, routing: RoutingAt) -> bool:
    """Whether the network of a subnet is among what was read: what it has no endpoint of then has none."""
    network = view.link(routing.vpc).data
    return routing.networks is None or declared_network(view, routing, network) is not None


def _foreign(view: View, routing: RoutingAt) -> list[Value[Any]]:
    reason = f"which endpoints the network of {view.item.address} has is not in this code"
    return [view.says(Unknown(reason, _ELSEWHERE, view.location))]


def _service(name: Any) -> str | Unknown:
    """`ecr.api` of `com.amazonaws.us-east-1.ecr.api`, whatever the region is."""
    if isinstance(name, Text):
        pieces = [part if isinstance(part, str) else "*" for part in name.parts]
        text = "".join(pieces)
    else:
        text = name if isinstance(name, str) else ""
    service = text.partition("com.amazonaws.")[2].partition(".")[2]
    if not text or "*" in service:
        why = unknown_inside(name)
        return why or Unknown("the service of an endpoint is known after apply", "scan the plan or the live account")
    return service or text


def _leads(view: View, routing: RoutingAt, at: EndpointsAt, endpoint: Item) -> Value[bool]:
    """Whether traffic of the subnet takes an endpoint. Gateways are the default.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
    """
    if at.state and endpoint[at.state].equals("available").data is False:
        return endpoint[at.state].equals("available")
    gateway = endpoint[at.type].default("Gateway").equals("Gateway")
    by_name = all_of([endpoint[at.type].equals("Interface"), endpoint[at.private_names].default(False).truth()])
    if gateway.data is False:
        return by_name
    by_route = all_of([gateway, _of_table(view, routing, at, endpoint)])
    return by_route if gateway.data is True else any_of([by_route, by_name])


def _of_table(view: View, routing: RoutingAt, at: EndpointsAt, endpoint: Item) -> Value[bool]:
    """Whether the route table of the subnet is one of an endpoint's."""
    own, doubt = tables_of(view, routing, view.item)
    linked = view.index(at.associations)
    apart: list[Association] = linked.get(key_of(endpoint, at.id), [])
    told: list[Value[Any]] = []
    for table in (*subnets_at(endpoint, at.tables), *(one.table for one in apart)):
        if isinstance(table.data, list):  # some of these, says a plan
            some = Unknown(f"which route tables {endpoint.address} is of", "scan the source beside the plan (--source DIR)")
            told.append(Value(some if any(spelled(one) in own for one in table.data) else False, table.seen))
        else:
            told.append(Value(table.unknown or spelled(table.data) in own, table.seen))
    told += [view.says(why) for why in linked.get(None, ())]
    if doubt:
        told.append(view.says(doubt))
    return any_of(told) if told else view.says(False)
