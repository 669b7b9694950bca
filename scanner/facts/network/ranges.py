"""Address ranges and ports in the forms that providers write them."""

from __future__ import annotations

import functools
import ipaddress
import re
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.network.kinds import Opening
from assay.scanner.sources.interface import Node
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

# A range this wide of public addresses is open to strangers whatever its owner meant; /8 and wider are.
WIDE = {4: 8, 6: 16}
# A range this wide of private addresses is that of a whole network: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
WHOLE = {4: 16, 6: 56}
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry: not reachable from the internet
_PRIVATE = [
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10",
        "::1/128",
    )
]  # fmt: skip
_GOOGLE_FRONT_ENDS = ("130.211.0.0/22", "35.191.0.0/16")  # https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges


ANYWHERE = "0.0.0.0/0"
# The ranges of networks themselves, which no provider lets be as wide as the internet. A VPC of AWS is /16 at most, an endpoint of
# Client VPN /12: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
# https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/limits.html. Those of Google's subnets and clusters are of its own machines:
# https://cloud.google.com/vpc/docs/subnets
_NETWORKS = (
    "aws_vpc", "aws_default_vpc", "aws_subnet", "aws_default_subnet", "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_ipv6_cidr_block_association", "aws_vpc_ipam_pool_cidr_allocation", "aws_ec2_client_vpn_endpoint", "aws_eks_cluster",
    "AWS::EC2::VPC", "AWS::EC2::Subnet", "google_compute_subnetwork", "google_container_cluster", "google_compute_subnetworks",
)  # fmt: skip
_WHOLE = ("aws_vpc", "aws_default_vpc", "AWS::EC2::VPC")
"""What is a network: its own range is that of the whole, however wide that is."""
# The lists of Google's own addresses, which the internet reaches, hold none wider than /10:
# https://cloud.google.com/compute/docs/faq#find_ip_range
_LISTS = ("google_netblock_ip_ranges",)
_HOSTS = ("public_ip", "private_ip", "nat_ip", "network_ip", "ip_address", "address", "PublicIp", "PrivateIp")
"""Attributes that are one address."""


def is_world(cidr: Any) -> bool | Unknown:
    """Whether a CIDR range, or one of a list of them, is as good as the internet."""
    if isinstance(cidr, list):
        decided: bool | Unknown = any_of([Value.of(element).then(is_world) for element in cidr]).data
        return decided
    if cidr is None:
        return False
    if isinstance(cidr, Unknown):
        return cidr
    if isinstance(cidr, Reference):
        return _of_reference(cidr)
    if isinstance(cidr, Text):
        return _of_text(cidr)
    if not isinstance(cidr, str):
        return Unknown(f"{describe(cidr)[:80]} is not an address range", "correct the range")
    if cidr in _GOOGLE_FRONT_ENDS:
        return False
    told = range_of(cidr)
    if told is None:
        return Unknown(f"{cidr!r} is not an address range", "correct the range")
    return not told.private and told.is_as_wide_as(WIDE)


def _of_reference(cidr: Reference) -> bool | Unknown:
    """Whether an attribute of another resource is the internet: its type may say how wide it can be."""
    if _is_range_of_network(cidr) or cidr.type in _LISTS or _last(cidr) in _HOSTS:
        return False
    return Unknown(f"the range {cidr} is known after apply", "scan the plan or the live resource")


def _last(cidr: Reference) -> str:
    """The name of the attribute that a reference ends with."""
    return re.sub(r"\[[^]]*\]", "", cidr.attribute).rpartition(".")[2]


def _of_text(cidr: Text) -> bool | Unknown:
    """Whether a range that is known in part is the internet: how wide it is may be known though its addresses are not."""
    length = _length(cidr)
    if length == 0:
        return True
    if length is not None and length > _longest(WIDE, cidr):
        return False
    if len(cidr.parts) == 1:
        return is_world(cidr.parts[0])
    return cidr.unknown or Unknown(f"the range {cidr} is known after apply", "scan the plan or the live resource")


def _length(cidr: Text) -> int | None:
    """The length of the prefix of a range that is known in part, where that is known."""
    end = cidr.parts[-1]
    length = re.search(r"/(\d{1,3})$", end.strip()) if isinstance(end, str) else None
    return int(length[1]) if length else None


