"""Address ranges and key references."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.keys.references import crypto_key, terraform_key
from assay.scanner.facts.network.ranges import is_world, port_span, protocol_name
from assay.scanner.facts.view import DeclaredJoins, View
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.interface import Collection, Unlisted
from assay.scanner.sources.raw import Either, Reference, Text, Unknown
from assay.scanner.sources.values import Value

WHY = Unknown("it is not told", "tell it")


def fact(value: Any) -> Any:
    return "unknown" if isinstance(value, Unknown) else value


# Ranges


@pytest.mark.parametrize(
    ("cidr", "expected"),
    [
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("0.0.0.0/1", True),
        ("128.0.0.0/1", True),
        ("8.0.0.0/8", True),
        ("2000::/3", True),
        ("2000::/16", True),
        ("8.0.0.0/9", False),
        ("203.0.113.7/32", False),
        ("203.0.113.7", False),
        ("10.0.0.0/8", False),
        ("172.16.0.0/12", False),
        ("fc00::/7", False),
        ("2001:db8::/32", False),
        ("130.211.0.0/22", False),
        ("35.191.0.0/16", False),
        (" 0.0.0.0/0 ", True),
        ("10.0.0.1/8", False),
        (["10.0.0.0/8", "0.0.0.0/0"], True),
        (["10.0.0.0/8"], False),
        ([], False),
        (["10.0.0.0/8", WHY], "unknown"),
        ([WHY, "0.0.0.0/0"], True),
        ("everywhere", "unknown"),
        ("", "unknown"),
        ("0.0.0.0/33", "unknown"),
        (WHY, "unknown"),
        (None, False),
        (7, "unknown"),
        # the range of a network is never as wide as the internet
        (Reference("aws_vpc.v", "cidr_block"), False),
        (Reference('module.m["x.y"].data.aws_subnet.v', "ipv6_cidr_block"), False),
        (Reference("AWS::EC2::VPC.Vpc", "CidrBlock"), False),
        (Reference("AWS::EC2::VPC.Nested/Vpc", "CidrBlock"), False),
        (Reference("google_container_cluster.c", "private_cluster_config[0].master_ipv4_cidr_block"), False),
        (Reference("google_compute_subnetwork.s", 'secondary_ip_range["pods"].ip_cidr_range'), False),
        (Reference("aws_vpc.v", "id"), "unknown"),
        (Reference("aws_ec2_managed_prefix_list.v", "cidr_block"), "unknown"),
        # nor is one address
        (Reference("aws_eip.v", "public_ip"), False),
        (Reference("google_compute_instance.v", "network_interface[0].access_config[0].nat_ip"), False),
        # the length of a range may be known though its addresses are not
        (Text((WHY, "/32")), False),
        (Text((WHY, "/0")), True),
        (Text((WHY, "/17")), False),
        (Text((WHY, "/16")), "unknown"),
        (Text((WHY, ".0.0.0/16")), False),
        (Text((WHY, ".0.0.0/9")), False),
        (Text((WHY, ".0.0.0/8")), "unknown"),
        (Text((WHY, "::/16")), "unknown"),
        (Text((WHY, "::/17")), False),
        (Text(("10.0.0.0/", WHY)), "unknown"),
        (Text((Reference("aws_vpc.v", "cidr_block"),)), False),
        (Text((Reference("aws_eip.v", "public_ip"), "/32")), False),
        (Either("r", "s", None, ([], ["10.0.0.0/8"])), False),
        (Either("r", "s", None, (None, "0.0.0.0/0")), "unknown"),
        (Either("r", "s", None, ("10.0.0.0/8", "192.168.0.0/16")), False),
        (Either("r", "s", None, ("10.0.0.0/8", "0.0.0.0/0")), "unknown"),
    ],
)
def test_what_is_the_internet(cidr: Any, expected: Any) -> None:
    assert fact(Value.of(cidr).then(is_world).data) == expected


@given(address=st.ip_addresses(), length=st.integers(0, 128))
def test_a_wider_range_is_never_less_of_the_internet(address: Any, length: int) -> None:
    length = min(length, address.max_prefixlen)
    network = ipaddress.ip_network((address, length), strict=False)
    if length and is_world(str(network)):
        wider = network.supernet()
        assert is_world(str(wider)) or wider.is_private
    assert is_world(str(ipaddress.ip_network((address, 0), strict=False))) is True
    assert is_world(str(ipaddress.ip_network((address, address.max_prefixlen)))) is False


@given(text=st.text(max_size=20))
def test_no_range_is_a_crash(text: str) -> None:
    assert is_world(text) in (True, False) or isinstance(is_world(text), Unknown)


@given(ranges=st.lists(st.sampled_from(["10.0.0.0/8", "0.0.0.0/0", WHY, "203.0.113.0/24"])))
def test_a_list_is_the_internet_if_one_of_it_is(ranges: list[Any]) -> None:
    facts = [fact(is_world(entry)) for entry in ranges]
    assert fact(is_world(ranges)) == (True if True in facts else "unknown" if "unknown" in facts else False)


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("-1", "all"),
        (-1, "all"),
        ("all", "all"),
        ("ALL", "all"),
        ("6", "tcp"),
        (6, "tcp"),
        ("TCP", "tcp"),
        ("17", "udp"),
        ("1", "icmp"),
        ("58", "icmpv6"),
        ("icmp", "icmp"),
        ("50", "50"),
        (WHY, "unknown"),
    ],
)
def test_protocols(protocol: Any, expected: str) -> None:
    assert fact(protocol_name(Value(protocol)).data) == expected


@given(first=st.integers(0, 65535), last=st.integers(0, 65535))
def test_ports(first: int, last: int) -> None:
    assert port_span(str(first)) == port_span(first) == (first, first)
    assert port_span(f"{first}-{last}") == (first, last)


@pytest.mark.parametrize("text", ["", "http", "80-", "-80", "a-b", None, "80,443"])
def test_what_is_no_port(text: Any) -> None:
    assert port_span(text) in (None, (80, 80))


# Keys


def key_named(named: Any) -> Any:
    """The key that a bucket without anything beside it names."""
    link = crypto_key("key") if "google_" in str(named) or "cryptoKeys" in str(named) else terraform_key("key")
    bucket = View(Unlisted("aws_s3_bucket", "root", "here", WHY), ItemIndex(Collection("x", [], Coverage())), DeclaredJoins({link: None}))
    return link.key(bucket, Value.of(named)).data


@pytest.mark.parametrize(("named", "expected"), [
    (None, None), ("", None),
    ("arn:aws:kms:eu-west-1:111122223333:key/1", True), ("alias/trade", True), ("1234abcd-12ab-34cd-56ef-1234567890ab", True),
    ("mrk-1234abcd12ab34cd56ef1234567890ab", True), ("1234abcd", "unknown"), ("not a key", "unknown"), ("aws/s3", False),
    ("arn:aws:s3:::trade", "unknown"), ("arn:aws:kms:eu-west-1:111122223333:role/1", "unknown"),
    ("arn:aws:kms:eu-west-1:111122223333:alias/trade", True), ("alias/", "unknown"), ("alias/awsome", True),
    ("alias/aws/s3", False), ("arn:aws:kms:eu-west-1:111122223333:alias/aws/s3", False),
    (Reference("aws_kms_key.k", "arn"), True), (Reference("module.m.aws_kms_alias.k[0]", "arn"), True),
    (Reference("google_kms_crypto_key.k", "id"), True), (Reference("data.google_kms_crypto_key.k", "id"), True),
    (Reference("data.aws_kms_key.k", "arn"), "unknown"), (Reference("module.m.aws_ssm_parameter.k", "value"), "unknown"),
    (Text(("arn:aws:kms:eu-west-1:", WHY, ":key/1")), True), (Text(("alias/aws/", WHY)), False), (Text((WHY, "x")), "unknown"),
    (Text(("alias/", WHY)), "unknown"), (Text(("alias/trade-", WHY)), True), (Text(("alias/a", WHY)), "unknown"),
    (Text(("alias/", Reference("random_pet.p", "id"))), True), (Text((Reference("aws_kms_key.k", "id"), "x")), "unknown"),
    ("projects/p/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1", True), ("projects/p/locations/eu/cryptoKeys/k", "unknown"),
    (Text((Reference("google_kms_key_ring.r", "id"), "/cryptoKeys/k")), True), (Reference("google_kms_key_ring.r", "id"), "unknown"),
    (Text(("projects/p/locations/eu/keyRings/r/cryptoKeys/", WHY)), True),
    (WHY, "unknown"), (5, "unknown"),
])  # fmt: skip
def test_whose_key_it_is(named: Any, expected: Any) -> None:
    key = key_named(named)
    if isinstance(key, KeyRef):
        assert fact(key.customer_managed.data) == expected
        assert isinstance(key.id.data, str)
        assert key.disabled.data is False
    else:
        assert fact(key) == expected


def test_keys_on_both_sides_of_a_conditional() -> None:
    ours = Either("r", "s", None, ("alias/one", "alias/two"))
    key = key_named(ours)
    assert (fact(key.id.data), key.customer_managed.data) == ("unknown", True)
    assert isinstance(key_named(Either("r", "s", None, ("alias/one", None))), Unknown)
