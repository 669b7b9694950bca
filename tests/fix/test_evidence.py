"""Fixes of what the evidence of a finding stands in: one of several nested blocks, elements of a list, or another resource."""

from __future__ import annotations

from pathlib import Path

from tests.scans import assay, write

GROUP = """resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = "vpc-0a1b2c3d4e5f60718"

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
%s}
"""
SSH = """
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [%s]
  }
"""
ADMIN = ["--no-config", "--unsafe", "--write", "--control", "network.no-admin-ports-from-internet"]


def fixed(where: Path, text: str, *options: str, name: str = "main.tf") -> tuple[str, str]:
    folder = write(where, {name: text})
    ran = assay("fix", *options, folder)
    return (folder / name).read_text("utf-8"), ran.stderr


def test_only_the_nested_block_that_the_finding_is_of_goes(tmp_path: Path) -> None:
    after, told = fixed(tmp_path, GROUP % (SSH % '"0.0.0.0/0"'), *ADMIN)
    assert after == GROUP % ""
    assert "remove ingress of aws_security_group.web" in told


def test_what_else_a_nested_block_says_stays(tmp_path: Path) -> None:
    after, _ = fixed(tmp_path, GROUP % (SSH % '"10.0.0.0/8", "0.0.0.0/0"'), *ADMIN)
    assert after == GROUP % (SSH % '"10.0.0.0/8"')


def test_what_dynamic_makes_is_left(tmp_path: Path) -> None:
    made = '\n  dynamic "ingress" {\n    for_each = [22]\n\n    content {\n' + "".join(
        f"      {line}\n"
        for line in ("from_port   = ingress.value", "to_port     = ingress.value", 'protocol    = "tcp"', 'cidr_blocks = ["0.0.0.0/0"]')
    )
    text = GROUP % f"{made}    }}\n  }}\n"
    after, told = fixed(tmp_path, text, *ADMIN)
    assert after == text
    assert "its block is made by" in told


def test_only_the_element_that_the_finding_is_of_goes(tmp_path: Path) -> None:
    template = """Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Web
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
"""
    ssh = "        - IpProtocol: tcp\n          FromPort: 22\n          ToPort: 22\n          CidrIp: 0.0.0.0/0\n"
    after, _ = fixed(tmp_path, template + ssh, *ADMIN, name="web.yaml")
    assert after == template


def test_another_resource_that_the_evidence_stands_in_is_edited(tmp_path: Path) -> None:
    network = (
        'resource "google_compute_network" "main" {\n  name                    = "trade"\n  auto_create_subnetworks = false\n}\n\n'
        'resource "google_dns_policy" "main" {\n  name           = "trade"\n  enable_logging = false\n\n'
        "  networks {\n    network_url = google_compute_network.main.id\n  }\n}\n"
    )
    options = ["--no-config", "--unsafe", "--write", "--control", "network.flow-logs"]
    write(tmp_path, {"main.tf": 'module "network" {\n  source = "./network"\n}\n', "network/main.tf": network})
    ran = assay("fix", *options, tmp_path)
    assert (tmp_path / "network" / "main.tf").read_text("utf-8") == network.replace("= false\n\n", "= true\n\n")
    assert "set enable_logging in module.network.google_dns_policy.main" in ran.stderr


def test_a_line_that_is_left_out_leaves_the_others_aligned(tmp_path: Path) -> None:
    network = 'resource "google_compute_network" "main" {\n  name = "trade"\n%s}\n'
    options = ["--no-config", "--unsafe", "--write", "--control", "network.no-unrestricted-egress"]
    after, _ = fixed(tmp_path / "a", network % "", *options)
    assert '"google_compute_firewall" "main_deny_egress" {\n  name               = "main-deny-egress"\n  network            = ' in after
    after, _ = fixed(tmp_path / "b", network % "  project = var.project\n", *options)
    assert "  project            = var.project\n" in after
