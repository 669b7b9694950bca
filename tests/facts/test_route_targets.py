"""What a route leads to, by its attribute and by the id of a gateway.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scans import judge, write

NETWORK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_instance" "api" {
  ami           = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.app.id
}
"""


def verdicts(folder: Path, target: str) -> tuple[str, str]:
    """Whether the subnet is private, and whether what stands in it leaves through NAT."""
    table = f"""
resource "aws_route_table" "app" {{
  vpc_id = aws_vpc.main.id

  route {{
    cidr_block = "0.0.0.0/0"
    {target}
  }}
}}
"""
    write(folder, {"main.tf": NETWORK + table})
    private, leaves = (judge(folder, f"network.{name}") for name in ("subnets-truly-private", "egress-through-nat"))
    return tuple("/".join(sorted({str(one.verdict) for one in verdict})) for verdict in (private, leaves))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ('gateway_id = "igw-0a1b2c3d4e5f60718"', ("fail", "fail")),
        ('gateway_id = "vgw-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('gateway_id = "vpce-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('gateway_id = "local"', ("pass", "pass")),
        ('gateway_id = "nat-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('gateway_id = "abc-0a1b2c3d4e5f60718"', ("unknown", "unknown")),
        ('egress_only_gateway_id = "eigw-0a1b2c3d4e5f60718"', ("pass", "pass")),
        ('nat_gateway_id = "nat-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('transit_gateway_id = "tgw-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('vpc_peering_connection_id = "pcx-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('vpc_endpoint_id = "vpce-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('network_interface_id = "eni-0a1b2c3d4e5f60718"', ("pass", "fail")),
        ('carrier_gateway_id = "cagw-0a1b2c3d4e5f60718"', ("fail", "fail")),
        ('local_gateway_id = "lgw-0a1b2c3d4e5f60718"', ("pass", "unknown")),
        ('core_network_arn = "arn:aws:networkmanager::123456789012:core-network/core-network-0a1b2c3d4e5f60718"', ("pass", "unknown")),
    ],
)
def test_where_a_route_leads(target: str, expected: tuple[str, str], tmp_path: Path) -> None:
    assert verdicts(tmp_path, target) == expected


@pytest.mark.parametrize(
    ("subnet", "expected"),
    [
        ("", "pass"),
        ('  subnet_id      = ""\n', "pass"),
        ("  subnet_id      = var.subnet\n", "pass"),
        ("  subnet_id      = aws_subnet.app.id\n", "fail"),
    ],
)
def test_a_table_of_a_gateway_is_of_no_subnet(subnet: str, expected: str, tmp_path: Path) -> None:
    """What comes in through a gateway is routed by a table of its own: https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html"""
    code = f"""
resource "aws_subnet" "app" {{
  vpc_id     = "vpc-0a1b2c3d4e5f60718"
  cidr_block = "10.0.1.0/24"
}}

resource "aws_instance" "api" {{
  ami           = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.app.id
}}

resource "aws_route_table" "open" {{
  vpc_id = "vpc-0a1b2c3d4e5f60718"

  route {{
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-0a1b2c3d4e5f60718"
  }}
}}

resource "aws_route_table" "app" {{
  vpc_id = "vpc-0a1b2c3d4e5f60718"
}}

resource "aws_route_table_association" "app" {{
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}}

resource "aws_route_table_association" "open" {{
{subnet}  gateway_id     = "igw-0a1b2c3d4e5f60718"
  route_table_id = aws_route_table.open.id
}}

variable "subnet" {{}}
"""
    results = judge(write(tmp_path, {"main.tf": code}), "network.subnets-truly-private")
    assert {str(one.verdict) for one in results} == {expected}