def _longest(lengths: dict[int, int], cidr: Text, versions: tuple[int, ...] = (4, 6)) -> int:
    """The longest of the prefix lengths for the versions of addresses that a range which is known in part may be of."""
    known = "".join(part for part in cidr.parts if isinstance(part, str))
    return max(lengths[version] for version in ((6,) if ":" in known else (4,) if "." in known else versions))


def filled(value: Value[Any]) -> Value[bool]:
    """Whether there is anything in a list or in its place: providers that take an empty list for none say so where this is asked."""
    return value.then(lambda data: data is not None and data not in ("", []))


def or_anywhere(ranges: Value[Any], others: Value[bool]) -> list[Value[Any]]:
    """Each of some ranges; all addresses where these are unset or an empty list, and there are no other sources."""
    named = ranges.then(lambda data: None if data == [] else data)
    if others.data is True:
        return named.elements()
    return named.default(ANYWHERE if others.data is False else others.data).elements()


class Span(NamedTuple):
    """The traffic that a rule is for. Without ports it is for all of them."""

    protocol: Value[Any]
    first: Value[Any]
    last: Value[Any]


def opening(source: Value[Any], span: Span, world: bool | Unknown | None = None, versions: tuple[int, ...] = (4, 6)) -> Opening:
    """Traffic from a range, or from something else of which it is said whether that is the internet.

    `versions`: those that addresses may be of where the range stands.
    """
    return Opening(
        source=Value(_called(source), source.seen),
        world=source.then(is_world) if world is None else Value(world, source.seen),
        whole_network=source.then(lambda cidr: is_whole_network(cidr, versions))
        if world is None
        else Value(world if isinstance(world, Unknown) else False, source.seen),
        inside=source.then(is_inside) if world is None else Value(world, source.seen).negate(),
        traffic=Value(_traffic(span), span.protocol.seen),
        protocol=span.protocol,
        from_port=span.first,
        to_port=span.last,
    )


def limited(told: Opening, *conditions: Value[bool]) -> None:
    """Say of an opening that it is one only where some conditions hold."""
    told.world = all_of([told.world, *conditions])
    told.whole_network = all_of([told.whole_network, *conditions])
    told.inside = any_of([told.inside, *(condition.negate() for condition in conditions)])


def narrowed(told: Opening, first: int, last: int) -> Opening:
    """An opening on some of its ports."""
    span = Span(told.protocol, Value(first, told.from_port.seen), Value(last, told.to_port.seen))
    return msgspec.structs.replace(told, from_port=span.first, to_port=span.last, traffic=Value(_traffic(span), told.traffic.seen))


def is_whole_network(cidr: Any, versions: tuple[int, ...] = (4, 6)) -> bool | Unknown:
    """Whether a CIDR range is private and as wide as a network."""
    if isinstance(cidr, (Reference, Text)):
        return _may_be_network(cidr, versions)
    told = range_of(cidr)
    return told is not None and told.private and told.is_as_wide_as(WHOLE)


def _may_be_network(cidr: Reference | Text, versions: tuple[int, ...]) -> bool | Unknown:
    """The same of one that is known in part: its length may be known though its addresses are not."""
    if isinstance(cidr, Reference):
        if cidr.type in _WHOLE and _last(cidr) in ("cidr_block", "ipv6_cidr_block", "CidrBlock"):
            return True
        is_part = _last(cidr) in _HOSTS
    else:
        length = _length(cidr)
        # Bits behind the prefix have to be 0, so that an address with /32 is one of IPv4.
        one = length == 32 and len(cidr.parts) == 2 and isinstance(cidr.parts[0], Reference) and _last(cidr.parts[0]) in _HOSTS
        is_part = one or (length is not None and length > _longest(WHOLE, cidr, versions))
    if is_part:
        return False
    return Unknown(f"the range {cidr} is known after apply", "scan the plan or the live resource")


def is_inside(cidr: Any) -> bool | Unknown:
    """Whether a CIDR range, or each of a list of them, is one that the internet does not reach, as those of networks are."""
    if isinstance(cidr, list):
        decided: bool | Unknown = all_of([Value.of(element).then(is_inside) for element in cidr]).data
        return decided
    if isinstance(cidr, (Reference, Text)):
        first = cidr.parts[0] if isinstance(cidr, Text) else cidr
        if _is_range_of_network(first) or (isinstance(first, str) and first.startswith(("10.", "192.168.", "fd"))):
            return True
        return Unknown(f"whose addresses {cidr} are is known after apply", "scan the plan or the live resource")
    told = range_of(cidr)
    return told is not None and told.private


