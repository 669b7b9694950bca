"""One resource that fails, in each format that a file can be, and what became of a tree that holds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assay.scanner.run import Options, Scan
from assay.scanner.sources.overlay import Overlay

OPEN_GROUP = {"GroupDescription": "x", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]}
JSON = json.dumps({"Resources": {"Open": {"Type": "AWS::EC2::SecurityGroup", "Properties": OPEN_GROUP}}})
YAML = """Resources:
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
"""
HCL = """resource "aws_security_group" "open" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
INGRESS = {"cidr_blocks": ["0.0.0.0/0"], "from_port": 22, "to_port": 22, "protocol": "tcp"}
PLANNED = {
    "address": "aws_security_group.open",
    "mode": "managed",
    "type": "aws_security_group",
    "name": "open",
    "provider_name": "registry.terraform.io/hashicorp/aws",
    "values": {"ingress": [INGRESS], "egress": []},
}
PLAN = json.dumps(
    {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {"root_module": {"resources": [PLANNED]}},
        "configuration": {},
    }
)
MANIFEST = """apiVersion: compute.cnrm.cloud.google.com/v1beta1
kind: ComputeFirewall
metadata: {name: open}
spec:
  allow: [{protocol: tcp, ports: ["22"]}]
  sourceRanges: ["0.0.0.0/0"]
  networkRef: {name: n}
"""
DEPLOYMENT = """resources:
- name: open
  type: compute.v1.firewall
  properties:
    network: global/networks/default
    allowed: [{IPProtocol: tcp, ports: ["22"]}]
    sourceRanges: ["0.0.0.0/0"]
"""
ASSET = json.dumps(
    {
        "name": "//compute.googleapis.com/projects/p/global/firewalls/open",
        "asset_type": "compute.googleapis.com/Firewall",
        "ancestors": ["projects/1"],
        "resource": {
            "data": {
                "name": "open",
                "direction": "INGRESS",
                "network": "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
                "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}],
                "sourceRanges": ["0.0.0.0/0"],
            }
        },
    }
) + "\n"  # fmt: skip
CONTROL = "network.ingress-https-only"
HEADER = (
    json.dumps(
        {
            "record": "snapshot",
            "format": "assay-snapshot/1",
            "cloud": "aws",
            "tool": "assay",
            "started": "2025-01-01T00:00:00Z",
            "scope": {},
        }
    )
    + "\n"
)
ACCOUNT = json.dumps({"record": "account", "account": "123456789012", "caller": "c", "started": "s", "regions": []}) + "\n"


class Scanned:
    """A scan that is over."""

    def __init__(self, path: Path | str, overlay: Overlay | None = None, *controls: str) -> None:
        self.scan = Scan(Options(paths=[str(path)], controls=list(controls) or [CONTROL], overlay=overlay))
        self.report: Any = self.scan.report()

    @property
    def failures(self) -> int:
        """Resources that fail."""
        return len({result.resource.address for result in self.report.results if result.verdict == "fail"})

    @property
    def gaps(self) -> dict[str, set[str]]:
        """What gaps speak of, by name without its directories, to their codes."""
        by_scope: dict[str, set[str]] = {}
        for gap in self.report.coverage.gaps:
            by_scope.setdefault(gap.scope.rpartition("/")[2], set()).add(gap.code)
        return by_scope

    def became(self, name: str) -> str:
        """What became of the one entry of this name."""
        (fate,) = [fate for file, fate in self.scan.files.items() if file.rstrip("/").rpartition("/")[2] == name]
        return fate.became