def _is_range_of_network(cidr: Any) -> bool:
    """Whether a range is an attribute of a network or of a part of one."""
    if not isinstance(cidr, Reference) or cidr.type not in _NETWORKS:
        return False
    return bool(re.search("cidr|range", _last(cidr), re.IGNORECASE))


class Range(NamedTuple):
    """A range of addresses."""

    network: Any
    """As `ipaddress` has it."""
    private: bool
    """The internet does not reach it."""

    def is_as_wide_as(self, lengths: dict[int, int]) -> bool:
        """Whether it is no narrower than a prefix length for each version of addresses."""
        return bool(self.network.prefixlen <= lengths[self.network.version])


def range_of(text: Any) -> Range | None:
    """A range of addresses; None where the text is none."""
    return _range(str(text).strip())


@functools.lru_cache(4096)
def _range(text: str) -> Range | None:
    """Kept: the rules of an organisation have few ranges, and reading one takes longer than all else that is asked of it."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return Range(network, any(network.subnet_of(private) for private in _PRIVATE if private.version == network.version))  # type: ignore[arg-type]


def on_known_ports(openings: list[Any]) -> list[Any]:
    """Those of some openings, and of reasons why there may be more, whose ports are known."""
    told = [told for told in openings if isinstance(told, Opening)]
    return [opening for opening in told if not (opening.from_port.unknown or opening.to_port.unknown)]


def _called(source: Value[Any]) -> str:
    """What a source is called in a message."""
    if source.options:
        return " or ".join(describe(option) for option in source.options if option != [])
    if isinstance(source.data, Unknown):
        return "addresses that are not known"
    if isinstance(source.data, (Reference, Text)):
        return str(source.data)
    return source.data if isinstance(source.data, str) else describe(source.data)


_PORTS = ("tcp", "udp", "sctp")


def _traffic(span: Span) -> str:
    """The traffic in words: `TCP port 443`, `UDP ports 1000-2000`, `all TCP ports`, `ICMP`, `all traffic`."""
    if span.protocol.unknown:
        return "traffic of a protocol that is not known"
    name = str(span.protocol.data).upper()
    if name == "ALL":
        return "all traffic"
    if name.lower() not in _PORTS:
        return f"protocol {name}" if name.isdigit() else name
    first, last = span.first.data, span.last.data
    if isinstance(first, Unknown) or isinstance(last, Unknown):
        return f"{name} ports that are not known"
    if first is None or last is None or (first <= 0 and last >= 65_535):
        return f"all {name} ports"
    return f"{name} port {first}" if first == last else f"{name} ports {first} to {last}"


def listed(node: Node, path: str, *, linked: bool = False) -> list[Value[Any]]:
    """The elements at a path, with an Unknown where there may be more. `a[].b`: `b` of every element of the list `a`.

    `linked`: what refers to another resource is a Reference to it.
    """
    first, several, rest = path.partition("[].")
    if not several:
        return (node.link(first) if linked else node[first]).elements()
    inner, more = node.blocks(first)
    values = [value for block in inner for value in listed(block, rest, linked=linked)]
    return values + ([Value(more, (node.location(),))] if more else [])


_NUMBERS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "all": "all", "58": "icmpv6", "l3_default": "all"}


_NO_PROTOCOL = Unknown("which protocol a rule is for: it names none", "name the protocol, or export again")


def protocol_name(value: Value[Any]) -> Value[Any]:
    """The name of a protocol that may be given as a number. Every rule has to name one."""
    return value.default(_NO_PROTOCOL).text().then(lambda name: _NUMBERS.get(str(name).lower(), str(name).lower()))


def port_span(text: Any) -> tuple[int, int] | None:
    """`443`, `8000-8100`; None where it is neither."""
    first, _, last = str(text).partition("-")
    try:
        return int(first), int(last or first)
    except ValueError:
        return None


def spans(protocol: Value[Any], ports: Value[Any]) -> list[Span]:
    """What a list of ports as Google writes it is for; any port where there is none."""
    told: list[Span] = []
    for port in ports.elements() or [Value("0-65535", ports.seen)]:
        unknown = port.unknown or Unknown(f"{describe(port.data)} is not a port", "correct the ports")
        first, last = (None if port.unknown else port_span(port.data)) or (unknown, unknown)
        told.append(Span(protocol, Value(first, ports.seen), Value(last, ports.seen)))
    return told
